"""Calibrated confidence of an attribution: a logistic model over what the decoder saw.

Fitted on one half of the development articles by ``quotecheck.training.calibrate`` and reported on
the other (Platt, 1999). The weights lie beside the model they belong to.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from attrs import field, frozen

from quotecheck.errors import ModelIntegrityError

__all__ = ["FEATURES", "Calibration", "features"]

#: What the confidence rests on, in the order of the weights.
FEATURES = (
    "bias",
    "cue",
    "content",
    "edge",
    "source",
    "has source",
    "quoted",
    "length",
    "no cue",
)


def _logit(p: float) -> float:
    p = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(p / (1 - p))


def features(
    *,
    cue: float,
    content: float,
    edge: float,
    source: float,
    quoted: float,
    words: int,
    has_cue: bool,
) -> tuple[float, ...]:
    """Returns the features of `FEATURES` from probabilities, a share and a number of words."""
    return (
        1.0,
        _logit(cue),
        _logit(content),
        _logit(edge),
        _logit(source) if source else 0.0,
        float(source > 0),
        quoted,
        math.log1p(words),
        float(not has_cue),
    )


@frozen(kw_only=True)
class Calibration:
    """Weights of the confidence model, and the least confidence that makes a record.

    Attributes:
        weights: one a feature of `FEATURES`.
        threshold: attributions below it are left out by default.
    """

    weights: tuple[float, ...] = field()
    threshold: float

    @classmethod
    def load(cls, path: Path) -> Calibration:
        """Reads ``calibration.json`` of a model folder.

        Raises:
            ModelIntegrityError: the file does not hold one weight a feature.
        """
        try:
            data = json.loads(path.read_text(encoding="utf8"))
            weights = tuple(float(data["weights"][name]) for name in FEATURES)
            return cls(weights=weights, threshold=float(data["threshold"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelIntegrityError(str(path), f"no usable calibration ({error!r})") from error

    def confidence(self, values: tuple[float, ...]) -> float:
        """Returns the probability that the attribution is found right, from 0 to 1."""
        z = sum(w * v for w, v in zip(self.weights, values, strict=True))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

"""Precision, recall, F1 and calibration from counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from attrs import frozen

__all__ = ["Counts", "calibration_error", "percent"]

_BINS = 10


@frozen
class Counts:
    """How many are right, of how many predicted and how many gold ones.

    >>> (Counts(1, 2, 4) + Counts(2, 2, 2)).to_dict()
    {'P': 75.0, 'R': 50.0, 'F1': 60.0}

    Attributes:
        right: predicted and gold.
        predicted: all predicted.
        gold: all gold.
    """

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.right + other.right, self.predicted + other.predicted, self.gold + other.gold
        )

    @property
    def precision(self) -> float:
        """Right ones of the predicted, from 0 to 1."""
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Right ones of the gold, from 0 to 1."""
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of the two, from 0 to 1."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def to_dict(self) -> dict[str, float]:
        """Returns P, R and F1 in percent, to one digit."""
        p, r = self.precision, self.recall
        # In this order of operations, so that the last digit agrees with other scorers.
        f1 = round(200 * p * r / (p + r), 1) if p + r else 0.0
        return {"P": round(100 * p, 1), "R": round(100 * r, 1), "F1": f1}


def percent(part: int, whole: int) -> float:
    """Returns a share in percent, to one digit; 0 of nothing."""
    return round(100 * part / max(1, whole), 1)


def calibration_error(outcomes: Iterable[tuple[float | None, bool]]) -> float | None:
    """Returns the expected calibration error of (confidence, right) pairs, from 0 to 1.

    Ten bins of equal width (Naeini, Cooper and Hauskrecht, 2015). None without confidences.

    >>> calibration_error([(0.75, True), (0.75, False)])
    0.25
    """
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in outcomes:
        if confidence is not None:
            bins[min(_BINS - 1, int(confidence * _BINS))].append((confidence, right))
    total = sum(len(pairs) for pairs in bins.values())
    if not total:
        return None
    off = sum(abs(sum(c for c, _ in pairs) - sum(r for _, r in pairs)) for pairs in bins.values())
    return round(off / total, 4)

"""The coreference head: how likely a mention goes back to each of the mentions before it.

A ranker of mention pairs (Wiseman et al., 2015; Lee et al., 2017) on the encoder's word states, so
that it costs no pass of its own: two projections, their product, the features of the pair, one
hidden layer. A dummy antecedent, "none of them", competes with the candidates. Runs in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from quotecheck.encoder import Annotations
from quotecheck.errors import ModelIntegrityError
from quotecheck.windows import Pieces

__all__ = ["FEATURES", "QUERY_FEATURES", "BoundHead", "CoreferenceHead"]

Floats = NDArray[np.float32]
CharSpan = tuple[int, int]

#: Words whose states speak for a mention: for one that looks for an antecedent the first word and
#: those on either side, for an antecedent its first and last word and the next.
WORDS = 3
#: The file of the head in a model folder.
FILE = "coreference.npz"

ROLES = ("source", "subject", "object", "oblique", "possessive", "modifier", "aside")
FORMS = ("name", "pronoun", "description")
KINDS = ("person", "unnamed", "organization", "place", "document", "group")
#: Sentences between the two, from the first number of each class on.
DISTANCES = (0, 1, 2, 3, 4, 7)
#: How many other figures have been mentioned since.
RANKS = (0, 1, 2, 3)

#: What is said of the mention that looks for an antecedent.
QUERY_FEATURES = (
    "male",
    "female",
    "thing",
    "many",
    "description",
    *(f"is_{r}" for r in ROLES[:5]),
    "in_quotes",
    "in_report",
    "place_in_sentence",
    "candidates",
)
#: What is said of an antecedent and of the pair, in this order.
FEATURES = (
    *ROLES,
    *FORMS,
    *KINDS,
    "place_in_sentence",
    "opens",
    *(f"distance{d}" for d in DISTANCES),
    "characters",
    *(f"rank{r}" for r in RANKS),
    "back",
    "same_block",
    "blocks",
    "same_quotation",
    "out_of_quotation",
    "into_quotation",
    "parallel",
    "last_speaker",
    "own_report",
    "count",
    "share",
    "gender_known",
    "gender_open",
    "headline",
    "same_word",
    "touching",
    "recent",
    "fresh",
    "same_role",
    "nearest_subject",
    "own_object",
    "marks",
)
_WEIGHTS = (
    *("query", "query_bias", "event", "event_bias"),
    *("hidden_query", "hidden_event", "hidden_product", "hidden_about", "hidden_pair"),
    *("hidden_bias", "out", "out_bias"),
    *("none_query", "none_about", "none_bias", "none_out", "none_out_bias"),
)


def query_words(pieces: Pieces, span: CharSpan) -> list[int]:
    """Returns the words whose states speak for a mention that looks for an antecedent."""
    first, top = pieces.touched(*span)[0], len(pieces.words) - 1
    return [min(first, top), max(0, min(first, top) - 1), min(first + 1, top)]


def event_words(pieces: Pieces, span: CharSpan) -> list[int]:
    """Returns the words whose states speak for a possible antecedent."""
    first, end = pieces.touched(*span)
    top = len(pieces.words) - 1
    return [min(first, top), min(max(first, end - 1), top), min(end, top)]


@frozen(kw_only=True, eq=False)
class CoreferenceHead:
    """The trained weights.

    Attributes:
        weights: arrays by name.
    """

    weights: dict[str, Floats]

    @classmethod
    def load(cls, folder: Path) -> CoreferenceHead | None:
        """Returns the head of a model folder; None when the model has none.

        Raises:
            ModelIntegrityError: the file is not a head for these features.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        with np.load(path, allow_pickle=False) as file:
            names = {key: tuple(file[key].tolist()) for key in ("features", "about")}
            if names != {"features": FEATURES, "about": QUERY_FEATURES}:
                raise ModelIntegrityError(str(path), "it was trained for other features")
            return cls(weights={key: file[key].astype(np.float32) for key in _WEIGHTS})

    def bind(self, annotations: Annotations) -> BoundHead | None:
        """Returns the head on a text; None when the annotations bring no states that fit."""
        states = annotations.states
        if states is None or WORDS * states.shape[1] != len(self.weights["query"]):
            return None
        return BoundHead(self.weights, annotations)


class BoundHead:
    """The head on one text: scores mentions by their spans, and remembers what it has projected."""

    def __init__(self, weights: dict[str, Floats], annotations: Annotations) -> None:
        assert annotations.states is not None  # noqa: S101 - `CoreferenceHead.bind` has checked it
        self._w, self._states, self._pieces = weights, annotations.states, annotations.pieces
        self._at: dict[CharSpan, int] = {}
        self._events = np.zeros((64, weights["event"].shape[1]), np.float32)
        self._hidden = np.zeros((64, weights["hidden_event"].shape[1]), np.float32)

    def _rows(self, spans: Sequence[CharSpan]) -> NDArray[np.int64]:
        """Returns where the projections of the spans are kept, made where they are new."""
        fresh = [s for s in dict.fromkeys(spans) if s not in self._at]
        if fresh:
            low = len(self._at)
            self._at.update((s, low + i) for i, s in enumerate(fresh))
            while low + len(fresh) > len(self._events):
                self._events = np.concatenate([self._events, np.zeros_like(self._events)])
                self._hidden = np.concatenate([self._hidden, np.zeros_like(self._hidden)])
            words = np.array([event_words(self._pieces, s) for s in fresh])
            states = self._states[words].reshape(len(fresh), -1).astype(np.float32)
            made = states @ self._w["event"] + self._w["event_bias"]
            self._events[low : low + len(fresh)] = made
            self._hidden[low : low + len(fresh)] = made @ self._w["hidden_event"]
        return np.array([self._at[s] for s in spans])

    def scores(
        self,
        query: CharSpan,
        about: Sequence[float],
        candidates: Sequence[CharSpan],
        pairs: Sequence[Sequence[float]],
    ) -> tuple[list[float], float] | None:
        """Returns a log-odds for each candidate and one for none of them.

        Args:
            query: the mention's span.
            about: its `QUERY_FEATURES`.
            candidates: spans of mentions before it.
            pairs: their `FEATURES`.
        """
        w = self._w
        if not len(self._states):
            return None
        rows = self._rows(candidates)
        state = self._states[query_words(self._pieces, query)].ravel().astype(np.float32)
        mine = state @ w["query"] + w["query_bias"]
        told = np.array(about, np.float32)
        fixed = mine @ w["hidden_query"] + told @ w["hidden_about"] + w["hidden_bias"]
        hidden = self._hidden[rows] + fixed
        hidden += (self._events[rows] * mine) @ w["hidden_product"]
        hidden += np.array(pairs, np.float32) @ w["hidden_pair"]
        found = np.maximum(hidden, 0) @ w["out"] + w["out_bias"]
        none = np.maximum(mine @ w["none_query"] + told @ w["none_about"] + w["none_bias"], 0)
        return found[:, 0].tolist(), float((none @ w["none_out"] + w["none_out_bias"])[0])

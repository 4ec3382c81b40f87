"""The coreference head: how likely a mention goes back to each of the mentions before it.

A ranker of mention pairs (Wiseman et al., 2015; Lee et al., 2017) on the encoder's word states, so
that it costs no pass of its own: two projections, their product, the features of the pair, one
hidden layer. A dummy antecedent, "none of them", competes with the candidates.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from quotecheck.encoder import Annotations, single_threaded
from quotecheck.errors import ModelIntegrityError
from quotecheck.windows import Pieces

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

__all__ = ["FEATURES", "QUERY_FEATURES", "BoundHead", "CoreferenceHead"]

Floats = NDArray[np.float32]
CharSpan = tuple[int, int]

#: Words whose states speak for a mention: for one that looks for an antecedent the first word and
#: those on either side, for an antecedent its first and last word and the next.
WORDS = 3
#: The file of the head in a model folder.
FILE = "coreference.onnx"

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
    "gender_fits",
    "gender_clashes",
    "same_word",
    "touching",
    "recent",
    "fresh",
    "same_role",
    "nearest_subject",
    "own_object",
    "marks",
    "ahead",
    "ahead_characters",
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


class CoreferenceHead:
    """The trained head of a model folder.

    Args:
        path: the ONNX file; it says for which features it was trained.

    Raises:
        ModelIntegrityError: the file is not a head for these features.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._session = single_threaded(path)
        told = self._session.get_modelmeta().custom_metadata_map
        names = {key: tuple(told.get(key, "").split()) for key in ("features", "about")}
        if names != {"features": FEATURES, "about": QUERY_FEATURES}:
            raise ModelIntegrityError(str(path), "it was trained for other features")
        self._width = next(i.shape[0] for i in self._session.get_inputs() if i.name == "query")

    def __reduce__(self) -> tuple[type[CoreferenceHead], tuple[Path]]:
        return CoreferenceHead, (self._path,)

    @classmethod
    def load(cls, folder: Path) -> CoreferenceHead | None:
        """Returns the head of a model folder; None when the model has none.

        Raises:
            ModelIntegrityError: the file is not a head for these features.
        """
        path = folder / FILE
        return cls(path) if path.is_file() else None

    def bind(self, annotations: Annotations) -> BoundHead | None:
        """Returns the head on a text; None when the annotations bring no states that fit."""
        states = annotations.states
        if states is None or WORDS * states.shape[1] != self._width or not len(states):
            return None
        return BoundHead(self._session, states, annotations.pieces)


class BoundHead:
    """The head on one text: scores mentions by their spans."""

    def __init__(
        self, session: InferenceSession, states: NDArray[np.float16], pieces: Pieces
    ) -> None:
        self._session, self._states, self._pieces = session, states, pieces
        self._words: dict[CharSpan, list[int]] = {}

    def _of(self, words: Sequence[Sequence[int]]) -> Floats:
        states: Floats = self._states[np.array(words)].reshape(len(words), -1).astype(np.float32)
        return states

    def _event_words(self, span: CharSpan) -> list[int]:
        found = self._words.get(span)
        if found is None:
            found = self._words[span] = event_words(self._pieces, span)
        return found

    def scores(
        self,
        query: CharSpan,
        about: Sequence[float],
        candidates: Sequence[CharSpan],
        pairs: Sequence[Sequence[float]],
    ) -> tuple[list[float], float]:
        """Returns a log-odds for each candidate and one for none of them.

        Args:
            query: the mention's span.
            about: its `QUERY_FEATURES`.
            candidates: spans of other mentions, at least one.
            pairs: their `FEATURES`.
        """
        inputs = {
            "query": self._of([query_words(self._pieces, query)])[0],
            "about": np.array(about, np.float32),
            "events": self._of([self._event_words(span) for span in candidates]),
            "pairs": np.array(pairs, np.float32),
        }
        found, none = self._session.run(None, inputs)
        return found.tolist(), float(none)

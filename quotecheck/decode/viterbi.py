"""The most probable legal label sequences, for many cues at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from quotecheck.labels import ROLE_TAGS

__all__ = ["best_paths", "runs"]

_FORBIDDEN = -1e4


def _transitions(tags: tuple[str, ...]) -> NDArray[np.float32]:
    """Returns (from, to): 0 where legal, a large negative number where I does not continue."""
    out = np.zeros((len(tags), len(tags)), np.float32)
    for j, tag in enumerate(tags):
        if tag.startswith("I-"):
            for i, before in enumerate(tags):
                if before[2:] != tag[2:]:
                    out[i, j] = _FORBIDDEN
    return out


_TRANSITIONS = _transitions(ROLE_TAGS)
_FIRST = np.array([_FORBIDDEN if t.startswith("I-") else 0.0 for t in ROLE_TAGS], np.float32)


def best_paths(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Returns the best legal label sequence of each row (Viterbi, 1967).

    Args:
        scores: (rows, words, labels) log scores in the order of `ROLE_TAGS`.

    Returns:
        (rows, words) indices into `ROLE_TAGS`.
    """
    rows, words, labels = scores.shape
    back = np.zeros((words, rows, labels), np.int64)
    state = scores[:, 0] + _FIRST
    for t in range(1, words):
        options = state[:, :, None] + _TRANSITIONS
        back[t] = options.argmax(axis=1)
        state = options.max(axis=1) + scores[:, t]
    path = np.zeros((rows, words), np.int64)
    path[:, -1] = state.argmax(axis=1)
    at = np.arange(rows)
    for t in range(words - 1, 0, -1):
        path[:, t - 1] = back[t][at, path[:, t]]
    return path


def runs(path: NDArray[np.int64], role: str) -> list[tuple[int, int]]:
    """Returns the (start, end) ranges of words that a label sequence gives to a role."""
    begin, inside = ROLE_TAGS.index(f"B-{role}"), ROLE_TAGS.index(f"I-{role}")
    out: list[tuple[int, int]] = []
    for i, label in enumerate(path.tolist()):
        if label == begin:
            out.append((i, i + 1))
        elif label == inside:
            out[-1] = (out[-1][0], i + 1)
    return out

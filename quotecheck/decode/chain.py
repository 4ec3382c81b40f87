"""A linear chain over the words in a cue's reach: best label sequences and label probabilities.

The scores are those of the role head's conditional random field (Lafferty et al., 2001; see
``quotecheck.training.crf``): one for each word's label, one for each pair of neighbouring labels,
and one for leaving a source or a content at a word.
"""

from __future__ import annotations

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from quotecheck.labels import ROLE_TAGS, SPAN_ENDS

__all__ = ["LEAVING", "LEGAL", "Chain", "runs"]

Floats = NDArray[np.float32]

_FORBIDDEN = -1e4


def _legal() -> Floats:
    """Returns (from, to): 0 where legal, a large negative number where I does not continue."""
    out = np.zeros((len(ROLE_TAGS), len(ROLE_TAGS)), np.float32)
    for j, tag in enumerate(ROLE_TAGS):
        if tag.startswith("I-"):
            for i, before in enumerate(ROLE_TAGS):
                if before[2:] != tag[2:]:
                    out[i, j] = _FORBIDDEN
    return out


def _leaving() -> Floats:
    """Returns (ends, from, to): 1 where the step leaves a span of `SPAN_ENDS`' role."""
    out = np.zeros((len(SPAN_ENDS), len(ROLE_TAGS), len(ROLE_TAGS)), np.float32)
    for k, role in enumerate(SPAN_ENDS):
        for i, before in enumerate(ROLE_TAGS):
            for j, tag in enumerate(ROLE_TAGS):
                out[k, i, j] = float(before[2:] == role and tag != f"I-{role}")
    return out


#: Both serve training too (``quotecheck.training.crf``): one grammar of labels.
LEGAL, LEAVING = _legal(), _leaving()
_FIRST = np.array([_FORBIDDEN if t.startswith("I-") else 0.0 for t in ROLE_TAGS], np.float32)


@frozen(kw_only=True, eq=False)
class Chain:
    """The scores of some cues, padded to one length with words that can only be O.

    Attributes:
        words: (words, cues, labels) log scores of each word's labels, in `ROLE_TAGS`' order.
        steps: (words - 1, cues, from, to) log scores of stepping to each later word's label.
    """

    words: Floats
    steps: Floats

    @classmethod
    def of(cls, scores: Floats, ends: Floats, transitions: Floats) -> Chain:
        """Returns the chain of some scores.

        Args:
            scores: (cues, words, labels) log scores.
            ends: (cues, words, 2) log scores of having left a source or a content at the word.
            transitions: (from, to) log scores of neighbouring labels.
        """
        words = np.ascontiguousarray(scores.transpose(1, 0, 2))
        words[0] += _FIRST
        left = np.ascontiguousarray(ends.transpose(1, 0, 2)[1:])
        steps = np.tensordot(left, LEAVING, axes=1) + (transitions + LEGAL)
        return cls(words=words, steps=steps.astype(np.float32, copy=False))

    def best_paths(self) -> NDArray[np.int64]:
        """Returns (cues, words), the best legal label sequences (Viterbi, 1967)."""
        count, rows, labels = self.words.shape
        back = np.zeros((count, rows, labels), np.int64)
        state = self.words[0]
        for t in range(1, count):
            options = state[:, :, None] + self.steps[t - 1]
            back[t] = options.argmax(axis=1)
            state = options.max(axis=1) + self.words[t]
        path = np.zeros((rows, count), np.int64)
        path[:, -1] = state.argmax(axis=1)
        at = np.arange(rows)
        for t in range(count - 1, 0, -1):
            path[:, t - 1] = back[t][at, path[:, t]]
        return path

    def probabilities(self) -> Floats:
        """Returns (cues, words, labels), each label's probability (forward-backward)."""
        word = np.exp(self.words - self.words.max(axis=2, keepdims=True))
        # Paths differ by hundreds in log score at most; scaling at every word keeps floats finite.
        step = np.exp(np.minimum(self.steps, 30.0))
        forward, backward = np.empty_like(word), np.empty_like(word)
        state = word[0] / word[0].sum(axis=1, keepdims=True)
        forward[0] = state
        for t in range(1, len(word)):
            state = np.matmul(state[:, None], step[t - 1])[:, 0] * word[t]
            state /= state.sum(axis=1, keepdims=True)
            forward[t] = state
        state = np.ones_like(state)
        backward[-1] = state
        for t in range(len(word) - 1, 0, -1):
            state = np.matmul(step[t - 1], (state * word[t])[:, :, None])[:, :, 0]
            state /= state.sum(axis=1, keepdims=True)
            backward[t - 1] = state
        joint = forward * backward
        joint /= joint.sum(axis=2, keepdims=True)
        out: Floats = joint.transpose(1, 0, 2)
        return out


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

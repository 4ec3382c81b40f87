"""Word pieces, their features, and the windows that the encoder reads.

The units of all tagging are *words* in the sense of BERT's pre-tokenizer: runs without white space,
each punctuation mark a word of its own (Devlin et al., 2019). They carry code-point offsets of the
exact text, so no label ever has to be realigned. Long articles are read in windows that are cut at
paragraph ends where possible and that see some text on both sides of the part they answer for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from quotecheck.labels import REACH

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "CASINGS",
    "Pieces",
    "Window",
    "cut_windows",
    "featurize",
    "load_word_pieces",
    "reach_of",
    "reaches_of",
    "window_inputs",
]

Ints = NDArray[np.int64]

#: Pieces a window may have in training; the encoder's 512 positions less ``[CLS]`` and ``[SEP]``.
MAX_PIECES = 510
#: Pieces of a window when an article is read: attention over longer ones costs more, finds no more.
READING_PIECES = 320
#: Pieces of context before and after the words that a window answers for.
LEFT_CONTEXT, RIGHT_CONTEXT = 32, 16
#: Words on each side of a cue that the role head looks at when an article is read.
READING_REACH = 64
#: Vocabulary ids of ``[CLS]`` and ``[SEP]``.
CLS, SEP = 101, 102

CASINGS = ("none", "lower", "title", "upper", "initial", "mixed", "digit")
#: Values of the quotation feature: outside, inside, nested inside, a mark itself.
QUOTE_VALUES = 4
#: Values of the paragraph feature: inside, first word of a paragraph, first word of the text.
PARAGRAPH_VALUES = 3

_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
_MARKS = frozenset("\"“”„‟«»‹›‘’‚‛'`「」『』")


@frozen(kw_only=True, eq=False)
class Pieces:
    """A text as words and word pieces.

    Attributes:
        text: the exact text.
        words: int64 array (n_words, 2), offsets of each word, end exclusive.
        ids: int64 array (n_pieces,), vocabulary ids.
        first: int64 array (n_words + 1,), index of each word's first piece; last is n_pieces.
        casing: int64 array (n_words,), index into `CASINGS`.
        quote: int64 array (n_words,), 0 outside, 1 inside, 2 nested, 3 a mark.
        paragraph: int64 array (n_words,), index of the paragraph a word stands in.
    """

    text: str
    words: Ints
    ids: Ints
    first: Ints
    casing: Ints
    quote: Ints
    paragraph: Ints

    def touched(self, start: int, end: int) -> tuple[int, int]:
        """Returns the range of words that a span of the text touches."""
        first = int(np.searchsorted(self.words[:, 1], start, side="right"))
        last = int(np.searchsorted(self.words[:, 0], end, side="left"))
        return first, max(first, last)


@frozen(kw_only=True)
class Window:
    """A stretch of words read in one pass, and the part of it that it answers for.

    Attributes:
        start: index of the first word read.
        end: index after the last word read.
        core_start: first word that this window answers for.
        core_end: word after the last one it answers for.
    """

    start: int
    end: int
    core_start: int
    core_end: int


def load_word_pieces(path: Path) -> Tokenizer:
    """Returns the word-piece tokenizer in ``path`` without truncation or padding."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


@lru_cache(maxsize=4096)
def _casing(word: str) -> int:
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return 6 if any(c.isdigit() for c in word) else 0
    upper = sum(c.isupper() for c in letters)
    if upper == 0:
        return 1
    if upper == len(letters):
        return 3 if len(letters) > 1 else 4
    return 2 if letters[0].isupper() and upper == 1 else 5


def featurize(
    text: str,
    paragraphs: Sequence[tuple[int, int]],
    tokenizer: Tokenizer,
    levels: NDArray[np.int8],
) -> Pieces:
    """Splits a text into words and word pieces with their features.

    Args:
        text: the exact text; lone surrogates are read as U+FFFD, one for one.
        paragraphs: (start, end) offsets in order, not overlapping.
        tokenizer: from `load_word_pieces`.
        levels: int8 array (len(text),), quotation depth of each code point, marks included.

    Returns:
        The words of all paragraphs, in order.
    """
    readable = text.translate(_SURROGATES)
    encodings = tokenizer.encode_batch(
        [readable[s:e] for s, e in paragraphs], add_special_tokens=False
    )
    words: list[tuple[int, int]] = []
    first: list[int] = []
    ids: list[int] = []
    block: list[int] = []
    for index, ((base, _), encoding) in enumerate(zip(paragraphs, encodings, strict=True)):
        previous = None
        for piece, (start, end), word in zip(
            encoding.ids, encoding.offsets, encoding.word_ids, strict=True
        ):
            if word != previous:
                words.append((base + start, base + end))
                first.append(len(ids))
                block.append(index)
                previous = word
            else:
                words[-1] = (words[-1][0], base + end)
            ids.append(piece)
    first.append(len(ids))
    spans = np.asarray(words, dtype=np.int64).reshape(-1, 2)
    depth = levels[spans[:, 0]].astype(np.int64) if len(spans) else np.zeros(0, np.int64)
    marks = np.fromiter(
        (
            e - s == 1 and d > 0 and text[s] in _MARKS
            for (s, e), d in zip(words, depth, strict=True)
        ),
        dtype=bool,
        count=len(words),
    )
    return Pieces(
        text=text,
        words=spans,
        ids=np.asarray(ids, dtype=np.int64),
        first=np.asarray(first, dtype=np.int64),
        casing=np.fromiter((_casing(text[s:e]) for s, e in words), np.int64, len(words)),
        quote=np.where(marks, 3, np.minimum(depth, 2)),
        paragraph=np.asarray(block, dtype=np.int64),
    )


def _cut(pieces: Pieces, start: int, room: int) -> int:
    """Returns the word after the last one of a core that starts at ``start``."""
    first, paragraph, n = pieces.first, pieces.paragraph, len(pieces.words)
    limit = int(np.searchsorted(first, first[start] + room, side="right")) - 1
    limit = max(limit, start + 1)
    if limit >= n:
        return n
    end = limit
    while end > start and paragraph[end] == paragraph[end - 1]:
        end -= 1
    if first[end] - first[start] >= room // 3:
        return end
    for end in range(limit, start + (limit - start) // 2, -1):
        # One long paragraph: cut after a sentence's end where there is one.
        s, e = pieces.words[end - 1]
        if pieces.text[s:e] in (".", "!", "?", "”", "…") and pieces.quote[end] in (0, 3):
            return end
    return limit


def cut_windows(pieces: Pieces, max_pieces: int = READING_PIECES) -> list[Window]:
    """Cuts the words into windows of at most ``max_pieces`` pieces.

    The cores of the windows partition the words, in order. A word with more pieces than fit (a
    megabyte without a space cannot occur: the vocabulary reads it as one unknown piece) stands
    alone.
    """
    n = len(pieces.words)
    if n == 0:
        return []
    if pieces.first[n] <= max_pieces:
        return [Window(start=0, end=n, core_start=0, core_end=n)]
    room = max_pieces - LEFT_CONTEXT - RIGHT_CONTEXT
    windows: list[Window] = []
    core = 0
    while core < n:
        end = _cut(pieces, core, room)
        left = int(np.searchsorted(pieces.first, pieces.first[core] - LEFT_CONTEXT))
        budget = pieces.first[left] + max_pieces
        right = int(np.searchsorted(pieces.first, budget, side="right")) - 1
        right = min(n, right, int(np.searchsorted(pieces.first, pieces.first[end] + RIGHT_CONTEXT)))
        windows.append(Window(start=left, end=max(right, end), core_start=core, core_end=end))
        core = end
    return windows


def window_inputs(pieces: Pieces, window: Window) -> dict[str, Ints]:
    """Returns the encoder's inputs for a window.

    Returns:
        ``ids``, ``casing``, ``quote`` and ``paragraph``: arrays by piece, ``[CLS]`` and ``[SEP]``
        added; ``first``: array by word, the position of its first piece among them.
    """
    a, b = window.start, window.end
    first = pieces.first[a : b + 1]
    lengths = np.diff(first)

    def by_piece(values: Ints) -> Ints:
        return np.concatenate(([0], np.repeat(values, lengths), [0]))

    paragraph = pieces.paragraph[a:b]
    starts = np.ones(b - a, np.int64)
    starts[1:] = paragraph[1:] != paragraph[:-1]
    starts[0] = 2 if a == 0 else pieces.paragraph[a] != pieces.paragraph[a - 1]
    return {
        "ids": np.concatenate(([CLS], pieces.ids[first[0] : first[-1]], [SEP])),
        "casing": by_piece(pieces.casing[a:b] + 1),
        "quote": by_piece(pieces.quote[a:b]),
        "paragraph": by_piece(starts),
        "first": first[:-1] - first[0] + 1,
    }


def reach_of(cue: tuple[int, int], n: int) -> tuple[int, int]:
    """Returns the range of words, of ``n``, that the role head sees for a cue in training."""
    return max(0, cue[0] - REACH), min(n, cue[1] + REACH)


def reaches_of(cues: Sequence[tuple[int, int]], n: int) -> list[tuple[int, int]]:
    """Returns the ranges of words, of ``n``, that the role head sees for a window's cues.

    All are of one length, so that none has to be filled up: at the edge of a window a cue sees more
    on its other side.
    """
    size = min(n, 2 * READING_REACH + max(end - start for start, end in cues))
    starts = [min(max(0, (start + end - size) // 2), n - size) for start, end in cues]
    return [(start, start + size) for start in starts]

"""The words of a source, indexed: where each stands, in which turn, and which are numbers."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise

from attrs import frozen

from quotecheck.check.numbers import NumberPhrase, find_numbers
from quotecheck.check.tokens import Tokens, number_joins, tokenize

__all__ = ["Stream", "Voice", "build_stream"]

_BREAK = re.compile(r"[-‐\u00ad][ \t]*(?:\r\n|\r|\n)[ \t]*")
#: A source with none of these is speech to text without punctuation.
_PUNCTUATION = re.compile(r"[.,;?!'’‘\"“”]")


@frozen(kw_only=True)
class Voice:
    """A stretch of the source that one speaker says without another coming between.

    Attributes:
        ranges: (start, end) of its pieces in the source's text, in order.
        names: what the source calls the speaker, the best name first; empty when it doesn't say.
        candidates: names of those it may be when that is open.
        attribution: id of the attribution it stands for, when the source is an analysis.
    """

    ranges: tuple[tuple[int, int], ...]
    names: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    attribution: str | None = None


@frozen(kw_only=True)
class Stream:
    """The source's words without fillers and stage directions, as parallel lists.

    Attributes:
        tokens: all tokens of the voices, one voice after the other.
        at: index into ``tokens`` of each word.
        key: what each word compares by.
        voice: index into ``voices`` of each word.
        voices: in the order of the source.
        postings: where each key stands; a word broken over two lines stands at its first half.
        numbers: number phrases by their first word.
        number_starts: first word of the number phrase that ends before a word.
        values: where each (value, unit) stands.
        breaks: words that are broken over the end of a line.
        bare: whether the source has no punctuation at all.
        caseless: whether the source has only capitals or none.
        dotted: keys of words that are written with a period somewhere ("U.S.").
    """

    tokens: Tokens
    at: list[int]
    key: list[str]
    voice: list[int]
    voices: tuple[Voice, ...]
    postings: dict[str, list[int]]
    numbers: dict[int, NumberPhrase]
    number_starts: dict[int, int]
    values: dict[tuple[Decimal, str], list[int]]
    breaks: frozenset[int]
    bare: bool
    caseless: bool
    dotted: frozenset[str]

    @property
    def text(self) -> str:
        """The text that the offsets count in."""
        return self.tokens.text

    def start(self, word: int) -> int:
        """Returns the offset of a word's first code point."""
        return self.tokens.start[self.at[word]]

    def voices_at(self, start: int, end: int) -> list[int]:
        """Returns the voices that have a span of the text within one of their pieces."""
        return [
            v
            for v, voice in enumerate(self.voices)
            if any(low <= start and end <= high for low, high in voice.ranges)
        ]

    def words_of(self, voice: int, start: int, end: int) -> range:
        """Returns the words that a voice says between two offsets of the text."""
        # The words of a voice stand together, in the order of the text.
        first = bisect_left(self.voice, voice)
        last = bisect_right(self.voice, voice)
        low = bisect_left(range(first, last), start, key=self.start) + first
        high = bisect_right(range(first, last), end, key=self.end) + first
        return range(low, high)

    def whole(self, offset: int) -> bool:
        """Whether a cut at an offset of the text parts no word."""
        pair = self.text[max(0, offset - 1) : offset + 1]
        return offset == 0 or len(pair) < 2 or not (pair[0].isalnum() and pair[1].isalnum())

    def end(self, word: int) -> int:
        """Returns the offset after a word."""
        return self.tokens.end[self.at[word]]


def build_stream(text: str, voices: Sequence[Voice]) -> Stream:
    """Returns the index of a source.

    Args:
        text: the text that all offsets count in.
        voices: who speaks where; words outside are not part of the source.
    """
    bare = not _PUNCTUATION.search(text)
    ranges = [r for v in voices for r in v.ranges]
    in_order = all(a[1] <= b[0] for a, b in pairwise(ranges))
    tokens, owner = _tokenize(text, voices, in_order)
    at = [i for i in range(len(tokens)) if i not in tokens.silent]
    key = [tokens.key[i] for i in at]
    if bare:
        key = [k.replace("'", "") for k in key]
    voice = [owner[i] for i in at]
    breaks = _breaks(tokens, at)
    postings: dict[str, list[int]] = {}
    for word, k in enumerate(key):
        postings.setdefault(k, []).append(word)
    for word in breaks:
        whole = postings.setdefault(key[word] + key[word + 1], [])
        whole.append(word)
        whole.sort()
    numbers = _numbers(key, voice, number_joins(tokens, at))
    values: dict[tuple[Decimal, str], list[int]] = {}
    for first, phrase in numbers.items():
        values.setdefault((phrase.value, phrase.unit), []).append(first)
    spoken = [text[a:b] for a, b in ranges] if len(ranges) < 50 else [text]
    return Stream(
        tokens=tokens,
        at=at,
        key=key,
        voice=voice,
        voices=tuple(voices),
        postings=postings,
        numbers=numbers,
        number_starts={phrase.end: first for first, phrase in numbers.items()},
        values=values,
        breaks=breaks,
        bare=bare,
        caseless=all(s == s.lower() or s == s.upper() for s in spoken),
        dotted=frozenset(key[w] for w, i in enumerate(at) if "." in tokens.raw(i)),
    )


def _tokenize(text: str, voices: Sequence[Voice], in_order: bool) -> tuple[Tokens, list[int]]:
    """Returns the tokens of all voices and the index of the voice of each token."""
    if not in_order:  # nested speech: one voice's words are part of another's as well
        parts = [tokenize(text, voice.ranges) for voice in voices]
        return _joined(text, parts), [v for v, part in enumerate(parts) for _ in part.key]
    tokens = tokenize(text, [r for v in voices for r in v.ranges])
    limits = [(end, v) for v, voice in enumerate(voices) for _, end in voice.ranges]
    owner: list[int] = []
    piece = 0
    for start in tokens.start:
        while start >= limits[piece][0]:
            piece += 1
        owner.append(limits[piece][1])
    return tokens, owner


def _joined(text: str, parts: Sequence[Tokens]) -> Tokens:
    start: list[int] = []
    end: list[int] = []
    key: list[str] = []
    silent: set[int] = set()
    patched: dict[int, tuple[str, tuple[str, ...], str]] = {}
    for part in parts:
        silent |= {i + len(key) for i in part.silent}
        patched |= {i + len(key): patch for i, patch in part.patched.items()}
        start += part.start
        end += part.end
        key += part.key
    return Tokens(
        text=text, start=start, end=end, key=key, silent=frozenset(silent), patched=patched
    )


def _breaks(tokens: Tokens, at: list[int]) -> frozenset[int]:
    """Words of which the first half stands at the end of a line, with a hyphen."""
    broken = {m.start(): m.end() for m in _BREAK.finditer(tokens.text)}
    if not broken:
        return frozenset()
    return frozenset(
        word
        for word, (a, b) in enumerate(pairwise(at))
        if tokens.end[a] in broken and broken[tokens.end[a]] == tokens.start[b]
    )


def _numbers(
    key: list[str], voice: list[int], joined: Callable[[int], bool]
) -> dict[int, NumberPhrase]:
    """Number phrases, none of them across two voices."""
    return find_numbers(key, lambda i: voice[i - 1] == voice[i] and joined(i))

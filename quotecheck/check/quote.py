"""A quote taken apart: fragments of words, and the ellipses and brackets between them."""

from __future__ import annotations

import re
from itertools import pairwise

from attrs import evolve, field, frozen

from quotecheck.check.lexicon import MAX_BRACKET_WORDS, MAX_GAP_WORDS
from quotecheck.check.numbers import NumberPhrase, find_numbers
from quotecheck.check.tokens import Tokens, find_timestamps, number_joins, tokenize
from quotecheck.errors import CheckInputError, TextTypeError

__all__ = ["Fragment", "Gap", "ParsedQuote", "parse_quote"]

_MARKS = "\"“”„‟«»″〝〞〟＂❝❞'‘’‚‛‹›′`´＇❛❜"
_EDGE = _MARKS + " \t\r\n\u00a0\u2009\u202f\u200b\ufeff"
ELLIPSIS = re.compile(r"…|\.(?:[ \u00a0\u2009\u202f]?\.){2,}")
_ONLY_ELLIPSIS = re.compile(r"[\[(]\s*(?:(?:…|\.(?:\s?\.){2,})\s*)?[\])]")


@frozen(kw_only=True)
class Fragment:
    """Words that have to stand in the source in this order with nothing between.

    Attributes:
        at: index of each word in the quote's tokens; fillers are left out.
        key: what each word compares by.
        numbers: number phrases by their first word (index into ``key``).
        patched: words patched with glued brackets, as in `Tokens`.
        hyphened: indices of words joined to the next one by a hyphen.
    """

    at: tuple[int, ...]
    key: tuple[str, ...]
    numbers: dict[int, NumberPhrase]
    patched: dict[int, tuple[str, tuple[str, ...], str]]
    hyphened: frozenset[int] = frozenset()

    def bare(self) -> Fragment:
        """Returns the fragment as a source without any punctuation would write it."""
        return evolve(self, key=tuple(k.replace("'", "") for k in self.key))


@frozen(kw_only=True)
class Gap:
    """What stands between two fragments or at an edge of the quote.

    Attributes:
        start: offset in the quote of the first mark.
        end: offset after the last one.
        ellipsis: whether words are marked as left out.
        brackets: number of editorial brackets with words in them.
        words: indices of the tokens in those brackets.
        key: their keys.
    """

    start: int
    end: int
    ellipsis: bool = False
    brackets: int = 0
    words: tuple[int, ...] = ()
    key: tuple[str, ...] = ()

    @property
    def limit(self) -> int:
        """How many words of the source it may stand for."""
        words = max(MAX_BRACKET_WORDS * self.brackets, len(self.key))
        return words + (MAX_GAP_WORDS if self.ellipsis else 0)


@frozen(kw_only=True)
class ParsedQuote:
    """A quote as the aligner reads it.

    Attributes:
        text: the quote as given.
        start: offset of its first character inside the outer quotation marks.
        end: offset after the last one.
        tokens: all its tokens.
        fragments: in order; at least one.
        gaps: ``gaps[i]`` stands before fragment i, the last one after the last fragment.
    """

    text: str
    start: int
    end: int
    tokens: Tokens
    fragments: tuple[Fragment, ...]
    gaps: tuple[Gap | None, ...] = field(default=())

    @property
    def size(self) -> int:
        """Number of words outside brackets, fillers left out."""
        return sum(len(f.key) for f in self.fragments)

    @property
    def words(self) -> list[str]:
        """Their keys, in order."""
        return [key for f in self.fragments for key in f.key]


def parse_quote(text: str) -> ParsedQuote:
    """Returns the parts of a quote.

    >>> parsed = parse_quote("“[The mayor] have to ... close it.”")
    >>> [f.key for f in parsed.fragments]
    [('have', 'to'), ('close', 'it')]

    Raises:
        TextTypeError: not a str.
        CheckInputError: there is no word in it.
    """
    if not isinstance(text, str):
        raise TextTypeError(text, "the quote")
    start, end = 0, len(text)
    while start < end and text[start] in _EDGE:
        start += 1
    while end > start and text[end - 1] in _EDGE:
        end -= 1
    tokens = tokenize(text, [(start, end)])
    if not tokens.key:
        what = "is empty" if not text.strip() else f"has no words: {text[:40]!r}"
        raise CheckInputError(f"the quote {what}; give the words to look for.")
    if len(tokens.silent) == len(tokens):
        tokens = evolve(tokens, silent=frozenset())
    marks = _marks(text, start, end, tokens)
    fragments, gaps = _split(text, tokens, marks)
    if not fragments:  # everything stands in brackets
        fragments, gaps = _split(text, tokens, [])
    return ParsedQuote(
        text=text, start=start, end=end, tokens=tokens, fragments=fragments, gaps=gaps
    )


def _marks(text: str, start: int, end: int, tokens: Tokens) -> list[tuple[int, int, bool]]:
    """Ellipses and brackets in order: (start, end, is an ellipsis)."""
    glued = [(tokens.start[i], tokens.end[i]) for i in tokens.patched]
    glued += find_timestamps(text)
    out: list[tuple[int, int, bool]] = []
    at = start
    while at < end:
        skip = next((e for s, e in glued if s <= at < e), None)
        if skip is not None:
            at = skip
            continue
        only = _ONLY_ELLIPSIS.match(text, at, end)
        dots = only or ELLIPSIS.match(text, at, end)
        if dots:
            out.append((*dots.span(), True))
            at = dots.end()
        elif text[at] == "[" and (close := _closing(text, at, end)):
            out.append((at, close, False))
            at = close
        else:
            at += 1
    return out


def _closing(text: str, at: int, end: int) -> int | None:
    depth = 0
    for i in range(at, end):
        depth += (text[i] == "[") - (text[i] == "]")
        if not depth:
            return i + 1
    return None


def _split(
    text: str, tokens: Tokens, marks: list[tuple[int, int, bool]]
) -> tuple[tuple[Fragment, ...], tuple[Gap | None, ...]]:
    fragments: list[Fragment] = []
    gaps: list[Gap | None] = []
    words: list[int] = []
    gap: Gap | None = None
    todo = list(marks)
    for i in range(len(tokens) + 1):
        at = tokens.start[i] if i < len(tokens) else len(text) + 1
        while todo and todo[0][0] <= at:
            if words:
                fragments.append(_fragment(text, tokens, words))
                gaps.append(gap)
                words, gap = [], None
            gap = _widened(gap, *todo.pop(0))
        inside = gap is not None and at < gap.end
        if i == len(tokens):
            break
        if inside and gap is not None:
            gap = evolve(gap, words=(*gap.words, i), key=(*gap.key, tokens.key[i]))
        elif i not in tokens.silent:
            words.append(i)
    if words:
        fragments.append(_fragment(text, tokens, words))
        gaps.append(gap)
        gap = None
    return tuple(fragments), (*gaps, gap)


def _widened(gap: Gap | None, start: int, end: int, ellipsis: bool) -> Gap:
    if gap is None:
        gap = Gap(start=start, end=end)
    return evolve(
        gap,
        end=end,
        ellipsis=gap.ellipsis or ellipsis,
        brackets=gap.brackets + (not ellipsis),
    )


def _fragment(text: str, tokens: Tokens, words: list[int]) -> Fragment:
    key = tuple(tokens.key[i] for i in words)
    patched = {k: tokens.patched[i] for k, i in enumerate(words) if i in tokens.patched}
    numbers = find_numbers(list(key), number_joins(tokens, words))
    hyphened = {
        k
        for k, (a, b) in enumerate(pairwise(words))
        if b == a + 1 and text[tokens.end[a] : tokens.start[b]] in ("-", "‐", "‑")
    }
    return Fragment(
        at=tuple(words),
        key=key,
        numbers={k: number for k, number in numbers.items() if k not in patched},
        patched=patched,
        hyphened=frozenset(hyphened),
    )

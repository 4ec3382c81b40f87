"""A folded view of a text with a map back: the only place that converts offsets.

Nothing in quotecheck edits a text. Code that has to compare texts across typography (curly and
straight marks, dashes, ellipses, line ends, no-break spaces, zero-width characters, case,
diacritics) makes a `TextMap`, works on its ``text`` and asks it where a folded span stands in the
source.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from functools import lru_cache

from attrs import frozen

__all__ = ["Folding", "TextMap"]

_DOUBLE = "“”„‟«»″〝〞〟＂❝❞"
_SINGLE = "‘’‚‛‹›′`´ʼʻ＇❛❜"
_DASHES = "‐‑‒–—―−﹘﹣－"
#: Characters with no width of their own: joiners, direction marks, soft hyphen, byte order mark.
_INVISIBLE = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u061c"
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


@frozen(kw_only=True)
class Folding:
    """What a `TextMap` makes equal. Each option widens what compares as the same text.

    Attributes:
        marks: all double marks become ``"``, all single marks and apostrophes ``'``.
        dashes: every dash becomes ``-``; risk: "1990-95" and "1990 - 95" stay different.
        ellipses: ``…`` becomes ``...``.
        invisible: zero-width characters and soft hyphens vanish.
        spaces: a run of white space becomes one space; line ends count as white space.
        case: `str.casefold`; risk: "US" equals "us".
        diacritics: combining marks vanish; risk: "résumé" equals "resume".
    """

    marks: bool = True
    dashes: bool = True
    ellipses: bool = True
    invisible: bool = True
    spaces: bool = True
    case: bool = False
    diacritics: bool = False


GLYPHS = Folding()
FULL = Folding(case=True, diacritics=True)


@lru_cache(maxsize=4096)
def _fold_char(char: str, folding: Folding) -> str:
    if folding.invisible and char in _INVISIBLE:
        return ""
    if folding.marks and char in _DOUBLE:
        return '"'
    if folding.marks and char in _SINGLE:
        return "'"
    if folding.dashes and char in _DASHES:
        return "-"
    if folding.ellipses and char == "…":
        return "..."
    if folding.spaces and char.isspace():
        return " "
    out = char.casefold() if folding.case else char
    if folding.diacritics and out and ord(max(out)) > 127:
        decomposed = unicodedata.normalize("NFKD", out)
        out = "".join(c for c in decomposed if not unicodedata.combining(c))
        if folding.case:
            out = out.casefold()
    return out


class TextMap:
    """A folded view of a text, with the source offsets of every folded character.

    >>> view = TextMap("“Not  now…”")
    >>> view.text
    '"Not now..."'
    >>> view.to_source(1, 4)
    (1, 4)

    Args:
        source: the text as given.
        folding: what to make equal.
    """

    __slots__ = ("_ends", "_starts", "source", "text")

    def __init__(self, source: str, folding: Folding = GLYPHS) -> None:
        self.source = source
        out: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for i, char in enumerate(source):
            folded = _fold_char(char, folding)
            if not folded:
                continue
            if folded == " " and folding.spaces and out and out[-1] == " ":
                ends[-1] = i + 1
                continue
            for piece in folded:
                out.append(piece)
                starts.append(i)
                ends.append(i + 1)
        self.text = "".join(out)
        self._starts = starts
        self._ends = ends

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """Returns the source span (code points, end exclusive) behind a folded span.

        An empty folded span maps to an empty source span.

        Raises:
            ValueError: the span does not lie in the folded text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"({start}, {end}) is not a span of {len(self.text)} characters")
        if start == end:
            at = self._starts[start] if start < len(self._starts) else len(self.source)
            return at, at
        return self._starts[start], self._ends[end - 1]

    def from_source(self, start: int, end: int) -> tuple[int, int]:
        """Returns the smallest folded span that covers every kept character of a source span.

        Raises:
            ValueError: the span does not lie in the source.
        """
        if not 0 <= start <= end <= len(self.source):
            raise ValueError(f"({start}, {end}) is not a span of {len(self.source)} characters")
        left = bisect_right(self._ends, start)
        right = bisect_left(self._starts, end)
        return left, max(left, right)

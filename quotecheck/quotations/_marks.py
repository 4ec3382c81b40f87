"""Which characters may be quotation marks, and what their neighbours say about each of them.

Every mark gets the cost of opening a quotation, of closing one, and of being something else (an
apostrophe, an inch or second sign, a stray). Costs add up over a paragraph, and
`quotecheck.quotations._pairing` takes the cheapest reading. One unit is about "a little odd"; four
units are what a mark without a partner costs. They were set on invented sentences
(tests/cases/quotations.json) and by reading what the scanner warned about in news articles.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from attrs import frozen

from quotecheck.quotations._glyphs import GLYPHS, INFINITE, Family
from quotecheck.quotations._lexicon import words

__all__ = ["DOUBTFUL", "STRAY", "Mark", "find_marks"]

OtherKind = Literal["apostrophe", "prime", "stray"]

STRAY = 4.0
#: An apostrophe reading this dear is reported, so that nobody takes it for certain.
DOUBTFUL = 2.5

_CJK = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\u0e00-\u0eff"
#: An apostrophe between letters is never a mark; scripts written without spaces are left out.
_IN_WORD = rf"(?<=[^\W_{_CJK}])['’‘`´＇](?=[^\W\d_{_CJK}])"
_ROCK_N_ROLL = r"(?<![^\W_])['’‘`][nN]['’](?![^\W_])"
_MARK = re.compile(
    # The look-ahead lets the engine skip over everything that cannot begin a mark.
    r"(?=[\"＂“”„‟〝〞〟❝❞'＇‘’‚‛`´❛❜«»‹›「」『』,])"
    rf"(?:(?P<word>{_IN_WORD})|(?P<n>{_ROCK_N_ROLL})|(?P<code>`{{3,}})|(?P<run>'{{3,}})"
    r"|``|''|‘‘|’’|´´|(?<![^\s(]),,(?=\w)|[\"＂“”„‟〝〞〟❝❞'＇‘’‚‛`´❛❜«»‹›「」『』])"
)
_MARK_CHARS = frozenset("".join(GLYPHS)) - {","}
_OPENERS = frozenset("“„‘‚«‹「『〝❝❛")
_CLOSERS = frozenset("”’»›」』〞〟❞❜")
_APOSTROPHES = frozenset("'’‘`´＇‛")
_MEASURES = frozenset("\"”''’“＂＇´") | {"''", "’’"}
_SKIPPED = frozenset("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff\u00ad")
_NARROW = frozenset("\u00a0\u202f\u2009\u2007")
_REACH = 6

# Character classes: S space or edge, W letter, N digit, P closing punctuation, E colon or
# semicolon, O opening bracket, D dash, C letter of a script without spaces, M a letter behind
# another straight mark (never on the inner side), X the rest.
_CLASSES = "SODECMXPWN"
_OPEN_OUTER = dict(zip(_CLASSES, (0.0, 0.0, 0.3, 0.5, 0.2, 0.8, 0.4, 1.5, 3.0, 3.0), strict=True))
_OPEN_INNER = dict(zip(_CLASSES, (2.5, 0.0, 0.4, 2.0, 0.0, 0.0, 0.3, 2.0, 0.0, 0.0), strict=True))
_CLOSE_INNER = dict(zip(_CLASSES, (2.5, 2.0, 0.2, 0.8, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0), strict=True))
_CLOSE_OUTER = dict(zip(_CLASSES, (0.0, 0.4, 0.1, 0.0, 0.2, 0.8, 0.4, 0.0, 3.0, 1.5), strict=True))
_AT_EDGE = 5.0  # nothing can be quoted between a mark and the edge of its paragraph

_ELISION = re.compile(
    r"(?:tis|twas|twere|twill|twould|em|n|til|cuz|coz|bout|nuff|tude|sup|kay|scuse|spose|t)\b",
    re.IGNORECASE,
)
#: Also common as whole words after a real mark ('cause of death').
_MAYBE_ELISION = re.compile(
    r"(?:cause|cos|round|im|er|ere|e|less|fore|till|neath|gainst|nam|hood|burbs|ave|ow|ead)\b",
    re.IGNORECASE,
)
_DECADE = re.compile(r"\d\d(?:s\b|(?!\w))")
_YEAR_THEN_NAME = re.compile(r"\d\d\s+[A-Z]")
_DROPPED = re.compile(
    r"(?:[^\W\d_]{2}in|\b(?:an|o|ol|th|wi|mo|lil|li|bo|po|fo|ma|ha|de|t|d|y|jus|lan))$",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"(?:s|d|ll|re|ve|m)\b", re.IGNORECASE)
_SPEECH_BEGINS = re.compile(r"[,:][ \u00a0]$")
_NEXT_WORD = re.compile(r"[ \u00a0]([^\W_]+)")
#: A plural possessive is followed by what is possessed, never by one of these.
_NOT_POSSESSED = words(
    "and or but nor is are was were be been has have had will would could should may might can "
    "said says say told tells added adds asked asks wrote writes who which that in on at to for as "
    "of by with from he she it they we i you this these those there the a an if when while because "
    "than then so not"
)
_FEET_BEFORE = re.compile(r"\d\s?['’′´＇]\s?\d{1,2}(?:\.\d+|\s?[½¼¾])?$")
_FEET_AFTER = re.compile(r"\s?\d{1,2}(?:\.\d+|\s?[½¼¾])?\s?(?:[\"”″]|''|’’)")


@frozen
class Mark:
    """A character or digraph that may be a quotation mark, with what each reading costs.

    Attributes:
        start: offset of its first code point.
        end: offset after it.
        glyph: the mark itself.
        family: marks pair only within a family.
        opens: cost of reading it as an opening mark.
        closes: cost of reading it as a closing mark.
        other: cost of reading it as ``other_kind``.
        other_kind: what it is when it is no quotation mark.
        ends_sentence: whether punctuation stands before it and a space or the edge after it, so
            that it can be no apostrophe.
        begins: whether speech is likely to begin here: only white space stands before it in its
            paragraph, or a comma or colon does and a capital follows.
    """

    start: int
    end: int
    glyph: str
    family: Family
    opens: float
    closes: float
    other: float
    other_kind: OtherKind
    begins: bool
    ends_sentence: bool


@lru_cache(maxsize=4096)
def _char_class(char: str) -> str:
    category = unicodedata.category(char)
    if char.isspace():
        return "S"
    if category[0] == "N":
        return "N"
    if category[0] in "LM":
        return "C" if re.match(f"[{_CJK}]", char) else "W"
    if category in ("Ps", "Pi") or char in "¿¡$£€#@&/":
        return "O"
    if category == "Pd":
        return "D"
    if char in ":;":
        return "E"
    return "P" if category[0] == "P" else "X"


class _Neighbours:
    """The characters before and after a mark, seen through other marks and invisible ones."""

    __slots__ = ("after_edge", "before_edge", "inner_left", "inner_right", "left", "right")

    def __init__(self, text: str, start: int, end: int, low: int, high: int) -> None:
        self.left, self.inner_left, self.before_edge = _look(text, start - 1, -1, low, high)
        self.right, self.inner_right, self.after_edge = _look(text, end, 1, low, high)


def _look(text: str, at: int, step: int, low: int, high: int) -> tuple[str, str, bool]:
    """Returns the class of the outer neighbour, of the inner one, and whether it is the edge.

    For the inner side other marks are looked through. On the outer side a mark that faces away
    from this one ("“A”“B”") counts as a space.
    """
    facing_away = _CLOSERS if step < 0 else _OPENERS
    marks = away = False
    for _ in range(_REACH):
        if not low <= at < high:
            return "S", "S", True
        char = text[at]
        if char in _MARK_CHARS:
            marks = True
            away = away or char in facing_away
        elif char not in _SKIPPED:
            break
        at += step
    else:
        return "X", "X", False
    found = _char_class(char)
    outer = found
    if marks and found in "WNP":
        outer = "S" if away else "M"
    return outer, found, False


def find_marks(text: str, low: int, high: int) -> list[Mark]:
    """Returns the marks of ``text[low:high]`` (one paragraph) in order.

    Apostrophes between two letters are settled here and left out.
    """
    out: list[Mark] = []
    first = True
    for match in _MARK.finditer(text, low, high):
        if match.lastgroup in ("word", "n", "code"):
            continue
        if first:
            first = not text[low : match.start()].strip()
        if match.lastgroup == "run":
            pieces = _split_run(text, match.start(), match.end(), low, high)
        elif match[0] in ("''", "’’") and _ELISION.match(text, match.end(), high):
            pieces = [(match.start(), match.start() + 1)]  # ''Tis late,' he said.
        else:
            pieces = [(match.start(), match.end())]
        for start, end in pieces:
            out.append(_make_mark(text, start, end, low, high, first))
            first = False
    return out


def _split_run(text: str, start: int, end: int, low: int, high: int) -> list[tuple[int, int]]:
    """Returns a run of straight single marks cut into double marks and at most one single one.

    The single one is the inner one: first before a space ("no.'''"), last after it.
    """
    odd = (end - start) % 2
    closing = _Neighbours(text, start, end, low, high).right in "SP"
    cuts = [start + 1] if odd and closing else []
    at = start + (1 if cuts else 0)
    while at + 2 <= end:
        at += 2
        cuts.append(at)
    if at < end:
        cuts.append(end)
    return list(zip([start, *cuts[:-1]], cuts, strict=True))


def _make_mark(text: str, start: int, end: int, low: int, high: int, first: bool) -> Mark:
    glyph = text[start:end]
    family, opens, closes = GLYPHS[glyph]
    near = _Neighbours(text, start, end, low, high)
    if opens < INFINITE:
        opens += _opening_cost(text, end, high, family, near)
    if closes < INFINITE:
        closes += _closing_cost(text, start, end, low, high, family, near)
    other = STRAY
    kind: OtherKind = "stray"
    if glyph in _APOSTROPHES:
        other, kind, more_open, more_close = _apostrophe(text, start, end, low, high, first, near)
        opens += more_open
        closes += more_close
    if near.left == "N" and glyph in _MEASURES:
        cost, more_close = _prime(text, start, end, low, high, family)
        if cost <= other:
            other, kind = cost, "prime"
            closes += more_close
    begins = first or _SPEECH_BEGINS.search(text, max(low, start - 3), start) is not None
    begins = begins and (first or glyph == "‘" or text[end : end + 1].isupper())
    ends = near.inner_left == "P" and near.right == "S"
    return Mark(start, end, glyph, family, opens, closes, other, kind, begins, ends)


def _opening_cost(text: str, end: int, high: int, family: Family, near: _Neighbours) -> float:
    if near.after_edge:
        return _AT_EDGE
    if family in ("corner", "white-corner"):
        return 0.0
    inner = _OPEN_INNER[near.inner_right]
    if family in ("guillemet", "angle") and near.inner_right == "S":
        inner = 0.0 if text[end] in _NARROW else 0.4
    elif near.inner_right == "P" and (
        text[end] == "…" or text.startswith("..", end) or text[end : end + 2].strip(".").isdigit()
    ):
        inner = 0.4
    return _OPEN_OUTER[near.left] + inner


def _closing_cost(
    text: str, start: int, end: int, low: int, high: int, family: Family, near: _Neighbours
) -> float:
    if near.before_edge:
        return _AT_EDGE
    if family in ("corner", "white-corner"):
        return 0.0
    inner = _CLOSE_INNER[near.inner_left]
    if family in ("guillemet", "angle") and near.inner_left == "S":
        inner = 0.0 if text[start - 1] in _NARROW else 0.4
    outer = _CLOSE_OUTER[near.right]
    if outer and end < high and text[end] in _APOSTROPHES and _SUFFIX.match(text, end + 1, high):
        outer = 0.0  # “Nine Bridges”’s cast
    elif near.right == "W" and _SUFFIX.match(text, end, high):
        outer = 1.0
    return inner + outer


def _apostrophe(
    text: str, start: int, end: int, low: int, high: int, first: bool, near: _Neighbours
) -> tuple[float, OtherKind, float, float]:
    """Returns the cost of an apostrophe, its kind, and what it adds to opening and to closing."""
    if near.inner_right in "WN" and near.right != "M":
        if near.left in "WN":
            return 0.0, "apostrophe", 0.0, 0.0
        behind_mark = start > low and text[start - 1] in _MARK_CHARS
        if (near.left in "PM" or behind_mark) and _SUFFIX.match(text, end, high):
            return 0.1, "apostrophe", 0.0, 0.0
        return _leading(text, start, end, high, first)
    if near.left in "WN":
        return _trailing(text, start, end, low, high)
    return STRAY, "stray", 0.0, 0.0


def _leading(
    text: str, start: int, end: int, high: int, first: bool
) -> tuple[float, OtherKind, float, float]:
    if _ELISION.match(text, end, high):
        return 0.0, "apostrophe", 1.2, 0.0
    if _DECADE.match(text, end, high):
        if _YEAR_THEN_NAME.match(text, end, high):
            return 1.4, "apostrophe", 0.0, 0.0
        return 0.0, "apostrophe", 1.2, 0.0
    if _MAYBE_ELISION.match(text, end, high):
        return 0.7, "apostrophe", 0.0, 0.0
    if text[start] in "’´":  # the glyph of an apostrophe was chosen on purpose
        return 1.5, "apostrophe", 0.0, 0.0
    return (STRAY, "stray", 0.0, 0.0) if first else (3.0, "apostrophe", 0.0, 0.0)


def _trailing(
    text: str, start: int, end: int, low: int, high: int
) -> tuple[float, OtherKind, float, float]:
    if text[start - 1] in "sSxXzZ":
        word = _NEXT_WORD.match(text, end, high)
        if word and word[1].lower() not in _NOT_POSSESSED:
            return 0.4, "apostrophe", 0.0, 0.3
        return 2.0, "apostrophe", 0.0, 0.0
    if _DROPPED.search(text, max(low, start - 12), start):
        return 0.4, "apostrophe", 0.0, 0.2
    return 3.0, "apostrophe", 0.0, 0.0


def _prime(
    text: str, start: int, end: int, low: int, high: int, family: Family
) -> tuple[float, float]:
    """Returns the cost of a foot, inch, minute or second sign and what it adds to closing."""
    if family == "double":
        if _FEET_BEFORE.search(text[max(low, start - 12) : start]):
            return 0.0, 1.0
        return 1.2, 0.0
    if _FEET_AFTER.match(text, end, high):
        return 0.0, 1.0
    return 0.8, 0.0

"""From text and paragraphs to quotations: the scanner proper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from quotecheck.errors import TextTypeError
from quotecheck.quotations._glyphs import same_family
from quotecheck.quotations._marks import DOUBTFUL, Mark, find_marks
from quotecheck.quotations._pairing import Pairing, pair_marks
from quotecheck.quotations._roles import classify_roles
from quotecheck.records import Block, Notice, Quotation

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ScanResult", "level_mask", "scan"]

#: Kinds of block that may stand between two paragraphs of one speech without ending it.
_PASSED_OVER = frozenset({"caption", "boilerplate"})
_CONTINUED = frozenset({"paragraph", "turn"})
_LINE_BREAK = re.compile(r"[\r\n\v\f\x85\u2028\u2029]+")
#: A line that ends in a letter or comma and goes on in lower case was wrapped, not ended.
_WRAPPED = re.compile(r"[^\W_]-?|,")

_MESSAGES = {
    "unclosed-quotation": "this quotation is opened and never closed in its paragraph",
    "stray-mark": "this quotation mark has no partner in its paragraph and was left out",
    "doubtful-apostrophe": "read as an apostrophe, but it may be a quotation mark without partner",
    "doubtful-mark": "this mark can be read in two ways; the likelier one was taken",
    "mismatched-marks": "a double mark is paired with a single one here",
    "empty-quotation": "nothing stands between these quotation marks",
}


@frozen(kw_only=True)
class ScanResult:
    """What `scan` found.

    Attributes:
        quotations: in text order, an outer quotation before those inside it.
        notices: unclosed, stray, doubtful and empty marks, in text order.
        continuations: for every quotation that takes up the speech of the paragraph before (which
            left its mark unclosed and this one reopened it), its index and the index of the
            quotation that it continues.
    """

    quotations: tuple[Quotation, ...] = ()
    notices: tuple[Notice, ...] = ()
    continuations: Mapping[int, int] = field(factory=dict)


@frozen
class _Found:
    """A quotation on its way: its span, whether it is closed, and its opening mark's end."""

    start: int
    end: int
    closed: bool
    glyph: str
    opened: int


def scan(text: str, blocks: Sequence[Block] = ()) -> ScanResult:
    """Finds the quotations of a text, paragraph by paragraph.

    Marks pair by glyph, by what stands beside them and by each other: curly, straight, single,
    low-high, angular, corner and LaTeX marks, mixed and nested. Apostrophes, primes and strays are
    told apart. A mark without a partner concerns its own paragraph only. An unclosed quotation
    ends after the last character of its paragraph that is not white space.

    >>> found = scan("“It’s the workers’ hall,” she said. “They call it ‘home’.”")
    >>> [(q.text, q.level) for q in found.quotations]
    [('“It’s the workers’ hall,”', 0), ('“They call it ‘home’.”', 0), ('‘home’', 1)]

    Args:
        text: the article, exactly as given.
        blocks: its paragraphs. Without any, every line is one, except that a line which plainly
            goes on in the next (it ends in a letter or comma, the next begins in lower case) is
            joined to it.

    Returns:
        Quotations, notices and continuations; offsets count code points of ``text``, end exclusive.
        Roles are provisional: they rest on the words around each quotation within its block.

    Raises:
        TextTypeError: ``text`` is not a str.
    """
    if not isinstance(text, str):
        raise TextTypeError(text)
    areas = _areas(text, blocks)
    found: list[_Found] = []
    notices: list[Notice] = []
    continued: dict[int, int] = {}
    waiting: list[int] = []
    for low, high, kind in areas:
        marks = find_marks(text, low, high)
        if not marks:
            if kind not in _PASSED_OVER and text[low:high].strip():
                waiting = []
            continue
        pairing = pair_marks(marks)
        first = len(found)
        found.extend(_quotations(text, low, high, marks, pairing, notices))
        if kind in _PASSED_OVER:
            continue
        if kind in _CONTINUED:
            continued.update(_reopened(text, low, found, first, waiting))
        last = low + len(text[low:high].rstrip())
        waiting = [
            i for i in range(first, len(found)) if not found[i].closed and found[i].end == last
        ]
    taken_up = set(continued.values())
    notices.extend(
        _notice("unclosed-quotation", q.start, q.opened)
        for i, q in enumerate(found)
        if not q.closed and i not in taken_up
    )
    notices.sort(key=lambda notice: (notice.start, notice.end, notice.code))
    quotations = classify_roles(text, [(low, high) for low, high, _ in areas], _levels(text, found))
    return ScanResult(quotations=quotations, notices=tuple(notices), continuations=continued)


def level_mask(text: str, quotations: Sequence[Quotation]) -> NDArray[np.int8]:
    """Returns for every code point of ``text`` how many quotations it stands in, marks included.

    >>> text = "I “saw ‘it’” go"
    >>> "".join(map(str, level_mask(text, scan(text).quotations)))
    '001111122221000'

    Args:
        text: the article.
        quotations: those that `scan` found in it.

    Returns:
        An array of ``len(text)`` small integers, 0 outside quotations.
    """
    import numpy as np

    steps = np.zeros(len(text) + 1, dtype=np.int32)
    np.add.at(steps, [q.start for q in quotations], 1)
    np.add.at(steps, [q.end for q in quotations], -1)
    depth: NDArray[np.int8] = np.cumsum(steps[:-1]).astype(np.int8)
    return depth


def _areas(text: str, blocks: Sequence[Block]) -> list[tuple[int, int, str]]:
    """Returns the stretches to scan one by one; together they cover the text."""
    if not blocks:
        return _lines(text)
    out: list[tuple[int, int, str]] = []
    at = 0
    for block in sorted(blocks, key=lambda block: (block.start, block.end)):
        start, end = max(at, block.start), min(len(text), block.end)
        if start >= end:
            continue
        if text[at:start].strip():
            out.append((at, start, "boilerplate"))
        out.append((start, end, block.kind))
        at = end
    if text[at:].strip():
        out.append((at, len(text), "boilerplate"))
    return out


def _lines(text: str) -> list[tuple[int, int, str]]:
    out: list[tuple[int, int, str]] = []
    at = 0
    for match in _LINE_BREAK.finditer(text):
        start, end = match.span()
        single = text[start:end] in ("\n", "\r\n", "\r")
        wrapped = (
            single
            and text[end : end + 1].islower()
            and _WRAPPED.fullmatch(text[max(at, start - 1) : start]) is not None
        )
        if not wrapped:
            out.append((at, start, "paragraph"))
            at = end
    out.append((at, len(text), "paragraph"))
    return [area for area in out if area[0] < area[1]]


def _quotations(
    text: str, low: int, high: int, marks: list[Mark], pairing: Pairing, notices: list[Notice]
) -> list[_Found]:
    """Returns a paragraph's quotations in text order and adds what is odd about it to notices."""
    out: list[_Found] = []
    for left, right in pairing.pairs:
        opening, closing = marks[left], marks[right]
        if text[opening.end : closing.start].strip():
            out.append(_Found(opening.start, closing.end, True, opening.glyph, opening.end))
        else:
            notices.append(_notice("empty-quotation", opening.start, closing.end))
        if opening.family != closing.family:
            notices.append(_notice("mismatched-marks", closing.start, closing.end))
    for left, right in pairing.cut:
        opening = marks[left]
        end = opening.end + len(text[opening.end : marks[right].start].rstrip())
        if end > opening.end:
            out.append(_Found(opening.start, end, False, opening.glyph, opening.end))
        else:
            notices.append(_notice("stray-mark", opening.start, opening.end))
    last = low + len(text[low:high].rstrip())
    for index in pairing.unclosed:
        mark = marks[index]
        if text[mark.end : last].strip():
            out.append(_Found(mark.start, last, False, mark.glyph, mark.end))
        else:
            notices.append(_notice("stray-mark", mark.start, mark.end))
    for index in pairing.others:
        mark = marks[index]
        if mark.other_kind == "stray":
            notices.append(_notice("stray-mark", mark.start, mark.end))
        elif mark.other_kind == "apostrophe" and mark.other >= DOUBTFUL:
            notices.append(_notice("doubtful-apostrophe", mark.start, mark.end))
    for index in sorted(set(pairing.doubtful)):
        notices.append(_notice("doubtful-mark", marks[index].start, marks[index].end))
    out.sort(key=lambda q: (q.start, -q.end))
    return _undoubled(out)


def _undoubled(found: list[_Found]) -> list[_Found]:
    """Returns the quotations with those in doubled marks (""No"") taken once, marks included."""
    out: list[_Found] = []
    for q in found:
        outer = out[-1] if out else None
        if (
            outer is not None
            and q.closed
            and outer.closed
            and q.glyph == outer.glyph
            and q.start == outer.opened
            and q.end + len(q.glyph) == outer.end
        ):
            out[-1] = evolve(outer, opened=q.opened)
        else:
            out.append(q)
    return out


def _reopened(
    text: str, low: int, found: list[_Found], first: int, waiting: list[int]
) -> dict[int, int]:
    """Returns which quotations at the very start of a paragraph continue which unclosed ones."""
    out: dict[int, int] = {}
    at = low
    for before, index in zip(waiting, range(first, len(found)), strict=False):
        q = found[index]
        if text[at : q.start].strip() or not same_family(found[before].glyph, q.glyph):
            break
        out[index] = before
        at = q.opened
    return out


def _levels(text: str, found: list[_Found]) -> tuple[Quotation, ...]:
    out: list[Quotation] = []
    ends: list[int] = []
    for q in found:
        while ends and ends[-1] <= q.start:
            ends.pop()
        out.append(
            Quotation(
                start=q.start,
                end=q.end,
                text=text[q.start : q.end],
                closed=q.closed,
                level=len(ends),
            )
        )
        ends.append(q.end)
    return tuple(out)


def _notice(code: str, start: int, end: int) -> Notice:
    return Notice(code=code, message=_MESSAGES[code], start=start, end=end)

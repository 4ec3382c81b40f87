"""Lines of a text, and which of them belong together: the ground that blocks stand on.

A line break may end a paragraph or only wrap it. Which one is seen from the whole text: where lines
are wrapped, hardly any of them had room for the next line's first word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from attrs import frozen

__all__ = ["INVISIBLE", "Stretch", "split_lines", "unwrap"]

#: Characters that show nothing: a line of only these and white space is blank.
INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_LEAD = re.compile(rf"[\s{INVISIBLE}]*")

#: Widest line of hard-wrapped text: terminals, mail and wires wrap at 60 to 100 columns.
WIDEST_WRAP = 110
NARROWEST_WRAP = 40
#: Share of line breaks that must be explained by the width before a text counts as hard-wrapped.
#: Paragraphs of four lines without blank lines between them give three quarters.
WRAPPED_SHARE = 0.7
#: Share of those line breaks that fall inside a sentence; between paragraphs none does.
BROKEN_SHARE = 0.5

_ENDS_SENTENCE = re.compile(r"[.?!:…][\"'”’»)\]]*$")
_BULLET = re.compile(r"(?:[-*•‣◦▪–—·]|\d{1,2}[.)])\s")


@frozen(kw_only=True)
class Stretch:
    """A line, or lines that belong together, without the white space around it.

    Attributes:
        start: offset of its first visible character.
        end: offset after its last visible character.
        gap: whether a blank line stands before it.
        indent: white space at the beginning of its (first) line.
    """

    start: int
    end: int
    gap: bool = False
    indent: int = 0


def split_lines(text: str) -> list[Stretch]:
    r"""Returns the lines that show something.

    Line ends are LF, CR, CRLF, VT, FF, NEL, U+2028 and U+2029; U+2029, the paragraph separator,
    counts as a blank line.

    >>> [(line.start, line.end, line.gap) for line in split_lines("One.\r\n\r\n Two. \nThree.")]
    [(0, 4, False), (9, 13, True), (15, 21, False)]
    """
    out: list[Stretch] = []
    at = 0
    gap = False
    while at <= len(text):
        match = _LINE_END.search(text, at)
        stop = match.start() if match else len(text)
        lead = _LEAD.match(text, at, stop)
        start = lead.end() if lead else at
        end = stop
        while end > start and _LEAD.fullmatch(text, end - 1, end):
            end -= 1
        if start < end:
            out.append(Stretch(start=start, end=end, gap=gap and bool(out), indent=start - at))
            gap = False
        elif at < stop or match:
            gap = True
        if not match:
            break
        gap = gap or match[0] == "\u2029"
        at = match.end()
    return out


def _first_word(text: str, line: Stretch) -> int:
    match = re.compile(r"\S+").match(text, line.start, line.end)
    return len(match[0]) if match else 0


def _no_room(text: str, line: Stretch, following: Stretch, width: int) -> bool:
    used = line.indent + line.end - line.start
    return used + 1 + _first_word(text, following) > width


def _wrap_width(text: str, lines: Sequence[Stretch]) -> int | None:
    """Returns the width at which the text is wrapped, None when it is not."""
    pairs = [(a, b) for a, b in pairwise(lines) if not b.gap]
    if len(pairs) < 2:
        return None
    lengths = sorted(line.indent + line.end - line.start for line in lines)
    width = lengths[int(0.95 * (len(lengths) - 1))]  # a long address or table line is an outlier
    if not NARROWEST_WRAP <= width <= WIDEST_WRAP:
        return None
    full = sum(_no_room(text, a, b, width) for a, b in pairs)
    broken = sum(not _ENDS_SENTENCE.search(text[max(a.start, a.end - 8) : a.end]) for a, _ in pairs)
    wrapped = full >= WRAPPED_SHARE * len(pairs) and broken >= BROKEN_SHARE * len(pairs)
    return width if wrapped else None


def unwrap(text: str, lines: Sequence[Stretch], begins: Sequence[bool]) -> list[Stretch]:
    """Returns the lines with wrapped ones joined.

    Args:
        text: the text.
        lines: its lines.
        begins: for each line, whether something certainly begins there (a speaker label).
    """
    width = _wrap_width(text, lines)
    out: list[Stretch] = []
    for i, line in enumerate(lines):
        joins = i > 0 and not line.gap and not begins[i]
        if joins and not _BULLET.match(text, line.start, line.end):
            before = lines[i - 1]
            if _belongs(text, before, line, width):
                first = out[-1]
                out[-1] = Stretch(
                    start=first.start, end=line.end, gap=first.gap, indent=first.indent
                )
                continue
        out.append(line)
    return out


def _belongs(text: str, before: Stretch, line: Stretch, width: int | None) -> bool:
    last = text[max(before.start, before.end - 8) : before.end]
    first = text[line.start]
    if first.islower() and not _ENDS_SENTENCE.search(last):
        return True
    if last[-1] in ",;" and width is None:
        return True
    if width is None or line.indent >= before.indent + 2:
        return False
    return _no_room(text, before, line, width)

"""Articles in marked-up form: ``{c1 “No,”} {q1 said} {s1 Ada Pell}.``, then who speaks.

``c`` is content, ``q`` cue, ``s`` source; the number tells which attribution, several are parted by
commas, and braces nest. After a line ``---`` comes one line an attribution::

    1 d person Ada Pell = Mrs. Pell
    2 i unnamed ? Ada Pell / Ida Pell >1
    3 i -

its number; its kind (direct, mixed, indirect); the speaker's type; the speaker's name and other
names that are right too; ``?`` before names between which the article leaves it open; ``-`` where
no source is named; ``>`` and the number of the attribution it stands in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

from attrs import frozen

__all__ = ["MARKED", "Marked", "marked_articles", "parse"]

#: Where the marked articles are.
MARKED = Path(__file__).parent / "marked"

_BRACE = re.compile(r"\{([sqc])(\d+(?:,\d+)*) |\}")
_LINE = re.compile(r"(\d+) ([dmi]) (?:-|(\w+) (\? )?(.+?))(?: >(\d+))?$")
_ROLES = {"s": "source", "q": "cue", "c": "content"}
_KINDS = {"d": "direct", "m": "mixed", "i": "indirect"}


@frozen(kw_only=True)
class Marked:
    """An attribution as marked.

    Attributes:
        number: the one it has in the marked article.
        spans: (start, end) pairs in the plain text, by role, in order.
        kind: direct, mixed or indirect, by the marks that the article uses.
        type: type of the speaker, None when no source is named.
        names: the canonical name, then others that count as right; empty when it is open.
        candidates: between whom it is open.
        parent: number of the attribution it stands in.
    """

    number: int
    spans: dict[str, tuple[tuple[int, int], ...]]
    kind: str
    type: str | None
    names: tuple[str, ...]
    candidates: tuple[str, ...]
    parent: int | None


def marked_articles() -> dict[str, tuple[str, tuple[Marked, ...]]]:
    """Returns the plain text and the attributions of each article, by name."""
    return {
        path.stem: parse(path.read_bytes().decode("utf-8")) for path in sorted(MARKED.glob("*.txt"))
    }


def parse(marked: str) -> tuple[str, tuple[Marked, ...]]:
    """Returns the plain text of a marked article and its attributions in text order."""
    body, _, lines = marked.partition("---\n")
    text, spans = _plain(body)
    found = [_attribution(line, spans) for line in lines.splitlines()]
    if sorted(a.number for a in found) != sorted(spans):
        raise ValueError(f"numbers in the text {sorted(spans)} and below it do not agree")
    return text, tuple(sorted(found, key=lambda a: (_first(a), -_last(a))))


def _plain(body: str) -> tuple[str, dict[int, dict[str, list[tuple[int, int]]]]]:
    spans: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    pieces: list[str] = []
    open_: list[tuple[str, str, int]] = []
    length = position = 0
    for brace in _BRACE.finditer(body):
        pieces.append(body[position : brace.start()])
        length += brace.start() - position
        position = brace.end()
        if brace[1]:
            open_.append((brace[1], brace[2], length))
        elif not open_:
            raise ValueError("a brace closes that was not opened, or a role is misspelt")
        else:
            role, numbers, start = open_.pop()
            for number in numbers.split(","):
                spans[int(number)][_ROLES[role]].append((start, length))
    text = "".join([*pieces, body[position:]])
    if open_ or "{" in text:
        raise ValueError("a brace is left open or misspelt")
    return text, spans


def _attribution(line: str, spans: dict[int, dict[str, list[tuple[int, int]]]]) -> Marked:
    match = _LINE.match(line)
    if match is None:
        raise ValueError(f"not a line about an attribution: {line!r}")
    number, kind, type_, open_, names, parent = match.groups()
    parts = tuple(name.strip() for name in re.split(" [=/] ", names or "") if name)
    return Marked(
        number=int(number),
        spans={role: tuple(sorted(found)) for role, found in spans[int(number)].items()},
        kind=_KINDS[kind],
        type=type_,
        names=() if open_ else parts,
        candidates=parts if open_ else (),
        parent=int(parent) if parent else None,
    )


def _first(a: Marked) -> int:
    return min(start for spans in a.spans.values() for start, _ in spans)


def _last(a: Marked) -> int:
    return max(end for spans in a.spans.values() for _, end in spans)

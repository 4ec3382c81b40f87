"""Cuts an article into runs for the HTML report: stretches in which no span begins or ends.

Spans may nest and overlap in any way; HTML elements may not. A run knows every attribution that it
is content, cue, source or evidence of, so the page can mark each without nesting elements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from attrs import Factory, frozen

from quotecheck.records import AnalysisRecord

__all__ = ["Run", "Section", "displayable", "sections"]

#: What an HTML parser would change: a NUL is dropped, a lone surrogate cannot be encoded. Both
#: become one other code point, so that offsets in the page stay those of the article.
_UNSHOWN = {0: "\ufffd"} | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")


def displayable(text: str) -> str:
    r"""Returns a text of the same length that HTML can hold.

    >>> displayable("a\0b")
    'a�b'
    """
    return text.translate(_UNSHOWN)


@frozen(kw_only=True)
class Run:
    """A stretch of text between two places where something begins or ends.

    Attributes:
        start: offset of its first code point.
        text: its words, `displayable`.
        content: positions of the attributions it is content of, outermost first.
        cue: positions of those it is cue of.
        source: positions of those it names the source of.
        evidence: positions of those it is evidence for.
        role: of the quotation it stands in when that is no speech (title, nickname, scare).
        anchors: names of the link targets that stand before it.
        opens: positions of the attributions whose content begins with it.
    """

    start: int
    text: str
    content: tuple[int, ...] = ()
    cue: tuple[int, ...] = ()
    source: tuple[int, ...] = ()
    evidence: tuple[int, ...] = ()
    role: str | None = None
    anchors: tuple[str, ...] = ()
    opens: tuple[int, ...] = ()


@frozen(kw_only=True)
class Section:
    """A block of the article, or words between blocks."""

    kind: str
    runs: tuple[Run, ...] = ()


@frozen
class _Marks:
    """What begins and ends where: ``on[offset]`` and ``off[offset]`` hold (what, position)."""

    on: dict[int, list[tuple[str, int]]] = Factory(lambda: defaultdict(list))
    off: dict[int, list[tuple[str, int]]] = Factory(lambda: defaultdict(list))
    anchors: dict[int, list[str]] = Factory(lambda: defaultdict(list))
    opens: dict[int, list[int]] = Factory(lambda: defaultdict(list))

    def add(self, what: str, position: int, start: int, end: int) -> None:
        if start < end:
            self.on[start].append((what, position))
            self.off[end].append((what, position))


def sections(record: AnalysisRecord) -> tuple[Section, ...]:
    """Returns the article block by block; only white space between blocks is left out.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada.", said("“No,”", cue="said", source="Ada"))
    >>> [(run.text, run.content, run.cue) for run in sections(analysis)[0].runs][:3]
    [('“No,”', (0,), ()), (' ', (), ()), ('said', (), (0,))]

    Args:
        record: an analysis with its text.
    """
    text = record.text or ""
    marks = _collect(record)
    pieces = list(_run_in(_pieces(record, text), text))
    cuts = {*marks.on, *marks.off, *marks.anchors, *marks.opens}
    cuts.update(edge for _, start, end in pieces for edge in (start, end))
    edges = sorted(edge for edge in cuts if 0 <= edge <= len(text))
    sweep = _Sweep(text, edges, marks, [q.role for q in record.quotations])
    out = [Section(kind=kind, runs=tuple(sweep.runs(start, end))) for kind, start, end in pieces]
    if (rest := sweep.rest()) is not None:
        out.append(Section(kind="paragraph", runs=(rest,)))
    return tuple(out)


def _collect(record: AnalysisRecord) -> _Marks:
    marks = _Marks()
    for i, a in enumerate(record.attributions):
        for span in a.content:
            marks.add("content", i, span.start, span.end)
        first = (*a.content, *a.cue, *a.source)
        marks.opens[first[0].start if first else 0].append(i)
        places = [("cue", k, s.start, s.end) for k, s in enumerate(a.cue)]
        places += [("source", k, s.start, s.end) for k, s in enumerate(a.source)]
        places += [("evidence", k, s.start, s.end) for k, s in enumerate(a.evidence)]
        for what, k, start, end in places:
            marks.add(what, i, start, end)
            marks.anchors[start].append(f"{what}{i}-{k}")
    for i, q in enumerate(record.quotations):
        if q.role in ("title", "nickname", "scare"):
            marks.add("role", i, q.start, q.end)
    for i, notice in enumerate(record.warnings):
        marks.anchors[notice.start].append(f"warning{i}")
    return marks


def _pieces(record: AnalysisRecord, text: str) -> Iterator[tuple[str, int, int]]:
    """Blocks in text order without overlaps, and whatever words stand between them."""
    at = 0
    for block in sorted(record.blocks, key=lambda b: (b.start, b.end)):
        start = max(at, block.start)
        if text[at:start].strip():
            yield "paragraph", at, start
        if start < block.end:
            yield block.kind, start, block.end
            at = block.end
    if text[at:].strip():
        yield "paragraph", at, len(text)


def _run_in(pieces: Iterable[tuple[str, int, int]], text: str) -> Iterator[tuple[str, int, int]]:
    """The pieces, with a dateline as the beginning of the paragraph whose line it stands on."""
    dateline: tuple[str, int, int] | None = None
    for piece in pieces:
        kind, start, end = piece
        if dateline is not None:
            joined = kind == "paragraph" and len(text[dateline[2] : start + 1].splitlines()) == 1
            if joined:
                piece = (kind, dateline[1], end)
            else:
                yield dateline
            dateline = None
        if kind == "dateline":
            dateline = piece
        else:
            yield piece
    if dateline is not None:
        yield dateline


class _Sweep:
    """Walks over the edges once, keeping what is open."""

    def __init__(self, text: str, edges: list[int], marks: _Marks, roles: list[str]) -> None:
        self.text = text
        self.edges = edges
        self.marks = marks
        self.roles = roles
        self.at = 0
        self.open: dict[str, list[int]] = {
            name: [] for name in ("content", "cue", "source", "evidence", "role")
        }
        self.anchors: list[str] = []
        self.opens: list[int] = []

    def runs(self, start: int, end: int) -> Iterator[Run]:
        while self.at < len(self.edges) and self.edges[self.at] < end:
            left = self.edges[self.at]
            right = self.edges[self.at + 1] if self.at + 1 < len(self.edges) else end
            self._pass(left)
            self.at += 1
            if left >= start and left < right:
                yield self._run(left, min(right, end))

    def rest(self) -> Run | None:
        """What is to be linked to but has no word of its own behind it, as an empty run."""
        for edge in self.edges[self.at :]:
            self._pass(edge)
        if not (self.anchors or self.opens):
            return None
        at = len(self.text)
        return Run(start=at, text="", anchors=tuple(self.anchors), opens=tuple(self.opens))

    def _pass(self, edge: int) -> None:
        for what, position in self.marks.off.get(edge, ()):
            self.open[what].remove(position)
        for what, position in self.marks.on.get(edge, ()):
            self.open[what].append(position)
        self.anchors += self.marks.anchors.get(edge, ())
        self.opens += self.marks.opens.get(edge, ())

    def _run(self, left: int, right: int) -> Run:
        role = self.open["role"]
        run = Run(
            start=left,
            text=displayable(self.text[left:right]),
            content=tuple(dict.fromkeys(self.open["content"])),
            cue=tuple(dict.fromkeys(self.open["cue"])),
            source=tuple(dict.fromkeys(self.open["source"])),
            evidence=tuple(dict.fromkeys(self.open["evidence"])),
            role=self.roles[role[-1]] if role else None,
            anchors=tuple(dict.fromkeys(self.anchors)),
            opens=tuple(dict.fromkeys(self.opens)),
        )
        self.anchors, self.opens = [], []
        return run

"""Plain text for people: who said what, in the article's order, fit for a terminal.

Characters that steer a terminal (escape, bidirectional overrides) are shown, never sent: an
article is a stranger's text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from quotecheck.formats.registry import WriteOptions
from quotecheck.records import AnalysisRecord, Attribution, Entity

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = ["printable", "stream", "write"]

_SPACES = re.compile(r"\s+")
_STEERING = {code: chr(0x2400 + code) for code in range(32)} | {127: "\u2421"}
_STEERING |= dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000)), "\ufffd")
_STEERING |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "")
_INDENT = "    "


def printable(text: str) -> str:
    r"""Returns a text on one line, without anything that steers a terminal.

    >>> printable("Ada\n Pell\x1b[2J")
    'Ada Pell␛[2J'
    """
    return _SPACES.sub(" ", text).translate(_STEERING)


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns one article's attributions, one paragraph each, with a line of counts on top."""
    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        width=max(options.width, 40),
        force_terminal=options.colour,
        color_system="standard" if options.colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(_heading(record))
    for attribution in record.attributions:
        console.print()
        _print_one(console, record, attribution, explain=options.explain)
    if record.warnings:
        console.print()
    for notice in record.warnings:
        line = f"warning: {notice.message} ({notice.code} at {notice.start}-{notice.end})"
        console.print(_styled((printable(line), "yellow")))
    return _TRAILING.sub("", out.getvalue())


_TRAILING = re.compile(r"[ ]+$", re.MULTILINE)


def stream(records: Iterable[AnalysisRecord], options: WriteOptions) -> Iterator[str]:
    """Yields the articles one after another, an empty line between them."""
    for number, record in enumerate(records):
        yield ("\n" if number else "") + write(record, options)


def _styled(*parts: tuple[str, str]) -> Text:
    from rich.text import Text

    return Text.assemble(*((text.translate(_STEERING), style) for text, style in parts))


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _heading(record: AnalysisRecord) -> Text:
    speakers = sum(entity.speaks for entity in record.entities)
    counts = f"{_plural(len(record.attributions), 'attribution')}, {_plural(speakers, 'speaker')}"
    name = "standard input" if record.source == "-" else record.source
    title = f" “{record.title}”" if record.title else ""
    return _styled((printable(name + title), "bold underline"), (f": {counts}", ""))


def _who(a: Attribution) -> tuple[str, str]:
    if a.speaker is not None:
        return _name(a.speaker), "bold cyan"
    if a.candidates:
        return "? " + " or ".join(_name(e) for e in a.candidates), "bold yellow"
    return "? " + " ".join(printable(span.text) for span in a.source), "bold yellow"


def _name(entity: Entity) -> str:
    return printable(entity.name)


def _print_one(console: Console, record: AnalysisRecord, a: Attribution, *, explain: bool) -> None:
    from rich.padding import Padding

    cue = " ... ".join(printable(span.text) for span in a.cue)
    flags: list[str] = [a.kind]
    flags += [a.act] * (a.act != "assertion")
    flags += ["negated"] * a.negated + ["hypothetical"] * a.hypothetical
    flags += [f"inside {a.parent}"] if a.parent else []
    sure = f"confidence {a.confidence:g}"
    sure += f", speaker {a.speaker_confidence:g}" if a.speaker is not None else ""
    console.print(_styled((f"{a.id}  ", "dim"), _who(a), (f"  {cue}" if cue else "", "green")))
    console.print(Padding(_styled((printable(a.text), "")), (0, 0, 0, len(_INDENT))))
    line = _styled((f"{', '.join(flags)}; {sure}", "dim"))
    console.print(Padding(line, (0, 0, 0, len(_INDENT))))
    if explain:
        names = {entity.id: entity.name for entity in record.entities}
        for why in _reasons(a, names):
            console.print(Padding(_styled((why, "dim")), (0, 0, 0, len(_INDENT))))


def _reasons(a: Attribution, names: dict[str, str]) -> Iterator[str]:
    for part, spans in (("content", a.content), ("cue", a.cue), ("source", a.source)):
        if spans:
            yield f"{part} at " + ", ".join(f"{span.start}-{span.end}" for span in spans)
    for step in a.evidence:
        to = f" -> {names.get(step.entity, step.entity)}" if step.entity else ""
        place = f"“{step.text}” at {step.start}-{step.end}"
        yield printable(f"because {step.step}: {place}{to} ({step.score:g})")

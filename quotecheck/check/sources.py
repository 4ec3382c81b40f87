"""What a quote can be checked against: texts, paragraphs, transcripts, analyses, files."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from attrs import evolve, field, frozen

from quotecheck.check.stream import Voice
from quotecheck.check.turns import Turn, find_turns, label_name
from quotecheck.errors import CheckInputError, TextTypeError
from quotecheck.inputs import Document, join_paragraphs
from quotecheck.names import match_names
from quotecheck.records import AnalysisRecord, Attribution

__all__ = ["Cue", "Layer", "Page", "Source", "as_source", "text_voices"]

Layer = tuple[Voice, ...]


@frozen(kw_only=True)
class Page:
    """A page of a PDF file: where it begins in the extracted text, and its number from 1."""

    start: int
    number: int


@frozen(kw_only=True)
class Cue:
    """A subtitle: where it stands in the extracted text, and when it is shown."""

    start: int
    end: int
    shown: str
    hidden: str


@frozen(kw_only=True)
class Source:
    """A text to check against, and what its format tells about it.

    Attributes:
        text: the text that every offset counts in; the extracted one for PDF, web pages and so on.
        name: a path, ``-`` or what the caller calls it.
        format: text, srt, vtt, html, pdf, docx or analysis.
        layers: who speaks where. A quote is looked for in the first layer, then in the next.
        pages: pages in order, for PDF.
        cues: subtitles in order.
        attributions: the attributions behind the voices, for an analysis.
    """

    text: str
    name: str = "-"
    format: str = "text"
    layers: tuple[Layer, ...]
    pages: tuple[Page, ...] = ()
    cues: tuple[Cue, ...] = ()
    attributions: dict[str, Attribution] = field(factory=dict)

    def page(self, offset: int) -> int | None:
        """Returns the number of the page that an offset stands on."""
        at = bisect_right(self.pages, offset, key=lambda page: page.start)
        return self.pages[at - 1].number if at else None

    def time(self, start: int, end: int) -> tuple[str, str] | None:
        """Returns when the cues that a span touches are shown first and hidden last."""
        at = bisect_right(self.cues, start, key=lambda cue: cue.end)
        touched = [cue for cue in self.cues[at : at + 500] if cue.start < end]
        return (touched[0].shown, touched[-1].hidden) if touched else None


def as_source(
    source: str | Sequence[str] | AnalysisRecord | Document | Source, name: str | None = None
) -> Source:
    """Returns anything that can be checked against as a `Source`.

    Raises:
        TextTypeError: something else.
        CheckInputError: an analysis without its text.
    """
    if isinstance(source, Source):
        return source if name is None else evolve(source, name=name)
    if isinstance(source, AnalysisRecord):
        return _of_analysis(source, name)
    if isinstance(source, Document):
        return _of_text(source.text, name or source.source)
    if isinstance(source, str):
        return _of_text(source, name or "-")
    if isinstance(source, Sequence) and not isinstance(source, bytes | bytearray | memoryview):
        return _of_text(join_paragraphs(source).text, name or "-")
    raise TextTypeError(source, "the source")


def _of_text(text: str, name: str) -> Source:
    return Source(text=text, name=name, layers=(text_voices(text),))


def text_voices(text: str) -> Layer:
    """Returns who speaks where by the labels of a transcript; one voice when there are none."""
    turns = find_turns(text)
    if not turns:
        return (Voice(ranges=((0, len(text)),)),)
    names = _names(turns)
    return tuple(
        Voice(
            ranges=((turn.body_start, turn.end),),
            names=names.get(turn.label.text, ()) if turn.label else (),
        )
        for turn in turns
        if turn.end > turn.body_start
    )


def _names(turns: Sequence[Turn]) -> dict[str, tuple[str, ...]]:
    """Names by label, the fullest form of a name before the label's own.

    Transcripts give "MARA QUIST, CITY EDITOR" once and "QUIST" from then on.
    """
    labels = dict.fromkeys(turn.label.text for turn in turns if turn.label)
    named = {label: name for label in labels if (name := label_name(label))}
    distinct = tuple(dict.fromkeys(named.values()))
    fuller: dict[str, str] = {}
    for name in distinct:
        longer = [
            other
            for other in distinct
            if len(other.split()) > len(name.split())
            and match_names(name, other).verdict in ("same", "compatible")
        ]
        agreed = all(match_names(longer[0], other).fits for other in longer[1:])
        fuller[name] = max(longer, key=len) if longer and agreed else name
    return {
        label: (fuller[name],) if fuller[name] == name else (fuller[name], name)
        for label, name in named.items()
    }


def _of_analysis(record: AnalysisRecord, name: str | None) -> Source:
    if record.text is None:
        raise CheckInputError(
            "this analysis was stored without its text (--no-text); analyse the article again."
        )
    text = record.text
    voices = [_attribution_voice(a) for a in record.attributions if a.content]
    covered = [r for voice in voices for r in voice.ranges]
    for voice in text_voices(text):
        start, end = voice.ranges[0]
        if voice.names and not any(s < end and start < e for s, e in covered):
            voices.append(voice)
    layers = (tuple(voices), text_voices(text)) if voices else (text_voices(text),)
    return Source(
        text=text,
        name=name or record.source,
        format="analysis",
        layers=layers,
        attributions={a.id: a for a in record.attributions},
    )


def _attribution_voice(a: Attribution) -> Voice:
    names = (a.speaker.name, *a.speaker.aliases) if a.speaker else ()
    return Voice(
        ranges=tuple((span.start, span.end) for span in a.content),
        names=names,
        candidates=tuple(c.name for c in a.candidates),
        attribution=a.id,
    )

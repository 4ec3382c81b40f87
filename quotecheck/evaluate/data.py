"""What is compared: attributions as bare spans and names, gold and predicted."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from attrs import frozen

from quotecheck.records import AnalysisRecord, Attribution

__all__ = [
    "GoldArticle",
    "GoldAttribution",
    "GoldSpeaker",
    "Prediction",
    "Spans",
    "document_name",
    "from_analysis",
]

#: (start, end) pairs in code points, end exclusive.
Spans = tuple[tuple[int, int], ...]


@frozen(kw_only=True)
class GoldSpeaker:
    """Who a gold attribution's source is.

    Attributes:
        names: every name that counts as right.
        type: person, group, organization, place, document, unnamed or author.
        pronoun: whether the source is a pronoun.
    """

    names: tuple[str, ...]
    type: str = "person"
    pronoun: bool = False


@frozen(kw_only=True)
class GoldAttribution:
    """An attribution as a person marked it.

    Attributes:
        content: spans of what is attributed.
        cue: spans of the words that signal it.
        source: spans of whom it is attributed to; empty when nobody is named.
        speaker: who that is; None when the gold does not tell.
        nested: whether it stands inside another one, where the gold tells.
    """

    content: Spans
    cue: Spans = ()
    source: Spans = ()
    speaker: GoldSpeaker | None = None
    nested: bool = False


@frozen(kw_only=True)
class GoldArticle:
    """An article with all its gold attributions.

    Attributes:
        name: what predictions call it: the file name without suffix.
        text: the exact text that the offsets count in.
        attributions: in the order of the annotation.
        has_speakers: whether somebody has resolved its speakers.
    """

    name: str
    text: str
    attributions: tuple[GoldAttribution, ...]
    has_speakers: bool = False


@frozen(kw_only=True)
class Prediction:
    """An attribution as a program found it.

    Attributes:
        content: spans of what is attributed.
        cue: spans of the words that signal it.
        source: spans of whom it is attributed to.
        speaker: name of the speaker, None when not known.
        confidence: how sure the program is of the attribution, if it tells.
        speaker_confidence: how sure it is of the speaker, if it tells.
        parent: id of the attribution around it, for nested speech.
    """

    content: Spans
    cue: Spans = ()
    source: Spans = ()
    speaker: str | None = None
    confidence: float | None = None
    speaker_confidence: float | None = None
    parent: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Returns the form that predictions have in files: see `write_predictions`."""
        return {
            "content": [list(span) for span in self.content],
            "cue": [list(span) for span in self.cue],
            "source": [list(span) for span in self.source],
            "speaker": self.speaker,
            "confidence": self.confidence,
            "speaker_confidence": self.speaker_confidence,
            "parent": self.parent,
        }


def from_analysis(record: AnalysisRecord) -> tuple[Prediction, ...]:
    """Returns an analysis's attributions as predictions.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> from_analysis(analysis)[0].speaker
    'Ada Pell'
    """
    return tuple(_prediction(attribution) for attribution in record.attributions)


def _prediction(a: Attribution) -> Prediction:
    return Prediction(
        content=tuple((span.start, span.end) for span in a.content),
        cue=tuple((span.start, span.end) for span in a.cue),
        source=tuple((span.start, span.end) for span in a.source),
        speaker=a.speaker.name if a.speaker is not None else None,
        confidence=a.confidence,
        speaker_confidence=a.speaker_confidence,
        parent=a.parent,
    )


def document_name(source: str) -> str:
    """Returns what an article is called when gold and predictions are brought together.

    >>> document_name("news/harbour.txt"), document_name("news/all.jsonl:12")
    ('harbour', 'all:12')
    """
    path = PurePath(source)
    stem, dot, suffix = path.name.rpartition(".")
    if not dot:
        return path.name
    _, colon, number = suffix.partition(":")
    return stem + colon + number


def as_spans(pairs: Iterable[Iterable[int]]) -> Spans:
    """Returns [start, end] lists as spans."""
    return tuple((start, end) for start, end in pairs)

"""One flat row an attribution: what CSV, Parquet and data frames share."""

from __future__ import annotations

import re
from collections.abc import Iterator

from quotecheck.records import AnalysisRecord, Span

__all__ = ["COLUMNS", "Value", "encodable", "rows"]

Value = str | int | float | bool | None

#: The columns in order, each with its type in Python and Parquet. Columns may be added at the end.
COLUMNS: dict[str, type] = {
    "document": str,
    "title": str,
    "url": str,
    "published": str,
    "id": str,
    "kind": str,
    "act": str,
    "negated": bool,
    "hypothetical": bool,
    "speaker": str,
    "speaker_id": str,
    "speaker_type": str,
    "principal": str,
    "candidates": str,
    "text": str,
    "content": str,
    "cue": str,
    "source": str,
    "start": int,
    "end": int,
    "confidence": float,
    "speaker_confidence": float,
    "parent": str,
    "paragraph": int,
}


_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(value: Value) -> Value:
    r"""Returns a cell that UTF-8 can hold: lone surrogates become U+FFFD, one for one.

    >>> encodable("no\ud800") == "no\ufffd"
    True
    """
    return _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def rows(record: AnalysisRecord) -> Iterator[dict[str, Value]]:
    """Yields one row an attribution, in the order of the article.

    ``document`` is the article's path and ``source`` the words that name the speaker. Pieces of a
    discontinuous span are joined by `` [...] ``, several candidates by ``; ``. ``start`` and
    ``end`` run from the first to the last piece of the content, in code points, end exclusive.

    >>> from quotecheck.testing import build, said
    >>> record = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> [(row["speaker"], row["cue"], row["text"]) for row in rows(record)]
    [('Ada Pell', 'said', '“No,”')]
    """
    names = {entity.id: entity.name for entity in record.entities}
    for a in record.attributions:
        speaker = a.speaker
        yield {
            "document": record.source,
            "title": record.title,
            "url": record.url,
            "published": record.published,
            "id": a.id,
            "kind": a.kind,
            "act": a.act,
            "negated": a.negated,
            "hypothetical": a.hypothetical,
            "speaker": speaker.name if speaker else None,
            "speaker_id": speaker.id if speaker else None,
            "speaker_type": speaker.type if speaker else None,
            "principal": names.get(speaker.principal or "") if speaker else None,
            "candidates": "; ".join(e.name for e in a.candidates) or None,
            "text": a.text,
            "content": _joined(a.content),
            "cue": _joined(a.cue),
            "source": _joined(a.source),
            "start": a.content[0].start if a.content else None,
            "end": a.content[-1].end if a.content else None,
            "confidence": a.confidence,
            "speaker_confidence": a.speaker_confidence,
            "parent": a.parent,
            "paragraph": a.paragraph,
        }


def _joined(spans: tuple[Span, ...]) -> str | None:
    return " [...] ".join(span.text for span in spans) or None

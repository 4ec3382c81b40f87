"""W3C Web Annotation (https://www.w3.org/TR/annotation-model/): one JSON-LD document an article.

An annotation page holds one annotation an attribution. Its targets are the pieces of content, each
with a position selector (code points, as the recommendation demands) and a quote selector. Its
bodies are the speaker's name, the kind and act as tags, and the places of cue and source. What the
vocabulary has no words for stands under the ``quotecheck:`` prefix.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from quotecheck import codec
from quotecheck.formats.registry import WriteOptions
from quotecheck.records import AnalysisRecord, Attribution, Span

__all__ = ["CONTEXT", "to_dict", "write"]

CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {"quotecheck": "urn:quotecheck:vocabulary:"},
]

#: Code points of context on each side of a quote selector, as annotation clients use.
_AROUND = 32


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns the article's annotation page as JSON-LD."""
    return codec.dumps(to_dict(record), indent=options.indent) + "\n"


def to_dict(record: AnalysisRecord) -> dict[str, Any]:
    """Returns the article's annotation page as plain data.

    The target's source is the article's address when there is one, else a URN of its hash.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> to_dict(analysis)["items"][0]["body"][0]["value"]
    'Ada Pell'
    """
    text_id = f"urn:quotecheck:text:{record.text_sha256}"
    page: dict[str, Any] = {
        "@context": CONTEXT,
        "id": f"{text_id}:annotations",
        "type": "AnnotationPage",
        "startIndex": 0,
        "items": [_annotation(record, a, text_id) for a in record.attributions],
    }
    if record.title:
        page["label"] = record.title
    return page


def _annotation(record: AnalysisRecord, a: Attribution, text_id: str) -> dict[str, Any]:
    source = record.url or text_id
    bodies: list[dict[str, Any]] = []
    if a.speaker is not None:
        bodies.append(_words(a.speaker.name, "identifying"))
    bodies += [_words(word, "classifying") for word in (a.kind, a.act)]
    bodies += [_words("negated", "tagging")] * a.negated
    bodies += [_words("hypothetical", "tagging")] * a.hypothetical
    for role, spans in (("cue", a.cue), ("source", a.source)):
        for span in spans:
            place = _place(record, span, source)
            bodies.append({**place, "purpose": "linking", "quotecheck:role": role})
    out: dict[str, Any] = {
        "id": f"{text_id}:{quote(a.id, safe='', errors='replace')}",
        "type": "Annotation",
        "motivation": "identifying",
        "body": bodies,
        "target": [_place(record, span, source) for span in a.content],
        "quotecheck:confidence": a.confidence,
        "quotecheck:speakerConfidence": a.speaker_confidence,
    }
    if a.candidates:
        out["quotecheck:candidate"] = [entity.name for entity in a.candidates]
    if a.parent is not None:
        out["quotecheck:parent"] = {"id": f"{text_id}:{quote(a.parent, safe='', errors='replace')}"}
    return out


def _words(value: str, purpose: str) -> dict[str, Any]:
    return {"type": "TextualBody", "value": value, "format": "text/plain", "purpose": purpose}


def _place(record: AnalysisRecord, span: Span, source: str) -> dict[str, Any]:
    selectors: list[dict[str, Any]] = [
        {"type": "TextPositionSelector", "start": span.start, "end": span.end}
    ]
    exact: dict[str, Any] = {"type": "TextQuoteSelector", "exact": span.text}
    if record.text is not None:
        exact["prefix"] = record.text[max(0, span.start - _AROUND) : span.start]
        exact["suffix"] = record.text[span.end : span.end + _AROUND]
    return {"type": "SpecificResource", "source": source, "selector": [*selectors, exact]}

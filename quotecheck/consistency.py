"""What must hold inside a record, whoever made it: offsets, ids, hash, confidences."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator
from typing import Any, TypeVar

from attrs import evolve

from quotecheck.records import AnalysisRecord, Attribution, Entity

__all__ = ["problems", "text_sha256", "with_attributions"]

R = TypeVar("R", bound=AnalysisRecord)


def text_sha256(text: str) -> str:
    """Returns the SHA-256 of a text in UTF-8, as 64 hexadecimal digits.

    Lone surrogates are passed through, so that every ``str`` has a hash.

    >>> text_sha256("")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def problems(record: AnalysisRecord) -> Iterator[str]:
    """Yields whatever in a record contradicts itself, each problem with its JSON path.

    Offsets that do not cut their own text, ids that are used twice or not at all, confidences
    outside 0 to 1, a text that does not have the hash on record.

    >>> from quotecheck.records import AnalysisRecord, ModelInfo
    >>> model = ModelInfo(name="none", version="1")
    >>> list(problems(AnalysisRecord(text="a", text_sha256="0" * 64, model=model)))
    ['$.text_sha256: is not the hash of $.text; was the text edited?']
    """
    text = record.text
    if text is not None and record.text_sha256 != text_sha256(text):
        yield "$.text_sha256: is not the hash of $.text; was the text edited?"
    size = math.inf if text is None else len(text)
    for path, span in _spans(record):
        start, end = span.start, span.end
        if not 0 <= start <= end <= size:
            yield f"{path}: ({start}, {end}) is not a span of the text"
        elif (slice_ := getattr(span, "text", None)) is None:
            continue
        elif len(slice_) != end - start or (text is not None and text[start:end] != slice_):
            yield f"{path}.text: {slice_[:40]!r} is not what stands at ({start}, {end})"
    yield from _id_problems(record)
    for path, value in _numbers(record):
        if not 0.0 <= value <= 1.0:
            yield f"{path}: {value!r} is not between 0 and 1"


def _spans(record: AnalysisRecord) -> Iterator[tuple[str, Any]]:
    for i, block in enumerate(record.blocks):
        yield f"$.blocks[{i}]", block
        if block.label is not None:
            yield f"$.blocks[{i}].label", block.label
    for i, entity in enumerate(record.entities):
        for k, mention in enumerate(entity.mentions):
            yield f"$.entities[{i}].mentions[{k}]", mention
    for i, attribution in enumerate(record.attributions):
        for part in ("content", "cue", "source", "evidence"):
            for k, span in enumerate(getattr(attribution, part)):
                yield f"$.attributions[{i}].{part}[{k}]", span
    for i, quotation in enumerate(record.quotations):
        yield f"$.quotations[{i}]", quotation
    for i, notice in enumerate(record.warnings):
        yield f"$.warnings[{i}]", notice


def _numbers(record: AnalysisRecord) -> Iterator[tuple[str, float]]:
    for i, attribution in enumerate(record.attributions):
        path = f"$.attributions[{i}]"
        yield f"{path}.confidence", attribution.confidence
        yield f"{path}.speaker_confidence", attribution.speaker_confidence
        for k, step in enumerate(attribution.evidence):
            yield f"{path}.evidence[{k}].score", step.score


def _references(record: AnalysisRecord) -> Iterator[tuple[str, str | None, str]]:
    """Every id that a record mentions: its path, the id, and of what it should be one."""
    for i, entity in enumerate(record.entities):
        yield f"$.entities[{i}].principal", entity.principal, "entity"
        for k, member in enumerate(entity.members):
            yield f"$.entities[{i}].members[{k}]", member, "entity"
    for i, attribution in enumerate(record.attributions):
        yield f"$.attributions[{i}].parent", attribution.parent, "attribution"
        for k, step in enumerate(attribution.evidence):
            yield f"$.attributions[{i}].evidence[{k}].entity", step.entity, "entity"
    for i, quotation in enumerate(record.quotations):
        yield f"$.quotations[{i}].attribution", quotation.attribution, "attribution"


def _id_problems(record: AnalysisRecord) -> Iterator[str]:
    entities = {e.id: e for e in record.entities}
    known = {"entity": set(entities), "attribution": {a.id for a in record.attributions}}
    used = {"entities": [e.id for e in record.entities]}
    used["attributions"] = [a.id for a in record.attributions]
    for name, ids in used.items():
        seen: set[str] = set()
        for i, one in enumerate(ids):
            if one in seen:
                yield f"$.{name}[{i}].id: {one!r} is used twice"
            seen.add(one)
    for path, ref, what in _references(record):
        if ref is not None and ref not in known[what]:
            yield f"{path}: no {what} has the id {ref!r}"
    for i, attribution in enumerate(record.attributions):
        named = (attribution.speaker, *attribution.candidates)
        for entity in named:
            if entity is not None and entities.get(entity.id) != entity:
                yield f"$.attributions[{i}].speaker: {entity.id!r} is not one of $.entities"
        if attribution.parent == attribution.id:
            yield f"$.attributions[{i}].parent: is its own parent"
        if not 0 <= attribution.paragraph < max(1, len(record.blocks)):
            yield f"$.attributions[{i}].paragraph: there is no block {attribution.paragraph}"


def with_attributions(
    record: R, attributions: tuple[Attribution, ...], entities: tuple[Entity, ...] | None = None
) -> R:
    """Returns a copy of a record with other attributions, consistent again.

    An entity ``speaks`` when an attribution has it as speaker; a ``parent`` or a quotation's
    ``attribution`` that is gone becomes None.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> with_attributions(analysis, ()).entities[0].speaks
    False

    Args:
        record: the record to copy.
        attributions: the new ones, in text order.
        entities: the new entities; None to keep those there are.
    """
    speaking = {a.speaker.id for a in attributions if a.speaker is not None}
    by_id = {
        e.id: e if e.speaks == (e.id in speaking) else evolve(e, speaks=e.id in speaking)
        for e in (record.entities if entities is None else entities)
    }
    kept = {a.id for a in attributions}
    linked = tuple(
        evolve(
            a,
            speaker=by_id[a.speaker.id] if a.speaker else None,
            candidates=tuple(by_id[e.id] for e in a.candidates),
            parent=a.parent if a.parent in kept else None,
        )
        for a in attributions
    )
    quotations = tuple(
        q if q.attribution is None or q.attribution in kept else evolve(q, attribution=None)
        for q in record.quotations
    )
    return evolve(
        record, attributions=linked, entities=tuple(by_id.values()), quotations=quotations
    )

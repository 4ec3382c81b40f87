"""Builds an analysis out of a text and of what is said in it, for tests and examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from attrs import NOTHING, NothingType, frozen

from quotecheck.analysis import Analysis
from quotecheck.consistency import text_sha256
from quotecheck.records import (
    Act,
    Attribution,
    Block,
    BlockKind,
    Entity,
    EntityType,
    Evidence,
    Kind,
    ModelInfo,
    Notice,
    Quotation,
    Span,
)

__all__ = ["Said", "Someone", "build", "locate", "said", "someone"]

_MARKS = {"“": "”", '"': '"', "«": "»", "„": "“"}


@frozen(kw_only=True)
class Someone:
    """An entity to be: what `build` cannot see in the text. Made by `someone`."""

    name: str
    type: EntityType = "person"
    aliases: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    principal: str | None = None


@frozen(kw_only=True)
class Said:
    """An attribution to be, in words. Made by `said`."""

    content: tuple[str, ...]
    cue: tuple[str, ...] = ()
    source: str | None = None
    speaker: str | None = None
    candidates: tuple[str, ...] = ()
    kind: Kind | None = None
    act: Act = "assertion"
    negated: bool = False
    hypothetical: bool = False
    confidence: float = 0.95
    speaker_confidence: float = 0.9
    inside: int | None = None
    step: str = "name"


def someone(
    name: str,
    type: EntityType = "person",
    *,
    aliases: Iterable[str] = (),
    descriptions: Iterable[str] = (),
    members: Iterable[str] = (),
    principal: str | None = None,
) -> Someone:
    """Returns an entity for `build`, when a bare name does not say enough.

    >>> someone("the ministry", "organization").type
    'organization'

    Args:
        name: its name.
        type: what it is.
        aliases: other names; `build` finds them in the text as mentions.
        descriptions: noun phrases that describe it.
        members: names of a group's members.
        principal: name of the one it speaks for.
    """
    return Someone(
        name=name,
        type=type,
        aliases=tuple(aliases),
        descriptions=tuple(descriptions),
        members=tuple(members),
        principal=principal,
    )


def said(
    *content: str,
    cue: str | tuple[str, ...] = (),
    source: str | None = None,
    speaker: str | NothingType | None = NOTHING,
    candidates: Iterable[str] = (),
    kind: Kind | None = None,
    act: Act = "assertion",
    negated: bool = False,
    hypothetical: bool = False,
    confidence: float = 0.95,
    speaker_confidence: float = 0.9,
    inside: int | None = None,
    step: str | None = None,
) -> Said:
    """Returns an attribution for `build`, in the words of the text.

    >>> said("“No,”", cue="said", source="she", speaker="Ada Pell").speaker
    'Ada Pell'

    Args:
        content: its pieces, as they stand in the text.
        cue: the cue, or several.
        source: the words that name the source; None when there are none.
        speaker: the name of who says it; left out, the source's words; None when not sure.
        candidates: the names it may be, when ``speaker`` is None.
        kind: left out, it follows from the quotation marks.
        act: assertion, belief, fact or eventuality.
        negated: the cue is denied.
        hypothetical: nobody has said it.
        confidence: of the attribution.
        speaker_confidence: of the speaker; 0 when there is none.
        inside: position (from 0) of the attribution that this one is nested in.
        step: the evidence step; left out, ``name``, or ``coreference`` when the source's words
            are not the speaker's name.
    """
    maybe = tuple(candidates)
    who = (None if maybe else source) if speaker is NOTHING else speaker
    return Said(
        content=content,
        cue=(cue,) if isinstance(cue, str) else tuple(cue),
        source=source,
        speaker=who,
        candidates=maybe,
        kind=kind,
        act=act,
        negated=negated,
        hypothetical=hypothetical,
        confidence=confidence,
        speaker_confidence=speaker_confidence if who is not None else 0.0,
        inside=inside,
        step=step or ("name" if who == source else "coreference"),
    )


def build(
    text: str,
    *what: Said,
    people: Iterable[Someone] = (),
    kinds: Mapping[int, BlockKind] | None = None,
    warnings: Iterable[Notice] = (),
    source: str = "-",
    title: str | None = None,
    url: str | None = None,
    published: str | None = None,
) -> Analysis:
    """Returns the analysis of a text in which these things are said.

    Pieces of content are looked up in the order given, each after the one before; the cue and the
    source are those nearest to the content. Every non-empty line is a block.

    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> analysis.attributions[0].kind, analysis.speakers[0].name, analysis.quotations[0].role
    ('direct', 'Ada Pell', 'speech')

    Args:
        text: the article.
        what: what is said in it, in text order.
        people: more about the speakers, or entities that only get mentioned.
        kinds: kinds of blocks by position; a line is a ``paragraph`` when nothing else is said.
        warnings: passed through.
        source: path of the article.
        title: passed through.
        url: passed through.
        published: passed through.

    Raises:
        ValueError: words that do not stand in the text.
    """
    blocks = _blocks(text, kinds or {})
    placed = locate(text, what)
    entities = _entities(text, what, placed, tuple(people))
    attributions = tuple(
        _attribution(i, one, spans, entities, blocks)
        for i, (one, spans) in enumerate(zip(what, placed, strict=True))
    )
    return Analysis(
        source=source,
        title=title,
        url=url,
        published=published,
        text=text,
        text_sha256=text_sha256(text),
        model=ModelInfo(name="testing", version="1"),
        blocks=blocks,
        entities=tuple(entities.values()),
        attributions=attributions,
        quotations=_quotations(text, attributions),
        warnings=tuple(warnings),
    )


_Spans = dict[str, tuple[Span, ...]]


def _blocks(text: str, kinds: Mapping[int, BlockKind]) -> tuple[Block, ...]:
    lines = [m for m in re.finditer(r"\S[^\n]*", text) if m[0].strip()]
    out = []
    for i, m in enumerate(lines):
        kind = kinds.get(i, "paragraph")
        label = None
        if kind == "turn" and ":" in m[0]:
            label = Span.of(text, m.start(), m.start() + m[0].index(":"))
        out.append(
            Block(start=m.start(), end=m.start() + len(m[0].rstrip()), kind=kind, label=label)
        )
    return tuple(out)


def locate(text: str, what: tuple[Said, ...]) -> list[dict[str, tuple[Span, ...]]]:
    """Returns where the words of each attribution stand: its content, cue and source.

    >>> locate("“No,” said Ada.", (said("“No,”", cue="said"),))[0]["cue"]
    (Span(start=6, end=10, text='said'),)

    Raises:
        ValueError: words that do not stand in the text.
    """
    out: list[_Spans] = []
    at = 0
    for one in what:
        if one.inside is not None:
            at = out[one.inside]["content"][0].start
        pieces = []
        for piece in one.content:
            found = text.find(piece, at)
            if found < 0:
                raise ValueError(f"{piece!r} does not stand in the text after offset {at}")
            pieces.append(Span.of(text, found, found + len(piece)))
            at = pieces[-1].end
        cue = tuple(_nearest(text, word, pieces) for word in one.cue)
        source = (_nearest(text, one.source, list(cue) or pieces),) if one.source else ()
        out.append({"content": tuple(pieces), "cue": cue, "source": source})
        if one.inside is not None:
            at = out[one.inside]["content"][-1].end
    return out


def _nearest(text: str, words: str, near: list[Span]) -> Span:
    found = [m.start() for m in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]
    if not found:
        raise ValueError(f"{words!r} does not stand in the text as a word")
    best = min(
        found,
        key=lambda start: min(
            max(start - span.end, span.start - start - len(words), 0) for span in near
        ),
    )
    return Span.of(text, best, best + len(words))


def _entities(
    text: str, what: tuple[Said, ...], placed: list[_Spans], people: tuple[Someone, ...]
) -> dict[str, Entity]:
    known = {one.name: one for one in people}
    for one in what:
        for name in (one.speaker, *one.candidates):
            if name is not None:
                known.setdefault(name, Someone(name=name))
    mentions: dict[str, set[tuple[int, int]]] = {}
    for name, who in known.items():
        spans = mentions.setdefault(name, set())
        for form in sorted({name, *who.aliases}, key=len, reverse=True):
            for m in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", text):
                if not any(s < m.end() and m.start() < e for s, e in spans):
                    spans.add(m.span())
    for one, where in zip(what, placed, strict=True):
        if one.speaker is not None and one.source:
            start, end = where["source"][0].start, where["source"][0].end
            if not any(s < end and start < e for s, e in mentions[one.speaker]):
                mentions[one.speaker].add((start, end))
    ordered = sorted(known, key=lambda name: min(mentions[name], default=(len(text), 0)))
    ids = {name: f"E{i}" for i, name in enumerate(ordered, start=1)}
    speaking = {one.speaker for one in what}
    return {
        name: Entity(
            id=ids[name],
            name=name,
            type=known[name].type,
            speaks=name in speaking,
            aliases=known[name].aliases,
            descriptions=known[name].descriptions,
            members=tuple(ids[m] for m in known[name].members),
            principal=ids[p] if (p := known[name].principal) is not None else None,
            mentions=tuple(Span.of(text, s, e) for s, e in sorted(mentions[name])),
        )
        for name in ordered
    }


def _attribution(
    i: int, one: Said, spans: _Spans, entities: dict[str, Entity], blocks: tuple[Block, ...]
) -> Attribution:
    speaker = entities[one.speaker] if one.speaker is not None else None
    evidence: tuple[Evidence, ...] = ()
    if spans["source"] and speaker is not None:
        s = spans["source"][0]
        evidence = (
            Evidence(
                step=one.step,
                start=s.start,
                end=s.end,
                text=s.text,
                entity=speaker.id,
                score=one.speaker_confidence,
            ),
        )
    first = spans["content"][0]
    inside = [k for k, block in enumerate(blocks) if block.start <= first.start < block.end]
    return Attribution(
        id=f"A{i + 1}",
        kind=one.kind or _kind(spans["content"]),
        act=one.act,
        negated=one.negated,
        hypothetical=one.hypothetical,
        content=spans["content"],
        cue=spans["cue"],
        source=spans["source"],
        speaker=speaker,
        candidates=tuple(entities[name] for name in one.candidates),
        confidence=one.confidence,
        speaker_confidence=one.speaker_confidence,
        evidence=evidence,
        parent=f"A{one.inside + 1}" if one.inside is not None else None,
        paragraph=inside[0] if inside else 0,
    )


def _kind(content: tuple[Span, ...]) -> Kind:
    marks = [any(mark in span.text for mark in _MARKS) for span in content]
    if not any(marks):
        return "indirect"
    return "direct" if all(span.text[:1] in _MARKS for span in content) else "mixed"


def _quotations(text: str, attributions: tuple[Attribution, ...]) -> tuple[Quotation, ...]:
    out = []
    for m in re.finditer("|".join(f"{a}[^{a}{b}\n]*{b}" for a, b in _MARKS.items()), text):
        inside = [
            a.id
            for a in attributions
            if any(span.start <= m.start() and m.end() <= span.end for span in a.content)
        ]
        out.append(
            Quotation(
                start=m.start(),
                end=m.end(),
                text=m[0],
                role="speech" if inside else "unknown",
                attribution=inside[-1] if inside else None,
            )
        )
    return tuple(out)

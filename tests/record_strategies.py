"""Hypothesis strategies for whole analyses: any text, and any records that are consistent with it.

Nothing about them is likely; everything about them is allowed by the contract. Writers and readers
are tested on these.
"""

from __future__ import annotations

from typing import get_args

from hypothesis import strategies as st
from strategies import TROUBLE, any_texts

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
    QuotationRole,
    Span,
)

__all__ = ["analyses", "spans"]


def _short() -> st.SearchStrategy[str]:
    """A short string: a name, a path, a message; hostile at times."""
    formulas = st.sampled_from(("=1+1", "-2", "@x", "\tx", "</script>", "<b>", "%s", "a|b", ""))
    return st.one_of(st.text(max_size=8), st.sampled_from(TROUBLE), formulas)


def _share() -> st.SearchStrategy[float]:
    return st.one_of(st.floats(min_value=0, max_value=1), st.sampled_from((0, 0.0, 1, 0.12345)))


@st.composite
def spans(draw: st.DrawFn, text: str) -> Span:
    """Any span of a text, an empty one too."""
    start = draw(st.integers(0, len(text)))
    return Span.of(text, start, draw(st.integers(start, len(text))))


def _many(strategy: st.SearchStrategy, most: int = 3) -> st.SearchStrategy:
    return st.lists(strategy, max_size=most).map(tuple)


@st.composite
def _entities(draw: st.DrawFn, text: str) -> tuple[Entity, ...]:
    ids = draw(st.lists(_short(), max_size=4, unique=True))
    return tuple(
        Entity(
            id=one,
            name=draw(_short()),
            type=draw(st.sampled_from(get_args(EntityType))),
            speaks=draw(st.booleans()),
            aliases=draw(_many(_short())),
            descriptions=draw(_many(_short())),
            members=draw(_many(st.sampled_from(ids))),
            principal=draw(st.none() | st.sampled_from(ids)),
            mentions=draw(_many(spans(text))),
        )
        for one in ids
    )


@st.composite
def _evidence(draw: st.DrawFn, text: str, ids: list[str]) -> Evidence:
    span = draw(spans(text))
    return Evidence(
        step=draw(_short()),
        start=span.start,
        end=span.end,
        text=span.text,
        entity=draw(st.sampled_from([None, *ids])),
        score=draw(_share()),
    )


@st.composite
def _attributions(
    draw: st.DrawFn, text: str, entities: tuple[Entity, ...], blocks: int
) -> tuple[Attribution, ...]:
    ids = draw(st.lists(_short(), max_size=4, unique=True))
    known = [e.id for e in entities]
    return tuple(
        Attribution(
            id=one,
            kind=draw(st.sampled_from(get_args(Kind))),
            act=draw(st.sampled_from(get_args(Act))),
            negated=draw(st.booleans()),
            hypothetical=draw(st.booleans()),
            content=draw(_many(spans(text))),
            cue=draw(_many(spans(text))),
            source=draw(_many(spans(text))),
            speaker=draw(st.sampled_from([None, *entities])),
            candidates=draw(_many(st.sampled_from(entities))) if entities else (),
            confidence=draw(_share()),
            speaker_confidence=draw(_share()),
            evidence=draw(_many(_evidence(text, known))),
            parent=draw(st.sampled_from([None, *(i for i in ids if i != one)])),
            paragraph=draw(st.integers(0, max(0, blocks - 1))),
            sentences=draw(_many(st.integers(0, 99))),
        )
        for one in ids
    )


@st.composite
def _blocks(draw: st.DrawFn, text: str) -> tuple[Block, ...]:
    return tuple(
        Block(
            start=span.start,
            end=span.end,
            kind=draw(st.sampled_from(get_args(BlockKind))),
            label=draw(st.none() | spans(text)),
        )
        for span in draw(_many(spans(text)))
    )


@st.composite
def _quotations(draw: st.DrawFn, text: str, ids: list[str]) -> tuple[Quotation, ...]:
    return tuple(
        Quotation(
            start=span.start,
            end=span.end,
            text=span.text,
            closed=draw(st.booleans()),
            level=draw(st.integers(0, 3)),
            role=draw(st.sampled_from(get_args(QuotationRole))),
            attribution=draw(st.sampled_from([None, *ids])),
        )
        for span in draw(_many(spans(text)))
    )


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Any analysis that the contract allows."""
    text = draw(any_texts(12))
    blocks = draw(_blocks(text))
    entities = draw(_entities(text))
    attributions = draw(_attributions(text, entities, len(blocks)))
    return Analysis(
        source=draw(_short()),
        title=draw(st.none() | _short()),
        url=draw(st.none() | _short()),
        published=draw(st.none() | _short()),
        language=draw(st.sampled_from(("en", "de"))),
        encoding=draw(_short()),
        text=text,
        text_sha256=text_sha256(text),
        model=ModelInfo(name=draw(_short()), version=draw(_short())),
        blocks=blocks,
        entities=entities,
        attributions=attributions,
        quotations=draw(_quotations(text, [a.id for a in attributions])),
        warnings=tuple(
            Notice(code=draw(_short()), message=draw(_short()), start=span.start, end=span.end)
            for span in draw(_many(spans(text)))
        ),
    )

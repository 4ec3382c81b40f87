"""Reading a store: speakers, quotes, articles."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from quotecheck.store import schema as t
from quotecheck.store.model import StoredArticle, StoredQuote, StoredSpeaker
from quotecheck.store.rows import AnyRow, chunks

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

__all__ = ["articles", "load_quotes", "load_speakers"]


# -------------------------------------------------------------------------------------- speakers


def load_speakers(
    connection: Connection, ids: Iterable[int] | None = None, *, quoted: bool = False
) -> list[StoredSpeaker]:
    """Returns speakers with their counts, most quoted first.

    Args:
        connection: of a reader.
        ids: row ids; everyone by default.
        quoted: leave out who is named but never speaks.
    """
    found: list[StoredSpeaker] = []
    if ids is None:
        found = _speakers(connection, None)
    else:
        for batch in chunks(sorted(set(ids))):
            found += _speakers(connection, batch)
    if quoted:
        found = [s for s in found if s.quotes]
    return sorted(found, key=lambda s: (-s.quotes, -s.words, s.name, int(s.id[1:])))


def _speakers(connection: Connection, ids: Sequence[int] | None) -> list[StoredSpeaker]:
    from sqlalchemy import func, select

    def only(query: Select[Any], column: ColumnElement[int]) -> Select[Any]:
        return query if ids is None else query.where(column.in_(ids))

    c = t.tally.c
    totals = only(
        select(
            c.speaker_id,
            func.sum(c.quotes).label("quotes"),
            func.sum(c.words).label("words"),
            func.count().label("articles"),
            func.min(c.day).label("first"),
            func.max(c.day).label("last"),
        )
        .where(c.latest.is_(True), c.speaker_id.is_not(None))
        .group_by(c.speaker_id),
        c.speaker_id,
    )
    counted = {row.speaker_id: row for row in connection.execute(totals)}
    forms: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(
        only(select(t.name), t.name.c.speaker_id).order_by(t.name.c.articles.desc(), t.name.c.form)
    ):
        forms[row.speaker_id].append(row.form)
    facts = _annotations(connection, ids)
    out = []
    for row in connection.execute(only(select(t.speaker), t.speaker.c.id)):
        counts = counted.get(row.id)
        out.append(
            StoredSpeaker(
                id=f"S{row.id}",
                name=row.name,
                type=row.type,
                aliases=tuple(f for f in forms[row.id] if f != row.name),
                articles=counts.articles if counts else 0,
                quotes=int(counts.quotes) if counts else 0,
                words=int(counts.words) if counts else 0,
                first=counts.first if counts else None,
                last=counts.last if counts else None,
                annotations=tuple(facts.get(row.id, ())),
            )
        )
    return out


def _annotations(
    connection: Connection, ids: Sequence[int] | None
) -> dict[int, list[tuple[str, str]]]:
    from sqlalchemy import select

    query = (
        select(t.persona.c.speaker_id, *t.annotation.c["key", "value"])
        .join(t.persona, t.persona.c.id == t.annotation.c.persona_id)
        .where(t.persona.c.speaker_id.is_not(None))
        .order_by(t.annotation.c.key, t.annotation.c.value)
    )
    if ids is not None:
        query = query.where(t.persona.c.speaker_id.in_(ids))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for speaker_id, key, value in connection.execute(query):
        if (key, value) not in found[speaker_id]:
            found[speaker_id].append((key, value))
    return found


# ---------------------------------------------------------------------------------------- quotes


def load_quotes(
    connection: Connection,
    where: Sequence[ColumnElement[bool]],
    *,
    limit: int | None = None,
    offset: int = 0,
    newest_first: bool = False,
) -> list[StoredQuote]:
    """Returns quotes by date, undated ones last, then by article and position."""
    from sqlalchemy import select

    day = t.quote.c.day.desc() if newest_first else t.quote.c.day.asc()
    query = (
        select(
            t.quote,
            t.speaker.c.name.label("speaker_name"),
            *t.article.c["url", "title", "outlet", "published", "version"],
            t.article.c.key.label("article_key"),
        )
        .join(t.article, t.article.c.id == t.quote.c.article_id)
        .outerjoin(t.speaker, t.speaker.c.id == t.quote.c.speaker_id)
        .where(*where)
        .order_by(t.quote.c.day.is_(None), day, t.quote.c.id)
    )
    if limit is not None:
        query = query.limit(limit)
    rows = connection.execute(query.offset(offset) if offset else query).all()
    candidates = _candidates(connection, [row.id for row in rows if row.speaker_id is None])
    return [_quote(row, tuple(candidates.get(row.id, ()))) for row in rows]


def _candidates(connection: Connection, quotes: list[int]) -> dict[int, list[str]]:
    from sqlalchemy import select

    found: dict[int, list[str]] = defaultdict(list)
    for batch in chunks(quotes):
        query = (
            select(t.candidate.c.quote_id, t.persona.c.speaker_id)
            .join(t.persona, t.persona.c.id == t.candidate.c.persona_id)
            .where(t.candidate.c.quote_id.in_(batch), t.persona.c.speaker_id.is_not(None))
            .order_by(t.candidate.c.persona_id)
        )
        for quote_id, speaker_id in connection.execute(query):
            if f"S{speaker_id}" not in found[quote_id]:
                found[quote_id].append(f"S{speaker_id}")
    return found


def _quote(row: AnyRow, candidates: tuple[str, ...]) -> StoredQuote:
    return StoredQuote(
        id=f"Q{row.id}",
        speaker=f"S{row.speaker_id}" if row.speaker_id is not None else None,
        speaker_name=row.speaker_name,
        candidates=candidates,
        text=row.text,
        spans=tuple((start, end) for start, end in json.loads(row.spans)),
        kind=row.kind,
        act=row.act,
        negated=row.negated,
        hypothetical=row.hypothetical,
        cue=row.cue,
        source=row.source,
        confidence=row.confidence,
        speaker_confidence=row.speaker_confidence,
        group=row.group_key,
        attribution=row.ref,
        url=row.url,
        title=row.title,
        outlet=row.outlet,
        published=row.published,
        article=row.article_key,
        version=row.version,
    )


def articles(connection: Connection, url: str | None = None) -> list[StoredArticle]:
    """Returns the articles, oldest first; all versions of one address if given."""
    from sqlalchemy import func, select

    counts = (
        select(t.quote.c.article_id, func.count().label("n"))
        .group_by(t.quote.c.article_id)
        .subquery()
    )
    query = (
        select(t.article, func.coalesce(counts.c.n, 0).label("quotes"))
        .outerjoin(counts, counts.c.article_id == t.article.c.id)
        .order_by(t.article.c.day.is_(None), t.article.c.day, t.article.c.id)
    )
    if url is not None:
        query = query.where(t.article.c.url == url)
    return [
        StoredArticle(
            key=row.key,
            url=row.url,
            title=row.title,
            outlet=row.outlet,
            published=row.published,
            version=row.version,
            latest=row.latest,
            text_sha256=row.sha,
            source=row.source,
            added=row.added,
            quotes=row.quotes,
        )
        for row in connection.execute(query)
    ]

"""Reading a store: speakers, names, quotes, articles."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from quotecheck.errors import AmbiguousSpeakerError, UnknownSpeakerError
from quotecheck.store import schema as t
from quotecheck.store.forms import organization_key
from quotecheck.store.model import SpeakerMatch, StoredArticle, StoredQuote, StoredSpeaker
from quotecheck.store.reclustering import lookup_keys
from quotecheck.store.rows import AnyRow, chunks, numbered
from quotecheck.store.words import fold, query_words

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

__all__ = ["articles", "find", "load_quotes", "load_speakers", "quote_filter", "resolve"]

#: Best first. ``different`` names are never an answer.
_ORDER = {"same": 0, "compatible": 1, "probable": 2, "ambiguous": 3}


# -------------------------------------------------------------------------------------- speakers


def said() -> ColumnElement[bool]:
    """The condition that something was expressed: not denied, not hypothetical."""
    from sqlalchemy import and_, not_

    return and_(not_(t.quote.c.negated), not_(t.quote.c.hypothetical))


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

    latest = t.article.c.latest.is_(True)
    counts = only(
        select(t.quote.c.speaker_id, func.count(), func.sum(t.quote.c.words))
        .join(t.article, t.article.c.id == t.quote.c.article_id)
        .where(latest, said(), t.quote.c.speaker_id.is_not(None))
        .group_by(t.quote.c.speaker_id),
        t.quote.c.speaker_id,
    )
    quoted = {row[0]: (row[1], int(row[2])) for row in connection.execute(counts)}
    named = only(
        select(
            t.persona.c.speaker_id,
            func.count(t.article.c.id.distinct()),
            func.min(t.article.c.day),
            func.max(t.article.c.day),
        )
        .join(t.article, t.article.c.id == t.persona.c.article_id)
        .where(latest, t.persona.c.speaker_id.is_not(None))
        .group_by(t.persona.c.speaker_id),
        t.persona.c.speaker_id,
    )
    seen = {row[0]: (row[1], row[2], row[3]) for row in connection.execute(named)}
    forms: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(
        only(select(t.name), t.name.c.speaker_id).order_by(t.name.c.articles.desc(), t.name.c.form)
    ):
        forms[row.speaker_id].append(row.form)
    facts = _annotations(connection, ids)
    out = []
    for row in connection.execute(only(select(t.speaker), t.speaker.c.id)):
        quotes, words = quoted.get(row.id, (0, 0))
        articles, first, last = seen.get(row.id, (0, None, None))
        out.append(
            StoredSpeaker(
                id=f"S{row.id}",
                name=row.name,
                type=row.type,
                aliases=tuple(f for f in forms[row.id] if f != row.name),
                articles=articles,
                quotes=quotes,
                words=words,
                first=first,
                last=last,
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


def find(connection: Connection, name: str) -> list[SpeakerMatch]:
    """Returns the speakers that a name may mean, best first; several when several fit."""
    hits = _fitting(connection, name)
    speakers = {int(s.id[1:]): s for s in load_speakers(connection, hits)}
    matches = [
        SpeakerMatch(speaker=speakers[n], verdict=verdict, matched=form, reason=reason)
        for n, (verdict, form, reason) in hits.items()
        if n in speakers
    ]
    return sorted(
        matches,
        key=lambda m: (_ORDER[m.verdict], -m.speaker.quotes, -m.speaker.articles, m.speaker.name),
    )


def _fitting(connection: Connection, name: str) -> dict[int, tuple[str, str, str]]:
    """Best (verdict, form, reason) by speaker row id."""
    from sqlalchemy import select

    from quotecheck.names import match_names

    keys = lookup_keys("person", name) | lookup_keys("organization", name)
    ids: set[int] = set()
    for batch in chunks(sorted(keys)):
        query = select(t.lookup.c.speaker_id).where(t.lookup.c.key.in_(batch))
        ids |= set(connection.execute(query).scalars())
    best: dict[int, tuple[str, str, str]] = {}
    for some in chunks(sorted(ids)):
        query = (
            select(*t.name.c["speaker_id", "form"], t.speaker.c.type)
            .join(t.speaker, t.speaker.c.id == t.name.c.speaker_id)
            .where(t.name.c.speaker_id.in_(some))
            .order_by(t.name.c.articles.desc(), t.name.c.form)
        )
        for row in connection.execute(query):
            if row.type == "person":
                found = match_names(name, row.form)
                verdict, reason = str(found.verdict), found.reason
            elif fold(name) == fold(row.form) or organization_key(name) == organization_key(
                row.form
            ):
                verdict, reason = "same", "the same name"
            else:
                continue
            if verdict not in _ORDER:
                continue
            old = best.get(row.speaker_id)
            if old is None or _ORDER[verdict] < _ORDER[old[0]]:
                best[row.speaker_id] = (verdict, row.form, reason)
    return best


def resolve(connection: Connection, speaker: str) -> int:
    """Returns the row id of the one speaker that an id ("S12") or a name means.

    Raises:
        UnknownSpeakerError: there is none; names that come near are in ``suggestions``.
        AmbiguousSpeakerError: several fit.
    """
    from sqlalchemy import select

    number = numbered(speaker, "S")
    if number is not None:
        known = select(t.speaker.c.id).where(t.speaker.c.id == number)
        if connection.execute(known).first() is not None:
            return number
    matches = find(connection, speaker) if speaker.strip() else []
    exact = [m for m in matches if fold(m.speaker.name) == fold(speaker)]
    for level in (exact, *([m for m in matches if m.verdict == v] for v in ("same", "compatible"))):
        spoken = [m for m in level if m.speaker.quotes] or level
        if len(spoken) == 1:
            return int(spoken[0].speaker.id[1:])
        if spoken:
            raise AmbiguousSpeakerError(
                speaker, tuple(f"{m.speaker.id} {m.speaker.name}" for m in spoken[:12])
            )
    raise UnknownSpeakerError(
        speaker, tuple(f"{m.speaker.name} ({m.speaker.id})" for m in matches[:3])
    )


# ---------------------------------------------------------------------------------------- quotes


def quote_filter(
    *,
    postgres: bool,
    speaker: int | None = None,
    candidates: bool = False,
    text: str | None = None,
    since: str | None = None,
    until: str | None = None,
    outlet: str | None = None,
    kind: str | None = None,
    act: str | None = None,
    url: str | None = None,
    versions: str = "latest",
    expressed: bool | None = None,
) -> list[ColumnElement[bool]]:
    """Returns the conditions on the tables quote and article that a question stands for."""
    from sqlalchemy import or_, select

    where: list[ColumnElement[bool]] = []
    if speaker is not None:
        mine: ColumnElement[bool] = t.quote.c.speaker_id == speaker
        if candidates:
            maybe = (
                select(t.candidate.c.quote_id)
                .join(t.persona, t.persona.c.id == t.candidate.c.persona_id)
                .where(t.persona.c.speaker_id == speaker)
            )
            mine = or_(mine, t.quote.c.id.in_(maybe))
        where.append(mine)
    if text is not None:
        where += _search(text, postgres)
    if since is not None:
        where.append(t.quote.c.day >= since)
    if until is not None:
        where.append(t.quote.c.day <= until)
    for column, value in (
        (t.article.c.outlet, outlet),
        (t.quote.c.kind, kind),
        (t.quote.c.act, act),
        (t.article.c.url, url),
    ):
        if value is not None:
            where.append(column == value)
    if versions == "latest":
        where.append(t.article.c.latest.is_(True))
    if expressed is not None:
        where.append(said() if expressed else ~said())
    return where


def _search(text: str, postgres: bool) -> list[ColumnElement[bool]]:
    """All words, and each phrase that stands in quotation marks; no words match nothing."""
    from sqlalchemy import bindparam, cast, column, false, select, table
    from sqlalchemy import text as sql

    single, phrases = query_words(text)
    if not single:
        return [false()]
    where: list[ColumnElement[bool]] = []
    if postgres:
        from sqlalchemy.dialects.postgresql import TSQUERY

        wanted = " & ".join(f"'{word}'" for word in single)
        where.append(t.postgres_document().op("@@")(cast(wanted, TSQUERY)))
    else:
        wanted = " ".join(f'"{word}"' for word in single)
        hits: Select[Any] = (
            select(column("rowid"))
            .select_from(table("quote_search"))
            .where(sql("quote_search MATCH :wanted").bindparams(bindparam("wanted", wanted)))
        )
        where.append(t.quote.c.id.in_(hits))
    for phrase in phrases:
        padded = " " + t.quote.c.folded + " "
        where.append(padded.contains(f" {phrase} ", autoescape=True))
    return where


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

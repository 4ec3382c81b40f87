"""Who is quoted how often: counts by speaker, outlet, time and a user's own facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from attrs import frozen

from quotecheck.errors import StoreInputError
from quotecheck.store import schema as t
from quotecheck.store.filters import QuoteFilter, quote_conditions, tally_conditions
from quotecheck.store.model import Count
from quotecheck.store.tally import said

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select, Subquery, Table

__all__ = ["DIMENSIONS", "count"]

#: What statistics can be counted by; ``@KEY`` is an annotation.
DIMENSIONS = ("speaker", "type", "outlet", "day", "month", "year", "kind", "act")


def count(
    connection: Connection,
    by: Sequence[str],
    wanted: QuoteFilter,
    speaker: int | None = None,
    *,
    postgres: bool = False,
) -> list[Count]:
    """Returns counts of what was expressed, the most quoted first; time in its own order.

    Args:
        connection: of a reader.
        by: dimensions, or annotation keys written ``@party``.
        wanted: which quotes count.
        speaker: row id of the filter's speaker.
        postgres: which text index there is.

    Raises:
        StoreInputError: a dimension that does not exist.
    """
    basis = _quotes if {"kind", "act"} & set(by) or not wanted.counted else _tallies
    base = basis(wanted, speaker, postgres)
    rows = [
        Count(
            keys=tuple(row[: len(by)]),
            quotes=int(row.quotes),
            words=int(row.words),
            articles=row.articles,
            speakers=row.speakers,
            ids=f"S{row.speaker_id}" if row.speaker_id is not None else None,
        )
        for row in connection.execute(_query(base, by))
    ]
    if by and by[0] in ("day", "month", "year"):
        rows.sort(key=lambda r: (r.keys[0] is None, r.keys[0] or "", -r.quotes, str(r.keys)))
    else:
        rows.sort(key=lambda r: (-r.quotes, -r.words, str(r.keys), r.ids or ""))
    return rows


@frozen(kw_only=True)
class _Base:
    """What is counted.

    Attributes:
        table: quote or tally.
        quotes: how many quotes a row stands for.
        where: which rows count.
    """

    table: Table
    quotes: ColumnElement[Any]
    where: list[ColumnElement[bool]]


def _quotes(wanted: QuoteFilter, speaker: int | None, postgres: bool) -> _Base:
    from sqlalchemy import literal

    where = quote_conditions(wanted, speaker, postgres=postgres)
    return _Base(table=t.quote, quotes=literal(1), where=[said(), *where])


def _tallies(wanted: QuoteFilter, speaker: int | None, postgres: bool) -> _Base:
    where = tally_conditions(wanted, speaker)
    return _Base(table=t.tally, quotes=t.tally.c.quotes, where=where)


def _query(base: _Base, by: Sequence[str]) -> Select[Any]:
    from sqlalchemy import func, null, select

    c = base.table.c
    source: Any = base.table.join(t.article, t.article.c.id == c.article_id).outerjoin(
        t.speaker, t.speaker.c.id == c.speaker_id
    )
    columns: list[Any] = []
    grouped: list[Any] = []
    for number, dimension in enumerate(by):
        if dimension.startswith("@"):
            facts = _facts(dimension[1:], number)
            source = source.outerjoin(facts, facts.c.speaker_id == c.speaker_id)
            column: Any = facts.c.value
        else:
            column = _dimension(dimension, base.table)
        columns.append(column.label(f"key{number}"))
        grouped.append(column)
        if dimension == "speaker":
            grouped.append(t.speaker.c.id)
    return (
        select(
            *columns,
            (t.speaker.c.id if "speaker" in by else null()).label("speaker_id"),
            func.coalesce(func.sum(base.quotes), 0).label("quotes"),
            func.coalesce(func.sum(c.words), 0).label("words"),
            func.count(c.article_id.distinct()).label("articles"),
            func.count(c.speaker_id.distinct()).label("speakers"),
        )
        .select_from(source)
        .where(*base.where)
        .group_by(*grouped)
    )


def _dimension(name: str, table: Table) -> ColumnElement[Any]:
    from sqlalchemy import func

    known: dict[str, ColumnElement[Any]] = {
        "speaker": t.speaker.c.name,
        "type": t.speaker.c.type,
        "outlet": t.article.c.outlet,
        "day": table.c.day,
        "month": func.substr(table.c.day, 1, 7),
        "year": func.substr(table.c.day, 1, 4),
        "kind": t.quote.c.kind,
        "act": t.quote.c.act,
    }
    if name not in known:
        raise StoreInputError(
            f"cannot count by {name!r}: choose {', '.join(DIMENSIONS)}, or @KEY for an annotation."
        )
    return known[name]


def _facts(key: str, number: int) -> Subquery:
    """The value of an annotation by speaker; the first in the alphabet where two contradict."""
    from sqlalchemy import func, select

    distinct = (
        select(t.persona.c.speaker_id, t.annotation.c.value)
        .join(t.persona, t.persona.c.id == t.annotation.c.persona_id)
        .where(t.annotation.c.key == key, t.persona.c.speaker_id.is_not(None))
        .distinct()
        .subquery()
    )
    return (
        select(distinct.c.speaker_id, func.min(distinct.c.value).label("value"))
        .group_by(distinct.c.speaker_id)
        .subquery(f"facts{number}")
    )

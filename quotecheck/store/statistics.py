"""Who is quoted how often: counts by speaker, outlet, time and a user's own facts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from quotecheck.errors import StoreInputError
from quotecheck.store import schema as t
from quotecheck.store.model import Count
from quotecheck.store.queries import said

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Subquery

__all__ = ["DIMENSIONS", "count"]

#: What statistics can be counted by; ``@KEY`` is an annotation.
DIMENSIONS = ("speaker", "type", "outlet", "day", "month", "year", "kind", "act")


def count(
    connection: Connection, by: Sequence[str], where: Sequence[ColumnElement[bool]]
) -> list[Count]:
    """Returns counts of what was expressed, the most quoted first; time in its own order.

    Args:
        connection: of a reader.
        by: dimensions, or annotation keys written ``@party``.
        where: conditions on quotes, as `quote_filter` makes them.

    Raises:
        StoreInputError: a dimension that does not exist.
    """
    from sqlalchemy import func, null, select

    columns: list[Any] = []
    source: Any = t.quote.join(t.article, t.article.c.id == t.quote.c.article_id).outerjoin(
        t.speaker, t.speaker.c.id == t.quote.c.speaker_id
    )
    grouped: list[Any] = []
    for number, dimension in enumerate(by):
        if dimension.startswith("@"):
            facts = _facts(dimension[1:], number)
            source = source.outerjoin(facts, facts.c.speaker_id == t.quote.c.speaker_id)
            column: Any = facts.c.value
        else:
            column = _dimension(dimension)
        columns.append(column.label(f"key{number}"))
        grouped.append(column)
        if dimension == "speaker":
            grouped.append(t.speaker.c.id)
    by_speaker = "speaker" in by
    query = (
        select(
            *columns,
            (t.speaker.c.id if by_speaker else null()).label("speaker_id"),
            func.count().label("quotes"),
            func.coalesce(func.sum(t.quote.c.words), 0).label("words"),
            func.count(t.article.c.id.distinct()).label("articles"),
            func.count(t.quote.c.speaker_id.distinct()).label("speakers"),
        )
        .select_from(source)
        .where(said(), *where)
        .group_by(*grouped)
    )
    rows = [
        Count(
            keys=tuple(row[: len(by)]),
            quotes=row.quotes,
            words=int(row.words),
            articles=row.articles,
            speakers=row.speakers,
            ids=f"S{row.speaker_id}" if row.speaker_id is not None else None,
        )
        for row in connection.execute(query)
    ]
    if by and by[0] in ("day", "month", "year"):
        rows.sort(key=lambda r: (r.keys[0] is None, r.keys[0] or "", -r.quotes, str(r.keys)))
    else:
        rows.sort(key=lambda r: (-r.quotes, -r.words, str(r.keys), r.ids or ""))
    return rows


def _dimension(name: str) -> ColumnElement[Any]:
    from sqlalchemy import func

    known: dict[str, ColumnElement[Any]] = {
        "speaker": t.speaker.c.name,
        "type": t.speaker.c.type,
        "outlet": t.article.c.outlet,
        "day": t.quote.c.day,
        "month": func.substr(t.quote.c.day, 1, 7),
        "year": func.substr(t.quote.c.day, 1, 4),
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

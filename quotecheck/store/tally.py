"""Counts kept ready: what each article has of each speaker.

Every question about how often rests on these rows, which are a tenth of the quotes. They are made
again for each article that a change touched, by the database itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quotecheck.store import schema as t
from quotecheck.store.rows import chunks, delete_in

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

__all__ = ["refresh", "said"]


def said() -> ColumnElement[bool]:
    """Returns the condition that something was expressed: not denied, not hypothetical."""
    from sqlalchemy import and_, not_

    return and_(not_(t.quote.c.negated), not_(t.quote.c.hypothetical))


def refresh(connection: Connection, articles: Iterable[int]) -> None:
    """Counts some articles again.

    Args:
        connection: of the writer.
        articles: row ids of those with new quotes, other speakers or another latest version.
    """
    ids = sorted(set(articles))
    delete_in(connection, t.tally, t.tally.c.article_id, ids)
    for batch in chunks(ids):
        connection.execute(
            t.tally.insert().from_select(
                ["article_id", "speaker_id", "day", "latest", "quotes", "words"], _counted(batch)
            )
        )


def _counted(articles: list[int]) -> Select[Any]:
    from sqlalchemy import func, literal, select, union_all

    named = select(
        *t.persona.c["article_id", "speaker_id"],
        literal(0).label("quotes"),
        literal(0).label("words"),
    ).where(t.persona.c.article_id.in_(articles), t.persona.c.speaker_id.is_not(None))
    quoted = select(*t.quote.c["article_id", "speaker_id"], literal(1), t.quote.c.words).where(
        t.quote.c.article_id.in_(articles), said()
    )
    both = union_all(named, quoted).subquery()
    return (
        select(
            *both.c["article_id", "speaker_id"],
            *t.article.c["day", "latest"],
            func.sum(both.c.quotes),
            func.sum(both.c.words),
        )
        .join(t.article, t.article.c.id == both.c.article_id)
        .group_by(*both.c["article_id", "speaker_id"], *t.article.c["day", "latest"])
    )

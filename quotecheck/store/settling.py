"""After a change: speakers, quote groups and counts brought up to date together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quotecheck.store import schema as t
from quotecheck.store.grouping import regroup
from quotecheck.store.reclustering import recluster
from quotecheck.store.rows import select_in
from quotecheck.store.tally import refresh

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["settle", "wordings_of"]


def settle(
    connection: Connection,
    blocks: Iterable[str],
    *,
    wordings: Iterable[int] = (),
    articles: Iterable[int] = (),
) -> None:
    """Clusters, groups and counts again what a change touched, and all that hangs on it.

    Args:
        connection: of the writer.
        blocks: blocks of names in which a persona came or went, or about which a person decided.
        wordings: wordings whose quotes came or went.
        articles: articles whose quotes or personas came or went.
    """
    changed = sorted(recluster(connection, blocks))
    regroup(connection, set(wordings) | wordings_of(connection, changed))
    from sqlalchemy import select

    query = select(t.persona.c.article_id)
    moved = {row.article_id for row in select_in(connection, query, t.persona.c.id, changed)}
    refresh(connection, moved | set(articles))


def wordings_of(connection: Connection, personas: Iterable[int]) -> set[int]:
    """Returns the ids of the wordings that some personas said."""
    from sqlalchemy import select

    query = select(t.quote.c.wording_id).where(t.quote.c.wording_id.is_not(None))
    rows = select_in(connection, query, t.quote.c.persona_id, sorted(personas))
    return {row.wording_id for row in rows}

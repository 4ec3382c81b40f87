"""Small helpers between tables and records: ids, dates, chunks, personas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import urlsplit

from quotecheck.errors import StoreInputError
from quotecheck.store.model import Decision, Persona

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select, Table

__all__ = ["chunks", "clean_date", "load_decisions", "load_personas", "now", "outlet_of"]

T = TypeVar("T")
#: A row of a query; SQLAlchemy 2.0 and 2.1 type it in different ways.
AnyRow: TypeAlias = Any
#: Values in one IN list; SQLite takes 32,766 and plans short lists faster.
CHUNK = 500
_ID = re.compile(r"([A-Z])(\d+)")


def now() -> str:
    """Returns the time in UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yields the items in lists of at most ``size``."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def numbered(text: str, letter: str) -> int | None:
    """Returns the number in an id such as "S12", or None if it is none.

    >>> numbered("S12", "S"), numbered("Sam", "S")
    (12, None)
    """
    match = _ID.fullmatch(text)
    return int(match[2]) if match and match[1] == letter and len(match[2]) < 19 else None


def insert_all(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> list[int]:
    """Inserts rows and returns their ids, in the same order."""
    if not rows:
        return []
    statement = table.insert().returning(table.c.id, sort_by_parameter_order=True)
    return [int(n) for n in connection.execute(statement, rows).scalars()]


def select_in(
    connection: Connection,
    query: Select[Any],
    column: ColumnElement[Any],
    values: Iterable[Any],
) -> Iterator[AnyRow]:
    """Yields the rows of a query for which a column has one of many values."""
    for batch in chunks(values):
        yield from connection.execute(query.where(column.in_(batch)))


def delete_in(
    connection: Connection, table: Table, column: ColumnElement[Any], values: Iterable[Any]
) -> None:
    """Deletes the rows in which a column has one of many values."""
    for batch in chunks(values):
        connection.execute(table.delete().where(column.in_(batch)))


def clean_date(value: str | date | datetime | None, what: str = "published") -> str | None:
    """Returns a date or time as ISO 8601 text.

    >>> clean_date("2026-03-01T10:00:00Z"), clean_date(date(2026, 3, 1))
    ('2026-03-01T10:00:00Z', '2026-03-01')

    Raises:
        StoreInputError: it is not a date.
    """
    if value is None or value == "":
        return None
    if isinstance(value, date):
        return value.isoformat()
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise StoreInputError(
            f"{what}={value!r} is not a date: write it as 2026-03-01 or 2026-03-01T10:00:00Z."
        ) from error
    return value


def day_of(value: str | None) -> str | None:
    """Returns the day of an ISO 8601 text, as its clock shows it.

    >>> day_of("20260301T2330+0100")
    '2026-03-01'
    """
    return datetime.fromisoformat(value).date().isoformat() if value else None


def outlet_of(url: str | None) -> str | None:
    """Returns the host of an address without ``www.``.

    >>> outlet_of("https://www.daily.example/a")
    'daily.example'
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.") or None


def profile_json(persona: Persona) -> str:
    """Returns what a persona row keeps besides its columns."""
    kept = {
        "aliases": persona.aliases,
        "titles": persona.titles,
        "courtesy": persona.courtesy,
        "pronoun": persona.pronoun,
        "descriptions": persona.descriptions,
    }
    return json.dumps({k: v for k, v in kept.items() if v}, separators=(",", ":"))


def persona_of(row: AnyRow) -> Persona:
    """Returns the persona of a row with article columns ``article``, ``url`` and ``sha``."""
    kept = json.loads(row.profile)
    return Persona(
        key=row.key,
        article=row.article,
        work=row.url or row.sha,
        text=row.sha,
        type=row.type,
        name=row.name,
        aliases=tuple(kept.get("aliases", ())),
        titles=tuple(kept.get("titles", ())),
        courtesy=kept.get("courtesy"),
        pronoun=kept.get("pronoun"),
        descriptions=tuple(kept.get("descriptions", ())),
    )


def load_personas(
    connection: Connection, blocks: Iterable[str]
) -> dict[str, tuple[int, int | None, Persona]]:
    """Returns (row id, speaker id, persona) of the personas of some blocks, by key."""
    from sqlalchemy import select

    from quotecheck.store import schema as t

    found = {}
    for batch in chunks(sorted(blocks)):
        query = (
            select(
                *t.persona.c["id", "key", "type", "name", "profile", "speaker_id"],
                t.article.c.key.label("article"),
                t.article.c.url,
                t.article.c.sha,
            )
            .join(t.article, t.article.c.id == t.persona.c.article_id)
            .where(t.persona.c.block.in_(batch))
        )
        for row in connection.execute(query):
            found[row.key] = (row.id, row.speaker_id, persona_of(row))
    return found


def load_neighbours(connection: Connection, articles: Iterable[str]) -> dict[str, frozenset[str]]:
    """Returns the names that stand in articles, by article key."""
    from sqlalchemy import select

    from quotecheck.store import schema as t

    found: dict[str, set[str]] = {}
    for batch in chunks(articles):
        query = (
            select(t.article.c.key, t.persona.c.neighbour)
            .join(t.persona, t.persona.c.article_id == t.article.c.id)
            .where(t.article.c.key.in_(batch), t.persona.c.neighbour.is_not(None))
        )
        for key, neighbour in connection.execute(query):
            found.setdefault(key, set()).add(neighbour)
    return {key: frozenset(names) for key, names in found.items()}


def load_decisions(connection: Connection) -> tuple[list[Decision], Mapping[int, frozenset[str]]]:
    """Returns the decisions that hold, in order, and the blocks that each one touches."""
    from sqlalchemy import select

    from quotecheck.store import schema as t

    active = t.decision.c.undone.is_(None)
    kinds = {
        row.id: row.kind
        for row in connection.execute(select(*t.decision.c["id", "kind"]).where(active))
    }
    sides: dict[int, tuple[set[str], set[str]]] = {n: (set(), set()) for n in kinds}
    blocks: dict[int, set[str]] = {n: set() for n in kinds}
    names: dict[int, list[str]] = {n: [] for n in kinds}
    anchors = (
        select(*t.anchor.c["decision_id", "side"], *t.persona.c["key", "block"])
        .join(t.persona, t.persona.c.id == t.anchor.c.persona_id)
        .join(t.decision, t.decision.c.id == t.anchor.c.decision_id)
        .where(active)
    )
    for row in connection.execute(anchors):
        sides[row.decision_id][row.side].add(row.key)
        blocks[row.decision_id].add(row.block)
    aliases = (
        select(*t.alias.c["decision_id", "name", "block"])
        .join(t.decision, t.decision.c.id == t.alias.c.decision_id)
        .where(active)
        .order_by(t.alias.c.id)
    )
    for row in connection.execute(aliases):
        if row.name not in names[row.decision_id]:
            names[row.decision_id].append(row.name)
        blocks[row.decision_id].add(row.block)
    decisions = [
        Decision(
            id=n,
            kind=kind,
            left=frozenset(sides[n][0]),
            right=frozenset(sides[n][1]),
            names=tuple(names[n]),
        )
        for n, kind in sorted(kinds.items())
    ]
    return decisions, {n: frozenset(found) for n, found in blocks.items()}

"""Making a new store, and bringing an older one up to the present layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from quotecheck.errors import StoreDamagedError, StoreSchemaError
from quotecheck.store import schema as t
from quotecheck.store.engine import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["MIGRATIONS", "prepare"]


def prepare(db: Database) -> None:
    """Makes the tables of a new store, or migrates an older one.

    Raises:
        StoreSchemaError: a later quotecheck made it, or it is old and opened read-only.
        StoreDamagedError: the database holds something else.
    """
    with db.read() as connection:
        version = _version(connection, db.shown)
    if version == t.SCHEMA_VERSION:
        return
    if db.read_only:
        what = "empty" if version is None else f"of schema {version}"
        raise StoreSchemaError(
            f"{db.shown} is {what}, this quotecheck reads schema {t.SCHEMA_VERSION}: open it once "
            "for writing, which brings it up to date."
        )
    with db.write() as connection:
        version = _version(connection, db.shown)
        if version is None:
            _create(connection)
        else:
            for step in range(version, t.SCHEMA_VERSION):
                MIGRATIONS[step](connection)
        _set_version(connection)


def _version(connection: Connection, where: str) -> int | None:
    """The schema number, None for an empty database."""
    from sqlalchemy import inspect, select

    tables = set(inspect(connection).get_table_names())
    if not tables:
        return None
    text = None
    if "meta" in tables and "persona" in tables:
        query = select(t.meta.c.value).where(t.meta.c.key == "schema")
        text = connection.execute(query).scalar()
    if text is None or not text.isdigit():
        raise StoreDamagedError(
            f"{where} holds other tables and is no speaker store: give another path or database."
        )
    if int(text) > t.SCHEMA_VERSION:
        raise StoreSchemaError(
            f"this store has schema {text}, this quotecheck knows {t.SCHEMA_VERSION}: update "
            "quotecheck (pip install -U quotecheck)."
        )
    return int(text)


def _create(connection: Connection) -> None:
    t.metadata.create_all(connection)
    _create_search(connection)


def _create_search(connection: Connection) -> None:
    postgres = connection.dialect.name == "postgresql"
    for statement in t.POSTGRES_SEARCH if postgres else t.SQLITE_SEARCH:
        connection.exec_driver_sql(statement)


def _set_version(connection: Connection) -> None:
    connection.execute(t.meta.delete().where(t.meta.c.key == "schema"))
    connection.execute(t.meta.insert().values(key="schema", value=str(t.SCHEMA_VERSION)))


def _to_2(connection: Connection) -> None:
    """Schema 1 had no quote groups and no annotations."""
    from sqlalchemy import bindparam, select

    from quotecheck.records import Attribution, Span
    from quotecheck.store.grouping import regroup, store_wordings
    from quotecheck.store.wordings import wording_of

    tables = [t.wording, t.shingle, t.containment, t.annotation]
    t.metadata.create_all(connection, tables=tables)
    big = "BIGINT" if connection.dialect.name == "postgresql" else "INTEGER"
    for statement in (
        f"ALTER TABLE quote ADD COLUMN wording_id {big} REFERENCES wording(id) ON DELETE SET NULL",
        "ALTER TABLE quote ADD COLUMN group_key VARCHAR NOT NULL DEFAULT ''",
        "CREATE INDEX quote_wording ON quote (wording_id)",
        "CREATE INDEX quote_group ON quote (group_key)",
    ):
        connection.exec_driver_sql(statement)
    wordings: dict[int, str] = {}
    for row in connection.execute(select(*t.quote.c["id", "kind", "text"])):
        whole = Span(start=0, end=len(row.text), text=row.text)
        wordings[row.id] = wording_of(Attribution(id="A", kind=row.kind, content=(whole,)))
    ids = store_wordings(connection, wordings.values())
    if wordings:
        connection.execute(
            t.quote.update()
            .where(t.quote.c.id == bindparam("row"))
            .values(wording_id=bindparam("wording"), group_key=bindparam("alone")),
            [
                {"row": n, "wording": ids.get(w), "alone": "" if w else f"Q{n}"}
                for n, w in wordings.items()
            ],
        )
    regroup(connection, ids.values())


def _to_3(connection: Connection) -> None:
    """Schema 2 counted everything anew for every question and compared all names for a review."""
    from sqlalchemy import select

    from quotecheck.store.keys import meeting_keys
    from quotecheck.store.tally import refresh

    t.metadata.create_all(connection, tables=[t.tally, t.meeting])
    connection.exec_driver_sql("DROP INDEX IF EXISTS quote_group")
    connection.exec_driver_sql("CREATE INDEX quote_group ON quote (group_key, article_id)")
    refresh(connection, connection.execute(select(t.article.c.id)).scalars().all())
    names = select(t.name.c.speaker_id, t.name.c.form, t.speaker.c.type).join(
        t.speaker, t.speaker.c.id == t.name.c.speaker_id
    )
    filed = {
        (row.speaker_id, key)
        for row in connection.execute(names)
        for key in meeting_keys(row.type, row.form)
    }
    if filed:
        rows = [{"speaker_id": n, "key": key} for n, key in sorted(filed)]
        connection.execute(t.meeting.insert(), rows)


#: What brings a store from one schema number to the next.
MIGRATIONS: dict[int, Callable[[Connection], None]] = {1: _to_2, 2: _to_3}

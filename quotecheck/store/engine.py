"""Opening a store: SQLite by path, PostgreSQL by URL; and what their errors mean to a user."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quotecheck.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreInputError,
    StoreReadOnlyError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    import sqlite3

    from sqlalchemy import Connection, Engine

__all__ = ["Database"]

#: Seconds to wait for another writer. Adding a batch takes a second or two.
BUSY_SECONDS = 60
#: Key of the PostgreSQL advisory lock that lets one writer in at a time ("quot" in ASCII).
_ADVISORY = 0x71756F74
_POSTGRES = ("postgresql:", "postgres:", "postgresql+psycopg:")


class Database:
    """A database and its transactions.

    Args:
        where: path of an SQLite file, ``":memory:"``, or a PostgreSQL URL.
        read_only: open without the right to write.
    """

    def __init__(self, where: str | os.PathLike[str], *, read_only: bool = False) -> None:
        self.where = os.fspath(where)
        if not isinstance(self.where, str) or not self.where:
            raise StoreInputError("a store needs a path or a PostgreSQL URL.")
        self.read_only = read_only
        self.is_postgres = self.where.startswith(_POSTGRES)
        if not self.is_postgres and "://" in self.where:
            raise StoreInputError(
                f"{_hidden(self.where)}: not a store. Give the path of a file, or a URL such as "
                "postgresql://user@host/database."
            )
        with self.errors():
            self.engine = self._postgres() if self.is_postgres else self._sqlite()

    @property
    def shown(self) -> str:
        """The path or URL without its password, for messages."""
        return _hidden(self.where)

    def _sqlite(self) -> Engine:
        from sqlalchemy import create_engine, event
        from sqlalchemy.pool import QueuePool, StaticPool

        memory = self.where == ":memory:"
        path = Path(self.where)
        if not memory:
            if path.is_dir():
                raise StoreUnavailableError(f"{path} is a folder: give the path of a file.")
            if self.read_only and not path.exists():
                raise StoreUnavailableError(f"{path} does not exist.")
            if not path.absolute().parent.is_dir():
                raise StoreUnavailableError(f"{path.parent} does not exist: make the folder first.")
            if not self.read_only:
                _must_be_writable(path)
        uri = path.absolute().as_uri()
        engine = create_engine(
            "sqlite://",
            creator=lambda: _connect(":memory:" if memory else uri, self.read_only),
            poolclass=StaticPool if memory else QueuePool,
        )
        immediate = "BEGIN" if self.read_only else "BEGIN IMMEDIATE"

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("quotecheck_write", False)
            connection.exec_driver_sql(immediate if writes else "BEGIN")

        return engine

    def _postgres(self) -> Engine:
        from sqlalchemy import create_engine, make_url

        url = make_url(self.where).set(drivername="postgresql+psycopg")
        try:
            return create_engine(
                url,
                isolation_level="READ COMMITTED",
                pool_pre_ping=True,
                connect_args={"options": f"-c lock_timeout={BUSY_SECONDS}s"},
            )
        except ImportError as error:
            raise StoreUnavailableError(
                "PostgreSQL needs the driver psycopg: pip install 'quotecheck[postgres]'."
            ) from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store."""
        with self.errors(), self.engine.connect() as connection:
            if self.is_postgres:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction of the only writer; all of it is kept, or nothing."""
        if self.read_only:
            raise StoreReadOnlyError(f"{_hidden(self.where)} was opened read-only.")
        with self.errors(), self.engine.connect() as plain:
            connection = plain.execution_options(quotecheck_write=True)
            with connection.begin():
                if self.is_postgres:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY})")
                yield connection

    @contextmanager
    def bare(self) -> Iterator[Any]:
        """The driver's own connection outside any transaction, for VACUUM and the like."""
        with self.errors(), self.engine.connect() as plain:
            if self.is_postgres:
                yield plain.execution_options(isolation_level="AUTOCOMMIT")
            else:
                yield plain.connection.driver_connection

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns the database's errors into typed ones that say what to do."""
        import sqlite3

        from sqlalchemy.exc import DBAPIError, SQLAlchemyError

        try:
            yield
        except DBAPIError as error:
            raise self._meaning(error.orig or error) from error
        except sqlite3.Error as error:
            raise self._meaning(error) from error
        except SQLAlchemyError as error:
            raise StoreError(f"{_hidden(self.where)}: {error}") from error

    def _meaning(self, error: BaseException) -> StoreError:
        where, text = _hidden(self.where), str(error).strip().splitlines()[0] if str(error) else ""
        low = text.lower()
        for marks, kind, todo in _MEANINGS:
            if any(mark in low for mark in marks):
                return kind(f"{where}: {text}. {todo}")
        return StoreError(f"{where}: {text or type(error).__name__}")

    def close(self) -> None:
        """Closes all connections."""
        self.engine.dispose()


_MEANINGS: tuple[tuple[tuple[str, ...], type[StoreError], str], ...] = (
    (
        ("disk is full", "database or disk is full", "no space left", "could not extend file"),
        StoreFullError,
        "Nothing of this batch was written and what was there before is kept: free some space "
        "and add again.",
    ),
    (
        ("readonly database", "read-only", "permission denied for"),
        StoreReadOnlyError,
        "Ask for the right to write to the file and its folder, or open it with read_only=True.",
    ),
    (
        ("malformed", "not a database", "disk i/o error", "invalid page", "corrupt"),
        StoreDamagedError,
        "Restore it from a backup, or save what can be read with `sqlite3 FILE .recover` and add "
        "the articles again.",
    ),
    (
        ("database is locked", "database table is locked", "lock timeout", "deadlock"),
        StoreBusyError,
        "Another process is writing: try again when it has finished.",
    ),
    (
        (
            "unable to open",
            "could not connect",
            "connection failed",
            "connection refused",
            "connection to server",
            "does not exist",
            "could not translate",
            "closed the connection",
            "connection is closed",
            "failed to resolve",
        ),
        StoreUnavailableError,
        "Check the path or URL, that the folder exists and that the server runs.",
    ),
)


def _connect(where: str, read_only: bool) -> sqlite3.Connection:
    import sqlite3
    from urllib.parse import urlparse
    from urllib.request import url2pathname

    def connect(uri: str) -> sqlite3.Connection:
        found = sqlite3.connect(
            uri, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=True
        )
        found.execute("PRAGMA schema_version")
        return found

    if where == ":memory:":
        connection = connect("file::memory:")
    elif read_only:
        try:
            connection = connect(f"{where}?mode=ro")
        except sqlite3.OperationalError:
            # In a folder that cannot be written, SQLite reads a WAL file only when told that
            # nobody else writes it: true when no log is left beside it.
            if Path(url2pathname(urlparse(where).path) + "-wal").exists():
                raise
            connection = connect(f"{where}?immutable=1")
    else:
        connection = connect(where)
        _write_ahead(connection)
    for pragma in ("foreign_keys=ON", "secure_delete=ON", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Turns on write-ahead logging, in turn with other processes that open a new store.

    SQLite does not wait (``timeout``) for this one lock, since it would have to give up another.
    """
    import sqlite3

    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _must_be_writable(path: Path) -> None:
    target = path if path.exists() else path.absolute().parent
    for place in (target, path.absolute().parent):
        if not os.access(place, os.W_OK):
            raise StoreReadOnlyError(
                f"{place} cannot be written: ask for the right to write to the file and its "
                "folder, or open the store with read_only=True."
            )


def _hidden(where: str) -> str:
    """The store's address without its password."""
    if "://" not in where:
        return where
    head, _, tail = where.partition("://")
    login, at, rest = tail.rpartition("@")
    return f"{head}://{login.split(':')[0]}{at}{rest}"

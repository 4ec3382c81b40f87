"""What goes wrong with databases: two writers, kills, full disks, damage, other versions."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import event

from quotecheck.errors import (
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreInputError,
    StoreReadOnlyError,
    StoreSchemaError,
    StoreUnavailableError,
)
from quotecheck.store import SpeakerStore, engine
from quotecheck.store.schema import SCHEMA_VERSION
from tests.store_data import article, where

__all__ = ["where"]

#: A program that adds articles FROM to TO in batches of three.
ADDER = """
import sys
from quotecheck.store import SpeakerStore
from tests.store_data import article
where, start, stop = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with SpeakerStore(where) as store:
    print("open", flush=True)
    for first in range(start, stop, 3):
        store.add_many(
            [
                (article(("Mara Quist", f"Number {n} of many"), (f"Person {n % 5} Vell", "Yes")),
                 {"url": f"https://daily.example/{n}"})
                for n in range(first, min(first + 3, stop))
            ]
        )
        print(first, flush=True)
"""
ROOT = Path(__file__).parent.parent


def adder(where: str, start: int, stop: int) -> subprocess.Popen[str]:
    """Starts a process that adds articles."""
    return subprocess.Popen(
        [sys.executable, "-c", ADDER, where, str(start), str(stop)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def assert_whole(store: SpeakerStore, articles: int) -> None:
    """Nothing is lost, nothing is doubled, and the figures agree with one another."""
    assert len(store.articles()) == articles
    assert len(store.quotes()) == 2 * articles
    quist = store.speaker("Mara Quist")
    assert (quist.quotes, quist.articles) == (articles, articles)
    assert sum(s.quotes for s in store.speakers()) == 2 * articles
    assert len(store.quotes(text="number of many")) == articles


def test_two_processes_add_at_once(where: str) -> None:
    """Two writers of overlapping articles take turns; each article is there once."""
    both = [adder(where, 0, 24), adder(where, 12, 36)]
    for process in both:
        process.communicate(timeout=300)
    assert [process.returncode for process in both] == [0, 0]
    with SpeakerStore(where) as store:
        assert_whole(store, 36)


def test_opening_waits_while_another_process_makes_the_store(tmp_path: Path) -> None:
    """SQLite refuses one lock at once, without waiting, while a file turns to write-ahead logs."""
    path = tmp_path / "store.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE its (own)")
    other.execute("DROP TABLE its")
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.execute, ["COMMIT"])
    done.start()
    with SpeakerStore(path) as store:
        assert not store.articles()
    done.join()
    other.close()


def kill_and_check(where: str, rounds: int, seed: int) -> None:
    """Kills an adding process at random moments; what it reported stored is there, whole."""
    chance = random.Random(seed)
    done = 0
    for _ in range(rounds):
        process = adder(where, done, done + 30)
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        time.sleep(chance.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        reported = [int(line) for line in process.communicate()[0].split()]
        with SpeakerStore(where) as store:
            stored = len(store.articles())
            assert stored % 3 == 0
            assert stored >= (reported[-1] + 3 if reported else done)
            if stored:
                assert_whole(store, stored)
            done = stored


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_while_adding(where: str) -> None:
    """A process killed in `add_many` loses nothing it had committed and doubles nothing.

    QUOTECHECK_TEST_KILLS sets the number of kills; continuous integration uses 20.
    """
    kill_and_check(where, int(os.environ.get("QUOTECHECK_TEST_KILLS", "2")), seed=7)


def test_full_disk(tmp_path: Path) -> None:
    """When the file cannot grow, the batch is refused whole and the store stays usable."""
    path = tmp_path / "store.db"
    with SpeakerStore(path) as store:
        store.add(article(("Mara Quist", "Number 0 of many"), ("Person 0 Vell", "Yes")))

        @event.listens_for(store._db.engine, "begin")
        def limit(connection) -> None:  # type: ignore[no-untyped-def]
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")

        many = [article((f"Person {n} Vell", f"Words {n} " * 200)) for n in range(30)]
        with pytest.raises(StoreFullError, match="free some space"):
            store.add_many(many)
        assert_whole(store, 1)
    with SpeakerStore(path) as store:
        assert_whole(store, 1)
        store.add_many(many[:2])
        assert len(store.articles()) == 3


def test_read_only(tmp_path: Path) -> None:
    """A store opened for reading answers, and refuses to write with what to do."""
    path = tmp_path / "store.db"
    with pytest.raises(StoreUnavailableError, match="does not exist"):
        SpeakerStore(path, read_only=True)
    with SpeakerStore(path) as store:
        store.add(article(("Mara Quist", "Number 0 of many"), ("Person 0 Vell", "Yes")))
    with SpeakerStore(path, read_only=True) as store:
        assert_whole(store, 1)
        with pytest.raises(StoreReadOnlyError, match="read-only"):
            store.add(article(("Mara Quist", "No")))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs Unix rights")
def test_without_the_right_to_write() -> None:
    """A file and folder that belong to somebody else: a clear error, and reading works."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "store.db")
        with SpeakerStore(path) as store:
            store.add(article(("Mara Quist", "Yes")))
            assert len(store.articles()) == 1
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        child = os.fork()
        if child == 0:  # root may write everything: become nobody
            os._exit(_as_nobody(path))
        _, status = os.waitpid(child, 0)
        Path(folder).chmod(0o755)
    assert os.waitstatus_to_exitcode(status) == 0


def _as_nobody(path: Path) -> int:
    """Opens a store without the right to write it; returns 0 when all is as it should be."""
    if os.getuid() == 0:
        os.setuid(65534)
    try:
        SpeakerStore(path)
    except StoreReadOnlyError as error:
        if "read_only=True" not in str(error):
            return 2
    else:
        return 3
    try:
        with SpeakerStore(path, read_only=True) as store:
            return 0 if len(store.articles()) == 1 else 4
    except StoreError:
        return 5


def test_damaged_file(tmp_path: Path) -> None:
    """Overwritten pages give an error that says what to do; so does a file of something else."""
    path = tmp_path / "store.db"
    with SpeakerStore(path) as store:
        store.add_many([article((f"Person {n} Vell", "Yes " * 30)) for n in range(20)])
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    path.write_bytes(data)
    with pytest.raises(StoreDamagedError, match="backup"), SpeakerStore(path) as store:
        store.quotes()
    other = tmp_path / "other.db"
    other.write_bytes(b"This is a text, not a database. " * 300)
    with pytest.raises(StoreDamagedError, match="not a database"):
        SpeakerStore(other)
    foreign = tmp_path / "foreign.db"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE article (id INTEGER)")
    connection.close()
    with pytest.raises(StoreDamagedError, match="no speaker store"):
        SpeakerStore(foreign)


def test_locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that does not finish gives an error after the time to wait, not a hang."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    path = tmp_path / "store.db"
    with SpeakerStore(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="Another process is writing"):
            store.add(article(("Mara Quist", "Yes")))
        assert store.articles() == ()
        other.execute("ROLLBACK")
        other.close()
        store.add(article(("Mara Quist", "Yes")))


@pytest.mark.parametrize(
    ("where", "kind", "words"),
    [
        ("", StoreInputError, "needs a path"),
        ("mysql://host/db", StoreInputError, "not a store"),
        ("no/such/folder/store.db", StoreUnavailableError, "make the folder"),
        ("postgresql://me:secret@127.0.0.1:9/db", StoreUnavailableError, "server runs"),
    ],
)
def test_wrong_places(where: str, kind: type[StoreError], words: str) -> None:
    """A wrong path or URL says so, and never shows a password."""
    if where.startswith("postgresql"):
        pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(kind, match=words) as caught:
        SpeakerStore(where)
    assert "secret" not in str(caught.value)


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    """The path of a folder is refused by name."""
    with pytest.raises(StoreUnavailableError, match="is a folder"):
        SpeakerStore(tmp_path)


def test_newer_schema(where: str) -> None:
    """A store of a later version is left alone."""
    with SpeakerStore(where) as store, store._db.write() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(StoreSchemaError, match="update quotecheck"):
        SpeakerStore(where)


#: What later schemas have more than schema 1.
TO_ONE = (
    "DROP INDEX quote_wording",
    "DROP INDEX quote_group",
    "ALTER TABLE quote DROP COLUMN wording_id",
    "ALTER TABLE quote DROP COLUMN group_key",
    "DROP TABLE containment",
    "DROP TABLE shingle",
    "DROP TABLE wording",
    "DROP TABLE annotation",
    "DROP TABLE tally",
    "DROP TABLE meeting",
    "UPDATE meta SET value = '1' WHERE key = 'schema'",
)


def make_schema_one(store: SpeakerStore) -> None:
    """Takes a store back to what version 1 made."""
    with store._db.write() as connection:
        if not store._db.is_postgres:
            connection.exec_driver_sql("PRAGMA legacy_alter_table=ON")
            rebuild = connection.exec_driver_sql(
                "SELECT sql FROM sqlite_master WHERE name = 'quote'"
            ).scalar()
            kept = [
                line.rstrip(", ")
                for line in rebuild.splitlines()[1:-1]
                if "wording_id" not in line and "group_key" not in line
            ]
            names = ", ".join(
                line.split()[0].strip('"') for line in kept if line.split()[0].islower()
            )
            for statement in (
                "CREATE TABLE quote_1 (" + ", ".join(kept) + ")",
                f"INSERT INTO quote_1 ({names}) SELECT {names} FROM quote",
                "DROP TRIGGER quote_search_insert",
                "DROP TRIGGER quote_search_delete",
                "DROP TABLE quote",
                "ALTER TABLE quote_1 RENAME TO quote",
                *TO_ONE[4:],
            ):
                connection.exec_driver_sql(statement)
            from quotecheck.store.schema import SQLITE_SEARCH

            for statement in SQLITE_SEARCH[1:]:
                connection.exec_driver_sql(statement)
        else:
            for statement in TO_ONE:
                connection.exec_driver_sql(statement)


def test_migration_of_schema_two(where: str) -> None:
    """A store of schema 2 gains the counts and keys that are kept ready, and answers as before."""
    with SpeakerStore(where) as store:
        store.add(article(("Robert Quist", "We stay")), url="https://daily.example/1")
        store.add(article(("Bob Quist", "We go")), url="https://daily.example/2")
        before = (store.speakers(), store.stats(("outlet",)), store.review())
        with store._db.write() as connection:
            for statement in (
                "DROP TABLE tally",
                "DROP TABLE meeting",
                "DROP INDEX quote_group",
                "CREATE INDEX quote_group ON quote (group_key)",
                "UPDATE meta SET value = '2' WHERE key = 'schema'",
            ):
                connection.exec_driver_sql(statement)
    with SpeakerStore(where) as store:
        assert (store.speakers(), store.stats(("outlet",)), store.review()) == before
        assert len(before[2]) == 1


def test_migration(where: str) -> None:
    """A store of schema 1 gains groups and notes and loses nothing; read-only, it is refused."""
    long = "We will not close the old port before the winter storms"
    with SpeakerStore(where) as store:
        store.add(article(("Mara Quist", long)), url="https://daily.example/1")
        store.add(article(("Mara Quist", long + " and that is all")), url="https://daily.example/2")
        before = [(q.text, q.speaker_name) for q in store.quotes()]
        make_schema_one(store)
    with pytest.raises(StoreSchemaError, match="open it once for writing"):
        SpeakerStore(where, read_only=True)
    with SpeakerStore(where) as store:
        assert [(q.text, q.speaker_name) for q in store.quotes()] == before
        assert len(store.groups()[0].occurrences) == 2
        assert len(store.quotes(text="winter")) == 2
        store.annotate("Mara Quist", "party", "Mill")
        assert store.add(article(("Mara Quist", long)), url="https://daily.example/3").quotes == 1
        assert len(store.groups()[0].occurrences) == 3
        with store._db.read() as connection:
            version = connection.exec_driver_sql("SELECT value FROM meta WHERE key = 'schema'")
            assert version.scalar() == str(SCHEMA_VERSION)

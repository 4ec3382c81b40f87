"""Small invented articles for the tests of the store, and a store on each database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import make_url

from quotecheck.analysis import Analysis
from quotecheck.store import SpeakerStore
from quotecheck.testing import Someone, build, said

POSTGRES = "QUOTECHECK_TEST_POSTGRES"
NO_POSTGRES = f"{POSTGRES} is not set: start a server with .ci/postgres.sh"


def article(*quotes: tuple[str, str], people: tuple[Someone, ...] = (), tail: str = "") -> Analysis:
    """An article in which each of (speaker, words) is said in a sentence of its own."""
    lines = [f"“{words},” said {speaker}." for speaker, words in quotes]
    text = "\n\n".join([*lines, *([tail] if tail else [])])
    return build(
        text,
        *(said(f"“{words},”", cue="said", source=speaker) for speaker, words in quotes),
        people=people,
    )


def postgres_url() -> str:
    """The URL of the test database; skips when there is none.

    Test processes that run side by side (pytest-xdist) have a database each.
    """
    url = os.environ.get(POSTGRES)
    if not url:
        pytest.skip(NO_POSTGRES)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return database_of(url, worker) if worker else url


@cache
def database_of(url: str, worker: str) -> str:
    """The URL of a test process's own database on the same server, made where it is missing."""
    import psycopg

    whole = make_url(url)
    name = f"{whole.database}_{worker}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, (name,)).fetchone() is None:
            connection.execute(f'CREATE DATABASE "{name}"')
    return whole.set(database=name).render_as_string(hide_password=False)


def empty_postgres(url: str) -> None:
    """Drops everything in the test database."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Path or URL of an empty store, on each database in turn."""
    if request.param == "sqlite":
        return str(tmp_path / "store.db")
    url = postgres_url()
    empty_postgres(url)
    return url


@pytest.fixture
def store(where: str) -> Iterator[SpeakerStore]:
    """An empty store, on each database in turn."""
    with SpeakerStore(where) as opened:
        yield opened

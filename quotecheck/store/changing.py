"""Putting articles into a store and taking them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from quotecheck.errors import StoreInputError
from quotecheck.records import AnalysisRecord
from quotecheck.store import schema as t
from quotecheck.store.base import StoreBase
from quotecheck.store.finding import row_id
from quotecheck.store.model import Added, Forgotten, SpeakerLike
from quotecheck.store.personas import article_key
from quotecheck.store.queries import load_speakers
from quotecheck.store.rows import chunks
from quotecheck.store.words import fold
from quotecheck.store.writing import (
    Incoming,
    add_batch,
    forget_personas,
    mark_latest,
    remove_articles,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Changing"]


class Changing(StoreBase):
    """The part of `SpeakerStore` that adds and deletes."""

    def add(
        self,
        analysis: AnalysisRecord,
        *,
        url: str | None = None,
        published: str | date | None = None,
        outlet: str | None = None,
        title: str | None = None,
    ) -> Added:
        """Adds one article; the same text at the same address a second time changes nothing.

        Another text at a known address is kept as a further version. Of several versions the one
        with the latest date counts in queries, the one added last where dates do not tell.

        Args:
            analysis: its records.
            url: its address; ``analysis.url`` by default.
            published: its date; ``analysis.published`` by default.
            outlet: who published it; the host of the address by default.
            title: its title; ``analysis.title`` by default.

        Raises:
            StoreInputError: the date is none.
        """
        item = Incoming(analysis=analysis, url=url, published=published, outlet=outlet, title=title)
        with self._db.write() as connection:
            return add_batch(connection, [item])[0]

    def add_many(
        self,
        analyses: Iterable[Any],
        *,
        batch_size: int = 100,
        progress: Callable[[Added], object] | None = None,
    ) -> list[Added]:
        """Adds many articles; each batch is stored whole or not at all.

        After a crash, add the same articles again: what is there already is skipped.

        Args:
            analyses: analyses, or pairs of an analysis and a dict with any of ``url``,
                ``published``, ``outlet`` and ``title``. Any iterable; it is read as a stream.
            batch_size: articles a transaction. Larger ones are faster, smaller ones let other
                writers in more often.
            progress: called with each answer once its batch is stored.

        Returns:
            what happened to each article, in the order given.
        """
        if batch_size < 1:
            raise StoreInputError("batch_size must be at least 1.")
        answers: list[Added] = []
        for batch in chunks((Incoming.of(item) for item in analyses), batch_size):
            with self._db.write() as connection:
                done = add_batch(connection, batch)
            answers += done
            if progress is not None:
                for answer in done:
                    progress(answer)
        return answers

    def has(self, text_sha256: str, url: str | None = None) -> bool:
        """Returns whether a text is stored, at an address if one is given, else anywhere."""
        from sqlalchemy import select

        found = select(t.article.c.id).where(
            t.article.c.key == article_key(url, text_sha256)
            if url is not None
            else t.article.c.sha == text_sha256
        )
        with self._db.read() as connection:
            return connection.execute(found.limit(1)).first() is not None

    def remove(self, article: str) -> int:
        """Takes an article out, all its versions, with everything that rests on it alone.

        Annotations and decisions about its speakers stay as long as another article names them.

        Args:
            article: its address, or the key of one version.

        Returns:
            number of versions taken out; 0 when it is not there.
        """
        from sqlalchemy import or_, select

        here = or_(t.article.c.url == article, t.article.c.key == article)
        with self._db.write() as connection:
            rows = connection.execute(select(*t.article.c["id", "url"]).where(here)).all()
            ids = [row.id for row in rows]
            if ids:
                remove_articles(connection, ids)
                for url in {row.url for row in rows if row.url}:
                    mark_latest(connection, url)
                self._purge(connection)
        if ids:
            self._vacuum()
        return len(ids)

    def forget(self, speaker: SpeakerLike) -> Forgotten:
        """Deletes a person: every quote, name, annotation and decision, from the file too.

        Adding the same articles again does not bring the person back, since they are skipped.
        Words of other people that mention the person, and titles, belong to their articles and
        stay: ``mentions`` says how many there are; `remove` takes such an article out.
        """
        with self._db.write() as connection:
            number = row_id(connection, speaker)
            named = load_speakers(connection, [number])[0]
            quotes, articles = forget_personas(connection, number)
            mentions = _mentions(connection, (named.name, *named.aliases))
            self._purge(connection)
        self._vacuum()
        return Forgotten(name=named.name, quotes=quotes, articles=articles, mentions=mentions)

    def _purge(self, connection: Connection) -> None:
        """Rewrites the text index, which otherwise keeps deleted words until it is merged."""
        if not self._db.is_postgres:
            connection.exec_driver_sql("INSERT INTO quote_search(quote_search) VALUES ('optimize')")

    def _vacuum(self) -> None:
        """Clears what deleted rows left in the log (SQLite) or in the tables (PostgreSQL)."""
        with self._db.bare() as connection:
            if self._db.is_postgres:
                for table in t.metadata.sorted_tables:
                    connection.exec_driver_sql(f"VACUUM {table.name}")
            else:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _mentions(connection: Connection, names: Iterable[str]) -> int:
    """Quotes and titles in which a name of more than one word still stands."""
    from sqlalchemy import func, or_, select

    phrases = {fold(name) for name in names}
    padded = " " + t.quote.c.folded + " "
    holds = [padded.contains(f" {p} ", autoescape=True) for p in sorted(phrases) if " " in p]
    if not holds:
        return 0
    number = connection.execute(select(func.count()).where(or_(*holds))).scalar_one()
    titles = connection.execute(select(t.article.c.title).where(t.article.c.title.is_not(None)))
    return int(number) + sum(
        any(f" {p} " in f" {fold(title)} " for p in phrases if " " in p)
        for title in titles.scalars()
    )

"""The speaker store: one object over the tables, for reading and for writing."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from quotecheck.errors import StoreInputError
from quotecheck.records import Act, AnalysisRecord, EntityType, Kind
from quotecheck.store import decisions, queries
from quotecheck.store import export as exports
from quotecheck.store import groups as grouped
from quotecheck.store import schema as t
from quotecheck.store.engine import Database
from quotecheck.store.export import ExportFormat
from quotecheck.store.migrations import prepare
from quotecheck.store.model import (
    Added,
    Count,
    Forgotten,
    Merge,
    QuoteGroup,
    ReviewPair,
    SpeakerMatch,
    StoredArticle,
    StoredQuote,
    StoredSpeaker,
)
from quotecheck.store.review import review
from quotecheck.store.rows import chunks, clean_date, day_of, numbered
from quotecheck.store.statistics import count
from quotecheck.store.writing import (
    Incoming,
    add_batch,
    forget_personas,
    mark_latest,
    remove_articles,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

__all__ = ["SpeakerStore"]

Versions = Literal["latest", "all"]
SpeakerLike = str | StoredSpeaker


class SpeakerStore:
    """Speakers and quotes of many articles, in an SQLite file or a PostgreSQL database.

    A speaker is given as an id ("S12"), a `StoredSpeaker`, or a name that fits exactly one. All
    methods raise `StoreError` with what to do when the database cannot be used; nothing that an
    earlier call stored is lost then. The store can be used by several threads and processes.

    >>> from quotecheck.testing import build, said
    >>> text = "“The mill stays open,” said Ada Pell."
    >>> analysis = build(text, said("“The mill stays open,”", cue="said", source="Ada Pell"))
    >>> with SpeakerStore(":memory:") as store:
    ...     added = store.add(analysis, url="https://daily.example/1", published="2026-03-01")
    ...     [(q.speaker_name, q.text) for q in store.quotes(speaker="Pell")]
    [('Ada Pell', '“The mill stays open,”')]

    Args:
        where: path of the file (made if missing), ``":memory:"``, or
            ``postgresql://user@host/database``.
        read_only: only look.

    Raises:
        StoreUnavailableError: it cannot be opened.
        StoreReadOnlyError: it cannot be written and ``read_only`` was not asked for.
        StoreDamagedError: it is no speaker store, or broken.
        StoreSchemaError: a later version of quotecheck made it.
    """

    def __init__(self, where: str | os.PathLike[str], *, read_only: bool = False) -> None:
        self._db = Database(where, read_only=read_only)
        try:
            prepare(self._db)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"SpeakerStore({self._db.shown!r})"

    def close(self) -> None:
        """Closes all connections; the store cannot be used any more."""
        self._db.close()

    # --------------------------------------------------------------------------------- writing

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

        from quotecheck.store.personas import article_key

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
            number = self._id(connection, speaker)
            named = queries.load_speakers(connection, [number])[0]
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

    # --------------------------------------------------------------------------------- reading

    def speakers(
        self,
        *,
        type: EntityType | None = None,
        quoted: bool = True,
    ) -> tuple[StoredSpeaker, ...]:
        """Returns all speakers, most quoted first.

        Args:
            type: only persons, organizations ...
            quoted: leave out who is named but never speaks.
        """
        with self._db.read() as connection:
            found = queries.load_speakers(connection, quoted=quoted)
        return tuple(s for s in found if type is None or s.type == type)

    def speaker(self, speaker: SpeakerLike) -> StoredSpeaker:
        """Returns the one speaker that an id or a name means.

        Raises:
            UnknownSpeakerError: nobody has this name or id.
            AmbiguousSpeakerError: several have it.
        """
        with self._db.read() as connection:
            return queries.load_speakers(connection, [self._id(connection, speaker)])[0]

    def find(self, name: str) -> tuple[SpeakerMatch, ...]:
        """Returns everyone whom a name may mean, best first, each with verdict and reason."""
        with self._db.read() as connection:
            return tuple(queries.find(connection, name))

    def quotes(
        self,
        *,
        speaker: SpeakerLike | None = None,
        text: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        outlet: str | None = None,
        kind: Kind | None = None,
        act: Act | None = None,
        url: str | None = None,
        expressed: bool | None = None,
        candidates: bool = False,
        versions: Versions = "latest",
        newest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> tuple[StoredQuote, ...]:
        """Returns the quotes that all conditions fit, by date, undated ones last.

        Args:
            speaker: who is quoted.
            text: words that all occur, whatever case and accents; a phrase in quotation marks.
            since: first day, inclusive; undated articles are left out.
            until: last day, inclusive.
            outlet: who published it.
            kind: direct, mixed or indirect.
            act: assertion, belief, fact or eventuality.
            url: address of the article.
            expressed: True leaves out what was denied or is hypothetical, False keeps only that.
            candidates: with ``speaker``, also quotes that may be the speaker's.
            versions: ``latest`` version of each article, or ``all``.
            newest_first: latest date first.
            limit: how many at most.
            offset: how many to skip.

        Raises:
            UnknownSpeakerError: nobody has this name or id.
            AmbiguousSpeakerError: several have it.
            StoreInputError: a date that is none.
        """
        with self._db.read() as connection:
            where = self._where(
                connection,
                speaker=speaker,
                candidates=candidates,
                text=text,
                since=since,
                until=until,
                outlet=outlet,
                kind=kind,
                act=act,
                url=url,
                versions=versions,
                expressed=expressed,
            )
            return tuple(
                queries.load_quotes(
                    connection, where, limit=limit, offset=offset, newest_first=newest_first
                )
            )

    def groups(
        self,
        *,
        speaker: SpeakerLike | None = None,
        text: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        outlet: str | None = None,
        at_least: int = 2,
        versions: Versions = "latest",
        limit: int | None = None,
    ) -> tuple[QuoteGroup, ...]:
        """Returns the same quote in many articles, most carried first.

        Each group has its longest form, first day, every occurrence, and flags: a cut that
        changes the meaning, speakers that contradict.

        Args:
            speaker: only groups with a quote of this speaker.
            text: only groups with a quote that has these words.
            since: only groups with a quote of this day or later.
            until: only groups with a quote of this day or earlier.
            outlet: only groups with a quote of this outlet.
            at_least: fewest articles that carry it.
            versions: ``latest`` version of each article, or ``all``.
            limit: how many at most.
        """
        with self._db.read() as connection:
            where = self._where(
                connection,
                speaker=speaker,
                text=text,
                since=since,
                until=until,
                outlet=outlet,
                versions=versions,
            )
            found = grouped.load_groups(
                connection, where, latest=versions == "latest", at_least=at_least, limit=limit
            )
        return tuple(found)

    def timeline(
        self,
        speaker: SpeakerLike,
        *,
        by: Literal["day", "month", "year"] = "month",
        since: str | date | None = None,
        until: str | date | None = None,
    ) -> tuple[Count, ...]:
        """Returns how often a speaker was quoted in each day, month or year, oldest first."""
        return self.stats(by=(by,), speaker=speaker, since=since, until=until)

    def stats(
        self,
        by: Sequence[str] = ("speaker",),
        *,
        speaker: SpeakerLike | None = None,
        text: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        outlet: str | None = None,
        kind: Kind | None = None,
        act: Act | None = None,
    ) -> tuple[Count, ...]:
        """Returns counts of quotes and words; denied and hypothetical speech is not counted.

        Args:
            by: what to count by, one or more of ``speaker``, ``type``, ``outlet``, ``day``,
                ``month``, ``year``, ``kind``, ``act``, or ``@KEY`` for an annotation.
            speaker: only this speaker's.
            text: only quotes that have these words.
            since: first day, inclusive.
            until: last day, inclusive.
            outlet: who published it.
            kind: direct, mixed or indirect.
            act: assertion, belief, fact or eventuality.
        """
        dimensions = (by,) if isinstance(by, str) else tuple(by)
        with self._db.read() as connection:
            where = self._where(
                connection,
                speaker=speaker,
                text=text,
                since=since,
                until=until,
                outlet=outlet,
                kind=kind,
                act=act,
            )
            return tuple(count(connection, dimensions, where))

    def articles(self, url: str | None = None) -> tuple[StoredArticle, ...]:
        """Returns the articles, oldest first; every version of one address if given."""
        with self._db.read() as connection:
            return tuple(queries.articles(connection, url))

    def export(
        self,
        path: str | os.PathLike[str],
        *,
        format: ExportFormat | None = None,
        versions: Versions = "all",
    ) -> int:
        """Writes every quote with its speaker to a JSONL, CSV or Parquet file.

        Args:
            path: the file; an existing one is replaced when the new one is complete.
            format: taken from the file's name by default.
            versions: ``all`` versions of each article, or the ``latest``.

        Returns:
            number of rows.
        """
        with self._db.read() as connection:
            where = queries.quote_filter(postgres=self._db.is_postgres, versions=versions)
            return exports.export(exports.quote_rows(connection, where), path, format)

    # ------------------------------------------------------------------------------- decisions

    def merge(self, a: SpeakerLike, b: SpeakerLike, *, reason: str = "") -> str:
        """Makes two speakers one, for good: articles added later do not take them apart.

        Returns:
            id of the decision, for `undo`.

        Raises:
            DecisionError: they are one already, or a split keeps them apart.
        """
        with self._db.write() as connection:
            left, right = self._id(connection, a), self._id(connection, b)
            return decisions.merge(connection, left, right, reason)

    def keep_apart(self, a: SpeakerLike, b: SpeakerLike, *, reason: str = "") -> str:
        """Notes that two speakers are not one; `review` does not ask again.

        Returns:
            id of the decision, for `undo`.
        """
        with self._db.write() as connection:
            left, right = self._id(connection, a), self._id(connection, b)
            return decisions.keep_apart(connection, left, right, reason)

    def split(
        self,
        speaker: SpeakerLike,
        *,
        articles: Collection[str] = (),
        names: Collection[str] = (),
        reason: str = "",
    ) -> str:
        """Takes apart what is not one person: some articles, or some names, are somebody else.

        Args:
            speaker: the speaker as stored.
            articles: addresses or keys of the articles that mean somebody else.
            names: names that mean somebody else.
            reason: why, for the log.

        Returns:
            id of the decision, for `undo`.

        Raises:
            DecisionError: nothing or everything would go.
        """
        chosen = tuple([one] if isinstance(one, str) else one for one in (articles, names))
        with self._db.write() as connection:
            return decisions.split(
                connection,
                self._id(connection, speaker),
                articles=chosen[0],
                names=chosen[1],
                reason=reason,
            )

    def alias(self, name: str, *others: str, reason: str = "") -> str:
        """States that names belong to one person or body ("Ada Berg", "Ada Lind").

        It holds for speakers seen already and for those to come.

        Returns:
            id of the decision, for `undo`.
        """
        with self._db.write() as connection:
            return decisions.add_alias(connection, name, others, reason)

    def undo(self, merge: str, *, reason: str = "") -> str:
        """Takes back a decision ("D3"), or a merge that a rule made ("L8"); see `log`.

        Returns:
            id of the decision that was undone, or of the split that undoes the rule's merge.

        Raises:
            DecisionError: there is no such entry, or it was undone before.
        """
        with self._db.write() as connection:
            return decisions.undo(connection, merge, reason)

    def log(self, speaker: SpeakerLike | None = None) -> tuple[Merge, ...]:
        """Returns merges and decisions with reasons, newest first; of one speaker if given."""
        with self._db.read() as connection:
            number = self._id(connection, speaker) if speaker is not None else None
            return tuple(decisions.log(connection, number))

    def review(self, limit: int | None = None) -> tuple[ReviewPair, ...]:
        """Returns pairs of speakers that may be one, most consequential first.

        Answer each with `merge` or `keep_apart`.
        """
        with self._db.read() as connection:
            return tuple(review(connection, limit))

    def annotate(self, speaker: SpeakerLike, key: str, value: str | None) -> None:
        """Sets a fact of your own about a speaker, or deletes it with None.

        quotecheck never guesses such facts (gender, party, role) from names. They follow the
        speaker through merges and splits.
        """
        with self._db.write() as connection:
            decisions.annotate(connection, self._id(connection, speaker), key, value)

    # --------------------------------------------------------------------------------- helpers

    def _id(self, connection: Connection, speaker: SpeakerLike) -> int:
        wanted = speaker.id if isinstance(speaker, StoredSpeaker) else speaker
        if not isinstance(wanted, str):
            raise StoreInputError(
                f"a speaker is an id, a name or a StoredSpeaker, not {type(speaker).__name__}."
            )
        if isinstance(speaker, StoredSpeaker) and numbered(wanted, "S") is None:
            raise StoreInputError(f"{wanted!r} is no speaker's id.")
        return queries.resolve(connection, wanted)

    def _where(
        self,
        connection: Connection,
        *,
        speaker: SpeakerLike | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        **conditions: Any,  # noqa: ANN401 - handed on as they are
    ) -> list[ColumnElement[bool]]:
        return queries.quote_filter(
            postgres=self._db.is_postgres,
            speaker=self._id(connection, speaker) if speaker is not None else None,
            since=day_of(clean_date(since, "since")),
            until=day_of(clean_date(until, "until")),
            **conditions,
        )


def _mentions(connection: Connection, names: Iterable[str]) -> int:
    """Quotes and titles in which a name of more than one word still stands."""
    from sqlalchemy import func, or_, select

    from quotecheck.store.words import fold

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

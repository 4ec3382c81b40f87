"""Asking a store: speakers, quotes, groups, counts, what waits for review."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal, Unpack

from quotecheck.records import EntityType
from quotecheck.store import decisions, queries
from quotecheck.store import export as exports
from quotecheck.store import groups as grouped
from quotecheck.store.base import StoreBase
from quotecheck.store.export import ExportFormat
from quotecheck.store.filters import Conditions, QuoteFilter, Versions, quote_conditions
from quotecheck.store.finding import find, row_id
from quotecheck.store.model import (
    Count,
    Merge,
    QuoteGroup,
    ReviewPair,
    SpeakerLike,
    SpeakerMatch,
    StoredArticle,
    StoredQuote,
    StoredSpeaker,
)
from quotecheck.store.review import review
from quotecheck.store.statistics import count

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

__all__ = ["Reading"]


class Reading(StoreBase):
    """The part of `SpeakerStore` that answers questions."""

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
            return queries.load_speakers(connection, [row_id(connection, speaker)])[0]

    def find(self, name: str) -> tuple[SpeakerMatch, ...]:
        """Returns everyone whom a name may mean, best first, each with verdict and reason."""
        with self._db.read() as connection:
            return tuple(find(connection, name))

    def quotes(
        self,
        *,
        newest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
        **where: Unpack[Conditions],
    ) -> tuple[StoredQuote, ...]:
        """Returns the quotes that all conditions fit, by date, undated ones last.

        Args:
            newest_first: latest date first.
            limit: how many at most.
            offset: how many to skip.
            **where: any of the conditions of `QuoteFilter`: ``speaker``, ``text`` (words that all
                occur, a phrase in quotation marks), ``since``, ``until``, ``outlet``, ``kind``,
                ``act``, ``url``, ``expressed`` (True leaves out what was denied or hypothetical),
                ``candidates`` (also quotes that may be the speaker's) and ``versions`` (``latest``
                or ``all``).

        Raises:
            UnknownSpeakerError: nobody has this name or id.
            AmbiguousSpeakerError: several have it.
            StoreInputError: a date that is none.
        """
        wanted = QuoteFilter(**where)
        with self._db.read() as connection:
            return tuple(
                queries.load_quotes(
                    connection,
                    self._conditions(connection, wanted),
                    limit=limit,
                    offset=offset,
                    newest_first=newest_first,
                )
            )

    def groups(
        self, *, at_least: int = 2, limit: int | None = None, **where: Unpack[Conditions]
    ) -> tuple[QuoteGroup, ...]:
        """Returns the same quote in many articles, most carried first.

        Each group has its longest form, first day, every occurrence, and flags: a cut that
        changes the meaning, speakers that contradict.

        Args:
            at_least: fewest articles that carry it.
            limit: how many at most.
            **where: only groups with a quote that fits these conditions; see `quotes`.
        """
        wanted = QuoteFilter(**where)
        with self._db.read() as connection:
            conditions = self._conditions(connection, wanted)
            return tuple(
                grouped.load_groups(connection, wanted, conditions, at_least=at_least, limit=limit)
            )

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
        self, by: Sequence[str] = ("speaker",), **where: Unpack[Conditions]
    ) -> tuple[Count, ...]:
        """Returns counts of quotes and words; denied and hypothetical speech is not counted.

        Args:
            by: what to count by, one or more of ``speaker``, ``type``, ``outlet``, ``day``,
                ``month``, ``year``, ``kind``, ``act``, or ``@KEY`` for an annotation.
            **where: only quotes that fit these conditions; see `quotes`.
        """
        dimensions = (by,) if isinstance(by, str) else tuple(by)
        wanted = QuoteFilter(**where)
        with self._db.read() as connection:
            speaker = self._speaker(connection, wanted)
            return tuple(
                count(connection, dimensions, wanted, speaker, postgres=self._db.is_postgres)
            )

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
            where = self._conditions(connection, QuoteFilter(versions=versions))
            return exports.export(exports.quote_rows(connection, where), path, format)

    def log(self, speaker: SpeakerLike | None = None) -> tuple[Merge, ...]:
        """Returns merges and decisions with reasons, newest first; of one speaker if given."""
        with self._db.read() as connection:
            number = row_id(connection, speaker) if speaker is not None else None
            return tuple(decisions.log(connection, number))

    def review(self, limit: int | None = None) -> tuple[ReviewPair, ...]:
        """Returns pairs of speakers that may be one, most consequential first.

        Answer each with `merge` or `keep_apart`.
        """
        with self._db.read() as connection:
            return tuple(review(connection, limit))

    def _speaker(self, connection: Connection, wanted: QuoteFilter) -> int | None:
        return row_id(connection, wanted.speaker) if wanted.speaker is not None else None

    def _conditions(self, connection: Connection, wanted: QuoteFilter) -> list[ColumnElement[bool]]:
        speaker = self._speaker(connection, wanted)
        return quote_conditions(wanted, speaker, postgres=self._db.is_postgres)

"""Which quotes are asked for: the conditions of a question, as one record and as SQL."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from attrs import field, frozen

from quotecheck.records import Act, Kind
from quotecheck.store import schema as t
from quotecheck.store.model import SpeakerLike
from quotecheck.store.rows import clean_date, day_of
from quotecheck.store.tally import said
from quotecheck.store.words import query_words

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

__all__ = ["Conditions", "QuoteFilter", "Versions", "quote_conditions", "tally_conditions"]

Versions = Literal["latest", "all"]


class Conditions(TypedDict, total=False):
    """The conditions that `SpeakerStore`'s questions take as keywords; see `QuoteFilter`."""

    speaker: SpeakerLike | None
    text: str | None
    since: str | date | None
    until: str | date | None
    outlet: str | None
    kind: Kind | None
    act: Act | None
    url: str | None
    expressed: bool | None
    candidates: bool
    versions: Versions


def _since(value: str | date | None) -> str | None:
    return day_of(clean_date(value, "since"))


def _until(value: str | date | None) -> str | None:
    return day_of(clean_date(value, "until"))


@frozen(kw_only=True)
class QuoteFilter:
    """What has to hold of a quote; a condition that is None is none.

    Attributes:
        speaker: who is quoted: an id, a name, or a `StoredSpeaker`.
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

    Raises:
        StoreInputError: a date that is none.
    """

    speaker: SpeakerLike | None = None
    text: str | None = None
    since: str | None = field(default=None, converter=_since)
    until: str | None = field(default=None, converter=_until)
    outlet: str | None = None
    kind: Kind | None = None
    act: Act | None = None
    url: str | None = None
    expressed: bool | None = None
    candidates: bool = False
    versions: Versions = "latest"

    @property
    def counted(self) -> bool:
        """Whether the tally can answer: nothing is asked that only a quote itself tells."""
        return not (self.text or self.kind or self.act or self.candidates) and (
            self.text is None and self.expressed is not False
        )

    @property
    def open(self) -> bool:
        """Whether every quote of the versions asked for fits."""
        return self == QuoteFilter(versions=self.versions)


def quote_conditions(
    wanted: QuoteFilter, speaker: int | None, *, postgres: bool
) -> list[ColumnElement[bool]]:
    """Returns a filter as conditions on the tables quote and article.

    Args:
        wanted: the filter.
        speaker: row id of its speaker.
        postgres: which text index there is.
    """
    from sqlalchemy import or_, select

    where: list[ColumnElement[bool]] = []
    if speaker is not None:
        mine: ColumnElement[bool] = t.quote.c.speaker_id == speaker
        if wanted.candidates:
            maybe = (
                select(t.candidate.c.quote_id)
                .join(t.persona, t.persona.c.id == t.candidate.c.persona_id)
                .where(t.persona.c.speaker_id == speaker)
            )
            mine = or_(mine, t.quote.c.id.in_(maybe))
        where.append(mine)
    if wanted.text is not None:
        where += _search(wanted.text, postgres)
    for column, value in ((t.quote.c.kind, wanted.kind), (t.quote.c.act, wanted.act)):
        if value is not None:
            where.append(column == value)
    if wanted.expressed is not None:
        where.append(said() if wanted.expressed else ~said())
    return where + _common(wanted, t.quote.c.day, t.article.c.latest)


def tally_conditions(wanted: QuoteFilter, speaker: int | None) -> list[ColumnElement[bool]]:
    """Returns a filter that is ``counted`` as conditions on the tables tally and article."""
    where = [t.tally.c.quotes > 0]
    if speaker is not None:
        where.append(t.tally.c.speaker_id == speaker)
    return where + _common(wanted, t.tally.c.day, t.tally.c.latest)


def _common(
    wanted: QuoteFilter, day: ColumnElement[Any], latest: ColumnElement[bool]
) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        where.append(day >= wanted.since)
    if wanted.until is not None:
        where.append(day <= wanted.until)
    for column, value in ((t.article.c.outlet, wanted.outlet), (t.article.c.url, wanted.url)):
        if value is not None:
            where.append(column == value)
    if wanted.versions == "latest":
        where.append(latest.is_(True))
    return where


def _search(text: str, postgres: bool) -> list[ColumnElement[bool]]:
    """All words, and each phrase that stands in quotation marks; no words match nothing."""
    from sqlalchemy import bindparam, cast, column, false, select, table
    from sqlalchemy import text as sql

    single, phrases = query_words(text)
    if not single:
        return [false()]
    where: list[ColumnElement[bool]] = []
    if postgres:
        from sqlalchemy.dialects.postgresql import TSQUERY

        wanted = " & ".join(f"'{word}'" for word in single)
        where.append(t.postgres_document().op("@@")(cast(wanted, TSQUERY)))
    else:
        wanted = " ".join(f'"{word}"' for word in single)
        hits: Select[Any] = (
            select(column("rowid"))
            .select_from(table("quote_search"))
            .where(sql("quote_search MATCH :wanted").bindparams(bindparam("wanted", wanted)))
        )
        where.append(t.quote.c.id.in_(hits))
    for phrase in phrases:
        padded = " " + t.quote.c.folded + " "
        where.append(padded.contains(f" {phrase} ", autoescape=True))
    return where

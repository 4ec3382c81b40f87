"""Quote groups as a reader sees them: every occurrence, the longest form, what to be wary of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from quotecheck.check.lexicon import negators
from quotecheck.check.numbers import is_number
from quotecheck.store import schema as t
from quotecheck.store.filters import QuoteFilter
from quotecheck.store.model import Flag, QuoteGroup, StoredQuote
from quotecheck.store.queries import load_quotes
from quotecheck.store.rows import chunks, select_in
from quotecheck.store.words import fold

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from quotecheck.check import SourceIndex

__all__ = ["load_groups", "meaning_changed"]

#: Flags of a check under which a quote's cut changes what was said.
_UNSAFE = frozenset({"negation-before-cut", "number-cut"})
#: Groups of which the articles are counted at a time.
_STEP = 64


def load_groups(
    connection: Connection,
    wanted: QuoteFilter,
    where: Sequence[ColumnElement[bool]],
    *,
    at_least: int,
    limit: int | None,
) -> list[QuoteGroup]:
    """Returns the groups that hold a quote of the question, most carried first.

    A group comes whole: also the occurrences that the question itself leaves out.

    Args:
        connection: of a reader.
        wanted: which quotes the question is about; its versions hold for the occurrences too.
        where: the same as conditions.
        at_least: fewest articles that carry it.
        limit: how many groups at most.
    """
    latest = [t.article.c.latest.is_(True)] if wanted.versions == "latest" else []
    sizes = _sizes(connection, wanted, where, at_least, limit)
    keys = _in_order(connection, sizes, latest)[:limit]
    members: dict[str, list[StoredQuote]] = defaultdict(list)
    for batch in chunks(keys):
        for quote in load_quotes(connection, [t.quote.c.group_key.in_(batch), *latest]):
            members[quote.group].append(quote)
    return [_group(key, members[key]) for key in keys if members[key]]


def _sizes(
    connection: Connection,
    wanted: QuoteFilter,
    where: Sequence[ColumnElement[bool]],
    at_least: int,
    limit: int | None,
) -> dict[str, int]:
    """How many articles carry each group of the question.

    Those that too few carry are left out; of the rest come so many, and all that are carried as
    often as the last of these. No more articles than quotes carry a group: the quotes are counted
    on the index, the articles only of groups that may be among the first.
    """
    from sqlalchemy import func, select

    quotes = func.count()
    query = select(t.quote.c.group_key, quotes.label("quotes")).group_by(t.quote.c.group_key)
    if not wanted.open:
        asked = select(t.quote.c.group_key).join(t.article, t.article.c.id == t.quote.c.article_id)
        query = query.where(t.quote.c.group_key.in_(asked.where(*where)))
    rows = connection.execute(query.having(quotes >= at_least).order_by(quotes.desc()))
    sizes: dict[str, int] = {}
    least = at_least
    for batch in chunks(rows, _STEP):
        if batch[0].quotes < least:
            break
        sizes |= _carried(connection, [row.group_key for row in batch], wanted, at_least)
        if limit is not None and len(sizes) >= limit:
            least = sorted(sizes.values(), reverse=True)[limit - 1]
    return {key: size for key, size in sizes.items() if size >= least}


def _carried(
    connection: Connection, keys: Sequence[str], wanted: QuoteFilter, at_least: int
) -> dict[str, int]:
    """How many articles carry each of some groups; versions of one page count once."""
    from sqlalchemy import func, select

    works = func.count(func.coalesce(t.article.c.url, t.article.c.key).distinct())
    query = (
        select(t.quote.c.group_key, works.label("works"))
        .join(t.article, t.article.c.id == t.quote.c.article_id)
        .where(t.quote.c.group_key.in_(keys))
        .group_by(t.quote.c.group_key)
        .having(works >= at_least)
    )
    if wanted.versions == "latest":
        query = query.where(t.article.c.latest.is_(True))
    return {row.group_key: row.works for row in connection.execute(query)}


def _in_order(
    connection: Connection, sizes: Mapping[str, int], latest: Sequence[ColumnElement[bool]]
) -> list[str]:
    """The groups, most carried first, then by day (undated ones last) and by first quote."""
    from sqlalchemy import func, select

    query = (
        select(
            t.quote.c.group_key,
            func.min(t.quote.c.day).label("day"),
            func.min(t.quote.c.id).label("first"),
        )
        .join(t.article, t.article.c.id == t.quote.c.article_id)
        .where(*latest)
        .group_by(t.quote.c.group_key)
    )
    rows = select_in(connection, query, t.quote.c.group_key, sorted(sizes))
    ranks = {row.group_key: (row.day is None, row.day or "", row.first) for row in rows}
    return sorted(ranks, key=lambda key: (-sizes[key], ranks[key]))


def _group(key: str, occurrences: list[StoredQuote]) -> QuoteGroup:
    longest = min(occurrences, key=lambda q: (-len(q.text.split()), -len(q.text), q.text))
    days = sorted(q.published[:10] for q in occurrences if q.published)
    return QuoteGroup(
        id=key,
        longest=longest.text,
        speakers=tuple(dict.fromkeys(q.speaker for q in occurrences if q.speaker)),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        outlets=tuple(sorted({q.outlet for q in occurrences if q.outlet})),
        occurrences=tuple(occurrences),
        flags=tuple(_flags(longest, occurrences)),
    )


def _flags(longest: StoredQuote, occurrences: Iterable[StoredQuote]) -> list[Flag]:
    flags: list[Flag] = []
    by_text: dict[str, list[StoredQuote]] = defaultdict(list)
    by_speaker: dict[str, list[StoredQuote]] = defaultdict(list)
    for quote in occurrences:
        by_text[quote.text].append(quote)
        if quote.speaker is not None:
            by_speaker[quote.speaker].append(quote)
    whole = fold(longest.text)
    for text, quotes in by_text.items():
        if text == longest.text or not _may_differ(fold(text), whole):
            continue
        why = _changed(text, longest.text)
        if why is not None:
            ids = tuple(q.id for q in quotes)
            flags.append(Flag(code="meaning-changing-cut", message=why, quotes=ids))
    if len(by_speaker) > 1:
        names = " and ".join(
            f"{quotes[0].speaker_name} ({speaker})" for speaker, quotes in by_speaker.items()
        )
        ids = tuple(q.id for quotes in by_speaker.values() for q in quotes)
        message = f"attributed to {names}"
        flags.append(Flag(code="conflicting-speakers", message=message, quotes=ids))
    return flags


def _may_differ(cut: str, whole: str) -> bool:
    """Whether a shorter form could say something else: the check is asked about no others.

    Words that stand in the longer form in a row say the same unless a negator or number is near.

    Args:
        cut: its folded words.
        whole: those of the longer form.
    """
    if cut == whole:
        return False
    if f" {cut} " not in f" {whole} ":
        return True
    return any(negators(k) or is_number(k) or k.endswith("nt") for k in whole.split())


@lru_cache(maxsize=4096)
def _changed(cut: str, whole: str) -> str | None:
    """Returns what `meaning_changed` says, remembered: the same groups are asked for again."""
    index = _indexed(whole)
    return meaning_changed(cut, index) if index else None


@lru_cache(maxsize=64)
def _indexed(text: str) -> SourceIndex | None:
    from quotecheck.check import SourceIndex
    from quotecheck.errors import CheckInputError

    try:
        return SourceIndex(text)
    except CheckInputError:
        return None


def meaning_changed(cut: str, whole: str | SourceIndex) -> str | None:
    """Returns in what way a shorter form says something else than the longer one, or None.

    The check of a quote against its source decides: a negation, number, name or modal that went or
    came, or a negation just outside the cut. That the shorter form lacks words is no fault.

    Args:
        cut: the shorter form.
        whole: the longer one, indexed where several are compared with it.
    """
    from quotecheck.check import SourceIndex
    from quotecheck.errors import CheckInputError

    try:
        index = whole if isinstance(whole, SourceIndex) else SourceIndex(whole)
        found = index.check(cut)
    except CheckInputError:
        return None
    unsafe = sorted(_UNSAFE & set(found.flags))
    if unsafe:
        return f"{unsafe[0]}: {cut!r} was cut from {index.text!r}"
    weighty = sorted({e.weight for e in found.edits if e.weight in _WEIGHTY})
    if found.wording == "altered" and weighty:
        return f"{', '.join(weighty)} changed: {cut!r} was cut from {index.text!r}"
    return None


_WEIGHTY = frozenset({"negation", "number", "name", "modal"})

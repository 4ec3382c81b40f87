"""Quote groups as a reader sees them: every occurrence, the longest form, what to be wary of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from quotecheck.store import schema as t
from quotecheck.store.model import Flag, QuoteGroup, StoredQuote
from quotecheck.store.queries import load_quotes
from quotecheck.store.rows import chunks

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

__all__ = ["load_groups", "meaning_changed"]

#: Flags of a check under which a quote's cut changes what was said.
_UNSAFE = frozenset({"negation-before-cut", "number-cut"})


def load_groups(
    connection: Connection,
    where: Sequence[ColumnElement[bool]],
    *,
    latest: bool,
    at_least: int,
    limit: int | None,
) -> list[QuoteGroup]:
    """Returns the groups that hold a quote of the question, most carried first.

    A group comes whole: also the occurrences that the question itself leaves out.

    Args:
        connection: of a reader.
        where: conditions on quotes, as `quote_filter` makes them.
        latest: count only the latest version of each article.
        at_least: fewest articles that carry it.
        limit: how many groups at most.
    """
    from sqlalchemy import func, select

    wanted = (
        select(t.quote.c.group_key)
        .join(t.article, t.article.c.id == t.quote.c.article_id)
        .where(*where)
        .distinct()
    )
    works = func.count(func.coalesce(t.article.c.url, t.article.c.key).distinct())
    sized = (
        select(t.quote.c.group_key, works.label("works"))
        .join(t.article, t.article.c.id == t.quote.c.article_id)
        .where(t.quote.c.group_key.in_(wanted))
        .group_by(t.quote.c.group_key)
        .having(works >= at_least)
        .order_by(works.desc(), func.min(t.quote.c.day), func.min(t.quote.c.id))
    )
    if latest:
        sized = sized.where(t.article.c.latest.is_(True))
    if limit is not None:
        sized = sized.limit(limit)
    keys = [row.group_key for row in connection.execute(sized)]
    members: dict[str, list[StoredQuote]] = defaultdict(list)
    for batch in chunks(keys):
        conditions = [t.quote.c.group_key.in_(batch)]
        if latest:
            conditions.append(t.article.c.latest.is_(True))
        for quote in load_quotes(connection, conditions):
            members[quote.group].append(quote)
    return [_group(key, members[key]) for key in keys if members[key]]


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
    for text, quotes in by_text.items():
        why = None if text == longest.text else meaning_changed(text, longest.text)
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


def meaning_changed(cut: str, whole: str) -> str | None:
    """Returns in what way a shorter form says something else than the longer one, or None.

    The check of a quote against its source decides: a negation, number, name or modal that went or
    came, or a negation just outside the cut. That the shorter form lacks words is no fault.
    """
    from quotecheck.check import check
    from quotecheck.errors import CheckInputError

    try:
        found = check(cut, whole)
    except CheckInputError:
        return None
    unsafe = sorted(_UNSAFE & set(found.flags))
    if unsafe:
        return f"{unsafe[0]}: {cut!r} was cut from {whole!r}"
    weighty = sorted({e.weight for e in found.edits if e.weight in _WEIGHTY})
    if found.wording == "altered" and weighty:
        return f"{', '.join(weighty)} changed: {cut!r} was cut from {whole!r}"
    return None


_WEIGHTY = frozenset({"negation", "number", "name", "modal"})

"""Quote groups as a reader sees them: every occurrence, the longest form, what to be wary of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from quotecheck.check.lexicon import negators
from quotecheck.check.numbers import is_number
from quotecheck.store import schema as t
from quotecheck.store.filters import QuoteFilter
from quotecheck.store.model import Flag, QuoteGroup, StoredQuote
from quotecheck.store.queries import load_quotes
from quotecheck.store.rows import chunks
from quotecheck.store.words import fold

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from quotecheck.check import SourceIndex

__all__ = ["load_groups", "meaning_changed"]

#: Flags of a check under which a quote's cut changes what was said.
_UNSAFE = frozenset({"negation-before-cut", "number-cut"})


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
    from sqlalchemy import func, select

    latest = [t.article.c.latest.is_(True)] if wanted.versions == "latest" else []
    works = func.count(func.coalesce(t.article.c.url, t.article.c.key).distinct())
    # Most quotes stand alone: the index on groups leaves them out before any row is read.
    several = select(t.quote.c.group_key).group_by(t.quote.c.group_key)
    sized = (
        select(t.quote.c.group_key)
        .join(t.article, t.article.c.id == t.quote.c.article_id)
        .where(t.quote.c.group_key.in_(several.having(func.count() >= at_least)), *latest)
        .group_by(t.quote.c.group_key)
        .having(works >= at_least)
        .order_by(works.desc(), func.min(t.quote.c.day), func.min(t.quote.c.id))
    )
    if not wanted.open:
        asked = select(t.quote.c.group_key).join(t.article, t.article.c.id == t.quote.c.article_id)
        sized = sized.where(t.quote.c.group_key.in_(asked.where(*where)))
    if limit is not None:
        sized = sized.limit(limit)
    keys = list(connection.execute(sized).scalars())
    members: dict[str, list[StoredQuote]] = defaultdict(list)
    for batch in chunks(keys):
        for quote in load_quotes(connection, [t.quote.c.group_key.in_(batch), *latest]):
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
    index: SourceIndex | None = None
    for text, quotes in by_text.items():
        if text == longest.text or not _may_differ(text, longest.text):
            continue
        index = index or _indexed(longest.text)
        why = meaning_changed(text, index) if index else None
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
    """
    mine, theirs = fold(cut), fold(whole)
    if mine == theirs:
        return False
    keys = theirs.split()
    plain = not any(negators(key) or is_number(key) or key.endswith("nt") for key in keys)
    return not (plain and f" {mine} " in f" {theirs} ")


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

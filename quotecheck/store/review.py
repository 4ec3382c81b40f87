"""Speakers that may be one: what the rules would not merge on their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from quotecheck.store import schema as t
from quotecheck.store.forms import parse
from quotecheck.store.keys import meeting_keys
from quotecheck.store.model import ReviewPair, StoredSpeaker
from quotecheck.store.queries import load_speakers

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["candidate_pairs", "review"]

#: A key that more full names share than this proposes no pairs: sound keys of very common names.
MAX_SHARED = 400
#: The verdicts worth a person's time, likeliest first.
_ORDER = {"same": 0, "probable": 1, "compatible": 2, "ambiguous": 3}


def candidate_pairs(
    named: Mapping[str, Iterable[str]],
) -> dict[tuple[str, str], tuple[str, str, str]]:
    """Returns pairs of persons whose full names may be one person's.

    Only full names are compared: a bare family name that fits somebody is a doubt of the
    clustering. The answer does not depend on the order.

    >>> candidate_pairs({"S1": ["Robert Vell"], "S2": ["Bob Vell"], "S3": ["Ada Vell"]})
    {('S1', 'S2'): ('probable', 'Robert Vell', 'Bob Vell')}

    Args:
        named: full names by speaker id.

    Returns:
        (verdict, one name, other name) by pair of ids.
    """
    full = {
        speaker: [name for name in dict.fromkeys(names) if parse(name).level != "bare"]
        for speaker, names in sorted(named.items())
    }
    filed: dict[str, set[str]] = defaultdict(set)
    for speaker, names in full.items():
        for key in {key for name in names for key in meeting_keys("person", name)}:
            filed[key].add(speaker)
    met = {
        pair
        for speakers in filed.values()
        if len(speakers) <= MAX_SHARED
        for pair in combinations(sorted(speakers, key=_by_number), 2)
    }
    return _compared(met, full)


def _compared(
    pairs: Iterable[tuple[str, str]], full: Mapping[str, Sequence[str]]
) -> dict[tuple[str, str], tuple[str, str, str]]:
    """The verdict on each pair of speakers whose full names may be one person's."""
    from quotecheck.names import match_names

    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for one, other in sorted(pairs, key=lambda pair: (_by_number(pair[0]), _by_number(pair[1]))):
        verdicts = (
            (_ORDER[verdict], verdict, a, b)
            for a in full[one]
            for b in full[other]
            if (verdict := match_names(a, b).verdict) in _ORDER
        )
        best = min(verdicts, default=None)
        if best is not None:
            found[(one, other)] = best[1:]
    return found


def _by_number(speaker: str) -> tuple[int, str]:
    return (int(speaker[1:]) if speaker[1:].isdigit() else 0, speaker)


def review(connection: Connection, limit: int | None = None) -> list[ReviewPair]:
    """Returns the pairs that wait for a person, those that touch most quotes first."""
    from quotecheck.names import match_names

    apart = _kept_apart(connection)
    met, doubts = _met(connection), _doubts(connection)
    asked = {speaker for pair in (*met, *doubts) for speaker in pair}
    known = load_speakers(connection, (int(speaker[1:]) for speaker in asked))
    speakers = {s.id: s for s in known if s.type in _NAMED}
    full = {
        s.id: [n for n in dict.fromkeys((s.name, *s.aliases)) if parse(n).level != "bare"]
        for s in speakers.values()
    }
    found: dict[tuple[str, str], ReviewPair] = {}
    for (a, b), (verdict, name, other) in _compared(met, full).items():
        reason = match_names(name, other).reason
        if verdict in ("same", "compatible"):
            reason += "; something else tells them apart, or context does not decide"
        found[(a, b)] = _pair(speakers[a], speakers[b], verdict, reason, (name, other))
    for a, b in doubts:
        if (
            a in speakers
            and b in speakers
            and a != b
            and (a, b) not in found
            and ((b, a) not in found)
        ):
            one, two = speakers[a], speakers[b]
            why = "the short name fits, context does not decide"
            found[(a, b)] = _pair(one, two, "compatible", why, (one.name, two.name))
    waiting = [pair for key, pair in found.items() if key not in apart and key[::-1] not in apart]
    waiting.sort(key=lambda p: (-p.quotes, _ORDER[p.verdict], _by_number(p.left), p.right))
    return waiting if limit is None else waiting[:limit]


_NAMED = frozenset({"person", "organization"})


def _pair(
    one: StoredSpeaker, two: StoredSpeaker, verdict: str, reason: str, names: tuple[str, str]
) -> ReviewPair:
    return ReviewPair(
        left=one.id,
        right=two.id,
        left_name=names[0],
        right_name=names[1],
        verdict=verdict,
        reason=reason,
        quotes=min(one.quotes, two.quotes),
    )


def _met(connection: Connection) -> set[tuple[str, str]]:
    """Pairs of persons that are filed under one key; keys that too many share say nothing."""
    from sqlalchemy import func, select

    c, other = t.meeting.c, t.meeting.alias()
    sharing = func.count().between(2, MAX_SHARED)
    shared = select(c.key).group_by(c.key).having(sharing).subquery()
    query = (
        select(c.speaker_id, other.c.speaker_id)
        .join(shared, shared.c.key == c.key)
        .join(other, other.c.key == c.key)
        .where(c.speaker_id < other.c.speaker_id)
        .distinct()
    )
    return {(f"S{a}", f"S{b}") for a, b in connection.execute(query)}


def _doubts(connection: Connection) -> list[tuple[str, str]]:
    from sqlalchemy import select

    one, other = t.persona.alias(), t.persona.alias()
    query = (
        select(one.c.speaker_id, other.c.speaker_id)
        .select_from(t.doubt)
        .join(one, one.c.id == t.doubt.c.persona_id)
        .join(other, other.c.id == t.doubt.c.candidate_id)
        .distinct()
        .order_by(one.c.speaker_id, other.c.speaker_id)
    )
    return [(f"S{a}", f"S{b}") for a, b in connection.execute(query)]


def _kept_apart(connection: Connection) -> set[tuple[str, str]]:
    """Pairs of speakers that a person has told apart."""
    from sqlalchemy import select

    query = (
        select(*t.anchor.c["decision_id", "side"], t.persona.c.speaker_id)
        .join(t.persona, t.persona.c.id == t.anchor.c.persona_id)
        .join(t.decision, t.decision.c.id == t.anchor.c.decision_id)
        .where(t.decision.c.kind == "apart", t.decision.c.undone.is_(None))
        .distinct()
    )
    sides: dict[int, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for row in connection.execute(query):
        sides[row.decision_id][row.side].add(f"S{row.speaker_id}")
    return {(a, b) for left, right in sides.values() for a in left for b in right}

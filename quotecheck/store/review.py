"""Speakers that may be one: what the rules would not merge on their own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

from quotecheck.store import schema as t
from quotecheck.store.forms import parse
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
    from quotecheck.names import match_names

    full = {
        speaker: [name for name in dict.fromkeys(names) if parse(name).level != "bare"]
        for speaker, names in sorted(named.items())
    }
    filed: dict[str, set[str]] = defaultdict(set)
    for speaker, names in full.items():
        for key in {key for name in names for key in _meeting_keys(name)}:
            filed[key].add(speaker)
    pairs: dict[tuple[str, str], tuple[str, str, str]] = {}
    seen: set[tuple[str, str]] = set()
    for _, speakers in sorted(filed.items()):
        if len(speakers) > MAX_SHARED:
            continue
        for one, other in combinations(sorted(speakers, key=_by_number), 2):
            if (one, other) in seen:
                continue
            seen.add((one, other))
            verdicts = (
                (_ORDER[verdict], verdict, a, b)
                for a in full[one]
                for b in full[other]
                if (verdict := match_names(a, b).verdict) in _ORDER
            )
            best = min(verdicts, default=None)
            if best is not None:
                pairs[(one, other)] = best[1:]
    return pairs


def _meeting_keys(name: str) -> set[str]:
    """Keys under which full names meet that may be one person's; rarer than family names."""
    from quotecheck.names import name_key
    from quotecheck.names.fold import sound_key
    from quotecheck.names.lexicon import lexicon

    form, words = parse(name), lexicon()
    keys = name_key(name)
    families = {k for k in keys if "+" not in k and not k.startswith(("whole:", "given:"))}
    given = {sound_key(form.given), f"pet {form.given}"}
    given |= {f"pet {formal}" for formal in words.nicknames.get(form.given, ())}
    given |= {f"line {number}" for number in words.given_variants.get(form.given, ())}
    meeting = {k for k in keys if "+" in k or k.startswith("whole:")}
    return meeting | {f"{family}|{one}" for family in families for one in given}


def _by_number(speaker: str) -> tuple[int, str]:
    return (int(speaker[1:]) if speaker[1:].isdigit() else 0, speaker)


def review(connection: Connection, limit: int | None = None) -> list[ReviewPair]:
    """Returns the pairs that wait for a person, those that touch most quotes first."""
    from quotecheck.names import match_names

    speakers = {s.id: s for s in load_speakers(connection) if s.type in _NAMED}
    apart = _kept_apart(connection)
    found: dict[tuple[str, str], ReviewPair] = {}
    people = {s.id: [s.name, *s.aliases] for s in speakers.values() if s.type == "person"}
    for (a, b), (verdict, name, other) in candidate_pairs(people).items():
        reason = match_names(name, other).reason
        if verdict in ("same", "compatible"):
            reason += "; something else tells them apart, or context does not decide"
        found[(a, b)] = _pair(speakers[a], speakers[b], verdict, reason, (name, other))
    for a, b in _doubts(connection):
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

"""Keeping the stored quote groups equal to one grouping of everything.

A pair of wordings either stands one in the other or does not, whatever came first; groups follow
from these pairs and from the speakers. So only what touches a changed quote is computed again.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from quotecheck.store import schema as t
from quotecheck.store.rows import chunks
from quotecheck.store.wordings import (
    LONG,
    contains,
    fragments,
    lead,
    shingles,
    size,
    wording_key,
)
from quotecheck.store.words import winnow

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["drop_orphans", "regroup", "store_wordings"]


def store_wordings(connection: Connection, wordings: Iterable[str]) -> dict[str, int]:
    """Stores new wordings with what they contain and are contained in.

    Returns:
        row id by wording, for all of them.
    """
    from sqlalchemy import select

    by_key = {wording_key(w): w for w in wordings if w}
    ids: dict[str, int] = {}
    for batch in chunks(sorted(by_key)):
        query = select(*t.wording.c["key", "id"]).where(t.wording.c.key.in_(batch))
        ids |= {by_key[row.key]: row.id for row in connection.execute(query)}
    new = [(key, w) for key, w in by_key.items() if w not in ids]
    if not new:
        return ids
    connection.execute(
        t.wording.insert(),
        [{"key": key, "folded": w, "size": size(w), "lead": lead(w)} for key, w in new],
    )
    fresh: dict[str, int] = {}
    for batch in chunks(key for key, _ in new):
        query = select(*t.wording.c["key", "id"]).where(t.wording.c.key.in_(batch))
        fresh |= {by_key[row.key]: row.id for row in connection.execute(query)}
    kept = {w: shingles(w) for w in fresh}
    rows = [{"hash": h, "wording_id": fresh[w]} for w in fresh for h in sorted(kept[w])]
    if rows:
        connection.execute(t.shingle.insert(), rows)
    _store_containments(connection, fresh, kept)
    return ids | fresh


def _store_containments(
    connection: Connection, fresh: Mapping[str, int], kept: Mapping[str, frozenset[int]]
) -> None:
    """Finds the pairs in which a new wording is the whole or the part."""
    from sqlalchemy import func, select

    hashes = sorted({h for found in kept.values() for h in found})
    counts: dict[int, int] = {}
    parts: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for batch in chunks(hashes):
        count = select(t.shingle.c.hash, func.count()).where(t.shingle.c.hash.in_(batch))
        counted = connection.execute(count.group_by(t.shingle.c.hash))
        counts |= {row[0]: row[1] for row in counted}
        waiting = select(*t.wording.c["lead", "id", "folded"]).where(t.wording.c.lead.in_(batch))
        for row in connection.execute(waiting):
            parts[row.lead].append((row.id, row.folded))
    rarest = {
        w: min(sorted(_longest(w) & found), key=lambda h: counts[h])
        for w, found in kept.items()
        if found
    }
    wholes: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for batch in chunks(sorted(set(rarest.values()))):
        query = (
            select(t.shingle.c.hash, *t.wording.c["id", "folded"])
            .join(t.wording, t.wording.c.id == t.shingle.c.wording_id)
            .where(t.shingle.c.hash.in_(batch))
        )
        for row in connection.execute(query):
            wholes[row.hash].append((row.id, row.folded))
    pairs: dict[tuple[int, int], bool] = {}
    for w, row_id in fresh.items():
        for other_id, other in wholes.get(rarest.get(w, -1), ()):
            _pair(pairs, (other_id, other), (row_id, w))
        for h in kept[w]:
            for other_id, other in parts.get(h, ()):
                _pair(pairs, (row_id, w), (other_id, other))
    if pairs:
        connection.execute(
            t.containment.insert(),
            [{"whole_id": a, "part_id": b, "cut": cut} for (a, b), cut in sorted(pairs.items())],
        )


def _longest(wording: str) -> frozenset[int]:
    return winnow(max(fragments(wording), key=len))


def _pair(
    pairs: dict[tuple[int, int], bool], whole: tuple[int, str], part: tuple[int, str]
) -> None:
    if whole[0] == part[0] or (whole[0], part[0]) in pairs:
        return
    cut = contains(whole[1], part[1])
    if cut is not None:
        pairs[(whole[0], part[0])] = cut


def regroup(connection: Connection, touched: Iterable[int]) -> None:
    """Computes the groups of the quotes of some wordings again, and of all they touch.

    Args:
        connection: of the writer.
        touched: ids of wordings that are new, whose quotes changed speaker, or next to which a
            wording went.
    """
    start = set(touched)
    components = _components(connection, start)
    changed: set[int] = set()
    for members, cluster_id in components:
        for batch in chunks(sorted(members)):
            here = t.wording.c.id.in_(batch)
            stale = t.wording.c.cluster.is_distinct_from(cluster_id)
            connection.execute(t.wording.update().where(here, stale).values(cluster=cluster_id))
            connection.execute(
                t.quote.update()
                .where(t.quote.c.wording_id.in_(batch))
                .where(t.quote.c.group_key != f"G{cluster_id}")
                .values(group_key=f"G{cluster_id}")
            )
        changed |= members
    _attach_short(connection, start | changed)


def _components(connection: Connection, start: set[int]) -> list[tuple[set[int], int]]:
    """The sets of long wordings that hang together, as far as they touch ``start``."""
    from sqlalchemy import or_, select

    whole, part = t.wording.alias(), t.wording.alias()
    edges: dict[int, set[int]] = defaultdict(set)
    seen: set[int] = set()
    border = _long(connection, start | _next_to(connection, start))
    while border:
        seen |= border
        found: set[int] = set()
        for batch in chunks(sorted(border)):
            c = t.containment.c
            query = (
                select(c.whole_id, c.part_id)
                .join(whole, whole.c.id == c.whole_id)
                .join(part, part.c.id == c.part_id)
                .where(or_(c.whole_id.in_(batch), c.part_id.in_(batch)))
                .where(whole.c.size >= LONG, part.c.size >= LONG)
            )
            for a, b in connection.execute(query):
                edges[a].add(b)
                edges[b].add(a)
                found |= {a, b}
        border = found - seen
    out = []
    while seen:
        members, queue = set(), [seen.pop()]
        while queue:
            one = queue.pop()
            members.add(one)
            more = edges[one] & seen
            seen -= more
            queue += more
        out.append((members, min(members)))
    return out


def _long(connection: Connection, ids: set[int]) -> set[int]:
    from sqlalchemy import select

    found: set[int] = set()
    for batch in chunks(sorted(ids)):
        query = select(t.wording.c.id).where(t.wording.c.id.in_(batch), t.wording.c.size >= LONG)
        found |= set(connection.execute(query).scalars())
    return found


def _next_to(connection: Connection, ids: set[int]) -> set[int]:
    """The wordings that stand in some wordings."""
    from sqlalchemy import select

    found: set[int] = set()
    for batch in chunks(sorted(ids)):
        query = select(t.containment.c.part_id).where(t.containment.c.whole_id.in_(batch))
        found |= set(connection.execute(query).scalars())
    return found


def _attach_short(connection: Connection, around: set[int]) -> None:
    """Gives short quotes to the one longer quote of the same speaker that holds them.

    Longer ones first, since a short quote may hang on another short one.
    """
    from sqlalchemy import select

    heap: list[tuple[int, int]] = []
    queued: set[int] = set()

    def push(ids: set[int]) -> None:
        for batch in chunks(sorted(ids - queued)):
            query = select(*t.wording.c["id", "size"]).where(
                t.wording.c.id.in_(batch), t.wording.c.size < LONG
            )
            for row in connection.execute(query):
                queued.add(row.id)
                heapq.heappush(heap, (-row.size, row.id))

    push(around | _next_to(connection, around))
    while heap:
        _, wording_id = heapq.heappop(heap)
        if _attach_one(connection, wording_id):
            push(_next_to(connection, {wording_id}))


def _attach_one(connection: Connection, wording_id: int) -> bool:
    """Sets the group of each quote of a short wording; returns whether one changed."""
    from sqlalchemy import select

    here = select(*t.quote.c["id", "speaker_id", "group_key"]).where(
        t.quote.c.wording_id == wording_id
    )
    quotes = connection.execute(here).all()
    speakers = {row.speaker_id for row in quotes if row.speaker_id is not None}
    fits: dict[int, Counter[tuple[bool, str]]] = defaultdict(Counter)
    if speakers:
        around = (
            select(*t.quote.c["speaker_id", "group_key"], (t.wording.c.size >= LONG).label("long"))
            .join(t.containment, t.containment.c.whole_id == t.quote.c.wording_id)
            .join(t.wording, t.wording.c.id == t.quote.c.wording_id)
            .where(t.containment.c.part_id == wording_id)
            .where(t.quote.c.speaker_id.in_(sorted(speakers)))
        )
        for row in connection.execute(around):
            fits[row.speaker_id][(bool(row.long), row.group_key)] += 1
    changed = False
    for row in quotes:
        key = f"W{wording_id}S{row.speaker_id}" if row.speaker_id else f"Q{row.id}"
        found = fits.get(row.speaker_id, Counter())
        groups = {g for is_long, g in found if is_long} or {g for _, g in found}
        if len(groups) == 1:
            key = groups.pop()
        if key != row.group_key:
            connection.execute(t.quote.update().where(t.quote.c.id == row.id).values(group_key=key))
            changed = True
    return changed


def drop_orphans(connection: Connection, wordings: Iterable[int]) -> set[int]:
    """Deletes wordings that no quote has any more; returns the wordings next to them."""
    from sqlalchemy import or_, select

    around: set[int] = set()
    for batch in chunks(sorted(set(wordings))):
        used = select(t.quote.c.wording_id).where(t.quote.c.wording_id.in_(batch))
        gone = set(batch) - set(connection.execute(used).scalars())
        if not gone:
            continue
        c = t.containment.c
        edges = select(c.whole_id, c.part_id).where(or_(c.whole_id.in_(gone), c.part_id.in_(gone)))
        for a, b in connection.execute(edges):
            around |= {a, b}
        clusters = select(t.wording.c.cluster).where(t.wording.c.id.in_(gone))
        left = select(t.wording.c.id).where(t.wording.c.cluster.in_(clusters))
        around |= set(connection.execute(left).scalars())
        connection.execute(t.wording.delete().where(t.wording.c.id.in_(gone)))
        around -= gone
    return around

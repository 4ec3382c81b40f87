"""Keeping the stored quote groups equal to one grouping of everything.

A pair of wordings either stands one in the other or does not, whatever came first; groups follow
from these pairs and from the speakers. So only what touches a changed quote is computed again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from quotecheck.store import schema as t
from quotecheck.store.rows import chunks, select_in
from quotecheck.store.wordings import (
    FEWEST,
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
    from sqlalchemy import BindParameter, Connection

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
    from sqlalchemy import bindparam, select

    start = set(touched)
    wanted = {
        wording_id: cluster_id
        for members, cluster_id in _components(connection, start)
        for wording_id in members
    }
    stored = select(*t.wording.c["id", "cluster"])
    moved = [
        {"row": row.id, "to": wanted[row.id], "key": f"G{wanted[row.id]}"}
        for row in select_in(connection, stored, t.wording.c.id, sorted(wanted))
        if row.cluster != wanted[row.id] or row.id in start
    ]
    if moved:
        at: BindParameter[int] = bindparam("row")
        connection.execute(
            t.wording.update().where(t.wording.c.id == at).values(cluster=bindparam("to")),
            [{"row": m["row"], "to": m["to"]} for m in moved],
        )
        connection.execute(
            t.quote.update().where(t.quote.c.wording_id == at).values(group_key=bindparam("key")),
            [{"row": m["row"], "key": m["key"]} for m in moved],
        )
    _attach_short(connection, start | {int(str(m["row"])) for m in moved})


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
    query = select(t.containment.c.part_id)
    for row in select_in(connection, query, t.containment.c.whole_id, sorted(ids)):
        found.add(row.part_id)
    return found


def _attach_short(connection: Connection, around: set[int]) -> None:
    """Gives short quotes to the one longer quote of the same speaker that holds them.

    Longer ones first, since a short quote may hang on another short one.
    """
    from sqlalchemy import select

    waiting: dict[int, set[int]] = defaultdict(set)
    query = select(*t.wording.c["id", "size"]).where(t.wording.c.size < LONG)

    def push(ids: set[int]) -> None:
        for row in select_in(connection, query, t.wording.c.id, sorted(ids)):
            waiting[row.size].add(row.id)

    push(around | _next_to(connection, around))
    for level in range(LONG - 1, 0, -1):
        # A cut-up quote and its source can have the same number of words: once more for those.
        while waiting[level]:
            changed = _attach_level(connection, waiting.pop(level), level)
            push(_next_to(connection, changed))


def _attach_level(connection: Connection, wordings: set[int], level: int) -> set[int]:
    """Sets the group of each quote of some short wordings; returns those where one changed."""
    from sqlalchemy import bindparam, select

    ids = sorted(wordings)
    here = select(*t.quote.c["id", "wording_id", "speaker_id", "group_key"])
    quotes = list(select_in(connection, here, t.quote.c.wording_id, ids))
    around = (
        select(
            t.containment.c.part_id,
            *t.quote.c["speaker_id", "group_key"],
            (t.wording.c.size >= LONG).label("long"),
        )
        .join(t.quote, t.quote.c.wording_id == t.containment.c.whole_id)
        .join(t.wording, t.wording.c.id == t.containment.c.whole_id)
        .where(t.quote.c.speaker_id.is_not(None))
        .distinct()
    )
    fits: dict[tuple[int, int], set[tuple[bool, str]]] = defaultdict(set)
    for row in select_in(connection, around, t.containment.c.part_id, ids):
        fits[(row.part_id, row.speaker_id)].add((bool(row.long), row.group_key))
    updates = []
    for row in quotes:
        found = fits.get((row.wording_id, row.speaker_id), set())
        key = _short_key(found, row.id, row.wording_id, row.speaker_id, level)
        if key != row.group_key:
            updates.append({"row": row.id, "key": key, "wording": row.wording_id})
    if updates:
        connection.execute(
            t.quote.update()
            .where(t.quote.c.id == bindparam("row"))
            .values(group_key=bindparam("key")),
            [{"row": u["row"], "key": u["key"]} for u in updates],
        )
    return {int(u["wording"]) for u in updates}


def _short_key(
    found: set[tuple[bool, str]], quote: int, wording: int, speaker: int | None, level: int
) -> str:
    """The group of a short quote: of its only longer quote, of its wording, or its own."""
    groups = {g for is_long, g in found if is_long} or {g for _, g in found}
    if len(groups) == 1:
        return groups.pop()
    if speaker is None or level < FEWEST:
        return f"Q{quote}"
    return f"W{wording}S{speaker}"


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

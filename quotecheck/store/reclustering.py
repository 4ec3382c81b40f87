"""Keeping the stored speakers equal to one clustering of everything.

After a change only the blocks it touched are clustered again, together with the blocks that a
person's decisions tie to them; see `quotecheck.store.clustering` for why that is enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from quotecheck.store import schema as t
from quotecheck.store.clustering import cluster
from quotecheck.store.forms import organization_key, parse
from quotecheck.store.model import Cluster, Persona
from quotecheck.store.rows import (
    chunks,
    insert_one,
    load_decisions,
    load_neighbours,
    load_personas,
    now,
)
from quotecheck.store.words import fold

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["Naming", "lookup_keys", "naming", "recluster", "tied_blocks"]


@frozen(kw_only=True)
class Naming:
    """What a speaker is called.

    Attributes:
        name: the full name that most articles give.
        type: the type that most articles give.
        forms: (form, number of articles), most frequent first.
    """

    name: str
    type: str
    forms: tuple[tuple[str, int], ...]


def naming(personas: Iterable[Persona]) -> Naming:
    """Returns the name of a speaker: the given and family name that most articles give.

    Versions of one page count once. Spellings that differ in case or accents count as one form,
    written as most articles write it, capitals avoided.

    >>> def one(n, name): return Persona(key=n, article=n, work=n, type="person", name=name)
    >>> naming([one("1", "ADA VELL"), one("2", "Ada Vell"), one("3", "Ada K. Vell")]).forms
    (('Ada Vell', 2), ('Ada K. Vell', 1))
    """
    people = list(personas)
    kinds = Counter(p.type for p in sorted(people, key=lambda p: p.key))
    kind = min(kinds, key=lambda k: (-kinds[k], k))
    works: dict[str, set[str]] = defaultdict(set)
    main: dict[str, set[str]] = defaultdict(set)
    spelled: dict[str, Counter[str]] = defaultdict(Counter)
    for persona in people:
        for place, form in enumerate((persona.name, *persona.aliases)):
            bare = parse(form).text if persona.type == "person" else form
            key = fold(bare) or bare
            works[key].add(persona.work)
            spelled[key][bare] += 1
            if place == 0:
                main[key].add(persona.work)
    written = {
        key: min(found, key=lambda s: (s.isupper(), -found[s], s)) for key, found in spelled.items()
    }

    def rank(key: str) -> tuple[bool, int, int, str]:
        whole = kind != "person" or parse(written[key]).level == "full"
        return (not whole, -len(main[key]), -len(written[key]), key)

    best = min(main, key=rank)
    forms = sorted(works, key=lambda key: (-len(works[key]), key))
    return Naming(
        name=written[best],
        type=kind,
        forms=tuple((written[key], len(works[key])) for key in forms),
    )


def recluster(connection: Connection, blocks: Iterable[str]) -> set[int]:
    """Clusters some blocks again and stores what changed.

    Returns:
        ids of the personas whose speaker changed.
    """
    decisions, ties = load_decisions(connection)
    wanted = _closure(set(blocks), ties)
    rows = load_personas(connection, wanted)
    touching = [d for d in decisions if ties[d.id] & wanted]
    result = cluster(
        (persona for _, _, persona in rows.values()),
        touching,
        lambda articles: load_neighbours(connection, articles),
    )
    before: dict[int, set[str]] = defaultdict(set)
    for key, (_, speaker_id, _) in rows.items():
        if speaker_id is not None:
            before[speaker_id].add(key)
    ids = _speaker_ids(connection, result.clusters, rows, before)
    changed: set[int] = set()
    moves: list[dict[str, int]] = []
    for found, speaker_id in zip(result.clusters, ids, strict=True):
        for key in found.members:
            if rows[key][1] != speaker_id:
                moves.append({"at": rows[key][0], "to": speaker_id})
                changed.add(rows[key][0])
    _move(connection, moves)
    for found, speaker_id in zip(result.clusters, ids, strict=True):
        if set(found.members) != before.get(speaker_id):
            _write_speaker(connection, speaker_id, [rows[key][2] for key in found.members])
        _write_links(connection, speaker_id, found)
    _write_doubts(connection, rows, result.doubts)
    gone = set(before) - set(ids)
    for batch in chunks(sorted(gone)):
        connection.execute(t.speaker.delete().where(t.speaker.c.id.in_(batch)))
    return changed


def tied_blocks(connection: Connection, blocks: Iterable[str]) -> set[str]:
    """Returns the blocks and all that the decisions that hold now tie to them."""
    return _closure(set(blocks), load_decisions(connection)[1])


def _closure(blocks: set[str], ties: Mapping[int, frozenset[str]]) -> set[str]:
    """The blocks, and all that decisions tie to them."""
    while True:
        more = {b for tied in ties.values() if tied & blocks for b in tied} - blocks
        if not more:
            return blocks
        blocks |= more


def _speaker_ids(
    connection: Connection,
    clusters: Iterable[Cluster],
    rows: Mapping[str, tuple[int, int | None, Persona]],
    before: Mapping[int, set[str]],
) -> list[int]:
    """The id of each cluster: of the old speaker it shares most personas with, or a new one."""
    overlaps: list[tuple[int, int, int]] = []
    for index, found in enumerate(clusters):
        shared = Counter(rows[key][1] for key in found.members)
        overlaps += [(-n, old, index) for old, n in shared.items() if old is not None]
    ids: dict[int, int] = {}
    taken: set[int] = set()
    for _, old, index in sorted(overlaps):
        if index not in ids and old not in taken:
            ids[index] = old
            taken.add(old)
    out = []
    for index, found in enumerate(clusters):
        if index not in ids:
            named = naming(rows[key][2] for key in found.members)
            made = t.speaker.insert().values(
                type=named.type, name=named.name, folded=fold(named.name)
            )
            ids[index] = insert_one(connection, made)
        out.append(ids[index])
    return out


def _move(connection: Connection, moves: list[dict[str, int]]) -> None:
    """Gives personas and their quotes to their new speakers."""
    from sqlalchemy import bindparam

    if not moves:
        return
    connection.execute(
        t.persona.update()
        .where(t.persona.c.id == bindparam("at"))
        .values(speaker_id=bindparam("to")),
        moves,
    )
    connection.execute(
        t.quote.update()
        .where(t.quote.c.persona_id == bindparam("at"))
        .values(speaker_id=bindparam("to")),
        moves,
    )


def _write_speaker(connection: Connection, speaker_id: int, personas: list[Persona]) -> None:
    """Writes the name, the forms and the lookup keys of a speaker."""
    from sqlalchemy import select

    named = naming(personas)
    connection.execute(
        t.speaker.update()
        .where(t.speaker.c.id == speaker_id)
        .values(type=named.type, name=named.name, folded=fold(named.name))
    )
    connection.execute(t.name.delete().where(t.name.c.speaker_id == speaker_id))
    connection.execute(
        t.name.insert(),
        [{"speaker_id": speaker_id, "form": f, "articles": n} for f, n in named.forms],
    )
    keys = {key for form, _ in named.forms for key in lookup_keys(named.type, form)}
    here = t.lookup.c.speaker_id == speaker_id
    known = set(connection.execute(select(t.lookup.c.key).where(here)).scalars())
    for batch in chunks(sorted(known - keys)):
        connection.execute(t.lookup.delete().where(here, t.lookup.c.key.in_(batch)))
    if keys - known:
        rows = [{"key": key, "speaker_id": speaker_id} for key in sorted(keys - known)]
        connection.execute(t.lookup.insert(), rows)


def lookup_keys(kind: str, form: str) -> set[str]:
    """Returns the keys under which a name is filed; names that may match share one."""
    from quotecheck.names import name_key

    if kind == "person":
        return {f"p:{key}" for key in name_key(form)} | {f"f:{fold(form)}"}
    keys = {f"f:{fold(form)}"}
    if kind == "organization":
        keys.add(f"f:{organization_key(form)}")
    return keys


def _write_links(connection: Connection, speaker_id: int, found: Cluster) -> None:
    """Keeps the log of a speaker's merges by rule in step; decisions have a log of their own."""
    from sqlalchemy import select

    here = t.link.c.speaker_id == speaker_id
    stored = {
        (row.left, row.right, row.rule): (row.id, row.reason)
        for row in connection.execute(
            select(*t.link.c["id", "left", "right", "rule", "reason"]).where(here)
        )
    }
    wanted = {
        (k.left, k.right, k.rule): k.reason
        for k in reversed(found.links)
        if not k.rule.startswith("decision")
    }
    drop = [n for key, (n, _) in stored.items() if key not in wanted]
    for batch in chunks(drop):
        connection.execute(t.link.delete().where(t.link.c.id.in_(batch)))
    for key, reason in wanted.items():
        if key in stored and stored[key][1] != reason:
            connection.execute(
                t.link.update().where(t.link.c.id == stored[key][0]).values(reason=reason)
            )
    new = [
        {
            "speaker_id": speaker_id,
            "left": left,
            "right": right,
            "rule": rule,
            "reason": reason,
            "at": now(),
        }
        for (left, right, rule), reason in sorted(wanted.items())
        if (left, right, rule) not in stored
    ]
    if new:
        connection.execute(t.link.insert(), new)


def _write_doubts(
    connection: Connection,
    rows: Mapping[str, tuple[int, int | None, Persona]],
    doubts: Iterable[tuple[str, tuple[str, ...]]],
) -> None:
    """Replaces the doubts about the personas that were clustered."""
    from sqlalchemy import select

    wanted = {(rows[key][0], rows[other][0]) for key, others in doubts for other in others}
    ids = [row_id for row_id, _, _ in rows.values()]
    stored: set[tuple[int, int]] = set()
    for batch in chunks(ids):
        query = select(*t.doubt.c["persona_id", "candidate_id"])
        for row in connection.execute(query.where(t.doubt.c.persona_id.in_(batch))):
            stored.add((row.persona_id, row.candidate_id))
    for one, other in stored - wanted:
        connection.execute(
            t.doubt.delete().where(t.doubt.c.persona_id == one, t.doubt.c.candidate_id == other)
        )
    new = [{"persona_id": a, "candidate_id": b} for a, b in sorted(wanted - stored)]
    if new:
        connection.execute(t.doubt.insert(), new)

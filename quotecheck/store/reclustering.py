"""Keeping the stored speakers equal to one clustering of everything.

After a change only the blocks it touched are clustered again, together with the blocks that a
person's decisions tie to them; see `quotecheck.store.clustering` for why that is enough.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from quotecheck.store import schema as t
from quotecheck.store.clustering import cluster
from quotecheck.store.forms import parse
from quotecheck.store.keys import lookup_keys, meeting_keys
from quotecheck.store.model import Cluster, Persona
from quotecheck.store.rows import (
    chunks,
    delete_in,
    insert_all,
    load_decisions,
    load_neighbours,
    load_personas,
    now,
    select_in,
)
from quotecheck.store.words import fold

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

__all__ = ["Naming", "naming", "recluster", "tied_blocks"]


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
    moves = [
        {"row": rows[key][0], "to": speaker_id}
        for found, speaker_id in zip(result.clusters, ids, strict=True)
        for key in sorted(found.members)
        if rows[key][1] != speaker_id
    ]
    _move(connection, moves)
    renamed = {
        speaker_id: naming(rows[key][2] for key in found.members)
        for found, speaker_id in zip(result.clusters, ids, strict=True)
        if set(found.members) != before.get(speaker_id)
    }
    _write_names(connection, renamed)
    _write_links(connection, dict(zip(ids, result.clusters, strict=True)))
    _write_doubts(connection, rows, result.doubts)
    delete_in(connection, t.speaker, t.speaker.c.id, sorted(set(before) - set(ids)))
    return {move["row"] for move in moves}


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
    clusters: Sequence[Cluster],
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
    new = [(index, found) for index, found in enumerate(clusters) if index not in ids]
    made = insert_all(
        connection,
        t.speaker,
        [_speaker_row(naming(rows[key][2] for key in found.members)) for _, found in new],
    )
    ids |= {index: number for (index, _), number in zip(new, made, strict=True)}
    return [ids[index] for index in range(len(ids))]


def _speaker_row(named: Naming) -> dict[str, str]:
    return {"type": named.type, "name": named.name, "folded": fold(named.name)}


def _move(connection: Connection, moves: list[dict[str, int]]) -> None:
    """Gives personas and their quotes to their new speakers."""
    from sqlalchemy import bindparam

    if not moves:
        return
    connection.execute(
        t.persona.update()
        .where(t.persona.c.id == bindparam("row"))
        .values(speaker_id=bindparam("to")),
        moves,
    )
    connection.execute(
        t.quote.update()
        .where(t.quote.c.persona_id == bindparam("row"))
        .values(speaker_id=bindparam("to")),
        moves,
    )


def _write_names(connection: Connection, renamed: Mapping[int, Naming]) -> None:
    """Writes the names, the forms and the lookup keys of speakers."""
    from sqlalchemy import bindparam

    if not renamed:
        return
    ids = sorted(renamed)
    connection.execute(
        t.speaker.update()
        .where(t.speaker.c.id == bindparam("row"))
        .values(type=bindparam("type"), name=bindparam("name"), folded=bindparam("folded")),
        [_speaker_row(named) | {"row": n} for n, named in renamed.items()],
    )
    delete_in(connection, t.name, t.name.c.speaker_id, ids)
    connection.execute(
        t.name.insert(),
        [
            {"speaker_id": n, "form": form, "articles": number}
            for n, named in renamed.items()
            for form, number in named.forms
        ],
    )
    for table, keys in ((t.lookup, lookup_keys), (t.meeting, meeting_keys)):
        wanted = {
            (n, key)
            for n, named in renamed.items()
            for form, _ in named.forms
            for key in keys(named.type, form)
        }
        _file(connection, table, ids, wanted)


def _file(
    connection: Connection, table: Table, ids: Sequence[int], wanted: set[tuple[int, str]]
) -> None:
    """Makes a table of keys hold these (speaker, key) pairs for some speakers."""
    from sqlalchemy import and_, or_, select

    column = table.c.speaker_id
    stored = select(*table.c["speaker_id", "key"])
    known = {(row[0], row[1]) for row in select_in(connection, stored, column, ids)}
    for batch in chunks(sorted(known - wanted), 100):
        gone = or_(*(and_(column == n, table.c.key == key) for n, key in batch))
        connection.execute(table.delete().where(gone))
    if wanted - known:
        new = [{"key": key, "speaker_id": n} for n, key in sorted(wanted - known)]
        connection.execute(table.insert(), new)


def _write_links(connection: Connection, clusters: Mapping[int, Cluster]) -> None:
    """Keeps the log of the merges by rule in step; decisions have a log of their own."""
    from sqlalchemy import bindparam, select

    query = select(*t.link.c["id", "speaker_id", "left", "right", "rule", "reason"])
    stored = {
        (row.speaker_id, row.left, row.right, row.rule): (row.id, row.reason)
        for row in select_in(connection, query, t.link.c.speaker_id, sorted(clusters))
    }
    wanted = {
        (n, link.left, link.right, link.rule): link.reason
        for n, found in clusters.items()
        for link in reversed(found.links)
        if not link.rule.startswith("decision")
    }
    gone = [number for key, (number, _) in stored.items() if key not in wanted]
    delete_in(connection, t.link, t.link.c.id, sorted(gone))
    changed = [
        {"row": stored[key][0], "why": reason}
        for key, reason in wanted.items()
        if key in stored and stored[key][1] != reason
    ]
    if changed:
        connection.execute(
            t.link.update().where(t.link.c.id == bindparam("row")).values(reason=bindparam("why")),
            changed,
        )
    new = [
        dict(zip(("speaker_id", "left", "right", "rule"), key, strict=True))
        | {"reason": reason, "at": now()}
        for key, reason in sorted(wanted.items())
        if key not in stored
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
    ids = sorted(row_id for row_id, _, _ in rows.values())
    query = select(*t.doubt.c["persona_id", "candidate_id"])
    stored = {(row[0], row[1]) for row in select_in(connection, query, t.doubt.c.persona_id, ids)}
    for one, other in sorted(stored - wanted):
        pair = (t.doubt.c.persona_id == one, t.doubt.c.candidate_id == other)
        connection.execute(t.doubt.delete().where(*pair))
    new = [{"persona_id": a, "candidate_id": b} for a, b in sorted(wanted - stored)]
    if new:
        connection.execute(t.doubt.insert(), new)

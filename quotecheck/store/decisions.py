"""What a person decides: merges, splits, aliases, annotations, and taking them back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from quotecheck.errors import DecisionError, StoreInputError
from quotecheck.store import schema as t
from quotecheck.store.clustering import name_id
from quotecheck.store.forms import block_of, parse
from quotecheck.store.model import Merge
from quotecheck.store.reclustering import tied_blocks
from quotecheck.store.rows import chunks, insert_all, now, numbered
from quotecheck.store.settling import settle

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["add_alias", "annotate", "keep_apart", "log", "merge", "split", "undo"]

#: What a person may want to know before believing a decision of long ago.
_NO_REASON = "no reason given"


def merge(connection: Connection, a: int, b: int, reason: str) -> str:
    """Records that two speakers are one."""
    if a == b:
        raise DecisionError(f"S{a} and S{b} are one speaker already.")
    left, right = _personas(connection, a), _personas(connection, b)
    _forbid_contradiction(connection, set(left) | set(right))
    names = (_name(connection, a), _name(connection, b))
    return _decide(connection, "merge", left, right, names, reason)


def keep_apart(connection: Connection, a: int, b: int, reason: str) -> str:
    """Records that two speakers are not one."""
    if a == b:
        raise DecisionError(f"S{a} is one speaker: use split to take it apart.")
    names = (_name(connection, a), _name(connection, b))
    return _decide(
        connection, "apart", _personas(connection, a), _personas(connection, b), names, reason
    )


def split(
    connection: Connection,
    speaker_id: int,
    *,
    articles: Collection[str],
    names: Collection[str],
    reason: str,
) -> str:
    """Records that what some articles or names say of a speaker is about somebody else."""
    from sqlalchemy import select

    if not articles and not names:
        raise DecisionError(
            "a split needs articles (addresses or keys) or names that are somebody else's."
        )
    wanted = {parse(name).node for name in names}
    query = (
        select(*t.persona.c["id", "name"], t.article.c.url, t.article.c.key)
        .join(t.article, t.article.c.id == t.persona.c.article_id)
        .where(t.persona.c.speaker_id == speaker_id)
    )
    rows = connection.execute(query).all()
    out = {
        row.id
        for row in rows
        if row.url in articles or row.key in articles or parse(row.name).node in wanted
    }
    stay = [row.id for row in rows if row.id not in out]
    if not out or not stay:
        have = ", ".join(sorted({row.name for row in rows})[:8])
        raise DecisionError(
            f"S{speaker_id}: {'nothing' if not out else 'everything'} would be split off. Its "
            f"articles give the names {have}."
        )
    moved = sorted({row.name for row in rows if row.id in out})
    both = (_name(connection, speaker_id), ", ".join(moved))
    return _decide(connection, "apart", stay, sorted(out), both, reason)


def add_alias(connection: Connection, name: str, others: Iterable[str], reason: str) -> str:
    """Records that several names belong to one speaker, seen already or not."""
    names = list(dict.fromkeys([name, *others]))
    if len({name_id("person", n) for n in names}) < 2:
        raise DecisionError("an alias needs at least two different names.")
    for one in names:
        if not one.strip():
            raise StoreInputError("a name must not be empty.")
    ids = [_add_decision(connection, "alias", (names[0], ", ".join(names[1:])), reason)]
    rows = []
    for one in names:
        blocks = {block_of("person", one, ""), block_of("organization", one, "")}
        rows += [
            {"decision_id": ids[0], "name": one, "block": block}
            for block in sorted(blocks)
            if not block.startswith("x:")
        ]
    connection.execute(t.alias.insert(), rows)
    settle(connection, {str(row["block"]) for row in rows})
    return f"D{ids[0]}"


def undo(connection: Connection, merge_id: str, reason: str) -> str:
    """Takes back a decision ("D3"), or a merge that a rule made ("L8") by keeping its sides apart.

    Returns:
        id of the decision that holds now: the undone one, or the new split.
    """
    from sqlalchemy import select

    number = numbered(merge_id, "D")
    if number is not None:
        row = connection.execute(t.decision.select().where(t.decision.c.id == number)).first()
        if row is None:
            raise DecisionError(f"there is no decision {merge_id}: `track log` lists them.")
        if row.undone is not None:
            raise DecisionError(f"{merge_id} was undone on {row.undone} already.")
        blocks = _blocks_of(connection, number)
        tied = tied_blocks(connection, blocks)
        connection.execute(
            t.decision.update()
            .where(t.decision.c.id == number)
            .values(undone=now(), reason=row.reason + (f"; undone: {reason}" if reason else ""))
        )
        settle(connection, tied)
        return merge_id
    number = numbered(merge_id, "L")
    link = None
    if number is not None:
        link = connection.execute(select(t.link).where(t.link.c.id == number)).first()
    if link is None:
        raise DecisionError(f"there is no merge {merge_id}: `track log` lists them.")
    return split(
        connection, link.speaker_id, articles=(), names=(link.left,), reason=reason or "undone"
    )


def annotate(connection: Connection, speaker_id: int, key: str, value: str | None) -> None:
    """Sets, or with None deletes, a fact about a speaker."""
    if not key.strip():
        raise StoreInputError("an annotation needs a key, such as 'party'.")
    personas = _personas(connection, speaker_id)
    for batch in chunks(personas):
        connection.execute(
            t.annotation.delete().where(
                t.annotation.c.persona_id.in_(batch), t.annotation.c.key == key
            )
        )
    if value is not None:
        connection.execute(
            t.annotation.insert().values(persona_id=personas[0], key=key, value=value, at=now())
        )


def log(connection: Connection, speaker_id: int | None) -> list[Merge]:
    """Returns every merge by rule and every decision, newest first; of one speaker if given."""
    from sqlalchemy import select

    entries: list[Merge] = []
    links = select(t.link)
    if speaker_id is not None:
        links = links.where(t.link.c.speaker_id == speaker_id)
    for row in connection.execute(links):
        entries.append(
            Merge(
                id=f"L{row.id}",
                action="merge",
                by="rule",
                left=row.left,
                right=row.right,
                reason=row.reason,
                at=row.at,
                active=True,
                speakers=(f"S{row.speaker_id}",),
            )
        )
    touched = _speakers_of_decisions(connection)
    for row in connection.execute(select(t.decision)):
        speakers = sorted(touched.get(row.id, set()))
        if speaker_id is None or speaker_id in speakers:
            entries.append(
                Merge(
                    id=f"D{row.id}",
                    action=row.kind,
                    by="person",
                    left=row.left,
                    right=row.right,
                    reason=row.reason,
                    at=row.at,
                    active=row.undone is None,
                    speakers=tuple(f"S{n}" for n in speakers),
                )
            )
    return sorted(entries, key=lambda e: (e.at, e.id[0], int(e.id[1:])), reverse=True)


def _speakers_of_decisions(connection: Connection) -> dict[int, set[int]]:
    from sqlalchemy import select

    found: dict[int, set[int]] = {}
    query = (
        select(t.anchor.c.decision_id, t.persona.c.speaker_id)
        .join(t.persona, t.persona.c.id == t.anchor.c.persona_id)
        .where(t.persona.c.speaker_id.is_not(None))
        .distinct()
    )
    for decision_id, speaker_id in connection.execute(query):
        found.setdefault(decision_id, set()).add(speaker_id)
    aliases = (
        select(t.alias.c.decision_id, t.name.c.speaker_id)
        .join(t.name, t.name.c.form == t.alias.c.name)
        .distinct()
    )
    for decision_id, speaker_id in connection.execute(aliases):
        found.setdefault(decision_id, set()).add(speaker_id)
    return found


def _personas(connection: Connection, speaker_id: int) -> list[int]:
    from sqlalchemy import select

    query = select(t.persona.c.id).where(t.persona.c.speaker_id == speaker_id)
    return sorted(connection.execute(query).scalars())


def _name(connection: Connection, speaker_id: int) -> str:
    from sqlalchemy import select

    query = select(t.speaker.c.name).where(t.speaker.c.id == speaker_id)
    return str(connection.execute(query).scalar_one())


def _forbid_contradiction(connection: Connection, personas: set[int]) -> None:
    """Raises when a split that holds has both its sides among the personas."""
    from sqlalchemy import select

    query = (
        select(*t.anchor.c["decision_id", "side", "persona_id"])
        .join(t.decision, t.decision.c.id == t.anchor.c.decision_id)
        .where(t.decision.c.kind == "apart", t.decision.c.undone.is_(None))
    )
    sides: dict[int, set[int]] = {}
    for row in connection.execute(query):
        if row.persona_id in personas:
            sides.setdefault(row.decision_id, set()).add(row.side)
    both = sorted(n for n, found in sides.items() if len(found) == 2)
    if both:
        raise DecisionError(f"D{both[0]} keeps them apart: undo D{both[0]} first.")


def _add_decision(connection: Connection, kind: str, names: tuple[str, str], reason: str) -> int:
    row = {"kind": kind, "left": names[0], "right": names[1], "at": now()}
    return insert_all(connection, t.decision, [row | {"reason": reason or _NO_REASON}])[0]


def _decide(
    connection: Connection,
    kind: str,
    left: list[int],
    right: list[int],
    names: tuple[str, str],
    reason: str,
) -> str:
    number = _add_decision(connection, kind, names, reason)
    connection.execute(
        t.anchor.insert(),
        [
            {"decision_id": number, "persona_id": persona_id, "side": side}
            for side, ids in enumerate((left, right))
            for persona_id in ids
        ],
    )
    settle(connection, _blocks_of(connection, number))
    return f"D{number}"


def _blocks_of(connection: Connection, decision_id: int) -> set[str]:
    from sqlalchemy import select

    anchored = (
        select(t.persona.c.block)
        .join(t.anchor, t.anchor.c.persona_id == t.persona.c.id)
        .where(t.anchor.c.decision_id == decision_id)
    )
    named = select(t.alias.c.block).where(t.alias.c.decision_id == decision_id)
    return {*connection.execute(anchored).scalars(), *connection.execute(named).scalars()}

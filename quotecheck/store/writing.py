"""Adding articles, taking them out again, and forgetting a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from attrs import field, frozen

from quotecheck.errors import StoreInputError
from quotecheck.records import AnalysisRecord, Attribution
from quotecheck.store import schema as t
from quotecheck.store.clustering import name_key, persona_block
from quotecheck.store.grouping import drop_orphans, store_wordings
from quotecheck.store.model import Added
from quotecheck.store.personas import article_key, personas_of
from quotecheck.store.reclustering import tied_blocks
from quotecheck.store.rows import (
    chunks,
    clean_date,
    day_of,
    insert_all,
    now,
    outlet_of,
    profile_json,
    select_in,
)
from quotecheck.store.settling import settle, wordings_of
from quotecheck.store.tally import refresh
from quotecheck.store.wordings import wording_of
from quotecheck.store.words import fold

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

__all__ = [
    "Incoming",
    "add_batch",
    "forget_personas",
    "mark_latest",
    "remove_articles",
]


@frozen(kw_only=True)
class Incoming:
    """An article on its way into the store.

    Attributes:
        analysis: its records.
        url: its address; the analysis' own by default.
        published: its date; the analysis' own by default.
        outlet: who published it; the host of the address by default.
        title: its title; the analysis' own by default.
    """

    analysis: AnalysisRecord
    url: str | None = None
    published: str | date | None = field(default=None)
    outlet: str | None = None
    title: str | None = None

    @classmethod
    def of(cls, item: object) -> Incoming:
        """Returns an incoming article from an analysis, or a pair of analysis and facts.

        Raises:
            StoreInputError: it is neither.
        """
        if isinstance(item, Incoming):
            return item
        if isinstance(item, AnalysisRecord):
            return cls(analysis=item)
        if isinstance(item, tuple) and len(item) == 2 and isinstance(item[0], AnalysisRecord):
            facts = item[1]
            if isinstance(facts, Mapping) and set(facts) <= _FACTS:
                return cls(analysis=item[0], **facts)
        raise StoreInputError(
            f"cannot add a {type(item).__name__}: give an Analysis, or a pair of an Analysis and a "
            f"dict with any of {', '.join(sorted(_FACTS))}."
        )


_FACTS = {"url", "published", "outlet", "title"}


@frozen(kw_only=True)
class _Placed:
    """An incoming article with its place in the store."""

    item: Incoming
    url: str | None
    key: str
    version: int
    published: str | None


def add_batch(connection: Connection, batch: Iterable[Incoming]) -> list[Added]:
    """Adds articles in one transaction and brings speakers and groups up to date."""
    items = list(batch)
    answers, fresh = _place(connection, items)
    if not fresh:
        return answers
    ids = insert_all(connection, t.article, [_article_row(p) for p in fresh])
    for url in sorted({p.url for p in fresh if p.version > 1 and p.url}):
        mark_latest(connection, url)
    personas, blocks = _insert_personas(connection, fresh, ids)
    wordings = _insert_quotes(connection, fresh, ids, personas)
    settle(connection, blocks, wordings=wordings, articles=ids)
    return answers


def _place(connection: Connection, items: list[Incoming]) -> tuple[list[Added], list[_Placed]]:
    """Tells what is known already from what is new."""
    from sqlalchemy import func, select

    urls = [item.url or item.analysis.url or None for item in items]
    keys = [article_key(u, i.analysis.text_sha256) for u, i in zip(urls, items, strict=True)]
    query = select(*t.article.c["key", "version"])
    known = {row.key: row.version for row in select_in(connection, query, t.article.c.key, keys)}
    last = select(t.article.c.url, func.max(t.article.c.version)).group_by(t.article.c.url)
    addresses = sorted({url for url in urls if url})
    versions = {r[0]: r[1] for r in select_in(connection, last, t.article.c.url, addresses)}
    answers, fresh = [], []
    for item, url, key in zip(items, urls, keys, strict=True):
        version = known.get(key)
        if version is None:
            version = versions.get(url, 0) + 1 if url else 1
            published = item.published if item.published is not None else item.analysis.published
            fresh.append(
                _Placed(
                    item=item, url=url, key=key, version=version, published=clean_date(published)
                )
            )
            status: Literal["added", "version", "unchanged"] = "version" if version > 1 else "added"
            known[key] = version
            if url:
                versions[url] = version
        else:
            status = "unchanged"
        number = len(item.analysis.attributions)
        answers.append(Added(key=key, status=status, version=version, quotes=number))
    return answers, fresh


def _article_row(placed: _Placed) -> dict[str, Any]:
    analysis = placed.item.analysis
    return {
        "key": placed.key,
        "url": placed.url,
        "sha": analysis.text_sha256,
        "title": placed.item.title or analysis.title,
        "outlet": placed.item.outlet or outlet_of(placed.url),
        "published": placed.published,
        "day": day_of(placed.published),
        "source": analysis.source,
        "language": analysis.language,
        "model": f"{analysis.model.name} {analysis.model.version}",
        "added": now(),
        "version": placed.version,
        "latest": True,
    }


def mark_latest(connection: Connection, url: str) -> None:
    """Marks the version with the latest date as the one that counts; later added wins a tie."""
    from sqlalchemy import func, select

    here = t.article.c.url == url
    order = (func.coalesce(t.article.c.published, "").desc(), t.article.c.id.desc())
    last = connection.execute(select(t.article.c.id).where(here).order_by(*order)).scalars().first()
    connection.execute(t.article.update().where(here).values(latest=t.article.c.id == last))
    refresh(connection, connection.execute(select(t.article.c.id).where(here)).scalars().all())


def _insert_personas(
    connection: Connection, fresh: list[_Placed], articles: list[int]
) -> tuple[dict[str, int], set[str]]:
    """Stores the personas; returns row ids by persona key, and their blocks."""
    rows: list[dict[str, Any]] = []
    for placed, article_id in zip(fresh, articles, strict=True):
        for persona in personas_of(placed.item.analysis, placed.url):
            rows.append(
                {
                    "key": persona.key,
                    "article_id": article_id,
                    "type": persona.type,
                    "name": persona.name,
                    "block": persona_block(persona),
                    "neighbour": name_key(persona.type, persona.name),
                    "profile": profile_json(persona),
                }
            )
    ids = insert_all(connection, t.persona, rows)
    by_key = {row["key"]: number for row, number in zip(rows, ids, strict=True)}
    return by_key, {row["block"] for row in rows}


def _insert_quotes(
    connection: Connection,
    fresh: list[_Placed],
    articles: list[int],
    personas: Mapping[str, int],
) -> set[int]:
    """Stores the attributions; returns the ids of their wordings."""
    said = [
        (placed, article_id, a, wording_of(a))
        for placed, article_id in zip(fresh, articles, strict=True)
        for a in placed.item.analysis.attributions
    ]
    ids = store_wordings(connection, (wording for *_, wording in said))
    rows = [
        _quote_row(a)
        | {
            "article_id": article_id,
            "persona_id": personas.get(f"{placed.key}:{a.speaker.id}") if a.speaker else None,
            "wording_id": ids.get(wording),
            "group_key": "" if wording else f"A{article_id}.{a.id}",
            "day": day_of(placed.published),
        }
        for placed, article_id, a, wording in said
    ]
    numbers = insert_all(connection, t.quote, rows)
    candidates = [
        {"quote_id": number, "persona_id": personas[f"{placed.key}:{entity}"]}
        for (placed, _, a, _), number in zip(said, numbers, strict=True)
        if a.speaker is None
        for entity in dict.fromkeys(c.id for c in a.candidates)
        if f"{placed.key}:{entity}" in personas
    ]
    if candidates:
        connection.execute(t.candidate.insert(), candidates)
    return set(ids.values())


def _quote_row(a: Attribution) -> dict[str, Any]:
    folded = fold(a.text)
    return {
        "ref": a.id,
        "kind": a.kind,
        "act": a.act,
        "negated": a.negated,
        "hypothetical": a.hypothetical,
        "text": a.text,
        "folded": folded,
        "words": len(folded.split()),
        "spans": json.dumps([[s.start, s.end] for s in a.content], separators=(",", ":")),
        "cue": " ".join(s.text for s in a.cue),
        "source": " ".join(s.text for s in a.source),
        "parent": a.parent,
        "confidence": a.confidence,
        "speaker_confidence": a.speaker_confidence,
    }


# ---------------------------------------------------------------------------------- taking out


def remove_articles(connection: Connection, articles: list[int]) -> None:
    """Takes articles out with all that rests on them."""
    from sqlalchemy import select

    personas: dict[int, str] = {}
    wordings: set[int] = set()
    for batch in chunks(articles):
        query = select(*t.persona.c["id", "block"]).where(t.persona.c.article_id.in_(batch))
        personas |= {row.id: row.block for row in connection.execute(query)}
        said = select(t.quote.c.wording_id).where(t.quote.c.article_id.in_(batch))
        wordings |= set(connection.execute(said).scalars())
    blocks = tied_blocks(connection, personas.values())
    _hand_over(connection, set(personas))
    for batch in chunks(articles):
        connection.execute(t.article.delete().where(t.article.c.id.in_(batch)))
    _after(connection, blocks, wordings - {None})


def forget_personas(connection: Connection, speaker_id: int) -> tuple[int, int]:
    """Deletes a speaker with every persona, quote, annotation and decision.

    Returns:
        the number of quotes and of articles it was deleted from.
    """
    from sqlalchemy import select

    here = t.persona.c.speaker_id == speaker_id
    rows = connection.execute(select(*t.persona.c["id", "block", "article_id"]).where(here)).all()
    personas = [row.id for row in rows]
    blocks = tied_blocks(connection, (row.block for row in rows))
    wordings = wordings_of(connection, personas)
    decisions: set[int] = set()
    quotes = 0
    for batch in chunks(personas):
        held = select(t.anchor.c.decision_id).where(t.anchor.c.persona_id.in_(batch))
        decisions |= set(connection.execute(held).scalars())
        gone = connection.execute(t.quote.delete().where(t.quote.c.persona_id.in_(batch)))
        quotes += gone.rowcount
    forms = select(t.name.c.form).where(t.name.c.speaker_id == speaker_id)
    folded = {fold(form) for form in connection.execute(forms).scalars()}
    for row in connection.execute(select(*t.alias.c["decision_id", "name"])):
        if fold(row.name) in folded:
            decisions.add(row.decision_id)
    for batch in chunks(sorted(decisions)):
        connection.execute(t.decision.delete().where(t.decision.c.id.in_(batch)))
    for batch in chunks(personas):
        connection.execute(t.persona.delete().where(t.persona.c.id.in_(batch)))
    connection.execute(t.speaker.delete().where(t.speaker.c.id == speaker_id))
    articles = {row.article_id for row in rows}
    _after(connection, blocks, wordings, articles)
    return quotes, len(articles)


def _hand_over(connection: Connection, leaving: set[int]) -> None:
    """Moves annotations and decisions to another persona of the same speaker and name."""
    from sqlalchemy import select

    for batch in chunks(sorted(leaving)):
        for table in (t.annotation, t.anchor):
            held = (
                select(table.c.persona_id, *t.persona.c["speaker_id", "name"])
                .join(t.persona, t.persona.c.id == table.c.persona_id)
                .where(table.c.persona_id.in_(batch))
                .distinct()
            )
            for old, speaker_id, name in connection.execute(held).all():
                heir = _heir(connection, leaving, speaker_id, name, table is t.annotation)
                if heir is not None:
                    _inherit(connection, table, old, heir)


def _heir(
    connection: Connection, leaving: set[int], speaker_id: int | None, name: str, any_name: bool
) -> int | None:
    from sqlalchemy import case, select

    query = select(t.persona.c.id).where(t.persona.c.speaker_id == speaker_id)
    if not any_name:
        query = query.where(t.persona.c.name == name)
    best = case((t.persona.c.name == name, 0), else_=1)
    for persona_id in connection.execute(query.order_by(best, t.persona.c.id)).scalars():
        if persona_id not in leaving:
            return int(persona_id)
    return None


def _inherit(connection: Connection, table: Table, old: int, heir: int) -> None:
    from sqlalchemy import select

    if table is t.anchor:
        taken = select(*t.anchor.c["decision_id", "side"]).where(t.anchor.c.persona_id == heir)
        for decision_id, side in connection.execute(taken).all():
            connection.execute(
                t.anchor.delete().where(
                    t.anchor.c.persona_id == old,
                    t.anchor.c.decision_id == decision_id,
                    t.anchor.c.side == side,
                )
            )
    connection.execute(table.update().where(table.c.persona_id == old).values(persona_id=heir))


def _after(
    connection: Connection,
    blocks: set[str],
    wordings: set[int],
    articles: Iterable[int] = (),
) -> None:
    """Drops what nothing holds any more and recomputes the rest."""
    from sqlalchemy import exists, select

    _drop_empty_decisions(connection)
    around = drop_orphans(connection, wordings)
    query = select(t.wording.c.id)
    left = {row.id for row in select_in(connection, query, t.wording.c.id, sorted(wordings))}
    settle(connection, blocks, wordings=left | around, articles=articles)
    nobody = ~exists().where(t.persona.c.speaker_id == t.speaker.c.id)
    connection.execute(t.speaker.delete().where(nobody))


def _drop_empty_decisions(connection: Connection) -> None:
    """Deletes merges and splits one side of which has gone."""
    from sqlalchemy import exists

    for side in (0, 1):
        held = exists().where(t.anchor.c.decision_id == t.decision.c.id, t.anchor.c.side == side)
        connection.execute(
            t.decision.delete().where(t.decision.c.kind.in_(("merge", "apart")), ~held)
        )

"""Which stored speaker a name means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quotecheck.errors import AmbiguousSpeakerError, StoreInputError, UnknownSpeakerError
from quotecheck.store import schema as t
from quotecheck.store.forms import organization_key
from quotecheck.store.keys import lookup_keys
from quotecheck.store.model import SpeakerLike, SpeakerMatch, StoredSpeaker
from quotecheck.store.queries import load_speakers
from quotecheck.store.rows import chunks, numbered
from quotecheck.store.words import fold

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["find", "resolve", "row_id"]

#: Best first. ``different`` names are never an answer.
_ORDER = {"same": 0, "compatible": 1, "probable": 2, "ambiguous": 3}


def find(connection: Connection, name: str) -> list[SpeakerMatch]:
    """Returns the speakers that a name may mean, best first; several when several fit."""
    hits = _fitting(connection, name)
    speakers = {int(s.id[1:]): s for s in load_speakers(connection, hits)}
    matches = [
        SpeakerMatch(speaker=speakers[n], verdict=verdict, matched=form, reason=reason)
        for n, (verdict, form, reason) in hits.items()
        if n in speakers
    ]
    return sorted(
        matches,
        key=lambda m: (_ORDER[m.verdict], -m.speaker.quotes, -m.speaker.articles, m.speaker.name),
    )


def _fitting(connection: Connection, name: str) -> dict[int, tuple[str, str, str]]:
    """Best (verdict, form, reason) by speaker row id."""
    from sqlalchemy import select

    from quotecheck.names import match_names

    keys = lookup_keys("person", name) | lookup_keys("organization", name)
    ids: set[int] = set()
    for batch in chunks(sorted(keys)):
        query = select(t.lookup.c.speaker_id).where(t.lookup.c.key.in_(batch))
        ids |= set(connection.execute(query).scalars())
    best: dict[int, tuple[str, str, str]] = {}
    for some in chunks(sorted(ids)):
        query = (
            select(*t.name.c["speaker_id", "form"], t.speaker.c.type)
            .join(t.speaker, t.speaker.c.id == t.name.c.speaker_id)
            .where(t.name.c.speaker_id.in_(some))
            .order_by(t.name.c.articles.desc(), t.name.c.form)
        )
        for row in connection.execute(query):
            if row.type == "person":
                found = match_names(name, row.form)
                verdict, reason = str(found.verdict), found.reason
            elif fold(name) == fold(row.form) or organization_key(name) == organization_key(
                row.form
            ):
                verdict, reason = "same", "the same name"
            else:
                continue
            if verdict not in _ORDER:
                continue
            old = best.get(row.speaker_id)
            if old is None or _ORDER[verdict] < _ORDER[old[0]]:
                best[row.speaker_id] = (verdict, row.form, reason)
    return best


def resolve(connection: Connection, speaker: str) -> int:
    """Returns the row id of the one speaker that an id ("S12") or a name means.

    Raises:
        UnknownSpeakerError: there is none; names that come near are in ``suggestions``.
        AmbiguousSpeakerError: several fit.
    """
    from sqlalchemy import select

    number = numbered(speaker, "S")
    if number is not None:
        known = select(t.speaker.c.id).where(t.speaker.c.id == number)
        if connection.execute(known).first() is not None:
            return number
    matches = find(connection, speaker) if speaker.strip() else []
    exact = [m for m in matches if fold(m.speaker.name) == fold(speaker)]
    for level in (exact, *([m for m in matches if m.verdict == v] for v in ("same", "compatible"))):
        spoken = [m for m in level if m.speaker.quotes] or level
        if len(spoken) == 1:
            return int(spoken[0].speaker.id[1:])
        if spoken:
            raise AmbiguousSpeakerError(
                speaker, tuple(f"{m.speaker.id} {m.speaker.name}" for m in spoken[:12])
            )
    raise UnknownSpeakerError(
        speaker, tuple(f"{m.speaker.name} ({m.speaker.id})" for m in matches[:3])
    )


def row_id(connection: Connection, speaker: SpeakerLike) -> int:
    """Returns the row id of a speaker however it is given.

    Raises:
        UnknownSpeakerError: nobody has this name or id.
        AmbiguousSpeakerError: several have it.
        StoreInputError: neither an id, a name nor a `StoredSpeaker`.
    """
    wanted = speaker.id if isinstance(speaker, StoredSpeaker) else speaker
    if not isinstance(wanted, str):
        raise StoreInputError(
            f"a speaker is an id, a name or a StoredSpeaker, not {type(speaker).__name__}."
        )
    if isinstance(speaker, StoredSpeaker) and numbered(wanted, "S") is None:
        raise StoreInputError(f"{wanted!r} is no speaker's id.")
    return resolve(connection, wanted)

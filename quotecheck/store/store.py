"""The speaker store: one object over the tables, for reading and for writing."""

from __future__ import annotations

from quotecheck.store.changing import Changing
from quotecheck.store.deciding import Deciding
from quotecheck.store.reading import Reading

__all__ = ["SpeakerStore"]


class SpeakerStore(Reading, Changing, Deciding):
    """Speakers and quotes of many articles, in an SQLite file or a PostgreSQL database.

    A speaker is given as an id ("S12"), a `StoredSpeaker`, or a name that fits exactly one. All
    methods raise `StoreError` with what to do when the database cannot be used; nothing that an
    earlier call stored is lost then. The store can be used by several threads and processes.

    >>> from quotecheck.testing import build, said
    >>> text = "“The mill stays open,” said Ada Pell."
    >>> analysis = build(text, said("“The mill stays open,”", cue="said", source="Ada Pell"))
    >>> with SpeakerStore(":memory:") as store:
    ...     added = store.add(analysis, url="https://daily.example/1", published="2026-03-01")
    ...     [(q.speaker_name, q.text) for q in store.quotes(speaker="Pell")]
    [('Ada Pell', '“The mill stays open,”')]

    Args:
        where: path of the file (made if missing), ``":memory:"``, or
            ``postgresql://user@host/database``.
        read_only: only look.

    Raises:
        StoreUnavailableError: it cannot be opened.
        StoreReadOnlyError: it cannot be written and ``read_only`` was not asked for.
        StoreDamagedError: it is no speaker store, or broken.
        StoreSchemaError: a later version of quotecheck made it.
    """

"""Speakers of many articles in one database: two reports about the same people.

python examples/track_speakers.py
"""

import tempfile
from pathlib import Path

import quotecheck

FIRST = """Marisol Quist, the mayor of Saltmere, spoke to reporters on Tuesday.
“The harbour stays open,” Quist said."""
SECOND = """Mayor Marisol Quist has kept her word.
“The harbour stays open,” she said in March, and it did."""

with (
    tempfile.TemporaryDirectory() as folder,
    quotecheck.SpeakerStore(str(Path(folder) / "speakers.db")) as store,
):
    for number, text in enumerate((FIRST, SECOND), start=1):
        store.add(
            quotecheck.analyze(text),
            url=f"https://ledger.example/{number}",
            published=f"2024-03-0{number}",
        )
    for quote in store.quotes(speaker="Marisol Quist"):
        print(f"{quote.published}  {quote.speaker_name} {quote.cue}: {quote.text}  ({quote.url})")

"""Speakers and quotes across articles: `SpeakerStore` and what it works with.

`cluster` is the pure function behind it, usable on its own or inside a data engine.
"""

from __future__ import annotations

from quotecheck.store.clustering import cluster, neighbours_of, persona_block
from quotecheck.store.filters import QuoteFilter
from quotecheck.store.model import (
    Added,
    Cluster,
    Clustering,
    Count,
    Decision,
    Flag,
    Forgotten,
    Link,
    Merge,
    Persona,
    QuoteGroup,
    ReviewPair,
    SpeakerMatch,
    StoredArticle,
    StoredQuote,
    StoredSpeaker,
)
from quotecheck.store.personas import personas_of
from quotecheck.store.store import SpeakerStore

__all__ = [
    "Added",
    "Cluster",
    "Clustering",
    "Count",
    "Decision",
    "Flag",
    "Forgotten",
    "Link",
    "Merge",
    "Persona",
    "QuoteFilter",
    "QuoteGroup",
    "ReviewPair",
    "SpeakerMatch",
    "SpeakerStore",
    "StoredArticle",
    "StoredQuote",
    "StoredSpeaker",
    "cluster",
    "neighbours_of",
    "persona_block",
    "personas_of",
]

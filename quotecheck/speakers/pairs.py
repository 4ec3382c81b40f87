"""Numbers that describe a mention and one that it may refer to, for a learned scorer.

The features are those of mention-pair rankers (Wiseman et al., 2015; Clark and Manning, 2016):
distance, grammatical role, form, kind and agreement of the antecedent's figure, how often it has
been mentioned, and, for the news, quotation marks and who spoke last. `PairScorer` adds what the
encoder makes of the words themselves.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from quotecheck.coreference import DISTANCES, FORMS, KINDS, RANKS, ROLES
from quotecheck.speakers.cast import Cast, Event
from quotecheck.speakers.leanings import leaning
from quotecheck.speakers.page import Page

if TYPE_CHECKING:
    from quotecheck.speakers.antecedents import Query

__all__ = ["CLAUSES", "PairRanker", "PairScorer", "nearest_subject"]

#: What parts clauses.
CLAUSES = re.compile(r"[,;:—–(]|\b(?:and|but|that|who|which|when|while|as|after|because|if)\b")
#: Candidate mentions scored for each figure, the latest first.
EVENTS = 3


@runtime_checkable
class PairScorer(Protocol):
    """Scores the candidates of a mention: what a learned coreference head offers."""

    def scores(
        self,
        query: tuple[int, int],
        about: Sequence[float],
        candidates: Sequence[tuple[int, int]],
        pairs: Sequence[Sequence[float]],
    ) -> tuple[Sequence[float], float] | None:
        """Returns a log-odds for each candidate and one for none of them; None for no opinion.

        Args:
            query: the mention's span.
            about: its `quotecheck.coreference.QUERY_FEATURES`.
            candidates: spans of other mentions: those before it, and a subject ahead of it.
            pairs: their `quotecheck.coreference.FEATURES`.
        """
        ...


class PairRanker:
    """Ranks the figures that a mention may mean by a scorer of pairs.

    Args:
        page: the article.
        cast: its figures and their mentions so far.
        scorer: the learned part.
    """

    def __init__(self, page: Page, cast: Cast, scorer: PairScorer) -> None:
        self._page, self._cast, self._scorer = page, cast, scorer
        self._static: dict[tuple[int, int], list[float]] = {}

    def rank(
        self, query: Query, found: Mapping[int, Sequence[Event]], speaker: int | None
    ) -> tuple[dict[int, float], float] | None:
        """Returns a score for each figure and one for none of them, or None for no opinion.

        Args:
            query: the mention.
            found: the figures that agree with it, the latest first, each with its mentions, the
                latest first.
            speaker: the figure that spoke last.
        """
        spans: list[tuple[int, int]] = []
        rows: list[list[float]] = []
        owners: list[int] = []
        counts = self._cast.counts
        total = max(1, sum(counts[key] for key in found))
        nearest = nearest_subject(query, self._cast)
        for rank, (key, events) in enumerate(found.items()):
            shared = self._figure(query, key, events, rank, counts[key] / total, speaker)
            for back, event in enumerate(events[:EVENTS]):
                spans.append((event.start, event.end))
                rows.append(self._row(query, event, back, shared, event is nearest))
                owners.append(key)
        answer = self._scorer.scores(
            (query.start, query.end), self._about(query, found), spans, rows
        )
        if answer is None:
            return None
        best: dict[int, float] = {}
        for key, score in zip(owners, answer[0], strict=True):
            known = best.get(key)
            best[key] = float(score) if known is None else _either(known, float(score))
        return best, answer[1]

    def _about(self, query: Query, found: Mapping[int, Sequence[Event]]) -> list[float]:
        plural = query.word in ("they", "them", "their", "theirs", "themselves")
        thing = query.word in ("it", "its", "itself")
        low = self._page.sentence_bounds(query.start)[0]
        return [
            float("m" in query.genders),
            float("f" in query.genders),
            float(thing),
            float(plural),
            float(not query.word),
            *(float(query.role == r) for r in ROLES[:5]),
            float(query.quoted >= 0),
            float(query.speaker is not None),
            math.log1p(max(0, query.start - low)) / 6,
            math.log1p(len(found)),
        ]

    def _figure(
        self,
        query: Query,
        key: int,
        events: Sequence[Event],
        rank: int,
        share: float,
        speaker: int | None,
    ) -> tuple[list[float], list[float]]:
        figure = self._cast[key]
        ranks = [float(rank == r) for r in RANKS[:3]]
        known = figure.gender is not None
        return [*ranks, float(rank >= 3)], [
            float(speaker == key),
            float(query.speaker == key),
            math.log1p(min(self._cast.counts[key], 20)),
            share,
            float(bool(query.genders) and known),
            float(bool(query.genders) and not known),
            float(figure.headline),
            *leaning(figure, query.genders),
            math.log1p(sum(query.sentence - e.sentence <= 2 for e in events)),
            float(figure.first >= events[0].start),
        ]

    def _row(
        self,
        query: Query,
        event: Event,
        back: int,
        shared: tuple[list[float], list[float]],
        nearest: bool,
    ) -> list[float]:
        rank, known = shared
        gap = max(0, query.sentence - event.sentence)
        blocks = query.block - event.block
        text = self._page.text
        same = event.form == "pronoun" and text[event.start : event.end].lower() == query.word
        subject = query.role in ("source", "subject")
        ahead = event.start > query.start
        between = (query.end, event.start) if ahead else (event.end, query.start)
        return [
            *self._about_event(event),
            *(float(gap == d) for d in DISTANCES[:4]),
            float(4 <= gap < 7),
            float(gap >= 7),
            math.log1p(max(0, query.start - event.end)) / 4,
            *rank,
            float(back),
            float(blocks == 0),
            float(min(blocks, 8)) / 4,
            float(query.quoted >= 0 and query.quoted == event.quoted),
            float(query.quoted < 0 <= event.quoted),
            float(query.quoted >= 0 and query.quoted != event.quoted),
            float(subject == (event.role in ("source", "subject"))),
            *known[:9],
            float(same),
            float(0 <= query.start - event.end <= 2),
            *known[9:],
            float(event.role == query.role),
            float(nearest),
            float(nearest and query.role == "object" and not query.word.endswith("self")),
            min(3.0, float(len(CLAUSES.findall(text, *between)))) if gap < 2 else 3.0,
            float(ahead),
            math.log1p(max(0, event.start - query.end)) / 4,
        ]

    def _about_event(self, event: Event) -> list[float]:
        made = self._static.get((event.start, event.end))
        if made is None:
            low = self._page.sentence_bounds(event.start)[0]
            kind = self._cast[event.figure].kind
            made = [
                *(float(event.role == r) for r in ROLES),
                *(float(event.form == f) for f in FORMS),
                *(float(kind == k) for k in KINDS),
                math.log1p(max(0, event.start - low)) / 6,
                float(event.start - low <= 1),
            ]
            self._static[event.start, event.end] = made
        return made


def nearest_subject(query: Query, cast: Cast) -> Event | None:
    """Returns the last subject before the query in its sentence."""
    for event in reversed(cast.events[-12:]):
        if event.sentence != query.sentence:
            return None
        if event.role in ("source", "subject") and event.start < query.start:
            return event
    return None


def _either(a: float, b: float) -> float:
    """Returns log(exp(a) + exp(b))."""
    high, low = max(a, b), min(a, b)
    return high + math.log1p(math.exp(low - high))

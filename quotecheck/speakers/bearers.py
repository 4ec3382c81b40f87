"""Who is meant by a surname that several people of an article bear.

The evidence: how often and in which role each has been named in full, headlines, the bare surname
where it was clear, who was named first, and who has been silent for long. Recency alone never
decides.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from itertools import accumulate

from quotecheck.speakers.cast import Cast
from quotecheck.speakers.page import Page

__all__ = ["Bearers"]

#: How much a full name counts towards being the article's bearer of a shared surname, by role.
ROLE_WEIGHTS = {
    "source": 1.0,
    "subject": 1.0,
    "possessive": 0.7,
    "object": 0.5,
    "oblique": 0.4,
    "modifier": 0.4,
}
#: The same for a given name alone.
GIVEN_WEIGHT = 0.5
#: Kin who are brought in by a relation ("his father, Karl Vell") and never speak lose weight.
RELATIVE_WEIGHT = 0.3
_RELATION = re.compile(
    r"(?:\b(?:his|her|their)|['’]s)\s+(?:[\w-]+\s+){0,2}?(?:wife|husband|spouse|son|daughter|father|mother|"
    r"brother|sister|uncle|aunt|cousin|nephew|niece|grand(?:father|mother|son|daughter)|widow|fianc[ée]e?),?\s*\Z",
    re.I,
)
#: What each surname alone adds for its bearer, and how many of them count.
BARE_WEIGHT, BARE_LIMIT = 0.3, 6
#: A rival bearer not named for so many blocks leaves the surname to the one just named.
SILENT_BLOCKS = 6
#: Share of the evidence that one bearer of a surname needs before it takes the bare surname.
DOMINANCE = 0.7
#: The same for the bearer whom the article names first, and for one named after a rival.
FIRST_DOMINANCE, LATER_DOMINANCE = 0.6, 0.75


class Bearers:
    """Collects the evidence while names are read, and weighs it for a bare surname.

    Args:
        page: the article.
        cast: its figures.
    """

    def __init__(self, page: Page, cast: Cast) -> None:
        self._page, self._cast = page, cast
        self._weights: dict[int, Weights] = defaultdict(Weights)
        self._full_at: dict[int, list[int]] = defaultdict(list)
        self._agents: dict[int, list[int]] = defaultdict(list)
        self._last_block: dict[int, int] = {}
        self._bares: Counter[int] = Counter()
        self._relatives: set[int] = set()
        self._quoted: set[int] = set()

    def named(self, key: int, offset: int, role: str) -> None:
        """Records a name that shows who a figure is, by its grammatical role."""
        self._weights[key].add(offset, ROLE_WEIGHTS.get(role, 0.5))

    def full(self, key: int, offset: int, role: str) -> None:
        """Records a full name; they come in text order."""
        self._full_at[key].append(offset)
        self.named(key, offset, role)
        if role == "source":
            self._quoted.add(key)
        if role in ("source", "subject"):
            self._agents[key].append(offset)
        if _RELATION.search(self._page.text[max(0, offset - 60) : offset]):
            self._relatives.add(key)

    def given(self, key: int, offset: int) -> None:
        """Records a given name alone."""
        self._weights[key].add(offset, GIVEN_WEIGHT)

    def bare(self, key: int, offset: int) -> None:
        """Records a bare surname: it speaks for its bearer when a rival comes up later."""
        self._last_block[key] = self._page.block(offset)
        if self._bares[key] < BARE_LIMIT:
            self._bares[key] += 1
            self._weights[key].add(offset, BARE_WEIGHT)

    def choose(self, found: list[int], offset: int) -> tuple[int | None, float, str]:
        """Returns the bearer meant, or None, the share of the evidence and the rule."""
        present = self._speaks_here(found, offset)
        if present is not None:
            return present, 0.75, "surname-near"
        chosen, share = self._dominant(found, offset)
        near = self._only_near(found, offset) if chosen is None else None
        if near is not None:
            return near, 0.7, "surname-near"
        return chosen, share, "surname-dominant"

    def _speaks_here(self, found: list[int], offset: int) -> int | None:
        """Returns the one bearer whom the paragraph has named in full as a subject or source.

        "Their mother, Gunilla Vell, disagreed. “Never,” Mrs. Vell said.": whoever the article is
        about, a rival whom the paragraph does not name is not meant.
        """
        block = self._page.block(offset)
        here = {k for k in found if self._before(self._agents[k], offset) == block}
        named = {
            k
            for k in found
            if block in (self._before(self._full_at[k], offset), self._last_block.get(k))
        }
        return next(iter(here)) if len(here) == 1 and named <= here else None

    def _before(self, offsets: list[int], offset: int) -> int | None:
        """Returns the block of the last of some offsets in text order before another one."""
        at = bisect_left(offsets, offset) - 1
        return self._page.block(offsets[at]) if at >= 0 else None

    def _dominant(self, found: list[int], offset: int) -> tuple[int | None, float]:
        """Returns the bearer of a shared surname that the article is about, with its share."""
        weights = {}
        for k in found:
            before, after = self._weights[k].around(offset)
            weights[k] = before + 0.25 * after + (2.0 if self._cast[k].headline else 0.0)
            if k in self._relatives and k not in self._quoted:
                weights[k] *= RELATIVE_WEIGHT
        total = sum(weights.values()) or 1.0
        best = max(weights, key=lambda k: weights[k])
        share = weights[best] / total
        firsts = {k: self._full_at[k][0] for k in found if self._full_at.get(k)}
        needed = DOMINANCE
        if len(firsts) == len(found):
            first = min(firsts, key=lambda k: firsts[k])
            needed = FIRST_DOMINANCE if best == first else LATER_DOMINANCE
        return (best, share) if share >= needed and weights[best] >= 1.0 else (None, share)

    def _only_near(self, found: list[int], offset: int) -> int | None:
        """Returns the one bearer named nearby when the rivals are long silent."""
        block = self._page.block(offset)
        gaps = {}
        for k in found:
            full = self._before(self._full_at[k], offset)
            last = -SILENT_BLOCKS if full is None else full
            gaps[k] = block - max(last, self._last_block.get(k, -SILENT_BLOCKS))
        near = [k for k in found if gaps[k] <= 2]
        if len(near) == 1 and all(gaps[k] >= SILENT_BLOCKS for k in found if k != near[0]):
            return near[0]
        return None


class Weights:
    """Weights by offset, for sums on either side of a place."""

    #: As many as are added up one by one; more are kept sorted with running sums.
    FEW = 64

    def __init__(self) -> None:
        self._new: list[tuple[int, float]] = []
        self._sorted: list[tuple[int, float]] = []
        self._sums: list[float] = [0.0]

    def add(self, offset: int, weight: float) -> None:
        """Adds a weight."""
        self._new.append((offset, weight))
        if len(self._new) > max(self.FEW, len(self._sorted) // 8):
            self._sorted = sorted([*self._sorted, *self._new])
            self._sums = [0.0, *accumulate(w for _, w in self._sorted)]
            self._new = []

    def around(self, offset: int) -> tuple[float, float]:
        """Returns the sums of the weights before and after an offset."""
        low = self._sums[bisect_left(self._sorted, (offset,))]
        high = self._sums[-1] - self._sums[bisect_left(self._sorted, (offset + 1,))]
        before = sum(w for at, w in self._new if at < offset)
        after = sum(w for at, w in self._new if at > offset)
        return low + before, high + after

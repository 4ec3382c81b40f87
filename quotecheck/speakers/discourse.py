"""Who speaks a quotation that has no source of its own: turns, continued and standing quotations.

After AP and Chicago usage: a paragraph that reopens its quotation marks goes on with the speaker
of the one before; the second half of an interrupted quotation belongs to the first half's
speaker; a paragraph of quotation alone follows the speaker last quoted; in interviews with two
voices the turns alternate.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import accumulate

from quotecheck.records import Attribution, Block
from quotecheck.speakers.cast import Cast, Event, Reading
from quotecheck.speakers.lexicon import lexicon
from quotecheck.speakers.page import Page

__all__ = ["Discourse", "label_name"]

#: How far events may be out of text order: a source's name may stand well inside it.
SLACK = 2000
#: How many characters a title may take before an agent's name.
_TITLE_LENGTH = 30
#: How many characters before a verb its subject's name may begin; keeps the search linear.
_NAME_LENGTH = 120
_BY = re.compile(r"\bby\s+")
_CLAUSE = re.compile(r"[,;:—–(]|\b(?:that|who|which|when|while|because|and|but)\b")
#: A clause that stands before its main one.
_SUBORDINATE = re.compile(
    r"\W*(?:after|although|as|because|before|if|once|since|though|unless|until|when|whereas|while)\b",
    re.I,
)
_OPENERS = "\"“«„‘'"
_ADDRESS = re.compile(r"\s*\((?:to|on|via|through|voice|off)\b[^)]*\)|\s*\[[^\]]*\]", re.I)


def label_name(label: str) -> str:
    """Returns the name in a turn's label, without addressee or stage direction.

    >>> label_name("VELL (to Quist)")
    'VELL'
    """
    return _ADDRESS.sub("", label).strip(" :")


class Discourse:
    """Finds speakers for attributions without a source, once the others have theirs.

    Args:
        page: the article.
        cast: the figures.
        attributions: in text order.
        readings: what their sources were read as; None for those without a source.
        turn: reading of the label of a turn block.
    """

    def __init__(
        self,
        page: Page,
        cast: Cast,
        attributions: Sequence[Attribution],
        readings: list[Reading | None],
        turn: Callable[[int], Reading | None],
    ) -> None:
        self._page, self._events = page, cast.events
        self._attributions, self._readings, self._turn = attributions, readings, turn
        self._order = sorted(range(len(attributions)), key=self.start)
        self._rank = {i: r for r, i in enumerate(self._order)}
        # Events come nearly in text order; these bounds, which never fall, make them searchable.
        starts = [event.start for event in cast.events]
        self._highest = list(accumulate(starts, max))
        self._lowest = list(accumulate(reversed(starts), min))[::-1]
        self._blocks = [self._block(a) for a in attributions]
        self._spoken_after = self._speakers_after()
        self._spoken_before: int | None = None

    def start(self, i: int) -> int:
        """Returns where attribution ``i`` begins: its first span of any role."""
        a = self._attributions[i]
        spans = (*a.content, *a.source, *a.cue)
        return min((s.start for s in spans), default=0)

    def resolve(self) -> None:
        """Fills the readings that are None, in text order."""
        for rank, i in enumerate(self._order):
            before = self._order[rank - 1] if rank else None
            if before is None or self._blocks[before] != self._blocks[i]:
                self._spoken_before = None
            reading = self._readings[i]
            if reading is None:
                reading = self._readings[i] = self._find(i)
            if self._blocks[i] is None:
                self._spoken_before = None
            elif reading.figure is not None:
                self._spoken_before = reading.figure

    def _block(self, a: Attribution) -> int | None:
        return self._page.block(a.content[0].start) if a.content else None

    def _speakers_after(self) -> list[int | None]:
        """Returns by rank the figure that the next sure quotation of the same block has."""
        out: list[int | None] = [None] * len(self._order)
        for rank in range(len(self._order) - 2, -1, -1):
            j = self._order[rank + 1]
            if self._blocks[j] is None or self._blocks[j] != self._blocks[self._order[rank]]:
                continue
            reading = self._readings[j]
            sure = self._attributions[j].kind != "indirect"
            known = reading.figure if reading is not None and sure else None
            out[rank] = known if known is not None else out[rank + 1]
        return out

    def _last_agent(self, low: int, high: int, slack: int = 0) -> Event | None:
        """Returns the last source or subject that begins between two offsets.

        The search ends at the first event that lies more than ``slack`` before them.
        """
        first = bisect_left(self._lowest, low - slack)
        for at in range(bisect_left(self._lowest, high) - 1, first - 1, -1):
            event = self._events[at]
            if low <= event.start < high and event.role in ("source", "subject"):
                return event
        return None

    def _first_agent(self, low: int, high: int) -> Event | None:
        """Returns the first source or subject that begins between two offsets."""
        for at in range(bisect_left(self._highest, low), bisect_left(self._lowest, high)):
            event = self._events[at]
            if low <= event.start < high and event.role in ("source", "subject"):
                return event
        return None

    def _find(self, i: int) -> Reading:
        a = self._attributions[i]
        if not a.content:
            return Reading(None, "no-source", 0.0)
        at = a.content[0].start
        block = self._page.block(at)
        if self._page.blocks[block].kind == "turn":
            reading = self._turn(block)
            if reading is not None:
                return reading
        if a.cue and a.cue[0].text == ":":
            found = self._introduced(block, at) or self._subject_before(a.cue[0].start)
            if found is not None:
                return found
        if a.cue and (a.kind == "indirect" or not self._stands_in_quotes(a)):
            return self._participle(a)
        return (
            self._saying(a)
            or self._continued(i, block)
            or self._same_block(i)
            or self._introduced(block, at)
            or self._alternating(i, block)
            or self._standing(i, block)
            or Reading(None, "no-source", 0.0)
        )

    def _stands_in_quotes(self, a: Attribution) -> bool:
        return a.kind == "direct" or self._page.text[a.content[0].start] in _OPENERS

    def _participle(self, a: Attribution) -> Reading:
        """Returns the subject of the sentence for "..., saying that"; unknown for passives."""
        cue = a.cue[0]
        first = cue.text.split()[0].lower() if cue.text.split() else ""
        low, high = self._page.sentence_bounds(cue.start)
        joined = self._page.text[low : cue.start].rstrip().endswith((" and", " but", " or", ","))
        passive = first in ("was", "were", "is", "are", "been", "be")
        if first.endswith("ing") or first in ("to", "added", "adds") or (joined and not passive):
            before = self._last_agent(low, cue.start, SLACK)
            if before is not None:
                return Reading(before.figure, "participle", 0.7)
            after = self._first_agent(cue.end, high)
            if after is not None:
                return Reading(after.figure, "participle", 0.6)
        beside = self._agent_by(cue.start, cue.end, high) if passive or joined else None
        beside = beside or (None if passive else self._subject_beside(low, cue.start))
        if beside is not None:
            return Reading(beside.figure, "beside-cue", 0.7)
        return Reading(None, "no-source", 0.0)

    def _saying(self, a: Attribution) -> Reading | None:
        """Returns the main clause's subject for a quotation behind a participle.

        In "Quist defended not paying a man who had sued her, saying, “...”" the man is nearer.
        """
        words = a.cue[0].text.split() if a.cue else []
        if not words or not words[0].lower().endswith("ing"):
            return None
        text, start = self._page.text, a.cue[0].start
        low, _ = self._page.sentence_bounds(start)
        if _SUBORDINATE.match(text, low, start):
            low = text.find(",", low, start) + 1 or low
        first = self._first_agent(low, start)
        return Reading(first.figure, "participle", 0.7) if first is not None else None

    def _agent_by(self, start: int, end: int, high: int) -> Event | None:
        """Returns the agent of a passive cue: "was called a fraud by Mara Quist"."""
        by = _BY.search(self._page.text, start, high)
        if by is None or _CLAUSE.search(self._page.text, end, by.start()):
            return None
        at = bisect_left(self._lowest, by.end())
        event = self._events[at] if at < len(self._events) else None
        if event is None or event.start > by.end() + _TITLE_LENGTH or event.start >= high:
            return None
        return event if event.role not in ("possessive", "modifier") else None

    def _subject_beside(self, low: int, start: int) -> Event | None:
        """Returns the subject right before a cue whose source was not found."""
        event = self._last_agent(low, start, SLACK)
        event = self._adjoining(low, start) or event
        if event is None or event.end > start:
            return None
        between = self._page.text[event.end : start].lower().split()
        grammar = lexicon().grammar
        fits = all(w in grammar["auxiliaries"] or w in grammar["adverbs"] for w in between)
        return event if fits else None

    def _adjoining(self, low: int, start: int) -> Event | None:
        """Returns the name right before a verb: "as" before it makes it no less a subject."""
        first = bisect_left(self._lowest, max(low, start - _NAME_LENGTH))
        for at in range(bisect_left(self._lowest, start) - 1, first - 1, -1):
            event = self._events[at]
            if event.start >= low and self._page.text[event.end : start] == " ":
                fits = event.form == "name" and event.role in ("oblique", "object")
                return event if fits else None
        return None

    def _subject_before(self, offset: int) -> Reading | None:
        low, _ = self._page.sentence_bounds(max(0, offset - 1))
        event = self._last_agent(low, offset)
        return Reading(event.figure, "introduced", 0.75) if event is not None else None

    def _previous(self, i: int) -> int | None:
        rank = self._rank[i]
        return self._order[rank - 1] if rank else None

    def _continued(self, i: int, block: int) -> Reading | None:
        """Returns the speaker of an unclosed quotation in the block before."""
        page = self._page
        start = page.blocks[block].start
        previous = self._previous(i)
        if previous is None or not block:
            return None
        opened = page.quotation(start)
        last = page.last_quotation(page.blocks[block - 1])
        if opened is None or last is None or last.closed:
            return None
        known = self._readings[previous]
        if known is None or known.figure is None:
            return None
        return Reading(known.figure, "continuation", 0.9)

    def _same_block(self, i: int) -> Reading | None:
        """Returns the speaker of the nearest attribution in the block, those before first."""
        if self._spoken_before is not None:
            return Reading(self._spoken_before, "same-paragraph", 0.8)
        after = self._spoken_after[self._rank[i]]
        return Reading(after, "same-paragraph", 0.7) if after is not None else None

    def _introduced(self, block: int, at: int) -> Reading | None:
        """Returns the subject of a sentence that ends in a colon right before the quotation."""
        before = self._page.text[max(0, at - 40) : at].rstrip().rstrip("\"“”'‘ ")
        if not before.endswith((":", ",")):
            return None
        low, _ = self._page.sentence_bounds(at - 3 if at > 3 else 0)
        event = self._last_agent(low, at)
        return Reading(event.figure, "introduced", 0.75) if event is not None else None

    def _alternating(self, i: int, block: int) -> Reading | None:
        """Returns the other one of two who take turns, a paragraph of speech each."""
        speakers: dict[int, int] = {}
        for at in range(self._rank[i] - 1, max(-1, self._rank[i] - 7), -1):
            j = self._order[at]
            a, reading = self._attributions[j], self._readings[j]
            if not a.content:
                return None
            where = self._page.block(a.content[0].start)
            if where < block - 2:
                break
            if reading is None or reading.figure is None or not self._stands_in_quotes(a):
                return None
            speakers.setdefault(block - where, reading.figure)
        other = speakers.get(2)
        if other is None or speakers.get(1, other) == other:
            return None
        opened = self._page.text[self._page.blocks[block].start] in _OPENERS
        return Reading(other, "alternation", 0.65) if opened else None

    def _standing(self, i: int, block: int) -> Reading | None:
        """Returns the last speaker for a paragraph that is quotation alone."""
        rank = self._rank[i]
        for at in range(rank - 1, max(-1, rank - 4), -1):
            j = self._order[at]
            other = self._attributions[j]
            reading = self._readings[j]
            if not other.content or reading is None or reading.figure is None:
                continue
            distance = block - self._page.block(other.content[-1].start)
            if distance > 2:
                return None
            return Reading(reading.figure, "standing-quotation", 0.6 if distance <= 1 else 0.4)
        return None


def turn_label(blocks: Sequence[Block], at: int) -> Block | None:
    """Returns the nearest labelled turn at or before block ``at`` without another kind between."""
    while at >= 0 and blocks[at].kind == "turn":
        if blocks[at].label is not None:
            return blocks[at]
        at -= 1
    return None

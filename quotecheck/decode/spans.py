"""From ranges of words to spans of the text, by the annotation guidelines.

Content keeps its quotation marks, leaves the sentence's final period unless that stands inside the
marks, and never crosses a paragraph's end (PolNeAR guidelines: "In the content include everything
that is within quotes").
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence

from quotecheck.records import Article, Quotation

__all__ = ["Page", "SpanIndex", "overlap", "size"]

CharSpan = tuple[int, int]

#: A quotation is taken whole when a content covers this share of it.
SNAP_SHARE = 0.6
#: Sentence-final marks that content leaves out when they stand outside quotation marks.
_FINAL = ".,;:"
_OPENING = "“‘«‹„‚「『\"'`"
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:Inc|Co|Corp|Ltd|Jr|Sr|Mr|Dr|Mrs|Ms|St|vs|etc|a\.m|p\.m))\.$"
)
#: Words that no noun phrase ends with: what followed them was cut off.
_DANGLING = re.compile(
    r"(?:\s+(?:in|of|for|at|the|an?|and|or|with|to|by|from|on|who|whose|which))+\Z"
)
_BETWEEN = re.compile(r"[\s,;:.—–-]*")
#: Code points at a span's end that `_ABBREVIATION` can tell from: its longest match and one before.
_ABBREVIATION_REACH = 8
#: Spans that are looked through one by one; among more, a search for the first saves time.
FEW = 8
#: Code points a cell of a `SpanIndex`: contents are some hundred long.
CELL = 256


def size(spans: Iterable[CharSpan]) -> int:
    """Returns how many code points the spans hold."""
    return sum(e - s for s, e in spans)


def overlap(left: Sequence[CharSpan], right: Sequence[CharSpan]) -> int:
    """Returns how many code points two lists of spans share, each in order, without overlaps."""
    if len(left) < len(right):
        left, right = right, left
    shared = 0
    for start, end in right:
        # Only the span that begins last before this one, and those after it, can touch it.
        at = max(0, bisect_left(left, (start,)) - 1) if len(left) > FEW else 0
        while at < len(left):
            low, high = left[at]
            if low < end and start < high:
                shared += min(high, end) - max(low, start)
            elif low >= end and len(left) > FEW:
                break
            at += 1
    return shared


class SpanIndex:
    """Spans by the cells of the text that they touch: who overlaps whom without all pairs."""

    def __init__(self) -> None:
        self._cells: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)

    def add(self, key: int, spans: Iterable[CharSpan]) -> None:
        """Adds the spans of ``key``."""
        for start, end in spans:
            for cell in range(start // CELL, (end - 1) // CELL + 1):
                self._cells[cell].append((start, end, key))

    def touching(self, spans: Iterable[CharSpan]) -> list[int]:
        """Returns the keys, in order, that share a code point with one of the spans."""
        found: set[int] = set()
        for start, end in spans:
            for cell in range(start // CELL, (end - 1) // CELL + 1):
                for low, high, key in self._cells.get(cell, ()):
                    if low < end and start < high:
                        found.add(key)
        return sorted(found)


class Page:
    """A text with its quotations and blocks, looked up by offset."""

    def __init__(self, article: Article, quotations: Sequence[Quotation]) -> None:
        self.text = article.text
        self.blocks = article.blocks
        self._block_starts = [b.start for b in article.blocks]
        self.outer = [q for q in quotations if q.level == 0]
        self._outer_starts = [q.start for q in self.outer]
        self.quotations = quotations
        self._sentences = article.sentences
        self._sentence_starts = [start for start, _ in article.sentences]

    def block_at(self, offset: int) -> int:
        """Returns the index of the block that holds an offset, or of the one before it."""
        return max(0, bisect_right(self._block_starts, offset) - 1)

    def sentence_at(self, offset: int) -> int:
        """Returns the index of the sentence that an offset stands in, or of the one before it."""
        return bisect_right(self._sentence_starts, offset) - 1

    def of_cue(self, content: Sequence[CharSpan], cue: CharSpan) -> list[CharSpan]:
        """Returns the pieces of content that a cue can have.

        Beyond its own sentence a cue goes on only from quotation to quotation (“A,” she said.
        “B.”): of 10,000 training attributions with content in the cue's sentence hardly one in a
        thousand has words of another sentence in any other way.
        """
        home = self.sentence_at(cue[0])
        content = self._of_block(content, cue)

        def at_home(span: CharSpan) -> bool:
            return self.sentence_at(span[0]) <= home <= self.sentence_at(span[1] - 1)

        own = [span for span in content if at_home(span)]
        if own:
            speaks = any(self.quoted(*span) for span in own)
            content = [
                span
                for span in content
                if span in own or (speaks and self.quoted(span[0], span[0] + 1))
            ]
        return self._one_turn(content, cue)

    def _of_block(self, content: Sequence[CharSpan], cue: CharSpan) -> Sequence[CharSpan]:
        """Returns the pieces in the cue's own block, all of them when it has none there.

        Of 19,868 training attributions 116 run over paragraphs, mostly as one quotation that is
        left open; those are joined later.
        """
        block = self.block_at(cue[0])
        return [span for span in content if self.block_at(span[0]) == block] or content

    def _one_turn(self, content: Sequence[CharSpan], cue: CharSpan) -> list[CharSpan]:
        """Returns the pieces up to where another speaker answers.

        A quotation that follows another with nothing between them is the next speaker's.
        """
        out: list[CharSpan] = []
        for span in content:
            if out and self.answers(out[-1][1], span[0]):
                if span[1] <= cue[0]:
                    out = []
                elif out[-1][0] >= cue[1]:
                    break
            out.append(span)
        return out

    def answers(self, end: int, start: int) -> bool:
        """Whether a quotation ends and the next one starts, with nothing but space between."""
        between = self.text[end:start]
        if not between or not between.isspace() or "\n" in between or "\r" in between:
            return False
        at = bisect_left(self._outer_starts, start)
        if not 0 < at < len(self.outer):
            return False
        before, after = self.outer[at - 1], self.outer[at]
        return before.end == end and before.closed and after.start == start

    def outer_within(self, start: int, end: int) -> list[Quotation]:
        """Returns the outer quotations that a span touches, in text order."""
        first = bisect_right(self._outer_starts, start) - 1
        last = bisect_left(self._outer_starts, end)
        touched = self.outer[max(0, first) : last]
        return [q for q in touched if q.start < end and q.end > start]

    def quoted(self, start: int, end: int) -> int:
        """Returns how many code points of a span stand inside quotation marks, marks included."""
        return sum(min(end, q.end) - max(start, q.start) for q in self.outer_within(start, end))

    def content(self, spans: Iterable[CharSpan], cue: CharSpan | None = None) -> list[CharSpan]:
        """Returns content spans that follow the guidelines, in text order.

        Args:
            spans: where a content may stand.
            cue: its cue, where there is one: of a quotation that it stands outside of, a content
                has all or nothing.
        """
        pieces: list[CharSpan] = []
        for start, end in spans:
            for piece in self._by_block(start, end):
                trimmed = self._trim(*self._after_colon(*self._snap(*piece, cue)))
                if trimmed[0] < trimmed[1]:
                    pieces.append(trimmed)
        return self._joined(sorted(pieces))

    def source(self, spans: Iterable[CharSpan], cue: CharSpan) -> list[CharSpan]:
        """Returns source spans without the punctuation that belongs to the sentence.

        A source is one noun phrase: of one that runs over a sentence's end, the part nearer the
        cue is kept. The comma that closes its apposition is part of it.
        """
        out = []
        for start, end in sorted(spans):
            start, end = self._one_sentence(start, end, cue)
            while start < end and self.text[start] in ' ,;:—–-"“”':
                start += 1
            while start < end and self.text[end - 1] in ' ,;:—–-"“”':
                end -= 1
            dangling = _DANGLING.search(self.text, start, end)
            if dangling:
                end = dangling.start()
            if self.text.startswith(",", end) and "," in self.text[start:end]:
                end += 1  # "Mara Quist, the mayor," (92 of 100 in training articles)
            if start < end:
                out.append((start, end))
        return out

    def _one_sentence(self, start: int, end: int, cue: CharSpan) -> CharSpan:
        first, last = self.sentence_at(start), self.sentence_at(end - 1)
        if first == last or first < 0:
            return start, end
        home = min(max(self.sentence_at(cue[0]), first), last)
        low, high = self._sentences[home]
        return max(start, low), min(end, high)

    def _by_block(self, start: int, end: int) -> Iterable[CharSpan]:
        for i in range(self.block_at(start), len(self.blocks)):
            block = self.blocks[i]
            if block.start >= end:
                return
            low, high = max(start, block.start), min(end, block.end)
            if low < high:
                yield low, high

    def _snap(self, start: int, end: int, cue: CharSpan | None) -> CharSpan:
        for q in self.outer_within(start, end):
            inside = min(end, q.end) - max(start, q.start)
            apart = cue is not None and not q.start <= cue[0] < q.end
            if inside >= SNAP_SHARE * (q.end - q.start) or self._at_edge(q, start, end, apart):
                start, end = min(start, q.start), max(end, q.end)
        # A mark that the span only just misses: “..., or ...”.
        for q in self.outer_within(max(0, start - 1), end + 1):
            if q.start == start - 1 and q.end <= end:
                start = q.start
            if q.end == end + 1 and q.start >= start:
                end = q.end
        return start, end

    def _after_colon(self, start: int, end: int) -> CharSpan:
        """Leaves out what only announces a quotation: a few facts: “...”.

        In the training articles 183 contents begin after the colon, 29 before.
        """
        touched = self.outer_within(start, end)
        if not touched or touched[0].start <= start or touched[0].end < end - 2:
            return start, end
        announced = self.text[start : touched[0].start].rstrip().endswith(":")
        return (touched[0].start, end) if announced else (start, end)

    def _at_edge(self, q: Quotation, start: int, end: int, apart: bool) -> bool:
        """Whether a span reaches both ends of a quotation, or one where its cue stands apart."""
        ends = (not self._words(q.start, start), not self._words(end, q.end))
        return any(ends) if apart else all(ends)

    def _words(self, start: int, end: int) -> bool:
        return any(c.isalnum() for c in self.text[start:end])

    def _trim(self, start: int, end: int) -> CharSpan:
        text = self.text
        while start < end and (text[start].isspace() or text[start] in ",;:.—–"):
            start += 1
        while start < end:
            last = text[end - 1]
            if last.isspace() or last in "—–":
                end -= 1
            elif last in _FINAL and not self.quoted(end - 1, end):
                if last == "." and _ABBREVIATION.search(
                    text[max(start, end - _ABBREVIATION_REACH) : end]
                ):
                    break
                end -= 1
            else:
                break
        return start, end

    def _joined(self, pieces: list[CharSpan]) -> list[CharSpan]:
        out: list[CharSpan] = []
        for start, end in pieces:
            if out and start <= out[-1][1]:
                out[-1] = (out[-1][0], max(end, out[-1][1]))
            elif (
                out
                and _BETWEEN.fullmatch(self.text, out[-1][1], start)
                and self.block_at(out[-1][0]) == self.block_at(start)
                and not self.answers(out[-1][1], start)
            ):
                out[-1] = (out[-1][0], end)
            else:
                out.append((start, end))
        return out

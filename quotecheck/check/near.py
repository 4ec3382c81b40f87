"""The nearest passage to a quote that stands nowhere as it is: where, how much, what differs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate, pairwise

from attrs import frozen
from rapidfuzz.distance import Levenshtein

from quotecheck.check.lexicon import (
    FEW_WORDS,
    FUNCTION_WORDS,
    MAX_GAP_WORDS,
    MIN_RUN,
    PRESENT_SHARE,
)
from quotecheck.check.quote import ParsedQuote
from quotecheck.check.result import Edit, Op
from quotecheck.check.stream import Stream
from quotecheck.check.weight import Words, weigh
from quotecheck.records import Span

__all__ = [
    "MAX_PASSAGES",
    "Neighbourhood",
    "Passage",
    "Run",
    "differences",
    "find_near",
]

#: Words looked at beyond those that the quote has to spare.
_SLACK = 4
#: Passages that hold equally much of a quote and are compared word by word.
MAX_PASSAGES = 24
#: Words of the source between two questions whether the rest can hold anything better.
_STRETCH = 16384
#: Pairs of words found in a stretch; a quote that repeats one word against a source that does so
#: too has no end of them.
_MAX_HITS = 200_000


@frozen(kw_only=True)
class Run:
    """Words of the quote that stand in the source one after the other.

    Attributes:
        quote: index of the first in the quote's words.
        source: index of the first in the stream.
        size: how many.
    """

    quote: int
    source: int
    size: int


@frozen(kw_only=True)
class Passage:
    """A stretch of the source that shares runs of words with a quote.

    Attributes:
        first: its first word.
        last: its last word.
        covered: how many words of the quote stand in its runs.
        runs: those runs.
    """

    first: int
    last: int
    covered: int
    runs: tuple[Run, ...]


class _Grams:
    """The shortest runs that count, of a quote's words, and where a source may have them."""

    def __init__(self, words: Sequence[str], stream: Stream) -> None:
        self.words = words
        self.stream = stream
        #: Quotes of few words have short runs; see `_counts`.
        self.size = MIN_RUN if len(words) >= FEW_WORDS else 2
        self.grams: list[tuple[list[str], int, list[int]]] = []
        for i in range(len(words) - self.size + 1):
            gram = list(words[i : i + self.size])
            places = [stream.postings.get(word, []) for word in gram]
            # The rarest word proposes: hardly any three words in a row are all common.
            at = min(range(self.size), key=lambda k: len(places[k]))
            self.grams.append((gram, at, places[at]))

    @property
    def proposed(self) -> int:
        """How many places have to be looked at."""
        return sum(len(places) for _, _, places in self.grams)

    def possible(self) -> int:
        """How many words of the quote stand in runs anywhere: no passage holds more."""
        held = bytearray(len(self.words))
        key = self.stream.key
        for i, (gram, at, places) in enumerate(self.grams):
            if any(j >= at and key[j - at : j - at + self.size] == gram for j in places):
                held[i : i + self.size] = b"\1" * self.size
        return sum(held)

    def find(self, i: int, first: int, last: int) -> list[int]:
        """Returns where one voice says the words from word i on, between two words, in order."""
        if i >= len(self.grams):
            return []
        gram, at, places = self.grams[i]
        key, voice, size = self.stream.key, self.stream.voice, self.size
        near = _between(places, first + at, last - size + at + 1)
        found = [j - at for j in near if key[j - at : j - at + size] == gram]
        return [j for j in found if voice[j] == voice[j + size - 1]] if found else found

    def runs(self, first: int, last: int) -> list[Run]:
        """Returns the longest common runs between two words of the source, within one voice each.

        Runs of fewer than three words are left out; in quotes of fewer than eight words two count
        when one of them is a content word.
        """
        found: list[Run] = []
        hits = 0
        # Where the source has the words from i - 1 on, and the word that their run began with.
        begun: dict[int, int] = {}
        for i in range(len(self.grams) + 1):  # once more after the last ones, to end their runs
            onward = {j: begun.get(j - 1, i) for j in self.find(i, first, last)}
            for j, start in begun.items():
                more = i - 1 - start
                if j + 1 not in onward and _counts(self.words, start, self.size + more):
                    found.append(Run(quote=start, source=j - more, size=self.size + more))
            begun = onward
            hits += len(onward)
            if hits > _MAX_HITS:
                break
        return sorted(found, key=lambda run: (run.source, run.quote))


def _between(places: list[int], first: int, last: int) -> list[int]:
    """The places from a word on, before another."""
    return places[bisect_left(places, first) : bisect_left(places, last)]


def _counts(words: Sequence[str], start: int, size: int) -> bool:
    mine = words[start : start + size]
    return size >= MIN_RUN or any(word not in FUNCTION_WORDS for word in mine)


@frozen(kw_only=True)
class Neighbourhood:
    """What a source has that is near to a quote.

    Attributes:
        passages: those within one voice that hold most of the quote's words in runs, at least half
            of them; all that hold equally much, up to `MAX_PASSAGES`, in the order of the source.
        wider: the same over several voices; empty when these cannot hold more.
        longest: size of the longest run.
    """

    passages: tuple[Passage, ...] = ()
    wider: tuple[Passage, ...] = ()
    longest: int = 0


def find_near(parsed: ParsedQuote, words: Sequence[str], stream: Stream) -> Neighbourhood:
    """Returns the passages nearest to a quote.

    The source is gone through stretch by stretch, and no further than to the passages that hold
    every word which any passage could: a source that says nearly the same in thousands of turns
    is answered from the first of them.

    Args:
        parsed: the quote.
        words: the keys of its words, as the source writes them.
        stream: the source.
    """
    size = parsed.size
    gaps = sum(1 for gap in parsed.gaps if gap is not None and gap.ellipsis)
    reach = 2 * size + 8 + MAX_GAP_WORDS * gaps
    within = _Best(size, reach, stream, across=False)
    wider = _Best(size, reach, stream, across=True)
    grams = _Grams(words, stream)
    # Going through it stretch by stretch pays only where there is much to go through.
    much = grams.proposed > _STRETCH
    possible = grams.possible() if much else size
    step = _STRETCH if much else len(stream.key)
    longest = 0
    for low in range(0, len(stream.key), step):
        high = low + step
        last = min(len(stream.key), high + reach + size)
        runs = [run for run in grams.runs(max(0, low - size), last) if run.source >= low]
        longest = max(longest, max((run.size for run in runs), default=0))
        if possible < PRESENT_SHARE * size:
            continue
        within.look(runs, high)
        if within.full and within.covered >= possible:
            return Neighbourhood(passages=tuple(within.passages), longest=longest)
        if len(stream.voices) > 1:
            wider.look(runs, high)
    return Neighbourhood(
        passages=tuple(within.passages), wider=tuple(wider.passages), longest=longest
    )


class _Best:
    """The passages that hold most of a quote, as far as the source has been gone through.

    A passage is no longer than ``reach``: twice the quote and the gaps it marks. None overlap.
    """

    def __init__(self, size: int, reach: int, stream: Stream, *, across: bool) -> None:
        self.size = size
        self.reach = reach
        self.voice = stream.voice
        self.across = across
        self.passages: list[Passage] = []
        self.covered = 0
        self.ordered = False

    @property
    def full(self) -> bool:
        """Whether passages that are no better need not be looked at."""
        return self.ordered and len(self.passages) >= MAX_PASSAGES

    def look(self, runs: Sequence[Run], before: int) -> None:
        """Takes up the passages that begin before a word, from runs in the order of the source."""
        sums = list(accumulate((run.size for run in runs), initial=0))
        for low, run in enumerate(runs):
            if run.source >= before:
                break
            high = self._end(runs, low)
            most = sums[high] - sums[low]
            if most < max(PRESENT_SHARE * self.size, self.covered + self.full):
                continue
            inside = runs[low:high]
            covered = _covered(inside, self.size)
            if covered >= max(PRESENT_SHARE * self.size, self.covered):
                self._take(_needed(inside, self.size, covered), covered)

    def _end(self, runs: Sequence[Run], low: int) -> int:
        """The index after the last run that a passage from run ``low`` on may hold."""
        start = runs[low].source
        voice = self.voice[start]
        for at in range(low, len(runs)):
            run = runs[at]
            if run.source + run.size - start > self.reach:
                return at
            if not self.across and self.voice[run.source] != voice:
                return at  # the words of a voice stand together
        return len(runs)

    def _take(self, runs: Sequence[Run], covered: int) -> None:
        # Words in the quote's own order are nearer than the same words in another.
        ordered = all(a.quote < b.quote for a, b in pairwise(runs))
        rank, top = (covered, ordered), (self.covered, self.ordered)
        if rank < top:
            return
        if rank > top:
            self.passages, self.covered, self.ordered = [], covered, ordered
        last = max(run.source + run.size for run in runs) - 1
        passage = Passage(first=runs[0].source, last=last, covered=covered, runs=tuple(runs))
        if not self.passages or passage.first > self.passages[-1].last:
            if len(self.passages) < MAX_PASSAGES:
                self.passages.append(passage)
        elif passage.last - passage.first < self.passages[-1].last - self.passages[-1].first:
            self.passages[-1] = passage


def _needed(runs: Sequence[Run], size: int, covered: int) -> Sequence[Run]:
    """The first runs, as many as cover as much as all."""
    low, high = 1, len(runs)
    while low < high:
        middle = (low + high) // 2
        if _covered(runs[:middle], size) < covered:
            low = middle + 1
        else:
            high = middle
    return runs[:low]


def _covered(runs: Sequence[Run], size: int) -> int:
    """How many of the quote's words the runs hold; a word of the source serves only once."""
    mine = bytearray(size)
    theirs = reached = 0
    for run in runs:  # in the order of the source
        mine[run.quote : run.quote + run.size] = b"\1" * run.size
        stop = run.source + run.size
        theirs += max(0, stop - max(run.source, reached))
        reached = max(reached, stop)
    return min(sum(mine), theirs)


def differences(
    parsed: ParsedQuote, passage: Passage, stream: Stream
) -> tuple[tuple[Edit, ...], tuple[int, int], float]:
    """Returns the edits between a quote and a passage, the passage's (first, last) word, a score.

    The passage is widened by some more words than the quote has before its first and after its
    last run, within the sentence and the voice; what then proves to lie outside is left out again.
    """
    index = [i for fragment in parsed.fragments for i in fragment.at]
    words = [parsed.tokens.key[i] for i in index]
    if stream.bare:
        words = [w.replace("'", "") for w in words]
    head = min(passage.runs, key=lambda r: r.source)
    tail = max(passage.runs, key=lambda r: r.source + r.size)
    first = _widened(stream, passage.first, -1, head.quote + _SLACK)
    missing = len(words) - tail.quote - tail.size
    last = _widened(stream, passage.last, 1, missing + _SLACK)
    # Words beyond the quote's own are no edits, but all runs stay inside.
    steps = list(Levenshtein.opcodes(words, stream.key[first : last + 1]))
    if steps and steps[-1].tag == "insert":
        last = max(first + steps[-1].dest_start - 1, passage.last)
    if steps and steps[0].tag == "insert":
        first = min(first + steps[0].dest_end, passage.first)
    steps = list(Levenshtein.opcodes(words, stream.key[first : last + 1]))
    edits = []
    same = 0
    for step in steps:
        mine = step.src_start, step.src_end
        if step.tag == "equal":
            same += mine[1] - mine[0]
        else:
            theirs = first + step.dest_start, first + step.dest_end
            edits.append(_edit(step.tag, parsed, index, mine, stream, theirs))
    score = same / max(len(words), last + 1 - first, 1)
    return tuple(edits), (first, last), score


def _widened(stream: Stream, word: int, step: int, count: int) -> int:
    """Goes on from a word by so many words, not over the end of a sentence or voice."""
    for _ in range(count):
        other = word + step
        if not 0 <= other < len(stream.key) or stream.voice[other] != stream.voice[word]:
            break
        left, right = min(word, other), max(word, other)
        between = stream.text[stream.end(left) : stream.start(right)]
        if any(c in between for c in ".?!"):
            break
        word = other
    return word


def _edit(
    tag: str,
    parsed: ParsedQuote,
    index: list[int],
    mine: tuple[int, int],
    stream: Stream,
    theirs: tuple[int, int],
) -> Edit:
    # opcodes turn the quote into the source; the record tells it the other way round
    op: Op = "replace" if tag == "replace" else "insert" if tag == "delete" else "delete"
    tokens = parsed.tokens
    quoted = index[slice(*mine)]
    if quoted:
        quote = Span.of(parsed.text, tokens.start[quoted[0]], tokens.end[quoted[-1]])
    else:
        at = tokens.end[index[mine[0] - 1]] if mine[0] else parsed.start
        quote = Span.of(parsed.text, at, at)
    if theirs[0] < theirs[1]:
        source = Span.of(stream.text, stream.start(theirs[0]), stream.end(theirs[1] - 1))
    else:
        at = stream.end(theirs[0] - 1) if theirs[0] else 0
        source = Span.of(stream.text, at, at)
    weight = weigh(
        Words(tokens, quoted), Words(stream.tokens, (stream.at[j] for j in range(*theirs)))
    )
    if weight in ("glyph", "filler"):
        weight = "content"
    return Edit(op=op, quote=quote, source=source, weight=weight)

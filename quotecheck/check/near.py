"""The nearest passage to a quote that stands nowhere as it is: where, how much, what differs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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

__all__ = ["Passage", "Run", "differences", "find_runs", "nearest"]

#: Words looked at beyond those that the quote has to spare.
_SLACK = 4
#: Runs looked at; a quote of common phrases against a long source has no end of them.
_MAX_RUNS = 20000


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


def find_runs(words: Sequence[str], stream: Stream) -> list[Run]:
    """Returns the longest common runs of a quote's words and the source, within one voice each.

    Runs of fewer than three words are left out; in quotes of fewer than eight words two count when
    one of them is a content word.
    """
    least = MIN_RUN if len(words) >= FEW_WORDS else 2
    found: list[Run] = []
    # Where the source has the last pair of words, and the quote's word that its run began with.
    begun: dict[int, int] = {}
    for i in range(len(words)):
        onward = {j: begun.get(j - 1, i) for j in _pairs(words, i, stream)}
        for j, first in begun.items():
            if j + 1 not in onward:
                run = Run(quote=first, source=j - (i - 1 - first), size=i + 1 - first)
                if _counts(run, words, least):
                    found.append(run)
        begun = onward
        if len(found) > _MAX_RUNS:
            break
    return sorted(found, key=lambda run: (run.source, run.quote))


def _pairs(words: Sequence[str], i: int, stream: Stream) -> list[int]:
    """Returns where one voice says word i of the quote and the word after it, in order."""
    if i + 1 >= len(words):
        return []
    this, that = words[i], words[i + 1]
    key, voice = stream.key, stream.voice
    here, there = stream.postings.get(this, ()), stream.postings.get(that, ())
    end = len(key) - 1
    if len(here) <= len(there):
        found = [j for j in here if j < end and key[j + 1] == that and key[j] == this]
    else:
        found = [j - 1 for j in there if j and key[j - 1] == this and key[j] == that]
    return [j for j in found if voice[j] == voice[j + 1]]


def _counts(run: Run, words: Sequence[str], least: int) -> bool:
    if run.size < least:
        return False
    mine = words[run.quote : run.quote + run.size]
    return run.size >= MIN_RUN or any(word not in FUNCTION_WORDS for word in mine)


def nearest(
    parsed: ParsedQuote, runs: Sequence[Run], stream: Stream, *, across: bool = False
) -> list[Passage]:
    """Returns the passages that hold most of the quote's words in runs, at least half of them.

    A passage is no longer than twice the quote and the gaps it marks. All that hold equally much
    are returned, in the order of the source, none overlapping.

    Args:
        parsed: the quote.
        runs: what `find_runs` gave.
        stream: the source.
        across: whether a passage may run over several voices.
    """
    size = parsed.size
    gaps = sum(1 for gap in parsed.gaps if gap is not None and gap.ellipsis)
    reach = 2 * size + 8 + MAX_GAP_WORDS * gaps
    best: list[Passage] = []
    top = (0, False)
    for low, run in enumerate(runs):
        inside = []
        for at in range(low, len(runs)):
            other = runs[at]
            if other.source + other.size - run.source > reach:
                break
            if not across and stream.voice[other.source] != stream.voice[run.source]:
                break  # the words of a voice stand together
            inside.append(other)
        covered = _covered(inside, size)
        if covered < max(PRESENT_SHARE * size, top[0]):
            continue
        inside = _needed(inside, size, covered)
        # Words in the quote's own order are nearer than the same words in another.
        ordered = all(a.quote < b.quote for a, b in pairwise(inside))
        if (covered, ordered) < top:
            continue
        if (covered, ordered) > top:
            best, top = [], (covered, ordered)
        last = max(r.source + r.size for r in inside) - 1
        passage = Passage(first=run.source, last=last, covered=covered, runs=tuple(inside))
        if not best or passage.first > best[-1].last:
            best.append(passage)
        elif passage.last - passage.first < best[-1].last - best[-1].first:
            best[-1] = passage
    return best


def _needed(runs: list[Run], size: int, covered: int) -> list[Run]:
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
    theirs: set[int] = set()
    for run in runs:
        mine[run.quote : run.quote + run.size] = b"\1" * run.size
        theirs.update(range(run.source, run.source + run.size))
    return min(sum(mine), len(theirs))


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

"""From a placement to a tier of the ladder, with every difference it rests on."""

from __future__ import annotations

from collections import Counter

from attrs import frozen

from quotecheck.check.edges import cuts_number, negator_after, negator_before
from quotecheck.check.editorial import count_brackets, is_literal, patch_fault, unfaithful
from quotecheck.check.place import Pair, Placement, pairs
from quotecheck.check.quote import Gap, ParsedQuote
from quotecheck.check.result import Edit, Op, Weight, Wording
from quotecheck.check.stream import Stream
from quotecheck.check.weight import Words, weigh
from quotecheck.records import Span

__all__ = ["TIERS", "Judgement", "judge", "worst"]

TIERS: tuple[Wording, ...] = (
    "exact",
    "folded",
    "cleaned",
    "bracketed",
    "elided",
    "altered",
    "absent",
    "ambiguous",
)


def worst(tiers: list[Wording]) -> Wording:
    """Returns the tier lowest on the ladder."""
    return max(tiers, key=TIERS.index)


@frozen(kw_only=True)
class Judgement:
    """What a placement amounts to.

    Attributes:
        wording: its tier.
        edits: the differences, in the order of the quote.
        spans: (start, end) in the source's text, one a fragment; joined where nothing was left
            out between them.
        flags: ``negation-before-cut`` when it applies.
    """

    wording: Wording
    edits: tuple[Edit, ...]
    spans: tuple[tuple[int, int], ...]
    flags: tuple[str, ...]


def judge(parsed: ParsedQuote, stream: Stream, placement: Placement) -> Judgement:
    """Returns the tier, the edits and the spans of one placement."""
    return _Judge(parsed, stream, placement).run()


class _Judge:
    def __init__(self, parsed: ParsedQuote, stream: Stream, placement: Placement) -> None:
        self.parsed = parsed
        self.stream = stream
        self.placement = placement
        self.quote = parsed.tokens
        self.tokens = stream.tokens
        self.edits: list[Edit] = []
        self.tiers: list[Wording] = ["exact"]
        self.flags: list[str] = []

    def run(self) -> Judgement:
        placed = [
            pairs(fragment, self.quote, self.stream, start)
            for fragment, (start, _) in zip(
                self.parsed.fragments, self.placement.spans, strict=True
            )
        ]
        head, tail = self._edge_span(placed)
        spans: list[tuple[int, int]] = []
        start = head
        for k, pieces in enumerate(placed):
            gap = self.parsed.gaps[k]
            if k and gap is not None:
                apart = self._gap(gap, placed[k - 1][-1], pieces[0])
                if apart:
                    spans.append((start, self._source_end(placed[k - 1][-1])))
                    start = self._source_start(pieces[0])
            self._fragment(pieces)
        spans.append((start, tail))
        self._negation_outside()
        self._number_cut()
        self.edits.sort(key=lambda e: (e.quote.start, e.quote.end))
        return Judgement(
            wording=worst(self.tiers),
            edits=tuple(self.edits),
            spans=tuple(spans),
            flags=tuple(self.flags),
        )

    # ---------------------------------------------------------------- offsets

    def _quote_span(self, pair: Pair) -> tuple[int, int]:
        first, after = pair.quote
        return self.quote.start[first], self.quote.end[after - 1]

    def _source_start(self, pair: Pair) -> int:
        return self.stream.start(pair.source[0])

    def _source_end(self, pair: Pair) -> int:
        return self.stream.end(pair.source[1] - 1)

    def _edit(
        self, op: Op, quote: tuple[int, int], source: tuple[int, int], weight: Weight
    ) -> None:
        self.edits.append(
            Edit(
                op=op,
                quote=Span.of(self.parsed.text, *quote),
                source=Span.of(self.stream.text, *source),
                weight=weight,
            )
        )

    # -------------------------------------------------------------- fragments

    def _fragment(self, pieces: list[Pair]) -> None:
        for i, pair in enumerate(pieces):
            if i:
                self._between(pieces[i - 1], pair)
            quote = self._quote_span(pair)
            source = self._source_start(pair), self._source_end(pair)
            mine, theirs = self.parsed.text[slice(*quote)], self.stream.text[slice(*source)]
            if mine == theirs:
                continue
            if pair.kind == "patched":
                self._patched(pair, quote, source)
            elif pair.kind == "number" and not self._same_keys(pair):
                self.tiers.append("cleaned")
                self._edit("replace", quote, source, "glyph")
            else:
                self.tiers.append("folded")
                self._edit("replace", quote, source, "glyph")

    def _same_keys(self, pair: Pair) -> bool:
        mine = self.quote.key[slice(*pair.quote)]
        return mine == self.stream.key[slice(*pair.source)]

    def _patched(self, pair: Pair, quote: tuple[int, int], source: tuple[int, int]) -> None:
        mine = Words(self.quote, range(*pair.quote))
        at = self.stream.at
        theirs = Words(self.tokens, range(at[pair.source[0]], at[pair.source[1] - 1] + 1))
        wrong = None
        if not self._same_keys(pair):
            patch = self.quote.patched[pair.quote[0]]
            wrong = patch_fault(patch, mine, theirs, self.stream.key[pair.source[0]])
        self.tiers.append("altered" if wrong else "bracketed")
        self._edit("replace", quote, source, wrong or weigh(mine, theirs))

    def _between(self, left: Pair, right: Pair) -> None:
        """What stands between two words that follow each other on both sides."""
        quote = self._quote_span(left)[1], self._quote_span(right)[0]
        source = self._source_end(left), self._source_start(right)
        mine, theirs = self.parsed.text[slice(*quote)], self.stream.text[slice(*source)]
        if mine == theirs:
            return
        ours = range(left.quote[1], right.quote[0])
        at = self.stream.at
        others = range(at[left.source[1] - 1] + 1, at[right.source[0]])
        if count_brackets(theirs) > count_brackets(mine):
            # Words that an editor of the source put in are passed off as the speaker's.
            self.tiers.append("altered")
            self._edit("replace", quote, source, "content")
        elif [self.quote.key[i] for i in ours] != [self.tokens.key[i] for i in others]:
            self.tiers.append("cleaned")
            self._fillers(list(ours), list(others), quote, source)
        else:
            self.tiers.append("folded")
            self._edit(_op(quote, source), quote, source, "glyph")

    def _fillers(
        self, mine: list[int], theirs: list[int], quote: tuple[int, int], source: tuple[int, int]
    ) -> None:
        left = Counter(self.quote.key[i] for i in mine)
        for i in theirs:
            if left[self.tokens.key[i]] > 0:
                left[self.tokens.key[i]] -= 1
            else:
                span = (self.tokens.start[i], self.tokens.end[i])
                self._edit("delete", (quote[1], quote[1]), span, "filler")
        for i in mine:
            if left[self.quote.key[i]] > 0:
                left[self.quote.key[i]] -= 1
                span = (self.quote.start[i], self.quote.end[i])
                self._edit("insert", span, (source[1], source[1]), "filler")

    # ------------------------------------------------------------------- gaps

    def _gap(self, gap: Gap, left: Pair, right: Pair) -> bool:
        """Judges an ellipsis or bracket; returns whether words of the source are left out."""
        at = self.stream.at
        source = self._source_end(left), self._source_start(right)
        between = range(at[left.source[1] - 1] + 1, at[right.source[0]])
        quote = self._quote_span(left)[1], self._quote_span(right)[0]
        mine, theirs = self.parsed.text[slice(*quote)], self.stream.text[slice(*source)]
        if mine == theirs:
            return False
        swallowed = Words(self.tokens, between)
        inside = Words(self.quote, gap.words, bracketed=True)
        if is_literal(gap, mine, theirs, inside.key, swallowed.key):
            self.tiers.append("folded")
            self._edit("replace", quote, source, "glyph")
            return False
        weight = weigh(inside, swallowed)
        wrong = unfaithful(inside, swallowed)
        self.tiers.append("altered" if wrong else "elided" if gap.ellipsis else "bracketed")
        inner = _trimmed(theirs, source[0])
        self._edit("replace", (gap.start, gap.end), inner, wrong or weight)
        return gap.ellipsis

    # ------------------------------------------------------------------ edges

    def _edge_span(self, placed: list[list[Pair]]) -> tuple[int, int]:
        """Compares what stands before the first and after the last word of the quote.

        Returns:
            Offsets in the source of the place, punctuation that both have included.
        """
        first, last = placed[0][0], placed[-1][-1]
        head, tail = self._source_start(first), self._source_end(last)
        low, high = self._quote_span(first)[0], self._quote_span(last)[1]
        before, after = self.parsed.gaps[0], self.parsed.gaps[-1]
        lead = (before.start if before else self.parsed.start, low)
        trail = (high, after.end if after else self.parsed.end)
        text, source = self.parsed.text, self.stream.text
        mine = text[slice(*lead)]
        if mine and source[max(0, head - len(mine)) : head] == mine:
            head -= len(mine)
        elif mine:
            self._edge(before, lead, (head, head))
        mine = text[slice(*trail)]
        if mine and source[tail : tail + len(mine)] == mine:
            tail += len(mine)
        elif mine:
            self._edge(after, trail, (tail, tail))
        self._outer_marks(head, tail)
        return head, tail

    def _edge(self, gap: Gap | None, quote: tuple[int, int], source: tuple[int, int]) -> None:
        text = self.parsed.text
        if gap is not None:
            inside = Words(self.quote, gap.words, bracketed=True)
            self.tiers.append("elided" if gap.ellipsis else "bracketed")
            if inside.negators and not self._has_negators(inside, source[0], quote):
                self.tiers.append("altered")
            there = Words(self.tokens, self._neighbour(quote))
            wrong = unfaithful(inside, there) if gap.brackets else None
            if wrong not in (None, "negation"):
                self.tiers.append("altered")
            weight = wrong or weigh(inside, Words(self.tokens, ()))
            self._edit("insert", (gap.start, gap.end), source, weight)
            return
        silent = [
            i
            for i in sorted(self.quote.silent)
            if quote[0] <= self.quote.start[i] and self.quote.end[i] <= quote[1]
        ]
        if silent:
            self.tiers.append("cleaned")
            self._edit("insert", quote, source, "filler")
        elif text[slice(*quote)].strip():
            self.tiers.append("folded")
            self._edit("insert", quote, source, "glyph")

    def _neighbour(self, quote: tuple[int, int]) -> list[int]:
        """The token of the source that an edge bracket stands next to with nothing between."""
        stream = self.stream
        first = quote[0] < self.quote.start[self.parsed.fragments[0].at[0]]
        word = self.placement.first - 1 if first else self.placement.last + 1
        edge = self.placement.first if first else self.placement.last
        if not 0 <= word < len(stream.key) or stream.voice[word] != stream.voice[edge]:
            return []
        left, right = min(word, edge), max(word, edge)
        between = stream.text[stream.end(left) : stream.start(right)]
        return [] if between.strip() else [stream.at[word]]

    def _has_negators(self, inside: Words, at: int, quote: tuple[int, int]) -> bool:
        """Whether the negators of an edge bracket stand in the source where the bracket does."""
        first = quote[0] < self.quote.start[self.parsed.fragments[0].at[0]]
        near = (
            negator_before(self.stream, self.placement.first)
            if first
            else negator_after(self.stream, self.placement.last)
        )
        return near is not None and Words(self.tokens, [near]).negators == inside.negators

    def _outer_marks(self, head: int, tail: int) -> None:
        """Marks around the quote count when the source has marks there, of another shape."""
        text, source = self.parsed.text, self.stream.text
        low, high = self.parsed.start, self.parsed.end
        mine = (text[low - 1 : low], text[high : high + 1])
        theirs = (source[head - 1 : head] if head else "", source[tail : tail + 1])
        at = ((low - 1, head - 1), (high, tail))
        for ours, other, (at_quote, at_source) in zip(mine, theirs, at, strict=True):
            if ours and other and ours != other and ours in _DOUBLE and other in _DOUBLE:
                self.tiers.append("folded")
                quoted, there = (at_quote, at_quote + 1), (at_source, at_source + 1)
                self._edit("replace", quoted, there, "glyph")

    def _negation_outside(self) -> None:
        for gap, near in (
            (self.parsed.gaps[0], negator_before(self.stream, self.placement.first)),
            (self.parsed.gaps[-1], negator_after(self.stream, self.placement.last)),
        ):
            if near is None:
                continue
            inside = Words(self.quote, gap.words if gap else ())
            outside = Words(self.tokens, [near])
            if gap is not None and inside.negators == outside.negators:
                continue
            if "negation-before-cut" not in self.flags:
                self.flags.append("negation-before-cut")
            if gap is not None:
                self.tiers.append("altered")
                span = (self.tokens.start[near], self.tokens.end[near])
                self._edit("replace", (gap.start, gap.end), span, "negation")

    def _number_cut(self) -> None:
        edges = ((0, self.placement.first), (-1, self.placement.last + 1))
        for side, word in edges:
            if self.parsed.gaps[side] is None and cuts_number(self.stream, word):
                self.flags.append("number-cut")
                return


_DOUBLE = '"“”„‟«»″〝〞〟＂❝❞'


def _op(quote: tuple[int, int], source: tuple[int, int]) -> Op:
    if quote[0] == quote[1]:
        return "delete"
    return "insert" if source[0] == source[1] else "replace"


def _trimmed(text: str, at: int) -> tuple[int, int]:
    start, end = 0, len(text)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return at + start, at + end

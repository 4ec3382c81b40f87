"""Finding where the fragments of a quote stand, word for word.

Every place is found, not only likely ones: the rarest word of a fragment proposes, comparing word
by word decides, and the fragments of one quote are placed together by the tightest fit.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from attrs import frozen

from quotecheck.check.numbers import NumberPhrase
from quotecheck.check.quote import Fragment, Gap, ParsedQuote
from quotecheck.check.stream import Stream
from quotecheck.check.tokens import Tokens

__all__ = ["Pair", "Placement", "pairs", "placements"]

#: Places kept when a common phrase fits again and again.
MAX_PLACES = 200


@frozen(kw_only=True)
class Pair:
    """Words of the quote and the words of the source that they stand for.

    Attributes:
        quote: (first, after last) token of the quote.
        source: (first, after last) word of the stream.
        kind: same, number (the same one, written otherwise), joined (hyphen) or patched.
    """

    quote: tuple[int, int]
    source: tuple[int, int]
    kind: str


@frozen(kw_only=True)
class Placement:
    """One way to place all fragments.

    Attributes:
        spans: (first, after last) word of the stream for each fragment.
        cost: number of the source's words that the gaps stand for.
    """

    spans: tuple[tuple[int, int], ...]
    cost: int

    @property
    def first(self) -> int:
        """The first word."""
        return self.spans[0][0]

    @property
    def last(self) -> int:
        """The last word."""
        return self.spans[-1][1] - 1


class _Matcher:
    """Compares one fragment with the source, forwards and backwards, one step at a time."""

    def __init__(self, fragment: Fragment, quote: Tokens, stream: Stream) -> None:
        self.fragment = fragment.bare() if stream.bare else fragment
        self.quote = quote
        self.stream = stream
        self.keys = self.fragment.key
        self.starts = {p.end: first for first, p in fragment.numbers.items()}

    def step(self, i: int, j: int) -> tuple[int, int, str] | None:
        """Returns (next i, next j, kind) when the words at i and j agree."""
        s = self.stream
        mine, theirs = self.fragment.numbers.get(i), s.numbers.get(j)
        if (
            mine
            and theirs
            and (mine.value, mine.unit) == (theirs.value, theirs.unit)
            and (mine.digits or theirs.digits)
        ):
            return mine.end, theirs.end, "number"
        if j >= len(s.key):
            return None
        if self.keys[i] == s.key[j] and self._same_word(i, j):
            return i + 1, j + 1, "patched" if i in self.fragment.patched else "same"
        if i in self.fragment.patched and self._patch_fits(i, j):
            return i + 1, j + 1, "patched"
        if j in s.breaks and self.keys[i] == s.key[j] + s.key[j + 1]:
            return i + 1, j + 2, "joined"
        if self._compound(i, j):
            return i + 2, j + 1, "joined"
        return None

    def back(self, i: int, j: int) -> tuple[int, int] | None:
        """Returns (previous i, previous j) when the words before i and j agree."""
        first, other = self.starts.get(i), self.stream.number_starts.get(j)
        if first is not None and other is not None:
            found = self.step(first, other)
            if found and found[:2] == (i, j):
                return first, other
        for di, dj in ((1, 1), (1, 2), (2, 1)):
            if i >= di and j >= dj:
                found = self.step(i - di, j - dj)
                if found and found[:2] == (i, j):
                    return i - di, j - dj
        return None

    def _same_word(self, i: int, j: int) -> bool:
        """Tells "U.S." from "us", which have one key; a source in lower case may mean either."""
        mine = self.quote.raw(self.fragment.at[i])
        theirs = self.stream.tokens.raw(self.stream.at[j])
        if ("." in mine) == ("." in theirs) or self.stream.caseless:
            return True
        dotted, plain = (mine, theirs) if "." in mine else (theirs, mine)
        return not (dotted.isupper() and plain.islower())

    def _patch_fits(self, i: int, j: int) -> bool:
        before, _, after = self.fragment.patched[i]
        key = self.stream.key[j]
        return (
            len(key) >= len(before) + len(after) and key.startswith(before) and key.endswith(after)
        )

    def _compound(self, i: int, j: int) -> bool:
        """A hyphenated compound in a source that has lost its punctuation."""
        return (
            self.stream.bare
            and i in self.fragment.hyphened
            and self.keys[i] + self.keys[i + 1] == self.stream.key[j]
        )

    def forward(self, j: int) -> int | None:
        """Returns the word after the fragment when it stands at j."""
        i = 0
        while i < len(self.keys):
            found = self.step(i, j)
            if found is None:
                return None
            i, j, _ = found
        return j

    def backward(self, i: int, j: int) -> int | None:
        """Returns the first word of the fragment when its i words before j agree."""
        while i > 0:
            found = self.back(i, j)
            if found is None:
                return None
            i, j = found
        return j

    def places(self) -> Iterator[tuple[int, int]]:
        """Yields (first word, word after) of every place where the fragment stands."""
        if self._is_plain():
            yield from self._plain_places()
            return
        for start in self.starts_at():
            end = self.forward(start)
            if end is not None:
                yield start, end

    def _is_plain(self) -> bool:
        """Whether the words agree where their keys do and nowhere else."""
        fragment, stream = self.fragment, self.stream
        return not (
            fragment.patched
            or stream.breaks
            or (stream.bare and fragment.hyphened)
            or any("." in self.quote.raw(i) for i in fragment.at)
            or not stream.dotted.isdisjoint(self.keys)
            or any(self._written_otherwise(i, mine) for i, mine in fragment.numbers.items())
        )

    def _written_otherwise(self, i: int, mine: NumberPhrase) -> bool:
        """Whether the source has a number of the quote in digits for words or the like."""
        stream, keys = self.stream, list(self.keys[i : mine.end])
        for j in stream.values.get((mine.value, mine.unit), ()):
            theirs = stream.numbers[j]
            if (mine.digits or theirs.digits) and stream.key[j : theirs.end] != keys:
                return True
        return False

    def _plain_places(self) -> Iterator[tuple[int, int]]:
        """The same for words that nothing but their keys decides about: much faster."""
        keys, source = list(self.keys), self.stream.key
        anchor = min(range(len(keys)), key=self._rarity)
        for j in self.stream.postings.get(keys[anchor], ()):
            start = j - anchor
            end = start + len(keys)
            if start >= 0 and source[start:end] == keys:
                yield start, end

    def starts_at(self) -> Iterable[int]:
        """Words of the source at which the fragment may begin."""
        anchor = self._anchor()
        if anchor is not None:
            for j in self._candidates(anchor):
                start = self.backward(anchor, j)
                if start is not None:
                    yield start
            return
        found = set(self._candidates(0))
        if 0 in self.fragment.hyphened and len(self.keys) > 1:
            found.update(self.stream.postings.get(self.keys[0] + self.keys[1], ()))
        if 0 in self.fragment.patched:
            before, _, after = self.fragment.patched[0]
            for key, where in self.stream.postings.items():
                if key.startswith(before) and key.endswith(after):
                    found.update(where)
        yield from sorted(found)

    def _candidates(self, i: int) -> Iterable[int]:
        """Words of the source that may be word i: by its key, or as the same number."""
        same = self.stream.postings.get(self.keys[i], [])
        number = self.fragment.numbers.get(i)
        if number is None:
            return same
        return {*same, *self.stream.values.get((number.value, number.unit), ())}

    def _anchor(self) -> int | None:
        """The rarest word or number that can be looked up."""
        loose = set(self.fragment.patched)
        for first, phrase in self.fragment.numbers.items():
            loose.update(range(first + 1, phrase.end))
        if self.stream.bare:
            loose |= self.fragment.hyphened | {i + 1 for i in self.fragment.hyphened}
        firm = [i for i in range(len(self.keys)) if i not in loose]
        return min(firm, key=self._rarity, default=None)

    def _rarity(self, i: int) -> int:
        number = self.fragment.numbers.get(i)
        values = self.stream.values.get((number.value, number.unit), ()) if number else ()
        return len(self.stream.postings.get(self.keys[i], ())) + len(values)


def occurrences(
    fragment: Fragment,
    quote: Tokens,
    stream: Stream,
    *,
    across: bool = False,
    voices: frozenset[int] | None = None,
    most: int | None = None,
) -> list[tuple[int, int]]:
    """Returns where a fragment stands: (first word, word after), in order.

    Args:
        fragment: the words to look for.
        quote: the tokens of the quote.
        stream: the source.
        across: whether a place may run over several voices.
        voices: where to look; everywhere when None.
        most: how many places are enough; all when None.
    """
    matcher = _Matcher(fragment, quote, stream)
    found = set()
    for start, end in matcher.places():
        if not across and stream.voice[start] != stream.voice[end - 1]:
            continue
        if voices is None or stream.voice[start] in voices:
            found.add((start, end))
            if len(found) == most:
                break
    return sorted(found)


def placements(
    parsed: ParsedQuote,
    stream: Stream,
    *,
    across: bool = False,
    voices: frozenset[int] | None = None,
) -> list[Placement]:
    """Returns the ways to place all fragments whose gaps stand for the fewest words.

    Args:
        parsed: the quote.
        stream: the source.
        across: whether a place may run over several voices.
        voices: where to look; everywhere when None.
    """
    places = _all_places(parsed, stream, across, voices)
    if not places:
        return []
    # cost and predecessor of each alive occurrence, fragment by fragment
    alive: list[tuple[int, int, int, int]] = [(s, e, 0, -1) for s, e in places[0]]
    layers = [alive]
    for k in range(1, len(places)):
        gap = parsed.gaps[k]
        alive = _extended(alive, places[k], gap, stream, across)
        if not alive:
            return []
        layers.append(alive)
    least = min(cost for _, _, cost, _ in alive)
    ends = [i for i, item in enumerate(alive) if item[2] == least]
    return [_traced(layers, i) for i in ends[:MAX_PLACES]]


def _all_places(
    parsed: ParsedQuote, stream: Stream, across: bool, voices: frozenset[int] | None
) -> list[list[tuple[int, int]]]:
    """Returns the places of each fragment; nothing when one of them has none."""
    most = MAX_PLACES if len(parsed.fragments) == 1 else None  # a single one fits equally anywhere
    found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    distinct = {fragment.key: fragment for fragment in parsed.fragments}
    rarity = {key: min(len(stream.postings.get(word, ())) for word in key) for key in distinct}
    for fragment in sorted(distinct.values(), key=lambda f: rarity[f.key]):
        found[fragment.key] = occurrences(
            fragment, parsed.tokens, stream, across=across, voices=voices, most=most
        )
        if not found[fragment.key]:
            return []
    return [found[fragment.key] for fragment in parsed.fragments]


def _extended(
    alive: list[tuple[int, int, int, int]],
    places: list[tuple[int, int]],
    gap: Gap | None,
    stream: Stream,
    across: bool,
) -> list[tuple[int, int, int, int]]:
    ends = [item[1] for item in alive]
    limit = gap.limit if gap else 0
    out = []
    for start, end in places:
        best: tuple[int, int] | None = None
        low = bisect_left(ends, start - limit)
        for before in range(low, bisect_right(ends, start)):
            _, stop, cost, _ = alive[before]
            if not across and stream.voice[stop - 1] != stream.voice[start]:
                continue
            literal = gap is not None and tuple(stream.key[stop:start]) == gap.key
            total = cost + (0 if literal else start - stop)
            if best is None or total <= best[0]:
                best = (total, before)
        if best is not None:
            out.append((start, end, *best))
    return out


def _traced(layers: list[list[tuple[int, int, int, int]]], i: int) -> Placement:
    cost = layers[-1][i][2]
    spans = []
    for layer in reversed(layers):
        start, end, _, before = layer[i]
        spans.append((start, end))
        i = before
    return Placement(spans=tuple(reversed(spans)), cost=cost)


def pairs(fragment: Fragment, quote: Tokens, stream: Stream, start: int) -> list[Pair]:
    """Returns which words stand for which when a fragment stands at a word of the source."""
    matcher = _Matcher(fragment, quote, stream)
    out = []
    i, j = 0, start
    while i < len(fragment.key):
        found = matcher.step(i, j)
        if found is None:
            raise ValueError(f"the fragment does not stand at word {start}")
        after, j2, kind = found
        out.append(
            Pair(quote=(fragment.at[i], fragment.at[after - 1] + 1), source=(j, j2), kind=kind)
        )
        i, j = after, j2
    return out

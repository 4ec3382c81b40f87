"""The slow, obvious aligner that `quotecheck.check` is held to.

It knows nothing of indexes, runs or anchors: it tries every way to lay the quote over every turn,
word by word, and applies the rules of the ladder as they are written in docs/check.md. It shares no
code with the package. Words are plain (letters and digits); a quote is a list of items:

    "word"           a word
    None             an ellipsis
    ("the", "mayor") an editorial bracket with words
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

__all__ = ["FILLERS", "NEGATORS", "NUMBERS", "Item", "right_answers"]

Item = str | None | tuple[str, ...]

LADDER = ("exact", "folded", "cleaned", "bracketed", "elided", "altered")
NEGATORS = {"not", "never", "don't", "without"}
FILLERS = {"um", "uh", "er"}
NUMBERS = {"7": 7, "seven": 7, "9": 9, "nine": 9}
MAX_GAP = 80
MAX_BRACKET = 8


def _negators(words: Sequence[str]) -> list[str]:
    found = [w.lower() for w in words if w.lower() in NEGATORS]
    return sorted("not" if w.endswith("n't") else w for w in found)


def _worse(a: int, tier: str) -> int:
    return max(a, LADDER.index(tier))


def _spoken(words: Sequence[str]) -> list[str]:
    return [w.lower() for w in words if w.lower() not in FILLERS]


def _lay(
    items: Sequence[Item], turn: Sequence[str], at: int, begun: bool
) -> Iterator[tuple[int, int, tuple[str, ...], int]]:
    """Yields (words swallowed, tier, the swallowed words, end) for every way to lay the items."""
    if not items:
        yield 0, 0, (), at
        return
    if begun and at < len(turn) and turn[at].lower() in FILLERS:  # one the quote leaves out
        for cost, tier, hidden, end in _lay(items, turn, at + 1, begun):
            yield cost, _worse(tier, "cleaned"), hidden, end
    item, rest = items[0], items[1:]
    if begun and isinstance(item, str) and item.lower() in FILLERS:  # one the quote adds
        for cost, tier, hidden, end in _lay(rest, turn, at, begun):
            yield cost, _worse(tier, "cleaned"), hidden, end
    if item is None or isinstance(item, tuple):
        inside = () if item is None else item
        limit = MAX_GAP if item is None else max(MAX_BRACKET, len(inside))
        for stop in range(at, len(turn) + 1):
            gone = _spoken(turn[at:stop])
            if len(gone) > limit:
                break
            if gone and turn[stop - 1].lower() in FILLERS:
                continue
            mine = "elided" if item is None else "bracketed"
            if _negators(gone) != _negators(inside):
                mine = "altered"
            free = item is not None and gone == [w.lower() for w in inside]
            for cost, tier, hidden, end in _lay(rest, turn, stop, True):
                swallowed = ("|", *gone, *hidden)
                yield cost + (0 if free else len(gone)), _worse(tier, mine), swallowed, end
        return
    if at == len(turn):
        return
    there = turn[at]
    if item == there:
        mine = "exact"
    elif item.lower() == there.lower():
        mine = "folded"
    elif NUMBERS.get(item, item) == NUMBERS.get(there, there):
        mine = "cleaned"
    else:
        return
    for cost, tier, hidden, end in _lay(rest, turn, at + 1, True):
        yield cost, _worse(tier, mine), hidden, end


def right_answers(items: Sequence[Item], turns: Sequence[Sequence[str]]) -> set[str]:
    """Returns the wordings that are right for a quote; several where the ladder leaves it open.

    The quote begins and ends with a word that is no filler.
    """
    laid = [
        way
        for turn in turns
        for at in range(len(turn))
        for way in _lay(items, turn, at, False)
        if turn[way[3] - 1].lower() not in FILLERS
    ]
    if laid:
        least = min(cost for cost, *_ in laid)
        tightest = [(tier, hidden) for cost, tier, hidden, _ in laid if cost == least]
        if len({hidden for _, hidden in tightest}) > 1:
            return {"ambiguous"}
        return {LADDER[min(tier for tier, _ in tightest)]}
    words = _spoken([w for w in items if isinstance(w, str)])
    shared = any(_runs(words, _spoken(turn)) for turn in turns)
    return {"altered", "absent", "ambiguous"} if shared else {"absent"}


def _runs(words: Sequence[str], turn: Sequence[str]) -> bool:
    """Whether two words stand in both one after the other."""
    pairs = {tuple(turn[i : i + 2]) for i in range(len(turn) - 1)}
    return any(tuple(words[i : i + 2]) in pairs for i in range(len(words) - 1))

"""The cheapest reading of the marks of one paragraph.

A paragraph's marks are read from left to right by a beam search: a state is the stack of
quotations that are open, and every mark may open one, close the innermost one, or be something
else. States with the same stack are joined, so that the work grows with the number of marks alone.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import field, frozen

from quotecheck.quotations._glyphs import INFINITE, pair_cost
from quotecheck.quotations._marks import STRAY, Mark

__all__ = ["Pairing", "pair_marks"]

Action = Literal["open", "close", "close-both", "other"]
_Stack: TypeAlias = "tuple[int, _Stack, int] | None"
_History: TypeAlias = "tuple[Action, _History] | None"
_Doubts: TypeAlias = "tuple[int, _Doubts] | None"
_State: TypeAlias = tuple[float, _Stack, _History, _Doubts]

#: Deeper nesting is a run of stray marks, not somebody quoting somebody.
MAX_DEPTH = 8
BEAM = 10
#: Readings dearer than the best by this much (two strays and a half) never win any more.
MARGIN = 10.0
#: Two readings closer than this are reported as doubtful.
CLOSE_CALL = 0.35
_COMPARED = 60

UNCLOSED = {"double": 3.0, "single": 3.8}
_UNCLOSED_BEGINS_SINGLE = 2.5
_UNCLOSED_OTHER = 3.0
_EMPTY = 1.0
#: A double mark closed by a single one or the reverse ("“Let us go.’").
_CONFUSED = 2.6
#: An inner quotation that ends with the outer one, without a mark of its own ("“He said, ‘Go.”").
_UNCLOSED_INNER = 2.5
#: Of two readings equal but for this, the one with the shorter quotations is the likelier.
_PER_CHARACTER = 0.0005
_LONG = 0.3
_NESTED_SAME = {'"': 3.0, "'": 2.5, "＂": 3.0, "＇": 2.5}


@frozen
class Pairing:
    """How the marks of a paragraph were read; all numbers index its marks.

    Attributes:
        pairs: (opening, closing) of every closed quotation.
        cut: (opening, closing of the outer quotation) of those that end with the outer one.
        unclosed: opening marks that nothing closes, outermost first.
        others: marks that are no quotation marks.
        doubtful: marks that another reading, nearly as good, reads otherwise.
    """

    pairs: list[tuple[int, int]] = field(factory=list)
    cut: list[tuple[int, int]] = field(factory=list)
    unclosed: list[int] = field(factory=list)
    others: list[int] = field(factory=list)
    doubtful: list[int] = field(factory=list)


def pair_marks(marks: list[Mark]) -> Pairing:
    """Returns the cheapest reading of one paragraph's marks, in time linear in their number."""
    if not marks:
        return Pairing()
    quick = _plain_pairs(marks)
    if quick is not None:
        return quick
    states: list[_State] = [(0.0, None, None, None)]
    for index, mark in enumerate(marks):
        states = _step(states, index, mark, marks)
    ended = [_end(state, marks) for state in states]
    ended.sort(key=lambda state: state[0])
    best = ended[0]
    if len(ended) > 1 and ended[1][0] - best[0] < CLOSE_CALL:
        best = (*best[:3], _doubt(best, ended[1], len(marks)))
    return _replay(best)


def _plain_pairs(marks: list[Mark]) -> Pairing | None:
    """Returns the pairs of a paragraph where every reading but one is far-fetched, else None."""
    if len(marks) % 2:
        return None
    for at in range(0, len(marks), 2):
        left, right = marks[at], marks[at + 1]
        if (
            left.family != right.family
            or left.opens > 0.5
            or right.closes > 0.5
            or min(left.closes, right.opens) < 2.0
            or min(left.other, right.other) < STRAY
            or pair_cost(left.glyph, right.glyph) > 0
            or right.start == left.end
        ):
            return None
    return Pairing(pairs=[(at, at + 1) for at in range(0, len(marks), 2)])


def _step(states: list[_State], index: int, mark: Mark, marks: list[Mark]) -> list[_State]:
    new: dict[int, _State] = {}

    def offer(cost: float, stack: _Stack, history: _History, doubts: _Doubts) -> None:
        if cost == INFINITE:
            return
        state = (cost, stack, history, doubts)
        key = id(stack)  # equal stacks are one object: each is made once, by one opening
        rival = new.get(key)
        if rival is None:
            new[key] = state
            return
        winner, loser = (state, rival) if cost < rival[0] else (rival, state)
        if loser[0] - winner[0] < CLOSE_CALL:
            winner = (*winner[:3], _doubt(winner, loser, index + 1))
        new[key] = winner

    for cost, stack, history, doubts in states:
        offer(cost + mark.other, stack, ("other", history), doubts)
        if stack is not None:
            top = marks[stack[0]]
            offer(cost + _closing(top, mark), stack[1], ("close", history), doubts)
            outer = stack[1]
            if outer is not None and top.begins and top.family != mark.family:
                total = cost + _closing(marks[outer[0]], mark) + _UNCLOSED_INNER
                offer(total, outer[1], ("close-both", history), doubts)
        depth = stack[2] if stack else 0
        if depth < MAX_DEPTH and mark.opens <= MARGIN:
            total = cost + mark.opens + (_nesting(marks[stack[0]], mark) if stack else 0.0)
            offer(total, (index, stack, depth + 1), ("open", history), doubts)
    kept = sorted(new.values(), key=lambda state: state[0])[:BEAM]
    limit = kept[0][0] + MARGIN
    return [state for state in kept if state[0] <= limit]


def _closing(top: Mark, mark: Mark) -> float:
    """Returns the cost of closing with ``mark`` what ``top`` opened."""
    if top.family != mark.family:
        confused = {top.family, mark.family} == {"double", "single"} and mark.ends_sentence
        return mark.closes + _CONFUSED if confused else INFINITE
    cost = mark.closes + pair_cost(top.glyph, mark.glyph)
    cost += min(_LONG, (mark.start - top.start) * _PER_CHARACTER)
    return cost + _EMPTY if top.end == mark.start else cost


def _nesting(outer: Mark, inner: Mark) -> float:
    if outer.family != inner.family:
        return 0.0
    if outer.end == inner.start and outer.glyph == inner.glyph:
        return 0.5  # a doubled mark: ""No""
    if outer.glyph == inner.glyph:
        return _NESTED_SAME.get(inner.glyph, 1.5)
    return 0.4


def _end(state: _State, marks: list[Mark]) -> _State:
    cost, stack, history, doubts = state
    while stack is not None:
        mark = marks[stack[0]]
        if mark.family == "single" and mark.begins:
            cost += _UNCLOSED_BEGINS_SINGLE
        else:
            cost += UNCLOSED.get(mark.family, _UNCLOSED_OTHER)
        stack = stack[1]
    return (cost, state[1], history, doubts)


def _doubt(winner: _State, loser: _State, count: int) -> _Doubts:
    """Returns the winner's doubts and the first of the last marks that the loser reads else."""
    ours, theirs = winner[2], loser[2]
    at = count
    differs: int | None = None
    for _ in range(_COMPARED):
        if ours is theirs or ours is None or theirs is None:
            break
        at -= 1
        if ours[0] != theirs[0]:
            differs = at
        ours, theirs = ours[1], theirs[1]
    return winner[3] if differs is None else (differs, winner[3])


def _replay(state: _State) -> Pairing:
    actions: list[Action] = []
    history = state[2]
    while history is not None:
        actions.append(history[0])
        history = history[1]
    out = Pairing()
    stack: list[int] = []
    for index, action in enumerate(reversed(actions)):
        if action == "open":
            stack.append(index)
        elif action != "other":
            if action == "close-both":
                out.cut.append((stack.pop(), index))
            out.pairs.append((stack.pop(), index))
        else:
            out.others.append(index)
    out.unclosed.extend(stack)
    doubts = state[3]
    while doubts is not None:
        out.doubtful.append(doubts[0])
        doubts = doubts[1]
    return out

"""Which drafts become attributions: overlaps are settled, nested speech finds its parent."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from quotecheck.decode.spans import SpanIndex, overlap, size

__all__ = ["Candidate", "settle"]

CharSpan = tuple[int, int]

#: Two contents that share more than this part of the smaller one compete.
COMPETING = 0.5


@frozen(kw_only=True)
class Candidate:
    """An attribution on its way to a record: spans of the text and a confidence.

    Attributes:
        cue: spans of the cue.
        source: spans of the source.
        content: spans of the content, by the guidelines.
        confidence: calibrated probability.
        rule: the rule that made it, None when a cue did.
        parent: index into the settled list of the candidate whose content it stands in.
    """

    cue: tuple[CharSpan, ...]
    source: tuple[CharSpan, ...]
    content: tuple[CharSpan, ...]
    confidence: float
    rule: str | None = None
    parent: int | None = None

    @property
    def first(self) -> CharSpan:
        """The first span of any role, by which attributions are in order."""
        return min((*self.content, *self.cue, *self.source))


@frozen
class _Measured:
    """A candidate with the sizes of its spans, which are compared many times."""

    candidate: Candidate
    content: int
    cue: int

    @classmethod
    def of(cls, candidate: Candidate) -> _Measured:
        return cls(candidate, size(candidate.content), size(candidate.cue))


def _holds(outer: _Measured, inner: _Measured) -> bool:
    """Whether the inner attribution, cue and content, stands in the outer one's content."""
    if inner.content >= 0.9 * outer.content:
        return False
    if overlap(outer.candidate.content, inner.candidate.cue) < inner.cue:
        return False
    return overlap(outer.candidate.content, inner.candidate.content) >= 0.9 * inner.content


def _without(spans: Sequence[CharSpan], taken: Sequence[CharSpan]) -> tuple[CharSpan, ...]:
    out = list(spans)
    for a, b in taken:
        cut: list[CharSpan] = []
        for s, e in out:
            if e <= a or s >= b:
                cut.append((s, e))
                continue
            if s < a:
                cut.append((s, a))
            if b < e:
                cut.append((b, e))
        out = cut
    return tuple(out)


def settle(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Returns the candidates that stand, in text order, with their parents.

    The surer of two that claim the same words keeps them; the other keeps the rest when that is
    most of it, and goes when it is not. A candidate inside another's content is its child.
    """
    order = sorted(range(len(candidates)), key=lambda i: (-candidates[i].confidence, i))
    kept: list[_Measured] = []
    places = SpanIndex()
    for i in order:
        near = [kept[k] for k in places.touching(candidates[i].content)]
        candidate = _beside(_Measured.of(candidates[i]), near)
        if candidate is not None:
            places.add(len(kept), candidate.candidate.content)
            kept.append(candidate)
    kept.sort(key=lambda m: m.candidate.first)
    return _with_parents(kept)


def _beside(candidate: _Measured, kept: Sequence[_Measured]) -> _Measured | None:
    """Returns what surer candidates leave of one; None when they leave nothing."""
    for other in kept:
        shared = overlap(candidate.candidate.content, other.candidate.content)
        if not shared or _holds(candidate, other) or _holds(other, candidate):
            continue
        if shared > COMPETING * min(candidate.content, other.content):
            return None
        rest = _without(candidate.candidate.content, other.candidate.content)
        if not rest:
            return None
        candidate = _Measured.of(evolve(candidate.candidate, content=rest))
    return candidate


def _with_parents(kept: Sequence[_Measured]) -> list[Candidate]:
    places = SpanIndex()
    for j, outer in enumerate(kept):
        places.add(j, outer.candidate.content)
    out: list[Candidate] = []
    for i, inner in enumerate(kept):
        near = places.touching(inner.candidate.content)
        holders = [j for j in near if j != i and _holds(kept[j], inner)]
        parent = min(holders, key=lambda j: (kept[j].content, j), default=None)
        out.append(evolve(inner.candidate, parent=parent))
    return out

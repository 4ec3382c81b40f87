"""Which drafts become attributions: overlaps are settled, nested speech finds its parent."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from quotecheck.decode.spans import overlap, size

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


def _holds(outer: Candidate, inner: Candidate) -> bool:
    """Whether the inner attribution, cue and content, stands in the outer one's content."""
    if overlap(outer.content, inner.cue) < size(inner.cue):
        return False
    inside = overlap(outer.content, inner.content)
    return inside >= 0.9 * size(inner.content) and size(inner.content) < 0.9 * size(outer.content)


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
    kept: list[Candidate] = []
    for i in order:
        candidate: Candidate | None = candidates[i]
        for other in kept:
            assert candidate is not None  # noqa: S101 - the loop ends when it is
            shared = overlap(candidate.content, other.content)
            if not shared:
                continue
            if _holds(candidate, other) or _holds(other, candidate):
                continue
            if shared > COMPETING * min(size(candidate.content), size(other.content)):
                candidate = None
                break
            rest = _without(candidate.content, other.content)
            candidate = evolve(candidate, content=rest) if rest else None
            if candidate is None:
                break
        if candidate is not None:
            kept.append(candidate)
    kept.sort(key=lambda c: min((*c.content, *c.cue)))
    return _with_parents(kept)


def _with_parents(kept: list[Candidate]) -> list[Candidate]:
    out: list[Candidate] = []
    for i, inner in enumerate(kept):
        holders = [j for j, outer in enumerate(kept) if j != i and _holds(outer, inner)]
        parent = min(holders, key=lambda j: (size(kept[j].content), j), default=None)
        out.append(evolve(inner, parent=parent))
    return out

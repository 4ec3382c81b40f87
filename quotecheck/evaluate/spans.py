"""How spans are compared: by what is left when marks and punctuation are trimmed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from quotecheck.evaluate.data import Spans
from quotecheck.records import Kind

__all__ = ["SAME", "characters", "jaccard", "kind_of", "merged", "paired"]

#: Characters that annotators take in or leave out at a span's ends: they decide nothing.
TRIM = frozenset(" \t\r\n\u00a0\"'`.,;:!?()[]-\u2013\u2014\u2018\u2019\u201c\u201d\u2026")

#: Jaccard overlap from which two spans are the same.
SAME = 0.5
#: A content with more than this share of its characters inside quotation marks is direct.
_DIRECT = 0.97


def merged(text: str, spans: Iterable[tuple[int, int]]) -> Spans:
    """Returns the trimmed spans, those joined between which only trimmed characters lie.

    >>> merged("“No,” he said. “Never.”", [(0, 5), (14, 23)])
    ((1, 3), (16, 21))
    >>> merged("“No.” “Never.”", [(0, 5), (6, 14)])
    ((1, 12),)
    """
    out: list[tuple[int, int]] = []
    for start, end in sorted(_trimmed(text, *span) for span in spans):
        if start >= end:
            continue
        if out and TRIM.issuperset(text[out[-1][1] : start]):
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return tuple(out)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in TRIM:
        start += 1
    while end > start and text[end - 1] in TRIM:
        end -= 1
    return start, end


def characters(text: str, spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """Returns the offsets in the spans at which something else than a trimmed character stands."""
    return frozenset(i for start, end in spans for i in range(start, end) if text[i] not in TRIM)


def jaccard(a: frozenset[int], b: frozenset[int]) -> float:
    """Returns how much two sets of characters share: 1 for two empty ones.

    >>> jaccard(frozenset({1, 2}), frozenset({2, 3})) == 1 / 3
    True
    """
    return len(a & b) / len(a | b) if a or b else 1.0


def paired(gold: Sequence[frozenset[int]], found: Sequence[frozenset[int]]) -> dict[int, int]:
    """Returns which contents are the same: gold index to found index, one to one.

    The pair that shares most comes first; what shares less than half (`SAME`) is no pair.

    >>> paired([frozenset({1, 2})], [frozenset({2}), frozenset({1, 2, 3})])
    {0: 1}
    """
    candidates = sorted(
        (
            (jaccard(g, f), i, j)
            for i, g in enumerate(gold)
            for j, f in enumerate(found)
            if not g.isdisjoint(f)
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for shared, i, j in candidates:
        if shared >= SAME and i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def kind_of(text: str, content: frozenset[int]) -> Kind:
    """Returns the kind that a content's characters make: by how many stand in double marks.

    >>> text = "He said “no” to it."
    >>> kind_of(text, characters(text, [(8, 12)])), kind_of(text, characters(text, [(8, 18)]))
    ('direct', 'mixed')
    """
    inside = _in_marks(text)
    quoted = sum(inside[i] for i in content)
    if quoted == 0:
        return "indirect"
    return "direct" if quoted / len(content) > _DIRECT else "mixed"


@lru_cache(maxsize=8)
def _in_marks(text: str) -> bytes:
    """For each character, whether it stands inside double marks; a line end closes them."""
    inside = bytearray(len(text))
    open_ = False
    for i, char in enumerate(text):
        if char == "“":
            open_ = True
        elif char in "”\n":
            open_ = False
        elif char == '"':
            open_ = not open_
        inside[i] = open_
    return bytes(inside)

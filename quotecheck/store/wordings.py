"""The same quote in many articles: when one wording stands in another, perhaps with marked cuts.

A wording is the folded words of what was said, with ``…`` where words were marked as left out. The
quoted pieces of a mixed quotation are joined by ``…`` too, since the words between are the
reporter's. Two wordings of ``LONG`` words or more that contain one another are one quote whoever
is said to have said it (a conflict is then worth a flag); shorter ones need the same speaker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from quotecheck.records import Attribution
from quotecheck.store.words import SHINGLE, WINDOW, plain_marks, winnow, words

__all__ = [
    "CUT",
    "FEWEST",
    "LONG",
    "SHORTEST",
    "contains",
    "fragments",
    "lead",
    "shingles",
    "wording_of",
]

CUT = "…"
#: From this many words on, equal words are the same utterance, whoever is named: below it, stock
#: phrases ("we will win this race") are said by many.
LONG = 8
#: The same speaker saying fewer words than this twice ("very sad") is no repeated quote.
FEWEST = 3
#: Fewer words than this are never looked for inside other quotes ("it is what").
SHORTEST = SHINGLE + WINDOW - 1
#: Longest gap, in words, that an ellipsis may stand for; as in checking a quote.
MAX_GAP = 80

_MARKED = re.compile(r"\[[^\[\]]{0,200}\]|\.(?:\s?\.){2,}")
_QUOTED = re.compile(r'"([^"]+)"?')


def wording_of(attribution: Attribution) -> str:
    """Returns the wording of an attribution: what stands in quotation marks, or all if nothing.

    >>> from quotecheck.records import Span
    >>> text = '“We will not ... close the [old] port,”'
    >>> spans = (Span(start=0, end=len(text), text=text),)
    >>> wording_of(Attribution(id="A1", kind="direct", content=spans))
    'we will not … close the … port'
    """
    if attribution.kind == "mixed":
        joined = " ".join(span.text for span in attribution.content)
        quoted = _QUOTED.findall(plain_marks(joined))
        if quoted:
            return _marked(CUT.join(f" {_with_cuts(piece)} " for piece in quoted))
    if attribution.kind == "indirect":
        return _marked(_with_cuts(attribution.text))
    return _marked(" ".join(_with_cuts(span.text) for span in attribution.content))


def _with_cuts(text: str) -> str:
    return _MARKED.sub(f" {CUT} ", plain_marks(text))


def _marked(text: str) -> str:
    pieces = [" ".join(words(piece)) for piece in text.split(CUT)]
    return f" {CUT} ".join(piece for piece in pieces if piece)


def fragments(wording: str) -> list[list[str]]:
    """Returns the runs of words between the cuts of a wording.

    >>> fragments("we will … close it")
    [['we', 'will'], ['close', 'it']]
    """
    return [piece.split() for piece in wording.split(f" {CUT} ") if piece]


def shingles(wording: str) -> frozenset[int]:
    """Returns the kept shingles of all fragments of a wording."""
    return frozenset(h for run in fragments(wording) for h in winnow(run))


def lead(wording: str) -> int | None:
    """Returns the shingle under which a wording waits for longer ones, None if it is too short.

    It lies in the longest fragment, so every wording that contains this one keeps it too.
    """
    longest = max(fragments(wording), key=len, default=[])
    return min(winnow(longest), default=None)


def contains(whole: str, part: str) -> bool | None:
    """Returns None when ``part`` does not stand in ``whole``, else whether words were cut out.

    Fragments have to stand in order, each within a fragment of the whole, with gaps of at most
    ``MAX_GAP`` words.

    >>> contains("we will not close the old port", "not close the old port")
    False
    >>> contains("we will not close the old port", "we will … close the old port")
    True
    >>> contains("we will not close the old port", "we will close the old port") is None
    True
    """
    runs = fragments(part)
    flat: list[str] = []
    for run in fragments(whole):
        flat += [*run, CUT]
    if not runs or sum(map(len, runs)) > len(flat):
        return None
    ends = _place(flat, runs, 0, None, set())
    if ends is None:
        return None
    return any(start != end for (_, end), (start, _) in pairwise(ends))


def _place(
    flat: Sequence[str], runs: list[list[str]], first: int, end: int | None, failed: set[object]
) -> list[tuple[int, int]] | None:
    """Places of the fragments from the ``first`` on, the earliest that work together, or None."""
    if first == len(runs):
        return []
    if (first, end) in failed:
        return None
    run = runs[first]
    low = 0 if end is None else end
    high = len(flat) - len(run) if end is None else min(len(flat) - len(run), end + MAX_GAP)
    for start in range(low, high + 1):
        if flat[start] == run[0] and list(flat[start : start + len(run)]) == run:
            rest = _place(flat, runs, first + 1, start + len(run), failed)
            if rest is not None:
                return [(start, start + len(run)), *rest]
    failed.add((first, end))
    return None


def wording_key(wording: str) -> str:
    """Returns the key under which equal wordings meet."""
    import hashlib

    return hashlib.blake2b(wording.encode("utf-8"), digest_size=16).hexdigest()


def size(wording: str) -> int:
    """Returns the number of words, cuts not counted."""
    return sum(map(len, fragments(wording)))

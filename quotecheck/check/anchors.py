"""Anchors of quotes in pages, as the W3C Web Annotation Data Model's TextQuoteSelector.

A selector holds the exact words and some text before and after, so that the place is found again
when the page has been edited around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen
from rapidfuzz.distance import Indel

from quotecheck.check.tokens import tokenize
from quotecheck.errors import RecordError, TextTypeError
from quotecheck.records import Span

__all__ = ["Anchor", "TextQuoteSelector", "find_selector", "make_selector"]

#: Characters of context on each side; the model's own examples use about as many.
CONTEXT = 32
#: With less agreement of the context the words are a twin somewhere else, or the place is lost.
MIN_CONTEXT = 0.5
#: The runner-up must be that much worse.
MARGIN = 0.2


@frozen(kw_only=True)
class TextQuoteSelector:
    """A TextQuoteSelector.

    Attributes:
        exact: the words.
        prefix: what stands right before them.
        suffix: what stands right after them.
    """

    exact: str
    prefix: str = ""
    suffix: str = ""

    def to_dict(self) -> dict[str, str]:
        """Returns the JSON-LD object."""
        return {
            "type": "TextQuoteSelector",
            "exact": self.exact,
            "prefix": self.prefix,
            "suffix": self.suffix,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TextQuoteSelector:
        """Returns the selector of a JSON-LD object; other keys are passed over.

        Raises:
            RecordError: no ``exact``, or a value that is not a string.
        """
        if not isinstance(data, Mapping):
            raise RecordError(("$: not an object",))
        problems = []
        if data.get("type", "TextQuoteSelector") != "TextQuoteSelector":
            problems.append(f"$.type: {data['type']!r} is not 'TextQuoteSelector'")
        if not data.get("exact"):
            problems.append("$.exact: missing or empty")
        for name in ("exact", "prefix", "suffix"):
            if not isinstance(data.get(name, ""), str):
                problems.append(f"$.{name}: not a string")
        if problems:
            raise RecordError(tuple(problems))
        return cls(
            exact=data["exact"], prefix=data.get("prefix", ""), suffix=data.get("suffix", "")
        )


@frozen(kw_only=True)
class Anchor:
    """Where a selector points in a text, or why that is not known.

    Attributes:
        status: ``found``, ``ambiguous`` (several places fit equally) or ``lost``.
        span: the place, None unless found.
        candidates: every place with the words.
    """

    status: str
    span: Span | None = None
    candidates: tuple[Span, ...] = ()


def make_selector(text: str, start: int, end: int) -> TextQuoteSelector:
    """Returns a selector for a span of a text, with enough context to tell twins apart.

    >>> make_selector("It is safe. Now it is safe.", 16, 26).prefix
    'It is safe. Now '

    Raises:
        TextTypeError: not a str.
        ValueError: the span is empty or does not lie in the text.
    """
    if not isinstance(text, str):
        raise TextTypeError(text)
    if not 0 <= start < end <= len(text):
        raise ValueError(f"({start}, {end}) is not a span of {len(text)} characters")
    exact = text[start:end]
    size = CONTEXT
    while True:
        prefix, suffix = text[max(0, start - size) : start], text[end : end + size]
        whole = prefix + exact + suffix
        unique = text.count(whole) < 2 and text.find(whole) == text.rfind(whole)
        if unique or size >= len(text):
            return TextQuoteSelector(exact=exact, prefix=prefix, suffix=suffix)
        size *= 2


def find_selector(selector: TextQuoteSelector | Mapping[str, Any], text: str) -> Anchor:
    """Finds the place of a selector in a text, which may have been edited since.

    The words themselves have to stand there as they were, glyphs aside. When they stand in several
    places the context decides, and a place that agrees with too little of it is not taken: the
    twin passage is never taken for a lost one.

    >>> selector = {"exact": "it is safe", "prefix": "Mara: ", "suffix": ", she said"}
    >>> find_selector(selector, "Bo: it is safe, no. Mara: it is safe, she said.").span.start
    26

    Raises:
        TextTypeError: the text is not a str.
        RecordError: not a selector.
    """
    if not isinstance(text, str):
        raise TextTypeError(text)
    if not isinstance(selector, TextQuoteSelector):
        selector = TextQuoteSelector.from_dict(selector)
    places = _places(selector.exact, text)
    if not places:
        return Anchor(status="lost")
    spans = tuple(Span.of(text, *place) for place in places)
    if not (selector.prefix or selector.suffix):
        status = "found" if len(spans) == 1 else "ambiguous"
        return Anchor(status=status, span=spans[0] if len(spans) == 1 else None, candidates=spans)
    scored = sorted(((_agreement(selector, text, s), s) for s in spans), key=lambda x: -x[0])
    best, span = scored[0]
    if best < MIN_CONTEXT:
        return Anchor(status="lost", candidates=spans)
    if len(scored) > 1 and best - scored[1][0] < MARGIN:
        return Anchor(status="ambiguous", candidates=spans)
    return Anchor(status="found", span=span, candidates=spans)


def _places(exact: str, text: str) -> list[tuple[int, int]]:
    places = []
    at = text.find(exact)
    while at >= 0:
        places.append((at, at + len(exact)))
        at = text.find(exact, at + 1)
    if places:
        return places
    mine, theirs = tokenize(exact), tokenize(text)
    size = len(mine)
    return [
        (theirs.start[i], theirs.end[i + size - 1])
        for i in range(len(theirs) - size + 1)
        if size and theirs.key[i] == mine.key[0] and theirs.key[i : i + size] == mine.key
    ]


def _agreement(selector: TextQuoteSelector, text: str, span: Span) -> float:
    """Agreement of the contexts, from 0 to 1; the better side counts double.

    An edit right next to the words may change all of one side.
    """
    sides = []
    if selector.prefix:
        before = text[max(0, span.start - len(selector.prefix)) : span.start]
        sides.append(Indel.normalized_similarity(selector.prefix, before))
    if selector.suffix:
        after = text[span.end : span.end + len(selector.suffix)]
        sides.append(Indel.normalized_similarity(selector.suffix, after))
    return (max(sides) * 2 + min(sides)) / 3

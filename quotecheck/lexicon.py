"""The word lists and patterns of segmentation, read once from ``quotecheck/data``."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources

from attrs import frozen

__all__ = ["Abbreviations", "Layout", "abbreviations", "layout"]


@frozen(kw_only=True)
class Layout:
    """What lines of news pages look like (``layout.json``).

    Attributes:
        boilerplate: begins a line that is no part of the article.
        caption: begins a caption or a credit.
        credit_end: ends a caption.
        agencies: news agencies as they stand in datelines.
        byline_words: words that stand in bylines beside names.
        headline_misses: words that headlines leave out and sentences do not.
        not_speakers: first words of labels that name no speaker.
        roles: who can speak by role ("THE COURT").
    """

    boilerplate: re.Pattern[str]
    caption: re.Pattern[str]
    credit_end: re.Pattern[str]
    agencies: frozenset[str]
    byline_words: frozenset[str]
    headline_misses: frozenset[str]
    not_speakers: frozenset[str]
    roles: frozenset[str]


@frozen(kw_only=True)
class Abbreviations:
    """Abbreviations with a period, lower case, without it (``abbreviations.json``).

    Attributes:
        titles: stand before a name, never end a sentence.
        numbered: stand before a number ("No. 10"), then never end a sentence.
        inner: never end a sentence ("vs.", "e.g.").
        months: like ``numbered``.
        may_end: can end a sentence ("Jr.", "Inc.", "U.S.", "a.m.").
        openers: words that begin sentences and hardly ever a name.
        after_country: words that follow "U.S." inside a name.
        cues: verbs that follow a quotation in the same sentence.
    """

    titles: frozenset[str]
    numbered: frozenset[str]
    inner: frozenset[str]
    months: frozenset[str]
    may_end: frozenset[str]
    openers: frozenset[str]
    after_country: frozenset[str]
    cues: frozenset[str]


def _read(name: str) -> dict[str, list[str]]:
    source = resources.files("quotecheck") / "data" / name
    data: dict[str, list[str]] = json.loads(source.read_text(encoding="utf-8"))
    return data


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)


@lru_cache(maxsize=1)
def layout() -> Layout:
    """Returns the patterns of lines."""
    data = _read("layout.json")
    return Layout(
        boilerplate=_any(data["boilerplate"]),
        caption=_any(data["caption"]),
        credit_end=_any(data["credit_end"]),
        agencies=frozenset(data["agencies"]),
        byline_words=frozenset(data["byline_words"]),
        headline_misses=frozenset(data["headline_misses"]),
        not_speakers=frozenset(data["not_speakers"]),
        roles=frozenset(data["roles"]),
    )


@lru_cache(maxsize=1)
def abbreviations() -> Abbreviations:
    """Returns the abbreviations and the words that tell whether one ends a sentence."""
    data = _read("abbreviations.json")
    names = [a.name for a in Abbreviations.__attrs_attrs__]
    return Abbreviations(**{name: frozenset(data[name]) for name in names})

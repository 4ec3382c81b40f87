"""Names as the encoder tagged them, made whole."""

from __future__ import annotations

import pytest

from quotecheck.records import Article, NameMention
from quotecheck.speakers.namespans import whole_names
from quotecheck.speakers.page import Page


@pytest.mark.parametrize(
    ("text", "found", "label", "wanted"),
    [
        ("So The New Yorker wrote.", "Yorker", "organization", "New Yorker"),
        ("He left Port Orrin by boat.", "Orrin", "place", "Port Orrin"),
        ("He left port Orrin by boat.", "Orrin", "place", "Orrin"),
        ("New Orrin rules are due.", "Orrin", "organization", "Orrin"),
        ("He met Lake, Orrin and Vell.", "Orrin", "organization", "Orrin"),
        ("She rang North Vell.", "Vell", "person", "Vell"),
    ],
)
def test_a_place_keeps_the_word_its_name_begins_with(
    text: str, found: str, label: str, wanted: str
) -> None:
    """Nothing is named "Yorker" behind a "New" that does not open a sentence."""
    page = Page(Article(text=text), [])
    at = text.index(found)
    name = NameMention(start=at, end=at + len(found), label=label, score=0.99)
    assert [text[n.start : n.end] for n in whole_names(page, [name])] == [wanted]

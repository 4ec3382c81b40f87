"""Pronouns that come before the name they stand for, as in "In her ruling, Quist said".

A pronoun in what stands before the subject of its clause often means that subject (Reinhart, 1976:
the subject is not within the pronoun's domain; Lappin and Leass, 1994, only give such pairs less
salience). The subject is offered as one more candidate; the scores decide.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quotecheck.speakers.cast import Cast, Event, Reading, event_of
from quotecheck.speakers.clusters import NameBook
from quotecheck.speakers.lexicon import lexicon
from quotecheck.speakers.mentions import Scanner
from quotecheck.speakers.nouns import NameIndex
from quotecheck.speakers.page import Page

if TYPE_CHECKING:
    from quotecheck.speakers.antecedents import Query

__all__ = ["Ahead"]

#: Words between a clause's opening word and a pronoun, and characters from there to the name.
_OPENING_REACH, _NAME_REACH = 12, 160
#: Blocks at an article's beginning in which a pronoun may stand for a name of the next block.
LEDE_BLOCKS = 3
#: Between the comma that ends what is in front and the subject's name: titles and the like.
_LEADING_WORDS = 4
_MARKS = frozenset(',;:–—-("“‘')
#: Words beyond prepositions and conjunctions that open what may stand before a subject.
_OPENERS = frozenset(
    {"asked", "according", "following", "given", "prior", "thanks", "throughout", "unlike"}
)
_LINKS = frozenset({"and", "but", "or", "that", "while", "well"})


class Ahead:
    """Finds the name ahead of a pronoun that may be what the pronoun means.

    Args:
        page: the article.
        cast: the figures.
        book: the clusters of names.
        names: names by offset.
        scanner: the words and roles.
    """

    def __init__(
        self, page: Page, cast: Cast, book: NameBook, names: NameIndex, scanner: Scanner
    ) -> None:
        self._page, self._cast, self._book = page, cast, book
        self._names, self._scanner = names, scanner

    def subject(self, query: Query) -> Event | None:
        """Returns the subject of the clause that the pronoun's phrase stands in front of."""
        words = self._scanner.words
        at = self._scanner.index(query.start)
        if at >= len(words):  # a pronoun cut out of the text's last word
            return None
        if not self._in_front(at, self._page.sentence_bounds(query.start)[0]):
            return None
        stop = min(self._page.sentence_bounds(query.start)[1], query.end + _NAME_REACH)
        for i in range(at + 1, len(words)):
            if words[i].start >= stop:
                return None
            if words[i].text != ",":
                continue
            found = self._name_after(i + 1)
            if found is not None:
                return found
        return None

    def _in_front(self, at: int, low: int) -> bool:
        """Whether the word at ``at`` stands in a phrase or clause that opens a bigger one."""
        words, grammar = self._scanner.words, lexicon().grammar
        for i in range(at, max(-1, at - _OPENING_REACH), -1):
            word = words[i]
            if word.start < low:
                return False
            before = words[i - 1] if i else None
            opens = (
                word.low in grammar["prepositions"]
                or word.low in grammar["conjunctions"]
                or word.low in _OPENERS
                or word.low.endswith("ing")
            )
            first = before is None or before.end <= low or before.text in _MARKS
            if opens and (first or (before is not None and before.low in _LINKS)):
                return True
        return False

    def _name_after(self, i: int) -> Event | None:
        words = self._scanner.words
        for word in words[i : i + _LEADING_WORDS]:
            name = self._names.at(word.start)
            titled = word.capital or word.low == "the" or word.low in lexicon().grammar["ranks"]
            if name is None and word.alpha and titled:
                continue  # "Mr.", "former Mayor"
            reading = self._book.readings.get((name.start, name.end)) if name is not None else None
            if name is None or reading is None or reading.figure is None:
                return None
            if not self._heads(name.end):
                return None
            span = (name.start, name.end)
            return event_of(self._page, span, reading.figure, "subject", "name", phrase=name.start)
        return None

    def _heads(self, end: int) -> bool:
        """Whether the word after a name lets the name be a subject."""
        words, grammar = self._scanner.words, lexicon().grammar
        i = self._scanner.index(end)
        if i >= len(words) or re.match(r"['’]", self._page.text[end : end + 1]):
            return False
        low = words[i].low
        if low in (",", "("):
            return True
        linked = low in grammar["conjunctions"] or low in grammar["prepositions"]
        return words[i].alpha and words[i].text.islower() and not linked

    def only(self, query: Query, gender: str | None) -> Reading | None:
        """Returns the next name of a person, for a pronoun without any antecedent.

        Only the first paragraphs say "he" before they name him in another.
        """
        blocks = self._page.blocks
        further = 1 if query.block < LEDE_BLOCKS else 0
        limit = blocks[min(query.block + further, len(blocks) - 1)].end
        for name in self._names.within(query.end, limit, most=6):
            reading = self._book.readings.get((name.start, name.end))
            if reading is None or reading.figure is None or reading.figure in query.banned:
                continue
            figure = self._cast[reading.figure]
            if figure.kind == "person" and figure.gender in (None, gender):
                return Reading(reading.figure, "cataphora", 0.6)
        return None

"""Questions and answers under the labels "Q" and "A": who asks, and who is asked.

The labels name nobody. The questions are the author's; the answers are of the one whom the lines
before the first question bring in.
"""

from __future__ import annotations

import re

from quotecheck.records import Block
from quotecheck.speakers.cast import Cast, Reading
from quotecheck.speakers.clusters import NameBook
from quotecheck.speakers.page import Page

__all__ = ["Interview"]

_LABEL = re.compile(r"(?:(q|question)|a|answer)\d{0,2}[.:]?", re.I)


class Interview:
    """The turns of a text that are labelled as questions and answers.

    Args:
        page: the article.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._blocks = [
            b for b in page.blocks if b.label and _LABEL.fullmatch(b.label.text.strip())
        ]
        #: (start, end) of every such label, which is no name.
        self.labels = frozenset(
            (b.label.start, b.label.end) for b in self._blocks if b.label is not None
        )
        # Questions alone are the press's at a briefing, not the author's.
        self._complete = {self._asks(block) for block in self._blocks} == {True, False}

    def _asks(self, block: Block) -> bool:
        found = _LABEL.fullmatch(block.label.text.strip()) if block.label is not None else None
        return found is not None and found[1] is not None

    def holds(self, block: Block) -> bool:
        """Whether a turn is of an interview: its label is one of these, and both are there."""
        label = block.label
        return self._complete and label is not None and (label.start, label.end) in self.labels

    def reading(self, block: Block, author: int, cast: Cast, book: NameBook) -> Reading:
        """Returns who speaks in a turn that `holds`.

        Args:
            block: the turn with the label.
            author: the figure of the text's author.
            cast: the figures.
            book: the names.
        """
        if self._asks(block):
            return Reading(author, "interview", 0.8)
        people = self._introduced(cast, book)
        named = [key for key in people if cast[key].headline]
        chosen = people if len(people) == 1 else named
        if len(chosen) == 1:
            return Reading(chosen[0], "interview", 0.9)
        return Reading(None, "interview", 0.5, tuple(people))

    def _introduced(self, cast: Cast, book: NameBook) -> list[int]:
        """Returns the people named in full before the first question."""
        first = self._blocks[0].start
        found = [
            reading.figure
            for (start, end), reading in sorted(book.readings.items())
            if end <= first and reading.figure is not None and " " in self._page.text[start:end]
        ]
        return [key for key in dict.fromkeys(found) if cast[key].kind == "person"]

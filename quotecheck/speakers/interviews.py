"""Questions and answers under the labels "Q" and "A": who asks, and who is asked.

The labels name nobody. The questions are the author's; the answers are of the one whom the lines
before the first question bring in.
"""

from __future__ import annotations

from quotecheck.records import Block
from quotecheck.speakers.cast import Cast, Reading
from quotecheck.speakers.clusters import NameBook
from quotecheck.speakers.page import Page
from quotecheck.turns import read_label

__all__ = ["Interview"]


class Interview:
    """The turns of a text that are labelled as questions and answers.

    Attributes:
        labels: (start, end) of every such label, which is no name; whether it is a question's.

    Args:
        page: the article.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self.labels: dict[tuple[int, int], bool] = {}
        for block in page.blocks:
            read = read_label(page.text, block.start, block.end) if block.label else None
            if block.label is not None and read is not None and read.kind == "qa":
                self.labels[block.label.start, block.label.end] = read.key in ("q", "question")
        # Questions alone are the press's at a briefing, not the author's.
        self._complete = set(self.labels.values()) == {True, False}
        self._people: list[int] | None = None

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
        assert block.label is not None  # noqa: S101 - the caller has checked
        if self.labels[block.label.start, block.label.end]:
            return Reading(author, "interview", 0.8)
        if self._people is None:
            self._people = self._introduced(cast, book)
        people = self._people
        chosen = people if len(people) == 1 else [key for key in people if cast[key].headline]
        if len(chosen) == 1:
            return Reading(chosen[0], "interview", 0.9)
        return Reading(None, "interview", 0.5, tuple(people))

    def _introduced(self, cast: Cast, book: NameBook) -> list[int]:
        """Returns the people named in full before the first question."""
        first = min(start for start, _ in self.labels)
        found = [
            reading.figure
            for (start, end), reading in sorted(book.readings.items())
            if end <= first and reading.figure is not None and " " in self._page.text[start:end]
        ]
        return [key for key in dict.fromkeys(found) if cast[key].kind == "person"]

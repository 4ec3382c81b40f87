"""Who signed: on a page of readers' letters, "I" is the one whose name stands below."""

from __future__ import annotations

import re
from bisect import bisect_left

from quotecheck.speakers.cast import Cast
from quotecheck.speakers.clusters import NameBook
from quotecheck.speakers.page import Page

__all__ = ["Signatures"]

#: A page has letters when so many blocks are nothing but a name; one may be a credit or a heading.
LETTERS = 2
#: The longest line that may stand below the last signature, in characters.
LONGEST_PLACE = 40
_HANDLE = re.compile(r"@\w+")


class Signatures:
    """Finds the blocks that are nothing but a person's name or handle, and whose letter they end.

    Args:
        page: the article.
        cast: its figures.
        book: its names.
    """

    def __init__(self, page: Page, cast: Cast, book: NameBook) -> None:
        self._page, self._cast, self._book = page, cast, book
        self._signed: list[tuple[int, int, int | None]] | None = None

    def after(self, offset: int) -> int | None:
        """Returns the figure whose signature comes next after an offset; None on other pages."""
        signed = self._find()
        at = bisect_left(signed, (offset, -1, -1))
        if len(signed) < LETTERS or at == len(signed):
            return None
        start, end, figure = signed[at]
        if figure is None:
            made = self._cast.add("person", start)
            made.surfaces[self._page.text[start:end]] += 1
            figure = made.key
            signed[at] = (start, end, figure)
        return figure

    def _find(self) -> list[tuple[int, int, int | None]]:
        if self._signed is None:
            self._signed = []
            for block in self._page.blocks:
                text = self._page.text[block.start : block.end]
                end = block.start + len(text.rstrip(" .,\t"))
                reading = self._book.readings.get((block.start, end))
                if reading is not None and reading.figure is not None:
                    whole = " " in self._page.text[block.start : end]
                    if whole and self._cast[reading.figure].kind == "person":
                        self._signed.append((block.start, end, reading.figure))
                elif _HANDLE.fullmatch(self._page.text[block.start : end]):
                    self._signed.append((block.start, end, None))
            if self._signed and not self._ends(self._signed[-1][1]):
                self._signed = []
        return self._signed

    def _ends(self, offset: int) -> bool:
        """Whether nothing but a place may follow: names above their texts are headings."""
        return all(
            block.end - block.start <= LONGEST_PLACE
            for block in self._page.blocks
            if block.start > offset
        )

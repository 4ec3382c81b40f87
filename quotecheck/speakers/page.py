"""An article as the resolver reads it: which sentence, block and quotation an offset stands in."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property

from attrs import frozen

from quotecheck.records import Article, Block, Quotation

#: A first block no longer than this reads as a headline, in characters.
HEADLINE_LENGTH = 140

__all__ = ["Page", "Word", "rough_sentences", "words_of"]

#: Letters with the accents that follow them in decomposed text.
_LETTERS = r"\w[\w\u0300-\u036f]*"
#: A word with its inner marks and the period of an abbreviation or initial, or one other mark.
#: Inside a word, a few odd signs may stand: UTF-8 read as Latin-1 ("FranÃ§oise") is one word.
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}|[^\W\d_]\.(?=\s+[^\W\d_])|"
    r"\b(?:Mr|Mrs|Ms|Mx|Drs?|Profs?|Sens?|Reps?|Govs?|Gens?|Col|Maj|Capt|Lt|Sgt|Cpl|Pvt|Pfc|Spc|Adm|"
    r"Cmdr|Cdr|Brig|Revs?|Fr|Msgr|Atty|Det|Insp|Supt|Pres|Cllrs?|Ald|Amb|Del|Dels|Dep|Ofc|Hon|Sec|"
    r"Messrs|Jr|Sr|St|Inc|Corp|Co|Ltd|Bros)\.|"
    rf"[$€£]?{_LETTERS}(?:(?:[-'’.&/]|[\x80-\x9f\xa1-\xaa\xac-\xba\xbc-\xbf]{{1,3}}){_LETTERS})*"
    r"(?:['’](?=\s|$))?|"
    r"[^\w\s]",
)
#: Abbreviated titles that are names or words without their period ("Del Vell", "dep").
_DOTTED = {
    "Del.": "delegate",
    "Dels.": "delegates",
    "Dep.": "deputy",
    "Hon.": "honorable",
    "Sec.": "secretary",
    "Ofc.": "officer",
}
#: Sentence ends for an article that comes without sentences.
_END = re.compile(r"(?<=[.!?…])[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9])|\n+")
#: What ends in a period and no sentence: titles, initials, "U.S.".
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mrs?|Ms|Dr|Prof|Sens?|Reps?|Govs?|Gen|Col|Maj|Capt|Lt|Sgt|Rev|St|Jr|Sr|Del|Supt|Insp)|"
    r"\b[A-Z])\.\Z"
)


@frozen
class Word:
    """A word or mark with its offsets.

    Attributes:
        start: offset of its first code point in the article.
        end: offset after the last.
        text: the slice.
        low: in lower case, without a final period; of a few abbreviated titles the full word.
    """

    start: int
    end: int
    text: str
    low: str

    @property
    def capital(self) -> bool:
        """Whether it begins with an upper-case letter."""
        return self.text[0].isupper()

    @property
    def alpha(self) -> bool:
        """Whether it is a word rather than a mark."""
        return self.text[0].isalnum() or self.text[0] in "$€£"


def words_of(text: str, start: int, end: int) -> list[Word]:
    """Returns the words and marks of ``text[start:end]`` in order.

    >>> [w.text for w in words_of("Sen. Mara Quist's aide, 40, left.", 0, 33)]
    ['Sen.', 'Mara', "Quist's", 'aide', ',', '40', ',', 'left', '.']
    """
    return [
        Word(m.start(), m.end(), m[0], _DOTTED.get(m[0]) or m[0].lower().rstrip("."))
        for m in _WORD.finditer(text, start, end)
    ]


class Page:
    """The layout of an article with constant or logarithmic look-ups by offset.

    Args:
        article: the segmented text. Missing sentences are found by a simple rule.
        quotations: its quotations.
    """

    def __init__(self, article: Article, quotations: Sequence[Quotation]) -> None:
        self.text = article.text
        self.blocks: tuple[Block, ...] = article.blocks or (
            Block(start=0, end=len(article.text), kind="paragraph"),
        )
        self.sentences = article.sentences or rough_sentences(article.text, self.blocks)
        self.quotations = sorted(
            (q for q in quotations if q.level == 0 and q.role in ("speech", "unknown")),
            key=lambda q: q.start,
        )
        self._sentence_starts = [s for s, _ in self.sentences]
        self._block_starts = [b.start for b in self.blocks]
        self._quote_starts = [q.start for q in self.quotations]

    @cached_property
    def words(self) -> list[Word]:
        """The words and marks of the text in order."""
        return words_of(self.text, 0, len(self.text))

    @cached_property
    def word_starts(self) -> list[int]:
        """The offset of each word."""
        return [word.start for word in self.words]

    def sentence(self, offset: int) -> int:
        """Returns the index of the sentence at or before ``offset``; 0 when there is none."""
        return max(0, bisect_right(self._sentence_starts, offset) - 1)

    def block(self, offset: int) -> int:
        """Returns the index of the block at or before ``offset``; 0 when there is none."""
        return max(0, bisect_right(self._block_starts, offset) - 1)

    def kind(self, offset: int) -> str:
        """Returns the kind of the block that ``offset`` stands in."""
        return self.blocks[self.block(offset)].kind

    def heads(self, offset: int) -> bool:
        """Whether ``offset`` stands in the headline, marked as one or a short first line."""
        at = self.block(offset)
        block = self.blocks[at]
        short = at == 0 and len(self.blocks) > 2 and block.end - block.start <= HEADLINE_LENGTH
        return block.kind == "headline" or short

    def quotation(self, offset: int) -> Quotation | None:
        """Returns the outer quotation that ``offset`` stands in, if any."""
        at = bisect_right(self._quote_starts, offset) - 1
        if at >= 0 and self.quotations[at].start <= offset < self.quotations[at].end:
            return self.quotations[at]
        return None

    def last_quotation(self, block: Block) -> Quotation | None:
        """Returns the outer quotation that begins last in a block, if any."""
        at = bisect_left(self._quote_starts, block.end) - 1
        found = self.quotations[at] if at >= 0 else None
        return found if found is not None and found.start >= block.start else None

    def sentence_bounds(self, offset: int) -> tuple[int, int]:
        """Returns (start, end) of the sentence at ``offset``."""
        if not self.sentences:
            return 0, len(self.text)
        return self.sentences[self.sentence(offset)]


def rough_sentences(text: str, blocks: Sequence[Block]) -> tuple[tuple[int, int], ...]:
    """Returns (start, end) of the sentences of blocks that come without any, by their stops."""
    out: list[tuple[int, int]] = []
    for block in blocks:
        at = block.start
        for match in _END.finditer(text, block.start, block.end):
            if _ABBREVIATED.search(text[max(at, match.start() - 12) : match.start()]):
                continue
            if match.start() > at:
                out.append((at, match.start()))
            at = match.end()
        if at < block.end:
            out.append((at, block.end))
    return tuple(out)

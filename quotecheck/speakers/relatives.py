"""The noun phrase before a relative pronoun ("the farmers near Orrin, who said ...")."""

from __future__ import annotations

from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.mentions import Scanner
from quotecheck.speakers.page import Page, Word
from quotecheck.speakers.phrases import NameIndex

__all__ = ["antecedent_phrase"]

#: Noun phrases looked at before a relative pronoun: the nearest, and those it modifies.
_TRIES = 4


def antecedent_phrase(
    scanner: Scanner, names: NameIndex, page: Page, start: int, pronoun: str
) -> tuple[int, int] | None:
    """Returns the span of the noun phrase that the relative pronoun at ``start`` refers to.

    "who" skips places and things back to a noun for people.
    """
    human = pronoun in ("who", "whom")
    low = page.sentence_bounds(start)[0]
    i = scanner.index(start) - 1
    for _ in range(_TRIES):
        while i >= 0 and not scanner.words[i].alpha:
            i -= 1
        if i < 0 or scanner.words[i].start < low:
            return None
        if scanner.words[i].low in lexicon().grammar["prepositions"]:  # "of whom", "for which"
            i -= 1
            continue
        word = scanner.words[i]
        name = names.at(word.start)
        if name is not None and not (human and name.label in ("place", "organization", "misc")):
            return name.start, name.end
        first = (
            scanner.index(name.start) if name is not None else _noun_start(scanner.words, i, low)
        )
        if name is None and (not human or _human(word)):
            last = scanner.words[i]
            return scanner.words[first].start, last.end
        i = first - 1
        if i < 0 or scanner.words[i].low not in lexicon().grammar["prepositions"] | {
            "the",
            "a",
            "and",
        }:
            return None if human or name is None else (name.start, name.end)
    return None


def _human(word: Word) -> bool:
    lex = lexicon()
    head = singular(word.low)
    return (
        head in lex.people
        or word.low in lex.plural_people
        or (head != word.low and head not in lex.documents)
    )


def _noun_start(words: list[Word], i: int, low: int) -> int:
    """Returns the index of the first word of the noun phrase that ends at ``i``."""
    g = lexicon().grammar
    j = i
    while j > 0 and i - j < 6:
        before = words[j - 1]
        if (
            before.start < low
            or not before.alpha
            or before.low in g["prepositions"]
            or before.low in g["conjunctions"]
            or before.low in g["verbs"]
            or before.low in g["auxiliaries"]
        ):
            break
        j -= 1
        if before.low in g["determiners"]:
            break
    return j

"""The noun phrase before a relative pronoun ("the farmers near Orrin, who said ...")."""

from __future__ import annotations

from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.mentions import Scanner
from quotecheck.speakers.nouns import NameIndex
from quotecheck.speakers.page import Page, Word

__all__ = ["antecedent_phrase"]

#: How many words back from "who" its noun may stand.
_REACH = 14
_PREPOSITIONS = frozenset({"of", "for", "in", "with", "to", "by", "from", "at", "on"})


def antecedent_phrase(
    scanner: Scanner, names: NameIndex, page: Page, start: int, pronoun: str
) -> tuple[int, int] | None:
    """Returns the span of the noun phrase that the relative pronoun at ``start`` refers to.

    "who" skips places and things back to a noun for people.
    """
    low = page.sentence_bounds(start)[0]
    i = scanner.index(start) - 1
    while i >= 0 and (not scanner.words[i].alpha or scanner.words[i].low in _PREPOSITIONS):
        i -= 1
    if pronoun in ("who", "whom"):
        return _person_before(scanner, names, i, low)
    if i < 0 or scanner.words[i].start < low:
        return None
    name = names.at(scanner.words[i].start)
    if name is not None:
        return name.start, name.end
    return scanner.words[_noun_start(scanner.words, i, low)].start, scanner.words[i].end


def _person_before(scanner: Scanner, names: NameIndex, i: int, low: int) -> tuple[int, int] | None:
    """Returns the nearest person or noun for people, past ages, places and things after it."""
    grammar = lexicon().grammar
    for k in range(i, max(-1, i - _REACH), -1):
        word = scanner.words[k]
        if word.start < low or word.low in grammar["verbs"] or word.low in grammar["auxiliaries"]:
            return None
        name = names.at(word.start)
        if name is not None and name.label == "person":
            return name.start, name.end
        if name is not None and name.label != "norp":
            continue
        if word.alpha and _human(word):
            first = _noun_start(scanner.words, k, low)
            if first == k and _is_office(scanner.words, k):
                continue
            return scanner.words[_joined(scanner.words, first, k, low)].start, word.end
    return None


def _is_office(words: list[Word], k: int) -> bool:
    """Whether a noun names an office somebody is after or in: "the nominee for president, who"."""
    bare = singular(words[k].low) == words[k].low and not words[k].capital
    return bare and k > 0 and words[k - 1].low in ("for", "as")


def _joined(words: list[Word], first: int, head: int, low: int) -> int:
    """Returns where "generals and admirals" begins, given where its last noun does."""
    if first < 2 or words[first - 1].low != "and" or singular(words[head].low) == words[head].low:
        return first
    other = words[first - 2]
    plural = _human(other) and singular(other.low) != other.low
    return _noun_start(words, first - 2, low) if plural and other.start >= low else first


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

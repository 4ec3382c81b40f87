"""The makings of a noun phrase: its record, the names in it, and where its core ends."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from attrs import frozen

from quotecheck.records import NameMention
from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.page import Word

__all__ = [
    "Descriptor",
    "NameIndex",
    "Phrase",
    "bare",
    "core_end",
    "describe",
    "in_name",
    "is_possessive",
    "known_heads",
    "proper_words",
    "segment_end",
    "strip_possessive",
    "suffix_follows",
]

_CUT_MARKS = frozenset(",;:()[]—–―-/")
_RELATIVES = frozenset({"who", "whom", "whose", "which", "that", "where"})


@frozen
class Descriptor:
    """A noun phrase that describes an entity.

    Attributes:
        head: its head noun, lower case, singular.
        modifiers: the other words, lower case.
        text: the phrase without its determiner.
        proper: the modifiers that are names of places or parties, one spelling each.
    """

    head: str
    modifiers: frozenset[str]
    text: str
    proper: frozenset[str] = frozenset()


@frozen(kw_only=True)
class Phrase:
    """The parts of a source's noun phrase.

    Attributes:
        start: offset of the phrase.
        end: offset after it.
        form: name, description, pronoun, group (members in ``parts``) or empty.
        name: (start, end) of the name that is the head.
        label: the name's label (person, organization, place, norp, misc).
        pronoun: the pronoun, lower case.
        head: a description's head noun, singular and lower case.
        plural: whether the phrase is plural.
        definite: whether it points back ("the", "this", "his").
        modifiers: the words before and after the head, lower case.
        text: a description without its determiner and its commas' asides.
        titles: noun phrases that stand with the name: title, role, apposition.
        aliases: names in brackets after the name.
        parts: members of a coordination.
        owner: (start, end) of the possessor or principal ("Arden's", "for Arden", "his").
        proper: modifiers that are names of places or parties.
        other: whether it begins with another, other, one, a: somebody not named yet.
    """

    start: int
    end: int
    form: str = "empty"
    name: tuple[int, int] | None = None
    label: str = ""
    pronoun: str = ""
    head: str = ""
    plural: bool = False
    definite: bool = False
    modifiers: frozenset[str] = frozenset()
    text: str = ""
    titles: tuple[Descriptor, ...] = ()
    aliases: tuple[str, ...] = ()
    parts: tuple[Phrase, ...] = ()
    owner: tuple[int, int] | None = None
    other: bool = False
    proper: frozenset[str] = frozenset()


class NameIndex:
    """The article's names by offset, overlaps removed (the longer one stays)."""

    def __init__(self, names: Sequence[NameMention]) -> None:
        kept: list[NameMention] = []
        for name in sorted(names, key=lambda n: (n.start, -n.end)):
            if name.end <= name.start or (kept and name.start < kept[-1].end):
                continue
            kept.append(name)
        self.names = kept
        self._starts = [n.start for n in kept]

    def within(self, start: int, end: int, most: int | None = None) -> list[NameMention]:
        """Returns the names that lie inside ``start`` to ``end``, in order, the first ``most``."""
        out: list[NameMention] = []
        for i in range(bisect_left(self._starts, start), len(self.names)):
            if self.names[i].start >= end or len(out) == most:
                break
            if self.names[i].end <= end:
                out.append(self.names[i])
        return out

    def at(self, offset: int) -> NameMention | None:
        """Returns the name that covers ``offset``, if any."""
        i = bisect_left(self._starts, offset + 1) - 1
        if i >= 0 and self.names[i].start <= offset < self.names[i].end:
            return self.names[i]
        return None


@lru_cache(maxsize=1)
def _ends_core() -> frozenset[str]:
    """Returns the words after which a noun phrase's head is past."""
    grammar = lexicon().grammar
    return grammar["prepositions"] | (grammar["conjunctions"] - {"and", "or", "nor"})


def describe(words: Sequence[Word], text: str) -> Descriptor | None:
    """Returns the descriptor that a run of words makes, or None when it has no head noun."""
    lex = lexicon()
    after = _ends_core()
    kept = [w for w in words if w.alpha]
    while kept and kept[0].low in lex.grammar["determiners"]:
        kept = kept[1:]
    cut = next(
        (i for i, w in enumerate(kept) if i and (w.low in after or w.low in _RELATIVES)),
        len(kept),
    )
    if not kept or not cut:
        return None
    head = singular(bare(kept[cut - 1].low))
    return Descriptor(
        head,
        frozenset(bare(w.low) for i, w in enumerate(kept) if i != cut - 1),
        text[kept[0].start : kept[-1].end],
        proper_words(kept[: cut - 1]),
    )


def proper_words(words: Sequence[Word]) -> frozenset[str]:
    """Returns the capitalised modifiers that are neither titles nor roles, parties unified."""
    lex = lexicon()
    return frozenset(
        lex.parties.get(bare(w.low), bare(w.low))
        for w in words
        if w.capital
        and bare(w.low) not in lex.titles
        and not _is_role(singular(bare(w.low)))
        and w.low not in lex.grammar["ranks"]
        and w.low not in lex.grammar["determiners"]
    )


def _is_role(noun: str) -> bool:
    lex = lexicon()
    return noun in lex.people and noun not in lex.parties


def bare(low: str) -> str:
    """Returns a lower-case word without its possessive ending."""
    for mark in ("'s", "’s", "'", "’"):
        if low.endswith(mark) and len(low) > len(mark):
            return low[: -len(mark)]
    return low


def is_possessive(word: Word) -> bool:
    """Whether the word ends in a possessive mark."""
    return word.text.endswith(("'s", "’s", "s'", "s’"))


def strip_possessive(word: str) -> str:
    """Returns a word without its possessive ending, case kept."""
    for mark in ("'s", "’s"):
        if word.endswith(mark):
            return word[: -len(mark)]
    if word.endswith(("s'", "s’")):
        return word[:-1]
    return word


@lru_cache(maxsize=1)
def known_heads() -> frozenset[str]:
    """Returns the nouns that can head a description of a person or body."""
    return lexicon().people | lexicon().bodies | lexicon().relations


def in_name(word: Word, names: NameIndex) -> bool:
    """Whether the word stands inside a name, after its first word."""
    name = names.at(word.start)
    return name is not None and name.start < word.start


def _title_ahead(words: Sequence[Word], at: int, names: NameIndex) -> bool:
    """Whether the preposition at ``at`` is part of a title ("Secretary of State X")."""
    if not words[at - 1].capital:
        return False
    j = at + 1
    while j < len(words) and words[j].capital and j - at <= 5:
        name = names.at(words[j].start)
        if (
            name is not None
            and name.label == "person"
            and name.start == words[j].start
            and j > at + 1
        ):
            return True
        j += 1
    return j - at >= 4 and words[at].low == "of" and words[at - 1].low in lexicon().titles


def _proper_ahead(words: Sequence[Word], at: int) -> bool:
    """Whether the preposition at ``at`` joins two halves of a body's name ("Institute for X")."""
    lex = lexicon()
    if words[at].low not in ("of", "for", "on", "to", "and", "in") or not words[at - 1].capital:
        return False
    before = [w for w in words[:at] if w.low not in lex.grammar["determiners"]]
    if len(before) == len(words[:at]) and at == 1:
        return False
    nxt = at + 1
    while nxt < len(words) and words[nxt].low in ("the", "a"):
        nxt += 1
    head = words[at - 1].low
    return (
        nxt < len(words)
        and words[nxt].capital
        and singular(head) not in lex.people
        and head not in lex.titles
        and (singular(head) in lex.bodies or head in lex.name_words)
    )


def core_end(words: Sequence[Word], names: NameIndex) -> int:
    """Returns the index where the core of the noun phrase ends (first post-modifier or aside)."""
    lex = lexicon()
    for i, word in enumerate(words):
        if i == 0:
            continue
        if in_name(word, names):
            continue
        if not word.alpha:
            if word.text in _CUT_MARKS and not suffix_follows(words, i):
                return i
            continue
        if word.low in _RELATIVES or _dates(words, i):
            return i
        if word.low in lex.grammar["prepositions"] and not (
            _title_ahead(words, i, names) or _proper_ahead(words, i)
        ):
            return i
        if (
            word.low.endswith(("ed", "ing"))
            and i + 1 < len(words)
            and words[i + 1].low
            in ("by", "in", "on", "from", "to", "at", "for", "with", "last", "this")
        ):
            return i
    return len(words)


def _dates(words: Sequence[Word], at: int) -> bool:
    """Whether the word tells when ("a poll released Friday"), not which ("a Friday poll")."""
    days = lexicon().grammar["days"]
    if words[at].low.endswith("ed") and at + 1 < len(words) and words[at + 1].low in days:
        return True
    last = at + 1 == len(words) or not words[at + 1].alpha
    return last and words[at].low in days and not words[at - 1].capital


def suffix_follows(words: Sequence[Word], at: int) -> bool:
    """Whether the comma at ``at`` stands before "Jr." or the like."""
    return (
        words[at].text == ","
        and at + 1 < len(words)
        and words[at + 1].low in lexicon().grammar["suffixes"]
    )


def segment_end(words: Sequence[Word], at: int, names: NameIndex) -> int:
    """Returns the index of the first comma, bracket or dash from ``at`` on: where asides begin."""
    for i in range(at, len(words)):
        if words[i].text in ",;:(—–―" and not suffix_follows(words, i):
            name = names.at(words[i].start)
            if name is None or name.start == words[i].start:
                return i
    return len(words)

"""Groups in a source: "A and B", "A, B and C", "A and others", and groups with an example."""

from __future__ import annotations

import re
from collections.abc import Callable

from quotecheck.speakers.lexicon import lexicon
from quotecheck.speakers.nouns import NameIndex, Phrase, core_end, in_name, known_heads
from quotecheck.speakers.page import Word

__all__ = ["coordination", "without_examples"]

#: Parses one noun phrase without coordination.
Single = Callable[[str, list[Word], NameIndex], Phrase]
_PARTY_TAG = re.compile(r"[RDIL]-[A-Z][\w.]*")
#: Singular nouns for several people.
_COLLECTIVES = frozenset({"family", "staff", "public", "press", "crowd", "couple", "police"})
#: What brings in members of a group by way of example.
_EXAMPLES = frozenset({"including", "like", "especially", "particularly", "notably", "such"})


def without_examples(text: str, words: list[Word], names: NameIndex, single: Single) -> list[Word]:
    """Returns a plural noun phrase without ", including X" or "such as X"; others as they are.

    "Some senators, including Mara Quist" are the senators.
    """
    for i, word in enumerate(words[:-1]):
        bound = i > 0 and (
            words[i - 1].text == "," or (word.low, words[i + 1].low) == ("such", "as")
        )
        if not bound or word.low not in _EXAMPLES or in_name(word, names):
            continue
        head = words[: i - 1] if words[i - 1].text == "," else words[:i]
        made = single(text, head, names) if head else None
        if made is not None and (made.plural or made.head in _COLLECTIVES):
            return head
        return words
    return words


def coordination(text: str, words: list[Word], names: NameIndex, single: Single) -> Phrase | None:
    """Returns the group that "A and B", "A, B and C" or "A, others" make, or None."""
    at = next(
        (
            i
            for i, w in enumerate(words)
            if 0 < i < len(words) - 1 and w.low in ("and", "&") and not in_name(w, names)
        ),
        None,
    )
    if at is None:
        if len(words) >= 3 and words[-1].low == "others" and words[-2].text == ",":
            named = single(text, words[:-2], names)
            others = single(text, words[-1:], names)
            return _join(words, (named, others)) if named.form == "name" else None
        return None
    left, right = words[:at], words[at + 1 :]
    while left and not left[-1].alpha and left[-1].text not in ")”":
        left = left[:-1]
    if not left:
        return None
    first, second = single(text, left, names), single(text, right, names)
    listed = _enumerated(text, left, second, names, single)
    if not listed and not _coordinates(
        left, right, first, second, words[at - 1].text == ",", names
    ):
        return None
    firsts = listed or _listed(text, left, names, single)
    rest = coordination(text, right, names, single)
    parts = (*firsts, *(rest.parts if rest is not None else (second,)))
    return _join(words, parts)


def _pieces(words: list[Word]) -> list[list[Word]]:
    """Returns the words between commas, a senator's party and state left out ("R-Ore.")."""
    pieces: list[list[Word]] = [[]]
    for word in words:
        if word.text == ",":
            pieces.append([])
        else:
            pieces[-1].append(word)
    return [p for p in pieces if p and not _PARTY_TAG.fullmatch(p[0].text)]


def _enumerated(
    text: str, left: list[Word], last: Phrase, names: NameIndex, single: Single
) -> tuple[Phrase, ...]:
    """Returns the conjuncts of "the family, protesters and civic leaders", else none.

    What could be an apposition ("Mara Quist, a doctor and a mayor") is no list: after the first
    conjunct all are plural or names, and a name's apposition would be singular.
    """
    pieces = _pieces(left)
    if len(pieces) < 2 or any(not _begins_phrase(p) for p in pieces[1:]):
        return ()
    phrases = [single(text, p, names) for p in pieces]
    rest = [*phrases[1:], last]
    if not all(p.form == "name" or _several(p) for p in rest):
        return ()
    first = phrases[0]
    plain = first.form == "name" and not first.titles
    several = _several(first) or first.head in lexicon().bodies or first.head in _COLLECTIVES
    if plain and all(p.form == "name" for p in rest):
        return ()  # names alone: `_listed`
    return tuple(phrases) if plain or (several and first.form == "description") else ()


def _begins_phrase(words: list[Word]) -> bool:
    grammar = lexicon().grammar
    low = words[0].low
    return (
        words[0].alpha
        and not low[0].isdigit()
        and low not in ("who", "whom", "whose", "which", "that", "where", "when")
        and low not in grammar["prepositions"]
        and low not in grammar["verbs"]
        and low not in grammar["auxiliaries"]
        and not low.endswith("ing")
    )


def _several(phrase: Phrase) -> bool:
    """Whether a description is of several who may speak."""
    return phrase.form == "description" and (phrase.plural or phrase.head in _COLLECTIVES)


def _listed(text: str, left: list[Word], names: NameIndex, single: Single) -> tuple[Phrase, ...]:
    """Returns the conjuncts before the last one: "A, B" when each is a name, else one phrase."""
    phrases = [single(text, p, names) for p in _pieces(left)]
    if len(phrases) > 1 and all(p.form == "name" and not p.titles[1:] for p in phrases):
        return tuple(phrases)
    return (single(text, left, names),)


def _coordinates(
    left: list[Word],
    right: list[Word],
    first: Phrase,
    second: Phrase,
    comma: bool,
    names: NameIndex,
) -> bool:
    lex = lexicon()
    first_right = right[0].low
    if first_right in lex.grammar["auxiliaries"] or first_right in lex.grammar["verbs"]:
        return False
    cut = core_end(left, names)
    inside = cut < len(left)
    named = first.form == "name" and second.form == "name"
    if inside and not comma:
        # "X, founder and CEO of Y"; "experts on A and B"
        if left[cut].text == ",":
            return (
                named
                and all(p.form == "name" for p in (first, second))
                and _all_names_between(left, names)
            )
        return named and first.label == "person" and second.label == "person"
    if named:
        return True
    if first.form == "description" and second.form == "name":
        # "his wife and current nominee Jane Roe" is one person
        fresh = right[0].low in lex.grammar["determiners"] or right[0].capital
        return (
            fresh
            and (first.plural or left[0].low in lex.grammar["determiners"])
            and not (
                not first.plural
                and second.label == "person"
                and right[0].low not in lex.grammar["determiners"]
                and bool(second.titles)
            )
        )
    if first.form == "name":
        return second.plural or right[0].low in lex.grammar["determiners"] or not second.titles
    if second.form == "description":
        speaks = second.plural or second.head in known_heads() or second.head in lex.documents
        known = (first.head in lex.people or first.head in lex.bodies or first.plural) and (
            left[-1].low not in ("state", "former", "old", "local", "national", "federal")
        )
        both = first.plural and second.plural
        fresh = right[0].low in lex.grammar["determiners"]
        return known and (both or (fresh and speaks))
    return False


def _all_names_between(left: list[Word], names: NameIndex) -> bool:
    determiners = lexicon().grammar["determiners"]
    return all(
        names.at(w.start) is not None or w.capital or w.text == "," or w.low in determiners
        for w in left
    )


def _join(words: list[Word], parts: tuple[Phrase, ...]) -> Phrase:
    return Phrase(start=words[0].start, end=words[-1].end, form="group", plural=True, parts=parts)

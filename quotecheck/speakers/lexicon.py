"""The word lists behind speaker resolution, read once from ``quotecheck/data``.

Each list is a JSON file with its reason under ``why``; nothing here is tuned to an article.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from attrs import frozen

__all__ = ["Lexicon", "PronounForm", "lexicon", "read_data", "singular"]


@frozen(kw_only=True)
class PronounForm:
    """What a pronoun's form says about its referent."""

    person: int
    number: str | None
    gender: str | None
    use: str


@frozen(kw_only=True)
class Lexicon:
    """All word lists, as sets of lower-case words.

    Attributes:
        people: singular nouns for persons, those that tell the gender included.
        male: those that only fit men.
        female: those that only fit women.
        spokes: nouns for those who speak for another.
        relations: nouns that make their possessor somebody else ("his lawyer").
        plural_people: plural or collective words for persons.
        titles: titles before names, without period, with the noun they stand for.
        equals: for a noun, the nouns that may name the same office.
        bodies: nouns for organizations.
        hypernyms: for a noun, the words in a proper name that license it.
        name_words: words that make a capitalised name an organization's.
        campaign_like: nouns after a person's name that make it a body ("the Arden campaign").
        known_bodies: names of bodies that look like places or acronyms.
        parties: one name for the words that mean a party.
        documents: nouns for things written, made, measured or said.
        pronouns: forms of the pronouns.
        grammar: closed classes by name (determiners, prepositions, ...).
    """

    people: frozenset[str]
    male: frozenset[str]
    female: frozenset[str]
    spokes: frozenset[str]
    relations: frozenset[str]
    plural_people: frozenset[str]
    titles: dict[str, str]
    equals: dict[str, frozenset[str]]
    bodies: frozenset[str]
    hypernyms: dict[str, frozenset[str]]
    name_words: frozenset[str]
    campaign_like: frozenset[str]
    known_bodies: frozenset[str]
    documents: frozenset[str]
    parties: dict[str, str]
    pronouns: dict[str, PronounForm]
    grammar: dict[str, frozenset[str]]


def read_data(name: str) -> Any:  # noqa: ANN401 - JSON may hold anything
    """Returns the parsed JSON file ``quotecheck/data/name``."""
    return json.loads(files("quotecheck").joinpath("data", name).read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Returns the word lists, read on first use.

    >>> "senator" in lexicon().people
    True
    """
    roles = read_data("speaker_roles.json")
    bodies = read_data("speaker_bodies.json")
    grammar = read_data("speaker_grammar.json")
    equals: dict[str, set[str]] = {}
    for group in roles["equals"]:
        for word in group:
            equals.setdefault(word, set()).update(group)
    male, female = frozenset(roles["male"]), frozenset(roles["female"])
    return Lexicon(
        people=frozenset(roles["person"]) | male | female | frozenset(roles["spokes"]),
        male=male,
        female=female,
        spokes=frozenset(roles["spokes"]),
        relations=frozenset(roles["relations"]),
        plural_people=frozenset(roles["plural_people"]),
        titles=dict(roles["titles"]),
        equals={word: frozenset(group) for word, group in equals.items()},
        bodies=frozenset(bodies["heads"]) - frozenset(bodies["not_speakers"]),
        hypernyms={k: frozenset(v) for k, v in bodies["hypernyms"].items()},
        name_words=frozenset(bodies["name_words"]),
        campaign_like=frozenset(bodies["campaign_like"]),
        known_bodies=frozenset(bodies["demonyms_are_bodies"]),
        documents=frozenset(read_data("speaker_documents.json")["heads"]),
        parties=dict(roles["parties"]),
        pronouns={
            word: PronounForm(**form)
            for word, form in read_data("speaker_pronouns.json")["forms"].items()
        },
        grammar={k: frozenset(v) for k, v in grammar.items() if k != "why"},
    )


_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "wives": "wife",
    "spokespeople": "spokesperson",
    "analyses": "analysis",
    "media": "medium",
    "data": "data",
    "series": "series",
    "criteria": "criterion",
    "police": "police",
}


@lru_cache(maxsize=4096)
def singular(word: str) -> str:
    """Returns the singular of a lower-case noun; the word itself when it is no plural.

    >>> singular("spokeswomen"), singular("ministries"), singular("press")
    ('spokeswoman', 'ministry', 'press')
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("women"):
        return word[:-5] + "woman"
    if word.endswith("men") and word not in {"specimen", "regimen", "acumen", "omen", "abdomen"}:
        return word[:-3] + "man"
    if word.endswith("people") and len(word) > 6:
        return word[:-6] + "person"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "ics")) and len(word) > 3:
        return word[:-1]
    return word

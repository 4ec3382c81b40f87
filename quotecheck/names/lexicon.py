"""Word lists about names, read once from ``quotecheck/data`` at first use.

The lists are data so that they can be read, tested and extended; each file says why it is as it is.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from attrs import field, frozen

__all__ = [
    "Lexicon",
    "NameRules",
    "lexicon",
    "name_rules",
    "read_data",
    "read_sections",
    "words_in",
]


#: Lists of names.json that are read as sets.
_SETS = (
    "titles",
    "title_modifiers",
    "title_or_given",
    "title_also_given",
    "title_also_family",
    "given_after_title",
    "courtesy_last_only",
    "post_nominals",
    "particles",
    "particles_first",
    "middle_capital_ok",
    "articles",
    "conjunctions",
)


def read_data(name: str) -> str:
    """Returns the text of a file of the package's ``data`` folder."""
    # Imported here: only the first look at a name needs it.
    from importlib.resources import files

    return files("quotecheck").joinpath("data", name).read_text(encoding="utf-8")


def read_sections(name: str) -> dict[str, tuple[str, ...]]:
    """Returns the lines of a list file by ``[section]``, comments and empty lines left out.

    >>> sorted(read_sections("names_given.txt"))[:2]
    ['female', 'given-reference']
    """
    sections: dict[str, list[str]] = {}
    current = sections.setdefault("", [])
    for line in read_data(name).splitlines():
        line = line.strip()
        if line.startswith("[") and line.endswith("]"):
            current = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            current.append(line)
    return {key: tuple(lines) for key, lines in sections.items() if key or lines}


def words_in(lines: tuple[str, ...]) -> frozenset[str]:
    """Returns the words of a section's lines."""
    return frozenset(word for line in lines for word in line.split())


@frozen(kw_only=True)
class Lexicon:
    """Every word list that parsing and matching use, as folded words."""

    titles: frozenset[str]
    title_modifiers: frozenset[str]
    title_or_given: frozenset[str]
    title_also_given: frozenset[str]
    title_also_family: frozenset[str]
    given_after_title: frozenset[str]
    courtesy: dict[str, str] = field(hash=False)
    courtesy_last_only: frozenset[str]
    generation: dict[str, str] = field(hash=False)
    post_nominals: frozenset[str]
    particles: frozenset[str]
    particles_first: frozenset[str]
    middle_capital_ok: frozenset[str]
    articles: frozenset[str]
    conjunctions: frozenset[str]
    devotional: tuple[str, ...]
    family_first: dict[str, frozenset[str]] = field(hash=False)
    female: frozenset[str]
    male: frozenset[str]
    unisex: frozenset[str]
    spanish: frozenset[str]
    portuguese: frozenset[str]
    given_reference: frozenset[str]
    nicknames: dict[str, frozenset[str]] = field(hash=False)
    given_variants: dict[str, frozenset[int]] = field(hash=False)
    family_variants: dict[str, frozenset[int]] = field(hash=False)

    @property
    def known_given(self) -> frozenset[str]:
        """Every given name on the lists."""
        return _known_given(self)


@lru_cache(maxsize=4)
def _known_given(words: Lexicon) -> frozenset[str]:
    pets = frozenset(pet for pets in words.nicknames.values() for pet in pets)
    lists = (words.spanish, words.portuguese, words.given_reference)
    return words.female | words.male | words.unisex | pets.union(*lists)


def _nicknames() -> dict[str, frozenset[str]]:
    """Each pet form with the formal names it may stand for."""
    formals: dict[str, set[str]] = {}
    for line in read_sections("names_nicknames.txt")[""]:
        formal, pets = line.split(":")
        for pet in pets.split():
            formals.setdefault(pet, set()).add(formal.strip())
    return {pet: frozenset(names) for pet, names in formals.items()}


def _variants(lines: tuple[str, ...]) -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    for number, line in enumerate(lines):
        for word in line.split():
            groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Returns the word lists, read at the first call."""
    data: dict[str, Any] = json.loads(read_data("names.json"))
    given = read_sections("names_given.txt")
    variants = read_sections("names_variants.txt")
    sets = {key: frozenset(data[key]) for key in _SETS}
    return Lexicon(
        **sets,
        courtesy={word: sex for sex, words in data["courtesy"].items() for word in words},
        generation=data["generation"],
        devotional=tuple(data["devotional"]),
        family_first={key: frozenset(words) for key, words in data["family_first"].items()},
        female=words_in(given["female"]),
        male=words_in(given["male"]),
        unisex=words_in(given["unisex"]),
        spanish=words_in(given["spanish"]),
        portuguese=words_in(given["portuguese"]),
        given_reference=words_in(given["given-reference"]),
        nicknames=_nicknames(),
        given_variants=_variants(variants["given"]),
        family_variants=_variants(variants["family"]),
    )


@frozen(kw_only=True)
class NameRules:
    """Rewrite rules that bring spellings of one sound to one form, and two alphabets."""

    rules: tuple[tuple[re.Pattern[str], str], ...]
    alphabets: dict[int, str] = field(hash=False)


@lru_cache(maxsize=1)
def name_rules() -> NameRules:
    """Returns the transliteration rules, read at the first call."""
    data: dict[str, Any] = json.loads(read_data("names_rules.json"))
    rules = tuple((re.compile(pattern), to) for pattern, to in data["rules"])
    return NameRules(rules=rules, alphabets=str.maketrans({**data["cyrillic"], **data["greek"]}))

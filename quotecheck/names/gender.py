"""Whether a name tells that its bearer is a woman or a man; usually it does not."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from attrs import frozen

from quotecheck.names.fold import fold_word
from quotecheck.names.lexicon import lexicon, read_sections, words_in
from quotecheck.names.parse import PersonName, parse_name

__all__ = ["Gender", "GenderEvidence", "gender_evidence", "gender_of", "gender_of_given"]

Gender = Literal["female", "male"]


@frozen(kw_only=True)
class GenderEvidence:
    """What a name tells about gender.

    Attributes:
        gender: female, male, or None when the name does not tell or contradicts itself.
        courtesy: gender of the courtesy title ("Mrs."), if any.
        given: gender of the given name by the word lists, if it is on one.
        rare: whether only the long list of many countries' names has the given name; where names
            have other bearers in other countries ("Tunde", "Samar"), it is wrong now and then.
        reason: the evidence in words.
    """

    gender: Gender | None
    courtesy: Gender | None
    given: Gender | None
    rare: bool = False
    reason: str


def gender_evidence(name: str | PersonName) -> GenderEvidence:
    """Returns the gender a name tells, with the evidence.

    A courtesy title outweighs a given name only for "Mrs.", which may stand before a husband's
    name; any other contradiction gives None.

    Raises:
        TextTypeError: ``name`` is neither a str nor a `PersonName`.

    >>> gender_evidence("Mrs. Karl Quist").reason
    'the courtesy title Mrs. is female'
    """
    return _evidence(name if isinstance(name, PersonName) else parse_name(name))


def gender_of(name: str | PersonName) -> Gender | None:
    """Returns ``"female"``, ``"male"``, or None when the name does not tell.

    Names that women and men share, or that differ by country, give None: a wrong gender costs
    more than none.

    Raises:
        TextTypeError: ``name`` is neither a str nor a `PersonName`.

    >>> gender_of("Ms. Quist"), gender_of("Karl Quist"), gender_of("Dale Quist")
    ('female', 'male', None)
    """
    return gender_evidence(name).gender


def gender_of_given(word: str) -> Gender | None:
    """Returns the gender that a word tells when it stands as a given name before a family name.

    >>> gender_of_given("Karl"), gender_of_given("Vell")
    ('male', None)
    """
    return gender_of(f"{word} Quist")


@lru_cache(maxsize=1024)
def _evidence(name: PersonName) -> GenderEvidence:
    title, courtesy = _courtesy(name)
    word, given, rare = _given(name)
    if courtesy and given and courtesy != given and fold_word(title) != "mrs":
        reason = f"the courtesy title {title} and the given name {word} disagree"
        return GenderEvidence(gender=None, courtesy=courtesy, given=given, rare=rare, reason=reason)
    if courtesy:
        reason = f"the courtesy title {title} is {courtesy}"
    elif given:
        reason = f"the given name {word} is {given}"
    else:
        reason = "nothing in the name tells"
    return GenderEvidence(
        gender=courtesy or given, courtesy=courtesy, given=given, rare=rare, reason=reason
    )


def _courtesy(name: PersonName) -> tuple[str, Gender | None]:
    words = lexicon()
    found: dict[Gender, str] = {}
    for at, word in enumerate(name.title):
        folded = fold_word(word)
        sex = words.courtesy.get(folded)
        if folded == "sr":  # Señor: before the name; after it, it is the suffix.
            sex = "male"
        if sex is None or (folded in words.courtesy_last_only and at + 1 < len(name.title)):
            continue
        found["female" if sex == "female" else "male"] = word
    if len(found) != 1:  # "Mr. and Mrs. Quist"
        return "", None
    sex_found, word = next(iter(found.items()))
    return word, sex_found


@lru_cache(maxsize=1)
def _gendered() -> tuple[frozenset[str], frozenset[str]]:
    """Long lists of names that only women and only men bear.

    They say nothing but that: among them are words that are much else, so parsing does without.
    """
    sections = read_sections("names_gender.txt")
    return words_in(sections["female"]), words_in(sections["male"])


def _given(name: PersonName) -> tuple[str, Gender | None, bool]:
    """The first given name on a list, if no later one says otherwise ("José María").

    The last item says whether only the long list has it.
    """
    if name.readings or not name.given:
        return "", None, False
    words = lexicon()
    word = name.given[0]
    folded = fold_word(word)
    parts = [folded, *folded.split("-")]
    if folded in words.unisex:
        return word, None, False
    for rare, (female, male) in enumerate(((words.female, words.male), _gendered())):
        if any(part in female for part in parts[:2]):
            return word, "female", bool(rare)
        if any(part in male for part in parts[:2]):
            return word, "male", bool(rare)
    return word, None, False

"""What is compared of a parsed name: its folded parts, and keys to find names worth comparing."""

from __future__ import annotations

from functools import lru_cache

from attrs import frozen

from quotecheck.names.fold import fold_word, sound_key
from quotecheck.names.gender import Gender, gender_evidence
from quotecheck.names.lexicon import Lexicon, lexicon
from quotecheck.names.parse import PersonName, parse_name

__all__ = ["Profile", "masculine_forms", "name_key", "profile_of"]

#: Particles that are part of the word after them and never left out: "Mc Donald", "St. John".
_BOUND = frozenset({"mc", "mac", "fitz", "o", "ap", "st", "saint", "san", "santa", "t", "d", "l"})

_PATRONYMIC = frozenset({"bin", "ibn", "bint", "binti", "ben"})
#: Small words of given names such as "María del Carmen".
_DEVOTIONAL = frozenset({"del", "de", "la", "los", "las"})


@frozen(kw_only=True)
class Profile:
    """One reading of a name, folded.

    Attributes:
        given: first given name and what is hyphenated to it.
        middle: further given names.
        given_joined: given and middle in one word, so that "Jong-un" equals "Jong Un".
        family: words of the family name without particles and conjunctions.
        particles: the particles left out of ``family``.
        family_joined: the family name in one word, particles included.
        halves: the parts of a hyphenated family name.
        whole: all words in one, in the order given, middle, family.
        generation: "jr", "sr", "2", "3" and so on.
        courtesy: gender of the courtesy title.
        given_gender: gender of the given name.
        is_mrs: whether the courtesy title is "Mrs.".
        titled: whether any title stands before the name.
        style: "spanish", "portuguese", "given-reference", "asian" or "".
        maiden: folded maiden name.
        nickname: folded nicknames.
    """

    given: tuple[str, ...]
    middle: tuple[str, ...]
    given_joined: str
    family: tuple[str, ...]
    particles: frozenset[str]
    family_joined: str
    halves: tuple[str, ...]
    whole: str
    generation: str | None
    courtesy: Gender | None
    given_gender: Gender | None
    is_mrs: bool
    titled: bool
    style: str
    maiden: tuple[str, ...]
    nickname: tuple[str, ...]


def profile_of(name: PersonName) -> Profile:
    """Returns the folded view of one reading of a name."""
    return _profile(name)


@lru_cache(maxsize=1024)
def _profile(name: PersonName) -> Profile:
    words = lexicon()
    given = _given_units(name.given)
    middle = _middle_units(name.middle)
    family, particles, joined = _family_units(name.family, words)
    gender = gender_evidence(name)
    given_joined = "".join((*given, *middle))
    return Profile(
        given=given,
        middle=middle,
        given_joined=given_joined,
        family=family,
        particles=particles,
        family_joined=joined,
        halves=tuple(p for unit in family for p in unit.split("-")) if "-" in joined else (),
        whole=given_joined + joined.replace("-", ""),
        generation=name.generation,
        courtesy=gender.courtesy,
        given_gender=gender.given,
        is_mrs=any(fold_word(word) == "mrs" for word in name.title),
        titled=bool(name.title),
        style=_style(name, given, particles, words),
        maiden=tuple(fold_word(word) for word in name.maiden),
        nickname=tuple(fold_word(word) for word in name.nickname),
    )


def _given_units(tokens: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(unit for token in tokens for unit in fold_word(token).split("-") if unit)


def _middle_units(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Middle names; a father's name is one word with its "bin", for it is nobody's own name."""
    out: list[str] = []
    prefix = ""
    for unit in _given_units(tokens):
        if unit in _PATRONYMIC:
            prefix = "bin"
        elif unit not in _DEVOTIONAL:
            out.append(prefix + unit)
            prefix = ""
    return tuple(out)


def _family_units(
    tokens: tuple[str, ...], words: Lexicon
) -> tuple[tuple[str, ...], frozenset[str], str]:
    """(core words, particles, everything in one word) of a family name."""
    units: list[str] = []
    particles: list[str] = []
    bound = ""
    folded = ["st" if word == "saint" else word for word in map(fold_word, tokens)]
    for at, word in enumerate(folded):
        head, _, tail = word.partition("-")
        is_last = at == len(folded) - 1
        if word in _BOUND and not is_last:
            bound += word
        elif (word in words.particles or word in words.conjunctions) and not is_last:
            if word not in words.conjunctions:
                particles.append("al" if word in words.articles else word)
        elif tail and head in words.articles:
            particles.append("al")
            units.append(bound + tail)
            bound = ""
        elif word:
            units.append(bound + word)
            bound = ""
    kept = [w for w in folded if w not in words.conjunctions or len(folded) == 1]
    return tuple(units), frozenset(particles), "".join(kept)


def _style(
    name: PersonName, given: tuple[str, ...], particles: frozenset[str], words: Lexicon
) -> str:
    first = given[0] if given else ""
    lists = words.family_first
    if first in words.given_reference or (
        name.family and fold_word(name.family[0]) in lists["vietnamese"] and len(given) > 1
    ):
        return "given-reference"
    family = fold_word(name.family[0]) if name.family else ""
    if name.order == "family-first" or any(family in lists[kind] for kind in ("chinese", "korean")):
        return "asian"
    if particles & {"da", "das", "do", "dos"} or "e" in name.family:
        return "portuguese"
    if first in words.spanish or "y" in name.family:
        return "spanish"
    return "portuguese" if first in words.portuguese else ""


def name_key(name: str | PersonName) -> frozenset[str]:
    """Returns the keys under which a name is filed: names that may match share one.

    Two complete names (given and family) whose `match_names` verdict is not ``different`` share at
    least one key, so comparing only within keys finds every match in nearly linear time. A lone
    given name ("Pope Leo") is filed under ``given:`` keys and meets only lone names there.

    Raises:
        TextTypeError: ``name`` is neither a str nor a `PersonName`.

    >>> name_key("Mr. Vega") <= name_key("Mara Vega") & name_key("Karl de la Vega")
    True
    """
    return _name_key(name if isinstance(name, PersonName) else parse_name(name))


@lru_cache(maxsize=1024)
def _name_key(name: PersonName) -> frozenset[str]:
    keys: set[str] = set()
    for reading in (name, *name.readings):
        profile = profile_of(reading)
        parts = {*profile.family, *profile.halves, *profile.maiden}
        for part in parts:
            keys |= _sounds(part, family=True)
        if profile.family:
            keys |= _sounds(profile.family_joined, family=True)
        if profile.given and not profile.family:
            keys |= {f"given:{profile.given[0]}"}
        firsts = (*profile.given[:1], *profile.middle[:1])
        others = (*profile.given[1:], *profile.middle, *profile.family, *profile.halves)
        for first in firsts:
            for other in others:
                if first != other:
                    keys.add("+".join(sorted((sound_key(first), sound_key(other)))))
        if profile.given and profile.family:
            keys.add(f"whole:{sound_key(profile.whole)}")
    return frozenset(keys)


@lru_cache(maxsize=1024)
def _sounds(word: str, *, family: bool) -> frozenset[str]:
    """A word's sound, those of its masculine forms, and the lines that list its spellings."""
    variants = lexicon().family_variants if family else lexicon().given_variants
    forms = (word, *masculine_forms(word))
    return frozenset((*map(sound_key, forms), *(f"#{n}" for n in variants.get(word, ()))))


def masculine_forms(word: str) -> tuple[str, ...]:
    """Returns the family names of which a folded word may be the Slavic feminine form.

    >>> masculine_forms("petrovskaya"), masculine_forms("novakova"), masculine_forms("quist")
    (('petrovsky',), ('novakov', 'novak'), ())
    """
    for ending in ("skaya", "skaia", "skaja", "ska"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return (word[: -len(ending)] + "sky",)
    if word.endswith(("ova", "eva")) and len(word) > 5:
        return word[:-1], word[:-3]
    if word.endswith("ina") and len(word) > 5:
        return (word[:-1],)
    return ()

"""Names: their parts, gender, and organizations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import assume, given

from quotecheck.names import cluster as cluster_module
from quotecheck.names import (
    gender_evidence,
    gender_of,
    match_organizations,
    parse_name,
    parse_organization,
)
from quotecheck.names.fold import fold_word, sound_key
from quotecheck.names.lexicon import lexicon, name_rules
from tests.name_cases import FIELDS, FULL_NAMES, NAMES, UNHURRIED, load, params

# --- parse_name


@pytest.mark.parametrize("case", params("names_parse"))
def test_parts(case):
    """Every word of the name in its part, as written."""
    name = parse_name(case["input"])
    found = {part: list(getattr(name, part)) for part in FIELDS if getattr(name, part)}
    if name.order != "given-first":
        found["order"] = name.order

    assert case["wanted"] == found


@given(NAMES)
@UNHURRIED
def test_parts_hold_words_of_the_text(name):
    """Parsing invents nothing: each word of each part stands in the text."""
    parsed = parse_name(name)

    for part in FIELDS:
        for word in getattr(parsed, part):
            assert word.rstrip(".") in name


@given(FULL_NAMES)
@UNHURRIED
def test_last_first_is_read_as_first_last(name):
    """A name turned round at a comma has the same parts."""
    parsed = parse_name(name)
    assume(parsed.family and parsed.given and not parsed.readings)
    turned = parse_name(f"{' '.join(parsed.family)}, {' '.join(parsed.given + parsed.middle)}")

    assert parsed.family == turned.family
    assert parsed.given + parsed.middle == turned.given + turned.middle


def test_readings_are_kept_when_the_order_is_unclear():
    """Two family names of which either may stand first give both readings."""
    name = parse_name("Li Wei")

    assert (name.family, [r.family for r in name.readings]) == (("Li",), [("Wei",)])
    assert parse_name("Mara Quist").readings == ()


# --- gender


@pytest.mark.parametrize("case", params("names_gender"))
def test_gender(case):
    """Courtesy titles and unambiguous given names tell; everything else is None."""
    found = gender_evidence(case["input"])

    assert case["wanted"] == found.gender == gender_of(case["input"])
    assert found.reason


def test_given_names_have_one_gender():
    """The lists of women's, men's and shared names do not overlap and are folded."""
    words = lexicon()

    assert words.female & words.male == frozenset()
    assert (words.female | words.male) & words.unisex == frozenset()
    assert len(words.female) > 200
    assert len(words.male) > 200
    assert {w for w in words.known_given if fold_word(w) != w} == set()


def test_courtesy_titles_have_one_gender():
    """Each courtesy title is a title, folded, with one gender."""
    data = json.loads(
        (Path(cluster_module.__file__).parents[1] / "data" / "names.json").read_text("utf-8")
    )
    female, male = (set(data["courtesy"][sex]) for sex in ("female", "male"))

    assert female & male == set()
    assert female | male <= lexicon().titles


def test_nicknames_and_spellings_stay_within_a_gender():
    """No formal name's pet form or spelling is listed as the other gender's."""
    words = lexicon()
    clashes = [
        (pet, formal)
        for pet, formals in words.nicknames.items()
        for formal in formals
        if (pet in words.female and formal in words.male)
        or (pet in words.male and formal in words.female)
    ]
    spelled: dict[int, set[str]] = {}
    for word, lines in words.given_variants.items():
        for line in lines:
            spelled.setdefault(line, set()).add(word)
    mixed = [group for group in spelled.values() if group & words.female and group & words.male]

    assert (clashes, mixed) == ([], [])


def test_sound_rules_come_to_rest():
    """A sound key is its own key for what the rules are about: no rule undoes another."""
    for word in ("orlenskyy", "tchaikov", "muehler", "schultz", "yeltsov", "quist", "mcdorran"):
        assert sound_key(sound_key(word)) == sound_key(word)
    assert len(name_rules().rules) > 10


# --- organizations


@pytest.mark.parametrize("case", params("names_organizations"))
def test_organizations(case):
    """The table's verdict, the same for both orders, always with a reason."""
    there = match_organizations(case["a"], case["b"])

    assert case["wanted"] == there.verdict
    assert case["wanted"] == match_organizations(case["b"], case["a"]).verdict
    assert there.reason
    assert 0.0 <= there.score <= 1.0


def test_an_organization_is_the_same_as_itself():
    """`same` is reflexive for every name of the table that holds a word."""
    for case in load("names_organizations"):
        for name in (case["a"], case["b"]):
            if parse_organization(name).all_words:
                assert match_organizations(name, name).verdict == "same"


@pytest.mark.parametrize(
    ("name", "rare"),
    [("Ruth Pell", False), ("Tunde Adu", True), ("Quist", False), ("Ms. Tunde Adu", True)],
)
def test_names_of_the_long_list_are_marked(name, rare):
    """What only the list of many countries' names has may be another gender elsewhere."""
    assert gender_evidence(name).rare is rare

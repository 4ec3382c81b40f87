"""Names: the five verdicts, aliases, and what comparing costs."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from quotecheck.errors import TextTypeError
from quotecheck.names import (
    AliasTable,
    PersonName,
    gender_evidence,
    gender_of,
    match_names,
    match_organizations,
    name_key,
    parse_name,
    parse_organization,
)
from quotecheck.names.fold import fold_word, sound_key
from tests.name_cases import (
    FAMILY,
    FULL_NAMES,
    GIVEN,
    MIDDLE,
    NAMES,
    TITLES,
    UNHURRIED,
    load,
    params,
)
from tests.strategies import any_texts

# --- match_names


@pytest.mark.parametrize("case", params("names") + params("names_negative"))
def test_verdicts(case):
    """The table's verdict, the same for both orders, always with a reason."""
    there = match_names(case["a"], case["b"])
    back = match_names(case["b"], case["a"])

    assert case["wanted"] == there.verdict
    assert case["wanted"] == back.verdict
    assert there.score == back.score
    assert there.reason


@pytest.mark.parametrize(
    "case", params("names_known_failures", marks=pytest.mark.xfail(strict=True))
)
def test_known_failures(case):
    """What names alone get wrong; a mended one must move to the table (docs/names.md)."""
    assert case["wanted"] == match_names(case["a"], case["b"]).verdict


def test_tables_are_large_enough():
    """At least 100 pairs, every verdict among them, no pair twice."""
    rows = load("names") + load("names_negative")
    pairs = [(row["a"], row["b"]) for row in rows]

    assert len(rows) >= 100
    assert len(pairs) == len(set(pairs))
    assert {"same", "compatible", "probable", "ambiguous", "different"} == {
        row["wanted"] for row in rows
    }


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ("Anna Berg", "Karl Berg", "given names differ: Anna / Karl"),
        ("Augustin Vell Jr.", "Augustin Vell Sr.", "suffixes clash: Jr. / Sr."),
        ("Mr. Orrin", "Mrs. Orrin", "courtesy titles clash: Mr. / Mrs."),
        ("John A. Vell", "John B. Vell", "middle names differ: A / B"),
        ("Bob Tarrant", "Robert Tarrant", "Bob / Robert: a nickname"),
        ("Li Wei", "Wei Li", "fits only if Li is the family name in Wei Li"),
        ("Anna Hansen", "Anna Hanson", "one letter apart"),
        ("Mrs. Robert Tarrant", "Robert Tarrant", "is his wife"),
    ],
)
def test_reasons(a, b, words):
    """The reason names the parts that decided."""
    assert words in match_names(a, b).reason


def test_scores_order_the_verdicts():
    """Scores fall from same over compatible, probable and ambiguous to different."""
    rows = load("names") + load("names_negative")
    scores: dict[str, list[float]] = {}
    for row in rows:
        scores.setdefault(row["wanted"], []).append(match_names(row["a"], row["b"]).score)
    order = ["different", "ambiguous", "probable", "compatible", "same"]

    assert all(0.0 <= score <= 1.0 for found in scores.values() for score in found)
    for lower, higher in pairwise(order):
        assert max(scores[lower]) < min(scores[higher])


def test_match_takes_parsed_names():
    """Parsed names give what their texts give."""
    a, b = parse_name("Mr. Tarrant"), parse_name("Robert Tarrant")

    assert match_names(a, b) == match_names("Mr. Tarrant", "Robert Tarrant")
    assert a == match_names(a, b).a


@pytest.mark.parametrize("bad", [None, 3, b"Mara Quist"])
def test_only_text_is_a_name(bad):
    """Anything but a str raises the package's own TypeError."""
    for call in (parse_name, gender_of, name_key, parse_organization):
        with pytest.raises(TextTypeError):
            call(bad)
    with pytest.raises(TextTypeError):
        match_names("Mara Quist", bad)


@given(NAMES, NAMES)
@UNHURRIED
def test_verdict_is_symmetric(a, b):
    """Swapping the names changes neither verdict nor score."""
    there, back = match_names(a, b), match_names(b, a)

    assert (there.verdict, there.score) == (back.verdict, back.score)


@given(any_texts(), any_texts())
@UNHURRIED
def test_any_text_gets_an_answer(a, b):
    """No string breaks parsing or matching, and the answer is symmetric."""
    a, b = a[:60], b[:60]

    assert match_names(a, b).verdict == match_names(b, a).verdict
    assert parse_name(a).text == a
    assert match_organizations(a, b).verdict == match_organizations(b, a).verdict
    assert gender_of(a) in {"female", "male", None}
    assert isinstance(name_key(a), frozenset)


#: Words that particles, conjunctions and nameparser's own rules stumble over.
STUMBLING = [
    *(
        "Mara",
        "Quist",
        "rock",
        "i",
        "y",
        "e",
        "van",
        "st",
        "San",
        "Mary",
        "O’Dell",
        "al-Sabah",
        "'90s",
    ),
    *("'em", '"Ducky"', "(b)", "Dr", "PhD", "Jr.", "and", "\u200d", ",", "-"),
]


@given(st.lists(st.sampled_from(STUMBLING), min_size=2, max_size=6))
def test_words_between_particles_and_conjunctions_are_read(words):
    """Marks and titles that `nameparser` drops leave a name that is divided plainly."""
    name = " ".join(words)
    assert match_names(name, " ".join(reversed(words))).verdict == (
        match_names(" ".join(reversed(words)), name).verdict
    )


def test_a_conjunction_beside_a_dropped_word_is_read():
    """Found by fuzzing: "i" joins two surnames in Catalan, and "'90s" is taken for a nickname."""
    assert match_names("rock i '90s i", "rock '90s i").verdict


@given(NAMES)
@UNHURRIED
def test_a_name_is_the_same_as_itself(name):
    """Nothing tells a name apart from itself."""
    assert match_names(name, name).verdict == "same"


@given(
    FULL_NAMES,
    st.sampled_from(
        (
            str.upper,
            lambda s: s.replace("’", "'"),
            lambda s: s.replace(" ", "  \t"),
            lambda s: f"{s}’s",
            lambda s: s.replace("í", "i").replace("ú", "u").replace("ñ", "n"),
            lambda s: f"\u200b{s} ",
            lambda s: s.replace("-", "‑"),
        )
    ),
    NAMES,
)
@UNHURRIED
def test_typography_does_not_matter(name, change, other):
    """Case, diacritics, glyphs, spaces and a possessive change no verdict."""
    changed = change(name)
    assume(not name.endswith("M.D.") or change is not str.upper)

    assert match_names(name, changed).verdict == "same"
    assert match_names(name, other).verdict == match_names(changed, other).verdict


@given(FULL_NAMES, FULL_NAMES, st.sampled_from(TITLES))
@UNHURRIED
def test_a_title_changes_nothing(a, b, title):
    """A title that says nothing about gender leaves the verdict of full names as it is."""
    assert match_names(a, b).verdict == match_names(f"{title} {a}", b).verdict


@given(FULL_NAMES, st.sampled_from(("Mr.", "Ms.", "Sir", "Dame")))
@UNHURRIED
def test_a_courtesy_title_parts_only_by_gender(name, title):
    """A courtesy title makes `different` of `same` only where genders clash."""
    courtesy = gender_evidence(f"{title} Quist").gender
    own = gender_evidence(name).given

    expected = "different" if own and own != courtesy else "same"
    assert expected == match_names(name, f"{title} {name}").verdict


@given(FULL_NAMES, FULL_NAMES)
@UNHURRIED
def test_family_names_that_differ_never_fit(a, b):
    """Whatever fits shares a sound in its words: no verdict rests on likeness as a whole."""
    if match_names(a, b).fits:
        words_a, words_b = (
            {sound_key(p) for w in parse_name(n).words for p in fold_word(w).split("-")}
            for n in (a, b)
        )
        assert words_a & words_b


@given(st.data(), st.sampled_from(FAMILY))
@UNHURRIED
def test_names_that_may_match_share_a_key(data, family):
    """`name_key` loses no match between complete names."""
    a, b = (
        data.draw(
            st.builds(
                lambda g, m: f"{g} {m} {family}", st.sampled_from(GIVEN), st.sampled_from(MIDDLE)
            )
        )
        for _ in range(2)
    )

    if match_names(a, b).verdict != "different":
        assert name_key(a) & name_key(b)


# --- aliases


def test_alias_of_a_person_is_probable():
    """A listed other name fits as probable, with the reason, also in a short form."""
    aliases = {"Mara Quist": ["Mara Holm", "La Quist"]}
    found = match_names("Ms. Holm", "Mara Quist", aliases=aliases)

    assert (found.verdict, found.reason) == (
        "probable",
        "Mara Holm is listed as another name of Mara Quist",
    )
    assert match_names("Mara Quist", "Ms. Holm", aliases=aliases).verdict == "probable"
    assert match_names("Ms. Holm", "Mara Quist").verdict == "different"


def test_alias_of_a_given_name_is_a_nickname():
    """One-word entries extend the nicknames."""
    table = AliasTable({"Robert": ["Robbo"]})

    assert match_names("Robbo Vell", "Robert Vell", aliases=table).verdict == "probable"
    assert match_names("Robbo Vell", "Robert Quist", aliases=table).verdict == "different"


def test_alias_never_joins_across_a_clash():
    """Suffix and courtesy title clash whatever the list says."""
    table = AliasTable({"Mara Quist": ["Mara Holm"], "Augustin Vell": ["Gustav Orrin"]})

    assert match_names("Mr. Holm", "Mara Quist", aliases=table).verdict == "different"
    assert (
        match_names("Augustin Vell Jr.", "Gustav Orrin Sr.", aliases=table).verdict == "different"
    )


# --- cost


def test_import_and_plain_names_stay_light():
    """Neither the import nor a plain match loads nameparser, which costs more than all of it."""
    code = (
        "import sys, quotecheck.names as n; "
        "n.match_names('Mr. Tarrant', 'Robert Tarrant'); "
        "sys.exit('nameparser' in sys.modules or 'rapidfuzz' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_records_are_frozen():
    """A parsed name cannot be changed and serves as a key."""
    name = parse_name("Mara Quist")

    assert {name: 1}[PersonName(text="Mara Quist", given=("Mara",), family=("Quist",))] == 1
    with pytest.raises(AttributeError):
        name.text = "other"

"""Names: parts, the five verdicts, gender, clusters, organizations."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quotecheck.errors import TextTypeError
from quotecheck.names import (
    AliasTable,
    PersonName,
    canonical,
    cluster_names,
    gender_evidence,
    gender_of,
    match_names,
    match_organizations,
    name_key,
    parse_name,
    parse_organization,
)
from quotecheck.names import cluster as cluster_module
from quotecheck.names.fold import fold_word, sound_key
from quotecheck.names.lexicon import lexicon, name_rules
from tests.strategies import any_texts

CASES = Path(__file__).parent / "cases"
#: A busy machine is no failure; the tables carry the examples, chance only looks further.
unhurried = settings(deadline=None, max_examples=60)
FIELDS = ("title", "given", "middle", "family", "suffix", "nickname", "maiden")
GIVEN = ("Mara", "Karl", "Anna", "Dale", "Jong-su", "Li", "J.", "Bob", "Robert", "María", "Wei")
MIDDLE = ("", "A.", "B.", "Lou", "del Carmen", "Karl", "Q.")
FAMILY = ("Quist", "Vell", "O’Harrow", "van Dorn", "de la Vega", "al-Sayyar", "Kim", "Wei", "Núñal",
          "Quill-Arden", "Ortiz Vega")  # fmt: skip
SUFFIX = ("", "Jr.", "Sr.", "III", "M.D.")
TITLES = ("Sen.", "Dr.", "President", "Treasury Secretary", "former Gov.")

full_names = st.builds(
    lambda *parts: " ".join(part for part in parts if part),
    st.sampled_from(GIVEN),
    st.sampled_from(MIDDLE),
    st.sampled_from(FAMILY),
    st.sampled_from(SUFFIX),
)
short_names = st.builds(
    lambda title, family: f"{title} {family}".strip(),
    st.sampled_from(("", "Mr.", "Mrs.", "Ms.", "Dr.", "Sen.")),
    st.sampled_from((*FAMILY, "Mara", "Karl")),
)
names = st.one_of(full_names, short_names)


def load(name: str) -> list:
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def params(name: str, *, marks=()) -> list:
    rows = load(name)
    return [
        pytest.param(row, id=row.get("label") or row.get("input") or "empty", marks=marks)
        for row in rows
    ]


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


@given(names, names)
@unhurried
def test_verdict_is_symmetric(a, b):
    """Swapping the names changes neither verdict nor score."""
    there, back = match_names(a, b), match_names(b, a)

    assert (there.verdict, there.score) == (back.verdict, back.score)


@given(any_texts(), any_texts())
@unhurried
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


@given(names)
@unhurried
def test_a_name_is_the_same_as_itself(name):
    """Nothing tells a name apart from itself."""
    assert match_names(name, name).verdict == "same"


@given(
    full_names,
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
    names,
)
@unhurried
def test_typography_does_not_matter(name, change, other):
    """Case, diacritics, glyphs, spaces and a possessive change no verdict."""
    changed = change(name)
    assume(not name.endswith("M.D.") or change is not str.upper)

    assert match_names(name, changed).verdict == "same"
    assert match_names(name, other).verdict == match_names(changed, other).verdict


@given(full_names, full_names, st.sampled_from(TITLES))
@unhurried
def test_a_title_changes_nothing(a, b, title):
    """A title that says nothing about gender leaves the verdict of full names as it is."""
    assert match_names(a, b).verdict == match_names(f"{title} {a}", b).verdict


@given(full_names, st.sampled_from(("Mr.", "Ms.", "Sir", "Dame")))
@unhurried
def test_a_courtesy_title_parts_only_by_gender(name, title):
    """A courtesy title makes `different` of `same` only where genders clash."""
    courtesy = gender_evidence(f"{title} Quist").gender
    own = gender_evidence(name).given

    expected = "different" if own and own != courtesy else "same"
    assert expected == match_names(name, f"{title} {name}").verdict


@given(full_names, full_names)
@unhurried
def test_family_names_that_differ_never_fit(a, b):
    """Whatever fits shares a sound in its words: no verdict rests on likeness as a whole."""
    if match_names(a, b).fits:
        words_a, words_b = (
            {sound_key(p) for w in parse_name(n).words for p in fold_word(w).split("-")}
            for n in (a, b)
        )
        assert words_a & words_b


@given(st.data(), st.sampled_from(FAMILY))
@unhurried
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


# --- parse_name


@pytest.mark.parametrize("case", params("names_parse"))
def test_parts(case):
    """Every word of the name in its part, as written."""
    name = parse_name(case["input"])
    found = {part: list(getattr(name, part)) for part in FIELDS if getattr(name, part)}
    if name.order != "given-first":
        found["order"] = name.order

    assert case["wanted"] == found


@given(names)
@unhurried
def test_parts_hold_words_of_the_text(name):
    """Parsing invents nothing: each word of each part stands in the text."""
    parsed = parse_name(name)

    for part in FIELDS:
        for word in getattr(parsed, part):
            assert word.rstrip(".") in name


@given(full_names)
@unhurried
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


# --- canonical


@pytest.mark.parametrize(
    ("forms", "wanted"),
    [
        (["Mr. Bram", "Scott Bram", "Bram"], "Scott Bram"),
        (["Treasury Secretary Scott Bram"], "Scott Bram"),
        (["Augustin Vell", "Mr. Vell Jr."], "Augustin Vell Jr."),
        (["Augustin Vell Jr.", "Augustin Karl Vell"], "Augustin Karl Vell Jr."),
        (["Augustin Vell Jr.", "Augustin Vell Sr."], "Augustin Vell Jr."),
        (["MARA QUIST", "Mara Quist"], "Mara Quist"),
        (["MS. QUIST"], "QUIST"),
        (["Quist, Mara"], "Mara Quist"),
        (["Xi Lanping", "Mr. Xi"], "Xi Lanping"),
        (["Anna Vell, M.D."], "Anna Vell"),
        (["Robert “Bob” Tarrant", "Bob"], "Robert Tarrant"),
        (["A. Vell", "Anna Vell"], "Anna Vell"),
        (["Karl Chan Mo-lan"], "Karl Chan Mo-lan"),
        (["the president"], None),
        ([], None),
    ],
)
def test_canonical(forms, wanted):
    """The fullest proper name, without title, with its suffix; None without a name."""
    assert wanted == canonical(forms)


# --- clusters


@pytest.mark.parametrize("case", params("names_clusters"))
def test_clusters(case):
    """Letters are people in order of appearance; "?ab" must stay open with a and b."""
    mentions = [(name, 10 * i) for i, name in enumerate(case["names"])]
    found = cluster_names(mentions)
    where = {p: number for number, c in enumerate(found) for _, p in c.mentions}
    letters: dict[int, str] = {}
    for _, position in mentions:
        if not found[where[position]].candidates:
            letters.setdefault(where[position], "abcdefgh"[len(letters)])
    got = []
    for _, position in mentions:
        open_to = found[where[position]].candidates
        shown = "?" + "".join(sorted(letters[c] for c in open_to))
        got.append(shown if open_to else letters[where[position]])

    assert case["wanted"] == got


@given(st.lists(names, min_size=1, max_size=9), st.randoms(use_true_random=False))
@unhurried
def test_positions_and_order_never_decide(found_names, random):
    """The same names in any order and at any position make the same clusters."""
    mentions = [(name, i) for i, name in enumerate(found_names)]
    shuffled = list(found_names)
    random.shuffle(shuffled)

    def groups(clusters):
        return sorted(
            (
                sorted(name for name, _ in c.mentions),
                sorted(sorted(n for n, _ in clusters[i].mentions) for i in c.candidates),
            )
            for c in clusters
        )

    other = cluster_names([(name, i) for i, name in enumerate(shuffled)])
    assert groups(cluster_names(mentions)) == groups(other)


@given(st.lists(names, min_size=1, max_size=9))
@unhurried
def test_clusters_hold_every_mention_once(found_names):
    """No mention is lost or doubled; full names in one cluster never clash."""
    mentions = [(name, i) for i, name in enumerate(found_names)]
    clusters = cluster_names(mentions)

    assert sorted(m for c in clusters for m in c.mentions) == sorted(mentions)
    for number, cluster in enumerate(clusters):
        assert number not in cluster.candidates
        complete = [n for n, _ in cluster.mentions if parse_name(n).is_complete]
        assert all(match_names(x, y).fits for x in complete for y in complete)


def test_cluster_links_say_why():
    """Every form of a cluster carries verdict and reason."""
    (cluster,) = cluster_names([("Robert Tarrant", 0), ("Bob Tarrant", 20), ("Mr. Tarrant", 40)])

    assert [(link.name, link.verdict) for link in cluster.links] == [
        ("Robert Tarrant", "same"),
        ("Bob Tarrant", "probable"),
        ("Mr. Tarrant", "compatible"),
    ]
    assert cluster.gender == "male"


def test_probable_names_can_be_kept_apart():
    """Across articles nothing probable joins by itself: the other is a candidate."""
    mentions = [("Robert Tarrant", 0), ("Bob Tarrant", 20)]
    clusters = cluster_names(mentions, join_probable=False)

    assert len(clusters) == 2
    assert [c.candidates for c in clusters] in ([(1,), ()], [(), (0,)])


def test_clusters_use_aliases():
    """A house's other name of a person joins as probable."""
    mentions = [("Mara Quist", 0), ("Ms. Holm", 30)]

    assert len(cluster_names(mentions)) == 2
    assert len(cluster_names(mentions, aliases={"Mara Quist": ["Mara Holm"]})) == 1


def test_clustering_compares_a_few_names_each(monkeypatch):
    """Twice the names, about twice the comparisons: no pair without a common key is compared."""
    calls = 0
    real = cluster_module.match_names

    def counted(*args, **kwargs):
        nonlocal calls
        calls += 1
        return real(*args, **kwargs)

    monkeypatch.setattr(cluster_module, "match_names", counted)
    syllables = ("ka", "lo", "mi", "ne", "ru", "sta", "ve", "xo", "bri", "dun")
    families = [(a + b + c).title() for a in syllables for b in syllables for c in syllables]
    counts = []
    for size in (500, 1000):
        calls = 0
        mentions = [(f"Mara {name}", i) for i, name in enumerate(families[:size])]
        mentions += [(f"Ms. {name}", i) for i, name in enumerate(families[:size], size)]
        assert len(cluster_names(mentions)) == size
        counts.append(calls)

    assert counts[1] < 2.5 * counts[0]
    assert counts[1] < 5 * 1000


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

"""Names: the form to show, and clusters of mentions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotecheck.names import canonical, cluster_names, match_names, parse_name
from quotecheck.names import cluster as cluster_module
from tests.name_cases import NAMES, UNHURRIED, params

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


@given(st.lists(NAMES, min_size=1, max_size=9), st.randoms(use_true_random=False))
@UNHURRIED
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


@given(st.lists(NAMES, min_size=1, max_size=9))
@UNHURRIED
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

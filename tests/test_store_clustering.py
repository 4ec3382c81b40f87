"""Who is who across articles: the pure clustering, its cases and its properties."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotecheck.store import Persona, cluster, neighbours_of, persona_block
from quotecheck.store.model import Decision
from quotecheck.store.reclustering import naming
from quotecheck.store.review import candidate_pairs
from quotecheck.store.unions import Unions

CASES = json.loads(
    (Path(__file__).parent / "cases" / "store_clusters.json").read_text(encoding="utf-8")
)


def persona(number: int, article: str, name: str, more: dict[str, Any] | None = None) -> Persona:
    """A persona of a case."""
    facts = {k: tuple(v) if isinstance(v, list) else v for k, v in (more or {}).items()}
    kind = facts.pop("type", "person")
    return Persona(
        key=f"{article}:{number:03}", article=article, work=article, type=kind, name=name, **facts
    )


def decision(number: int, kind: str, *sides: list[Any], keys: list[str]) -> Decision:
    """A decision of a case; sides are positions of personas, or names of an alias."""
    if kind == "alias":
        return Decision(id=number, kind="alias", names=tuple(sides[0]))
    left, right = (frozenset(keys[i] for i in side) for side in sides)
    return Decision(id=number, kind=kind, left=left, right=right)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_cases(case: dict[str, Any]) -> None:
    """Each case gives the clusters that an editor would make, and no others."""
    personas = [persona(i, *entry) for i, entry in enumerate(case["personas"])]
    keys = [p.key for p in personas]
    decisions = [decision(i, *d, keys=keys) for i, d in enumerate(case.get("decisions", []), 1)]
    found = cluster(personas, decisions)
    got = sorted(sorted(keys.index(key) for key in c.members) for c in found.clusters)
    assert got == sorted(case["wanted"])
    assert list(found.ignored) == case.get("ignored", [])


NAMES = st.sampled_from(
    [
        "Mara Quist", "Mara J. Quist", "Mara K. Quist", "M. Quist", "Quist", "Karl Quist",
        "Augustin Vell", "Augustin Vell Jr.", "Vell", "Bob Tarrant", "Robert Tarrant", "Tarrant",
        "Bureau of Mill Safety", "BMS",
    ]
)  # fmt: skip
TITLES = st.lists(st.sampled_from(["mayor", "judge", "coach"]), max_size=1).map(tuple)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Persona], list[Decision]]:
    """Articles with a few personas each, and decisions about some of them."""
    personas = []
    for number in range(draw(st.integers(1, 14))):
        article = draw(st.sampled_from("abcdefgh"))
        name = draw(NAMES)
        personas.append(
            Persona(
                key=f"{article}:{number:02}",
                article=article,
                work=article,
                text=draw(st.sampled_from(["", "t1"])),
                type="organization" if name.startswith("B") and "T" not in name else "person",
                name=name,
                aliases=tuple(draw(st.lists(NAMES, max_size=1))),
                titles=draw(TITLES),
                courtesy=draw(st.sampled_from([None, None, "m", "f"])),
            )
        )
    keys = [p.key for p in personas]
    some = st.lists(st.sampled_from(keys), min_size=1, max_size=3).map(frozenset)
    decisions = []
    for number in range(draw(st.integers(0, 3))):
        left, right = draw(some), draw(some)
        if left & right:
            continue
        kind = draw(st.sampled_from(["merge", "apart"]))
        decisions.append(Decision(id=number, kind=kind, left=left, right=right))
    return personas, decisions


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds(), data=st.data())
def test_order_of_arrival_does_not_matter(
    world: tuple[list[Persona], list[Decision]], data: st.DataObject
) -> None:
    """Any order of personas gives the same clusters, reasons and doubts."""
    personas, decisions = world
    shuffled = data.draw(st.permutations(personas))
    assert cluster(shuffled, decisions) == cluster(personas, decisions)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds())
def test_clustering_by_component_equals_clustering_at_once(
    world: tuple[list[Persona], list[Decision]],
) -> None:
    """The clusters of all are the clusters of each component of blocks, put together."""
    personas, decisions = world
    whole = cluster(personas, decisions)
    block = {p.key: persona_block(p) for p in personas}
    tied: Unions[str] = Unions(block.values())
    for d in decisions:
        blocks = sorted({block[key] for key in d.left | d.right})
        for other in blocks[1:]:
            tied.union(blocks[0], other)
    near = neighbours_of(personas)
    pieces = []
    for component in tied.sets():
        here = [p for p in personas if block[p.key] in component]
        keys = {p.key for p in here}
        pieces.append(cluster(here, [d for d in decisions if d.left & keys], near))
    assert frozenset().union(*(p.partition() for p in pieces)) == whole.partition()
    assert sorted(doubt for p in pieces for doubt in p.doubts) == list(whole.doubts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds())
def test_partition_and_clashes(world: tuple[list[Persona], list[Decision]]) -> None:
    """Everybody is in exactly one cluster, and rules alone never join clashing full names."""
    personas, _ = world
    found = cluster(personas)
    members = [key for c in found.clusters for key in c.members]
    assert sorted(members) == sorted(p.key for p in personas)
    name = {p.key: p.name for p in personas}
    for c in found.clusters:
        names = {name[key] for key in c.members}
        assert not {"Mara J. Quist", "Mara K. Quist"} <= names
        assert not ("Karl Quist" in names and names & {"Mara Quist", "Mara J. Quist"})


def test_context_never_outvotes_the_name() -> None:
    """However much two articles share, another name stays another person."""
    people = ["Ada Pell", "Bo Quill", "Cyd Rook", "Di Stone", "Ed Thorn"]
    personas = []
    for article, name in (("a", "Tigran Ess"), ("b", "Iran Ess"), ("c", "Tigran Ess")):
        personas.append(persona(0, article, name, {"titles": ["minister"]}))
        personas += [persona(i, article, other) for i, other in enumerate(people, 1)]
    found = cluster(personas).partition()
    assert {"a:000", "c:000"} in found
    assert {"b:000"} in found


def test_neighbours_break_a_tie() -> None:
    """A short name goes to the bearer in whose company it stands, and the reason says so."""
    company = ["Ada Pell", "Bo Quill", "Cyd Rook"]
    personas = []
    for number in range(6):
        personas.append(persona(0, f"a{number}", "Mara Quist"))
        personas += [persona(i, f"a{number}", name) for i, name in enumerate(company, 1)]
    personas += [persona(0, f"b{n}", "Karl Quist") for n in range(2)]
    personas.append(persona(0, "c", "Quist"))
    personas += [persona(i, "c", name) for i, name in enumerate(company, 1)]
    found = next(c for c in cluster(personas).clusters if "c:000" in c.members)
    assert "a0:000" in found.members
    reasons = [link.reason for link in found.links if link.rule == "context"]
    assert reasons
    assert "named beside" in reasons[0]


def test_the_bearer_who_is_called_by_the_short_name() -> None:
    """Of a large family the one whom articles call by the bare name is meant by it."""
    famous = [persona(0, f"a{n}", "Mara Quist", {"aliases": ["Ms. Quist"]}) for n in range(40)]
    others = ["Karl Quist", "Ada Quist", "Bo Quist"]
    family = [persona(0, f"{name}{n}", name) for name in others for n in range(2)]
    bare = persona(0, "z", "Quist")
    found = next(c for c in cluster([*famous, *family, bare]).clusters if bare.key in c.members)
    assert found.members == {p.key for p in [*famous, bare]}
    alike = [persona(0, f"a{n}", "Mara Quist") for n in range(40)]
    found = next(c for c in cluster([*alike, *family, bare]).clusters if bare.key in c.members)
    assert found.members == {bare.key}


def test_doubts_name_everyone_it_may_be() -> None:
    """A short name that fits two people is left to a person, with both."""
    personas = [
        persona(0, "a", "Mara Quist"), persona(0, "b", "Karl Quist"), persona(0, "c", "Quist")
    ]  # fmt: skip
    assert cluster(personas).doubts == (("c:000", ("b:000", "a:000")),)


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("Bob Tarrant", "Robert Tarrant", "probable"),
        ("Volodymyr Zhdanovsky", "Volodymyr Zhdanovskyy", "probable"),
        ("Li Wei", "Wei Li", "ambiguous"),
        ("Petra Lind", "Petr Lind", None),
        ("Anna Berg", "Karl Berg", None),
    ],
)
def test_review_pairs(left: str, right: str, verdict: str | None) -> None:
    """Nicknames, transliterations and turned names are proposed; different names are not."""
    found = candidate_pairs({"S1": [left], "S2": [right]})
    assert (found.get(("S1", "S2")) or (None,))[0] == verdict


def test_name_is_the_full_name_that_most_articles_give() -> None:
    """Neither the longest nor a short form wins; versions of a page count once."""
    given_ = [
        Persona(key=f"k{i}", article=f"a{i}", work=work, type="person", name=name)
        for i, (work, name) in enumerate(
            [("1", "Mara J. Quist"), ("1", "Mara J. Quist"), ("2", "Mara Quist"),
             ("3", "MARA QUIST"), ("4", "Quist"), ("5", "Quist"), ("6", "Quist")]
        )
    ]  # fmt: skip
    named = naming(given_)
    assert named.name == "Mara Quist"
    assert named.forms == (("Quist", 3), ("Mara Quist", 2), ("Mara J. Quist", 1))

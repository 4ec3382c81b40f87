"""Who is who across articles: one pure function from personas and decisions to speakers.

The answer depends only on the set of personas and the list of decisions, never on the order of
arrival. Personas fall into blocks (`block_of`) and rules never look across blocks; a person's
decisions may join blocks. So the clusters of all articles are the union of the clusters of each
component of blocks, and a store that recomputes only the components it touched has exactly what
one clustering of everything would give.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from quotecheck.store.bodies import bodies
from quotecheck.store.context import Profile, decide
from quotecheck.store.forms import block_of, organization_key, parse
from quotecheck.store.model import Cluster, Clustering, Decision, Link, Persona
from quotecheck.store.people import Neighbours, Part, people
from quotecheck.store.words import fold

__all__ = ["Neighbours", "cluster", "name_key", "neighbours_of", "persona_block"]


def persona_block(persona: Persona) -> str:
    """Returns the block of a persona."""
    return block_of(persona.type, persona.name, persona.key)


def name_key(kind: str, name: str) -> str | None:
    """Returns the key under which a name counts as a neighbour, or None if it says too little."""
    if kind == "person":
        form = parse(name)
        return f"{form.given} {form.family}" if form.level == "full" else None
    if kind == "organization" and any(char.isupper() for char in name):
        return organization_key(name) or None
    return None


def neighbours_of(personas: Iterable[Persona]) -> Neighbours:
    """Returns a lookup over the personas given: full names of persons and bodies by article."""
    found: dict[str, set[str]] = defaultdict(set)
    for persona in personas:
        key = name_key(persona.type, persona.name)
        if key:
            found[persona.article].add(key)
    frozen = {article: frozenset(names) for article, names in found.items()}
    return lambda articles: {a: frozen[a] for a in articles if a in frozen}


def cluster(
    personas: Iterable[Persona],
    decisions: Sequence[Decision] = (),
    neighbours: Neighbours | None = None,
) -> Clustering:
    """Returns which personas are one speaker, and why.

    Name evidence is required, context breaks ties, clashes keep apart; decisions of a person are
    fixed and apply in the order of their ids.

    >>> one = Persona(key="a:E1", article="a", work="a", type="person", name="Marta Vell")
    >>> two = Persona(key="b:E1", article="b", work="b", type="person", name="Marta J. Vell")
    >>> other = Persona(key="c:E1", article="c", work="c", type="person", name="Karl Vell")
    >>> [sorted(c.members) for c in cluster([other, two, one]).clusters]
    [['a:E1', 'b:E1'], ['c:E1']]

    Args:
        personas: those to cluster, in any order.
        decisions: the merges, splits and aliases that hold.
        neighbours: lookup of the names in each article; made from ``personas`` by default.
    """
    everyone = {p.key: p for p in personas}
    lookup = neighbours or neighbours_of(everyone.values())
    blocks: dict[str, list[Persona]] = defaultdict(list)
    for persona in everyone.values():
        blocks[persona_block(persona)].append(persona)
    parts: list[Part] = []
    for name, block in sorted(blocks.items()):
        parts += _by_rule(name, block, lookup)
    ignored = _decide_all(parts, sorted(decisions, key=lambda d: d.id), lookup)
    clusters = [
        Cluster(
            members=frozenset(p.key for p in part.members),
            links=tuple(sorted(set(part.links), key=lambda k: (k.left, k.right, k.rule, k.reason))),
        )
        for part in parts
        if part.members
    ]
    doubts = sorted({doubt for part in parts for doubt in part.doubts})
    return Clustering(
        clusters=tuple(sorted(clusters, key=lambda c: min(c.members))),
        doubts=tuple(doubts),
        ignored=tuple(ignored),
    )


def _by_rule(name: str, block: list[Persona], lookup: Neighbours) -> list[Part]:
    if name.startswith("p:"):
        return people(block, lookup)
    return bodies(block) if name.startswith("o:") else [Part(members=[p]) for p in block]


# ------------------------------------------------------------------------------------- decisions


def _decide_all(parts: list[Part], decisions: list[Decision], lookup: Neighbours) -> list[int]:
    """Applies a person's decisions in order; returns the ids of those that contradict others."""
    ignored = []
    apart = [d for d in decisions if d.kind == "apart"]
    for decision in decisions:
        if decision.kind == "apart":
            _split(parts, decision, lookup)
        elif not _merge(parts, decision, [d for d in apart if d.id < decision.id]):
            ignored.append(decision.id)
    return ignored


def _touched(parts: list[Part], decision: Decision) -> list[Part]:
    if decision.kind == "alias":
        wanted = {name_id(kind, n) for kind in ("person", "organization") for n in decision.names}
        return [
            part
            for part in parts
            if any(wanted & names_of(p) for p in part.members if p.type in _NAMED)
        ]
    anchors = decision.left | decision.right
    return [part for part in parts if any(p.key in anchors for p in part.members)]


_NAMED = frozenset({"person", "organization"})


def name_id(kind: str, name: str) -> tuple[str, str]:
    """Returns what two spellings of the same name have in common."""
    if kind == "person":
        given, middle, family, suffix = parse(name).node
        return kind, " ".join((given, *middle, family, suffix))
    return kind, organization_key(name) if kind == "organization" else fold(name)


def names_of(persona: Persona) -> set[tuple[str, str]]:
    """Returns the name ids of a persona's own name; aliases of an article do not count."""
    return {name_id(persona.type, persona.name)}


def _merge(parts: list[Part], decision: Decision, apart: list[Decision]) -> bool:
    """Joins the parts that a merge or alias touches, unless an earlier split forbids it."""
    touched = _touched(parts, decision)
    if len(touched) < 2:
        return True
    keys = {p.key for part in touched for p in part.members}
    if any(keys & d.left and keys & d.right for d in apart):
        return False
    first = touched[0]
    names = sorted({p.name for part in touched for p in part.members[:1]})
    first.links.append(
        Link(
            left=names[0],
            right=", ".join(names[1:]) or names[0],
            reason="alias given by a person" if decision.kind == "alias" else "merged by a person",
            rule=f"decision {decision.id}",
        )
    )
    for part in touched[1:]:
        first.members += part.members
        first.links += part.links
        first.doubts += part.doubts
        part.members, part.links, part.doubts = [], [], []
    return True


def _split(parts: list[Part], decision: Decision, lookup: Neighbours) -> None:
    """Takes two sides apart; the rest of their cluster follows name, then context."""
    for part in list(parts):
        left = [p for p in part.members if p.key in decision.left]
        right = [p for p in part.members if p.key in decision.right]
        if not left or not right:
            continue
        sides = decision.left | decision.right
        rest = sorted((p for p in part.members if p.key not in sides), key=lambda p: p.key)
        near = lookup(sorted({p.article for p in part.members}))
        profiles = [Profile.of(left, near), Profile.of(right, near)]
        names = [{name_id(p.type, p.name) for p in side} for side in (left, right)]
        out: tuple[list[Persona], ...] = (list(left), list(right), [])
        for persona in rest:
            has = [name_id(persona.type, persona.name) in side for side in names]
            if has[0] != has[1]:
                out[0 if has[0] else 1].append(persona)
                continue
            verdict = decide(persona, near.get(persona.article, frozenset()), profiles)
            out[2 if verdict.winner is None else verdict.winner].append(persona)
        reps: tuple[str, ...] = (left[0].key, right[0].key)
        doubts = [(p.key, reps) for p in out[2]]
        part.members = []
        parts += [
            Part(members=out[0], links=list(part.links)),
            Part(members=out[1], links=list(part.links)),
            Part(members=out[2], links=list(part.links), doubts=doubts),
        ]

"""Persons of one block: which names are one person by name alone, and which need context.

Full names (given and family name) merge on the name: equal parts, middle names that agree, or an
article that gives both forms. A clash of middle name, suffix or courtesy title keeps them apart.
Short forms ("Vell", "M. Vell") fit several full names in general; each is decided by context.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from attrs import define, field

from quotecheck.store.context import Profile, decide
from quotecheck.store.forms import Form, compatible_middles, parse
from quotecheck.store.model import Link, Persona
from quotecheck.store.unions import Unions

__all__ = ["Neighbours", "Part", "people"]

Node = tuple[str, tuple[str, ...], str, str]
#: Looks up the names that stand in articles, by article key.
Neighbours = Callable[[Iterable[str]], Mapping[str, frozenset[str]]]

#: Share of the courtesy titles of one name that must disagree before it counts as two people; a
#: single "Mr." linked to the wrong person among many "Ms." does not.
CLASH_SHARE = 0.1
#: Verdicts of `match_names` on which two full names merge without anybody's help.
MERGEABLE = frozenset({"same", "compatible"})


@define
class Part:
    """A cluster in the making: personas, why they are together, who else they may be."""

    members: list[Persona] = field(factory=list)
    links: list[Link] = field(factory=list)
    doubts: list[tuple[str, tuple[str, ...]]] = field(factory=list)


def people(block: Sequence[Persona], lookup: Neighbours) -> list[Part]:
    """Returns the clusters of a block of persons; the order of ``block`` does not matter.

    Args:
        block: personas whose family names agree.
        lookup: finds the names that stand in articles; asked only when a short name needs it.
    """
    personas = sorted(block, key=lambda p: p.key)
    nodes: dict[Node, list[Persona]] = defaultdict(list)
    forms: dict[Node, Form] = {}
    for persona in personas:
        form = parse(persona.name)
        nodes[form.node].append(persona)
        if form.node not in forms or form.text < forms[form.node].text:
            forms[form.node] = form
    full = sorted(node for node in nodes if forms[node].level == "full")
    unions, reasons, vague = _join_full(full, nodes, forms)
    groups: dict[Node, list[Node]] = defaultdict(list)
    for node in full:
        if node not in vague:
            groups[unions.find(node)].append(node)
    parts: list[Part] = []
    for _, members in sorted(groups.items()):
        parts += _split_by_courtesy(members, nodes, reasons)
    short = [n for n in sorted(nodes) if forms[n].level != "full"] + sorted(vague)
    return _place_short(short, nodes, forms, parts, lookup)


# ------------------------------------------------------------------------------------ full names


def _join_full(
    full: list[Node], nodes: Mapping[Node, list[Persona]], forms: Mapping[Node, Form]
) -> tuple[Unions[Node], dict[Node, list[Link]], set[Node]]:
    """Joins full names on their parts and on articles that give both."""
    unions: Unions[Node] = Unions(full)
    reasons: dict[Node, list[Link]] = defaultdict(list)
    vague: set[Node] = set()
    cores: dict[tuple[str, str, str], list[Node]] = defaultdict(list)
    for node in full:
        cores[(node[0], node[2], node[3])].append(node)
    stated = _stated(full, nodes, forms)
    for _, same in sorted(cores.items()):
        vague |= _join_middles(same, unions, reasons, forms, stated)
    for left, right in sorted(stated):
        if left in vague or right in vague or unions.find(left) == unions.find(right):
            continue
        if left[3] != right[3] and _together(nodes[left], nodes[right]):
            continue
        unions.union(left, right)
        reasons[left].append(
            Link(
                left=forms[left].text,
                right=forms[right].text,
                reason="an article gives both names for one person",
                rule="alias",
            )
        )
    return unions, reasons, vague


def _stated(
    full: list[Node], nodes: Mapping[Node, list[Persona]], forms: Mapping[Node, Form]
) -> set[tuple[Node, Node]]:
    """Pairs of full names that some article gives for one person, unless the names clash.

    A nickname, another spelling or another given name ("Lena Quist" for "Mara Lena Quist") is not
    enough: that the reader of the article took both for one person may itself be a guess.
    """
    known = set(full)
    pairs = set()
    for node in full:
        for persona in nodes[node]:
            others = {parse(alias).node for alias in persona.aliases}
            others = {other for other in others if _same_given(node[0], other[0])}
            nickname = parse(persona.name).nickname
            if nickname:
                others.add((nickname, (), node[2], node[3]))
            for other in others & known - {node}:
                # With its nickname in marks the name itself says that both are one person's.
                if _verdict(persona.name, forms[other].text) in MERGEABLE:
                    pairs.add((min(node, other), max(node, other)))
    return pairs


def _same_given(left: str, right: str) -> bool:
    """Whether two given names are one, or one is the other's initial."""
    short, long = sorted((left, right), key=len)
    return short == long or (len(short) == 1 and long.startswith(short))


def _verdict(left: str, right: str) -> str:
    from quotecheck.names import match_names

    return match_names(left, right).verdict


def _join_middles(
    same: list[Node],
    unions: Unions[Node],
    reasons: dict[Node, list[Link]],
    forms: Mapping[Node, Form],
    stated: set[tuple[Node, Node]],
) -> set[Node]:
    """Joins names that differ in middle names only; returns those that fit two people."""
    top = [
        node
        for node in same
        if not any(
            compatible_middles(node[1], other[1]) and _detail(other) > _detail(node)
            for other in same
        )
    ]
    vague = set()
    for node in same:
        fits = [t for t in top if t != node and compatible_middles(node[1], t[1])]
        if node in top:
            fits = [t for t in fits if all(_agree(t, o) == _agree(node, o) for o in top)]
        elif len(fits) > 1:
            told = [t for t in fits if (min(node, t), max(node, t)) in stated]
            if len(told) != 1:
                vague.add(node)
                continue
            fits = told
        for other in fits:
            if _verdict(forms[node].text, forms[other].text) not in MERGEABLE:
                continue
            if unions.union(node, other):
                reasons[node].append(
                    Link(
                        left=forms[node].text,
                        right=forms[other].text,
                        reason="same given and family name, middle names agree",
                        rule="name",
                    )
                )
    return vague


def _agree(left: Node, right: Node) -> bool:
    return compatible_middles(left[1], right[1])


def _detail(node: Node) -> tuple[int, int]:
    return (len(node[1]), sum(map(len, node[1])))


def _together(left: Iterable[Persona], right: Iterable[Persona]) -> bool:
    """Whether some article tells two names apart."""
    return not {p.article for p in left}.isdisjoint(p.article for p in right)


def _split_by_courtesy(
    members: list[Node], nodes: Mapping[Node, list[Persona]], reasons: Mapping[Node, list[Link]]
) -> list[Part]:
    """One part, or one for each gender that courtesy titles state when they clash."""
    personas = [p for node in members for p in nodes[node]]
    links = [link for node in members for link in reasons.get(node, ())]
    works = {g: {p.work for p in personas if p.courtesy == g} for g in ("m", "f")}
    fewer, all_ = min(map(len, works.values())), sum(map(len, works.values()))
    if not fewer or fewer < CLASH_SHARE * all_:
        return [Part(members=personas, links=links)]
    split = [Part(members=[p for p in personas if p.courtesy == g], links=links) for g in "mf"]
    rest = [p for p in personas if p.courtesy is None]
    if rest:
        reps = tuple(part.members[0].key for part in split)
        split.append(Part(members=rest, links=links, doubts=[(rest[0].key, reps)]))
    return split


# ----------------------------------------------------------------------------------- short names


def _place_short(
    short: list[Node],
    nodes: Mapping[Node, list[Persona]],
    forms: Mapping[Node, Form],
    parts: list[Part],
    lookup: Neighbours,
) -> list[Part]:
    """Gives each persona with a short name to the one candidate that context favours."""
    if not short:
        return parts
    base = list(parts)
    near: Mapping[str, frozenset[str]] = {}
    if base:  # with nobody to join, there is no tie to break
        articles = {p.article for part in base for p in part.members}
        near = lookup(sorted(articles | {p.article for n in short for p in nodes[n]}))
    profiles = [Profile.of(part.members, near) for part in base]
    fronts = [[parse(p.name) for p in part.members] for part in base]
    placed: list[tuple[Part, Persona, str]] = []
    left: dict[Node, list[Persona]] = defaultdict(list)
    doubts: dict[str, tuple[str, ...]] = {}
    for node in short:
        fitting = [i for i, front in enumerate(fronts) if any(_fits(node, f) for f in front)]
        for persona in nodes[node]:
            open_ = [i for i in fitting if persona.article not in profiles[i].articles]
            others = near.get(persona.article, frozenset())
            verdict = decide(persona, others, [profiles[i] for i in open_])
            if verdict.winner is not None:
                placed.append((base[open_[verdict.winner]], persona, verdict.reason))
                continue
            left[node].append(persona)
            if open_:
                doubts[persona.key] = tuple(base[i].members[0].key for i in open_)
    for part, persona, reason in placed:
        part.members.append(persona)
        target = parse(part.members[0].name).text
        part.links.append(
            Link(left=parse(persona.name).text, right=target, reason=reason, rule="context")
        )
    for node in short:
        parts += _leftovers(left[node], forms[node], doubts)
    return parts


def _fits(node: Node, form: Form) -> bool:
    """Whether a short name can stand for a full one."""
    given, middle, family, suffix = node
    if (suffix and form.suffix and suffix != form.suffix) or not form.family.endswith(family):
        return False
    if not given:
        return True
    if len(given) == 1:
        return form.given[:1] == given and compatible_middles(middle, form.middle)
    return form.given == given and suffix == form.suffix and compatible_middles(middle, form.middle)


def _leftovers(
    personas: list[Persona], form: Form, doubts: Mapping[str, tuple[str, ...]]
) -> list[Part]:
    """Short names that nothing places: together only where something besides the name agrees."""
    unions: Unions[str] = Unions([p.key for p in personas])
    seen: dict[tuple[str, ...], str] = {}
    whole = form.level == "full"
    for persona in personas:
        traits: list[tuple[str, ...]] = [("work", persona.work)]
        if persona.text:
            traits.append(("text", persona.text))
        if whole or persona.name.startswith("@"):
            traits.append(("name",))
        elif persona.key not in doubts:
            traits += [("title", t, persona.courtesy or "") for t in persona.titles]
        for trait in traits:
            unions.union(seen.setdefault(trait, persona.key), persona.key)
    by_root: dict[str, Part] = {}
    for persona in personas:
        part = by_root.setdefault(unions.find(persona.key), Part())
        part.members.append(persona)
        if persona.key in doubts:
            part.doubts.append((persona.key, doubts[persona.key]))
    return list(by_root.values())

"""Organizations of one block: the same name, or an acronym that some article spells out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from quotecheck.store.forms import acronym, organization_key
from quotecheck.store.model import Link, Persona
from quotecheck.store.people import Part

__all__ = ["bodies"]


def bodies(block: Sequence[Persona]) -> list[Part]:
    """Returns the clusters of a block of organizations; the order of ``block`` does not matter.

    An acronym joins a full name only when an article gives both for one body and no article gives
    the acronym for another; otherwise it stays alone and waits for review.
    """
    nodes: dict[str, list[Persona]] = defaultdict(list)
    for persona in sorted(block, key=lambda p: p.key):
        nodes[organization_key(persona.name)].append(persona)
    spelled: dict[str, set[str]] = defaultdict(set)
    for key in sorted(nodes):
        if " " not in key:
            continue
        for persona in nodes[key]:
            for alias in persona.aliases:
                short = organization_key(alias)
                if short == acronym(key):
                    spelled[short].add(key)
    parts = {key: Part(members=list(nodes[key])) for key in sorted(nodes)}
    for key in [k for k in parts if " " not in k]:
        whole = sorted(spelled.get(key, ()))
        if len(whole) == 1:
            part, gone = parts[whole[0]], parts.pop(key)
            part.links.append(
                Link(
                    left=gone.members[0].name,
                    right=part.members[0].name,
                    reason="an article gives the acronym for this name",
                    rule="alias",
                )
            )
            part.members += gone.members
            continue
        fitting = whole or [k for k in parts if " " in k and acronym(k) == key]
        if fitting:
            reps = tuple(parts[k].members[0].key for k in fitting)
            parts[key].doubts.append((parts[key].members[0].key, reps))
    return list(parts.values())

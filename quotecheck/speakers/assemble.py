"""From figures to the entity records: canonical names, types, ids in text order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quotecheck.records import Entity, EntityType, Span
from quotecheck.speakers.cast import Cast, Figure

__all__ = ["build_entities", "canonical_name"]


def canonical_name(figure: Figure, cast: Cast) -> str:
    """Returns the name of a figure by the conventions: fullest proper name, else description."""
    if figure.members:
        return " and ".join(canonical_name(cast[m], cast) for m in figure.members)
    if figure.fixed_name:
        return figure.fixed_name
    if figure.surfaces:
        fullest = max(
            figure.surfaces,
            key=lambda s: (len(s.split()), not s.isupper(), len(s), figure.surfaces[s], s),
        )
        return _usual_spelling(fullest, figure.surfaces)
    return figure.wording


def _usual_spelling(name: str, counts: Mapping[str, int]) -> str:
    """Returns the spelling of a name that occurs most, where they differ in case and marks only."""

    def letters(form: str) -> str:
        return "".join(filter(str.isalnum, form)).casefold()

    same = [s for s in counts if s.isupper() == name.isupper() and letters(s) == letters(name)]
    return max(same, key=lambda s: (counts[s], s == name, s))


def _type(figure: Figure, speaks: bool) -> EntityType:
    kind = figure.kind
    if kind == "place" and speaks:
        return "organization"
    types: dict[str, EntityType] = {
        "person": "person",
        "group": "group",
        "organization": "organization",
        "place": "place",
        "document": "document",
        "author": "author",
    }
    return types.get(kind, "unnamed")


def build_entities(
    text: str, cast: Cast, speaking: set[int], wanted: Iterable[int]
) -> dict[int, Entity]:
    """Returns the entity of each wanted figure, with ids in text order."""
    keys = set(wanted) | speaking
    for key in list(keys):
        keys.update(cast[key].members)
        principal = cast[key].principal
        if principal is not None:
            keys.add(principal)
    order = sorted(
        keys, key=lambda k: (min((s for s, _ in cast[k].spans), default=cast[k].first), k)
    )
    ids = {key: f"E{n}" for n, key in enumerate(order, 1)}
    out = {}
    for key in order:
        figure = cast[key]
        name = canonical_name(figure, cast)
        aliases = [a for a in dict.fromkeys(figure.aliases) if a != name]
        out[key] = Entity(
            id=ids[key],
            name=name,
            type=_type(figure, key in speaking),
            speaks=key in speaking,
            aliases=tuple(aliases),
            descriptions=tuple(dict.fromkeys(d.text for d in figure.descriptors if d.text != name)),
            members=tuple(ids[m] for m in figure.members),
            principal=ids[figure.principal] if figure.principal is not None else None,
            mentions=tuple(Span.of(text, s, e) for s, e in sorted(figure.spans)),
        )
    return out

"""What comes into a resolution, made ready: names with nicknames, short sources, listed people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from quotecheck.quotations import nickname_pairs
from quotecheck.records import NameMention, Quotation
from quotecheck.speakers.nouns import NameIndex

__all__ = ["companion", "listed_people", "with_nicknames"]


def with_nicknames(
    text: str, quotations: Sequence[Quotation], names: Sequence[NameMention]
) -> list[NameMention]:
    """Returns the names, whole where a nickname stands inside ("Dale “Shorty” Orrin")."""
    whole = [
        name
        for name, nickname in nickname_pairs(text, quotations)
        if name.start < nickname.start and nickname.end < name.end
    ]
    if not whole:
        return list(names)
    out = [n for n in names if not any(w.start < n.end and n.start < w.end for w in whole)]
    out += [NameMention(start=w.start, end=w.end, label="person") for w in whole]
    return sorted(out, key=lambda n: n.start)


def companion(text: str, start: int, names: NameIndex) -> int:
    """Returns where the name before "others" begins ("Mara Quist, others warn"), else ``start``."""
    head = text[:start].rstrip()
    before = re.sub(r"(?:,| and|, and)\s*\Z", "", head)
    name = names.at(len(before) - 1) if before and before != head else None
    return name.start if name is not None and name.end == len(before) else start


def listed_people(
    people: Iterable[str | Mapping[str, object]],
) -> list[tuple[str, tuple[str, ...]]]:
    """Returns the user's people as (name, aliases)."""
    out: list[tuple[str, tuple[str, ...]]] = []
    for person in people:
        if isinstance(person, str):
            out.append((person, ()))
        else:
            aliases = person.get("aliases", ())
            listed = tuple(str(a) for a in aliases) if isinstance(aliases, list | tuple) else ()
            out.append((str(person["name"]), listed))
    return out

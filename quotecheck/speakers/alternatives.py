"""One pattern for many fixed strings, which does not slow down with their number."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

__all__ = ["any_of"]

#: Code points that strings are told apart by before they are tried one by one.
_PREFIX = 3


def any_of(strings: Iterable[str]) -> str:
    """Returns a pattern for the longest of the strings that stands at a place.

    An alternation is tried from left to right; strings with the same beginning are grouped here,
    so that hardly any of them is.

    >>> re.findall(any_of(["Vell", "Vell Ora", "Quist"]), "Vell Ora, Vell, Quist")
    ['Vell Ora', 'Vell', 'Quist']

    Args:
        strings: at least one, none of them empty.
    """
    return _grouped(sorted(set(strings), key=lambda s: (-len(s), s)), 0)


def _grouped(strings: list[str], depth: int) -> str:
    groups: dict[str, list[str]] = defaultdict(list)
    for string in strings:
        groups[string[:1]].append(string[1:])
    out = []
    # The empty string comes last: what is longer wins.
    for first, rest in sorted(groups.items(), reverse=True):
        if not first:
            out.append("")
        elif depth + 1 < _PREFIX and len(rest) > 1:
            out.append(f"{re.escape(first)}(?:{_grouped(rest, depth + 1)})")
        else:
            out.append(f"{re.escape(first)}(?:{'|'.join(map(re.escape, rest))})")
    return "|".join(out)

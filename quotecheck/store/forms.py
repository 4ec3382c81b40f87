"""Names as the clustering sees them: folded parts, and the block in which they can meet."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from attrs import frozen

from quotecheck.names.parse import parse_name
from quotecheck.records import EntityType
from quotecheck.store.words import words

__all__ = ["Form", "block_of", "compatible_middles", "organization_key", "parse"]

Level = Literal["full", "initial", "bare"]

#: Courtesy titles that state a gender.
COURTESY = {
    "mr": "m",
    "mister": "m",
    "sir": "m",
    "lord": "m",
    "mrs": "f",
    "ms": "f",
    "miss": "f",
    "dame": "f",
    "lady": "f",
    "mme": "f",
    "madam": "f",
}
#: Short and long spellings of the titles that newspapers abbreviate.
TITLES = {
    "sen": "senator",
    "rep": "representative",
    "congressman": "representative",
    "congresswoman": "representative",
    "gov": "governor",
    "lt": "lieutenant",
    "gen": "general",
    "col": "colonel",
    "sgt": "sergeant",
    "capt": "captain",
    "prof": "professor",
    "rev": "reverend",
    "pres": "president",
    "dr": "doctor",
    "atty": "attorney",
}
#: Legal forms and articles that newspapers drop from a company's name.
_LEGAL = frozenset(
    {"inc", "corp", "corporation", "ltd", "llc", "plc", "co", "company", "gmbh", "ag"}
)
_SMALL = frozenset(
    {"the", "a", "an", "of", "for", "and", "on", "in", "to", "de", "la", "des", "du"}
)


@frozen(kw_only=True)
class Form:
    """A person's name in folded parts.

    Attributes:
        text: the name without title, as written.
        given: given name, or its initial.
        middle: middle names or initials.
        family: family name, particles included, words joined.
        suffix: generation ("jr", "iii").
        nickname: name in marks or brackets.
        titles: title words, courtesy titles left out.
        courtesy: gender of the courtesy title, if it states one.
        level: ``full`` (given and family name), ``initial`` (the given name is one initial),
            ``bare`` (one name only).
    """

    text: str
    given: str
    middle: tuple[str, ...]
    family: str
    suffix: str
    nickname: str
    titles: tuple[str, ...]
    courtesy: Literal["m", "f"] | None
    level: Level

    @property
    def node(self) -> tuple[str, tuple[str, ...], str, str]:
        """The parts that make two spellings the same name."""
        return (self.given, self.middle, self.family, self.suffix)


@lru_cache(maxsize=8192)
def parse(name: str) -> Form:
    """Returns the parts of a person's name.

    >>> parse("Sen. Marta J. de la Vell Jr.").node
    ('marta', ('j',), 'delavell', 'jr')
    >>> parse("Mr. Vell").level, parse("Mr. Vell").courtesy
    ('bare', 'm')
    """
    person = parse_name(name)
    given, middle, family = (
        words(" ".join(p)) for p in (person.given, person.middle, person.family)
    )
    if not family:
        given, family = [], given
    title_words = [word for word in words(" ".join(person.title)) if word not in _SMALL]
    courtesy = {COURTESY[word] for word in title_words if word in COURTESY}
    joined = "".join(given)
    initials = bool(given) and all(len(word) == 1 for word in given)
    if initials and (len(joined) > 1 or (middle and len(middle[0]) == 1)):
        initials = False  # "G.K. Vell": two initials are how somebody is known
    return Form(
        text=person.full or name.strip() or name,
        given=joined,
        middle=tuple(middle),
        family="".join(family) or "".join(words(name)),
        suffix=person.generation or "",
        nickname="".join(words(" ".join(person.nickname))),
        titles=tuple(TITLES.get(word, word) for word in title_words if word not in COURTESY),
        courtesy="m" if courtesy == {"m"} else "f" if courtesy == {"f"} else None,
        level="bare" if not given else "initial" if initials else "full",
    )


def compatible_middles(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Returns whether two lists of middle names can belong to one person.

    >>> compatible_middles(("j",), ("james",)), compatible_middles(("j",), ("k",))
    (True, False)
    """
    if not left or not right:
        return True
    return all(
        a == b or (min(len(a), len(b)) == 1 and a[0] == b[0])
        for a, b in zip(left, right, strict=False)
    )


def organization_key(name: str) -> str:
    """Returns the folded name of an organization without article and legal form.

    >>> organization_key("The Vell Company, Inc."), organization_key("VELL")
    ('vell', 'vell')
    """
    parts = words(name)
    while len(parts) > 1 and parts[0] in {"the", "a", "an"}:
        parts = parts[1:]
    while len(parts) > 1 and parts[-1] in _LEGAL:
        parts = parts[:-1]
    return " ".join(parts)


def acronym(key: str) -> str:
    """Returns the initials of an organization's key, small words left out.

    >>> acronym("federal bureau of mills")
    'fbm'
    """
    return "".join(word[0] for word in key.split() if word not in _SMALL)


def block_of(kind: EntityType, name: str, key: str) -> str:
    """Returns the block of a persona: only personas of one block can be merged by rule.

    Persons meet under the last word of their family name, organizations under their initials.
    What has no proper name of its own ("the ministry", a spokesman, a report) never meets another.

    >>> block_of("person", "Marta de Vell", "k"), block_of("organization", "Bureau of Mills", "k")
    ('p:vell', 'o:bm')

    Args:
        kind: entity type.
        name: the persona's fullest name.
        key: the persona's key.
    """
    if kind == "person":
        last = _family_word(name)
        return f"p:{last}" if last else f"x:{key}"
    if kind == "organization" and any(char.isupper() for char in name):
        org = organization_key(name)
        if org:
            return f"o:{acronym(org) if ' ' in org else org}"
    return f"x:{key}"


@lru_cache(maxsize=8192)
def _family_word(name: str) -> str:
    person = parse_name(name)
    pieces = person.family or person.given or tuple(name.split())
    return "".join(words(pieces[-1])) if pieces else ""

"""Whether a printed name denotes the gold speaker.

Deliberately stricter and simpler than `quotecheck.match_names`, and independent of it: a measure
must not share the faults of what it measures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

__all__ = ["same_speaker"]

_TITLES = frozenset(
    (
        *("the", "a", "an", "mr", "mrs", "ms", "miss", "dr", "prof", "sen", "rep", "gov", "gen"),
        *("col", "lt", "sgt", "rev", "president", "senator", "sir", "dame", "lord", "lady"),
        *("representative", "congressman", "congresswoman", "governor", "mayor", "secretary"),
        *("judge", "justice", "professor", "prime", "minister"),
    )
)
_ARTICLES = frozenset({"the", "a", "an"})
_SUFFIXES = {
    "jr": "jr",
    "junior": "jr",
    "sr": "sr",
    "senior": "sr",
    "ii": "ii",
    "iii": "iii",
    "iv": "iv",
}

#: Names of bodies of which half the words agree are the same ("the Vell Institute for Trade",
#: "Vell Institute").
_HALF = 0.5


def same_speaker(
    printed: str | None, gold: Iterable[str], type_: str = "person", others: Iterable[str] = ()
) -> bool:
    """Returns whether a printed name denotes the gold speaker.

    It does when it is one of the gold names, case, diacritics, punctuation and leading titles
    aside; for persons also when given and family name agree and no suffix clashes; for others
    also when at least half the words do. A name of somebody else in the article never does.

    >>> same_speaker("Sen. Mara Quist", ["Mara Ellen Quist"])
    True
    >>> same_speaker("Quist", ["Mara Quist"])
    False

    Args:
        printed: the name the program gave, None for none.
        gold: names that count as right.
        type_: type of the gold speaker.
        others: names of the article's other speakers.
    """
    person = type_ in ("person", "author")
    words = _words(printed, person)
    if not words:
        return False
    right = [_words(name, person) for name in gold]
    if words in right:
        return True
    if any(words == _words(name, person) for name in others):
        return False
    return any(_alike(words, name, person) for name in right)


def _words(name: str | None, person: bool) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", name or "").encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"'s\b", "", plain)
    words = re.sub(r"[^a-z0-9 ]+", " ", plain.lower().replace("'", "")).split()
    titles = _TITLES if person else _ARTICLES
    while len(words) > 1 and words[0] in titles:
        del words[0]
    return tuple(words)


def _alike(a: tuple[str, ...], b: tuple[str, ...], person: bool) -> bool:
    if not person:
        shared = len(set(a) & set(b)) / max(1, len(set(a) | set(b)))
        return min(len(a), len(b)) >= 2 and shared >= _HALF
    suffix_a, suffix_b = _suffixes(a), _suffixes(b)
    if suffix_a and suffix_b and suffix_a != suffix_b:
        return False
    a, b = _without_suffix(a), _without_suffix(b)
    return len(a) >= 2 and len(b) >= 2 and a[0] == b[0] and a[-1] == b[-1]


def _suffixes(words: Collection[str]) -> set[str]:
    return {_SUFFIXES[word] for word in list(words)[1:] if word in _SUFFIXES}


def _without_suffix(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if word not in _SUFFIXES)

"""Names folded for comparing, and an index of bodies by their words, name parts and initials."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

__all__ = ["BodyIndex", "fold"]

#: Words of a body's name that are looked at for shorter names of it.
MOST_BODY_WORDS = 24


@lru_cache(maxsize=1024)
def fold(text: str) -> str:
    """Returns a name for comparing: no case, diacritics, periods, apostrophes or possessive.

    >>> fold("José O’Neill's")
    'jose oneill'
    """
    text = re.sub(r"['’]s\b", "", text)
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return " ".join(re.sub(r"[^\w\s&-]+", "", plain).split())


class BodyIndex:
    """Bodies by their words, by how their names begin and end, and by their initials."""

    def __init__(self) -> None:
        self._words: dict[str, set[int]] = defaultdict(set)
        self._parts: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._ends: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._initials: dict[str, set[int]] = defaultdict(set)

    def add(self, body: int, key: str) -> None:
        """Adds a new body by its folded name."""
        for word in key.split():
            self._words[word].add(body)

    def add_form(self, body: int, form: str, acronyms: bool) -> None:
        """Adds a form of a body's name; its initials too where they may stand for it."""
        words = tuple(re.sub(r"^(the|a|an) ", "", fold(form)).split())
        for size in range(1, min(len(words), MOST_BODY_WORDS)):
            self._ends[words[-size:]].add(body)
            if size > 1:
                self._parts[words[:size]].add(body)
        spelled = [w for w in re.split(r"[\s-]+", form) if w]
        if acronyms and len(spelled) > 1:
            self._initials["".join(w[0] for w in spelled).lower()].add(body)
            main = "".join(w[0] for w in spelled if w[0].isupper()).lower()
            self._initials[main].add(body)

    def longer(self, words: Sequence[str]) -> set[int]:
        """Returns the bodies with a name that begins or ends with these words and has more."""
        key = tuple(words)
        found = self._ends.get(key, set()) | self._parts.get(key, set())
        return found & self._words.get(words[-1], set())

    def acronym(self, letters: str) -> set[int]:
        """Returns the bodies whose initials these are."""
        return self._initials.get(letters, set())

"""What a figure's only name suggests about its gender, when that is a single word.

"Michael" alone may be a family name, so it tells no gender; but it is more often a man than a
woman, and that much may count in a choice between antecedents.
"""

from __future__ import annotations

from functools import lru_cache

from quotecheck.names import gender_of
from quotecheck.speakers.cast import Figure

__all__ = ["leaning"]


def leaning(figure: Figure) -> str | None:
    """Returns m, f or None: the gender that a person's only word of a name suggests."""
    if figure.kind != "person" or figure.gender is not None or len(figure.surfaces) != 1:
        return None
    name = next(iter(figure.surfaces))
    return None if " " in name else _of_word(name)


@lru_cache(maxsize=1024)
def _of_word(word: str) -> str | None:
    gender = gender_of(f"{word} Quist")
    return gender[0] if gender is not None else None

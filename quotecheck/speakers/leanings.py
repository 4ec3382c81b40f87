"""What a figure's only name suggests about its gender, when that is a single word.

"Michael" alone may be a family name, so it tells no gender; but it is more often a man than a
woman, and that much may count in a choice between antecedents.
"""

from __future__ import annotations

from quotecheck.names.gender import gender_of_given
from quotecheck.speakers.cast import GENDERS, Figure

__all__ = ["leaning"]


def leaning(figure: Figure, genders: frozenset[str]) -> tuple[float, float]:
    """Returns whether a person's only word of a name suggests one of the genders, or another one.

    Each is 1.0 or 0.0, as a feature; both are 0.0 where nothing is suggested or asked for.
    """
    if not genders or figure.kind != "person" or figure.gender is not None:
        return 0.0, 0.0
    name = next(iter(figure.surfaces)) if len(figure.surfaces) == 1 else " "
    gender = None if " " in name else GENDERS.get(gender_of_given(name) or "")
    if gender is None:
        return 0.0, 0.0
    return float(gender in genders), float(gender not in genders)

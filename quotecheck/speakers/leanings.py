"""What a figure's name suggests about its gender without telling it.

"Michael" alone may be a family name, but is more often a man than a woman; "Tunde" is a woman in
Hungary and a man in Nigeria, and the long list of given names knows but one of them. That much may
count in a choice between antecedents, and rule nobody out.
"""

from __future__ import annotations

from quotecheck.names.gender import gender_of, gender_of_given
from quotecheck.speakers.cast import GENDERS, Figure

__all__ = ["leaning", "suggested"]


def suggested(figure: Figure) -> str | None:
    """Returns the gender, m or f, that a person's name suggests, where none is known."""
    if figure.kind != "person" or figure.gender is not None or not figure.surfaces:
        return None
    name = max(figure.surfaces, key=lambda form: (len(form.split()), form))
    told = None
    if " " in name:
        told = gender_of(name)
    elif len(figure.surfaces) == 1:
        told = gender_of_given(name)
    return GENDERS.get(told or "")


def leaning(figure: Figure, genders: frozenset[str]) -> tuple[float, float]:
    """Returns whether a person's name suggests one of the genders, or another one.

    Each is 1.0 or 0.0, as a feature; both are 0.0 where nothing is suggested or asked for, and
    where the gender is known.
    """
    gender = suggested(figure) if genders else None
    if gender is None:
        return 0.0, 0.0
    return float(gender in genders), float(gender not in genders)

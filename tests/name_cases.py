"""Cases and generated names that the tests of names share."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st

CASES = Path(__file__).parent / "cases"
#: A busy machine is no failure; the tables carry the examples, chance only looks further.
UNHURRIED = settings(deadline=None, max_examples=60)
FIELDS = ("title", "given", "middle", "family", "suffix", "nickname", "maiden")
GIVEN = ("Mara", "Karl", "Anna", "Dale", "Jong-su", "Li", "J.", "Bob", "Robert", "María", "Wei")
MIDDLE = ("", "A.", "B.", "Lou", "del Carmen", "Karl", "Q.")
FAMILY = ("Quist", "Vell", "O’Harrow", "van Dorn", "de la Vega", "al-Sayyar", "Kim", "Wei", "Núñal",
          "Quill-Arden", "Ortiz Vega")  # fmt: skip
SUFFIX = ("", "Jr.", "Sr.", "III", "M.D.")
TITLES = ("Sen.", "Dr.", "President", "Treasury Secretary", "former Gov.")

FULL_NAMES = st.builds(
    lambda *parts: " ".join(part for part in parts if part),
    st.sampled_from(GIVEN),
    st.sampled_from(MIDDLE),
    st.sampled_from(FAMILY),
    st.sampled_from(SUFFIX),
)
SHORT_NAMES = st.builds(
    lambda title, family: f"{title} {family}".strip(),
    st.sampled_from(("", "Mr.", "Mrs.", "Ms.", "Dr.", "Sen.")),
    st.sampled_from((*FAMILY, "Mara", "Karl")),
)
NAMES = st.one_of(FULL_NAMES, SHORT_NAMES)


def load(name: str) -> list:
    """Returns the rows of a table of cases."""
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def params(name: str, *, marks=()) -> list:
    """Returns the rows of a table as parameters of a test."""
    rows = load(name)
    return [
        pytest.param(row, id=row.get("label") or row.get("input") or "empty", marks=marks)
        for row in rows
    ]

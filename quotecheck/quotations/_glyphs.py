"""The quotation marks that are known, and which of them make a pair.

After the tables of marks by language in the Unicode Standard (section 6.2, "Quotation Marks") and
in CLDR's delimiters. Costs count as in `quotecheck.quotations._marks`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

__all__ = ["GLYPHS", "INFINITE", "Family", "pair_cost", "same_family"]

Family = Literal["double", "single", "guillemet", "angle", "corner", "white-corner"]

INFINITE = float("inf")

#: glyph: (family, cost as an opening mark, cost as a closing mark)
GLYPHS: dict[str, tuple[Family, float, float]] = {
    '"': ("double", 0, 0),
    "＂": ("double", 0, 0),
    "“": ("double", 0, 1),  # closes in German
    "”": ("double", 1.5, 0),  # opens in Swedish and Finnish
    "„": ("double", 0, INFINITE),
    "‟": ("double", 0.3, 1),
    "〝": ("double", 0, INFINITE),
    "〞": ("double", INFINITE, 0),
    "〟": ("double", INFINITE, 0),
    "❝": ("double", 0, INFINITE),
    "❞": ("double", INFINITE, 0),
    "``": ("double", 0, 2),
    "''": ("double", 0.6, 0),
    "‘‘": ("double", 0, 2),
    "’’": ("double", 2, 0),
    "´´": ("double", 1, 0),
    ",,": ("double", 0.3, INFINITE),
    "'": ("single", 0, 0),
    "＇": ("single", 0, 0),
    "‘": ("single", 0, 1.5),
    "’": ("single", 2, 0),
    "‚": ("single", 0, INFINITE),
    "‛": ("single", 0.3, 1),
    "`": ("single", 0.2, 0.6),
    "´": ("single", 1, 0.3),
    "❛": ("single", 0, INFINITE),
    "❜": ("single", INFINITE, 0),
    "«": ("guillemet", 0, 0.3),
    "»": ("guillemet", 0.3, 0),
    "‹": ("angle", 0, 0.3),
    "›": ("angle", 0.3, 0),
    "「": ("corner", 0, INFINITE),
    "」": ("corner", INFINITE, 0),
    "『": ("white-corner", 0, INFINITE),
    "』": ("white-corner", INFINITE, 0),
}
#: Pairs whose cost differs from the default: 0 for a pair in `_PARTNERS`, else `_MIXED`.
_PAIRS = {
    ("„", "“"): -1.0,
    ("‚", "‘"): -1.5,
    ("‟", "”"): 0.0,
    ("“", "“"): 0.5,
    ("‘", "‘"): 0.5,
    ("”", "“"): 1.5,
    ("’", "‘"): 1.5,
    ("«", "«"): 2.0,
    ("‹", "‹"): 2.0,
}
_PARTNERS = frozenset(
    [
        ("“", "”"),
        ("„", "”"),
        ("”", "”"),
        ("〝", "〞"),
        ("〝", "〟"),
        ("❝", "❞"),
        ("``", "''"),
        ("‘‘", "’’"),
        ("‘", "’"),
        ("‚", "’"),
        ("’", "’"),
        ("`", "'"),
        ("❛", "❜"),
        ("«", "»"),
        ("»", "«"),
        ("»", "»"),
        ("‹", "›"),
        ("›", "‹"),
        ("›", "›"),
        (",,", "''"),
        ("「", "」"),
        ("『", "』"),
    ]
)
_MIXED = 0.5


def same_family(left: str, right: str) -> bool:
    """Returns whether two glyphs are of one family."""
    return GLYPHS[left][0] == GLYPHS[right][0]


@lru_cache(maxsize=1024)
def pair_cost(opening: str, closing: str) -> float:
    """Returns what it costs to pair two glyphs of one family, beside their own costs."""
    special = _PAIRS.get((opening, closing))
    if special is not None:
        return special
    usual = (opening, closing) in _PARTNERS or (opening == closing and opening in "\"＂'＇`´")
    return 0.0 if usual else _MIXED

"""Quotation marks: which stand where, how they pair, and what each quotation is.

`scan` finds the quotations of a text; `level_mask` gives their depth per character;
`classify_roles` tells speech, titles, nicknames and scare quotes apart; `nickname_pairs` yields the
names that a nickname in marks belongs to.
"""

from __future__ import annotations

from quotecheck.quotations._roles import classify_roles, nickname_pairs
from quotecheck.quotations._scan import ScanResult, level_mask, scan

__all__ = ["ScanResult", "classify_roles", "level_mask", "nickname_pairs", "scan"]

"""Accuracy of quotation roles on sentences written after the rules (docs/acts.md)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quotecheck.quotations import scan

CASES = json.loads(
    (Path(__file__).parent / "cases" / "roles_fresh.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("half", "floor"), [("mend", 46), ("held-out", 45)])
def test_role_accuracy(half, floor):
    """Nine roles in ten are right on the held-out half, and no half falls below its count."""
    right = total = 0
    for case in (case for case in CASES if case["half"] == half):
        found = [q.role for q in scan(case["input"]).quotations]
        assert len(found) == len(case["wanted"]), case["input"]
        right += sum(a == b for a, b in zip(case["wanted"], found, strict=True))
        total += len(found)
    assert right >= max(floor, 0.9 * total)

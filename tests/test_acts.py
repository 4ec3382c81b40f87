"""Tests of the reading of cues: act, negated, hypothetical, on sentences of the project's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotecheck.decode.acts import read_cue

CASES = json.loads((Path(__file__).parent / "cases" / "acts.json").read_text(encoding="utf-8"))
FIELDS = ("act", "negated", "hypothetical")


def reading(case):
    before = case["text"][: case["text"].index(case["cue"])]
    if case["content"]:
        before = before.replace(case["content"], "")
    return read_cue(case["cue"], before, content=case["content"], source=case["source"])


@pytest.mark.parametrize(
    ("half", "floors"),
    [
        ("mend", {"act": 128, "negated": 129, "hypothetical": 129}),
        ("held-out", {"act": 109, "negated": 112, "hypothetical": 112}),
        ("fresh", {"act": 58, "negated": 60, "hypothetical": 60}),
        ("blind", {"act": 118, "negated": 120, "hypothetical": 120}),
    ],
)
def test_accuracy(half, floors):
    """Each field is right for nine in ten at least, and for no fewer than docs/acts.md says."""
    cases = [case for case in CASES if case["half"] == half]
    for field in FIELDS:
        right = sum(getattr(reading(case), field) == case[field] for case in cases)
        assert right >= max(floors[field], 0.9 * len(cases)), field


def test_cases_are_whole():
    """Cue, source and content stand in their sentence; labels are unique; 200 at least."""
    assert len(CASES) >= 200
    assert len({case["label"] for case in CASES}) == len(CASES)
    for case in CASES:
        assert all(case[part] in case["text"] for part in ("cue", "source", "content"))


@given(st.text(), st.text(), st.text(), st.text())
def test_any_text_is_read(cue, before, content, source):
    """Any text gives a reading, the same each time."""
    first = read_cue(cue, before, content=content, source=source)
    assert first == read_cue(cue, before, content=content, source=source)

"""No figure on the corpus beside the checkout falls below its floor."""

from __future__ import annotations

import json

import pytest

from tests.accuracy import corpus, gate

if not corpus.CORPUS.is_dir():
    pytest.skip("the corpora of ../shared are absent", allow_module_level=True)

FLOORS = json.loads(corpus.FLOORS.read_text("utf-8"))


def test_the_sample_is_the_one_that_was_measured() -> None:
    """Floors say something about these articles only."""
    assert corpus.fingerprint() == FLOORS["fingerprint"]


def test_no_figure_falls_below_its_floor() -> None:
    """Every figure is measured, has a floor and keeps to it."""
    measured = corpus.measured_now()
    assert set(measured) == set(FLOORS["floors"])
    assert gate.below(measured, FLOORS["floors"], gate.MARGIN) == []

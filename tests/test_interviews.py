"""Questions and answers under "Q" and "A": the author asks, the one brought in before answers."""

from __future__ import annotations

import pytest

from quotecheck import Pipeline
from quotecheck.analysis import Analysis

INTERVIEW = """{title}

{intro}

Q: What does a ferry cook do all day?

A: Peel. Then I wait for the boat.

Q: Did you ever think of leaving?

A: Once, in my second year. It was a bad year."""


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """The default pipeline, loaded once."""
    return Pipeline()


def speakers(analysis: Analysis) -> list[str | None]:
    """The speakers of the turns, those inside a turn left out."""
    outer = [a for a in analysis.attributions if a.parent is None]
    return [a.speaker.name if a.speaker else None for a in outer]


def read(pipeline: Pipeline, title: str, intro: str) -> Analysis:
    """The analysis of an interview with a title and an introduction."""
    return pipeline.analyze(INTERVIEW.format(title=title, intro=intro))


def test_the_one_introduced_answers_and_the_author_asks(pipeline: Pipeline) -> None:
    """No speaker is called "Q" or "A"."""
    found = read(pipeline, "Five minutes with a cook", "Ruta Simonsen has cooked for ten years.")
    assert speakers(found) == ["author", "Ruta Simonsen"] * 2
    assert {a.evidence[0].step for a in found.attributions if a.parent is None} == {"interview"}
    types = {e.name: e.type for e in found.entities}
    assert types["author"] == "author"
    assert not {"Q", "A"} & types.keys()


def test_of_two_introduced_the_headline_tells(pipeline: Pipeline) -> None:
    """The headline's name is the one who is asked."""
    intro = "Dale Vell visited Ruta Simonsen on the ferry."
    found = read(pipeline, "Ruta Simonsen on cooking at sea", intro)
    assert speakers(found) == ["author", "Ruta Simonsen"] * 2


@pytest.mark.parametrize(
    ("intro", "candidates"),
    [
        ("Dale Vell and Ruta Simonsen cook on the ferry.", {"Dale Vell", "Ruta Simonsen"}),
        ("The cook of the ferry has little time.", set()),
    ],
)
def test_without_one_who_fits_nobody_is_named(
    pipeline: Pipeline, intro: str, candidates: set[str]
) -> None:
    """Two are candidates, none is a guess."""
    found = read(pipeline, "Five minutes with a cook", intro)
    assert speakers(found) == ["author", None] * 2
    answers = [a for a in found.attributions if a.source and a.source[0].text == "A"]
    assert len(answers) == 2
    assert all({c.name for c in a.candidates} == candidates for a in answers)


def test_questions_of_the_press_are_not_the_authors(pipeline: Pipeline) -> None:
    """At a briefing "Q" is a reporter and the one who answers has a label with a name."""
    text = (
        "Briefing on the ferry\n\nQ: Is it safe?\n\nMR. VELL: It is safe.\n\n"
        "Q: Is it late?\n\nMR. VELL: It is late."
    )
    found = pipeline.analyze(text)
    assert "author" not in speakers(found)
    assert speakers(found) == ["Q", "VELL", "Q", "VELL"]
    assert {e.name: e.type for e in found.entities} == {"Q": "unnamed", "VELL": "person"}

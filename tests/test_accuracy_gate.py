"""Sabotage: the gate of the accuracy set notices each way in which accuracy can fall."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from attrs import evolve

import quotecheck
from quotecheck.evaluate import GoldArticle, Prediction
from tests.accuracy import __main__ as command
from tests.accuracy import gate
from tests.accuracy.building import gold

Found = dict[str, Sequence[Prediction]]
Spans = tuple[tuple[int, int], ...]


@pytest.fixture(scope="module")
def articles() -> list[GoldArticle]:
    return gold()


@pytest.fixture(scope="module")
def found(articles: list[GoldArticle]) -> Found:
    return dict(gate.predictions(articles))


@pytest.fixture(scope="module")
def honest(articles: list[GoldArticle], found: Found) -> dict[str, float]:
    """The figures of today, taken as the floors."""
    return gate.figures(articles, found)


def without_first_word(text: str, spans: Spans) -> Spans:
    """The spans without the first word of the first."""
    if not spans:
        return spans
    (start, end), *rest = spans
    space = text.find(" ", start, end)
    return ((end if space < 0 else space + 1, end), *rest)


def lost(number: int, _: str, one: Prediction) -> Prediction | None:
    return None if number % 8 == 0 else one


def invented(number: int, text: str, one: Prediction) -> Prediction:
    elsewhere = tuple((end, min(end + 5, len(text))) for _, end in one.content)
    return evolve(one, content=elsewhere) if number % 8 == 0 else one


def short_source(number: int, text: str, one: Prediction) -> Prediction:
    return evolve(one, source=without_first_word(text, one.source)) if number % 4 == 0 else one


def short_cue(number: int, text: str, one: Prediction) -> Prediction:
    return evolve(one, cue=without_first_word(text, one.cue)) if number % 4 == 0 else one


def short_content(number: int, text: str, one: Prediction) -> Prediction:
    return evolve(one, content=without_first_word(text, one.content)) if number % 4 == 0 else one


def wrong_speaker(number: int, _: str, one: Prediction) -> Prediction:
    return evolve(one, speaker="Somebody Else") if number % 6 == 0 and one.speaker else one


def only_quotes(_: int, text: str, one: Prediction) -> Prediction | None:
    return one if any(text[s:e][:1] in "“\"‘'«" for s, e in one.content) else None


def only_indirect(_: int, text: str, one: Prediction) -> Prediction | None:
    return None if any(text[s:e][:1] in "“\"‘'«" for s, e in one.content) else one


@pytest.mark.parametrize(
    ("sabotage", "figures"),
    [
        (lost, {"found", "found with source", "exact cue", "who said what"}),
        (invented, {"found", "exact content"}),
        (short_source, {"exact source"}),
        (short_cue, {"exact cue"}),
        (short_content, {"exact content"}),
        (wrong_speaker, {"who said what", "speaker right of found"}),
        (only_quotes, {"recall indirect", "found"}),
        (only_indirect, {"recall direct", "found"}),
    ],
)
def test_each_loss_is_named(
    articles: list[GoldArticle],
    found: Found,
    honest: dict[str, float],
    sabotage: Callable[[int, str, Prediction], Prediction | None],
    figures: set[str],
) -> None:
    """A model that is worse in one way falls below the floors of today in that figure."""
    worse: Found = {}
    number = 0
    for article in articles:
        kept = []
        for one in found[article.name]:
            changed = sabotage(number, article.text, one)
            number += 1
            if changed is not None:
                kept.append(changed)
        worse[article.name] = kept
    complaints = gate.below(gate.figures(articles, worse), honest, gate.MARGIN)
    assert figures <= {line.split(":")[0] for line in complaints}


def test_the_model_of_today_passes(honest: dict[str, float]) -> None:
    """The gate does not cry wolf: nothing falls below itself."""
    assert gate.below(honest, honest, 0.0) == []


class Blind:
    """A pipeline that has forgotten the second half of every article."""

    def pipe(self, texts: Iterator[str]) -> Iterator[quotecheck.Analysis]:
        """Yields what there is in the first halves."""
        for text in texts:
            analysis = quotecheck.analyze(text)
            kept = tuple(a for a in analysis.attributions if a.content[0].start < len(text) // 2)
            yield analysis.with_attributions(kept)


def test_the_command_fails_and_keeps_the_floors(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m tests.accuracy` exits with 1 for a worse model, and --update refuses it."""
    floors = tmp_path / "floors.json"
    floors.write_text(gate.FLOORS.read_text("utf-8"), "utf-8")
    before = floors.read_bytes()
    monkeypatch.setattr(quotecheck, "Pipeline", Blind)
    monkeypatch.setattr(command, "FLOORS", floors)
    for argv in ([], ["--update"]):
        monkeypatch.setattr(sys, "argv", ["tests.accuracy", *argv])
        assert command.main() == 1
    assert "not written:" in capsys.readouterr().out
    assert floors.read_bytes() == before
    assert json.loads(before)["floors"]["found"] > 0

"""The long run in small: its texts can be made again, and it finds a fault where there is one."""

from __future__ import annotations

import pytest
from attrs import evolve

from quotecheck import Pipeline
from quotecheck.quotations import ScanResult, scan
from tests.fuzz.foreign import LANGUAGES
from tests.fuzz.invariants import Run
from tests.fuzz.shrinking import shrink
from tests.fuzz.texts import KINDS, Case, make

SEED = 20_260


@pytest.fixture(scope="module")
def run() -> Run:
    return Run(seed=SEED)


def test_texts_are_known_by_seed_and_number() -> None:
    """The same two numbers give the same text, other ones another; every kind comes up."""
    cases = [make(SEED, number) for number in range(300)]
    assert cases == [make(SEED, number) for number in range(300)]
    assert cases != [make(SEED + 1, number) for number in range(300)]
    assert {case.kind for case in cases} == {make_.__name__ for make_ in set(KINDS)} - {
        "any_unicode"
    } | {"unicode"}


def test_a_short_run_finds_nothing(run: Run) -> None:
    """Forty hostile texts keep every invariant; `python -m tests.fuzz` does as many as you like."""
    cases = [case for n in range(60) if len((case := make(SEED, n)).text) < 600][:40]
    for start in range(0, len(cases), 8):
        batch = cases[start : start + 8]
        for case, found in zip(batch, run.batch(batch), strict=True):
            assert found == [], (case.kind, case.text)


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_other_languages(run: Run, code: str) -> None:
    """Quotations are found by their marks, a warning is given, no attribution is invented."""
    opening, closing, sentences, quoted = LANGUAGES[code]
    quotations = tuple(f"{opening}{words}{closing}" for words in quoted)
    paragraphs = [" ".join(sentences).replace("{}", quotation) for quotation in quotations]
    case = Case(kind="foreign", text="\n".join(paragraphs), language=code, quotations=quotations)
    assert run.one(case) == []


def test_a_fault_is_found_and_shrunken() -> None:
    """A scanner whose offsets drift behind an emoji is reported, and the text made small."""

    def drifting(text: str, blocks: object = ()) -> ScanResult:
        found = scan(text)
        by = 1 if "👍" in text else 0
        moved = tuple(evolve(q, start=q.start - by, end=q.end - by) for q in found.quotations)
        return evolve(found, quotations=moved)

    broken = Run(Pipeline(scanner=drifting))

    def fails(text: str) -> bool:
        return any(line.startswith("records: ") for line in broken.one(Case(kind="x", text=text)))

    text = "It rained. 👍 “The tide is out,” said Mara Quist. It rained again."
    assert fails(text)
    small = shrink(text, fails, seconds=20)
    assert fails(small)
    assert len(small) < 20
    assert "👍" in small

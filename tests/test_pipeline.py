"""The whole pipeline with the bundled weights: records, order, threads, processes."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import count, islice

import pytest
from hypothesis import HealthCheck, given, settings

import quotecheck
from quotecheck import Analysis, Pipeline
from quotecheck.consistency import problems
from quotecheck.errors import TextTypeError, UnknownModelError
from tests.depth import examples
from tests.strategies import any_texts, articles

STORY = """Harbour vote splits Saltmere

By Ines Okafor

SALTMERE (Newswire) — Mayor Marisol Quist said on Monday that the harbour would stay open.

“We will not close it while I am in this office,” Quist told reporters. “It feeds two hundred
families.”

Tobias Renn, who leads the opposition, called the vote “a triumph of nostalgia over arithmetic.” He
said the council would run out of money by the spring.

According to a report by the port authority, repairs will cost 1.4 million crowns.
"""


@pytest.fixture(scope="module")
def nlp() -> Pipeline:
    """The default pipeline, loaded once."""
    return Pipeline()


def by_text(analysis: Analysis, part: str) -> quotecheck.Attribution:
    found = [a for a in analysis.attributions if part in a.text]
    assert len(found) == 1, [a.text for a in analysis.attributions]
    return found[0]


def test_a_news_story_comes_out_as_a_reader_would_expect(nlp: Pipeline) -> None:
    """Direct, mixed and indirect attributions with the right speakers."""
    analysis = nlp.analyze(STORY)
    direct = by_text(analysis, "while I am in this office")
    assert direct.kind == "direct"
    assert direct.speaker is not None
    assert direct.speaker.name == "Marisol Quist"
    assert "two hundred" in direct.text
    mixed = by_text(analysis, "a triumph of nostalgia")
    assert mixed.speaker is not None
    assert mixed.speaker.name == "Tobias Renn"
    indirect = by_text(analysis, "run out of money")
    assert indirect.kind == "indirect"
    assert indirect.speaker is not None
    assert indirect.speaker.name == "Tobias Renn"
    assert [b.kind for b in analysis.blocks[:2]] == ["headline", "byline"]


def test_the_records_hold_together_and_round_trip(nlp: Pipeline) -> None:
    """No record contradicts another, and JSON gives the same analysis back."""
    analysis = nlp.analyze(
        STORY, title="Harbour vote", url="https://news.invalid/1", published="2026-03-02"
    )
    assert list(problems(analysis)) == []
    assert Analysis.from_json(analysis.to_json()) == analysis
    assert analysis.url == "https://news.invalid/1"
    assert analysis.model.name == "en"


@pytest.mark.parametrize("text", ["", "   \n\n ", "\x00", "\ud800", "Rain."])
def test_texts_with_nothing_in_them(nlp: Pipeline, text: str) -> None:
    """An empty text, blanks, a control character or a lone surrogate give an empty analysis."""
    analysis = nlp.analyze(text)
    assert analysis.attributions == ()
    assert analysis.text == text


@settings(max_examples=examples(12), deadline=None, suppress_health_check=list(HealthCheck))
@given(any_texts())
def test_any_text_is_analysed_without_error(text: str) -> None:
    """Whatever the string, every span is the slice it says it is."""
    assert list(problems(quotecheck.analyze(text))) == []


@settings(max_examples=examples(8), deadline=None, suppress_health_check=list(HealthCheck))
@given(articles())
def test_line_ends_and_marks_never_shift_an_offset(text: str) -> None:
    """Articles with odd line ends, spaces and marks keep exact offsets."""
    assert list(problems(quotecheck.analyze(text))) == []


def test_not_a_string_is_a_type_error(nlp: Pipeline) -> None:
    """Bytes are refused with a word on how to decode them."""
    with pytest.raises(TextTypeError, match="decode"):
        nlp.analyze(b"bytes")  # type: ignore[arg-type]


def test_unknown_models_are_refused() -> None:
    """A wrong model name is a ValueError that names the right ones."""
    with pytest.raises(UnknownModelError, match="en"):
        Pipeline("xx")


@pytest.mark.parametrize("bad", [-0.1, 1.1])
def test_a_confidence_out_of_range_is_refused(bad: float) -> None:
    """min_confidence is a probability."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        Pipeline(min_confidence=bad)


def test_a_higher_minimum_finds_fewer(nlp: Pipeline) -> None:
    """min_confidence trades recall for precision: what it keeps was there before, and is surer."""
    strict = Pipeline(min_confidence=0.9)
    few, many = strict.analyze(STORY), nlp.analyze(STORY)
    assert 0 < len(few.attributions) <= len(many.attributions)
    assert all(a.confidence >= 0.9 for a in few.attributions)


def texts() -> list[str]:
    lead = "“The tide is out,” said Mara Vell of berth {0}. She said it would be back by {0}."
    return [STORY, *(lead.format(n) for n in range(5)), "", STORY.upper()]


def test_batches_and_order_change_nothing(nlp: Pipeline) -> None:
    """The same records byte for byte for any batch size, one by one and in another order."""
    single = [nlp.analyze(text).to_json() for text in texts()]
    for size in (1, 3, 16):
        assert [a.to_json() for a in nlp.pipe(texts(), batch_size=size)] == single
    turned = [a.to_json() for a in nlp.pipe(reversed(texts()))]
    assert turned[::-1] == single


def test_threads_share_a_pipeline(nlp: Pipeline) -> None:
    """Four threads on one pipeline get the same records as one."""
    single = [nlp.analyze(text).to_json() for text in texts()]
    with ThreadPoolExecutor(4) as pool:
        assert [a.to_json() for a in pool.map(nlp.analyze, texts())] == single


def test_processes_give_the_same_records(nlp: Pipeline) -> None:
    """Worker processes keep the order and the records."""
    single = [a.to_json() for a in nlp.pipe(texts())]
    assert [a.to_json() for a in nlp.pipe(texts(), n_process=2, batch_size=2)] == single


def test_pipe_streams(nlp: Pipeline) -> None:
    """An endless source is read only as far as needed."""
    read = []

    def endless() -> object:
        for n in count():
            read.append(n)
            yield f"It will rain for {n} days, said Mara Vell."

    found = list(islice(nlp.pipe(endless(), batch_size=2), 4))
    assert len(found) == 4
    assert len(read) <= 6


def test_a_bad_item_does_not_lose_those_before_it(nlp: Pipeline) -> None:
    """Everything before a bad item is yielded, then the error is raised."""
    stream = nlp.pipe(["It rained, said Mara Vell.", {"text": "It snowed.", "title": "Snow"}, 7])
    first, second = next(stream), next(stream)
    assert first.attributions
    assert second.title == "Snow"
    with pytest.raises(TextTypeError):
        next(stream)


def test_another_language_gets_no_invented_attributions(nlp: Pipeline) -> None:
    """Quotations are found by their marks, a warning names the language."""
    text = "„Der Hafen bleibt offen“, sagte die Bürgermeisterin, und sie blieb auch dabei."
    analysis = nlp.analyze(text)
    assert analysis.language == "de"
    assert analysis.attributions == ()
    assert [q.text for q in analysis.quotations] == ["„Der Hafen bleibt offen“"]
    assert "language" in {w.code for w in analysis.warnings}


def test_a_transcript_is_one_attribution_a_turn(nlp: Pipeline) -> None:
    """Turns are direct attributions with their label as source."""
    text = (
        "MS. VELL: When does the ferry sail?\n\nMR. ORRIN: At ten, if the tide is in.\n\n"
        "MS. VELL: And if it is not?\n\nMR. ORRIN: Then it doesn’t."
    )
    outer = [a for a in nlp.analyze(text).attributions if a.parent is None]
    assert [a.source[0].text for a in outer] == ["MS. VELL", "MR. ORRIN"] * 2
    assert {a.kind for a in outer} == {"direct"}


def test_a_house_cue_is_taken(nlp: Pipeline) -> None:
    """A cue of the user's own list is one wherever it stands."""
    house = Pipeline(cues=["burbled that"])
    text = "Mara Vell burbled that the ferry had sailed before ten."
    assert any("ferry had sailed" in a.text for a in house.analyze(text).attributions)


def test_the_default_pipeline_needs_no_network_and_import_is_light() -> None:
    """Importing loads nothing heavy; analysing opens no socket."""
    code = (
        "import sys, quotecheck\n"
        "heavy = {'torch', 'stanza', 'onnxruntime', 'numpy', 'sqlalchemy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "import socket\n"
        "def refuse(*a, **k): raise AssertionError('network')\n"
        "socket.socket.connect = refuse\n"
        "a = quotecheck.analyze('“It held,” said Mara Vell.')\n"
        "assert a.attributions[0].speaker.name == 'Mara Vell'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

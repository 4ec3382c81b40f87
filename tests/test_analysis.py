"""The methods of an analysis: looking up, explaining, deciding, leaving out."""

from __future__ import annotations

import re

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import HealthCheck, given, settings
from record_strategies import analyses

from quotecheck import codec
from quotecheck.analysis import Analysis
from quotecheck.errors import UnknownIdError
from quotecheck.formats.rows import COLUMNS
from quotecheck.records import Attribution, Entity, Evidence, Span
from quotecheck.testing import FakePipeline, build, said, someone
from tests.depth import examples

TEXT = (
    "Mill to close\n"
    "Ada Pell, the owner, said: “The mill will close.” Bo Quill denied it.\n"
    "“Nobody asked us,” she said.\n"
    "It may rain, according to the office."
)


def example() -> Analysis:
    return build(
        TEXT,
        said("“The mill will close.”", cue="said", source="Ada Pell"),
        said("it", cue="denied", source="Bo Quill", negated=True),
        said("“Nobody asked us,”", cue="said", source="she", candidates=["Ada Pell", "Cy Doe"]),
        said("It may rain", cue="according to", source="the office", speaker=None),
        people=[someone("Ada Pell", descriptions=["the owner"]), someone("Cy Doe")],
        kinds={0: "headline"},
    )


def test_speakers_are_those_who_speak():
    """`speakers` leaves out who is only mentioned or only a candidate, in text order."""
    assert [entity.name for entity in example().speakers] == ["Ada Pell", "Bo Quill"]


def test_by_speaker_holds_each_sure_attribution_once():
    """`by_speaker` and `unresolved` together hold every attribution once."""
    analysis = example()
    said_by = {entity.name: [a.id for a in many] for entity, many in analysis.by_speaker().items()}
    assert said_by == {"Ada Pell": ["A1"], "Bo Quill": ["A2"]}
    assert [a.id for a in analysis.unresolved] == ["A3", "A4"]


@given(analyses())
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_by_speaker_and_unresolved_share_all_attributions(analysis: Analysis):
    """None is lost and none is twice, whatever the records."""
    spoken = [a.id for many in analysis.by_speaker().values() for a in many]
    rest = [a.id for a in analysis.unresolved]
    assert sorted(spoken + rest) == sorted(a.id for a in analysis.attributions)


@given(analyses())
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rows_have_the_columns_and_their_types(analysis: Analysis):
    """One row an attribution, every column in order, each value of its type or None."""
    rows = list(analysis.rows())
    assert len(rows) == len(analysis.attributions)
    for row in rows:
        assert list(row) == list(COLUMNS)
        for name, kind in COLUMNS.items():
            assert row[name] is None or type(row[name]) is kind, name


def test_confidences_are_rounded_when_made():
    """Four digits in Python as in JSON, in evidence too."""
    span = Span(start=0, end=1, text="a")
    step = Evidence(step="name", start=0, end=1, text="a", score=1 / 3)
    rough = Attribution(
        id="A1",
        kind="indirect",
        content=(span,),
        confidence=2 / 3,
        speaker_confidence=0.123456,
        evidence=(step,),
    )
    a = Analysis(
        text="a", text_sha256=codec.text_sha256("a"), model=build("").model, attributions=(rough,)
    ).attributions[0]
    assert (a.confidence, a.speaker_confidence, a.evidence[0].score) == (0.6667, 0.1235, 0.3333)


def test_explain_names_spans_speaker_and_steps():
    """The explanation shows kind, offsets, speaker, and each step with what it points to."""
    lines = example().explain("A1").splitlines()
    assert lines[0] == "A1: direct, assertion, confidence 0.95"
    assert "  speaker  Ada Pell (person), confidence 0.9" in lines
    assert lines[-1].strip() == "1. name: “Ada Pell” at 14-22 -> Ada Pell, 0.9"
    for start, end, words in re.findall(r"(\d+)-(\d+)  (.+)", "\n".join(lines)):
        assert TEXT[int(start) : int(end)] == words


@pytest.mark.parametrize(
    ("id_", "wanted"),
    [("A3", "not sure: Ada Pell or Cy Doe"), ("A4", "not known")],
)
def test_explain_says_when_it_does_not_know(id_: str, wanted: str):
    """No speaker: the candidates, or that nobody is known."""
    assert f"  speaker  {wanted}" in example().explain(id_).splitlines()


def test_explain_takes_the_attribution_too():
    """The record works as well as its id."""
    analysis = example()
    assert analysis.explain(analysis.attributions[1]) == analysis.explain("A2")
    assert "negated" in analysis.explain("A2")


def test_with_speaker_decides():
    """A decision sets the speaker, certainty and evidence, and drops the candidates."""
    before = example()
    after = before.with_speaker("A3", "E1")
    decided = after.attribution("A3")
    assert decided.speaker is after.entity("E1")
    assert (decided.candidates, decided.speaker_confidence) == ((), 1.0)
    assert decided.evidence[-1].step == "review"
    assert before == example(), "the original stays as it was"
    assert not list(codec.problems(after))


def test_with_speaker_none_means_nobody_knows():
    """None takes the speaker away; one who says nothing else no longer `speaks`."""
    after = example().with_speaker("A2", None)
    assert after.attribution("A2").speaker is None
    assert after.attribution("A2").speaker_confidence == 0.0
    assert [e.name for e in after.speakers] == ["Ada Pell"]
    assert not list(codec.problems(after))


def test_with_speaker_adds_a_new_entity_under_a_free_id():
    """An entity that the article lacks is added; a taken id is replaced, never overwritten."""
    before = example()
    new = Entity(id="E1", name="Dee Fox", type="person")
    after = before.with_speaker("A4", new)
    added = after.attribution("A4").speaker
    assert (added.name, added.speaks) == ("Dee Fox", True)
    assert added.id not in {e.id for e in before.entities}
    assert [e.name for e in after.entities[:-1]] == [e.name for e in before.entities]
    assert Analysis.from_json(after.to_json()) == after


def test_unknown_ids_say_which_there_are():
    """A wrong id is a KeyError with a sentence for its message."""
    with pytest.raises(
        UnknownIdError, match="no attribution has the id 'A9': this analysis has A1"
    ):
        example().with_speaker("A9", None)
    with pytest.raises(KeyError, match="no entity has the id 'E9'"):
        example().with_speaker("A1", "E9")


def test_dropping_attributions_leaves_no_dangling_id():
    """Without the outer attribution, the inner has no parent and the quotation no attribution."""
    text = "“He told me ‘no’,” said Ada Pell."
    analysis = build(
        text,
        said("“He told me ‘no’,”", cue="said", source="Ada Pell"),
        said("‘no’", cue="told", source="He", speaker=None, inside=0),
    )
    rest = analysis.with_attributions(analysis.attributions[1:])
    assert rest.attributions[0].parent is None
    assert rest.quotations[0].attribution is None
    assert rest.speakers == ()
    assert not list(codec.problems(rest))


def test_to_frame_has_a_row_an_attribution():
    """Pandas gets the same rows, typed columns and all."""
    pytest.importorskip("pandas", reason="pandas is not installed")
    frame = example().to_frame()
    assert list(frame.columns) == list(COLUMNS)
    assert list(frame["speaker"][:2]) == ["Ada Pell", "Bo Quill"]
    assert list(build("Hm.").to_frame().columns) == list(COLUMNS)


def test_an_analysis_is_frozen():
    """Nobody changes a record by accident."""
    with pytest.raises(FrozenInstanceError):
        example().title = "Other"


def test_build_refuses_words_that_are_not_there():
    """A typing error in a test is an error, not a wrong offset."""
    with pytest.raises(ValueError, match="does not stand in the text"):
        build("Ada Pell spoke.", said("“No”"))


def test_build_keeps_every_span_true():
    """What `build` makes is consistent, nested and repeated words included."""
    assert not list(codec.problems(example()))
    repeated = build(
        "“No,” said Ada Pell. “No,” said Bo Quill.",
        said("“No,”", cue="said", source="Ada Pell"),
        said("“No,”", cue="said", source="Bo Quill"),
    )
    assert [a.content[0].start for a in repeated.attributions] == [0, 21]
    assert [a.cue[0].start for a in repeated.attributions] == [6, 27]


def test_fake_pipeline_answers_like_the_real_one():
    """From a table, from a function, or with nothing said; title and date are put in."""
    nlp = FakePipeline({TEXT: example()})
    assert nlp(TEXT).attributions == example().attributions
    assert nlp("Else.", title="T").title == "T"
    assert nlp("Else.").attributions == ()
    assert [a.text for a in nlp.pipe(iter(["One.", TEXT]), batch_size=2)] == ["One.", TEXT]
    assert FakePipeline(lambda text: build(text, source="made"))("x").source == "made"
    with pytest.raises(TypeError, match="must be a str"):
        nlp(b"bytes")


def test_equality_is_by_value():
    """Two analyses of the same text are equal and may stand in sets; another title differs."""
    assert example() == example()
    assert len({example(), example()}) == 1
    assert evolve(example(), title="T") != example()

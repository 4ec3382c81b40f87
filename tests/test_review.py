"""Decisions of a person: read, applied, refused when they do not fit."""

from __future__ import annotations

import json

import jsonschema
import pytest

from quotecheck import codec
from quotecheck.analysis import Analysis
from quotecheck.errors import RecordError
from quotecheck.review import Decision, Review, apply_review, read_review
from quotecheck.testing import build, said, someone


def example() -> Analysis:
    return build(
        "“No,” said Ada Pell.\n“Who knows,” she said, and left for good.\nBo Quill said it rains.",
        said("“No,”", cue="said", source="Ada Pell"),
        said("“Who knows,”", cue="said", source="she", speaker=None, confidence=0.4),
        said("it rains", cue="said", source="Bo Quill"),
        people=[someone("Ada Pell", aliases=["Pell"])],
    )


def review(*decisions: dict) -> Review:
    analysis = example()
    rows = []
    for change in decisions:
        one = codec.to_dict(analysis)["attributions"][int(change["attribution"][1:]) - 1]
        base = {name: one[name] for name in ("content", "cue", "source")}
        base |= {"span": "accepted", "speaker": None, "entity": None, "name": None}
        rows.append(base | change)
    data = {
        "schema": "quotecheck/review/1",
        "source": analysis.source,
        "text_sha256": analysis.text_sha256,
        "decisions": rows,
    }
    jsonschema.validate(data, codec.json_schema("quotecheck/review/1"))
    return read_review(json.dumps(data))


def test_accepted_is_certain():
    """Accepted words and speaker get confidence 1 and the step `review`."""
    done = apply_review(example(), review({"attribution": "A1", "speaker": "accepted"}))
    a = done.attribution("A1")
    assert (a.confidence, a.speaker_confidence) == (1.0, 1.0)
    assert (a.speaker.name, a.evidence[-1].step) == ("Ada Pell", "review")
    assert done.attributions[1:] == example().attributions[1:]


def test_words_alone_leave_the_speaker():
    """A speaker that nobody decided on keeps its confidence."""
    done = apply_review(example(), review({"attribution": "A1"}))
    assert done.attribution("A1").confidence == 1.0
    assert done.attribution("A1").speaker_confidence == 0.9


def test_rejected_is_gone():
    """No attribution: it is gone, with what referred to it."""
    done = apply_review(example(), review({"attribution": "A3", "span": "rejected"}))
    assert [a.id for a in done.attributions] == ["A1", "A2"]
    assert [e.name for e in done.speakers] == ["Ada Pell"]
    assert Analysis.from_json(done.to_json()) == done


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"entity": "E1", "name": "Ada Pell"}, "Ada Pell"),
        ({"name": "ada pell"}, "Ada Pell"),
        ({"name": "Pell"}, "Ada Pell"),
        ({"name": "Cy Doe"}, "Cy Doe"),
        ({"name": None}, None),
    ],
)
def test_speakers_are_corrected(change: dict, wanted: str | None):
    """By id, by a name or alias in any case, by a new name; without a name nobody."""
    one = {"attribution": "A2", "speaker": "corrected"} | change
    done = apply_review(example(), review(one))
    speaker = done.attribution("A2").speaker
    assert (speaker and speaker.name) == wanted
    assert Analysis.from_json(done.to_json()) == done


def test_a_rejected_speaker_is_unknown():
    """Wrong, and nobody knows the right one."""
    done = apply_review(example(), review({"attribution": "A1", "speaker": "rejected"}))
    assert done.attribution("A1").speaker is None
    assert done.attribution("A1").confidence == 1.0


def test_words_are_corrected_by_their_offsets():
    """The text of the file is not trusted: offsets cut the article; the kind follows."""
    text = example().text
    start, end = text.index("“Who"), text.index(" for good")
    spans = [{"start": start, "end": end, "text": "shown otherwise"}]
    done = apply_review(
        example(), review({"attribution": "A2", "span": "corrected", "content": spans})
    )
    a = done.attribution("A2")
    assert [s.text for s in a.content] == [text[start:end]]
    assert (a.kind, a.paragraph, a.confidence) == ("mixed", 1, 1.0)
    assert not list(codec.problems(done))


def test_only_decided_is_gold():
    """On request, what nobody looked at is left out."""
    done = apply_review(example(), review({"attribution": "A2"}), only_decided=True)
    assert [a.id for a in done.attributions] == ["A2"]


def test_decisions_for_another_text_are_refused():
    """A different hash: nothing is applied."""
    other = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    with pytest.raises(RecordError, match="made for another text"):
        apply_review(other, review({"attribution": "A1"}))


def test_each_problem_is_named():
    """Unknown ids, no words, offsets outside the text: all at once."""
    span = example().attributions[0].content[0]
    outside = type(span)(start=0, end=9999, text="")
    bad = Review(
        text_sha256=example().text_sha256,
        decisions=(
            Decision(attribution="A9", span="accepted", content=(span,)),
            Decision(attribution="A1", span="corrected", content=(outside,)),
            Decision(attribution="A2", span="accepted", content=()),
        ),
    )
    with pytest.raises(RecordError) as caught:
        apply_review(example(), bad)
    assert list(caught.value.problems) == [
        "$.decisions[0].attribution: no attribution has the id 'A9'",
        "$.decisions[1].content[0]: (0, 9999) is not a span of the text",
        "$.decisions[2].content: no words",
    ]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("[]", "$.schema: expected 'quotecheck/review/1', got None"),
        ('{"schema": "quotecheck/1"}', "expected 'quotecheck/review/1', got 'quotecheck/1'"),
        ('{"schema": "quotecheck/review/1"}', "$.text_sha256: required, but missing"),
        (
            '{"schema": "quotecheck/review/1", "text_sha256": "0", "decisions": '
            '[{"attribution": "A1", "span": "fine", "content": []}]}',
            "$.decisions[0].span: expected one of 'accepted', 'corrected', 'rejected', got 'fine'",
        ),
    ],
)  # fmt: skip
def test_other_files_are_refused(source: str, wanted: str):
    """Files that are no decisions say what is wrong and where."""
    with pytest.raises(RecordError) as caught:
        read_review(source)
    assert wanted in str(caught.value)

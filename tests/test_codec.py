"""Records in and out: what is written reads back the same, and bad input is named with its path."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_strategies import analyses

from quotecheck import codec
from quotecheck.analysis import Analysis
from quotecheck.errors import RecordError, TextTypeError
from quotecheck.records import AnalysisRecord
from quotecheck.testing import build, said, someone
from tests.depth import examples

CASES = json.loads((Path(__file__).parent / "cases" / "codec.json").read_text("utf-8"))
SLOW = settings(
    max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def example() -> Analysis:
    return build(
        "“No,” said Ada Pell.\nShe thinks that Bo Quill will go.",
        said("“No,”", cue="said", source="Ada Pell"),
        said("that Bo Quill will go", cue="thinks", source="She", speaker="Ada Pell", act="belief"),
        people=[someone("Bo Quill")],
    )


def changed(path: list, value: object) -> dict:
    """The example's plain data with one value replaced, or removed when it is ``"<gone>"``."""
    data = copy.deepcopy(example().to_dict())
    at = data
    for step in path[:-1]:
        at = at[step]
    if value == "<gone>":
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return data


@given(analyses())
@SLOW
def test_json_round_trip(analysis: Analysis):
    """Whatever the text and the records, reading what was written gives an equal analysis."""
    assert Analysis.from_json(analysis.to_json()) == analysis
    assert Analysis.from_json(analysis.to_json(indent=1)) == analysis
    assert Analysis.from_dict(analysis.to_dict()) == analysis


@given(analyses())
@SLOW
def test_every_output_follows_the_json_schema(analysis: Analysis):
    """The shipped JSON Schema accepts everything that the library writes."""
    jsonschema.validate(json.loads(analysis.to_json()), codec.json_schema())


@given(analyses())
@SLOW
def test_json_is_one_line_of_ascii(analysis: Analysis):
    """One line, so that JSONL holds; ASCII, unless a split surrogate pair leaves no other way."""
    written = analysis.to_json()
    assert len(written.splitlines()) == 1
    assert all(ord(char) < 128 or 0xDC00 <= ord(char) < 0xE000 for char in written)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_json_that_is_no_record_is_refused(data: object):
    """JSON of any other shape raises RecordError and nothing else."""
    with pytest.raises(RecordError):
        Analysis.from_json(json.dumps(data))


@given(st.text() | st.binary())
def test_any_string_that_is_no_json_is_refused(source: str | bytes):
    """Any str or bytes raises RecordError and nothing else."""
    with pytest.raises(RecordError):
        Analysis.from_json(source)


@pytest.mark.parametrize(
    "text",
    ["\ud800", "\udc00", "\ud83d\ude00", "\ud83d\ude00\U0001f600", "\0"],  # noqa: PT014
)
def test_surrogates_survive(text: str):
    """Lone surrogates come back, and two of them side by side do not melt into one character."""
    analysis = build(text)
    again = Analysis.from_json(analysis.to_json())
    assert again == analysis
    assert len(again.text) == len(text)
    encoded = analysis.to_json().encode("utf-8", "surrogatepass")
    assert Analysis.from_json(encoded) == analysis


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_each_problem_is_named_with_its_path(case: dict):
    """One wrong value gives exactly the wanted problems, path first."""
    with pytest.raises(RecordError) as caught:
        Analysis.from_dict(changed(case["path"], case["value"]))
    assert list(caught.value.problems) == case["wanted"]


def test_all_problems_are_reported_at_once():
    """Three wrong values give three problems, not the first of them."""
    data = changed(["attributions", 0, "kind"], "spoken")
    data["entities"][1]["speaks"] = "yes"
    del data["model"]
    with pytest.raises(RecordError) as caught:
        Analysis.from_dict(data)
    paths = [problem.split(": ")[0] for problem in caught.value.problems]
    assert paths == ["$.model", "$.entities[1].speaks", "$.attributions[0].kind"]


def test_unknown_fields_are_passed_over():
    """A later version may add fields: they do no harm at any depth."""
    data = changed(["mood"], "calm")
    data["attributions"][0]["tone"] = 1
    assert Analysis.from_dict(data) == example()


def test_fields_with_defaults_may_be_missing():
    """What has a default in Python may be missing in JSON."""
    data = example().to_dict()
    for key in ("title", "warnings", "quotations"):
        del data[key]
    for row in data["attributions"]:
        del row["candidates"]
    assert Analysis.from_dict(data).attributions == example().attributions


def test_speaker_is_an_id_in_json_and_an_entity_in_python():
    """JSON holds the id; reading it gives the very entity of ``entities``."""
    data = example().to_dict()
    assert [row["speaker"] for row in data["attributions"]] == ["E1", "E1"]
    again = Analysis.from_dict(data)
    assert all(a.speaker is again.entities[0] for a in again.attributions)


def test_contradictions_are_not_written():
    """An offset that does not cut its text raises instead of going out."""
    broken = AnalysisRecord(
        text="Other.", text_sha256=codec.text_sha256("Other."), model=example().model
    )
    moved = Analysis.of(
        AnalysisRecord(
            text=broken.text,
            text_sha256=broken.text_sha256,
            model=broken.model,
            entities=example().entities,
        )
    )
    with pytest.raises(RecordError, match=r"\$\.entities\[0\]\.mentions\[0\]"):
        moved.to_json()


def test_without_text_keeps_offsets_and_words():
    """No text: null in JSON, spans as before, and it reads back."""
    bare = example().without_text()
    data = json.loads(bare.to_json())
    assert data["text"] is None
    assert data["text_sha256"] == codec.text_sha256(example().text)
    assert data["attributions"] == example().to_dict()["attributions"]
    assert Analysis.from_dict(data) == bare


def test_jsonl_says_which_line_is_wrong():
    """Good lines are read, empty ones skipped, a bad one named by its number."""
    good = example().to_json()
    assert list(codec.iter_jsonl([good, "\n", good], Analysis)) == [example()] * 2
    with pytest.raises(RecordError, match=r"line 2: \$: not JSON"):
        list(codec.iter_jsonl([good, "{"], Analysis))


@pytest.mark.parametrize("source", [None, 3, {"schema": "quotecheck/1"}])
def test_from_json_wants_a_string(source: object):
    """A dict or None is a TypeError that says so, not a parse error."""
    with pytest.raises(TextTypeError, match="JSON must be a str"):
        Analysis.from_json(source)


@pytest.mark.parametrize("source", ['{"schema": NaN}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}"])
def test_hostile_json_is_refused(source: str):
    """No NaN, no stack overflow, no quadratic integers."""
    with pytest.raises(RecordError):
        Analysis.from_json(source)


@pytest.mark.parametrize("name", list(codec.SCHEMAS))
def test_schemas_are_valid_json_schema(name: str):
    """Each shipped schema is itself valid against draft 2020-12 and names its number."""
    schema = codec.json_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]["schema"]["const"] == name


def test_schema_and_records_name_the_same_fields():
    """The JSON Schema lists exactly the fields that the records have."""
    schema = codec.json_schema()
    data = example().to_dict()
    assert list(schema["properties"]) == list(data)
    for name, row in (
        ("attribution", data["attributions"][0]),
        ("entity", data["entities"][0]),
        ("quotation", data["quotations"][0]),
        ("evidence", data["attributions"][0]["evidence"][0]),
        ("block", data["blocks"][0]),
    ):
        assert schema["$defs"][name]["required"] == list(row), name


def test_an_unknown_schema_is_refused():
    """Asking for a schema that does not exist lists those that do."""
    with pytest.raises(ValueError, match="quotecheck/check/1"):
        codec.json_schema("quotecheck/9")

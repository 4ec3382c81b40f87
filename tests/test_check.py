"""`quotecheck.check`: the ladder on a table of cases, the speaker verdict, articles and claims."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

import quotecheck.check as package
from quotecheck.check import (
    QuoteCheck,
    SourceIndex,
    check,
    check_article,
    check_claim,
    check_many,
)
from quotecheck.check.ladder import FLAGS, LADDER, flags_markdown, ladder_markdown
from quotecheck.check.numbers import find_numbers
from quotecheck.check.tokens import tokenize
from quotecheck.check.turns import find_turns, label_name
from quotecheck.errors import CheckInputError, RecordError, TextTypeError
from quotecheck.testing import build, said, someone
from tests import timing

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases" / "check.json").read_text(encoding="utf-8"))
DOCS = HERE.parent / "docs" / "check.md"
SCHEMA = HERE.parent / "quotecheck" / "schema" / "quotecheck-check-1.schema.json"
MILL = (
    "“We will not close the mill,” Ada Pell said. “It feeds the town.” "
    "Bo Quill did not say “it is late now for us.”"
)


def article():
    """Ada Pell speaks twice in one attribution; Bo Quill's words are denied."""
    return build(
        MILL,
        said(
            "“We will not close the mill,”", "“It feeds the town.”", cue="said", source="Ada Pell"
        ),
        said("“it is late now for us.”", cue="did not say", source="Bo Quill", negated=True),
    )


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_cases(case: dict) -> None:
    """Each quote of the table gets its wording, and what else the row asks for."""
    result = check(**case["input"])
    wanted = case["wanted"]
    got = {
        "wording": result.wording,
        "speaker": result.speaker,
        "supported": result.supported,
        "flags": sorted(result.flags),
        "weights": [edit.weight for edit in result.edits],
    }
    wanted = {**wanted, **({"flags": sorted(wanted["flags"])} if "flags" in wanted else {})}
    assert {name: got[name] for name in wanted} == wanted
    for span in result.spans:
        assert case["input"]["source"][span.start : span.end] == span.text


def test_the_table_covers_the_demands() -> None:
    """At least 80 cases with labels of their own, and the rows of DEMANDS on checking text."""
    assert len(CASES) >= 80
    assert len({case["label"] for case in CASES}) == len(CASES)
    assert {case["demand"] for case in CASES if "demand" in case} >= {
        3,
        4,
        6,
        10,
        12,
        13,
        14,
        15,
        16,
        46,
        47,
    }


def test_results_follow_the_json_contract() -> None:
    """Every record fits the published schema and comes back from JSON as it was."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for case in CASES:
        result = check(**case["input"])
        jsonschema.validate(result.to_dict(), schema)
        assert set(result.to_dict()) <= set(schema["properties"])
        assert QuoteCheck.from_json(result.to_json()) == result


def test_broken_records_are_refused_with_every_problem() -> None:
    """All problems are told at once, each with its path."""
    record = check("It is safe", "It is safe.").to_dict()
    record["wording"] = "nearly"
    record["score"] = "high"
    with pytest.raises(RecordError) as caught:
        QuoteCheck.from_dict(record)
    assert [p.split(":")[0] for p in caught.value.problems] == ["$.score", "$.wording"]
    with pytest.raises(RecordError, match="not JSON"):
        QuoteCheck.from_json("{")


@pytest.mark.parametrize("rung", LADDER, ids=[rung.wording for rung in LADDER])
def test_examples_of_the_ladder_are_true(rung: object) -> None:
    """Each example of docs/check.md gets the verdict that it is an example of."""
    assert check(rung.quote, rung.source).wording == rung.wording


def test_docs_show_the_table_of_the_code() -> None:
    """docs/check.md holds the ladder and the flags as the code has them."""
    text = DOCS.read_text(encoding="utf-8")
    for name, wanted in (("ladder", ladder_markdown()), ("flags", flags_markdown())):
        shown = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.S)
        assert shown is not None
        assert shown[1] == wanted


def test_every_flag_is_documented() -> None:
    """No flag is given that the table does not explain."""
    from typing import get_args

    from quotecheck.check.result import UNSAFE_FLAGS, Flag

    assert set(FLAGS) == set(get_args(Flag))
    assert {name for name, meaning in FLAGS.items() if meaning.startswith("*")} == UNSAFE_FLAGS


@pytest.mark.parametrize(
    ("quote", "source", "error", "words"),
    [
        ("", "text", CheckInputError, "is empty"),
        (" “” ", "text", CheckInputError, "has no words"),
        ("...", "text", CheckInputError, "has no words"),
        ("word", "", CheckInputError, "has no words"),
        ("a long quote for so short a source", "two words", CheckInputError, "longer than"),
        (b"word", "text", TextTypeError, "must be a str"),
        ("word", b"text", TextTypeError, "must be a str"),
        ("word", 7, TextTypeError, "must be a str"),
        ("word", ["text", 7], TextTypeError, "paragraph"),
    ],
)
def test_wrong_input_is_refused_in_words(
    quote: object, source: object, error: type, words: str
) -> None:
    """Each wrong input raises a typed error that says what was wrong."""
    with pytest.raises(error, match=words):
        check(quote, source)


def test_wrong_speakers_are_refused() -> None:
    """A speaker is a name in a str."""
    with pytest.raises(CheckInputError, match="speaker is empty"):
        check("it is", "it is", speaker=" ")
    with pytest.raises(TextTypeError):
        check("it is", "it is", speaker=7)


def test_the_package_can_be_called() -> None:
    """``quotecheck.check(...)`` works whether the name is bound to the function or the package."""
    assert isinstance(package, ModuleType)
    assert sys.modules["quotecheck.check"]("it is safe", "it is safe").wording == "exact"


def test_many_quotes_against_many_sources() -> None:
    """Each quote gets one verdict a source; a quote too long for one is absent there."""
    long = "We will not close the mill this year or ever"
    rows = check_many([long, ("It is safe", "Vell")], [long, "MS. VELL: It is safe."])
    assert [[r.wording for r in row] for row in rows] == [["exact", "absent"], ["absent", "exact"]]
    assert rows[1][1].speaker == "match"
    with pytest.raises(CheckInputError, match="quote 1"):
        check_many(["it is", ""], "it is")


def test_paragraph_lists_are_one_text() -> None:
    """A list of paragraphs is joined by empty lines; repeated ones are two places."""
    result = check(
        "It is safe now, they say", ["It is safe now, they say.", "It is safe now, they say."]
    )
    assert (result.wording, result.flags) == ("exact", ("repeated",))
    assert check("It is safe. We go", ["It is safe.", "We go."]).wording == "folded"


def test_an_analysis_knows_who_speaks() -> None:
    """Words of an interrupted quotation are one attribution's; the speaker is its speaker."""
    result = check("We will not close the mill. It feeds the town.", article(), speaker="Ms. Pell")
    assert (result.wording, result.speaker, result.kind) == ("folded", "match", "direct")
    assert (result.attribution, result.label, result.supported) == ("A1", "Ada Pell", True)
    assert check("It feeds the town", article(), speaker="Bo Quill").speaker == "mismatch"


def test_quotes_of_two_people_are_never_joined() -> None:
    """Fragments out of two attributions do not make a quote."""
    result = check("We will not close the mill ... it is late now for us", article())
    assert (result.wording, result.supported) == ("altered", False)
    assert "across-turns" in result.flags


def test_candidates_leave_the_speaker_open() -> None:
    """When two people may have said it, asking for one of them is ambiguous."""
    two = build(
        "Ada Pell met Bo Quill. “It is safe for all,” she said.",
        said(
            "“It is safe for all,”", speaker=None, candidates=["Ada Pell", "Bo Quill"], source="she"
        ),
    )
    assert check("It is safe for all", two, speaker="Ada Pell").speaker == "ambiguous"
    assert check("It is safe for all", two, speaker="Lena Vell").speaker == "unknown"


def test_aliases_match_the_speaker() -> None:
    """A nickname that the article gives is the speaker's name."""
    one = build(
        "“It is safe for all,” said Dale “Shorty” Orrin.",
        said("“It is safe for all,”", source="Dale “Shorty” Orrin", speaker="Dale Orrin"),
        people=[someone("Dale Orrin", aliases=["Shorty"])],
    )
    assert check("It is safe for all", one, speaker="Shorty").speaker == "match"


@pytest.mark.parametrize(
    ("quote", "speaker", "supported", "kind", "flag"),
    [
        ("we will not close the mill", "Ada Pell", True, "direct", None),
        ("we will not close the mill", "Bo Quill", False, "direct", None),
        ("we will close the mill now", "Ada Pell", False, None, None),
        ("it is late now for us", "Bo Quill", False, "direct", "denied"),
        ("Bo Quill did not say", None, False, None, "not-attributed"),
    ],
)
def test_claims(
    quote: str, speaker: str | None, supported: bool, kind: str | None, flag: str | None
) -> None:
    """An article supports what it attributes, not its own words and not what it denies."""
    claim = check_claim(article(), quote, speaker)
    assert claim.supported is supported
    if kind:
        assert claim.kind == kind
    if flag:
        assert flag in claim.flags


def test_claims_tell_indirect_reports() -> None:
    """Reported speech without marks is found and named indirect."""
    one = build(
        "Ada Pell said that the mill would stay open.",
        said("that the mill would stay open", cue="said", source="Ada Pell"),
    )
    claim = check_claim(one, "the mill would stay open", "Pell")
    assert (claim.supported, claim.kind) == (True, "indirect")


def test_every_direct_quotation_gets_a_verdict() -> None:
    """Each quotation is checked with its speaker; what no source has is not supported."""
    minutes = "MS. PELL: We will not close the mill. It feeds the town.\nMR. QUILL: Good night."
    checks = check_article(article(), [minutes, "Nothing of the kind was said here today at all."])
    assert [(c.speaker, c.supported, c.best.wording) for c in checks] == [
        ("Ada Pell", True, "folded"),
        ("Ada Pell", True, "exact"),
        ("Bo Quill", False, "absent"),
    ]
    assert all(len(c.checks) == 2 for c in checks)
    assert checks[0].to_dict()["asked_speaker"] == "Ada Pell"


def test_without_a_source_nothing_is_supported() -> None:
    """No source means unsupported."""
    checks = check_article(article())
    assert checks
    assert not any(c.supported for c in checks)
    assert {c.best.flags for c in checks} == {("no-source",)}


def test_an_article_cannot_support_itself() -> None:
    """Neither the article nor a page that holds it is a witness, whatever the glyphs."""
    for source in (MILL, "Menu\n\n" + MILL.replace("“", '"').replace("”", '"') + "\n\nMore news"):
        for c in check_article(article(), source):
            assert (c.supported, c.best.flags) == (False, ("own-article",))


def test_plain_articles_leave_titles_and_nicknames_out() -> None:
    """Without an analysis the marks are paired, and what is no speech is passed over."""
    text = "“It sank in the night,” said Dale “Shorty” Orrin, star of the film “Low Water.”"
    assert [c.quotation.text for c in check_article(text)] == ["“It sank in the night,”"]


def test_an_analysis_without_its_text_is_refused() -> None:
    """Records stored without the text cannot be searched."""
    from attrs import evolve

    with pytest.raises(CheckInputError, match="without its text"):
        check("it is", evolve(article(), text=None))


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("fourteen million", 14_000_000, ""),
        ("two hundred and five", 205, ""),
        ("nineteen oh five", 1905, ""),
        ("twenty twenty-four", 2024, ""),
        ("one hundred twenty-three thousand four hundred fifty-six", 123_456, ""),
        ("three point five million dollars", 3_500_000, "$"),
        ("$3.5 million", 3_500_000, "$"),
        ("fourteen per cent", 14, "%"),
        ("twenty-first", 21, "th"),
        ("a thousand", 1000, ""),
    ],
)
def test_numbers_in_words(words: str, value: int, unit: str) -> None:
    """The whole phrase is one number."""
    keys = tokenize(words).key
    found = find_numbers(keys)
    assert list(found) == [0]
    assert (found[0].end, found[0].value, found[0].unit) == (len(keys), value, unit)


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("Q: Now?\nMS. VELL: Never.\nAnd more.\n\nQ. Why?", ["Q", "MS. VELL", "Q"]),
        ("Mara Quist: We go.\nBo Vell: No.", ["Mara Quist", "Bo Vell"]),
        ("QUIST: We go. VELL (to Quist): No.", ["QUIST", "VELL"]),
        ("Hello.\n\nQUIST: Hi.\nQUIST (voice-over): Hi.", [None, "QUIST", "QUIST"]),
        (
            "[00:12] MARA QUIST, CITY EDITOR: Yes.\n[00:15] VELL: No.",
            ["MARA QUIST, CITY EDITOR", "VELL"],
        ),
        (">> Hello.\n>> MARA: Yes.", [None, "MARA"]),
        ("<v Mara Quist>Hi\n\n<v Bo Vell>Hi", ["Mara Quist", "Bo Vell"]),
        ("**Mara Quist:** Hi\n**Bo Vell:** Hi", ["Mara Quist", "Bo Vell"]),
        ("He said this: we go.\nAnd he went on: no.", []),
        ("The mill is open.\nNote: it closes.\nIt is old.\nIt is big.", []),
        ("The mill is open.\nMara Quist: a life.\nIt is old.\nIt is big.", []),
        ("The time is 10:30 and the bus: late.", []),
    ],
)
def test_turns(text: str, labels: list[str | None]) -> None:
    """Labels make turns where the text is a transcript, and nowhere else."""
    turns = find_turns(text)
    assert [t.label.text if t.label else None for t in turns] == labels
    for turn in turns:
        assert turn.start <= turn.body_start <= turn.end


def test_labels_without_a_name() -> None:
    """Q, a reporter and an unidentified male are nobody."""
    for label in ("Q", "REPORTER", "UNIDENTIFIED MALE", "SPEAKER 2"):
        assert label_name(label) is None
    assert label_name("AUGUSTIN VELL, JR.") == "AUGUSTIN VELL, JR."


def test_a_megabyte_answers_in_milliseconds() -> None:
    """After indexing, a quote is found in a long transcript without reading it again."""
    turns = [
        f"MS. VELL: In year {i} the mill made {i * 7} sacks of flour for us." for i in range(15000)
    ]
    index = SourceIndex("\n".join(turns))
    years = iter((7777, 3333, 12121, 9001, 14999))

    def check_another() -> None:
        year = next(years)
        result = index.check(f"In year {year} the mill made {year * 7} sacks", speaker="Vell")
        assert (result.wording, result.speaker) == ("exact", "match")

    assert timing.best_seconds(check_another, enough=0.5) < 0.5


def test_thousands_of_near_identical_turns_answer_in_milliseconds() -> None:
    """A changed quote is answered from the first turns that are as near as any can be."""
    said = "We will not close the mill this year, because forty people live by it and love it"
    turns = [f"MS. {'QV'[i % 2]}ELL: {said} number {i}." for i in range(8000)]
    index = SourceIndex("\n".join(turns))
    wrong = "We will close the mill this year, because fifty people live by it and love it"

    def check_again() -> None:
        result = index.check(wrong)
        assert result.wording == "altered"
        assert {edit.weight for edit in result.edits} >= {"negation", "number"}

    assert timing.best_seconds(check_again, enough=0.2) < 0.2


def test_a_stray_run_does_not_hide_the_nearest_turn() -> None:
    """The best turn is found wherever it stands, also behind thousands of poorer ones."""
    poor = "We will not close the mill this year, because forty people live by it"
    best = "We will close the mill this year, because sixty people live by it and fish there"
    lines = [f"MS. QUIST: {poor} number {i}." for i in range(3000)]
    text = "\n".join([*lines, f"MR. VELL: {best}."])
    result = SourceIndex(text).check(best.replace("sixty", "eighty"))
    assert (result.wording, result.label) == ("altered", "MR. VELL")
    assert [edit.source.text for edit in result.edits] == ["sixty"]

"""The plain formats: text for people, JSON lines, CSV for spreadsheets, and the registry."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_strategies import analyses

from quotecheck import formats
from quotecheck.analysis import Analysis
from quotecheck.errors import UnknownFormatError
from quotecheck.formats.csv import cell
from quotecheck.formats.rows import COLUMNS
from quotecheck.formats.text import printable
from quotecheck.records import Notice
from quotecheck.testing import build, said
from tests.depth import examples

SLOW = settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def example() -> Analysis:
    return build(
        "“No,” said Ada Pell.\n“Who knows,” she said.",
        said("“No,”", cue="said", source="Ada Pell"),
        said("“Who knows,”", cue="said", source="she", speaker=None, confidence=0.4),
        warnings=[Notice(code="odd", message="Something is odd.", start=0, end=1)],
        source="a.txt",
        title="Mill",
    )


def read_csv(written: str) -> list[dict[str, str]]:
    assert written.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(written[1:], newline="")))


def test_text_shows_who_said_what():
    """Speaker, cue, words, kind, confidence and warnings, in the article's order."""
    assert formats.write(example(), "text").splitlines() == [
        "a.txt “Mill”: 2 attributions, 1 speaker",
        "",
        "A1  Ada Pell  said",
        "    “No,”",
        "    direct; confidence 0.95, speaker 0.9",
        "",
        "A2  ? she  said",
        "    “Who knows,”",
        "    direct; confidence 0.4",
        "",
        "warning: Something is odd. (odd at 0-1)",
    ]


def test_text_explains_on_request():
    """Offsets and evidence, one reason a line."""
    written = formats.write(example(), "text", formats.WriteOptions(explain=True))
    assert "content at 0-5" in written
    assert "because name: “Ada Pell” at 11-19 -> Ada Pell (0.9)" in written


def test_text_is_coloured_only_on_request():
    """Escape sequences with colour, none without."""
    assert "\x1b[" not in formats.write(example(), "text")
    coloured = formats.write(example(), "text", formats.WriteOptions(colour=True))
    assert "\x1b[1;36mAda Pell" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == (
        formats.write(example(), "text").split()
    )


@given(analyses())
@SLOW
def test_text_never_steers_the_terminal(analysis: Analysis):
    """No control characters but line ends, no surrogates, no bidirectional overrides."""
    written = formats.write(analysis, "text", formats.WriteOptions(explain=True))
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", written
    )
    written.encode("utf-8")


@given(st.text())
def test_printable_keeps_one_line(text: str):
    """Whatever the text, one line comes out."""
    assert len(printable(text).splitlines()) <= 1


def test_text_wraps_to_the_width():
    """Long quotes wrap, indented, within the width asked for."""
    long = "“" + "mill " * 60 + "”"
    written = formats.write(
        build(f"Ada Pell said {long}", said(long, cue="said", source="Ada Pell")),
        "text",
        formats.WriteOptions(width=60),
    )
    lines = written.splitlines()
    assert max(map(len, lines)) <= 60
    assert all(line.startswith("    ") for line in lines[3:])


def test_csv_has_a_row_an_attribution():
    """A header with the columns, then the attributions in order."""
    table = read_csv(formats.write(example(), "csv"))
    assert list(table[0]) == list(COLUMNS)
    assert [(row["speaker"], row["text"], row["confidence"]) for row in table] == [
        ("Ada Pell", "“No,”", "0.95"),
        ("", "“Who knows,”", "0.4"),
    ]


@given(analyses())
@SLOW
def test_csv_reads_back_the_same(analysis: Analysis):
    """Any CSV reader gives the values again, line ends, commas and quotation marks included."""
    written = formats.write(analysis, "csv")
    written.encode("utf-8")
    wanted = [[cell(row[name]) for name in COLUMNS] for row in analysis.rows()]
    got = list(csv.reader(io.StringIO(written[1:], newline="")))
    assert got[0] == list(COLUMNS)
    assert got[1:] == wanted


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_csv_never_starts_a_formula(start: str):
    """A cell that a spreadsheet would run gets an apostrophe in front."""
    text = f"{start}HYPERLINK(1) said Ada Pell."
    analysis = build(text, said(f"{start}HYPERLINK(1)", cue="said", source="Ada Pell"))
    assert read_csv(formats.write(analysis, "csv"))[0]["content"] == f"'{start}HYPERLINK(1)"


@given(st.text())
def test_no_cell_is_a_formula(text: str):
    """Whatever the text, no cell starts with a character that runs."""
    assert cell(text)[:1] not in set("=+-@\t\r\n")


def test_jsonl_streams_one_line_an_article():
    """Articles follow each other, each line a whole record."""
    lines = list(formats.stream(iter([example(), build("Hm.")]), "jsonl"))
    assert [Analysis.from_json(line) for line in lines] == [example(), build("Hm.")]
    assert all(line.count("\n") == 1 and line.endswith("\n") for line in lines)


def test_csv_streams_one_header():
    """Many articles share one header."""
    written = "".join(formats.stream([example(), example()], "csv"))
    assert written.count("speaker_id") == 1
    assert len(read_csv(written)) == 4


def test_streams_read_as_they_go():
    """A stream takes the next article only when asked for it."""
    taken = []

    def source():
        for i in range(3):
            taken.append(i)
            yield example()

    pieces = formats.stream(source(), "jsonl")
    next(pieces)
    assert taken == [0]


def test_min_confidence_leaves_out():
    """Attributions below the threshold go, their speaker no longer speaks, in any format."""
    options = formats.WriteOptions(min_confidence=0.96)
    data = json.loads(formats.write(example(), "json", options))
    assert data["attributions"] == []
    assert [e["speaks"] for e in data["entities"]] == [False]
    half = formats.WriteOptions(min_confidence=0.5)
    assert len(read_csv(formats.write(example(), "csv", half))) == 1


def test_text_can_be_left_out():
    """``text=False`` writes null for the text."""
    data = json.loads(formats.write(example(), "json", formats.WriteOptions(text=False)))
    assert data["text"] is None


def test_files_are_bytes_by_suffix():
    """A folder gets one file with the format's suffix, in UTF-8."""
    made = formats.files(example(), "csv")
    assert list(made) == [".csv"]
    assert made[".csv"].startswith(b"\xef\xbb\xbfdocument,")


def test_unknown_formats_list_the_known():
    """An unknown name, or one that cannot stream, says what can be chosen."""
    with pytest.raises(UnknownFormatError, match="choose one of text, json, jsonl, csv"):
        formats.write(example(), "docx")
    with pytest.raises(UnknownFormatError, match="choose one of text, jsonl, csv, parquet"):
        formats.stream([], "html")

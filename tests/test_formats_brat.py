"""brat standoff: what is written reads back, by brat's own rules, and so do PolNeAR's files."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from record_strategies import analyses

from quotecheck import codec, formats
from quotecheck.analysis import Analysis
from quotecheck.errors import RecordError
from quotecheck.formats import brat
from quotecheck.records import Attribution
from quotecheck.testing import build, said, someone
from tests.depth import examples

POLNEAR = Path(__file__).parents[2] / "shared" / "data" / "polnear"
BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def example() -> Analysis:
    return build(
        "Ada Pell thinks “it’s done,” and Bo Quill’s aide didn’t say “no.”\nIt is said to rain.",
        said("“it’s done,”", cue="thinks", source="Ada Pell", act="belief"),
        said(
            "“no.”",
            cue="didn’t say",
            source="Bo Quill’s aide",
            negated=True,
            candidates=["Cy", "Di"],
        ),
        said("to rain", cue="is said", hypothetical=True),
        people=[someone("Cy"), someone("Di")],
    )


def pieces(attribution: Attribution) -> dict[str, list[tuple[int, int]]]:
    """The spans by role, cut at line breaks as brat demands, white space at the cuts left out."""
    out = {}
    for role in ("content", "cue", "source"):
        out[role] = []
        for span in getattr(attribution, role):
            for m in re.finditer(f"[^{BREAKS}]+", span.text):
                start, end = m.span()
                if start > 0:
                    start += len(m[0]) - len(m[0].lstrip())
                if end < len(span.text):
                    end -= len(m[0]) - len(m[0].rstrip())
                if start < end:
                    out[role].append((span.start + start, span.start + end))
        out[role].sort()
    return out


def test_events_look_like_polnears():
    """Trigger, roles, attributes and notes, an event an attribution."""
    assert brat.write(example(), formats.DEFAULTS).splitlines() == [
        "T1\tContent 16 28\t“it’s done,”",
        "T2\tCue 9 15\tthinks",
        "T3\tSource 0 8\tAda Pell",
        "T4\tAttribution 9 15\tthinks",
        "E1\tAttribution:T4 Content:T1 Cue:T2 Source:T3",
        "A1\tKind E1 direct",
        "A2\tAct E1 belief",
        "#1\tAnnotatorNotes E1\tspeaker: Ada Pell",
        "T5\tContent 60 65\t“no.”",
        "T6\tCue 49 59\tdidn’t say",
        "T7\tSource 33 48\tBo Quill’s aide",
        "T8\tAttribution 49 59\tdidn’t say",
        "E2\tAttribution:T8 Content:T5 Cue:T6 Source:T7",
        "A3\tKind E2 direct",
        "A4\tAct E2 assertion",
        "A5\tNegated E2",
        "#2\tAnnotatorNotes E2\tcandidates: Cy; Di",
        "T9\tContent 77 84\tto rain",
        "T10\tCue 69 76\tis said",
        "T11\tAttribution-no-source 69 76\tis said",
        "E3\tAttribution-no-source:T11 Content:T9 Cue:T10",
        "A6\tKind E3 indirect",
        "A7\tAct E3 assertion",
        "A8\tHypothetical E3",
    ]


def test_reading_back_gives_the_attributions():
    """Spans, kind, act, negation, speaker and candidates survive; confidences brat cannot hold."""
    wanted = example()
    got = brat.read(brat.write(wanted, formats.DEFAULTS), wanted.text)
    for a, b in zip(wanted.attributions, got.attributions, strict=True):
        for name in ("id", "kind", "act", "negated", "hypothetical", "content", "cue", "source"):
            assert getattr(b, name) == getattr(a, name), name
        assert [e.name for e in b.candidates] == [e.name for e in a.candidates]
        assert (b.speaker and b.speaker.name) == (a.speaker and a.speaker.name)
    assert not list(codec.problems(got))


def test_nested_attributions_keep_their_parent():
    """The inner event names the outer one."""
    analysis = build(
        "“He told me ‘no’,” said Ada Pell.",
        said("“He told me ‘no’,”", cue="said", source="Ada Pell"),
        said("‘no’", cue="told", source="He", speaker=None, inside=0),
    )
    got = brat.read(brat.write(analysis, formats.DEFAULTS), analysis.text)
    assert [a.parent for a in got.attributions] == [None, "A1"]


@given(analyses())
@settings(max_examples=examples(20), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_analysis_survives(analysis: Analysis):
    """Whatever the text: brat's rules hold in the file, and every piece comes back."""
    made = formats.files(analysis, "brat")
    text = made[".txt"].decode("utf-8", "surrogatepass")
    assert text == analysis.text
    ann = made[".ann"].decode("utf-8", "surrogatepass")
    for line in ann.split("\n"):
        if found := re.match(r"T\d+\t\S+ ([\d ;]+)\t(.*)$", line):
            spans = [tuple(map(int, pair.split())) for pair in found[1].split(";")]
            parts = [text[start:end] for start, end in spans]
            assert all(start < end for start, end in spans)
            assert not any(char in part for part in parts for char in BREAKS)
            assert found[2] == " ".join(parts)
    got = brat.read(ann, text)
    wanted = [pieces(a) for a in analysis.attributions if any(pieces(a).values())]
    assert [pieces(a) for a in got.attributions] == wanted


def test_a_record_without_text_is_refused():
    """Brat points into a text: without one there is nothing to point into."""
    with pytest.raises(RecordError, match="brat needs the text"):
        formats.files(example().without_text(), "brat")


@pytest.mark.parametrize(
    ("ann", "wanted"),
    [
        ("E1\tAttribution:T1 Cue:T1\n", "E1: Attribution refers to T1, which is not there"),
        ("T1\tCue 2 99\tx\nE1\tAttribution:T1 Cue:T1\n", "T1: (2, 99) is not a span of the text"),
        ("T1\tCue 3 2\tx\nE1\tAttribution:T1 Cue:T1\n", "T1: (3, 2) is not a span of the text"),
    ],
)
def test_broken_files_are_named(ann: str, wanted: str):
    """A dangling reference or a wrong offset is an error that names the line's id."""
    with pytest.raises(RecordError) as caught:
        brat.read(ann, "Hm. Ha.")
    assert wanted in caught.value.problems


def test_an_event_without_spans_is_a_warning():
    """A trigger alone is nothing attributed: passed over, and said so."""
    got = brat.read("T1\tAttribution 0 2\tHm\nE1\tAttribution:T1\n", "Hm.")
    assert got.attributions == ()
    assert [(w.code, w.start, w.end) for w in got.warnings] == [("brat-empty-event", 0, 2)]


def test_unknown_lines_are_passed_over():
    """Relations, foreign attributes, comments and broken lines do no harm."""
    ann = (
        "R1\tSame Arg1:T1 Arg2:T1\nA1\tMood E1 calm\n#1\tAnnotatorNotes T1\tHm\n*\tEquiv T1 T1\n"
        "stray words\n\nT1\tCue 0 2\tHm\nE1\tAttribution:T1 Cue:T1\n"
    )
    assert [a.cue[0].text for a in brat.read(ann, "Hm.").attributions] == ["Hm"]


def test_configuration_knows_every_type_that_is_written():
    """The `annotation.conf` for these files declares all their types and attributes."""
    ann = brat.write(example(), formats.DEFAULTS)
    used = set(re.findall(r"^[TA]\d+\t(\S+)", ann, re.MULTILINE))
    declared = set(re.findall(r"^([A-Z][\w-]+)", brat.CONFIGURATION, re.MULTILINE))
    assert used <= declared


def _events(ann: str) -> Counter:
    """What a plain reader sees: every event's role spans, cut as brat demands by the caller."""
    bound = {
        m[1]: [tuple(map(int, pair.split())) for pair in m[2].split(";")]
        for m in re.finditer(r"^(T\d+)\t\S+ ([\d ;]+)\t", ann, re.MULTILINE)
    }
    out: Counter = Counter()
    for m in re.finditer(r"^E\d+\t(.*)$", ann, re.MULTILINE):
        roles: dict[str, list] = {}
        for item in m[1].split()[1:]:
            role, ref = item.split(":")
            roles.setdefault(re.sub(r"\d+$", "", role), []).extend(bound[ref])
        out[tuple(sorted((role, tuple(sorted(spans))) for role, spans in roles.items()))] += 1
    return out


@pytest.mark.skipif(not POLNEAR.is_dir(), reason="the PolNeAR corpus is not at ../shared/data")
def test_polnear_files_round_trip():
    """Read, written and read by an independent reader, PolNeAR's dev events are the same."""
    seen = 0
    for path in sorted((POLNEAR / "dev" / "attributions").glob("*.ann")):
        ann = path.read_bytes().decode("utf-8")
        name = path.stem.rsplit("_", 1)[0]
        text = (POLNEAR / "dev" / "text" / f"{name}.txt").read_bytes().decode("utf-8")
        got = brat.read(ann, text)
        assert not list(codec.problems(got))
        wanted = _events(ann)
        empty = wanted.pop((), 0)
        assert len(got.warnings) == empty
        written = brat.write(got, formats.DEFAULTS)
        cut = [evolve(a) for a in brat.read(written, text).attributions]
        assert [pieces(a) for a in cut] == [pieces(a) for a in got.attributions]
        joined = any("\n" in span.text for a in got.attributions for span in a.content)
        if not joined:
            assert _events(written) == wanted, path.name
        seen += sum(wanted.values())
    assert seen > 2000

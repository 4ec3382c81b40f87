"""Tests of the quotation scanner: marks, levels, continuations, roles, nicknames."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from quotecheck.errors import TextTypeError
from quotecheck.quotations import (
    ScanResult,
    classify_roles,
    level_mask,
    nickname_pairs,
    scan,
)
from quotecheck.records import Block, Quotation
from tests import strategies, timing
from tests.depth import examples

CASES = Path(__file__).parent / "cases"
POLNEAR = Path(__file__).parents[2] / "shared" / "data" / "polnear" / "dev" / "text"
SETTINGS = settings(
    max_examples=examples(75), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def load(name):
    return json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))


def params(name, **kwargs):
    return [pytest.param(case, id=case["label"], **kwargs) for case in load(name)]


def plain(result: ScanResult):
    return [
        {"start": q.start, "end": q.end, "text": q.text, "level": q.level, "closed": q.closed}
        for q in result.quotations
    ]


def check_case(case):
    result = scan(case["input"])
    wanted = sorted(case["wanted"], key=lambda q: (q["start"], -q["end"]))
    assert plain(result) == wanted
    if "notices" in case:
        assert [notice.code for notice in result.notices] == case["notices"]
    if "continuations" in case:
        assert {str(k): v for k, v in result.continuations.items()} == case["continuations"]


@pytest.mark.parametrize("case", params("quotations"))
def test_cases(case):
    """Spans, levels, closing, notices and continuations are those wanted by hand."""
    check_case(case)


@pytest.mark.parametrize("case", params("quotations_negative"))
def test_negative(case):
    """Apostrophes, elisions, possessives, measures and primes make no quotation and no notice."""
    check_case(case)


@pytest.mark.parametrize(
    "case", params("quotations_known_failures", marks=pytest.mark.xfail(strict=True))
)
def test_known_failures(case):
    """What the scanner is known to get wrong; a mended one must move to the cases."""
    check_case(case)


def test_known_failures_are_flagged():
    """Texts that are read wrongly for want of a mark at least carry a notice."""
    flagged = [c["label"] for c in load("quotations_known_failures") if scan(c["input"]).notices]
    assert "closing mark missing before the next speech" in flagged
    assert "speech over paragraphs without reopened marks" in flagged
    assert "possessive ends a quoted word" in flagged


def test_enough_cases():
    """The case files stay as large as they were."""
    assert len(load("quotations")) >= 110
    assert len(load("quotations_negative")) >= 25
    assert len({case["input"] for case in load("quotations")}) == len(load("quotations"))


def test_not_a_string():
    """Bytes are refused with a typed error that says what to do."""
    with pytest.raises(TextTypeError, match="decode it first"):
        scan(b"\x93We sail.\x94")  # type: ignore[arg-type]


@SETTINGS
@given(st.one_of(strategies.any_texts(), strategies.articles(), st.text("\"'“”‘’«»`´„ ab,.\n6")))
def test_any_text(text):
    """Any text gives exact, properly nested quotations, notices inside the text, a full mask."""
    result = scan(text)
    for q in result.quotations:
        assert text[q.start : q.end] == q.text
        assert q.start < q.end
    order = [(q.start, -q.end) for q in result.quotations]
    assert order == sorted(order)
    open_ends: list[int] = []
    for q in result.quotations:
        while open_ends and open_ends[-1] <= q.start:
            open_ends.pop()
        assert all(q.end <= end for end in open_ends), "quotations cross"
        assert q.level == len(open_ends)
        open_ends.append(q.end)
    for notice in result.notices:
        assert 0 <= notice.start < notice.end <= len(text)
    for index, before in result.continuations.items():
        assert before < index
        assert not result.quotations[before].closed
    mask = level_mask(text, result.quotations)
    assert len(mask) == len(text)
    assert mask.sum() == sum(q.end - q.start for q in result.quotations)


@settings(SETTINGS, max_examples=examples(15))
@given(strategies.articles())
def test_same_text_same_result(text):
    """Scanning is a function of the text alone."""
    assert scan(text) == scan(text)


PARAGRAPHS = st.sampled_from(
    [
        "“We sail at noon,” Quist said. “It’s late.”",
        '"We sail at noon," Quist said.',
        "'The workers' boat won't wait,' Vell said.",
        "The ferry left at nine.",
        "„Wir fahren“, sagte Brandt. «Oui», dit Lind.",
        "The 12\" pipe and the '90s came up: “He said ‘no’ twice.”",
        "She read ``Low Water'' and `Keel'.",
    ]
)
STRAYS = st.sampled_from(['"', "“", "”", "‘", "'", "«", "»", "„", "``", " ' ", ' " ', "”“"])


@SETTINGS
@given(st.lists(PARAGRAPHS, min_size=2, max_size=6), st.data())
def test_a_stray_mark_harms_only_its_paragraph(paragraphs, data):
    """A mark put anywhere into one paragraph changes no other paragraph's quotations."""
    at = data.draw(st.integers(0, len(paragraphs) - 1))
    cut = data.draw(st.integers(0, len(paragraphs[at])))
    stray = data.draw(STRAYS)
    spoiled = list(paragraphs)
    spoiled[at] = spoiled[at][:cut] + stray + spoiled[at][cut:]

    def by_paragraph(parts):
        text = "\n\n".join(parts)
        starts = [sum(len(p) + 2 for p in parts[:i]) for i in range(len(parts))]
        found = [[] for _ in parts]
        for q in scan(text).quotations:
            i = max(i for i, start in enumerate(starts) if start <= q.start)
            found[i].append((q.start - starts[i], q.end - starts[i], q.level, q.closed))
        return found

    clean, dirty = by_paragraph(paragraphs), by_paragraph(spoiled)
    assert clean[:at] + clean[at + 1 :] == dirty[:at] + dirty[at + 1 :]


SPEECHES = st.sampled_from(
    [
        "We sail at noon",
        "It’s the workers’ hall, and we’re cold",
        "They don’t know the Quists’ boat",
        "Rock ’n’ roll isn’t dead",
        "It was the ’90s, and we were goin’ home",
        "O’Brien’s sister didn’t say",
        "Why’s she here",
        "I’d have told ’em",
    ]
)
STYLES = st.sampled_from(
    ["“”", "‘’", '""', "''", "«»", "»«", "„“", "„”", "””", "「」", ("``", "''"), ("« ", " »")]
)


@SETTINGS
@given(STYLES, st.lists(SPEECHES, min_size=1, max_size=4), st.booleans())
def test_styles_with_apostrophes(style, speeches, straight):
    """In every style of marks, speech full of apostrophes is found whole, wherever it stands."""
    left, right = style
    if straight or left in ("'", '"', "``"):
        speeches = [speech.replace("’", "'") for speech in speeches]
    assume(not (left == "»" and right == "»"))
    parts, wanted, at = [], [], 0
    for speech in speeches:
        quotation = f"{left}{speech},{right}"
        wanted.append((at, at + len(quotation)))
        piece = f"{quotation} Vell said on Monday. "
        parts.append(piece)
        at += len(piece)
    found = [(q.start, q.end) for q in scan("".join(parts)).quotations]
    assert wanted == found


@SETTINGS
@given(st.sampled_from(["“”", '""', "«»"]), st.sampled_from(["‘’", "''", "‹›"]), SPEECHES)
def test_nested_styles(outer, inner, speech):
    """An inner quotation is found inside an outer one of another style, one level deeper."""
    text = f"{outer[0]}She said, {inner[0]}{speech},{inner[1]} and left,{outer[1]} Vell said."
    assert [(q.level, q.closed) for q in scan(text).quotations] == [(0, True), (1, True)]
    assert scan(text).quotations[1].text == f"{inner[0]}{speech},{inner[1]}"


def test_blocks_bound_quotations():
    """Given blocks, not line ends, bound the quotations; text outside blocks is scanned too."""
    text = "“We sail\nat Noon,” she said. “We wait. Caption “A boat” “Later,” he said."
    cut = text.index("Caption")
    after = text.index(" “Later")
    blocks = [
        Block(start=0, end=cut - 1, kind="paragraph"),
        Block(start=cut, end=after, kind="caption"),
    ]
    result = scan(text, blocks)
    assert [q.text for q in result.quotations] == [
        "“We sail\nat Noon,”",
        "“We wait.",
        "“A boat”",
        "“Later,”",
    ]


def test_continuation_passes_over_a_caption():
    """A caption between two paragraphs does not end the speech; a heading does."""
    parts = ["“We sail.", "A boat", "“We wait,” she said."]
    text = "\n\n".join(parts)
    for kind, continues in (("caption", {1: 0}), ("headline", {})):
        blocks, at = [], 0
        for i, part in enumerate(parts):
            blocks.append(Block(start=at, end=at + len(part), kind=kind if i == 1 else "paragraph"))
            at += len(part) + 2
        assert scan(text, blocks).continuations == continues


def test_odd_blocks():
    """Blocks that are empty, unordered, overlapping or beyond the text do no harm."""
    text = "“We sail.” “We wait.”"
    blocks = [
        Block(start=11, end=99, kind="paragraph"),
        Block(start=0, end=10, kind="paragraph"),
        Block(start=4, end=4, kind="caption"),
        Block(start=5, end=12, kind="paragraph"),
    ]
    assert all(text[q.start : q.end] == q.text for q in scan(text, blocks).quotations)


def test_level_mask_counts_depth():
    """The mask is 1 in an outer quotation, 2 in an inner one, marks included, int8."""
    text = "a “b ‘c’ d” e"
    mask = level_mask(text, scan(text).quotations)
    assert mask.dtype == "int8"
    assert "".join(map(str, mask)) == "0011122211100"
    assert len(level_mask("", ())) == 0


@pytest.mark.parametrize(
    "unit",
    [
        "“We sail,” she said. ",
        "'The workers' union won't strike,' she said. ",
        'a" b ',
        "“",
        '"',
        " ' ",
        "'",
        "‘a “b ",
        "”",
        "``",
        "6'2\" ",
    ],
)
def test_linear_time(unit):
    """Sixteen times the marks in one paragraph take about sixteen times the time, not 256 times."""
    short, long = unit * 150, unit * 2400
    assert timing.growth(lambda: scan(short), lambda: scan(long), enough=32) < 32


@pytest.mark.parametrize("text", ["word " * 200_000, "’" + "x" * 1_000_000, "it’s " * 100_000])
def test_long_text(text):
    """A million characters with few or no quotations cost well under two seconds."""
    assert scan(text).quotations == ()
    assert timing.best_seconds(lambda: scan(text), enough=2) < 2


# --- roles


def role_results(half):
    out = []
    for case in load("quotations_roles"):
        if case["half"] == half:
            found = [q.role for q in scan(case["input"]).quotations]
            assert len(found) == len(case["wanted"]), case["input"]
            out += list(zip(case["wanted"], found, strict=True))
    return out


@pytest.mark.parametrize(
    ("half", "floor"), [("first", 1.0), ("second", 1.0), ("third", 0.96), ("fourth", 0.92)]
)
def test_role_accuracy(half, floor):
    """Accuracy of roles on the project's own sentences never falls (docs/quotations.md)."""
    results = role_results(half)
    right = sum(wanted == found for wanted, found in results)
    assert right / len(results) >= floor


def test_roles_use_the_sentences_given():
    """A reporting verb in another sentence makes no speech when sentences are given."""
    text = "Quist said no. Their “office” is a shed."
    quotations = scan(text).quotations
    assert classify_roles(text, [(0, 14), (15, len(text))], quotations)[0].role == "scare"
    assert classify_roles(text, [], quotations)[0].role in ("scare", "speech")


def test_roles_of_no_quotations():
    """No quotations, no roles."""
    assert classify_roles("The ferry left.", [(0, 15)], ()) == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Dale “Shorty” Orrin spoke.", [("Dale “Shorty” Orrin", "Shorty")]),
        ('Rep. Robert C. "Bobby" Scott Jr. left.', [('Robert C. "Bobby" Scott Jr.', "Bobby")]),
        ("Robert (“Bob”) Tarrant runs it.", [("Robert (“Bob”) Tarrant", "Bob")]),
        ("Emil 'The Clock' Brandt left.", [("Emil 'The Clock' Brandt", "The Clock")]),
        ("Elisabeth “Betty” de Groot left.", [("Elisabeth “Betty” de Groot", "Betty")]),
        ("Petra Lindqvist, known as “the Hammer,” left.", [("Petra Lindqvist", "the Hammer")]),
        ("Ana Reyes, who was nicknamed “Rocket,” won.", [("Ana Reyes", "Rocket")]),
        ("Known as “the Wall,” Ana Reyes let in two.", [("Ana Reyes", "the Wall")]),
        ("They called him “Doc.”", []),
        ("The film “Low Water” Orrin made was dull.", []),
        ("“We sail,” said Dale Orrin.", []),
    ],
)
def test_nickname_pairs(text, wanted):
    """A nickname in marks comes with the whole name beside it; without a name there is no pair."""
    found = list(nickname_pairs(text, scan(text).quotations))
    assert [(name.text, nick.text) for name, nick in found] == wanted
    for span in (span for pair in found for span in pair):
        assert text[span.start : span.end] == span.text


@SETTINGS
@given(strategies.any_texts())
def test_nickname_pairs_of_any_text(text):
    """Whatever is called a nickname, the spans are exact."""
    quotations = tuple(
        Quotation(start=q.start, end=q.end, text=q.text, role="nickname")
        for q in scan(text).quotations
    )
    for name, nickname in nickname_pairs(text, quotations):
        assert text[name.start : name.end] == name.text
        assert text[nickname.start : nickname.end] == nickname.text


@pytest.mark.skipif(not POLNEAR.exists(), reason="needs the PolNeAR corpus in ../shared")
def test_polnear_marks():
    """On 84 news articles spans are exact and fewer than one mark in fifty is a problem."""
    codes: Counter[str] = Counter()
    quotations = 0
    for path in sorted(POLNEAR.glob("*.txt")):
        text = path.read_bytes().decode("utf-8")
        result = scan(text)
        assert all(text[q.start : q.end] == q.text for q in result.quotations)
        quotations += len(result.quotations)
        codes.update(notice.code for notice in result.notices)
    assert quotations > 1000
    assert codes.total() < quotations / 50

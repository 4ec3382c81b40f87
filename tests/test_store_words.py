"""Folded words and wordings: the forms in which the store compares texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.records import Attribution, Span
from quotecheck.store.wordings import CUT, contains, fragments, lead, shingles, wording_of
from quotecheck.store.words import fold, query_words, winnow, words

WORDS = st.lists(st.sampled_from(["we", "will", "not", "close", "the", "port"]), max_size=12)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Don’t!", ["dont"]),
        ("the mayors' plan, the mayor’s plan", ["the", "mayors", "plan", "the", "mayor", "plan"]),
        ("1,400.50 and 3:15", ["1400d50", "and", "3d15"]),
        ("Holtz—Vell", ["holtz", "vell"]),
        ("ﬁrst Straße", ["first", "strasse"]),
        ("Жданова", ["u436u434u430u43du43eu432u430"]),
        ("港口", ["u6e2f", "u53e3"]),
        ("soft\u00adhyphen zero\u200bwidth", ["softhyphen", "zerowidth"]),
        ("\ud800\x00", []),
    ],
)
def test_words(text: str, wanted: list[str]) -> None:
    """Words are plain ASCII, whatever typography, case, accents or script."""
    assert words(text) == wanted


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_words_of_any_text(text: str) -> None:
    """Any text folds to letters and digits that both databases index alike; twice is once."""
    found = words(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in found)
    assert fold(text.upper()) == fold(text.upper().lower()) or not text.isascii()
    assert words(" ".join(found)) == found


def test_query() -> None:
    """A query asks for all its words, and for what stands in marks as a phrase."""
    assert query_words('Port ‘x’ “close the port” "one"') == (
        ("port", "x", "close", "the", "one"),
        ("close the port",),
    )


def quoted(kind: str, *pieces: str) -> str:
    """The wording of an attribution with this content."""
    spans = tuple(Span(start=0, end=len(p), text=p) for p in pieces)
    return wording_of(Attribution(id="A1", kind=kind, content=spans))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "pieces", "wanted"),
    [
        ("direct", ("“We will not,”", "“close the port.”"), "we will not close the port"),
        ("direct", ("“We … will . . . close [an] end”",), f"we {CUT} will {CUT} close {CUT} end"),
        ("direct", ("“… we will close …”",), "we will close"),
        ("mixed", ("that it was “a shame” for “the port”",), f"a shame {CUT} the port"),
        ("mixed", ("that nothing was marked",), "that nothing was marked"),
        ("indirect", ("that the port stays",), "the port stays"),
        ("direct", ("“…”",), ""),
    ],
)  # fmt: skip
def test_wording(kind: str, pieces: tuple[str, ...], wanted: str) -> None:
    """Of a mixed quotation only the quoted words count, and marked cuts are kept as cuts."""
    assert quoted(kind, *pieces) == wanted


@settings(max_examples=150, deadline=None)
@given(before=WORDS, part=WORDS, after=WORDS)
def test_a_run_is_contained_and_found(before: list[str], part: list[str], after: list[str]) -> None:
    """Whatever surrounds a run, it is contained, and its lead is among the whole's shingles."""
    whole, run = " ".join([*before, *part, *after]), " ".join(part)
    if part:
        assert contains(whole, run) is False
    assert winnow(part) <= winnow([*before, *part, *after])
    key = lead(run)
    assert (key is None) == (len(part) < 4)
    assert key is None or key in shingles(whole)


def naive(whole: list[str], runs: list[list[str]], at: int = 0) -> bool:
    """Whether the runs stand in the whole in order: every placement tried."""
    if not runs:
        return True
    size = len(runs[0])
    return any(
        whole[i : i + size] == runs[0] and naive(whole, runs[1:], i + size)
        for i in range(at, len(whole) - size + 1)
    )


@settings(max_examples=200, deadline=None)
@given(whole=WORDS, first=WORDS, second=WORDS)
def test_containment_against_every_placement(
    whole: list[str], first: list[str], second: list[str]
) -> None:
    """The answer is that of a slow search over all placements."""
    part = f" {CUT} ".join(" ".join(run) for run in (first, second) if run)
    runs = fragments(part)
    got = contains(" ".join(whole), part) is not None
    assert got == (bool(runs) and naive(whole, runs))

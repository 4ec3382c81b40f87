"""Word pieces, their features and the windows that the encoder reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.model_files import model_folder
from quotecheck.quotations import level_mask, scan
from quotecheck.windows import (
    CASINGS,
    LEFT_CONTEXT,
    MAX_PIECES,
    READING_REACH,
    Pieces,
    cut_windows,
    featurize,
    load_word_pieces,
    reach_of,
    reaches_of,
    window_inputs,
)
from tests.strategies import any_texts

TOKENIZER = load_word_pieces(model_folder("en") / "tokenizer.json")


def pieces_of(text: str) -> Pieces:
    lines, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((at, at + len(line)))
        at += len(line) + 1
    return featurize(text, lines, TOKENIZER, level_mask(text, scan(text).quotations))


def test_words_carry_offsets_of_the_text() -> None:
    """Every word is the slice of the text that its offsets name."""
    text = "“It’s 6 o'clock,” said\nMs. VELL-Orrin."
    pieces = pieces_of(text)
    words = [text[s:e] for s, e in pieces.words]
    assert words == [
        *("“", "It", "’", "s", "6", "o", "'", "clock", ",", "”", "said"),
        *("Ms", ".", "VELL", "-", "Orrin", "."),
    ]
    assert pieces.paragraph.tolist() == [0] * 11 + [1] * 6


def test_features_tell_case_and_quotation() -> None:
    """Casing and quotation depth are read off each word."""
    pieces = pieces_of("He said “the ‘Big’ NATO day” 7 eBay")
    words = [pieces.text[s:e] for s, e in pieces.words]
    casing = dict(zip(words, (CASINGS[c] for c in pieces.casing), strict=True))
    assert casing["He"] == "title"
    assert casing["said"] == "lower"
    assert casing["NATO"] == "upper"
    assert casing["7"] == "digit"
    assert casing["eBay"] == "mixed"
    quote = dict(zip(words, pieces.quote.tolist(), strict=True))
    assert [quote[w] for w in ("He", "“", "the", "‘", "Big", "day", "”")] == [0, 3, 1, 3, 2, 1, 3]


@settings(max_examples=60, deadline=None)
@given(any_texts())
def test_any_text_has_words_in_order(text: str) -> None:
    """Words are in order, never overlap and lie in the text, whatever it holds."""
    pieces = pieces_of(text)
    spans = pieces.words
    assert (spans[:, 0] < spans[:, 1]).all()
    assert (spans[1:, 0] >= spans[:-1, 1]).all()
    assert not len(spans) or spans[-1, 1] <= len(text)
    assert pieces.first[-1] == len(pieces.ids)
    assert len(pieces.first) == len(spans) + 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=9), st.integers(200, MAX_PIECES))
def test_cores_partition_the_words(lengths: list[int], limit: int) -> None:
    """Every word is answered for by one window, none of which is too long."""
    text = "\n".join("tide " * n for n in lengths)
    pieces = pieces_of(text)
    windows = cut_windows(pieces, limit)
    at = 0
    for window in windows:
        assert window.core_start == at
        at = window.core_end
        assert window.start <= window.core_start < window.core_end <= window.end
        assert pieces.first[window.end] - pieces.first[window.start] <= limit
    assert at == len(pieces.words)


def test_windows_are_cut_at_paragraph_ends() -> None:
    """Where paragraphs are short, a window answers for whole paragraphs and sees some before."""
    pieces = pieces_of("\n".join(["one two three four five six seven eight nine ten"] * 120))
    windows = cut_windows(pieces)
    assert len(windows) > 2
    for window in windows[:-1]:
        assert pieces.paragraph[window.core_end] != pieces.paragraph[window.core_end - 1]
    second = windows[1]
    context = pieces.first[second.core_start] - pieces.first[second.start]
    assert 0 < context <= LEFT_CONTEXT


def test_window_inputs_mark_paragraph_starts() -> None:
    """The first word of the text and of each paragraph are marked; special pieces are added."""
    pieces = pieces_of("Tides rise.\nTides fall.")
    inputs = window_inputs(pieces, cut_windows(pieces)[0])
    assert inputs["paragraph"].tolist()[1] == 2
    assert inputs["paragraph"].tolist().count(1) == 1
    assert inputs["ids"][0] == 101
    assert inputs["ids"][-1] == 102
    assert inputs["first"].tolist()[0] == 1
    assert len({len(inputs[k]) for k in ("ids", "casing", "quote", "paragraph")}) == 1


def test_touched_finds_the_words_of_a_span() -> None:
    """A span of the text is mapped to the words it touches, an empty one to none."""
    pieces = pieces_of("Tides rise and fall.")
    assert pieces.touched(2, 8) == (0, 2)
    assert pieces.touched(5, 6) == (1, 1)


@pytest.mark.parametrize(("cue", "wanted"), [((3, 4), (0, 132)), ((500, 502), (372, 600))])
def test_reach_stays_in_the_window(cue: tuple[int, int], wanted: tuple[int, int]) -> None:
    """The role head sees a bounded number of words on each side of a cue."""
    assert reach_of(cue, 600) == wanted


@given(st.integers(1, 400), st.data())
def test_reaches_are_of_one_length_and_hold_their_cues(n: int, data: st.DataObject) -> None:
    """A role head's call has no filling: every cue sees as many words, itself among them."""
    starts = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=6))
    cues = [(start, data.draw(st.integers(start + 1, min(n, start + 9)))) for start in starts]
    reaches = reaches_of(cues, n)
    longest = max(end - start for start, end in cues)
    assert {right - left for left, right in reaches} == {min(n, 2 * READING_REACH + longest)}
    for (start, end), (left, right) in zip(cues, reaches, strict=True):
        assert 0 <= left <= start < end <= right <= n
        # What a cue lacks on one side for the window's edge it sees on the other.
        assert left == 0 or start - left >= READING_REACH
        assert right == n or right - end >= READING_REACH


def test_an_empty_text_has_no_windows() -> None:
    """No words, no windows, no error."""
    pieces = featurize("", [], TOKENIZER, np.zeros(0, np.int8))
    assert cut_windows(pieces) == []

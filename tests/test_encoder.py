"""The encoder's windows, cue candidates and sessions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from quotecheck.encoder import (
    GIVEN_CUE,
    Annotations,
    Encoder,
    _with_given,
    cue_candidates,
    log_softmax,
)
from quotecheck.quotations import level_mask, scan

LINE = "“The tide is out,” said Mara Vell of the port, who told reporters that it would return."


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The bundled network."""
    return Encoder()


def read(encoder: Encoder, text: str, cues: tuple[tuple[int, int], ...] = ()) -> Annotations:
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append((at, at + len(line)))
        at += len(line) + 1
    return encoder.annotate(text, lines, level_mask(text, scan(text).quotations), cues)


@given(arrays(np.float32, (3, 4), elements=st.floats(-50, 50, width=32)))
def test_log_softmax_gives_probabilities(logits: np.ndarray) -> None:
    """Probabilities are finite and add up to one, however large the logits."""
    assert np.exp(log_softmax(logits)).sum(axis=-1) == pytest.approx(1, abs=1e-4)


def log(rows: list[list[float]]) -> np.ndarray:
    return np.log(np.array(rows, np.float32))


def test_a_cue_goes_on_while_its_words_are_in_it() -> None:
    """Doubt between B and I does not cut a cue in two; a sure O ends it."""
    probs = log([[0.1, 0.8, 0.1], [0.1, 0.5, 0.4], [0.2, 0.2, 0.6], [0.9, 0.05, 0.05]])
    assert [(s, e) for s, e, _ in cue_candidates(probs, 0, 4)] == [(0, 3)]


def test_a_doubtful_cue_is_a_candidate_with_its_score() -> None:
    """A candidate's score is the probability of its beginning; improbable ones are left out."""
    probs = log([[0.6, 0.35, 0.05], [0.95, 0.04, 0.01]])
    ((start, end, score),) = cue_candidates(probs, 0, 2)
    assert (start, end) == (0, 1)
    assert score == pytest.approx(0.35, abs=1e-3)


def test_a_cue_of_the_user_swallows_what_it_touches() -> None:
    """The user's cue replaces the candidates it touches and is at least as sure."""
    found = [(2, 4, 0.3), (8, 9, 0.7)]
    assert _with_given(found, [(3, 6)]) == [(2, 6, GIVEN_CUE), (8, 9, 0.7)]


def test_probabilities_cover_every_word(encoder: Encoder) -> None:
    """Each word has its three taggers' and its name's log probabilities, over many windows."""
    text = "\n".join([LINE] * 60)
    found = read(encoder, text)
    n = len(found.pieces.words)
    assert found.tags.shape == (n, 3, 3)
    assert np.exp(found.tags).sum(axis=2) == pytest.approx(1, abs=1e-3)
    assert np.exp(found.names).sum(axis=1) == pytest.approx(1, abs=1e-3)
    starts = [cue.start for cue in found.cues]
    assert starts == sorted(starts)
    assert len(starts) >= 60


def test_said_is_a_cue_with_its_speaker(encoder: Encoder) -> None:
    """The role head gives the words around a cue to it."""
    found = read(encoder, LINE)
    words = [LINE[s:e] for s, e in found.pieces.words]
    said = next(c for c in found.cues if words[c.start] == "said")
    at = words.index("Mara") - said.reach
    assert np.exp(said.roles[at, 1]) > 0.5


@settings(max_examples=5, deadline=None)
@given(st.integers(1, 3))
def test_a_second_reading_is_the_same(copies: int) -> None:
    """The same text gives the same numbers, bit for bit, in this session and in a new one."""
    text = "\n".join([LINE] * copies)
    first, second = read(Encoder(), text), read(Encoder(workers=1), text)
    assert (first.tags == second.tags).all()
    assert all((a.roles == b.roles).all() for a, b in zip(first.cues, second.cues, strict=True))


def test_words_of_other_windows_change_nothing_far_away(encoder: Encoder) -> None:
    """A paragraph hundreds of words later does not touch what is read here."""
    base = "\n".join([LINE] * 40)
    longer = base + "\n" + "\n".join(["Nobody spoke of the weather that day."] * 40)
    n = 100
    assert (read(encoder, base).tags[:n] == read(encoder, longer).tags[:n]).all()


def test_an_encoder_can_be_sent_to_another_process(encoder: Encoder) -> None:
    """Its state is a path and a number; sessions are made where they are used."""
    state = encoder.__getstate__()
    assert set(state) == {"folder", "workers"}
    copy = Encoder.__new__(Encoder)
    copy.__setstate__(state)
    assert (read(copy, LINE).tags == read(encoder, LINE).tags).all()

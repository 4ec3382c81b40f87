"""The linear chain must agree with the obvious way of scoring every label sequence."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.decode.chain import Chain, runs
from quotecheck.labels import ROLE_TAGS, SPAN_ENDS


def obvious(scores, ends, transitions):
    """Every legal sequence with its log score, one step at a time."""
    out = {}
    for path in itertools.product(range(len(ROLE_TAGS)), repeat=len(scores)):
        tags = ["O", *(ROLE_TAGS[i] for i in path)]
        if any(b.startswith("I-") and a[2:] != b[2:] for a, b in itertools.pairwise(tags)):
            continue
        total = sum(scores[t][label] for t, label in enumerate(path))
        for t in range(1, len(path)):
            total += transitions[path[t - 1]][path[t]]
            for k, role in enumerate(SPAN_ENDS):
                if tags[t][2:] == role and tags[t + 1] != f"I-{role}":
                    total += ends[t][k]
        out[path] = total
    return out


@given(seed=st.integers(0, 10**6), words=st.integers(1, 5), scale=st.sampled_from([0.3, 2.0, 8.0]))
@settings(max_examples=40, deadline=None)
def test_equals_the_obvious_way(seed, words, scale):
    """Best paths and probabilities are those of the full enumeration."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=(2, words, len(ROLE_TAGS))).astype(np.float32) * scale
    ends = rng.normal(size=(2, words, len(SPAN_ENDS))).astype(np.float32) * scale
    transitions = rng.normal(size=(len(ROLE_TAGS),) * 2).astype(np.float32)
    chain = Chain.of(scores, ends, transitions)
    paths, probabilities = chain.best_paths(), chain.probabilities()
    for row in range(2):
        every = obvious(scores[row], ends[row], transitions)
        best = max(every.values())
        assert every[tuple(paths[row].tolist())] == pytest.approx(best, abs=1e-3)
        weights = {p: np.exp(v - best) for p, v in every.items()}
        total = sum(weights.values())
        wanted = np.zeros((words, len(ROLE_TAGS)))
        for path, weight in weights.items():
            for t, label in enumerate(path):
                wanted[t, label] += weight / total
        np.testing.assert_allclose(probabilities[row], wanted, atol=2e-4)


def test_long_chain_stays_finite():
    """A reach of hundreds of words with sure labels gives probabilities, not NaN."""
    scores = np.full((3, 257, len(ROLE_TAGS)), -12.0, np.float32)
    scores[:, :, 0] = 0.0
    scores[1, 40:90, 4] = 9.0
    scores[1, 40, 3] = 20.0
    chain = Chain.of(scores, np.zeros((3, 257, 2), np.float32), np.zeros((5, 5), np.float32))
    probabilities = chain.probabilities()
    assert np.isfinite(probabilities).all()
    assert runs(chain.best_paths()[1], "content") == [(40, 90)]
    np.testing.assert_allclose(probabilities.sum(axis=2), 1, atol=1e-4)


def test_padding_changes_nothing():
    """A short reach beside a long one has the same path as alone."""
    rng = np.random.default_rng(5)
    short = rng.normal(size=(1, 6, 5)).astype(np.float32) * 3
    both = np.full((2, 9, 5), -1e4, np.float32)
    both[:, :, 0] = 0.0
    both[0, :6] = short[0]
    none = np.zeros((5, 5), np.float32)
    alone = Chain.of(short, np.zeros((1, 6, 2), np.float32), none)
    beside = Chain.of(both, np.zeros((2, 9, 2), np.float32), none)
    assert alone.best_paths()[0].tolist() == beside.best_paths()[0, :6].tolist()
    np.testing.assert_allclose(alone.probabilities()[0], beside.probabilities()[0, :6], atol=1e-5)

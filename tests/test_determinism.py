"""The same text gives the same bytes, whatever runs beside it and wherever."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_all_start_methods, get_context
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import quotecheck
from quotecheck import Pipeline
from quotecheck.encoder import Encoder
from quotecheck.examples import example_article
from tests.strategies import any_texts, articles, transcripts

#: Enough paragraphs for several windows of the network.
LONG = "\n\n".join(
    f"“Berth {n} holds,” said Mara Quist, who keeps the log. Tam Ellery said that it would not."
    for n in range(28)
)
TEXTS = (example_article(), LONG, "Q: Did it hold?\nA: It did.", "", "“", "Rain.")


@pytest.fixture(scope="module")
def single() -> list[str]:
    """What each text gives alone."""
    return [quotecheck.analyze(text).to_json() for text in TEXTS]


def test_many_times_the_same(single: list[str]) -> None:
    """A second reading is the first, byte for byte."""
    assert [quotecheck.analyze(text).to_json() for text in TEXTS] == single


@pytest.mark.parametrize("size", [1, 3, 64])
def test_any_batch_size_and_order(single: list[str], size: int) -> None:
    """Neither the size of a batch nor who is in it changes a record."""
    chance = random.Random(size)
    order = [*range(len(TEXTS)), 0, 1]
    chance.shuffle(order)
    found = Pipeline().pipe((TEXTS[i] for i in order), batch_size=size)
    assert [a.to_json() for a in found] == [single[i] for i in order]


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(articles(), transcripts(), any_texts()), max_size=5), st.integers(1, 6))
def test_any_texts_in_any_batch(texts: list[str], size: int) -> None:
    """Hostile neighbours do no harm."""
    alone = [quotecheck.analyze(text).to_json() for text in texts]
    assert [a.to_json() for a in Pipeline().pipe(texts, batch_size=size)] == alone


@pytest.mark.parametrize("workers", [1, 7])
def test_any_number_of_threads_in_the_encoder(single: list[str], workers: int) -> None:
    """Windows that are read side by side are stitched in order."""
    nlp = Pipeline(annotator=Encoder("en", workers=workers))
    assert [nlp.analyze(text).to_json() for text in TEXTS] == single


def test_many_threads_on_the_default_pipeline(single: list[str]) -> None:
    """Four threads, each with its own order, get what one gets."""
    orders = [random.Random(n).sample(range(len(TEXTS)), len(TEXTS)) for n in range(4)]

    def work(order: list[int]) -> dict[int, str]:
        return {i: quotecheck.analyze(TEXTS[i]).to_json() for i in order}

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(work, orders):
            assert [found[i] for i in range(len(TEXTS))] == single


def _analyzed(text: str) -> str:
    return quotecheck.analyze(text).to_json()


@pytest.mark.parametrize("method", get_all_start_methods())
def test_fork_and_spawn(single: list[str], method: str) -> None:
    """A process made by either way, after this one has used its models, gives the same."""
    with get_context(method).Pool(2) as pool:
        assert pool.map_async(_analyzed, TEXTS).get(timeout=240) == single


PROGRAM = """
import hashlib, sys
from concurrent.futures import ThreadPoolExecutor
import quotecheck
from tests.test_determinism import TEXTS
with ThreadPoolExecutor(8) as pool:  # the first calls come all at once
    found = [a.to_json() for a in pool.map(quotecheck.analyze, TEXTS)]
print(hashlib.sha256("\\n".join(found).encode("utf-8", "surrogatepass")).hexdigest())
"""


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_hash_seed_and_a_rush_at_the_start(single: list[str], seed: str) -> None:
    """No record hangs on the order of a set, nor on who loads the models first."""
    import hashlib

    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    wanted = hashlib.sha256("\n".join(single).encode("utf-8", "surrogatepass")).hexdigest()
    assert done.stdout.split()[-1] == wanted


def test_records_are_json_without_nan(single: list[str]) -> None:
    """What is compared above is strict JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    assert all(json.loads(text, parse_constant=refuse) for text in single)

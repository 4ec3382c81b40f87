"""Processor time of code under test, measured so that a busy machine does not matter."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

#: Rounds of which the best counts: noise only ever adds time.
ROUNDS = 5
#: Shorter times than this many seconds are counted as this long: they tell nothing.
SHORTEST = 0.002


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of this thread for one run of `work`.

    The garbage collector rests: its pauses grow with all that other tests have left in memory.
    """
    gc.disable()
    try:
        begun = time.thread_time()
        work()
        return time.thread_time() - begun
    finally:
        gc.enable()


def best_seconds(work: Callable[[], object], enough: float = 0.0) -> float:
    """The least of several rounds; there are no more of them once one took less than `enough`."""
    best = float("inf")
    for _ in range(ROUNDS):
        best = min(best, seconds(work))
        if best < enough:
            break
    return best


def growth(small: Callable[[], object], large: Callable[[], object], enough: float) -> float:
    """How many times longer `large` takes than `small`, each at its best.

    The rounds of `large` end once the ratio is below `enough`, the bound of the test.
    """
    small()  # loads what is loaded at first use
    short = max(best_seconds(small), SHORTEST)
    return best_seconds(large, enough * short) / short

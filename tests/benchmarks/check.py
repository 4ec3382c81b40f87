"""Checks a second against a 100,000-word source, beside rapidfuzz on the same pairs.

Run it with ``python -m tests.benchmarks.check`` from the repository root. The source is a made-up
transcript; the quotes are stretches of it, half of them changed in a word, a tenth foreign. Both
tools answer the same pairs in the same run, by turns: ``SourceIndex.check`` (indexed once, time
told apart) and ``rapidfuzz.fuzz.partial_ratio_alignment``, which finds a place and a similarity
but no verdict. On a busy machine only processor time tells, and the ratio.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence

from rapidfuzz import fuzz

from quotecheck.check import SourceIndex

__all__ = ["main"]

WORDS = 100_000
QUOTES = 300
FUZZY = 30
ROUNDS = 10
LETTERS = "bdfgklmnprstv"
VOWELS = "aeiou"


def _vocabulary(rng: random.Random) -> list[str]:
    """Made-up words beside the commonest English ones."""
    common = ["the", "of", "and", "to", "a", "in", "that", "we", "it", "is", "was", "for", "not"]
    words = {
        "".join(rng.choice(LETTERS) + rng.choice(VOWELS) for _ in range(rng.randint(1, 4)))
        for _ in range(9000)
    }
    return common * 400 + sorted(words - set(common))


def make_source(rng: random.Random) -> tuple[str, list[list[str]]]:
    """Returns a transcript of so many words, and the words of each turn."""
    vocabulary = _vocabulary(rng)
    turns = [[rng.choice(vocabulary) for _ in range(100)] for _ in range(WORDS // 100)]
    lines = [
        f"MS. {'QV'[i % 2]}UIST: {' '.join(turn).capitalize()}." for i, turn in enumerate(turns)
    ]
    return "\n".join(lines), turns


def make_quotes(turns: Sequence[Sequence[str]], rng: random.Random) -> list[str]:
    """Returns quotes of 9 to 40 words."""
    out = []
    for number in range(QUOTES):
        size = rng.randint(9, 40)
        turn = rng.choice(turns)
        start = rng.randint(0, 100 - size)
        words = list(turn[start : start + size])
        if number % 2:
            words[rng.randrange(size)] = "changed"
        if number % 10 == 0:
            words = [word[::-1] + "x" for word in words]
        out.append(" ".join(words))
    return out


def _timed(check: Callable[[str], object], quotes: Sequence[str]) -> tuple[float, float]:
    """Wall-clock and processor seconds a quote."""
    wall, processor = time.perf_counter(), time.process_time()
    for quote in quotes:
        check(quote)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return wall / len(quotes), processor / len(quotes)


def main() -> int:
    """Prints the times."""
    rng = random.Random(1)
    source, turns = make_source(rng)
    quotes = make_quotes(turns, rng)
    begun = time.process_time()
    index = SourceIndex(source)
    indexing = time.process_time() - begun
    ours: list[tuple[float, float]] = []
    theirs: list[tuple[float, float]] = []
    step = QUOTES // ROUNDS
    for number in range(ROUNDS):  # by turns, so that a busy machine slows both
        some = quotes[number * step : (number + 1) * step]
        ours.append(_timed(index.check, some))
        pairs = some[: FUZZY // ROUNDS]
        theirs.append(_timed(lambda q: fuzz.partial_ratio_alignment(q, source), pairs))
    sys.stdout.write(
        f"source: {WORDS} words, {len(source)} characters; processor time (wall clock)\n"
        f"indexing once: {indexing:.3f} s\n"
    )
    mean = [[sum(column) / ROUNDS for column in zip(*some, strict=True)] for some in (ours, theirs)]
    for name, (wall, processor), count in (
        ("quotecheck", mean[0], QUOTES),
        ("partial_ratio_alignment", mean[1], FUZZY),
    ):
        sys.stdout.write(
            f"{name:<24}{processor * 1000:8.3f} ms ({wall * 1000:.3f}) a quote, "
            f"{1 / processor:8.1f} a second ({count} quotes)\n"
        )
    sys.stdout.write(f"times as many checks in the same time: {mean[1][1] / mean[0][1]:.1f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

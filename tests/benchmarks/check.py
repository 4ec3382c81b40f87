"""Checks a second against a 100,000-word source, beside rapidfuzz on the same pairs.

Run it with ``python -m tests.benchmarks.check`` from the repository root. The source is a made-up
transcript; the quotes are stretches of it, half of them changed in a word, a tenth foreign. Both
tools answer the same pairs in the same run: ``SourceIndex.check`` (indexed once, time told apart)
and ``rapidfuzz.fuzz.partial_ratio_alignment``, which finds a place and a similarity but no verdict.
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


def _timed(check: Callable[[str], object], quotes: Sequence[str]) -> float:
    begun = time.perf_counter()
    for quote in quotes:
        check(quote)
    return (time.perf_counter() - begun) / len(quotes)


def main() -> int:
    """Prints the times."""
    rng = random.Random(1)
    source, turns = make_source(rng)
    quotes = make_quotes(turns, rng)
    begun = time.perf_counter()
    index = SourceIndex(source)
    indexing = time.perf_counter() - begun
    ours = _timed(index.check, quotes)
    theirs = _timed(lambda q: fuzz.partial_ratio_alignment(q, source), quotes[:FUZZY])
    sys.stdout.write(
        f"source: {WORDS} words, {len(source)} characters\n"
        f"indexing once:           {indexing:8.3f} s\n"
        f"quotecheck:              {ours * 1000:8.3f} ms a check, {1 / ours:8.0f} a second "
        f"({QUOTES} quotes)\n"
        f"partial_ratio_alignment: {theirs * 1000:8.3f} ms a pair,  {1 / theirs:8.1f} a second "
        f"(the first {FUZZY})\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Many articles through `pipe`: does memory stay flat?

    python -m tests.benchmarks.memory [--articles 10000] [--characters 600]

The articles are invented, no two alike, and made as they are asked for. Resident memory is sampled
every hundred articles; the result goes to docs/speed-memory.json, from which
``python -m tests.benchmarks.speed write`` makes plot and text. Linux only (/proc).
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from quotecheck import Pipeline
from tests.benchmarks.invented import article

OUT = Path(__file__).resolve().parents[2] / "docs" / "speed-memory.json"
EVERY = 100


def resident_mb() -> float:
    """Resident memory of this process now."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert match is not None
    return round(int(match[1]) / 1024, 1)


def stream(count: int, characters: int) -> Iterator[str]:
    """Invented articles of random length and cast."""
    for number in range(count):
        chance = Random(f"memory {number}")
        yield article(chance, chance.randint(characters // 2, characters * 3 // 2), 4)


def main() -> None:
    """Runs the articles through and writes the samples."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--characters", type=int, default=600, help="mean length of an article")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    begun, attributions = time.monotonic(), 0
    samples: list[tuple[int, float]] = []
    texts = stream(options.articles, options.characters)
    for number, analysis in enumerate(Pipeline().pipe(texts), start=1):
        attributions += len(analysis.attributions)
        if number % EVERY == 0 or number == options.articles:
            samples.append((number, resident_mb()))
            if number % (EVERY * 10) == 0:
                print(f"{number} articles, {samples[-1][1]} MB, {time.monotonic() - begun:.0f} s")
    warming = max(EVERY, options.articles // 10)
    steady = [sample for sample in samples if sample[0] >= warming]
    slope = 0.0
    if len(steady) > 1:
        slope = statistics.linear_regression(*zip(*steady, strict=True)).slope
    result = {
        "articles": options.articles,
        "characters_an_article": options.characters,
        "attributions": attributions,
        "seconds": round(time.monotonic() - begun),
        "warming": warming,
        "mb_after_warming": steady[0][1],
        "mb_at_end": samples[-1][1],
        "mb_peak": max(mb for _, mb in samples),
        "kb_growth_an_article": round(1024 * slope, 3),
        "samples": samples,
    }
    options.out.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print({name: value for name, value in result.items() if name != "samples"})


if __name__ == "__main__":
    main()

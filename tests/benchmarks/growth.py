"""Does the time for a text grow with its length? Seconds and memory from 5,000 characters on.

    python -m tests.benchmarks.growth [--sizes 5000 50000 1000000] [--speakers 40] [--files F ...]

Every size runs in a process of its own, so that peak memory is that of one text. Seconds are
processor time of all threads, which says little about speed on a busy machine but keeps sizes
comparable. The growth exponent is the slope of log seconds over log characters: 1 is linear, 2
quadratic. Linux only (/proc).
"""

from __future__ import annotations

import argparse
import json
import math
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

from tests.benchmarks.invented import article

SIZES = (5_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
#: Short texts are repeated until so many characters have been read, for a steady figure.
LEAST = 20_000


def text_of(size: int, speakers: int, files: Sequence[Path]) -> str:
    """An invented article, or the files one after another, repeated as often as it takes."""
    if not files:
        return article(Random(size), size, speakers)[:size]
    joined = "\n\n".join(f.read_text(encoding="utf-8").strip() for f in files) + "\n\n"
    return (joined * (size // len(joined) + 1))[:size]


def measure(size: int, speakers: int, files: Sequence[Path]) -> dict[str, float]:
    """Reads a text in this process; returns processor seconds, peak megabytes and counts."""
    from quotecheck import Pipeline

    pipeline, text = Pipeline(), text_of(size, speakers, files)
    pipeline.analyze(text[:2000])  # loads the models
    rounds = max(1, LEAST // size)
    begun = time.process_time()
    for _ in range(rounds):
        analysis = pipeline.analyze(text)
    seconds = (time.process_time() - begun) / rounds
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text(encoding="ascii"))
    assert peak is not None
    return {
        "characters": len(text),
        "words": len(text.split()),
        "seconds": seconds,
        "peak_mb": int(peak[1]) / 1024,
        "attributions": len(analysis.attributions),
    }


def main() -> None:
    """Runs one process a size and prints the table and the exponent."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--speakers", type=int, default=40)
    parser.add_argument("--files", type=Path, nargs="+", default=[], help="UTF-8 texts to join")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(options.sizes[0], options.speakers, options.files)))
        return
    print("| characters | words | seconds | ms a word | peak MB | attributions |")
    print("|---:|---:|---:|---:|---:|---:|")
    rows = []
    for size in options.sizes:
        command = [sys.executable, "-m", "tests.benchmarks.growth", "--one", "--sizes", str(size)]
        command += ["--speakers", str(options.speakers)]
        command += ["--files", *map(str, options.files)] if options.files else []
        found = subprocess.run(command, check=True, capture_output=True, text=True)
        row = json.loads(found.stdout)
        rows.append(row)
        cost = 1000 * row["seconds"] / row["words"]
        print(
            f"| {row['characters']:,} | {row['words']:,} | {row['seconds']:.2f} | {cost:.2f} "
            f"| {row['peak_mb']:.0f} | {row['attributions']:,} |",
            flush=True,
        )
    if len(rows) > 1:
        logs = [(math.log(row["characters"]), math.log(row["seconds"])) for row in rows]
        slope = statistics.linear_regression(*zip(*logs, strict=True)).slope
        print(f"\nGrowth exponent {slope:.3f} (1 is linear).")


if __name__ == "__main__":
    main()

"""The long run: ``python -m tests.fuzz --seed 1 --count 2000 --seconds 600``.

Every text goes through the whole pipeline with the bundled weights, through `check`, segmentation,
the scanner, names, locking, the codec and the output formats; see `tests.fuzz.invariants` for what
must hold. A failure prints the seed and number that make the text again, what was violated and a
shrunken text; the exit status is then 1.

``--articles DIR`` mutates the text files of a folder at random instead.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random

from tests.fuzz.invariants import Run
from tests.fuzz.shrinking import shrink
from tests.fuzz.texts import Case, make, mutated

BATCH = 16
#: Seconds between two lines of progress.
SHOW_EVERY = 60


def main() -> int:
    """Runs until the count or the time is used up."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000, help="how many texts")
    parser.add_argument("--start", type=int, default=0, help="number of the first text")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after this time")
    parser.add_argument("--articles", type=Path, metavar="DIR", help="mutate the .txt files there")
    parser.add_argument("--most", type=int, default=10, help="failures to report before stopping")
    parser.add_argument("--json", type=Path, metavar="FILE", help="add what was done to this list")
    options = parser.parse_args()
    run = Run(seed=options.seed)
    numbers = range(options.start, options.start + options.count)
    source = _articles(options.articles, options.seed, numbers) if options.articles else None
    cases = source or ((number, make(options.seed, number)) for number in numbers)
    begun, shown, done, characters, failed = time.monotonic(), 0.0, 0, 0, 0
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):  # the batch in hand is finished and counted
        signal.signal(number, lambda received, _: stopped.append(received))
    kinds: Counter[str] = Counter()
    while batch := list(islice(cases, BATCH)):
        for (number, case), found in zip(batch, run.batch([c for _, c in batch]), strict=True):
            if found:
                failed += 1
                _report(run, options.seed, number, case, found)
        done += len(batch)
        kinds.update(case.kind for _, case in batch)
        characters += sum(len(case.text) for _, case in batch)
        seconds = time.monotonic() - begun
        if seconds > shown + SHOW_EVERY:
            shown = seconds
            print(f"{done} texts, {characters} characters, {seconds:.0f} s, {failed} failed")
            sys.stdout.flush()
        if stopped or seconds > options.seconds or failed >= options.most:
            break
    summary = {
        "seed": options.seed,
        "first": options.start,
        "texts": done,
        "characters": characters,
        "kinds": dict(sorted(kinds.items())),
        "seconds": round(time.monotonic() - begun, 1),
        "failed": failed,
    }
    print(json.dumps(summary))
    if options.json:
        runs = json.loads(options.json.read_text("utf-8")) if options.json.exists() else []
        text = json.dumps([*runs, summary], indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return 1 if failed else 0


def _articles(folder: Path, seed: int, numbers: range) -> Iterator[tuple[int, Case]]:
    paths = sorted(folder.rglob("*.txt"))
    if not paths:
        raise SystemExit(f"no .txt files below {folder}")
    for number in numbers:
        path = paths[number % len(paths)]
        text = path.read_bytes().decode("utf-8", "surrogateescape")
        yield number, Case(kind="real", text=mutated(text, Random(f"{seed}:{number}")))


def _report(run: Run, seed: int, number: int, case: Case, found: list[str]) -> None:
    print(f"FAILED --seed {seed} --start {number} --count 1 ({case.kind})")
    for line in found[:5]:
        print("  ", line[:400])
    head = _head(found[0])

    def fails(text: str) -> bool:
        known = Case(kind=case.kind, text=text)
        return any(_head(line) == head for line in run.one(known))

    small = shrink(case.text, fails) if fails(case.text) else case.text
    print(f"   shrunken to {len(small)} characters: {small[:500]!r}")
    sys.stdout.flush()


def _head(line: str) -> str:
    """What kind of failure it is: stage, and error and place of an exception."""
    stage, _, rest = line.partition(": ")
    kind = rest.split(":", 1)[0] if " at " in rest else ""
    return f"{stage}:{kind}:{rest.rpartition(' at ')[2] if kind else rest[:8]}"


if __name__ == "__main__":
    sys.exit(main())

"""``python -m tests.accuracy [--corpus] [--build] [--update [--allow-regression]]``."""

from __future__ import annotations

import argparse
import json
import sys

from tests.accuracy import corpus
from tests.accuracy.building import rebuild
from tests.accuracy.gate import FLOORS, below, measured_now, update


def main() -> int:
    """Returns 0 when no figure falls, 1 when one does."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=__doc__)
    parser.add_argument("--build", action="store_true", help="write the set from marked/ first")
    parser.add_argument("--update", action="store_true", help="write the floors anew")
    parser.add_argument(
        "--allow-regression",
        action="store_true",
        help="with --update: also when a floor falls or the set has changed",
    )
    parser.add_argument("--corpus", action="store_true", help="on the corpus of ../shared")
    options = parser.parse_args()
    if options.build:
        rebuild()
    file = corpus.FLOORS if options.corpus else FLOORS
    measured = corpus.measured_now() if options.corpus else measured_now()
    floors = json.loads(file.read_text("utf-8"))["floors"] if file.exists() else {}
    for name, value in measured.items():
        print(f"{name:<24}{value:>6.1f}   floor {floors.get(name, '-')}")
    if options.update:
        mark = corpus.fingerprint() if options.corpus else None
        how = {"allow_regression": options.allow_regression, "mark": mark}
        complaints = update(measured, floors_file=file, **how)
        print("\n".join(["not written:", *complaints]) if complaints else f"written: {file.name}")
    else:
        complaints = below(measured, floors, 0.0)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

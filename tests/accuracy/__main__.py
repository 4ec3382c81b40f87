"""``python -m tests.accuracy [--build] [--update [--allow-regression]]``."""

from __future__ import annotations

import argparse
import json
import sys

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
    options = parser.parse_args()
    if options.build:
        rebuild()
    measured = measured_now()
    floors = json.loads(FLOORS.read_text("utf-8"))["floors"] if FLOORS.exists() else {}
    for name, value in measured.items():
        print(f"{name:<24}{value:>6.1f}   floor {floors.get(name, '-')}")
    if options.update:
        complaints = update(measured, allow_regression=options.allow_regression)
        print("\n".join(["not written:", *complaints]) if complaints else f"written: {FLOORS.name}")
    else:
        complaints = below(measured, floors, 0.0)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())

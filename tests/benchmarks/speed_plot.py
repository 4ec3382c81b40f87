"""Draws the plots of docs/speed.md; needs matplotlib, nothing of quotecheck.

python speed_plot.py docs/speed.json docs/speed-memory.json docs
"""

from __future__ import annotations

import json
import statistics
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "quotecheck"  # the same file for the same figures
from matplotlib import pyplot  # noqa: E402 - the backend comes first

OURS, OTHERS = "#1b6ca8", "#9a9a9a"


def save(figure: Any, path: Path) -> None:
    """Writes an SVG file without a date."""
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})
    pyplot.close(figure)


def draw_peers(systems: dict[str, Any], path: Path) -> None:
    """Speed against accuracy, a dot a system."""
    figure, axes = pyplot.subplots(figsize=(6, 3.6))
    for name, one in systems.items():
        speed = max(statistics.median(one[f"words_a_second_{n}"]) for n in (1, 2))
        f1 = one["accuracy"]["found"]["F1"]
        axes.scatter([speed], [f1], s=70, color=OURS if name == "quotecheck" else OTHERS)
        axes.annotate(name, (speed, f1), xytext=(8, 4), textcoords="offset points")
    axes.set(xlabel="words a second, two cores", ylabel="attributions found, F1", ylim=(0, 100))
    axes.set_xlim(left=0)
    axes.margins(x=0.25)
    axes.grid(alpha=0.3)
    save(figure, path)


def draw_growth(growth: dict[str, Any], path: Path) -> None:
    """Milliseconds a word by length and by number of speakers."""
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8, 3.2), sharey=True)
    for axes, rows, key in (
        (left, growth["lengths"], "characters"),
        (right, growth["speakers"], "speakers"),
    ):
        axes.plot([row[key] for row in rows], [row["ms_a_word"] for row in rows], "o-", color=OURS)
        axes.set(xscale="log", xlabel=key, ylim=(0, None))
        axes.grid(alpha=0.3)
    left.set_ylabel("milliseconds a word")
    save(figure, path)


def draw_memory(memory: dict[str, Any], path: Path) -> None:
    """Resident memory over the articles."""
    figure, axes = pyplot.subplots(figsize=(7, 3))
    axes.plot([n for n, _ in memory["samples"]], [mb for _, mb in memory["samples"]], color=OURS)
    axes.set(xlabel="articles", ylabel="resident memory, MB", ylim=(0, None))
    axes.grid(alpha=0.3)
    save(figure, path)


def main() -> None:
    """Draws what there are results for."""
    results, memory, docs = (Path(argument) for argument in sys.argv[1:4])
    result = json.loads(results.read_text(encoding="utf-8"))
    if "peers" in result:
        draw_peers(result["peers"]["systems"], docs / "speed-peers.svg")
    if "growth" in result:
        draw_growth(result["growth"], docs / "speed-growth.svg")
    if memory.exists():
        draw_memory(json.loads(memory.read_text(encoding="utf-8")), docs / "speed-memory.svg")


if __name__ == "__main__":
    main()

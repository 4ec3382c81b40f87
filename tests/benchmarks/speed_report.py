"""The tables of docs/speed.md and its plots, from what the benchmarks measured."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
from pathlib import Path
from typing import Any

__all__ = ["write_page"]

PLOT = Path(__file__).with_name("speed_plot.py")
NAMES = {
    "quotecheck": "quotecheck",
    "textacy": "textacy on spaCy small",
    "sayswho": "sayswho’s finder on spaCy small",
}


def write_page(results: Path, docs: Path, python: str) -> None:
    """Puts the tables between the page's markers, and draws the plots.

    Args:
        results: docs/speed.json.
        docs: the folder of the page.
        python: an interpreter that has matplotlib.
    """
    result = json.loads(results.read_text(encoding="utf-8"))
    memory_file = docs / "speed-memory.json"
    memory = json.loads(memory_file.read_text("utf-8")) if memory_file.exists() else None
    fuzz_file = docs / "speed-fuzz.json"
    fuzz = json.loads(fuzz_file.read_text("utf-8")) if fuzz_file.exists() else []
    tables = {
        "machine": _machine(result),
        "peers": _peers(result) + _image(result.get("peers"), "peers", "Speed and accuracy"),
        "stages": _stages(result),
        "growth": _growth(result)
        + _image(result.get("growth"), "growth", "Milliseconds a word by length and by speakers"),
        "cold": _cold(result),
        "fuzz": _fuzz(fuzz),
        "memory": _memory(memory) + _image(memory, "memory", "Resident memory over the articles"),
    }
    page = docs / "speed.md"
    text = page.read_text(encoding="utf-8")
    for name, table in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        text = re.sub(
            f"{begin}.*?{end}",
            lambda _, b=begin, t=table, e=end: f"{b}{t}\n{e}",
            text,
            flags=re.DOTALL,
        )
    page.write_text(text, encoding="utf-8", newline="\n")
    subprocess.run([python, str(PLOT), str(results), str(memory_file), str(docs)], check=True)


def _image(measured: object, name: str, what: str) -> str:
    return f"\n\n![{what}](speed-{name}.svg)" if measured else ""


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _machine(result: dict[str, Any]) -> str:
    known = result["machine"]
    return (
        f"Measured on {known['date']}: {known['cores']} cores of a shared virtual machine, "
        f"{'with' if known['vnni'] else 'without'} VNNI, Python {known['python']}, load average "
        f"{known['load_before']} before the run."
    )


def _peers(result: dict[str, Any]) -> str:
    if "peers" not in result:
        return "Not measured."
    peers = result["peers"]
    rows = []
    ours = peers["systems"]["quotecheck"]
    for name, one in peers["systems"].items():
        found, kinds = one["accuracy"]["found"], one["accuracy"]["recall_by_kind"]
        rows.append(
            (
                f"{NAMES[name]}",
                _speed(one["words_a_second_1"]),
                _speed(one["words_a_second_2"]),
                f"{found['P']} / {found['R']} / **{found['F1']}**",
                f"{one['accuracy']['found_with_source']['F1']}",
                f"{kinds['direct']} / {kinds['mixed']} / {kinds['indirect']}",
                one["articles_lost"],
                one["peak_mb"],
            )
        )
    head = (
        "system",
        "words/s, one process",
        "words/s, two processes",
        "found P / R / F1",
        "with source F1",
        "recall direct / mixed / indirect",
        "articles lost",
        "peak MB",
    )
    ratios = [
        f"{_best(ours) / _best(one):.2f} times {NAMES[name]}"
        for name, one in peers["systems"].items()
        if name != "quotecheck"
    ]
    versions = ", ".join(one["version"] for one in peers["systems"].values())
    return (
        f"{peers['articles']} articles, {peers['words']:,} words, {peers['rounds']} rounds in "
        f"turns; each figure is the median, with the slowest and the fastest round.\n\n"
        f"{_table(head, rows)}\n\n"
        + (
            f"Each in its faster way, quotecheck runs at {' and '.join(ratios)}.\n"
            if ratios
            else ""
        )
        + f"\nVersions: {versions}."
    )


def _speed(values: list[int]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,} to {max(values):,})"


def _best(one: dict[str, Any]) -> float:
    return max(statistics.median(one[f"words_a_second_{n}"]) for n in (1, 2))


def _stages(result: dict[str, Any]) -> str:
    if "stages_ms_a_thousand_words" not in result:
        return "Not measured."
    spent = result["stages_ms_a_thousand_words"]
    whole = sum(spent.values())
    rows = [
        (name, f"{value:.0f}", f"{100 * value / whole:.0f} %")
        for name, value in sorted(spent.items(), key=lambda item: -item[1])
    ]
    return _table(("stage", "ms a thousand words", "share"), [*rows, ("all", f"{whole:.0f}", "")])


def _growth(result: dict[str, Any]) -> str:
    if "growth" not in result:
        return "Not measured."
    grown = result["growth"]
    lengths = [
        (f"{row['characters']:,}", f"{row['words']:,}", row["seconds"], row["ms_a_word"])
        for row in grown["lengths"]
    ]
    speakers = [(row["speakers"], row["seconds"], row["ms_a_word"]) for row in grown["speakers"]]
    return (
        f"{_table(('characters', 'words', 'seconds', 'ms a word'), lengths)}\n\n"
        f"Time grows with the length to the power of {grown['exponent']} (1 is linear); a word at "
        f"200,000 characters takes {grown['ratio_200000_to_5000']} times as long as at 5,000.\n\n"
        f"{_table(('speakers in 50,000 characters', 'seconds', 'ms a word'), speakers)}"
    )


def _cold(result: dict[str, Any]) -> str:
    if "cold_start" not in result:
        return "Not measured."
    rows = [(name, f"{statistics.median(s):.2f}") for name, s in result["cold_start"].items()]
    return _table(("from nothing to the answer for one article", "seconds"), rows)


def _memory(memory: dict[str, Any] | None) -> str:
    if memory is None:
        return "Not measured."
    return (
        f"{memory['articles']:,} articles of about {memory['characters_an_article']:,} characters "
        f"through `pipe`: {memory['mb_after_warming']} MB after the first {memory['warming']:,}, "
        f"{memory['mb_at_end']} MB at the end, {memory['mb_peak']} MB at most; "
        f"{memory['kb_growth_an_article']} kB of growth an article by a straight line through the "
        f"rest."
    )


def _fuzz(runs: list[dict[str, Any]]) -> str:
    if not runs:
        return "Not measured."
    rows = []
    for run in runs:
        last = run["first"] + run["texts"] - 1
        real = set(run["kinds"]) == {"real"}
        rows.append(
            (
                "real articles, mutated" if real else "generated",
                f"{run['seed']}, {run['first']:,} to {last:,}",
                f"{run['texts']:,}",
                f"{run['characters']:,}",
                run["failed"],
            )
        )
    return _table(("texts", "seed and numbers", "how many", "characters", "failed"), rows)

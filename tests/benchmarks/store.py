"""How fast the store takes articles and answers questions, and how large it gets.

    python tests/benchmarks/store.py [--articles 1000] [--store PATH-OR-URL]

The articles are made up by program: 25 attributions each, 200 people of very unequal fame who go by
full names, initials and bare family names, one quote in five cut out of an earlier article's.
Wall-clock and processor seconds are both printed: on a busy machine only the second tells.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from quotecheck.store import SpeakerStore
from quotecheck.testing import build, said

GIVEN = ["Mara", "Karl", "Ada", "Bo", "Nuria", "Ivo", "Lena", "Tomas", "Ruth", "Sven"]
FAMILY = [a + b for a in ("Quis", "Vel", "Tar", "Ros", "Hol") for b in ("t", "ling", "rant", "en")]
WORDS = """
the port will close before winter storms and nobody in this town has asked us whether new jobs can
come from the mill or the harbour while prices rise every month for families
""".split()  # noqa: SIM905 - a word list


def make(number: int, chance: random.Random, said_before: list[str]):
    """An invented article of 25 attributions."""
    parts, what = [], []
    for _ in range(25):
        rank = min(int(chance.paretovariate(0.6)), 200) - 1
        name = f"{GIVEN[rank % 10]} {FAMILY[rank // 10 % 20]}"
        if chance.random() < 0.2 and said_before:
            words = chance.choice(said_before).split()
            start = chance.randrange(max(1, len(words) - 9))
            quote = " ".join(words[start : start + 9])
        else:
            quote = " ".join(chance.choices(WORDS, k=chance.randrange(6, 30)))
            said_before.append(quote)
        parts.append(f"“{quote},” said {name}.")
        what.append(said(f"“{quote},”", cue="said", source=name))
    return build("\n\n".join(parts), *what, url=f"https://outlet{number % 7}.example/{number}",
                 published=f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}")  # fmt: skip


def timed(what: str, run: Callable[[], object], repeat: int = 5) -> None:
    """Prints the best of several runs."""
    best_wall = best_cpu = float("inf")
    for _ in range(repeat):
        wall, cpu = time.perf_counter(), time.process_time()
        run()
        best_wall = min(best_wall, time.perf_counter() - wall)
        best_cpu = min(best_cpu, time.process_time() - cpu)
    print(f"{what}: {1000 * best_wall:.1f} ms, {1000 * best_cpu:.1f} ms of processor time")


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--store")
    parser.add_argument("--batch", type=int, default=100)
    options = parser.parse_args()
    chance = random.Random(1)
    before: list[str] = []
    analyses = [make(n, chance, before) for n in range(options.articles)]
    with tempfile.TemporaryDirectory() as folder:
        where = options.store or str(Path(folder, "store.db"))
        with SpeakerStore(where) as store:
            wall, cpu = time.perf_counter(), time.process_time()
            store.add_many(analyses, batch_size=options.batch)
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            count = options.articles
            print(f"{count} articles, {25 * count} attributions: {count / wall:.1f} articles a "
                  f"second, {count / cpu:.1f} a second of processor time")  # fmt: skip
            if not options.store:
                size = Path(where).stat().st_size
                print(f"database: {size / 1e6:.1f} MB, {size / count / 1e3:.1f} kB an article")
            famous = store.speakers()[0]
            rare = store.speakers()[-1]
            text = " ".join(before[7].split()[:3])
            timed("find a name", lambda: store.find(famous.name))
            timed("quotes of the most quoted, first 100",
                  lambda: store.quotes(speaker=famous, limit=100))  # fmt: skip
            timed("quotes of the least quoted", lambda: store.quotes(speaker=rare))
            timed("text search, first 100", lambda: store.quotes(text=text, limit=100))
            timed("speaker, words and dates",
                  lambda: store.quotes(speaker=famous, text="port winter", since="2026-03-01",
                                       until="2026-06-30", limit=100))  # fmt: skip
            timed("timeline", lambda: store.timeline(famous))
            timed("statistics by outlet", lambda: store.stats(("outlet",)))
            timed("statistics by speaker", lambda: store.stats())
            timed("all speakers", lambda: store.speakers(), repeat=3)
            timed("10 quote groups", lambda: store.groups(limit=10), repeat=3)
            timed("review", lambda: store.review(), repeat=3)


if __name__ == "__main__":
    main()

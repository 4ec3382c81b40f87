"""Who speaks in novels: PDNC (Vishnubhotla et al., 2022), for evaluation; never trained on.

    python tests/benchmarks/pdnc.py [--model quotecheck/models/en] [NOVEL ...]

A quotation counts as attributed when an attribution of the product, read from the plain text,
covers half of it, and as right when that attribution's speaker bears a name or alias of the gold
character. Prints, by quote type (explicit: a name beside it; anaphoric: a pronoun or description;
implicit: nothing), how many are found, and how many are right of all and of the found. Needs the
corpora folder ``shared`` beside the repository.
"""

from __future__ import annotations

import argparse
import ast
import csv
from bisect import bisect_left
from collections import Counter
from pathlib import Path

from quotecheck.names import match_names
from quotecheck.pipeline import Pipeline

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "pdnc"
#: Three short novels of three writers.
NOVELS = ("AlicesAdventuresInWonderland", "WhereAngelsFearToTread", "TheSportOfTheGods")


def characters(folder: Path) -> dict[str, set[str]]:
    """Returns each character's names."""
    with (folder / "character_info.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["Main Name"]: {row["Main Name"], *ast.literal_eval(row["Aliases"])}
            for row in csv.DictReader(file)
        }


def same(guess: str, names: set[str], others: set[str]) -> bool:
    """Whether the guess names this character and no other one as well."""
    low = {n.casefold() for n in names}
    if guess.casefold() in low:
        return True
    if guess.casefold() in {n.casefold() for n in others}:
        return False
    return any(match_names(guess, n).verdict in ("same", "compatible") for n in names)


def judged(pipeline: Pipeline, novel: str) -> Counter[tuple[str, str]]:
    """Returns counts of (quote type, all | found | named | right) of a novel."""
    folder = DATA / novel
    text = (folder / "novel_text.txt").read_text(encoding="utf-8")
    known = characters(folder)
    spans = sorted(
        (s.start, s.end, a.speaker.name if a.speaker else "")
        for a in pipeline.analyze(text).attributions
        for s in a.content
    )
    starts = [s for s, _, _ in spans]
    counts: Counter[tuple[str, str]] = Counter()
    with (folder / "quotation_info.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        pieces = ast.literal_eval(row["quoteByteSpans"])
        size = sum(e - s for s, e in pieces)
        cover: Counter[str] = Counter()
        for start, end in pieces:
            at = bisect_left(starts, end)
            for s, e, name in spans[max(0, at - 12) : at]:
                cover[name] += max(0, min(e, end) - max(s, start))
        kind = row["quoteType"].lower()
        counts[kind, "all"] += 1
        if sum(cover.values()) * 2 < size:
            continue
        counts[kind, "found"] += 1
        name = cover.most_common(1)[0][0]
        names = known.get(row["speaker"], {row["speaker"]})
        others = set().union(*(v for k, v in known.items() if k != row["speaker"]))
        counts[kind, "named"] += bool(name)
        counts[kind, "right"] += bool(name) and same(name, names, others)
    return counts


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="en")
    parser.add_argument("novels", nargs="*", default=NOVELS)
    args = parser.parse_args()
    pipeline = Pipeline(args.model)
    total: Counter[tuple[str, str]] = Counter()
    for novel in [*args.novels, "all"]:
        counts = total if novel == "all" else judged(pipeline, novel)
        if novel != "all":
            total.update(counts)
        for kind in ("explicit", "anaphoric", "implicit"):
            every, found, named, right = (
                counts[kind, k] for k in ("all", "found", "named", "right")
            )
            print(
                f"{novel:30} {kind:10} {every:5} found {100 * found / max(1, every):5.1f} named "
                f"{100 * named / max(1, every):5.1f} right {100 * right / max(1, every):5.1f} "
                f"of named {100 * right / max(1, named):5.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()

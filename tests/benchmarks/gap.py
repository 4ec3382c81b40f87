"""GAP (Webster et al., 2018): does the product's chain of a pronoun hold the right name?

    python tests/benchmarks/gap.py [--model FOLDER] [--rules] [--file gap-validation.tsv]

A candidate counts as named when the chain with the pronoun has a mention that overlaps it. Prints
F1 over both candidates of all examples, for masculine and feminine pronouns, and their ratio (bias;
1 is even), as the paper defines them. The test split is not read. Needs the corpora folder
``shared`` beside the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from coreference import DATA, without_scores

from quotecheck.pipeline import Pipeline
from quotecheck.speakers import resolve
from quotecheck.training.coref_corpora import GapExample, read_gap

FEMININE = frozenset({"she", "her", "hers", "herself"})


def answers(pipeline: Pipeline, example: GapExample) -> tuple[bool, bool]:
    """Returns whether the pronoun's chain holds each of the two names."""
    for entity in pipeline.analyze(example.text).entities:
        spans = [(m.start, m.end) for m in entity.mentions]
        if example.pronoun in spans:
            first, second = (
                any(s < e2 and s2 < e for s, e in spans)
                for s2, e2 in (example.first, example.second)
            )
            return first, second
    return False, False


def f1(counts: Counter[str]) -> float:
    """Returns F1 in per cent."""
    return 100 * 2 * counts["tp"] / max(1, 2 * counts["tp"] + counts["fp"] + counts["fn"])


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="en")
    parser.add_argument("--rules", action="store_true", help="without the learned head")
    parser.add_argument("--file", default="gap-validation.tsv")
    parser.add_argument("--errors", type=int, default=0)
    args = parser.parse_args()
    pipeline = Pipeline(args.model, resolver=without_scores if args.rules else resolve)
    counts: dict[str, Counter[str]] = {k: Counter() for k in ("all", "m", "f")}
    shown = 0
    for example in read_gap(DATA / "gap" / args.file):
        found = answers(pipeline, example)
        gender = "f" if example.text[slice(*example.pronoun)].lower() in FEMININE else "m"
        for guess, right in zip(found, example.answers, strict=True):
            cell = ("tp" if right else "fp") if guess else ("fn" if right else "tn")
            counts["all"][cell] += 1
            counts[gender][cell] += 1
        if found != example.answers and shown < args.errors:
            shown += 1
            print(example.name, found, example.answers, example.text, sep="\n  ")
    for key, value in counts.items():
        print(key, round(f1(value), 1), dict(value))
    print("bias F/M", round(f1(counts["f"]) / max(1e-9, f1(counts["m"])), 2))


if __name__ == "__main__":
    main()

"""Coreference chains that the product builds, against OntoGUM's dev split: CoNLL F1.

    python tests/benchmarks/coreference.py [--model quotecheck/models/en] [--rules]

MUC, B3 and CEAFe over all documents by scorch, whose figures are those of the reference scorer
(Pradhan et al., 2014); chains of one mention are left out, as OntoGUM does. Every genre is read,
the non-commercial ones too: nothing is trained here. quotecheck builds chains of people, bodies and
documents only and marks names without their titles, so two figures are given: with exact spans, and
with a mention counted as the gold mention of the same head ("head"). ``--rules`` leaves the learned
head out. Needs ``pip install scorch`` and the corpora folder ``shared`` beside the repository.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from quotecheck.pipeline import Pipeline
from quotecheck.speakers import Resolution, resolve
from quotecheck.training.coref_corpora import CorefDocument, read_ontogum
from quotecheck.training.coref_record import nearest_mention

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
Chain = set[tuple[str, int, int]]


def without_scores(article, quotations, names, attributions, **named) -> Resolution:
    """Resolves by rules alone."""
    named.pop("coreference", None)
    return resolve(article, quotations, names, attributions, **named)


def chains(pipeline: Pipeline, document: CorefDocument) -> list[list[tuple[int, int]]]:
    """Returns the chains of the product, as spans."""
    analysis = pipeline.analyze(document.text)
    return [[(m.start, m.end) for m in e.mentions] for e in analysis.entities]


def scored(
    document: CorefDocument, found: Sequence[Sequence[tuple[int, int]]], *, head: bool
) -> list[Chain]:
    """Returns the product's chains with the document's name on every mention."""
    near = nearest_mention(document)
    out: list[Chain] = []
    taken: set[tuple[int, int]] = set()
    for chain in found:
        made: Chain = set()
        for span in chain:
            best = (near(span) or span) if head else span
            if best in taken:
                continue
            taken.add(best)
            made.add((document.name, *best))
        if len(made) > 1:
            out.append(made)
    return out


def figures(key: list[Chain], response: list[Chain]) -> dict[str, float]:
    """Returns F1 by MUC, B3 and CEAFe, and their mean."""
    from scorch.scores import b_cubed, ceaf_e, muc

    each = {
        n: 100 * f(key, response)[2] for n, f in (("MUC", muc), ("B3", b_cubed), ("CEAFe", ceaf_e))
    }
    each["CoNLL"] = sum(each.values()) / 3
    return {k: round(v, 1) for k, v in each.items()}


def gold(documents: Sequence[CorefDocument]) -> Iterator[Chain]:
    """Yields the chains of the corpus."""
    for document in documents:
        for cluster in document.clusters:
            if len(cluster) > 1:
                yield {(document.name, *span) for span in cluster}


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", default="en")
    parser.add_argument("--rules", action="store_true", help="without the learned head")
    args = parser.parse_args()
    pipeline = Pipeline(args.model, resolver=without_scores if args.rules else resolve)
    documents = list(read_ontogum(DATA, "dev", every_genre=True))
    begun = time.process_time()
    found = {d.name: chains(pipeline, d) for d in documents}
    print(f"{len(documents)} documents, {time.process_time() - begun:.0f} s of processor time")
    genres: dict[str, list[CorefDocument]] = defaultdict(list)
    for document in documents:
        genres["all"].append(document)
        genres[document.genre].append(document)
    for genre in ("all", "news", *sorted(set(genres) - {"all", "news"})):
        picked = genres[genre]
        key = list(gold(picked))
        for name, head in (("exact", False), ("head", True)):
            response = [c for d in picked for c in scored(d, found[d.name], head=head)]
            print(f"{genre:13} {name:6}", figures(key, response))


if __name__ == "__main__":
    main()

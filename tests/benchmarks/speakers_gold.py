"""How good is speaker resolution by itself: PolNeAR dev, gold attributions in, speakers out.

Reads the gold attributions (source, cue, content) as if a perfect decoder had made them, and names
from a stand-in recogniser (runs of capitals) or from a file, runs `quotecheck.speakers.resolve`
and scores with the shared scorer. Develop on one half of the articles and report on the other:

    python tests/benchmarks/speakers_gold.py --half 0 --errors 50
    python tests/benchmarks/speakers_gold.py --half 1
    python tests/benchmarks/speakers_gold.py --half 1 --decoded --model quotecheck/models/en
    python tests/benchmarks/speakers_gold.py --fit --model quotecheck/models/en

``--decoded`` takes the attributions that the model finds, as users get them. ``--fit`` writes
speaker_calibration.json: each rule's share of right answers on gold attributions, and, with a
model, how much the doubt about an attribution takes away (on decoded ones).

Needs the corpora folder ``shared`` beside the repository.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from speakers_fit import fit, fit_doubt, write_table
from speakers_standin import article_of, names_of, quotations_of

from quotecheck.evaluate.spans import paired
from quotecheck.records import Attribution, Span
from quotecheck.speakers import Resolution, resolve

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"


def scorer():
    """Returns the shared scoring module."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def half(name: str) -> int:
    """Returns 0 or 1: the half of the articles that ``name`` belongs to, by a hash."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2


def attributions_of(
    text: str, events: list[dict[str, list[tuple[int, int]]]], kind
) -> list[Attribution]:
    """Returns the gold attributions as records; those without content keep an empty one."""
    return [
        Attribution(
            id=f"A{i}",
            kind=kind(text, ev.get("Content", [])),
            content=tuple(Span.of(text, s, e) for s, e in ev.get("Content", [])),
            cue=tuple(Span.of(text, s, e) for s, e in ev.get("Cue", [])),
            source=tuple(Span.of(text, s, e) for s, e in ev.get("Source", [])),
        )
        for i, ev in enumerate(events)
    ]


def rows(gold, kind, inputs=None) -> tuple[dict[str, Resolution], dict[str, Resolution]]:
    """Returns every article's resolution on gold attributions and, with a model, on decoded ones.

    ``inputs`` gives what `resolve` reads.
    """
    out, decoded = {}, {}
    for doc, (text, events) in gold.items():
        article, quotations, names, found, scores = (
            inputs(text)
            if inputs
            else (article_of(text), quotations_of(text), names_of(text), None, None)
        )
        given = attributions_of(text, events, kind)
        out[doc] = resolve(article, quotations, names, given, coreference=scores)
        if found is not None:
            decoded[doc] = resolve(article, quotations, names, found, coreference=scores)
    return out, decoded


def encoder_inputs(model: str, learned: bool = True):
    """Returns a function that segments a text and finds its names with a model folder.

    It gives the scores of the folder's coreference head too, unless ``learned`` is off.
    """
    from quotecheck.pipeline import Pipeline

    kept = []

    def keep(article, quotations, names, attributions, coreference=None, **_):
        kept.append((article, quotations, names, attributions, coreference if learned else None))
        return Resolution(entities=(), attributions=tuple(attributions))

    pipeline = Pipeline(model, resolver=keep)

    def inputs(text: str):
        kept.clear()
        pipeline.analyze(text)
        return kept[0]

    return inputs


def predictions(results: dict[str, Resolution]):
    """Returns the resolutions in the scorer's form."""
    return {
        doc: [
            {
                "content": [[s.start, s.end] for s in a.content],
                "cue": [[s.start, s.end] for s in a.cue],
                "source": [[s.start, s.end] for s in a.source],
                "speaker": a.speaker.name if a.speaker else None,
                "confidence": a.confidence,
                "speaker_confidence": a.speaker_confidence,
                "parent": a.parent,
            }
            for a in r.attributions
        ]
        for doc, r in results.items()
    }


def judged(sc, gold, speakers, results):
    """Yields (doc, attribution, gold record, right) for every attribution with a gold speaker."""
    for doc, r in results.items():
        S = speakers.get(doc, {})
        for i, a in enumerate(r.attributions):
            rec = S.get(f"A{i}")
            if not rec or not rec.get("names"):
                continue
            others = {
                n
                for x in S.values()
                if x.get("names") and not set(x["names"]) & set(rec["names"])
                for n in x["names"]
            }
            guess = a.speaker.name if a.speaker else None
            yield doc, a, rec, sc.same(guess, rec["names"], rec["type"], others)


def judged_found(sc, gold, speakers, results):
    """Yields the same for decoded attributions, each matched with a gold one as the scorer does."""
    for doc, r in results.items():
        text, events = gold[doc]
        top = [a for a in r.attributions if a.parent is None]
        ours = [sc.chars(text, [(s.start, s.end) for s in a.content]) for a in top]
        theirs = [sc.chars(text, ev.get("Content", [])) for ev in events]
        matched = paired([*map(frozenset, theirs)], [*map(frozenset, ours)])
        ordered = [top[matched[i]] if i in matched else None for i in range(len(events))]
        none = Attribution(id="-", kind="indirect", content=())
        kept = [none if a is None else a for a in ordered]
        gold_like = {doc: Resolution(entities=(), attributions=tuple(kept))}
        yield from (row for row in judged(sc, gold, speakers, gold_like) if row[1].evidence)


def report_errors(judgements, limit: int) -> None:
    """Prints wrong answers with their evidence."""
    shown = 0
    for doc, a, rec, ok in judgements:
        if ok or shown >= limit:
            continue
        shown += 1
        src = " | ".join(s.text for s in a.source)
        step = a.evidence[0].step if a.evidence else "-"
        print(
            f"{doc[:28]:28} @{a.source[0].start if a.source else (a.content[0].start if a.content else 0):6} "  # noqa: E501
            f"[{src[:60]}] -> {a.speaker.name if a.speaker else None!s:.40} ({step} {a.speaker_confidence}) "  # noqa: E501
            f"cand={[c.name for c in a.candidates][:3]} GOLD {rec['type']} {rec['names'][:3]}"
        )


def steps(judgements) -> None:
    """Prints accuracy by rule."""
    table: dict[str, Counter] = defaultdict(Counter)
    for _, a, _, ok in judgements:
        step = a.evidence[0].step
        table[step]["n"] += 1
        table[step]["ok"] += ok
        table[step]["none"] += a.speaker is None
    for step, c in sorted(table.items(), key=lambda x: -x[1]["n"]):
        print(f"{step:22} {c['n']:5} right {100 * c['ok'] / c['n']:5.1f}  none {c['none']}")


def main() -> None:
    """Runs the harness."""
    ap = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ap.add_argument("--half", type=int, choices=(0, 1), help="only this half of the articles")
    ap.add_argument("--errors", type=int, default=0, help="print so many wrong answers")
    ap.add_argument("--model", help="a model folder: its names instead of the stand-in's")
    ap.add_argument("--rules", action="store_true", help="leave the learned scores out")
    ap.add_argument("--decoded", action="store_true", help="score what the model finds")
    ap.add_argument("--fit", action="store_true", help="fit the calibration table on half 0")
    args = ap.parse_args()
    sc = scorer()
    gold = sc.read_gold(str(SHARED / "data" / "polnear"), "dev")
    speakers = json.loads((SHARED / "data" / "polnear" / "speakers-dev.json").read_text())
    wanted = 0 if args.fit else args.half
    if wanted is not None:
        gold = {k: v for k, v in gold.items() if half(k) == wanted}
    begun = time.perf_counter()
    results, decoded = rows(
        gold, sc.kind, encoder_inputs(args.model, not args.rules) if args.model else None
    )
    took = time.perf_counter() - begun
    if args.fit:
        write_table(fit(judged(sc, gold, speakers, results)))
        if decoded:
            write_table(None, fit_doubt(judged_found(sc, gold, speakers, decoded)))
        return
    if args.decoded:
        results = decoded
    out = sc.score(gold, predictions(results), speakers)
    for key in out:
        if key.startswith(("who", "speaker", "wrong")):
            print(key, out[key])
    print(f"{took:.1f} s for {sum(len(t) for t, _ in gold.values())} characters")
    judge = judged_found if args.decoded else judged
    steps(judge(sc, gold, speakers, results))
    report_errors(judge(sc, gold, speakers, results), args.errors)


if __name__ == "__main__":
    sys.exit(main())

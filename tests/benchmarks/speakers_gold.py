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
import math
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from quotecheck.names import gender_of
from quotecheck.records import Article, Attribution, Block, NameMention, Quotation, Span
from quotecheck.speakers import Resolution, resolve
from quotecheck.speakers.cast import Reading
from quotecheck.speakers.confidence import _data as calibration
from quotecheck.speakers.confidence import confidence
from quotecheck.speakers.headnames import guess_label
from quotecheck.speakers.lexicon import lexicon, singular

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
_CAP = re.compile(
    r"(?:(?:[A-Z]\.)+|[A-Z][\w-]*)"
    r"(?:[ ](?:(?:of|for|the|on|de|la|von|van|bin)[ ])*(?:(?:[A-Z]\.)+|[A-Z][\w-]*))*"
)
_PLACES = frozenset(
    [
        "america",
        "u.s",
        "us",
        "usa",
        "united",
        "states",
        "china",
        "russia",
        "iran",
        "iraq",
        "syria",
        "israel",
        "japan",
        "france",
        "germany",
        "britain",
        "canada",
        "mexico",
        "north",
        "korea",
        "south",
        "korea",
        "ukraine",
        "turkey",
        "cuba",
        "india",
        "pakistan",
        "afghanistan",
        "libya",
        "texas",
        "florida",
        "ohio",
        "pennsylvania",
        "virginia",
        "california",
        "new",
        "york",
        "washington",
        "iowa",
        "michigan",
        "wisconsin",
        "colorado",
        "nevada",
        "arizona",
        "chicago",
        "manhattan",
        "brussels",
        "moscow",
        "berlin",
        "london",
        "paris",
        "philadelphia",
        "cleveland",
        "charlotte",
        "new",
        "hampshire",
        "north",
        "carolina",
        "minnesota",
        "georgia",
        "maryland",
        "massachusetts",
        "illinois",
        "indiana",
        "new",
        "jersey",
        "oklahoma",
        "burma",
        "hawaii",
        "europe",
        "asia",
        "africa",
        "d.c",
    ]
)
_NORPS = frozenset(
    [
        "democrat",
        "democrats",
        "republican",
        "republicans",
        "american",
        "americans",
        "african-american",
        "african-americans",
        "european",
        "europeans",
        "russian",
        "russians",
        "chinese",
        "german",
        "germans",
        "french",
        "british",
        "israeli",
        "muslim",
        "muslims",
        "christian",
        "christians",
        "jewish",
        "latino",
        "latinos",
        "hispanic",
        "hispanics",
        "libertarian",
        "libertarians",
        "democratic",
        "mexican",
        "mexicans",
        "black",
        "blacks",
        "conservative",
        "conservatives",
        "liberal",
        "liberals",
        "korean",
        "syrian",
        "iranian",
        "canadian",
        "islamic",
        "southern",
    ]
)
_NOT = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "aug",
        "sept",
        "oct",
        "nov",
        "dec",
        "i",
    ]
)
#: Cautious beliefs about rules before any article is seen; rare rules stay near them.
PRIORS = {
    "name": 0.95,
    "name-short": 0.85,
    "name-part": 0.8,
    "name-probable": 0.7,
    "acronym": 0.85,
    "nickname": 0.8,
    "surname": 0.95,
    "surname-dominant": 0.75,
    "surname-near": 0.7,
    "surname-misspelt": 0.75,
    "turn": 0.9,
    "author": 0.8,
    "first-person": 0.8,
    "second-person": 0.7,
    "pronoun": 0.75,
    "pronoun-it": 0.5,
    "pronoun-they": 0.5,
    "cataphora": 0.6,
    "relative": 0.7,
    "description": 0.85,
    "description-new": 0.6,
    "description-thing": 0.7,
    "description-vague": 0.6,
    "description-again": 0.75,
    "description-owned": 0.7,
    "description-title": 0.75,
    "description-near": 0.6,
    "description-main": 0.65,
    "description-focus": 0.5,
    "description-body": 0.7,
    "lede": 0.75,
    "lede-bare": 0.55,
    "group": 0.85,
    "group-part": 0.6,
    "pair": 0.6,
    "continuation": 0.9,
    "same-paragraph": 0.8,
    "introduced": 0.7,
    "standing-quotation": 0.65,
    "participle": 0.6,
    "beside-cue": 0.7,
    "alternation": 0.65,
    "other": 0.6,
}
#: How many articles' worth of answers a prior weighs, and the least answers in a bin.
WEIGHT, MIN_BIN = 12.0, 25
#: Rules that choose between figures which all fit are never sure, however well they did.
GUESSES = {
    *("surname-dominant", "surname-near", "surname-misspelt"),
    *("description-focus", "description-main", "lede-bare"),
}
GUESS_CEILING = 0.89
_FUNCTION = frozenset().union(
    *(lexicon().grammar[k] for k in ("determiners", "prepositions", "conjunctions", "auxiliaries")),
    lexicon().pronouns,
) | {
    "former",
    "after",
    "then",
    "there",
    "here",
    "also",
    "not",
    "no",
    "yes",
    "rival",
    "many",
    "some",
}


_OPENERS = frozenset(
    [
        "meanwhile",
        "even",
        "still",
        "yet",
        "now",
        "only",
        "just",
        "instead",
        "said",
        "did",
        "contrary",
        "rip",
        "says",
        "keeps",
        "ran",
    ]
)


def scorer():
    """Returns the shared scoring module."""
    spec = importlib.util.spec_from_file_location("score", SHARED / "eval" / "score.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def half(name: str) -> int:
    """Returns 0 or 1: the half of the articles that ``name`` belongs to, by a hash."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2


def article_of(text: str) -> Article:
    """Returns a rough segmentation: a block a line, the first one the headline."""
    blocks = [
        Block(start=m.start(), end=m.end(), kind="paragraph")
        for m in re.finditer(r"\S[^\n]*", text)
    ]
    if blocks:
        blocks[0] = Block(start=blocks[0].start, end=blocks[0].end, kind="headline")
    return Article(text=text, blocks=tuple(blocks))


def quotations_of(text: str) -> list[Quotation]:
    """Returns the double-quoted spans, paired within a line."""
    out = []
    for line in re.finditer(r"[^\n]+", text):
        open_at = None
        for m in re.finditer(r'["“”]', line[0]):
            at = line.start() + m.start()
            if open_at is None and m[0] != "”":
                open_at = at
            elif open_at is not None and m[0] != "“":
                out.append(
                    Quotation(start=open_at, end=at + 1, text=text[open_at : at + 1], role="speech")
                )
                open_at = None
        if open_at is not None:
            out.append(
                Quotation(
                    start=open_at,
                    end=line.end(),
                    text=text[open_at : line.end()],
                    closed=False,
                    role="speech",
                )
            )
    return out


def names_of(text: str) -> list[NameMention]:
    """Returns runs of capitalised words with guessed labels: a stand-in for the encoder."""
    headline = text.find("\n") if "\n" in text else 0
    # words that are capitalised inside a sentence, and given names, are name words anywhere
    lowered = set(re.findall(r"\b[a-z]+", text))
    inner = set(re.findall(r"(?<=[a-z,] )[A-Z][\w-]*", text[headline:]))
    out = []
    for m in _CAP.finditer(text):
        initial = m.start() < headline or re.search(
            r"(?:^|[.!?:—\n]|[\"“”])\s*$", text[: m.start()][-3:]
        )
        for start, end in _pieces(text, m, inner, lowered, m.start() < headline, bool(initial)):
            out.append(_labelled(text, start, end))
    return [n for n in out if n is not None]


def _pieces(text, m, inner: set[str], lowered: set[str], headline: bool, initial: bool):
    """Yields the spans of names in a run of capitals: roles and stray first words cut out."""
    lex = lexicon()
    words = [(w.start() + m.start(), w.end() + m.start()) for w in re.finditer(r"\S+", m[0])]
    piece: list[tuple[int, int]] = []
    for k, (s, e) in enumerate([*words, (-1, -1)]):
        word = text[s:e] if s >= 0 else ""
        low = word.lower().strip(".")
        known = word in inner or gender_of(f"{word} Quist") is not None or len(word.strip(".")) <= 3
        role = low in lex.titles or (singular(low) in lex.people and k + 1 < len(words))
        common = low in lowered or low.endswith(("ly", "ing")) or low in _OPENERS
        stray = (headline or (initial and k == 0)) and not known and common
        if word and word[0].islower() and not piece:
            continue
        if not word or role or stray or low in _NOT or (low in _FUNCTION and word[0].isupper()):
            while piece and text[piece[-1][0]].islower():
                piece.pop()
            if piece:
                yield piece[0][0], piece[-1][1]
            piece = []
        else:
            piece.append((s, e))


def _labelled(text: str, start: int, end: int) -> NameMention | None:
    lex = lexicon()
    piece = text[start:end]
    if text[end : end + 1] == "." and piece.endswith((" Jr", " Sr")):
        end += 1
    low = piece.lower().strip(".")
    if low in _PLACES:
        label = "place"
    elif low in _NORPS:
        label = "norp"
    else:
        titled = (
            text[max(0, start - 12) : start].strip().split(" ")[-1].lower().strip(".") in lex.titles
        )
        the = text[max(0, start - 4) : start].lower() == "the "
        label = guess_label(piece, titled=titled, article=the)
    return NameMention(start=start, end=end, label=label, score=0.7) if end > start else None


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


def fit(judgements) -> dict[str, list[list[float]]]:
    """Returns the calibration table: for each rule, upper bounds of its score and probabilities.

    Shares are shrunk towards the rule's prior; bins of one rule never fall with the score (pool
    adjacent violators).
    """
    seen: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for _, a, _, ok in judgements:
        if a.evidence[0].entity is not None:
            seen[a.evidence[0].step].append((a.evidence[0].score, ok))
    table = {}
    for step, pairs in sorted(seen.items()):
        prior = PRIORS.get(step, PRIORS["other"])
        size = max(MIN_BIN, len(pairs) // 6)
        bins: list[list[float]] = []
        for score in sorted({score for score, _ in pairs}):  # equal scores stay in one bin
            same = [ok for other, ok in pairs if other == score]
            if not bins or bins[-1][2] >= size:
                bins.append([score, 0.0, 0.0])
            bins[-1] = [score, bins[-1][1] + sum(same), bins[-1][2] + len(same)]
        if len(bins) > 1 and bins[-1][2] < size:
            upper, right, n = bins.pop()
            bins[-1] = [upper, bins[-1][1] + right, bins[-1][2] + n]
        pooled = _monotone(bins)
        table[step] = [
            [round(upper, 4), round((right + WEIGHT * prior) / (n + WEIGHT), 4)]
            for upper, right, n in pooled
        ]
        table[step][-1][0] = 1.0
        if step in GUESSES:
            table[step] = [[upper, min(p, GUESS_CEILING)] for upper, p in table[step]]
    for step, prior in PRIORS.items():
        table.setdefault(step, [[1.0, prior]])
    return table


def _monotone(bins: list[list[float]]) -> list[list[float]]:
    out: list[list[float]] = []
    for bin_ in bins:
        out.append(list(bin_))
        while len(out) > 1 and out[-2][1] / out[-2][2] >= out[-1][1] / out[-1][2]:
            upper, right, n = out.pop()
            out[-1] = [upper, out[-1][1] + right, out[-1][2] + n]
    return out


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
        pairs = sorted(
            (
                (len(g & q) / len(g | q), i, j)
                for i, g in enumerate(theirs)
                for j, q in enumerate(ours)
                if g & q
            ),
            reverse=True,
        )
        matched: dict[int, int] = {}
        for share, i, j in pairs:
            if share >= 0.5 and i not in matched and j not in matched.values():
                matched[i] = j
        ordered = [top[matched[i]] if i in matched else None for i in range(len(events))]
        none = Attribution(id="-", kind="indirect", content=())
        kept = [none if a is None else a for a in ordered]
        gold_like = {doc: Resolution(entities=(), attributions=tuple(kept))}
        yield from (row for row in judged(sc, gold, speakers, gold_like) if row[1].evidence)


def fit_doubt(judgements) -> float:
    """Returns how much of a speaker's probability the doubt about its attribution takes away.

    The share that makes the answers likeliest (a search in steps of 0.02).
    """
    seen = []
    for _, a, _, ok in judgements:
        entity = a.evidence[0].entity
        if a.speaker is not None and entity is not None:
            rule = confidence(Reading(0, a.evidence[0].step, a.evidence[0].score))
            seen.append((rule, (1.0 - a.confidence) ** 2, ok))

    def likelihood(share: float) -> float:
        found = ((min(rule, 0.999) * (1.0 - share * doubt), ok) for rule, doubt, ok in seen)
        return sum(math.log(p if ok else 1.0 - p) for p, ok in found)

    return max((n / 50 for n in range(50)), key=likelihood)


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


def write_table(table: dict[str, list[list[float]]] | None, doubt: float | None = None) -> None:
    """Writes the calibration that the package reads; what is None stays as it is."""
    path = ROOT / "quotecheck" / "data" / "speaker_calibration.json"
    known = json.loads(path.read_text())
    table = known["steps"] if table is None else table
    doubt = known["doubt"] if doubt is None else doubt
    why = (
        "For each rule: upper bounds of its raw score, and the probability that the speaker is "
        "right; 'doubt': the share of it that a wholly doubtful attribution takes away; fitted on half of the development articles by tests/benchmarks/speakers_gold.py --fit, rare rules near a prior."  # noqa: E501
    )
    rows_ = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(table.items()))
    path.write_text(
        f'{{\n "why": {json.dumps(why)},\n "doubt": {doubt},\n "steps": {{\n  {rows_}\n }}\n}}\n'
    )
    # a later fit in this process reads what was written
    calibration.cache_clear()


if __name__ == "__main__":
    sys.exit(main())

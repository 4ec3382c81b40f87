"""Fits the speakers' confidences, and writes them where the package reads them."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from pathlib import Path

from quotecheck.speakers.cast import Reading
from quotecheck.speakers.confidence import _data as calibration
from quotecheck.speakers.confidence import confidence

__all__ = ["fit", "fit_doubt", "write_table"]

ROOT = Path(__file__).resolve().parents[2]
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

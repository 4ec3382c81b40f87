"""The same gate on every sixth development article of PolNeAR, where the corpus lies beside us.

The corpus may not be redistributed: only its figures and a fingerprint are kept here.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

import quotecheck
from quotecheck.evaluate import GoldArticle, evaluate, from_analysis, read_gold

__all__ = ["CORPUS", "FLOORS", "articles", "fingerprint", "measured_now"]

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "polnear" / "dev"
FLOORS = Path(__file__).parent.parent / "accuracy_floor_corpus.json"
#: Every so many articles: enough for a figure that is steady, few enough for every run.
_EVERY = 6


@cache
def articles() -> tuple[GoldArticle, ...]:
    """Returns the articles of the sample with their speakers."""
    speakers = CORPUS.parent / "speakers-dev.json"
    return tuple(read_gold(CORPUS, speakers=speakers)[::_EVERY])


def fingerprint() -> str:
    """Returns the SHA-256 of the sample's texts and annotations."""
    digest = hashlib.sha256()
    for article in articles():
        marked = [
            [a.content, a.cue, a.source, a.speaker and [a.speaker.names, a.speaker.type]]
            for a in article.attributions
        ]
        digest.update(json.dumps([article.name, article.text, marked]).encode("utf-8"))
    return digest.hexdigest()


def measured_now() -> dict[str, float]:
    """Returns the figures of the default pipeline on the sample, in percent."""
    found = quotecheck.Pipeline().pipe(article.text for article in articles())
    predictions = {
        article.name: from_analysis(analysis)
        for article, analysis in zip(articles(), found, strict=True)
    }
    report = evaluate(articles(), predictions).to_dict()
    exact, kinds = report["exact"], report["recall_by_kind"]
    assert isinstance(exact, dict)
    assert isinstance(kinds, dict)
    out = {f"exact {role.lower()}": counts["F1"] for role, counts in exact.items()}
    for name, key in (
        ("found", "attribution_found"),
        ("found with source", "attribution_with_source"),
        ("who said what", "who_said_what"),
    ):
        counts = report[key]
        assert isinstance(counts, dict)
        out[name] = counts["F1"]
    out |= {f"recall {kind}": value for kind, value in kinds.items()}
    right = report["speaker_accuracy_of_found"]
    assert isinstance(right, float)
    return {**out, "speaker right of found": right}

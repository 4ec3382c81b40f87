"""The figures of the set, their floors, and the rule that a floor only rises."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import evolve

import quotecheck
from quotecheck.evaluate import (
    GoldArticle,
    GoldSpeaker,
    Prediction,
    evaluate,
    from_analysis,
    measure,
)
from tests.accuracy.building import ARTICLES, SPEAKERS, gold

__all__ = [
    "FLOORS",
    "MARGIN",
    "below",
    "figures",
    "fingerprint",
    "measured_now",
    "predictions",
    "update",
]

#: What the figures must not fall below, and the fingerprint of the set they were measured on.
FLOORS = Path(__file__).parent.parent / "accuracy_floor.json"

#: Points that a figure may lie below its floor when tested: an int8 model's arithmetic differs a
#: little between processors, and one attribution more or less is a third of a point. Floors
#: themselves are never lowered by it, so it cannot add up over changes.
MARGIN = 0.5

_KINDS = ("direct", "mixed", "indirect")


def fingerprint() -> str:
    """Returns the SHA-256 of all files of the set, names included."""
    digest = hashlib.sha256()
    for path in (*sorted(ARTICLES.iterdir()), SPEAKERS):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def predictions(articles: Sequence[GoldArticle]) -> dict[str, tuple[Prediction, ...]]:
    """Returns what the default pipeline finds in each article."""
    found = quotecheck.Pipeline().pipe(article.text for article in articles)
    return {
        article.name: from_analysis(analysis)
        for article, analysis in zip(articles, found, strict=True)
    }


def figures(
    articles: Sequence[GoldArticle], found: Mapping[str, Sequence[Prediction]]
) -> dict[str, float]:
    """Returns the figures that have floors, in percent, nested attributions included."""
    report = evaluate(articles, found, nested=True).to_dict()
    out = {f"exact {role.lower()}": _f1(value) for role, value in _mapping(report["exact"]).items()}
    out["found"] = _f1(report["attribution_found"])
    out["found with source"] = _f1(report["attribution_with_source"])
    out |= _recall_by_kind(articles, found)
    out["who said what"] = _f1(report["who_said_what"])
    accuracy = report["speaker_accuracy_of_found"]
    assert isinstance(accuracy, float)
    out["speaker right of found"] = accuracy
    return out


def below(measured: Mapping[str, float], floors: Mapping[str, float], margin: float) -> list[str]:
    """Returns a line for each figure that lies more than the margin under its floor."""
    return [
        f"{name}: {measured.get(name, 0.0):.1f}, floor {floor:.1f}"
        for name, floor in floors.items()
        if measured.get(name, 0.0) < floor - margin
    ]


def update(
    measured: Mapping[str, float],
    *,
    allow_regression: bool = False,
    floors_file: Path = FLOORS,
    mark: str | None = None,
) -> list[str]:
    """Writes the floors anew, unless one would fall or the set has changed.

    Args:
        measured: the figures.
        allow_regression: whether a floor may fall and the set may be another one.
        floors_file: where the floors are kept.
        mark: the fingerprint of what was measured; that of the accuracy set when None.

    Returns:
        Why nothing was written; empty when the floors were written.
    """
    mark = mark or fingerprint()
    if floors_file.exists() and not allow_regression:
        old = json.loads(floors_file.read_text("utf-8"))
        refused = below(measured, old["floors"], 0.0)
        if old["fingerprint"] != mark:
            refused.append("the set has changed, so its figures do not compare with the floors")
        if refused:
            return refused
    record = {"fingerprint": mark, "floors": dict(measured)}
    floors_file.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8", newline="\n")
    return []


def _recall_by_kind(
    articles: Sequence[GoldArticle], found: Mapping[str, Sequence[Prediction]]
) -> dict[str, float]:
    """Recall by the kind a person marked: the scorer's own kinds know only double marks."""
    marked = json.loads(SPEAKERS.read_text("utf-8"))
    hits: dict[str, list[bool]] = {kind: [] for kind in _KINDS}
    for article in articles:
        # The scorer tells of each attribution with a speaker whether it was found.
        spoken = [evolve(a, speaker=GoldSpeaker(names=("x",))) for a in article.attributions]
        score = measure(evolve(article, attributions=tuple(spoken)), found[article.name])
        for number, outcome in enumerate(score.speakers):
            hits[marked[article.name][f"A{number}"]["kind"]].append(outcome.found)
    return {
        f"recall {kind}": round(100 * sum(found_) / len(found_), 1) for kind, found_ in hits.items()
    }


def _mapping(value: object) -> Mapping[str, object]:
    assert isinstance(value, Mapping)
    return value


def _f1(counts: object) -> float:
    value = _mapping(counts)["F1"]
    assert isinstance(value, float)
    return value


def measured_now() -> dict[str, float]:
    """Returns the figures of the default pipeline."""
    articles = gold()
    return figures(articles, predictions(articles))

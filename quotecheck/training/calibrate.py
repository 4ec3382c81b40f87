"""Fits the confidence of attributions: ``python -m quotecheck.training.calibrate``.

The event is that the attribution is found: its content overlaps an annotated one by half (Jaccard).
A logistic model over `quotecheck.decode.confidence.FEATURES` is fitted on the PolNeAR development
articles whose name hashes to an even number; calibration error and the threshold's effect are
printed for the others. Writes ``calibration.json`` into the model folder and renews its manifest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from quotecheck.decode.assemble import draft_content, draft_features
from quotecheck.decode.confidence import FEATURES, Calibration
from quotecheck.decode.drafts import draft_attributions
from quotecheck.decode.spans import Page
from quotecheck.encoder import Encoder
from quotecheck.evaluate.spans import paired
from quotecheck.model_files import MANIFEST, read_manifest
from quotecheck.quotations import level_mask, scan
from quotecheck.segment import segment
from quotecheck.training.corpora import Example, read_polnear
from quotecheck.training.export import write_manifest

Floats = NDArray[np.float64]
CharSpan = tuple[int, int]

#: Strength of the pull towards zero weights; the features are few and the drafts thousands.
RIDGE = 1e-2


@frozen(kw_only=True, eq=False)
class Half:
    """The drafts of some articles: their features, and whether each was found right."""

    features: Floats
    right: Floats


def half_of(name: str) -> int:
    """Returns 0 for articles to fit on, 1 for articles to report on."""
    return hashlib.sha256(name.encode()).digest()[0] % 2


def _characters(spans: Sequence[CharSpan], text: str) -> frozenset[int]:
    return frozenset(i for s, e in spans for i in range(s, e) if text[i].isalnum())


def drafts_of(example: Example, encoder: Encoder) -> Half:
    """Returns an article's drafts with whether each is found right (best pairs first)."""
    text = example.text
    article = segment(text)
    scanned = scan(text, article.blocks)
    blocks = [(b.start, b.end) for b in article.blocks if b.kind != "boilerplate"]
    annotations = encoder.annotate(text, blocks, level_mask(text, scanned.quotations))
    page = Page(article, scanned.quotations)
    gold = [_characters(r.content, text) for r in example.annotations[0]]
    rows: list[tuple[float, ...]] = []
    own: list[frozenset[int]] = []
    for draft in draft_attributions(annotations):
        content = draft_content(draft, annotations.pieces, page)
        if content:
            rows.append(draft_features(draft, content, page))
            own.append(_characters(content, text))
    right = np.zeros(len(rows))
    right[list(paired(gold, own).values())] = 1
    return Half(features=np.array(rows).reshape(-1, len(FEATURES)), right=right)


def fit(half: Half, rounds: int = 50) -> Floats:
    """Returns the weights of a ridge logistic regression (Newton's method)."""
    x, y = half.features, half.right
    weights = np.zeros(x.shape[1])
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - RIDGE * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(hessian, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def expected_error(confidence: Floats, right: Floats) -> float:
    """Returns the expected calibration error over ten bins of equal width (Guo et al., 2017)."""
    bins = np.minimum(9, (confidence * 10).astype(int))
    gaps = [abs((confidence - right)[bins == b].sum()) for b in range(10)]
    return float(sum(gaps) / max(1, len(right)))


def main() -> None:
    """Fits and reports from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--threshold", type=float, default=0.4)
    args = parser.parse_args()
    encoder = Encoder(str(args.model))
    halves: tuple[list[Half], list[Half]] = ([], [])
    for example in read_polnear(args.data / "polnear", "dev"):
        halves[half_of(example.name)].append(drafts_of(example, encoder))
    fitted, held = (
        Half(
            features=np.concatenate([h.features for h in part]),
            right=np.concatenate([h.right for h in part]),
        )
        for part in halves
    )
    weights = fit(fitted)
    report = {}
    for label, half in (("fitted", fitted), ("held out", held)):
        confidence = 1 / (1 + np.exp(-half.features @ weights))
        kept = confidence >= args.threshold
        report[label] = {
            "drafts": len(half.right),
            "kept": int(kept.sum()),
            "right of kept": round(float(half.right[kept].mean()), 4),
            "calibration error of kept": round(
                expected_error(confidence[kept], half.right[kept]), 4
            ),
        }
    named = dict(zip(FEATURES, (round(float(w), 5) for w in weights), strict=True))
    data = {"weights": named, "threshold": args.threshold, "report": report}
    path = args.model / "calibration.json"
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf8")
    Calibration.load(path)
    about = {k: v for k, v in read_manifest(args.model).items() if k != "files"}
    write_manifest(args.model, about)
    print(json.dumps(report, indent=1), f"wrote {path} and {MANIFEST}")


if __name__ == "__main__":
    main()

"""The figures of a corpus, as data and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from quotecheck.errors import SourceReadError
from quotecheck.evaluate.counts import Counts, calibration_error, percent
from quotecheck.evaluate.data import GoldArticle, Prediction
from quotecheck.evaluate.measure import ROLES, ArticleScore, SpeakerOutcome, measure

__all__ = ["Evaluation", "curve", "evaluate"]

KINDS = ("direct", "mixed", "indirect")
TYPES = ("person", "group", "organization", "document", "unnamed", "author")
#: A wrong speaker this sure is the costliest error.
CONFIDENT = 0.9
#: Confidences that `curve` looks at.
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@frozen(kw_only=True)
class Evaluation:
    """How predictions compare with gold over a corpus.

    Attributes:
        articles: the counts of each article, in the order of the gold.
        has_speakers: whether the gold tells who speaks.
    """

    articles: tuple[ArticleScore, ...]
    has_speakers: bool

    def worst(self, count: int) -> list[ArticleScore]:
        """Returns the articles with most attributions missed or spurious, the worst first."""
        return sorted(self.articles, key=_faults, reverse=True)[:count]

    def to_dict(self, worst: int = 5) -> dict[str, object]:
        """Returns all figures; percentages to one digit, calibration errors to four.

        Args:
            worst: how many of the worst articles to list.
        """
        found = sum((a.found for a in self.articles), Counts())
        confusion = sum((a.confusion for a in self.articles), Counter())
        gold_by_kind = {
            kind: sum(n for (g, _), n in confusion.items() if g == kind) for kind in KINDS
        }
        out: dict[str, object] = {
            "articles": len(self.articles),
            "exact": self._by_role(lambda a: a.exact),
            "overlap": self._by_role(lambda a: a.overlap),
            "attribution_found": found.to_dict(),
            "attribution_with_source": sum(
                (a.with_source for a in self.articles), Counts()
            ).to_dict(),
            "recall_by_kind": {
                kind: percent(gold_by_kind[kind] - confusion[kind, "missed"], gold_by_kind[kind])
                for kind in KINDS
            },
            "gold_by_kind": gold_by_kind,
            "calibration_error": calibration_error(
                pair for a in self.articles for pair in a.confidences
            ),
        }
        if self.has_speakers:
            out |= _speaker_figures(
                [outcome for a in self.articles for outcome in a.speakers],
                sum(a.named for a in self.articles),
            )
        out["confusion_by_kind"] = {
            kind: {other: confusion[kind, other] for other in (*KINDS, "missed")} for kind in KINDS
        }
        spurious = sum((a.spurious for a in self.articles), Counter())
        out["spurious_by_kind"] = {kind: spurious[kind] for kind in KINDS}
        out["worst_articles"] = [
            {
                "doc": a.name,
                "found": a.found.right,
                "missed": a.found.gold - a.found.right,
                "spurious": a.found.predicted - a.found.right,
            }
            for a in self.worst(worst)
        ]
        return out

    def to_text(self, worst: int = 5) -> str:
        """Returns all figures as tables to read in a terminal."""
        return "\n".join(_lines(self.to_dict(worst)))

    def _by_role(
        self, pick: Callable[[ArticleScore], Mapping[str, Counts]]
    ) -> dict[str, dict[str, float]]:
        return {
            role.capitalize(): sum((pick(a)[role] for a in self.articles), Counts()).to_dict()
            for role in reversed(ROLES)
        }


def evaluate(
    gold: Iterable[GoldArticle],
    predictions: Mapping[str, Sequence[Prediction]],
    *,
    nested: bool = False,
) -> Evaluation:
    """Returns how predictions compare with gold.

    An article without predictions counts as one in which nothing was found.

    Args:
        gold: articles, from `read_gold`.
        predictions: by article name, from `read_predictions` or `from_analysis`.
        nested: whether attributions inside others count, on both sides; gold after PolNeAR marks
            none as such.

    Raises:
        SourceReadError: a prediction's offsets do not fit the gold's text.
    """
    scores = []
    has_speakers = False
    for article in gold:
        found = predictions.get(article.name, ())
        _check_offsets(article, found)
        if not nested:
            outer = tuple(a for a in article.attributions if not a.nested)
            article = evolve(article, attributions=outer)
        scores.append(measure(article, [p for p in found if nested or not p.parent]))
        has_speakers = has_speakers or article.has_speakers
    return Evaluation(articles=tuple(scores), has_speakers=has_speakers)


def _check_offsets(article: GoldArticle, found: Iterable[Prediction]) -> None:
    for prediction in found:
        for start, end in (*prediction.content, *prediction.cue, *prediction.source):
            if not 0 <= start <= end <= len(article.text):
                raise SourceReadError(
                    article.name,
                    f"the prediction's span {start} to {end} does not fit the gold's text of "
                    f"{len(article.text)} characters: was another version of it analysed?",
                )


def curve(
    gold: Sequence[GoldArticle],
    predictions: Mapping[str, Sequence[Prediction]],
    thresholds: Sequence[float] = THRESHOLDS,
    *,
    nested: bool = False,
) -> dict[float, Counts]:
    """Returns the attributions found when only those of some confidence or more are kept.

    Predictions below the threshold they were made with are not there to be counted: analyse with
    ``min_confidence=0`` for the whole curve. Predictions without a confidence are always kept.

    Args:
        gold: articles, from `read_gold`.
        predictions: by article name.
        thresholds: confidences, from 0 to 1.
        nested: whether attributions inside others count.
    """
    out = {}
    for threshold in thresholds:
        kept = {
            name: [p for p in found if p.confidence is None or p.confidence >= threshold]
            for name, found in predictions.items()
        }
        scores = evaluate(gold, kept, nested=nested).articles
        out[threshold] = sum((a.found for a in scores), Counts())
    return out


def _faults(article: ArticleScore) -> int:
    return article.found.gold + article.found.predicted - 2 * article.found.right


def _speaker_figures(outcomes: Sequence[SpeakerOutcome], named: int) -> dict[str, object]:
    found = [o for o in outcomes if o.found]
    guesses = [(o.confidence, o.right) for o in found if o.guessed]
    sure = [
        right for confidence, right in guesses if confidence is not None and confidence >= CONFIDENT
    ]
    right = sum(o.right for o in found)
    by_type = {name: [o for o in found if o.type == name] for name in TYPES}
    by_type["pronoun"] = [o for o in found if o.pronoun]
    by_kind = {name: [o for o in found if o.kind == name] for name in KINDS}
    return {
        "who_said_what": Counts(right, named, len(outcomes)).to_dict(),
        "speaker_accuracy_of_found": percent(right, len(found)),
        "speaker_accuracy_by_type": _accuracies(by_type),
        "speaker_accuracy_by_kind": _accuracies(by_kind),
        "wrong_and_confident": (
            [percent(len(sure) - sum(sure), len(found)), len(sure)] if sure else None
        ),
        "speaker_calibration_error": calibration_error(guesses),
    }


def _accuracies(groups: Mapping[str, Sequence[SpeakerOutcome]]) -> dict[str, list[float]]:
    """Percent right and how many there are, of each group that is not empty."""
    return {
        name: [percent(sum(o.right for o in group), len(group)), len(group)]
        for name, group in groups.items()
        if group
    }


def _lines(figures: dict[str, object]) -> Iterator[str]:
    """The figures as lines; names of figures stay those of the JSON."""
    width = max(len(name) for name in figures) + 2
    for name, value in figures.items():
        if isinstance(value, Mapping):
            yield name
            for key, item in value.items():
                yield f"  {key:<{width}}{_shown(item)}"
        elif name == "worst_articles" and isinstance(value, list):
            yield name
            for row in value:
                yield f"  {_shown({k: v for k, v in row.items() if k != 'doc'})}  {row['doc']}"
        else:
            yield f"{name:<{width + 2}}{_shown(value)}"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{key} {item:>5}" for key, item in value.items())
    if isinstance(value, list):
        share, count = value
        return f"{share:>5} % of {count}" if isinstance(share, float) else str(value)
    return "-" if value is None else str(value)

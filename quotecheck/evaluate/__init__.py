"""Measuring predictions against gold: the figures of the docs' accuracy page, on anyone's data."""

from quotecheck.evaluate.counts import Counts, calibration_error
from quotecheck.evaluate.data import (
    GoldArticle,
    GoldAttribution,
    GoldSpeaker,
    Prediction,
    document_name,
    from_analysis,
)
from quotecheck.evaluate.measure import ArticleScore, SpeakerOutcome, measure
from quotecheck.evaluate.reading import read_gold, read_predictions, write_predictions
from quotecheck.evaluate.report import Evaluation, curve, evaluate
from quotecheck.evaluate.speakers import same_speaker

__all__ = [
    "ArticleScore",
    "Counts",
    "Evaluation",
    "GoldArticle",
    "GoldAttribution",
    "GoldSpeaker",
    "Prediction",
    "SpeakerOutcome",
    "calibration_error",
    "curve",
    "document_name",
    "evaluate",
    "from_analysis",
    "measure",
    "read_gold",
    "read_predictions",
    "same_speaker",
    "write_predictions",
]

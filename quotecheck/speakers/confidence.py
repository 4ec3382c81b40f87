"""From a rule and its raw score to a calibrated probability that the speaker is right."""

from __future__ import annotations

from functools import lru_cache

from quotecheck.speakers.cast import Reading
from quotecheck.speakers.lexicon import read_data

__all__ = ["confidence"]


@lru_cache(maxsize=1)
def _table() -> dict[str, list[list[float]]]:
    table: dict[str, list[list[float]]] = read_data("speaker_calibration.json")["steps"]
    return table


def confidence(reading: Reading) -> float:
    """Returns the probability that a reading names the right speaker, rounded to four digits.

    The table (``quotecheck/data/speaker_calibration.json``) holds, for each rule, upper bounds of
    its raw score with the share of right answers seen there on half of the development articles
    (``tests/benchmarks/speakers_gold.py --fit``); rules too rare to fit keep a cautious prior.
    """
    if reading.figure is None:
        return 0.0
    table = _table()
    bins = table.get(reading.step) or table["other"]
    for upper, value in bins:
        if reading.score <= upper:
            return round(value, 4)
    return round(bins[-1][1], 4)

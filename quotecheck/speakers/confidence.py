"""From a rule and its raw score to a calibrated probability that the speaker is right."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from quotecheck.speakers.cast import Reading
from quotecheck.speakers.lexicon import read_data

__all__ = ["confidence", "discounted"]


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    data: dict[str, Any] = read_data("speaker_calibration.json")
    return data


def confidence(reading: Reading) -> float:
    """Returns the probability that a reading names the right speaker, rounded to four digits.

    It holds for a source that was found rightly; `discounted` adds how sure that is. The table
    (``quotecheck/data/speaker_calibration.json``) holds, for each rule, upper bounds of its raw
    score with the share of right answers seen there on half of the development articles
    (``tests/benchmarks/speakers_gold.py --fit``); rules too rare to fit keep a cautious prior.
    """
    if reading.figure is None:
        return 0.0
    table: dict[str, list[list[float]]] = _data()["steps"]
    bins = table.get(reading.step) or table["other"]
    for upper, value in bins:
        if reading.score <= upper:
            return round(value, 4)
    return round(bins[-1][1], 4)


def discounted(rule: float, attribution: float) -> float:
    """Returns a rule's probability for an attribution that is only so sure itself.

    Whose source may be wrong, its speaker may be wrong. The discount grows with the square of the
    doubt and never falls with the attribution's confidence; at 1.0 there is none.

    >>> discounted(0.99, 1.0), discounted(0.99, 0.5) < 0.99
    (0.99, True)

    Args:
        rule: what `confidence` returned.
        attribution: the attribution's own confidence.
    """
    doubt = min(1.0, max(0.0, 1.0 - attribution))
    return round(rule * (1.0 - float(_data()["doubt"]) * doubt * doubt), 4)

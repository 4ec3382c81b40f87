"""Is this English? A cheap test by function words, so that no other language is read as it.

Function words make up 30 to 50 % of running English, and hardly any text of another language
reaches a tenth of that (the idea is from Ingle, 1976). The other lists only name the language.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib import resources

from attrs import frozen

__all__ = ["LanguageGuess", "guess_language"]

_WORD = re.compile(r"[^\W\d_]+")
#: Words looked at; more do not change the answer.
_ENOUGH = 1500
#: Fewer words than this say nothing about the language.
_TOO_FEW = 12
#: Share of function words below which a text is not English; headlines and tables stay above.
_ENGLISH_SHARE = 0.1

_SCRIPTS = {
    "CYRILLIC": "ru",
    "GREEK": "el",
    "ARABIC": "ar",
    "HEBREW": "he",
    "DEVANAGARI": "hi",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "THAI": "th",
}


@lru_cache(maxsize=1)
def _function_words() -> dict[str, frozenset[str]]:
    raw = resources.files("quotecheck").joinpath("data/function_words.json")
    data = json.loads(raw.read_text(encoding="utf8"))
    return {code: frozenset(words) for code, words in data.items() if code != "about"}


@frozen(kw_only=True)
class LanguageGuess:
    """What language a text seems to be in.

    Attributes:
        code: ISO 639-1 code; ``und`` when it is none that is known.
        english: whether the English model may read it; True also for too short a text to tell.
        share: share of the words that are English function words.
    """

    code: str
    english: bool
    share: float


def guess_language(text: str) -> LanguageGuess:
    """Returns what language a text seems to be in, from its first words.

    >>> guess_language("She said that the boat was late and that it would not be in by ten.").code
    'en'
    >>> guess_language("Elle a dit que le bateau est en retard et que la mer ne dort pas.").code
    'fr'
    """
    words = []
    for found in _WORD.finditer(text):
        words.append(found[0].lower())
        if len(words) == _ENOUGH:
            break
    script = _script(text[:4000])
    if script is not None:
        return LanguageGuess(code=script, english=False, share=0.0)
    if len(words) < _TOO_FEW:
        return LanguageGuess(code="en", english=True, share=0.0)
    lists = _function_words()
    shares = {code: sum(w in known for w in words) / len(words) for code, known in lists.items()}
    best = max(shares, key=lambda code: shares[code])
    share = shares["en"]
    if share >= _ENGLISH_SHARE and shares[best] < 1.5 * share:
        return LanguageGuess(code="en", english=True, share=share)
    code = best if shares[best] >= _ENGLISH_SHARE else "und"
    return LanguageGuess(code=code, english=False, share=share)


def _script(text: str) -> str | None:
    """Returns the language of a script that most letters are in, unless it is Latin."""
    letters = [c for c in text if c.isalpha()][:400]
    if len(letters) < 8:
        return None
    counts = Counter(unicodedata.name(c, "?").split(" ", 1)[0].split("-")[0] for c in letters)
    name, count = counts.most_common(1)[0]
    kana = counts["HIRAGANA"] + counts["KATAKANA"]
    if name == "CJK" and kana > 0.1 * len(letters):
        return "ja"
    return _SCRIPTS.get(name) if count > 0.5 * len(letters) else None

"""Folding of name words: what counts as the same letters, and what as the same sound."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from quotecheck.names.lexicon import name_rules

__all__ = ["fold_word", "same_script", "sound_key", "split_initials"]

#: Letters that Unicode does not decompose; the press writes them so.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h",
     "ə": "a", "ŋ": "ng", "ŧ": "t"}
)  # fmt: skip
#: Everything but letters, digits and the hyphen goes: full stops, every apostrophe glyph, ayn.
_NOISE = re.compile(r"[^\w-]|_")
_DASHES = re.compile(r"[‐‑‒–—―−﹘﹣－]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.){2,}|(?:[^\W\d_]\.)+[^\W\d_]")
_CONSONANT_PAIR = re.compile(r"[B-DF-HJ-NP-TV-Z]{2}|[A-Z]J")


@lru_cache(maxsize=1024)
def fold_word(word: str) -> str:
    """Returns a word in lower case without diacritics, full stops and apostrophes.

    >>> fold_word("O’Hára-Łys.")
    'ohara-lys'
    """
    word = _DASHES.sub("-", word)
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word.casefold())
        bare = "".join(c for c in decomposed if not unicodedata.combining(c))
        # Again: folding and decomposing bring out each other's cases (Cherokee, ligatures).
        word = unicodedata.normalize("NFKD", bare.casefold()).translate(_LETTERS)
    return _NOISE.sub("", word.casefold()).strip("-")


@lru_cache(maxsize=1024)
def sound_key(word: str) -> str:
    """Returns what a folded word has in common with its spellings in other alphabets.

    After the romanizations in use for Cyrillic, Greek, Arabic and German names; see
    ``data/names_rules.json``.

    >>> sound_key("zelenskyy") == sound_key("zelensky") == sound_key("zelenskiy")
    True
    >>> sound_key("petr") == sound_key("petra")
    False
    """
    rules = name_rules()
    word = word.replace("-", "")
    if not word.isascii():
        word = word.translate(rules.alphabets)
    for pattern, to in rules.rules:
        word = pattern.sub(to, word)
    return word


def same_script(a: str, b: str) -> bool:
    """Returns whether two folded words can be compared letter by letter or by transliteration.

    >>> same_script("quist", "習")
    False
    """
    return _script(a) == _script(b)


@lru_cache(maxsize=1024)
def _script(word: str) -> str:
    latin = word.translate(name_rules().alphabets)
    for char in latin:
        if char.isalpha():
            return unicodedata.name(char, "?").split()[0]
    return "LATIN"


def split_initials(word: str) -> list[str]:
    """Returns the initials of a word such as ``J.D.`` or ``JD`` one by one, else the word.

    >>> split_initials("J.R.R."), split_initials("JD"), split_initials("Jo")
    (['J.', 'R.', 'R.'], ['J', 'D'], ['Jo'])
    """
    if _INITIALS.fullmatch(word):
        return [f"{letter}." for letter in word.replace(".", "")]
    if _CONSONANT_PAIR.fullmatch(word):
        return list(word)
    return [word]

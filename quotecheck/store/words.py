"""Folded words: the one form in which the store searches and compares texts.

SQLite's and PostgreSQL's own tokenizers differ on apostrophes, numbers, hyphens and accents. So the
store folds texts into plain ASCII words itself before it indexes them and folds queries the same
way: both databases then only compare words, and give the same answers.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache

from quotecheck.textmap import FULL, TextMap

__all__ = ["fold", "hash_words", "plain_marks", "query_words", "winnow", "words"]

#: A number with its separators, or a run of letters and digits; apostrophes inside a word stay.
_WORD = re.compile(r"\d+(?:[.,:]\d+)+|[^\W_]+(?:'[^\W_]+)*")
#: Scripts written without spaces: each character is a word of its own.
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_POSSESSIVE = re.compile(r"'s$|'$")
_PHRASE = re.compile(r'"([^"]*)"')

#: Words in a shingle, and consecutive shingles of which one is kept. Two texts that share a run of
#: at least ``SHINGLE + WINDOW - 1`` = 4 words then share a kept shingle (winnowing: Schleimer,
#: Wilkerson & Aiken, 2003).
SHINGLE = 3
WINDOW = 2


@lru_cache(maxsize=8192)
def _glyph(char: str) -> str:
    return TextMap(char).text


def plain_marks(text: str) -> str:
    """Returns a text with plain marks, dashes and ellipses.

    >>> plain_marks("“No…”")
    '"No..."'
    """
    return text if text.isascii() else _FOREIGN.sub(lambda m: _glyph(m[0]), text)


@lru_cache(maxsize=8192)
def _level(char: str) -> str:
    """One character as `TextMap` folds it; it folds each for itself."""
    return TextMap(char, FULL).text


@lru_cache(maxsize=8192)
def _ascii(word: str) -> str:
    """A word as letters and digits of ASCII only; other characters as their number."""
    out = []
    for char in word:
        if char.isascii():
            if char.isalnum():
                out.append(char)
            elif char in ".:":
                out.append("d")
        elif char.isalnum():
            out.append(f"u{ord(char):x}")
    return "".join(out)


def words(text: str) -> list[str]:
    """Returns the folded words of a text: case, accents, possessives and typography levelled.

    >>> words("The Núñez brothers’ plan: “Don’t pay 1,400.50!”")
    ['the', 'nunez', 'brothers', 'plan', 'dont', 'pay', '1400d50']
    """
    folded = text
    if not text.isascii():
        folded = _UNSPACED.sub(r" \1 ", _FOREIGN.sub(lambda m: _level(m[0]), text))
    folded = folded.lower().replace("`", "'")
    out = []
    for match in _WORD.finditer(folded):
        word = _ascii(_POSSESSIVE.sub("", match[0]).replace("'", ""))
        if word:
            out.append(word)
    return out


def fold(text: str) -> str:
    """Returns the folded words joined by single spaces.

    >>> fold("Zoë’s “first” day")
    'zoe first day'
    """
    return " ".join(words(text))


def query_words(query: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Returns what a search query asks for: single words, and phrases as folded strings.

    All words have to occur; what stands in quotation marks has to occur as a phrase.

    >>> query_words('“close the port” Núñez')
    (('close', 'the', 'port', 'nunez'), ('close the port',))
    """
    folded = plain_marks(query)
    phrases = tuple(p for p in (fold(m[1]) for m in _PHRASE.finditer(folded)) if " " in p)
    return tuple(dict.fromkeys(words(folded))), phrases


def hash_words(run: tuple[str, ...] | list[str]) -> int:
    """Returns a 63-bit number for a run of words, the same on every machine and run."""
    digest = hashlib.blake2b(" ".join(run).encode("ascii"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def winnow(run: list[str] | tuple[str, ...]) -> frozenset[int]:
    """Returns the kept shingles of a run of words, as numbers.

    Any text that contains the run keeps at least one of the run's shingles, and all of those that
    lie in it: that is what makes looking up containers exact.

    >>> part, whole = "we will not close".split(), "and so we will not close it".split()
    >>> bool(winnow(part)) and winnow(part) <= winnow(whole)
    True
    """
    return frozenset(_kept(tuple(run)))


def _kept(run: tuple[str, ...]) -> Iterator[int]:
    hashes = [hash_words(run[i : i + SHINGLE]) for i in range(len(run) - SHINGLE + 1)]
    for i in range(len(hashes) - WINDOW + 1):
        yield min(hashes[i : i + WINDOW])

"""Dividing the bare words of a name, titles and suffixes gone, into given, middle and family."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from attrs import field, frozen

from quotecheck.names.fold import fold_word
from quotecheck.names.lexicon import Lexicon, lexicon

__all__ = ["Split", "split_words"]

#: Syllables of Hanyu Pinyin; a given name has one or two.
_PINYIN = (
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ueng|van|"
    r"ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_CHINESE_GIVEN = rf"{_PINYIN}(?:-?{_PINYIN})?"
#: Common syllables of Korean given names, as the press writes them.
_KO = (
    r"(?:ah|bae|beom|bin|bok|bong|bum|byeong|byung|chae|chan|chang|cheol|chul|chun|dae|do|dong|eun|eui|"
    r"gap|geun|gi|goo|gu|gun|gyu|ha|hae|hak|han|hee|heon|ho|hoon|hun|hwa|hwan|hye|hyeon|hyo|hyuk|hyun|"
    r"ik|il|im|in|jae|je|jeong|ji|jik|jin|jo|jong|joo|joon|ju|jun|jung|ki|koo|ku|kun|kwan|kwang|kwon|"
    r"kyo|kyu|kyung|man|mi|min|mo|moo|moon|mu|mun|myeong|myong|myung|na|nak|nam|oh|ok|pil|rae|ran|"
    r"ri|rim|ryong|sam|sang|se|seok|seol|seon|seong|seop|seung|shik|sik|sin|so|soo|sook|suk|sun|sung|"
    r"tae|uk|un|ung|won|woo|woong|wook|yang|yeol|yeon|yeong|yo|yong|yoo|yoon|you|young|yu|yul|yun)"
)
_KOREAN_GIVEN = rf"{_KO}-{_KO}|{_KO}{_KO}"
_SYLLABLE = re.compile(r"[bcdfghjklmnpqrstvwxyz]{0,3}[aeiouy]{1,3}(?:ng|nh|ch|[cdhklmnptwy])?")
_PREFIXED = re.compile(r"(?:al|el|ul|as|ash|an|ar|at|az|ad)-\w+", re.IGNORECASE)
_BOUND_GIVEN = frozenset({"abdul", "abdel", "abd", "abdal", "abdol", "abu", "abou"})


@frozen(kw_only=True)
class Split:
    """One way to divide the words of a name."""

    given: list[str] = field(factory=list)
    middle: list[str] = field(factory=list)
    family: list[str] = field(factory=list)
    order: Literal["given-first", "family-first", "family-middle"] = "given-first"


def split_words(tokens: list[str], titled: bool) -> list[Split]:
    """Returns the ways to divide the words, the likeliest first.

    Args:
        tokens: words without titles and suffixes.
        titled: whether a title stood before them.
    """
    words = lexicon()
    if len(tokens) <= 1:
        return [Split(family=tokens)]
    capitals = _capital_family(tokens)
    if capitals:
        return [capitals]
    folded = [fold_word(token) for token in tokens]
    for attempt in (_east_asian, _leading_particle):
        if found := attempt(tokens, folded, words):
            return found
    if _has_particle(tokens, folded, words):
        return [_with_particles(tokens, words)]
    return [_plain(tokens, folded, words)]


def _capital_family(tokens: list[str]) -> Split | None:
    """Capitals set a family name off, as the United Nations print it: "BESSENT Scott"."""
    caps = [len(t) > 2 and t.isupper() and "." not in t for t in tokens]
    count = caps.index(False) if False in caps else 0
    if not count or any(caps[count:]) or not any(len(t) > 2 for t in tokens[count:]):
        return None
    given = tokens[count:]
    return Split(given=given[:1], middle=given[1:], family=tokens[:count], order="family-first")


def _east_asian(tokens: list[str], folded: list[str], words: Lexicon) -> list[Split]:
    """Chinese, Korean, Vietnamese and Japanese names, in either order."""
    if len(tokens) > 4:
        return []
    if len(tokens) == 3 and (found := _family_middle(tokens, folded, words)):
        return found
    first = Split(given=tokens[1:], family=tokens[:1], order="family-first")
    last = Split(given=tokens[:-1], family=tokens[-1:])
    head = _asian_family(folded[0], folded[1:], words)
    tail = _asian_family(folded[-1], folded[:-1], words)
    if head and tail:
        return [first, last]
    if head:
        return [first]
    # "Wei Chen" may still be Wei by family name when the lists know it as one.
    return [last] if tail else []


def _family_middle(tokens: list[str], folded: list[str], words: Lexicon) -> list[Split]:
    """A Western given name, then a Chinese name: "Karl Chan Mo-lan", "Karl Li Lanping"."""
    given, family, rest = folded
    if family not in words.family_first["chinese"] or given in words.family_first["chinese"]:
        return []
    split = Split(given=tokens[:1], middle=tokens[2:], family=tokens[1:2], order="family-middle")
    if _asian_family(family, [rest], words):
        if "-" in rest:
            return [split]
        if given in words.known_given:
            return [_plain(tokens, folded, words), split]
    return []


def _asian_family(family: str, given: list[str], words: Lexicon) -> bool:
    """Whether ``family`` is an East Asian family name and ``given`` fits its language."""
    lists = words.family_first
    if family in lists["vietnamese"] and all(_SYLLABLE.fullmatch(word) for word in given):
        return len(given) > 1 or family in {"nguyen", "tran", "pham", "huynh", "truong", "trinh"}
    parts = [part for word in given for part in word.split("-")]
    western = any(part in words.female or part in words.male for part in parts)
    if western and family not in lists["japanese"]:
        return False
    if len(given) > 2 or not given:
        return False
    if family in lists["japanese"]:
        return len(given) == 1
    short = all(_SYLLABLE.fullmatch(part) for part in parts)
    if len(parts) == 2 and len(given) == 1 and short:  # "Jong-su", "Ing-wen"
        return family in lists["korean"] or family in lists["chinese"]
    if family in lists["korean"]:
        if len(given) == 1 and re.fullmatch(_KOREAN_GIVEN, given[0]):
            return True
        if len(given) == 2 and short and not any(w in words.known_given for w in given):
            return True
    if family not in lists["chinese"]:
        return False
    if len(given) == 2:
        return short and not any(word in words.known_given for word in given)
    return bool(re.fullmatch(_CHINESE_GIVEN, given[0]))


def _leading_particle(tokens: list[str], folded: list[str], words: Lexicon) -> list[Split]:
    """A family name alone that begins with a particle: "de la Vega", "Van Dorn", "al-Sayed"."""
    head = folded[0]
    if head not in words.particles or head not in words.particles_first:
        return []
    inside = [i for i, word in enumerate(folded) if word not in words.particles]
    if not inside or inside[0] < len(tokens) - 2 or (inside[0] < len(tokens) - 1):
        return []
    whole = Split(family=tokens)
    if tokens[0].islower() or len(tokens) > 2:
        return [whole]
    return [whole, Split(given=tokens[:1], family=tokens[1:])]


def _has_particle(tokens: list[str], folded: list[str], words: Lexicon) -> bool:
    if folded[0] in _BOUND_GIVEN and len(tokens) > 2:
        return True
    for token, word in zip(tokens[1:-1], folded[1:-1], strict=True):
        if word in words.conjunctions and token.islower() and len(tokens) > 3:
            return True
        if word in words.particles and (
            token.islower() or (word not in words.middle_capital_ok and len(word) > 1)
        ):
            return True
        if word in {"st", "saint", "san", "santa"}:
            return True
    return any(_PREFIXED.fullmatch(token) for token in tokens[1:-1])


def _plain(tokens: list[str], folded: list[str], words: Lexicon) -> Split:
    """Given, middle, family; after a Spanish given name two family names."""
    count = 1
    if folded[0] in words.spanish and len(tokens) > 2:
        while count < len(tokens) - 1 and (
            folded[count] in words.known_given or len(folded[count]) == 1
        ):
            count += 1
        if len(tokens) - count == 2:
            return Split(given=tokens[:1], middle=tokens[1:count], family=tokens[count:])
    return Split(given=tokens[:1], middle=tokens[1:-1], family=tokens[-1:])


def _with_particles(tokens: list[str], words: Lexicon) -> Split:
    """Names with particles or conjunctions inside, by `nameparser`, then corrected."""
    given, middle, family = _nameparser(" ".join(tokens))
    if given + middle + family != tuple(tokens):
        # A word was taken for a title, suffix or nickname: fall back to the plain rule.
        inner = words.particles | {"y"}
        last = len(tokens) - 1
        at = next((i for i, t in enumerate(tokens) if i and fold_word(t) in inner), last)
        given, middle, family = tuple(tokens[:1]), tuple(tokens[1:at]), tuple(tokens[at:])
    while middle and (middle[-1].islower() or fold_word(middle[-1]) in {"st", "saint"}):
        middle, family = middle[:-1], middle[-1:] + family
    head = " ".join(fold_word(token) for token in family)
    for phrase in words.devotional:
        size = phrase.count(" ") + 1
        if head.startswith(f"{phrase} ") and len(family) > size:
            middle, family = middle + family[:size], family[size:]
            break
    return Split(given=list(given), middle=list(middle), family=list(family))


@lru_cache(maxsize=1024)
def _nameparser(name: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    # Imported here: it costs more than the rest of the package's start, and few names need it.
    from nameparser import HumanName

    parsed = HumanName(name)
    return (
        tuple(parsed.first.split()),
        tuple(parsed.middle.split()),
        tuple(parsed.last.split()),
    )

"""Numbers in digits and in words, and the value that makes them the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from attrs import frozen

from quotecheck.check.lexicon import CURRENCIES, words

__all__ = ["NumberPhrase", "find_numbers", "is_number"]

_UNITS = {
    word: value
    for value, word in enumerate(
        words(
            """
            zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
            fifteen sixteen seventeen eighteen nineteen
            """
        )
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
    "eleventh": 11,
    "twelfth": 12,
    "thirteenth": 13,
    "fourteenth": 14,
    "fifteenth": 15,
    "sixteenth": 16,
    "seventeenth": 17,
    "eighteenth": 18,
    "nineteenth": 19,
    "twentieth": 20,
    "thirtieth": 30,
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
    "hundredth": 100,
    "thousandth": 1000,
}
_VAGUE = frozenset(
    words(
        """
    dozen dozens hundreds thousands millions billions trillions half twice
    """
    )
)
_DIGITS = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?")
_OPEN = re.compile(r"-?0\d.*|-?[1-9]\d{0,2}\.\d\d0")
_ORDINAL_DIGITS = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)")


@frozen(kw_only=True)
class NumberPhrase:
    """A number written in one or more tokens.

    Attributes:
        end: index after its last token.
        value: what it amounts to.
        unit: ``%`` or a currency sign, ``th`` of an ordinal, or nothing.
        digits: whether a digit is written.
    """

    end: int
    value: Decimal
    unit: str
    digits: bool


@lru_cache(maxsize=1 << 14)
def _digit_value(key: str) -> Decimal | None:
    # A leading zero ("007") is a name, not an amount; "1.500" is a thousand and a half to many.
    if not key or not _DIGITS.fullmatch(key) or _OPEN.fullmatch(key):
        return None
    try:
        return Decimal(key.replace(",", ""))
    except InvalidOperation:
        return None


@lru_cache(maxsize=1 << 16)
def _starts_number(key: str) -> bool:
    return (
        key in _UNITS
        or key in _TENS
        or key in _ORDINALS
        or key in _SCALES
        or key[:1].isdigit()
        or key[:1] in ("-", ".")
    )


def is_number(key: str) -> bool:
    """Whether a folded word is or contains a number, vague ones ("dozens") included.

    >>> is_number("14"), is_number("fourteen"), is_number("one")
    (True, True, True)
    """
    return any(c.isdigit() for c in key) or _starts_number(key) or key in _VAGUE


def find_numbers(
    keys: Sequence[str], joined: Callable[[int], bool] = lambda i: True
) -> dict[int, NumberPhrase]:
    """Returns the longest number phrases by the index of their first token, none overlapping.

    >>> find_numbers(["of", "fourteen", "million", "dollars"])[1].value
    Decimal('14000000')

    Args:
        keys: folded words.
        joined: whether a number may go on from the word before to this one; a sentence's end
            between them parts it ("We have twenty. Five left.").
    """
    found: dict[int, NumberPhrase] = {}
    i, n = 0, len(keys)
    while i < n:
        phrase = _phrase(keys, i)
        if phrase is not None:
            parted = next((k for k in range(i + 1, phrase.end) if not joined(k)), None)
            phrase = phrase if parted is None else _phrase(keys[:parted], i)
        if phrase is None:
            i += 1
        else:
            found[i] = phrase
            i = phrase.end
    return found


def _phrase(keys: Sequence[str], i: int) -> NumberPhrase | None:
    """The number phrase that begins with a word."""
    key = keys[i]
    if _starts_number(key):
        return _with_unit(keys, i, _parse(keys, i))
    if i + 1 >= len(keys):
        return None
    if key == "a" and keys[i + 1] in _SCALES:
        return _with_unit(keys, i, _parse_words(keys, i + 1))
    if key in "$€£¥" and _starts_number(keys[i + 1]):
        inner = _parse(keys, i + 1)
        if inner:
            return NumberPhrase(end=inner.end, value=inner.value, unit=key, digits=inner.digits)
    return None


def _with_unit(keys: Sequence[str], i: int, phrase: NumberPhrase | None) -> NumberPhrase | None:
    if phrase is None or phrase.unit or phrase.end >= len(keys):
        return phrase
    end = phrase.end
    unit = CURRENCIES.get(keys[end])
    if unit:
        end += 1
    elif keys[end] == "per" and keys[end + 1 : end + 2] == ["cent"]:
        unit, end = "%", end + 2
    else:
        return phrase
    return NumberPhrase(end=end, value=phrase.value, unit=unit, digits=phrase.digits)


def _parse(keys: Sequence[str], i: int) -> NumberPhrase | None:
    ordinal = _ORDINAL_DIGITS.fullmatch(keys[i])
    if ordinal:
        value = Decimal(ordinal[1].replace(",", ""))
        return NumberPhrase(end=i + 1, value=value, unit="th", digits=True)
    number = _digit_value(keys[i])
    if number is None:
        return _parse_words(keys, i)
    end = i + 1
    while end < len(keys) and keys[end] in _SCALES:
        number *= _SCALES[keys[end]]
        end += 1
    return NumberPhrase(end=end, value=number, unit="", digits=True)


def _small(keys: Sequence[str], i: int) -> tuple[int, int] | None:
    """A number below one hundred in words: (value, index after it)."""
    if i >= len(keys):
        return None
    if keys[i] in _UNITS:
        return _UNITS[keys[i]], i + 1
    if keys[i] in _TENS:
        value = _TENS[keys[i]]
        unit = _UNITS.get(keys[i + 1]) if i + 1 < len(keys) else None
        if unit is not None and 0 < unit < 10:
            return value + unit, i + 2
        return value, i + 1
    return None


def _year(keys: Sequence[str], i: int) -> tuple[int, int] | None:
    """A year as people say it: "nineteen ninety-four", "twenty sixteen", "nineteen oh five"."""
    head = _UNITS.get(keys[i], 0) if keys[i] != "twenty" else 20
    if not 11 <= head <= 20 or i + 1 >= len(keys):
        return None
    if keys[i + 1] == "oh":
        unit = _UNITS.get(keys[i + 2]) if i + 2 < len(keys) else None
        return (head * 100 + unit, i + 3) if unit is not None and 0 < unit < 10 else None
    tail = _small(keys, i + 1)
    return (head * 100 + tail[0], tail[1]) if tail and tail[0] >= 10 else None


def _parse_words(keys: Sequence[str], i: int) -> NumberPhrase | None:
    year = _year(keys, i)
    if year:
        return NumberPhrase(end=year[1], value=Decimal(year[0]), unit="", digits=False)
    total = current = 0
    at, seen, unit = i, False, ""
    if keys[i] in _SCALES:  # "a hundred": the article stands before
        current, at, seen = 1, i, True
    while at < len(keys):
        key = keys[at]
        joined = key == "and" and seen and keys[at - 1] in _SCALES
        here = at + 1 if joined else at
        ordinal = _ordinal(keys, here)
        small = _small(keys, here)
        fits = not seen or joined or keys[at - 1] in _SCALES
        if ordinal and fits:
            current, at, seen, unit = current + ordinal[0], ordinal[1], True, "th"
            break
        if small and fits:
            current, at, seen = current + small[0], small[1], True
        elif key in _SCALES and seen:
            if key == "hundred":
                current *= 100
            else:
                total, current = total + current * _SCALES[key], 0
            at += 1
        else:
            break
    if not seen:
        return None
    return _decimals(keys, at, Decimal(total + current), unit)


def _ordinal(keys: Sequence[str], i: int) -> tuple[int, int] | None:
    if i >= len(keys):
        return None
    if keys[i] in _ORDINALS:
        return _ORDINALS[keys[i]], i + 1
    tail = _ORDINALS.get(keys[i + 1], 0) if i + 1 < len(keys) else 0
    if keys[i] in _TENS and 0 < tail < 10:
        return _TENS[keys[i]] + tail, i + 2
    return None


def _decimals(keys: Sequence[str], at: int, value: Decimal, unit: str) -> NumberPhrase:
    """What follows the point of "three point five (million)"."""
    if not unit and at + 1 < len(keys) and keys[at] == "point":
        digits = ""
        end = at + 1
        while end < len(keys) and _UNITS.get(keys[end], 10) < 10:
            digits += str(_UNITS[keys[end]])
            end += 1
        if digits:
            value, at = value + Decimal(f"0.{digits}"), end
            while at < len(keys) and keys[at] in _SCALES:
                value *= _SCALES[keys[at]]
                at += 1
    return NumberPhrase(end=at, value=value, unit=unit, digits=False)

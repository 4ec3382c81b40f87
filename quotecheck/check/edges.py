"""What stands just outside a place in the source and changes what its words mean."""

from __future__ import annotations

from quotecheck.check.lexicon import MAX_TRANSPARENT, TRANSPARENT, negators
from quotecheck.check.numbers import is_number
from quotecheck.check.stream import Stream

__all__ = ["cuts_number", "negator_after", "negator_before"]

#: No number in words is longer.
_LONGEST_NUMBER = 16

_STOPS = ".?!:;…"
_MARKS = '"“”„‟«»＂'


def _stops(between: str, marks: bool) -> bool:
    """Whether the words on the two sides no longer belong together.

    Args:
        between: the text between two words.
        marks: whether a quotation mark alone separates them too.
    """
    if any(c in between for c in _STOPS):
        return True
    quoted = any(c in between for c in _MARKS)
    return quoted and (marks or "," in between)


def negator_before(stream: Stream, word: int) -> int | None:
    """Returns the token of a negator whose reach goes up to a word of the source, or None.

    It stands right before the word, or with nothing but a few words between that hand negation on
    ("I do not think that it is" + "safe"), in the same sentence and voice.
    """
    tokens = stream.tokens
    voice = stream.voice[word]
    right = tokens.start[stream.at[word]]
    for passed in range(MAX_TRANSPARENT + 1):
        earlier = word - 1 - passed
        if earlier < 0 or stream.voice[earlier] != voice:
            return None
        i = stream.at[earlier]
        between = tokens.text[tokens.end[i] : right]
        if _stops(between, marks=False) or (passed and "," in between):
            return None
        if negators(stream.key[earlier]):
            return i
        if stream.key[earlier] not in TRANSPARENT:
            return None
        right = tokens.start[i]
    return None


def negator_after(stream: Stream, word: int) -> int | None:
    """Returns the token of a negator right after a word of the source, or None."""
    later = word + 1
    if later >= len(stream.key) or stream.voice[later] != stream.voice[word]:
        return None
    tokens = stream.tokens
    i = stream.at[later]
    between = tokens.text[tokens.end[stream.at[word]] : tokens.start[i]]
    if _stops(between, marks=True) or not negators(stream.key[later]):
        return None
    return i


def cuts_number(stream: Stream, word: int) -> bool:
    """Whether a cut before a word of the source parts a number ("fourteen" | "million").

    A sign that is cut off counts ("5" | "%"), a word that names a unit doesn't ("14" | "percent").
    """
    for first in range(word - 1, max(-1, word - _LONGEST_NUMBER), -1):
        phrase = stream.numbers.get(first)
        if phrase is not None:
            if phrase.end <= word:
                return False
            glued = stream.end(word - 1) == stream.start(word)
            return glued or is_number(stream.key[word])
    return False

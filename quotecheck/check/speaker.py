"""Whether the asked person is the one who speaks at the place found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from quotecheck.check.result import SpeakerVerdict
from quotecheck.check.stream import Voice
from quotecheck.names import match_names

__all__ = ["cast_of", "speaker_verdict"]

_FITS = ("same", "compatible", "probable")


@lru_cache(maxsize=1 << 14)
def _verdict(a: str, b: str) -> str:
    return match_names(a, b).verdict


def cast_of(voices: Iterable[Voice]) -> tuple[str, ...]:
    """Returns the fullest name of everyone who speaks, each once."""
    return tuple(dict.fromkeys(voice.names[0] for voice in voices if voice.names))


def speaker_verdict(
    speaker: str | None, voice: Voice, cast: Sequence[str]
) -> tuple[SpeakerVerdict, tuple[str, ...]]:
    """Returns the verdict on the speaker, and the flags that go with it.

    A nickname or another transliteration is a match with the flag ``probable-name``. A name that
    fits somebody else of the source as well ("Jones" where two of them speak) is ``ambiguous``.

    Args:
        speaker: who was asked for.
        voice: who speaks at the place found.
        cast: the names of all who speak in the source.
    """
    if speaker is None:
        return "not-asked", ()
    if not voice.names:
        open_to = any(_verdict(speaker, name) in _FITS for name in voice.candidates)
        return ("ambiguous" if open_to else "unknown"), ()
    best = _verdict(speaker, voice.names[0])
    if best == "different" and any(_verdict(speaker, n) == "same" for n in voice.names[1:]):
        best = "same"
    if best == "different":
        return "mismatch", ()
    if best == "ambiguous":
        return "ambiguous", ()
    flags = ("probable-name",) if best == "probable" else ()
    if _rivals(speaker, voice.names[0], best, cast):
        return "ambiguous", flags
    return "match", flags


def _rivals(speaker: str, found: str, verdict: str, cast: Sequence[str]) -> bool:
    """Whether the name fits somebody else of the source no worse."""
    for other in cast:
        if other == found or _verdict(found, other) in _FITS:
            continue
        theirs = _verdict(speaker, other)
        if theirs in _FITS and _FITS.index(theirs) <= _FITS.index(verdict):
            return True
    return False

"""Quotes locked away while other software rewrites the rest of a text."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping

from attrs import frozen

from quotecheck.errors import LockError, TextTypeError
from quotecheck.quotations import scan
from quotecheck.records import Span

__all__ = ["Locked", "lock", "unlock"]

#: Brackets that no newsroom writes and language models copy; what is inside names the quote.
_OPEN, _CLOSE = "⟦", "⟧"
_PLACEHOLDER = re.compile(r"⟦[^⟦⟧\n]{0,40}⟧")
_STRAY = re.compile("[⟦⟧]|\\bQC\\d+-[0-9a-f]{4}\\b")


@frozen(kw_only=True)
class Locked:
    """A text with placeholders for its quotes.

    Attributes:
        text: the text to hand on.
        keys: placeholder to quote, in the order of the text; a plain dict, ready for JSON.
    """

    text: str
    keys: dict[str, str]

    def keys_json(self) -> str:
        """Returns the keys as JSON, to be kept until `unlock`."""
        return json.dumps(self.keys, ensure_ascii=True)


def lock(text: str, spans: Iterable[Span | tuple[int, int]] | None = None) -> Locked:
    """Replaces every quotation by a placeholder.

    >>> locked = lock("“It is safe,” Ada Vell said.")
    >>> unlock(locked.text.replace("said", "told us"), locked.keys)
    '“It is safe,” Ada Vell told us.'

    Args:
        text: the text.
        spans: what to lock; all outer quotations, marks included, when None. Spans may touch but
            not overlap.

    Raises:
        TextTypeError: not a str.
        LockError: the text has placeholders in it already, or the spans overlap or lie outside.
    """
    if not isinstance(text, str):
        raise TextTypeError(text)
    if _STRAY.search(text):
        raise LockError("the text holds ⟦...⟧ placeholders already; unlock it first.")
    places = sorted(_given(text, spans) if spans is not None else _outer(text))
    keys: dict[str, str] = {}
    out: list[str] = []
    at = 0
    for number, (start, end) in enumerate(places, start=1):
        if not at <= start < end <= len(text):
            raise LockError(
                f"the span ({start}, {end}) is empty, overlaps another or lies outside."
            )
        quote = text[start:end]
        placeholder = f"{_OPEN}QC{number}-{_digest(quote)}{_CLOSE}"
        keys[placeholder] = quote
        out += [text[at:start], placeholder]
        at = end
    out.append(text[at:])
    return Locked(text="".join(out), keys=keys)


def unlock(text: str, keys: Mapping[str, str]) -> str:
    """Puts the quotes back, every one exactly once and unchanged; the order may have changed.

    Args:
        text: what the other software made of `Locked.text`.
        keys: `Locked.keys`.

    Raises:
        TextTypeError: the text is not a str.
        LockError: a placeholder was lost, doubled, altered or invented, or a key was changed; the
            message names each.
    """
    if not isinstance(text, str):
        raise TextTypeError(text)
    problems = [
        f"the key {placeholder} does not fit its quote any more"
        for placeholder, quote in keys.items()
        if placeholder[-5:-1] != _digest(quote)
    ]
    found = [m[0] for m in _PLACEHOLDER.finditer(text)]
    problems += [
        f"unknown or altered placeholder {p}" for p in dict.fromkeys(found) if p not in keys
    ]
    for placeholder in keys:
        count = found.count(placeholder)
        if count != 1:
            problems.append(
                f"placeholder {placeholder} "
                + ("is lost" if not count else f"stands {count} times")
            )
    if _STRAY.search(_PLACEHOLDER.sub("", text)):
        problems.append("a piece of a broken placeholder is left in the text")
    if problems:
        raise LockError("cannot unlock: " + "; ".join(problems) + ".", tuple(problems))
    return _PLACEHOLDER.sub(lambda match: keys[match[0]], text)


def _digest(quote: str) -> str:
    return hashlib.sha256(quote.encode("utf-8", "surrogatepass")).hexdigest()[:4]


def _outer(text: str) -> list[tuple[int, int]]:
    return [(q.start, q.end) for q in scan(text).quotations if q.level == 0 and q.start < q.end]


def _given(text: str, spans: Iterable[Span | tuple[int, int]]) -> list[tuple[int, int]]:
    return [(s.start, s.end) if isinstance(s, Span) else (s[0], s[1]) for s in spans]

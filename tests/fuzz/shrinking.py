"""Makes a text that fails smaller, as long as it fails in the same way."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["shrink"]


def shrink(text: str, fails: Callable[[str], bool], seconds: float = 60.0) -> str:
    """Returns a shorter text that still fails (delta debugging, Zeller and Hildebrandt 2002).

    Args:
        text: a text that fails.
        fails: whether a text fails.
        seconds: how long to try.
    """
    deadline = time.monotonic() + seconds
    size = max(1, len(text) // 2)
    while True:
        at, before = 0, text
        while at < len(text):
            if time.monotonic() > deadline:
                return text
            shorter = text[:at] + text[at + size :]
            if fails(shorter):
                text = shorter
            else:
                at += size
        if size > 1:
            size = max(1, size // 2)
        elif text == before:
            return text

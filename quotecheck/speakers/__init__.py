"""Who said it: names, pronouns and descriptions of one article resolved to speakers."""

from __future__ import annotations

from quotecheck.speakers.resolve import Resolution, resolve

__all__ = ["Resolution", "resolve"]

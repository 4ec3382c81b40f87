"""Output formats: one name each, and one way to write any of them.

`write` gives one article as text or bytes; `write_all` many articles for a stream; `files` what
belongs into a folder. Writers live in modules of their own and load when first used.
"""

from __future__ import annotations

from quotecheck.formats.registry import (
    DEFAULTS,
    FORMATS,
    Format,
    WriteOptions,
    files,
    get_format,
    names,
    stream,
    write,
)

__all__ = [
    "DEFAULTS",
    "FORMATS",
    "Format",
    "WriteOptions",
    "files",
    "get_format",
    "names",
    "stream",
    "write",
]

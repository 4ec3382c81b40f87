"""JSON in ASCII that gives every string back, one with surrogates side by side too."""

from __future__ import annotations

import json
import re

__all__ = ["ascii_json"]

#: A high and a low surrogate as two code points. Escaped one after the other, JSON reads them back
#: as one character, which would shift every later offset.
_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_NON_ASCII = re.compile("(?<![\ud800-\udbff])[\udc00-\udfff]|[^\x00-\x7f\udc00-\udfff]")


def ascii_json(data: object, indent: int | None = None) -> str:
    r"""Returns plain data as JSON, everything beyond ASCII escaped.

    A low surrogate that stands behind a high one as a code point of its own (possible in a ``str``,
    not in JSON escapes) is left unescaped, so that ``json.loads`` gives the same two back.

    >>> ascii_json(["“\ud800”"])
    '["\\u201c\\ud800\\u201d"]'

    Args:
        data: dicts, lists, strings, numbers, booleans and None.
        indent: spaces a level; None for one line.

    Raises:
        ValueError: a number that JSON does not know (NaN, infinity).
    """
    out = json.dumps(data, indent=indent, allow_nan=False)
    if "\\ud" in out:
        raw = json.dumps(data, indent=indent, ensure_ascii=False)
        if _SPLIT_PAIR.search(raw):
            return _NON_ASCII.sub(lambda m: json.dumps(m[0])[1:-1], raw)
    return out

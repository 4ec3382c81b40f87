"""CSV for spreadsheets: a header, one row an attribution.

UTF-8 with a byte order mark, since spreadsheets take files without one for a local encoding. Cells
that a spreadsheet would run as a formula get an apostrophe in front, after OWASP's advice on CSV
injection (https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from quotecheck.formats.registry import WriteOptions
from quotecheck.formats.rows import COLUMNS, Value, rows
from quotecheck.records import AnalysisRecord

__all__ = ["cell", "stream", "write"]

#: First characters that make spreadsheets run a cell; full-width forms are folded by some of them.
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_SURROGATE = re.compile("[\ud800-\udfff]")
#: NUL ends a cell early in many readers.
_NUL = str.maketrans({"\0": "\ufffd"})


def cell(value: Value) -> str:
    """Returns a value as a cell that no spreadsheet runs.

    Empty for None, ``true`` and ``false`` for booleans. Lone surrogates, which UTF-8 cannot hold,
    become U+FFFD.

    >>> cell("=1+1"), cell("Ada Pell"), cell(True), cell(None)
    ("'=1+1", 'Ada Pell', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    clean = _SURROGATE.sub("\ufffd", value).translate(_NUL)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def stream(records: Iterable[AnalysisRecord], options: WriteOptions) -> Iterator[str]:
    """Yields the byte order mark with the header, then the rows of each article."""
    yield "\ufeff" + _lines([list(COLUMNS)])
    for record in records:
        yield _lines([[cell(row[name]) for name in COLUMNS] for row in rows(record)])


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns one article's rows under a header."""
    return "".join(stream([record], options))


def _lines(table: list[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return out.getvalue()

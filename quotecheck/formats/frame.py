"""Data frames: the rows of `quotecheck.formats.rows` with types, for pandas.

Needs ``pandas`` (``pip install "quotecheck[pandas]"``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quotecheck.errors import MissingExtraError
from quotecheck.formats.rows import COLUMNS, encodable, rows
from quotecheck.records import AnalysisRecord

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DTYPES", "to_frame"]

#: What is missing is ``<NA>`` in text and numbers alike, so that whole numbers stay whole.
_KINDS = {str: "string", int: "Int64", float: "float64", bool: "bool"}
#: Columns in order, each with its dtype in pandas.
DTYPES: dict[str, str] = {name: _KINDS[kind] for name, kind in COLUMNS.items()}


def to_frame(analyses: AnalysisRecord | Iterable[AnalysisRecord]) -> pd.DataFrame:
    """Returns the attributions of articles as a pandas data frame, one row an attribution.

    Columns and dtypes are always those of `DTYPES`, also when there is no row. ``start`` and
    ``end`` are code points of the article, end exclusive; `quotecheck.formats.rows.rows` says what
    stands in each column.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> frame = to_frame([analysis])
    >>> frame[["speaker", "cue", "start", "end"]].values.tolist()
    [['Ada Pell', 'said', 0, 5]]

    Args:
        analyses: one analysis, or many; an iterator is read once.

    Raises:
        MissingExtraError: pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingExtraError("a data frame", "pandas", "pandas") from error
    listed = [analyses] if isinstance(analyses, AnalysisRecord) else analyses
    found = [
        {name: encodable(value) for name, value in row.items()}
        for analysis in listed
        for row in rows(analysis)
    ]
    return pd.DataFrame(found, columns=list(DTYPES)).astype(DTYPES)

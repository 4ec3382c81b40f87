"""JSON: one document an article, as DESIGN's contract has it."""

from __future__ import annotations

from quotecheck import codec
from quotecheck.formats.registry import WriteOptions
from quotecheck.records import AnalysisRecord

__all__ = ["write"]


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns the article as a JSON document, a line end at its end."""
    return codec.dumps(codec.to_dict(record), indent=options.indent) + "\n"

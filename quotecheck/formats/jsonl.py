"""JSONL: one line an article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quotecheck import codec
from quotecheck.formats.registry import WriteOptions
from quotecheck.records import AnalysisRecord

__all__ = ["stream", "write"]


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns the article as one line of JSON."""
    return codec.dumps(codec.to_dict(record)) + "\n"


def stream(records: Iterable[AnalysisRecord], options: WriteOptions) -> Iterator[str]:
    """Yields a line an article."""
    for record in records:
        yield write(record, options)

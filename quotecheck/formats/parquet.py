"""Parquet: the rows of `quotecheck.formats.rows`, typed, with the offsets as nested lists.

Needs ``pyarrow`` (``pip install 'quotecheck[parquet]'``).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from quotecheck.errors import MissingExtraError
from quotecheck.formats.registry import WriteOptions
from quotecheck.formats.rows import COLUMNS, encodable, rows
from quotecheck.records import AnalysisRecord

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["schema", "stream", "write"]

#: Rows a row group: large enough to compress, small enough to keep memory flat.
_GROUP = 20_000
_SPANS = ("content", "cue", "source")


def schema() -> pa.Schema:
    """Returns the Arrow schema of the files.

    The columns of the CSV, then ``text_sha256`` and ``content_spans``, ``cue_spans``,
    ``source_spans``: lists of (start, end) in code points, end exclusive.

    Raises:
        MissingExtraError: ``pyarrow`` is not installed.
    """
    pa = _arrow()
    kinds = {str: pa.string(), bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    span = pa.struct([("start", pa.int64()), ("end", pa.int64())])
    fields = [(name, kinds[kind]) for name, kind in COLUMNS.items()]
    fields.append(("text_sha256", pa.string()))
    fields += [(f"{name}_spans", pa.list_(span)) for name in _SPANS]
    return pa.schema(fields)


def write(record: AnalysisRecord, options: WriteOptions) -> bytes:
    """Returns one article's rows as a Parquet file.

    Raises:
        MissingExtraError: ``pyarrow`` is not installed.
    """
    return b"".join(stream([record], options))


def stream(records: Iterable[AnalysisRecord], options: WriteOptions) -> Iterator[bytes]:
    """Yields a Parquet file of many articles in pieces; rows wait until a group is full.

    Raises:
        MissingExtraError: ``pyarrow`` is not installed.
    """
    pa = _arrow()
    import pyarrow.parquet as pq

    columns = schema()
    sink = _Sink()
    waiting: list[dict[str, Any]] = []
    with pq.ParquetWriter(sink, columns) as writer:
        for record in records:
            waiting += _rows(record)
            if len(waiting) >= _GROUP:
                writer.write_table(pa.Table.from_pylist(waiting, schema=columns))
                waiting = []
                yield sink.take()
        if waiting:
            writer.write_table(pa.Table.from_pylist(waiting, schema=columns))
    yield sink.take()


class _Sink(io.RawIOBase):
    """Collects what the writer writes, and knows the offset though pieces have been taken."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:  # noqa: ANN401 - any buffer
        piece = bytes(data)
        self._pieces.append(piece)
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._size

    def take(self) -> bytes:
        out = b"".join(self._pieces)
        self._pieces = []
        return out


def _arrow() -> Any:  # noqa: ANN401 - the module, absent without the extra
    try:
        import pyarrow as pa
    except ImportError as error:
        raise MissingExtraError("Parquet", "pyarrow", "parquet") from error
    return pa


def _rows(record: AnalysisRecord) -> Iterator[dict[str, Any]]:
    for a, row in zip(record.attributions, rows(record), strict=True):
        out: dict[str, Any] = {name: encodable(value) for name, value in row.items()}
        out["text_sha256"] = record.text_sha256
        for name in _SPANS:
            spans = getattr(a, name)
            out[f"{name}_spans"] = [{"start": span.start, "end": span.end} for span in spans]
        yield out

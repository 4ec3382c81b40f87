"""The whole store as a file that other tools read: JSON lines, CSV, Parquet."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from attrs import asdict

from quotecheck.errors import StoreError, StoreInputError
from quotecheck.store import schema as t
from quotecheck.store.model import StoredQuote
from quotecheck.store.queries import load_quotes

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

__all__ = ["COLUMNS", "ExportFormat", "export", "quote_rows"]

ExportFormat = Literal["jsonl", "csv", "parquet"]
#: Rows read from the store at a time.
_PAGE = 2000

#: Columns of an export, in this order, with their Parquet types.
COLUMNS: dict[str, str] = {
    "id": "string",
    "speaker": "string",
    "speaker_name": "string",
    "candidates": "list<string>",
    "text": "string",
    "spans": "list<list<int64>>",
    "kind": "string",
    "act": "string",
    "negated": "bool",
    "hypothetical": "bool",
    "cue": "string",
    "source": "string",
    "confidence": "float64",
    "speaker_confidence": "float64",
    "group": "string",
    "attribution": "string",
    "url": "string",
    "title": "string",
    "outlet": "string",
    "published": "string",
    "article": "string",
    "version": "int64",
}


def quote_rows(
    connection: Connection, where: list[ColumnElement[bool]]
) -> Iterator[dict[str, Any]]:
    """Yields every quote as a row of `COLUMNS`, in the order of their ids, page by page."""
    from sqlalchemy import select

    last = 0
    while True:
        page = (
            select(t.quote.c.id)
            .join(t.article, t.article.c.id == t.quote.c.article_id)
            .where(t.quote.c.id > last, *where)
            .order_by(t.quote.c.id)
            .limit(_PAGE)
        )
        ids = list(connection.execute(page).scalars())
        if not ids:
            return
        found = load_quotes(connection, [t.quote.c.id.in_(ids)])
        for quote in sorted(found, key=lambda q: int(q.id[1:])):
            yield _row(quote)
        last = ids[-1]


def _row(quote: StoredQuote) -> dict[str, Any]:
    row = asdict(quote)
    row["candidates"] = list(quote.candidates)
    row["spans"] = [list(span) for span in quote.spans]
    return row


def export(
    rows: Iterator[dict[str, Any]], path: str | os.PathLike[str], form: ExportFormat | None
) -> int:
    """Writes rows to a file and returns how many; a half-written file never takes its place.

    Raises:
        StoreInputError: an unknown format.
        StoreError: the file cannot be written, or pyarrow is missing for Parquet.
    """
    target = Path(path)
    kind = form or target.suffix.lstrip(".").lower()
    writers = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet}
    if kind not in writers:
        raise StoreInputError(
            f"cannot export to {kind or target.name!r}: choose {', '.join(get_args(ExportFormat))}."
        )
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        count = writers[kind](rows, part)
        part.replace(target)
    except OSError as error:
        raise StoreError(f"{target}: {error.strerror or error}. Choose another place.") from error
    finally:
        part.unlink(missing_ok=True)
    return count


def _jsonl(rows: Iterator[dict[str, Any]], path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as out:
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the answer
            out.write(json.dumps(row, ensure_ascii=not _encodes(row["text"])) + "\n")
    return count


def _encodes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _csv(rows: Iterator[dict[str, Any]], path: Path) -> int:
    from quotecheck.formats.csv import cell

    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the answer
            flat = row | {
                "candidates": " ".join(row["candidates"]),
                "spans": " ".join(f"{start}-{end}" for start, end in row["spans"]),
            }
            writer.writerow([cell(flat[name]) for name in COLUMNS])
    return count


def _parquet(rows: Iterator[dict[str, Any]], path: Path) -> int:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise StoreError("Parquet needs pyarrow: pip install 'quotecheck[parquet]'.") from error
    types = {
        "string": pa.string(),
        "bool": pa.bool_(),
        "float64": pa.float64(),
        "int64": pa.int64(),
        "list<string>": pa.list_(pa.string()),
        "list<list<int64>>": pa.list_(pa.list_(pa.int64())),
    }
    layout = pa.schema([(name, types[kind]) for name, kind in COLUMNS.items()])
    count = 0
    with pq.ParquetWriter(path, layout) as out:
        page: list[dict[str, Any]] = []
        for row in rows:
            page.append({k: _clean(v) for k, v in row.items()})
            count += 1
            if len(page) == _PAGE:
                out.write_table(pa.Table.from_pylist(page, schema=layout))
                page = []
        if page or not count:
            out.write_table(pa.Table.from_pylist(page, schema=layout))
    return count


def _clean(value: object) -> object:
    """Parquet holds UTF-8: lone surrogates become U+FFFD."""
    if isinstance(value, str) and not _encodes(value):
        return value.encode("utf-8", "replace").decode()
    return value

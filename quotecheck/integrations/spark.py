"""Extraction over tables of articles: PySpark, pandas and pyarrow, one function for all.

``extract_table`` takes a stream of pandas frames with one article a row and yields frames with one
attribution a row: the signature that Spark's ``mapInPandas`` wants. The model loads once in each
worker process, at its first article. Columns and types are in `COLUMNS` and in docs/scale.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from quotecheck.errors import QuotecheckError, StoreInputError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from quotecheck.analysis import Analysis

__all__ = [
    "COLUMNS",
    "arrow_schema",
    "extract",
    "extract_arrow",
    "extract_frame",
    "extract_table",
    "spark_schema",
]

#: Columns of the answer in order, with their Spark SQL types. ``error`` is null but for articles
#: that could not be analysed: those have one row with nothing else but their own columns.
COLUMNS: dict[str, str] = {
    "url": "string",
    "title": "string",
    "published": "string",
    "text_sha256": "string",
    "attribution": "string",
    "kind": "string",
    "act": "string",
    "negated": "boolean",
    "hypothetical": "boolean",
    "speaker": "string",
    "speaker_id": "string",
    "speaker_type": "string",
    "candidates": "array<string>",
    "text": "string",
    "content_start": "array<bigint>",
    "content_end": "array<bigint>",
    "cue": "string",
    "source": "string",
    "confidence": "double",
    "speaker_confidence": "double",
    "parent": "string",
    "analysis": "string",
    "error": "string",
}
_ORIGIN = ("url", "title", "published")

Analyze = Callable[..., "Analysis"]


@lru_cache(maxsize=4)
def _pipeline(models: str) -> Any:  # noqa: ANN401 - quotecheck.Pipeline, loaded here
    """The worker's own pipeline: loaded once a process, however many partitions it gets."""
    from quotecheck.pipeline import Pipeline

    return Pipeline(models)


def _rows(analysis: Analysis, origin: dict[str, Any], keep: bool) -> Iterator[dict[str, Any]]:
    """One row an attribution; the first of an article carries its records when they are kept."""
    whole = analysis.to_json() if keep else None
    blank = dict.fromkeys(COLUMNS) | origin | {"text_sha256": analysis.text_sha256}
    if keep and not analysis.attributions:
        yield blank | {"analysis": whole}
    for number, a in enumerate(analysis.attributions):
        yield blank | {
            "attribution": a.id,
            "kind": a.kind,
            "act": a.act,
            "negated": a.negated,
            "hypothetical": a.hypothetical,
            "speaker": a.speaker.name if a.speaker else None,
            "speaker_id": a.speaker.id if a.speaker else None,
            "speaker_type": a.speaker.type if a.speaker else None,
            "candidates": [c.name for c in a.candidates],
            "text": a.text,
            "content_start": [s.start for s in a.content],
            "content_end": [s.end for s in a.content],
            "cue": " ".join(s.text for s in a.cue),
            "source": " ".join(s.text for s in a.source),
            "confidence": a.confidence,
            "speaker_confidence": a.speaker_confidence,
            "parent": a.parent,
            "analysis": whole if number == 0 else None,
        }


def _article_rows(
    record: dict[str, Any], text_column: str, analyze: Analyze, keep: bool
) -> Iterator[dict[str, Any]]:
    from quotecheck.consistency import text_sha256

    text = record[text_column]
    origin = {name: _text(record.get(name)) for name in _ORIGIN}
    if not isinstance(text, str):
        error = f"the column {text_column!r} holds no text in this row."
        yield dict.fromkeys(COLUMNS) | origin | {"error": error}
        return
    try:
        analysis = analyze(text, **origin)
    except QuotecheckError as problem:
        found = {"text_sha256": text_sha256(text), "error": str(problem)}
        yield dict.fromkeys(COLUMNS) | origin | found
        return
    yield from _rows(analysis, origin, keep)


def _text(value: object) -> str | None:
    """A cell as text; dates become ISO 8601, what pandas takes for missing becomes None."""
    if value is None or value != value:
        return None
    if isinstance(value, str):
        return value
    iso = getattr(value, "isoformat", None)
    return str(iso()) if iso is not None else str(value)


def extract_table(
    frames: Iterable[pd.DataFrame],
    *,
    text_column: str = "text",
    models: str = "en",
    analyze: Analyze | None = None,
    keep_analyses: bool = False,
) -> Iterator[pd.DataFrame]:
    """Yields a frame of attributions for each frame of articles.

    An article that cannot be analysed gives one row with ``error``; the rest goes on.

    Args:
        frames: frames with a column of texts and, if known, ``url``, ``title``, ``published``.
        text_column: name of the column with the texts.
        models: model of the pipeline that each worker loads.
        analyze: replaces the pipeline: takes a text and ``url``, ``title``, ``published``.
        keep_analyses: put each article's records as JSON into ``analysis`` of its first row, for
            `quotecheck.SpeakerStore`.

    Raises:
        StoreInputError: there is no such column.
    """
    import pandas as pd

    for frame in frames:
        if text_column not in frame.columns:
            raise StoreInputError(
                f"no column {text_column!r}: the columns are {', '.join(map(str, frame.columns))}."
            )
        one = analyze or _pipeline(models).analyze
        rows = [
            row
            for record in frame.to_dict("records")
            for row in _article_rows(record, text_column, one, keep_analyses)
        ]
        out = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
        yield out.where(out.notna(), None) if len(out) else out


def extract_frame(frame: pd.DataFrame, **options: Any) -> pd.DataFrame:  # noqa: ANN401
    """Returns the attributions of a pandas frame of articles; options as in `extract_table`."""
    return next(extract_table([frame], **options))


def extract_arrow(table: pa.Table, **options: Any) -> pa.Table:  # noqa: ANN401
    """Returns the attributions of a pyarrow table of articles; options as in `extract_table`."""
    import pyarrow as pa

    batches = (batch.to_pandas() for batch in table.to_batches(max_chunksize=256))
    schema = arrow_schema()
    pieces = [
        pa.Table.from_pylist(frame.to_dict("records"), schema=schema)
        for frame in extract_table(batches, **options)
    ]
    return pa.concat_tables(pieces) if pieces else schema.empty_table()


def extract(frame: DataFrame, **options: Any) -> DataFrame:  # noqa: ANN401
    """Returns the attributions of a Spark frame of articles; options as in `extract_table`.

    Nothing is computed before the result is written or counted. Write it with
    ``extract(articles).write.parquet(path)``.
    """
    return frame.mapInPandas(partial(extract_table, **options), schema=spark_schema())


def spark_schema() -> str:
    """Returns the schema of the answer as Spark's DDL.

    >>> spark_schema().startswith("url string, title string")
    True
    """
    return ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())


def arrow_schema() -> pa.Schema:
    """Returns the schema of the answer for pyarrow and Parquet."""
    import pyarrow as pa

    kinds = {
        "string": pa.string(),
        "boolean": pa.bool_(),
        "double": pa.float64(),
        "array<string>": pa.list_(pa.string()),
        "array<bigint>": pa.list_(pa.int64()),
    }
    return pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])

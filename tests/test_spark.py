"""Extraction over tables: Spark, pandas and pyarrow give the rows of a single process."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quotecheck.analysis import Analysis
from quotecheck.errors import ModelError, StoreInputError
from quotecheck.integrations import spark
from quotecheck.store import SpeakerStore
from quotecheck.testing import build, said

pd = pytest.importorskip("pandas", reason="pandas is not installed")

ARTICLES = [
    {"text": f"“Number {n},” said Mara Quist. “No,” said Bo Vell.", "url": f"https://a.example/{n}",
     "title": f"Title {n}", "published": "2026-01-05"}
    for n in range(12)
] + [
    {"text": "Nobody spoke.", "url": "https://a.example/12", "title": None, "published": None},
    {"text": "[fault]", "url": "https://a.example/13", "title": None, "published": None},
    {"text": None, "url": "https://a.example/14", "title": None, "published": None},
]  # fmt: skip


def analyze(text: str, **origin: Any) -> Analysis:
    """Stands in for the pipeline: what is quoted is said by the name after it."""
    if text == "[fault]":
        raise ModelError("the model could not read this")
    found = re.findall(r"(“[^”]+”) said ([A-Z]\w+ [A-Z]\w+)", text)
    return build(text, *(said(q, cue="said", source=who) for q, who in found), **origin)


def records(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame as plain Python, by address and attribution."""

    def plain(value: Any) -> Any:
        return list(value) if hasattr(value, "tolist") and value.ndim else value

    rows = [{k: plain(v) for k, v in row.items()} for row in frame.to_dict("records")]
    return sorted(rows, key=lambda r: (r["url"], r["attribution"] or ""))


def test_pandas() -> None:
    """One row an attribution with its offsets, one row an article that failed."""
    frame = spark.extract_frame(pd.DataFrame(ARTICLES), analyze=analyze)
    assert list(frame.columns) == list(spark.COLUMNS)
    rows = frame.to_dict("records")
    assert len(rows) == 26
    first = rows[0]
    text = ARTICLES[0]["text"]
    assert text is not None
    assert text[first["content_start"][0] : first["content_end"][0]] == "“Number 0,”"
    assert (first["speaker"], first["published"], first["error"]) == (
        "Mara Quist", "2026-01-05", None
    )  # fmt: skip
    errors = {r["url"][-2:]: r["error"] for r in rows if r["error"]}
    assert errors == {
        "13": "the model could not read this",
        "14": "the column 'text' holds no text in this row.",
    }
    with pytest.raises(StoreInputError, match="no column 'body'"):
        spark.extract_frame(pd.DataFrame(ARTICLES), text_column="body")


def test_pyarrow() -> None:
    """A table of any batches gives the rows of the frame, typed."""
    pa = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    table = spark.extract_arrow(pa.Table.from_pylist(ARTICLES), analyze=analyze)
    assert table.schema == spark.arrow_schema()
    frame = spark.extract_frame(pd.DataFrame(ARTICLES), analyze=analyze)
    assert table.to_pylist() == frame.to_dict("records")
    empty = spark.extract_arrow(pa.table({"text": pa.array([], pa.string())}), analyze=analyze)
    assert (empty.num_rows, empty.schema) == (0, spark.arrow_schema())


def test_kept_analyses_fill_a_store() -> None:
    """With ``keep_analyses`` every article's records come along once, for the store."""
    frame = spark.extract_frame(pd.DataFrame(ARTICLES), analyze=analyze, keep_analyses=True)
    kept = [Analysis.from_json(text) for text in frame["analysis"] if text]
    assert len(kept) == 13
    with SpeakerStore(":memory:") as store:
        store.add_many(kept)
        assert store.speaker("Mara Quist").quotes == 12


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    """A Spark session of one local worker."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    try:
        started = (
            sql.SparkSession.builder.master("local[1]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "1")
            .getOrCreate()
        )
    except Exception as error:  # noqa: BLE001 - whatever a missing Java raises
        pytest.skip(f"Spark does not start here (Java 17 or later is needed): {error}")
    yield started
    started.stop()


def test_spark_equals_one_process(session: Any, tmp_path: Path) -> None:
    """Three partitions, written as Parquet and read back, are the rows of one process."""
    frame = session.createDataFrame(
        [tuple(a.values()) for a in ARTICLES],
        "text string, url string, title string, published string",
    ).repartition(3)
    spark.extract(frame, analyze=analyze).write.parquet(str(tmp_path / "out"))
    import pyarrow.parquet as pq

    found = pq.read_table(tmp_path / "out").to_pandas()
    found = found.astype(object).where(found.notna(), None)
    assert records(found) == records(spark.extract_frame(pd.DataFrame(ARTICLES), analyze=analyze))

"""Attributions of a table of articles with Spark, in local mode, compared with one process.

    pip install "quotecheck[spark]"        # and Java 17 or later
    python examples/spark_extract.py [--articles articles.jsonl] [--output attributions.parquet]

Without ``--articles`` a few articles written for this example are used. Each line of the file is a
JSON object with ``text`` and, if known, ``url``, ``title`` and ``published``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import pandas as pd

from quotecheck.integrations import spark

ARTICLES = [
    {
        "text": "The mill will stay open, Ada Pell said on Monday. “We have orders for a year,” "
        "the director told reporters.",
        "url": "https://daily.example/mill",
        "title": "Mill stays open",
        "published": "2026-03-02",
    },
    {
        "text": "“The harbour is full,” said Bo Quill. He did not say when work would begin.",
        "url": "https://daily.example/harbour",
        "title": "Harbour full",
        "published": "2026-03-03",
    },
]


def main() -> None:
    """Runs the extraction and prints how many attributions it gave."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, help="JSON lines; the example's own otherwise")
    parser.add_argument("--output", type=Path, help="folder for the Parquet files")
    parser.add_argument("--workers", default="2", help="local Spark workers")
    options = parser.parse_args()
    articles = ARTICLES
    if options.articles:
        with options.articles.open(encoding="utf-8") as lines:
            articles = [json.loads(line) for line in lines if line.strip()]
    columns = ("text", "url", "title", "published")
    table = pd.DataFrame([{name: a.get(name) for name in columns} for a in articles], dtype=object)

    from pyspark.sql import SparkSession

    session = SparkSession.builder.master(f"local[{options.workers}]").getOrCreate()
    frame = session.createDataFrame(
        table.to_records(index=False).tolist(), ", ".join(f"{name} string" for name in columns)
    )
    with tempfile.TemporaryDirectory() as folder:
        output = str(options.output or Path(folder, "attributions"))
        spark.extract(frame).write.mode("overwrite").parquet(output)
        rows = session.read.parquet(output).toPandas()
    session.stop()

    alone = spark.extract_frame(table)
    order = ["url", "attribution"]
    same = (
        rows.sort_values(order)["text"].tolist() == alone.sort_values(order)["text"].tolist()
        and rows.sort_values(order)["speaker"].tolist()
        == alone.sort_values(order)["speaker"].tolist()
    )
    print(f"{len(rows)} attributions of {len(table)} articles; equal to one process: {same}")


if __name__ == "__main__":
    main()

"""Parquet: typed rows that any engine reads, one article or many, without pyarrow a clear error."""

from __future__ import annotations

import builtins
import io

import pytest
from hypothesis import HealthCheck, given, settings
from record_strategies import analyses

from quotecheck import formats
from quotecheck.analysis import Analysis
from quotecheck.formats import parquet
from quotecheck.formats.rows import COLUMNS
from quotecheck.testing import build, said
from tests.depth import examples

pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")


def read(data: bytes) -> list[dict]:
    return pq.read_table(io.BytesIO(data)).to_pylist()


def example() -> Analysis:
    return build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))


def test_rows_and_offsets_come_back():
    """The CSV's columns with their types, and the offsets as lists."""
    (row,) = read(formats.write(example(), "parquet"))
    assert {name: row[name] for name in COLUMNS} == next(example().rows())
    assert row["content_spans"] == [{"start": 0, "end": 5}]
    assert row["text_sha256"] == example().text_sha256


@given(analyses())
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_analysis_makes_a_valid_file(analysis: Analysis):
    """Pyarrow reads every file with the published schema; only surrogates are replaced."""
    data = formats.write(analysis, "parquet")
    assert pq.read_schema(io.BytesIO(data)).equals(parquet.schema())
    for row, wanted in zip(read(data), analysis.rows(), strict=True):
        for name, value in wanted.items():
            if isinstance(value, str):
                value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
                assert len(row[name].replace("\ufffd", "")) <= len(value)
            else:
                assert row[name] == value


def test_many_articles_stream_into_one_file(monkeypatch: pytest.MonkeyPatch):
    """Row groups go out as they fill; the pieces joined are one file."""
    monkeypatch.setattr(parquet, "_GROUP", 10)
    pieces = list(formats.stream((example() for _ in range(35)), "parquet"))
    assert len(pieces) > 3
    assert len(read(b"".join(pieces))) == 35


def test_nothing_said_is_a_file_without_rows():
    """No attributions: a valid file with the schema and no rows."""
    assert read(b"".join(formats.stream([], "parquet"))) == []


def test_without_pyarrow_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    """The error names the extra to install."""
    real = builtins.__import__

    def absent(name: str, *rest: object, **more: object) -> object:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ImportError, match=r"quotecheck\[parquet\]"):
        formats.write(example(), "parquet")

"""pandas: the attributions of many articles as one data frame with fixed columns and types."""

from __future__ import annotations

import builtins

import pytest

import quotecheck
from quotecheck.errors import MissingExtraError
from quotecheck.formats.frame import DTYPES
from quotecheck.formats.rows import rows
from quotecheck.testing import build, said

pd = pytest.importorskip("pandas", reason="pandas is not installed")


def articles():
    """An article with one sure speaker, one without any, and one in which nothing is said."""
    return [
        build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell")),
        build("“Yes,” he said.", said("“Yes,”", cue="said", source="he", speaker=None)),
        build("The mill is shut."),
    ]


def test_one_row_an_attribution():
    """The rows are those of every other table, in order; what is missing is <NA>."""
    frame = quotecheck.to_frame(articles())
    assert frame["speaker"].tolist() == ["Ada Pell", pd.NA]
    wanted = [row for analysis in articles() for row in rows(analysis)]
    shown = frame.astype(object).where(frame.notna(), None).to_dict("records")
    assert shown == wanted


@pytest.mark.parametrize("given", [[], articles()[2:], articles()], ids=["none", "empty", "some"])
def test_columns_and_types_are_fixed(given):
    """However many rows there are, columns and dtypes stay, so that frames can be joined."""
    frame = quotecheck.to_frame(given)
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == DTYPES
    assert frame["start"].dtype == pd.Int64Dtype()


def test_a_single_analysis_and_an_iterator():
    """One analysis needs no list; an iterator is read once; the method gives the same."""
    one = articles()[0]
    assert quotecheck.to_frame(one).equals(quotecheck.to_frame(iter([one])))
    assert one.to_frame().equals(quotecheck.to_frame([one]))


def test_offsets_cut_the_text():
    """Start and end are code points of the article's own text."""
    for analysis in articles()[:2]:
        (row,) = quotecheck.to_frame(analysis).to_dict("records")
        assert analysis.text[row["start"] : row["end"]] == row["content"]


def test_lone_surrogates_are_no_obstacle():
    """Text that UTF-8 cannot hold gets U+FFFD in its place: Arrow-backed strings need it."""
    text = "“No\ud800,” said Ada Pell."
    frame = quotecheck.to_frame(build(text, said("“No\ud800,”", cue="said", source="Ada Pell")))
    assert frame["content"].tolist() == ["“No\ufffd,”"]


def test_without_pandas(monkeypatch):
    """The error is typed and says which extra to install."""
    real = builtins.__import__

    def absent(name, *args, **kwargs):
        if name == "pandas":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(MissingExtraError, match=r'pip install "quotecheck\[pandas\]"') as told:
        quotecheck.to_frame([])
    assert (told.value.extra, told.value.name) == ("pandas", "pandas")
    assert isinstance(told.value, ImportError)


def test_grouping_works():
    """The frame does what it is for: counting who is quoted how."""
    counts = quotecheck.to_frame(articles()).groupby(["speaker", "kind"], dropna=False).size()
    assert counts.to_dict() == {("Ada Pell", "direct"): 1, (pd.NA, "direct"): 1}

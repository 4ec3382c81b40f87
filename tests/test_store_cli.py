"""``quotecheck track``: adding, asking and deciding on the command line."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from quotecheck.cli import main, running
from quotecheck.store import SpeakerStore
from tests.cli_fake import FakeModel, answer
from tests.store_data import article


@pytest.fixture
def db(tmp_path: Path) -> str:
    """A store of three articles."""
    path = str(tmp_path / "quotes.db")
    with SpeakerStore(path) as store:
        store.add(article(("Mara Quist", "We will not close the old port before winter")),
                  url="https://daily.example/1", published="2026-01-05")  # fmt: skip
        store.add(article(("Mara Quist", "We will not close the old port before winter storms")),
                  url="https://post.example/2", published="2026-02-05")  # fmt: skip
        store.add(article(("Bob Tarrant", "Late"), ("Robert Tarrant", "Too late")))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit status, output and error output of ``quotecheck track``."""
    status = main(["track", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_add_goes_on_where_it_stopped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known articles are not analysed again; one bad article is named and the rest goes on."""
    seen: list[str] = []

    class Counting(FakeModel):
        def pipe(self, texts, **options):  # type: ignore[no-untyped-def]
            for text in texts:
                seen.append(text)
                yield self(text)

    monkeypatch.setattr(running, "load_pipeline", lambda *_: Counting(answer))
    news = tmp_path / "news"
    news.mkdir()
    for number in range(3):
        (news / f"{number}.txt").write_text(f"“Number {number},” said Ada Pell.", encoding="utf-8")
    (news / "bad.txt").write_text("[fault]", encoding="utf-8")
    db = str(tmp_path / "quotes.db")
    status, _, err = run(capsys, "add", db, str(news), "--outlet", "The Mill", "--published",
                         "2026-01-01")  # fmt: skip
    assert status == 2
    assert "bad.txt" in err
    assert "3 added, 0 new versions, 0 there already." in err
    (news / "bad.txt").unlink()
    (news / "9.txt").write_text("“Nine,” said Ada Pell.", encoding="utf-8")
    seen.clear()
    status, _, err = run(capsys, "add", db, str(news))
    assert (status, len(seen)) == (0, 1)
    assert "1 added, 0 new versions, 3 there already." in err
    status, out, _ = run(capsys, "quotes", db, "--speaker", "Pell", "--outlet", "The Mill",
                         "--format", "jsonl")  # fmt: skip
    assert [json.loads(line)["published"] for line in out.splitlines()] == ["2026-01-01"] * 3


def test_add_takes_analyses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Lines of `extract --format jsonl` are added without a model; a broken line is named."""
    one = article(("Mara Quist", "Yes")).to_json()
    lines = tmp_path / "analyses.jsonl"
    lines.write_text(f'{one}\n{{"schema": "quotecheck/1"}}\n', encoding="utf-8")
    db = str(tmp_path / "quotes.db")
    status, _, err = run(capsys, "add", db, str(lines))
    assert status == 2
    assert "analyses.jsonl:2" in err
    assert "1 added" in err
    assert run(capsys, "quotes", db, "-s", "Mara Quist")[0] == 0


def test_asking(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each question has its answer as text, CSV and JSON lines; finding nothing is status 1."""
    status, out, _ = run(capsys, "quotes", db, "--speaker", "Mara Quist", "--since", "2026-02-01")
    assert status == 0
    assert out.splitlines()[1].startswith("2026-02-05  Mara Quist    post.example  direct")
    assert run(capsys, "quotes", db, "--text", "missing") == (1, "", "")
    status, out, _ = run(capsys, "speakers", db, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(r["name"], r["quotes"]) for r in rows][:2] == [("Mara Quist", "2"),
                                                            ("Robert Tarrant", "1")]  # fmt: skip
    status, out, _ = run(capsys, "groups", db, "-f", "jsonl")
    group = json.loads(out)
    assert (group["articles"], group["first"], group["speaker"]) == (2, "2026-01-05", "Mara Quist")
    status, out, _ = run(capsys, "stats", db, "--by", "outlet", "-f", "jsonl")
    counts = {r["outlet"]: r["quotes"] for r in map(json.loads, out.splitlines())}
    assert counts == {None: 2, "daily.example": 1, "post.example": 1}
    assert "2026-01" in run(capsys, "timeline", db, "Mara Quist")[1]
    assert "nickname" in run(capsys, "find", db, "Bob Tarrant")[1]
    assert len(run(capsys, "articles", db)[1].splitlines()) == 4
    target = str(Path(db).with_name("q.csv"))
    assert run(capsys, "export", db, target)[1] == f"4 quotes in {target}\n"


def test_deciding(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Review, merge, log, undo, apart, alias, annotate: each decision has an id to undo."""
    assert "probable" in run(capsys, "review", db)[1]
    status, number, _ = run(capsys, "merge", db, "Bob Tarrant", "Robert Tarrant", "--reason", "x")
    assert status == 0
    assert number.strip() in run(capsys, "log", db, "-s", "Bob Tarrant")[1]
    assert run(capsys, "undo", db, number.strip())[0] == 0
    assert run(capsys, "apart", db, "Bob Tarrant", "Robert Tarrant")[0] == 0
    assert run(capsys, "review", db)[1] == ""
    assert run(capsys, "alias", db, "Mara Quist", "Mara Holm")[0] == 0
    assert run(capsys, "annotate", db, "Mara Quist", "party", "Mill")[0] == 0
    assert "Mill" in run(capsys, "stats", db, "--by", "@party")[1]
    assert run(capsys, "annotate", db, "Mara Quist", "party")[0] == 2
    split = run(capsys, "split", db, "Mara Quist", "--article", "https://post.example/2")
    assert split[0] == 0
    status, _, err = run(capsys, "quotes", db, "--speaker", "Mara Quist")
    assert status == 2
    assert "fits 2 speakers" in err


def test_taking_out(db: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Articles and people go; what is not there is status 1 or 2."""
    assert run(capsys, "remove", db, "https://daily.example/1")[0] == 0
    assert run(capsys, "remove", db, "https://daily.example/1")[0] == 1
    status, out, _ = run(capsys, "forget", db, "Mara Quist", "--yes")
    assert (status, out) == (0, "Mara Quist: 1 quotes in 1 articles deleted.\n")
    assert run(capsys, "forget", db, "Mara Quist", "--yes")[0] == 2


def test_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Asking a store that does not exist says how to make one, and makes none."""
    missing = tmp_path / "none.db"
    status, _, err = run(capsys, "speakers", str(missing))
    assert status == 2
    assert "quotecheck track add" in err
    assert not missing.exists()

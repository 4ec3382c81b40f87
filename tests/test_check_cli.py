"""``quotecheck check``: output, differences word by word, exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from quotecheck.check import check
from quotecheck.cli import cli, running
from quotecheck.cli.check import _Style, show_differences
from tests.cli_fake import load_pipeline

TALK = (
    "MS. VELL: We will not, um, close the mill this year.\n"
    "MR. QUIST: The harbour is safe for everyone.\n"
)


@pytest.fixture
def talk(tmp_path: Path) -> str:
    """A transcript in a file."""
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    return str(path)


def run(*arguments: str, given: str | bytes | None = None):
    """Runs the command; its exit status is what `main` returns."""
    outcome = CliRunner().invoke(cli, ["check", *arguments], input=given, standalone_mode=False)
    if outcome.exception is not None:
        raise outcome.exception
    return outcome.return_value, outcome.stdout, outcome.stderr


def test_supported_quote(talk: str) -> None:
    """A quote that stands there exits with 0 and says how and where."""
    status, out, _ = run("--quote", "We will not close the mill", "--speaker", "Ada Vell", talk)
    assert status == 0
    assert f"{talk}: supported: cleaned, speaker match (MS. VELL)" in out
    assert "We will not [-um-] close the mill" in out
    assert "at 10-41" in out


def test_changed_quote_shows_the_difference(talk: str) -> None:
    """Dropped and changed words are marked, and the status is 1."""
    status, out, _ = run("--quote", "We will close the harbour this year", talk)
    assert status == 1
    assert "not supported: altered" in out
    assert "We will [-not-] close the [-mill-] {+harbour+} this year" in out


def test_wrong_speaker(talk: str) -> None:
    """The right words from the wrong mouth are not supported."""
    status, out, _ = run("--quote", "The harbour is safe", "--speaker", "Ada Vell", talk)
    assert status == 1
    assert "exact, speaker mismatch (MR. QUIST)" in out


def test_json_is_a_list_one_a_source(talk: str, tmp_path: Path) -> None:
    """--format json prints the records of the contract, one a source."""
    other = tmp_path / "other.txt"
    other.write_text("Nothing of the kind was said here.", encoding="utf-8")
    status, out, _ = run("--format", "json", "--quote", "the harbour is safe", talk, str(other))
    records = json.loads(out)
    assert status == 0
    assert [(r["source"], r["wording"]) for r in records] == [
        (talk, "folded"),
        (str(other), "absent"),
    ]
    assert records[0]["schema"] == "quotecheck/check/1"


def test_one_unreadable_source_does_not_stop_the_others(talk: str, tmp_path: Path) -> None:
    """It is named on standard error, the others are answered, the status is 2."""
    broken = tmp_path / "a.bin"
    broken.write_bytes(b"\x00\x01\x02" * 99)
    status, out, err = run("--quote", "The harbour is safe", str(broken), "none.txt", talk)
    assert status == 2
    assert "supported: exact" in out
    assert "binary" in err
    assert "none.txt: there is no such file" in err


def test_a_quote_longer_than_a_source(talk: str, tmp_path: Path) -> None:
    """It is said, counted as absent there, and looked for in the others."""
    short = tmp_path / "short.txt"
    short.write_text("No.", encoding="utf-8")
    status, out, err = run("--quote", "The harbour is safe", str(short), talk)
    assert status == 2
    assert "longer than the source" in err
    assert out.count("supported") == 2


def test_standard_input(talk: str) -> None:
    """A dash reads standard input."""
    status, out, _ = run("--quote", "The harbour is safe", "-", given=TALK)
    assert (status, out.splitlines()[0]) == (0, "-: supported: exact, short")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give --quote"),
        (["--quote", "x"], "at least one source"),
        (["--speaker", "Vell", "a.txt"], "--speaker goes with --quote"),
        (["--quote", "x", "-", "-"], "only once"),
    ],
)
def test_wrong_use(arguments: list[str], words: str) -> None:
    """What is asked wrongly is said in words."""
    import click

    with pytest.raises(click.UsageError, match=words):
        run(*arguments)


def test_article_against_sources(
    tmp_path: Path, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every quotation of an article gets a verdict; one without support exits with 1."""
    monkeypatch.setattr(running, "load_pipeline", load_pipeline)
    article = tmp_path / "article.txt"
    article.write_text("“The harbour is safe for everyone,” Ada Pell said.", encoding="utf-8")
    status, out, _ = run(str(article), "--against", talk)
    assert status == 1
    assert "(Ada Pell)" in out
    assert "speaker mismatch" in out
    minutes = tmp_path / "minutes.txt"
    minutes.write_text("MS. PELL: The harbour is safe for everyone.\nQ: Yes?\n", encoding="utf-8")
    status, out, _ = run(
        str(article), "--against", talk, "--against", str(minutes), "--format", "json"
    )
    records = json.loads(out)
    assert status == 0
    assert [r["speaker"] for r in records] == ["mismatch", "match"]
    assert records[0]["quotation"]["start"] == 0


def test_article_without_source_and_against_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No source, or only the article itself, supports nothing."""
    monkeypatch.setattr(running, "load_pipeline", load_pipeline)
    article = tmp_path / "article.txt"
    article.write_text("“The harbour is safe for everyone,” Ada Pell said.", encoding="utf-8")
    status, out, _ = run(str(article))
    assert status == 1
    assert "no-source" in out
    status, out, _ = run(str(article), "--against", str(article))
    assert status == 1
    assert "own-article" in out


def test_colours_on_a_terminal() -> None:
    """On a terminal the differences are coloured and bear no marks."""
    result = check("We will close the old mill", "We will not close the old mill.")
    shown = show_differences(result, _Style(colour=True))
    assert "\x1b[31m" in shown
    assert "[-" not in shown

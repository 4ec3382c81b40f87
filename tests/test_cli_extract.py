"""``quotecheck extract``: order, outputs, errors, resuming, interruptions."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quotecheck.cli import main, running
from tests import cli_fake

FAKE = Path(__file__).with_name("cli_fake.py")
#: Seconds to wait for a program on a machine that may be busy with something else.
DEADLINE = 300
ARTICLE = "Ada Pell spoke. “Mill {n} is open,” Ada Pell said."


@pytest.fixture
def cli(monkeypatch, capfdbinary):
    """Runs the command line in this process: returns (status, stdout, stderr)."""
    monkeypatch.setattr(running, "load_pipeline", cli_fake.load_pipeline)

    def run(*argv: object) -> tuple[int, bytes, str]:
        status = main([str(item) for item in argv])
        out, err = capfdbinary.readouterr()
        return status, out, err.decode("utf-8")

    return run


@pytest.fixture
def news(tmp_path):
    """A folder of five articles."""
    folder = tmp_path / "news"
    folder.mkdir()
    for n in range(5):
        (folder / f"a{n}.txt").write_text(ARTICLE.format(n=n), encoding="utf-8")
    return folder


def program(*argv: object, delay: float = 0.0, **options) -> subprocess.Popen:
    """Starts the fake command line as a process of its own."""
    environment = {**os.environ, "QUOTECHECK_TEST_DELAY": str(delay), "PYTHONUTF8": "1"}
    return subprocess.Popen(
        [sys.executable, str(FAKE), *map(str, argv)],
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=options.pop("stderr", subprocess.PIPE),
        env=environment,
        **options,
    )


# --------------------------------------------------------------------------------- to stdout


def test_jsonl_keeps_the_order_of_the_input(cli, news):
    """Articles come out in the order in which they were named."""
    paths = [news / f"a{n}.txt" for n in (3, 0, 4, 1, 2)]
    status, out, err = cli("extract", *paths, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert [row["source"] for row in rows] == [str(path) for path in paths]
    assert rows[0]["attributions"][0]["content"][0]["text"] == "“Mill 3 is open,”"
    assert rows[0]["encoding"] == "utf-8"


def test_one_article_as_json_is_an_object_and_several_are_a_list(cli, news):
    """JSON on standard output is one valid document in both cases."""
    _, one, _ = cli("extract", news / "a0.txt", "--format", "json")
    _, many, _ = cli("extract", news, "--format", "json", "--no-text")
    assert json.loads(one)["text"] == ARTICLE.format(n=0)
    assert [row["text"] for row in json.loads(many)] == [None] * 5


def test_text_is_the_default(cli, news):
    """Without options the result is for a person to read, without colour codes in a pipe."""
    status, out, _ = cli("extract", news / "a0.txt")
    assert status == 0
    assert "Ada Pell" in out.decode("utf-8")
    assert b"\x1b[" not in out


def test_csv_has_one_header(cli, news):
    """Many articles share a header; there is a row an attribution."""
    _, out, _ = cli("extract", news, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out.decode("utf-8-sig"), newline="")))
    assert [row["speaker"] for row in rows] == ["Ada Pell"] * 5


def test_min_confidence_and_explain(cli, news):
    """Unsure attributions can be left out, and evidence shown."""
    _, out, _ = cli("extract", news / "a0.txt", "--format", "jsonl", "--min-confidence", "0.99")
    assert json.loads(out)["attributions"] == []
    _, plain, _ = cli("extract", news / "a0.txt")
    _, explained, _ = cli("extract", news / "a0.txt", "--explain")
    assert len(explained) > len(plain)


def test_standard_input(cli, monkeypatch):
    """``-`` reads standard input, and the record says so."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ARTICLE.encode("utf-16"))))
    status, out, _ = cli("extract", "-", "--format", "jsonl")
    row = json.loads(out)
    assert (status, row["source"], row["encoding"], row["text"]) == (0, "-", "utf-16", ARTICLE)


def test_json_lines_in(cli, tmp_path):
    """Records of a JSONL file are articles of their own, with what is known about them."""
    path = tmp_path / "in.jsonl"
    path.write_text(
        '{"text": "One.", "url": "https://a.example/1", "title": "T"}\n{"text": "Two."}'
    )
    _, out, _ = cli("extract", path, "--format", "jsonl")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [(r["source"], r["title"], r["url"]) for r in rows] == [
        (f"{path}:1", "T", "https://a.example/1"),
        (f"{path}:2", None, None),
    ]


def test_lone_surrogates_reach_json(cli, tmp_path):
    """A text that UTF-8 cannot hold still makes valid JSON with the exact text."""
    path = tmp_path / "in.jsonl"
    path.write_text('{"text": "Half a sign: \\ud83d."}\n')
    status, out, _ = cli("extract", path, "--format", "jsonl")
    assert status == 0
    assert json.loads(out)["text"] == "Half a sign: \ud83d."


def test_an_empty_text_is_no_error(cli, tmp_path):
    """An empty file gives a record in which nothing is said."""
    (tmp_path / "empty.txt").write_text("")
    status, out, _ = cli("extract", tmp_path / "empty.txt", "--format", "jsonl")
    assert (status, json.loads(out)["attributions"]) == (0, [])


# ------------------------------------------------------------------------------------ errors


def test_bad_files_are_named_and_the_rest_goes_on(cli, news):
    """Unreadable files, and articles that the model fails on, cost nothing but themselves."""
    (news / "a1.txt").write_bytes(bytes(100))
    (news / "a3.txt").write_text("[fault]")
    status, out, err = cli("extract", news, "gone.txt", "--format", "jsonl")
    assert status == 2
    assert [Path(json.loads(line)["source"]).stem for line in out.splitlines()] == [
        "a0",
        "a2",
        "a4",
    ]
    assert "a1.txt: this looks like a binary file" in err
    assert "a3.txt: the model could not read this" in err
    assert "gone.txt: there is no such file" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["extract"], "name an article"),
        (["extract", "--example", "--format", "docm"], "'docm' is not one of"),
        (["extract", "--example", "--min-confidence", "7"], "0<=x<=1"),
        (["extract", "--example", "--resume"], "--output"),
        (["extract", "--example", "--jobs", "-1"], "x>=0"),
        (["extract", "{news}", "--format", "html"], "--output"),
        (["extract", "{news}", "--format", "jsonl", "--output", "{news}/a0.txt"], "overwrite"),
        (["extract", "{news}", "--format", "text", "--output", "{news}"], "overwrite"),
        (["extract", "--example", "--encoding", "klingon"], "klingon"),
        (["extract", "--example", "--format", "brat", "--output", "{news}/a0.txt"], "folder"),
        (["extrac", "--example"], "No such command"),
        (["extract", "--nope"], "No such option"),
    ],
)
def test_wrong_requests_are_explained(cli, news, argv, message):
    """Status 2, a line that says what to do, nothing on standard output, nothing overwritten."""
    before = {path: path.read_bytes() for path in news.iterdir()}
    status, out, err = cli(*(part.format(news=news) for part in argv))
    assert (status, out) == (2, b"")
    assert message in err
    assert "Traceback" not in err
    assert {path: path.read_bytes() for path in news.iterdir()} == before


# ------------------------------------------------------------------------------------ output


def test_stream_formats_make_one_file(cli, news, tmp_path):
    """Many articles go to one JSONL file, without leftovers beside it."""
    target = tmp_path / "out" / "all.jsonl"
    status, out, _ = cli("extract", news, "--format", "jsonl", "--output", target)
    assert (status, out) == (0, b"")
    assert len(target.read_bytes().splitlines()) == 5
    assert list(target.parent.iterdir()) == [target]


def test_other_formats_make_a_file_an_article(cli, news, tmp_path):
    """Several articles as JSON go to a folder, by their names; subfolders are kept."""
    (news / "sub").mkdir()
    (news / "sub" / "a0.txt").write_text("Nothing.")
    (news / "a0.text").write_text("Nothing.")
    target = tmp_path / "out"
    cli("extract", news, "--format", "json", "--output", target)
    made = sorted(path.relative_to(target).as_posix() for path in target.rglob("*.json"))
    stems = ["a0-2", "a0", "a1", "a2", "a3", "a4", "sub/a0"]
    assert made == [f"{stem}.json" for stem in stems]


def test_one_article_makes_a_file(cli, news, tmp_path):
    """One article as JSON goes to the file that is named; into a folder when that is named."""
    cli("extract", news / "a0.txt", "--format", "json", "--output", tmp_path / "one.json")
    assert json.loads((tmp_path / "one.json").read_text())["source"].endswith("a0.txt")
    cli("extract", news / "a0.txt", "--format", "json", "--output", f"{tmp_path}/folder/")
    assert (tmp_path / "folder" / "a0.json").exists()


def test_brat_is_always_a_folder(cli, news, tmp_path):
    """Brat takes two files an article, the text exactly as it was."""
    (news / "a0.txt").write_bytes("One.\r\n“Two.”".encode("cp1252"))
    cli("extract", news / "a0.txt", "--format", "brat", "--output", tmp_path / "brat")
    assert (tmp_path / "brat" / "a0.txt").read_bytes() == "One.\r\n“Two.”".encode()
    assert (tmp_path / "brat" / "a0.ann").exists()


def test_brat_folders_are_configured(cli, news, tmp_path):
    """Brat finds its labels in annotation.conf; one that is there already is left alone."""
    for before, wanted in ((None, "[events]"), ("mine", "mine")):
        folder = tmp_path / str(before)
        folder.mkdir()
        if before:
            (folder / "annotation.conf").write_text(before)
        cli("extract", news / "a0.txt", "--format", "brat", "--output", folder)
        assert wanted in (folder / "annotation.conf").read_text()


def test_reports_get_an_index(cli, news, tmp_path):
    """A folder of reports has a page that leads to each; an article named index keeps its own."""
    (news / "index.txt").write_text("Nothing.")
    cli("extract", news, "--format", "html", "--output", tmp_path / "report")
    page = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    for name in ("a0.html", "a4.html", "index-2.html"):
        assert (tmp_path / "report" / name).exists()
        assert name in page


def test_a_new_run_replaces_the_file(cli, news, tmp_path):
    """Without --resume the file is made anew."""
    target = tmp_path / "all.jsonl"
    for _ in range(2):
        cli("extract", news, "--format", "jsonl", "--output", target)
    assert len(target.read_bytes().splitlines()) == 5


# ------------------------------------------------------------------------------------ resume


@pytest.mark.parametrize("format_name", ["jsonl", "csv", "text"])
def test_resume_after_kills_at_random_moments(news, tmp_path, format_name):
    """However often it is killed, the file ends as if it never had been."""
    with program("extract", news, "--format", format_name, "--output", tmp_path / "whole") as run:
        assert run.wait() == 0
    target, kills = tmp_path / "killed", 0
    argv = ("extract", news, "--format", format_name, "--output", target, "--resume")
    for delay in (0.1, 1, 10):  # a machine may be too busy to kill a quick program in time
        target.unlink(missing_ok=True)
        kills = kill_until_done(target, argv, delay)
        if kills:
            break
    assert kills > 0
    assert target.read_bytes() == (tmp_path / "whole").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["killed", "news", "whole"]


def kill_until_done(target: Path, argv: tuple[object, ...], delay: float) -> int:
    """Kills a program soon after each time it wrote, starts it again, and counts the kills."""
    kills, chance = 0, random.Random(7)
    while True:
        run = program(*argv, delay=delay)
        if not grows(target, run):
            break
        time.sleep(chance.uniform(0, 0.25))
        run.kill()
        run.communicate()
        kills += run.returncode == -signal.SIGKILL
    _, err = run.communicate()
    assert (run.returncode, err) == (0, b"")
    return kills


def grows(path: Path, run: subprocess.Popen) -> bool:
    """Waits until a program has written more to a file; False when it has ended."""
    before = path.stat().st_size if path.exists() else 0
    deadline = time.monotonic() + DEADLINE
    while run.poll() is None:
        assert time.monotonic() < deadline, "no progress"
        if path.exists() and path.stat().st_size != before:
            return True
        time.sleep(0.005)
    return False


@pytest.mark.parametrize("torn", [0, 1, 7, 40])
@pytest.mark.parametrize("format_name", ["jsonl", "csv", "text"])
def test_resume_cuts_torn_output(cli, news, tmp_path, format_name, torn, monkeypatch):
    """Bytes of an article that was being written when the power went are written again."""
    target = tmp_path / "out"
    argv = ["extract", news, "--format", format_name, "--output", target]
    cli(*argv)
    whole = target.read_bytes()
    (news / "a3.txt").rename(tmp_path / "a3.txt")
    monkeypatch.setattr("pathlib.Path.unlink", lambda *_, **__: None)  # keep the journal
    cli(*argv)
    monkeypatch.undo()
    monkeypatch.setattr(running, "load_pipeline", cli_fake.load_pipeline)
    journal = tmp_path / "out.progress"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:4]) + b'{"sour')  # header and three articles
    end = json.loads(lines[3])["end"]
    target.write_bytes(target.read_bytes()[: end + torn])
    (tmp_path / "a3.txt").rename(news / "a3.txt")
    status, _, _ = cli(*argv, "--resume")
    assert status == 0
    assert target.read_bytes() == whole
    assert not journal.exists()


def test_resume_of_a_finished_file_adds_what_is_new(cli, news, tmp_path):
    """Articles that came later are added, the others not analysed again."""
    target = tmp_path / "all.jsonl"
    argv = ["extract", news, "--format", "jsonl", "--output", target]
    cli(*argv)
    (news / "a5.txt").write_text("Nothing.")
    cli(*argv, "--resume")
    stems = [Path(json.loads(line)["source"]).stem for line in target.read_bytes().splitlines()]
    assert stems == ["a0", "a1", "a2", "a3", "a4", "a5"]


def test_resume_in_a_folder_makes_what_is_missing(cli, news, tmp_path):
    """Files that are there are left as they are."""
    target = tmp_path / "out"
    argv = ["extract", news, "--format", "json", "--output", target]
    cli(*argv)
    (target / "a1.json").unlink()
    (target / "a2.json").write_text("mine")
    cli(*argv, "--resume")
    assert (target / "a1.json").exists()
    assert (target / "a2.json").read_text() == "mine"


def test_resume_with_other_options_is_refused(cli, news, tmp_path, monkeypatch):
    """A file is not continued with records of another make."""
    target = tmp_path / "all.jsonl"
    argv = ["extract", news, "--format", "jsonl", "--output", target]
    monkeypatch.setattr("pathlib.Path.unlink", lambda *_, **__: None)
    cli(*argv)
    status, _, err = cli(*argv, "--resume", "--no-text")
    assert (status, "begun with other options" in err) == (2, True)


@pytest.mark.parametrize("format_name", ["csv", "text", "parquet"])
def test_resume_of_a_finished_file_that_tells_nothing_starts_over(cli, news, tmp_path, format_name):
    """Nothing is lost or doubled in formats that do not tell which articles they hold."""
    target = tmp_path / "out"
    argv = ["extract", news, "--format", format_name, "--output", target]
    cli(*argv)
    whole = target.read_bytes()
    assert cli(*argv, "--resume")[0] == 0
    assert target.read_bytes() == whole


def test_resume_refuses_a_foreign_file(cli, news, tmp_path):
    """A file that quotecheck did not write is not appended to."""
    target = tmp_path / "mine"
    target.write_bytes(b"my notes\n")
    status, _, _ = cli("extract", news, "-f", "jsonl", "-o", target, "--resume")
    assert (status, target.read_bytes()) == (2, b"my notes\n")


# ----------------------------------------------------------------------------- interruptions


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_interrupt_leaves_whole_articles(news, tmp_path):
    """After Ctrl-C the file holds whole records, and the message tells how to go on."""
    target = tmp_path / "all.jsonl"
    run = program("extract", news, "--format", "jsonl", "--output", target, delay=DEADLINE)
    assert grows(target, run)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=DEADLINE)
    assert run.returncode == 130
    assert b"--resume" in err
    assert b"Traceback" not in err
    lines = target.read_bytes().splitlines(keepends=True)
    assert 1 <= len(lines) < 5
    assert all(json.loads(line) and line.endswith(b"\n") for line in lines)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes")
def test_a_reader_that_leaves_is_no_error(news):
    """``quotecheck extract ... | head -1`` ends quietly."""
    run = program("extract", news, "--format", "jsonl", delay=0.1)
    run.stdout.readline()
    run.stdout.close()
    err = run.stderr.read()
    assert (run.wait(timeout=DEADLINE), err) == (0, b"")
    run.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("terminal", [True, False])
def test_progress_bar_on_a_terminal_only(news, tmp_path, terminal):
    """A bar is drawn when standard error is a terminal, and nothing is when it is a pipe."""
    import pty

    ours, theirs = pty.openpty()
    run = program(
        *("extract", news, "--format", "jsonl", "--output", tmp_path / "all.jsonl"),
        delay=0.05,
        stderr=theirs if terminal else subprocess.PIPE,
    )
    os.close(theirs)
    shown = b""
    if terminal:
        try:
            while piece := os.read(ours, 4096):
                shown += piece
        except OSError:  # the other end was closed
            pass
    out, err = run.communicate(timeout=DEADLINE)
    os.close(ours)
    assert (run.returncode, out) == (0, b"")
    assert (b"Analysing articles" in shown) == terminal
    assert not err

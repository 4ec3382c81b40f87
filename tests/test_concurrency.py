"""Streams stay small, interrupted work stays whole, killed work leaves nothing behind."""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path

import pytest

from quotecheck import Pipeline
from quotecheck.pipeline import MOST_THREADS
from tests.test_cli_extract import ARTICLE, grows, program

POSIX = pytest.mark.skipif(os.name != "posix", reason="POSIX signals and processes")


class Endless:
    """An endless source that knows how far it has been read."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[str]:
        for n in count():
            self.read = n + 1
            yield f"It will rain for {n} days, said Mara Vell."


@pytest.mark.parametrize(("size", "processes"), [(1, 1), (4, 1), (16, 1), (2, 2), (3, 3)])
def test_an_endless_stream_is_never_read_far_ahead(size: int, processes: int) -> None:
    """At most one batch and one text a thread is read beyond what was handed out.

    With processes it is a batch for each and two more.
    """
    source = Endless()
    ahead = size + MOST_THREADS if processes == 1 else size * (processes + 3)
    stream = Pipeline().pipe(source, batch_size=size, n_process=processes)
    for taken, analysis in enumerate(islice(stream, 3 * size + 1), start=1):
        assert f"for {taken - 1} days" in (analysis.text or "")
        assert source.read <= taken + ahead
    stream.close()  # type: ignore[attr-defined]
    at_end = source.read
    time.sleep(0.05)
    assert source.read == at_end


@pytest.mark.parametrize(("size", "processes"), [(1, 1), (2, 1), (16, 1), (2, 2)])
def test_an_error_of_the_source_loses_nothing_that_came_before(size: int, processes: int) -> None:
    """All texts before the error come out, then the error itself."""

    def source() -> Iterator[str]:
        for n in range(5):
            yield f"It will rain for {n} days, said Mara Vell."
        raise OSError("the wire went down")

    found: list[str] = []
    stream = Pipeline().pipe(source(), batch_size=size, n_process=processes)
    with pytest.raises(OSError, match="the wire went down"):
        found.extend(analysis.text or "" for analysis in stream)
    assert [text.split()[4] for text in found] == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("size", [1, 2, 16])
def test_the_first_answer_needs_no_more_than_its_batch(size: int) -> None:
    """However slow the texts behind it come."""
    source = Endless()
    stream = Pipeline().pipe(source, batch_size=size)
    next(stream)
    assert source.read == size
    stream.close()  # type: ignore[attr-defined]


#: Texts, each with a name of its own, after which no cache of names grows any more.
WARM = 1100


def test_what_was_handed_out_is_not_kept() -> None:
    """After a warm start, texts that are done with leave nothing in memory."""
    texts = (f"“Berth {n} holds,” said Mara Vell." for n in count())
    stream = Pipeline().pipe(texts, batch_size=8)

    def held_after(number: int) -> int:
        for _ in islice(stream, number):
            pass
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    # What is remembered of names is bounded, and fills up before the looks.
    held_after(WARM)
    tracemalloc.start()
    try:
        held_after(40)
        # Articles under way come and go: the least of some looks is what is kept.
        first = min(held_after(20) for _ in range(4))
        grown = min(held_after(20) for _ in range(4)) - first
    finally:
        stream.close()  # CPython may crash when tracing ends while other threads allocate
        tracemalloc.stop()
    assert grown < 80_000, f"{grown} bytes for 80 short texts"


def test_a_stream_left_early_ends_its_workers() -> None:
    """Closing the generator, or an error in the source, leaves no process behind."""
    from multiprocessing import active_children

    stream = Pipeline().pipe(Endless(), batch_size=1, n_process=2)
    next(stream)
    assert active_children()
    stream.close()  # type: ignore[attr-defined]
    assert not active_children()

    def broken() -> Iterator[str]:
        yield "It rained, said Mara Vell."
        raise LookupError("the source broke")

    with pytest.raises(LookupError):
        list(Pipeline().pipe(broken(), batch_size=1, n_process=2))
    assert not active_children()


# ------------------------------------------------------------------------- the real program


def real(*argv: object, **options) -> subprocess.Popen[bytes]:
    """The real command line, in a group of its own as a terminal would start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "quotecheck", *map(str, argv)],
        stderr=subprocess.PIPE,
        start_new_session=True,
        # Whatever runs in the background of a shell ignores Ctrl-C; a terminal's programs do not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        env={**os.environ, "PYTHONUTF8": "1"},
        **options,
    )


def group(leader: int) -> list[int]:
    """The processes of a group that are still there."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, members = path.read_text().rpartition(")")[2].split()[:3]
        except OSError:  # it has just ended
            continue
        if int(members) == leader and state != "Z":
            found.append(int(path.parent.name))
    return found


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A folder of articles that take a while."""
    folder = tmp_path / "news"
    folder.mkdir()
    for n in range(120):
        text = f"“Berth {n} held,” said Mara Quist. She said that nobody had asked about it.\n" * 5
        (folder / f"{n:03}.txt").write_text(text, encoding="utf-8")
    return folder


@POSIX
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
def test_a_killed_program_takes_its_workers_along(tmp_path: Path, many: Path) -> None:
    """Worker processes do not wait for ever for a parent that was killed."""
    target = tmp_path / "out.jsonl"
    run = real("extract", many, "-f", "jsonl", "-o", target, "--jobs", 2)
    assert grows(target, run)
    assert len(group(run.pid)) > 1
    run.kill()
    run.communicate()
    deadline = time.monotonic() + 60
    while left := group(run.pid):
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.05)


@POSIX
def test_ctrl_c_with_workers_leaves_whole_records_and_no_traceback(
    tmp_path: Path, many: Path
) -> None:
    """Ctrl-C reaches every process of the terminal; the file is whole and can be resumed."""
    target = tmp_path / "out.jsonl"
    run = real("extract", many, "-f", "jsonl", "-o", target, "--jobs", 2)
    assert grows(target, run)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=120)
    assert run.returncode == 130
    assert b"--resume" in err
    assert b"Traceback" not in err
    lines = target.read_bytes().splitlines(keepends=True)
    assert 0 < len(lines) < 120
    assert all(json.loads(line) and line.endswith(b"\n") for line in lines)


@POSIX
@pytest.mark.parametrize("format_name", ["brat", "html", "json"])
def test_a_folder_that_is_killed_at_random_moments_is_finished_whole(
    tmp_path: Path, format_name: str
) -> None:
    """Kills leave whole files only; resuming makes what is missing and nothing else."""
    news = tmp_path / "news"
    news.mkdir()
    for n in range(6):
        (news / f"a{n}.txt").write_text(ARTICLE.format(n=n), encoding="utf-8")
    whole, target = tmp_path / "whole", tmp_path / "killed"
    argv = ("extract", news, "--format", format_name, "--output")
    with program(*argv, f"{whole}{os.sep}") as run:
        assert run.wait() == 0
    target.mkdir()
    chance, kills = random.Random(9), 0
    while True:
        run = program(*argv, f"{target}{os.sep}", "--resume", delay=0.1)
        before = set(target.iterdir())
        while run.poll() is None and set(target.iterdir()) == before:
            time.sleep(0.005)
        if run.poll() is not None:
            break
        time.sleep(chance.uniform(0, 0.15))
        run.kill()
        run.communicate()
        kills += run.returncode == -signal.SIGKILL
    _, err = run.communicate()
    assert (run.returncode, err) == (0, b"")
    assert kills > 0
    made = {path.name: path.read_bytes() for path in target.iterdir() if path.suffix != ".part"}
    assert made == {path.name: path.read_bytes() for path in whole.iterdir()}


@POSIX
def test_the_real_program_resumes_after_kills(tmp_path: Path, many: Path) -> None:
    """With the bundled model and two workers too, nothing is lost or doubled."""
    for path in sorted(many.iterdir())[24:]:
        path.unlink()
    target, chance, kills = tmp_path / "out.jsonl", random.Random(3), 0
    argv = ("extract", many, "-f", "jsonl", "-o", target, "--resume", "--jobs", 2)
    for _ in range(2):
        run = real(*argv)
        if not grows(target, run):
            break
        time.sleep(chance.uniform(0, 0.3))
        run.kill()
        run.communicate()
        kills += 1
    run = real(*argv)
    _, err = run.communicate(timeout=300)
    assert (run.returncode, err) == (0, b"")
    assert kills > 0
    names = [Path(json.loads(line)["source"]).stem for line in target.read_bytes().splitlines()]
    assert names == [f"{n:03}" for n in range(24)]

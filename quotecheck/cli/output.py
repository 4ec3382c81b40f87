"""Where the results go: standard output, one file, or a folder with files for each article.

Nothing half-written is ever left under its final name: files of a folder are written beside their
place and then renamed, and a file that grows article by article is cut back to its last whole
article when the work is interrupted or resumed.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import click
from attrs import evolve

from quotecheck.analysis import Analysis
from quotecheck.cli.running import Done
from quotecheck.formats.registry import WriteOptions, files, get_format, stream, write
from quotecheck.records import ModelInfo

__all__ = ["FileSink", "FolderSink", "Sink", "StdoutSink", "write_atomically"]

Advance = Callable[[], None]

_NOTHING = Analysis(text="", text_sha256="", model=ModelInfo(name="", version=""))


class Sink(Protocol):
    """Takes analysed articles and writes them."""

    def has(self, name: str, source: str) -> bool:
        """Whether an earlier run has written this article."""

    def write(self, results: Iterable[Done], advance: Advance) -> None:
        """Writes the articles as they come, calling ``advance`` after each."""


def to_bytes(piece: str | bytes) -> bytes:
    r"""Returns a piece of output as UTF-8; a lone surrogate becomes ``\udc80`` in letters."""
    return piece if isinstance(piece, bytes) else piece.encode("utf-8", "backslashreplace")


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file so that readers see the old one or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


class StdoutSink:
    """Standard output.

    Args:
        format: name of the format.
        options: for the writer.
        many: whether several articles are to come; a format that holds one a file then makes a
            JSON list (``json``) or is refused before the work starts.
    """

    def __init__(self, format: str, options: WriteOptions, *, many: bool) -> None:
        known = get_format(format)
        if many and not known.streams and format != "json":
            raise click.UsageError(
                f"{format} holds one article a file: give a folder with --output, or take jsonl."
            )
        if known.binary and sys.stdout.isatty():
            raise click.UsageError(f"{format} is not text: give a file with --output.")
        self._format = format
        self._options = options
        self._many = many

    def has(self, name: str, source: str) -> bool:
        """Nothing is ever there already."""
        return False

    def write(self, results: Iterable[Done], advance: Advance) -> None:
        """Writes the articles as they come."""
        for piece in self._pieces(_advancing(results, advance)):
            _to_stdout(piece)

    def _pieces(self, analyses: Iterator[Analysis]) -> Iterator[str | bytes]:
        if get_format(self._format).streams:
            yield from stream(analyses, self._format, self._options)
        elif self._many:
            before = "["
            for analysis in analyses:
                yield before + "\n" + str(write(analysis, self._format, self._options)).rstrip("\n")
                before = ","
            yield "\n]\n" if before == "," else "[]\n"
        else:
            for analysis in analyses:
                yield write(analysis, self._format, self._options)


def _advancing(results: Iterable[Done], advance: Advance) -> Iterator[Analysis]:
    for done in results:
        yield done.analysis
        advance()


def _to_stdout(piece: str | bytes) -> None:
    out = sys.stdout
    if isinstance(piece, str) and out.isatty():
        encoding = out.encoding or "utf-8"
        click.echo(piece.encode(encoding, "backslashreplace"), nl=False, color=True)
    else:
        out.buffer.write(to_bytes(piece))
        out.buffer.flush()


class FolderSink:
    """A folder: ``NAME.html``, or ``NAME.ann`` with ``NAME.txt``, for each article.

    HTML reports get an ``index.html`` that leads to all of them, brat files the
    ``annotation.conf`` that brat wants, unless there is one.

    Args:
        folder: made if missing.
        format: name of the format.
        options: for the writer.
        resume: whether articles whose files are there count as done.
    """

    def __init__(
        self,
        folder: Path,
        format: str,
        options: WriteOptions,
        *,
        resume: bool,
    ) -> None:
        if folder.exists() and not folder.is_dir():
            raise click.UsageError(f"--output {folder} must be a folder here, and is a file.")
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._format = format
        self._options = options
        self._resume = resume

    def has(self, name: str, source: str) -> bool:
        """Whether the article's last-written file is there."""
        suffix = get_format(self._format).suffix
        return self._resume and self._path(name, suffix).exists()

    def write(self, results: Iterable[Done], advance: Advance) -> None:
        """Writes each article's files; the one that `has` looks for comes last."""
        last = get_format(self._format).suffix
        for done in results:
            made = files(done.analysis, self._format, self._options_for(done.name))
            for suffix in sorted(made, key=lambda suffix: suffix == last):
                write_atomically(self._path(done.name, suffix), made[suffix])
            advance()
        if self._format == "html":
            from quotecheck.formats.html import index_folder

            write_atomically(self._folder / "index.html", to_bytes(index_folder(self._folder)))
        configuration = self._folder / "annotation.conf"
        if self._format == "brat" and not configuration.exists():
            from quotecheck.formats.brat import CONFIGURATION

            write_atomically(configuration, to_bytes(CONFIGURATION))

    def _options_for(self, name: str) -> WriteOptions:
        """A report links back to the index, from a subfolder too."""
        if self._format != "html":
            return self._options
        return evolve(self._options, home="../" * name.count("/") + "index.html")

    def _path(self, name: str, suffix: str) -> Path:
        return self._folder / (name + suffix)


class FileSink:
    """One file, for one article or a format in which articles follow each other.

    While the work goes on, ``PATH.progress`` holds a line for each article that is whole in PATH;
    it is removed at the end. A run that was killed can so be resumed at the article where it
    stopped. A finished JSONL file can be resumed too, to add articles that came later; a finished
    file in another format is made anew.

    Args:
        path: the file; its folder is made if missing.
        format: name of the format.
        options: for the writer.
        resume: whether to go on after what an earlier run has written.
    """

    def __init__(
        self,
        path: Path,
        format: str,
        options: WriteOptions,
        *,
        resume: bool,
    ) -> None:
        if path.is_dir():
            raise click.UsageError(f"--output {path} must be a file here, and is a folder.")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._journal = path.with_name(path.name + ".progress")
        self._format = format
        self._options = options
        self._done: set[str] = set()
        self._end = 0
        # A Parquet file is only readable once its footer is written: it is made beside its place.
        self._grows = get_format(format).streams and not get_format(format).binary
        if resume and self._grows:
            self._end, self._done = self._earlier()

    def has(self, name: str, source: str) -> bool:
        """Whether an earlier run has written this article."""
        return source in self._done

    def write(self, results: Iterable[Done], advance: Advance) -> None:
        """Writes the articles as they come."""
        if self._grows:
            self._append(results, advance)
            return
        analyses = _advancing(results, advance)
        if get_format(self._format).streams:
            self._write_beside(stream(analyses, self._format, self._options))
        else:
            for analysis in analyses:
                write_atomically(self._path, to_bytes(write(analysis, self._format, self._options)))

    def _write_beside(self, pieces: Iterable[str | bytes]) -> None:
        beside = self._path.with_name(f".{self._path.name}.part")
        try:
            with beside.open("wb") as out:
                for piece in pieces:
                    out.write(to_bytes(piece))
            os.replace(beside, self._path)
        finally:
            beside.unlink(missing_ok=True)

    def _append(self, results: Iterable[Done], advance: Advance) -> None:
        fresh = self._end == 0 and not self._done
        with self._journal.open("wb" if fresh else "ab", buffering=0) as journal:
            if fresh:
                journal.write(_line(self._header()))
            with self._path.open("wb" if fresh else "r+b", buffering=0) as out:
                out.truncate(self._end)
                out.seek(self._end)
                try:
                    self._grow(out, journal, results, advance)
                except BaseException:
                    out.truncate(self._end)  # Ctrl-C, a full disk: leave whole articles only
                    raise
                os.fsync(out.fileno())
        self._journal.unlink()

    def _grow(
        self, out: BinaryIO, journal: BinaryIO, results: Iterable[Done], advance: Advance
    ) -> None:
        writing = not self._end

        def analyses() -> Iterator[Analysis]:
            nonlocal writing
            if not writing:
                # Headers and separators come as after an article that is written already.
                yield _NOTHING
                writing = True
            for done in results:
                yield done.analysis
                # The writer asks for the next article: all of this one has been written.
                self._end = out.tell()
                journal.write(_line({"source": done.analysis.source, "end": self._end}))
                advance()

        for piece in stream(analyses(), self._format, self._options):
            if writing:
                _write_whole(out, to_bytes(piece))
        self._end = out.tell()

    def _header(self) -> dict[str, object]:
        options = self._options
        return {
            "format": self._format,
            "text": options.text,
            "min_confidence": options.min_confidence,
            "explain": options.explain,
        }

    def _earlier(self) -> tuple[int, set[str]]:
        """Where the whole articles of an earlier run end, and which ones they are."""
        if self._journal.exists():
            return self._interrupted()
        if not self._path.exists() or self._path.stat().st_size == 0:
            return 0, set()
        return self._finished()

    def _interrupted(self) -> tuple[int, set[str]]:
        lines = self._journal.read_bytes().split(b"\n")
        marks = [json.loads(line) for line in lines[:-1] if line]  # the last may be cut short
        if not marks:
            return 0, set()
        if marks[0] != self._header():
            raise click.UsageError(
                f"{self._path} was begun with other options: repeat those, or leave out --resume."
            )
        size = self._path.stat().st_size if self._path.exists() else 0
        whole = [mark for mark in marks[1:] if mark["end"] <= size]
        return (whole[-1]["end"] if whole else 0), {mark["source"] for mark in whole}

    def _finished(self) -> tuple[int, set[str]]:
        """What a finished run wrote. Only JSONL tells of which articles; others start over."""
        if self._format != "jsonl":
            return 0, set()
        end, done = 0, set()
        with self._path.open("rb") as lines:
            for line in lines:
                if not line.endswith(b"\n"):
                    break
                try:
                    done.add(json.loads(line)["source"])
                except (ValueError, KeyError, TypeError):
                    raise click.UsageError(
                        f"{self._path} holds something other than quotecheck's JSONL: "
                        "take another file, or leave out --resume."
                    ) from None
                end += len(line)
        return end, done


def _line(value: object) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"


def _write_whole(out: BinaryIO, data: bytes) -> None:
    """Writes all of it: an unbuffered file may take a part at a time."""
    view = memoryview(data)
    while view:
        view = view[out.write(view) :]

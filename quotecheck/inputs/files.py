"""From what a user names on the command line (files, folders, patterns, ``-``) to documents."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from quotecheck.errors import SourceReadError, UnknownFormatError
from quotecheck.inputs.decoding import decode
from quotecheck.inputs.documents import Document
from quotecheck.inputs.readers import INPUT_FORMATS, SUFFIXES, read_bytes, read_json_lines, sniff

__all__ = ["InputFile", "find_inputs", "read_inputs", "read_text"]

#: What is taken from a folder; a file named outright may have any suffix. JSON is left out: in a
#: folder of articles it is rarely one.
FOLDER_SUFFIXES = frozenset({".txt", ".text", *SUFFIXES} - {".json"})

OnError = Callable[[SourceReadError], None]


@frozen(kw_only=True)
class InputFile:
    """A file to read.

    Attributes:
        path: as the user would name it; ``-`` is standard input.
        name: path below the folder or file name, without suffix, with ``/``: a name for outputs.
    """

    path: str
    name: str

    @property
    def many(self) -> bool:
        """Whether it holds several articles."""
        return Path(self.path).suffix.lower() in (".jsonl", ".ndjson")


def read_text(path: str | os.PathLike[str], *, encoding: str | None = None) -> str:
    """Returns the text of a plain-text file, whatever common encoding it is in.

    Line ends are kept as they are; a byte order mark is left out.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "note.txt"
    ...     _ = file.write_bytes("“No,” she said.".encode("utf-16"))
    ...     read_text(file)
    '“No,” she said.'

    Args:
        path: the file.
        encoding: a Python codec name; detected when None.

    Raises:
        SourceReadError: missing, unreadable, binary, or not valid in the encoding.
    """
    name = os.fspath(path)
    return decode(_file_bytes(name), encoding=encoding, source=name).text


def find_inputs(
    sources: Iterable[str | os.PathLike[str]] | str | os.PathLike[str],
    *,
    on_error: OnError | None = None,
) -> list[InputFile]:
    """Returns the files behind paths, folders and patterns, in the order given, each once.

    Folders are walked in sorted order and yield the files whose suffix quotecheck reads
    (``.txt``, ``.html``, ``.jsonl``, ``.pdf``, ``.docx`` ...); hidden ones are passed over. A
    pattern may contain ``*``, ``?``, ``[...]`` and ``**``.

    >>> find_inputs("-")
    [InputFile(path='-', name='stdin')]

    Raises:
        SourceReadError: nothing is there (only when ``on_error`` is None; otherwise it is called
            with the error).
    """
    given = [sources] if isinstance(sources, str | os.PathLike) else sources
    found: dict[str, InputFile] = {}
    for source in given:
        try:
            for item in _expand(os.fspath(source)):
                key = item.path if item.path == "-" else os.path.abspath(item.path)
                found.setdefault(key, item)
        except SourceReadError as error:
            if on_error is None:
                raise
            on_error(error)
    return list(found.values())


def _expand(source: str) -> Iterator[InputFile]:
    if source == "-":
        yield InputFile(path="-", name="stdin")
    elif os.path.isdir(source):
        files = list(_walk(source))
        if not files:
            suffixes = ", ".join(sorted(FOLDER_SUFFIXES))
            raise SourceReadError(source, f"no articles in this folder (looked for {suffixes}).")
        yield from files
    elif os.path.lexists(source) or not glob.has_magic(source):
        yield InputFile(path=source, name=Path(source).stem)
    else:
        paths = sorted(p for p in glob.glob(source, recursive=True) if not os.path.isdir(p))
        if not paths:
            raise SourceReadError(source, "no file matches this pattern.")
        for path in paths:
            yield InputFile(path=path, name=Path(path).stem)


def _walk(folder: str) -> Iterator[InputFile]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(here, name)
            if name.startswith(".") or path.suffix.lower() not in FOLDER_SUFFIXES:
                continue
            if path.exists() and not path.is_file():  # a pipe or device would block for ever
                continue
            below = path.relative_to(folder).with_suffix("")
            yield InputFile(path=str(path), name=below.as_posix())


def read_inputs(
    sources: Iterable[str | os.PathLike[str] | InputFile] | str | os.PathLike[str],
    *,
    input_format: str = "auto",
    encoding: str | None = None,
    text_field: str = "text",
    on_error: OnError | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Document]:
    """Yields the documents behind files, folders, patterns and standard input, in order, lazily.

    >>> import io
    >>> [d.text for d in read_inputs("-", stdin=io.BytesIO(b"Mara Quist left."))]
    ['Mara Quist left.']

    Args:
        sources: paths, folders, patterns, ``-`` for standard input, or what `find_inputs` gave.
        input_format: how to read them, one of `INPUT_FORMATS`; by suffix and content when
            ``auto``.
        encoding: a Python codec name; detected when None.
        text_field: the field that holds the text of a JSON record.
        on_error: called with each file or record that could not be read, the rest goes on; when
            None, the error is raised.
        stdin: what ``-`` reads, ``sys.stdin.buffer`` when None.

    Raises:
        SourceReadError: a source could not be read (only when ``on_error`` is None).
        UnknownFormatError: no such input format.
    """
    if input_format not in INPUT_FORMATS:
        raise UnknownFormatError(input_format, INPUT_FORMATS)
    given = [sources] if isinstance(sources, str | os.PathLike) else sources
    for source in given:
        files = (
            [source] if isinstance(source, InputFile) else find_inputs(source, on_error=on_error)
        )
        for file in files:
            try:
                yield from _read_file(file, input_format, encoding, text_field, on_error, stdin)
            except SourceReadError as error:
                if on_error is None:
                    raise
                on_error(error)


def _read_file(
    file: InputFile,
    input_format: str,
    encoding: str | None,
    text_field: str,
    on_error: OnError | None,
    stdin: BinaryIO | None,
) -> Iterator[Document]:
    suffix = Path(file.path).suffix
    if file.path == "-":
        stream = stdin if stdin is not None else sys.stdin.buffer
        first = stream.readline()
        if input_format == "jsonl" or (input_format == "auto" and sniff(first) == "jsonl"):
            yield from read_json_lines(
                _chain(first, stream),
                source="-",
                encoding=encoding,
                text_field=text_field,
                on_error=on_error,
            )
            return
        data = first + stream.read()
    elif input_format == "jsonl" or (input_format == "auto" and file.many):
        yield from _stream_lines(file.path, encoding, text_field, on_error)
        return
    else:
        data = _file_bytes(file.path)
    yield from read_bytes(
        data,
        input_format=sniff(data, suffix) if input_format == "auto" else input_format,
        source=file.path,
        encoding=encoding,
        text_field=text_field,
        on_error=on_error,
    )


def _chain(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _stream_lines(
    path: str, encoding: str | None, text_field: str, on_error: OnError | None
) -> Iterator[Document]:
    """A JSONL file record by record, so that one of many gigabytes fits in memory."""
    try:
        with open(path, "rb") as stream:
            yield from read_json_lines(
                stream, source=path, encoding=encoding, text_field=text_field, on_error=on_error
            )
    except OSError as error:
        if isinstance(error, SourceReadError):
            raise
        raise SourceReadError(path, _why(error)) from None


def _file_bytes(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SourceReadError(path, _why(error)) from None
    except ValueError as error:  # a path with a null byte
        raise SourceReadError(path, f"not a path ({error}).") from None


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file."
    if isinstance(error, IsADirectoryError):
        return "this is a folder."
    if isinstance(error, PermissionError):
        return "no permission to read it."
    return f"cannot be read ({error.strerror or error})."

"""Which formats there are, and how one article or many are written in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module

from attrs import evolve, frozen

from quotecheck.consistency import with_attributions
from quotecheck.errors import UnknownFormatError
from quotecheck.records import AnalysisRecord

__all__ = [
    "DEFAULTS",
    "FORMATS",
    "Format",
    "WriteOptions",
    "files",
    "get_format",
    "names",
    "stream",
    "write",
]


@frozen(kw_only=True)
class WriteOptions:
    """What can be asked of a writer; each uses what applies to it.

    Attributes:
        colour: whether ``text`` may use terminal colours.
        width: columns of ``text``.
        explain: whether ``text`` shows offsets and evidence.
        indent: spaces a level of ``json`` and ``webanno``; None for one line.
        min_confidence: attributions below it are left out, in every format.
        home: relative address of an index page that ``html`` links to.
        text: False leaves the article's text out (reports and brat need it).
    """

    colour: bool = False
    width: int = 100
    explain: bool = False
    indent: int | None = 2
    min_confidence: float = 0.0
    text: bool = True
    home: str | None = None


DEFAULTS = WriteOptions()


@frozen(kw_only=True)
class Format:
    """One output format.

    Attributes:
        name: what ``--format`` takes.
        suffix: of its file, with the dot.
        media_type: for HTTP answers.
        module: module with its writers, loaded at first use.
        streams: whether many articles can follow each other in one file.
        binary: whether it has no text form.
        parts: how many files one article makes.
    """

    name: str
    suffix: str
    media_type: str
    module: str
    streams: bool = False
    binary: bool = False
    parts: int = 1


_BASE = "quotecheck.formats"

FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            name="text",
            suffix=".txt",
            media_type="text/plain",
            module=f"{_BASE}.text",
            streams=True,
        ),
        Format(name="json", suffix=".json", media_type="application/json", module=f"{_BASE}.json"),
        Format(
            name="jsonl",
            suffix=".jsonl",
            media_type="application/jsonl",
            module=f"{_BASE}.jsonl",
            streams=True,
        ),
        Format(
            name="csv", suffix=".csv", media_type="text/csv", module=f"{_BASE}.csv", streams=True
        ),
        Format(name="html", suffix=".html", media_type="text/html", module=f"{_BASE}.html"),
        Format(
            name="brat", suffix=".ann", media_type="text/plain", module=f"{_BASE}.brat", parts=2
        ),
        Format(
            name="webanno",
            suffix=".jsonld",
            media_type="application/ld+json",
            module=f"{_BASE}.webanno",
        ),
        Format(
            name="parquet",
            suffix=".parquet",
            media_type="application/vnd.apache.parquet",
            module=f"{_BASE}.parquet",
            streams=True,
            binary=True,
        ),
    )
}


def names() -> tuple[str, ...]:
    """Returns the names of all output formats.

    >>> "csv" in names()
    True
    """
    return tuple(FORMATS)


def get_format(name: str) -> Format:
    """Returns what is known about a format.

    >>> get_format("jsonl").streams
    True

    Raises:
        UnknownFormatError: no such format; the message lists those there are.
    """
    if name not in FORMATS:
        raise UnknownFormatError(name, names())
    return FORMATS[name]


def write(
    record: AnalysisRecord, format: str = "json", options: WriteOptions = DEFAULTS
) -> str | bytes:
    """Returns one article in a format: bytes for Parquet, text for all others.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> print(write(analysis, "text"))
    standard input: 1 attribution, 1 speaker
    <BLANKLINE>
    A1  Ada Pell  said
        “No,”
        direct; confidence 0.95, speaker 0.9
    <BLANKLINE>

    Raises:
        UnknownFormatError: no such format.
        RecordError: a format that needs the text, and records without it.
        MissingExtraError: Parquet without ``pyarrow``; the message says how to get it.
    """
    module = import_module(get_format(format).module)
    out: str | bytes = module.write(_filtered(record, options), options)
    return out


def stream(
    records: Iterable[AnalysisRecord], format: str = "jsonl", options: WriteOptions = DEFAULTS
) -> Iterator[str] | Iterator[bytes]:
    """Yields many articles one after another, as pieces to be written to one file as they come.

    >>> from quotecheck.testing import build
    >>> len(list(stream([build("One."), build("Two.")], "jsonl")))
    2

    Args:
        records: any iterable; it is read as the pieces are taken, never as a whole.
        format: one whose ``streams`` is true.
        options: for the writer.

    Raises:
        UnknownFormatError: no such format, or one that holds one article a file.
    """
    known = get_format(format)
    if not known.streams:
        raise UnknownFormatError(format, tuple(n for n, one in FORMATS.items() if one.streams))
    module = import_module(known.module)
    out: Iterator[str] | Iterator[bytes] = module.stream(
        (_filtered(record, options) for record in records), options
    )
    return out


def files(
    record: AnalysisRecord, format: str, options: WriteOptions = DEFAULTS
) -> dict[str, bytes]:
    """Returns the files that one article makes in a folder, by their suffix.

    One for most formats; brat takes two, the annotations and the text they point into.

    >>> from quotecheck.testing import build
    >>> list(files(build("One."), "brat"))
    ['.ann', '.txt']

    Raises:
        UnknownFormatError: no such format.
        RecordError: a format that needs the text, and records without it.
    """
    known = get_format(format)
    if known.parts > 1:
        module = import_module(known.module)
        out: dict[str, bytes] = module.files(_filtered(record, options), options)
        return out
    written = write(record, format, options)
    if isinstance(written, str):
        written = written.encode("utf-8", "surrogatepass")
    return {known.suffix: written}


def _filtered(record: AnalysisRecord, options: WriteOptions) -> AnalysisRecord:
    if options.min_confidence > 0:
        kept = tuple(a for a in record.attributions if a.confidence >= options.min_confidence)
        record = with_attributions(record, kept)
    return record if options.text else evolve(record, text=None)

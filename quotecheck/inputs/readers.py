"""One reader a file format: bytes of a file in, documents out."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from attrs import evolve

from quotecheck.errors import SourceReadError, UnknownFormatError
from quotecheck.inputs.archives import refuse_bombs
from quotecheck.inputs.decoding import decode, html_charset
from quotecheck.inputs.documents import Document, join_paragraphs, lay_out
from quotecheck.records import BlockKind

__all__ = [
    "INPUT_FORMATS",
    "SUFFIXES",
    "read_bytes",
    "read_json_lines",
    "read_pdf_pages",
    "sniff",
]

#: Values of ``--input``; ``auto`` goes by the file's suffix and its first bytes.
INPUT_FORMATS = ("auto", "text", "html", "jsonl", "json", "pdf", "docx")

SUFFIXES = {
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".pdf": "pdf",
    ".docx": "docx",
}

#: Fields of a JSON record that carry what we know about an article, the usual spellings first.
_TITLE_FIELDS = ("title", "headline")
_URL_FIELDS = ("url", "link")
_DATE_FIELDS = ("published", "date", "publish_date", "published_at")


def sniff(data: bytes, suffix: str = "") -> str:
    """Returns the input format that a suffix or the first bytes speak for.

    >>> sniff(b"<!DOCTYPE html><html>")
    'html'
    >>> sniff(b"{No}, she said.", ".txt")
    'text'
    """
    if suffix.lower() in SUFFIXES:
        return SUFFIXES[suffix.lower()]
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "html"
    if head.startswith(b"%pdf-"):
        return "pdf"
    if data.startswith(b"PK\x03\x04") and b"word/" in data:
        return "docx"
    if head.startswith(b"{") and suffix.lower() not in (".txt", ".text"):
        try:
            json.loads(data.split(b"\n", 1)[0])
        except ValueError:
            return "text"
        return "jsonl"
    return "text"


def read_bytes(
    data: bytes,
    *,
    input_format: str,
    source: str = "-",
    encoding: str | None = None,
    text_field: str = "text",
    on_error: Callable[[SourceReadError], None] | None = None,
) -> Iterator[Document]:
    """Yields the documents in a file's bytes: one, or one a record for ``jsonl`` and ``json``.

    Args:
        data: the whole file.
        input_format: one of `INPUT_FORMATS` except ``auto``.
        source: the path to name in records and errors.
        encoding: a Python codec name; detected when None.
        text_field: the field that holds the text of a JSON record.
        on_error: called for a bad record; when None, the error is raised.

    Raises:
        SourceReadError: the bytes are not what the format asks for.
        UnknownFormatError: no such input format.
    """
    if input_format == "text":
        decoded = decode(data, encoding=encoding, source=source)
        yield Document(
            source=source,
            text=decoded.text,
            encoding=decoded.encoding,
            notices=decoded.notices,
        )
    elif input_format == "html":
        yield _read_html(data, source, encoding)
    elif input_format == "jsonl":
        yield from read_json_lines(
            io.BytesIO(data),
            source=source,
            encoding=encoding,
            text_field=text_field,
            on_error=on_error,
        )
    elif input_format == "json":
        yield from _read_json(data, source, encoding, text_field, on_error)
    elif input_format == "pdf":
        yield _read_pdf(data, source)
    elif input_format == "docx":
        yield _read_docx(data, source)
    else:
        raise UnknownFormatError(input_format, INPUT_FORMATS)


def read_json_lines(
    lines: Iterable[bytes],
    *,
    source: str = "-",
    encoding: str | None = None,
    text_field: str = "text",
    on_error: Callable[[SourceReadError], None] | None = None,
) -> Iterator[Document]:
    """Yields one document a line of JSON, as the lines come in; empty lines are passed over.

    A line is an object whose ``text_field`` is a str or a list of paragraphs, or is itself one of
    these two. ``title``, ``url`` and ``published`` are taken along.

    >>> [d.source for d in read_json_lines([b'{"text": "Mara Quist left."}'], source="a.jsonl")]
    ['a.jsonl:1']

    Raises:
        SourceReadError: a line holds no text (only when ``on_error`` is None).
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{source}:{number}"
        try:
            decoded = decode(line, encoding=encoding, source=place)
            record = _parse_json(decoded.text, place)
            document = _from_record(record, place, text_field)
        except SourceReadError as error:
            if on_error is None:
                raise
            on_error(error)
            continue
        yield evolve(document, encoding=decoded.encoding, notices=decoded.notices)


def _read_json(
    data: bytes,
    source: str,
    encoding: str | None,
    text_field: str,
    on_error: Callable[[SourceReadError], None] | None,
) -> Iterator[Document]:
    """A JSON file: one record, a list of records, or one article as a list of paragraphs."""
    decoded = decode(data, encoding=encoding, source=source)
    value = _parse_json(decoded.text, source)
    if not isinstance(value, list) or all(isinstance(item, str) for item in value):
        document = _from_record(value, source, text_field)
        yield evolve(document, encoding=decoded.encoding, notices=decoded.notices)
        return
    for number, record in enumerate(value, start=1):
        place = f"{source}:{number}"
        try:
            document = _from_record(record, place, text_field)
        except SourceReadError as error:
            if on_error is None:
                raise
            on_error(error)
            continue
        yield evolve(document, encoding=decoded.encoding, notices=decoded.notices)


def _parse_json(text: str, source: str) -> object:
    try:
        value: object = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceReadError(
            source, f"not valid JSON at character {error.pos}: {error.msg}."
        ) from None
    except RecursionError:
        raise SourceReadError(source, "JSON nested too deeply.") from None
    return value


def _from_record(record: object, source: str, text_field: str) -> Document:
    fields: dict[str, Any] = record if isinstance(record, dict) else {text_field: record}
    body = fields.get(text_field)
    document: Document | None = None
    if isinstance(body, str):
        document = Document(source=source, text=body)
    elif isinstance(body, list) and all(isinstance(item, str) for item in body):
        document = join_paragraphs(body, source=source)
    if document is not None:
        return evolve(
            document,
            title=_first_text(fields, _TITLE_FIELDS),
            url=_first_text(fields, _URL_FIELDS),
            published=_first_text(fields, _DATE_FIELDS),
        )
    if isinstance(record, dict) and text_field not in record:
        names = ", ".join(list(record)[:12]) or "none"
        raise SourceReadError(
            source, f"no field {text_field!r} (--text-field); the fields are: {names}."
        )
    raise SourceReadError(
        source,
        f"the text is {_json_type(body)}, neither a string nor a list of paragraphs.",
    )


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    names = {bool: "a boolean", int: "a number", float: "a number", list: "a list with other items"}
    return names.get(type(value), "an object")


def _first_text(fields: dict[str, Any], names: tuple[str, ...]) -> str | None:
    found = (fields.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value), None)


def _missing(source: str, what: str, extra: str) -> SourceReadError:
    return SourceReadError(
        source, f'reading {what} needs an extra: pip install "quotecheck[{extra}]".'
    )


def _read_html(data: bytes, source: str, encoding: str | None) -> Document:
    """The article of a web page, by trafilatura (Barbaresi, 2021).

    The text is put together as headline, byline and paragraphs, an empty line between; the page's
    date becomes ``published``.
    """
    try:
        import trafilatura
    except ImportError:
        raise _missing(source, "web pages", "html") from None
    decoded = decode(data, encoding=encoding or html_charset(data), source=source)
    page = (
        trafilatura.bare_extraction(decoded.text, with_metadata=True, include_comments=False)
        if decoded.text.strip()
        else None
    )
    body = getattr(page, "text", None)
    if page is None or not body:
        raise SourceReadError(source, "no article text was found in this web page.")
    title = getattr(page, "title", None) or None
    author = getattr(page, "author", None) or None
    paragraphs = [line for line in body.split("\n") if line.strip()]
    pieces: list[tuple[BlockKind, str]] = []
    if title:
        pieces.append(("headline", title))
        if paragraphs[0].strip() == title.strip():
            del paragraphs[0]
    if author:
        byline = "By " + author.replace("; ", " and ")
        pieces.append(("byline", byline))
        if paragraphs and paragraphs[0].strip().casefold() == byline.casefold():
            del paragraphs[0]
    text, blocks = lay_out([*pieces, *(("paragraph", p) for p in paragraphs)])
    return Document(
        source=source,
        text=text,
        encoding=decoded.encoding,
        title=title,
        url=getattr(page, "url", None) or None,
        published=getattr(page, "date", None) or None,
        blocks=blocks,
        notices=decoded.notices,
    )


def read_pdf_pages(data: bytes, source: str) -> tuple[list[str], str | None]:
    """Returns the text layer of each page of a PDF file, and the title that the file gives.

    Args:
        data: the whole file.
        source: the path to name in errors.

    Raises:
        SourceReadError: not a PDF file, no text layer, or the extra ``pdf`` is not installed.
    """
    try:
        import pypdf
    except ImportError:
        raise _missing(source, "PDF files", "pdf") from None
    from pypdf.errors import PyPdfError

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        pages = [page.extract_text() for page in reader.pages]
        title = reader.metadata.title if reader.metadata else None
    except (PyPdfError, ValueError, KeyError, TypeError, NotImplementedError) as error:
        raise SourceReadError(source, f"not a readable PDF file ({error}).") from None
    if not any(page.strip() for page in pages):
        raise SourceReadError(
            source, "this PDF has no text layer: run it through text recognition (OCR) first."
        )
    return pages, title or None


def _read_pdf(data: bytes, source: str) -> Document:
    pages, title = read_pdf_pages(data, source)
    paragraphs = unwrap_lines("\n".join(pages).splitlines())
    return join_paragraphs(paragraphs, source=source, title=title)


#: A line shorter than this share of the widest usual line ends its paragraph.
_SHORT_LINE = 0.8


def unwrap_lines(lines: Iterable[str]) -> list[str]:
    """Returns the paragraphs of a text whose lines were broken to fit a page.

    A paragraph ends at an empty line, and after a clearly short line that ends a sentence.

    >>> unwrap_lines(["“We will not close the harbour,” Mara", "Quist said.", "She left for home."])
    ['“We will not close the harbour,” Mara Quist said.', 'She left for home.']
    """
    kept = [line.strip() for line in lines]
    widths = sorted(len(line) for line in kept if line)
    usual = widths[int(len(widths) * 0.75)] if widths else 0
    paragraphs: list[str] = []
    current = ""
    for line in [*kept, ""]:
        if line:
            current = f"{current} {line}" if current else line
        ends_here = not line or (
            len(line) < _SHORT_LINE * usual and line.endswith((".", "!", "?", "”", '"', ":"))
        )
        if ends_here and current:
            paragraphs.append(current)
            current = ""
    return paragraphs


def _read_docx(data: bytes, source: str) -> Document:
    try:
        import docx
    except ImportError:
        raise _missing(source, "Word documents", "docx") from None
    import zipfile

    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        refuse_bombs(data, source)
        document = docx.Document(io.BytesIO(data))
    except (OpcError, zipfile.BadZipFile, LxmlError, KeyError, ValueError) as error:
        raise SourceReadError(source, f"not a readable Word document ({error}).") from None
    pieces: list[tuple[BlockKind, str]] = []
    for paragraph in document.paragraphs:
        style = (paragraph.style.name or "") if paragraph.style is not None else ""
        headline = not pieces and style.startswith(("Title", "Heading"))
        pieces.append(("headline" if headline else "paragraph", paragraph.text))
    text, blocks = lay_out(pieces)
    return Document(
        source=source, text=text, title=document.core_properties.title or None, blocks=blocks
    )

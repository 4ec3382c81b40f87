"""Sources as people have them: text, transcripts, subtitles, web pages, PDF and Word files.

The result's offsets count in the text that is extracted here (`Source.text`); pages and subtitle
times come along.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from quotecheck.check.sources import Cue, Layer, Page, Source, text_voices
from quotecheck.check.stream import Voice
from quotecheck.check.turns import label_name
from quotecheck.errors import SourceReadError, TextTypeError, UnknownFormatError
from quotecheck.inputs import decode
from quotecheck.inputs.readers import read_bytes, read_pdf_pages, sniff

__all__ = ["SOURCE_FORMATS", "parse_subtitles", "read_source"]

#: Values of ``--source-format``; ``auto`` goes by suffix and content.
SOURCE_FORMATS = ("auto", "text", "html", "json", "pdf", "docx", "srt", "vtt")

_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_CUE = re.compile(rf"^[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}[^\n]*$", re.MULTILINE)
_TAG = re.compile(r"</?(?:[bicu]|ruby|rt|lang|font|v)(?:[.\s][^<>\n]*)?>|<\d[\d:.]*>|\{\\[^}\n]*\}")
_SPEAKER = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+([^<>\n]+)>")
_LABEL = re.compile(
    r"(?:>{2,3}[ \t]*)?([^\W\d_a-z][\w'’.\- ]{0,40}?(?:,[^:\n]{1,40})?)[ \t]?:[ \t]+"
)
_CHANGE = re.compile(r"[ \t]*(?:-|–|—|>{2,3})[ \t]*")


def read_source(
    path: str | os.PathLike[str], *, format: str = "auto", encoding: str | None = None
) -> Source:
    r"""Returns a file as a source to check against.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder) / "talk.srt"
    ...     _ = file.write_text("1\n00:00:01,000 --> 00:00:02,500\nQUIST: It is safe.\n")
    ...     source = read_source(file)
    >>> source.text, source.cues[0].shown
    ('It is safe.', '00:00:01.000')

    Args:
        path: the file.
        format: one of `SOURCE_FORMATS`.
        encoding: a Python codec name; detected when None.

    Raises:
        SourceReadError: missing, unreadable, binary, without text, or its reader is not installed
            (``pip install "quotecheck[pdf]"`` and so on).
        UnknownFormatError: no such format.
    """
    name = os.fspath(path)
    try:
        data = Path(name).read_bytes()
    except FileNotFoundError:
        raise SourceReadError(name, "there is no such file.") from None
    except IsADirectoryError:
        raise SourceReadError(name, "this is a folder; name the files in it.") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise SourceReadError(name, f"cannot be read ({why}).") from None
    return parse_source(data, name=name, format=format, encoding=encoding)


def parse_source(
    data: bytes, *, name: str = "-", format: str = "auto", encoding: str | None = None
) -> Source:
    """Returns the bytes of a file as a source; see `read_source`."""
    if format not in SOURCE_FORMATS:
        raise UnknownFormatError(format, SOURCE_FORMATS)
    if not isinstance(data, bytes | bytearray):
        raise TextTypeError(data, "the bytes of a source")
    if format == "auto":
        format = _sniffed(data, Path(name).suffix.lower())
    if format == "pdf":
        return _read_pdf(data, name)
    if format in ("srt", "vtt"):
        return parse_subtitles(decode(data, encoding=encoding, source=name).text, name=name)
    documents = list(read_bytes(data, input_format=format, source=name, encoding=encoding))
    text = "\n\n".join(document.text for document in documents)
    if format == "text" and _CUE.search(text[:4096]) and text.lstrip("\ufeff \n\r")[:1].isdigit():
        return parse_subtitles(text, name=name)
    if not text.strip():
        raise SourceReadError(name, "there is no text in it.")
    return Source(text=text, name=name, format=format, layers=(text_voices(text),))


def _sniffed(data: bytes, suffix: str) -> str:
    if suffix in (".srt", ".vtt"):
        return suffix[1:]
    if data.lstrip(b"\xef\xbb\xbf").startswith(b"WEBVTT"):
        return "vtt"
    found = sniff(data, suffix)
    return "text" if found == "jsonl" else found


# -------------------------------------------------------------------- subtitles


@frozen(kw_only=True)
class _Line:
    """A line of a subtitle: its text, and who says it as far as it tells.

    Attributes:
        text: without tags and label.
        label: the speaker; None when it does not say.
        change: whether somebody else begins to speak.
    """

    text: str
    label: str | None
    change: bool


def parse_subtitles(text: str, *, name: str = "-") -> Source:
    r"""Returns the words of SRT or WebVTT subtitles as one text, with times and speakers.

    Cues are joined by a space, a new speaker begins a paragraph. Speakers are known from
    ``<v Name>``, ``NAME:`` and ``>> NAME:``; a dash or ``>>`` alone says that somebody else speaks.

    >>> source = parse_subtitles(
    ...     "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ada Vell>We will\n\n"
    ...     "00:02.000 --> 00:03.000\n<v Ada Vell>not close it.\n"
    ... )
    >>> source.text, source.layers[0][0].names
    ('We will not close it.', ('Ada Vell',))

    Raises:
        SourceReadError: there is no subtitle in it.
    """
    out: list[str] = []
    size = 0
    cues: list[Cue] = []
    voices: list[tuple[str | None, int, int]] = []
    speaker: str | None = None
    for shown, hidden, lines in _cues(text):
        begun: int | None = None
        for line in lines:
            changed = line.change or (line.label is not None and line.label != speaker)
            if changed:
                speaker = line.label
            if out:
                out.append("\n" if changed else " ")
                size += 1
            if changed or not voices:
                voices.append((speaker, size, size))
            begun = size if begun is None else begun
            out.append(line.text)
            size += len(line.text)
            voices[-1] = (voices[-1][0], voices[-1][1], size)
        if begun is not None:
            cues.append(Cue(start=begun, end=size, shown=shown, hidden=hidden))
    if not cues:
        raise SourceReadError(name, "there are no subtitles in it.")
    return Source(
        text="".join(out),
        name=name,
        format="vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else "srt",
        layers=(_subtitle_voices(voices),),
        cues=tuple(cues),
    )


def _subtitle_voices(voices: list[tuple[str | None, int, int]]) -> Layer:
    out = []
    for label, start, end in voices:
        found = label_name(label) if label else None
        out.append(Voice(ranges=((start, end),), names=(found,) if found else ()))
    return tuple(out)


def _cues(text: str) -> Iterator[tuple[str, str, list[_Line]]]:
    marks = list(_CUE.finditer(text.replace("\r\n", "\n").replace("\r", "\n")))
    for i, mark in enumerate(marks):
        body = mark.string[mark.end() : marks[i + 1].start() if i + 1 < len(marks) else None]
        # An empty line ends a cue; what follows is the next one's number or name, or a note.
        block = body.lstrip("\n").split("\n\n")[0]
        lines = [line for raw in block.split("\n") if (line := _line(raw)) is not None]
        hours = mark.groups()
        yield _stamp(hours[:4]), _stamp(hours[4:]), lines


def _stamp(parts: tuple[str | None, ...]) -> str:
    hours, minutes, seconds, fraction = parts
    return f"{int(hours or 0):02}:{int(minutes or 0):02}:{seconds}.{fraction or '':0<3}"


def _line(raw: str) -> _Line | None:
    voice = _SPEAKER.search(raw)
    text = html.unescape(_TAG.sub("", raw)).strip()
    label = voice[1].strip() if voice else None
    change = False
    dash = _CHANGE.match(text)
    if dash:
        change, text = True, text[dash.end() :]
    named = _LABEL.match(text)
    if named and label is None and (named[1].isupper() or dash or " " in named[1].strip()):
        label, text = named[1].strip(), text[named.end() :]
    return _Line(text=text, label=label, change=change) if text else None


# -------------------------------------------------------------------------- PDF


def _read_pdf(data: bytes, name: str) -> Source:
    """The text layer of a PDF file, page after page, an empty line between."""
    pages: list[Page] = []
    text = ""
    for number, page in enumerate(read_pdf_pages(data, name)[0], start=1):
        if page.strip():
            text += "\n\n" if text else ""
            pages.append(Page(start=len(text), number=number))
            text += page
    return Source(
        text=text, name=name, format="pdf", layers=(text_voices(text),), pages=tuple(pages)
    )

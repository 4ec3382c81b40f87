"""Sources as people have them: text, subtitles, web pages, PDF and Word files, and broken ones."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from quotecheck.check import SourceIndex, parse_source, parse_subtitles, read_source
from quotecheck.errors import SourceReadError, UnknownFormatError

SRT = """1
00:00:01,000 --> 00:00:02,500
MARA QUIST: The harbour
is <i>safe</i>,

2
00:00:02,500 --> 00:00:04,000
and it stays safe.

3
00:01:00,000 --> 00:01:02,000
- Really?
- BO VELL: Nobody knows.
"""
VTT = """WEBVTT - a talk

NOTE not spoken

intro
00:01.000 --> 00:02.000 align:start
<v.loud Mara Quist>The harbour &amp; the mill

00:02.000 --> 00:03.000
<v Mara Quist>are safe.</v>

01:00:03.000 --> 01:00:04.000
<v Bo Vell>Are they?
"""


def test_srt_gives_times_and_speakers() -> None:
    """Cues are joined over their ends, a new speaker begins a turn, spans carry the time."""
    source = parse_subtitles(SRT, name="talk.srt")
    assert source.text == "The harbour is safe, and it stays safe.\nReally?\nNobody knows."
    assert [v.names for v in source.layers[0]] == [("MARA QUIST",), (), ("BO VELL",)]
    result = SourceIndex(source).check("is safe, and it stays safe", speaker="Mara Quist")
    assert (result.wording, result.speaker, result.format) == ("exact", "match", "srt")
    assert result.spans[0].time == ("00:00:01.000", "00:00:04.000")
    assert result.to_dict()["spans"][0]["time"] == ["00:00:01.000", "00:00:04.000"]


def test_webvtt_voices() -> None:
    """Voice tags name the speaker, entities are read, notes and settings are not text."""
    source = parse_subtitles(VTT)
    assert source.text == "The harbour & the mill are safe.\nAre they?"
    assert (source.format, source.cues[-1].shown) == ("vtt", "01:00:03.000")
    result = SourceIndex(source).check("the mill are safe", speaker="Bo Vell")
    assert (result.wording, result.speaker) == ("exact", "mismatch")
    assert not SourceIndex(source).check("the mill are safe. Are they?").supported


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_subtitles_with_any_line_ends(ends: str) -> None:
    """Old and new line ends give the same text."""
    data = ("\ufeff" + SRT.replace("\n", ends)).encode()
    assert parse_source(data, name="talk.srt").text == parse_subtitles(SRT).text


def test_subtitles_are_known_by_their_content(tmp_path: Path) -> None:
    """A .txt file with subtitles is read as subtitles."""
    path = tmp_path / "talk.txt"
    path.write_text(SRT, encoding="utf-8")
    assert read_source(path).format == "srt"
    path.write_text(VTT, encoding="utf-8")
    assert read_source(path).format == "vtt"


def test_text_in_other_encodings(tmp_path: Path) -> None:
    """The encoding is found out; offsets count in the decoded text."""
    path = tmp_path / "note.txt"
    path.write_bytes("“It’s safe”, said Núñez.".encode("cp1252"))
    source = read_source(path)
    result = SourceIndex(source).check("It's safe")
    assert (result.wording, result.source) == ("folded", str(path))
    assert source.text[result.spans[0].start : result.spans[0].end] == "It’s safe"


def test_web_pages(tmp_path: Path) -> None:
    """The article of a page is read, its menu is not."""
    pytest.importorskip("trafilatura")
    path = tmp_path / "page.html"
    words = "Mara Quist said that the harbour is safe for all ships and will be next year. " * 4
    path.write_text(
        f"<html><body><nav>Home News</nav><article><h1>Harbour</h1><p>{words}</p>"
        "<p>“We will not close it,” she said to the council on Monday night.</p></article>"
        "</body></html>",
        encoding="utf-8",
    )
    result = SourceIndex(read_source(path)).check("We will not close it")
    assert (result.wording, result.format) == ("exact", "html")


def _pdf(pages: list[str]) -> bytes:
    """A PDF file with a line of Helvetica a page, written by hand."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 50 700 Td ({text}) Tj ET"
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        content = len(objects)
        objects.append(
            f"<</Type/Page/Parent 2 0 R/Contents {content} 0 R/MediaBox[0 0 600 800]"
            "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{' '.join(kids)}]>>"
    out = io.BytesIO(b"%PDF-1.4\n")
    out.seek(0, io.SEEK_END)
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode())
    table = out.tell()
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{rows}".encode())
    out.write(f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF".encode())
    return out.getvalue()


def test_pdf_names_the_page() -> None:
    """Spans in a PDF file carry the number of their page."""
    pytest.importorskip("pypdf")
    source = parse_source(_pdf(["Nothing here at all.", "We will not close it."]), name="a.pdf")
    result = SourceIndex(source).check("We will not close it")
    assert (result.wording, result.format, result.spans[0].page) == ("exact", "pdf", 2)
    assert source.text[result.spans[0].start : result.spans[0].end] == "We will not close it"


def test_pdf_without_text_says_what_to_do() -> None:
    """A scan needs text recognition, a broken file is named."""
    pytest.importorskip("pypdf")
    with pytest.raises(SourceReadError, match="OCR"):
        parse_source(_pdf([""]), name="scan.pdf")
    with pytest.raises(SourceReadError, match="not a readable PDF"):
        parse_source(b"%PDF-1.4 broken", name="a.pdf")


def test_word_files(tmp_path: Path) -> None:
    """Paragraphs of a Word file are read."""
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("MS. VELL: We will not close it.")
    document.add_paragraph("MR. QUIST: Good.")
    document.save(str(tmp_path / "a.docx"))
    result = SourceIndex(read_source(tmp_path / "a.docx")).check(
        "We will not close it", speaker="Vell"
    )
    assert (result.wording, result.speaker, result.format) == ("exact", "match", "docx")


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"\x00\x01\x02\x03" * 50, "a.bin", "binary"),
        (b"\x89PNG\r\n\x1a\n", "a.png", "picture"),
        (b"   \n", "a.txt", "no text"),
        (b"no cues", "a.srt", "no subtitles"),
        (b"WEBVTT\n", "a.vtt", "no subtitles"),
    ],
)
def test_what_cannot_be_read_is_refused(data: bytes, name: str, words: str) -> None:
    """Each unreadable source raises an error that names it and says why."""
    with pytest.raises(SourceReadError, match=words) as caught:
        parse_source(data, name=name)
    assert caught.value.source == name


def test_missing_files_folders_and_formats(tmp_path: Path) -> None:
    """A missing file, a folder, an unknown format."""
    with pytest.raises(SourceReadError, match="no such file"):
        read_source(tmp_path / "none.txt")
    with pytest.raises(SourceReadError, match="folder"):
        read_source(tmp_path)
    with pytest.raises(UnknownFormatError, match="srt"):
        parse_source(b"text", format="doc")

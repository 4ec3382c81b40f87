"""Reading articles: what is there is read exactly, what is not is named."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotecheck.errors import SourceReadError, UnknownFormatError
from quotecheck.inputs import (
    Document,
    decode,
    find_inputs,
    join_paragraphs,
    read_inputs,
    read_text,
)

CASES = json.loads((Path(__file__).parent / "cases" / "encodings.json").read_text(encoding="utf-8"))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)


# ---------------------------------------------------------------------------------- decoding


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_encoding_is_detected(case):
    """A text comes back as it was, and the encoding named is the one it was in."""
    decoded = decode(case["text"].encode(case["codec"]))
    assert (decoded.text, decoded.encoding) == (case["text"], case["wanted"])


@given(TEXTS.filter(lambda t: not any(ord(c) < 32 or ord(c) == 127 for c in t)))
def test_valid_utf8_is_read_as_utf8(text):
    """UTF-8 without control characters and marks is never taken for anything else."""
    if text.startswith(("\ufeff", "%PDF-", "PAR1", "BZh", "GIF8", "{\\rtf")):
        return
    assert decode(text.encode("utf-8")).text == text


@given(st.binary(max_size=200))
def test_any_bytes_give_text_or_a_typed_error(data):
    """No bytes make the reader fail in another way, and the codec named gives the same text."""
    try:
        decoded = decode(data)
    except SourceReadError:
        return
    if not decoded.notices:
        assert data.decode(decoded.encoding) == decoded.text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 ...", "ZIP archive"),
        (b"\x89PNG\r\n", "picture"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"{\\rtf1\\ansi", "rich text"),
        (bytes(range(32)) * 4, "binary"),
        (b"text with \x00\x01\x02\x03 inside", "binary"),
    ],
)
def test_what_is_not_text_is_refused(data, reason):
    """Files that are not text are refused, with what they are and what to do."""
    with pytest.raises(SourceReadError, match=reason):
        decode(data, source="file.txt")


def test_broken_bytes_in_utf8_become_a_notice():
    """One broken byte does not turn every curly mark into three wrong letters."""
    text = "“No,” she said. “Never — not once.”"
    decoded = decode(text.encode("utf-8") + b"\xff" + text.encode("utf-8"))
    assert decoded.text == text + "\ufffd" + text
    assert [(n.code, n.start, n.end) for n in decoded.notices] == [
        ("undecodable-bytes", len(text), len(text) + 1)
    ]


def test_named_encoding_is_used_strictly():
    """A named encoding is not second-guessed; a wrong or unknown one is an error that says so."""
    assert decode("жду".encode("cp866"), encoding="cp866").text == "жду"
    with pytest.raises(SourceReadError, match=r"byte 0.*leave the encoding out"):
        decode(b"\xff", encoding="utf-8")
    with pytest.raises(SourceReadError, match="knows no text encoding 'klingon'"):
        decode(b"x", encoding="klingon")
    with pytest.raises(SourceReadError, match="knows no text encoding 'hex'"):
        decode(b"x", encoding="hex")


# -------------------------------------------------------------------------------------- files


def test_read_text_keeps_line_ends(tmp_path):
    """Line ends are part of the text: offsets count them."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfOne.\r\nTwo.\n")
    assert read_text(tmp_path / "a.txt") == "One.\r\nTwo.\n"


def test_what_cannot_be_read_says_why(tmp_path):
    """Missing files, folders and impossible paths give errors that name the path."""
    with pytest.raises(SourceReadError, match=r"nope\.txt: there is no such file"):
        read_text(tmp_path / "nope.txt")
    with pytest.raises(SourceReadError, match="this is a folder"):
        read_text(tmp_path)
    with pytest.raises(SourceReadError, match="not a path"):
        read_text("a\0b")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PermissionError(13, "Permission denied"), "no permission to read it"),
        (OSError(5, "Input/output error"), r"cannot be read \(Input/output error\)"),
    ],
)
def test_trouble_of_the_system_is_named(tmp_path, monkeypatch, error, reason):
    """What the operating system refuses is told in words, with the path."""

    def refuse(path):
        raise error

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(SourceReadError, match=rf"a\.txt: {reason}"):
        read_text(tmp_path / "a.txt")


def test_folders_are_walked_in_order(tmp_path):
    """Sorted, below subfolders, only what quotecheck reads, nothing hidden, each file once."""
    for name in ("b.txt", "a.txt", "c.py", ".hidden.txt", "sub/d.txt", ".git/e.txt", "f.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = find_inputs([tmp_path, tmp_path / "a.txt"])
    assert [item.name for item in found] == ["a", "b", "sub/d"]


def test_patterns_are_expanded(tmp_path):
    """Patterns work where the shell leaves them alone; one without a match is an error."""
    for name in ("b.txt", "a.txt", "sub/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    names = [item.name for item in find_inputs(str(tmp_path / "**" / "*.txt"))]
    assert names == ["a", "b", "c"]
    with pytest.raises(SourceReadError, match="no file matches"):
        find_inputs(str(tmp_path / "*.doc"))


def test_a_file_whose_name_looks_like_a_pattern_is_a_file(tmp_path):
    """``notes[1].txt`` is read when it is there."""
    (tmp_path / "notes[1].txt").write_text("x")
    assert [d.text for d in read_inputs(tmp_path / "notes[1].txt")] == ["x"]


def test_empty_folder_is_an_error(tmp_path):
    """A folder without articles is said to be one."""
    with pytest.raises(SourceReadError, match="no articles in this folder"):
        find_inputs(tmp_path)


def test_errors_do_not_stop_the_rest(tmp_path):
    """With ``on_error`` each bad file is told, in order, and the good ones come."""
    (tmp_path / "a.txt").write_text("One.")
    (tmp_path / "b.txt").write_bytes(bytes(64))
    (tmp_path / "c.txt").write_text("Three.")
    errors: list[SourceReadError] = []
    paths = [tmp_path / name for name in ("a.txt", "b.txt", "nope.txt", "c.txt")]
    texts = [d.text for d in read_inputs(paths, on_error=errors.append)]
    assert texts == ["One.", "Three."]
    assert [Path(e.source).name for e in errors] == ["b.txt", "nope.txt"]


def test_unknown_input_format():
    """An unknown format lists those there are."""
    with pytest.raises(UnknownFormatError, match="choose one of auto, text"):
        list(read_inputs("-", input_format="docm"))


# --------------------------------------------------------------------------- standard input


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (b"Mara Quist left.\nShe ran.\n", ["Mara Quist left.\nShe ran.\n"]),
        (b'{"text": "One."}\n{"text": "Two."}\n', ["One.", "Two."]),
        (b"{sic} is not JSON\n", ["{sic} is not JSON\n"]),
        (b"", [""]),
        ("“No”".encode("utf-16"), ["“No”"]),
    ],
)
def test_standard_input_is_sniffed(data, texts):
    """Text, JSON lines and UTF-16 are told apart by their first line."""
    assert [d.text for d in read_inputs("-", stdin=io.BytesIO(data))] == texts


# --------------------------------------------------------------------------------------- JSON


def test_json_lines(tmp_path):
    """A record a line; title, address and date come along; bad lines are named by number."""
    rows = [
        {"text": "One.", "title": "T", "url": "https://a.example/1", "date": "2024-03-05"},
        {"text": ["First.", "Second."]},
        {"body": "x", "id": 3},
        {"text": None},
        "Just a text.",
    ]
    path = tmp_path / "a.jsonl"
    lines = [json.dumps(row) for row in rows]
    path.write_text("\n".join([*lines, "", "{broken", ""]), encoding="utf-8")
    errors: list[SourceReadError] = []
    documents = list(read_inputs(path, on_error=errors.append))
    assert [d.text for d in documents] == ["One.", "First.\n\nSecond.", "Just a text."]
    assert [d.source for d in documents] == [f"{path}:1", f"{path}:2", f"{path}:5"]
    first = documents[0]
    assert (first.title, first.url, first.published) == ("T", "https://a.example/1", "2024-03-05")
    assert [e.source for e in errors] == [f"{path}:3", f"{path}:4", f"{path}:7"]
    assert "the fields are: body, id" in errors[0].reason
    assert "null" in errors[1].reason
    assert "not valid JSON" in errors[2].reason


def test_json_text_field(tmp_path):
    """The text may be in another field."""
    (tmp_path / "a.jsonl").write_text('{"body": "One."}\n')
    assert [d.text for d in read_inputs(tmp_path / "a.jsonl", text_field="body")] == ["One."]


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ({"text": "One."}, ["One."]),
        (["First.", "Second."], ["First.\n\nSecond."]),
        ([{"text": "One."}, {"text": "Two."}], ["One.", "Two."]),
        ("One.", ["One."]),
    ],
)
def test_json_files(tmp_path, value, texts):
    """A JSON file is a record, a list of records or a list of paragraphs."""
    (tmp_path / "a.json").write_text(json.dumps(value))
    assert [d.text for d in read_inputs(tmp_path / "a.json")] == texts


@given(st.lists(TEXTS, max_size=6))
def test_paragraph_offsets(paragraphs):
    """Each block's slice is its paragraph; repeated paragraphs have spans of their own."""
    document = join_paragraphs(paragraphs)
    slices = [document.text[b.start : b.end] for b in document.blocks]
    assert slices == [p for p in paragraphs if p.strip()]
    assert len({b.start for b in document.blocks}) == len(document.blocks)


# ---------------------------------------------------------------------------------- documents

PAGE = """<!DOCTYPE html><html><head>
<title>Council votes to keep the harbour open | Tidewater Ledger</title>
<meta charset="{charset}">
<meta property="og:title" content="Council votes to keep the harbour open">
<meta name="author" content="Nell Ashgrove">
<meta property="article:published_time" content="2024-03-05T10:00:00Z">
<link rel="canonical" href="https://ledger.example/harbour"></head><body>
<nav><a href="/">Home</a> <a href="/sport">Sport</a></nav>
<article><h1>Council votes to keep the harbour open</h1><p class="byline">By Nell Ashgrove</p>
<p>SALTMERE — “We will not close the harbour &amp; the café,” Mara Quist said on Tuesday after a
long evening of debate in the town hall.</p>
<p>Her deputy, Tobias Renn, said that the fishing fleet <em>needed</em> more time to plan for the
coming winter season.</p></article>
<footer>All rights reserved.</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252"])
def test_web_page(tmp_path, charset):
    """Headline, byline and paragraphs are blocks of the extracted text, the rest is left out."""
    pytest.importorskip("trafilatura", reason="needs the extra html")
    path = tmp_path / "page.html"
    path.write_bytes(PAGE.format(charset=charset).encode(charset))
    (document,) = read_inputs(path)
    parts = [(b.kind, document.text[b.start : b.end]) for b in document.blocks]
    assert parts[:2] == [
        ("headline", "Council votes to keep the harbour open"),
        ("byline", "By Nell Ashgrove"),
    ]
    assert [kind for kind, _ in parts[2:]] == ["paragraph", "paragraph"]
    assert parts[2][1].startswith("SALTMERE — “We will not close the harbour & the café,”")
    assert "Home" not in document.text
    assert document.title == "Council votes to keep the harbour open"
    assert document.url == "https://ledger.example/harbour"
    assert document.published == "2024-03-05"


@pytest.mark.parametrize("page", ["", "   ", "<html><body></body></html>"])
def test_web_page_without_article(page, tmp_path):
    """A page without an article is an error, not an empty record."""
    pytest.importorskip("trafilatura", reason="needs the extra html")
    (tmp_path / "page.html").write_text(page)
    with pytest.raises(SourceReadError, match="no article text"):
        list(read_inputs(tmp_path / "page.html"))


def test_missing_extra_is_named(tmp_path, monkeypatch):
    """Without trafilatura the error says what to install."""
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    (tmp_path / "page.html").write_text(PAGE)
    with pytest.raises(SourceReadError, match=r'pip install "quotecheck\[html\]"'):
        list(read_inputs(tmp_path / "page.html"))


def test_word_document(tmp_path):
    """A Word file's paragraphs become blocks, its heading the headline."""
    docx = pytest.importorskip("docx", reason="needs the extra docx")
    document = docx.Document()
    document.add_heading("Harbour stays", level=0)
    document.add_paragraph("“No,” Mara Quist said.")
    document.save(tmp_path / "a.docx")
    (read,) = read_inputs(tmp_path / "a.docx")
    assert read.text == "Harbour stays\n\n“No,” Mara Quist said."
    assert [b.kind for b in read.blocks] == ["headline", "paragraph"]


def test_pdf_file(tmp_path):
    """A PDF's lines are joined to paragraphs."""
    pytest.importorskip("pypdf", reason="needs the extra pdf")
    (tmp_path / "a.pdf").write_bytes(_pdf(["Mara Quist said that the harbour", "stays open."]))
    assert [d.text for d in read_inputs(tmp_path / "a.pdf")] == [
        "Mara Quist said that the harbour stays open."
    ]


@pytest.mark.parametrize("name", ["a.pdf", "a.docx"])
def test_damaged_documents_are_named(tmp_path, name):
    """Damaged files give the typed error."""
    pytest.importorskip({"a.pdf": "pypdf", "a.docx": "docx"}[name], reason="needs an extra")
    (tmp_path / name).write_bytes(b"%PDF-1.4 nothing more")
    with pytest.raises(SourceReadError, match=r"not a readable|no text layer"):
        list(read_inputs(tmp_path / name))


def test_document_defaults():
    """A document made by hand needs its text only."""
    assert Document(text="x").source == "-"


def _pdf(lines: list[str]) -> bytes:
    """A one-page PDF with lines of text, written by hand."""
    shown = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    stream = f"BT /F1 12 Tf 72 720 Td {shown} ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        table,
    )

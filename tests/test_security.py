"""Nothing in a model or an input can run code, fill the memory, leave its folder or use the net."""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from functools import cache
from pathlib import Path

import pytest

import quotecheck
from quotecheck import Pipeline
from quotecheck.cli import main, running
from quotecheck.errors import ModelIntegrityError, SourceReadError
from quotecheck.inputs import find_inputs, read_inputs
from quotecheck.inputs.archives import MAX_UNPACKED, refuse_bombs
from quotecheck.model_files import file_digest, model_folder, verify
from quotecheck.tokenizer import BUNDLED, StanzaTokenizer
from tests import cli_fake

PACKAGE = Path(quotecheck.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

#: Modules that can run code out of data, or reach other programs or machines.
_UNSAFE = """
pickle cPickle dill cloudpickle joblib marshal shelve code codeop runpy ctypes socket ssl http
urllib.request urllib3 requests httpx aiohttp ftplib smtplib telnetlib xmlrpc socketserver
subprocess pty webbrowser
"""
UNSAFE_MODULES = frozenset(_UNSAFE.split())
#: Plain functions of modules that can do more.
HARMLESS = frozenset(("urllib.request.url2pathname",))
UNSAFE_CALLS = frozenset(("eval", "exec", "compile", "__import__", "input", "breakpoint"))
UNSAFE_METHODS = frozenset(
    ("system", "popen", "spawnl", "spawnv", "execv", "execl", "read_pickle", "to_pickle", "mktemp")
)


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def dotted(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, ast.Attribute | ast.Name) else ""


# ---------------------------------------------------------------------------------- the code


def test_no_module_can_run_code_out_of_data() -> None:
    """No pickle, no eval, no shell, no network module anywhere in the package."""
    found = []
    for path in MODULES:
        for node in nodes(path):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            bad = {
                name
                for name in names
                if name not in HARMLESS
                and {name, name.split(".")[0], name.rpartition(".")[0]} & UNSAFE_MODULES
            }
            if isinstance(node, ast.Call):
                called = node.func
                if isinstance(called, ast.Name) and called.id in UNSAFE_CALLS:
                    bad.add(called.id)
                if isinstance(called, ast.Attribute) and called.attr in UNSAFE_METHODS:
                    bad.add(called.attr)
            found += [f"{path.name}:{node.lineno}: {name}" for name in bad]
    assert found == []


def test_every_checkpoint_is_loaded_as_weights_only() -> None:
    """`torch.load` never unpickles, `numpy.load` neither."""
    for path in MODULES:
        for node in nodes(path):
            if not isinstance(node, ast.Call):
                continue
            options = {k.arg: ast.unparse(k.value) for k in node.keywords}
            if dotted(node.func) == "torch.load":
                assert options.get("weights_only") == "True", f"{path}:{node.lineno}"
            if dotted(node.func) in ("np.load", "numpy.load"):
                assert options.get("allow_pickle", "False") == "False", f"{path}:{node.lineno}"


# ---------------------------------------------------------------------------------- models


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the bundled model that may be damaged: hard links, so that nothing is copied."""
    target = tmp_path / "en"
    try:
        shutil.copytree(model_folder("en"), target, copy_function=os.link)
    except OSError:
        shutil.copytree(model_folder("en"), target)
    return target


def replace(path: Path, data: bytes) -> None:
    """Puts new content in the place of a hard link."""
    path.unlink()
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["encoder.onnx", "roles.onnx", "tokenizer.json"])
def test_a_tampered_model_is_refused_before_it_is_read(
    model: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash is compared before any library sees the file."""
    import onnxruntime
    import tokenizers

    def reached(*_: object, **__: object) -> None:
        raise AssertionError("a damaged model was opened")

    monkeypatch.setattr(onnxruntime, "InferenceSession", reached)
    monkeypatch.setattr(tokenizers.Tokenizer, "from_file", reached, raising=False)
    replace(model / name, (model / name).read_bytes() + b"\0")
    with pytest.raises(ModelIntegrityError, match="SHA-256"):
        Pipeline(str(model))


def test_a_manifest_names_no_file_elsewhere(model: Path, tmp_path: Path) -> None:
    """Neither an absolute path nor a symbolic link leads out of the model's folder."""
    outside = tmp_path / "outside.bin"
    outside.write_bytes(b"x")
    listed = json.loads((model / "manifest.json").read_text("utf-8"))
    listed["files"] = {str(outside): file_digest(outside)}
    replace(model / "manifest.json", json.dumps(listed).encode())
    with pytest.raises(ModelIntegrityError, match="outside"):
        verify(model)
    (model / "link.bin").symlink_to(outside)
    listed["files"] = {"link.bin": file_digest(outside)}
    replace(model / "manifest.json", json.dumps(listed).encode())
    with pytest.raises(ModelIntegrityError, match="outside"):
        verify(model)


def test_a_stanza_model_cannot_run_code(tmp_path: Path) -> None:
    """A tokenizer file with code in its pickle is refused, though its hash is the listed one."""
    pytest.importorskip("torch", reason="Stanza's own format needs torch")
    folder = shutil.copytree(BUNDLED, tmp_path / "stanza")
    mark = tmp_path / "executed"
    # A pickle that calls os.system, written by hand: no test needs to import pickle.
    trap = b"cos\nsystem\n(S'touch " + str(mark).encode() + b"'\ntR."
    path = folder / "en" / "tokenize" / "quotecheck.pt"
    path.write_bytes(trap)
    sums = json.loads((folder / "hashes.json").read_text("utf-8"))
    key = next(name for name in sums if name.endswith("quotecheck.pt"))
    sums[key] = file_digest(path)
    (folder / "hashes.json").write_text(json.dumps(sums), encoding="utf-8")
    import pickle

    with pytest.raises((ModelIntegrityError, pickle.UnpicklingError)):
        StanzaTokenizer(folder, backend="stanza")(["Yes."])
    assert not mark.exists()


# ---------------------------------------------------------------------------------- inputs


def word_file(xml: bytes) -> bytes:
    """A Word file whose document is some XML."""
    docx = pytest.importorskip("docx", reason="needs the extra docx")
    plain = io.BytesIO()
    docx.Document().save(plain)
    out = io.BytesIO()
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.infolist():
            body = xml if part.filename == "word/document.xml" else source.read(part)
            target.writestr(part.filename, body)
    return out.getvalue()


def test_a_word_file_that_unpacks_to_too_much_is_not_opened(tmp_path: Path) -> None:
    """A bomb of zeros is refused by its directory, in an instant."""
    path = tmp_path / "a.docx"
    path.write_bytes(word_file(b"<w>" + b" " * (40 << 20) + b"</w>"))
    assert path.stat().st_size < 100_000
    with pytest.raises(SourceReadError, match="unpack"):
        list(read_inputs(path))


def test_many_parts_count_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts that are harmless one by one may be too much together."""
    monkeypatch.setattr("quotecheck.inputs.archives.MAX_UNPACKED", 1000)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(11):
            archive.writestr(f"{number}.xml", "x" * 100)
    with pytest.raises(SourceReadError, match="unpack"):
        refuse_bombs(out.getvalue(), "a.docx")
    assert MAX_UNPACKED > 1000


def test_entities_in_a_word_file_are_not_expanded(tmp_path: Path) -> None:
    """Neither a billion laughs nor a file of this machine comes in by an XML entity."""
    secret = tmp_path / "secret.txt"
    secret.write_text("swordfish")
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 9))
    xml = (
        f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY l0 "ha">{laughs}'
        f'<!ENTITY f SYSTEM "{secret.as_uri()}">]>'
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        "<w:body><w:p><w:r><w:t>Quist left. &l8; &f;</w:t></w:r></w:p></w:body></w:document>"
    )
    path = tmp_path / "a.docx"
    path.write_bytes(word_file(xml.encode()))
    try:
        (document,) = read_inputs(path)
    except SourceReadError:
        return
    assert "swordfish" not in document.text
    assert len(document.text) < 1000


def test_a_pdf_stream_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    """A page of a hundred million blanks does not come into memory."""
    pytest.importorskip("pypdf", reason="needs the extra pdf")
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(120)) + packer.flush()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    out += b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table
    path = tmp_path / "a.pdf"
    path.write_bytes(out)
    with pytest.raises(SourceReadError):
        list(read_inputs(path))


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.txt", b"\x1f\x8b\x08\x00"), ("a.txt", b"PK\x03\x04"), ("a.html", b"BZh91AY")],
)
def test_packed_files_are_not_unpacked(tmp_path: Path, name: str, start: bytes) -> None:
    """gzip, ZIP and bzip2 files are named as what they are and left alone."""
    (tmp_path / name).write_bytes(start + b"\0" * 100)
    with pytest.raises(SourceReadError, match=r"unpack it first|save it as plain text"):
        list(read_inputs(tmp_path / name))


def test_json_nested_without_end_is_refused(tmp_path: Path) -> None:
    """A tower of brackets is an error of that line, and the next line is read."""
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"[" * 200_000 + b"\n" + b'{"text": "Quist left."}\n')
    errors: list[SourceReadError] = []
    assert [d.text for d in read_inputs(path, on_error=errors.append)] == ["Quist left."]
    assert len(errors) == 1


HOSTILE_FIELDS = ("../../evil", "/tmp/evil", "..\\evil", "a/../../evil", "C:\\evil", "evil\0", "~")


@pytest.mark.parametrize("format_name", ["html", "brat", "json"])
def test_nothing_in_a_record_names_an_output_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_name: str
) -> None:
    """Ids, sources, titles and addresses that look like paths lead nowhere."""
    monkeypatch.setattr(running, "load_pipeline", cli_fake.load_pipeline)
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    names = ("id", "source", "name", "title", "url", "published")
    lines = [
        json.dumps({"text": "“No,” said Ada Pell.", **dict.fromkeys(names, value)})
        for value in HOSTILE_FIELDS
    ]
    (inner / "in.jsonl").write_text("\n".join(lines), encoding="utf-8")
    before = {path for path in tmp_path.rglob("*") if path.parent != inner}
    out = inner / "out"
    argv = ["extract", str(inner / "in.jsonl"), "-f", format_name, "-o", str(out) + os.sep]
    assert main(argv) == 0
    assert {path for path in tmp_path.rglob("*") if path.parent not in (inner, out)} == before
    made = {path.name for path in out.iterdir()}
    own = {"index", "annotation"}
    assert {name.split(".")[0] for name in made} - own == {f"in-{n}" for n in range(1, 8)}


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_odd_files_of_a_folder_are_passed_over(tmp_path: Path) -> None:
    """A pipe would be waited for for ever, a loop of links walked without end."""
    (tmp_path / "a.txt").write_text("Quist left.")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    errors: list[SourceReadError] = []
    texts = [d.text for d in read_inputs(find_inputs(tmp_path), on_error=errors.append)]
    assert texts == ["Quist left."]
    assert [error.source for error in errors] == [str(tmp_path / "gone.txt")]


def test_links_are_replaced_and_not_followed_when_a_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A link planted under an output's name does not lead the output elsewhere."""
    monkeypatch.setattr(running, "load_pipeline", cli_fake.load_pipeline)
    news, out, mine = tmp_path / "news", tmp_path / "out", tmp_path / "mine.html"
    news.mkdir()
    out.mkdir()
    for name in "ab":
        (news / f"{name}.txt").write_text("“No,” said Ada Pell.", encoding="utf-8")
    mine.write_text("mine")
    (out / "a.html").symlink_to(mine)
    assert main(["extract", str(news), "-f", "html", "-o", str(out)]) == 0
    assert mine.read_text() == "mine"
    assert not (out / "a.html").is_symlink()


# ---------------------------------------------------------------------------------- network

GUARDED = """
import sys

EVENTS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind",
          "socket.sendto", "urllib.Request", "subprocess.Popen", "os.system", "pickle.find_class")


def guard(event, arguments):
    if event in EVENTS:
        raise SystemExit(f"forbidden: {event} {arguments}")


sys.addaudithook(guard)
from quotecheck.cli import main

article, folder = sys.argv[1:]
for command in (
    ["extract", article, "-f", "jsonl", "-o", folder + "/out.jsonl"],
    ["extract", article, "-f", "html", "-o", folder + "/out.html"],
    ["check", "--quote", "It held", article],
    ["track", "add", folder + "/quotes.db", article],
    ["track", "quotes", folder + "/quotes.db"],
):
    status = main(command)
    if status not in (0, 1):
        raise SystemExit(f"{command}: exit status {status}")
"""


def test_no_network_no_program_no_pickle_at_work(tmp_path: Path) -> None:
    """Extract, report, check and track open no connection, start nothing, unpickle nothing."""
    article = tmp_path / "article.txt"
    article.write_text("“It held,” said Mara Quist. She did not say how long.", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", GUARDED, str(article), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "forbidden" in done.stderr) == (0, False), done.stderr
    record = json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))
    assert record["entities"][0]["name"] == "Mara Quist"

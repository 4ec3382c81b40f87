"""The Stanza adapter: any string, the same answer in any batch, models that are checked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotecheck import tokenizer as module
from quotecheck.errors import ModelIntegrityError, ModelNotFoundError, TextTypeError
from quotecheck.tokenizer import BUNDLED, RuleTokenizer, StanzaTokenizer, TokenizedText
from tests.depth import examples
from tests.strategies import any_texts, paragraphs

EASY = settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
STANZA = StanzaTokenizer()
PROSE = (
    "“It isn’t late,” Ms. Vell said. The U.S. Coast Guard’s boat, she’d been told, left at 5 p.m. "
    "Sen. Dale P. Orrin Jr. couldn't say when it would be back; nobody could. "
)


def words(text: str, found: TokenizedText) -> list[str]:
    """Returns the tokens as text."""
    return [text[start:end] for start, end in found.tokens]


def check(text: str, found: TokenizedText) -> None:
    """Asserts what holds for every tokenized text."""
    at = 0
    for start, end in found.tokens:
        assert at <= start < end <= len(text)
        assert not any(c.isspace() for c in text[start:end])
        at = end
    starts = {start for start, _ in found.tokens}
    ends = {end for _, end in found.tokens}
    assert all(start in starts and end in ends for start, end in found.sentences)
    assert bool(found.tokens) == bool(found.sentences)
    if found.tokens:
        assert found.sentences[0][0] == found.tokens[0][0]
        assert found.sentences[-1][1] == found.tokens[-1][1]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It isn't Vell's.", ["It", "is", "n't", "Vell", "'s", "."]),
        ("It isn’t Vell’s.", ["It", "is", "n’t", "Vell", "’s", "."]),
        ("U.S. Sen. Orrin left.", ["U.S.", "Sen.", "Orrin", "left", "."]),
        ("now—or never -- no", ["now", "—", "or", "never", "--", "no"]),
        ("''No,'' he said.", ["''", "No", ",", "''", "he", "said", "."]),
        ("See www.example.org/a.", ["See", "www.example.org/a", "."]),
        ("Mail a.b@example.org.", ["Mail", "a.b@example.org", "."]),
        ("cafe\u0301 har\u00adbour", ["cafe\u0301", "har\u00adbour"]),
        ("on 👩‍👩‍👧‍👦 👍🏽 now", ["on", "👩‍👩‍👧‍👦", "👍🏽", "now"]),
        ("one\u00a0\u2009two\r\nthree", ["one", "two", "three"]),
    ],
)
def test_tokens(text, wanted):
    """Contractions are split, names and addresses are not, clusters stay whole."""
    assert words(text, STANZA([text])[0]) == wanted


@EASY
@given(st.one_of(any_texts(), paragraphs(), st.text()))
def test_any_string(text):
    """Every string is tokenized: lone surrogates, NULs, zero-width characters, emoji."""
    check(text, STANZA([text])[0])
    check(text, RuleTokenizer()([text])[0])


@settings(EASY, max_examples=examples(20))
@given(st.lists(st.one_of(any_texts(), paragraphs()), max_size=5))
def test_batches(texts):
    """The answer for a text does not depend on the batch (DEMANDS 32)."""
    assert STANZA(texts) == [STANZA([text])[0] for text in texts]


def test_long_and_short_in_one_batch():
    """Nor does it when long paragraphs share it: Stanza's own padding is avoided."""
    texts = [PROSE * n for n in (1, 40, 2, 9, 1, 25)] + ["Yes.", ""]
    assert STANZA(texts) == [STANZA([text])[0] for text in texts]


def test_close_calls_are_decided_alone(monkeypatch):
    """When every decision counts as close, each row is read again alone, and nothing changes."""
    wanted = STANZA([PROSE, PROSE * 2, "Yes."])
    monkeypatch.setattr(module, "CLOSE_CALL", float("inf"))
    assert STANZA([PROSE, PROSE * 2, "Yes."]) == wanted


def test_windows_do_not_show():
    """A paragraph longer than the window has the sentences of its parts."""
    one = STANZA([PROSE])[0]
    many = STANZA([PROSE * 30])[0]
    shifted = [
        (s + k * len(PROSE), e + k * len(PROSE)) for k in range(30) for s, e in one.sentences
    ]
    assert list(many.sentences) == shifted


def test_a_long_paragraph():
    """Many thousand characters without a space are no trouble."""
    found = STANZA(["a" * 30_000])[0]
    assert found.sentences == ((0, 30_000),)


def test_threads():
    """One object serves several threads with the same answers."""
    fresh = StanzaTokenizer()
    out: list[list[TokenizedText]] = []
    threads = [threading.Thread(target=lambda: out.append(fresh([PROSE]))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert out == [STANZA([PROSE])] * 4


def test_not_a_string():
    """Something else than a string is refused."""
    with pytest.raises(TextTypeError):
        STANZA([None])  # type: ignore[list-item]


def test_failure_falls_back_to_rules():
    """Where the network fails on one text, rules split it, a notice says so, others are kept."""
    broken = StanzaTokenizer()
    wanted = broken(["Fine. Yes."])[0]
    network = broken._loaded
    run = network.run

    def fail(texts):
        if any("bad" in text for text in texts):
            raise RuntimeError("no")
        return run(texts)

    network.run = fail
    found = broken(["Fine. Yes.", "A bad one. It ends."])
    assert found[0] == wanted
    assert [n.code for n in found[1].notices] == ["tokenizer-fallback"]
    assert found[1].sentences == ((0, 10), (11, 19))


def test_onnx_is_the_stanza_network():
    """The exported network answers as Stanza's own does, long paragraphs included."""
    torch = pytest.importorskip("torch")
    texts = [PROSE, PROSE * 6, "«Non», dit-elle.", "Q: Why? A: Because."]
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # torch's threads get in each other's way on networks this small
    try:
        assert StanzaTokenizer(backend="stanza")(texts) == STANZA(texts)
    finally:
        torch.set_num_threads(threads)


def test_stanza_loads_the_folder():
    """The bundled folder is a normal Stanza model directory and gives the same tokens."""
    stanza = pytest.importorskip("stanza")
    pipeline = stanza.Pipeline(
        "en",
        dir=str(BUNDLED),
        processors="tokenize",
        download_method=None,
        use_gpu=False,
        verbose=False,
    )
    text = "It isn't late. Ms. Vell left."
    tokens = [token.text for sentence in pipeline(text).sentences for token in sentence.tokens]
    assert tokens == words(text, STANZA([text])[0])


def copy(tmp_path):
    """Copies the bundled model to where it can be damaged."""
    return shutil.copytree(BUNDLED, tmp_path / "stanza")


@pytest.mark.parametrize("name", ["quotecheck.onnx", "quotecheck.pt", "quotecheck.json"])
def test_damaged(tmp_path, name):
    """A changed byte in a model file is noticed before it is loaded."""
    path = copy(tmp_path) / "en" / "tokenize" / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(ModelIntegrityError, match="SHA-256"):
        StanzaTokenizer(tmp_path / "stanza")(["Yes."])


def test_missing(tmp_path):
    """A missing folder or file is named, with what to do."""
    with pytest.raises(ModelNotFoundError, match="reinstall"):
        StanzaTokenizer(tmp_path / "nowhere")(["Yes."])
    (copy(tmp_path) / "en" / "tokenize" / "quotecheck.onnx").unlink()
    with pytest.raises(ModelNotFoundError, match=r"quotecheck\.onnx"):
        StanzaTokenizer(tmp_path / "stanza")(["Yes."])


def test_bad_sums(tmp_path):
    """Sums that are no JSON object are damage, not a crash."""
    folder = copy(tmp_path)
    for content in ("{", json.dumps(["x"])):
        (folder / "hashes.json").write_text(content, encoding="utf-8")
        with pytest.raises(ModelIntegrityError, match="not a JSON object"):
            StanzaTokenizer(folder)(["Yes."])


def test_nothing_heavy_is_imported():
    """Tokenizing with the exported network imports neither torch nor Stanza."""
    code = (
        "import sys; from quotecheck.tokenizer import StanzaTokenizer as T; T()(['Yes.']); "
        "print([m for m in ('torch', 'stanza') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

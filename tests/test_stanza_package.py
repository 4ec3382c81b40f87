"""Official Stanza packages: models in the official directory form, built here, at work offline."""

from __future__ import annotations

import hashlib
import json
import logging
import pickle
import shutil
import socket

import pytest

from quotecheck.cli import main
from quotecheck.codec import problems
from quotecheck.errors import ModelIntegrityError, ModelNotFoundError
from quotecheck.pipeline import Pipeline, _joined, analyze
from quotecheck.records import NameMention
from quotecheck.segment import segment
from quotecheck.stanza_package import StanzaPackage
from quotecheck.tokenizer import BUNDLED

stanza = pytest.importorskip("stanza", reason="stanza is not installed")
torch = pytest.importorskip("torch", reason="torch is not installed")

TEXT = "The dam held. “It is safe,” said Mara Quist.\n\nBo Quill denied that the mill was sold."
#: What the small recogniser is trained on until it knows it by heart.
SEEN = (
    "Mara Quist lives in Vellport .|B-PERSON E-PERSON O O S-GPE O",
    "Bo Quill left Vellport .|B-PERSON E-PERSON O S-GPE O",
    "The mill was sold .|O O O O O",
)


def train_recogniser(path):
    """Trains Stanza's own entity recogniser on `SEEN` and saves it as Stanza does."""
    from stanza.models.common.doc import Document
    from stanza.models.ner.data import DataLoader
    from stanza.models.ner.trainer import Trainer
    from stanza.models.ner_tagger import parse_args

    sizes = ["--hidden_dim", "16", "--char_hidden_dim", "16", "--char_emb_dim", "16"]
    steady = ["--dropout", "0", "--word_dropout", "0", "--optim", "adam", "--lr", "0.02"]
    wanted = ["--shorthand", "en_small", "--no_pretrain", *sizes, *steady]
    args = parse_args(wanted)
    sentences = []
    for line in SEEN:
        words, tags = (part.split() for part in line.split("|"))
        pairs = enumerate(zip(words, tags, strict=True), start=1)
        sentences.append([{"id": n, "text": word, "multi_ner": (tag,)} for n, (word, tag) in pairs])
    torch.manual_seed(1)
    batches = DataLoader(Document(sentences), 3, args, scheme="bioes")
    trainer = Trainer(args=args, vocab=batches.vocab, device="cpu")
    for _ in range(40):
        for batch in batches:
            trainer.update(batch)
    path.parent.mkdir(parents=True, exist_ok=True)
    trainer.save(str(path))


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Torch's threads wait for one another in a loop, far too long beside other work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def official(tmp_path_factory):
    """Stanza's folder as its downloader leaves it: tokenizer, names, and a package of both."""
    folder = tmp_path_factory.mktemp("stanza_resources")
    tokenizer = folder / "en" / "tokenize" / "combined.pt"
    tokenizer.parent.mkdir(parents=True)
    shutil.copy(BUNDLED / "en" / "tokenize" / "quotecheck.pt", tokenizer)
    recogniser = folder / "en" / "ner" / "small.pt"
    train_recogniser(recogniser)

    def described(path):
        return {path.stem: {"md5": hashlib.md5(path.read_bytes()).hexdigest(), "dependencies": []}}

    english = {
        "lang_name": "English",
        "tokenize": described(tokenizer),
        "ner": described(recogniser),
        "default_processors": {"tokenize": "combined"},
        "default_dependencies": {},
        "packages": {
            "default": {"tokenize": "combined", "ner": "small"},
            "plain": {"tokenize": "combined"},
            "absent": {"tokenize": "elsewhere"},
        },
    }
    english["tokenize"]["elsewhere"] = {"md5": "0"}
    (folder / "resources.json").write_text(json.dumps({"en": english}))
    return folder


@pytest.fixture(autouse=True)
def offline(official, monkeypatch):
    """The folder is Stanza's, and there is no network."""
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(official))

    def refuse(*_args, **_options):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_tokens_and_sentences_are_the_packages(official):
    """The package's tokenizer splits paragraphs as it does in a pipeline of Stanza's own."""
    found = StanzaPackage("plain")([TEXT[:44], " ", "One. Two."])
    options = {"download_method": None, "verbose": False, "use_gpu": False}
    nlp = stanza.Pipeline("en", dir=str(official), package="plain", **options)
    for text, split in zip((TEXT[:44], "One. Two."), (found[0], found[2]), strict=True):
        tokens = [t for sentence in nlp(text).sentences for t in sentence.tokens]
        assert split.tokens == tuple((t.start_char, t.end_char) for t in tokens)
        assert len(split.sentences) == len(nlp(text).sentences)
    assert found[1].tokens == ()


def test_the_pipeline_uses_the_package():
    """The records hold, name the package, and are the bundled model's where it splits alike."""
    analysis = Pipeline(models="stanza:plain").analyze(TEXT)
    assert analysis.model.name == "en+stanza:plain"
    assert not list(problems(analysis))
    bundled = analyze(TEXT)
    assert [(a.speaker.name, a.content) for a in analysis.attributions] == [
        (a.speaker.name, a.content) for a in bundled.attributions
    ]


def test_no_prefix_name_means_default():
    """``stanza:`` alone is Stanza's default package."""
    assert Pipeline(models="stanza:").model.name == "en+stanza:default"


def test_names_are_added():
    """The package's names are found where they stand, with our labels."""
    package = StanzaPackage("default")
    article = segment("The mill was sold.\n\nMara Quist lives in Vellport.", tokenizer=package)
    names = [(article.text[n.start : n.end], n.label) for n in package.names(article)]
    assert names == [("Mara Quist", "person"), ("Vellport", "place")]
    assert StanzaPackage("plain").names(article) == ()
    assert not StanzaPackage("plain").has_names
    analysis = Pipeline(models="stanza:default").analyze(article.text)
    assert not list(problems(analysis))


@pytest.mark.parametrize(
    ("ours", "theirs", "wanted"),
    [
        ([], [(0, 4)], [(0, 4)]),
        ([(0, 4)], [(4, 6), (8, 9)], [(0, 4), (4, 6), (8, 9)]),
        ([(2, 6)], [(0, 3), (5, 9), (0, 9), (3, 4)], [(2, 6)]),
        ([(0, 2), (6, 8)], [(2, 6), (7, 9), (8, 9)], [(0, 2), (2, 6), (6, 8), (8, 9)]),
    ],
)
def test_own_names_come_first(ours, theirs, wanted):
    """A name of the package counts where the bundled model has none."""

    def names(pairs, label):
        return tuple(NameMention(start=start, end=end, label=label) for start, end in pairs)

    joined = _joined(names(ours, "person"), names(theirs, "place"))
    assert [(n.start, n.end) for n in joined] == wanted
    assert [n for n in joined if n.label == "person"] == list(names(ours, "person"))


def test_batches_make_no_difference():
    """A paragraph is split alike whatever else is in the call."""
    package = StanzaPackage("plain")
    parts = [TEXT[:13], TEXT[14:44], TEXT[46:]]
    assert package(parts) == [package([part])[0] for part in parts]


def test_a_failure_falls_back_to_rules(monkeypatch):
    """A paragraph that Stanza cannot take is split by rules, with a notice."""
    package = StanzaPackage("default")

    def fail(*_args, **_options):
        raise RuntimeError("too strange")

    monkeypatch.setattr(package, "_loaded", lambda: fail)
    analysis = segment("One. Two.", tokenizer=package)
    assert [notice.code for notice in analysis.notices] == ["tokenizer-fallback"]
    assert "too strange" in analysis.notices[0].message
    assert len(analysis.sentences) == 2
    assert package.names(analysis) == ()


def test_not_downloaded(capsys):
    """Offline, the error names the path and the command, in Python and on the command line."""
    with pytest.raises(ModelNotFoundError, match="quotecheck models download stanza:absent") as e:
        Pipeline(models="stanza:absent")
    assert e.value.path.endswith("elsewhere.pt")
    assert main(["extract", "--example", "--model", "stanza:absent"]) == 2
    assert "quotecheck models download stanza:absent" in capsys.readouterr().err


def test_damaged(official, tmp_path, monkeypatch):
    """A file that is not the published one is a typed error, and never loaded."""
    shutil.copytree(official, tmp_path / "copy")
    (tmp_path / "copy" / "en" / "tokenize" / "combined.pt").write_bytes(b"no model")
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path / "copy"))
    with pytest.raises(ModelIntegrityError, match=r"combined\.pt: the file is damaged"):
        Pipeline(models="stanza:plain").analyze(TEXT)


def test_command_line(official, capsys):
    """``quotecheck models`` and ``--model`` take the package by the same name."""
    assert main(["models", "verify", "stanza:default"]) == 0
    assert main(["models", "path", "stanza:plain"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == str(official)
    assert main(["extract", "--example", "--model", "stanza:plain", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["model"]["name"] == "en+stanza:plain"


def test_other_processes():
    """A package goes to worker processes by name and folder."""
    package = StanzaPackage("plain")
    package(["Loaded."])
    again = pickle.loads(pickle.dumps(package))
    assert again(["One. Two."]) == package(["One. Two."])


def test_logger_says_which_model(caplog):
    """Whoever listens to the logger learns what was loaded and done."""
    with caplog.at_level(logging.DEBUG, logger="quotecheck"):
        Pipeline(models="stanza:plain").analyze("Nobody spoke.", title="Mill")
    said = " | ".join(record.getMessage() for record in caplog.records)
    assert "model en+stanza:plain" in said
    assert "Mill: 13 characters, 0 attributions, 0 notices" in said

"""``quotecheck models``: bundled models, and Stanza packages in Stanza's own directory form."""

from __future__ import annotations

import hashlib
import json

import pytest

from quotecheck import stanza_models
from quotecheck.cli import main
from quotecheck.errors import ModelIntegrityError, ModelNotFoundError
from quotecheck.model_files import BUNDLED, model_folder


@pytest.fixture
def stanza_folder(tmp_path, monkeypatch):
    """Stanza's folder with a package of two processors, one of which builds on a third model."""
    contents = {"tokenize/combined": b"tokens", "pos/tiny": b"tags", "pretrain/fine": b"vectors"}
    english = {"lang_name": "English", "packages": {}}
    for name, content in contents.items():
        path = tmp_path / "en" / f"{name}.pt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        processor, model = name.split("/")
        english[processor] = {model: {"md5": hashlib.md5(content).hexdigest()}}
    english["pos"]["tiny"]["dependencies"] = [{"model": "pretrain", "package": "fine"}]
    english["packages"]["default"] = {
        "tokenize": "combined",
        "pos": "tiny",
        "lemma": "identity",
        "optional": {"ner": "large"},
    }
    english["packages"]["other"] = {"tokenize": "gone"}
    english["tokenize"]["gone"] = {"md5": "0"}
    (tmp_path / "resources.json").write_text(json.dumps({"en": english}))
    monkeypatch.setenv("STANZA_RESOURCES_DIR", str(tmp_path))
    return tmp_path


def test_package_files(stanza_folder):
    """A package needs its models' files and what they build on; variants have no file."""
    names = [
        file.path.relative_to(stanza_folder).as_posix()
        for file in stanza_models.package_files("default", stanza_folder)
    ]
    assert names == ["en/tokenize/combined.pt", "en/pretrain/fine.pt", "en/pos/tiny.pt"]
    assert stanza_models.packages(stanza_folder) == ["default"]


def test_missing_package_names_path_and_command(stanza_folder):
    """Offline, the error says where the file should be and what to run."""
    with pytest.raises(ModelNotFoundError) as told:
        stanza_models.require("other", stanza_folder)
    assert str(stanza_folder / "en" / "tokenize" / "gone.pt") in str(told.value)
    assert "quotecheck models download stanza:other" in str(told.value)
    for folder in (stanza_folder, stanza_folder / "empty"):
        with pytest.raises(ModelNotFoundError, match="models download stanza:nope"):
            stanza_models.require("nope", folder)


def test_damaged_package(stanza_folder):
    """A changed file is found by its digest."""
    stanza_models.verify("default", stanza_folder)
    (stanza_folder / "en" / "pos" / "tiny.pt").write_bytes(b"tagz")
    with pytest.raises(ModelIntegrityError, match=r"tiny\.pt: the file is damaged"):
        stanza_models.verify("default", stanza_folder)


@pytest.mark.parametrize("content", ["{", "[]", '{"de": {}}', '{"en": []}'])
def test_damaged_resources(stanza_folder, content):
    """An unreadable list of resources is a typed error."""
    (stanza_folder / "resources.json").write_text(content)
    with pytest.raises(ModelIntegrityError, match=r"resources\.json"):
        stanza_models.packages(stanza_folder)


def test_nothing_downloaded(tmp_path):
    """A folder without resources has no packages."""
    assert stanza_models.packages(tmp_path) == []


def test_list(stanza_folder, capsys):
    """The bundled model and the downloaded package are listed with size and place."""
    assert main(["models", "list", "--format", "json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(rows) == [*BUNDLED, "stanza:default"]
    assert rows["stanza:default"]["bytes"] == len(b"tokenstagsvectors")
    assert rows["en"]["bytes"] > 1_000_000
    assert main(["models", "list"]) == 0
    assert "stanza:default" in capsys.readouterr().out


def test_path(stanza_folder, capsys):
    """The folder of a model is printed."""
    assert main(["models", "path"]) == 0
    assert main(["models", "path", "stanza:default"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(model_folder("en")), str(stanza_folder)]


def test_verify(stanza_folder, capsys):
    """All models are verified; the status says whether one is damaged."""
    assert main(["models", "verify"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "en: every file is as published",
        "stanza:default: every file is as published",
    ]
    (stanza_folder / "en" / "pos" / "tiny.pt").unlink()
    assert main(["models", "verify", "en", "stanza:default"]) == 2
    assert "tiny.pt" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["klingon", "models"])
def test_unknown_model(name, capsys):
    """An unknown name lists what there is."""
    assert main(["models", "path", name]) == 2
    assert "choose one of en" in capsys.readouterr().err


def test_download(stanza_folder, capsys, monkeypatch):
    """Only download uses the network, through Stanza; its failures are explained."""
    import stanza

    asked = []
    monkeypatch.setattr(stanza, "download", lambda *args, **options: asked.append((args, options)))
    assert main(["models", "download", "stanza:default"]) == 0
    assert asked[0][0] == ("en",)
    assert asked[0][1]["package"] == "default"
    assert asked[0][1]["model_dir"] == str(stanza_folder)

    def offline(*_, **__):
        raise OSError("no route to host")

    monkeypatch.setattr(stanza, "download", offline)
    assert main(["models", "download", "stanza:default"]) == 2
    assert "no route to host" in capsys.readouterr().err
    assert main(["models", "download", "en"]) == 2
    assert "comes with quotecheck" in capsys.readouterr().err

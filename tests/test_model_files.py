"""Model folders are found by name or path and verified before use."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from quotecheck.decode import Calibration
from quotecheck.encoder import Encoder
from quotecheck.errors import ModelIntegrityError, ModelNotFoundError, UnknownModelError
from quotecheck.model_files import file_digest, model_folder, verify


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small model folder with a manifest that is right."""
    (tmp_path / "weights.bin").write_bytes(b"\x00\x01")
    manifest = {"name": "toy", "files": {"weights.bin": file_digest(tmp_path / "weights.bin")}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


def test_the_bundled_model_is_whole() -> None:
    """The files that ship are those of the manifest."""
    manifest = verify(model_folder("en"))
    files = manifest["files"]
    assert isinstance(files, dict)
    assert {"encoder.onnx", "roles.onnx", "tokenizer.json", "calibration.json"} <= set(files)
    shipped = {p.name for p in model_folder("en").iterdir() if p.is_file()} - {"manifest.json"}
    assert shipped == set(files)


def test_a_changed_byte_is_noticed(folder: Path) -> None:
    """A file that differs from the manifest is not used."""
    assert verify(folder)["name"] == "toy"
    (folder / "weights.bin").write_bytes(b"\x00\x02")
    with pytest.raises(ModelIntegrityError, match=r"weights\.bin"):
        verify(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    """A listed file that is gone is named, with what to do."""
    (folder / "weights.bin").unlink()
    with pytest.raises(ModelNotFoundError, match="reinstall"):
        verify(folder)


@pytest.mark.parametrize("content", ["", "[]", '{"name": "toy"}', '{"files": 3}'])
def test_a_broken_manifest_is_an_integrity_error(folder: Path, content: str) -> None:
    """A manifest that lists no files is damage, not a traceback of the JSON reader."""
    (folder / "manifest.json").write_text(content)
    with pytest.raises(ModelIntegrityError):
        verify(folder)


def test_a_manifest_cannot_point_outside(folder: Path) -> None:
    """A file outside the folder is refused, whatever its hash."""
    outside = folder.parent / "outside.bin"
    outside.write_bytes(b"x")
    manifest = {"files": {"../outside.bin": file_digest(outside)}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelIntegrityError, match="outside"):
        verify(folder)


def test_an_unknown_name_says_what_there_is() -> None:
    """A wrong model name names the right ones; the error is a ValueError."""
    with pytest.raises(UnknownModelError, match=r"'en-huge'.* en,"):
        model_folder("en-huge")


def test_a_folder_without_manifest_is_no_model(tmp_path: Path) -> None:
    """A path that is a folder but no model says where it looked."""
    with pytest.raises(ModelNotFoundError, match=str(tmp_path)):
        Encoder(str(tmp_path))


def test_damaged_weights_stop_the_pipeline(tmp_path: Path) -> None:
    """One flipped byte in the bundled encoder is found before it is read."""
    copy = tmp_path / "en"
    shutil.copytree(model_folder("en"), copy)
    data = bytearray((copy / "roles.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (copy / "roles.onnx").write_bytes(bytes(data))
    with pytest.raises(ModelIntegrityError, match=r"roles\.onnx"):
        Encoder(str(copy))


def test_a_calibration_without_weights_is_damage(tmp_path: Path) -> None:
    """A calibration file that misses a feature is refused."""
    path = tmp_path / "calibration.json"
    path.write_text('{"weights": {"bias": 1}, "threshold": 0.4}')
    with pytest.raises(ModelIntegrityError, match="calibration"):
        Calibration.load(path)

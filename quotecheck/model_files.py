"""Finds a model folder and verifies its files before anything reads them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from quotecheck.errors import ModelIntegrityError, ModelNotFoundError, UnknownModelError

__all__ = ["BUNDLED", "file_digest", "model_folder", "read_manifest", "verify"]

#: Names of the models that come with the package.
BUNDLED = ("en",)
#: The file in a model folder that lists the other files with their SHA-256.
MANIFEST = "manifest.json"


def model_folder(name: str) -> Path:
    """Returns the folder of a bundled model, or of a model given by path.

    Raises:
        UnknownModelError: ``name`` is neither bundled nor a folder.
        ModelNotFoundError: the folder has no manifest.
    """
    if name in BUNDLED:
        folder = Path(__file__).parent / "models" / name
    elif Path(name).is_dir():
        folder = Path(name)
    else:
        raise UnknownModelError(name, BUNDLED)
    if not (folder / MANIFEST).is_file():
        raise ModelNotFoundError(str(folder), "reinstall quotecheck, or name another model folder.")
    return folder


def read_manifest(folder: Path) -> dict[str, object]:
    """Returns a model folder's manifest.

    Raises:
        ModelIntegrityError: it is not a JSON object with ``files``.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError) as error:
        raise ModelIntegrityError(str(path), f"the manifest cannot be read ({error})") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("files"), dict):
        raise ModelIntegrityError(str(path), "the manifest lists no files")
    return manifest


def file_digest(path: Path) -> str:
    """Returns the SHA-256 of a file as hexadecimal digits."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def verify(folder: Path) -> dict[str, object]:
    """Checks every file of a model folder against the manifest and returns the manifest.

    Raises:
        ModelNotFoundError: a listed file is missing.
        ModelIntegrityError: a file's SHA-256 is not the listed one, or a name leaves the folder.
    """
    manifest = read_manifest(folder)
    files = manifest["files"]
    assert isinstance(files, dict)  # noqa: S101 - read_manifest has checked it
    for name, digest in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ModelIntegrityError(str(path), "the manifest names a file outside its folder")
        if not path.is_file():
            raise ModelNotFoundError(str(path), "reinstall quotecheck, or fetch the model again.")
        if file_digest(path) != digest:
            raise ModelIntegrityError(str(path), "the file is damaged (its SHA-256 differs)")
    return manifest

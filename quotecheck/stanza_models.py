"""Official Stanza packages on this machine: where they are, whether they are whole, getting them.

Stanza keeps its models in one folder with a ``resources.json`` that names, for every language, the
packages, the model each processor of a package uses, and the MD5 of its file. Reading that takes
no Stanza; only `download` and the folder's default place do.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import frozen

from quotecheck.errors import ModelDownloadError, ModelIntegrityError, ModelNotFoundError

__all__ = [
    "PREFIX",
    "PackageFile",
    "download",
    "package_files",
    "packages",
    "processors",
    "require",
    "root",
    "verify",
]

#: ``stanza:default`` names Stanza's package ``default``.
PREFIX = "stanza:"
_LANGUAGE = "en"
_RESOURCES = "resources.json"


@frozen(kw_only=True)
class PackageFile:
    """A model file of a package.

    Attributes:
        path: where Stanza keeps it.
        md5: its published MD5, the only digest that Stanza publishes.
    """

    path: Path
    md5: str

    @property
    def present(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()


def root() -> Path:
    """Returns the folder of Stanza's models: ``STANZA_RESOURCES_DIR`` or Stanza's own default."""
    named = os.environ.get("STANZA_RESOURCES_DIR")
    if named:
        return Path(named)
    from stanza.resources.common import DEFAULT_MODEL_DIR

    return Path(DEFAULT_MODEL_DIR)


def packages(folder: Path) -> list[str]:
    """Returns the English packages that are downloaded in full, by name.

    Args:
        folder: Stanza's folder, see `root`.

    Raises:
        ModelIntegrityError: its ``resources.json`` cannot be read.
    """
    if not (folder / _RESOURCES).is_file():
        return []
    known = _resources(folder).get("packages", {})
    return sorted(
        name
        for name in known
        if (files := package_files(name, folder)) and all(file.present for file in files)
    )


def package_files(package: str, folder: Path) -> list[PackageFile]:
    """Returns every file that an English package needs, dependencies included.

    Args:
        package: name such as ``default``, without ``stanza:``.
        folder: Stanza's folder, see `root`.

    Raises:
        ModelNotFoundError: no ``resources.json`` there, or no such package in it.
        ModelIntegrityError: the ``resources.json`` cannot be read.
    """
    resources = _resources(folder, package)
    models = dict.fromkeys(_with_dependencies(resources, _processors(resources, package, folder)))
    return [
        PackageFile(
            path=folder / _LANGUAGE / processor / f"{model}.pt",
            md5=resources[processor][model]["md5"],
        )
        for processor, model in models
    ]


def processors(package: str, folder: Path) -> tuple[str, ...]:
    """Returns the processors of an English package, such as ``tokenize`` and ``ner``.

    Raises:
        ModelNotFoundError: no ``resources.json`` there, or no such package in it.
        ModelIntegrityError: the ``resources.json`` cannot be read.
    """
    return tuple(_processors(_resources(folder, package), package, folder))


def require(package: str, folder: Path) -> Path:
    """Returns Stanza's folder once all files of a package are there.

    Their digests are not computed, which would take seconds: see ``quotecheck models verify``.

    Raises:
        ModelNotFoundError: a file is missing; the message has the path and the command to run.
        ModelIntegrityError: the ``resources.json`` cannot be read.
    """
    for file in package_files(package, folder):
        if not file.present:
            raise ModelNotFoundError(str(file.path), _command(package))
    return folder


def verify(package: str, folder: Path) -> None:
    """Checks every file of a package against its MD5.

    Raises:
        ModelNotFoundError: a file is missing.
        ModelIntegrityError: a file is damaged.
    """
    require(package, folder)
    for file in package_files(package, folder):
        with file.path.open("rb") as handle:
            digest = hashlib.file_digest(handle, lambda: hashlib.md5(usedforsecurity=False))
        if digest.hexdigest() != file.md5:
            raise ModelIntegrityError(str(file.path), "the file is damaged (its MD5 differs)")


def download(package: str, folder: Path) -> None:
    """Downloads an English package with Stanza's own downloader: the one use of the network.

    Raises:
        ModelDownloadError: the network or Stanza failed.
    """
    import stanza

    try:
        stanza.download(_LANGUAGE, model_dir=str(folder), package=package, verbose=False)
    # Stanza lets the errors of requests (OSError), of its own (ValueError, KeyError) and of
    # zipfile through.
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelDownloadError(f"{PREFIX}{package}", str(folder), str(error)) from error


def _resources(folder: Path, package: str = "default") -> dict[str, Any]:
    path = folder / _RESOURCES
    if not path.is_file():
        raise _missing(package, folder)
    try:
        resources = json.loads(path.read_text(encoding="utf-8"))[_LANGUAGE]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelIntegrityError(str(path), f"it cannot be read ({error!r})") from error
    if not isinstance(resources, dict):
        raise ModelIntegrityError(str(path), "it describes no models")
    return resources


def _processors(resources: dict[str, Any], package: str, folder: Path) -> dict[str, Any]:
    """What a package uses for each processor: the name of a model, or optional parts."""
    found = resources.get("packages", {}).get(package)
    if not isinstance(found, dict):
        raise _missing(package, folder)
    return found


def _with_dependencies(
    resources: dict[str, Any], processors: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """(processor, model) of each file, those that a model builds on first."""
    for processor, model in processors.items():
        if not isinstance(model, str) or model not in resources.get(processor, {}):
            continue  # optional parts, and variants that have no file
        for other in resources[processor][model].get("dependencies", ()):
            yield other["model"], other["package"]
        yield processor, model


def _missing(package: str, folder: Path) -> ModelNotFoundError:
    return ModelNotFoundError(str(folder / _LANGUAGE), _command(package))


def _command(package: str) -> str:
    return f"run 'quotecheck models download {PREFIX}{package}' where there is a network."

"""``quotecheck models``: what models there are, whether they are whole, where, and getting more."""

from __future__ import annotations

import json
from pathlib import Path

import click
from attrs import asdict, frozen

from quotecheck import stanza_models
from quotecheck.errors import ModelError, UnknownModelError
from quotecheck.model_files import BUNDLED, model_folder, read_manifest, verify

__all__ = ["command"]

_NAME_HELP = "a bundled model (en), a folder, or stanza:PACKAGE"


@frozen(kw_only=True)
class _Row:
    """A model as ``models list`` shows it."""

    name: str
    version: str
    bytes: int
    path: str


@click.group(help="List, verify, locate and download models. Only download uses the network.")
def command() -> None:
    """Groups the subcommands."""


@command.command("list", help="List the bundled models and the Stanza packages that are there.")
@click.option(
    "--format",
    "-f",
    "format_name",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Output format.",
)
def list_models(format_name: str) -> None:
    """Prints name, version, size and place of each model."""
    rows = [_bundled(name) for name in BUNDLED]
    folder = stanza_models.root()
    rows += [_stanza(name, folder) for name in stanza_models.packages(folder)]
    if format_name == "json":
        click.echo(json.dumps([asdict(row) for row in rows], indent=2))
        return
    for row in rows:
        size = f"{row.bytes / 1e6:.1f} MB"
        click.echo(f"{row.name:<16} {row.version:<10} {size:>9}  {row.path}")


@command.command("path", help=f"Print the folder of a model: {_NAME_HELP}.")
@click.argument("name", default="en")
def path(name: str) -> None:
    """Prints where a model is."""
    package = _package(name)
    if package is None:
        click.echo(model_folder(name))
    else:
        click.echo(stanza_models.require(package, stanza_models.root()))


@command.command("verify", help=f"Check the files of models against their hashes: {_NAME_HELP}.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
def verify_models(names: tuple[str, ...]) -> int:
    """Says of each model whether it is whole; the exit status is 2 when one is not."""
    folder = stanza_models.root()
    if not names:
        there = stanza_models.packages(folder)
        names = (*BUNDLED, *(stanza_models.PREFIX + name for name in there))
    failed = 0
    for name in names:
        package = _package(name)
        try:
            if package is None:
                verify(model_folder(name))
            else:
                stanza_models.verify(package, folder)
        except ModelError as error:
            failed += 1
            click.echo(f"quotecheck: {name}: {error}", err=True)
        else:
            click.echo(f"{name}: every file is as published")
    return 2 if failed else 0


@command.command("download", help="Download an official Stanza package, such as stanza:default.")
@click.argument("name")
def download(name: str) -> None:
    """Downloads a Stanza package and verifies it."""
    package = _package(name)
    if package is None:
        if name in BUNDLED:
            raise click.UsageError(f"{name} comes with quotecheck: nothing to download.")
        raise UnknownModelError(name, BUNDLED)
    folder = stanza_models.root()
    stanza_models.download(package, folder)
    stanza_models.verify(package, folder)
    click.echo(f"{name}: downloaded to {folder}")


def _package(name: str) -> str | None:
    """The Stanza package that a name asks for, if it is one."""
    if not name.startswith(stanza_models.PREFIX):
        return None
    return name.removeprefix(stanza_models.PREFIX) or "default"


def _bundled(name: str) -> _Row:
    folder = model_folder(name)
    manifest = read_manifest(folder)
    files = manifest["files"]
    listed = [folder / file for file in files] if isinstance(files, dict) else []
    return _Row(
        name=name,
        version=str(manifest.get("version", "?")),
        bytes=sum(file.stat().st_size for file in listed if file.exists()),
        path=str(folder),
    )


def _stanza(name: str, folder: Path) -> _Row:
    files = stanza_models.package_files(name, folder)
    return _Row(
        name=stanza_models.PREFIX + name,
        version="-",
        bytes=sum(file.path.stat().st_size for file in files),
        path=str(folder),
    )

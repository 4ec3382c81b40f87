"""The commands of ``quotecheck track`` with which a person decides about speakers."""

from __future__ import annotations

import click

from quotecheck.cli.track_options import open_store, reason, store_path

__all__ = ["alias", "annotate", "apart", "merge", "split", "undo"]


@click.command()
@store_path
@click.argument("a", metavar="SPEAKER")
@click.argument("b", metavar="SPEAKER")
@reason
def merge(store: str, a: str, b: str, reason: str) -> None:
    """Make two speakers one."""
    with open_store(store, read_only=False) as target:
        click.echo(target.merge(a, b, reason=reason))


@click.command()
@store_path
@click.argument("a", metavar="SPEAKER")
@click.argument("b", metavar="SPEAKER")
@reason
def apart(store: str, a: str, b: str, reason: str) -> None:
    """Note that two speakers are not one, so that review does not ask again."""
    with open_store(store, read_only=False) as target:
        click.echo(target.keep_apart(a, b, reason=reason))


@click.command()
@store_path
@click.argument("speaker", metavar="SPEAKER")
@click.option("--article", "articles_", multiple=True, metavar="URL", help="Means somebody else.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="Means somebody else.")
@reason
def split(
    store: str, speaker: str, articles_: tuple[str, ...], names: tuple[str, ...], reason: str
) -> None:
    """Take apart what is not one person."""
    with open_store(store, read_only=False) as target:
        click.echo(target.split(speaker, articles=articles_, names=names, reason=reason))


@click.command()
@store_path
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME...")
@reason
def alias(store: str, names: tuple[str, ...], reason: str) -> None:
    """State that names belong to one person, seen already or not."""
    with open_store(store, read_only=False) as target:
        click.echo(target.alias(*names, reason=reason))


@click.command()
@store_path
@click.argument("entry", metavar="ID")
@reason
def undo(store: str, entry: str, reason: str) -> None:
    """Take back a decision (D3) or a merge that a rule made (L8); see log."""
    with open_store(store, read_only=False) as target:
        click.echo(target.undo(entry, reason=reason))


@click.command()
@store_path
@click.argument("speaker", metavar="SPEAKER")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--delete", is_flag=True, help="Delete the note instead.")
def annotate(store: str, speaker: str, key: str, value: str | None, delete: bool) -> None:
    """Note a fact of your own about a speaker (party, role ...)."""
    if delete == (value is not None):
        raise click.UsageError("give a value, or --delete.")
    with open_store(store, read_only=False) as target:
        target.annotate(speaker, key, value)

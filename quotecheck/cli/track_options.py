"""What the commands of ``quotecheck track`` share: opening a store, and their common options."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from quotecheck.cli.tables import FORMATS
from quotecheck.errors import StoreInputError

if TYPE_CHECKING:
    from quotecheck.store import SpeakerStore

__all__ = ["conditions", "form", "limit", "open_store", "reason", "store_path"]

F = TypeVar("F", bound=Callable[..., object])


def open_store(path: str, *, read_only: bool = True) -> SpeakerStore:
    """Returns a store; one that is only read has to exist.

    Raises:
        StoreInputError: there is no such file.
    """
    from quotecheck.store import SpeakerStore

    if read_only and "://" not in path and not os.path.exists(path):
        raise StoreInputError(f"{path} does not exist: make it with quotecheck track add.")
    return SpeakerStore(path, read_only=read_only)


def options(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Returns a decorator that adds several options, in this order."""

    def apply(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return apply


form = click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Output format.",
)
limit = click.option("--limit", "-n", type=click.IntRange(1), metavar="N", help="At most N.")
conditions = options(
    click.option("--speaker", "-s", metavar="SPEAKER", help="Who is quoted."),
    click.option("--text", "-t", metavar="WORDS", help='All words; "a phrase" in quotation marks.'),
    click.option("--since", metavar="DATE", help="First day, such as 2026-01-31."),
    click.option("--until", metavar="DATE", help="Last day."),
    click.option("--outlet", metavar="NAME", help="Who published it."),
)
reason = click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
store_path = click.argument("store", metavar="STORE")

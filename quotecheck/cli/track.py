"""``quotecheck track``: speakers and quotes of many articles in one store."""

from __future__ import annotations

import click

from quotecheck.cli import track_change, track_decide, track_read

__all__ = ["command"]

_HELP = """Keep the speakers and quotes of many articles in one store.

STORE is the path of a file (made by add) or a PostgreSQL URL. A SPEAKER is a name, or an id such as
S12.

\b
  quotecheck track add quotes.db news/
  quotecheck track quotes quotes.db --speaker "Ada Pell" --since 2026-01-01
  quotecheck track speakers quotes.db
  quotecheck track review quotes.db

Exit status: 0 fine, 1 nothing found, 2 something could not be read or was asked wrongly.
"""


@click.group(help=_HELP)
def command() -> None:
    """The group that `quotecheck.cli` loads."""


for _module in (track_change, track_read, track_decide):
    for _name in _module.__all__:
        command.add_command(getattr(_module, _name))

"""Rows on standard output: aligned text for people, CSV and JSON lines for programs."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

__all__ = ["FORMATS", "print_rows"]

FORMATS = ("text", "csv", "jsonl")
#: Width of text output that goes into a pipe.
_PIPE_WIDTH = 120


def print_rows(
    rows: Iterable[dict[str, Any]], columns: Sequence[str], form: str, *, wrap: str | None = None
) -> int:
    """Prints rows and returns how many there were.

    Args:
        rows: what to print; JSON lines get all of a row, text and CSV the columns.
        columns: keys and headings, in order.
        form: one of `FORMATS`.
        wrap: the column that gets the space that is left, and is cut when it is too long.
    """
    if form == "jsonl":
        count = 0
        for count, row in enumerate(rows, 1):  # noqa: B007 - the last number is the answer
            click.echo(json.dumps(row, ensure_ascii=True))
        return count
    kept = list(rows)
    if form == "csv":
        _print_csv(kept, columns)
    elif kept:
        _print_text(kept, columns, wrap)
    return len(kept)


def _print_csv(rows: list[dict[str, Any]], columns: Sequence[str]) -> None:
    from quotecheck.formats.csv import cell

    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(_flat(row[name])) for name in columns])
    click.echo(out.getvalue(), nl=False)


def _flat(value: object) -> Any:  # noqa: ANN401 - whatever a cell takes
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _print_text(rows: list[dict[str, Any]], columns: Sequence[str], wrap: str | None) -> None:
    cells = [[_shown(row[name]) for name in columns] for row in rows]
    numeric = [all(isinstance(row[name], int | float) for row in rows) for name in columns]
    widths = [
        max(len(heading), *(len(line[i]) for line in cells)) for i, heading in enumerate(columns)
    ]
    if wrap is not None:
        terminal = sys.stdout.isatty()
        width = shutil.get_terminal_size().columns if terminal else _PIPE_WIDTH
        place = list(columns).index(wrap)
        others = sum(widths) - widths[place] + 2 * (len(columns) - 1)
        widths[place] = min(widths[place], max(30, width - others))
    for line in [list(columns), *cells]:
        shown = []
        for text, width, right in zip(line, widths, numeric, strict=True):
            cut = text if len(text) <= width else text[: width - 1] + "…"
            shown.append(cut.rjust(width) if right else cut.ljust(width))
        click.echo("  ".join(shown).rstrip())


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return " ".join(str(_flat(value)).split())

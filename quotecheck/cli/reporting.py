"""What goes to standard error while the work goes on: errors, and a progress bar on a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from quotecheck.errors import QuotecheckError

if TYPE_CHECKING:
    from rich.progress import Progress

__all__ = ["Reporter"]


class Reporter:
    """Counts what is done and what failed; shows a bar when somebody is watching.

    Args:
        total: how many articles there will be, None when nobody knows.
        bar: whether a bar is wanted; it still appears on a terminal only.
        what: a word for the work ("Reading articles").
    """

    def __init__(self, *, total: int | None, bar: bool, what: str) -> None:
        self.done = 0
        self.failed = 0
        self._total = total
        self._what = what
        self._bar = bar and sys.stderr.isatty()
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        if self._bar:
            self._progress = _progress()
            self._progress.start()
            self._task = self._progress.add_task(self._what, total=self._total)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def advance(self) -> None:
        """One more article is done."""
        self.done += 1
        if self._progress is not None:
            self._progress.advance(self._task)

    def error(self, error: QuotecheckError) -> None:
        """One article failed: says so and goes on."""
        self.failed += 1
        self.say(str(error))
        if self._progress is not None:
            self._progress.advance(self._task)

    def say(self, message: str) -> None:
        """Prints a line on standard error, above the bar if there is one."""
        line = f"quotecheck: {message}"
        if self._progress is not None:
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            click.echo(line, err=True)


def _progress() -> Progress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )

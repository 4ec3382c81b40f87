"""The command line: ``quotecheck extract | check | track | evaluate | models``.

Exit status: 0 fine, 1 the answer is no, 2 something could not be read or was asked wrongly; 130
after Ctrl-C. A subcommand's module is imported when it is called, so that ``quotecheck --help``
answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from quotecheck._version import __version__
from quotecheck.errors import QuotecheckError

__all__ = ["cli", "main"]

EXIT_FINE = 0
EXIT_NO = 1
EXIT_ERROR = 2
#: What shells report for a program that SIGINT ended.
EXIT_INTERRUPTED = 130

#: Name of each subcommand: its module, and the line that ``--help`` shows without importing it.
_COMMANDS = {
    "extract": ("quotecheck.cli.extract", "Find who says what in articles."),
    "check": ("quotecheck.cli.check", "Check quotes against their sources."),
    "track": ("quotecheck.cli.track", "Keep speakers and quotes of many articles."),
    "evaluate": ("quotecheck.cli.evaluate", "Measure predictions against gold annotations."),
    "models": ("quotecheck.cli.models", "List, verify, locate and download models."),
}


class _ReaderLeftError(Exception):
    """The program that reads our output has closed the pipe."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used."""

    def invoke(self, ctx: click.Context) -> object:
        """Runs a subcommand; click would turn a broken pipe into exit status 1, "no" here."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise _ReaderLeftError from None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names of the subcommands, in the order of the work."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Returns a subcommand, or None when there is no such name."""
        if cmd_name not in _COMMANDS:
            return None
        command = import_module(_COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - for the type checker
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of subcommands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", prog_name="quotecheck")
def cli() -> None:
    """Who said what, in which words, and is that really what they said?"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit status; errors become one line on stderr.

    Args:
        argv: the arguments after the program's name, those of this process when None.
    """
    try:
        result = cli.main(
            args=None if argv is None else list(argv), prog_name="quotecheck", standalone_mode=False
        )
        sys.stdout.flush()
    except (_ReaderLeftError, BrokenPipeError):
        _leave_broken_pipe()
        return EXIT_FINE
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_ERROR
    except (KeyboardInterrupt, click.Abort):
        click.echo("quotecheck: interrupted.", err=True)
        return EXIT_INTERRUPTED
    except QuotecheckError as error:
        return _complain(str(error))
    except (OSError, ImportError, MemoryError) as error:
        return _complain(_in_words(error))
    return result if isinstance(result, int) else EXIT_FINE


def _complain(message: str) -> int:
    click.echo(f"quotecheck: {message}", err=True)
    return EXIT_ERROR


def _in_words(error: OSError | ImportError | MemoryError) -> str:
    if isinstance(error, MemoryError):
        return "not enough memory; try fewer --jobs."
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror}."
    return str(error)


def _leave_broken_pipe() -> None:
    """The reader of our output has had enough (``| head``): that is no error.

    Standard output is pointed at nothing, so that the interpreter's last flush cannot fail.
    """
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)

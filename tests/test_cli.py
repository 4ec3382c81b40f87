"""The command line as a whole: help, version, start-up time, how errors reach the user."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

import quotecheck
from quotecheck.cli import _COMMANDS, cli, main

#: Seconds that ``quotecheck --help`` may take. Processor time is measured, since the machine may be
#: busy with something else.
HELP_SECONDS = 0.3


def run(*argv: str, code: str = "") -> subprocess.CompletedProcess:
    """Runs Python in a process of its own."""
    command = [sys.executable, "-c", code] if code else [sys.executable, "-m", "quotecheck", *argv]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=300)


def test_version():
    """``--version`` prints the installed version."""
    done = run("--version")
    assert done.stdout.strip() == f"quotecheck, version {quotecheck.__version__}"
    assert done.returncode == 0


def test_help_lists_the_commands():
    """``--help`` names every command with a line about it."""
    done = run("--help")
    assert done.returncode == 0
    for name, (_, line) in _COMMANDS.items():
        assert name in done.stdout
        assert line in " ".join(done.stdout.split())


def test_help_is_quick():
    """``quotecheck --help`` takes less than 0.3 seconds of a processor."""
    resource = pytest.importorskip("resource", reason="POSIX only")
    best = 10.0
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, spent)
        if best < HELP_SECONDS:
            break
    assert best < HELP_SECONDS


def test_help_loads_no_command():
    """``--help`` imports neither a subcommand nor anything heavy."""
    done = run(
        code="import sys; from quotecheck.cli import main; main(['--help']);"
        "print([m for m in sys.modules if m.startswith(('quotecheck.cli.', 'rich', 'numpy', "
        "'torch', 'stanza', 'onnxruntime', 'sqlalchemy', 'jinja2'))])"
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("name", _COMMANDS)
def test_each_command_has_help(name, capsys):
    """Every command explains itself, with a line for each option."""
    assert main([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"Usage: quotecheck {name}")
    command = cli.get_command(click.Context(cli), name)
    commands = command.commands.values() if isinstance(command, click.Group) else [command]
    for one in commands:
        for option in one.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {one.name} {option.name}"


def test_without_arguments_it_shows_help(capsys):
    """``quotecheck`` alone tells what there is."""
    assert main([]) in (0, 2)
    told = capsys.readouterr()
    assert "extract" in told.out + told.err


def test_errors_of_the_system_are_one_line(capsys, monkeypatch):
    """A full disk or a missing package ends in a sentence, not in a traceback."""
    from quotecheck.cli import extract

    for error, words in [
        (OSError(28, "No space left on device", "/data/out"), "/data/out: No space left"),
        (MemoryError(), "not enough memory"),
        (ImportError("pip install pyarrow"), "pip install pyarrow"),
        (KeyboardInterrupt(), "interrupted"),
    ]:

        def fail(*_, error=error, **__):
            raise error

        monkeypatch.setattr(extract, "find_inputs", fail)
        assert main(["extract", "x.txt"]) == (130 if words == "interrupted" else 2)
        assert words in capsys.readouterr().err

"""Runs the code blocks of the README and of these pages, and writes their output into them.

    python docs/snippets.py            tells which outputs differ from what is printed
    python docs/snippets.py --write    puts the new output in place

Blocks and how they are run, those of one page in order, in a new folder that has the example
articles in ``news/``:

``python``   executed; what earlier blocks of the page defined is there.
``pycon``    doctest notation; the output has to be what is printed.
``console``  each ``$ command`` is run by a shell; the output has to be what is printed, and
             nothing follows a command that prints nothing.

Other languages (``bash`` for installing, ``text``, ``json``) are not run.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^```(python|pycon|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECONDS = 300


def pages() -> list[Path]:
    """The README and every page below docs/."""
    built = ROOT / "docs" / "_build"
    found = [page for page in sorted((ROOT / "docs").rglob("*.md")) if built not in page.parents]
    return [ROOT / "README.md", *found]


def renewed(page: Path) -> str:
    """The page's text with the output that its blocks have now."""
    text = page.read_text(encoding="utf-8")
    if BLOCK.search(text) is None:
        return text
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            from quotecheck.examples import copy_examples

            copy_examples("news")
            session = Session()
            return BLOCK.sub(lambda match: session.renew(match[1], match[2]), text)
        finally:
            os.chdir(before)


class Session:
    """What the blocks of one page share."""

    def __init__(self) -> None:
        self.names: dict[str, object] = {"__name__": "__main__"}
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONUTF8": "1",
            "NO_COLOR": "1",
        }

    def renew(self, language: str, body: str) -> str:
        """Runs a block and returns it with its output."""
        if language == "console":
            body = "".join(self.shell(command) for command in commands(body))
        elif language == "pycon":
            body = "".join(self.console(example) for example in examples(body))
        else:
            exec(compile(body, "<page>", "exec"), self.names)
        return f"```{language}\n{body}```"

    def shell(self, command: str) -> str:
        """A command with what it prints, standard error included."""
        done = subprocess.run(
            ["bash", "-c", re.sub(r"\\\n> ", "\\\n", command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment,
            timeout=SECONDS,
            check=False,
        )
        output = done.stdout.decode("utf-8").replace("\r\n", "\n")
        if done.returncode not in (0, 1):
            raise RuntimeError(f"$ {command}\n{output}(exit status {done.returncode})")
        return f"$ {command}\n{output}"

    def console(self, example: str) -> str:
        """A statement in doctest notation with what it prints."""
        source = "".join(line[4:] or "\n" for line in example.splitlines(keepends=True))
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(source, "<page>", "single"), self.names)
        return example + out.getvalue()


def commands(body: str) -> Iterator[str]:
    """The commands of a console block; ``> `` goes on with the line before."""
    command = ""
    for line in body.splitlines():
        if line.startswith("$ "):
            if command:
                yield command
            command = line[2:]
        elif (line.startswith("> ") and command.endswith("\\")) or command.endswith("\\"):
            command += "\n" + line
    if command:
        yield command


def examples(body: str) -> Iterator[str]:
    """The statements of a pycon block, each with its continuation lines."""
    example = ""
    for line in body.splitlines(keepends=True):
        if line.startswith(">>> "):
            if example:
                yield example
            example = line
        elif line.startswith("...") and example:
            example += line
    if example:
        yield example


def without_decimals(text: str) -> str:
    """The text with its decimals made alike: the last digits of confidences vary by processor."""
    return re.sub(r"\b[01]?\.\d+\b", "0.#", text)


def main() -> int:
    """Runs all pages, or those that are named."""
    named = [Path(arg).resolve() for arg in sys.argv[1:] if not arg.startswith("--")]
    stale = 0
    for page in named or pages():
        new = renewed(page)
        if without_decimals(new) != without_decimals(page.read_text(encoding="utf-8")):
            stale += 1
            print(f"{'written' if '--write' in sys.argv else 'differs'}: {page}")
            if "--write" in sys.argv:
                page.write_text(new, encoding="utf-8")
    return 1 if stale and "--write" not in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())

"""Do the bounds of the dependencies in pyproject.toml work, at both ends?

``bounds.py resolve``: finds a set of releases with wheels at the lowest and at the highest end, for
every Python that the classifiers name. Nothing is installed.

``bounds.py test lowest|highest [PYTEST ARGUMENT ...]``: installs that set in a new virtual
environment, imports every module, and runs the tests (the core ones unless others are named).

Needs uv (``pip install uv``). The bounds of what our dependencies need themselves are theirs: only
direct dependencies are taken at their lowest. PyTorch is the release of the README.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Extras whose bounds are checked; ``spark`` and ``docs`` have runs of their own.
EXTRAS = ("html", "pdf", "docx", "parquet", "pandas", "postgres")
ENDS = {"lowest": "lowest-direct", "highest": "highest"}
CORE = (
    "test_imports test_codec test_pipeline test_encoder test_tokenizer test_segment test_names "
    "test_quotations test_check test_inputs test_store test_analysis test_formats_parquet "
    "test_formats_html test_cli test_cli_extract"
)
IMPORTS = """
import importlib, pkgutil, quotecheck
skipped = ("quotecheck.training", "quotecheck.integrations", "quotecheck.__main__")
for module in pkgutil.walk_packages(quotecheck.__path__, "quotecheck."):
    if not module.name.startswith(skipped):
        importlib.import_module(module.name)
found = quotecheck.analyze("“It held,” said Mara Quist.").attributions
assert [a.speaker.name for a in found] == ["Mara Quist"], found
"""


def project() -> dict[str, list[str]]:
    """The project's table in pyproject.toml."""
    table: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def pythons() -> list[str]:
    """The Pythons that the classifiers name."""
    found = [re.fullmatch(r".*:: (3\.\d+)", line) for line in project()["classifiers"]]
    return [match[1] for match in found if match]


def torch() -> str:
    """The PyTorch of the README's command, ``torch==X``."""
    match = re.search(r"torch==[\d.]+", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert match, "the README names no release of PyTorch"
    return match[0]


def compiled(end: str, python: str, folder: Path) -> Path:
    """A file with the releases at one end of the bounds."""
    constraint = folder / "constraint.txt"
    constraint.write_text(torch() + "\n")
    out = folder / f"{end}-{python}.txt"
    command = ["uv", "pip", "compile", "-q", "pyproject.toml", "--resolution", ENDS[end]]
    command += ["--python-version", python, "--only-binary", ":all:", "-c", str(constraint)]
    command += [part for extra in EXTRAS for part in ("--extra", extra)]
    subprocess.run(
        [*command, "-o", str(out)], cwd=ROOT, check=True, env=environment(), stdout=sys.stderr
    )
    return out


def environment() -> dict[str, str]:
    """Where pip looks for wheels, uv is to look too."""
    known = dict(os.environ)
    if "PIP_FIND_LINKS" in known:
        known.setdefault("UV_FIND_LINKS", known["PIP_FIND_LINKS"].replace(" ", ","))
    return known


def resolve(folder: Path) -> None:
    """Prints the direct dependencies at both ends for each Python."""
    names = [re.split(r"[<>=!~;\[ ]", line)[0].lower() for line in project()["dependencies"]]
    for python in pythons():
        for end in ENDS:
            lines = compiled(end, python, folder).read_text().splitlines()
            pinned = dict(line.split("==", 1) for line in lines if re.match(r"[\w-]+==", line))
            shown = ", ".join(f"{n} {pinned[n].split(' ')[0]}" for n in names if n in pinned)
            print(f"{python} {end}: {shown}")


def test(end: str, arguments: list[str], folder: Path) -> None:
    """Installs one end and runs the tests with it."""
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    target = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(target)], check=True)
    own = str(target / "bin" / "python")
    install = ["uv", "pip", "install", "-q", "--python", own]
    lock = compiled(end, python, folder)
    for what in (["-r", str(lock)], ["--no-deps", "."], tools()):
        subprocess.run([*install, *what], cwd=ROOT, check=True, env=environment())
    subprocess.run([own, "-c", IMPORTS], cwd=folder, check=True)
    named = arguments or [f"tests/{name}.py" for name in CORE.split()]
    subprocess.run([own, "-m", "pytest", "-q", *named], cwd=ROOT, check=True)


def tools() -> list[str]:
    """What the tests need themselves, as pyproject.toml bounds it."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = ("hypothesis", "jsonschema", "pyld", "pytest")
    return [one for one in extras["optional-dependencies"]["test"] if one.startswith(wanted)]


def main() -> int:
    """Runs the command."""
    command, *rest = sys.argv[1:] or [""]
    with tempfile.TemporaryDirectory() as folder:
        if command == "resolve" and not rest:
            resolve(Path(folder))
        elif command == "test" and rest and rest[0] in ENDS:
            test(rest[0], rest[1:], Path(folder))
        else:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

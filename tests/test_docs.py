"""The documentation tells the truth: every block of code in it runs and prints what it shows."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import quotecheck
from quotecheck.examples import EXAMPLES, example_article, example_path

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = sorted((ROOT / "examples").glob("*.py"))

_spec = importlib.util.spec_from_file_location("snippets", ROOT / "docs" / "snippets.py")
snippets = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(snippets)

MODULES = [
    module.name
    for module in pkgutil.walk_packages(quotecheck.__path__, "quotecheck.")
    if not module.name.startswith(("quotecheck.training", "quotecheck.__main__"))
]
#: Modules whose imports need an extra: their doctests run where it is installed.
NEEDS = {
    "quotecheck.integrations.spacy": "spacy",
    "quotecheck.integrations.spark": "pyspark",
    "quotecheck.formats.parquet": "pyarrow",
}


#: Libraries of the extras: code that imports one runs where it is installed.
EXTRAS = ("pandas", "pyspark", "spacy")


def need_extras(code):
    """Skips the test where the code imports what is not installed."""
    for name in EXTRAS:
        if name in code and re.search(rf"^\s*(?:>>> )?(?:import|from) {name}\b", code, re.M):
            pytest.importorskip(name, reason=f"needs {name}")


@pytest.mark.parametrize("page", snippets.pages(), ids=lambda page: page.stem)
def test_blocks_run_and_print_what_they_show(page):
    """Each page is as ``python docs/snippets.py --write`` leaves it, decimals aside."""
    printed = page.read_text(encoding="utf-8")
    need_extras(printed)
    renewed = snippets.renewed(page)
    assert snippets.without_decimals(renewed) == snippets.without_decimals(printed)


@pytest.mark.parametrize("name", MODULES)
def test_doctests(name):
    """Every example in a docstring gives what it shows."""
    if name in NEEDS:
        pytest.importorskip(NEEDS[name], reason=f"needs {NEEDS[name]}")
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_example_scripts(script, tmp_path):
    """Every script in examples/ runs, says something, and is short enough to read."""
    need_extras(script.read_text(encoding="utf-8"))
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    assert len(script.read_text(encoding="utf-8").splitlines()) <= 80


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_articles_are_there(name):
    """The bundled articles are files of the package, in UTF-8."""
    assert example_path(name).is_file()
    assert "“" in example_article(name)


def test_unknown_example_is_named():
    """An unknown name lists those there are."""
    with pytest.raises(ValueError, match="harbour, briefing, river"):
        example_article("nothing")


@pytest.mark.parametrize("page", snippets.pages(), ids=lambda page: page.stem)
def test_links_between_pages_lead_somewhere(page):
    """A relative link names a file that exists."""
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://|mailto:|#)([^)#\s]+)", text)
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_readme_commands_are_marked():
    """Continuous integration runs the README's two commands: it finds them by their markers."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for marker in ("example", "test"):
        assert re.search(rf"^<!-- command: {marker} -->\n```bash\n[^\n]+\n```$", readme, re.M)

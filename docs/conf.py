"""Sphinx configuration: ``sphinx-build -W docs docs/_build``."""

from __future__ import annotations

import re
from pathlib import Path

_version = (Path(__file__).parents[1] / "quotecheck" / "_version.py").read_text(encoding="utf-8")

project = "quotecheck"
author = "The quotecheck developers"
copyright = "The quotecheck developers"
release = re.search(r'"([^"]+)"', _version)[1]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"quotecheck {release}"

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

default_role = "code"
autodoc_member_order = "bysource"
autodoc_mock_imports = ["spacy"]  # an extra that the documentation need not install
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": False}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True


def _only_written_pages(app: object, page: str, source: list[str]) -> None:
    """The index names every page that there may be; those that are not written yet are left out."""
    if page == "index":
        here = Path(__file__).parent
        source[0] = re.sub(
            r"^[a-z-]+$\n",
            lambda line: line[0] if (here / f"{line[0].strip()}.md").exists() else "",
            source[0],
            flags=re.MULTILINE,
        )


def setup(app) -> None:
    """Connects the hook."""
    app.connect("source-read", _only_written_pages)

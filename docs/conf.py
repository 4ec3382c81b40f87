"""Sphinx configuration: ``sphinx-build -W docs docs/_build``."""

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
suppress_warnings = ["toc.empty_glob"]  # pages that are written later may be named with a star

default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "show-inheritance": False}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

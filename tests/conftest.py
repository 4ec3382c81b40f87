"""Settings of the whole suite: Hypothesis profiles, and how many processes may share the tests.

``ci``, taken where ``CI`` is set, generates the same examples in every run.
``pytest --hypothesis-profile=deep`` generates twenty times as many.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

#: Processes that ``pytest -n auto`` starts at most: each loads the models, about a gigabyte.
MOST_PROCESSES = 4

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("deep", max_examples=2000, deadline=None)
if os.environ.get("CI"):
    settings.load_profile("ci")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Processes for ``-n auto``: one a core that this process may use."""
    usable = getattr(os, "sched_getaffinity", None)
    cores = len(usable(0)) if usable else os.cpu_count() or 1
    return min(cores, MOST_PROCESSES)

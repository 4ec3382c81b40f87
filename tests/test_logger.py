"""The logger ``quotecheck``: silent by default, of use to who listens."""

from __future__ import annotations

import logging
import subprocess
import sys


def run(code):
    """What a new interpreter writes to standard error."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stderr


def test_silent_by_default():
    """Not even an error is written where nobody has set up logging; other loggers are as ever."""
    code = (
        "import logging, quotecheck\n"
        "logging.getLogger('quotecheck.pipeline').error('quiet')\n"
        "logging.getLogger('other').error('loud')"
    )
    assert run(code).strip() == "loud"


def test_importing_sets_nothing_up():
    """The root logger keeps its level and has no handler; ours has one that does nothing."""
    code = (
        "import logging, sys, quotecheck\n"
        "root, ours = logging.getLogger(), logging.getLogger('quotecheck')\n"
        "kinds = [type(h).__name__ for h in ours.handlers]\n"
        "print(root.level, root.handlers, ours.level, ours.propagate, kinds, file=sys.stderr)"
    )
    assert run(code).strip() == "30 [] 0 True ['NullHandler']"


def test_an_application_hears_it(caplog):
    """Messages reach the handlers of who has set up logging."""
    with caplog.at_level(logging.INFO, logger="quotecheck"):
        logging.getLogger("quotecheck.anything").info("heard")
    assert caplog.messages == ["heard"]

"""The command line on a pipeline without weights, as a program: ``python cli_fake.py extract ...``.

``QUOTECHECK_TEST_DELAY`` is how many seconds it rests after each article, so that tests can
interrupt it.
Every sentence in quotation marks is said by Ada Pell; an article that contains ``[fault]`` makes
the pipeline fail.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterable, Iterator

from quotecheck.analysis import Analysis
from quotecheck.cli import main, running
from quotecheck.errors import ModelError
from quotecheck.testing import FakePipeline, build, said


def answer(text: str) -> Analysis:
    """Returns an analysis in which Ada Pell says what stands in quotation marks."""
    if "[fault]" in text:
        raise ModelError("the model could not read this")
    quotes = re.findall("“[^”]*”", text)
    if "Ada Pell" not in text:
        return build(text)
    return build(text, *(said(quote, source="Ada Pell") for quote in quotes))


class FakeModel(FakePipeline):
    """Answers one article at a time and rests after each."""

    def pipe(self, texts: Iterable[str], **options: object) -> Iterator[Analysis]:
        """Yields each answer, then waits."""
        for text in texts:
            yield self(text)
            time.sleep(float(os.environ.get("QUOTECHECK_TEST_DELAY", "0")))


def load_pipeline(model: str, min_confidence: float | None = None) -> FakeModel:
    """Stands in for `quotecheck.cli.running.load_pipeline`."""
    return FakeModel(answer)


if __name__ == "__main__":
    # Whatever runs in the background of a shell, the whole test run for instance, ignores Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    running.load_pipeline = load_pipeline
    sys.exit(main())

"""Helpers to test code that uses quotecheck, without weights and in no time.

`build` makes an `Analysis` out of a text and of what is `said` in it; offsets, ids, blocks and
entities follow by themselves::

    analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))

`FakePipeline` stands in for `quotecheck.Pipeline` wherever one is passed around; `FakeAnnotator`
for the encoder alone, inside a real pipeline.
"""

from __future__ import annotations

from quotecheck.testing.building import Said, Someone, build, locate, said, someone
from quotecheck.testing.fake import FakeAnnotator, FakePipeline

__all__ = [
    "FakeAnnotator",
    "FakePipeline",
    "Said",
    "Someone",
    "build",
    "locate",
    "said",
    "someone",
]

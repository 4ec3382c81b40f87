"""Does a quotation stand in a source, how does it differ, and did the right person say it?

Token differences decide, similarity only finds the place. The ladder of verdicts is in
`quotecheck.check.ladder`; docs/check.md is made from it.
"""

from __future__ import annotations

import sys
from types import ModuleType

from quotecheck.check.index import Checkable, SourceIndex
from quotecheck.check.result import (
    CHECK_SCHEMA,
    SUPPORTED_WORDINGS,
    Edit,
    Place,
    QuoteCheck,
    SpeakerVerdict,
    Weight,
    Wording,
)
from quotecheck.check.sources import Source

__all__ = [
    "CHECK_SCHEMA",
    "SUPPORTED_WORDINGS",
    "Checkable",
    "Edit",
    "Place",
    "QuoteCheck",
    "Source",
    "SourceIndex",
    "SpeakerVerdict",
    "Weight",
    "Wording",
    "check",
]


def check(
    quote: str,
    source: Checkable | SourceIndex,
    *,
    speaker: str | None = None,
    name: str | None = None,
) -> QuoteCheck:
    """Tells whether a quotation stands in a source, how it differs, and who said it there.

    >>> r = check("We will ... close the port", "“We will not close the port,” Ada Vell said.")
    >>> r.wording, r.supported, r.edits[0].weight
    ('altered', False, 'negation')

    Args:
        quote: the quote, with or without its quotation marks; ellipses mark cuts, square brackets
            an editor's words.
        source: the text to look in, a list of its paragraphs, an `Analysis` of it, or a
            `SourceIndex` (faster for several quotes). Labels of a transcript are understood.
        speaker: who is supposed to have said it.
        name: what the result calls the source.

    Returns:
        The verdicts, the places (offsets in code points of the source's text), the differences.

    Raises:
        TextTypeError: quote, speaker or source is of a wrong type.
        CheckInputError: an empty quote or source, or a quote longer than the source.
    """
    index = source if isinstance(source, SourceIndex) else SourceIndex(source, name=name)
    return index.check(quote, speaker=speaker)


class _CallableModule(ModuleType):
    """Lets ``quotecheck.check(...)`` work whether the name stands for this package or the function.

    Importing any module of this package binds ``quotecheck.check`` to the package.
    """

    def __call__(
        self,
        quote: str,
        source: Checkable | SourceIndex,
        *,
        speaker: str | None = None,
        name: str | None = None,
    ) -> QuoteCheck:
        return check(quote, source, speaker=speaker, name=name)


sys.modules[__name__].__class__ = _CallableModule

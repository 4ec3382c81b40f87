"""Does a quotation stand in a source, how does it differ, and did the right person say it?

Token differences decide, similarity only finds the place. The ladder of verdicts is in
`quotecheck.check.ladder`; docs/check.md is made from it.
"""

from __future__ import annotations

import sys
from types import ModuleType

from quotecheck.check.anchors import Anchor, TextQuoteSelector, find_selector, make_selector
from quotecheck.check.article import ArticleQuote, check_article, check_claim, check_many
from quotecheck.check.index import Checkable, SourceIndex
from quotecheck.check.lock import Locked, lock, unlock
from quotecheck.check.readers import SOURCE_FORMATS, parse_source, parse_subtitles, read_source
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
    "SOURCE_FORMATS",
    "SUPPORTED_WORDINGS",
    "Anchor",
    "ArticleQuote",
    "Checkable",
    "Edit",
    "Locked",
    "Place",
    "QuoteCheck",
    "Source",
    "SourceIndex",
    "SpeakerVerdict",
    "TextQuoteSelector",
    "Weight",
    "Wording",
    "check",
    "check_article",
    "check_claim",
    "check_many",
    "find_selector",
    "lock",
    "make_selector",
    "parse_source",
    "parse_subtitles",
    "read_source",
    "unlock",
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

"""Who said what, in which words, and is that really what they said?

`analyze` finds the attributions of an article with their speakers, `check` tells whether a quote
stands in a source, `SpeakerStore` tracks speakers across articles. Importing the package loads no
model and nothing heavy: each name below is imported when it is first used. The logger
``quotecheck`` is silent by default.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from quotecheck._version import __version__

if TYPE_CHECKING:
    from quotecheck.analysis import Analysis
    from quotecheck.check import (
        QuoteCheck,
        SourceIndex,
        check,
        check_article,
        check_many,
        lock,
        read_source,
        unlock,
    )
    from quotecheck.errors import QuotecheckError
    from quotecheck.examples import example_article
    from quotecheck.formats.frame import to_frame
    from quotecheck.inputs import Document, join_paragraphs, read_inputs, read_text
    from quotecheck.names import NameMatch, match_names
    from quotecheck.pipeline import Pipeline, analyze
    from quotecheck.quotations import scan
    from quotecheck.records import (
        Article,
        Attribution,
        Block,
        Entity,
        Evidence,
        Notice,
        Quotation,
        Span,
    )
    from quotecheck.speakers import resolve
    from quotecheck.store import SpeakerStore

__all__ = [
    "Analysis",
    "Article",
    "Attribution",
    "Block",
    "Document",
    "Entity",
    "Evidence",
    "NameMatch",
    "Notice",
    "Pipeline",
    "Quotation",
    "QuoteCheck",
    "QuotecheckError",
    "SourceIndex",
    "Span",
    "SpeakerStore",
    "__version__",
    "analyze",
    "check",
    "check_article",
    "check_many",
    "example_article",
    "join_paragraphs",
    "lock",
    "match_names",
    "read_inputs",
    "read_source",
    "read_text",
    "resolve",
    "scan",
    "to_frame",
    "unlock",
]

# The library never writes to anyone's log unasked: what wants to read it adds its own handler.
logging.getLogger("quotecheck").addHandler(logging.NullHandler())

_HOMES = {
    "Analysis": "analysis",
    "NameMatch": "names",
    "Pipeline": "pipeline",
    "QuoteCheck": "check",
    "QuotecheckError": "errors",
    "SourceIndex": "check",
    "SpeakerStore": "store",
    "analyze": "pipeline",
    **dict.fromkeys(
        ("check", "check_article", "check_many", "lock", "read_source", "unlock"), "check"
    ),
    "example_article": "examples",
    "match_names": "names",
    **dict.fromkeys(("Document", "join_paragraphs", "read_inputs", "read_text"), "inputs"),
    "resolve": "speakers",
    "scan": "quotations",
    "to_frame": "formats.frame",
    **dict.fromkeys(
        ("Article", "Attribution", "Block", "Entity", "Evidence", "Notice", "Quotation", "Span"),
        "records",
    ),
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"quotecheck.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

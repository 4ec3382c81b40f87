"""Checking an article's quotations against its sources, and claims against an article."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from quotecheck.check.index import Checkable, SourceIndex
from quotecheck.check.quote import parse_quote
from quotecheck.check.result import QuoteCheck
from quotecheck.check.tokens import tokenize
from quotecheck.check.verdict import TIERS
from quotecheck.errors import CheckInputError, TextTypeError
from quotecheck.quotations import classify_roles, scan
from quotecheck.records import AnalysisRecord, Attribution, Span

__all__ = ["ArticleQuote", "check_article", "check_claim", "check_many"]


@frozen(kw_only=True)
class ArticleQuote:
    """A quotation of an article and what its sources say to it.

    Attributes:
        quotation: where it stands in the article, marks included.
        speaker: whom the article gives it to; None when that is not sure.
        attribution: id of the article's attribution.
        best: the verdict of the source that supports it best.
        checks: the verdicts of all sources, in their order.
    """

    quotation: Span
    speaker: str | None
    attribution: str | None
    best: QuoteCheck
    checks: tuple[QuoteCheck, ...]

    @property
    def supported(self) -> bool:
        """Whether some source supports it."""
        return self.best.supported

    def to_dict(self) -> dict[str, Any]:
        """Returns a JSON object: the quotation, the article's speaker, and a record a source."""
        return {
            "quotation": {
                "start": self.quotation.start,
                "end": self.quotation.end,
                "text": self.quotation.text,
            },
            "asked_speaker": self.speaker,
            "supported": self.supported,
            "checks": [check.to_dict() for check in self.checks],
        }


def check_many(
    quotes: Iterable[str | tuple[str, str | None]],
    sources: Checkable | SourceIndex | Iterable[Checkable | SourceIndex],
) -> list[tuple[QuoteCheck, ...]]:
    """Returns for each quote its verdicts against each source; every source is indexed once.

    >>> from quotecheck.check import SourceIndex
    >>> rows = check_many(["it is safe", "it is not safe"], [SourceIndex("It is safe.", name="a")])
    >>> [(row[0].wording, row[0].supported) for row in rows]
    [('folded', True), ('absent', False)]

    Args:
        quotes: quotes, or (quote, speaker) pairs.
        sources: a source, or several (a list of str is several sources, not paragraphs).

    Raises:
        TextTypeError: a quote, speaker or source of a wrong type.
        CheckInputError: a quote or source without words.
    """
    indices = _indices(sources)
    asked = list(quotes)
    columns = [index.check_many(asked) for index in indices]
    return [tuple(column[row] for column in columns) for row in range(len(asked))]


def _indices(
    sources: Checkable | SourceIndex | Iterable[Checkable | SourceIndex],
) -> list[SourceIndex]:
    single = isinstance(sources, str | AnalysisRecord | SourceIndex) or not isinstance(
        sources, Iterable
    )
    many: Iterable[Any] = [sources] if single else sources  # type: ignore[assignment]
    return [s if isinstance(s, SourceIndex) else SourceIndex(s) for s in many]


def check_claim(analysis: AnalysisRecord, quote: str, speaker: str | None = None) -> QuoteCheck:
    """Tells whether an article reports that somebody said this: direct, mixed or indirect.

    >>> from quotecheck.testing import build, said
    >>> article = build(
    ...     "“The mill is open,” Ada Pell said.", said("“The mill is open,”", source="Ada Pell")
    ... )
    >>> claim = check_claim(article, "the mill is open", speaker="Ms. Pell")
    >>> claim.supported, claim.kind, claim.attribution
    (True, 'direct', 'A1')

    Args:
        analysis: the article's records, text included.
        quote: the words.
        speaker: who is claimed to have said them.

    Returns:
        The verdicts; ``kind`` and ``attribution`` name the report that was found. Supported is
        what the article attributes to somebody without denying it: words of the article itself
        (flag ``not-attributed``), a denied or a hypothetical saying are not.

    Raises:
        TextTypeError: quote or speaker is not a str.
        CheckInputError: an empty quote, or an analysis without its text.
    """
    found = SourceIndex(analysis).check(quote, speaker=speaker)
    if found.supported and found.attribution is None:
        flags = tuple(dict.fromkeys((*found.flags, "not-attributed")))
        return evolve(found, supported=False, flags=flags)
    return found


def check_article(
    article: AnalysisRecord | str,
    sources: Checkable | SourceIndex | Iterable[Checkable | SourceIndex] = (),
) -> list[ArticleQuote]:
    """Gives every direct quotation of an article a verdict; without any source none is supported.

    The quotations are those that the analysis takes for speech, and those it can't place; titles,
    nicknames and scare quotes are left out. A source that contains the article itself supports
    nothing (flag ``own-article``).

    >>> checks = check_article("Ada Pell said: “We will not close the mill this year.”")
    >>> [(c.quotation.text, c.supported, c.best.flags) for c in checks]
    [('“We will not close the mill this year.”', False, ('no-source',))]

    Args:
        article: its analysis; for a plain text the quotation marks are paired and no speaker is
            asked for.
        sources: a source, or several (a list of str is several sources, not paragraphs).

    Raises:
        TextTypeError: an article or source of a wrong type.
        CheckInputError: an analysis without its text, or a source without words.
    """
    text = article.text if isinstance(article, AnalysisRecord) else article
    if text is None:
        raise CheckInputError("this analysis was stored without its text; analyse it again.")
    if not isinstance(text, str):
        raise TextTypeError(text, "the article")
    own = " ".join(tokenize(text).key)
    indices = [(index, _contains(index, own)) for index in _indices(sources)]
    out = []
    for span, attribution in _direct(article, text):
        speaker = attribution.speaker.name if attribution and attribution.speaker else None
        checks = tuple(_one(index, span.text, speaker, itself) for index, itself in indices)
        if not checks:
            checks = (_no_source(span.text, speaker),)
        best = min(checks, key=lambda c: (not c.supported, TIERS.index(c.wording), -c.score))
        out.append(
            ArticleQuote(
                quotation=span,
                speaker=speaker,
                attribution=attribution.id if attribution else None,
                best=best,
                checks=checks,
            )
        )
    return out


def _contains(index: SourceIndex, own: str) -> bool:
    """Whether a source holds the whole article, whatever the glyphs."""
    return bool(own) and f" {own} " in f" {' '.join(tokenize(index.text).key)} "


def _one(index: SourceIndex, quote: str, speaker: str | None, itself: bool) -> QuoteCheck:
    if itself:
        return index.unsupported(quote, speaker=speaker, flags=("own-article",))
    return index.check_many([(quote, speaker)])[0]


def _no_source(quote: str, speaker: str | None) -> QuoteCheck:
    return QuoteCheck(
        quote=quote,
        source=None,
        wording="absent",
        speaker="not-asked" if speaker is None else "unknown",
        supported=False,
        score=0.0,
        flags=("no-source",),
    )


def _direct(article: AnalysisRecord | str, text: str) -> Iterator[tuple[Span, Attribution | None]]:
    """The outer quotations that hold words and are, or may be, speech."""
    if isinstance(article, AnalysisRecord):
        quotations: Sequence[Any] = article.quotations
        attributions = {a.id: a for a in article.attributions}
    else:
        lines = [m.span() for m in re.finditer(r"[^\r\n]+", text)]
        quotations, attributions = classify_roles(text, lines, scan(text).quotations), {}
    for one in quotations:
        if one.level or one.role in ("title", "nickname", "scare"):
            continue
        span = Span.of(text, one.start, one.end)
        try:
            parse_quote(span.text)
        except CheckInputError:
            continue
        yield span, attributions.get(one.attribution or "")

"""``quotecheck check``: is this really what they said?"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click
from attrs import frozen

from quotecheck.check import (
    SOURCE_FORMATS,
    ArticleQuote,
    Edit,
    QuoteCheck,
    SourceIndex,
    check_article,
    parse_source,
    read_source,
)
from quotecheck.cli import running
from quotecheck.errors import CheckInputError, QuotecheckError
from quotecheck.inputs import Document, read_inputs

__all__ = ["command", "show_differences"]

EXIT_FINE = 0
EXIT_NO = 1
EXIT_ERROR = 2


@frozen(kw_only=True)
class _Style:
    """How differences look: colours on a terminal, wdiff's marks in a pipe or file."""

    colour: bool

    def deleted(self, text: str) -> str:
        """Words of the source that the quote lacks."""
        if self.colour:
            return click.style(text, fg="red", strikethrough=True)
        return f"[-{text}-]"

    def inserted(self, text: str) -> str:
        """Words of the quote that the source lacks."""
        return click.style(text, fg="green", bold=True) if self.colour else f"{{+{text}+}}"

    def verdict(self, text: str, good: bool) -> str:
        """The answer."""
        return click.style(text, fg="green" if good else "red") if self.colour else text


@click.command(name="check")
@click.argument("paths", metavar="[SOURCE...|ARTICLE]", nargs=-1)
@click.option("--quote", "quotes", multiple=True, help="A quote to look for; may be repeated.")
@click.option("--speaker", help="Who is supposed to have said the quote.")
@click.option(
    "--against",
    multiple=True,
    metavar="SOURCE",
    help="A source to check the article's quotations against; may be repeated.",
)
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the verdicts.",
)
@click.option(
    "--source-format",
    type=click.Choice(SOURCE_FORMATS),
    default="auto",
    show_default=True,
    help="How to read the sources.",
)
@click.option("--encoding", help="Encoding of sources and articles; detected when left out.")
@click.option("--model", default="en", show_default=True, help="Model that reads the article.")
def command(
    paths: tuple[str, ...],
    quotes: tuple[str, ...],
    speaker: str | None,
    against: tuple[str, ...],
    output_format: str,
    source_format: str,
    encoding: str | None,
    model: str,
) -> int:
    """Tell whether quotes stand in their sources, how they differ, and who said them.

    Look for one quote in some sources:

        quotecheck check --quote TEXT [--speaker NAME] SOURCE...

    Or give every direct quotation of an article a verdict:

        quotecheck check ARTICLE --against SOURCE [--against SOURCE...]

    Sources are texts, transcripts, SRT and WebVTT subtitles, web pages, PDF and Word files; "-" is
    standard input. Exit status: 0 when every quote is supported by some source, 1 when one is not,
    2 when something could not be read.
    """
    if quotes:
        sources = (*paths, *against)
        if not sources:
            raise click.UsageError("name at least one source to look in.")
    else:
        sources = against
        if not paths:
            raise click.UsageError("give --quote TEXT and a SOURCE, or an ARTICLE and --against.")
        if speaker is not None:
            raise click.UsageError("--speaker goes with --quote; an article names its speakers.")
    if (*paths, *against).count("-") > 1:
        raise click.UsageError("standard input (-) can be read only once.")
    run = _Run(source_format=source_format, encoding=encoding)
    style = _Style(colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    indices = list(run.indices(sources))
    fine = run.quotes(quotes, speaker, indices) if quotes else run.articles(paths, indices, model)
    if output_format == "json":
        click.echo(_json(run.records))
    else:
        for line in run.lines(style):
            click.echo(line)
    if run.failed:
        return EXIT_ERROR
    return EXIT_FINE if fine else EXIT_NO


class _Run:
    """One call of the command: what was asked, what was answered, whether something failed."""

    def __init__(self, *, source_format: str, encoding: str | None) -> None:
        self.source_format = source_format
        self.encoding = encoding
        self.failed = False
        self.records: list[dict[str, Any]] = []
        self.answers: list[tuple[str, QuoteCheck]] = []

    def _complain(self, error: QuotecheckError) -> None:
        self.failed = True
        click.echo(f"quotecheck: {error}", err=True)

    def indices(self, sources: Sequence[str]) -> Iterator[SourceIndex]:
        """Reads the sources; one that can't be read is reported, the others go on."""
        for path in sources:
            try:
                if path == "-":
                    found = parse_source(
                        sys.stdin.buffer.read(), format=self.source_format, encoding=self.encoding
                    )
                else:
                    found = read_source(path, format=self.source_format, encoding=self.encoding)
                yield SourceIndex(found)
            except QuotecheckError as error:
                self._complain(error)

    def quotes(
        self, quotes: Sequence[str], speaker: str | None, indices: Sequence[SourceIndex]
    ) -> bool:
        """Checks quotes; returns whether each is supported by some source."""
        fine = True
        for quote in quotes:
            supported = False
            for index in indices:
                try:
                    result = index.check(quote, speaker=speaker)
                except CheckInputError as error:
                    self._complain(error)
                    result = index.unsupported(quote, speaker=speaker)
                self.records.append(result.to_dict())
                self.answers.append(("", result))
                supported = supported or result.supported
            fine = fine and supported
        return fine

    def articles(self, paths: Sequence[str], indices: Sequence[SourceIndex], model: str) -> bool:
        """Checks the quotations of articles; returns whether each is supported."""
        fine = True
        pipeline = running.load_pipeline(model)
        for document in read_inputs(paths, encoding=self.encoding, on_error=self._complain):
            try:
                analysis = pipeline.analyze(document.text)
                checked = check_article(analysis, indices)
            except QuotecheckError as error:
                self._complain(error)
                continue
            for one in checked:
                self._keep(document, one)
                fine = fine and one.supported
        return fine

    def _keep(self, document: Document, one: ArticleQuote) -> None:
        told = one.to_dict()
        for record in told["checks"]:
            record |= {
                "article": document.source,
                "quotation": told["quotation"],
                "asked_speaker": told["asked_speaker"],
            }
            self.records.append(record)
        who = f" ({one.speaker})" if one.speaker else ""
        where = f"{document.source}:{one.quotation.start}-{one.quotation.end}{who} "
        self.answers.append((where, one.best))

    def lines(self, style: _Style) -> Iterator[str]:
        """Yields the text output."""
        for where, result in self.answers:
            yield from _lines(where, result, style)


def _lines(where: str, result: QuoteCheck, style: _Style) -> Iterator[str]:
    word = "supported" if result.supported else "not supported"
    source = f"{result.source}: " if result.source is not None else ""
    facts: list[str] = [result.wording]
    if result.speaker != "not-asked":
        label = f" ({result.label})" if result.label else ""
        facts.append(f"speaker {result.speaker}{label}")
    facts += result.flags
    yield f"{where}{source}{style.verdict(word, result.supported)}: {', '.join(facts)}"
    if result.wording != "absent":
        yield f"  {show_differences(result, style)}"
    for span in result.spans:
        place = [f"{span.start}-{span.end}"]
        if span.page is not None:
            place.append(f"page {span.page}")
        if span.time is not None:
            place.append(f"{span.time[0]} to {span.time[1]}")
        yield f"  at {', '.join(place)}: {' '.join(span.text.split())}"


def show_differences(result: QuoteCheck, style: _Style | None = None) -> str:
    """Returns the quote with every difference from its source marked, glyphs left out.

    >>> from quotecheck.check import check
    >>> show_differences(check("We will close the old mill", "We will not close the old mill."))
    'We will [-not-] close the old mill'

    Args:
        result: a verdict.
        style: how to mark; ``[-only in the source-]`` and ``{+only in the quote+}`` when None.
    """
    style = style or _Style(colour=False)
    out: list[str] = []
    at = 0
    for edit in result.edits:
        if edit.weight == "glyph" or edit.quote.start < at:
            continue
        out.append(result.quote[at : edit.quote.start])
        out.append(_marked(edit, result.quote, style))
        at = edit.quote.end
    rest = result.quote[at:]
    return " ".join("".join([*out, rest]).split())


def _marked(edit: Edit, quote: str, style: _Style) -> str:
    theirs = " ".join(edit.source.text.split())
    deleted = style.deleted(theirs) if theirs else ""
    inserted = style.inserted(edit.quote.text) if edit.quote.text else ""
    if not edit.quote.text:  # set it apart from the words around
        return f" {deleted} "
    return f"{deleted} {inserted}" if deleted else inserted


def _json(records: list[dict[str, Any]]) -> str:
    text = json.dumps(records, ensure_ascii=False, indent=1)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate in the text
        text = json.dumps(records, indent=1)
    return text

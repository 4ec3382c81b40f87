"""``quotecheck track add``, ``remove`` and ``forget``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import click
from attrs import evolve

from quotecheck.cli import running
from quotecheck.cli.reporting import Reporter
from quotecheck.cli.track_options import open_store, store_path
from quotecheck.errors import QuotecheckError, SourceReadError, StoreInputError
from quotecheck.inputs import INPUT_FORMATS, Document, InputFile, find_inputs, read_inputs

if TYPE_CHECKING:
    from quotecheck.analysis import Analysis
    from quotecheck.store import Added, SpeakerStore

__all__ = ["add", "forget", "remove"]


@click.command()
@store_path
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option("--jobs", "-j", type=click.IntRange(0), default=1, help="Processes; 0: one a core.")
@click.option("--model", default="en", show_default=True, help="Model, see quotecheck models list.")
@click.option("--outlet", metavar="NAME", help="Who published them; the address's host otherwise.")
@click.option("--published", metavar="DATE", help="Date of articles that do not tell theirs.")
@click.option("--encoding", metavar="NAME", help="Encoding of the input; detected otherwise.")
@click.option(
    "--input",
    "input_format",
    type=click.Choice(INPUT_FORMATS),
    default="auto",
    show_default=True,
    help="Input format.",
)
@click.option("--text-field", default="text", metavar="NAME", help="JSON field with the article.")
@click.option("--batch", type=click.IntRange(1), default=50, help="Articles stored at a time.")
def add(
    store: str,
    sources: tuple[str, ...],
    jobs: int,
    model: str,
    outlet: str | None,
    published: str | None,
    encoding: str | None,
    input_format: str,
    text_field: str,
    batch: int,
) -> int:
    """Add articles, or what quotecheck extract --format jsonl wrote about them.

    Articles that are in the store already are skipped, so the same command goes on after an
    interruption.
    """
    early: list[SourceReadError] = []
    files = find_inputs(sources, on_error=early.append)
    total = None if any(file.many for file in files) else len(files) + len(early)
    with (
        open_store(store, read_only=False) as target,
        Reporter(total=total, bar=True, what="Adding articles") as reporter,
    ):
        for error in early:
            reporter.error(error)
        counts = {"added": 0, "version": 0, "unchanged": 0}

        def progress(answer: Added) -> None:
            counts[answer.status] += 1
            reporter.advance()

        def skip() -> None:
            counts["unchanged"] += 1
            reporter.advance()

        ready = [file for file in files if _is_analyses(file)]
        plain = [file for file in files if file not in ready]
        documents = read_inputs(
            plain,
            input_format=input_format,
            encoding=encoding,
            text_field=text_field,
            on_error=reporter.error,
        )
        news = _analyses(_unknown(target, documents, skip), model, jobs, reporter)
        items = (
            (_dated(analysis, published, reporter), {"outlet": outlet})
            for analysis in chain(_read_analyses(ready, reporter), news)
        )
        target.add_many(items, batch_size=batch, progress=progress)
        reporter.say(
            f"{counts['added']} added, {counts['version']} new versions, "
            f"{counts['unchanged']} there already."
        )
    return 2 if reporter.failed else 0


def _is_analyses(file: InputFile) -> bool:
    """Whether a file holds analyses, one a line, rather than articles."""
    if not file.path.endswith((".jsonl", ".ndjson")):
        return False
    try:
        with open(file.path, encoding="utf-8", errors="replace") as lines:
            first = next((line for line in lines if line.strip()), "")
        record = json.loads(first)
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(record, dict) and str(record.get("schema")).startswith("quotecheck/")


def _read_analyses(files: list[InputFile], reporter: Reporter) -> Iterator[Analysis]:
    from quotecheck.analysis import Analysis

    for file in files:
        with open(file.path, encoding="utf-8", errors="surrogatepass") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    yield Analysis.from_json(line)
                except QuotecheckError as error:
                    reporter.error(SourceReadError(f"{file.path}:{number}", str(error)))


def _unknown(
    store: SpeakerStore, documents: Iterable[Document], skip: Callable[[], None]
) -> Iterator[Document]:
    """The documents that are not in the store yet: no model has to read the others."""
    from quotecheck.consistency import text_sha256

    for document in documents:
        if store.has(text_sha256(document.text), document.url):
            skip()
        else:
            yield document


def _analyses(
    documents: Iterator[Document], model: str, jobs: int, reporter: Reporter
) -> Iterator[Analysis]:
    first = next(documents, None)
    if first is None:  # nothing left to do: spare the user the loading of a model
        return

    def failed(source: str, error: QuotecheckError) -> None:
        reporter.error(SourceReadError(source, str(error)))

    for done in running.analyze_all(
        running.load_pipeline(model),
        ((d.source, d) for d in chain([first], documents)),
        jobs=jobs or os.cpu_count() or 1,
        on_error=failed,
    ):
        yield done.analysis


def _dated(analysis: Analysis, published: str | None, reporter: Reporter) -> Analysis:
    """The analysis with a date that the store takes; one that is none is reported and left out."""
    from quotecheck.store.rows import clean_date

    try:
        found = clean_date(analysis.published) or published
    except StoreInputError as error:
        reporter.say(f"{analysis.source}: {error} It is stored without a date.")
        found = published
    return evolve(analysis, published=found)


@click.command()
@store_path
@click.argument("articles", nargs=-1, required=True, metavar="URL...")
def remove(store: str, articles: tuple[str, ...]) -> int:
    """Take articles out, all versions, with what rests on them."""
    missing = 0
    with open_store(store, read_only=False) as target:
        for article in articles:
            count = target.remove(article)
            missing += not count
            click.echo(f"{article}: {f'{count} removed' if count else 'not in the store'}")
    return 1 if missing else 0


@click.command()
@store_path
@click.argument("speaker", metavar="SPEAKER")
@click.confirmation_option(prompt="Delete this person with every quote and note?")
def forget(store: str, speaker: str) -> None:
    """Delete a person: every quote, name, note and decision."""
    with open_store(store, read_only=False) as target:
        gone = target.forget(speaker)
    click.echo(f"{gone.name}: {gone.quotes} quotes in {gone.articles} articles deleted.")
    if gone.mentions:
        click.echo(f"{gone.mentions} quotes of others or titles still hold the name.")

"""``quotecheck extract``: articles in, attributions out."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

import click

from quotecheck.cli import EXIT_INTERRUPTED, running
from quotecheck.cli.output import FileSink, FolderSink, Sink, StdoutSink
from quotecheck.cli.reporting import Reporter
from quotecheck.errors import QuotecheckError, SourceReadError
from quotecheck.examples import example_path
from quotecheck.formats.registry import WriteOptions, get_format, names
from quotecheck.inputs import INPUT_FORMATS, Document, InputFile, find_inputs, read_inputs

__all__ = ["command"]

_HELP = """Find who says what in articles.

Each SOURCE is a text file, a web page (.html), a PDF or Word file, a JSONL file with one article a
line, a folder of such files, a pattern such as "news/*.txt", or - for standard input.

\b
  quotecheck extract article.txt
  quotecheck extract news/ --format jsonl --output quotes.jsonl --jobs 4 --resume
  quotecheck extract news/ --format html --output report/
  quotecheck extract --example

Exit status: 0 fine, 2 something could not be read or was asked wrongly.
"""


@click.command(help=_HELP)
@click.argument("sources", nargs=-1, metavar="SOURCE...")
@click.option("--example", is_flag=True, help="Analyse the article that comes with quotecheck.")
@click.option(
    "--format",
    "-f",
    "format_name",
    type=click.Choice(names()),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option(
    "--output",
    "-o",
    metavar="PATH",
    help="A file for one article or for text, jsonl, csv and parquet; a folder for several "
    "articles in another format, and always for brat.",
)
@click.option("--no-text", is_flag=True, help="Leave the article's text out of the records.")
@click.option(
    "--min-confidence",
    type=click.FloatRange(0, 1),
    metavar="P",
    help="Leave out attributions less sure than this (0 to 1); default is the model's own "
    "threshold, 0.4 for the bundled one. Lower finds more, with more errors.",
)
@click.option("--explain", is_flag=True, help="Show offsets and the evidence for each speaker.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes to use; 0 for one a core.",
)
@click.option(
    "--resume", is_flag=True, help="Go on where an interrupted run with --output stopped."
)
@click.option(
    "--encoding", metavar="NAME", help="Encoding of the input; detected file by file otherwise."
)
@click.option(
    "--input",
    "input_format",
    type=click.Choice(INPUT_FORMATS),
    default="auto",
    show_default=True,
    help="Input format; auto goes by suffix and content.",
)
@click.option(
    "--text-field",
    default="text",
    show_default=True,
    metavar="NAME",
    help="Field of a JSON record that holds the article.",
)
@click.option("--model", default="en", show_default=True, help="Model, see quotecheck models list.")
def command(
    sources: tuple[str, ...],
    example: bool,
    format_name: str,
    output: str | None,
    no_text: bool,
    min_confidence: float | None,
    explain: bool,
    jobs: int,
    resume: bool,
    encoding: str | None,
    input_format: str,
    text_field: str,
    model: str,
) -> int:
    """Runs ``quotecheck extract`` and returns its exit status."""
    if example:
        sources = (*sources, str(example_path()))
    if not sources:
        raise click.UsageError("name an article, a folder or - for standard input (or --example).")
    if resume and output is None:
        raise click.UsageError("--resume goes on with the file or folder that --output names.")
    early: list[SourceReadError] = []
    files = find_inputs(sources, on_error=early.append)
    reporter = Reporter(
        total=None if any(file.many for file in files) else len(files) + len(early),
        bar=output is not None or not sys.stdout.isatty(),
        what="Analysing articles",
    )
    with reporter:
        for error in early:
            reporter.error(error)
        documents, many = _look_ahead(
            _named(files, input_format, encoding, text_field, reporter),
            several=len(sources) > 1 or len(files) > 1 or any(file.many for file in files),
        )
        options = _options(no_text, min_confidence or 0.0, explain)
        _protect_inputs(files, format_name, output)
        sink = _sink(format_name, options, output, many=many, resume=resume)
        todo = (pair for pair in documents if not _skipped(sink, pair, reporter))
        try:
            _run(model, min_confidence, todo, sink, jobs or os.cpu_count() or 1, reporter)
        except KeyboardInterrupt:
            if output is None:
                raise
            reporter.say(
                f"interrupted after {reporter.done} articles, all whole in {output}; "
                "the same command with --resume goes on."
            )
            return EXIT_INTERRUPTED
    return 2 if reporter.failed else 0


def _options(no_text: bool, min_confidence: float, explain: bool) -> WriteOptions:
    terminal = sys.stdout.isatty()
    return WriteOptions(
        colour=terminal and "NO_COLOR" not in os.environ,
        width=shutil.get_terminal_size().columns if terminal else 100,
        explain=explain,
        min_confidence=min_confidence,
        text=not no_text,
    )


def _named(
    files: list[InputFile],
    input_format: str,
    encoding: str | None,
    text_field: str,
    reporter: Reporter,
) -> Iterator[tuple[str, Document]]:
    """Each document with a name for its output that no other one has.

    Names depend on the list of inputs alone, so that a resumed run gives the same ones.
    """
    taken = {"index"}  # the page that leads to the reports of a folder
    for file in files:
        for document in read_inputs(
            [file],
            input_format=input_format,
            encoding=encoding,
            text_field=text_field,
            on_error=reporter.error,
        ):
            name = file.name
            if document.source != file.path:  # a record of the file: "articles.jsonl:12"
                name += "-" + document.source.rpartition(":")[2]
            base, number = name, 2
            while name in taken:
                name, number = f"{base}-{number}", number + 1
            taken.add(name)
            yield name, document


def _look_ahead(
    documents: Iterator[tuple[str, Document]], *, several: bool
) -> tuple[Iterator[tuple[str, Document]], bool]:
    """The documents again, and whether there are several: a list in one file counts too."""
    if several:
        return documents, True
    head = list(islice(documents, 2))
    return chain(head, documents), len(head) > 1


def _sink(
    format_name: str, options: WriteOptions, output: str | None, *, many: bool, resume: bool
) -> Sink:
    if output is None:
        return StdoutSink(format_name, options, many=many)
    known = get_format(format_name)
    asked_for_folder = output.endswith(("/", os.sep)) or os.path.isdir(output)
    if known.parts > 1 or asked_for_folder or (many and not known.streams):
        return FolderSink(Path(output), format_name, options, resume=resume)
    return FileSink(Path(output), format_name, options, resume=resume)


def _protect_inputs(files: Iterable[InputFile], format_name: str, output: str | None) -> None:
    """Refuses an ``--output`` that is an input, or a folder in which one would be replaced."""
    if output is None or not os.path.exists(output):
        return
    suffixes = {get_format(format_name).suffix, ".txt"}  # brat writes the text too
    for file in files:
        outputs = (
            [os.path.join(output, file.name + suffix) for suffix in suffixes]
            if os.path.isdir(output)
            else [output]
        )
        for path in outputs:
            if (
                os.path.exists(file.path)
                and os.path.exists(path)
                and os.path.samefile(file.path, path)
            ):
                raise click.UsageError(f"--output {output} would overwrite {file.path}.")


def _skipped(sink: Sink, pair: tuple[str, Document], reporter: Reporter) -> bool:
    done = sink.has(pair[0], pair[1].source)
    if done:
        reporter.advance()
    return done


def _run(
    model: str,
    min_confidence: float | None,
    documents: Iterator[tuple[str, Document]],
    sink: Sink,
    jobs: int,
    reporter: Reporter,
) -> None:
    first = next(documents, None)
    if first is None:  # nothing left to do: spare the user the loading of a model
        sink.write((), reporter.advance)
        return

    def failed(source: str, error: QuotecheckError) -> None:
        reporter.error(SourceReadError(source, str(error)))

    results = running.analyze_all(
        running.load_pipeline(model, min_confidence),
        chain([first], documents),
        jobs=jobs,
        on_error=failed,
    )
    sink.write(results, reporter.advance)

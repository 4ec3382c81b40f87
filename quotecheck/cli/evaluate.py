"""``quotecheck evaluate``: predictions against gold annotations."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence

import click

from quotecheck.cli import running
from quotecheck.cli.reporting import Reporter
from quotecheck.errors import QuotecheckError, SourceReadError
from quotecheck.evaluate import (
    Counts,
    GoldArticle,
    Prediction,
    curve,
    evaluate,
    from_analysis,
    read_gold,
    read_predictions,
    write_predictions,
)
from quotecheck.inputs import Document

__all__ = ["command"]

_HELP = """Measure predictions against gold annotations.

PREDICTIONS is what "quotecheck extract --format jsonl" prints, or a folder of brat files; with
--run the gold texts are analysed on the spot. Gold is a folder of brat standoff (PolNeAR's layout,
or NAME.txt beside NAME.ann) or JSONL records that a person has corrected.

\b
  quotecheck evaluate predictions.jsonl --gold annotated/
  quotecheck evaluate --run --gold annotated/ --predictions predictions.jsonl
  quotecheck evaluate predictions.jsonl --gold predictions.jsonl --reviews decisions/
"""


@click.command(help=_HELP)
@click.argument("predictions", required=False, metavar="[PREDICTIONS]")
@click.option("--gold", "gold_path", metavar="PATH", required=True, help="The gold annotations.")
@click.option("--run", "run_now", is_flag=True, help="Analyse the gold texts now.")
@click.option(
    "--speakers",
    metavar="FILE",
    help='Who speaks, for standoff: {NAME: {"A0": {"names": [...], "type": "person"}}}.',
)
@click.option(
    "--reviews",
    multiple=True,
    metavar="PATH",
    help="Decisions downloaded from HTML reports (a file, or a folder of *.review.json), applied "
    "to gold in JSONL.",
)
@click.option(
    "--curve",
    "show_curve",
    is_flag=True,
    help="Print what raising --min-confidence would keep: precision and recall of the attributions "
    "found. With --run it starts at confidence 0.",
)
@click.option("--nested", is_flag=True, help="Count attributions inside others too.")
@click.option("--predictions", "save", metavar="OUT", help="Write the predictions as JSONL.")
@click.option(
    "--format",
    "-f",
    "format_name",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option(
    "--worst",
    type=click.IntRange(0),
    default=5,
    show_default=True,
    metavar="N",
    help="How many of the worst articles to list.",
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="Processes for --run; 0 for one a core.",
)
@click.option("--model", default="en", show_default=True, help="Model for --run.")
def command(
    predictions: str | None,
    gold_path: str,
    run_now: bool,
    speakers: str | None,
    reviews: tuple[str, ...],
    show_curve: bool,
    nested: bool,
    save: str | None,
    format_name: str,
    worst: int,
    jobs: int,
    model: str,
) -> int:
    """Runs ``quotecheck evaluate`` and returns its exit status."""
    if (predictions is None) != run_now:
        raise click.UsageError("name a file of predictions, or --run, and not both.")
    gold = read_gold(gold_path, speakers=speakers, reviews=reviews)
    failed = 0
    if predictions is None:
        floor = 0.0 if show_curve else None
        found, failed = _run(gold, model, jobs or os.cpu_count() or 1, floor)
    else:
        found = dict(read_predictions(predictions))
    if save is not None:
        write_predictions(save, found)
    if show_curve:
        _print_curve(curve(gold, found, nested=nested), format_name)
        return 2 if failed else 0
    result = evaluate(gold, found, nested=nested)
    if format_name == "json":
        click.echo(json.dumps(result.to_dict(worst), indent=2))
    else:
        click.echo(result.to_text(worst))
    unknown = len(found.keys() - {article.name for article in gold})
    if unknown:
        click.echo(f"quotecheck: {unknown} articles of the predictions have no gold.", err=True)
    return 2 if failed else 0


def _print_curve(points: Mapping[float, Counts], format_name: str) -> None:
    if format_name == "json":
        click.echo(json.dumps({str(t): counts.to_dict() for t, counts in points.items()}, indent=2))
        return
    click.echo(f"{'confidence':>10}  {'kept':>6}  {'P':>5}  {'R':>5}  {'F1':>5}")
    for threshold, counts in points.items():
        row = counts.to_dict()
        click.echo(
            f"{threshold:>10}  {counts.predicted:>6}  {row['P']:>5}  {row['R']:>5}  {row['F1']:>5}"
        )


def _run(
    gold: Sequence[GoldArticle], model: str, jobs: int, floor: float | None
) -> tuple[dict[str, Sequence[Prediction]], int]:
    documents = ((a.name, Document(source=a.name, text=a.text)) for a in gold)
    with Reporter(total=len(gold), bar=True, what="Analysing articles") as reporter:

        def failed(source: str, error: QuotecheckError) -> None:
            reporter.error(SourceReadError(source, str(error)))

        found: dict[str, Sequence[Prediction]] = {}
        for done in running.analyze_all(
            running.load_pipeline(model, floor), documents, jobs=jobs, on_error=failed
        ):
            found[done.name] = from_analysis(done.analysis)
            reporter.advance()
        return found, reporter.failed

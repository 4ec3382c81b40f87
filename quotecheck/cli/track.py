"""``quotecheck track``: speakers and quotes of many articles in one store."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
from attrs import asdict, evolve

from quotecheck.cli import running
from quotecheck.cli.reporting import Reporter
from quotecheck.cli.tables import FORMATS, print_rows
from quotecheck.errors import QuotecheckError, SourceReadError, StoreInputError
from quotecheck.inputs import INPUT_FORMATS, Document, InputFile, find_inputs, read_inputs

if TYPE_CHECKING:
    from quotecheck.analysis import Analysis
    from quotecheck.store import Added, SpeakerStore, StoredQuote

__all__ = ["command"]

F = TypeVar("F", bound=Callable[..., object])

_HELP = """Keep the speakers and quotes of many articles in one store.

STORE is the path of a file (made by add) or a PostgreSQL URL. A SPEAKER is a name, or an id such as
S12.

\b
  quotecheck track add quotes.db news/
  quotecheck track quotes quotes.db --speaker "Ada Pell" --since 2026-01-01
  quotecheck track speakers quotes.db
  quotecheck track review quotes.db

Exit status: 0 fine, 1 nothing found, 2 something could not be read or was asked wrongly.
"""


@click.group(help=_HELP)
def command() -> None:
    """The group that `quotecheck.cli` loads."""


def _store(path: str, *, read_only: bool = True) -> SpeakerStore:
    from quotecheck.store import SpeakerStore

    if read_only and "://" not in path and not os.path.exists(path):
        raise StoreInputError(f"{path} does not exist: make it with quotecheck track add.")
    return SpeakerStore(path, read_only=read_only)


def _options(*options: Callable[[F], F]) -> Callable[[F], F]:
    def apply(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return apply


_format = click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Output format.",
)
_limit = click.option("--limit", "-n", type=click.IntRange(1), metavar="N", help="At most N.")
_where = _options(
    click.option("--speaker", "-s", metavar="SPEAKER", help="Who is quoted."),
    click.option("--text", "-t", metavar="WORDS", help='All words; "a phrase" in quotation marks.'),
    click.option("--since", metavar="DATE", help="First day, such as 2026-01-31."),
    click.option("--until", metavar="DATE", help="Last day."),
    click.option("--outlet", metavar="NAME", help="Who published it."),
)
_reason = click.option("--reason", default="", metavar="TEXT", help="Why, for the log.")
_path = click.argument("store", metavar="STORE")


# ----------------------------------------------------------------------------------------- adding


@command.command()
@_path
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
        _store(store, read_only=False) as target,
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


@command.command()
@_path
@click.argument("articles", nargs=-1, required=True, metavar="URL...")
def remove(store: str, articles: tuple[str, ...]) -> int:
    """Take articles out, all versions, with what rests on them."""
    missing = 0
    with _store(store, read_only=False) as target:
        for article in articles:
            count = target.remove(article)
            missing += not count
            click.echo(f"{article}: {f'{count} removed' if count else 'not in the store'}")
    return 1 if missing else 0


@command.command()
@_path
@click.argument("speaker", metavar="SPEAKER")
@click.confirmation_option(prompt="Delete this person with every quote and note?")
def forget(store: str, speaker: str) -> None:
    """Delete a person: every quote, name, note and decision."""
    with _store(store, read_only=False) as target:
        gone = target.forget(speaker)
    click.echo(f"{gone.name}: {gone.quotes} quotes in {gone.articles} articles deleted.")
    if gone.mentions:
        click.echo(f"{gone.mentions} quotes of others or titles still hold the name.")


# ---------------------------------------------------------------------------------------- reading


@command.command()
@_path
@click.option("--type", "kind", metavar="TYPE", help="Only person, organization ...")
@click.option("--all", "everyone", is_flag=True, help="Also who is named but never quoted.")
@_limit
@_format
def speakers(store: str, kind: str | None, everyone: bool, limit: int | None, form: str) -> int:
    """List speakers, most quoted first."""
    with _store(store) as source:
        found = source.speakers(type=cast(Any, kind), quoted=not everyone)[:limit]
    rows = (asdict(s) | {"annotations": [f"{k}={v}" for k, v in s.annotations]} for s in found)
    columns = ("id", "name", "type", "quotes", "words", "articles", "first", "last", "aliases")
    return 0 if print_rows(rows, columns, form, wrap="aliases") else 1


@command.command()
@_path
@click.argument("name")
@_format
def find(store: str, name: str, form: str) -> int:
    """List everyone whom a name may mean, with the reason."""
    with _store(store) as source:
        matches = source.find(name)
    rows = (
        {
            "id": m.speaker.id,
            "name": m.speaker.name,
            "verdict": m.verdict,
            "quotes": m.speaker.quotes,
            "reason": m.reason,
        }
        for m in matches
    )
    columns = ("id", "name", "verdict", "quotes", "reason")
    return 0 if print_rows(rows, columns, form, wrap="reason") else 1


@command.command()
@_path
@_where
@click.option("--kind", type=click.Choice(("direct", "mixed", "indirect")), help="Only this kind.")
@click.option("--candidates", is_flag=True, help="Also quotes that may be the speaker's.")
@click.option("--all-versions", is_flag=True, help="Also earlier versions of articles.")
@click.option("--newest", is_flag=True, help="Latest first.")
@_limit
@_format
def quotes(
    store: str,
    kind: str | None,
    candidates: bool,
    all_versions: bool,
    newest: bool,
    limit: int | None,
    form: str,
    **where: Any,  # noqa: ANN401 - the options of _where, handed on
) -> int:
    """List quotes: what did somebody say, when, where."""
    with _store(store) as source:
        found = source.quotes(
            kind=cast(Any, kind),
            candidates=candidates,
            versions="all" if all_versions else "latest",
            newest_first=newest,
            limit=limit,
            **where,
        )
    columns = ("day", "speaker_name", "outlet", "kind", "note", "text")
    return 0 if print_rows(map(_quote_row, found), columns, form, wrap="text") else 1


def _quote_row(quote: StoredQuote) -> dict[str, Any]:
    notes = [
        word
        for word, holds in (
            ("denied", quote.negated),
            ("hypothetical", quote.hypothetical),
            ("maybe " + ", ".join(quote.candidates), bool(quote.candidates)),
        )
        if holds
    ]
    return asdict(quote) | {"day": (quote.published or "")[:10] or None, "note": "; ".join(notes)}


@command.command()
@_path
@_where
@click.option("--at-least", type=click.IntRange(1), default=2, help="Fewest articles.")
@_limit
@_format
def groups(
    store: str,
    at_least: int,
    limit: int | None,
    form: str,
    **where: Any,  # noqa: ANN401 - the options of _where, handed on
) -> int:
    """List quotes that several articles carry: longest form, first date, what was cut."""
    with _store(store) as source:
        found = source.groups(at_least=at_least, limit=limit, **where)
    rows = (
        asdict(g)
        | {
            "articles": len({q.article for q in g.occurrences}),
            "speaker": "; ".join(
                dict.fromkeys(q.speaker_name for q in g.occurrences if q.speaker_name)
            ),
            "flags": [f"{flag.code}: {flag.message}" for flag in g.flags],
        }
        for g in found
    )
    columns = ("id", "articles", "first", "speaker", "flags", "longest")
    return 0 if print_rows(rows, columns, form, wrap="longest") else 1


@command.command()
@_path
@click.argument("speaker", metavar="SPEAKER")
@click.option(
    "--by",
    type=click.Choice(("day", "month", "year")),
    default="month",
    show_default=True,
    help="Length of a step.",
)
@_format
def timeline(store: str, speaker: str, by: str, form: str) -> int:
    """Show how often somebody was quoted over time."""
    with _store(store) as source:
        found = source.timeline(speaker, by=cast(Any, by))
    rows = (
        {by: c.keys[0], "quotes": c.quotes, "words": c.words, "articles": c.articles} for c in found
    )
    return 0 if print_rows(rows, (by, "quotes", "words", "articles"), form) else 1


@command.command()
@_path
@click.option(
    "--by",
    multiple=True,
    metavar="WHAT",
    help="speaker, type, outlet, day, month, year, kind, act, or @KEY for your own notes; may be "
    "given several times. Default: speaker.",
)
@_where
@_limit
@_format
def stats(
    store: str,
    by: tuple[str, ...],
    limit: int | None,
    form: str,
    **where: Any,  # noqa: ANN401 - the options of _where, handed on
) -> int:
    """Count quotes and words by speaker, outlet, time or your own notes."""
    dimensions = by or ("speaker",)
    with _store(store) as source:
        found = source.stats(dimensions, **where)[:limit]
    rows = (
        dict(zip(dimensions, c.keys, strict=True))
        | {"quotes": c.quotes, "words": c.words, "articles": c.articles, "speakers": c.speakers}
        for c in found
    )
    columns = (*dimensions, "quotes", "words", "articles", "speakers")
    return 0 if print_rows(rows, columns, form) else 1


@command.command()
@_path
@_format
def articles(store: str, form: str) -> int:
    """List the articles, with their versions."""
    with _store(store) as source:
        found = source.articles()
    columns = ("published", "outlet", "version", "latest", "quotes", "url", "title")
    return 0 if print_rows(map(asdict, found), columns, form, wrap="title") else 1


@command.command()
@_path
@click.argument("output", metavar="FILE")
@click.option(
    "--format",
    "form",
    type=click.Choice(("jsonl", "csv", "parquet")),
    help="Format of the file; by its suffix when left out.",
)
def export(store: str, output: str, form: str | None) -> None:
    """Write every quote with its speaker to a .jsonl, .csv or .parquet file."""
    with _store(store) as source:
        count = source.export(output, format=cast(Any, form))
    click.echo(f"{count} quotes in {output}")


# -------------------------------------------------------------------------------------- decisions


@command.command()
@_path
@_limit
@_format
def review(store: str, limit: int | None, form: str) -> None:
    """List speakers that may be one; answer with merge or apart."""
    with _store(store) as source:
        found = source.review(limit)
    columns = ("left", "left_name", "right", "right_name", "verdict", "quotes", "reason")
    print_rows(map(asdict, found), columns, form, wrap="reason")


@command.command()
@_path
@click.argument("a", metavar="SPEAKER")
@click.argument("b", metavar="SPEAKER")
@_reason
def merge(store: str, a: str, b: str, reason: str) -> None:
    """Make two speakers one."""
    with _store(store, read_only=False) as target:
        click.echo(target.merge(a, b, reason=reason))


@command.command()
@_path
@click.argument("a", metavar="SPEAKER")
@click.argument("b", metavar="SPEAKER")
@_reason
def apart(store: str, a: str, b: str, reason: str) -> None:
    """Note that two speakers are not one, so that review does not ask again."""
    with _store(store, read_only=False) as target:
        click.echo(target.keep_apart(a, b, reason=reason))


@command.command()
@_path
@click.argument("speaker", metavar="SPEAKER")
@click.option("--article", "articles_", multiple=True, metavar="URL", help="Means somebody else.")
@click.option("--name", "names", multiple=True, metavar="NAME", help="Means somebody else.")
@_reason
def split(
    store: str, speaker: str, articles_: tuple[str, ...], names: tuple[str, ...], reason: str
) -> None:
    """Take apart what is not one person."""
    with _store(store, read_only=False) as target:
        click.echo(target.split(speaker, articles=articles_, names=names, reason=reason))


@command.command()
@_path
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME...")
@_reason
def alias(store: str, names: tuple[str, ...], reason: str) -> None:
    """State that names belong to one person, seen already or not."""
    with _store(store, read_only=False) as target:
        click.echo(target.alias(*names, reason=reason))


@command.command()
@_path
@click.argument("entry", metavar="ID")
@_reason
def undo(store: str, entry: str, reason: str) -> None:
    """Take back a decision (D3) or a merge that a rule made (L8); see log."""
    with _store(store, read_only=False) as target:
        click.echo(target.undo(entry, reason=reason))


@command.command()
@_path
@click.option("--speaker", "-s", metavar="SPEAKER", help="Only this speaker's.")
@_format
def log(store: str, speaker: str | None, form: str) -> int:
    """List merges and decisions with their reasons, newest first."""
    with _store(store) as source:
        found = source.log(speaker)
    columns = ("id", "by", "action", "active", "left", "right", "speakers", "reason")
    return 0 if print_rows(map(asdict, found), columns, form, wrap="reason") else 1


@command.command()
@_path
@click.argument("speaker", metavar="SPEAKER")
@click.argument("key")
@click.argument("value", required=False)
@click.option("--delete", is_flag=True, help="Delete the note instead.")
def annotate(store: str, speaker: str, key: str, value: str | None, delete: bool) -> None:
    """Note a fact of your own about a speaker (party, role ...)."""
    if delete == (value is not None):
        raise click.UsageError("give a value, or --delete.")
    with _store(store, read_only=False) as target:
        target.annotate(speaker, key, value)

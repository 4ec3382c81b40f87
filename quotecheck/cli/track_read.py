"""The commands of ``quotecheck track`` that ask a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import click
from attrs import asdict

from quotecheck.cli.tables import print_rows
from quotecheck.cli.track_options import conditions, form, limit, open_store, store_path

if TYPE_CHECKING:
    from quotecheck.store import StoredQuote

__all__ = [
    "articles",
    "export",
    "find",
    "groups",
    "log",
    "quotes",
    "review",
    "speakers",
    "stats",
    "timeline",
]


@click.command()
@store_path
@click.option("--type", "kind", metavar="TYPE", help="Only person, organization ...")
@click.option("--all", "everyone", is_flag=True, help="Also who is named but never quoted.")
@limit
@form
def speakers(store: str, kind: str | None, everyone: bool, limit: int | None, form: str) -> int:
    """List speakers, most quoted first."""
    with open_store(store) as source:
        found = source.speakers(type=cast(Any, kind), quoted=not everyone)[:limit]
    rows = (asdict(s) | {"annotations": [f"{k}={v}" for k, v in s.annotations]} for s in found)
    columns = ("id", "name", "type", "quotes", "words", "articles", "first", "last", "aliases")
    return 0 if print_rows(rows, columns, form, wrap="aliases") else 1


@click.command()
@store_path
@click.argument("name")
@form
def find(store: str, name: str, form: str) -> int:
    """List everyone whom a name may mean, with the reason."""
    with open_store(store) as source:
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


@click.command()
@store_path
@conditions
@click.option("--kind", type=click.Choice(("direct", "mixed", "indirect")), help="Only this kind.")
@click.option("--candidates", is_flag=True, help="Also quotes that may be the speaker's.")
@click.option("--all-versions", is_flag=True, help="Also earlier versions of articles.")
@click.option("--newest", is_flag=True, help="Latest first.")
@limit
@form
def quotes(
    store: str,
    kind: str | None,
    candidates: bool,
    all_versions: bool,
    newest: bool,
    limit: int | None,
    form: str,
    **where: Any,  # noqa: ANN401 - the options of conditions, handed on
) -> int:
    """List quotes: what did somebody say, when, where."""
    with open_store(store) as source:
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


@click.command()
@store_path
@conditions
@click.option("--at-least", type=click.IntRange(1), default=2, help="Fewest articles.")
@limit
@form
def groups(
    store: str,
    at_least: int,
    limit: int | None,
    form: str,
    **where: Any,  # noqa: ANN401 - the options of conditions, handed on
) -> int:
    """List quotes that several articles carry: longest form, first date, what was cut."""
    with open_store(store) as source:
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


@click.command()
@store_path
@click.argument("speaker", metavar="SPEAKER")
@click.option(
    "--by",
    type=click.Choice(("day", "month", "year")),
    default="month",
    show_default=True,
    help="Length of a step.",
)
@form
def timeline(store: str, speaker: str, by: str, form: str) -> int:
    """Show how often somebody was quoted over time."""
    with open_store(store) as source:
        found = source.timeline(speaker, by=cast(Any, by))
    rows = (
        {by: c.keys[0], "quotes": c.quotes, "words": c.words, "articles": c.articles} for c in found
    )
    return 0 if print_rows(rows, (by, "quotes", "words", "articles"), form) else 1


@click.command()
@store_path
@click.option(
    "--by",
    multiple=True,
    metavar="WHAT",
    help="speaker, type, outlet, day, month, year, kind, act, or @KEY for your own notes; may be "
    "given several times. Default: speaker.",
)
@conditions
@limit
@form
def stats(
    store: str,
    by: tuple[str, ...],
    limit: int | None,
    form: str,
    **where: Any,  # noqa: ANN401 - the options of conditions, handed on
) -> int:
    """Count quotes and words by speaker, outlet, time or your own notes."""
    dimensions = by or ("speaker",)
    with open_store(store) as source:
        found = source.stats(dimensions, **where)[:limit]
    rows = (
        dict(zip(dimensions, c.keys, strict=True))
        | {"quotes": c.quotes, "words": c.words, "articles": c.articles, "speakers": c.speakers}
        for c in found
    )
    columns = (*dimensions, "quotes", "words", "articles", "speakers")
    return 0 if print_rows(rows, columns, form) else 1


@click.command()
@store_path
@form
def articles(store: str, form: str) -> int:
    """List the articles, with their versions."""
    with open_store(store) as source:
        found = source.articles()
    columns = ("published", "outlet", "version", "latest", "quotes", "url", "title")
    return 0 if print_rows(map(asdict, found), columns, form, wrap="title") else 1


@click.command()
@store_path
@click.argument("output", metavar="FILE")
@click.option(
    "--format",
    "form",
    type=click.Choice(("jsonl", "csv", "parquet")),
    help="Format of the file; by its suffix when left out.",
)
def export(store: str, output: str, form: str | None) -> None:
    """Write every quote with its speaker to a .jsonl, .csv or .parquet file."""
    with open_store(store) as source:
        count = source.export(output, format=cast(Any, form))
    click.echo(f"{count} quotes in {output}")


@click.command()
@store_path
@limit
@form
def review(store: str, limit: int | None, form: str) -> None:
    """List speakers that may be one; answer with merge or apart."""
    with open_store(store) as source:
        found = source.review(limit)
    columns = ("left", "left_name", "right", "right_name", "verdict", "quotes", "reason")
    print_rows(map(asdict, found), columns, form, wrap="reason")


@click.command()
@store_path
@click.option("--speaker", "-s", metavar="SPEAKER", help="Only this speaker's.")
@form
def log(store: str, speaker: str | None, form: str) -> int:
    """List merges and decisions with their reasons, newest first."""
    with open_store(store) as source:
        found = source.log(speaker)
    columns = ("id", "by", "action", "active", "left", "right", "speakers", "reason")
    return 0 if print_rows(map(asdict, found), columns, form, wrap="reason") else 1

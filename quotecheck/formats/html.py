"""The report: one self-contained page to read an article's attributions and decide on them.

Everything from the article is escaped by Jinja2. The page asks for nothing from outside, and its
Content-Security-Policy allows exactly the one style sheet and the one script that it carries, by
their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as url_quote

from attrs import frozen

from quotecheck import codec
from quotecheck.errors import RecordError
from quotecheck.formats.html_runs import displayable, sections
from quotecheck.formats.registry import WriteOptions
from quotecheck.records import AnalysisRecord, Attribution, Entity

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["index", "report", "write"]

#: Degrees between the hues of neighbouring speakers: the golden angle keeps any number apart.
_GOLDEN_ANGLE = 137.508
#: How many speakers an index row names.
_NAMED = 3


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns the report of one article."""
    return report(record)


def report(record: AnalysisRecord, *, home: str | None = None) -> str:
    """Returns a self-contained HTML page of one article.

    The article with its attributions marked by speaker, a panel of speakers that filters, a card
    for each attribution with links to its source, cue and evidence, and buttons to accept,
    correct or reject it; decisions can be downloaded for `quotecheck.review`.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> "Content-Security-Policy" in report(analysis)
    True

    Args:
        record: an analysis with its text.
        home: relative address of an index page to link to.

    Raises:
        RecordError: the text was left out.
    """
    if record.text is None:
        raise RecordError(("$.text: a report needs the text, and it was left out",))
    style = _asset("report.css") + _hues(len(record.entities))
    script = _asset("report.js")
    rank = {entity.id: k for k, entity in enumerate(record.entities)}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            record=record,
            home=home,
            csp=_policy(style, script),
            style=style,
            script=script,
            data=_data(record),
            sections=sections(record),
            cards=_cards(record, rank),
            speakers=_speakers(record, rank),
            heading=_heading(record),
        )
    )


@frozen(kw_only=True)
class _Entry:
    """One row of the index page."""

    href: str
    heading: str
    source: str
    published: str | None
    kinds: dict[str, int]
    attributions: int
    unsure: int
    warnings: int
    speakers: str
    more: int


def index(entries: Iterable[tuple[str, AnalysisRecord]], *, title: str = "Articles") -> str:
    """Returns a page that lists the reports of a folder.

    >>> from quotecheck.testing import build
    >>> 'href="mill%20fire.html"' in index([("mill fire.html", build("Nothing was said."))])
    True

    Args:
        entries: each report's path relative to the index page, and its article.
        title: heading of the page.
    """
    rows = [_entry(path, record) for path, record in entries]
    style = _asset("report.css")
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            title=title,
            rows=rows,
            csp=_policy(style, ""),
            style=style,
            total=sum(row.attributions for row in rows),
        )
    )


def _entry(path: str, record: AnalysisRecord) -> _Entry:
    counts = Counter(a.speaker.name for a in record.attributions if a.speaker is not None)
    named = [f"{name} ({count})" for name, count in counts.most_common(_NAMED)]
    kinds = Counter(a.kind for a in record.attributions)
    return _Entry(
        href=url_quote(path.replace("\\", "/"), errors="replace"),
        heading=_heading(record),
        source=record.source,
        published=record.published,
        kinds={kind: kinds[kind] for kind in ("direct", "mixed", "indirect")},
        attributions=len(record.attributions),
        unsure=sum(a.speaker is None for a in record.attributions),
        warnings=len(record.warnings),
        speakers=", ".join(named),
        more=max(0, len(counts) - _NAMED),
    )


# ------------------------------------------------------------------------------------- the parts


def _heading(record: AnalysisRecord) -> str:
    if record.title:
        return record.title
    for block in record.blocks:
        if block.kind == "headline" and record.text is not None:
            return record.text[block.start : block.end]
    name = record.source.replace("\\", "/").rsplit("/", 1)[-1]
    return "Standard input" if name == "-" else name


@frozen(kw_only=True)
class _Card:
    """What the template needs to know of one attribution."""

    number: int
    a: Attribution
    who: str
    short: str
    hue: str
    flags: tuple[str, ...]
    parent: int | None
    principal: str | None
    names: dict[str, str]


#: Acts in words; assertions need none.
_ACTS = {"belief": "belief", "fact": "fact", "eventuality": "wish or order"}


def _cards(record: AnalysisRecord, rank: dict[str, int]) -> list[_Card]:
    names = {entity.id: entity.name for entity in record.entities}
    positions = {a.id: i for i, a in enumerate(record.attributions)}
    return [
        _Card(
            number=i,
            a=a,
            who=_who(a),
            short=" ".join(a.text.split()),
            hue="su" if a.speaker is None else f"s{rank[a.speaker.id]}",
            flags=_flags(a),
            parent=positions.get(a.parent or ""),
            principal=None if a.speaker is None else names.get(a.speaker.principal or ""),
            names=names,
        )
        for i, a in enumerate(record.attributions)
    ]


def _who(a: Attribution) -> str:
    if a.speaker is not None:
        return a.speaker.name
    if a.candidates:
        return "Not sure: " + " or ".join(entity.name for entity in a.candidates)
    return "Speaker not known"


def _flags(a: Attribution) -> tuple[str, ...]:
    out = [a.kind, *([_ACTS[a.act]] if a.act in _ACTS else [])]
    out += ["denied"] * a.negated + ["hypothetical"] * a.hypothetical
    return tuple(out)


@frozen(kw_only=True)
class _Speaker:
    """A line of the speaker panel; ``entity`` is None for attributions without a sure speaker."""

    key: str
    entity: Entity | None
    hue: str
    count: int
    about: str


def _speakers(record: AnalysisRecord, rank: dict[str, int]) -> list[_Speaker]:
    counts = Counter(a.speaker.id if a.speaker else None for a in record.attributions)
    out = [
        _Speaker(
            key=str(rank[entity.id]),
            entity=entity,
            hue=f"s{rank[entity.id]}",
            count=counts[entity.id],
            about=_about(entity),
        )
        for entity in record.entities
        if counts[entity.id]
    ]
    out.sort(key=lambda one: -one.count)
    if counts[None]:
        about = "no source, or more than one person fits"
        out.append(_Speaker(key="u", entity=None, hue="su", count=counts[None], about=about))
    return out


def _about(entity: Entity) -> str:
    if entity.descriptions:
        return entity.descriptions[0]
    return "" if entity.type == "person" else entity.type


def _data(record: AnalysisRecord) -> str:
    """What the script needs, as JSON that cannot end its own element."""
    plain = codec.to_dict(record)
    keep = ("id", "kind", "confidence", "speaker", "content", "cue", "source")
    data: dict[str, Any] = {
        "source": record.source,
        "text_sha256": record.text_sha256,
        "model": plain["model"],
        "attributions": [{name: row[name] for name in keep} for row in plain["attributions"]],
        "entities": [{"id": e.id, "name": e.name} for e in record.entities],
    }
    escaped = codec.dumps(data)
    # A split surrogate pair leaves a low surrogate unescaped, and a page cannot hold it.
    return displayable(escaped).replace("&", "\\u0026").replace("<", "\\u003c")


# -------------------------------------------------------------------------------------- plumbing


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    folder = resources.files("quotecheck.formats") / "templates"
    return (folder / name).read_text(encoding="utf-8")


def _hues(count: int) -> str:
    rules = (f".s{k}{{--h:{(k * _GOLDEN_ANGLE + 210) % 360:.0f}}}" for k in range(count))
    return "\n".join(rules)


def _policy(style: str, script: str) -> str:
    """The Content-Security-Policy: nothing at all but these two, and no dangerous sinks."""
    rules = ["default-src 'none'", f"style-src 'sha256-{_digest(style)}'"]
    if script:
        rules.append(f"script-src 'sha256-{_digest(script)}'")
        rules.append("require-trusted-types-for 'script'")
    return "; ".join([*rules, "base-uri 'none'", "form-action 'none'"])


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    env = Environment(
        loader=PackageLoader("quotecheck.formats", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        finalize=_final,
    )
    env.filters["percent"] = lambda share: f"{100 * share:.0f} %"
    return env


def _final(value: object) -> object:
    """Before escaping: make every string one that an HTML parser hands on unchanged."""
    if type(value) is str:
        from markupsafe import Markup, escape

        return Markup(str(escape(displayable(value))).replace("\r", "&#13;"))  # noqa: S704
    return value

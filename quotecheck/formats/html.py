"""The report: one self-contained page to read an article's attributions and decide on them.

Everything from the article is escaped by Jinja2. The page asks for nothing from outside, and its
Content-Security-Policy allows exactly the one style sheet and the one script that it carries, by
their hashes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote as url_quote

from attrs import asdict, frozen

from quotecheck import codec
from quotecheck.errors import RecordError
from quotecheck.formats.html_runs import displayable, sections
from quotecheck.formats.registry import WriteOptions
from quotecheck.records import AnalysisRecord, Attribution, Entity

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["IndexEntry", "index", "index_entry", "index_folder", "report", "write"]

#: Degrees between the hues of neighbouring speakers: the golden angle keeps any number apart.
_GOLDEN_ANGLE = 137.508
#: How many speakers an index row names.
_NAMED = 3
#: Below it a card asks for a look: of such attributions about one in three or more is wrong.
DOUBTFUL = 0.7


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns the report of one article."""
    return report(record, home=options.home)


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
            entry=_embedded(asdict(index_entry(record))),
            sections=sections(record),
            cards=_cards(record, rank),
            speakers=_speakers(record, rank),
            heading=_heading(record),
        )
    )


# ------------------------------------------------------------------------------------- the index


@frozen(kw_only=True)
class IndexEntry:
    """One row of an index page; made by `index_entry`, carried by every report.

    Attributes:
        heading: the article's title or headline.
        source: its path.
        published: its date.
        direct: how many direct attributions it has.
        mixed: how many mixed ones.
        indirect: how many indirect ones.
        unsure: how many of all have no sure speaker.
        warnings: how many warnings.
        speakers: how many speakers.
        most: the most quoted, in words.
    """

    heading: str
    source: str
    published: str | None
    direct: int
    mixed: int
    indirect: int
    unsure: int
    warnings: int
    speakers: int
    most: str

    @property
    def attributions(self) -> int:
        """How many attributions of any kind."""
        return self.direct + self.mixed + self.indirect


def index_entry(record: AnalysisRecord) -> IndexEntry:
    """Returns what an index page tells of an article.

    >>> from quotecheck.testing import build
    >>> index_entry(build("Nothing was said.", title="Hm")).heading
    'Hm'
    """
    counts = Counter(a.speaker.name for a in record.attributions if a.speaker is not None)
    kinds = Counter(a.kind for a in record.attributions)
    return IndexEntry(
        heading=_heading(record),
        source=record.source,
        published=record.published,
        direct=kinds["direct"],
        mixed=kinds["mixed"],
        indirect=kinds["indirect"],
        unsure=sum(a.speaker is None for a in record.attributions),
        warnings=len(record.warnings),
        speakers=len(counts),
        most=", ".join(f"{name} ({count})" for name, count in counts.most_common(_NAMED)),
    )


def index(entries: Iterable[tuple[str, IndexEntry]], *, title: str = "Articles") -> str:
    """Returns a page that lists reports.

    >>> from quotecheck.testing import build
    >>> 'href="mill%20fire.html"' in index([("mill fire.html", index_entry(build("Hm.")))])
    True

    Args:
        entries: each report's path relative to the index page, and what to tell of it.
        title: heading of the page.
    """
    rows = [(url_quote(path.replace("\\", "/"), errors="replace"), one) for path, one in entries]
    style = _asset("report.css")
    total = sum(one.attributions for _, one in rows)
    page = _environment().get_template("index.html.j2")
    return page.render(
        title=title, rows=rows, total=total, named=_NAMED, csp=_policy(style, ""), style=style
    )


def index_folder(folder: Path, *, title: str = "Articles") -> str:
    """Returns the index page of all reports in a folder and its subfolders, by path.

    Every report carries its own entry, so the index can be made anew at any time, also when only
    some of the reports are new. Other HTML files, ``index.html`` among them, are passed over.

    Args:
        folder: where the reports are.
        title: heading of the page.
    """
    found = []
    for path in sorted(folder.rglob("*.html")):
        match = _ENTRY.search(path.read_text(encoding="utf-8", errors="replace"))
        if match:
            entry = codec.structure(codec.loads(match[1]), IndexEntry)
            found.append((path.relative_to(folder).as_posix(), entry))
    return index(found, title=title)


_ENTRY = re.compile(r'<script type="application/json" id="entry">(.*?)</script>', re.DOTALL)


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
    cue: str
    flags: tuple[str, ...]
    checks: tuple[str, ...]
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
            cue=" ".join(" ".join(span.text for span in a.cue).split()),
            flags=_flags(a),
            checks=_checks(a),
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
    out += ["not said"] * a.negated + ["hypothetical"] * a.hypothetical
    return tuple(out)


def _checks(a: Attribution) -> tuple[str, ...]:
    """What a person should look at first."""
    out = ["check the words"] * (a.confidence < DOUBTFUL)
    doubt = a.speaker is not None and a.speaker_confidence < DOUBTFUL
    return (*out, *["check the speaker"] * doubt)


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
    """What the script needs."""
    plain = codec.to_dict(record)
    keep = ("id", "kind", "confidence", "speaker", "content", "cue", "source")
    data: dict[str, Any] = {
        "source": record.source,
        "text_sha256": record.text_sha256,
        "model": plain["model"],
        "attributions": [{name: row[name] for name in keep} for row in plain["attributions"]],
        "entities": [{"id": e.id, "name": e.name} for e in record.entities],
    }
    return _embedded(data)


def _embedded(data: dict[str, Any]) -> str:
    """JSON that cannot end the element that it stands in."""
    # A split surrogate pair leaves a low surrogate unescaped, and a page cannot hold it.
    return displayable(codec.dumps(data)).replace("&", "\\u0026").replace("<", "\\u003c")


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
    env.filters["percent"] = _percent
    return env


def _percent(share: float) -> str:
    """A probability for people: 100 % is only what is certain, such as a person's decision."""
    return f"{min(round(100 * share), 99) if share < 1 else 100} %"


def _final(value: object) -> object:
    """Before escaping: make every string one that an HTML parser hands on unchanged."""
    if type(value) is str:
        from markupsafe import Markup, escape

        return Markup(str(escape(displayable(value))).replace("\r", "&#13;"))  # noqa: S704
    return value

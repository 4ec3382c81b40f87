"""The report without a browser: escaped, self-contained, every word at its offset."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import invented_articles
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from record_strategies import analyses

from quotecheck import formats
from quotecheck.analysis import Analysis
from quotecheck.errors import RecordError
from quotecheck.formats import html
from quotecheck.formats.html_runs import displayable, sections
from quotecheck.records import Block
from quotecheck.testing import build, said
from tests.depth import examples

SLOW = settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
ARTICLES = ("wire", "transcript", "feature", "hostile")
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "script", "a", "header", "main", "nav"),
    *("section", "article", "div", "h1", "h2", "h3", "p", "span", "ul", "ol", "li", "dl", "dt"),
    *("dd", "blockquote", "form", "label", "output", "input", "fieldset", "legend", "select"),
    *("option", "button", "details", "summary", "dialog", "kbd"),
}
ADDRESS = re.compile(r"^(#[\w-]+|index\.html)$")


class Page(HTMLParser):
    """Collects what a test asks about: tags, addresses, handlers, styles and the runs."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.bad: list[str] = []
        self.ids: list[str] = []
        self.runs: list[tuple[int, str]] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.policy = ""
        self._run = False
        self._raw: list[str] | None = None
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list) -> None:  # noqa: D102
        known = dict(attrs)
        self.tags.append(tag)
        self.addresses += [v for k, v in attrs if k in ("href", "src", "action", "formaction")]
        self.bad += [k for k, _ in attrs if k.startswith("on") or k == "style"]
        self.ids += [v for k, v in attrs if k == "id"]
        if known.get("http-equiv") == "Content-Security-Policy":
            self.policy = known["content"]
        self._run = "data-s" in known
        if self._run:
            self.runs.append((int(known["data-s"]), ""))
        self._raw = {"script": self.scripts, "style": self.styles}.get(tag)

    def handle_endtag(self, tag: str) -> None:  # noqa: D102
        self._run, self._raw = False, None

    def handle_data(self, data: str) -> None:  # noqa: D102
        if self._run:
            start, text = self.runs[-1]
            self.runs[-1] = (start, text + data)
        if self._raw is not None:
            self._raw.append(data)


def parsed(analysis: Analysis) -> Page:
    return Page(html.report(analysis, home="index.html"))


def check(page: Page, analysis: Analysis) -> None:
    """What must hold of any page."""
    assert set(page.tags) <= TAGS
    assert page.tags.count("script") == 3
    assert page.bad == []
    assert all(ADDRESS.match(address) for address in page.addresses)
    assert len(page.ids) == len(set(page.ids))
    links = {address[1:] for address in page.addresses if address.startswith("#")}
    assert links <= set(page.ids)
    at = 0
    for start, text in page.runs:
        assert not analysis.text[at:start].strip()
        assert text == displayable(analysis.text[start : start + len(text)])
        at = start + len(text)
    assert not analysis.text[at:].strip()


@pytest.mark.parametrize("name", ARTICLES)
def test_pages_are_self_contained_and_whole(name: str):
    """No outside address, no handler, no inline style, unique ids, every word at its offset."""
    analysis = getattr(invented_articles, name)()
    check(parsed(analysis), analysis)


@given(analyses())
@SLOW
def test_any_analysis_makes_a_whole_page(analysis: Analysis):
    """The same for any text and any records that the contract allows."""
    page = parsed(analysis)
    html.report(analysis).encode("utf-8")
    check(page, analysis)
    assert sum(address.startswith("#card") for address in page.addresses) >= sum(
        bool(a.content) for a in analysis.attributions
    )


@given(analyses())
@SLOW
def test_runs_know_what_they_belong_to(analysis: Analysis):
    """A character is marked as content, cue, source or evidence exactly when a span holds it."""
    marked = {}
    for section in sections(analysis):
        for run in section.runs:
            for i in range(run.start, run.start + len(run.text)):
                marked[i] = run
    for position, a in enumerate(analysis.attributions):
        for part in ("content", "cue", "source", "evidence"):
            held = {i for span in getattr(a, part) for i in range(span.start, span.end)}
            for i, run in marked.items():
                assert (position in getattr(run, part)) == (i in held)


def test_the_policy_allows_this_style_and_script_only():
    """default-src 'none', hashes of the very style and script, nothing unsafe."""
    page = parsed(invented_articles.wire())

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert page.policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest(page.styles[0])}'",
        f"script-src 'sha256-{digest(page.scripts[-1])}'",
        "require-trusted-types-for 'script'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert len(page.styles) == 1


def test_addresses_are_text():
    """The article's address is shown and is no link."""
    source = html.report(invented_articles.wire())
    assert "https://news.example.org/ferry?id=1&amp;x=2" in source
    assert not re.search(r"""(href|src)=["']?\s*(https?:|//|javascript:|data:)""", source)


def test_hostile_strings_stay_text():
    """Markup in the text, names, title, path, address, date and warnings is shown, not obeyed."""
    source = html.report(invented_articles.hostile())
    assert "<script>alert" not in source
    assert "<svg" not in source
    assert "<img" not in source
    assert "{{ 7*7 }}" in source or "{{{{ 7*7 }}}}" in source


def test_speakers_are_counted():
    """The panel counts each speaker's attributions and those without a sure speaker."""
    source = html.report(invented_articles.wire())
    counts = re.findall(r'class="name"[^>]*>([^<]+)</span> <span class="count"[^>]*>(\d+)', source)
    assert [(name, int(count)) for name, count in counts] == [
        ("Mara Quist", 4),
        ("Dov Arlen", 2),
        ("the report", 2),
        ("The ferry company", 1),
        ("Ilse Brandt", 1),
        ("officials", 1),
        ("Not sure", 3),
    ]


def test_a_report_needs_the_text():
    """Without the text there is nothing to show: an error that says so."""
    with pytest.raises(RecordError, match="a report needs the text"):
        invented_articles.wire().without_text().to_html()


@pytest.mark.parametrize("text", ["", " \n ", "Nothing was said."])
def test_pages_of_nothing(text: str):
    """An empty text, blank text, or text in which nothing is said makes a page too."""
    source = build(text).to_html()
    assert "Nobody is quoted." in source
    assert ("The text is empty." in source) == (not text.strip())


def test_index_lists_every_article():
    """Links are relative and quoted; counts and names are there; nothing is obeyed."""
    entries = [
        (f"my {name}.html", html.index_entry(getattr(invented_articles, name)()))
        for name in ARTICLES
    ]
    source = html.index(entries, title="March & April")
    page = Page(source)
    assert page.addresses == [f"my%20{name}.html" for name in ARTICLES]
    assert page.bad == []
    assert "script" not in page.tags
    assert "March &amp; April" in source
    assert "Mara Quist (4)" in source
    assert "and 37 more" in source
    assert "<script>alert" not in source


def test_a_folder_is_indexed_from_its_reports(tmp_path: Path):
    """Reports carry their entry, so a folder's index can be made anew; other pages are left out."""
    (tmp_path / "deep").mkdir()
    options = formats.WriteOptions(home="index.html")
    for path, name in (("b.html", "wire"), ("deep/a.html", "hostile")):
        made = formats.files(getattr(invented_articles, name)(), "html", options)
        (tmp_path / path).write_bytes(made[".html"])
    (tmp_path / "other.html").write_text("<p>Hm</p>", encoding="utf-8")
    source = html.index_folder(tmp_path)
    assert Page(source).addresses == ["b.html", "deep/a.html"]
    (tmp_path / "index.html").write_text(source, encoding="utf-8")
    assert html.index_folder(tmp_path) == source


def test_a_page_with_many_attributions_takes_linear_time():
    """Ten times the attributions make about ten times the page."""
    line = "“No,” said Ada Pell.\n"
    sizes = []
    for count in (20, 200):
        what = [said("“No,”", cue="said", source="Ada Pell") for _ in range(count)]
        sizes.append(len(html.report(build(line * count, *what))) / count)
    assert sizes[1] < sizes[0]


def test_a_dateline_runs_into_its_paragraph():
    """A dateline on the line of its paragraph is shown there; one on a line of its own is not."""
    line = "PORT LINDOW (Newswire) — "
    for gap, kinds in (("", ["paragraph"]), ("\n", ["dateline", "paragraph"])):
        text = line + gap + "The council met."
        start = len(line + gap)
        blocks = (
            Block(start=0, end=len(line) - 1, kind="dateline"),
            Block(start=start, end=len(text), kind="paragraph"),
        )
        found = sections(evolve(build(text), blocks=blocks))
        assert [section.kind for section in found] == kinds
        shown = " ".join("".join(run.text for run in section.runs) for section in found)
        assert shown.split() == text.split()


@pytest.mark.parametrize(
    ("confidence", "speaker_confidence", "wanted"),
    [
        (0.9, 0.9, []),
        (0.6, 0.9, ["check the words"]),
        (0.9, 0.5, ["check the speaker"]),
        (0.5, 0.5, ["check the words", "check the speaker"]),
    ],
)
def test_doubtful_cards_ask_for_a_look(confidence, speaker_confidence, wanted):
    """A card says what a person should check, and always the cue."""
    what = said(
        "“No,”",
        cue="said",
        source="Ada Pell",
        confidence=confidence,
        speaker_confidence=speaker_confidence,
    )
    page = html.report(build("“No,” said Ada Pell.", what))
    assert re.findall(r'<span class="check">([^<]*)</span>', page) == wanted
    assert re.search(r'<span class="verb"[^>]*>said</span>', page)


def test_only_what_is_certain_is_a_hundred_per_cent():
    """A model's 0.9986 is shown as 99 %, a person's decision as 100 %."""
    what = said("“No,”", cue="said", source="Ada Pell", confidence=0.9986)
    analysis = build("“No,” said Ada Pell.", what)
    assert "99 %; speaker 90 %" in html.report(analysis)
    assert "99 %; speaker 100 %" in html.report(analysis.with_speaker("A1", "E1"))

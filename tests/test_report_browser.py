"""The report in headless Chromium: clicks, keys, filters, review, phone, dark, print, WCAG AA.

Skips with the reason where there is no Chromium, no chromedriver or no selenium. The WCAG test
wants axe-core: ``npm install axe-core`` in the repository, or its path in ``QUOTECHECK_AXE``.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import invented_articles
import jsonschema
import pytest

from quotecheck import codec
from quotecheck.formats import html
from quotecheck.formats.html_runs import displayable
from quotecheck.review import apply_review, read_review

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
DRIVER = shutil.which("chromedriver")
AXE = Path(
    os.environ.get("QUOTECHECK_AXE", Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js")
)
ARTICLES = ("wire", "transcript", "feature", "hostile")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="Chromium and chromedriver are not installed"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the reports of the invented articles and their index."""
    made = tmp_path_factory.mktemp("reports")
    for name in ARTICLES:
        page = html.report(getattr(invented_articles, name)(), home="index.html")
        (made / f"{name}.html").write_text(page, encoding="utf-8")
    (made / "index.html").write_text(html.index_folder(made), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def chromium(folder: Path) -> Iterator:
    """One headless Chromium for all tests; downloads go beside the reports."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"):
        options.add_argument(flag)
    options.add_argument("--window-size=1400,1000")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(folder)}
    )
    driver.set_script_timeout(300)  # axe-core on a busy machine
    yield driver
    driver.quit()


@pytest.fixture
def opened(chromium, folder: Path) -> Iterator:
    """Opens a report with nothing stored; the console must be silent in the end."""

    def get(name: str):
        chromium.get((folder / f"{name}.html").as_uri())
        chromium.execute_script("localStorage.clear()")
        chromium.get((folder / f"{name}.html").as_uri())
        return chromium

    chromium.get_log("browser")
    yield get
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    assert chromium.get_log("browser") == []


def wait_until(holds: Callable[[], bool], otherwise: str) -> None:
    """Waits for what the browser does in its own time, however busy the machine is."""
    deadline = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.02)


def ask(driver, script: str, *values: object):
    return driver.execute_script(f"return ({script})", *values)


def keys(driver, *pressed: str) -> None:
    webdriver.ActionChains(driver).send_keys(*pressed).perform()


def click(driver, query: str) -> None:
    driver.execute_script("document.querySelector(arguments[0]).click()", query)


def shown(driver) -> list[int]:
    return ask(
        driver,
        "[...document.querySelectorAll('.card')].filter(c => !c.hidden).map(c => +c.dataset.i)",
    )


def chosen(driver) -> int | None:
    return ask(driver, "(c => c ? +c.dataset.i : null)(document.querySelector('[aria-current]'))")


def marked(driver, kind: str) -> str:
    return ask(
        driver,
        f"[...document.querySelectorAll('main .{kind}')].map(r => r.textContent).join('')",
    )


@pytest.mark.parametrize("name", ARTICLES)
def test_page_runs_under_its_own_policy(opened, name: str):
    """The script runs, nothing is fetched, nothing is refused, no dialog is opened."""
    driver = opened(name)
    assert "scripted" in ask(driver, "document.documentElement.className")
    assert ask(driver, "performance.getEntriesByType('resource').length") == 0
    assert ask(driver, "document.scripts.length") == 3
    assert ask(driver, "document.querySelectorAll('main script, main img, main svg').length") == 0


@pytest.mark.parametrize("name", ARTICLES)
def test_words_in_the_browser_stand_at_their_offsets(opened, name: str):
    """CRLF, NUL, surrogates and emoji included: each run is the article's slice."""
    driver = opened(name)
    text = getattr(invented_articles, name)().text
    runs = ask(
        driver,
        "[...document.querySelectorAll('main [data-s]')].map(r => [+r.dataset.s, r.textContent])",
    )
    for start, words in runs:
        assert words == displayable(text[start : start + len(words)])


def test_a_click_shows_source_cue_and_evidence(opened):
    """Choosing a quote opens its card and marks who said it, how, and why we think so."""
    driver = opened("wire")
    click(driver, "#q3")
    assert chosen(driver) == 3
    assert (marked(driver, "is-source"), marked(driver, "is-cue")) == ("She", "did not say")
    assert marked(driver, "is-evidence") == "She"
    assert marked(driver, "chosen") == "who would pay"
    click(driver, '[data-c="1"]')
    assert chosen(driver) == 1
    assert "Not in November" in marked(driver, "chosen")
    click(driver, "#card1 dl a")
    assert ask(driver, "document.activeElement.id").startswith("source1-")


def test_nested_speech_is_chosen_from_inside(opened):
    """A click on the inner words chooses the inner attribution, which links to the outer one."""
    driver = opened("wire")
    click(driver, '[data-c="6 7"]')
    assert chosen(driver) == 7
    click(driver, "#card7 .flags a")
    assert chosen(driver) == 6


def test_speakers_filter(opened):
    """A pressed speaker leaves his attributions; several add up; the button brings all back."""
    driver = opened("wire")
    everything = shown(driver)
    click(driver, "#speaker-list button")
    assert shown(driver) == [0, 1, 2, 3]
    assert ask(driver, "document.querySelectorAll('main .c:not(.off)').length") == 5
    click(driver, "#speaker-list li:nth-child(2) button")
    assert shown(driver) == [0, 1, 2, 3, 5, 6]
    click(driver, "#clear")
    assert shown(driver) == everything
    click(driver, "#speaker-list li:last-child button")
    assert shown(driver) == [7, 9, 10]


def test_the_slider_filters_and_recounts(opened):
    """Raising the threshold hides less sure attributions and changes the speakers' counts."""
    driver = opened("wire")
    driver.execute_script(
        "const t = document.querySelector('#threshold'); t.value = 96;"
        "t.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    assert shown(driver) == [1, 6, 13]
    assert ask(driver, "document.querySelector('#speaker-list .count').textContent") == "1"
    assert ask(driver, "document.querySelector('#threshold-value').textContent") == "96 %"
    assert "3 of 14" in ask(driver, "document.querySelector('#shown').textContent")


def test_kinds_and_doubts_filter(opened):
    """Only indirect ones; only those without a sure speaker."""
    driver = opened("wire")
    click(driver, "input[value=direct]")
    click(driver, "input[value=mixed]")
    kinds = [invented_articles.wire().attributions[i].kind for i in shown(driver)]
    assert set(kinds) == {"indirect"}
    driver.execute_script(
        "const w = document.querySelector('#which'); w.value = 'unsure';"
        "w.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    assert shown(driver) == [9]


def test_forty_speakers_can_be_searched(opened):
    """The list has a search box that knows no case."""
    driver = opened("feature")
    driver.execute_script(
        "const f = document.querySelector('#find'); f.value = 'TOVE b';"
        "f.dispatchEvent(new Event('input', {bubbles: true}))"
    )
    names = ask(
        driver,
        "[...document.querySelectorAll('#speaker-list li')].filter(l => !l.hidden)"
        ".map(l => l.querySelector('.name').textContent)",
    )
    assert names == ["Tove Birch-Okafor"]


def test_keys_alone_review_an_article(opened):
    """Skip link, j and k, accept, reject, undo, help and Escape, without a mouse."""
    tab, enter, escape = "\ue004", "\ue007", "\ue00c"
    driver = opened("wire")
    keys(driver, tab)
    assert ask(driver, "document.activeElement.className") == "skip"
    keys(driver, enter, "j", "j")
    assert chosen(driver) == 1
    keys(driver, "a", "j", "x", "k", "k")
    assert chosen(driver) == 0
    verdicts = "[...document.querySelectorAll('.card')].map(c => c.dataset.verdict || '').join(',')"
    assert ask(driver, verdicts).startswith(",accepted,rejected,,")
    keys(driver, "j", "j", "u")
    assert ask(driver, verdicts).startswith(",accepted,,")
    keys(driver, tab)
    assert ask(driver, "document.activeElement.closest('.card').id") == "card2"
    keys(driver, "?")
    assert ask(driver, "document.querySelector('#help').open")
    keys(driver, escape)
    assert not ask(driver, "document.querySelector('#help').open")
    keys(driver, escape)
    assert chosen(driver) is None
    assert ask(driver, "document.activeElement.id") == "q2"


def test_single_keys_can_be_turned_off(opened):
    """With the box cleared, letters do nothing (WCAG 2.1.4)."""
    driver = opened("wire")
    click(driver, "#keys")
    keys(driver, "j")
    assert chosen(driver) is None


def select(driver, first: str, second: str) -> None:
    """Selects from the start of one run to the third character of another."""
    driver.execute_async_script(
        """
        const done = arguments[arguments.length - 1];
        const find = (words) => [...document.querySelectorAll('main .r')]
          .find((run) => run.textContent.includes(words)).firstChild;
        const [a, b] = [find(arguments[0]), find(arguments[1])];
        const range = document.createRange();
        range.setStart(a, a.data.indexOf(arguments[0]));
        range.setEnd(b, b.data.indexOf(arguments[1]) + arguments[1].length);
        getSelection().removeAllRanges();
        // Called after the page's own listener, which was there first.
        document.addEventListener("selectionchange", () => {
          if (!getSelection().isCollapsed) done();
        });
        getSelection().addRange(range);
        """,
        first,
        second,
    )


def download(driver, folder: Path, name: str) -> bytes:
    path = folder / name
    path.unlink(missing_ok=True)
    click(driver, "#download")
    wait_until(lambda: path.exists() and path.stat().st_size > 0, "nothing was downloaded")
    return path.read_bytes()


def test_decisions_are_downloaded_and_apply(opened, folder: Path):
    """Accept, correct and reject speaker and words; the file is valid and changes the analysis."""
    driver = opened("wire")
    analysis = invented_articles.wire()
    keys(driver, "j", "a")
    click(driver, "#q7")
    driver.execute_script(
        "const s = document.querySelector('#card7 select'); s.value = 'id:' + arguments[0];"
        "s.dispatchEvent(new Event('change', {bubbles: true}))",
        next(e.id for e in analysis.entities if e.name == "Ilse Brandt"),
    )
    click(driver, "#q8")
    keys(driver, "x")
    click(driver, "#q9")
    select(driver, "One", "about time")
    click(driver, "#card9 [data-verdict=corrected]")
    click(driver, "#q13")
    keys(driver, "s")
    assert "5 of 14" in ask(driver, "document.querySelector('#progress').textContent")
    file = download(driver, folder, "ferry.txt.review.json")
    jsonschema.validate(json.loads(file), codec.json_schema("quotecheck/review/1"))
    done = apply_review(analysis, read_review(file))
    assert done.attribution("A1").speaker_confidence == 1.0
    assert done.attribution("A8").speaker.name == "Ilse Brandt"
    assert "A9" not in {a.id for a in done.attributions}
    assert done.attribution("A10").content[0].text == "One said it was about time"
    assert done.attribution("A14").speaker is None
    assert not list(codec.problems(done))


def test_selected_words_count_code_points(opened, folder: Path):
    """Emoji are one character, CRLF two: the offsets are the article's."""
    driver = opened("hostile")
    analysis = invented_articles.hostile()
    click(driver, "#q0")
    select(driver, "Ada", "7*7")
    click(driver, "#card0 [data-verdict=corrected]")
    review = read_review(download(driver, folder, "_b_&_'.txt.review.json"))
    (span,) = apply_review(analysis, review).attributions[0].content
    assert span.text.startswith("Ada\r\nPell\0 \ud800 \U0001f600")
    assert span.text.endswith("7*7")


def test_decisions_survive_a_reload(opened, folder: Path):
    """A closed tab loses nothing; another article has decisions of its own."""
    driver = opened("wire")
    keys(driver, "j", "a")
    driver.refresh()
    assert ask(driver, "document.querySelector('#card0').dataset.verdict") == "accepted"
    driver.get((folder / "transcript.html").as_uri())
    assert ask(driver, "document.querySelectorAll('[data-verdict=accepted].card').length") == 0


def test_phone_width(opened):
    """Nothing scrolls sideways; the chosen card is a sheet; its words stay in sight above it."""
    driver = opened("wire")
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True},
    )
    for name in ARTICLES:
        driver = opened(name)
        assert ask(driver, "document.documentElement.scrollWidth <= innerWidth"), name
    driver = opened("wire")
    click(driver, "#q12")

    def word_is_above_the_sheet() -> bool:
        sheet = ask(driver, "document.querySelector('#card12').getBoundingClientRect().top")
        word = ask(driver, "document.querySelector('#q12').getBoundingClientRect().bottom")
        return 0 < word < sheet

    wait_until(word_is_above_the_sheet, "the sheet hides the words")
    small = ask(
        driver,
        "[...document.querySelectorAll('#card12 button, #card12 select, .tools button')]"
        ".map(b => b.getBoundingClientRect().height).filter(h => h > 0 && h < 40).length",
    )
    assert small == 0
    click(driver, "#card12 .close")
    assert chosen(driver) is None


def test_dark_mode_follows_the_system_and_the_button(opened):
    """Dark when the system is; the button overrides it."""
    driver = opened("wire")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = ask(driver, ground)
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    )
    dark = ask(driver, ground)
    assert light != dark
    click(driver, "#theme")
    assert ask(driver, ground) == light


def test_print_has_the_article_and_all_cards(opened):
    """Controls are left out, the details of every card are in."""
    driver = opened("wire")
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    display = "[...document.querySelectorAll(arguments[0])].map(e => getComputedStyle(e).display)"
    assert set(ask(driver, display, ".tools, .review, .decide, #help")) == {"none"}
    assert set(ask(driver, display, ".card dl")) == {"grid"}


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed (npm install axe-core)")
@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        *(("wire", "light"), ("wire", "dark"), ("transcript", "light"), ("feature", "dark")),
        *(("hostile", "light"), ("index", "light"), ("index", "dark")),
    ],
)
def test_wcag_aa(opened, name: str, scheme: str):
    """axe-core finds no violation of WCAG 2.2 A and AA, in light and dark, with a card open."""
    driver = opened(name)
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    if name != "index":
        click(driver, "#q0")
    driver.execute_script(AXE.read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        ".then(r => done(r.violations.map(v => [v.id, v.nodes.map(n => n.html.slice(0, 120))])))"
    )
    assert found == []

"""Checking articles that the bundled model has read: library and command line, nothing faked."""

from __future__ import annotations

import json

import jsonschema
import pytest

import quotecheck
from tests.test_check import SCHEMA
from tests.test_check_cli import run

ARTICLE = """Mill stays open, mayor promises

By Ines Okafor

SALTMERE (Newswire) — “We will not close the mill this year,” Mayor Marisol Quist said on Monday.
“It feeds forty families.”

Tobias Renn, who leads the opposition, disagreed.

“The town cannot pay for it this year or the next,” he said.
Renn also said that “the harbour is worth ten mills.”
"""
BRIEFING = """MAYOR QUIST: Good morning. We will not, uh, close the mill this year.
It feeds 40 families.

Q: For how long?

MR. RENN: The town can pay for it this year or the next. The harbour is worth ten mills.
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """The article and its source, as files."""
    folder = tmp_path_factory.mktemp("check")
    paths = folder / "article.txt", folder / "briefing.txt"
    for path, text in zip(paths, (ARTICLE, BRIEFING), strict=True):
        path.write_text(text, encoding="utf-8")
    return str(paths[0]), str(paths[1])


def test_an_analysed_article_against_its_source() -> None:
    """Each quotation gets its wording, its speaker out of the article, and the speaker verdict."""
    analysis = quotecheck.analyze(ARTICLE)
    found = quotecheck.check_article(analysis, [quotecheck.SourceIndex(BRIEFING, name="briefing")])
    assert [one.quotation.text.strip("“”") for one in found] == [
        "We will not close the mill this year,",
        "It feeds forty families.",
        "The town cannot pay for it this year or the next,",
        "the harbour is worth ten mills.",
    ]
    assert [one.speaker for one in found] == [
        "Marisol Quist",
        "Marisol Quist",
        "Tobias Renn",
        "Tobias Renn",
    ]
    wordings = [(one.best.wording, one.best.speaker, one.supported) for one in found]
    assert wordings == [
        ("cleaned", "match", True),
        ("cleaned", "match", True),
        ("altered", "match", False),
        ("folded", "match", True),
    ]
    for one in found:
        assert ARTICLE[one.quotation.start : one.quotation.end] == one.quotation.text
        for place in one.best.spans:
            assert BRIEFING[place.start : place.end] == place.text


def test_a_claim_about_the_article() -> None:
    """What the article reports, of whom, and how."""
    analysis = quotecheck.analyze(ARTICLE)
    claim = analysis.check_claim("We will not close the mill", speaker="Quist")
    assert (claim.supported, claim.speaker, claim.kind) == (True, "match", "direct")
    assert analysis.check_claim("We will not close the mill", speaker="Renn").speaker == "mismatch"


def test_the_command_with_the_bundled_model(files: tuple[str, str]) -> None:
    """``quotecheck check ARTICLE --against SOURCE``: lines to read, and the exit status."""
    article, briefing = files
    status, out, err = run(article, "--against", briefing)
    assert (status, err) == (1, "")
    assert out.count("(Marisol Quist)") == out.count("(Tobias Renn)") == 2
    assert "The town [-can-] {+cannot+} pay for it" in out


def test_its_json_is_what_the_schema_says(files: tuple[str, str]) -> None:
    """Every record validates, and holds nothing that the schema does not describe."""
    article, briefing = files
    status, out, _ = run(article, "--against", briefing, "--format", "json")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    records = json.loads(out)
    assert (status, len(records)) == (1, 4)
    for record in records:
        jsonschema.validate(record, schema)
        assert set(record) <= set(schema["properties"])
        assert record["asked_speaker"] in ("Marisol Quist", "Tobias Renn")

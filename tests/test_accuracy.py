"""The accuracy set: well-formed, unchanged, and no figure below its floor."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quotecheck.errors import QuotecheckError
from quotecheck.evaluate import GoldArticle, Prediction
from tests.accuracy import gate
from tests.accuracy.building import ARTICLES, SPEAKERS, files, gold
from tests.accuracy.marking import parse

NAMES = sorted(path.stem for path in ARTICLES.glob("*.txt"))
FLOORS = json.loads(gate.FLOORS.read_text("utf-8"))


@pytest.fixture(scope="module")
def articles() -> list[GoldArticle]:
    return gold()


@pytest.fixture(scope="module")
def speakers() -> dict[str, dict[str, dict[str, object]]]:
    return json.loads(SPEAKERS.read_text("utf-8"))


@pytest.fixture(scope="module")
def measured(articles: list[GoldArticle]) -> dict[str, float]:
    try:
        found = gate.predictions(articles)
    except QuotecheckError as error:
        pytest.skip(f"no default model here: {error}")
    return gate.figures(articles, found)


def test_thirty_short_articles() -> None:
    """The set has the size it is said to have."""
    assert len(NAMES) == 30
    for name in NAMES:
        words = len((ARTICLES / f"{name}.txt").read_text("utf-8").split())
        assert 95 <= words <= 220, f"{name} has {words} words"


@pytest.mark.parametrize("name", NAMES)
def test_every_span_stands_at_its_offsets(name: str) -> None:
    """Each line of the standoff file quotes the text at the place it gives."""
    text = (ARTICLES / f"{name}.txt").read_bytes().decode("utf-8")
    lines = (ARTICLES / f"{name}.ann").read_text("utf-8").splitlines()
    bound = [line.split("\t") for line in lines if line.startswith("T")]
    assert bound
    for _, place, words in bound:
        spans = [tuple(map(int, part.split())) for part in place.split(" ", 1)[1].split(";")]
        pieces = [text[start:end] for start, end in spans]
        assert " ".join(pieces).replace("\n", " ") == words
        assert all(piece and piece == piece.strip() for piece in pieces)


def test_files_are_those_of_the_marked_articles() -> None:
    """Nobody edits the built files by hand: `python -m tests.accuracy --build` writes them."""
    wanted = files()
    assert set(ARTICLES.iterdir()) | {SPEAKERS} == set(wanted)
    for path, content in wanted.items():
        assert path.read_bytes().decode("utf-8") == content, path.name


def test_speakers_and_parents_make_sense(
    articles: list[GoldArticle], speakers: dict[str, dict[str, dict[str, object]]]
) -> None:
    """Who speaks is given, open between several, or nobody; a nested one stands in its parent."""
    for article in articles:
        marks = speakers[article.name]
        assert len(marks) == len(article.attributions)
        for number, attribution in enumerate(article.attributions):
            mark = marks[f"A{number}"]
            assert attribution.content
            assert bool(mark["names"]) + bool(mark["candidates"]) + (mark["type"] is None) == 1
            parent = mark["parent"]
            if isinstance(parent, str):
                around = article.attributions[int(parent[1:])].content
                start, end = attribution.content[0][0], attribution.content[-1][1]
                assert any(s <= start and end <= e for s, e in around), (article.name, number)


def test_the_set_has_not_changed_silently() -> None:
    """A changed article makes the floors say nothing: they are measured again, on purpose."""
    assert gate.fingerprint() == FLOORS["fingerprint"]


@pytest.mark.parametrize("name", sorted(FLOORS["floors"]))
def test_no_figure_falls_below_its_floor(measured: dict[str, float], name: str) -> None:
    """What was once reached is kept."""
    assert measured[name] >= FLOORS["floors"][name] - gate.MARGIN


def test_every_figure_has_a_floor(measured: dict[str, float]) -> None:
    """A new figure without a floor would guard nothing."""
    assert set(measured) == set(FLOORS["floors"])


def test_gold_scores_full_marks_against_itself(articles: list[GoldArticle]) -> None:
    """The measure is a measure: the annotations themselves reach 100, an empty answer 0."""
    perfect = {
        article.name: [
            Prediction(
                content=a.content,
                cue=a.cue,
                source=a.source,
                speaker=a.speaker.names[0] if a.speaker else None,
            )
            for a in article.attributions
        ]
        for article in articles
    }
    nothing: dict[str, list[Prediction]] = {article.name: [] for article in articles}
    assert set(gate.figures(articles, perfect).values()) == {100.0}
    assert set(gate.figures(articles, nothing).values()) == {0.0}


def test_update_raises_floors_and_refuses_to_lower_one(tmp_path: Path) -> None:
    """A floor falls only when somebody says that it may."""
    file = tmp_path / "floors.json"
    assert gate.update({"found": 80.0}, floors_file=file) == []
    assert gate.update({"found": 81.0}, floors_file=file) == []
    assert gate.update({"found": 80.9}, floors_file=file) == ["found: 80.9, floor 81.0"]
    assert gate.update({"cue": 90.0}, floors_file=file) == ["found: 0.0, floor 81.0"]
    assert json.loads(file.read_text("utf-8"))["floors"] == {"found": 81.0}
    assert gate.update({"found": 80.9}, allow_regression=True, floors_file=file) == []
    assert json.loads(file.read_text("utf-8"))["floors"] == {"found": 80.9}


def test_update_refuses_a_changed_set(tmp_path: Path) -> None:
    """Figures of another set are not compared with the floors of this one."""
    file = tmp_path / "floors.json"
    file.write_text(json.dumps({"fingerprint": "other", "floors": {"found": 1.0}}), "utf-8")
    complaints = gate.update({"found": 80.0}, floors_file=file)
    assert len(complaints) == 1
    assert "the set has changed" in complaints[0]


@pytest.mark.parametrize(
    "marked",
    [
        "{c1 “No,”} {q1 said} {s1 Ada Pell.\n---\n1 d person Ada Pell\n",
        "{c1 “No,”} {x1 said} Ada.\n---\n1 d person Ada Pell\n",
        "{c1 “No,”} {q1 said} Ada.\n---\n2 d person Ada Pell\n",
        "{c1 “No,”} {q1 said} Ada.\n---\n1 direct person Ada Pell\n",
    ],
)
def test_slips_in_marking_are_refused(marked: str) -> None:
    """An open brace, an unknown role, a number without a line, an odd line."""
    with pytest.raises(ValueError, match=r"brace|agree|not a line"):
        parse(marked)


def test_marking_gives_plain_text_and_offsets() -> None:
    """Braces leave no trace in the text; nested and shared spans keep their places."""
    text, found = parse(
        "{c1 “{s2 He} {q2 said} {c2 no},”} {s1,3 Ada} {q1 said} and {q3 left} {c3 it}.\n---\n"
        "1 d person Ada Pell = Ada\n2 i person ? Bo Lind / Al Lind >1\n3 i -\n"
    )
    assert text == "“He said no,” Ada said and left it.\n"
    assert [text[slice(*a.spans["content"][0])] for a in found] == ["“He said no,”", "no", "it"]
    assert [text[slice(*a.spans["source"][0])] for a in found] == ["Ada", "He", "Ada"]
    assert found[1].candidates == ("Bo Lind", "Al Lind")
    assert found[1].parent == 1

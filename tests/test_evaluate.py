"""Measuring: the figures are those of the public scoring script, in every corner."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.cli import main, running
from quotecheck.errors import SourceReadError
from quotecheck.evaluate import (
    GoldArticle,
    GoldAttribution,
    GoldSpeaker,
    Prediction,
    curve,
    document_name,
    evaluate,
    from_analysis,
    measure,
    read_gold,
    read_predictions,
    same_speaker,
    write_predictions,
)
from quotecheck.testing import build, said
from tests import cli_fake

SHARED = Path(__file__).resolve().parents[2] / "shared"
SCORE = SHARED / "eval" / "score.py"
POLNEAR = SHARED / "data" / "polnear"

TEXT = "“We will not go,” Ada Pell said. Bo Quill denied that “it” was so. They left: all."
NAMES = ["Ada Pell", "Dr. Ada B. Pell", "Pell", "Bo Quill Jr.", "Bo Quill", "The Mill Guild", None]


def reference():
    """The scoring script that the project's targets are stated in."""
    if not SCORE.exists():
        pytest.skip("no ../shared/eval/score.py beside this checkout")
    spec = importlib.util.spec_from_file_location("reference_score", SCORE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def as_figures(result):
    """Figures without those that the script lacks, as JSON has them."""
    own = ("confusion_by_kind", "spurious_by_kind", "worst_articles")
    return {k: v for k, v in json.loads(json.dumps(result)).items() if k not in own}


# ----------------------------------------------------------------- against the scoring script

spans = st.lists(
    st.tuples(st.integers(0, len(TEXT)), st.integers(1, 30)).map(
        lambda pair: (pair[0], min(len(TEXT), pair[0] + pair[1]))
    ),
    max_size=3,
)
confidences = st.none() | st.floats(0, 1)
speakers = st.none() | st.builds(
    GoldSpeaker,
    names=st.lists(st.sampled_from(NAMES[:-1]), min_size=1, max_size=2).map(tuple),
    type=st.sampled_from(["person", "organization", "group", "unnamed", "author"]),
    pronoun=st.booleans(),
)
gold_attributions = st.builds(
    GoldAttribution,
    content=spans.map(lambda s: tuple(sorted(s))),
    cue=spans.map(lambda s: tuple(sorted(s))),
    source=spans.map(lambda s: tuple(sorted(s))),
    speaker=speakers,
)
predictions = st.builds(
    Prediction,
    content=spans.map(tuple),
    cue=spans.map(tuple),
    source=spans.map(tuple),
    speaker=st.sampled_from(NAMES),
    confidence=confidences,
    speaker_confidence=confidences,
    parent=st.sampled_from([None, None, "A1"]),
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.lists(gold_attributions, max_size=4), min_size=1, max_size=3),
    st.lists(st.lists(predictions, max_size=4), min_size=1, max_size=3),
    st.booleans(),
    st.booleans(),
)
def test_figures_are_those_of_the_script(gold, predicted, has_speakers, nested):
    """On any gold and any predictions all figures agree to the last digit."""
    script = reference()
    articles = [
        GoldArticle(name=f"a{n}", text=TEXT, attributions=tuple(items), has_speakers=has_speakers)
        for n, items in enumerate(gold)
    ]
    found = {f"a{n}": tuple(items) for n, items in enumerate(predicted)}
    theirs = script.score(
        {
            a.name: (
                a.text,
                [
                    {
                        role.capitalize(): list(getattr(item, role))
                        for role in ("content", "cue", "source")
                    }
                    for item in a.attributions
                ],
            )
            for a in articles
        },
        {name: [p.to_dict() for p in items] for name, items in found.items()},
        {
            a.name: {
                f"A{k}": {
                    "names": list(item.speaker.names),
                    "type": item.speaker.type,
                    "pronoun": item.speaker.pronoun,
                }
                for k, item in enumerate(a.attributions)
                if item.speaker is not None
            }
            for a in articles
        }
        if has_speakers
        else None,
        nested,
    )
    ours = as_figures(evaluate(articles, found, nested=nested).to_dict())
    assert ours == json.loads(json.dumps(theirs))


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # the script's habit
def test_figures_on_polnear_are_those_of_the_script(tmp_path):
    """Reading standoff, speakers and predictions from files gives the script's figures too."""
    script = reference()
    if not (POLNEAR / "dev").is_dir():
        pytest.skip("no ../shared/data/polnear beside this checkout")
    gold = read_gold(POLNEAR / "dev", speakers=POLNEAR / "speakers-dev.json")
    chance = random.Random(3)
    found = {a.name: tuple(_disturbed(a, chance)) for a in gold[:40]}
    write_predictions(tmp_path / "p.jsonl", found)
    assert read_predictions(tmp_path / "p.jsonl") == found
    theirs = script.score(
        script.read_gold(str(POLNEAR), "dev"),
        {name: [p.to_dict() for p in items] for name, items in found.items()},
        json.loads((POLNEAR / "speakers-dev.json").read_text(encoding="utf-8")),
    )
    assert as_figures(evaluate(gold, found).to_dict()) == json.loads(json.dumps(theirs))


def _disturbed(article, chance):
    """Gold attributions as a poor program would find them."""
    for a in article.attributions:
        if chance.random() < 0.15:
            continue
        cut = chance.choice([0, 0, 0, 5, 40])
        content = tuple((s, max(s + 1, e - cut)) for s, e in a.content)
        name = a.speaker.names[0] if a.speaker and chance.random() < 0.8 else None
        yield Prediction(
            content=content,
            cue=a.cue if chance.random() < 0.8 else (),
            source=a.source if chance.random() < 0.8 else (),
            speaker=name if chance.random() < 0.9 else "Nobody Else",
            confidence=round(chance.random(), 3),
            speaker_confidence=round(chance.random(), 3),
        )


def test_same_speaker_agrees_with_the_script():
    """Names are compared as the script does, for every pair and type."""
    script = reference()
    names = [*NAMES, "", "the mill guild of Orrin", "Mill Guild", "Mara", "Ada Pell's", "ÁDA PELL"]
    for a in names:
        for b in names[:6]:
            for type_ in ("person", "organization", "author"):
                for others in ((), ("Bo Quill",)):
                    assert same_speaker(a, [b], type_, others) == script.same(
                        a, [b], type_, others
                    ), (a, b, type_, others)


# ---------------------------------------------------------------------------- without the script


@pytest.fixture
def gold():
    """Two attributions with known speakers."""
    return GoldArticle(
        name="a",
        text=TEXT,
        attributions=(
            GoldAttribution(
                content=((0, 17),),
                cue=((27, 31),),
                source=((18, 26),),
                speaker=GoldSpeaker(names=("Ada Pell",)),
            ),
            GoldAttribution(
                content=((49, 66),),
                cue=((42, 48),),
                source=((33, 41),),
                speaker=GoldSpeaker(names=("Bo Quill",)),
            ),
        ),
        has_speakers=True,
    )


def test_perfect_predictions_score_100(gold):
    """What agrees with gold in everything has all figures at 100."""
    right = [
        Prediction(content=a.content, cue=a.cue, source=a.source, speaker=a.speaker.names[0])
        for a in gold.attributions
    ]
    figures = evaluate([gold], {"a": right}).to_dict()
    full = {"P": 100.0, "R": 100.0, "F1": 100.0}
    assert figures["exact"] == {"Content": full, "Cue": full, "Source": full}
    assert figures["who_said_what"] == full
    assert figures["recall_by_kind"] == {"direct": 100.0, "mixed": 100.0, "indirect": 0.0}


def test_no_predictions_score_0(gold):
    """An article without predictions counts as one in which nothing was found."""
    figures = evaluate([gold], {}).to_dict()
    assert figures["attribution_found"] == {"P": 0.0, "R": 0.0, "F1": 0.0}
    assert figures["confusion_by_kind"]["direct"]["missed"] == 1
    assert figures["worst_articles"] == [{"doc": "a", "found": 0, "missed": 2, "spurious": 0}]


def test_confusion_tells_kinds_apart(gold):
    """A direct quotation found with too much around it is confused with a mixed one."""
    score = measure(gold, [Prediction(content=((0, 26),)), Prediction(content=((68, 80),))])
    assert score.confusion == {("direct", "mixed"): 1, ("mixed", "missed"): 1}
    assert score.spurious == {"indirect": 1}


def test_worst_articles_come_first(gold):
    """The articles to read first are those with most missed or spurious."""
    other = GoldArticle(name="b", text=TEXT, attributions=gold.attributions[:1])
    result = evaluate([other, gold], {"b": [Prediction(content=((0, 17),))]})
    assert [a.name for a in result.worst(2)] == ["a", "b"]


# -------------------------------------------------------------------------------------- reading


def test_curve_keeps_what_is_sure_enough(gold):
    """A higher threshold keeps fewer attributions; precision and recall follow."""
    guesses = {
        "a": [
            Prediction(content=gold.attributions[0].content, confidence=0.9),
            Prediction(content=((68, 70),), confidence=0.3),
        ]
    }
    points = curve([gold], guesses, (0.2, 0.5, 0.95))
    assert [(c.predicted, c.right) for c in points.values()] == [(2, 1), (1, 1), (0, 0)]
    assert points[0.5].to_dict()["P"] == 100.0


def test_predictions_of_another_text_are_an_error(gold):
    """Offsets beyond the gold's text mean that something else was analysed."""
    with pytest.raises(SourceReadError, match="does not fit the gold's text"):
        evaluate([gold], {"a": [Prediction(content=((0, 10_000),))]})


def test_standoff_beside_the_text(tmp_path):
    """NAME.ann beside NAME.txt is read as it is, line ends and discontinuous spans included."""
    (tmp_path / "a.txt").write_bytes("Ada:\r\n“No,” she said, “no.”".encode())
    (tmp_path / "a.ann").write_text(
        "T1\tSource 0 3\tAda\n"
        "T2\tContent 6 11;22 27\t“No,” “no.”\n"
        "T3\tCue 16 20\tsaid\n"
        "T4\tAttribution 16 20\tsaid\n"
        "E1\tAttribution:T4 Content:T2 Cue:T3 Source:T1\n",
        encoding="utf-8",
    )
    (article,) = read_gold(tmp_path)
    assert article.attributions == (
        GoldAttribution(content=((6, 11), (22, 27)), cue=((16, 20),), source=((0, 3),)),
    )
    assert read_predictions(tmp_path)["a"][0].content == ((6, 11), (22, 27))


def test_extracted_records_are_gold(tmp_path):
    """JSONL that quotecheck printed and a person corrected is gold, its speakers too."""
    analysis = build(
        "Ada Pell came. “No,” she said.",
        said("“No,”", cue="said", source="she", speaker="Ada Pell"),
    )
    (tmp_path / "g.jsonl").write_text(analysis.to_json() + "\n", encoding="utf-8")
    (article,) = read_gold(tmp_path / "g.jsonl")
    assert article.attributions[0].speaker == GoldSpeaker(names=("Ada Pell",), pronoun=True)
    figures = evaluate([article], {article.name: from_analysis(analysis)}).to_dict()
    assert figures["who_said_what"]["F1"] == 100.0
    assert read_predictions(tmp_path / "g.jsonl") == {article.name: from_analysis(analysis)}


@pytest.mark.parametrize("nested", [False, True])
def test_records_against_themselves_are_perfect(nested):
    """Speech inside other speech counts on both sides or on neither."""
    outer = GoldAttribution(content=((0, 30),))
    inner = GoldAttribution(content=((10, 20),), nested=True)
    article = GoldArticle(name="a", text="x" * 40, attributions=(outer, inner))
    same = [
        Prediction(content=((0, 30),)),
        Prediction(content=((10, 20),), parent="A1"),
    ]
    found = evaluate([article], {"a": same}, nested=nested).articles[0].found
    assert (found.right, found.predicted, found.gold) == (1 + nested,) * 3


def test_decisions_of_a_person_are_gold(tmp_path):
    """Downloaded decisions make the records gold; articles nobody reviewed are left out."""
    analysis = build(
        "Ada Pell came. “No,” she said. Bo Quill left.",
        said("“No,”", cue="said", source="she", speaker="Ada Pell"),
    )
    other = build("“Yes,” said Ada Pell.", said("“Yes,”", cue="said", source="Ada Pell"))
    records = tmp_path / "records.jsonl"
    records.write_text(f"{analysis.to_json()}\n{other.to_json()}\n", encoding="utf-8")
    decision = {
        "attribution": "A1",
        "span": "accepted",
        "speaker": "corrected",
        "name": "Bo Quill",
        "content": [{"start": 15, "end": 20, "text": "“No,”"}],
    }
    review = {
        "schema": "quotecheck/review/1",
        "text_sha256": analysis.text_sha256,
        "decisions": [decision],
    }
    (tmp_path / "a.review.json").write_text(json.dumps(review), encoding="utf-8")
    (article,) = read_gold(records, reviews=[tmp_path])
    assert article.text == analysis.text
    assert article.attributions[0].speaker.names[0] == "Bo Quill"
    figures = evaluate([article], {article.name: from_analysis(analysis)}).to_dict()
    assert figures["attribution_found"]["F1"] == 100.0
    assert figures["who_said_what"]["F1"] == 0.0


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("g.jsonl", "{", "g.jsonl:1: not valid JSON"),
        ("g.jsonl", "[]", "not a JSON object"),
        ("g.jsonl", '{"text": null, "attributions": []}', "gold needs the article's text"),
        ("g.jsonl", '{"text": "x"}', "not a gold record"),
        ("g.jsonl", "", "no annotated articles"),
        ("g.ann", "", "g.txt: cannot be read"),
    ],
)
def test_malformed_gold_is_named(tmp_path, name, content, message):
    """What cannot be read as gold is an error that names the place."""
    (tmp_path / name).write_text(content)
    with pytest.raises(SourceReadError, match=message):
        read_gold(tmp_path if name.endswith("ann") else tmp_path / name)


def test_offsets_outside_the_text_are_an_error(tmp_path):
    """Standoff that belongs to another text is not scored."""
    (tmp_path / "a.txt").write_text("Short.")
    (tmp_path / "a.ann").write_text("T1\tContent 3 99\tx\nE1\tAttribution:T1 Content:T1\n")
    with pytest.raises(SourceReadError, match="do not fit the text"):
        read_gold(tmp_path)


@pytest.mark.parametrize(
    ("source", "name"),
    [("a/b.c.txt", "b.c"), ("b", "b"), ("x.jsonl:7", "x:7"), ("-", "-"), ("-:3", "-:3")],
)
def test_document_names(source, name):
    """Gold and predictions meet by the file's name without folder and suffix."""
    assert document_name(source) == name


# ---------------------------------------------------------------------------------- command line


@pytest.fixture
def newsroom(tmp_path, monkeypatch):
    """Gold of a newsroom: one article in brat standoff."""
    monkeypatch.setattr(running, "load_pipeline", cli_fake.load_pipeline)
    folder = tmp_path / "gold"
    folder.mkdir()
    (folder / "a.txt").write_text("“No,” Ada Pell said. “Yes,” she said.", encoding="utf-8")
    (folder / "a.ann").write_text(
        "T1\tSource 6 14\tAda Pell\nT2\tContent 0 5\t“No,”\nT3\tCue 15 19\tsaid\n"
        "E1\tAttribution:T3 Content:T2 Cue:T3 Source:T1\n",
        encoding="utf-8",
    )
    return folder


def test_run_and_score(newsroom, tmp_path, capsys):
    """--run analyses the gold texts, prints the figures and saves the predictions."""
    saved = tmp_path / "p.jsonl"
    argv = ["evaluate", "--run", "--gold", str(newsroom), "--predictions", str(saved)]
    assert main([*argv, "--format", "json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["attribution_found"] == {"P": 50.0, "R": 100.0, "F1": 66.7}
    row = json.loads(saved.read_text())
    assert (row["doc"], row["attributions"][0]["speaker"]) == ("a", "Ada Pell")
    assert main(["evaluate", str(saved), "--gold", str(newsroom)]) == 0
    told = capsys.readouterr().out
    assert "attribution_found" in told
    assert "66.7" in told


def test_curve_is_printed(newsroom, tmp_path, capsys):
    """--curve gives a line a threshold; --format json the same as data."""
    assert main(["evaluate", "--run", "--gold", str(newsroom), "--curve"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["confidence", "kept", "P", "R", "F1"]
    assert lines[1].split()[0] == "0.1"
    assert main(["evaluate", "--run", "--gold", str(newsroom), "--curve", "-f", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["0.1"]["R"] == 100.0


def test_extract_output_is_scored(newsroom, tmp_path, capsys):
    """What ``quotecheck extract`` prints can be handed on as it is."""
    out = tmp_path / "all.jsonl"
    main(["extract", str(newsroom / "a.txt"), "--format", "jsonl", "--output", str(out)])
    assert main(["evaluate", str(out), "--gold", str(newsroom), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["attribution_found"]["R"] == 100.0


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["--gold", "{gold}"], "name a file of predictions, or --run"),
        (["p.jsonl", "--run", "--gold", "{gold}"], "not both"),
        (["p.jsonl", "--gold", "{gold}"], "p.jsonl: cannot be read"),
        (["--run", "--gold", "gone"], "gone: there is no such file"),
    ],
)
def test_wrong_requests_are_explained(newsroom, capsys, argv, message):
    """Status 2 and a line that says what to do."""
    assert main(["evaluate", *(part.format(gold=newsroom) for part in argv)]) == 2
    assert message in capsys.readouterr().err

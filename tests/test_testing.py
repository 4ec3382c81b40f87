"""The helpers for users' tests: builders with true spans, stand-ins that need no weights."""

from __future__ import annotations

import pytest

from quotecheck import Pipeline, codec
from quotecheck.testing import FakeAnnotator, build, locate, said, someone

TEXT = (
    "Port Lindow floods\n\n"
    "“Stay at home,” Mara Quist told residents. She said that the wall would hold.\n\n"
    "Dov Arlen denied it. “She told me, ‘Go away,’” he said."
)
WHAT = (
    said("“Stay at home,”", cue="told", source="Mara Quist"),
    said("that the wall would hold", cue="said", source="She", speaker="Mara Quist"),
    said("it", cue="denied", source="Dov Arlen"),
)


def test_fake_annotator_runs_in_the_real_pipeline():
    """What it is told comes out, with real segmentation, decoding and speakers around it."""
    nlp = Pipeline(annotator=FakeAnnotator(*WHAT, names=["Mara Quist", "Dov Arlen"]))
    analysis = nlp.analyze(TEXT)
    found = {a.text: a for a in analysis.attributions}
    assert found["“Stay at home,”"].speaker.name == "Mara Quist"
    assert found["the wall would hold"].kind == "indirect"
    assert found["it"].speaker.name == "Dov Arlen"
    assert not list(codec.problems(analysis))


def test_fake_annotator_is_silent_on_other_texts():
    """A text without the words it was told: no cue, no error."""
    nlp = Pipeline(annotator=FakeAnnotator(*WHAT))
    assert nlp.analyze("The rain stopped. Nobody was hurt at all.").attributions == ()
    assert nlp.analyze("").attributions == ()


def test_locate_gives_the_nearest_words():
    """Cue and source are those beside the content, not the first of their kind."""
    text = "Ada said hi. Bo came. “No,” said Ada."
    (spans,) = locate(text, (said("“No,”", cue="said", source="Ada"),))
    assert (spans["cue"][0].start, spans["source"][0].start) == (28, 33)


def test_words_inside_words_do_not_count():
    """A cue is looked up as a word: “say” does not stand in “essay”."""
    with pytest.raises(ValueError, match="as a word"):
        build("An essay: “No.”", said("“No.”", cue="say"))


def test_entities_follow_from_what_is_said():
    """Speakers, candidates and given people become entities in text order, with all mentions."""
    analysis = build(
        TEXT,
        *WHAT,
        people=[someone("Port Lindow", "place"), someone("Quist family", members=["Mara Quist"])],
    )
    names = [(e.id, e.name, e.type, e.speaks) for e in analysis.entities]
    assert names == [
        ("E1", "Port Lindow", "place", False),
        ("E2", "Mara Quist", "person", True),
        ("E3", "Dov Arlen", "person", True),
        ("E4", "Quist family", "person", False),
    ]
    assert [m.text for m in analysis.entities[1].mentions] == ["Mara Quist", "She"]
    assert analysis.entities[3].members == ("E2",)


@pytest.mark.parametrize(
    ("content", "wanted"),
    [(("“No,”",), "direct"), (("the “no”",), "mixed"), (("no",), "indirect")],
)
def test_kind_follows_from_the_marks(content: tuple[str, ...], wanted: str):
    """Direct in marks, mixed with marks inside, indirect without."""
    analysis = build(f"Ada said {content[0]}", said(*content, cue="said", source="Ada"))
    assert analysis.attributions[0].kind == wanted

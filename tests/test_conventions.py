"""The conventions of docs/conventions.md, a test each: what the page promises is what comes out.

The network's part is played by `FakeAnnotator`, which marks the spans that a reader would; marks,
borders, kinds, names and speakers are then the program's own decisions.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quotecheck.pipeline import Pipeline
from quotecheck.testing import FakeAnnotator, said

PAGE = Path(__file__).parents[1] / "docs" / "conventions.md"


def read(text, *what, names=(), organizations=()):
    """An analysis in which the given spans are found for sure."""
    fake = FakeAnnotator(*what, names=names, organizations=organizations)
    return Pipeline(annotator=fake).analyze(text)


def texts(spans):
    return [span.text for span in spans]


def test_content():
    """Marks and "that" are content, the sentence's period and the words between are not."""
    text = "“We sail,” said Mara Quist. She said that it would rain."
    first, second = read(
        text,
        said("We sail", cue="said", source="Mara Quist"),
        said("that it would rain.", cue="said", source="She"),
        names=["Mara Quist"],
    ).attributions
    assert texts(first.content) == ["“We sail,”"]
    assert texts(second.content) == ["that it would rain"]
    assert second.text == "it would rain"
    inside = read("He said: “Go home.”", said("Go home", cue="said", source="He"))
    assert texts(inside.attributions[0].content) == ["“Go home.”"]


def test_interrupted():
    """A quotation with the cue in its middle is one attribution with a span a piece."""
    text = "“We sail,” said Mara Quist. “The tide is in.”"
    what = said("“We sail,”", "“The tide is in.”", cue="said", source="Mara Quist")
    (found,) = read(text, what, names=["Mara Quist"]).attributions
    assert texts(found.content) == ["“We sail,”", "“The tide is in.”"]
    assert found.kind == "direct"


def test_continued():
    """Paragraphs of one quotation, each reopened, are one attribution with a span a paragraph."""
    text = "Mara Quist said: “We sail.\n\n“The tide is in.\n\n“So is the fog.”"
    what = said("“We sail.", cue="said", source="Mara Quist")
    (found,) = read(text, what, names=["Mara Quist"]).attributions
    assert texts(found.content) == ["“We sail.", "“The tide is in.", "“So is the fog.”"]


def test_continued_under_a_second_cue():
    """A speech left open outranks a second cue; one that names somebody else is another's."""
    text = "Mara Quist said: “We sail.\n\n“The tide is in,” {} added."
    first = said("“We sail.", cue="said", source="Mara Quist")
    for who, contents in (
        ("she", [["“We sail.", "“The tide is in,”"]]),
        ("Tom Brandt", [["“We sail."], ["“The tide is in,”"]]),
    ):
        second = said("“The tide is in,”", cue="added", source=who)
        found = read(text.format(who), first, second, names=["Mara Quist", "Tom Brandt"])
        assert [texts(a.content) for a in found.attributions] == contents
        assert [c for a in found.attributions for c in texts(a.cue)] == ["said", "added"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [("“the dam is safe”", "direct"), ("the dam “is safe”", "mixed"), ("rain is due", "indirect")],
)
def test_kind(content, kind):
    """All, some or none of the content in quotation marks."""
    text = f"Mara Quist said {content}."
    what = said(content, cue="said", source="Mara Quist")
    (found,) = read(text, what, names=["Mara Quist"]).attributions
    assert found.kind == kind


def test_source():
    """The whole noun phrase is the source, and pronouns are sources."""
    text = "Rain is due, said Mayor Mara Quist, the head of the board. She said no."
    first, second = read(
        text,
        said("Rain is due", cue="said", source="Mayor Mara Quist, the head of the board"),
        said("no", cue="said", source="She"),
        names=["Mara Quist"],
    ).attributions
    assert texts(first.source) == ["Mayor Mara Quist, the head of the board"]
    assert texts(second.source) == ["She"]
    assert second.speaker == first.speaker


def test_cue():
    """Auxiliaries and negation belong to the cue, and a denied cue is negated."""
    text = "Mara Quist did not say what the repairs would cost."
    what = said("what the repairs would cost", cue="did not say", source="Mara Quist")
    (found,) = read(text, what, names=["Mara Quist"]).attributions
    assert texts(found.cue) == ["did not say"]
    assert found.negated


def test_nested():
    """Speech in speech is a record of its own with the outer one for its parent."""
    text = "“Bo Quill told me that the mill was sold,” said Mara Quist."
    outer, inner = read(
        text,
        said("“Bo Quill told me that the mill was sold,”", cue="said", source="Mara Quist"),
        said("that the mill was sold", cue="told", source="Bo Quill", inside=0),
        names=["Mara Quist", "Bo Quill"],
    ).attributions
    assert (outer.parent, inner.parent) == (None, outer.id)
    assert (texts(outer.cue), texts(inner.cue)) == (["said"], ["told"])
    assert (outer.speaker.name, inner.speaker.name) == ("Mara Quist", "Bo Quill")


def test_transcript():
    """A turn is one direct attribution of its label; stage directions are not content."""
    text = "MS. VELL: We sail at ten.\n(LAUGHTER)\nIf the tide is in.\nMR. ORRIN: It is not."
    first, second = read(text).attributions
    assert texts(first.content) == ["We sail at ten.", "If the tide is in."]
    assert (first.kind, texts(first.source), texts(first.cue)) == ("direct", ["MS. VELL"], [":"])
    assert texts(second.content) == ["It is not."]


def test_name():
    """The fullest name without title and with suffix; else a description; never a pronoun."""
    text = "Mayor Augustin Vell Jr. left. Mr. Vell said no. A retired pilot said yes. It said so."
    first, second, third = read(
        text,
        said("no", cue="said", source="Mr. Vell"),
        said("yes", cue="said", source="A retired pilot"),
        said("so", cue="said", source="It"),
        names=["Augustin Vell Jr.", "Mr. Vell"],
    ).attributions
    assert first.speaker.name == "Augustin Vell Jr."
    assert (second.speaker.name, second.speaker.type) == ("retired pilot", "unnamed")
    assert third.speaker is None


def test_group():
    """People named together are a group with its members."""
    text = "Ada Pell came. Bo Quill came. Pell and Quill said no."
    analysis = read(
        text, said("no", cue="said", source="Pell and Quill"), names=["Ada Pell", "Bo Quill"]
    )
    group = analysis.attributions[0].speaker
    assert (group.type, group.name) == ("group", "Ada Pell and Bo Quill")
    assert [analysis.entity(id).name for id in group.members] == ["Ada Pell", "Bo Quill"]


def test_spokesman():
    """A spokesman is not the one he speaks for, who is his principal."""
    text = "Ada Pell was away. Her spokesman said no."
    analysis = read(text, said("no", cue="said", source="Her spokesman"), names=["Ada Pell"])
    speaker = analysis.attributions[0].speaker
    assert (speaker.type, speaker.name != "Ada Pell") == ("unnamed", True)
    assert analysis.entity(speaker.principal).name == "Ada Pell"


def test_two_fit():
    """Of two who fit, neither is guessed: both are candidates."""
    text = "Senator Ada Pell and Senator Bo Quill met. The senator said no."
    what = said("no", cue="said", source="The senator")
    (found,) = read(text, what, names=["Ada Pell", "Bo Quill"]).attributions
    assert found.speaker is None
    assert {entity.name for entity in found.candidates} == {"Ada Pell", "Bo Quill"}


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Robert “Bobby” Quill left.", "nickname"),
        ("She starred in the film “Low Water” last year.", "title"),
        ("The so-called “reform” failed.", "scare"),
    ],
)
def test_not_speech(text, role):
    """Nicknames, titles and scare quotes have a role and no attribution."""
    analysis = read(text)
    assert [(q.role, q.attribution) for q in analysis.quotations] == [(role, None)]
    assert analysis.attributions == ()


def test_ids():
    """Ids are unique, in text order, and the same for the same text."""
    text = "“No,” said Ada Pell. “Yes,” said Bo Quill."
    what = (
        said("“No,”", cue="said", source="Ada Pell"),
        said("“Yes,”", cue="said", source="Bo Quill"),
    )
    analysis = read(text, *what, names=["Ada Pell", "Bo Quill"])
    assert [a.id for a in analysis.attributions] == ["A1", "A2"]
    assert [e.id for e in analysis.entities] == ["E1", "E2"]
    assert read(text, *what, names=["Ada Pell", "Bo Quill"]) == analysis


def test_confidences():
    """Confidences are probabilities of four digits; that of no speaker is 0."""
    text = "“No,” said Ada Pell. “Yes,” somebody said."
    what = (said("“No,”", cue="said", source="Ada Pell"), said("“Yes,”", cue="said"))
    for a in read(text, *what, names=["Ada Pell"]).attributions:
        for number in (a.confidence, a.speaker_confidence):
            assert 0 <= number <= 1
            assert number == round(number, 4)
        assert a.speaker is not None or a.speaker_confidence == 0


def test_every_convention_names_a_test_that_exists():
    """Each line of the page's table ends in the name of a test, and each such test is here."""
    named = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("|") and not line.startswith(("| question", "|---")):
            tests = line.rstrip("|").rpartition("|")[2]
            named += re.findall(r"`(test_\w+)`", tests) or [f"none in: {line}"]
    here = [name for name in globals() if name.startswith("test_")]
    assert sorted(named) == sorted(set(here) - {"test_every_convention_names_a_test_that_exists"})

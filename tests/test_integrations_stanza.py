"""The Stanza processor, in real Stanza pipelines on the bundled tokenizer, without a network."""

from __future__ import annotations

import subprocess
import sys

import pytest

from quotecheck.analysis import Analysis
from quotecheck.codec import problems
from quotecheck.errors import TextTypeError
from quotecheck.pipeline import analyze
from quotecheck.testing import FakePipeline, build, said
from quotecheck.tokenizer import BUNDLED

stanza = pytest.importorskip("stanza", reason="stanza is not installed")
pytest.importorskip("torch", reason="torch is not installed")

from stanza.models.common.doc import Document  # noqa: E402
from stanza.pipeline.processor import ProcessorRequirementsException  # noqa: E402,F401

import quotecheck.integrations.stanza  # noqa: E402,F401 - registers the processor

TEXT = "The dam held. “It is safe,” said Mara Quist. “We checked it. We are sure.”"
OTHER = "Nobody spoke at the mill.\n\nBo Quill denied that the mill was sold."


def pipeline(processors="tokenize,quotecheck", **options):
    """A pipeline on the bundled model directory, which has the form of Stanza's own."""
    return stanza.Pipeline(
        "en",
        dir=str(BUNDLED),
        processors=processors,
        download_method=None,
        use_gpu=False,
        verbose=False,
        **options,
    )


@pytest.fixture(scope="module")
def nlp():
    """One pipeline for the tests of this module."""
    return pipeline()


def test_the_records_are_those_of_quotecheck(nlp):
    """Everything but the sentence numbers is what `quotecheck.analyze` finds in the same text."""
    for text in (TEXT, OTHER, "", "No one said anything."):
        doc = nlp(text)
        assert isinstance(doc.quotecheck, Analysis)
        assert doc.quotecheck.text == text
        assert not list(problems(doc.quotecheck))
        bare = [a.content for a in doc.quotecheck.attributions]
        assert bare == [a.content for a in analyze(text).attributions]
        assert doc.quotecheck.entities == analyze(text).entities


def test_offsets_are_stanzas(nlp):
    """Spans of the records cut Stanza's text as start_char and end_char do."""
    doc = nlp(TEXT)
    starts = {token.start_char for sentence in doc.sentences for token in sentence.tokens}
    for attribution in doc.quotecheck.attributions:
        for span in (*attribution.content, *attribution.cue, *attribution.source):
            assert doc.text[span.start : span.end] == span.text
            assert span.start in starts


def test_sentences_are_stanzas(nlp):
    """Sentence numbers index doc.sentences, and each sentence knows its attributions."""
    for doc in (nlp(TEXT), nlp(OTHER)):
        assert doc.quotecheck.attributions
        for attribution in doc.quotecheck.attributions:
            for index, sentence in enumerate(doc.sentences):
                start = sentence.tokens[0].start_char
                end = sentence.tokens[-1].end_char
                touches = any(s.start < end and s.end > start for s in attribution.content)
                assert (index in attribution.sentences) == touches
                assert (attribution in sentence.quotecheck) == touches


def test_bulk_is_the_same_as_one_by_one(nlp):
    """Documents together give the records of each alone, in order."""
    docs = nlp.bulk_process([TEXT, OTHER, TEXT])
    assert [d.quotecheck for d in docs] == [nlp(t).quotecheck for t in (TEXT, OTHER, TEXT)]


def test_options():
    """Options with the prefix reach the pipeline."""
    assert pipeline(quotecheck_min_confidence=1.0)(TEXT).quotecheck.attributions == ()
    text = "Quist arrived."
    fake = FakePipeline({text: build(text, said("arrived", source="Quist"))})
    assert len(pipeline(quotecheck_pipeline=fake)(text).quotecheck.attributions) == 1


def test_words_given_as_tokens():
    """A pretokenized document has a text made of its words, and that is what is read."""
    words = [["“", "No", ",", "”", "said", "Mara", "Quist", "."]]
    doc = pipeline(tokenize_pretokenized=True)(words)
    (found,) = doc.quotecheck.attributions
    assert (found.speaker.name, found.sentences) == ("Mara Quist", (0,))
    assert doc.sentences[0].quotecheck == (found,)


def test_a_document_without_text_is_refused(nlp):
    """The error says what is missing."""
    with pytest.raises(TextTypeError, match="the text of a Stanza document"):
        nlp.processors["quotecheck"].process(Document([]))


def test_it_needs_a_tokenizer():
    """Without its requirement, Stanza says so as for every processor."""
    with pytest.raises(Exception, match="tokenize") as told:
        pipeline(processors="quotecheck")
    assert "Requirements" in type(told.value).__name__


def test_a_document_before_the_pipeline():
    """The property is there, and empty, on documents that quotecheck has not seen."""
    assert Document([]).quotecheck is None


def test_nothing_is_registered_without_the_import():
    """Stanza knows the processor when its module is imported, and not by importing quotecheck."""
    code = (
        "import quotecheck\n"
        "from stanza.pipeline.registry import NAME_TO_PROCESSOR_CLASS as known\n"
        "before = 'quotecheck' in known\n"
        "import quotecheck.integrations.stanza\n"
        "print(before, 'quotecheck' in known)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]

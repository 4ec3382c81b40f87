"""The spaCy component, in real spaCy pipelines: blank, trained in the test, saved and loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.analysis import Analysis
from quotecheck.pipeline import analyze
from quotecheck.testing import FakePipeline, build, said

spacy = pytest.importorskip("spacy", reason="spacy is not installed")

from spacy.tokens import Doc, DocBin  # noqa: E402
from spacy.training import Example  # noqa: E402

from quotecheck.integrations.spacy import ROLES, QuotecheckComponent  # noqa: E402

TEXT = "“It is safe,” said Mara Quist. Bo Quill denied that the mill was sold."


@pytest.fixture(scope="module")
def nlp():
    """A blank pipeline with nothing but quotecheck."""
    made = spacy.blank("en")
    made.add_pipe("quotecheck")
    return made


def fake(*texts, **options):
    """A component without weights: in each text, its first word says the rest."""
    answers = {}
    for text in texts:
        first, _, rest = text.partition(" ")
        answers[text] = build(text, said(rest, source=first))
    return QuotecheckComponent(FakePipeline(answers), **options)


def test_the_records_are_those_of_quotecheck(nlp):
    """What spaCy's document carries is what `quotecheck.analyze` finds in the same text."""
    for text in (TEXT, "", "Two\n\n lines  \u00a0and 😀 no quote."):
        doc = nlp(text)
        assert isinstance(doc._.quotecheck, Analysis)
        assert doc._.quotecheck == analyze(text)


def test_spans_carry_role_and_attribution(nlp):
    """Each span of the group has a role for its label, and leads to its attribution."""
    doc = nlp(TEXT)
    assert {span.label_ for span in doc.spans["quotecheck"]} == set(ROLES)
    for span in doc.spans["quotecheck"]:
        attribution = span._.quotecheck
        assert attribution.id == span.id_
        parts = getattr(attribution, ROLES[span.label_])
        assert (span.start_char, span.end_char) in {(p.start, p.end) for p in parts}
    assert doc[0:2]._.quotecheck is None


def test_before_the_component_has_run(nlp):
    """A document that it has not seen has no analysis."""
    assert nlp.make_doc("Hm.")._.quotecheck is None
    assert nlp.make_doc("Hm.")[0:1]._.quotecheck is None


@pytest.mark.parametrize(
    ("mode", "wanted"), [("expand", ["xyz end"]), ("contract", ["end"]), ("strict", [])]
)
def test_alignment(mode, wanted):
    """A piece that begins inside a token is treated as char_span treats it."""
    text = "Quill xyz end"
    answer = build(text, said("yz end", source="Quill"))
    component = QuotecheckComponent(FakePipeline({text: answer}), alignment_mode=mode)
    doc = component(spacy.blank("en").make_doc(text))
    assert [s.text for s in doc.spans["quotecheck"] if s.label_ == "CONTENT"] == wanted
    assert doc._.quotecheck.attributions[0].content[0].text == "yz end"


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60))
def test_any_text(text):
    """Whatever the text, spans expand to whole tokens that hold the exact piece."""
    text = f"Quill {text}."
    doc = fake(text)(spacy.blank("en").make_doc(text))
    assert doc._.quotecheck.text == text
    for span in doc.spans["quotecheck"]:
        (piece,) = getattr(span._.quotecheck, ROLES[span.label_])
        assert span.start_char <= piece.start
        assert piece.end <= span.end_char


def test_pipe_is_the_same_as_one_by_one(nlp):
    """Documents together give the records of each alone, whatever the batches."""
    texts = [TEXT, "Nobody spoke.", TEXT[:29]]
    alone = [nlp(text)._.quotecheck for text in texts]
    assert [doc._.quotecheck for doc in nlp.pipe(texts, batch_size=2)] == alone


def test_processes():
    """With several processes the records come back with the documents."""
    made = spacy.blank("en")
    made.add_pipe("quotecheck")
    (doc,) = made.pipe([TEXT], n_process=2)
    assert doc._.quotecheck == analyze(TEXT)
    assert doc.spans["quotecheck"][0]._.quotecheck.id == "A1"


def test_documents_keep_their_records(nlp):
    """Bytes and DocBin carry analysis and spans; a copy has them too."""
    doc = nlp(TEXT)
    bytes_ = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    packed = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (binned,) = DocBin(store_user_data=True).from_bytes(packed).get_docs(nlp.vocab)
    for again in (bytes_, binned, doc.copy()):
        assert again._.quotecheck == doc._.quotecheck
        ids = [(s.label_, s.id_, s.start, s.end) for s in again.spans["quotecheck"]]
        assert ids == [(s.label_, s.id_, s.start, s.end) for s in doc.spans["quotecheck"]]


def test_the_pipeline_can_be_saved(tmp_path):
    """Settings are saved with the pipeline, and a loaded one does the same."""
    made = spacy.blank("en")
    config = {
        "people": ["Mara Quist", {"name": "Bo Quill", "aliases": ["Bobby"]}],
        "cues": ["per"],
        "min_confidence": 0.3,
        "alignment_mode": "contract",
        "spans_key": "quotes",
    }
    made.add_pipe("quotecheck", config=config)
    made.to_disk(tmp_path / "model")
    again = spacy.load(tmp_path / "model")
    for one in (made, again):
        component = one.get_pipe("quotecheck")
        assert component.pipeline.people == ("Mara Quist", config["people"][1])
        assert component.pipeline.min_confidence == 0.3
        assert component.alignment_mode == "contract"
    assert again(TEXT)._.quotecheck == made(TEXT)._.quotecheck
    assert "quotes" in again(TEXT).spans


def test_beside_trained_components():
    """In a pipeline with a trained entity recogniser and sentences, each keeps its own results."""
    made = spacy.blank("en")
    made.add_pipe("sentencizer")
    recogniser = made.add_pipe("ner")
    recogniser.add_label("PERSON")
    gold = {"entities": [(19, 29, "PERSON")]}
    example = Example.from_dict(made.make_doc(TEXT), gold)
    optimizer = made.initialize(lambda: [example])
    for _ in range(30):
        made.update([example], sgd=optimizer)
    before = [(e.text, e.label_) for e in made(TEXT).ents]
    made.add_pipe("quotecheck")
    doc = made(TEXT)
    assert before == [("Mara Quist", "PERSON")]
    assert [(e.text, e.label_) for e in doc.ents] == before
    assert len(list(doc.sents)) == 2
    assert doc._.quotecheck == analyze(TEXT)


def test_errors_go_to_the_handler():
    """A document that fails is handed to spaCy's handler, and the others go on."""

    def analyse(text):
        if "bad" in text:
            raise ValueError("bad text")
        return build(text)

    made = spacy.blank("en")
    component = QuotecheckComponent(FakePipeline(analyse))
    docs = [made.make_doc(text) for text in ("one", "bad", "two")]
    with pytest.raises(ValueError, match="bad text"):
        list(component.pipe(docs))
    failed = []
    component.set_error_handler(lambda name, pipe, docs, error: failed.append((name, docs[0].text)))
    assert component.get_error_handler() is not None
    assert [doc.text for doc in component.pipe(docs)] == ["one", "two"]
    assert failed == [("quotecheck", "bad")]


def test_wrong_settings_are_refused():
    """A setting that there is not, or of the wrong type, is an error when the pipe is added."""
    for config in ({"speakers": []}, {"people": 3}, {"alignment_mode": "loose"}):
        with pytest.raises(ValueError, match=next(iter(config))):
            spacy.blank("en").add_pipe("quotecheck", config=config)


def test_without_spacy():
    """Where spaCy is missing, the error says which extra to install."""
    code = (
        "import sys\n"
        "sys.modules['spacy'] = None\n"
        "from quotecheck.errors import MissingExtraError\n"
        "try:\n"
        "    import quotecheck.integrations.spacy\n"
        "except MissingExtraError as error:\n"
        "    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "quotecheck[spacy]"' in done.stdout

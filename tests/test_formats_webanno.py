"""Web Annotation: the model's rules hold, selectors find their words, JSON-LD expands."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from record_strategies import analyses

from quotecheck import formats
from quotecheck.analysis import Analysis
from quotecheck.testing import build, said
from tests.depth import examples

MODEL = json.loads((Path(__file__).parent / "cases" / "webanno.schema.json").read_text("utf-8"))


def page(analysis: Analysis) -> dict:
    return json.loads(formats.write(analysis, "webanno"))


def example(url: str | None = None) -> Analysis:
    return build(
        "“No,” said Ada Pell. “Not \U0001f600 now.”",
        said("“No,”", "“Not \U0001f600 now.”", cue="said", source="Ada Pell", negated=True),
        url=url,
        title="Mill",
    )


@given(analyses())
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_models_rules_hold(analysis: Analysis):
    """What the recommendation says an annotation MUST have, whatever the records."""
    jsonschema.validate(page(analysis), MODEL)


@given(analyses())
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_selectors_find_their_words(analysis: Analysis):
    """Position and quote selectors of every target select the same words, in code points."""
    for item, a in zip(page(analysis)["items"], analysis.attributions, strict=True):
        for target, span in zip(item["target"], a.content, strict=True):
            at, quote = target["selector"]
            exact = quote["prefix"] + quote["exact"] + quote["suffix"]
            assert (at["start"], at["end"]) == (span.start, span.end)
            if analysis.to_json().isascii():  # a split surrogate pair melts in JSON
                assert quote["exact"] == span.text
                assert exact in analysis.text


def test_an_annotation_says_who_how_and_where():
    """Speaker, kind, act, negation; the places of cue and source; both pieces of content."""
    (item,) = page(example())["items"]
    words = [(b["purpose"], b["value"]) for b in item["body"] if b["type"] == "TextualBody"]
    assert words == [
        ("identifying", "Ada Pell"),
        ("classifying", "direct"),
        ("classifying", "assertion"),
        ("tagging", "negated"),
    ]
    places = {
        b["quotecheck:role"]: b["selector"][1]["exact"]
        for b in item["body"]
        if b["type"] == "SpecificResource"
    }
    assert places == {"cue": "said", "source": "Ada Pell"}
    assert [t["selector"][1]["exact"] for t in item["target"]] == ["“No,”", "“Not \U0001f600 now.”"]
    assert item["quotecheck:confidence"] == 0.95


def test_the_source_is_the_address_or_the_hash():
    """With an address the targets point there; without, at a URN of the text's hash."""
    with_url = page(example(url="https://example.org/mill"))["items"][0]["target"][0]["source"]
    assert with_url == "https://example.org/mill"
    without = page(example())["items"][0]["target"][0]["source"]
    assert without == f"urn:quotecheck:text:{example().text_sha256}"


def test_no_text_means_no_context():
    """Without the text, quote selectors have the words only."""
    selector = page(example().without_text())["items"][0]["target"][0]["selector"][1]
    assert selector == {"type": "TextQuoteSelector", "exact": "“No,”"}


def test_it_is_json_ld():
    """A JSON-LD processor makes RDF of it, with every annotation typed and targeted."""
    jsonld = pytest.importorskip("pyld.jsonld", reason="PyLD is not installed")
    oa = "http://www.w3.org/ns/oa#"
    terms = {
        "id": "@id",
        "type": "@type",
        "oa": oa,
        "Annotation": "oa:Annotation",
        "TextPositionSelector": "oa:TextPositionSelector",
        "TextQuoteSelector": "oa:TextQuoteSelector",
        "SpecificResource": "oa:SpecificResource",
        "TextualBody": "oa:TextualBody",
        "AnnotationPage": "http://www.w3.org/ns/activitystreams#OrderedCollectionPage",
        "items": {"@id": "http://www.w3.org/ns/activitystreams#items", "@container": "@list"},
        "target": {"@id": "oa:hasTarget", "@type": "@id"},
        "body": {"@id": "oa:hasBody", "@type": "@id"},
        "source": {"@id": "oa:hasSource", "@type": "@id"},
        "selector": {"@id": "oa:hasSelector", "@type": "@id"},
        "start": "oa:start",
        "end": "oa:end",
        "exact": "oa:exact",
    }

    def loader(url: str, _options: dict) -> dict:
        assert url == "http://www.w3.org/ns/anno.jsonld"
        return {"document": {"@context": terms}, "contextUrl": None, "documentUrl": url}

    expanded = jsonld.expand(page(example()), {"documentLoader": loader})
    items = expanded[0]["http://www.w3.org/ns/activitystreams#items"][0]["@list"]
    assert [item["@type"] for item in items] == [[f"{oa}Annotation"]]
    assert len(items[0][f"{oa}hasTarget"]) == 2
    assert items[0]["urn:quotecheck:vocabulary:confidence"] == [{"@value": 0.95}]

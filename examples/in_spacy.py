"""quotecheck inside a spaCy pipeline: who speaks, beside whatever else spaCy knows.

python examples/in_spacy.py        needs pip install "quotecheck[spacy]"
"""

import sys
from pathlib import Path

import spacy
from spacy import displacy

import quotecheck

nlp = spacy.blank("en")  # a trained pipeline, such as en_core_web_sm, does as well
nlp.add_pipe("sentencizer")
nlp.add_pipe("quotecheck", config={"min_confidence": 0.8})

texts = [quotecheck.example_article(name) for name in ("harbour", "river")]
for doc in nlp.pipe(texts):
    analysis = doc._.quotecheck
    print(f"{len(list(doc.sents))} sentences, {len(analysis.attributions)} attributions")
    for span in doc.spans["quotecheck"]:
        attribution = span._.quotecheck
        if span.label_ == "CONTENT" and attribution.kind == "direct" and attribution.speaker:
            # Where spaCy's sentence begins and ends is one attribute away.
            print(
                f"  {attribution.speaker.name}: {span.text} (sentence of {len(span.sent)} tokens)"
            )

page = Path(sys.argv[1] if len(sys.argv) > 1 else "spans.html")
options = {"spans_key": "quotecheck"}
page.write_text(displacy.render(doc, style="span", page=True, options=options), encoding="utf-8")
print(f"the spans of the last article, drawn by displaCy: {page}")

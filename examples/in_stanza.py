"""quotecheck as a processor of a Stanza pipeline: attributions sentence by sentence.

python examples/in_stanza.py
"""

import stanza

import quotecheck
import quotecheck.integrations.stanza  # makes the processor known to Stanza
from quotecheck.tokenizer import BUNDLED

# quotecheck brings a tokenizer in Stanza's own form. With Stanza's English models downloaded, leave
# `dir` out and name further processors: "tokenize,mwt,pos,lemma,depparse,ner,quotecheck".
nlp = stanza.Pipeline(
    "en",
    dir=str(BUNDLED),
    processors="tokenize,quotecheck",
    quotecheck_min_confidence=0.8,
    download_method=None,
    use_gpu=False,
    verbose=False,
)

doc = nlp(quotecheck.example_article("harbour"))
for number, sentence in enumerate(doc.sentences, start=1):
    for attribution in sentence.quotecheck:
        speaker = attribution.speaker.name if attribution.speaker else "somebody"
        cue = " ".join(span.text for span in attribution.cue) or "-"
        print(f"sentence {number}: {speaker} | {cue} | {attribution.text}")

"""Every attribution of an article: who, how, what, and how sure quotecheck is.

python examples/who_says_what.py [FILE]
"""

import sys

import quotecheck

text = quotecheck.read_text(sys.argv[1]) if len(sys.argv) > 1 else quotecheck.example_article()
analysis = quotecheck.analyze(text)

for a in analysis.attributions:
    who = a.speaker.name if a.speaker else " or ".join(e.name for e in a.candidates) or "unknown"
    marks = [a.kind, a.act, *["negated"] * a.negated, *["hypothetical"] * a.hypothetical]
    print(f"{who} ({', '.join(marks)}, {a.confidence:.2f})")
    for span in a.content:
        assert text[span.start : span.end] == span.text
        print(f"    {span.start}-{span.end}: {span.text}")

print()
for speaker, said in analysis.by_speaker().items():
    words = sum(len(span.text.split()) for a in said for span in a.content)
    print(f"{speaker.name}: {len(said)} attributions, {words} words")

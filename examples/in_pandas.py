"""A table of everything that is said in a folder of articles, for pandas.

python examples/in_pandas.py [FOLDER]        needs pip install "quotecheck[pandas]"
"""

import sys

import quotecheck
from quotecheck.examples import copy_examples

folder = sys.argv[1] if len(sys.argv) > 1 else "news"
if len(sys.argv) == 1:
    copy_examples(folder)

nlp = quotecheck.Pipeline()
documents = quotecheck.read_inputs(folder)
analyses = nlp.pipe({"text": d.text, "title": d.source, "url": d.url} for d in documents)
frame = quotecheck.to_frame(analyses)
print(f"{len(frame)} attributions, {frame['title'].nunique()} articles\n")

sure = frame[(frame["confidence"] >= 0.8) & (frame["act"] == "assertion") & ~frame["negated"]]
print("Who says how much in their own words:")
words = sure["content"].str.split().str.len().groupby(sure["speaker"]).sum()
print(words.sort_values(ascending=False).head(5).to_string(), "\n")

print("What kind of source speaks in which way:")
print(sure.groupby(["speaker_type", "kind"]).size().unstack(fill_value=0).to_string(), "\n")

unknown = frame["speaker"].isna().mean()
print(f"without a sure speaker: {unknown:.0%} (give this figure beside every share)")

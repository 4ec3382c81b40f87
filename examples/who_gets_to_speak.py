"""A small media study: who speaks in a set of articles, in whose words, and what stays unknown.

python examples/who_gets_to_speak.py [FOLDER]
"""

import sys
from collections import Counter

import quotecheck
from quotecheck.examples import EXAMPLES, example_path
from quotecheck.inputs import read_inputs

#: Below this confidence an attribution is left out of the count.
SURE = 0.7


def main() -> None:
    """Prints a table of speaker types by kind of quotation."""
    sources = sys.argv[1:] or [example_path(name) for name in EXAMPLES]
    nlp = quotecheck.Pipeline(min_confidence=SURE)
    documents = list(read_inputs(sources, on_error=lambda error: print(error, file=sys.stderr)))
    counts = Counter()
    speakers = Counter()
    for analysis in nlp.pipe(document.text for document in documents):
        for a in analysis.attributions:
            if a.act != "assertion" or a.negated or a.hypothetical:
                continue  # thought, wanted or never said
            counts[a.speaker.type if a.speaker else "unknown", a.kind] += 1
            speakers[a.speaker.name if a.speaker else "unknown"] += 1

    kinds = ("direct", "mixed", "indirect")
    print(f"{len(documents)} articles\n{'':<14}" + "".join(f"{kind:>10}" for kind in kinds))
    for type_ in sorted({type_ for type_, _ in counts}):
        print(f"{type_:<14}" + "".join(f"{counts[type_, kind]:>10}" for kind in kinds))
    print("\nMost often:")
    for name, count in speakers.most_common(5):
        print(f"  {count:>3}  {name}")


if __name__ == "__main__":
    main()

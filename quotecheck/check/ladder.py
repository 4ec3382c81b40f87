"""The ladder of verdicts as a table, with an example of each: docs/check.md is made from it.

``python -m quotecheck.check.ladder`` prints the table in Markdown.
"""

from __future__ import annotations

import sys

from attrs import frozen

from quotecheck.check.lexicon import (
    MAX_BRACKET_WORDS,
    MAX_GAP_WORDS,
    MIN_RUN,
    NEGATORS,
    SHORT_WORDS,
)
from quotecheck.check.result import SUPPORTED_WORDINGS, Wording

__all__ = ["FLAGS", "LADDER", "Rung", "flags_markdown", "ladder_markdown"]


@frozen(kw_only=True)
class Rung:
    """A tier of the ladder.

    Attributes:
        wording: its name.
        meaning: what it says about the quote.
        quote: an example of a quote.
        source: a source against which the example gets this verdict.
    """

    wording: Wording
    meaning: str
    quote: str
    source: str


_MILL = "We will not close the mill this year, because forty people live by it."

#: Mildest first. The examples are checked by the tests.
LADDER: tuple[Rung, ...] = (
    Rung(
        wording="exact",
        meaning="Character for character, inside the quotation marks.",
        quote="We will not close the mill this year",
        source=_MILL,
    ),
    Rung(
        wording="folded",
        meaning="Only glyphs differ: marks, apostrophes, dashes, ellipses, kinds of space, upper "
        "and lower case, diacritics, punctuation between words (never inside a number).",
        quote="we will not close the mill this year because forty people live by it",
        source=_MILL,
    ),
    Rung(
        wording="cleaned",
        meaning="Fillers differ (um, uh, er, erm, ah, hm, mm), or a stage direction such as "
        "(Laughter) is left out, or a number is written in digits on one side and in words on the "
        "other.",
        quote="We will not close the mill this year, because 40 people live by it.",
        source="We will not, um, close the mill this year, because forty people live by it.",
    ),
    Rung(
        wording="bracketed",
        meaning="Square brackets stand for words in their place, at most "
        f"{MAX_BRACKET_WORDS} of them, or for none.",
        quote="[The owners] will not close the mill this year",
        source=_MILL,
    ),
    Rung(
        wording="elided",
        meaning="The fragments stand in this order in one turn, and every gap is marked by an "
        f"ellipsis and holds at most {MAX_GAP_WORDS} words, no negator among them.",
        quote="We will not close the mill ... because forty people live by it.",
        source=_MILL,
    ),
    Rung(
        wording="altered",
        meaning="Anything else differs: a word, the order, a number, name or modal, a negation "
        "that was added, dropped or swallowed by an ellipsis or bracket, an unmarked cut.",
        quote="We will ... close the mill this year",
        source=_MILL,
    ),
    Rung(
        wording="absent",
        meaning="No turn of the source holds half of the quote's words in runs of at least "
        f"{MIN_RUN} words.",
        quote="The harbour has never been in such a good state.",
        source=_MILL,
    ),
    Rung(
        wording="ambiguous",
        meaning="Two places fit equally well and are not the same words.",
        quote="We will close ... tomorrow.",
        source="We will close early tomorrow. We will close late tomorrow.",
    ),
)

#: Flags and what each means; those marked with * keep a quote from being supported.
FLAGS: dict[str, str] = {
    "negation-before-cut": "* a negator stands just outside the quote's edge in the source",
    "number-cut": "* the quote's edge parts a number (“fourteen” of “fourteen million”, “5” of "
    "“5%”)",
    "short": f"the quote has fewer than {SHORT_WORDS} words, which may stand there by chance",
    "across-turns": "the words stand in the source, but in the mouths of several speakers",
    "repeated": "the same words stand in several places; the one best for the speaker is shown",
    "probable-name": "the speaker matches by a nickname or another transliteration",
    "denied": "* the article says that this was not said",
    "hypothetical": "* the article says that this might be said",
    "not-attributed": "the words are the article's own, nobody's",
    "own-article": "* the source holds the article itself, which cannot support itself",
    "no-source": "there was no source to look in",
}


def ladder_markdown() -> str:
    """Returns the ladder as a Markdown table.

    >>> ladder_markdown().splitlines()[2].split("|")[1].strip()
    '`exact`'
    """
    rows = ["| wording | supported | what it means | quote | source |", "|---|---|---|---|---|"]
    for rung in LADDER:
        yes = "yes" if rung.wording in SUPPORTED_WORDINGS else "no"
        rows.append(
            f"| `{rung.wording}` | {yes} | {rung.meaning} | “{rung.quote}” | {rung.source} |"
        )
    negators = ", ".join(sorted(NEGATORS))
    rows += ["", f"Negators: {negators}, and every word that ends in n't."]
    return "\n".join(rows)


def flags_markdown() -> str:
    """Returns the flags as a Markdown table."""
    rows = ["| flag | meaning |", "|---|---|"]
    for name, meaning in FLAGS.items():
        rows.append(f"| `{name}` | {meaning.replace('* ', '**unsupported:** ')} |")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.stdout.write(f"{ladder_markdown()}\n\n{flags_markdown()}\n")

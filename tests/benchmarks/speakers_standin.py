"""Stand-ins for the model's names and quotations, so that speakers can be measured without it."""

from __future__ import annotations

import re

from quotecheck.names.gender import gender_of_given
from quotecheck.records import Article, Block, NameMention, Quotation
from quotecheck.speakers.headnames import guess_label
from quotecheck.speakers.lexicon import lexicon, singular

__all__ = ["article_of", "names_of", "quotations_of"]

_CAP = re.compile(
    r"(?:(?:[A-Z]\.)+|[A-Z][\w-]*)"
    r"(?:[ ](?:(?:of|for|the|on|de|la|von|van|bin)[ ])*(?:(?:[A-Z]\.)+|[A-Z][\w-]*))*"
)


_PLACES = frozenset(
    [
        "america",
        "u.s",
        "us",
        "usa",
        "united",
        "states",
        "china",
        "russia",
        "iran",
        "iraq",
        "syria",
        "israel",
        "japan",
        "france",
        "germany",
        "britain",
        "canada",
        "mexico",
        "north",
        "korea",
        "south",
        "korea",
        "ukraine",
        "turkey",
        "cuba",
        "india",
        "pakistan",
        "afghanistan",
        "libya",
        "texas",
        "florida",
        "ohio",
        "pennsylvania",
        "virginia",
        "california",
        "new",
        "york",
        "washington",
        "iowa",
        "michigan",
        "wisconsin",
        "colorado",
        "nevada",
        "arizona",
        "chicago",
        "manhattan",
        "brussels",
        "moscow",
        "berlin",
        "london",
        "paris",
        "philadelphia",
        "cleveland",
        "charlotte",
        "new",
        "hampshire",
        "north",
        "carolina",
        "minnesota",
        "georgia",
        "maryland",
        "massachusetts",
        "illinois",
        "indiana",
        "new",
        "jersey",
        "oklahoma",
        "burma",
        "hawaii",
        "europe",
        "asia",
        "africa",
        "d.c",
    ]
)


_NORPS = frozenset(
    [
        "democrat",
        "democrats",
        "republican",
        "republicans",
        "american",
        "americans",
        "african-american",
        "african-americans",
        "european",
        "europeans",
        "russian",
        "russians",
        "chinese",
        "german",
        "germans",
        "french",
        "british",
        "israeli",
        "muslim",
        "muslims",
        "christian",
        "christians",
        "jewish",
        "latino",
        "latinos",
        "hispanic",
        "hispanics",
        "libertarian",
        "libertarians",
        "democratic",
        "mexican",
        "mexicans",
        "black",
        "blacks",
        "conservative",
        "conservatives",
        "liberal",
        "liberals",
        "korean",
        "syrian",
        "iranian",
        "canadian",
        "islamic",
        "southern",
    ]
)


_NOT = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "jan",
        "feb",
        "aug",
        "sept",
        "oct",
        "nov",
        "dec",
        "i",
    ]
)


_FUNCTION = frozenset().union(
    *(lexicon().grammar[k] for k in ("determiners", "prepositions", "conjunctions", "auxiliaries")),
    lexicon().pronouns,
) | {
    "former",
    "after",
    "then",
    "there",
    "here",
    "also",
    "not",
    "no",
    "yes",
    "rival",
    "many",
    "some",
}


_OPENERS = frozenset(
    [
        "meanwhile",
        "even",
        "still",
        "yet",
        "now",
        "only",
        "just",
        "instead",
        "said",
        "did",
        "contrary",
        "rip",
        "says",
        "keeps",
        "ran",
    ]
)


def article_of(text: str) -> Article:
    """Returns a rough segmentation: a block a line, the first one the headline."""
    blocks = [
        Block(start=m.start(), end=m.end(), kind="paragraph")
        for m in re.finditer(r"\S[^\n]*", text)
    ]
    if blocks:
        blocks[0] = Block(start=blocks[0].start, end=blocks[0].end, kind="headline")
    return Article(text=text, blocks=tuple(blocks))


def quotations_of(text: str) -> list[Quotation]:
    """Returns the double-quoted spans, paired within a line."""
    out = []
    for line in re.finditer(r"[^\n]+", text):
        open_at = None
        for m in re.finditer(r'["“”]', line[0]):
            at = line.start() + m.start()
            if open_at is None and m[0] != "”":
                open_at = at
            elif open_at is not None and m[0] != "“":
                out.append(
                    Quotation(start=open_at, end=at + 1, text=text[open_at : at + 1], role="speech")
                )
                open_at = None
        if open_at is not None:
            out.append(
                Quotation(
                    start=open_at,
                    end=line.end(),
                    text=text[open_at : line.end()],
                    closed=False,
                    role="speech",
                )
            )
    return out


def names_of(text: str) -> list[NameMention]:
    """Returns runs of capitalised words with guessed labels: a stand-in for the encoder."""
    headline = text.find("\n") if "\n" in text else 0
    # words that are capitalised inside a sentence, and given names, are name words anywhere
    lowered = set(re.findall(r"\b[a-z]+", text))
    inner = set(re.findall(r"(?<=[a-z,] )[A-Z][\w-]*", text[headline:]))
    out = []
    for m in _CAP.finditer(text):
        initial = m.start() < headline or re.search(
            r"(?:^|[.!?:—\n]|[\"“”])\s*$", text[: m.start()][-3:]
        )
        for start, end in _pieces(text, m, inner, lowered, m.start() < headline, bool(initial)):
            out.append(_labelled(text, start, end))
    return [n for n in out if n is not None]


def _pieces(text, m, inner: set[str], lowered: set[str], headline: bool, initial: bool):
    """Yields the spans of names in a run of capitals: roles and stray first words cut out."""
    lex = lexicon()
    words = [(w.start() + m.start(), w.end() + m.start()) for w in re.finditer(r"\S+", m[0])]
    piece: list[tuple[int, int]] = []
    for k, (s, e) in enumerate([*words, (-1, -1)]):
        word = text[s:e] if s >= 0 else ""
        low = word.lower().strip(".")
        known = word in inner or gender_of_given(word) or len(word.strip(".")) <= 3
        role = low in lex.titles or (singular(low) in lex.people and k + 1 < len(words))
        common = low in lowered or low.endswith(("ly", "ing")) or low in _OPENERS
        stray = (headline or (initial and k == 0)) and not known and common
        if word and word[0].islower() and not piece:
            continue
        if not word or role or stray or low in _NOT or (low in _FUNCTION and word[0].isupper()):
            while piece and text[piece[-1][0]].islower():
                piece.pop()
            if piece:
                yield piece[0][0], piece[-1][1]
            piece = []
        else:
            piece.append((s, e))


def _labelled(text: str, start: int, end: int) -> NameMention | None:
    lex = lexicon()
    piece = text[start:end]
    if text[end : end + 1] == "." and piece.endswith((" Jr", " Sr")):
        end += 1
    low = piece.lower().strip(".")
    if low in _PLACES:
        label = "place"
    elif low in _NORPS:
        label = "norp"
    else:
        titled = (
            text[max(0, start - 12) : start].strip().split(" ")[-1].lower().strip(".") in lex.titles
        )
        the = text[max(0, start - 4) : start].lower() == "the "
        label = guess_label(piece, titled=titled, article=the)
    return NameMention(start=start, end=end, label=label, score=0.7) if end > start else None

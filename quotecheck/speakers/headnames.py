"""The name that heads a noun phrase, told apart from the titles, roles and places around it."""

from __future__ import annotations

from attrs import evolve

from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.nouns import (
    Descriptor,
    NameIndex,
    bare,
    describe,
    is_possessive,
    known_heads,
    strip_possessive,
)
from quotecheck.speakers.page import Word

__all__ = ["guess_label", "head_name"]


def guess_label(text: str, *, titled: bool = False, article: bool = False) -> str:
    """Returns the likely label of a capitalised name when no recogniser gave one.

    >>> guess_label("Orrin Harbour Commission"), guess_label("Mara Quist")
    ('organization', 'person')
    """
    lex = lexicon()
    words = text.replace(".", "").split()
    if titled:
        return "person"
    if text.lower() in lex.known_bodies or any(w.lower() in lex.name_words for w in words):
        return "organization"
    if len(words) == 1 and words[0].isupper() and 2 <= len(words[0]) <= 6:
        return "organization"
    if article:
        return "norp" if words[-1].endswith("s") else "organization"
    return "person"


def head_name(
    text: str, core: list[Word], names: NameIndex
) -> tuple[tuple[int, int], str, Descriptor | None] | None:
    """Returns (span, label, title) of the name that ends the core, or None."""
    if not core:
        return None
    last = core[-1]
    end = last.end - (len(last.text) - len(strip_possessive(last.text)))
    known = names.at(last.start)
    if known is not None and known.label == "norp" and not _norp_group(core, last):
        return None
    known = known or (
        names.at(core[-2].start)
        if len(core) > 1 and last.low in lexicon().grammar["suffixes"]
        else None
    )
    first = core[0].start
    if known is not None and known.end >= end - 1:
        start, label = max(known.start, first), known.label
        if known.start < first:
            start = first
        if label == "person" and " " not in text[known.start : known.end]:
            start = _extended(core, start, names)
    else:
        run = _capital_run(core)
        if run is None:
            return None
        start, label = run, ""
    inside = [w for w in core if start <= w.start]
    before = [w for w in core if w.start < start]
    if label == "person" or not label:
        inside, moved = _strip_titles(inside, label)
        before = before + moved
    elif label in ("organization", "misc", "place"):
        titled = _hidden_person(inside)
        if titled is not None:
            before, inside, label = before + titled[0], titled[1], "person"
    if not inside:
        return None
    span = (inside[0].start, end)
    if span[1] <= span[0]:
        return None
    titled_now = bool(before) and (
        before[-1].low in lexicon().titles or before[-1].low in lexicon().people
    )
    if not label:
        label = guess_label(
            text[span[0] : span[1]],
            titled=titled_now,
            article=bool(before) and before[-1].low in lexicon().grammar["determiners"],
        )
    title = describe(before, text) if before else None
    if title is not None and title.head in lexicon().titles:
        noun = lexicon().titles[title.head]
        title = evolve(title, head=noun) if noun else None
    if title is not None and is_possessive(before[-1]):
        title = None
    return span, label, title


def _extended(core: list[Word], start: int, names: NameIndex) -> int:
    """Returns where a name begins of which the recogniser saw the last word only."""
    lex = lexicon()
    for word in reversed([w for w in core if w.start < start]):
        low = word.low
        if (
            not word.capital
            or low in lex.titles
            or singular(low) in lex.people | lex.bodies
            or low in lex.grammar["determiners"]
            or low in lex.grammar["quantifiers"]
            or names.at(word.start) is not None
            or (word.text.isupper() and len(word.text) > 2)
            or is_possessive(word)
            or low in lex.grammar["ranks"]
        ):
            break
        start = word.start
    return start


def _norp_group(core: list[Word], last: Word) -> bool:
    """Whether a nationality, party or faith stands for its members: "Republicans", "the French"."""
    if singular(last.low) in lexicon().people:
        return False  # "the Republican", "many Democrats" are described, not named
    return last.low.endswith("s") or core[0].low == "the"


def _strip_titles(inside: list[Word], label: str) -> tuple[list[Word], list[Word]]:
    """Returns the name without leading titles and roles, and what was stripped."""
    lex = lexicon()
    keep = 0
    for i, word in enumerate(inside[:-1]):
        rest = len(inside) - i - 1
        if word.low in lex.titles or (singular(word.low) in lex.people and rest >= 2):
            keep = i + 1
        elif label == "person" and i >= 2:
            break
    if keep and inside[keep].low in ("of", "for", "to", "and", "at", "the"):
        return inside, []
    return inside[keep:], inside[:keep]


def _hidden_person(inside: list[Word]) -> tuple[list[Word], list[Word]] | None:
    """Returns title and name of "Orrin Mayor Mara Quist" when it was taken for one name."""
    lex = lexicon()
    for i in range(len(inside) - 2, 0, -1):
        if inside[i].low in lex.titles and len(inside) - i - 1 >= 2 and inside[i].low != "general":
            return inside[: i + 1], inside[i + 1 :]
    return None


def _capital_run(core: list[Word]) -> int | None:
    """Returns where the run of capitalised words at the core's end begins, or None."""
    lex = lexicon()
    i = len(core)
    while i > 0 and (
        core[i - 1].capital
        or (
            core[i - 1].low in lex.grammar["particles"] | {"of", "for", "the", "on", "and"}
            and i < len(core)
        )
    ):
        i -= 1
    while i < len(core) and not core[i].capital:
        i += 1
    while i < len(core) and core[i].low in lex.grammar["determiners"]:
        i += 1
    run = core[i:]
    if not run:
        return None
    if len(run) > 1 and run[0].low in ("mr", "mrs", "ms", "miss", "dr", "sen", "rep", "gov"):
        return run[0].start
    if i == 0 or (i == 1 and core[0].low in lex.grammar["determiners"]):
        common = singular(bare(run[-1].low))
        plain = (
            common in known_heads() or common in lex.documents or run[-1].low in lex.plural_people
        )
        if run[0].low in lex.grammar["quantifiers"]:
            return None
        if plain and len(run) == 1:
            return None
        if (
            plain
            and i == 0
            and all(
                singular(bare(w.low)) in known_heads() or w.low in lex.plural_people
                for w in run[1:]
            )
            and len(run) <= 2
            and run[-1].low in lex.plural_people
        ):
            return None
        if plain and common in lex.people and i == 0:
            return None  # a headline in capitals: "Former Harbour Chairman"
        if len(run) == 1 and run[0].low in lex.plural_people | lex.grammar["quantifiers"]:
            return None
    elif not core[-1].capital:
        return None
    return run[0].start

"""What a description tells by itself: the kind of figure, whose it is, whether it can speak."""

from __future__ import annotations

from quotecheck.speakers.cast import Figure, Reading
from quotecheck.speakers.lexicon import lexicon
from quotecheck.speakers.nouns import Phrase

__all__ = ["fresh", "kind_of", "possessed", "possessed_by_other"]

_NEGATIVES = frozenset({"no", "none", "neither"})


def kind_of(phrase: Phrase) -> str:
    """Returns the kind of figure that a description is of."""
    lex = lexicon()
    head = phrase.head
    if head in ("family", "couple", "public", "crew", "crowd", "audience", "press", "panel"):
        return "group"
    if head in lex.people and not phrase.plural:
        return "unnamed"
    if head in lex.people:
        return "group"
    if head in lex.documents and head not in lex.bodies:
        return "document"
    if head in lex.bodies:
        return "group" if phrase.plural else "organization"
    return "group" if phrase.plural else "unnamed"


def possessed(text: str, phrase: Phrase) -> bool:
    """Whether somebody else's: "Arden's aide", "her aide", "an aide to Arden"."""
    if phrase.owner is None:
        return False
    start, end = phrase.owner
    possessive = (
        text[end : end + 2] in ("'s", "’s") or text[start:end].lower() in lexicon().pronouns
    )
    return possessive or text[:start].rstrip().endswith((" for", " of", " to", " with"))


def possessed_by_other(text: str, phrase: Phrase) -> bool:
    """Whether the phrase begins with a possessor: "Orrin's mayor", "my father"."""
    words = text[phrase.start : phrase.end].split()
    first = words[0].lower() if words else ""
    pronoun = lexicon().pronouns.get(first)
    marked = any(w.endswith(("'s", "’s", "s'", "s’")) for w in words[:-1])
    return marked or possessed(text, phrase) or (pronoun is not None and pronoun.use == "personal")


def fresh(figure: Figure, phrase: Phrase, kind: str) -> Reading:
    """Returns the reading of a figure's first description, surer for what is known to speak."""
    lex = lexicon()
    words = phrase.text.lower().split()
    denied = bool(words) and words[0] in _NEGATIVES
    if not denied and all(w in lex.grammar["quantifiers"] or w == "others" for w in words):
        return Reading(figure.key, "description-vague", 0.5)
    if phrase.definite and kind == "unnamed":
        return Reading(figure.key, "description-new", 0.7)
    head = phrase.head
    speaks = (
        denied
        or head in lex.people
        or head in lex.bodies
        or head in lex.documents
        or head in lex.relations
        or head in lex.parties
        or {head, f"{head}s"} & lex.plural_people
    )
    return Reading(figure.key, "description" if speaks else "description-thing", 0.85)

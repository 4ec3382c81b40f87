"""Noun phrases of sources: which name or noun is the head, what is title, apposition or owner.

No parser is at hand when speakers are resolved, and none is needed: sources in news are flat noun
phrases (title, name, apposition, relative clause), so closed word classes find their parts.
"""

from __future__ import annotations

from attrs import evolve

from quotecheck.speakers.coordination import coordination, without_examples
from quotecheck.speakers.headnames import head_name
from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.nouns import (
    Descriptor,
    NameIndex,
    Phrase,
    bare,
    core_end,
    describe,
    is_possessive,
    known_heads,
    proper_words,
    segment_end,
    strip_possessive,
    suffix_follows,
)
from quotecheck.speakers.page import Word, words_of

__all__ = ["parse_phrase"]

_RELATIVES = frozenset({"who", "whom", "whose", "which", "that", "where"})
#: A decoder that takes a cue for a source does so with these.
_BARE_VERBS = frozenset({"said", "says", "told", "asked", "added", "wrote", "saying"})
#: Adverbs of sequence that a decoder may take into a source.
_OPENERS = (("one", "after", "another"), ("one", "by", "one"), ("time", "and", "again"))
#: What denies its noun: "none of them" is not them.
_NEGATIVES = frozenset({"no", "none", "neither", "nobody"})
_LETS = frozenset({"let's", "let’s"})
_POSSESSIVES = frozenset({"his", "her", "its", "their", "my", "our", "your", "whose"})


def parse_phrase(text: str, start: int, end: int, names: NameIndex) -> Phrase:
    """Returns the parts of the noun phrase ``text[start:end]``.

    >>> p = parse_phrase("Sen. Mara Quist, a doctor,", 0, 26, NameIndex([]))
    >>> p.form, "Sen. Mara Quist"[p.name[0]:p.name[1]], [d.head for d in p.titles]
    ('name', 'Mara Quist', ['senator', 'doctor'])
    """
    words = _trimmed(words_of(text, start, end))
    if _no_source(words, names):
        return Phrase(start=start, end=end)
    pronoun = _pronoun(words)
    if pronoun is not None:
        return pronoun
    whole = (words[0].start, words[-1].end)
    words = without_examples(text, words, names, _single)
    found = coordination(text, words, names, _single) or _single(text, words, names)
    return evolve(found, start=whole[0], end=whole[1])


def _trimmed(words: list[Word]) -> list[Word]:
    """Returns the words without marks at the edges and without an adverb in front."""
    while words and not words[0].alpha and words[0].text not in '“"':
        words = words[1:]
    while words and not words[-1].alpha and words[-1].text not in ')”"]':
        words = words[:-1]
    if len(words) > 1 and words[-1].low == "own" and is_possessive(words[-2]):
        words = words[:-1]  # "by Vell's own account"
    opener = next((o for o in _OPENERS if tuple(w.low for w in words[: len(o)]) == o), ())
    if opener and len(words) > len(opener) + 1:
        return _trimmed(words[len(opener) :])
    return words


def _no_source(words: list[Word], names: NameIndex) -> bool:
    """Whether the words name nobody: none, a stray verb, "according to"."""
    if len(words) == 1 and words[0].low in _BARE_VERBS:
        return names.at(words[0].start) is None  # Edward Said was a scholar
    prepositions = lexicon().grammar["prepositions"]
    return all(w.low in prepositions or w.low == "according" for w in words)


def _pronoun(words: list[Word]) -> Phrase | None:
    lex = lexicon()
    forms = lex.pronouns
    start, end = words[0].start, words[-1].end
    if words[0].low in _LETS:
        return Phrase(form="pronoun", pronoun="us", start=start, end=end)
    if words[0].low in ("who", "which", "whom") and len(words) > 1:
        return Phrase(form="pronoun", pronoun=words[0].low, start=words[0].start, end=words[0].end)
    if words[0].low in forms and (
        len(words) == 1
        or (
            len(words) == 2 and words[1].low in ("himself", "herself", "all", "both", "too", "also")
        )
    ):
        return Phrase(form="pronoun", pronoun=words[0].low, start=start, end=end)
    if (
        len(words) >= 2
        and words[-1].low in ("whom", "which", "them", "us")
        and words[-2].low == "of"
        and words[0].low not in _NEGATIVES
    ):
        return Phrase(form="pronoun", pronoun=words[-1].low, plural=True, start=start, end=end)
    return None


def _single(text: str, words: list[Word], names: NameIndex) -> Phrase:
    """Returns the phrase of one noun phrase, no coordination."""
    lex = lexicon()
    cut = core_end(words, names)
    core = words[:cut]
    possessive = is_possessive(core[-1]) and cut == len(words)
    found = head_name(text, core, names)
    rest = words[cut:]
    asides = _asides(text, rest, names)
    start, end = words[0].start, words[-1].end
    # "The Baale of Ifako, Chief Rasheed Vell": a capitalised office looks like a name.
    office = core[0].low in lex.grammar["determiners"] and found is not None and found[2] is None
    if found is None or found[1] != "person" or (office and " " not in text[slice(*found[0])]):
        holder = _holder(text, words, core, names) or _apposed(text, core, asides, names)
        if holder is not None:
            return _described(text, words, core, *holder)
    if found is not None:
        name, label, title = found
        titles = tuple(t for t in (title,) if t is not None)
        descriptors, aliases = _descriptors(text, asides, name, text)
        return Phrase(
            form="name",
            name=name,
            label=label,
            titles=(*titles, *descriptors),
            aliases=aliases,
            plural=label == "norp" and text[name[0] : name[1]].endswith("s"),
            start=start,
            end=end,
        )
    for aside in asides:
        inner = head_name(text, aside[: core_end(aside, names)], names)
        if (
            inner is not None
            and inner[1] == "person"
            and aside[0].low not in lex.grammar["prepositions"]
            and (_is_one_person(core, rest, names) or (inner[2] is not None and not _many(core)))
            and core[-1].low not in lex.documents
        ):
            return _described(text, words, core, inner[0], inner[2])
    body = _apposed_body(text, core, asides, names)
    if body is not None:
        return Phrase(form="name", name=body, label="organization", start=start, end=end)
    phrase = _description(text, words, core, rest, names, possessive)
    return evolve(phrase, start=start, end=end)


def _described(
    text: str,
    words: list[Word],
    core: list[Word],
    name: tuple[int, int],
    title: Descriptor | None,
) -> Phrase:
    """Returns the phrase of a person whom a description brings in, which is a title too."""
    return Phrase(
        form="name",
        name=name,
        label="person",
        titles=tuple(t for t in (describe(core, text), title) if t is not None),
        start=words[0].start,
        end=words[-1].end,
    )


def _holder(
    text: str, words: list[Word], core: list[Word], names: NameIndex
) -> tuple[tuple[int, int], Descriptor | None] | None:
    """Returns the name at the end of "Chairman of the Water Board Tom Vell", with its title.

    An office of a body names its holder; "an aide to Speaker Tom Vell" does not.
    """
    lex = lexicon()
    name = names.at(words[-1].start)
    offices = [w for w in core if lex.titles.get(w.low) or w.low in ("head", "member")]
    if name is None or name.label != "person" or not offices or offices[0].start >= name.start:
        return None
    if offices[-1].low in lex.spokes | lex.relations:
        return None
    before = [w for w in words if w.end <= name.start]
    title = [w for w in before[-1:] if w.low in lex.titles]
    while before and (before[-1].low in lex.titles or not before[-1].alpha):
        before.pop()
    linked = any(w.low in ("of", "for") for w in before) and not any(w.text == "," for w in words)
    if not linked or not before[-1].capital or singular(before[-1].low) in lex.people:
        return None
    span = (name.start, min(name.end, words[-1].end))
    return span, describe(title, text) if title else None


def _named_aside(
    text: str, aside: list[Word], names: NameIndex
) -> tuple[tuple[int, int], str, Descriptor | None] | None:
    """Returns (span, label, title) of an aside that is a name and nothing else."""
    if core_end(aside, names) < len(aside) or is_possessive(aside[-1]):
        return None
    return head_name(text, aside, names)


def _apposed(
    text: str, core: list[Word], asides: list[list[Word]], names: NameIndex
) -> tuple[tuple[int, int], Descriptor | None] | None:
    """Returns the person named behind an office: "The Imam of Orrin Mosque, Sheikh Ali Vell,"."""
    lex = lexicon()
    office = core[0].low in lex.grammar["determiners"] or any(
        singular(bare(w.low)) in lex.people or lex.titles.get(w.low) for w in core
    )
    if not office or _many(core):
        return None
    for aside in asides:
        first = aside[0].low
        if first in _RELATIVES or first in lex.grammar["prepositions"]:
            continue
        inner = _named_aside(text, aside, names)
        if inner is None or inner[1] != "person":
            continue
        if " " in text[slice(*inner[0])] or inner[2] is not None:
            return inner[0], inner[2]
    return None


def _apposed_body(
    text: str, core: list[Word], asides: list[list[Word]], names: NameIndex
) -> tuple[int, int] | None:
    """Returns the body named behind its kind: "the refugee agency, UNHCR,"."""
    kind = singular(bare(core[-1].low)) in lexicon().bodies
    if not kind or not asides or _plural(core[-1], core[0].low):
        return None
    inner = _named_aside(text, asides[0], names)
    known = next((n for n in map(names.at, (w.start for w in asides[0][:2])) if n), None)
    if inner is None or inner[1] != "organization" or known is None:
        return None
    return inner[0] if known.label == "organization" else None


def _many(core: list[Word]) -> bool:
    """Whether the core is a plural of people, who cannot be one person."""
    head = bare(core[-1].low)
    return _plural(core[-1], core[0].low) and singular(head) in lexicon().people


def _is_one_person(core: list[Word], rest: list[Word], names: NameIndex) -> bool:
    """Whether a description is of one person or body: "his niece", "one of their lawyers"."""
    head = core[-1].low
    if head == "one" and len(rest) > 1 and rest[0].low == "of":
        inner = rest[1 : 1 + core_end(rest[1:], names)]
        low = inner[-1].low
        return low in ("them", "us", "whom") or singular(bare(low)) in known_heads()
    # "The watchman, Piet Lowry,": whatever the noun, one is meant.
    singly = core[0].low in ("the", "his", "her", "its", "their") and not _plural(core[-1], "the")
    return head in known_heads() or (singly and len(core) > 1)


def _asides(text: str, rest: list[Word], names: NameIndex) -> list[list[Word]]:
    """Returns the comma and bracket segments after the core."""
    out: list[list[Word]] = []
    current: list[Word] | None = None
    for i, word in enumerate(rest):
        if word.text in ",;—–―()" and not suffix_follows(rest, i):
            current = []
            out.append(current)
        elif current is not None:
            current.append(word)
    return [segment for segment in out if segment]


def _descriptors(
    text: str, asides: list[list[Word]], name: tuple[int, int], _: str
) -> tuple[tuple[Descriptor, ...], tuple[str, ...]]:
    found: list[Descriptor] = []
    aliases: list[str] = []
    for segment in asides:
        if segment[0].low in _RELATIVES or segment[0].low[0].isdigit():
            continue
        before = text[max(0, segment[0].start - 2) : segment[0].start]
        only = text[segment[0].start : segment[-1].end]
        if (
            "(" in before
            and len(segment) == 1
            and only.replace(".", "").isupper()
            and len(only) >= 2
        ):
            aliases.append(only)
            continue
        made = describe(segment, text)
        if made is not None and made.head in known_heads():
            found.append(made)
    return tuple(found), tuple(aliases)


def _description(
    text: str,
    words: list[Word],
    core: list[Word],
    rest: list[Word],
    names: NameIndex,
    possessive: bool,
) -> Phrase:
    lex = lexicon()
    determiner = core[0].low
    if determiner == "a" and len(core) > 2 and core[1].low in ("few", "dozen"):
        determiner = core[1].low  # "a few supporters"
    definite = determiner in lex.grammar["definite"] or is_possessive(core[0])
    body = core
    while len(body) > 1 and body[0].low in lex.grammar["determiners"] - _NEGATIVES:
        body = body[1:]
    if determiner == "few" and body[0].low == "few" and core[0].low == "a":
        body = body[1:]  # "few supporters" would say the opposite
    head_word = body[-1]
    head, plural = singular(bare(head_word.low)), _plural(head_word, determiner)
    other = determiner in ("a", "an", "another", "one", "some", *_NEGATIVES) or any(
        w.low in ("other", "another", "others") for w in core
    )
    owner = _owner(words, body, rest, names)
    if (
        rest
        and rest[0].low == "of"
        and (head in lex.grammar["partitives"] or head_word.low in lex.grammar["partitives"])
        and len(rest) > 1
    ):
        inner = _single(text, rest[1:], names)
        if inner.form in ("description", "name") and (inner.head or inner.plural):
            one = head in ("one", "none", "neither", "either", "each") or head_word.low == "one"
            head, plural = inner.head or head, not one
            owner, other = inner.owner or owner, True
    stop = segment_end(words, len(core), names)
    kept = words[words.index(body[0]) : stop] or body
    end = kept[-1].end
    if possessive:
        end -= len(kept[-1].text) - len(strip_possessive(kept[-1].text))
    return Phrase(
        start=words[0].start,
        end=words[-1].end,
        form="description",
        head=head,
        plural=plural,
        definite=definite,
        modifiers=frozenset(
            bare(w.low)
            for w in kept
            if w.alpha
            and w is not head_word
            and w.low not in lex.grammar["prepositions"]
            and w.low not in lex.grammar["determiners"]
        ),
        text=text[kept[0].start : end],
        owner=owner,
        other=other,
        proper=proper_words([w for w in kept if w.alpha and w is not head_word]),
    )


def _plural(head: Word, determiner: str) -> bool:
    lex = lexicon()
    low = bare(head.low)
    if determiner in ("a", "an", "another", "every", "each", "this", "that", "one"):
        return False
    return (
        low in lex.plural_people
        and low not in ("group", "panel", "press", "media", "public", "half")
    ) or (singular(low) != low and low not in ("news", "politics"))


def _owner(
    words: list[Word], body: list[Word], rest: list[Word], names: NameIndex
) -> tuple[int, int] | None:
    """Returns the span of the possessor, principal or naming modifier of a description."""
    if words[0].low in _POSSESSIVES and len(words) > 1:
        return words[0].start, words[0].end
    for word in body[:-1]:
        if is_possessive(word):
            name = names.at(word.start)
            if name is not None:
                return name.start, min(name.end, word.end)
            if word.capital:
                return word.start, word.start + len(strip_possessive(word.text))
    for word in reversed(body[:-1]):
        name = names.at(word.start)
        if name is not None:
            return name.start, name.end
    if rest and rest[0].low in ("for", "of", "to", "with", "at", "from"):
        for word in rest[1:4]:
            name = names.at(word.start)
            if name is not None:
                return name.start, name.end
    return None

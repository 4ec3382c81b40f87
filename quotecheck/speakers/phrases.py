"""Noun phrases of sources: which name or noun is the head, what is title, apposition or owner.

No parser is at hand when speakers are resolved, and none is needed: sources in news are flat noun
phrases (title, name, apposition, relative clause), so closed word classes find their parts.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from attrs import evolve, frozen

from quotecheck.records import NameMention
from quotecheck.speakers.lexicon import Lexicon, lexicon, singular
from quotecheck.speakers.page import Word, words_of

__all__ = ["Descriptor", "NameIndex", "Phrase", "describe", "guess_label", "parse_phrase"]

_CUT_MARKS = frozenset(",;:()[]—–―-/")
_RELATIVES = frozenset({"who", "whom", "whose", "which", "that", "where"})
_PARTICLES = frozenset(
    {
        "de",
        "la",
        "le",
        "du",
        "da",
        "dos",
        "van",
        "von",
        "der",
        "den",
        "bin",
        "al",
        "el",
        "ibn",
        "del",
    }
)
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "junior", "senior"})
_PARTITIVE = frozenset(
    "group number chorus couple pair majority minority handful dozen dozens hundreds thousands "
    "scores range series raft collection coalition panel team some many most all few several none "
    "one two three four five six seven half both each any neither either lot lots plenty".split()
)
#: A decoder that takes a cue for a source does so with these.
_BARE_VERBS = frozenset({"said", "says", "told", "asked", "added", "wrote", "saying"})
_POSSESSIVES = frozenset({"his", "her", "its", "their", "my", "our", "your", "whose"})


@frozen
class Descriptor:
    """A noun phrase that describes an entity.

    Attributes:
        head: its head noun, lower case, singular.
        modifiers: the other words, lower case.
        text: the phrase without its determiner.
    """

    head: str
    modifiers: frozenset[str]
    text: str


@frozen(kw_only=True)
class Phrase:
    """The parts of a source's noun phrase.

    Attributes:
        start: offset of the phrase.
        end: offset after it.
        form: name, description, pronoun, group (members in ``parts``) or empty.
        name: (start, end) of the name that is the head.
        label: the name's label (person, organization, place, norp, misc).
        pronoun: the pronoun, lower case.
        head: a description's head noun, singular and lower case.
        plural: whether the phrase is plural.
        definite: whether it points back ("the", "this", "his").
        modifiers: the words before and after the head, lower case.
        text: a description without its determiner and its commas' asides.
        titles: noun phrases that stand with the name: title, role, apposition.
        aliases: names in brackets after the name.
        parts: members of a coordination.
        owner: (start, end) of the possessor or principal ("Arden's", "for Arden", "his").
        other: whether it begins with another, other, one, a: somebody not named yet.
    """

    start: int
    end: int
    form: str = "empty"
    name: tuple[int, int] | None = None
    label: str = ""
    pronoun: str = ""
    head: str = ""
    plural: bool = False
    definite: bool = False
    modifiers: frozenset[str] = frozenset()
    text: str = ""
    titles: tuple[Descriptor, ...] = ()
    aliases: tuple[str, ...] = ()
    parts: tuple[Phrase, ...] = ()
    owner: tuple[int, int] | None = None
    other: bool = False


class NameIndex:
    """The article's names by offset, overlaps removed (the longer one stays)."""

    def __init__(self, names: Sequence[NameMention]) -> None:
        kept: list[NameMention] = []
        for name in sorted(names, key=lambda n: (n.start, -n.end)):
            if name.end <= name.start or (kept and name.start < kept[-1].end):
                continue
            kept.append(name)
        self.names = kept
        self._starts = [n.start for n in kept]

    def within(self, start: int, end: int) -> list[NameMention]:
        """Returns the names that lie inside ``start`` to ``end``, in order."""
        out = []
        for i in range(bisect_left(self._starts, start), len(self.names)):
            if self.names[i].start >= end:
                break
            if self.names[i].end <= end:
                out.append(self.names[i])
        return out

    def at(self, offset: int) -> NameMention | None:
        """Returns the name that covers ``offset``, if any."""
        i = bisect_left(self._starts, offset + 1) - 1
        if i >= 0 and self.names[i].start <= offset < self.names[i].end:
            return self.names[i]
        return None


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


def describe(words: Sequence[Word], text: str) -> Descriptor | None:
    """Returns the descriptor that a run of words makes, or None when it has no head noun."""
    lex = lexicon()
    kept = [w for w in words if w.alpha]
    while kept and kept[0].low in lex.grammar["determiners"]:
        kept = kept[1:]
    cut = next(
        (
            i
            for i, w in enumerate(kept)
            if i and (w.low in lex.grammar["prepositions"] or w.low in _RELATIVES)
        ),
        len(kept),
    )
    if not kept or not cut:
        return None
    head = singular(_bare(kept[cut - 1].low))
    return Descriptor(
        head,
        frozenset(_bare(w.low) for i, w in enumerate(kept) if i != cut - 1),
        text[kept[0].start : kept[-1].end],
    )


def parse_phrase(text: str, start: int, end: int, names: NameIndex) -> Phrase:
    """Returns the parts of the noun phrase ``text[start:end]``.

    >>> p = parse_phrase("Sen. Mara Quist, a doctor,", 0, 26, NameIndex([]))
    >>> p.form, "Sen. Mara Quist"[p.name[0]:p.name[1]], [d.head for d in p.titles]
    ('name', 'Mara Quist', ['senator', 'doctor'])
    """
    words = words_of(text, start, end)
    while words and not words[0].alpha and words[0].text not in '“"':
        words = words[1:]
    while words and not words[-1].alpha and words[-1].text not in ')”"]':
        words = words[:-1]
    if not words or (len(words) == 1 and words[0].low in _BARE_VERBS):
        return Phrase(start=start, end=end)
    pronoun = _pronoun(words)
    if pronoun is not None:
        return pronoun
    group = _coordination(text, words, names)
    if group is not None:
        return group
    return _single(text, words, names)


def _pronoun(words: list[Word]) -> Phrase | None:
    lex = lexicon()
    forms = lex.pronouns
    span = {"start": words[0].start, "end": words[-1].end}
    if words[0].low in forms and (
        len(words) == 1
        or (
            len(words) == 2 and words[1].low in ("himself", "herself", "all", "both", "too", "also")
        )
    ):
        return Phrase(form="pronoun", pronoun=words[0].low, **span)
    if (
        len(words) >= 2
        and words[-1].low in ("whom", "which", "them", "us")
        and words[-2].low == "of"
    ):
        return Phrase(form="pronoun", pronoun=words[-1].low, plural=True, **span)
    return None


def _bare(low: str) -> str:
    for mark in ("'s", "’s", "'", "’"):
        if low.endswith(mark) and len(low) > len(mark):
            return low[: -len(mark)]
    return low


def _is_possessive(word: Word) -> bool:
    return word.text.endswith(("'s", "’s", "s'", "s’"))


def _in_name(word: Word, names: NameIndex) -> bool:
    name = names.at(word.start)
    return name is not None and name.start < word.start


def _title_ahead(words: Sequence[Word], at: int, names: NameIndex) -> bool:
    """Whether the preposition at ``at`` belongs to a title before a name ("Secretary of State X")."""
    if not words[at - 1].capital:
        return False
    j = at + 1
    while j < len(words) and words[j].capital and j - at <= 5:
        name = names.at(words[j].start)
        if (
            name is not None
            and name.label == "person"
            and name.start == words[j].start
            and j > at + 1
        ):
            return True
        j += 1
    return j - at >= 4 and words[at].low == "of" and words[at - 1].low in lexicon().titles


def _proper_ahead(words: Sequence[Word], at: int) -> bool:
    """Whether the preposition at ``at`` joins two halves of a body's name ("Institute for X")."""
    lex = lexicon()
    if words[at].low not in ("of", "for", "on", "to", "and", "in") or not words[at - 1].capital:
        return False
    before = [w for w in words[:at] if w.low not in lex.grammar["determiners"]]
    if len(before) == len(words[:at]) and at == 1:
        return False
    nxt = at + 1
    while nxt < len(words) and words[nxt].low in ("the", "a"):
        nxt += 1
    head = words[at - 1].low
    return (
        nxt < len(words)
        and words[nxt].capital
        and singular(head) not in lex.people
        and head not in lex.titles
        and (singular(head) in lex.bodies or head in lex.name_words)
    )


def _cut(words: Sequence[Word], names: NameIndex) -> int:
    """Returns the index where the core of the noun phrase ends (first post-modifier or aside)."""
    lex = lexicon()
    for i, word in enumerate(words):
        if i == 0:
            continue
        if _in_name(word, names):
            continue
        if not word.alpha:
            if word.text in _CUT_MARKS and not _suffix_follows(words, i):
                return i
            continue
        if word.low in _RELATIVES:
            return i
        if word.low in lex.grammar["prepositions"] and not (
            _title_ahead(words, i, names) or _proper_ahead(words, i)
        ):
            return i
        if (
            word.low.endswith(("ed", "ing"))
            and i + 1 < len(words)
            and words[i + 1].low
            in ("by", "in", "on", "from", "to", "at", "for", "with", "last", "this")
        ):
            return i
    return len(words)


def _suffix_follows(words: Sequence[Word], at: int) -> bool:
    return words[at].text == "," and at + 1 < len(words) and words[at + 1].low in _SUFFIXES


def _segment_end(words: Sequence[Word], at: int, names: NameIndex) -> int:
    """Returns the index of the first comma, bracket or dash from ``at`` on: where asides begin."""
    for i in range(at, len(words)):
        if words[i].text in ",;:(—–―" and not _suffix_follows(words, i):
            name = names.at(words[i].start)
            if name is None or name.start == words[i].start:
                return i
    return len(words)


def _coordination(text: str, words: list[Word], names: NameIndex) -> Phrase | None:
    """Returns the group that "A and B", "A, B and C" or "A, others" make, or None."""
    at = next(
        (
            i
            for i, w in enumerate(words)
            if 0 < i < len(words) - 1 and w.low in ("and", "&") and not _in_name(w, names)
        ),
        None,
    )
    if at is None:
        if len(words) >= 3 and words[-1].low == "others" and words[-2].text == ",":
            left = _single(text, words[:-2], names)
            right = _single(text, words[-1:], names)
            return _join(words, (left, right)) if left.form == "name" else None
        return None
    left, right = words[:at], words[at + 1 :]
    while left and not left[-1].alpha and left[-1].text not in ")”":
        left = left[:-1]
    if not left:
        return None
    first, second = _single(text, left, names), _single(text, right, names)
    if not _coordinates(left, right, first, second, words[at - 1].text == ",", names):
        return None
    firsts = _listed(text, left, names)
    rest = _coordination(text, right, names)
    parts = (*firsts, *(rest.parts if rest is not None else (second,)))
    return _join(words, parts)


def _listed(text: str, left: list[Word], names: NameIndex) -> tuple[Phrase, ...]:
    """Returns the conjuncts before the last one: "A, B" when each is a name, else one phrase."""
    pieces: list[list[Word]] = [[]]
    for word in left:
        if word.text == ",":
            pieces.append([])
        else:
            pieces[-1].append(word)
    phrases = [_single(text, p, names) for p in pieces if p]
    if len(phrases) > 1 and all(p.form == "name" and not p.titles[1:] for p in phrases):
        return tuple(phrases)
    return (_single(text, left, names),)


def _coordinates(
    left: list[Word],
    right: list[Word],
    first: Phrase,
    second: Phrase,
    comma: bool,
    names: NameIndex,
) -> bool:
    lex = lexicon()
    first_right = right[0].low
    if first_right in lex.grammar["auxiliaries"] or first_right in lex.grammar["verbs"]:
        return False
    cut = _cut(left, names)
    inside = cut < len(left)
    named = first.form == "name" and second.form == "name"
    if inside and not comma:
        # "X, founder and CEO of Y"; "experts on A and B"
        if left[cut].text == ",":
            return (
                named
                and all(p.form == "name" for p in (first, second))
                and _all_names_between(left, names)
            )
        return named and first.label == "person" and second.label == "person"
    if named:
        return True
    if first.form == "description" and second.form == "name":
        # "his wife and current nominee Jane Roe" is one person
        fresh = right[0].low in lex.grammar["determiners"] or right[0].capital
        return (
            fresh
            and (first.plural or left[0].low in lex.grammar["determiners"])
            and not (
                not first.plural
                and second.label == "person"
                and right[0].low not in lex.grammar["determiners"]
                and bool(second.titles)
            )
        )
    if first.form == "name":
        return second.plural or right[0].low in lex.grammar["determiners"] or not second.titles
    if second.form == "description":
        known = (first.head in lex.people or first.head in lex.bodies or first.plural) and (
            left[-1].low not in ("state", "former", "old", "local", "national", "federal")
        )
        both = first.plural and second.plural
        fresh = right[0].low in lex.grammar["determiners"]
        return known and (both or fresh)
    return False


def _all_names_between(left: list[Word], names: NameIndex) -> bool:
    return all(names.at(w.start) is not None or w.capital or w.text == "," for w in left)


def _join(words: list[Word], parts: tuple[Phrase, ...]) -> Phrase:
    return Phrase(start=words[0].start, end=words[-1].end, form="group", plural=True, parts=parts)


def _single(text: str, words: list[Word], names: NameIndex) -> Phrase:
    """Returns the phrase of one noun phrase, no coordination."""
    lex = lexicon()
    cut = _cut(words, names)
    core = words[:cut]
    possessive = _is_possessive(core[-1]) and cut == len(words)
    found = _head_name(text, core, names)
    rest = words[cut:]
    asides = _asides(text, rest, names)
    span = {"start": words[0].start, "end": words[-1].end}
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
            **span,
        )
    for aside in asides:
        inner = _head_name(text, aside[: _cut(aside, names)], names)
        if (
            inner is not None
            and inner[1] == "person"
            and (core[-1].low in _known_heads() or inner[2] is not None)
            and core[-1].low not in lex.documents
        ):
            own = describe(core, text)
            titles = tuple(t for t in (own, inner[2]) if t is not None)
            return Phrase(form="name", name=inner[0], label="person", titles=titles, **span)
    phrase = _description(text, words, core, rest, names, possessive)
    return evolve(phrase, **span) if lex else phrase


def _known_heads() -> frozenset[str]:
    return lexicon().people | lexicon().bodies | lexicon().relations


def _asides(text: str, rest: list[Word], names: NameIndex) -> list[list[Word]]:
    """Returns the comma and bracket segments after the core."""
    out: list[list[Word]] = []
    current: list[Word] | None = None
    for i, word in enumerate(rest):
        if word.text in ",;—–―()" and not _suffix_follows(rest, i):
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
        if made is not None:
            found.append(made)
    return tuple(found), tuple(aliases)


def _head_name(
    text: str, core: list[Word], names: NameIndex
) -> tuple[tuple[int, int], str, Descriptor | None] | None:
    """Returns (span, label, title) of the name that ends the core, or None."""
    if not core:
        return None
    last = core[-1]
    end = last.end - (len(last.text) - len(_strip_possessive(last.text)))
    known = names.at(last.start)
    if known is not None and known.label == "norp" and not _norp_group(core, last):
        return None
    known = known or (names.at(core[-2].start) if len(core) > 1 and last.low in _SUFFIXES else None)
    first = core[0].start
    if known is not None and known.end >= end - 1:
        start, label = max(known.start, first), known.label
        if known.start < first:
            start = first
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
        title = Descriptor(noun, title.modifiers, title.text) if noun else None
    if title is not None and _is_possessive(before[-1]):
        title = None
    return span, label, title


def _norp_group(core: list[Word], last: Word) -> bool:
    """Whether a nationality, party or faith stands for its members: "Republicans", "the French"."""
    if singular(last.low) in lexicon().people:
        return False  # "the Republican", "many Democrats" are described, not named
    return last.low.endswith("s") or core[0].low == "the"


def _strip_possessive(word: str) -> str:
    for mark in ("'s", "’s"):
        if word.endswith(mark):
            return word[: -len(mark)]
    if word.endswith(("s'", "s’")):
        return word[:-1]
    return word


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
    """Returns title and name when a body's name runs on into a person's ("Orrin Mayor Mara Quist")."""
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
        or (core[i - 1].low in _PARTICLES | {"of", "for", "the", "on", "and"} and i < len(core))
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
        common = singular(_bare(run[-1].low))
        plain = (
            common in _known_heads() or common in lex.documents or run[-1].low in lex.plural_people
        )
        if run[0].low in lex.grammar["quantifiers"]:
            return None
        if plain and len(run) == 1:
            return None
        if (
            plain
            and i == 0
            and all(
                singular(_bare(w.low)) in _known_heads() or w.low in lex.plural_people
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
    definite = determiner in lex.grammar["definite"] or _is_possessive(core[0])
    body = core
    while len(body) > 1 and body[0].low in lex.grammar["determiners"]:
        body = body[1:]
    head_word = body[-1]
    head, plural = singular(_bare(head_word.low)), _plural(head_word, determiner)
    other = determiner in ("a", "an", "another", "one", "some") or any(
        w.low in ("other", "another", "others") for w in core
    )
    owner = _owner(words, body, rest, names)
    if (
        rest
        and rest[0].low == "of"
        and (head in _PARTITIVE or head_word.low in _PARTITIVE)
        and len(rest) > 1
    ):
        inner = _single(text, rest[1:], names)
        if inner.form in ("description", "name") and (inner.head or inner.plural):
            one = head in ("one", "none", "neither", "either", "each") or head_word.low == "one"
            head, plural = inner.head or head, not one
            owner, other = inner.owner or owner, True
    stop = _segment_end(words, len(core), names)
    kept = words[words.index(body[0]) : stop] or body
    end = kept[-1].end
    if possessive:
        end -= len(kept[-1].text) - len(_strip_possessive(kept[-1].text))
    return Phrase(
        start=words[0].start,
        end=words[-1].end,
        form="description",
        head=head,
        plural=plural,
        definite=definite,
        modifiers=frozenset(
            _bare(w.low)
            for w in kept
            if w.alpha
            and w is not head_word
            and w.low not in lex.grammar["prepositions"]
            and w.low not in lex.grammar["determiners"]
        ),
        text=text[kept[0].start : end],
        owner=owner,
        other=other,
    )


def _plural(head: Word, determiner: str) -> bool:
    lex = lexicon()
    low = _bare(head.low)
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
        if _is_possessive(word):
            name = names.at(word.start)
            if name is not None:
                return name.start, min(name.end, word.end)
            if word.capital:
                return word.start, word.start + len(_strip_possessive(word.text))
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

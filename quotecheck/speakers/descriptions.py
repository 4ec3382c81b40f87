"""Descriptions: "the senator", "the company", "the report", "a spokesman for Arden"."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from itertools import islice

from attrs import frozen

from quotecheck.speakers.antecedents import Query, choose
from quotecheck.speakers.cast import Cast, Figure, Reading
from quotecheck.speakers.kinds import fresh, kind_of, possessed, possessed_by_other
from quotecheck.speakers.lexicon import lexicon, read_data
from quotecheck.speakers.nouns import Descriptor, Phrase
from quotecheck.speakers.page import Page
from quotecheck.speakers.pairs import PairRanker

__all__ = ["DescriptionBook"]

#: Evidence a link needs, and the lead it needs over the runner-up.
ENOUGH, LEAD = 1.0, 0.35
#: Bearers of one noun that are compared, the nearest ones: no article has as many, and the work
#: for a description does not grow with the text.
MOST_BEARERS = 200
#: How many times as often as its rivals a figure must be mentioned to take an office both hold.
MAIN_RATIO = 4
#: Blocks of an article that may describe before they name, and how far off the name may stand.
LEDE_BLOCKS, LEDE_REACH = 3, 5
#: Words that make another office of the same noun: "vice president" is not the president.
_LESSER = frozenset({"vice", "deputy", "assistant", "associate", "acting", "co"})
_OFFICES = frozenset(
    {"prime", "foreign", "press", "attorney", "finance", "defense", "interior", "running", "first"}
)
#: Those who are quoted without a name: in focus or not, nobody named is meant.
_NEVER_NAMED = frozenset(
    {"source", "narrator", "announcer", "caller", "interviewer", "commenter", "insider", "reader"}
)
#: Offices that an article gives to their holders when it names them; somebody known for another
#: is not meant.
_SOLE_OFFICES = frozenset(
    {
        *("director", "commissioner", "judge", "governor", "mayor", "sheriff", "prosecutor"),
        *("coroner", "minister", "secretary", "ambassador", "chancellor", "premier", "bishop"),
        *("archbishop", "principal", "headmaster", "vice-chancellor", "registrar", "bailiff"),
    }
)
#: Those who meet in court: who is known as one is none of the others.
_COURT = frozenset(
    {
        *("defendant", "plaintiff", "prosecutor", "judge", "juror", "lawyer", "attorney"),
        *("victim", "suspect", "witness", "accuser", "magistrate", "barrister", "solicitor"),
    }
)


@frozen
class _Union:
    """All words of a figure's descriptors, and those that are proper names.

    Attributes:
        size: how many descriptors these are.
        every: heads and modifiers.
        proper: modifiers that are names of places or parties.
    """

    size: int
    every: frozenset[str]
    proper: frozenset[str]


class DescriptionBook:
    """Remembers how figures have been described and finds whom a description means."""

    def __init__(self, page: Page, cast: Cast, ranker: PairRanker | None = None) -> None:
        self._page, self._cast, self._ranker = page, cast, ranker
        self._by_head: dict[str, list[tuple[int, Descriptor]]] = defaultdict(list)
        self._learned: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._unions: dict[int, _Union] = {}
        self._words: dict[int, tuple[int, int, set[str]]] = {}
        self.introductions: list[tuple[int, int, bool]] = []
        self._own: dict[str, dict[int, None]] = defaultdict(dict)
        self._own_head: dict[int, str] = {}
        self._owned: dict[tuple[str, int], int] = {}
        self._bodies: dict[str, list[int]] | None = None
        self._document_equals: dict[str, frozenset[str]] = {}
        for group in read_data("speaker_documents.json").get("equals", []):
            for word in group:
                self._document_equals[word] = frozenset(group)

    def learn(self, figure: Figure, descriptor: Descriptor, offset: int) -> None:
        """Records that the figure was described so at an offset."""
        if descriptor not in figure.descriptors:
            figure.descriptors.append(descriptor)
            bearers = self._by_head[descriptor.head]
            insort(self._learned[descriptor.head], (offset, len(bearers)))
            bearers.append((figure.key, descriptor))
        if figure.kind == "person":
            figure.gender = figure.gender or _gender(descriptor.head)

    def read(self, phrase: Phrase, owner: int | None, source: bool, query: Query) -> Reading:
        """Returns the figure that the description denotes, a new one when none fits."""
        kind = kind_of(phrase)
        somebody = kind == "unnamed" and not phrase.plural
        if self._is_owned(phrase, owner) and owner is not None:
            figure = self._cast[self._owned[phrase.head, owner]]
            if (
                len(phrase.text) > len(figure.wording)
                and phrase.owner is not None
                and self._names_owner(phrase)
            ):
                figure.wording = phrase.text
            return Reading(figure.key, "description-owned", 0.9)
        if somebody:
            linked = self._person(phrase, query, owner)
        elif kind == "organization":
            linked = self._body(phrase, owner)
        else:
            linked = None
        if linked is None and not (phrase.other and kind == "unnamed"):
            linked = self._same_head(phrase, kind, owner)
        if linked is None and somebody and phrase.definite:
            linked = self._salient(phrase, query)
        if linked is None and somebody and source:
            linked = self._introduced(phrase, query)
        if linked is not None:
            return linked
        return self._new(phrase, kind, owner, source)

    def _is_owned(self, phrase: Phrase, owner: int | None) -> bool:
        if owner is None or (phrase.head, owner) not in self._owned or phrase.other:
            return False
        known = self._cast[self._owned[phrase.head, owner]].descriptors[0].modifiers
        return phrase.modifiers <= known

    def _names_owner(self, phrase: Phrase) -> bool:
        """Whether the phrase itself names its possessor, so that its words stand alone."""
        assert phrase.owner is not None  # noqa: S101 - the caller has checked
        return self._page.text[phrase.owner[0]].isupper() and phrase.owner[0] >= phrase.start

    def _new(self, phrase: Phrase, kind: str, owner: int | None, source: bool) -> Reading:
        lex = lexicon()
        figure = self._cast.add(kind, phrase.start)
        figure.wording, figure.plural = phrase.text, phrase.plural
        figure.gender = _gender(phrase.head) or (None if kind in ("unnamed", "group") else "n")
        if owner is not None:
            if phrase.head in lex.spokes or (kind == "unnamed" and phrase.head in lex.relations):
                figure.principal = owner
            if not phrase.other:
                self._owned[phrase.head, owner] = figure.key
        figure.descriptors.append(Descriptor(phrase.head, phrase.modifiers, phrase.text))
        self._own[phrase.head][figure.key] = None
        self._own_head[figure.key] = phrase.head
        return fresh(figure, phrase, kind)

    def _person(self, phrase: Phrase, query: Query, owner: int | None) -> Reading | None:
        """Returns the named person whose title, apposition or role the description repeats."""
        gender = _gender(phrase.head)
        scores: dict[int, float] = defaultdict(float)
        for head in _equals(phrase.head):
            for key, descriptor in self._bearers(head, phrase.start):
                figure = self._cast[key]
                if figure.kind != "person" or key in query.banned:
                    continue
                if gender and figure.gender and gender != figure.gender:
                    continue
                if owner is not None and self._serves_another(phrase, owner, descriptor):
                    continue
                base = 1.2 if head == phrase.head else 0.8
                score = base + self._overlap(phrase, figure, descriptor)
                scores[key] = max(scores[key], score)
        if phrase.other and not phrase.modifiers:
            return None
        ranked = sorted(scores.items(), key=lambda x: -x[1])
        if phrase.other and ranked and ranked[0][1] < 1.8:
            return None
        if not ranked or ranked[0][1] < ENOUGH:
            return None
        best, score = ranked[0]
        if len(ranked) > 1 and score - ranked[1][1] < LEAD:
            close = [k for k, s in ranked if score - s < LEAD]
            near = [k for k in close if self._near(k, query)]
            if len(near) == 1:
                return Reading(near[0], "description-near", 0.7)
            main = max(close, key=lambda k: self._cast.counts[k])
            rest = sum(self._cast.counts[k] for k in close if k != main)
            if self._cast.counts[main] >= MAIN_RATIO * max(1, rest):
                return Reading(main, "description-main", 0.7)
            plain = [k for k in close if self._plainly(k, phrase)]
            if len(plain) == 1 and not phrase.proper:
                return Reading(plain[0], "description-main", 0.6)
            return Reading(None, "description-title", 0.5, tuple(close))
        return Reading(best, "description-title", min(1.0, score / 2))

    def _plainly(self, key: int, phrase: Phrase) -> bool:
        """Whether the figure holds the office without a place or party: the country's own."""
        return any(d.head == phrase.head and not d.proper for d in self._cast[key].descriptors)

    def _serves_another(self, phrase: Phrase, owner: int, descriptor: Descriptor) -> bool:
        """Whether "his lawyer" cannot be "Vell's lawyer Ruth Pell", because he is not Vell."""
        lex = lexicon()
        if phrase.head not in lex.relations or not (
            descriptor.proper and possessed(self._page.text, phrase)
        ):
            return False
        known = self._tokens(self._cast[owner])
        return bool(known) and self._cast[owner].kind == "person" and not known & descriptor.proper

    def _introduced(self, phrase: Phrase, query: Query) -> Reading | None:
        """Returns the person whom the lede describes before it names them.

        Headlines and ledes say "a former harbour chief said" and give the name a paragraph later.
        """
        lex = lexicon()
        if query.block > LEDE_BLOCKS or phrase.head not in lex.people:
            return None
        at = bisect_left(self.introductions, (phrase.end, -1, False))
        for start, key, explained in self.introductions[at : at + 3]:
            figure = self._cast[key]
            if self._page.block(start) - query.block > LEDE_REACH or figure.first < phrase.start:
                continue
            gender = _gender(phrase.head)
            if gender and figure.gender and figure.gender != gender:
                continue
            if self.known_as(key, phrase.head):
                return Reading(key, "lede", 0.9)
            gap = self._page.block(start) - query.block
            if explained and not figure.descriptors and 1 <= gap <= 2:
                return Reading(key, "lede-bare", 0.5)
            words = set().union(*(d.modifiers for d in figure.descriptors))
            if phrase.modifiers & words:
                return Reading(key, "lede", 0.7)
        return None

    def _overlap(self, phrase: Phrase, figure: Figure, descriptor: Descriptor) -> float:
        union = self._union(figure)
        every = union.every
        extra = phrase.modifiers - every - {"the", "own"}
        score = 0.4 * len(phrase.modifiers & every) - min(0.3, 0.1 * len(extra))
        if "former" in phrase.modifiers and "former" not in descriptor.modifiers:
            score -= 0.3
        if _clash(phrase.proper, union.proper):
            score -= 0.8
        if (phrase.modifiers ^ descriptor.modifiers) & _LESSER or extra & _OFFICES:
            score -= 0.8
        return score

    def _near(self, key: int, query: Query) -> bool:
        for event in reversed(self._cast.events[-60:]):
            if query.block - event.block > 1:
                return False
            if event.figure == key and event.role in ("source", "subject"):
                return True
        return False

    def _salient(self, phrase: Phrase, query: Query) -> Reading | None:
        """Returns the person in focus for a definite description that no title explains."""
        if possessed_by_other(self._page.text, phrase) or phrase.head not in lexicon().people:
            return None
        if phrase.head in _NEVER_NAMED:
            return None
        gender = _gender(phrase.head)
        wanted = Query(
            start=query.start,
            end=query.end,
            sentence=query.sentence,
            block=query.block,
            quoted=query.quoted,
            genders=frozenset((gender,)) if gender else frozenset(),
            plural=False,
            kinds=frozenset({"person"}),
            subject=True,
            speaker=query.speaker,
            banned=query.banned | self._others_in_court(phrase),
            role=query.role,
        )
        choice = choose(wanted, self._cast, ranker=self._ranker)
        if choice.best is None or choice.share < 0.35:
            return None
        new = phrase.head in _SOLE_OFFICES and "former" not in phrase.modifiers
        if new and self._cast[choice.best].descriptors:
            return None  # known for something else
        return Reading(choice.best, "description-focus", choice.share)

    def _others_in_court(self, phrase: Phrase) -> frozenset[int]:
        """Returns the figures that are known for another part in a trial than the noun's."""
        if phrase.head not in _COURT:
            return frozenset()
        others = _COURT - _equals(phrase.head)
        return frozenset(key for head in others for key, _ in self._bearers(head, phrase.start))

    def _body(self, phrase: Phrase, owner: int | None) -> Reading | None:
        """Returns the last named body that the noun fits ("the paper" for the Orrin Times)."""
        if phrase.other or not (phrase.definite or phrase.modifiers):
            return None
        words = lexicon().hypernyms.get(phrase.head, frozenset()) | {phrase.head}
        index = self._body_index()
        keys = {k for w in words for k in index.get(w, ())}
        keys.update(
            k for k, d in self._by_head.get(phrase.head, ()) if self._cast[k].kind != "person"
        )
        hits: dict[int, int] = {}
        for key in keys:
            figure = self._cast[key]
            if figure.first >= phrase.start:
                continue
            if phrase.modifiers <= self._known(figure):
                hits[key] = max(figure.last, figure.first)
        if not hits:
            return None
        best = max(hits, key=lambda k: hits[k])
        return Reading(best, "description-body", 0.9 if len(hits) == 1 else 0.7)

    def _tokens(self, figure: Figure) -> set[str]:
        return {t.lower().strip(".") for surface in figure.surfaces for t in surface.split()}

    def known_as(self, key: int, head: str) -> bool:
        """Whether a figure has been described with a noun or one that means the same."""
        same = _equals(head)
        return any(descriptor.head in same for descriptor in self._cast[key].descriptors)

    def seen(self, key: int) -> None:
        """Moves a figure that has no name to the front of those with its noun."""
        head = self._own_head.get(key)
        if head is not None:
            self._own[head][key] = self._own[head].pop(key)

    def _bearers(self, head: str, offset: int) -> Sequence[tuple[int, Descriptor]]:
        """Returns those described with a noun; of very many, those described nearest."""
        every = self._by_head.get(head, ())
        if len(every) <= MOST_BEARERS:
            return every
        at = bisect_left(self._learned[head], (offset,)) - MOST_BEARERS // 2
        at = min(max(at, 0), len(every) - MOST_BEARERS)
        return [every[i] for i in sorted(i for _, i in self._learned[head][at : at + MOST_BEARERS])]

    def _known(self, figure: Figure) -> set[str]:
        """Returns the words that a body is named or described with."""
        made = self._words.get(figure.key)
        sizes = (len(figure.surfaces), len(figure.descriptors))
        if made is None or made[:2] != sizes:
            words = self._tokens(figure) | self._union(figure).every
            made = self._words[figure.key] = (*sizes, words)
        return made[2]

    def _union(self, figure: Figure) -> _Union:
        """Returns the words of all that a figure was described as; descriptors are only added."""
        made = self._unions.get(figure.key)
        if made is None or made.size != len(figure.descriptors):
            made = self._unions[figure.key] = _Union(
                len(figure.descriptors),
                frozenset().union(*(d.modifiers | {d.head} for d in figure.descriptors)),
                frozenset().union(*(d.proper for d in figure.descriptors)),
            )
        return made

    def _body_index(self) -> dict[str, list[int]]:
        if self._bodies is None:
            self._bodies = defaultdict(list)
            for figure in self._cast.figures:
                if figure.kind in ("organization", "place") and figure.named:
                    for token in self._tokens(figure):
                        self._bodies[token].append(figure.key)
        return self._bodies

    def _same_head(self, phrase: Phrase, kind: str, owner: int | None) -> Reading | None:
        """Returns the earlier figure described with the same noun ("the report")."""
        if phrase.other:
            return None
        heads = self._document_equals.get(phrase.head, frozenset({phrase.head}))
        found = [
            k
            for head in heads
            for k in islice(reversed(self._own.get(head, {})), MOST_BEARERS)
            if self._cast[k].plural == phrase.plural and self._cast[k].kind == kind
        ]
        found.sort(key=lambda k: (self._cast[k].last, k))
        if owner is not None:
            found = [k for k in found if self._cast[k].principal in (None, owner)]
        for key in reversed(found):
            modifiers = self._cast[key].descriptors[0].modifiers
            same_words = phrase.text.lower() == self._cast[key].wording.lower()
            if phrase.modifiers <= modifiers and (phrase.definite or same_words):
                return Reading(key, "description-again", 0.8)
        return None


def _equals(head: str) -> frozenset[str]:
    """Returns a noun and those that mean the same."""
    return lexicon().equals.get(head, frozenset()) | {head}


def _gender(head: str) -> str | None:
    """Returns the gender, m or f, that a noun tells."""
    lex = lexicon()
    return "m" if head in lex.male else "f" if head in lex.female else None


def _clash(a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two sets of proper modifiers exclude each other ("Republican", "Libertarian")."""
    return bool(a and b) and not a & b

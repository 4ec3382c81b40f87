"""Links one mention at a time, in text order, to a figure of the cast."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve

from quotecheck.speakers.antecedents import AntecedentScorer, Choice, Query, choose
from quotecheck.speakers.cast import Cast, Figure, Reading, event_of
from quotecheck.speakers.cataphora import Ahead
from quotecheck.speakers.clusters import NameBook
from quotecheck.speakers.descriptions import DescriptionBook
from quotecheck.speakers.lexicon import PronounForm, lexicon
from quotecheck.speakers.mentions import Scanner, Spot
from quotecheck.speakers.nouns import NameIndex, Phrase
from quotecheck.speakers.page import Page
from quotecheck.speakers.pairs import CLAUSES, PairRanker, PairScorer, nearest_subject
from quotecheck.speakers.phrases import parse_phrase
from quotecheck.speakers.relatives import antecedent_phrase
from quotecheck.speakers.signatures import Signatures

__all__ = ["Linker"]

_PEOPLE = frozenset({"person", "unnamed"})
_THINGS = frozenset({"organization", "document", "place"})
_MANY = frozenset({"group", "organization", "document"})
#: Nouns that say nothing of what people are.
_ANYBODY = frozenset({"man", "woman", "person", "pair", "couple", "duo", "friend", "colleague"})
#: Below this share of belief the best antecedent is not named; the candidates are.
FLOOR = 0.4
#: From this belief on that an "it" or "they" goes back to nothing it is left alone.
NONE = 0.5
#: From this share on, a subject pronoun tells the gender of its antecedent.
CERTAIN = 0.9


class Linker:
    """Reads mentions and keeps the cast's history.

    Args:
        page: the article.
        cast: the figures.
        book: the clusters of names.
        names: names by offset.
        scanner: the words and roles.
        enclosing: for an offset, the figure that speaks the content it stands in, and whether that
            content is in quotation marks.
        coreference: an outside score for pairs of mentions.
    """

    def __init__(
        self,
        page: Page,
        cast: Cast,
        book: NameBook,
        names: NameIndex,
        scanner: Scanner,
        enclosing: Callable[[int], tuple[int | None, bool]],
        coreference: AntecedentScorer | PairScorer | None = None,
    ) -> None:
        self._page, self._cast, self._book = page, cast, book
        self._names, self._scanner, self._enclosing = names, scanner, enclosing
        self._coreference: AntecedentScorer | None = None
        self._ranker: PairRanker | None = None
        if isinstance(coreference, PairScorer):
            self._ranker = PairRanker(page, cast, coreference)
        else:
            self._coreference = coreference
        self._ahead = Ahead(page, cast, book, names, scanner)
        self.descriptions = DescriptionBook(page, cast, self._ranker)
        self._groups: dict[frozenset[int], int] = {}
        self._author: int | None = None
        self._signatures = Signatures(page, cast, book)
        self._readers: int | None = None
        self.readings: dict[tuple[int, int], Reading] = {}

    def read(self, spot: Spot) -> Reading:
        """Returns what the mention denotes and records it in the history."""
        known = self.readings.get((spot.start, spot.end))
        if known is not None and spot.role != "source":
            return known
        if spot.quiet:
            return self._quiet(spot)
        if spot.phrase is not None:
            reading = self.phrase(spot.phrase, spot.role)
        elif spot.form == "name":
            reading = self._book.readings.get((spot.start, spot.end)) or Reading(None, "name", 0.0)
        else:
            reading = self.pronoun(spot.pronoun, spot.start, spot.end, spot.role)
        self.readings[spot.start, spot.end] = reading
        if reading.figure is not None:
            self._note(spot, reading.figure)
        return reading

    def _quiet(self, spot: Spot) -> Reading:
        """Adds "it", "they" and the "I" of a quotation to a chain where the scores are sure."""
        form = lexicon().pronouns[spot.pronoun]
        reading = Reading(None, "pronoun", 0.0)
        if form.person == 1:
            speaker, quoted = self._enclosing(spot.start)
            if speaker is not None and quoted and form.number == "sg":
                reading = Reading(speaker, "first-person", 0.9)
        elif self._ranker is not None:
            query = self._query(
                spot.start,
                spot.end,
                None,
                _THINGS if form.number == "sg" else _MANY,
                spot.role == "subject",
                None,
                spot.pronoun,
                spot.role,
            )
            choice = choose(query, self._cast, None, self._ranker, self._ahead.subject(query))
            if choice.best is not None and choice.none < NONE and choice.share >= FLOOR:
                reading = Reading(choice.best, "pronoun", choice.share)
        if reading.figure is not None:
            self._cast[reading.figure].spans.add((spot.start, spot.end))
        return reading

    def _note(self, spot: Spot, figure: int) -> None:
        span = (spot.start, spot.end)
        if spot.phrase is not None and spot.phrase.name is not None:
            span = spot.phrase.name
        if self._page.kind(spot.start) == "byline":
            self._cast[figure].spans.add(span)  # who writes is no talk of the text
            return
        self._cast.note(event_of(self._page, span, figure, spot.role, spot.form, phrase=spot.start))
        self.descriptions.seen(figure)

    def phrase(self, phrase: Phrase, role: str = "source") -> Reading:
        """Returns what a parsed noun phrase denotes."""
        if phrase.form == "name":
            return self._name(phrase)
        if phrase.form == "pronoun":
            return self.pronoun(phrase.pronoun, phrase.start, phrase.end, role)
        if phrase.form == "group":
            return self._group(phrase)
        if phrase.form == "description":
            return self._description(phrase, role)
        return Reading(None, "no-source", 0.0)

    def _name(self, phrase: Phrase) -> Reading:
        reading = self._book.find(phrase)
        if reading is None or reading.figure is None:
            return reading or Reading(None, "name", 0.0)
        figure = self._cast[reading.figure]
        for descriptor in phrase.titles:
            self.descriptions.learn(figure, descriptor, phrase.start)
        for alias in phrase.aliases:
            if figure.kind != "person":
                self._book.alias_body(figure, alias)
        if reading.step == "name" and phrase.titles:
            return Reading(reading.figure, "name", reading.score)
        return reading

    def label(self, span: tuple[int, int], name: str) -> Reading:
        """Returns the figure of a transcript label: a known person, or a new one."""
        found = self._book.person(name)
        if found is None:
            figure = self._cast.add("person" if len(name) > 1 else "unnamed", span[0])
            if len(name) > 1:
                figure.surfaces[self._book.label_core(name)] += 1
            else:
                figure.wording = name
            self._book.enrol(figure, name)
            found = Reading(figure.key, "turn", 0.8)
        if found.figure is not None:
            self._cast[found.figure].spans.add(span)
        self.readings[span] = found
        return found

    def _group(self, phrase: Phrase) -> Reading:
        readings = [self.phrase(part) for part in phrase.parts]
        keys = [r.figure for r in readings]
        if any(k is None for k in keys):
            figure = self._cast.add("group", phrase.start)
            figure.wording, figure.plural = self._page.text[phrase.start : phrase.end], True
            return Reading(figure.key, "group-part", 0.5)
        members = [k for k in dict.fromkeys(keys) if k is not None]
        return Reading(
            self.group_of(members, phrase.start).key, "group", min(r.score for r in readings)
        )

    def group_of(self, members: list[int], offset: int) -> Figure:
        """Returns the group figure of these members."""
        key = frozenset(members)
        if key not in self._groups:
            figure = self._cast.add("group", offset)
            figure.members, figure.plural = list(members), True
            self._groups[key] = figure.key
        return self._cast[self._groups[key]]

    def _description(self, phrase: Phrase, role: str) -> Reading:
        owner = self._owner(phrase)
        pair = self._pair(phrase)
        if pair is not None:
            return pair
        query = self._query(phrase.start, phrase.end, None, _PEOPLE, True, role=role)
        return self.descriptions.read(phrase, owner, role == "source", query)

    def _owner(self, phrase: Phrase) -> int | None:
        if phrase.owner is None:
            return None
        reading = self.readings.get(phrase.owner) or self._book.readings.get(phrase.owner)
        if reading is None:
            low = self._page.text[phrase.owner[0] : phrase.owner[1]].lower()
            if low in lexicon().pronouns:
                reading = self.pronoun(low, *phrase.owner, "possessive")
                self.readings[phrase.owner] = reading
        return reading.figure if reading is not None else None

    def _pair(self, phrase: Phrase) -> Reading | None:
        """Returns the group that "both men", "the two", "the pair", "the two senators" mean."""
        two = "two" in phrase.modifiers or phrase.head in ("two", "pair", "duo", "couple", "both")
        text = self._page.text[phrase.start : phrase.end].lower()
        two = two or text.startswith("both ")
        if not two or (not phrase.plural and phrase.head not in ("two", "pair", "duo", "couple")):
            return None
        if text.startswith("two ") and phrase.head not in ("two",):
            return None  # "two officials" are new
        return self.both(phrase.start, phrase.head)

    def both(self, offset: int, head: str = "") -> Reading | None:
        """Returns the last pair or the last two mentioned, nearest paragraphs first.

        They are people, unless the noun ``head`` is one for bodies ("the two countries"); where
        people are known by what they are, "both senators" are senators.
        """
        bodies = head in lexicon().bodies
        kinds = _THINGS if bodies else frozenset({"person"})
        block = self._page.block(offset)
        seen: list[int] = []
        for event in reversed(self._cast.events[-40:]):
            if block - event.block > 4:
                break
            figure = self._cast[event.figure]
            if figure.kind == "group" and len(figure.members) == 2:
                if all(self._cast[m].kind in kinds or not bodies for m in figure.members):
                    return Reading(figure.key, "pair", 0.8)
            elif bodies and event.role in ("oblique", "aside"):
                continue  # "a senator of Orrin" is no talk of Orrin
            elif figure.kind in kinds and event.figure not in seen and event.role != "modifier":
                seen.append(event.figure)
        if head in lexicon().people and head not in _ANYBODY:
            fitting = [k for k in seen if self.descriptions.known_as(k, head)]
            if len(fitting) < 2 and any(self._cast[k].descriptors for k in seen[:2]):
                return None  # known for something else
            seen = fitting if len(fitting) > 1 else seen
        if len(seen) < 2:
            return None
        pair = sorted(seen[:2], key=lambda k: self._cast[k].first)
        return Reading(self.group_of(pair, offset).key, "pair", 0.7 if len(seen) == 2 else 0.5)

    def pronoun(self, low: str, start: int, end: int, role: str) -> Reading:
        """Returns what a pronoun denotes."""
        form = lexicon().pronouns.get(low)
        if form is None:
            return Reading(None, "pronoun", 0.0)
        if form.person == 1:
            return self._first_person(form, start)
        if form.person == 2:
            return self._second_person(start)
        if form.use == "relative":
            return self._relative(low, start, end)
        if form.use == "quantifier":
            return self.both(start) or Reading(None, "pronoun", 0.0)
        return self._third_person(form, low, start, end, role)

    def _first_person(self, form: PronounForm, start: int) -> Reading:
        speaker, quoted = self._enclosing(start)
        if quoted or self._page.quotation(start) is not None:
            score = 0.9 if form.number == "sg" else 0.7
            return Reading(speaker, "first-person", score if speaker is not None else 0.0)
        signed = self._signatures.after(start) if form.number == "sg" else None
        if signed is not None:
            return Reading(signed, "author", 0.8)
        return Reading(self.author(start), "author", 0.9)

    def author(self, start: int) -> int:
        """Returns the figure of the text's author, first met at ``start``."""
        if self._author is None:
            self._author = self._cast.add("author", start).key
            self._cast[self._author].wording = "author"
        return self._author

    def _second_person(self, start: int) -> Reading:
        if self._page.quotation(start) is not None:
            return Reading(None, "second-person", 0.0)
        if self._readers is None:
            figure = self._cast.add("group", start)
            figure.wording, figure.plural = "readers", True
            self._readers = figure.key
        return Reading(self._readers, "second-person", 0.7)

    def _relative(self, low: str, start: int, end: int) -> Reading:
        span = antecedent_phrase(self._scanner, self._names, self._page, start, low)
        if span is None:
            return Reading(None, "relative", 0.0)
        known = self._book.readings.get(span) or self.readings.get(span)
        if known is not None:
            return Reading(known.figure, "relative", 0.9 * known.score, known.candidates)
        inner = parse_phrase(self._page.text, *span, self._names)
        reading = self.phrase(inner, "object")
        return Reading(reading.figure, "relative", 0.8 * reading.score, reading.candidates)

    def _query(
        self,
        start: int,
        end: int,
        gender: str | None,
        kinds: frozenset[str],
        subject: bool,
        plural: bool | None = None,
        word: str = "",
        role: str = "",
    ) -> Query:
        quotation = self._page.quotation(start)
        speaker, quoted = self._enclosing(start)
        banned = frozenset((speaker,)) if quoted and speaker is not None else frozenset[int]()
        return Query(
            start=start,
            end=end,
            sentence=self._page.sentence(start),
            block=self._page.block(start),
            quoted=quotation.start if quotation is not None else -1,
            genders=frozenset((gender,)) if gender else frozenset(),
            plural=plural,
            kinds=kinds,
            subject=subject,
            speaker=None if quoted else speaker,
            banned=banned,
            word=word,
            role=role,
        )

    def _third_person(
        self, form: PronounForm, low: str, start: int, end: int, role: str
    ) -> Reading:
        subject = role in ("source", "subject")
        if form.gender in ("m", "f"):
            query = self._query(start, end, form.gender, _PEOPLE, subject, False, low, role)
            query = self._not_of_its_own_subject(query)
            step = "pronoun"
        elif form.number == "sg":
            query = self._query(start, end, None, _THINGS, subject, None, low, role)
            step = "pronoun-it"
        else:
            query = self._query(start, end, None, _MANY, subject, None, low, role)
            step = "pronoun-they"
        ahead = self._ahead.subject(query)
        choice = choose(query, self._cast, self._coreference, self._ranker, ahead)
        if choice.best is None and form.gender in ("m", "f"):
            only = self._ahead.only(query, form.gender)
            if only is not None:
                return only
        return self._chosen(choice, step, form.gender if subject else None)

    def _not_of_its_own_subject(self, query: Query) -> Query:
        """Keeps "her" in "Quist drove her" from being Quist (Chomsky's principle B)."""
        if query.role != "object" or query.word.endswith("self"):
            return query
        subject = nearest_subject(query, self._cast)
        if subject is None or CLAUSES.search(self._page.text, subject.end, query.start):
            return query
        return evolve(query, banned=query.banned | {subject.figure})

    def _chosen(self, choice: Choice, step: str, gender: str | None) -> Reading:
        if choice.best is None:
            return Reading(None, step, 0.0)
        if choice.share < FLOOR and len(choice.ranked) > 1:
            close = tuple(k for k, p in choice.ranked[:4] if p >= 0.15)
            return Reading(None, step, choice.share, close or (choice.best,))
        figure = self._cast[choice.best]
        if gender in ("m", "f") and figure.gender is None and choice.share >= CERTAIN:
            figure.gender = gender
        return Reading(choice.best, step, choice.share)

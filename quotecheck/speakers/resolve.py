"""Speaker resolution: decoded attributions in, entities and named speakers out."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

import attrs
from attrs import frozen

from quotecheck.quotations import nickname_pairs
from quotecheck.records import (
    Article,
    Attribution,
    Entity,
    Evidence,
    NameMention,
    Quotation,
    Span,
)
from quotecheck.speakers.alternatives import any_of
from quotecheck.speakers.antecedents import AntecedentScorer
from quotecheck.speakers.assemble import build_entities
from quotecheck.speakers.bodies import fold
from quotecheck.speakers.cast import Cast, Reading
from quotecheck.speakers.clusters import NameBook
from quotecheck.speakers.confidence import confidence, discounted
from quotecheck.speakers.discourse import Discourse, label_name, turn_label
from quotecheck.speakers.inputs import companion, listed_people, with_nicknames
from quotecheck.speakers.interviews import Interview
from quotecheck.speakers.linker import Linker
from quotecheck.speakers.mentions import Scanner, Spot, outside
from quotecheck.speakers.namespans import whole_names
from quotecheck.speakers.nouns import NameIndex, Phrase
from quotecheck.speakers.page import Page
from quotecheck.speakers.pairs import PairScorer
from quotecheck.speakers.phrases import parse_phrase

__all__ = ["Resolution", "resolve"]

#: Score of a name that only a source's form suggests; the encoder's names outvote it.
GUESSED = 0.3
#: A speaker whose rule is right less often is not named; it becomes a candidate.
NAMED = 0.4


@frozen(kw_only=True)
class Resolution:
    """What `resolve` returns.

    Attributes:
        entities: everything named or speaking, ids in text order.
        attributions: the same attributions with speaker, candidates, confidence and evidence.
    """

    entities: tuple[Entity, ...]
    attributions: tuple[Attribution, ...]


def resolve(
    article: Article,
    quotations: Sequence[Quotation],
    names: Sequence[NameMention],
    attributions: Sequence[Attribution],
    *,
    coreference: AntecedentScorer | PairScorer | None = None,
    people: Iterable[str | Mapping[str, object]] = (),
) -> Resolution:
    """Returns the entities of an article and its attributions with their speakers.

    A speaker is named only when the evidence is good; else it is None and ``candidates`` holds
    those who fit. Runs in time linear in the text.

    Args:
        article: the segmented text.
        quotations: its quotations.
        names: its names, as the encoder found them; gaps and wrong labels are expected.
        attributions: decoded attributions, in any order; kept in that order.
        coreference: log-odds that two spans corefer, or None where it has no opinion; or a scorer
            of all candidates of a mention, which decides where it has one.
        people: names that the user knows: a full name, or a mapping with ``name`` and ``aliases``.

    >>> from quotecheck.records import Article, Attribution, NameMention, Span
    >>> text = "Mara Quist spoke. She said it rained."
    >>> found = resolve(
    ...     Article(text=text), [], [NameMention(start=0, end=10, label="person")],
    ...     [Attribution(id="A1", kind="indirect", content=(Span.of(text, 27, 36),),
    ...                  cue=(Span.of(text, 22, 26),), source=(Span.of(text, 18, 21),))])
    >>> found.attributions[0].speaker.name
    'Mara Quist'
    """
    return _Run(article, quotations, names, attributions, coreference, people).result()


class _Run:
    """One resolution, from names to records."""

    def __init__(
        self,
        article: Article,
        quotations: Sequence[Quotation],
        names: Sequence[NameMention],
        attributions: Sequence[Attribution],
        coreference: AntecedentScorer | PairScorer | None,
        people: Iterable[str | Mapping[str, object]],
    ) -> None:
        self.text = article.text
        self.page = Page(article, quotations)
        self.quotations = tuple(quotations)
        self.given_order = sorted(range(len(attributions)), key=lambda i: _place(attributions[i]))
        self.attributions = tuple(attributions[i] for i in self.given_order)
        self.interview = Interview(self.page)
        labels = self.interview.labels
        inside = [
            n
            for n in names
            if 0 <= n.start < n.end <= len(self.text) and (n.start, n.end) not in labels
        ]
        given = NameIndex(
            whole_names(self.page, with_nicknames(self.text, self.quotations, inside))
        )
        self.phrases = [self._parse(a, given) for a in self.attributions]
        extra = self._extra_names(given)
        self.names = given
        if extra:
            self.names = NameIndex(whole_names(self.page, [*given.names, *extra]))
            self.phrases = [self._parse(a, self.names) for a in self.attributions]
        self.cast = Cast()
        self.scanner = Scanner(self.page, self.names)
        heads = {p.name for p in self._all_phrases() if p.name is not None}
        found = [*self.names.names, *self._source_names()]
        spans = [(n.start, n.end) for n in found]
        self.book = NameBook(
            self.page,
            self.cast,
            found,
            {(n.start, n.end): self.scanner.short_title(n) for n in found},
            {s: "source" if s in heads else self.scanner.role(*s) for s in spans},
            listed_people(people),
        )
        self.contents = sorted(
            (s.start, s.end, i) for i, a in enumerate(self.attributions) for s in a.content
        )
        self._content_starts = [c[0] for c in self.contents]
        self.readings: list[Reading | None] = [None] * len(self.attributions)
        self.linker = Linker(
            self.page, self.cast, self.book, self.names, self.scanner, self._enclosing, coreference
        )

    def _parse(self, attribution: Attribution, names: NameIndex) -> Phrase:
        for span in attribution.source:
            start = span.start
            if (start, span.end) in self.interview.labels:
                continue
            if span.text.lower().strip() in ("others", "and others"):
                start = companion(self.text, start, names)
            phrase = parse_phrase(self.text, start, span.end, names)
            if phrase.form != "empty":
                return phrase
        return Phrase(start=0, end=0)

    def _all_phrases(self) -> Iterable[Phrase]:
        for phrase in self.phrases:
            yield phrase
            yield from phrase.parts

    def _extra_names(self, given: NameIndex) -> list[NameMention]:
        """Returns names that the sources show and the encoder missed, wherever they stand."""
        known = {fold(self.text[n.start : n.end]) for n in given.names}
        found: dict[str, tuple[str, str]] = {}
        for phrase in self._all_phrases():
            if phrase.form == "name" and phrase.name is not None:
                surface = self.text[phrase.name[0] : phrase.name[1]]
                if fold(surface) not in known and surface:
                    found.setdefault(surface, (surface, phrase.label))
        if not found:
            return []
        pattern = re.compile(rf"(?<![\w])(?:{any_of(found)})(?![\w])")
        out = []
        for match in pattern.finditer(self.text):
            if not given.within(match.start(), match.end()) and given.at(match.start()) is None:
                out.append(
                    NameMention(
                        start=match.start(),
                        end=match.end(),
                        label=found[match[0]][1],
                        score=GUESSED,
                    )
                )
        return out

    def _source_names(self) -> list[NameMention]:
        """Returns source names whose bounds differ from the encoder's (a title cut off ...)."""
        exact = {(n.start, n.end) for n in self.names.names}
        out = {}
        for phrase in self._all_phrases():
            if phrase.name is not None and phrase.name not in exact:
                out[phrase.name] = NameMention(
                    start=phrase.name[0], end=phrase.name[1], label=phrase.label, score=1.0
                )
        return list(out.values())

    def _enclosing(self, offset: int) -> tuple[int | None, bool]:
        """Returns the speaker of the innermost content around ``offset``, and whether in marks."""
        at = bisect_right(self._content_starts, offset)
        best: tuple[int, int] | None = None
        for start, end, i in reversed(self.contents[max(0, at - 12) : at]):
            own = any(s.start <= offset < s.end for s in self.attributions[i].source)
            if start <= offset < end and not own and (best is None or end - start < best[0]):
                best = (end - start, i)
        if best is None:
            return None, False
        i = best[1]
        quoted = self.page.quotation(offset) is not None or self.attributions[i].kind == "direct"
        reading = self.readings[i]
        if reading is None and self.phrases[i].form == "name":
            reading = self.book.find(self.phrases[i])
        return (reading.figure if reading is not None else None), quoted

    def _spots(self) -> list[Spot]:
        sources = [
            Spot(
                start=p.start,
                end=p.end,
                form=p.form if p.form in ("name", "pronoun") else "description",
                role="source",
                phrase=p,
                attribution=i,
            )
            for i, p in enumerate(self.phrases)
            if p.form != "empty"
        ]
        heads = {p.name for p in self._all_phrases() if p.name is not None}
        taken: list[tuple[int, int]] = []
        for spot in sorted(sources, key=lambda s: (s.start, -s.end)):
            if not taken or spot.start >= taken[-1][1]:
                taken.append((spot.start, spot.end))
        names = [
            Spot(start=n.start, end=n.end, form="name", role=self.scanner.role(n.start, n.end))
            for n in self.names.names
            if (n.start, n.end) not in heads and (n.start, n.end) in self.book.readings
        ]
        free = outside(names, taken)
        kept = {(s.start, s.end) for s in free}
        inner = [
            attrs.evolve(s, role="possessive" if s.role == "possessive" else "aside")
            for s in names
            if (s.start, s.end) not in kept
        ]
        pronouns = self.scanner.pronouns()
        spans = {(s.start, s.end) for s in sources}
        pronouns = [s for s in pronouns if (s.start, s.end) not in spans]
        described = outside(self.scanner.descriptions(), taken)
        return sorted(
            [*sources, *free, *inner, *pronouns, *described],
            key=lambda s: (s.start, s.end, s.attribution),
        )

    def _learn(self) -> None:
        """Records titles and appositions of every named person, before anything is linked."""
        book = self.linker.descriptions
        for name in self.names.names:
            reading = self.book.readings.get((name.start, name.end))
            if reading is None or reading.figure is None:
                continue
            figure = self.cast[reading.figure]
            if figure.kind != "person":
                continue
            for descriptor in (self.scanner.title(name), self.scanner.apposition(name)):
                if descriptor is not None:
                    book.learn(figure, descriptor, name.start)
        for phrase in self._all_phrases():
            reading = self.book.find(phrase)
            if reading is not None and reading.figure is not None:
                if self.cast[reading.figure].kind == "person":
                    book.introductions.append(
                        (phrase.start, reading.figure, _explained(self.text, phrase))
                    )
                for descriptor in phrase.titles:
                    book.learn(self.cast[reading.figure], descriptor, phrase.start)
        book.introductions.sort()

    def _nickname(self) -> None:
        """Gives people the nicknames that stand in marks beside their names."""
        for name, nickname in nickname_pairs(self.text, self.quotations):
            for mention in self.names.within(name.start, name.end):
                reading = self.book.readings.get((mention.start, mention.end))
                if reading is not None and reading.figure is not None:
                    self.book.alias_person(self.cast[reading.figure], nickname.text)
                    break

    def result(self) -> Resolution:
        """Reads every mention, then the attributions without a source, then builds records."""
        self._learn()
        self._nickname()
        self._interviewed()
        for spot in self._spots():
            reading = self.linker.read(spot)
            if spot.attribution >= 0:
                self.readings[spot.attribution] = reading
        Discourse(self.page, self.cast, self.attributions, self.readings, self._turn).resolve()
        return self._records()

    def _interviewed(self) -> None:
        """Reads the turns of an interview first: "I" in an answer is who answers."""
        for i, a in enumerate(self.attributions):
            if any((s.start, s.end) in self.interview.labels for s in a.source):
                self.readings[i] = self._turn(self.page.block(a.source[0].start))

    def _turn(self, block: int) -> Reading | None:
        """Returns the figure of a turn's label, carried over from the last labelled turn."""
        labelled = turn_label(self.page.blocks, block)
        if labelled is None or labelled.label is None:
            return None
        if self.interview.holds(labelled):
            author = self.linker.author(labelled.start)
            return self.interview.reading(labelled, author, self.cast, self.book)
        span = (labelled.label.start, labelled.label.end)
        known = self.linker.readings.get(span)
        if known is not None:
            return Reading(known.figure, "turn", known.score, known.candidates)
        reading = self.linker.label(span, label_name(labelled.label.text))
        return Reading(reading.figure, "turn", reading.score, reading.candidates)

    def _records(self) -> Resolution:
        done: list[tuple[Reading, float]] = []
        for reading in self.readings:
            known = reading or Reading(None, "no-source", 0.0)
            done.append((known, confidence(known)))
        speaking: set[int] = set()
        wanted: set[int] = {f.key for f in self.cast.figures if f.named and f.spans}
        for known, p in done:
            if known.figure is not None and p >= NAMED:
                speaking.add(known.figure)
            elif known.figure is not None:
                wanted.add(known.figure)
            wanted.update(known.candidates)
        entities = build_entities(self.text, self.cast, speaking, wanted)
        naming = {e.id: _naming(e) for e in entities.values()}
        out = [
            self._record(a, self.phrases[i], *done[i], entities, naming)
            for i, a in enumerate(self.attributions)
        ]
        back = sorted(zip(self.given_order, out, strict=True), key=lambda pair: pair[0])
        return Resolution(entities=tuple(entities.values()), attributions=tuple(a for _, a in back))

    def _record(
        self,
        a: Attribution,
        phrase: Phrase,
        reading: Reading,
        p: float,
        entities: dict[int, Entity],
        naming: Mapping[str, Span | None],
    ) -> Attribution:
        named = reading.figure is not None and p >= NAMED
        speaker = entities[reading.figure] if named and reading.figure is not None else None
        candidates = [entities[k] for k in reading.candidates]
        if not named and reading.figure is not None:
            candidates.insert(0, entities[reading.figure])
        if phrase.form != "empty":
            start, end = phrase.start, phrase.end
        else:
            start, end = (a.content[0].start, a.content[0].end) if a.content else (0, 0)
        entity = entities[reading.figure] if reading.figure is not None else None
        evidence = [
            Evidence(
                step=reading.step,
                start=start,
                end=end,
                text=self.text[start:end],
                entity=entity.id if entity is not None else None,
                score=round(reading.score, 4),
            )
        ]
        named_at = naming.get(entity.id) if entity is not None else None
        if named_at is not None and not start <= named_at.start < end:
            evidence.append(
                Evidence(
                    step="named",
                    start=named_at.start,
                    end=named_at.end,
                    text=named_at.text,
                    entity=entity.id if entity is not None else None,
                )
            )
        return attrs.evolve(
            a,
            speaker=speaker,
            candidates=() if named else tuple({c.id: c for c in candidates}.values()),
            speaker_confidence=discounted(p, a.confidence) if named else 0.0,
            evidence=tuple(evidence),
        )


def _naming(entity: Entity) -> Span | None:
    """Returns the first mention that gives the entity's name in full, if any."""
    return next((m for m in entity.mentions if m.text == entity.name), None)


def _explained(text: str, phrase: Phrase) -> bool:
    """Whether a name comes with a clause that says who it is ("Mara Quist, who ran the port,")."""
    return phrase.name is not None and text[phrase.name[1] : phrase.end].lstrip().startswith(
        ", who"
    )


def _place(a: Attribution) -> tuple[int, list[tuple[int, int]], str]:
    """Returns the sort key that puts attributions in text order whatever order they came in."""
    spans = sorted((s.start, s.end) for s in (*a.content, *a.cue, *a.source))
    return (spans[0][0] if spans else 0), spans, a.id

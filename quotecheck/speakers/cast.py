"""The figures of an article while it is read: who has been named, described and heard so far."""

from __future__ import annotations

from collections import Counter

from attrs import Factory, define, frozen

from quotecheck.speakers.nouns import Descriptor
from quotecheck.speakers.page import Page

__all__ = ["GENDERS", "Cast", "Event", "Figure", "Reading", "event_of"]

#: What a figure's gender is called by what `quotecheck.names` calls it.
GENDERS = {"male": "m", "female": "f"}


@define(kw_only=True)
class Figure:
    """An entity in the making.

    Attributes:
        key: its index in the cast.
        kind: person, group, organization, place, document, unnamed or author.
        first: offset of its first mention.
        surfaces: how often each form of its name occurs, title left out.
        wording: fullest description seen, for figures without a name.
        gender: m, f, n or None when nothing tells.
        plural: whether it is more than one.
        descriptors: noun phrases that describe it.
        aliases: names given in brackets, by nickname or by the user.
        members: keys of a group's members.
        principal: key of the one it speaks for.
        spans: its mentions.
        last: offset of its latest mention so far.
        headline: whether a headline names it.
        fixed_name: a canonical name that the user supplied.
    """

    key: int
    kind: str
    first: int
    surfaces: Counter[str] = Factory(Counter)
    wording: str = ""
    gender: str | None = None
    plural: bool = False
    descriptors: list[Descriptor] = Factory(list)
    aliases: list[str] = Factory(list)
    members: list[int] = Factory(list)
    principal: int | None = None
    spans: set[tuple[int, int]] = Factory(set)
    last: int = -1
    headline: bool = False
    fixed_name: str = ""

    @property
    def named(self) -> bool:
        """Whether it bears a proper name."""
        return bool(self.surfaces or self.fixed_name)


@frozen
class Reading:
    """What a mention was read as.

    Attributes:
        figure: key of the figure; None when it is unknown or more than one fits.
        step: the rule that said so.
        score: a raw score of the rule from 0 to 1, before calibration.
        candidates: keys of the figures that fit when ``figure`` is None.
    """

    figure: int | None
    step: str
    score: float = 1.0
    candidates: tuple[int, ...] = ()


@frozen
class Event:
    """A mention in text order, as the antecedent search sees it.

    Attributes:
        start: offset of the mention.
        end: offset after it.
        figure: key of the figure.
        role: source, subject, object, oblique, possessive, modifier or aside.
        sentence: index of its sentence.
        block: index of its block.
        quoted: start of the quotation it stands in, or -1.
        form: name, pronoun or description.
    """

    start: int
    end: int
    figure: int
    role: str
    sentence: int
    block: int
    quoted: int
    form: str


def event_of(
    page: Page, span: tuple[int, int], figure: int, role: str, form: str, *, phrase: int
) -> Event:
    """Returns the event of a figure's mention at a span; its noun phrase begins at ``phrase``."""
    start, end = span
    quotation = page.quotation(phrase)
    return Event(
        start,
        end,
        figure,
        role,
        page.sentence(start),
        page.block(start),
        quotation.start if quotation is not None else -1,
        form,
    )


class Cast:
    """All figures of an article, with the events that mention them in text order."""

    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.events: list[Event] = []
        self.counts: Counter[int] = Counter()

    def add(self, kind: str, first: int) -> Figure:
        """Returns a new figure of the kind."""
        figure = Figure(key=len(self.figures), kind=kind, first=first)
        self.figures.append(figure)
        return figure

    def __getitem__(self, key: int) -> Figure:
        return self.figures[key]

    def note(self, event: Event) -> None:
        """Records a mention; events come in text order."""
        self.events.append(event)
        self.counts[event.figure] += 1
        self.figures[event.figure].spans.add((event.start, event.end))
        self.figures[event.figure].last = event.start

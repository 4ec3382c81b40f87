"""What an article says and who says it: the records of one article, with what to do with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from quotecheck import codec
from quotecheck.consistency import with_attributions
from quotecheck.errors import RecordError, UnknownIdError
from quotecheck.formats.rows import Value, rows
from quotecheck.records import AnalysisRecord, Attribution, Entity, Evidence, Span

if TYPE_CHECKING:
    import pandas as pd

    from quotecheck.check import QuoteCheck

__all__ = ["Analysis"]


def _rounded(attributions: tuple[Attribution, ...]) -> tuple[Attribution, ...]:
    """Confidences to four digits: what JSON shows, so that reading it back gives the same."""
    return tuple(_round_one(a) for a in attributions)


def _round_one(a: Attribution) -> Attribution:
    numbers = (a.confidence, a.speaker_confidence, *(step.score for step in a.evidence))
    wanted = tuple(round(float(number), 4) for number in numbers)
    if numbers == wanted and all(type(number) is float for number in numbers):
        return a
    steps = zip(a.evidence, wanted[2:], strict=True)
    return evolve(
        a,
        confidence=wanted[0],
        speaker_confidence=wanted[1],
        evidence=tuple(evolve(step, score=score) for step, score in steps),
    )


@frozen(kw_only=True)
class Analysis(AnalysisRecord):
    """All records of one article: attributions, entities, quotations, blocks and warnings.

    It has every field of `AnalysisRecord`. Confidences are rounded to four digits when it is made.

    >>> from quotecheck.testing import build, said
    >>> analysis = build(
    ...     "Ada Pell said, “The mill is open.” Bo Quill denied it.",
    ...     said("“The mill is open.”", cue="said", source="Ada Pell"),
    ...     said("it", cue="denied", source="Bo Quill"),
    ... )
    >>> for a in analysis.attributions:
    ...     print(a.speaker.name, a.kind, a.text)
    Ada Pell direct “The mill is open.”
    Bo Quill indirect it
    >>> Analysis.from_json(analysis.to_json()) == analysis
    True
    """

    attributions: tuple[Attribution, ...] = field(default=(), converter=_rounded)

    @classmethod
    def of(cls, record: AnalysisRecord) -> Analysis:
        """Returns the analysis with the fields of a record."""
        return cls(**{name: getattr(record, name) for name in codec.FIELDS})

    # ------------------------------------------------------------------------------ looking up

    @property
    def speakers(self) -> tuple[Entity, ...]:
        """The entities that some attribution has as speaker, in text order.

        >>> from quotecheck.testing import build, said
        >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
        >>> [entity.name for entity in analysis.speakers]
        ['Ada Pell']
        """
        return tuple(entity for entity in self.entities if entity.speaks)

    def by_speaker(self) -> dict[Entity, tuple[Attribution, ...]]:
        """Returns each speaker's attributions, speakers and attributions in text order.

        Attributions without a sure speaker are not in it: see `unresolved`.

        >>> from quotecheck.testing import build, said
        >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
        >>> {entity.name: len(many) for entity, many in analysis.by_speaker().items()}
        {'Ada Pell': 1}
        """
        out: dict[str, list[Attribution]] = {entity.id: [] for entity in self.speakers}
        for attribution in self.attributions:
            if attribution.speaker is not None:
                out.setdefault(attribution.speaker.id, []).append(attribution)
        return {entity: tuple(out[entity.id]) for entity in self.entities if out.get(entity.id)}

    @property
    def unresolved(self) -> tuple[Attribution, ...]:
        """The attributions whose speaker is None, with their ``candidates`` if there are any."""
        return tuple(a for a in self.attributions if a.speaker is None)

    def attribution(self, id: str) -> Attribution:
        """Returns the attribution with an id.

        Raises:
            UnknownIdError: there is none.
        """
        for one in self.attributions:
            if one.id == id:
                return one
        raise UnknownIdError("attribution", id, tuple(a.id for a in self.attributions))

    def entity(self, id: str) -> Entity:
        """Returns the entity with an id.

        Raises:
            UnknownIdError: there is none.
        """
        for one in self.entities:
            if one.id == id:
                return one
        raise UnknownIdError("entity", id, tuple(e.id for e in self.entities))

    def explain(self, attribution: Attribution | str) -> str:
        """Returns why an attribution is what it is, in lines for a person to read.

        Its spans with their offsets (code points, end exclusive), and each step from the source
        to the speaker with how sure it is.

        >>> from quotecheck.testing import build, said
        >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
        >>> print(analysis.explain("A1"))
        A1: direct, assertion, confidence 0.95
          content    0-5  “No,”
          cue       6-10  said
          source   11-19  Ada Pell
          speaker  Ada Pell (person), confidence 0.9
            1. name: “Ada Pell” at 11-19 -> Ada Pell, 0.9

        Args:
            attribution: one of this analysis, or its id.

        Raises:
            UnknownIdError: no attribution of this analysis has that id.
        """
        a = self.attribution(attribution if isinstance(attribution, str) else attribution.id)
        return "\n".join(_explained(a, {e.id: e.name for e in self.entities}))

    # -------------------------------------------------------------------------------- checking

    def check_claim(self, quote: str, speaker: str | None = None) -> QuoteCheck:
        """Returns whether this article reports that someone said these words.

        The wording is looked up in the article's attributions, and the speaker compared with
        who the article says spoke them: two separate verdicts.

        Args:
            quote: the words, with or without quotation marks.
            speaker: who is claimed to have said them; None to ask for the wording only.

        Raises:
            CheckInputError: an empty quote, or an analysis whose text was left out.
        """
        from quotecheck.check import check_claim

        return check_claim(self, quote, speaker=speaker)

    # -------------------------------------------------------------------------------- changing

    def with_speaker(self, id: str, entity: Entity | str | None) -> Analysis:
        """Returns a copy in which a person has decided who speaks an attribution.

        The decision gets confidence 1 and an evidence step ``review``; candidates are dropped.

        >>> from quotecheck.testing import build, said, someone
        >>> analysis = build(
        ...     "Ada Pell came. “No,” she said.",
        ...     said("“No,”", cue="said", source="she", speaker=None),
        ...     people=[someone("Ada Pell")],
        ... )
        >>> analysis.with_speaker("A1", "E1").attribution("A1").speaker.name
        'Ada Pell'

        Args:
            id: the attribution's id.
            entity: the right speaker: an entity's id, an entity (added to the article's entities
                under a fresh id if they lack it), or None when nobody knows.

        Raises:
            UnknownIdError: no such attribution or entity.
        """
        old = self.attribution(id)
        entities = self.entities
        if isinstance(entity, str):
            entity = self.entity(entity)
        elif entity is not None and entity not in entities:
            entity = evolve(entity, id=self._free_id(entity.id))
            entities = (*entities, entity)
        place = (old.source or old.cue or old.content or (Span(start=0, end=0, text=""),))[0]
        step = Evidence(
            step="review",
            start=place.start,
            end=place.end,
            text=place.text,
            entity=entity.id if entity else None,
        )
        new = evolve(
            old, speaker=entity, candidates=(), speaker_confidence=float(entity is not None)
        )
        new = evolve(new, evidence=(*old.evidence, step))
        return self.with_attributions(
            tuple(new if a.id == id else a for a in self.attributions), entities
        )

    def with_attributions(
        self, attributions: tuple[Attribution, ...], entities: tuple[Entity, ...] | None = None
    ) -> Analysis:
        """Returns a copy with other attributions.

        Who ``speaks``, ``parent`` and what quotations refer to follow.

        Args:
            attributions: the new ones, in text order.
            entities: the new entities; None to keep those there are.
        """
        return with_attributions(self, attributions, entities)

    def without_text(self) -> Analysis:
        """Returns a copy without the article's text; the spans keep their own words and offsets."""
        return evolve(self, text=None)

    def _free_id(self, wanted: str) -> str:
        taken = {entity.id for entity in self.entities}
        number = len(taken) + 1
        while wanted in taken:
            wanted, number = f"E{number}", number + 1
        return wanted

    # ---------------------------------------------------------------------------- in and out

    def to_dict(self) -> dict[str, Any]:
        """Returns the records as plain dicts, lists, strings and numbers (DESIGN's contract)."""
        return codec.to_dict(self)

    def to_json(self, indent: int | None = None) -> str:
        r"""Returns the records as JSON, in ASCII.

        >>> from quotecheck.testing import build
        >>> build("Nothing was said.").to_json()[:48]
        '{"schema": "quotecheck/1", "source": "-", "title'

        Args:
            indent: spaces a level; None for one line, as JSONL wants it.

        Raises:
            RecordError: the records contradict themselves, for example by an offset that does not
                cut the text it claims; nothing wrong is written.
        """
        if wrong := tuple(codec.problems(self)):
            raise RecordError(wrong)
        return codec.dumps(self.to_dict(), indent=indent)

    @classmethod
    def from_dict(cls, data: object) -> Analysis:
        """Returns the analysis that `to_dict` described.

        Raises:
            RecordError: data that break the contract; every problem with its path.
        """
        return codec.from_dict(data, cls)

    @classmethod
    def from_json(cls, source: str | bytes) -> Analysis:
        """Returns the analysis that `to_json` wrote: ``Analysis.from_json(a.to_json()) == a``.

        Args:
            source: one JSON object; bytes are read as UTF-8. For JSONL see
                `quotecheck.codec.iter_jsonl`.

        Raises:
            TextTypeError: neither str nor bytes.
            RecordError: not JSON, or JSON that breaks the contract; every problem with its path.
        """
        return codec.from_dict(codec.loads(source), cls)

    def to_html(self) -> str:
        """Returns a self-contained page to read and review the article in a browser.

        Raises:
            RecordError: the text was left out; a report needs it.
        """
        from quotecheck.formats.html import report

        return report(self)

    def rows(self) -> Iterator[dict[str, Value]]:
        """Yields one flat row an attribution; see `quotecheck.formats.rows.rows`."""
        return rows(self)

    def to_frame(self) -> pd.DataFrame:
        """Returns the rows as a pandas data frame; see `quotecheck.to_frame`.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        from quotecheck.formats.frame import to_frame

        return to_frame(self)


def _explained(a: Attribution, names: dict[str, str]) -> Iterator[str]:
    modes = [a.kind, a.act, *["negated"] * a.negated, *["hypothetical"] * a.hypothetical]
    inside = f", inside {a.parent}" if a.parent else ""
    yield f"{a.id}: {', '.join(modes)}, confidence {a.confidence:g}{inside}"
    parts = {"content": a.content, "cue": a.cue, "source": a.source}
    places = [f"{s.start}-{s.end}" for spans in parts.values() for s in spans]
    wide = max(map(len, places), default=1)
    for name, spans in parts.items():
        for span in spans:
            yield f"  {name:<8} {f'{span.start}-{span.end}':>{wide}}  {span.text}"
        if not spans:
            yield f"  {name:<8} {'-':>{wide}}"
    if a.speaker is not None:
        yield (
            f"  speaker  {a.speaker.name} ({a.speaker.type}), confidence {a.speaker_confidence:g}"
        )
    elif a.candidates:
        yield "  speaker  not sure: " + " or ".join(e.name for e in a.candidates)
    else:
        yield "  speaker  not known"
    for number, step in enumerate(a.evidence, start=1):
        to = f" -> {names.get(step.entity, step.entity)}" if step.entity else ""
        yield (
            f"    {number}. {step.step}: “{step.text}” at {step.start}-{step.end}{to}, "
            f"{step.score:g}"
        )

"""A person's decisions on an article, made in the HTML report: read them, apply them, use as gold.

The report's download button writes JSON ``quotecheck/review/1``. `apply_review` turns an analysis
and the decisions into the analysis as the person sees it; its JSONL is gold for
``quotecheck evaluate``.
"""

from __future__ import annotations

from typing import Literal

from attrs import evolve, frozen

from quotecheck import codec
from quotecheck.analysis import Analysis
from quotecheck.errors import RecordError
from quotecheck.records import AnalysisRecord, Attribution, Entity, Kind, ModelInfo, Span

__all__ = ["REVIEW_SCHEMA", "Decision", "Review", "apply_review", "read_review"]

REVIEW_SCHEMA = "quotecheck/review/1"

Verdict = Literal["accepted", "corrected", "rejected"]


@frozen(kw_only=True)
class Decision:
    """What a person decided about one attribution.

    Attributes:
        attribution: its id.
        span: whether its words are right; ``rejected`` means that it is no attribution.
        speaker: whether its speaker is right; ``rejected`` means that it is not this one and the
            right one is not known; None means not decided.
        entity: id of the right speaker, when it is an entity of the article.
        name: name of the right speaker.
        content: the right words, offsets in code points, end exclusive.
        cue: the cue, as it was.
        source: the source, as it was.
        note: anything the person wanted to say.
    """

    attribution: str
    span: Verdict
    speaker: Verdict | None = None
    entity: str | None = None
    name: str | None = None
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    note: str = ""


@frozen(kw_only=True)
class Review:
    """The decisions on one article.

    Attributes:
        schema: number of the JSON contract.
        source: path of the article.
        text_sha256: hash of the text that the offsets count in.
        model: the model whose attributions were reviewed.
        reviewed: when they were downloaded, ISO 8601.
        decisions: in the order in which they were made.
    """

    schema: str = REVIEW_SCHEMA
    source: str = "-"
    text_sha256: str
    model: ModelInfo | None = None
    reviewed: str | None = None
    decisions: tuple[Decision, ...] = ()


def read_review(source: str | bytes) -> Review:
    """Returns the decisions that a report's download button wrote.

    >>> read_review('{"schema": "quotecheck/review/1", "text_sha256": "00"}').decisions
    ()

    Raises:
        TextTypeError: neither str nor bytes.
        RecordError: not JSON, or not decisions; every problem with its path.
    """
    data = codec.loads(source)
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != REVIEW_SCHEMA:
        raise RecordError((f"$.schema: expected {REVIEW_SCHEMA!r}, got {schema!r}",))
    return codec.structure(data, Review)


def apply_review(analysis: Analysis, review: Review, *, only_decided: bool = False) -> Analysis:
    """Returns the analysis with a person's decisions in it.

    Accepted and corrected words get confidence 1, decided speakers confidence 1 and an evidence
    step ``review``; rejected attributions are gone.

    >>> from quotecheck.testing import build, said
    >>> analysis = build("“No,” said Ada Pell.", said("“No,”", cue="said", source="Ada Pell"))
    >>> no = Decision(attribution="A1", span="rejected", content=analysis.attributions[0].content)
    >>> review = Review(text_sha256=analysis.text_sha256, decisions=(no,))
    >>> apply_review(analysis, review).attributions
    ()

    Args:
        analysis: the analysis that the report showed.
        review: the decisions.
        only_decided: leave out attributions that nobody has decided on.

    Raises:
        RecordError: decisions made for another text, on an attribution that is not there, or with
            offsets outside the text; every problem with its path.
    """
    if problems := _problems(analysis, review):
        raise RecordError(tuple(problems))
    decided = {one.attribution: one for one in review.decisions}
    kept = tuple(
        _corrected(analysis, a, decided.get(a.id))
        for a in analysis.attributions
        if (one := decided.get(a.id)) is None or one.span != "rejected"
    )
    if only_decided:
        kept = tuple(a for a in kept if a.id in decided)
    out = analysis.with_attributions(kept)
    for a in kept:
        if (decision := decided.get(a.id)) is not None and decision.speaker is not None:
            out = out.with_speaker(a.id, _speaker(out, decision))
    return out


def _problems(analysis: Analysis, review: Review) -> list[str]:
    if review.text_sha256 != analysis.text_sha256:
        return ["$.text_sha256: these decisions were made for another text"]
    ids = {a.id for a in analysis.attributions}
    size = None if analysis.text is None else len(analysis.text)
    out = []
    for i, one in enumerate(review.decisions):
        path = f"$.decisions[{i}]"
        if one.attribution not in ids:
            out.append(f"{path}.attribution: no attribution has the id {one.attribution!r}")
        if one.span != "rejected" and not one.content:
            out.append(f"{path}.content: no words")
        for k, span in enumerate(one.content):
            if not 0 <= span.start <= span.end or (size is not None and span.end > size):
                out.append(
                    f"{path}.content[{k}]: ({span.start}, {span.end}) is not a span of the text"
                )
    return out


def _corrected(analysis: Analysis, a: Attribution, decision: Decision | None) -> Attribution:
    if decision is None:
        return a
    if decision.span != "corrected":
        return evolve(a, confidence=1.0)
    text = analysis.text
    # The page shows some characters (NUL, lone surrogates) as others: offsets decide.
    content = tuple(
        span if text is None else Span.of(text, span.start, span.end)
        for span in sorted(decision.content, key=lambda span: span.start)
    )
    blocks = [i for i, b in enumerate(analysis.blocks) if b.start <= content[0].start < b.end]
    return evolve(
        a,
        content=content,
        kind=_kind(analysis, content, a.kind),
        paragraph=blocks[0] if blocks else a.paragraph,
        sentences=a.sentences if content == a.content else (),
        confidence=1.0,
    )


#: As `quotecheck.decode` has it: the punctuation left outside the marks does not make it mixed.
_DIRECT_SHARE = 0.97


def _kind(record: AnalysisRecord, content: tuple[Span, ...], old: Kind) -> Kind:
    """The kind of corrected words: the share of their letters that stands in quotation marks."""
    if record.text is None or any(block.kind == "turn" for block in record.blocks):
        return old
    letters = [i for s in content for i in range(s.start, s.end) if record.text[i].isalnum()]
    quotations = [(q.start, q.end) for q in record.quotations]
    quoted = sum(any(start <= i < end for start, end in quotations) for i in letters)
    if not quoted:
        return "indirect"
    return "direct" if quoted > _DIRECT_SHARE * len(letters) else "mixed"


def _speaker(analysis: Analysis, decision: Decision) -> Entity | None:
    """The entity that a decision names: by id, by name, or a new one."""
    if decision.speaker == "rejected":
        return None
    if decision.speaker == "accepted":
        return analysis.attribution(decision.attribution).speaker
    for entity in analysis.entities:
        if entity.id == decision.entity:
            return entity
    if not (name := (decision.name or "").strip()):
        return None
    folded = name.casefold()
    same = [e for e in analysis.entities if folded in {n.casefold() for n in (e.name, *e.aliases)}]
    if len(same) == 1:
        return same[0]
    return Entity(id=f"E{len(analysis.entities) + 1}", name=name, type="person")

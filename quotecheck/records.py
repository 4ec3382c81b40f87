"""The typed records that every stage of quotecheck hands on.

All are frozen, slotted, keyword-only `attrs` classes. Offsets count Unicode code points of the
text exactly as it was given, end exclusive: ``text[span.start:span.end] == span.text``. Terms
follow PARC 3.0 (Pareti, 2012) and PolNeAR (Newell et al., 2018): an *attribution* relates a
*source*, a *cue* and a *content*.
"""

from __future__ import annotations

from typing import Literal

from attrs import field, frozen

__all__ = [
    "SCHEMA",
    "Act",
    "AnalysisRecord",
    "Article",
    "Attribution",
    "Block",
    "BlockKind",
    "Entity",
    "EntityType",
    "Evidence",
    "Kind",
    "ModelInfo",
    "NameMention",
    "Notice",
    "Quotation",
    "QuotationRole",
    "Span",
]

SCHEMA = "quotecheck/1"

Kind = Literal["direct", "mixed", "indirect"]
Act = Literal["assertion", "belief", "fact", "eventuality"]
BlockKind = Literal["headline", "byline", "dateline", "paragraph", "turn", "caption", "boilerplate"]
EntityType = Literal["person", "group", "organization", "place", "document", "unnamed", "author"]
QuotationRole = Literal["speech", "title", "nickname", "scare", "unknown"]


@frozen(kw_only=True)
class Span:
    """A stretch of the text.

    Attributes:
        start: offset of the first code point.
        end: offset after the last code point.
        text: ``text[start:end]`` of the article.
    """

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """Returns the span of ``text`` from ``start`` to ``end``.

        >>> Span.of("Mara Quist left.", 0, 10).text
        'Mara Quist'
        """
        return cls(start=start, end=end, text=text[start:end])


@frozen(kw_only=True)
class Block:
    """A layout unit of the article: headline, byline, paragraph, transcript turn and so on.

    Attributes:
        start: offset of its first code point.
        end: offset after its last code point.
        kind: what it is.
        label: the speaker label of a transcript turn (``MS. VELL``, ``Q``), without its colon.
    """

    start: int
    end: int
    kind: BlockKind
    label: Span | None = None


@frozen(kw_only=True)
class Article:
    """A segmented text: what `quotecheck.segment` makes and every later stage reads.

    Attributes:
        text: the exact input.
        blocks: layout units in text order; they cover everything but white space between them.
        sentences: (start, end) of each sentence in text order; none crosses a block.
        tokens: (start, end) of each token in text order; none crosses a sentence.
        notices: what went wrong on the way, such as a tokenizer that fell back to rules.
    """

    text: str
    blocks: tuple[Block, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()
    tokens: tuple[tuple[int, int], ...] = ()
    notices: tuple[Notice, ...] = ()


@frozen(kw_only=True)
class NameMention:
    """A name that the encoder found.

    Attributes:
        start: offset of its first code point.
        end: offset after its last code point.
        label: person, organization, place, norp (nationality, religion, party) or misc.
        score: probability from 0 to 1.
    """

    start: int
    end: int
    label: str
    score: float = 1.0


@frozen(kw_only=True)
class Entity:
    """Someone or something that is mentioned by a name or that speaks.

    Attributes:
        id: unique in the article, in text order (``E1``, ``E2``, ...).
        name: the fullest proper name in the article without title; the fullest description when
            there is no name; never a pronoun.
        type: person, group, organization, place, document, unnamed or author.
        speaks: whether an attribution has it as speaker.
        aliases: other names it goes by in the article, in order of appearance.
        descriptions: noun phrases that describe it ("Treasury Secretary").
        members: ids of the members of a group.
        principal: id of the person or body that a spokesperson speaks for.
        mentions: every span that refers to it, in text order.
    """

    id: str
    name: str
    type: EntityType
    speaks: bool = False
    aliases: tuple[str, ...] = ()
    descriptions: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    principal: str | None = None
    mentions: tuple[Span, ...] = ()


@frozen(kw_only=True)
class Evidence:
    """One step of the reasoning that led from a source span to a speaker.

    Attributes:
        step: the rule or model that took the step ("name", "pronoun", "continuation", ...).
        start: offset of the span it rests on.
        end: offset after that span.
        text: the span's text.
        entity: id of the entity the step points to, if any.
        score: how sure the step is, from 0 to 1.
    """

    step: str
    start: int
    end: int
    text: str
    entity: str | None = None
    score: float = 1.0


@frozen(kw_only=True)
class Attribution:
    """Who (source, speaker) expresses (cue) what (content).

    Attributes:
        id: unique in the article, in text order (``A1``, ``A2``, ...).
        kind: direct (all content in quotation marks), mixed or indirect.
        act: assertion, belief, fact or eventuality, after the Penn Discourse Treebank's types.
        negated: the cue is denied ("did not say").
        hypothetical: nobody has said it ("might say").
        content: what is attributed, marks and complementizer included, in text order.
        cue: the words that signal the attribution, auxiliaries and negation included.
        source: the noun phrase that names the source; empty when there is none.
        speaker: the entity that the source stands for, or None when that is not sure.
        candidates: the entities it may be when ``speaker`` is None.
        confidence: calibrated probability that this is an attribution with this content.
        speaker_confidence: calibrated probability that ``speaker`` is right.
        evidence: the steps from the source span to the speaker.
        parent: id of the attribution whose content this one stands in.
        paragraph: index into ``Analysis.blocks`` of the block its content begins in.
        sentences: indices of the sentences its content touches, counted over the article.
    """

    id: str
    kind: Kind
    act: Act = "assertion"
    negated: bool = False
    hypothetical: bool = False
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    speaker: Entity | None = None
    candidates: tuple[Entity, ...] = ()
    confidence: float = 1.0
    speaker_confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    parent: str | None = None
    paragraph: int = 0
    sentences: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """The content for display: its pieces joined by a space, a leading "that" left out."""
        joined = " ".join(span.text for span in self.content)
        return joined[5:] if joined[:5].lower() == "that " and self.kind != "direct" else joined


@frozen(kw_only=True)
class Quotation:
    """A span in quotation marks, the marks included, whatever it is.

    Attributes:
        start: offset of the opening mark.
        end: offset after the closing mark; of an unclosed quotation, after its last word.
        text: the slice of the article.
        closed: whether it has a closing mark.
        level: 0 for an outer quotation, 1 for one inside another, and so on.
        role: speech, title, nickname, scare or unknown.
        attribution: id of the innermost attribution whose content holds it.
    """

    start: int
    end: int
    text: str
    closed: bool = True
    level: int = 0
    role: QuotationRole = "unknown"
    attribution: str | None = None


@frozen(kw_only=True)
class Notice:
    """Something in the text that the reader of the records should know (``Analysis.warnings``).

    Attributes:
        code: a stable name such as ``unclosed-quotation``.
        message: the same in words.
        start: offset of the place it is about.
        end: offset after that place.
    """

    code: str
    message: str
    start: int
    end: int


@frozen(kw_only=True)
class ModelInfo:
    """Which model made the records."""

    name: str
    version: str


@frozen(kw_only=True)
class AnalysisRecord:
    """Everything known about one article: the data behind ``quotecheck.Analysis``.

    Attributes:
        schema: number of the JSON contract.
        source: path of the file, or ``-``.
        title: title given by the caller or found by the reader.
        url: address given by the caller.
        published: date given by the caller, ISO 8601.
        language: ISO 639-1 code of the text's language.
        encoding: encoding that was assumed to read it.
        text: the exact input; None when left out on request.
        text_sha256: SHA-256 of the text in UTF-8 (lone surrogates passed through).
        model: the model that made the records.
        blocks: layout units in text order.
        entities: who and what is named or speaks, in text order.
        attributions: in order of their first span.
        quotations: in text order.
        warnings: what the reader should know.
    """

    schema: str = SCHEMA
    source: str = "-"
    title: str | None = None
    url: str | None = None
    published: str | None = None
    language: str = "en"
    encoding: str = "utf-8"
    text: str | None
    text_sha256: str
    model: ModelInfo
    blocks: tuple[Block, ...] = ()
    entities: tuple[Entity, ...] = ()
    attributions: tuple[Attribution, ...] = field(default=())
    quotations: tuple[Quotation, ...] = ()
    warnings: tuple[Notice, ...] = ()

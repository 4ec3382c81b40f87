"""A spaCy component: ``nlp.add_pipe("quotecheck")``.

spaCy finds the component by itself where both packages are installed (entry point
``spacy_factories``). It reads ``doc.text`` and needs no other component, so blank and trained
pipelines do equally well:

>>> import spacy
>>> nlp = spacy.blank("en")
>>> component = nlp.add_pipe("quotecheck")
>>> doc = nlp("“It is safe,” said Mara Quist on Monday.")
>>> doc._.quotecheck.attributions[0].speaker.name
'Mara Quist'
>>> [(span.label_, span.text, span._.quotecheck.id) for span in doc.spans["quotecheck"]]
[('CONTENT', '“It is safe,”', 'A1'), ('CUE', 'said', 'A1'), ('SOURCE', 'Mara Quist', 'A1')]
"""

# Annotations stay objects here (no "from __future__"): spaCy checks settings against them.

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, Protocol

from quotecheck.analysis import Analysis
from quotecheck.errors import MissingExtraError
from quotecheck.pipeline import Pipeline, default_pipeline

try:
    from spacy.language import Language
    from spacy.tokens import Doc, Span, SpanGroup
    from spacy.util import minibatch, raise_error
except ImportError as error:
    raise MissingExtraError("the spaCy component", "spacy", "spacy") from error

if TYPE_CHECKING:
    from quotecheck.records import Attribution

__all__ = ["NAME", "ROLES", "QuotecheckComponent", "make"]

NAME = "quotecheck"
#: Labels of the spans, each with the part of an attribution that it marks.
ROLES = {"CONTENT": "content", "CUE": "cue", "SOURCE": "source"}
#: Analyses that are kept ready: as many as a user may hold documents of at a time.
_KEPT = 256

Alignment = Literal["strict", "contract", "expand"]


class _Pipes(Protocol):
    """What is asked of a pipeline, so that tests can pass `quotecheck.testing.FakePipeline`."""

    def pipe(self, texts: Iterable[str]) -> Iterator[Analysis]:
        """Yields an analysis a text."""
        ...


class QuotecheckComponent:
    """Puts an analysis on each document. Made by ``nlp.add_pipe("quotecheck", config={...})``.

    ``doc._.quotecheck`` is the `quotecheck.Analysis` of ``doc.text``, None before the component
    has run. ``doc.spans["quotecheck"]`` has a span for each piece of content, cue and source, with
    the role for its label and the attribution's id for its ``id_``; ``span._.quotecheck`` is that
    attribution. spaCy's spans run from token to token: the exact offsets are those of the records.

    The records travel with the document (``Doc.to_bytes``, ``DocBin(store_user_data=True)``,
    ``nlp.pipe(n_process=2)``), the settings with the pipeline (``nlp.to_disk``); the component has
    no other state.

    Args:
        pipeline: what analyses; `quotecheck.Pipeline` or a stand-in.
        alignment_mode: what becomes of a piece that ends inside a token, as in ``Doc.char_span``:
            "expand" takes the whole token, "contract" leaves it out, "strict" makes no span.
        spans_key: name of the span group.
    """

    def __init__(
        self,
        pipeline: _Pipes,
        *,
        alignment_mode: Alignment = "expand",
        spans_key: str = NAME,
    ) -> None:
        self.pipeline = pipeline
        self.alignment_mode = alignment_mode
        self.spans_key = spans_key
        self._on_error: Any = raise_error
        if not Doc.has_extension(NAME):
            Doc.set_extension(NAME, getter=_analysis_of)
        if not Span.has_extension(NAME):
            Span.set_extension(NAME, getter=_attribution_of)

    def __call__(self, doc: Doc) -> Doc:
        """Adds the records to a document and returns it."""
        (analysis,) = self.pipeline.pipe([doc.text])
        return self._annotated(doc, analysis)

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Adds the records to many documents; they are the same as one by one.

        A document that cannot be read goes to spaCy's error handler (``nlp.set_error_handler``),
        and the rest goes on.

        Args:
            stream: documents.
            batch_size: documents that are analysed together.
        """
        for docs in minibatch(stream, batch_size):
            try:
                found = list(self.pipeline.pipe([doc.text for doc in docs]))
            except Exception as error:  # noqa: BLE001 - spaCy's handler decides, as for every pipe
                if len(docs) > 1:  # one by one, to find the one at fault
                    for doc in docs:
                        yield from self.pipe([doc], batch_size=1)
                else:
                    self._on_error(NAME, self, docs, error)
                continue
            yield from (self._annotated(doc, one) for doc, one in zip(docs, found, strict=True))

    def set_error_handler(self, handler: Any) -> None:  # noqa: ANN401 - spaCy's protocol
        """Takes what spaCy calls for documents that fail."""
        self._on_error = handler

    def get_error_handler(self) -> Any:  # noqa: ANN401 - spaCy's protocol
        """Returns what is called for documents that fail."""
        return self._on_error

    def _annotated(self, doc: Doc, analysis: Analysis) -> Doc:
        # As text, since a document's data must be what msgpack can hold.
        doc.user_data[NAME] = analysis.to_json()
        spans = (
            doc.char_span(
                span.start,
                span.end,
                label=label,
                alignment_mode=self.alignment_mode,
                span_id=attribution.id,
            )
            for attribution in analysis.attributions
            for label, part in ROLES.items()
            for span in getattr(attribution, part)
        )
        made = [span for span in spans if span is not None and len(span)]
        doc.spans[self.spans_key] = SpanGroup(doc, name=self.spans_key, spans=made)
        return doc


@lru_cache(maxsize=_KEPT)
def _read(written: str) -> Analysis:
    return Analysis.from_json(written)


def _analysis_of(doc: Doc) -> Analysis | None:
    written = doc.user_data.get(NAME)
    return _read(written) if written else None


def _attribution_of(span: Span) -> "Attribution | None":
    """The attribution that a span of the group is a part of; None for any other span."""
    analysis = _analysis_of(span.doc)
    if analysis is None or not span.id_:
        return None
    return next((a for a in analysis.attributions if a.id == span.id_), None)


@Language.factory(  # type: ignore[untyped-decorator]
    NAME,
    default_config={
        "models": "en",
        "people": [],
        "cues": [],
        "min_confidence": None,
        "alignment_mode": "expand",
        "spans_key": NAME,
    },
    assigns=["doc._.quotecheck", "doc.spans"],
)
def make(
    nlp: Language,
    name: str,
    models: str,
    people: list[str | dict[str, Any]],
    cues: list[str],
    min_confidence: float | None,
    alignment_mode: Alignment,
    spans_key: str,
) -> QuotecheckComponent:
    """Returns the component for a pipeline; spaCy calls it with the settings of ``add_pipe``.

    Args:
        nlp: the spaCy pipeline.
        name: the component's name in it.
        models: as in `quotecheck.Pipeline`, like the three that follow.
        people: names that the house knows.
        cues: cues of the house's own.
        min_confidence: least confidence of a record.
        alignment_mode: see `QuotecheckComponent`.
        spans_key: see `QuotecheckComponent`.
    """
    if (models, people, cues, min_confidence) == ("en", [], [], None):
        pipeline = default_pipeline()
    else:
        pipeline = Pipeline(models, people=people, cues=cues, min_confidence=min_confidence)
    return QuotecheckComponent(pipeline, alignment_mode=alignment_mode, spans_key=spans_key)

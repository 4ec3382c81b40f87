"""A Stanza processor named ``quotecheck``: attributions on Stanza's own documents.

Importing this module registers it; after that, ``quotecheck`` may stand among the processors of a
``stanza.Pipeline``. It wants nothing but ``tokenize``. Options are passed to the pipeline with the
prefix ``quotecheck_``, see `QuotecheckProcessor`.

>>> import stanza
>>> import quotecheck.integrations.stanza
>>> from quotecheck.tokenizer import BUNDLED
>>> nlp = stanza.Pipeline(
...     "en", dir=str(BUNDLED), processors="tokenize,quotecheck", download_method=None,
...     use_gpu=False, verbose=False,
... )
>>> doc = nlp("The dam held. “It is safe,” said Mara Quist.")
>>> [(a.speaker.name, a.text, a.sentences) for a in doc.quotecheck.attributions]
[('Mara Quist', '“It is safe,”', (1,))]
>>> [a.text for a in doc.sentences[1].quotecheck]
['“It is safe,”']
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import evolve
from stanza.models.common.doc import Document, Sentence
from stanza.pipeline.processor import Processor, register_processor

from quotecheck.analysis import Analysis
from quotecheck.errors import TextTypeError
from quotecheck.pipeline import Pipeline, default_pipeline

if TYPE_CHECKING:
    from quotecheck.records import Attribution

__all__ = ["NAME", "QuotecheckProcessor"]

NAME = "quotecheck"
_OPTIONS = ("models", "people", "cues", "min_confidence")


def _set(self: Any, value: object) -> None:  # noqa: ANN401 - a Stanza object
    self._quotecheck = value


for _kind in (Document, Sentence):
    if not hasattr(_kind, NAME):
        _kind.add_property(NAME, setter=_set)


@register_processor(NAME)
class QuotecheckProcessor(Processor):  # type: ignore[misc]
    """Finds who says what, and puts it on the document and on its sentences.

    ``doc.quotecheck`` is the `quotecheck.Analysis` of ``doc.text``: offsets are those of Stanza's
    ``start_char`` and ``end_char``. In it, ``sentences`` of an attribution are indices into
    ``doc.sentences``, Stanza's own. ``sentence.quotecheck`` holds the attributions whose content
    touches the sentence. Neither is part of Stanza's serialised form: keep ``to_json()`` beside it.

    Options, each with the prefix ``quotecheck_``, are those of `quotecheck.Pipeline`: ``models``,
    ``people``, ``cues``, ``min_confidence``; or ``pipeline``, an object with a ``pipe`` method, to
    share one that is loaded already.
    """

    PROVIDES_DEFAULT: ClassVar[set[str]] = {NAME}
    REQUIRES_DEFAULT: ClassVar[set[str]] = {"tokenize"}

    def __init__(self, config: Mapping[str, Any], pipeline: Any, device: object) -> None:  # noqa: ANN401
        super().__init__(config, pipeline, device)
        options = {key: config[key] for key in _OPTIONS if key in config}
        self._analyses = config.get("pipeline") or (
            Pipeline(**options) if options else default_pipeline()
        )

    def mark_inactive(self) -> None:
        """Drops the models when Stanza refuses the pipeline."""
        self._analyses = None

    def process(self, document: Document) -> Document:
        """Adds the records to a document and returns it.

        Raises:
            TextTypeError: the document has no text, as when it was built from tokens.
        """
        return self.bulk_process([document])[0]

    def bulk_process(self, documents: Sequence[Document]) -> list[Document]:
        """Adds the records to many documents; they are the same as one by one.

        Raises:
            TextTypeError: a document has no text.
        """
        for document in documents:
            if not isinstance(document.text, str):
                raise TextTypeError(document.text, "the text of a Stanza document")
        found = self._analyses.pipe([document.text for document in documents])
        for document, analysis in zip(documents, found, strict=True):
            _annotate(document, analysis)
        return list(documents)


def _annotate(document: Document, analysis: Analysis) -> None:
    # Sentences without offsets (of words that Stanza was given) cannot be touched.
    starts = [sentence.tokens[0].start_char for sentence in document.sentences]
    by_sentence: list[list[Attribution]] = [[] for _ in starts]
    changed = []
    for attribution in analysis.attributions:
        touched = tuple(sorted(set(_touched(attribution, starts))))
        changed.append(evolve(attribution, sentences=touched))
        for index in touched:
            by_sentence[index].append(changed[-1])
    document.quotecheck = analysis.with_attributions(tuple(changed))
    for sentence, attributions in zip(document.sentences, by_sentence, strict=True):
        sentence.quotecheck = tuple(attributions)


def _touched(attribution: Attribution, starts: Sequence[int]) -> Iterable[int]:
    """Indices of the sentences that the content reaches into."""
    for span in attribution.content:
        first = max(0, bisect_right(starts, span.start) - 1)
        yield from range(first, bisect_right(starts, span.end - 1))

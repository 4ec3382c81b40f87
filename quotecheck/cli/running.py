"""From documents to analyses, in order, one bad article never stopping the rest."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from attrs import evolve, frozen

from quotecheck.analysis import Analysis
from quotecheck.errors import QuotecheckError
from quotecheck.inputs import Document
from quotecheck.records import Block, BlockKind

__all__ = ["Analyzer", "Done", "analyze_all", "load_pipeline"]

#: Articles handed to the pipeline at a time; the records do not depend on it.
BATCH = 16


class Analyzer(Protocol):
    """What of `quotecheck.Pipeline` the command line needs."""

    def analyze(
        self,
        text: str,
        *,
        title: str | None = None,
        url: str | None = None,
        published: str | None = None,
    ) -> Analysis:
        """Returns the records of one text."""

    def pipe(
        self, texts: Iterable[str], *, batch_size: int = 16, n_process: int = 1
    ) -> Iterator[Analysis]:
        """Yields the records of each text, in order."""


@frozen(kw_only=True)
class Done:
    """An analysed document: its name for outputs, and its records."""

    name: str
    analysis: Analysis


def load_pipeline(model: str, min_confidence: float | None = None) -> Analyzer:
    """Returns the pipeline with a model, which may take a second or two.

    Args:
        model: name or folder.
        min_confidence: least confidence of a record; default the model's own threshold.

    Raises:
        ModelError: no such model, or damaged files.
    """
    from quotecheck.pipeline import Pipeline

    pipeline: Analyzer = Pipeline(models=model, min_confidence=min_confidence)
    return pipeline


def analyze_all(
    pipeline: Analyzer,
    documents: Iterable[tuple[str, Document]],
    *,
    jobs: int = 1,
    on_error: Callable[[str, QuotecheckError], None],
) -> Iterator[Done]:
    """Yields the analyses of named documents in order.

    When an article makes the pipeline fail, those in flight are analysed again one by one, the
    one at fault is reported, and the rest goes on.

    Args:
        pipeline: what analyses.
        documents: (name, document) pairs; read lazily.
        jobs: processes.
        on_error: called with the source and the error of an article that failed.
    """
    rest = iter(documents)
    waiting: deque[tuple[str, Document]] = deque()

    def texts() -> Iterator[str]:
        for pair in rest:
            waiting.append(pair)
            yield pair[1].text

    while True:
        try:
            for analysis in pipeline.pipe(texts(), batch_size=BATCH, n_process=jobs):
                name, document = waiting.popleft()
                yield Done(name=name, analysis=_with_origin(analysis, document))
            return
        except QuotecheckError as error:
            if not waiting:  # not an article's fault
                raise error
        while waiting:
            name, document = waiting.popleft()
            try:
                analysis = pipeline.analyze(document.text)
            except QuotecheckError as error:
                on_error(document.source, error)
            else:
                yield Done(name=name, analysis=_with_origin(analysis, document))


def _with_origin(analysis: Analysis, document: Document) -> Analysis:
    """The analysis with what the reader knows: where the text is from and how it is laid out."""
    known = {(block.start, block.end): block.kind for block in document.blocks}
    return evolve(
        analysis,
        source=document.source,
        encoding=document.encoding,
        title=document.title if document.title is not None else analysis.title,
        url=document.url if document.url is not None else analysis.url,
        published=document.published if document.published is not None else analysis.published,
        blocks=tuple(_known_kind(block, known) for block in analysis.blocks),
        warnings=tuple(sorted((*document.notices, *analysis.warnings), key=lambda n: n.start)),
    )


def _known_kind(block: Block, known: Mapping[tuple[int, int], BlockKind]) -> Block:
    """What the reader saw (a byline, a headline) outranks what the text alone suggests."""
    kind = known.get((block.start, block.end))
    return evolve(block, kind=kind) if kind in ("headline", "byline") else block

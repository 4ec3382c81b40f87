"""The pipeline: a text in, an `Analysis` out. Every stage is a plain function and replaceable."""

from __future__ import annotations

import logging
import os
import re
import signal
import threading
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from inspect import signature
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from attrs import frozen

from quotecheck.analysis import Analysis
from quotecheck.consistency import text_sha256
from quotecheck.coreference import BoundHead, CoreferenceHead
from quotecheck.decode import Calibration, Decoded, decode, decode_names
from quotecheck.encoder import Annotations, Encoder, usable_cores
from quotecheck.errors import TextTypeError
from quotecheck.language import guess_language
from quotecheck.quotations import ScanResult, level_mask, scan
from quotecheck.records import Article, Block, ModelInfo, NameMention, Notice
from quotecheck.segment import segment_many
from quotecheck.speakers import Resolution, resolve
from quotecheck.stanza_models import PREFIX
from quotecheck.stanza_package import StanzaPackage

if TYPE_CHECKING:
    from concurrent.futures import Future

    from numpy.typing import NDArray

__all__ = ["Annotator", "Pipeline", "analyze", "default_pipeline"]

_log = logging.getLogger(__name__)

Person = str | Mapping[str, object]
#: Articles in hand at once: one more than there are cores, so that none waits for the interpreter
#: while another holds it; at most so many.
MOST_THREADS = 5


class Annotator(Protocol):
    """Anything that reads a text as `quotecheck.encoder.Encoder` does."""

    def annotate(
        self,
        text: str,
        paragraphs: Sequence[tuple[int, int]],
        levels: NDArray[np.int8],
        cues: Sequence[tuple[int, int]] = (),
    ) -> Annotations:
        """Returns what the heads say of a text."""
        ...


@frozen(kw_only=True)
class _Job:
    """A text to analyse and what its caller knows of it."""

    text: str
    title: str | None = None
    url: str | None = None
    published: str | None = None


#: The jobs of a batch, and what ended the stream behind them.
_Batch = tuple[list[_Job], Exception | None]


class Pipeline:
    """Analyses articles; models are loaded once, at the first text. Safe to share by threads.

    Args:
        models: name of a bundled model (``"en"``), path of a model folder, or ``stanza:PACKAGE``
            (``"stanza:default"``): an official Stanza package that was downloaded with
            ``quotecheck models download`` then splits sentences and tokens, and adds the names it
            finds to those of the bundled model, which does the rest.
        people: names that the house knows: a full name, or a mapping with ``name`` and
            ``aliases``. They count as evidence about names only.
        cues: words or phrases of the house's own that signal attribution ("per", "quoth").
        min_confidence: least confidence of a record, 0 to 1; default the model's own threshold.
            Higher is surer and finds less.
        segmenter: replaces `quotecheck.segment.segment_many`.
        scanner: replaces `quotecheck.quotations.scan`.
        annotator: replaces the encoder.
        resolver: replaces `quotecheck.speakers.resolve`. It gets ``coreference``, the model's
            scores for pairs of mentions, when it has a parameter of that name.

    Raises:
        ModelError: no such model, or damaged files.
        ValueError: ``min_confidence`` is not between 0 and 1.

    >>> nlp = Pipeline()
    >>> [a.speaker.name for a in nlp.analyze("“It held,” said Mara Quist.").attributions]
    ['Mara Quist']
    """

    def __init__(
        self,
        models: str = "en",
        *,
        people: Iterable[Person] = (),
        cues: Iterable[str] = (),
        min_confidence: float | None = None,
        segmenter: Callable[..., list[Article]] = segment_many,
        scanner: Callable[[str, Sequence[Block]], ScanResult] = scan,
        annotator: Annotator | None = None,
        resolver: Callable[..., Resolution] = resolve,
    ) -> None:
        if min_confidence is not None and not 0 <= min_confidence <= 1:
            raise ValueError(f"min_confidence must be between 0 and 1, not {min_confidence!r}.")
        package = None
        if models.startswith(PREFIX):
            package = StanzaPackage(models.removeprefix(PREFIX))
            if segmenter is segment_many:
                segmenter = partial(segment_many, tokenizer=package)
        encoder = Encoder("en" if package else models)
        name = f"{encoder.name}+{PREFIX}{package.package}" if package else encoder.name
        self.model = ModelInfo(name=name, version=encoder.version)
        self.calibration = Calibration.load(encoder.folder / "calibration.json")
        self.people = tuple(people)
        self.min_confidence = min_confidence
        self._cues = _phrases(cues)
        _log.info("model %s %s from %s", name, encoder.version, encoder.folder)
        # Stages of the caller's own need not be safe to share by threads.
        self._bundled = (
            segmenter is segment_many and scanner is scan and annotator is None
        ) and resolver is resolve
        self._segmenter = segmenter
        self._scanner = scanner
        self._annotator: Annotator = annotator or encoder
        self._resolver = resolver
        self._head = CoreferenceHead.load(encoder.folder) if _takes_scores(resolver) else None
        self._package = package

    def analyze(
        self,
        text: str,
        *,
        title: str | None = None,
        url: str | None = None,
        published: str | None = None,
    ) -> Analysis:
        """Returns all records of an article.

        Args:
            text: the article, never changed; offsets count its code points.
            title: its headline, when it is known.
            url: its address, for the record.
            published: its date, ISO 8601, for the record.

        Raises:
            TextTypeError: ``text`` is not a ``str``.
        """
        return self._batch([_Job(text=text, title=title, url=url, published=published)])[0]

    def pipe(
        self,
        texts: Iterable[str | Mapping[str, Any]],
        *,
        batch_size: int = 16,
        n_process: int = 1,
    ) -> Iterator[Analysis]:
        """Yields the analyses of many articles in order, without holding more than a few batches.

        The records are the same whatever the batch size and the number of processes.

        Args:
            texts: any iterable, an endless one too, of texts or of mappings with ``text`` and
                perhaps ``title``, ``url`` and ``published``.
            batch_size: articles that are segmented together.
            n_process: worker processes; 0 for one a core. They are started afresh (spawn), so a
                script needs the usual ``if __name__ == "__main__":``.

        Raises:
            TextTypeError: an item is neither; those before it have been yielded, as they have when
                ``texts`` raises an error of its own.
            ValueError: ``batch_size`` is below 1 or ``n_process`` below 0.
        """
        if batch_size < 1 or n_process < 0:
            raise ValueError("batch_size must be at least 1 and n_process at least 0.")
        processes = n_process or (os.cpu_count() or 1)
        batches = _batched(texts, batch_size)
        if processes > 1:
            yield from self._parallel(batches, processes)
            return
        cores = usable_cores()
        if self._bundled and cores > 1:
            yield from self._side_by_side(batches, min(MOST_THREADS, cores + 1))
            return
        for jobs, error in batches:
            yield from self._batch(jobs)
            if error is not None:
                raise error

    def _side_by_side(self, batches: Iterator[_Batch], threads: int) -> Iterator[Analysis]:
        """Yields the analyses of articles that are worked on in some threads.

        The networks leave the interpreter free, so that one article's windows are read while
        another's records are made. The records are the same: articles share nothing. The threads
        live as long as the stream: new ones for each batch would fragment the memory.
        """
        waiting: deque[Future[Analysis]] = deque()
        with ThreadPoolExecutor(threads, "quotecheck-article") as pool:
            try:
                for jobs, error in batches:
                    waiting.extend(pool.submit(self._job, job) for job in jobs)
                    # A batch's last articles go on while the next batch begins.
                    left = threads if error is None and len(jobs) > threads else 0
                    while len(waiting) > left:
                        yield waiting.popleft().result()
                    if error is not None:
                        raise error
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()

    def _job(self, job: _Job) -> Analysis:
        return self._batch([job])[0]

    def _parallel(self, batches: Iterator[_Batch], processes: int) -> Iterator[Analysis]:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        pool = ProcessPoolExecutor(
            processes, mp_context=get_context("spawn"), initializer=_start, initargs=(self,)
        )
        waiting: deque[tuple[Future[list[Analysis]], Exception | None]] = deque()

        def fill() -> None:
            for jobs, error in islice(batches, max(0, processes + 2 - len(waiting))):
                waiting.append((pool.submit(_work, jobs), error))

        try:
            fill()
            while waiting:
                future, error = waiting.popleft()
                yield from future.result()
                if error is not None:
                    raise error
                fill()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _batch(self, jobs: Sequence[_Job]) -> list[Analysis]:
        for job in jobs:
            if not isinstance(job.text, str):
                raise TextTypeError(job.text)
        articles = self._segmenter([j.text for j in jobs], titles=[j.title for j in jobs])
        return [self._one(job, article) for job, article in zip(jobs, articles, strict=True)]

    def _one(self, job: _Job, article: Article) -> Analysis:
        scanned = self._scanner(article.text, article.blocks)
        language = guess_language(article.text)
        notices = [*article.notices, *scanned.notices]
        if language.english:
            decoded, names, scores = self._read(article, scanned)
        else:
            decoded, names = Decoded(attributions=(), quotations=scanned.quotations), ()
            scores = None
            notices.append(_foreign(article.text, language.code))
        learned = {} if scores is None else {"coreference": scores}
        resolution = self._resolver(
            article, decoded.quotations, names, decoded.attributions, people=self.people, **learned
        )
        _log.debug(
            "%s: %d characters, %d attributions, %d notices",
            job.url or job.title or "article",
            len(article.text),
            len(resolution.attributions),
            len(notices),
        )
        return Analysis(
            title=job.title,
            url=job.url,
            published=job.published,
            language=language.code,
            text=article.text,
            text_sha256=text_sha256(article.text),
            model=self.model,
            blocks=article.blocks,
            entities=resolution.entities,
            attributions=resolution.attributions,
            quotations=decoded.quotations,
            warnings=tuple(sorted(notices, key=lambda n: (n.start, n.end, n.code))),
        )

    def _read(
        self, article: Article, scanned: ScanResult
    ) -> tuple[Decoded, tuple[NameMention, ...], BoundHead | None]:
        annotations = self._annotator.annotate(
            article.text,
            [(b.start, b.end) for b in article.blocks if b.kind != "boilerplate"],
            level_mask(article.text, scanned.quotations),
            [m.span() for m in self._cues.finditer(article.text)] if self._cues else (),
        )
        decoded = decode(article, scanned, annotations, self.calibration, self.min_confidence)
        names = decode_names(annotations)
        if self._package:
            names = _joined(names, self._package.names(article))
        scores = self._head.bind(annotations) if self._head is not None else None
        return decoded, names, scores


def _takes_scores(resolver: Callable[..., Resolution]) -> bool:
    """Whether a resolver wants the model's coreference scores."""
    parameters = signature(resolver).parameters
    return "coreference" in parameters or any(p.kind is p.VAR_KEYWORD for p in parameters.values())


def _phrases(cues: Iterable[str]) -> re.Pattern[str] | None:
    listed = [re.escape(c.strip()) for c in cues if c.strip()]
    return re.compile(rf"\b(?:{'|'.join(listed)})\b", re.I) if listed else None


def _joined(
    names: tuple[NameMention, ...], others: tuple[NameMention, ...]
) -> tuple[NameMention, ...]:
    """The names with those of the others that touch none of them, in text order."""
    taken = [(name.start, name.end) for name in names]
    starts = [start for start, _ in taken]

    def free(other: NameMention) -> bool:
        at = bisect_left(starts, other.end)
        return at == 0 or taken[at - 1][1] <= other.start

    return tuple(sorted((*names, *filter(free, others)), key=lambda name: name.start))


def _foreign(text: str, code: str) -> Notice:
    message = (
        f"the text does not read like English (it looks like {code!r}): quotations are found by "
        "their marks, attributions are not looked for"
    )
    return Notice(code="language", message=message, start=0, end=len(text))


def _batched(texts: Iterable[str | Mapping[str, Any]], size: int) -> Iterator[_Batch]:
    """Yields the jobs of batches; the last one with the error that ended the stream, if any.

    So the error is raised when all that came before it has been yielded.
    """
    source, error = iter(texts), None
    while error is None:
        jobs: list[_Job] = []
        try:
            for item in islice(source, size):
                jobs.append(_job_of(item))
        except Exception as raised:  # noqa: BLE001 - whatever the caller's iterable raises
            error = raised
        if not jobs and error is None:
            return
        yield jobs, error


def _job_of(item: str | Mapping[str, Any]) -> _Job:
    fields = item if isinstance(item, Mapping) else {"text": item}
    if not isinstance(fields.get("text"), str):
        raise TextTypeError(fields.get("text"))
    known = {k: fields.get(k) for k in ("title", "url", "published")}
    return _Job(text=fields["text"], **known)


_worker: Pipeline | None = None


def _start(pipeline: Pipeline) -> None:
    global _worker
    _worker = pipeline
    # Ctrl-C reaches every process of a terminal; the parent ends the work, and a worker that waits
    # for some would print a traceback.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends a worker whose parent was killed: it would wait for work for ever."""
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(jobs: list[_Job]) -> list[Analysis]:
    assert _worker is not None  # noqa: S101 - _start ran first
    return _worker._batch(jobs)


_lock = threading.Lock()
_default: Pipeline | None = None


def default_pipeline() -> Pipeline:
    """Returns the pipeline behind `analyze`, made at the first call."""
    global _default
    with _lock:
        if _default is None:
            _default = Pipeline()
        return _default


def analyze(
    text: str, *, title: str | None = None, url: str | None = None, published: str | None = None
) -> Analysis:
    """Returns who says what in an article, with the default pipeline.

    >>> import quotecheck
    >>> analysis = quotecheck.analyze("The dam is safe, Mara Quist told reporters on Monday.")
    >>> [(a.speaker.name, a.kind, a.text) for a in analysis.attributions]
    [('Mara Quist', 'indirect', 'The dam is safe')]

    Args:
        text: the article; offsets in the records count its code points, end exclusive.
        title: its headline, when it is known.
        url: its address, for the record.
        published: its date, ISO 8601, for the record.

    Raises:
        TextTypeError: ``text`` is not a ``str``.
        ModelError: the bundled model is damaged.
    """
    return default_pipeline().analyze(text, title=title, url=url, published=published)

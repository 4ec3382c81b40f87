"""Stand-ins for the parts of quotecheck that need weights."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from quotecheck.analysis import Analysis
from quotecheck.errors import TextTypeError
from quotecheck.records import Span
from quotecheck.testing.building import Said, build, locate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from quotecheck.encoder import Annotations, CueRoles
    from quotecheck.windows import Pieces

__all__ = ["FakeAnnotator", "FakePipeline"]

#: Log probabilities of what the fake is told and of everything else.
_SURE, _NOT = -0.001, -9.0
_WORD = re.compile(r"\w+|[^\w\s]")


class FakePipeline:
    """Stands in for `quotecheck.Pipeline`: answers from a function or a table, without weights.

    >>> from quotecheck.testing import build
    >>> nlp = FakePipeline({"Hm.": build("Hm.")})
    >>> [len(analysis.attributions) for analysis in nlp.pipe(["Hm.", "Never seen."])]
    [0, 0]

    Args:
        answers: the analysis of each text, or a function that makes one. A text that is not in
            the table gets an analysis in which nothing is said.
    """

    def __init__(
        self, answers: Mapping[str, Analysis] | Callable[[str], Analysis] | None = None
    ) -> None:
        self._answers: Mapping[str, Analysis] | Callable[[str], Analysis] = answers or {}

    def __call__(
        self,
        text: str,
        *,
        title: str | None = None,
        url: str | None = None,
        published: str | None = None,
    ) -> Analysis:
        """Returns the answer for a text, with the given title, address and date.

        Raises:
            TextTypeError: not a str, as the real pipeline does.
        """
        if not isinstance(text, str):
            raise TextTypeError(text)
        if callable(self._answers):
            found = self._answers(text)
        else:
            found = self._answers.get(text) or build(text)
        return evolve(
            found,
            title=title if title is not None else found.title,
            url=url if url is not None else found.url,
            published=published if published is not None else found.published,
        )

    analyze = __call__

    def pipe(self, texts: Iterable[str], **_options: object) -> Iterator[Analysis]:
        """Yields the answer for each text, in order; takes and ignores the real one's options."""
        for text in texts:
            yield self(text)


class FakeAnnotator:
    """Stands in for the encoder in `quotecheck.Pipeline`: finds what it is told, surely.

    Segmentation, quotation marks, decoding and the resolution of speakers are the real ones, so
    a test sees how the rest of the pipeline takes an attribution.

    >>> from quotecheck import Pipeline
    >>> from quotecheck.testing import said
    >>> fake = FakeAnnotator(said("“Hold on,”", cue="said", source="Ada Pell"), names=["Ada Pell"])
    >>> analysis = Pipeline(annotator=fake).analyze("“Hold on,” said Ada Pell.")
    >>> [(a.speaker.name, a.cue[0].text) for a in analysis.attributions]
    [('Ada Pell', 'said')]

    Args:
        what: what is said, in text order; the words have to stand in the text that is read. In a
            text in which they don't, nothing is said.
        names: names of persons, found wherever they stand.
        organizations: names of organizations, likewise.
    """

    def __init__(
        self, *what: Said, names: Iterable[str] = (), organizations: Iterable[str] = ()
    ) -> None:
        self.what = what
        self.names = dict.fromkeys(names, "person") | dict.fromkeys(organizations, "organization")

    def annotate(
        self,
        text: str,
        paragraphs: Sequence[tuple[int, int]],
        levels: NDArray[np.int8],
        cues: Sequence[tuple[int, int]] = (),
    ) -> Annotations:
        """Returns annotations in which the given attributions and names are nearly certain."""
        import numpy as np

        from quotecheck.encoder import Annotations
        from quotecheck.labels import BIO, NAME_TAGS, TAGGERS

        pieces = _pieces(text, paragraphs, levels)
        count = len(pieces.words)
        tags = np.full((count, len(TAGGERS), len(BIO)), _NOT, np.float32)
        tags[:, :, 0] = _SURE
        names = np.full((count, len(NAME_TAGS)), _NOT, np.float32)
        names[:, 0] = _SURE
        for name, label in self.names.items():
            for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text):
                _mark(names, pieces.touched(*m.span()), NAME_TAGS.index(f"B-{label}"))
        candidates = []
        for spans in _found(text, self.what):
            for k, role in enumerate(TAGGERS):
                for span in spans[role]:
                    _mark(tags[:, k], pieces.touched(span.start, span.end), 1)
            if spans["cue"]:
                candidates.append(_cue(pieces, spans))
        candidates.sort(key=lambda cue: cue.start)
        return Annotations(pieces=pieces, tags=tags, names=names, cues=tuple(candidates))


def _found(text: str, what: tuple[Said, ...]) -> list[dict[str, tuple[Span, ...]]]:
    try:
        return locate(text, what)
    except ValueError:
        return []


def _pieces(text: str, paragraphs: Sequence[tuple[int, int]], levels: NDArray[np.int8]) -> Pieces:
    """Words inside the paragraphs, a word piece each."""
    import numpy as np

    from quotecheck.windows import Pieces

    words, paragraph = [], []
    for k, (start, end) in enumerate(paragraphs):
        for m in _WORD.finditer(text, start, end):
            words.append(m.span())
            paragraph.append(k)
    starts = np.array([start for start, _ in words], np.int64)
    return Pieces(
        text=text,
        words=np.array(words, np.int64).reshape(-1, 2),
        ids=np.zeros(len(words), np.int64),
        first=np.arange(len(words) + 1, dtype=np.int64),
        casing=np.zeros(len(words), np.int64),
        quote=np.minimum(levels[starts].astype(np.int64), 2) if words else starts,
        paragraph=np.array(paragraph, np.int64),
    )


def _mark(scores: NDArray[np.float32], words: tuple[int, int], begin: int) -> None:
    """Gives words the label ``begin`` and, after the first, the one that follows it."""
    for i in range(*words):
        scores[i] = _NOT
        scores[i, begin if i == words[0] else begin + 1] = _SURE


def _cue(pieces: Pieces, spans: dict[str, tuple[Span, ...]]) -> CueRoles:
    import numpy as np

    from quotecheck.encoder import CueRoles
    from quotecheck.labels import REACH, ROLE_TAGS

    start, end = pieces.touched(spans["cue"][0].start, spans["cue"][0].end)
    left, right = max(0, start - REACH), min(len(pieces.words), end + REACH)
    roles = np.full((right - left, len(ROLE_TAGS)), _NOT, np.float32)
    roles[:, 0] = _SURE
    for role in ("source", "content"):
        for span in spans[role]:
            first, last = pieces.touched(span.start, span.end)
            words = max(first, left) - left, min(last, right) - left
            _mark(roles, words, ROLE_TAGS.index(f"B-{role}"))
    return CueRoles(start=start, end=end, score=0.999, reach=left, roles=roles)

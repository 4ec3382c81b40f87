"""Records what the product asks of a coreference head, with the right answers of a corpus.

The head is trained on the decisions that it will have to make: the corpus runs through the product
(names, quotations, attributions, mentions as the released weights find them), every look-up of an
antecedent is written down, and the corpus says which candidates are right.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from attrs import define, field
from numpy.typing import NDArray

from quotecheck.coreference import event_words, query_words
from quotecheck.encoder import Annotations, Encoder
from quotecheck.pipeline import Pipeline
from quotecheck.records import Article, Attribution, Block, NameMention, Quotation
from quotecheck.speakers import Resolution, resolve
from quotecheck.speakers.page import rough_sentences
from quotecheck.training.coref_corpora import (
    CorefDocument,
    GapExample,
    read_gap,
    read_litbank,
    read_ontogum,
)

__all__ = ["Record", "Recorder", "nearest_mention", "record"]

CharSpan = tuple[int, int]
#: Documents with fewer pronouns for people are left out, and all but every third novel: time.
FEWEST, LITBANK_EVERY = 8, 3
#: The order of the documents is mixed, so that a part of the record is like the whole.
ORDER_SEED = 7
_PERSONAL = re.compile(r"\b(?:he|she|him|her|his)\b", re.I)
#: Labels of a candidate: wrong, right, or not known (left out of the loss).
WRONG, RIGHT, UNKNOWN = 0, 1, 2


@define
class Record:
    """Queries with their candidates, flat: the pairs of query ``i`` are ``offsets[i:i+2]``."""

    about: list[list[float]] = field(factory=list)
    pairs: list[list[float]] = field(factory=list)
    labels: list[int] = field(factory=list)
    none: list[int] = field(factory=list)
    offsets: list[int] = field(factory=lambda: [0])
    rows: list[list[int]] = field(factory=list)
    query_rows: list[list[int]] = field(factory=list)
    corpus: list[int] = field(factory=list)
    states: list[NDArray[np.float16]] = field(factory=list)
    size: int = 0

    def save(self, path: Path) -> None:
        """Writes the record as an ``.npz`` file."""
        np.savez(
            path,
            about=np.array(self.about, np.float32),
            pairs=np.array(self.pairs, np.float32),
            labels=np.array(self.labels, np.int8),
            none=np.array(self.none, np.int8),
            offsets=np.array(self.offsets, np.int64),
            rows=np.array(self.rows, np.int64),
            query_rows=np.array(self.query_rows, np.int64),
            corpus=np.array(self.corpus, np.int8),
            states=np.concatenate(self.states),
        )


#: For a mention and its candidates: the candidates' labels and that of "none of them"; None to
#: leave the mention out.
Judge = Callable[[CharSpan, Sequence[CharSpan]], tuple[list[int], int] | None]


class Recorder:
    """A `PairScorer` without opinion that writes down what it is asked."""

    def __init__(self, kept: Record, annotations: Annotations, judge: Judge, corpus: int) -> None:
        self._kept, self._pieces, self._judge = kept, annotations.pieces, judge
        self._states, self._corpus = annotations.states, corpus
        self._used: dict[int, int] = {}

    def _rows(self, words: Sequence[int]) -> list[int]:
        used, base = self._used, self._kept.size
        return [base + used.setdefault(word, len(used)) for word in words]

    def scores(
        self,
        query: CharSpan,
        about: Sequence[float],
        candidates: Sequence[CharSpan],
        pairs: Sequence[Sequence[float]],
    ) -> tuple[Sequence[float], float] | None:
        """Returns None, always."""
        judged = self._judge(query, candidates)
        if judged is None:
            return None
        kept = self._kept
        kept.about.append(list(about))
        kept.query_rows.append(self._rows(query_words(self._pieces, query)))
        for span, row, label in zip(candidates, pairs, judged[0], strict=True):
            kept.pairs.append(list(row))
            kept.rows.append(self._rows(event_words(self._pieces, span)))
            kept.labels.append(label)
        kept.none.append(judged[1])
        kept.offsets.append(len(kept.pairs))
        kept.corpus.append(self._corpus)
        return None

    def finish(self) -> None:
        """Keeps the word states that the queries of this text need."""
        if self._states is not None and self._used:
            self._kept.states.append(self._states[list(self._used)])
            self._kept.size += len(self._used)


def nearest_mention(document: CorefDocument) -> Callable[[CharSpan], CharSpan | None]:
    """Returns a function from a span that the product found to the gold mention that it stands for.

    That is the same span, else the shortest mention that ends where the span ends ("the former
    mayor Mara Quist"), else the span's own end ("Quist"), else the shortest that begins there and
    goes on with a comma or a clause ("Mara Quist, a doctor").
    """
    mentions = document.mentions
    by_end: dict[int, list[CharSpan]] = {}
    by_start: dict[int, list[CharSpan]] = {}
    for span in mentions:
        by_end.setdefault(span[1], []).append(span)
        by_start.setdefault(span[0], []).append(span)
    text = document.text

    def mention(span: CharSpan) -> CharSpan | None:
        start, end = span
        if span in mentions:
            return span
        for close in (end, end + 2 if text[end : end + 2] in ("'s", "’s") else end):
            fits = [m for m in by_end.get(close, ()) if m[0] <= start]
            if fits:
                return max(fits)
        inner = [m for m in by_end.get(end, ()) if 0 < m[0] - start <= 4]
        if inner:
            return min(inner)
        if text[end : end + 1] == "," or text[end : end + 4] in (" of ", " who", " for", " (or"):
            fits = [m for m in by_start.get(start, ()) if m[1] >= end]
            if fits:
                return min(fits)
        return None

    return mention


def aligned(document: CorefDocument) -> Callable[[CharSpan], int]:
    """Returns a function from a span that the product found to the gold chain, or -1."""
    mentions, near = document.mentions, nearest_mention(document)

    def chain(span: CharSpan) -> int:
        found = near(span)
        return mentions[found] if found is not None else -1

    return chain


def document_judge(document: CorefDocument) -> Judge:
    """Returns the answers of a corpus that gives every chain."""
    chain = aligned(document)

    def judge(query: CharSpan, candidates: Sequence[CharSpan]) -> tuple[list[int], int] | None:
        mine = chain(query)
        pronoun = " " not in document.text[slice(*query)]
        third = document.text[slice(*query)].lower() in ("he", "she", "him", "her", "his", "hers")
        if mine < 0 and (third or not pronoun):
            # OntoGUM has no singletons: a description without chain refers back to nothing.
            if third or document.corpus != "ontogum":
                return None
            return [WRONG] * len(candidates), RIGHT
        labels = [RIGHT if mine >= 0 and chain(c) == mine else WRONG for c in candidates]
        return labels, WRONG if RIGHT in labels else RIGHT

    return judge


def gap_judge(example: GapExample) -> Judge:
    """Returns the answers of a GAP example: only its pronoun, only its two names."""

    def touches(span: CharSpan, name: CharSpan) -> bool:
        return span[0] < name[1] and name[0] < span[1]

    def judge(query: CharSpan, candidates: Sequence[CharSpan]) -> tuple[list[int], int] | None:
        if query != example.pronoun:
            return None
        names = (example.first, example.second)
        text = example.text
        forms = [text[s:e].lower() for s, e in names]
        labels = []
        for span in candidates:
            form = text[slice(*span)].lower()
            hits = [touches(span, n) or form == f for n, f in zip(names, forms, strict=True)]
            right = any(h and a for h, a in zip(hits, example.answers, strict=True))
            labels.append(RIGHT if right else WRONG if any(hits) else UNKNOWN)
        if not any(example.answers):
            return [RIGHT if x == UNKNOWN else x for x in labels], RIGHT
        if RIGHT not in labels:
            return None
        return labels, WRONG

    return judge


class _Tap:
    """An annotator that remembers the last annotations."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.last: Annotations | None = None

    def annotate(self, *args: Any, **named: Any) -> Annotations:  # noqa: ANN401 - passed on
        self.last = self._encoder.annotate(*args, **named)
        return self.last


def _article(text: str, blocks: Iterable[CharSpan], sentences: Sequence[CharSpan]) -> Article:
    made = tuple(Block(start=s, end=e, kind="paragraph") for s, e in blocks)
    return Article(
        text=text, blocks=made, sentences=tuple(sentences) or rough_sentences(text, made)
    )


def sources(data: Path) -> list[tuple[int, Article, Judge]]:
    """Returns (corpus, article, answers) of all training documents."""
    out: list[tuple[int, Article, Judge]] = []
    for example in read_gap(data / "gap" / "gap-development.tsv"):
        article = _article(example.text, [(0, len(example.text))], ())
        out.append((0, article, gap_judge(example)))
    litbank = list(read_litbank(data))[::LITBANK_EVERY]
    for corpus, documents in ((1, read_ontogum(data, "train")), (2, litbank)):
        for document in documents:
            if len(_PERSONAL.findall(document.text)) < FEWEST:
                continue
            article = _article(document.text, document.blocks, document.sentences)
            out.append((corpus, article, document_judge(document)))
    random.Random(ORDER_SEED).shuffle(out)
    return out


def record(model: str, data: Path, out: Path) -> Record:
    """Runs the training documents through the product and writes what it asks.

    Args:
        model: name or folder of the weights.
        data: the corpora.
        out: the ``.npz`` file to write.
    """
    kept = Record()
    encoder = Encoder(model)
    tap = _Tap(encoder)
    now: list[tuple[int, Article, Judge]] = []

    def resolver(
        article: Article,
        quotations: Sequence[Quotation],
        names: Sequence[NameMention],
        found: Sequence[Attribution],
        **_: object,
    ) -> Resolution:
        assert tap.last is not None  # noqa: S101 - the annotator has run
        recorder = Recorder(kept, tap.last, now[0][2], now[0][0])
        answer = resolve(article, quotations, names, found, coreference=recorder)
        recorder.finish()
        return answer

    def segmenter(texts: Sequence[str], **_: object) -> list[Article]:
        return [now[0][1]]

    pipeline = Pipeline(model, annotator=tap, segmenter=segmenter, resolver=resolver)
    for job in sources(data):
        now[:] = [job]
        tap.last = None
        pipeline.analyze(job[1].text)
    kept.save(out)
    return kept

"""Time grows with the length of a text, not with its square: everything but the networks."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from quotecheck import Pipeline
from quotecheck.encoder import Annotations, CueRoles
from quotecheck.labels import BIO, NAME_TAGS, REACH, ROLE_TAGS, TAGGERS
from quotecheck.segment import segment_many
from quotecheck.testing.fake import _mark, _pieces
from quotecheck.tokenizer import RuleTokenizer
from tests.benchmarks.invented import article
from tests.timing import growth

SURE, NOT = -0.01, -9.0
SMALL, LARGE = 7_000, 56_000
#: What eight times the text may cost, in times per character. A quadratic step comes near eight
#: once it is a noticeable part of the whole, and to 2.5 when it is a fifth of it.
MOST = 2.5

_CUE = re.compile(r"\b(?:said|told|added|argued|warned|wrote)\b")
_NAME = re.compile(r"\b[A-Z]\w+ [A-Z]\w+\b|(?<=[a-z,”] )[A-Z]\w{3,}\b")


class PatternAnnotator:
    """Stands in for the networks at next to no cost: cues and names by pattern."""

    def annotate(
        self,
        text: str,
        paragraphs: Sequence[tuple[int, int]],
        levels: NDArray[np.int8],
        cues: Sequence[tuple[int, int]] = (),
    ) -> Annotations:
        """Two words after a cue are its source; ten on the other side or after are its content."""
        pieces = _pieces(text, paragraphs, levels)
        count = len(pieces.words)
        tags = np.full((count, len(TAGGERS), len(BIO)), NOT, np.float32)
        tags[:, :, 0] = SURE
        names = np.full((count, len(NAME_TAGS)), NOT, np.float32)
        names[:, 0] = SURE
        for match in _NAME.finditer(text):
            _mark(names, pieces.touched(*match.span()), NAME_TAGS.index("B-person"))
        found = []
        for number, match in enumerate(_CUE.finditer(text)):
            start, end = pieces.touched(*match.span())
            left, right = max(0, start - REACH), min(count, end + REACH)
            roles = np.full((right - left, len(ROLE_TAGS)), NOT, np.float32)
            roles[:, 0] = SURE
            content = (end + 2, end + 12) if number % 2 else (start - 12, start)
            for label, (low, high) in (("source", (end, end + 2)), ("content", content)):
                low, high = max(low, left), min(high, right)
                if low < high:
                    _mark(roles, (low - left, high - left), ROLE_TAGS.index(f"B-{label}"))
            cue = CueRoles(start=start, end=end, score=0.95, reach=left, roles=roles)
            found.append(cue)
        return Annotations(pieces=pieces, tags=tags, names=names, cues=tuple(found))


def forty_people(size: int) -> str:
    """An article in which forty people take turns."""
    return article(Random(1), size, 40)


def one_paragraph(size: int) -> str:
    """The same without a line break."""
    return " ".join(forty_people(size).split())


def one_sentence(size: int) -> str:
    """Hundreds of cues in one sentence, under one "if"."""
    return "If it holds and Mara Quist said that it did and " * (size // 49)


def without_sources(size: int) -> str:
    """Nothing but quotations in one paragraph, nobody named."""
    return "“No, it was never open to us.” " * (size // 31)


def one_speech(size: int) -> str:
    """A speech that every paragraph reopens and none closes."""
    line = "“We went out in the rain and came back without a fish, and nobody asked us why.\n\n"
    return "Mara Quist said: " + line * (size // len(line))


def transcript(size: int) -> str:
    """Two voices in turns."""
    line = (
        "MS. VELL: We said that it would hold.\nMR. ORRIN: She told Mara Quist that it did not.\n"
    )
    return line * (size // len(line))


def one_turn(size: int) -> str:
    """A labelled turn that goes on in thousands of paragraphs, with cues in each."""
    line = "He said that the pier would hold for a year, and Tam Orrin said it would not.\n\n"
    return "MS. VELL: Good morning.\nMR. ORRIN: Here it is.\n\n" + line * (size // len(line))


def many_bodies(size: int) -> str:
    """Bodies with acronyms and officials without names, ever new ones."""
    chance = Random(2)
    parts: list[str] = []
    while sum(map(len, parts)) < size:
        a, b, c = (chance.choice("BCDFGHKLMNPRSTVW") + "elor" for _ in range(3))
        parts.append(
            f"The {a}{len(parts)} {b} {c} Trust (T{a[0]}{b[0]}{c[0]}) said that it would pay. "
            f"A {a.lower()} official said that the {b.lower()} senator told the report so.\n\n"
        )
    return "".join(parts)


SHAPES = (
    forty_people, one_paragraph, one_sentence, without_sources, one_speech, transcript, one_turn,
    many_bodies,
)  # fmt: skip


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    """The pipeline with rules in the place of its networks."""
    return Pipeline(
        annotator=PatternAnnotator(), segmenter=partial(segment_many, tokenizer=RuleTokenizer())
    )


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_time_is_linear(pipeline: Pipeline, shape: Callable[[int], str]) -> None:
    """A text eight times as long costs about the same for a character."""
    small, large = shape(SMALL), shape(LARGE)
    limit = MOST * len(large) / len(small)
    work = (lambda: pipeline.analyze(small)), (lambda: pipeline.analyze(large))
    assert growth(*work, limit) < limit

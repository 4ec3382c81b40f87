"""Windows with gold labels, packed into padded batches."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from attrs import evolve, frozen
from numpy.typing import NDArray

from quotecheck.labels import NAME_TAGS
from quotecheck.training.corpora import Example, Relation
from quotecheck.windows import (
    CLS,
    MAX_PIECES,
    SEP,
    Pieces,
    cut_windows,
    featurize,
    reach_of,
    window_inputs,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "Batch",
    "Item",
    "collate",
    "make_items",
    "masked",
    "pieces_of",
    "quote_levels",
    "restyle",
]

IGNORE = -100
#: Vocabulary ids of ``[PAD]`` and ``[MASK]``.
PAD, MASK = 0, 103

_STYLES = (("“", "”"), ('"', '"'), ("‘", "’"), ("«", "»"), ("„", "“"), ("'", "'"))
_WEIGHTS = (8, 5, 3, 1, 0.5, 1.5)


def quote_levels(text: str) -> NDArray[np.int8]:
    """Returns the depth inside double quotation marks of each code point, a line at a time."""
    levels = np.zeros(len(text), np.int8)
    opened = False
    for i, char in enumerate(text):
        if char == "\n":
            opened = False
        elif char in "“”«»„" or char == '"':
            closing = char in "”»" or (char == '"' and opened)
            levels[i] = 1
            opened = not closing
            continue
        levels[i] = opened
    return levels


def restyle(text: str, rng: random.Random) -> str:
    """Returns the text with its double marks in another style, code point for code point.

    Newsrooms differ in their marks; the annotated corpora nearly all use curly ones.
    """
    opening, closing = rng.choices(_STYLES, _WEIGHTS)[0]
    if opening == "“":
        return text
    return text.translate({ord("“"): opening, ord("”"): closing})


@frozen(kw_only=True, eq=False)
class Item:
    """A window ready for the network, with its gold labels by word."""

    corpus: str
    ids: NDArray[np.int64]
    casing: NDArray[np.int64]
    quote: NDArray[np.int64]
    paragraph: NDArray[np.int64]
    first: NDArray[np.int64]
    word_quote: NDArray[np.int64]
    word_paragraph: NDArray[np.int64]
    tags: NDArray[np.int64]  # (words, 3): cue, content, source; IGNORE where unknown
    names: NDArray[np.int64]  # (words,)
    cues: tuple[tuple[int, int], ...]
    roles: tuple[NDArray[np.int64], ...]  # a (words,) array a cue


def _tag(
    labels: NDArray[np.int64], pieces: Pieces, spans: Sequence[tuple[int, int]], b: int
) -> None:
    for span in spans:
        start, end = pieces.touched(*span)
        if start < end:
            labels[start:end] = b + 1
            labels[start] = b


def _labels(
    pieces: Pieces, relations: Sequence[Relation] | None, example: Example
) -> tuple[NDArray[np.int64], NDArray[np.int64], list[tuple[tuple[int, int], NDArray[np.int64]]]]:
    n = len(pieces.words)
    tags = np.full((n, 3), IGNORE, np.int64)
    names = np.full(n, IGNORE, np.int64)
    cues: list[tuple[tuple[int, int], NDArray[np.int64]]] = []
    if relations is not None:
        tags[:] = 0
        for relation in relations:
            _tag(tags[:, 0], pieces, relation.cue, 1)
            _tag(tags[:, 1], pieces, relation.content, 1)
            _tag(tags[:, 2], pieces, relation.source, 1)
            if relation.cue:
                roles = np.zeros(n, np.int64)
                _tag(roles, pieces, relation.source, 1)
                _tag(roles, pieces, relation.content, 3)
                cue = pieces.touched(*relation.cue[0])
                if cue[0] < cue[1]:
                    cues.append((cue, roles))
    if example.names is not None:
        names[:] = 0
        for start, end, label in example.names:
            _tag(names, pieces, [(start, end)], NAME_TAGS.index(f"B-{label}"))
    return tags, names, cues


def pieces_of(text: str, tokenizer: Tokenizer, levels: NDArray[np.int8]) -> Pieces:
    """Returns the words and pieces of a text whose lines are its paragraphs."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", text)]
    return featurize(text, lines, tokenizer, levels)


def make_items(
    example: Example,
    tokenizer: Tokenizer,
    rng: random.Random,
    *,
    augment: bool = True,
    max_pieces: int = MAX_PIECES,
) -> Iterator[Item]:
    """Yields an example's windows with labels of one annotator, drawn at random."""
    text = restyle(example.text, rng) if augment else example.text
    pieces = pieces_of(text, tokenizer, quote_levels(example.text))
    relations = rng.choice(example.annotations) if example.annotations else None
    tags, names, cues = _labels(pieces, relations, example)
    for window in cut_windows(pieces, max_pieces):
        a, b, ca, cb = window.start, window.end, window.core_start, window.core_end
        core_tags = tags[a:b].copy()
        core_tags[: ca - a] = IGNORE
        core_tags[cb - a :] = IGNORE
        core_names = names[a:b].copy()
        core_names[: ca - a] = IGNORE
        core_names[cb - a :] = IGNORE
        inside = [((s - a, e - a), r[a:b]) for (s, e), r in cues if ca <= s and e <= cb]
        yield Item(
            corpus=example.corpus,
            **window_inputs(pieces, window),
            word_quote=pieces.quote[a:b],
            word_paragraph=pieces.paragraph[a:b],
            tags=core_tags,
            names=core_names,
            cues=tuple(c for c, _ in inside),
            roles=tuple(r for _, r in inside),
        )


@frozen(kw_only=True, eq=False)
class Batch:
    """Padded tensors of some items; see `Network.forward` and `RoleHead.forward`."""

    inputs: dict[str, torch.Tensor]
    tags: torch.Tensor
    names: torch.Tensor
    cue_item: torch.Tensor
    cue_start: torch.Tensor
    cue_end: torch.Tensor
    reach: torch.Tensor
    reach_quote: torch.Tensor
    reach_paragraph: torch.Tensor
    roles: torch.Tensor


def masked(batch: Batch, share: float, rng: random.Random) -> Batch:
    """Returns a batch with a random share of its pieces hidden, so that no label hangs on one word.

    As in BERT's training.
    """
    ids = batch.inputs["ids"]
    chance = torch.Generator().manual_seed(rng.getrandbits(32))
    hidden = torch.rand(ids.shape, generator=chance) < share
    special = (ids == PAD) | (ids == CLS) | (ids == SEP)
    return evolve(batch, inputs=batch.inputs | {"ids": torch.where(hidden & ~special, MASK, ids)})


def collate(items: Sequence[Item], rng: random.Random, max_cues: int = 64) -> Batch:
    """Packs items into a batch; of more than ``max_cues`` cues a random sample is kept."""
    width = max(len(i.ids) for i in items)
    words = max(len(i.first) for i in items)

    def pad(name: str, size: int, value: int = 0) -> torch.Tensor:
        out = np.full((len(items), size), value, np.int64)
        for row, item in enumerate(items):
            values = getattr(item, name)
            out[row, : len(values)] = values
        return torch.from_numpy(out)

    inputs = {k: pad(k, width) for k in ("ids", "casing", "quote", "paragraph")}
    inputs["first"] = pad("first", words)
    lengths = torch.tensor([len(i.ids) for i in items])
    inputs["mask"] = torch.arange(width)[None] < lengths[:, None]
    tags = np.full((len(items), words, 3), IGNORE, np.int64)
    for row, item in enumerate(items):
        tags[row, : len(item.tags)] = item.tags
    cues = [(row, k) for row, item in enumerate(items) for k in range(len(item.cues))]
    if len(cues) > max_cues:
        cues = sorted(rng.sample(cues, max_cues))
    spans = [items[row].cues[k] for row, k in cues]
    reaches = [
        reach_of(span, len(items[row].first)) for (row, _), span in zip(cues, spans, strict=True)
    ]
    size = max((b - a for a, b in reaches), default=1)
    reach, quote, paragraph, roles = (
        np.full((len(cues), size), v, np.int64) for v in (-1, 0, 0, IGNORE)
    )
    for i, ((row, k), (a, b), span) in enumerate(zip(cues, reaches, spans, strict=True)):
        item = items[row]
        reach[i, : b - a] = np.arange(a, b)
        quote[i, : b - a] = item.word_quote[a:b]
        paragraph[i, : b - a] = item.word_paragraph[a:b] - item.word_paragraph[span[0]]
        roles[i, : b - a] = item.roles[k][a:b]
    return Batch(
        inputs=inputs,
        tags=torch.from_numpy(tags),
        names=pad("names", words, IGNORE),
        cue_item=torch.tensor([row for row, _ in cues], dtype=torch.long),
        cue_start=torch.tensor([s for s, _ in spans], dtype=torch.long),
        cue_end=torch.tensor([e for _, e in spans], dtype=torch.long),
        reach=torch.from_numpy(reach),
        reach_quote=torch.from_numpy(quote),
        reach_paragraph=torch.from_numpy(paragraph),
        roles=torch.from_numpy(roles),
    )

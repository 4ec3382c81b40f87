"""What an epoch of training is made of: which corpora, in which form, in which batches."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from quotecheck.training.batches import Item, make_items
from quotecheck.training.corpora import (
    Example,
    cropped,
    read_newswire,
    read_polnear,
    read_riqua,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Mixture", "packed", "read_corpora"]

#: Windows sorted by length at a time, so that a batch has little padding.
POOL = 128


def read_corpora(data: Path) -> dict[str, list[Example]]:
    """Returns the training examples of each corpus."""
    return {
        "polnear": list(read_polnear(data / "polnear", "train")),
        "riqua": list(read_riqua(data / "riqua" / "train.txt")),
        "newswire": list(read_newswire(data / "worldwide-newswire")),
    }


@frozen(kw_only=True)
class Mixture:
    """The training examples and how an epoch takes them.

    Attributes:
        corpora: the examples of each corpus.
        share: how much of each corpus an epoch takes; all of those that it does not name.
        crops: share of PolNeAR's articles that are taken in crops of a few sentences.
        windows: word pieces a window at most; each text draws one of them.
    """

    corpora: Mapping[str, Sequence[Example]]
    share: Mapping[str, float]
    crops: float = 0.0
    windows: Sequence[int] = (510,)

    def items(self, tokenizer: Tokenizer, rng: random.Random) -> list[Item]:
        """Returns an epoch's windows, shuffled."""
        items: list[Item] = []
        for example in self._examples(rng):
            crop = example.corpus == "polnear" and rng.random() < self.crops
            for part in cropped(example, rng) if crop else (example,):
                items += make_items(part, tokenizer, rng, max_pieces=rng.choice(self.windows))
        rng.shuffle(items)
        return items

    def _examples(self, rng: random.Random) -> Iterator[Example]:
        for name, examples in self.corpora.items():
            count = round(self.share.get(name, 1.0) * len(examples))
            yield from rng.sample(examples, count)


def packed(items: Sequence[Item], pieces: int, rng: random.Random) -> list[list[Item]]:
    """Groups windows of like length into batches of about ``pieces`` word pieces."""
    groups: list[list[Item]] = []
    for at in range(0, len(items), POOL):
        group: list[Item] = []
        for item in sorted(items[at : at + POOL], key=lambda i: -len(i.ids)):
            if group and (len(group) + 1) * len(group[0].ids) > pieces:
                groups.append(group)
                group = []
            group.append(item)
        if group:
            groups.append(group)
    rng.shuffle(groups)
    return groups

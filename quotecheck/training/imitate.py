"""Learning to say what other networks say (knowledge distillation: Hinton et al., 2015).

What is imitated are the taggers, the names and the roles of the cues; of several networks, the mean
of their probabilities. Of texts that nobody has annotated the roles of those cues are imitated that
the others find. Where another network has states of the same size, because this one was pruned out
of it, they can be imitated as well, those of the last layer and of the one that coreference reads
(Jiao et al., 2020, "TinyBERT").
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import torch
from attrs import evolve, frozen
from torch import Tensor
from torch.nn.functional import kl_div, log_softmax

from quotecheck.encoder import cue_candidates
from quotecheck.labels import BIO, ROLE_TAGS
from quotecheck.training.batches import IGNORE, Batch, Item, collate
from quotecheck.training.network import Network
from quotecheck.training.roles import role_logits

__all__ = ["Lesson", "imitation", "lesson"]

#: Cues of a batch whose roles are imitated, at most.
MOST_CUES = 96

Said = Sequence[Tensor]


@frozen(kw_only=True, eq=False)
class Lesson:
    """What other networks say of a batch, in 16 bits.

    Attributes:
        batch: the windows, with their labels.
        tags: (words, 3, labels) log probabilities; padding is left out here and below.
        names: (words, labels) log probabilities.
        roles: (words in reach of the cues, labels) log probabilities.
        ends: (words in reach of the cues, 2) log scores.
        states: (words, hidden) of the last layer and of the middle one, where imitated.
    """

    batch: Batch
    tags: Tensor
    names: Tensor
    roles: Tensor
    ends: Tensor
    states: tuple[Tensor, ...] = ()


def _agreed(logits: Sequence[Tensor]) -> Tensor:
    """Returns the logarithm of the mean of distributions over the last axis."""
    told = torch.stack([log_softmax(one, -1) for one in logits])
    return told.logsumexp(0) - math.log(len(logits))


def _mean(values: Sequence[Tensor]) -> Tensor:
    return torch.stack(tuple(values)).mean(0)


def _here(batch: Batch) -> Tensor:
    """Returns (batch, words): where there is a word; the rest only fills up."""
    return batch.inputs["first"] > 0


def _by_tagger(tags: Tensor) -> Tensor:
    return tags.view(*tags.shape[:-1], 3, len(BIO))


def _with_cues(item: Item, tags: Tensor) -> Item:
    """Returns an item that nobody has annotated with the cues that the networks find.

    Args:
        item: a window.
        tags: (words, 9), the mean logits of the taggers.
    """
    if (item.tags != IGNORE).any():
        return item
    count = len(item.first)
    found = cue_candidates(log_softmax(tags[:count, : len(BIO)], -1).numpy(), 0, count)
    unknown = np.full(count, IGNORE, np.int64)
    spans = tuple((start, end) for start, end, _ in found)
    return evolve(item, cues=spans, roles=(unknown,) * len(spans))


@torch.no_grad()
def lesson(
    wholes: Sequence[Network], items: Sequence[Item], rng: random.Random, hidden: int | None = None
) -> Lesson:
    """Returns what some networks say of some windows.

    Args:
        wholes: networks in evaluation mode.
        items: windows.
        rng: draws the cues where there are very many.
        hidden: size of the states to imitate; None for none.
    """
    batch = collate(items, rng)
    told: list[Said] = [[part.float() for part in whole(**batch.inputs)] for whole in wholes]
    tags = _mean([one[1] for one in told])
    batch = collate([_with_cues(*pair) for pair in zip(items, tags, strict=True)], rng, MOST_CUES)
    here, known = _here(batch), batch.reach >= 0
    alike = [one for one in told if one[0].shape[-1] == hidden]
    some = len(ROLE_TAGS)
    roles = [
        role_logits(whole, one[0], one[1], batch).float()[known]
        for whole, one in zip(wholes, told, strict=True)
        if len(batch.cue_item)
    ] or [torch.zeros(0, some + 2)]
    return Lesson(
        batch=batch,
        tags=_agreed([_by_tagger(one[1][here]) for one in told]).half(),
        names=_agreed([one[2][here] for one in told]).half(),
        roles=_agreed([one[:, :some] for one in roles]).half(),
        ends=_mean([one[:, some:] for one in roles]).half(),
        states=tuple(_mean([one[k][here] for one in alike]).half() for k in (0, 3) if alike),
    )


def _apart(mine: Tensor, wanted: Tensor) -> Tensor:
    """Returns the mean Kullback-Leibler divergence of distributions over the last axis."""
    mine, wanted = log_softmax(mine, -1).flatten(0, -2), wanted.float().flatten(0, -2)
    return kl_div(mine, wanted, reduction="batchmean", log_target=True)


def _distance(mine: Tensor, wanted: Tensor) -> Tensor:
    """Returns the mean squared difference, where 1 is that of the mean from what is wanted."""
    wanted = wanted.float()
    return (mine - wanted).square().mean() / wanted.var(0).mean()


def imitation(told: Lesson, network: Network, said: Said) -> dict[str, Tensor]:
    """Returns how far a network is from what others say of a batch.

    Args:
        told: what they say.
        network: the one that learns.
        said: what it has returned for the batch, perhaps with some pieces hidden.
    """
    batch, here = told.batch, _here(told.batch)
    states, tags, names, middle = (part.float()[here] for part in said)
    out = {
        "as tags": _apart(_by_tagger(tags), told.tags),
        "as names": _apart(names, told.names),
    }
    if told.states:
        last, inner = told.states
        out["as states"] = _distance(states, last) + _distance(middle, inner)
    if len(batch.cue_item):
        logits = role_logits(network, said[0].float(), said[1].float(), batch).float()
        mine, some = logits[batch.reach >= 0], len(ROLE_TAGS)
        out["as roles"] = _apart(mine[:, :some], told.roles)
        out["as ends"] = (mine[:, some:] - told.ends.float()).square().mean()
    return out

"""Learning to say what other networks say (knowledge distillation: Hinton et al., 2015).

What is imitated are the taggers, the names and the roles of the cues; of several networks, the mean
of their probabilities. Where another one has states of the same size, because this one was pruned
out of it, those are imitated as well, of the last layer and of the one that coreference reads (Jiao
et al., 2020, "TinyBERT").
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import kl_div, log_softmax

from quotecheck.labels import BIO, ROLE_TAGS
from quotecheck.training.batches import IGNORE, Batch
from quotecheck.training.network import Network
from quotecheck.training.roles import role_logits

__all__ = ["imitation"]


def _apart(mine: Tensor, wanted: Tensor) -> Tensor:
    """Returns the mean Kullback-Leibler divergence of distributions over the last axis."""
    mine, wanted = (log_softmax(x, -1).flatten(0, -2) for x in (mine, wanted))
    return kl_div(mine, wanted, reduction="batchmean", log_target=True)


def _distance(mine: Tensor, wanted: Tensor) -> Tensor:
    """Returns the mean squared difference, where 1 is that of the mean from what is wanted."""
    return (mine - wanted).square().mean() / wanted.var(0).mean()


def _agreed(logits: Sequence[Tensor]) -> Tensor:
    """Returns the logarithm of the mean of distributions over the last axis."""
    told = torch.stack([log_softmax(one, -1) for one in logits])
    return told.logsumexp(0) - math.log(len(logits))


def _mean(values: Sequence[Tensor]) -> Tensor:
    return torch.stack(tuple(values)).mean(0)


def imitation(
    wholes: Sequence[Network],
    network: Network,
    batch: Batch,
    said: tuple[Tensor, Tensor, Tensor, Tensor],
) -> dict[str, Tensor]:
    """Returns how far a network is from what others say of a batch.

    Args:
        wholes: the networks to imitate, in evaluation mode.
        network: the one that learns.
        batch: windows; their labels are not looked at.
        said: what ``network`` has returned for them.
    """
    here = batch.inputs["first"] > 0  # the rest only fills up
    with torch.no_grad():
        told = [[part.float() for part in whole(**batch.inputs)] for whole in wholes]
    states, tags, names, middle = (part.float()[here] for part in said)
    by_tagger = (len(tags), 3, len(BIO))
    out = {
        "as tags": _apart(
            tags.view(by_tagger), _agreed([one[1][here].view(by_tagger) for one in told])
        ),
        "as names": _apart(names, _agreed([one[2][here] for one in told])),
    }
    if alike := [one for one in told if one[0].shape[-1] == states.shape[-1]]:
        out["as states"] = sum(
            (
                _distance(mine, _mean([one[part][here] for one in alike]))
                for part, mine in ((0, states), (3, middle))
            ),
            torch.zeros(()),
        )
    if len(batch.cue_item):
        known = batch.roles != IGNORE
        mine = role_logits(network, said[0].float(), said[1].float(), batch).float()[known]
        with torch.no_grad():
            wanted = [
                role_logits(whole, one[0], one[1], batch).float()[known]
                for whole, one in zip(wholes, told, strict=True)
            ]
        some = len(ROLE_TAGS)
        out["as roles"] = _apart(mine[:, :some], _agreed([one[:, :some] for one in wanted]))
        ends = mine[:, some:] - _mean([one[:, some:] for one in wanted])
        out["as ends"] = ends.square().mean()
    return out

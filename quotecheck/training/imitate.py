"""Learning to say what another network says (knowledge distillation: Hinton et al., 2015).

For a network that pruning has made smaller: the other one is the whole, and besides the taggers,
the names and the roles of the cues, its states are imitated too, of the last layer and of the one
that coreference reads (Jiao et al., 2020, "TinyBERT").
"""

from __future__ import annotations

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


def imitation(
    whole: Network,
    network: Network,
    batch: Batch,
    said: tuple[Tensor, Tensor, Tensor, Tensor],
) -> dict[str, Tensor]:
    """Returns how far a network is from what another one says of a batch.

    Args:
        whole: the network to imitate, in evaluation mode.
        network: the one that learns.
        batch: windows; their labels are not looked at.
        said: what ``network`` has returned for them.
    """
    here = batch.inputs["first"] > 0  # the rest only fills up
    with torch.no_grad():
        theirs = whole(**batch.inputs)
    states, tags, names, middle = (part.float()[here] for part in said)
    their_states, their_tags, their_names, their_middle = (part.float()[here] for part in theirs)
    by_tagger = (len(tags), 3, len(BIO))
    out = {
        "as tags": _apart(tags.view(by_tagger), their_tags.view(by_tagger)),
        "as names": _apart(names, their_names),
        "as states": _distance(states, their_states) + _distance(middle, their_middle),
    }
    if len(batch.cue_item):
        mine = role_logits(network, said[0].float(), said[1].float(), batch).float()
        with torch.no_grad():
            wanted = role_logits(whole, theirs[0].float(), theirs[1].float(), batch).float()
        known = batch.roles != IGNORE
        some = len(ROLE_TAGS)
        out["as roles"] = _apart(mine[known][:, :some], wanted[known][:, :some])
        ends = mine[known][:, some:] - wanted[known][:, some:]
        out["as ends"] = ends.square().mean()
    return out

"""The role head's loss: a linear-chain conditional random field over the words in a cue's reach.

A label's score depends on the one before it (Lafferty et al., 2001), and leaving a source or a
content has a score of its own at every word, so that the head learns where a span can end as well
as where it can begin.
"""

from __future__ import annotations

import torch
from torch import Tensor

from quotecheck.decode.chain import LEAVING, LEGAL
from quotecheck.labels import ROLE_TAGS
from quotecheck.training.batches import IGNORE

__all__ = ["crf_loss", "pairwise", "sanitized"]


def sanitized(labels: Tensor) -> Tensor:
    """Returns (cues, reach) labels in which a span cut at its left begins anew with B."""
    out = labels.clone()
    before = torch.nn.functional.pad(labels[:, :-1], (1, 0), value=0)
    for begin in (1, 3):
        orphan = (labels == begin + 1) & (before != begin) & (before != begin + 1)
        out[orphan] = begin
    return out


def pairwise(logits: Tensor, transitions: Tensor) -> Tensor:
    """Returns (cues, reach, from, to): the score of stepping to each word's label.

    Args:
        logits: (cues, reach, labels + ends), the role head's output.
        transitions: (from, to), learned.
    """
    ends = logits[:, :, len(ROLE_TAGS) :]
    steps = torch.einsum("clk,kij->clij", ends, torch.from_numpy(LEAVING).to(ends))
    return steps + transitions + torch.from_numpy(LEGAL).to(ends)


def crf_loss(logits: Tensor, transitions: Tensor, labels: Tensor) -> Tensor:
    """Returns the negative log likelihood of the gold sequences, summed over the cues.

    Args:
        logits: (cues, reach, labels + ends).
        transitions: (from, to).
        labels: (cues, reach), `IGNORE` after a cue's last word.
    """
    emissions = logits[:, :, : len(ROLE_TAGS)]
    mask = labels != IGNORE
    gold = sanitized(labels.clamp(min=0))
    steps = pairwise(logits, transitions)
    own = emissions.gather(2, gold[:, :, None])[:, :, 0]
    rows = torch.arange(len(gold))[:, None]
    places = torch.arange(1, gold.shape[1])[None]
    moves = steps[rows, places, gold[:, :-1], gold[:, 1:]]
    score = (own * mask).sum() + (moves * mask[:, 1:]).sum()
    state = emissions[:, 0]
    for t in range(1, gold.shape[1]):
        moved = torch.logsumexp(state[:, :, None] + steps[:, t], dim=1) + emissions[:, t]
        state = torch.where(mask[:, t, None], moved, state)
    return torch.logsumexp(state, dim=1).sum() - score

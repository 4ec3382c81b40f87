"""The role head's loss: a linear-chain conditional random field over the words in a cue's reach.

A label's score depends on the one before it (Lafferty et al., 2001), and leaving a source or a
content has a score of its own at every word, so that the head learns where a span can end as well
as where it can begin.
"""

from __future__ import annotations

import torch
from torch import Tensor

from quotecheck.labels import ROLE_TAGS, SPAN_ENDS
from quotecheck.training.batches import IGNORE

__all__ = ["crf_loss", "legal_transitions", "pairwise", "sanitized"]

#: Score of a label sequence that BIO does not allow.
FORBIDDEN = -1e4


def legal_transitions() -> Tensor:
    """Returns (from, to): 0 where BIO allows the step, `FORBIDDEN` elsewhere."""
    out = torch.zeros(len(ROLE_TAGS), len(ROLE_TAGS))
    for j, tag in enumerate(ROLE_TAGS):
        if tag.startswith("I-"):
            for i, before in enumerate(ROLE_TAGS):
                if before[2:] != tag[2:]:
                    out[i, j] = FORBIDDEN
    return out


def leaving() -> Tensor:
    """Returns (ends, from, to): 1 where the step leaves a span of `SPAN_ENDS`' role."""
    out = torch.zeros(len(SPAN_ENDS), len(ROLE_TAGS), len(ROLE_TAGS))
    for k, role in enumerate(SPAN_ENDS):
        for i, before in enumerate(ROLE_TAGS):
            for j, tag in enumerate(ROLE_TAGS):
                out[k, i, j] = float(before[2:] == role and tag != f"I-{role}")
    return out


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
    steps = torch.einsum("clk,kij->clij", ends, leaving().to(ends))
    return steps + transitions + legal_transitions().to(ends)


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

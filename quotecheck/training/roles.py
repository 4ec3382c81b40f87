"""Calls the role head for the cues of a batch."""

from __future__ import annotations

import torch
from torch import Tensor

from quotecheck.training.batches import Batch
from quotecheck.training.network import Network

__all__ = ["role_logits"]


def role_logits(network: Network, states: Tensor, tags: Tensor, batch: Batch) -> Tensor:
    """Returns the role head's logits for the cues of a batch."""
    rows = batch.cue_item[:, None]
    index = batch.reach.clamp(min=0)
    at = torch.arange(states.shape[1])[None]
    inside = (at >= batch.cue_start[:, None]) & (at < batch.cue_end[:, None])
    weight = inside.float() / inside.sum(1, keepdim=True)
    cue_state = torch.einsum("cw,cwh->ch", weight, states[batch.cue_item])
    out: Tensor = network.roles(
        network.roles.project(states, tags)[rows, index],
        batch.reach_quote,
        batch.reach_paragraph,
        batch.reach,
        cue_state,
        batch.cue_start,
        batch.cue_end,
    )
    return out

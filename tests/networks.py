"""Inputs of a small network, shared by the tests of training."""

from __future__ import annotations

import torch


def one_window():
    """Inputs of a network for one window of 40 pieces and 30 words."""
    return {
        "ids": torch.randint(50, (1, 40)),
        "casing": torch.randint(2, (1, 40)),
        "quote": torch.randint(2, (1, 40)),
        "paragraph": torch.zeros(1, 40, dtype=torch.long),
        "first": torch.arange(30)[None],
        "mask": None,
    }

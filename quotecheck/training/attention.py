"""Attention, written out for training and as one operation of onnxruntime in an exported model."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

__all__ = ["attend"]


def _written_out(
    q: Tensor, k: Tensor, v: Tensor, heads: int, mask: Tensor | None, bias: Tensor | None = None
) -> Tensor:
    width = q.shape[-1] // heads
    q, k, v = (x.view(*x.shape[:2], heads, width).transpose(1, 2) for x in (q, k, v))
    # In bfloat16 torch's fused attention is slower on a CPU.
    scores = (q * width**-0.5) @ k.transpose(-1, -2)
    if bias is not None:
        scores = scores + bias.to(scores)
    if mask is not None:
        scores = scores.masked_fill(~mask[:, None, None, :], -1e9)
    y = torch.softmax(scores, -1, dtype=scores.dtype) @ v
    return y.transpose(1, 2).flatten(-2)


class _Fused(torch.autograd.Function):
    """Attention that is exported as onnxruntime's ``MultiHeadAttention``."""

    @staticmethod
    def forward(_ctx: Any, q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:  # noqa: ANN401
        return _written_out(q, k, v, heads, None)

    @staticmethod
    def symbolic(g: Any, q: Any, k: Any, v: Any, heads: int) -> Any:  # noqa: ANN401
        return g.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=heads)


def attend(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    heads: int,
    mask: Tensor | None,
    bias: Tensor | None = None,
) -> Tensor:
    """Returns scaled dot-product attention's output, (batch, queries, hidden).

    Args:
        q: (batch, queries, hidden).
        k: (batch, length, hidden).
        v: (batch, length, hidden).
        heads: how many there are.
        mask: (batch, length), True where there is text; None if that is everywhere.
        bias: (heads, queries, length), added to the scores.
    """
    if torch.onnx.is_in_onnx_export() and mask is None and bias is None:
        fused: Tensor = _Fused.apply(q, k, v, heads)  # type: ignore[no-untyped-call]
        return fused
    return _written_out(q, k, v, heads, mask, bias)

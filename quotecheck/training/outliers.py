"""Keeps a few large activations from spoiling int8.

Dynamic int8 has one scale for all of a product's input. A transformer holds single values of 20 to
30 in one or two channels (Dettmers et al., 2022, "LLM.int8()"; Sun et al., 2024, "Massive
Activations in Large Language Models"), so everything else would share a tenth of the steps. Before
export each product's input is therefore scaled down in the channels that stand out, and the
weights up in the same proportion, as in SmoothQuant (Xiao et al., 2023); of a layer's widest
input, behind its activation function, those channels make a small product of their own in fp32,
as in LLM.int8(). In fp32 both change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quotecheck.training.network import Network

__all__ = ["APART", "Tamed", "joined", "largest_inputs", "tame"]

#: Channels of a layer's widest input that are multiplied apart. On 20 dev windows the divergence of
#: the content tagger from fp32 is 4.2 thousandths without anything of this module, 2.0 with these
#: channels apart, 0.9 with scales too, 0.6 with four times as many channels and all of them apart,
#: which costs a tenth of the encoder's time.
APART = 8
#: Of other inputs no channel is left larger than the one of this rank (0 is the largest).
RANK = 2
_SCALED, _SPLIT = ("qkv", "up"), "down"


class Tamed(nn.Module):
    """A linear layer whose input has no channel that stands out.

    Args:
        linear: the layer; its outputs stay the same.
        scale: (inputs,), factor of each channel; 0 for those that are multiplied apart.
    """

    scale: Tensor
    apart: Tensor

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        apart = torch.nonzero(scale == 0)[:, 0]
        self.inner = nn.Linear(linear.in_features, linear.out_features)
        self.outlying = (
            nn.Linear(len(apart), linear.out_features, bias=False) if len(apart) else None
        )
        self.register_buffer("scale", scale)
        self.register_buffer("apart", apart)
        weight = linear.weight.detach()
        with torch.no_grad():
            self.inner.weight.copy_(torch.where(scale > 0, weight / scale.clamp(min=1e-6), 0.0))
            self.inner.bias.copy_(linear.bias)
            if self.outlying is not None:
                self.outlying.weight.copy_(weight[:, apart])

    def forward(self, x: Tensor) -> Tensor:
        """Returns what the linear layer returns."""
        out: Tensor = self.inner(x * self.scale)
        return out if self.outlying is None else out + self.outlying(x.index_select(-1, self.apart))


def largest_inputs(
    network: Network, windows: Iterable[Mapping[str, Tensor]]
) -> dict[tuple[int, str], Tensor]:
    """Returns the largest absolute value that each channel of a product's input has.

    Args:
        network: in evaluation mode.
        windows: inputs of the network.

    Returns:
        By layer and name of the product, (inputs,).
    """
    found: dict[tuple[int, str], Tensor] = {}

    def watch(key: tuple[int, str], x: Tensor) -> None:
        here = x.abs().flatten(0, -2).amax(0)
        found[key] = torch.maximum(found[key], here) if key in found else here

    def hook(key: tuple[int, str]) -> Any:  # noqa: ANN401 - what torch takes
        return lambda _module, inputs: watch(key, inputs[0])

    handles = [
        getattr(layer, name).register_forward_pre_hook(hook((number, name)))
        for number, layer in enumerate(network.encoder.layers)
        for name in (*_SCALED, _SPLIT)
    ]
    with torch.inference_mode():
        for inputs in windows:
            network(**inputs)
    for handle in handles:
        handle.remove()
    return found


def tame(network: Network, windows: Iterable[Mapping[str, Tensor]]) -> None:
    """Puts `Tamed` layers in the place of the encoder's linear ones; outputs stay the same."""
    for (number, name), largest in largest_inputs(network, windows).items():
        order = largest.argsort(descending=True)
        if name == _SPLIT:
            scale = torch.ones_like(largest).index_fill(0, order[:APART], 0.0)
        else:
            scale = (largest[order[RANK]] / largest.clamp(min=1e-6)).clamp(max=1.0)
        layer = network.encoder.layers[number]
        setattr(layer, name, Tamed(getattr(layer, name), scale))


def joined(state: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Returns a state of `Tamed` layers as one of the linear layers that they stand for."""
    out = {key: value for key, value in state.items() if not _is_tamed(key)}
    for key, scale in state.items():
        base, _, part = key.rpartition(".")
        if part != "scale":
            continue
        weight = state[f"{base}.inner.weight"] * scale
        if f"{base}.outlying.weight" in state:
            weight[:, np.flatnonzero(scale == 0)] = state[f"{base}.outlying.weight"]
        out[f"{base}.weight"] = weight
        out[f"{base}.bias"] = state[f"{base}.inner.bias"]
    return out


def _is_tamed(key: str) -> bool:
    return key.endswith((".scale", ".apart")) or ".inner." in key or ".outlying." in key

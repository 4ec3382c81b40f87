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

from quotecheck.training.watching import watched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from quotecheck.training.network import Network

__all__ = ["APART", "Outlying", "Tamed", "joined", "largest_inputs", "tame"]

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
        scale: (inputs,), factor of each channel.
    """

    scale: Tensor

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        self.inner = nn.Linear(linear.in_features, linear.out_features)
        self.register_buffer("scale", scale)
        with torch.no_grad():
            self.inner.weight.copy_(linear.weight / scale)
            self.inner.bias.copy_(linear.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Returns what the linear layer returns."""
        out: Tensor = self.inner(x * self.scale)
        return out


class Outlying(nn.Module):
    """The channels behind a layer's activation function that are multiplied apart.

    Args:
        up: the layer before the function.
        down: the layer behind it.
        channels: (apart,), numbers of the channels.
    """

    def __init__(self, up: nn.Linear, down: nn.Linear, channels: Tensor) -> None:
        super().__init__()
        self.up = _some(up, channels)
        self.down = nn.Linear(len(channels), down.out_features, bias=False)
        with torch.no_grad():
            self.down.weight.copy_(down.weight[:, channels])

    def forward(self, x: Tensor) -> Tensor:
        """Returns what the channels add to the layer's output."""
        out: Tensor = self.down(nn.functional.gelu(self.up(x)))
        return out


def _some(linear: nn.Linear, rows: Tensor) -> nn.Linear:
    """Returns a linear layer with some of the outputs of another."""
    out = nn.Linear(linear.in_features, len(rows))
    with torch.no_grad():
        out.weight.copy_(linear.weight[rows])
        out.bias.copy_(linear.bias[rows])
    return out


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

    products = {
        (number, name): getattr(layer, name)
        for number, layer in enumerate(network.encoder.layers)
        for name in (*_SCALED, _SPLIT)
    }
    with watched(products, watch), torch.inference_mode():
        for inputs in windows:
            network(**inputs)
    return found


def tame(network: Network, windows: Iterable[Mapping[str, Tensor]]) -> None:
    """Tames the encoder's products; what the network says stays the same."""
    largest = largest_inputs(network, windows)
    for number, layer in enumerate(network.encoder.layers):
        _split(layer, largest[number, _SPLIT].argsort(descending=True))
        for name in _SCALED:
            here = largest[number, name]
            limit = here[here.argsort(descending=True)[RANK]]
            scale = (limit / here.clamp(min=1e-6)).clamp(max=1.0)
            setattr(layer, name, Tamed(getattr(layer, name), scale))


def _split(layer: Any, order: Tensor) -> None:  # noqa: ANN401 - a layer, whose parts change kind
    """Lets the first channels of an order be multiplied apart."""
    apart, rest = order[:APART], order[APART:].sort().values
    layer.outlying = Outlying(layer.up, layer.down, apart)
    down = nn.Linear(len(rest), layer.down.out_features)
    with torch.no_grad():
        down.weight.copy_(layer.down.weight[:, rest])
        down.bias.copy_(layer.down.bias)
    layer.up, layer.down = _some(layer.up, rest), down


def joined(state: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Returns a state of a tamed network as one of the network; channels may change their order."""
    out = {key: value for key, value in state.items() if not _is_tamed(key)}
    for key, scale in state.items():
        base = key.removesuffix(".scale")
        if base != key:
            out[f"{base}.weight"] = state[f"{base}.inner.weight"] * scale
            out[f"{base}.bias"] = state[f"{base}.inner.bias"]
    for key, weight in state.items():
        layer = key.removesuffix("outlying.up.weight")
        if layer != key:
            bias, down = state[f"{layer}outlying.up.bias"], state[f"{layer}outlying.down.weight"]
            out[f"{layer}up.weight"] = np.concatenate((out[f"{layer}up.weight"], weight))
            out[f"{layer}up.bias"] = np.concatenate((out[f"{layer}up.bias"], bias))
            out[f"{layer}down.weight"] = np.concatenate((out[f"{layer}down.weight"], down), axis=1)
    return out


def _is_tamed(key: str) -> bool:
    return key.endswith(".scale") or ".inner." in key or ".outlying." in key

"""Takes out what the encoder needs least: ``python -m quotecheck.training.prune``.

Many attention heads of a fine-tuned network say next to nothing (Michel et al., 2019, "Are Sixteen
Heads Really Better than One?"), and so do many channels behind its activation functions. Heads go
in rounds, those first whose absence changes the taggers least; channels by how much of a layer's
output varies with them, and what they give on average stays in the layer's bias. What is left is a
smaller dense network, so it is faster everywhere. It is to be trained on
(``train --resume PRUNED --imitate WHOLE``), towards what the whole network says.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.functional import kl_div, log_softmax

from quotecheck.labels import BIO
from quotecheck.training.export import example_windows
from quotecheck.training.network import Network, config_like
from quotecheck.training.restore import load_network
from quotecheck.training.train import save
from quotecheck.training.watching import watched

if TYPE_CHECKING:
    Inputs = Mapping[str, Tensor]

__all__ = ["beliefs", "channel_weights", "divergence", "least_heads", "without"]

#: Windows on which what a head says is measured.
LOOKED_AT = 16
#: A window with more pieces is left out: attention over it takes too long for hundreds of trials.
LONGEST = 320


def beliefs(network: Network, windows: Sequence[Inputs]) -> list[list[Tensor]]:
    """Returns the log probabilities of the taggers and of the names for each window."""
    out = []
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        for inputs in windows:
            _, tags, names, _ = network(**inputs)
            plain = tags.float().unflatten(-1, (3, len(BIO)))
            out.append([log_softmax(plain, -1), log_softmax(names.float(), -1)])
    return out


def divergence(mine: Sequence[Sequence[Tensor]], wanted: Sequence[Sequence[Tensor]]) -> float:
    """Returns the mean Kullback-Leibler divergence a word, summed over the taggers."""
    total = sum(
        float(kl_div(a, b, reduction="sum", log_target=True))
        for ours, theirs in zip(mine, wanted, strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )
    return total / sum(theirs[1].shape[1] for theirs in wanted)


def _linear(network: Network, name: str) -> list[nn.Linear]:
    """Returns a product of every layer."""
    return [getattr(layer, name) for layer in network.encoder.layers]


def least_heads(
    network: Network, windows: Sequence[Inputs], count: int, each: int = 6
) -> list[set[int]]:
    """Returns the heads of each layer that are needed least; one of a layer always stays.

    Args:
        network: in evaluation mode; it may have been pruned before.
        windows: inputs of the network.
        count: how many heads to name in all.
        each: how many a round; the rest is then measured without them.
    """
    wanted = beliefs(network, windows)
    width, outs = network.config.width, _linear(network, "out")
    heads = [out.in_features // width for out in outs]
    whole = [out.weight.detach().clone() for out in outs]
    gone: list[set[int]] = [set() for _ in outs]

    def silence(number: int, head: int) -> None:
        outs[number].weight.data[:, head * width : (head + 1) * width] = 0

    while (left := count - sum(map(len, gone))) > 0:
        costs = []
        for number, out in enumerate(outs):
            if len(gone[number]) + 1 == heads[number]:
                continue
            now = out.weight.detach().clone()
            for head in set(range(heads[number])) - gone[number]:
                silence(number, head)
                costs.append((divergence(beliefs(network, windows), wanted), number, head))
                out.weight.data.copy_(now)
        if not costs:
            break
        for _, number, head in sorted(costs)[: min(each, left)]:
            if len(gone[number]) + 1 < heads[number]:
                gone[number].add(head)
                silence(number, head)
        print(sum(map(len, gone)), round(divergence(beliefs(network, windows), wanted), 5))
    for out, weight in zip(outs, whole, strict=True):
        out.weight.data.copy_(weight)
    return gone


def channel_weights(
    network: Network, windows: Sequence[Inputs]
) -> tuple[list[Tensor], list[Tensor]]:
    """Returns how much each channel behind an activation function matters, and its mean.

    Returns:
        Two lists with (inner,) for each layer: the share of the layer's varying output that comes
        through the channel, and its mean value.
    """
    downs = _linear(network, "down")
    seen: list[list[Tensor]] = [[] for _ in downs]

    def watch(number: int, x: Tensor) -> None:
        seen[number].append(x[0].float())

    with watched(dict(enumerate(downs)), watch):
        beliefs(network, windows)
    shares, means = [], []
    for down, here in zip(downs, seen, strict=True):
        values = torch.cat(here)
        through = values.var(0) * down.weight.detach().square().sum(0)
        shares.append(through / through.sum())
        means.append(values.mean(0))
    return shares, means


def without(
    network: Network, gone: Sequence[set[int]], inner: Sequence[int], windows: Sequence[Inputs]
) -> Network:
    """Returns a network without some heads and with fewer inner channels.

    Args:
        network: in evaluation mode; it may have been pruned before.
        gone: numbers of the heads of each layer that go.
        inner: channels of each layer that stay.
        windows: inputs of the network.
    """
    width = network.config.width
    outs = _linear(network, "out")
    shares, means = channel_weights(network, windows)
    state = {key: value.clone() for key, value in network.state_dict().items()}
    for number, heads in enumerate(gone):
        at = f"encoder.layers.{number}."
        size = outs[number].in_features
        stay = torch.tensor([c for c in range(size) if c // width not in heads])
        rows = torch.cat([stay + part * size for part in range(3)])
        for kind in ("weight", "bias"):
            state[f"{at}qkv.{kind}"] = state[f"{at}qkv.{kind}"][rows]
        state[f"{at}out.weight"] = state[f"{at}out.weight"][:, stay]
        order = shares[number].argsort(descending=True)
        kept, lost = order[: inner[number]].sort().values, order[inner[number] :]
        down = state[f"{at}down.weight"]
        state[f"{at}down.bias"] += down[:, lost] @ means[number][lost]
        state[f"{at}down.weight"] = down[:, kept]
        for kind in ("weight", "bias"):
            state[f"{at}up.{kind}"] = state[f"{at}up.{kind}"][kept]
    smaller = Network(config_like(state, network.config))
    smaller.load_state_dict(state)
    return smaller.eval()


def main() -> None:
    """Prunes from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpora")
    parser.add_argument("--checkpoint", type=Path, required=True, help="or a released model")
    parser.add_argument("--heads", type=int, required=True, help="how many heads go")
    parser.add_argument("--inner", type=int, nargs="+", required=True, help="channels that stay")
    parser.add_argument("--out", type=Path, required=True, help="the checkpoint to write")
    args = parser.parse_args()
    network = load_network(args.checkpoint)
    short = (w for w in example_windows(args.data) if w["ids"].shape[1] <= LONGEST)
    windows = list(islice(short, LOOKED_AT))
    gone = least_heads(network, windows, args.heads)
    smaller = without(network, gone, args.inner, windows)
    print(smaller.config.kept_heads, args.inner)
    print(round(divergence(beliefs(smaller, windows), beliefs(network, windows)), 5))
    save(args.out, average=smaller.state_dict())


if __name__ == "__main__":
    main()

"""Reads trained weights back from a released model, so that training can go on from it.

A release holds the weights as int8 with a scale a column (or a table, for embeddings). What
rounding took is small beside what a step of training moves; the optimizer starts anew.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from quotecheck.labels import ROLE_TAGS
from quotecheck.training.network import MPNET, EncoderConfig, Network, config_like
from quotecheck.training.outliers import joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["load_network", "load_state", "released_state"]

#: The wrapper modules' prefixes in the two ONNX files, and the network's own.
_FILES = {"encoder.onnx": ("network.", ""), "roles.onnx": ("head.", "roles.")}


def _scaled(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """Returns the values of a quantized array."""
    whole = arrays[f"{name}_quantized"].astype(np.float32)
    out: NDArray[np.float32] = (whole - arrays[f"{name}_zero_point"]) * arrays[f"{name}_scale"]
    return out.astype(np.float32)


def _parameters(path: Path, prefix: str, own: str) -> dict[str, NDArray[np.float32]]:
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    out: dict[str, NDArray[np.float32]] = {}
    for name, value in arrays.items():
        if name.startswith(prefix) and name.endswith("weight_quantized"):
            out[name.removesuffix("_quantized")] = _scaled(arrays, name.removesuffix("_quantized"))
        elif re.match(rf"{prefix}\S+(?:weight|bias|segment|\.scale)$", name):
            out[name] = value
    for node in graph.node:
        # The matrices have lost their names; the product's place in the graph tells them.
        place = re.match(r"/(.+?)/(?:MatMul|Gemm)(?:[/_]|$)", node.name)
        if place is None or node.op_type not in ("MatMul", "MatMulInteger"):
            continue
        name = node.input[1]
        if name in arrays:
            plain = node.op_type == "MatMul"
            matrix = arrays[name] if plain else _scaled(arrays, name.removesuffix("_quantized"))
            out[place[1].replace("/", ".") + ".weight"] = matrix.T
    for value in arrays.values():
        # Folded into a constant without a name; no other array has its shape.
        if value.shape == (len(ROLE_TAGS), len(ROLE_TAGS)):
            out[f"{prefix}transitions"] = value
    return {own + name.removeprefix(prefix): value for name, value in joined(out).items()}


def released_state(folder: Path) -> dict[str, Tensor]:
    """Returns a released model's parameters by their names in `quotecheck.training.network`.

    Args:
        folder: of the model, with ``encoder.onnx`` and ``roles.onnx``.
    """
    state: dict[str, Tensor] = {}
    for file, (prefix, own) in _FILES.items():
        for name, value in _parameters(folder / file, prefix, own).items():
            state[name] = torch.from_numpy(np.array(value, np.float32))
    return state


def load_state(path: Path, part: str = "average") -> dict[str, Tensor]:
    """Returns the parameters of a checkpoint, or of a released model when ``path`` is a folder.

    Args:
        path: of either.
        part: of a checkpoint: its moving average, or the weights of its last step.
    """
    if path.is_dir():
        return released_state(path)
    state: dict[str, Tensor] = torch.load(path, weights_only=True, map_location="cpu")[part]
    return state


def load_network(
    checkpoint: Path, part: str = "average", other: Path | None = None, share: float = 0.0
) -> Network:
    """Returns the network of a checkpoint, in evaluation mode.

    Args:
        checkpoint: of a training run, or the folder of a released model.
        part: its moving average, or the weights of its last step.
        other: a checkpoint from which that run went on, or the folder of a released model, to be
            averaged with it: weights between the two do better than either (Wortsman et al., 2022,
            "Model soups").
        share: weight of the other one.
    """
    state = load_state(checkpoint, part)
    if other is not None:
        old = load_state(other, part)
        state = {
            key: torch.lerp(value, old[key], share) if value.is_floating_point() else value
            for key, value in state.items()
        }
    before = MPNET if "encoder.relative.weight" in state else EncoderConfig()
    network = Network(config_like(state, before))
    network.load_state_dict(state)
    return network.eval()

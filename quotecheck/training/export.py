"""Exports trained weights to int8 ONNX: ``python -m quotecheck.training.export``.

Writes ``encoder.onnx`` (encoder and taggers, one unpadded window a call), ``roles.onnx`` (the role
head, all cues of a window a call), the tokenizer, and the manifest with every file's SHA-256.
Weights are quantized per channel to seven bits where the processor may lack VNNI (reduced range),
since eight bits can overflow there.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from quotecheck.labels import BIO, NAME_TAGS, REACH, ROLE_TAGS
from quotecheck.model_files import MANIFEST, file_digest
from quotecheck.training.batches import collate, make_items
from quotecheck.training.corpora import read_polnear
from quotecheck.training.network import Network
from quotecheck.training.outliers import tame
from quotecheck.training.restore import load_network
from quotecheck.training.train import pretrained_folder
from quotecheck.windows import load_word_pieces

#: Training articles on which the largest activations are looked up.
LOOKED_AT = 24


class OneWindow(nn.Module):
    """The network on a single window, without the batch axis."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, ids: Tensor, casing: Tensor, quote: Tensor, paragraph: Tensor, first: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Returns states (words, hidden), logits of taggers and of names, middle states."""
        states, tags, names, middle = self.network(
            ids[None], casing[None], quote[None], paragraph[None], first[None], None
        )
        return states[0], tags[0], names[0], middle[0]


class Roles(nn.Module):
    """The role head with its transitions, which are the same for every input."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.head = network.roles

    def forward(
        self,
        states: Tensor,
        tags: Tensor,
        quote: Tensor,
        relative: Tensor,
        index: Tensor,
        *cue: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Returns logits (cues, reach, labels + ends) and transitions (from, to)."""
        projected = self.head.project(states, tags)[index]
        roles = self.head(projected, quote, relative, index, *cue, filled=False)
        return roles, self.head.transitions * 1.0


def export_encoder(network: Network, path: Path) -> None:
    """Writes the encoder with its taggers as fp32 ONNX."""
    pieces, words = 40, 30
    inputs = tuple(torch.ones(pieces, dtype=torch.long) for _ in range(4))
    torch.onnx.export(
        OneWindow(network),
        (*inputs, torch.arange(words)),
        str(path),
        input_names=["ids", "casing", "quote", "paragraph", "first"],
        output_names=["states", "tags", "names", "middle"],
        dynamic_axes={
            **{k: {0: "pieces"} for k in ("ids", "casing", "quote", "paragraph")},
            **{k: {0: "words"} for k in ("first", "states", "tags", "names", "middle")},
        },
        opset_version=17,
        custom_opsets={"com.microsoft": 1},
        dynamo=False,
    )


def export_roles(network: Network, path: Path) -> None:
    """Writes the role head as fp32 ONNX."""
    cues, reach, words, hidden = 3, 2 * REACH, 2 * REACH, network.config.hidden
    names = ["states", "tags", "quote", "relative", "index", "cue_state", "cue_start", "cue_end"]
    inputs = (
        torch.randn(words, hidden),
        torch.randn(words, 3 * len(BIO)),
        torch.zeros(cues, reach, dtype=torch.long),
        torch.zeros(cues, reach, dtype=torch.long),
        torch.arange(reach).repeat(cues, 1),
        torch.randn(cues, hidden),
        torch.tensor([3, 40, 60]),
        torch.tensor([4, 42, 63]),
    )
    axes: dict[str, dict[int, str]] = {name: {0: "words"} for name in names[:2]}
    axes |= {name: {0: "cues", 1: "reach"} for name in names[2:5]}
    axes |= {name: {0: "cues"} for name in names[5:]}
    torch.onnx.export(
        Roles(network),
        inputs,
        str(path),
        input_names=names,
        output_names=["roles", "transitions"],
        dynamic_axes={**axes, "roles": {0: "cues", 1: "reach"}},
        opset_version=17,
        custom_opsets={"com.microsoft": 1},
        dynamo=False,
    )


def example_windows(data: Path) -> Iterator[Mapping[str, Tensor]]:
    """Yields the network's inputs for windows of a few training articles, one window each."""
    tokenizer = load_word_pieces(pretrained_folder() / "tokenizer.json")
    rng = random.Random(0)
    for example in islice(read_polnear(data / "polnear", "train"), LOOKED_AT):
        for item in make_items(example, tokenizer, rng, augment=False):
            yield collate([item], rng).inputs


def quantize(source: Path, target: Path) -> None:
    """Quantizes the weights of matrix products and embeddings to int8.

    What `quotecheck.training.outliers` has put apart stays as it is.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = source.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    nodes = onnx.load(str(prepared)).graph.node
    quantize_dynamic(
        str(prepared),
        str(target),
        op_types_to_quantize=["MatMul", "Gather", "Gemm"],
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=[node.name for node in nodes if "/outlying/" in node.name],
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": onnx.TensorProto.FLOAT},
    )


def write_manifest(folder: Path, about: dict[str, Any]) -> None:
    """Writes the manifest: what the model is, and the SHA-256 of every file of the folder itself.

    Stanza's tokenizer, in a folder below, has a list of its own.
    """
    paths = sorted(p for p in folder.iterdir() if p.is_file() and p.name != MANIFEST)
    manifest = {**about, "files": {path.name: file_digest(path) for path in paths}}
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf8")


def main() -> None:
    """Exports from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpora")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--part", default="average", choices=("average", "network"))
    parser.add_argument("--other", type=Path, help="a checkpoint or a release to average with")
    parser.add_argument("--share", type=float, default=0.5, help="weight of the other checkpoint")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="en")
    parser.add_argument("--version", required=True)
    parser.add_argument("--fp32", action="store_true", help="leave the weights as they are")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    network = load_network(args.checkpoint, args.part, args.other, args.share)
    if not args.fp32:
        tame(network, example_windows(args.data))
    with tempfile.TemporaryDirectory() as temporary:
        for name, export in (("encoder", export_encoder), ("roles", export_roles)):
            plain = Path(temporary) / f"{name}.onnx"
            export(network, plain)
            target = args.out / f"{name}.onnx"
            if args.fp32:
                shutil.copyfile(plain, target)
            else:
                quantize(plain, target)
    shutil.copyfile(pretrained_folder() / "tokenizer.json", args.out / "tokenizer.json")
    labels = {"roles": ROLE_TAGS, "names": NAME_TAGS}
    about = {"name": args.name, "version": args.version, "labels": labels}
    write_manifest(args.out, about)
    for path in sorted(args.out.iterdir()):
        print(f"{path.stat().st_size:>10}  {path.name}")


if __name__ == "__main__":
    main()

"""Trains the coreference head on the encoder's states: ``python -m quotecheck.training.coref``.

The encoder stays as it is. The corpora run once through the product, which writes down every
antecedent that it looks for (`quotecheck.training.coref_record`); the head then learns to rank the
candidates, "none of them" included, by the marginal likelihood of all right ones (Lee et al.,
2017). Recording takes most of the time; ``--record`` keeps it::

    python -m quotecheck.training.coref --data CORPORA --model quotecheck/models/en --record R.npz
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from quotecheck.coreference import FEATURES, FILE, QUERY_FEATURES, WORDS
from quotecheck.model_files import model_folder, read_manifest
from quotecheck.training.coref_record import RIGHT, UNKNOWN, record
from quotecheck.training.export import write_manifest

if TYPE_CHECKING:
    from onnx import GraphProto

__all__ = ["Head", "Recorded", "fit", "load", "save"]

#: Width of the projections and of the hidden layers.
WIDTH, HIDDEN = 64, 64
EPOCHS, BATCH, RATE, DECAY, DROPOUT = 9, 64, 2e-3, 0.1, 0.5
#: Heads trained from different seeds; the product averages their scores.
HEADS = 3
#: Weight of a corpus (GAP, OntoGUM, LitBank): fiction teaches, but the news is asked for.
CORPUS_WEIGHTS = (1.0, 1.0, 0.6)
#: Every so many queries are held out: whole stretches of text, so that none is next to itself.
STRETCH, HELD_OUT = 50, 10


@frozen(kw_only=True, eq=False)
class Recorded:
    """Queries with their candidates as arrays; see `quotecheck.training.coref_record.Record`."""

    about: NDArray[np.float32]
    pairs: NDArray[np.float32]
    labels: NDArray[np.int8]
    none: NDArray[np.int8]
    offsets: NDArray[np.int64]
    rows: NDArray[np.int64]
    query_rows: NDArray[np.int64]
    corpus: NDArray[np.int8]
    states: NDArray[np.float16]


def load(path: Path) -> Recorded:
    """Returns what was recorded."""
    with np.load(path, allow_pickle=False) as file:
        return Recorded(**{key: file[key] for key in file.files})


class Head(nn.Module):
    """The network of `quotecheck.coreference`, in torch."""

    def __init__(self, states: int) -> None:
        super().__init__()
        self.query = nn.Linear(WORDS * states, WIDTH)
        self.event = nn.Linear(WORDS * states, WIDTH)
        self.hidden = nn.Linear(3 * WIDTH + len(QUERY_FEATURES) + len(FEATURES), HIDDEN)
        self.out = nn.Linear(HIDDEN, 1)
        self.none = nn.Linear(WIDTH + len(QUERY_FEATURES), HIDDEN)
        self.none_out = nn.Linear(HIDDEN, 1)
        self.drop = nn.Dropout(DROPOUT)

    def forward(
        self, query: Tensor, about: Tensor, events: Tensor, pairs: Tensor, owner: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Returns the scores of all pairs and of "none" for each query.

        Args:
            query: (queries, 3 * states), see `quotecheck.coreference.WORDS`.
            about: (queries, features).
            events: (pairs, 3 * states).
            pairs: (pairs, features).
            owner: (pairs,) index of each pair's query.
        """
        mine = self.query(self.drop(query))
        other = self.event(self.drop(events))
        theirs = mine[owner]
        parts = [theirs, other, theirs * other, about[owner], pairs]
        hidden = self.drop(torch.relu(self.hidden(torch.cat(parts, -1))))
        none = self.drop(torch.relu(self.none(torch.cat([mine, about], -1))))
        return self.out(hidden)[:, 0], self.none_out(none)[:, 0]


def _batch(data: Recorded, picked: NDArray[np.int64]) -> dict[str, Tensor]:
    spans = [np.arange(data.offsets[q], data.offsets[q + 1]) for q in picked]
    flat = np.concatenate(spans)
    owner = np.repeat(np.arange(len(picked)), [len(s) for s in spans])
    events = data.states[data.rows[flat]].reshape(len(flat), -1)
    query = data.states[data.query_rows[picked]].reshape(len(picked), -1)
    return {
        "query": torch.from_numpy(query.astype(np.float32)),
        "about": torch.from_numpy(data.about[picked]),
        "events": torch.from_numpy(events.astype(np.float32)),
        "pairs": torch.from_numpy(data.pairs[flat]),
        "owner": torch.from_numpy(owner),
        "labels": torch.from_numpy(data.labels[flat].astype(np.int64)),
        "none": torch.from_numpy(data.none[picked].astype(np.int64)),
        "weight": torch.tensor([CORPUS_WEIGHTS[c] for c in data.corpus[picked]]),
    }


def _pooled(scores: Tensor, owner: Tensor, none: Tensor) -> Tensor:
    """Returns the log-sum-exp of each query's pairs and its "none"."""
    top = none.detach().scatter_reduce(0, owner, scores.detach(), "amax")
    total = torch.exp(none - top).index_add(0, owner, torch.exp(scores - top[owner]))
    return top + torch.log(total)


def _loss(head: Head, batch: dict[str, Tensor]) -> Tensor:
    scores, none = head(*(batch[k] for k in ("query", "about", "events", "pairs", "owner")))
    low = torch.finfo(scores.dtype).min / 4
    known = scores.masked_fill(batch["labels"] == UNKNOWN, low)
    right = scores.masked_fill(batch["labels"] != RIGHT, low)
    gold = _pooled(right, batch["owner"], none.masked_fill(batch["none"] != RIGHT, low))
    total = _pooled(known, batch["owner"], none)
    return ((total - gold) * batch["weight"]).mean()


def _right(head: Head, data: Recorded, picked: NDArray[np.int64]) -> dict[int, list[bool]]:
    """Returns, for each corpus, whether the best candidate of each query is right."""
    out: dict[int, list[bool]] = {}
    if not len(picked):
        return out
    head.eval()
    with torch.no_grad():
        batch = _batch(data, picked)
        scores, none = head(*(batch[k] for k in ("query", "about", "events", "pairs", "owner")))
    scores = scores.masked_fill(batch["labels"] == UNKNOWN, -1e9)
    for i, q in enumerate(picked):
        mine = (batch["owner"] == i).nonzero()[:, 0]
        best = mine[scores[mine].argmax()]
        wins = scores[best] > none[i]
        right = batch["labels"][best] == RIGHT if wins else batch["none"][i] == RIGHT
        out.setdefault(int(data.corpus[q]), []).append(bool(right))
    head.train()
    return out


def fit(data: Recorded, *, seed: int, epochs: int = EPOCHS) -> tuple[Head, list[dict[str, Any]]]:
    """Returns the trained head and a log: the loss and the held-out accuracy of every epoch."""
    torch.manual_seed(seed)
    order = np.random.default_rng(seed)
    queries = np.flatnonzero(np.diff(data.offsets) > 0)
    held = (queries // STRETCH) % HELD_OUT == HELD_OUT - 1
    train, test = queries[~held], queries[held]
    head = Head(data.states.shape[1])
    optimizer = torch.optim.AdamW(head.parameters(), lr=RATE, weight_decay=DECAY)
    steps = epochs * -(-len(train) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    log = []
    for epoch in range(epochs):
        shuffled, losses = order.permutation(train), []
        for at in range(0, len(shuffled), BATCH):
            loss = _loss(head, _batch(data, shuffled[at : at + BATCH]))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        right = {
            k: round(float(np.mean(v)), 4) for k, v in sorted(_right(head, data, test).items())
        }
        log.append({"epoch": epoch + 1, "loss": round(float(np.mean(losses)), 4), "right": right})
        print(json.dumps(log[-1]), flush=True)
    return head.eval(), log


class _Together(nn.Module):
    """Heads side by side on one query: the mean of their scores, as the product asks for them."""

    def __init__(self, heads: Sequence[Head]) -> None:
        super().__init__()
        self.heads = nn.ModuleList(heads)

    def forward(
        self, query: Tensor, about: Tensor, events: Tensor, pairs: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Returns the scores of the candidates and that of "none of them"."""
        owner = torch.zeros_like(pairs[:, 0], dtype=torch.long)
        each = [head(query[None], about[None], events, pairs, owner) for head in self.heads]
        return (
            torch.stack([scores for scores, _ in each]).mean(0),
            torch.stack([none for _, none in each]).mean(),
        )


def _halved(graph: GraphProto) -> None:
    """Keeps the matrices of an ONNX graph in 16 bits; they are widened when it is loaded."""
    from onnx import TensorProto, helper, numpy_helper

    for array in list(graph.initializer):
        if array.data_type == TensorProto.FLOAT and len(array.dims) > 1:
            small = numpy_helper.to_array(array).astype(np.float16)
            graph.initializer.remove(array)
            graph.initializer.append(numpy_helper.from_array(small, f"{array.name}.half"))
            cast = helper.make_node(
                "Cast", [f"{array.name}.half"], [array.name], to=TensorProto.FLOAT
            )
            graph.node.insert(0, cast)


def save(heads: Sequence[Head], path: Path) -> None:
    """Writes heads as one ONNX model of the mean of their scores."""
    import onnx

    states = heads[0].query.in_features
    inputs = (
        torch.randn(states),
        torch.randn(len(QUERY_FEATURES)),
        torch.randn(3, states),
        torch.randn(3, len(FEATURES)),
    )
    torch.onnx.export(
        _Together(heads).eval(),
        inputs,
        str(path),
        input_names=["query", "about", "events", "pairs"],
        output_names=["scores", "none"],
        dynamic_axes={name: {0: "candidates"} for name in ("events", "pairs", "scores")},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(path))
    _halved(model.graph)
    told = {"features": " ".join(FEATURES), "about": " ".join(QUERY_FEATURES)}
    onnx.helper.set_model_props(model, told)
    onnx.save(model, str(path))


def main() -> None:
    """Trains from the command line and puts the head into the model folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpora")
    parser.add_argument("--model", default="en", help="name or folder of the weights")
    parser.add_argument("--record", type=Path, required=True, help="made when it is not there")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--seed", type=int, default=1, help="of the first head")
    args = parser.parse_args()
    if not args.record.is_file():
        record(args.model, args.data, args.record)
    data = load(args.record)
    heads = [fit(data, seed=args.seed + i, epochs=args.epochs)[0] for i in range(HEADS)]
    folder = model_folder(args.model)
    save(heads, folder / FILE)
    about = {k: v for k, v in read_manifest(folder).items() if k != "files"}
    write_manifest(folder, about)


if __name__ == "__main__":
    main()

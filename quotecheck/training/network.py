"""The network: a BERT-style encoder, taggers over words, and a cue-centred role head.

The encoder is BERT's (Devlin et al., 2019) with MiniLM's size (Wang et al., 2020), or with MPNet's
size and relative positions (Song et al., 2020) for a teacher, written out in plain torch operations
so that it exports to ONNX as it is; embeddings of a word's casing, of its
place inside quotation marks and of paragraph starts are added to the piece embeddings (they start
at zero, so training starts from the pretrained encoder). The role head labels the words around
each cue as source or content of that cue, as in semantic role labelling with a given predicate
(He et al., 2017).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path

import torch
from attrs import evolve, frozen
from torch import Tensor, nn

from quotecheck.labels import BIO, NAME_TAGS, REACH, ROLE_TAGS, SPAN_ENDS
from quotecheck.training.attention import attend
from quotecheck.windows import CASINGS, PARAGRAPH_VALUES, QUOTE_VALUES

__all__ = [
    "MPNET",
    "Encoder",
    "EncoderConfig",
    "Network",
    "RoleHead",
    "config_like",
    "config_of",
    "load_pretrained",
]

#: The layer whose states the coreference head reads. The last ones have come to tell attribution
#: more than who is who: right first choices on held-out GAP 81.1 % from layer 6, 82.7 from layer 4,
#: 83.7 from layer 3, 76.2 from layer 2, 82.9 from 6 and 3 together (OntoGUM 83.3, 85.4, 85.4, 81.8,
#: 85.9; LitBank 90.0, 88.0, 88.6, 87.8, 88.4).
MIDDLE_LAYER = 3


@frozen(kw_only=True)
class EncoderConfig:
    """Sizes of the encoder.

    ``kept_heads`` and ``kept_inner`` are what pruning has left of ``heads`` and ``inner`` in each
    layer; empty where nothing was taken out. See `quotecheck.training.prune`.
    """

    vocabulary: int = 30522
    positions: int = 512
    hidden: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    kept_heads: tuple[int, ...] = ()
    kept_inner: tuple[int, ...] = ()
    role_hidden: int = 192
    role_inner: int = 512
    role_heads: int = 4
    dropout: float = 0.1
    epsilon: float = 1e-12
    relative_buckets: int = 0

    @property
    def width(self) -> int:
        """Channels of an attention head."""
        return self.hidden // self.heads


#: MPNet's base size, for a teacher; see `quotecheck.training.imitate`.
MPNET = EncoderConfig(
    hidden=768, layers=12, heads=12, inner=3072, epsilon=1e-5, relative_buckets=32
)
#: Distance, in pieces, from which on relative positions are one bucket.
FURTHEST = 128
#: MPNet's vocabulary is BERT's behind four pieces of its own, which stand for BERT's special ones;
#: its positions begin behind two.
_MPNET_WORDS, _MPNET_POSITIONS = 4, 2
_MPNET_SPECIAL = {0: 1, 101: 0, 102: 2, 103: 30526}


class Dropout(nn.Module):
    """Dropout whose chances are random bytes: torch draws them many times faster than floats."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.least = round(256 * share)

    def forward(self, x: Tensor) -> Tensor:
        """Returns ``x`` in evaluation; in training with a random share of its values at zero."""
        if not self.training:
            return x
        drawn = torch.randint(2**62, (x.numel() // 4 + 1,), dtype=torch.int64)
        # Of each number's eight bytes the upper ones are not quite even: four are used.
        lower = drawn.view(torch.uint8).view(-1, 8)[:, :4].reshape(-1)[: x.numel()].view(x.shape)
        return x * (lower >= self.least) * (256 / (256 - self.least))


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(
        self,
        hidden: int,
        heads: int,
        inner: int,
        dropout: float,
        epsilon: float = 1e-12,
        width: int | None = None,
    ) -> None:
        super().__init__()
        self.heads = heads
        attended = heads * (width or hidden // heads)
        self.qkv = nn.Linear(hidden, 3 * attended)
        self.out = nn.Linear(attended, hidden)
        self.norm1 = nn.LayerNorm(hidden, eps=epsilon)
        self.up = nn.Linear(hidden, inner)
        self.down = nn.Linear(inner, hidden)
        self.norm2 = nn.LayerNorm(hidden, eps=epsilon)
        self.drop = Dropout(dropout)
        #: What export puts apart, see `quotecheck.training.outliers`.
        self.outlying: nn.Module | None = None

    def feed(self, x: Tensor) -> Tensor:
        """Returns what the two products with the activation function between them give."""
        out: Tensor = self.down(nn.functional.gelu(self.up(x)))
        return out if self.outlying is None else out + self.outlying(x)

    def forward(self, x: Tensor, mask: Tensor | None, bias: Tensor | None = None) -> Tensor:
        """Returns the layer's output, (batch, length, hidden).

        Args:
            x: the states before.
            mask: (batch, length), True where there is text.
            bias: (heads, length, length), added to the attention's scores.
        """
        q, k, v = self.qkv(x).chunk(3, -1)
        y = attend(q, k, v, heads=self.heads, mask=mask, bias=bias)
        x = self.norm1(x + self.drop(self.out(y)))
        out: Tensor = self.norm2(x + self.drop(self.feed(x)))
        return out


def distance_buckets(length: int, buckets: int) -> Tensor:
    """Returns (length, length): the bucket of each place's distance from each other one.

    One half of the buckets is for what comes later; near distances have a bucket each, further ones
    share more and more (Raffel et al., 2020).
    """
    at = torch.arange(length)
    back = at[:, None] - at[None]
    half = buckets // 2
    near = half // 2
    far = back.abs().clamp(min=1).float() / near
    grown = near + (far.log() / math.log(FURTHEST / near) * (half - near)).long()
    bucket = torch.where(back.abs() < near, back.abs(), grown.clamp(max=half - 1))
    return bucket + half * (back < 0)


class Encoder(nn.Module):
    """Word pieces with their features in, a state a piece out."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.word = nn.Embedding(config.vocabulary, config.hidden)
        self.position = nn.Embedding(config.positions, config.hidden)
        self.casing = nn.Embedding(len(CASINGS) + 1, config.hidden)
        self.quote = nn.Embedding(QUOTE_VALUES, config.hidden)
        self.paragraph = nn.Embedding(PARAGRAPH_VALUES, config.hidden)
        self.segment = nn.Parameter(torch.zeros(config.hidden))
        self.norm = nn.LayerNorm(config.hidden, eps=config.epsilon)
        self.drop = Dropout(config.dropout)
        self.layers = nn.ModuleList(
            Layer(config.hidden, heads, inner, config.dropout, config.epsilon, config.width)
            for heads, inner in zip(
                config.kept_heads or (config.heads,) * config.layers,
                config.kept_inner or (config.inner,) * config.layers,
                strict=True,
            )
        )
        for feature in (self.casing, self.quote, self.paragraph):
            nn.init.zeros_(feature.weight)
        buckets = config.relative_buckets
        self.relative = nn.Embedding(buckets, config.heads) if buckets else None

    def forward(
        self, ids: Tensor, casing: Tensor, quote: Tensor, paragraph: Tensor, mask: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """Returns the last and the middle layer's states, each (batch, pieces, hidden).

        All inputs are (batch, pieces).
        """
        x: Tensor = self.word(ids) + self.position.weight[: ids.shape[1]] + self.segment
        x = x + self.casing(casing) + self.quote(quote) + self.paragraph(paragraph)
        x = self.drop(self.norm(x))
        middle, bias = x, None
        if self.relative is not None:
            buckets = distance_buckets(ids.shape[1], self.relative.num_embeddings)
            bias = self.relative(buckets).permute(2, 0, 1)
        for number, layer in enumerate(self.layers, start=1):
            x = layer(x, mask, bias)
            if number == MIDDLE_LAYER:
                middle = x
        return x, middle


class RoleHead(nn.Module):
    """Given a cue, labels every word in reach as source, content or neither."""

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        size = config.role_hidden
        self.word = nn.Linear(config.hidden, size)
        self.cue = nn.Linear(config.hidden, size)
        self.taggers = nn.Linear(3 * len(BIO), size, bias=False)
        self.distance = nn.Embedding(2 * REACH + 1, size)
        self.relation = nn.Embedding(4, size)
        self.quote = nn.Embedding(QUOTE_VALUES, size)
        self.norm = nn.LayerNorm(size)
        self.layer = Layer(size, config.role_heads, config.role_inner, config.dropout)
        self.label = nn.Linear(size, len(ROLE_TAGS) + len(SPAN_ENDS))
        self.transitions = nn.Parameter(torch.zeros(len(ROLE_TAGS), len(ROLE_TAGS)))
        nn.init.normal_(self.distance.weight, std=0.02)

    def project(self, states: Tensor, tags: Tensor) -> Tensor:
        """Returns what the head takes from the words themselves, once for all cues.

        Args:
            states: (..., words, hidden), the encoder's states.
            tags: (..., words, 9), logits of the three plain taggers.
        """
        out: Tensor = self.word(states) + self.taggers(tags)
        return out

    def forward(
        self,
        projected: Tensor,
        quote: Tensor,
        paragraph: Tensor,
        index: Tensor,
        cue_state: Tensor,
        cue_start: Tensor,
        cue_end: Tensor,
        *,
        filled: bool = True,
    ) -> Tensor:
        """Returns logits (cues, reach, labels + ends), see `quotecheck.training.crf`.

        Args:
            projected: (cues, reach, size), of the words in reach, from `project`.
            quote: (cues, reach), quotation feature.
            paragraph: (cues, reach), paragraph index less the cue's.
            index: (cues, reach), word index; -1 where there is none.
            cue_state: (cues, hidden), mean state of the cue's words.
            cue_start: (cues,), index of the cue's first word.
            cue_end: (cues,), index after its last word.
            filled: whether some of ``index`` may be -1.
        """
        start, end = cue_start[:, None], cue_end[:, None]
        inside = (index >= start) & (index < end)
        offset = torch.where(index < start, index - start, (index - end + 1).clamp(min=0))
        distance = self.distance(offset.clamp(-REACH, REACH) + REACH)
        relation = self.relation(torch.where(inside, 3, paragraph.clamp(-1, 1) + 1))
        x = projected + self.cue(cue_state)[:, None]
        x = self.norm(x + distance + relation + self.quote(quote))
        out: Tensor = self.label(self.layer(x, index >= 0 if filled else None))
        return out


class Network(nn.Module):
    """Encoder and heads.

    The taggers' logits of a word come from the state of its first piece.
    """

    def __init__(self, config: EncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.drop = Dropout(config.dropout)
        self.tagger = nn.Linear(config.hidden, 3 * len(BIO))
        self.names = nn.Linear(config.hidden, len(NAME_TAGS))
        self.roles = RoleHead(config)

    def forward(
        self,
        ids: Tensor,
        casing: Tensor,
        quote: Tensor,
        paragraph: Tensor,
        first: Tensor,
        mask: Tensor | None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Returns word states, tagger logits (cue, content, source), name logits, middle states.

        Args:
            ids: (batch, pieces) vocabulary ids, ``[CLS]`` and ``[SEP]`` included.
            casing: (batch, pieces).
            quote: (batch, pieces).
            paragraph: (batch, pieces), 0, 1 at a paragraph's first word, 2 at the text's.
            first: (batch, words), position of each word's first piece.
            mask: (batch, pieces), True where there is text; None for one unpadded window.
        """
        last, middle = self.encoder(ids, casing, quote, paragraph, mask)
        at = first[:, :, None].expand(-1, -1, last.shape[2])
        words = self.drop(last.gather(1, at))
        return words, self.tagger(words), self.names(words), middle.gather(1, at)


def config_of(folder: Path) -> EncoderConfig:
    """Returns the sizes of the network that grows from a folder's pretrained weights."""
    told = folder / "config.json"
    kind = json.loads(told.read_text(encoding="utf-8"))["model_type"] if told.exists() else "bert"
    return MPNET if kind == "mpnet" else EncoderConfig()


def config_like(state: Mapping[str, Tensor], config: EncoderConfig) -> EncoderConfig:
    """Returns the sizes of a network with these parameters.

    Args:
        state: parameters by name.
        config: the sizes of the network before anything was pruned.
    """
    places = [f"encoder.layers.{number}." for number in range(config.layers)]
    heads = tuple(len(state[f"{at}qkv.weight"]) // (3 * config.width) for at in places)
    inner = tuple(len(state[f"{at}up.weight"]) for at in places)
    return evolve(
        config,
        kept_heads=heads if set(heads) != {config.heads} else (),
        kept_inner=inner if set(inner) != {config.inner} else (),
    )


def load_pretrained(network: Network, path: Path) -> None:
    """Copies the weights of a BERT- or MPNet-style ``model.safetensors`` into the encoder."""
    from safetensors.torch import load_file

    old = load_file(str(path))
    encoder, size = network.encoder, network.config
    words, positions = (
        old[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position")
    )
    if encoder.relative is not None:
        special = words[list(_MPNET_SPECIAL.values())]
        words = words[_MPNET_WORDS:].clone()
        words[list(_MPNET_SPECIAL)] = special
        positions = positions[_MPNET_POSITIONS:]
        parts = {"out": "attention.attn.o", "norm1": "attention.LayerNorm"}
        attention = tuple(f"attention.attn.{name}" for name in "qkv")
    else:
        parts = {"out": "attention.output.dense", "norm1": "attention.output.LayerNorm"}
        attention = tuple(f"attention.self.{name}" for name in ("query", "key", "value"))
    parts |= {"up": "intermediate.dense", "down": "output.dense", "norm2": "output.LayerNorm"}
    with torch.no_grad():
        encoder.word.weight.copy_(words[: size.vocabulary])
        encoder.position.weight.copy_(positions[: size.positions])
        if encoder.relative is not None:
            encoder.relative.weight.copy_(old["encoder.relative_attention_bias.weight"])
        else:
            encoder.segment.copy_(old["embeddings.token_type_embeddings.weight"][0])
        encoder.norm.weight.copy_(old["embeddings.LayerNorm.weight"])
        encoder.norm.bias.copy_(old["embeddings.LayerNorm.bias"])
        for number, layer in enumerate(encoder.layers):
            base = f"encoder.layer.{number}."
            for kind in ("weight", "bias"):
                joined = torch.cat([old[f"{base}{name}.{kind}"] for name in attention])
                getattr(layer.qkv, kind).copy_(joined)
                for name, theirs in parts.items():
                    getattr(getattr(layer, name), kind).copy_(old[f"{base}{theirs}.{kind}"])

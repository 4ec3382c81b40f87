"""A teacher annotates texts for a smaller network: ``python -m quotecheck.training.teach``.

A network of MPNet's size learns more from the same articles than MiniLM can, but is too slow to
ship. It is trained like the small one (``train --pretrained FOLDER``) and then draws annotations
from what it believes: cues by their probability, roles by sampling the random field. The small
network learns from these draws beside the people's own (``train --taught FILE``), which in the
mean is learning the teacher's whole distribution (knowledge distillation: Hinton et al., 2015; of
sequences: Kim & Rush, 2016). Texts that nobody has annotated can be taught as well.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from attrs import evolve, frozen

from quotecheck.encoder import cue_candidates
from quotecheck.labels import ROLE_TAGS
from quotecheck.training.batches import Item, collate, make_items, pieces_of, quote_levels
from quotecheck.training.corpora import Example, Relation
from quotecheck.training.crf import sampled_paths
from quotecheck.training.mixture import Annotation, read_corpora
from quotecheck.training.network import Network, config_of
from quotecheck.training.roles import role_logits
from quotecheck.training.taught import write_taught
from quotecheck.training.train import pretrained_folder
from quotecheck.windows import MAX_PIECES, cut_windows, load_word_pieces

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["Teacher"]

CharSpan = tuple[int, int]


@frozen(kw_only=True)
class Teacher:
    """A trained network that annotates.

    Attributes:
        network: in evaluation mode.
        tokenizer: the word pieces.
        draws: annotations a text.
    """

    network: Network
    tokenizer: Tokenizer
    draws: int = 4

    def annotations(self, example: Example, seed: int) -> list[Annotation]:
        """Returns as many annotations of a text as the teacher draws."""
        text = example.text
        pieces = pieces_of(text, self.tokenizer, quote_levels(text))
        items = make_items(
            example, self.tokenizer, random.Random(seed), augment=False, max_pieces=MAX_PIECES
        )
        chance = torch.Generator().manual_seed(seed)
        drawn: list[list[Relation]] = [[] for _ in range(self.draws)]
        for item, window in zip(items, cut_windows(pieces, MAX_PIECES), strict=True):
            words = pieces.words[window.start : window.end]
            core = (window.core_start - window.start, window.core_end - window.start)
            for mine, relations in zip(
                drawn, self._relations(item, words.tolist(), core, chance), strict=True
            ):
                mine += relations
        return [tuple(relations) for relations in drawn]

    def _relations(
        self, item: Item, words: Sequence[CharSpan], core: tuple[int, int], chance: torch.Generator
    ) -> list[list[Relation]]:
        """Returns the relations of each draw whose cues stand in the core of a window."""
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
            batch = collate([evolve(item, cues=(), roles=())], random.Random(0))
            states, tags = (part.float() for part in self.network(**batch.inputs)[:2])
            found = cue_candidates(torch.log_softmax(tags[0, :, :3], -1).numpy(), *core)
            if not found:
                return [[] for _ in range(self.draws)]
            spans = tuple((start, end) for start, end, _ in found)
            nothing = np.zeros(len(words), np.int64)
            asked = evolve(item, cues=spans, roles=(nothing,) * len(spans))
            batch = collate([asked], random.Random(0), max_cues=len(spans))
            logits = role_logits(self.network, states, tags, batch).float()
        paths = sampled_paths(
            logits,
            self.network.roles.transitions.detach(),
            (batch.reach >= 0).sum(1),
            self.draws,
            chance,
        )
        sure = torch.tensor([score for _, _, score in found])
        taken = torch.rand(self.draws, len(found), generator=chance) < sure
        return [
            [
                _relation(spans[k], paths[draw, k].tolist(), batch.reach[k].tolist(), words)
                for k in range(len(spans))
                if taken[draw, k]
            ]
            for draw in range(self.draws)
        ]


def _relation(
    cue: tuple[int, int], path: Sequence[int], reach: Sequence[int], words: Sequence[CharSpan]
) -> Relation:
    """Returns the relation that a label sequence says, in characters."""
    runs: dict[str, list[list[int]]] = {"source": [], "content": []}
    before = ""
    for label, word in zip(path, reach, strict=True):
        tag = ROLE_TAGS[label]
        role = tag[2:]
        if role and (tag.startswith("B-") or role != before):
            runs[role].append([word, word + 1])
        elif role:
            runs[role][-1][1] = word + 1
        before = role
    spans = {
        role: tuple((words[a][0], words[b - 1][1]) for a, b in found)
        for role, found in runs.items()
    }
    return Relation(cue=((words[cue[0]][0], words[cue[1] - 1][1]),), **spans)


def main() -> None:
    """Annotates from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the corpora")
    parser.add_argument("--checkpoint", type=Path, required=True, help="the teacher's")
    parser.add_argument("--pretrained", type=Path, required=True, help="what it began with")
    parser.add_argument("--corpora", nargs="+", default=["polnear", "newswire"])
    parser.add_argument("--limit", type=int, help="texts a corpus at most, drawn by the seed")
    parser.add_argument("--draws", type=int, default=4, help="annotations a text")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    network = Network(config_of(args.pretrained))
    network.load_state_dict(torch.load(args.checkpoint, weights_only=True)["average"])
    tokenizer = load_word_pieces(pretrained_folder() / "tokenizer.json")
    teacher = Teacher(network=network.eval(), tokenizer=tokenizer, draws=args.draws)
    corpora = read_corpora(args.data)

    def rows() -> Iterator[tuple[Example, list[Annotation]]]:
        for name in args.corpora:
            examples = corpora[name]
            if args.limit is not None:
                count = min(args.limit, len(examples))
                examples = random.Random(args.seed).sample(examples, count)
            for number, example in enumerate(examples):
                yield example, teacher.annotations(example, args.seed * 100_003 + number)

    write_taught(args.out, rows())


if __name__ == "__main__":
    main()

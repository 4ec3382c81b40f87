"""Teaching a small network: a teacher's draws, how they are kept, and how an epoch takes them."""

from __future__ import annotations

import random

import pytest

torch = pytest.importorskip("torch", reason="training needs quotecheck[train]")

from quotecheck.labels import ROLE_TAGS, SPAN_ENDS  # noqa: E402
from quotecheck.model_files import model_folder  # noqa: E402
from quotecheck.training.batches import IGNORE  # noqa: E402
from quotecheck.training.corpora import Example, Relation  # noqa: E402
from quotecheck.training.crf import crf_loss, sampled_paths  # noqa: E402
from quotecheck.training.mixture import Mixture, packed  # noqa: E402
from quotecheck.training.network import (  # noqa: E402
    EncoderConfig,
    Network,
    distance_buckets,
)
from quotecheck.training.taught import read_taught, write_taught  # noqa: E402
from quotecheck.training.teach import Teacher  # noqa: E402
from quotecheck.windows import load_word_pieces  # noqa: E402

TEXT = "Mara Quist said it rained. “Snow,” Karl Vell added.\n\nDora Orrin denied that it rained."
SMALL = {"hidden": 24, "layers": 3, "heads": 2, "inner": 16, "role_hidden": 8, "role_inner": 8}


@pytest.fixture(scope="module")
def tokenizer():
    """The word pieces of the bundled model."""
    return load_word_pieces(model_folder("en") / "tokenizer.json")


def test_paths_are_drawn_as_often_as_the_field_says():
    """A sequence's share of the draws is its probability, which the loss gives."""
    chance = torch.Generator().manual_seed(3)
    logits = torch.randn(2, 3, len(ROLE_TAGS) + len(SPAN_ENDS), generator=chance)
    transitions = torch.randn(len(ROLE_TAGS), len(ROLE_TAGS), generator=chance)
    lengths = torch.tensor([3, 2])
    paths = sampled_paths(logits, transitions, lengths, 4000, chance)
    assert int(paths[:, 1, 2].max()) == 0
    for cue, length in enumerate(lengths.tolist()):
        drawn, counts = torch.unique(paths[:, cue, :length], dim=0, return_counts=True)
        for path, count in zip(drawn[counts > 150], counts[counts > 150], strict=True):
            if ROLE_TAGS[path[0]].startswith("I-"):
                continue  # the loss reads a span cut at its left as one that begins there
            labels = torch.full((1, 3), IGNORE)
            labels[0, :length] = path
            loss = crf_loss(logits[cue : cue + 1], transitions, labels)
            assert int(count) / 4000 == pytest.approx(float(torch.exp(-loss)), abs=0.03)


def test_a_teacher_draws_annotations_of_the_text(tokenizer, tmp_path):
    """Draws are spans of the text, the same for the same seed, and survive their file."""
    torch.manual_seed(5)
    network = Network(EncoderConfig(**SMALL, relative_buckets=8, epsilon=1e-5)).eval()
    with torch.no_grad():
        network.tagger.bias[1] = 3.0  # cues everywhere
    teacher = Teacher(network=network, tokenizer=tokenizer, draws=3)
    example = Example(corpus="newswire", name="a", text=TEXT, names=())
    drawn = teacher.annotations(example, 7)
    assert drawn == teacher.annotations(example, 7)
    assert len(drawn) == 3
    assert len(set(drawn)) > 1
    relations = [r for annotation in drawn for r in annotation]
    assert any(r.source for r in relations)
    assert any(r.content for r in relations)
    for relation in relations:
        for start, end in (*relation.cue, *relation.source, *relation.content):
            assert TEXT[start:end] == TEXT[start:end].strip() != ""
    write_taught(tmp_path / "t.jsonl", [(example, drawn)])
    assert read_taught(tmp_path / "t.jsonl") == {("newswire", "a"): tuple(drawn)}


def test_an_epoch_mixes_what_people_and_the_teacher_say(tokenizer):
    """Texts that nobody annotated are taken as taught, the others now and then."""
    at = TEXT.index("said")
    person = (Relation(cue=((at, at + 4),)),)
    at = TEXT.index("added")
    teacher = (Relation(cue=((at, at + 5),)),)
    examples = {
        "polnear": [Example(corpus="polnear", name="p", text=TEXT, annotations=(person,))],
        "newswire": [Example(corpus="newswire", name="n", text=TEXT, names=())],
    }
    taught = {("polnear", "p"): (teacher,), ("newswire", "n"): (teacher,)}
    mixture = Mixture(corpora=examples, share={}, taught=taught, taught_share=0.3, windows=(60,))
    seen = {"polnear": [], "newswire": []}
    for seed in range(60):
        items = mixture.items(tokenizer, random.Random(seed))
        for item in items:
            if item.corpus in seen:
                seen[item.corpus].append(item.cues)
    assert len(set(seen["newswire"])) == 1
    share = sum(cues == seen["newswire"][0] for cues in seen["polnear"]) / 60
    assert 0.1 < share < 0.5
    untaught = Mixture(corpora=examples, share={"newswire": 0}, taught={})
    (item,) = untaught.items(tokenizer, random.Random(1))
    assert item.cues != seen["newswire"][0]
    groups = packed([item, item, item], 2 * len(item.ids), random.Random(1))
    assert sorted(map(len, groups)) == [1, 2]


def test_distances_share_buckets_the_further_they_are():
    """Near distances have a bucket each, later places another half, and far ones are one."""
    buckets = distance_buckets(300, 32)
    assert buckets[10, 10] == 0
    assert buckets[10, :10].tolist() == sorted(buckets[10, :10].tolist(), reverse=True)
    assert len(set(buckets[10, 3:10].tolist())) == 7
    assert int(buckets[10, 11]) == 17
    assert buckets[0, 200] == buckets[0, 299] == 31
    assert buckets[299, 0] == 15

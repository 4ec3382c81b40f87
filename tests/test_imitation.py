"""Learning to say what other networks say: of one, of several, of texts without annotation."""

from __future__ import annotations

import json
import random

import pytest

torch = pytest.importorskip("torch", reason="training needs quotecheck[train]")

from attrs import evolve  # noqa: E402

from quotecheck.model_files import model_folder  # noqa: E402
from quotecheck.training.batches import (  # noqa: E402
    IGNORE,
    MASK,
    Item,
    collate,
    make_items,
    masked,
)
from quotecheck.training.corpora import Example, Relation  # noqa: E402
from quotecheck.training.imitate import Lesson, imitation, lesson  # noqa: E402
from quotecheck.training.network import EncoderConfig, Network  # noqa: E402
from quotecheck.training.train import losses  # noqa: E402
from quotecheck.windows import load_word_pieces  # noqa: E402

SIZES = EncoderConfig(
    hidden=24, layers=3, heads=3, inner=16, role_hidden=8, role_inner=12, role_heads=2
)
TEXT = "Mara Quist said it rained. “Snow,” Karl Vell added.\n\nDora Orrin denied that it rained."
RELATION = Relation(cue=((11, 15),), source=((0, 10),), content=((16, 25),))


def items_of(*relations: Relation) -> list[Item]:
    """The windows of the text, annotated or not."""
    tokenizer = load_word_pieces(model_folder("en") / "tokenizer.json")
    example = Example(
        corpus="own", name="a", text=TEXT, annotations=(relations,) if relations else ()
    )
    return list(make_items(example, tokenizer, random.Random(1)))


def network(seed: int, sizes: EncoderConfig = SIZES) -> Network:
    """A network of random weights."""
    torch.manual_seed(seed)
    return Network(sizes).eval()


def distance(told: Lesson, mine: Network) -> dict[str, float]:
    """How far a network is from what it is told."""
    return {k: v.item() for k, v in imitation(told, mine, mine(**told.batch.inputs)).items()}


def test_imitation_falls_as_a_network_becomes_the_other():
    """Nothing to learn from oneself; a step down the loss brings the two nearer."""
    whole, mine = network(3), network(4)
    told = lesson([whole], items_of(RELATION), random.Random(1), SIZES.hidden)
    itself = distance(told, whole)
    assert set(itself) == {"as tags", "as names", "as states", "as roles", "as ends"}
    assert max(itself.values()) < 1e-4  # it is kept in 16 bits
    optimizer = torch.optim.SGD(mine.parameters(), lr=0.05)
    seen = []
    for _ in range(8):
        loss = sum(imitation(told, mine, mine(**told.batch.inputs)).values())
        seen.append(loss.item())
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
    assert seen[-1] < 0.9 * seen[0]
    assert all(parameter.grad is None for parameter in whole.parameters())


def test_of_several_the_mean_of_their_probabilities_is_told():
    """Each of two is as far from the mean, and the mean is a distribution."""
    one, other = network(3), network(4)
    items = items_of(RELATION)
    both = lesson([one, other], items, random.Random(1), SIZES.hidden)
    alone = [lesson([x], items, random.Random(1), SIZES.hidden) for x in (one, other)]
    for part in ("tags", "names", "roles"):
        mean = sum(getattr(told, part).float().exp() for told in alone) / 2
        assert torch.allclose(getattr(both, part).float().exp(), mean, atol=2e-3)
    middle = (alone[0].states[1].float() + alone[1].states[1].float()) / 2
    assert torch.allclose(both.states[1].float(), middle, atol=5e-3)


def test_states_of_another_size_are_not_told():
    """A larger teacher is imitated in what it says; nothing is asked of its states."""
    large = evolve(SIZES, hidden=48, heads=6)
    told = lesson([network(3, large)], items_of(RELATION), random.Random(1), SIZES.hidden)
    assert told.states == ()
    assert "as states" not in distance(told, network(4))
    told = lesson([network(3, large), network(5)], items_of(RELATION), random.Random(1), 24)
    assert told.states[0].shape == (len(told.names), 24)


def test_texts_without_annotation_are_asked_for_the_cues_that_the_teacher_finds():
    """Their roles are imitated, and no loss asks for labels that nobody has given."""
    teacher = network(3)
    with torch.no_grad():
        teacher.tagger.bias[:3] = torch.tensor([0.0, 1.0, -2.0])  # it sees many cues
    told = lesson([teacher], items_of(), random.Random(1))
    assert len(told.batch.cue_item) > 1
    assert (told.batch.roles == IGNORE).all()
    assert len(told.roles) == int((told.batch.reach >= 0).sum())
    parts = losses(network(4), told.batch, 0.0, told)
    assert {"as tags", "as names", "as roles", "as ends"} == set(parts)
    assert all(torch.isfinite(value) for value in parts.values())


def test_annotated_texts_keep_their_own_cues():
    """What people have marked is asked for, whatever the teacher finds."""
    told = lesson([network(3)], items_of(RELATION), random.Random(1))
    assert len(told.batch.cue_item) == 1
    parts = losses(network(4), told.batch, 0.0, told)
    assert {"cue", "content", "source", "roles"} <= set(parts)


def test_loss_of_labelled_cues_does_not_change_beside_unlabelled_ones():
    """A cue without labels adds nothing to the random field's loss."""
    item = items_of(RELATION)[0]
    unknown = item.roles[0].copy()
    unknown[:] = IGNORE
    more = evolve(item, cues=(*item.cues, (9, 10)), roles=(*item.roles, unknown))
    mine = network(4)
    alone, beside = (
        losses(mine, collate([x], random.Random(1)), 0.0)["roles"].item() for x in (item, more)
    )
    assert beside == pytest.approx(alone, rel=1e-4)


def test_some_pieces_are_hidden_and_no_special_one():
    """Masking changes ids only, and leaves the marks of beginning and end."""
    batch = collate(items_of(RELATION), random.Random(1))
    hidden = masked(batch, 0.5, random.Random(2))
    changed = hidden.inputs["ids"] != batch.inputs["ids"]
    assert 3 < changed.sum() < batch.inputs["ids"].numel() - 3
    assert set(hidden.inputs["ids"][changed].tolist()) == {103}
    assert not {0, 101, 102} & set(batch.inputs["ids"][changed].tolist())
    assert torch.equal(masked(batch, 0.0, random.Random(2)).inputs["ids"], batch.inputs["ids"])
    assert hidden.inputs["first"] is batch.inputs["first"]


def test_about_the_asked_share_is_hidden():
    """[CLS], [SEP] and padding stay, and about the asked share of the rest is hidden."""
    ids = torch.full((50, 100), 2000)
    ids[:, 0], ids[:, 80], ids[:, 81:] = 101, 102, 0
    batch = evolve(collate(items_of(), random.Random(1)), inputs={"ids": ids})
    hidden = masked(batch, 0.1, random.Random(1)).inputs["ids"] == MASK
    assert not hidden[:, 0].any()
    assert not hidden[:, 80:].any()
    assert 0.07 < hidden[:, 1:80].float().mean() < 0.13


def test_with_fixed_windows_the_teacher_is_asked_once(tmp_path, monkeypatch):
    """The second epoch has the windows of the first, and what was said of them is kept."""
    from quotecheck.training import train

    asked = []
    monkeypatch.setattr(train, "lesson", lambda *args: asked.append(1) or lesson(*args))
    args = train.arguments(
        ["--data", "x", "--out", str(tmp_path), "--imitate", "x", "--fixed", "--seed", "5"]
    )
    monkeypatch.setattr(train, "load_network", lambda _: network(3))
    run = train.Run(args, network(4))
    run.total = 6
    groups = [items_of(RELATION), items_of()]
    told = []
    monkeypatch.setattr(run, "_tell", lambda: told.append(json.dumps(run.shown)))
    for _ in range(3):
        run.learn_epoch(groups)
    assert (run.step, run.epoch, len(asked)) == (6, 3, 2)
    assert run.shown["as tags"] > 0

"""The training code: losses against the obvious way, schedules, and how corpora are read."""

from __future__ import annotations

import itertools
import json
import random

import pytest

torch = pytest.importorskip("torch")

from quotecheck.labels import ROLE_TAGS, SPAN_ENDS  # noqa: E402
from quotecheck.model_files import model_folder  # noqa: E402
from quotecheck.training.batches import IGNORE  # noqa: E402
from quotecheck.training.corpora import Example, Relation, cropped, read_riqua  # noqa: E402
from quotecheck.training.crf import crf_loss, sanitized  # noqa: E402
from quotecheck.training.mixture import Mixture, packed  # noqa: E402
from quotecheck.training.network import (  # noqa: E402
    Dropout,
    EncoderConfig,
    Network,
    distance_buckets,
)
from quotecheck.training.outliers import APART, Tamed, tame  # noqa: E402
from quotecheck.training.restore import released_state  # noqa: E402
from quotecheck.training.train import grown, rate_at  # noqa: E402
from quotecheck.windows import load_word_pieces  # noqa: E402
from tests.networks import one_window  # noqa: E402


def score(path, logits, transitions):
    """The score of one label sequence, None when BIO forbids it."""
    total = 0.0
    for t, label in enumerate(path):
        tag = ROLE_TAGS[label]
        before = ROLE_TAGS[path[t - 1]] if t else None
        if t and tag.startswith("I-") and before[2:] != tag[2:]:
            return None
        total += float(logits[t, label])
        if t:
            total += float(transitions[path[t - 1], label])
            for k, role in enumerate(SPAN_ENDS):
                if before[2:] == role and tag != f"I-{role}":
                    total += float(logits[t, len(ROLE_TAGS) + k])
    return total


def test_crf_loss_is_the_full_enumeration():
    """The loss is minus the log share of the gold sequence among all legal ones."""
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(2, 4, len(ROLE_TAGS) + len(SPAN_ENDS), generator=generator)
    transitions = torch.randn(len(ROLE_TAGS), len(ROLE_TAGS), generator=generator)
    gold = torch.tensor([[1, 2, 0, 3], [3, 4, IGNORE, IGNORE]])
    wanted = 0.0
    for row, length in ((0, 4), (1, 2)):
        paths = itertools.product(range(len(ROLE_TAGS)), repeat=length)
        every = [score(p, logits[row], transitions) for p in paths]
        whole = torch.logsumexp(torch.tensor([s for s in every if s is not None]), 0)
        wanted += float(whole) - score(gold[row, :length].tolist(), logits[row], transitions)
    assert float(crf_loss(logits, transitions, gold)) == pytest.approx(wanted, abs=1e-3)


def test_spans_cut_at_the_left_begin_anew():
    """An I without its B becomes a B; whole spans stay as they are."""
    labels = torch.tensor([[4, 4, 0, 2, 3, 4], [1, 2, 4, 4, 3, 4]])
    assert sanitized(labels).tolist() == [[3, 4, 0, 1, 3, 4], [1, 2, 3, 4, 3, 4]]


def test_rate_rises_stays_and_falls():
    """The rate is level between its rise and its last part, and nothing at the end."""
    rates = [rate_at(s, start=100, total=200, warmup=10, decay=0.3) for s in range(100, 201)]
    assert rates[0] == pytest.approx(0.1)
    assert set(rates[9:71]) == {1.0}
    assert rates[85] == pytest.approx(0.5)
    assert rates[100] == 0.0
    assert all(a >= b for a, b in itertools.pairwise(rates[9:]))


def test_earlier_networks_go_on():
    """What a checkpoint lacks is zero, what it has is kept."""
    small = {"vocabulary": 50, "positions": 8, "hidden": 12, "layers": 1, "heads": 2, "inner": 16}
    network = Network(EncoderConfig(**small, role_hidden=8, role_inner=8, role_heads=2))
    state = {k: torch.ones_like(v) for k, v in network.state_dict().items()}
    del state["roles.transitions"]
    state["roles.label.weight"] = state["roles.label.weight"][: len(ROLE_TAGS)]
    out = grown(state, network)
    network.load_state_dict(out)
    assert out["roles.transitions"].abs().sum() == 0
    assert out["roles.label.weight"].sum(1).tolist() == [8.0] * len(ROLE_TAGS) + [0.0, 0.0]
    assert bool((out["names.weight"] == 1).all())


def test_large_activations_are_taken_out_of_the_products():
    """A tamed network says the same; what its products get has no channel that stands out."""
    torch.manual_seed(1)
    small = {"vocabulary": 50, "positions": 64, "hidden": 48, "layers": 2, "heads": 2, "inner": 96}
    network = Network(EncoderConfig(**small, role_hidden=8, role_inner=12, role_heads=2)).eval()
    layer, window = network.encoder.layers[1], one_window()
    with torch.no_grad():
        layer.norm1.bias[7] = 40.0
        layer.up.bias[11] = 60.0
        before = network(**window)[0]
        tame(network, [window])
        after = network(**window)[0]
    assert torch.allclose(before, after, atol=1e-4)
    seen = {}
    assert isinstance(layer.up, Tamed)
    for name, part in (("up", layer.up.inner), ("down", layer.down)):
        part.register_forward_pre_hook(
            lambda _, inputs, name=name: seen.update({name: float(inputs[0].abs().max())})
        )
    with torch.no_grad():
        network(**window)
    assert seen["up"] < 10
    assert seen["down"] < 10
    assert layer.outlying.down.weight.shape == (48, APART)
    assert layer.outlying.up.bias.max() == 60.0
    assert layer.up.inner.bias.max() < 10


def test_an_exported_network_says_what_torch_says(tmp_path):
    """Attention as one operation and the role head on a whole window change nothing."""
    pytest.importorskip("onnx", reason="onnx is not installed")
    import numpy as np

    from quotecheck.encoder import single_threaded
    from quotecheck.training.export import Roles, export_encoder, export_roles

    torch.manual_seed(2)
    small = {"vocabulary": 50, "positions": 64, "hidden": 24, "layers": 3, "heads": 2, "inner": 16}
    network = Network(EncoderConfig(**small, role_hidden=8, role_inner=12, role_heads=2)).eval()
    window = one_window()
    export_encoder(network, tmp_path / "encoder.onnx")
    export_roles(network, tmp_path / "roles.onnx")
    asked = {name: value[0].numpy() for name, value in window.items() if value is not None}
    told = single_threaded(tmp_path / "encoder.onnx").run(None, asked)
    index = torch.arange(5, 25).repeat(2, 1)
    network.eval()
    with torch.no_grad():
        wanted = network(**window)
        states, tags = wanted[0][0], wanted[1][0]
        inputs = {
            "states": states,
            "tags": tags,
            "quote": torch.randint(2, index.shape),
            "relative": torch.randint(-1, 2, index.shape),
            "index": index,
            "cue_state": states[[7, 11]],
            "cue_start": torch.tensor([7, 11]),
            "cue_end": torch.tensor([8, 12]),
        }
        roles = Roles(network)(*inputs.values())[0]
        by_head = network.roles(
            network.roles.project(states, tags)[index], *list(inputs.values())[2:]
        )
    for mine, theirs in zip(told, wanted, strict=True):
        np.testing.assert_allclose(mine, theirs[0].numpy(), atol=1e-4)
    found = single_threaded(tmp_path / "roles.onnx").run(
        None, {name: value.numpy() for name, value in inputs.items()}
    )
    np.testing.assert_allclose(found[0], roles.numpy(), atol=1e-4)
    np.testing.assert_allclose(found[0], by_head.numpy(), atol=1e-4)


def by_bias(state):
    """A network's parameters with the inner channels in the order of their biases."""
    out = dict(state)
    for name, bias in state.items():
        base = name.removesuffix("up.bias")
        if base != name and ".layers." in name:
            order = bias.argsort()
            out[f"{base}up.bias"] = bias[order]
            out[f"{base}up.weight"] = state[f"{base}up.weight"][order]
            out[f"{base}down.weight"] = state[f"{base}down.weight"][:, order]
    return out


@pytest.mark.parametrize(("tamed", "steps"), [(False, 100), (True, 50)])
def test_a_release_gives_its_weights_back(tmp_path, tamed, steps):
    """What is exported and quantized comes back under the same names, as near as int8 is."""
    pytest.importorskip("onnx", reason="onnx is not installed")
    from quotecheck.training.export import export_encoder, export_roles, quantize

    torch.manual_seed(1)
    small = {"vocabulary": 50, "positions": 64, "hidden": 24, "layers": 3, "heads": 2, "inner": 16}
    network = Network(EncoderConfig(**small, role_hidden=8, role_inner=12, role_heads=2)).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.randn_like(parameter))
    wanted = {name: value.clone() for name, value in network.state_dict().items()}
    if tamed:
        tame(network, [one_window()])
    for name, export in (("encoder", export_encoder), ("roles", export_roles)):
        plain = tmp_path / f"{name}.plain.onnx"
        export(network, plain)
        quantize(plain, tmp_path / f"{name}.onnx")
    state, wanted = by_bias(released_state(tmp_path)), by_bias(wanted)
    assert set(state) == set(wanted)
    for name, value in wanted.items():
        assert state[name].shape == value.shape, name
        # Seven bits a column for matrices, eight a table for embeddings; scales cost a little.
        assert (state[name] - value).abs().max() <= value.abs().max() / steps, name


def test_dropout_keeps_the_mean_and_rests_in_evaluation():
    """About the asked share is zero, the rest is scaled; nothing happens in evaluation."""
    torch.manual_seed(1)
    layer, x = Dropout(0.1), torch.ones(200, 303)
    out = layer(x)
    assert 0.09 < float((out == 0).float().mean()) < 0.115
    assert float(out.mean()) == pytest.approx(1.0, abs=0.01)
    assert float((out == 0).float().mean(0).std()) < 0.03
    assert torch.equal(layer.eval()(x), x)


def chunk(marked):
    """A chunk in RiQuA's form from words marked as c(cue), s(source) and q(content)."""
    names = {"c": "cue", "s": "source", "q": "content"}
    tokens, labels, last = [], [], ""
    for item in marked.split():
        word, _, kind = item.partition("/")
        tokens.append(word)
        labels.append("O" if not kind else f"{'I' if kind == last else 'B'}-{names[kind[0]]}")
        last = kind
    return json.dumps({"tokens": tokens, "labels": labels})


@pytest.mark.parametrize(
    ("marked", "wanted"),
    [
        # Speech on both sides of its cue.
        (
            "``/q I/q see/q ,/q ''/q said/c Mira/s ,/0 ``/q2 now/q2 ./q2 ''/q2".replace("/0", ""),
            [("said", "Mira", ["“I see,”", "“now.”"])],
        ),
        # A question before the cue: what follows is the answer of another.
        (
            "``/q Who/q ?/q ''/q asked/c Mira/s . ``/q2 Nobody/q2 ./q2 ''/q2",
            [("asked", "Mira", ["“Who?”"]), (None, None, ["“Nobody.”"])],
        ),
        # A source far from any cue stays without one.
        (
            "Tom/s came in and sat down . ``/q Well/q ./q ''/q",
            [(None, "Tom", []), (None, None, ["“Well.”"])],
        ),
    ],
)
def test_riqua_spans_join_the_cue_beside_them(tmp_path, marked, wanted):
    """RiQuA's chunks have no links: only what stands beside a cue is its own."""
    path = tmp_path / "train.txt"
    path.write_text(chunk(marked) + "\n", encoding="utf8")
    (example,) = read_riqua(path)

    def told(spans):
        return [example.text[s:e] for s, e in spans]

    got = [
        (next(iter(told(r.cue)), None), next(iter(told(r.source)), None), told(r.content))
        for r in example.annotations[0]
    ]
    assert sorted(got, key=str) == sorted(wanted, key=str)


def test_crops_cover_the_text_and_keep_its_annotation():
    """Every word is in one crop, spans keep their words, and titles do not end a sentence."""
    text = (
        "Sen. Mara Quist said no. “Rain,” she said. “Snow.”\n\nDr. Vell agreed that it would rain."
    )
    where = {
        name: ((text.index(name), text.index(name) + len(name)),)
        for name in ("Sen. Mara Quist", "said", "no", "agreed", "that it would rain")
    }
    relations = (
        Relation(cue=where["said"], source=where["Sen. Mara Quist"], content=where["no"]),
        Relation(cue=where["agreed"], content=where["that it would rain"]),
    )
    example = Example(corpus="own", name="a", text=text, annotations=(relations,))
    for seed in range(20):
        crops = list(cropped(example, random.Random(seed)))
        assert " ".join(c.text for c in crops).split() == text.split()
        assert not any(c.text.endswith(("Sen.", "Dr.")) for c in crops)
        found = {
            c.text[a:b]
            for c in crops
            for r in c.annotations[0]
            for a, b in (*r.cue, *r.source, *r.content)
        }
        assert found == set(where)


def test_windows_of_like_length_share_a_batch():
    """No batch has more pieces than asked for, padding included, and every window is in one."""
    tokenizer = load_word_pieces(model_folder("en") / "tokenizer.json")
    text = "Mara Quist said it rained. Karl Vell added that it snowed."
    examples = {"polnear": [Example(corpus="polnear", name="p", text=text)]}
    (item,) = Mixture(corpora=examples, share={}).items(tokenizer, random.Random(1))
    groups = packed([item, item, item], 2 * len(item.ids), random.Random(1))
    assert sorted(map(len, groups)) == [1, 2]
    assert not Mixture(corpora=examples, share={"polnear": 0}).items(tokenizer, random.Random(1))


def test_distances_share_buckets_the_further_they_are():
    """Near distances have a bucket each, later places another half, and far ones are one."""
    buckets = distance_buckets(300, 32)
    assert buckets[10, 10] == 0
    assert buckets[10, :10].tolist() == sorted(buckets[10, :10].tolist(), reverse=True)
    assert len(set(buckets[10, 3:10].tolist())) == 7
    assert int(buckets[10, 11]) == 17
    assert buckets[0, 200] == buckets[0, 299] == 31
    assert buckets[299, 0] == 15

"""Taking heads and channels out of the network."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs quotecheck[train]")

from attrs import evolve  # noqa: E402

from quotecheck.training.network import EncoderConfig, Network, config_like  # noqa: E402
from quotecheck.training.prune import (  # noqa: E402
    beliefs,
    channel_weights,
    divergence,
    least_heads,
    without,
)
from quotecheck.training.restore import load_network, released_state  # noqa: E402
from quotecheck.training.train import WORDS, like  # noqa: E402
from tests.networks import one_window  # noqa: E402

SIZES = {"vocabulary": 50, "positions": 64, "hidden": 24, "layers": 3, "heads": 3, "inner": 16}
CONFIG = EncoderConfig(**SIZES, role_hidden=8, role_inner=12, role_heads=2)
TEXT = "Mara Quist said it rained. “Snow,” Karl Vell added.\n\nDora Orrin denied that it rained."


def windows():
    """Inputs of a network for two windows."""
    torch.manual_seed(4)
    return [one_window() for _ in range(2)]


def network_with_idle_parts():
    """A network with two heads that say nothing and eight channels of a layer that never vary."""
    torch.manual_seed(6)
    network = Network(CONFIG).eval()
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if "norm" not in name:
                parameter.copy_(torch.randn_like(parameter) * 0.3)
        layers = network.encoder.layers
        layers[1].out.weight[:, 8:16] = 0
        layers[2].out.weight[:, :8] = 0
        layers[0].up.weight[:8] = 0
    return network


def test_idle_heads_and_channels_are_found_and_go_without_a_trace():
    """What says nothing is what goes; the smaller network says the same."""
    network, seen = network_with_idle_parts(), windows()
    gone = least_heads(network, seen, 2, each=1)
    assert gone == [set(), {1}, {0}]
    shares, means = channel_weights(network, seen)
    assert shares[0][:8].max() < 1e-6
    assert torch.allclose(shares[0].sum(), torch.tensor(1.0))
    smaller = without(network, gone, (8, 16, 16), seen)
    assert smaller.config == evolve(CONFIG, kept_heads=(3, 2, 2), kept_inner=(8, 16, 16))
    assert smaller.encoder.layers[1].qkv.weight.shape == (48, 24)
    for inputs in seen:
        wanted, found = network(**inputs), smaller(**inputs)
        for mine, theirs in zip(found, wanted, strict=True):
            # Means are taken in bfloat16.
            assert torch.allclose(mine, theirs, atol=0.02)
    assert means[0].shape == (16,)


def test_pruning_goes_on_from_a_pruned_network():
    """What is left is counted anew: an idle head of a smaller network goes, no layer's last."""
    network, seen = network_with_idle_parts(), windows()
    smaller = without(network, [{0}, {0, 2}, set()], (16, 16, 16), seen)
    assert smaller.config.kept_heads == (2, 1, 3)
    assert least_heads(smaller, seen, 1) == [set(), set(), {0}]
    again = without(smaller, [set(), set(), {0}], (8, 16, 16), seen)
    assert again.config == evolve(CONFIG, kept_heads=(2, 1, 2), kept_inner=(8, 16, 16))
    for inputs in seen:
        for mine, theirs in zip(again(**inputs), smaller(**inputs), strict=True):
            assert torch.allclose(mine, theirs, atol=0.02)
    assert [len(heads) for heads in least_heads(smaller, seen, 99)] == [1, 0, 2]


def test_pruning_leaves_the_network_as_it_was_and_a_head_in_every_layer():
    """Trying heads out changes no weight; no layer loses its last head."""
    network, seen = network_with_idle_parts(), windows()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    gone = least_heads(network, seen, 6, each=2)
    assert [len(heads) for heads in gone] == [2, 2, 2]
    most = least_heads(network, seen, 99, each=2)
    assert [len(heads) for heads in most] == [2, 2, 2], "no more can go, however many are asked for"
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name


def test_divergence_is_nothing_from_itself_and_grows():
    """The same beliefs diverge by nothing, changed ones by more the more they change."""
    network, seen = network_with_idle_parts(), windows()
    wanted = beliefs(network, seen)
    costs = []
    for step in (0.0, 0.3, 1.0):
        with torch.no_grad():
            network.tagger.bias[1] += step
        costs.append(divergence(beliefs(network, seen), wanted))
    assert costs[0] == pytest.approx(0.0, abs=1e-6)
    assert costs[1] > 1e-4
    assert costs[2] > 2 * costs[1]


def test_a_pruned_network_is_written_and_read_back(tmp_path):
    """Checkpoints and releases tell the sizes of what they hold; training goes on from them."""
    pytest.importorskip("onnx", reason="onnx is not installed")
    from quotecheck.training.export import export_encoder, export_roles, quantize
    from quotecheck.training.outliers import tame

    big = evolve(CONFIG, hidden=48, heads=3, inner=96)
    torch.manual_seed(2)
    small = Network(evolve(big, kept_heads=(1, 3, 2), kept_inner=(32, 96, 40))).eval()
    with torch.no_grad():
        for parameter in small.parameters():  # equal ones would be written once
            parameter.copy_(torch.randn_like(parameter))
    state = {name: value.clone() for name, value in small.state_dict().items()}
    assert config_like(state, big) == small.config
    tame(small, windows())
    for name, export in (("encoder", export_encoder), ("roles", export_roles)):
        export(small, tmp_path / f"{name}.plain.onnx")
        quantize(tmp_path / f"{name}.plain.onnx", tmp_path / f"{name}.onnx")
    found = released_state(tmp_path)
    assert {name: value.shape for name, value in found.items()} == {
        name: value.shape for name, value in state.items()
    }
    begun = Network(big)
    smaller = like(begun, found)
    assert smaller.config == small.config
    assert torch.equal(smaller.state_dict()[WORDS], begun.state_dict()[WORDS])
    assert like(begun, begun.state_dict()) is begun


def test_a_network_is_loaded_in_the_sizes_of_its_checkpoint(tmp_path):
    """What export reads has the sizes of MiniLM, less what the checkpoint lacks."""
    config = EncoderConfig(kept_heads=(1,) * 6, kept_inner=(8,) * 6)
    torch.save({"average": Network(config).state_dict()}, tmp_path / "checkpoint.pt")
    network = load_network(tmp_path / "checkpoint.pt")
    assert network.config == config
    assert not network.training

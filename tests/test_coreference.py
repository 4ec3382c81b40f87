"""The coreference head: its scores, its features, its place in the resolver, its training form."""

from __future__ import annotations

import pickle
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from quotecheck.coreference import FEATURES, FILE, QUERY_FEATURES, CoreferenceHead
from quotecheck.errors import ModelIntegrityError
from quotecheck.model_files import model_folder
from quotecheck.records import Article, Attribution, Block, NameMention, Span
from quotecheck.speakers import resolve

STATES = 5


def made(folder: Path, seed: int = 3) -> tuple[CoreferenceHead, dict[str, np.ndarray]]:
    """Returns a head of random weights as the product loads it, and the weights."""
    torch = pytest.importorskip("torch", reason="training needs quotecheck[train]")
    pytest.importorskip("onnx", reason="onnx is not installed")
    from quotecheck.training.coref import Head, save

    torch.manual_seed(seed)
    head = Head(STATES).eval()
    with torch.no_grad():
        for parameter in head.parameters():
            # Values that 16 bits hold exactly.
            parameter.copy_((torch.randn_like(parameter) / 4).half().float())
    save([head], folder / FILE)
    read = CoreferenceHead.load(folder)
    assert read is not None
    return read, {k: v.numpy() for k, v in head.state_dict().items()}


class OneWordEach:
    """Pieces in which offset and word are the same."""

    words = np.zeros((40, 2))

    def touched(self, start: int, end: int) -> tuple[int, int]:
        """Returns the words of a span."""
        return start, end


def annotations(words: int = 40) -> SimpleNamespace:
    """Returns annotations with random states."""
    states = np.random.default_rng(5).normal(size=(words, STATES)).astype(np.float16)
    return SimpleNamespace(states=states, pieces=OneWordEach())


def slow_scores(w, states, query, about, candidates, pairs):
    """The same scores by the formula, a pair at a time."""

    def linear(name, x):
        return w[f"{name}.weight"] @ np.asarray(x, np.float32) + w[f"{name}.bias"]

    q = np.concatenate([states[query], states[query - 1], states[query + 1]]).astype(np.float32)
    q = linear("query", q)
    out = []
    for (start, end), row in zip(candidates, pairs, strict=True):
        e = np.concatenate([states[start], states[end - 1], states[end]]).astype(np.float32)
        e = linear("event", e)
        hidden = np.maximum(linear("hidden", np.concatenate([q, e, q * e, about, row])), 0)
        out.append(linear("out", hidden).item())
    none = np.maximum(linear("none", np.concatenate([q, about])), 0)
    return out, linear("none_out", none).item()


def test_scores_are_those_of_the_formula(tmp_path):
    """The scores of all candidates at once equal the plain formula, pair by pair."""
    head, w = made(tmp_path)
    notes, r = annotations(), np.random.default_rng(8)
    bound = head.bind(notes)
    for query in (9, 20, 30):
        candidates = [(1, 3), (4, 5), (query - 2, query), (query + 2, query + 4)]
        about = r.normal(size=len(QUERY_FEATURES)).tolist()
        pairs = r.normal(size=(4, len(FEATURES))).tolist()
        got = bound.scores((query, query + 1), about, candidates, pairs)
        wanted = slow_scores(w, notes.states, query, about, candidates, pairs)
        assert got[0] == pytest.approx(wanted[0], abs=1e-3)
        assert got[1] == pytest.approx(wanted[1], abs=1e-3)


def test_the_bundled_head_travels_to_another_process():
    """A head that was pickled, as for a worker process, scores as before."""
    head = CoreferenceHead.load(model_folder("en"))
    states = np.random.default_rng(5).normal(size=(40, 384)).astype(np.float16)
    notes = SimpleNamespace(states=states, pieces=OneWordEach())
    asked = ((9, 10), [0.5] * len(QUERY_FEATURES), [(1, 3), (4, 5)], [[0.5] * len(FEATURES)] * 2)
    here = head.bind(notes).scores(*asked)
    there = pickle.loads(pickle.dumps(head)).bind(notes).scores(*asked)
    assert here == there
    assert here[0][0] != here[0][1]


def test_annotations_without_states_have_no_scores():
    """An annotator without states, or with other ones, leaves the rules alone."""
    head = CoreferenceHead.load(model_folder("en"))
    assert head.bind(SimpleNamespace(states=None, pieces=OneWordEach())) is None
    other = SimpleNamespace(states=np.zeros((3, STATES), np.float16), pieces=OneWordEach())
    assert head.bind(other) is None
    empty = SimpleNamespace(states=np.zeros((0, 384), np.float16), pieces=OneWordEach())
    assert head.bind(empty) is None


def test_a_head_for_other_features_is_refused(tmp_path):
    """A folder without a head has none; a head that was trained for other features is an error."""
    assert CoreferenceHead.load(tmp_path) is None
    other = model_folder("en") / "roles.onnx"
    (tmp_path / FILE).write_bytes(other.read_bytes())
    with pytest.raises(ModelIntegrityError, match="other features"):
        CoreferenceHead.load(tmp_path)


TEXT = "Mara Quist met Dora Vell. Then she said it rained."


class Prefers:
    """A scorer that likes one name, and writes down what it is asked."""

    def __init__(self, name: str, text: str = TEXT) -> None:
        self.start, self.asked = text.index(name), []

    def scores(self, query, about, candidates, pairs):
        """Scores the liked name above all."""
        assert len(about) == len(QUERY_FEATURES)
        assert {len(p) for p in pairs} == {len(FEATURES)}
        self.asked.append((query, list(candidates)))
        return [30.0 if start == self.start else -30.0 for start, _ in candidates], -50.0


def resolved(scorer, text=TEXT, second="Dora Vell"):
    """Resolves what "she" said in a text that begins with Mara Quist and a second person."""
    spans = [(text.index(name), text.index(name) + len(name)) for name in ("Mara Quist", second)]
    names = [NameMention(start=start, end=end, label="person") for start, end in spans]
    at = text.index("she")
    attribution = Attribution(
        id="A1",
        kind="indirect",
        content=(Span.of(text, at + 9, at + 18),),
        cue=(Span.of(text, at + 4, at + 8),),
        source=(Span.of(text, at, at + 3),),
    )
    blocks = (Block(start=0, end=len(text), kind="paragraph"),)
    then = text.index("Then")
    article = Article(text=text, blocks=blocks, sentences=((0, then - 1), (then, len(text))))
    return resolve(article, [], names, [attribution], coreference=scorer).attributions[0]


@pytest.mark.parametrize("name", ["Mara Quist", "Dora Vell"])
def test_scores_decide_between_two_who_fit(name):
    """Between two women the head's scores decide, and every candidate stands before the pronoun."""
    scorer = Prefers(name)
    assert resolved(scorer).speaker.name == name
    assert scorer.asked
    assert all(end <= query[0] for query, spans in scorer.asked for _, end in spans)


def test_without_opinion_the_rules_decide():
    """A scorer that answers None changes nothing."""
    silent = SimpleNamespace(scores=lambda *_: None)
    assert resolved(silent) == resolved(None)


def test_a_clash_outvotes_the_scores():
    """No score makes a man "she"."""
    text = "Mara Quist met Mr. Karl Vell. Then she said it rained."
    found = resolved(Prefers("Karl Vell", text), text, "Karl Vell")
    assert found.speaker.name == "Mara Quist"

"""The coreference head: its scores, its features, its place in the resolver, its training form."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from quotecheck.coreference import FEATURES, FILE, QUERY_FEATURES, WORDS, CoreferenceHead
from quotecheck.errors import ModelIntegrityError
from quotecheck.records import Article, Attribution, Block, NameMention, Span
from quotecheck.speakers import resolve

STATES, WIDTH, HIDDEN = 5, 4, 6


def weights(seed: int = 3) -> dict[str, np.ndarray]:
    """Returns random weights of the right shapes."""
    r = np.random.default_rng(seed)
    shapes = {
        "query": (WORDS * STATES, WIDTH),
        "query_bias": (WIDTH,),
        "event": (WORDS * STATES, WIDTH),
        "event_bias": (WIDTH,),
        "hidden_query": (WIDTH, HIDDEN),
        "hidden_event": (WIDTH, HIDDEN),
        "hidden_product": (WIDTH, HIDDEN),
        "hidden_about": (len(QUERY_FEATURES), HIDDEN),
        "hidden_pair": (len(FEATURES), HIDDEN),
        "hidden_bias": (HIDDEN,),
        "out": (HIDDEN, 1),
        "out_bias": (1,),
        "none_query": (WIDTH, HIDDEN),
        "none_about": (len(QUERY_FEATURES), HIDDEN),
        "none_bias": (HIDDEN,),
        "none_out": (HIDDEN, 1),
        "none_out_bias": (1,),
    }
    return {k: r.normal(size=s).astype(np.float32) for k, s in shapes.items()}


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
    q = np.concatenate([states[query], states[query - 1], states[query + 1]]).astype(np.float32)
    q = q @ w["query"] + w["query_bias"]
    out = []
    for (start, end), row in zip(candidates, pairs, strict=True):
        e = np.concatenate([states[start], states[end - 1], states[end]]).astype(np.float32)
        e = e @ w["event"] + w["event_bias"]
        parts = [q, e, q * e, about, row]
        names = ("query", "event", "product", "about", "pair")
        total = w["hidden_bias"] + sum(
            np.asarray(p, np.float32) @ w[f"hidden_{n}"] for p, n in zip(parts, names, strict=True)
        )
        out.append((np.maximum(total, 0) @ w["out"] + w["out_bias"]).item())
    none = q @ w["none_query"] + np.asarray(about, np.float32) @ w["none_about"] + w["none_bias"]
    return out, (np.maximum(none, 0) @ w["none_out"] + w["none_out_bias"]).item()


def test_scores_are_those_of_the_formula():
    """The vectorised scores equal the plain formula, for new spans and for remembered ones."""
    w, notes, r = weights(), annotations(), np.random.default_rng(8)
    bound = CoreferenceHead(weights=w).bind(notes)
    for query in (9, 20, 30):
        candidates = [(1, 3), (4, 5), (query - 2, query)]
        about = r.normal(size=len(QUERY_FEATURES)).tolist()
        pairs = r.normal(size=(3, len(FEATURES))).tolist()
        got = bound.scores((query, query + 1), about, candidates, pairs)
        wanted = slow_scores(w, notes.states, query, about, candidates, pairs)
        assert got[0] == pytest.approx(wanted[0], abs=1e-3)
        assert got[1] == pytest.approx(wanted[1], abs=1e-3)


def test_more_spans_than_there_was_room_for():
    """The memory of projections grows and forgets nothing."""
    notes = annotations()
    bound = CoreferenceHead(weights=weights()).bind(notes)
    spans = [(i, j) for i in range(12) for j in range(i + 1, i + 12)]
    about, pairs = [0.0] * len(QUERY_FEATURES), [[0.0] * len(FEATURES)] * len(spans)
    first = bound.scores((30, 31), about, spans, pairs)
    assert bound.scores((30, 31), about, spans, pairs) == first
    few = bound.scores((30, 31), about, spans[:2], pairs[:2])
    assert few[0] == pytest.approx(first[0][:2], abs=1e-4)


def test_annotations_without_states_have_no_scores():
    """An annotator without states, or with other ones, leaves the rules alone."""
    head = CoreferenceHead(weights=weights())
    assert head.bind(SimpleNamespace(states=None, pieces=OneWordEach())) is None
    other = SimpleNamespace(states=np.zeros((3, STATES + 1), np.float16), pieces=OneWordEach())
    assert head.bind(other) is None


def test_head_is_read_from_its_folder(tmp_path):
    """A written head is read again; a folder without one has none; other features are an error."""
    assert CoreferenceHead.load(tmp_path) is None
    names = {"features": np.array(FEATURES), "about": np.array(QUERY_FEATURES)}
    np.savez(tmp_path / FILE, **names, **weights())
    read = CoreferenceHead.load(tmp_path)
    assert read.weights["query"].shape == (WORDS * STATES, WIDTH)
    np.savez(tmp_path / FILE, features=np.array(["one"]), about=names["about"], **weights())
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

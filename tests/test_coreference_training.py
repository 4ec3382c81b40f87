"""Readers of coreference corpora, the recorder's answers, and the head's training and export."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs quotecheck[train]")

from quotecheck.coreference import FEATURES, FILE, QUERY_FEATURES, CoreferenceHead  # noqa: E402
from quotecheck.training import coref  # noqa: E402
from quotecheck.training.coref_corpora import (  # noqa: E402
    CorefDocument,
    GapExample,
    gum_names,
    read_gap,
    read_litbank,
    read_ontogum,
)
from quotecheck.training.coref_record import (  # noqa: E402
    RIGHT,
    UNKNOWN,
    WRONG,
    document_judge,
    gap_judge,
    nearest_mention,
)

CONLLU = """\
# newdoc id = GUM_news_quist
# newpar
# text = Mara Quist spoke.
1\tMara\t_\tPROPN\t_\t_\t0\troot\t_\t_
2\tQuist\t_\tPROPN\t_\t_\t1\tflat\t_\t_
3\tspoke\t_\tVERB\t_\t_\t1\tdep\t_\tSpaceAfter=No
4\t.\t_\tPUNCT\t_\t_\t1\tpunct\t_\t_

# text = She left.
1\tShe\t_\tPRON\t_\t_\t0\troot\t_\t_
2\tleft\t_\tVERB\t_\t_\t1\tdep\t_\tSpaceAfter=No
3\t.\t_\tPUNCT\t_\t_\t1\tpunct\t_\t_

"""
ONTOGUM = """\
# begin document GUM_news_quist
0\tMara\t(7
1\tQuist\t7)
2\tspoke\t_
3\t.\t_
4\tShe\t(7)
5\tleft\t_
6\t.\t_
# end document
"""


@pytest.fixture
def corpora(tmp_path):
    """A corpora folder with one document of each kind."""
    gum = tmp_path / "gum"
    (gum / "ontogum").mkdir(parents=True)
    (gum / "splits.md").write_text(
        "## train\n\n  * GUM_news_quist\n  * GUM_fiction_vell\n\n"
        "## dev\n\n## test\n\n  * GUM_bio_a\n"
    )
    (gum / "GUM_news_quist.conllu").write_text(CONLLU)
    (gum / "ontogum" / "GUM_news_quist.conll").write_text(ONTOGUM)
    litbank = tmp_path / "litbank" / "coref"
    litbank.mkdir(parents=True)
    rows = [("“", "_"), ("No", "_"), (",", "_"), ("”", "_"), ("said", "_"), ("Dora", "(3)")]
    rows = [("Dora", "(3)"), ("rose", "_"), (".", "_"), ("", ""), *rows, (".", "_")]
    lines = [
        "\t".join(["doc", "0", str(i), form, *"_______", tag, ""]) if form else ""
        for i, (form, tag) in enumerate(rows)
    ]
    (litbank / "1_a_novel_brat.conll").write_text("#begin document\n" + "\n".join(lines) + "\n")
    return tmp_path


def test_ontogum_has_the_text_of_gum(corpora):
    """Chains are spans of GUM's own spacing; non-commercial genres and closed splits stay out."""
    (document,) = read_ontogum(corpora, "train")
    assert document.text == "Mara Quist spoke. She left.\n"
    texts = [[document.text[s:e] for s, e in chain] for chain in document.clusters]
    assert texts == [["Mara Quist", "She"]]
    assert gum_names(corpora, "train") == [("GUM_news_quist", "news")]
    assert len(gum_names(corpora, "train", every_genre=True)) == 2
    with pytest.raises(ValueError, match="no open split"):
        gum_names(corpora, "test")


def test_litbank_reads_as_running_text(corpora):
    """Spaces go where English has them, and an opening mark begins a paragraph."""
    (document,) = read_litbank(corpora)
    assert document.text == "Dora rose.\n“No,” said Dora."
    assert [document.text[s:e] for s, e in document.clusters[0]] == ["Dora", "Dora"]
    assert [document.text[s:e] for s, e in document.blocks] == ["Dora rose.", "“No,” said Dora."]


def test_gap_test_split_is_refused(tmp_path):
    """The development file is read as it is; a test file is an error."""
    head = "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL\n"
    row = 'd-1\tMara met "Dora". She sat.\tShe\t17\tMara\t0\tTRUE\tDora\t10\tFALSE\thttp://x\n'
    (tmp_path / "gap-development.tsv").write_text(head + row)
    (example,) = read_gap(tmp_path / "gap-development.tsv")
    assert example.text[slice(*example.pronoun)] == "She"
    assert example.answers == (True, False)
    (tmp_path / "gap-test.tsv").write_text(head + row)
    with pytest.raises(ValueError, match="test split"):
        list(read_gap(tmp_path / "gap-test.tsv"))


def document(text: str, *chains: tuple[str, ...]) -> CorefDocument:
    """Returns a document whose chains are given by their words, first occurrence first."""
    at: dict[str, int] = {}
    clusters = []
    for chain in chains:
        spans = []
        for words in chain:
            start = text.index(words, at.get(words, 0))
            at[words] = start + 1
            spans.append((start, start + len(words)))
        clusters.append(tuple(spans))
    return CorefDocument(
        corpus="ontogum",
        name="d",
        text=text,
        blocks=((0, len(text)),),
        sentences=(),
        tokens=(),
        clusters=tuple(clusters),
    )


@pytest.mark.parametrize(
    ("found", "gold"),
    [
        ("Mara Quist", "the mayor Mara Quist"),
        ("the mayor Mara Quist", "the mayor Mara Quist"),
        ("Dora Vell", "Dora Vell, a doctor"),
        ("Orrin", None),
    ],
)
def test_mentions_are_found_by_their_heads(found, gold):
    """A name without its title or apposition is the mention that has it; others are none."""
    text = "Then the mayor Mara Quist met Dora Vell, a doctor in Orrin."
    gold_chains = document(text, ("the mayor Mara Quist",), ("Dora Vell, a doctor",))
    start = text.index(found)
    span = nearest_mention(gold_chains)((start, start + len(found)))
    assert (text[slice(*span)] if span else None) == gold


def test_answers_of_a_corpus():
    """Candidates of the query's chain are right; when there is none, "none" is."""
    text = "Mara met Dora. She left. It rained."
    judge = document_judge(document(text, ("Mara", "She")))
    spans = [(0, 4), (9, 13)]
    assert judge((15, 18), spans) == ([RIGHT, WRONG], WRONG)
    assert judge((15, 18), spans[1:]) == ([WRONG], RIGHT)
    assert judge((25, 27), spans) == ([WRONG, WRONG], RIGHT)


def test_answers_of_gap():
    """Only the pronoun asked about counts, and what GAP does not say stays unknown."""
    text = "Mara met Dora and Vell. She left."
    spans = [(0, 4), (9, 13), (18, 22)]
    example = GapExample(
        name="1", text=text, pronoun=(24, 27), first=(0, 4), second=(9, 13), answers=(False, True)
    )
    judge = gap_judge(example)
    assert judge((24, 27), spans) == ([WRONG, RIGHT, UNKNOWN], WRONG)
    assert judge((0, 4), spans) is None


def recorded(queries: int = 300) -> coref.Recorded:
    """Returns queries with three candidates each, of which the one with the mark is right."""
    r = np.random.default_rng(1)
    pairs = r.normal(size=(3 * queries, len(FEATURES))).astype(np.float32) * 0.1
    right = r.integers(0, 3, queries)
    labels = np.zeros(3 * queries, np.int8)
    labels[np.arange(queries) * 3 + right] = RIGHT
    pairs[labels == RIGHT, FEATURES.index("same_word")] = 1.0
    return coref.Recorded(
        about=np.zeros((queries, len(QUERY_FEATURES)), np.float32),
        pairs=pairs,
        labels=labels,
        none=np.zeros(queries, np.int8),
        offsets=np.arange(queries + 1) * 3,
        rows=r.integers(0, 50, (3 * queries, 3)),
        query_rows=r.integers(0, 50, (queries, 3)),
        corpus=np.zeros(queries, np.int8),
        states=r.normal(size=(50, 8)).astype(np.float16),
    )


def test_head_learns_and_is_written_as_it_runs(tmp_path, capsys):
    """The head learns a mark; what is written gives the mean of the heads' scores."""
    pytest.importorskip("onnx", reason="onnx is not installed")
    data = recorded()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        trained = [coref.fit(data, seed=seed, epochs=6) for seed in (1, 2)]
    finally:
        torch.set_num_threads(threads)
    assert capsys.readouterr().out.count("epoch") == 12
    assert trained[0][1][-1]["loss"] < trained[0][1][0]["loss"]
    heads = [head for head, _ in trained]
    coref.save(heads, tmp_path / FILE)
    pieces = SimpleNamespace(words=np.zeros((50, 2)), touched=lambda start, end: (start, end))
    bound = CoreferenceHead.load(tmp_path).bind(SimpleNamespace(states=data.states, pieces=pieces))
    spans = [(3, 5), (9, 10), (12, 16)]
    query = [(20, 19, 21)]
    words = [[(s, e - 1, e) for s, e in spans], query]
    events, mine = (torch.from_numpy(data.states[np.array(w)].reshape(len(w), -1)) for w in words)
    about, pairs = torch.from_numpy(data.about[:1]), torch.from_numpy(data.pairs[:3])
    with torch.no_grad():
        each = [h(mine.float(), about, events.float(), pairs, torch.zeros(3).long()) for h in heads]
    got = bound.scores((20, 21), data.about[0].tolist(), spans, data.pairs[:3].tolist())
    assert got[0] == pytest.approx(torch.stack([s for s, _ in each]).mean(0).tolist(), abs=0.02)
    assert got[1] == pytest.approx(float(torch.stack([n for _, n in each]).mean()), abs=0.02)
    assert int(np.argmax(got[0])) == int(np.argmax(data.labels[:3] == RIGHT))

"""Segmentation: spans hold together on any text, and the cases come out as a reader wants."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quotecheck.blocks import find_blocks, is_stage_direction
from quotecheck.errors import TextTypeError
from quotecheck.lines import split_lines
from quotecheck.records import Article
from quotecheck.segment import segment, segment_many
from quotecheck.sentences import repair
from quotecheck.tokenizer import RuleTokenizer
from tests import timing
from tests.depth import examples
from tests.strategies import any_texts, articles, paragraphs, transcripts

CASES = Path(__file__).parent / "cases"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "polnear" / "dev" / "text"
EASY = settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


def load(name: str) -> list[pytest.param]:
    """Returns the cases of a file as parameters, labelled."""
    cases = json.loads((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(c["input"], c["wanted"], id=c["label"]) for c in cases]


def is_shown(char: str) -> bool:
    """Whether a character shows something, for the purpose of covering the text."""
    import unicodedata

    return not char.isspace() and unicodedata.category(char) != "Cf"


def check_invariants(article: Article) -> None:
    """Asserts what must hold for every segmented text."""
    text = article.text
    for spans in (
        [(b.start, b.end) for b in article.blocks],
        article.sentences,
        article.tokens,
    ):
        for start, end in spans:
            assert 0 <= start < end <= len(text)
            assert not text[start].isspace()
            assert not text[end - 1].isspace()
        for (_, end), (start, _) in pairwise(spans):
            assert end <= start
    blocks = iter([*article.blocks, None])
    block = next(blocks)
    for start, end in article.sentences:
        while block is not None and block.end <= start:
            block = next(blocks)
        assert block is not None
        assert block.start <= start
        assert end <= block.end
    inside = set()
    for start, end in article.sentences:
        inside.update(range(start, end))
    for start, end in article.tokens:
        assert start in inside
        assert end - 1 in inside
        assert not any(c.isspace() for c in text[start:end])
    covered = set()
    for b in article.blocks:
        covered.update(range(b.start, b.end))
        if b.label is not None:
            assert b.kind == "turn"
            assert b.start <= b.label.start < b.label.end <= b.end
            assert text[b.label.start : b.label.end] == b.label.text
    assert [i for i, c in enumerate(text) if is_shown(c) and i not in covered] == []


class TestCases:
    """Cases as data: label, input, wanted."""

    @pytest.mark.parametrize(("text", "wanted"), load("segment_sentences.json"))
    def test_sentences(self, text, wanted):
        """Sentences end where a reader ends them."""
        article = segment(text)
        assert [text[start:end] for start, end in article.sentences] == wanted

    @pytest.mark.parametrize(("text", "wanted"), load("segment_blocks.json"))
    def test_blocks(self, text, wanted):
        """Blocks are of the wanted kinds, turns with the wanted labels."""
        blocks = find_blocks(text)
        assert [b.kind + (":" + b.label.text if b.label else "") for b in blocks] == wanted

    def test_label_is_a_sentence_of_its_own(self):
        """A turn's label never mixes with its words, and a dateline with its paragraph."""
        text = "MS. VELL: We sail. Now.\nMR. ORRIN: No."
        article = segment(text)
        found = [text[start:end] for start, end in article.sentences]
        assert found == ["MS. VELL:", "We sail.", "Now.", "MR. ORRIN:", "No."]

    def test_title_marks_the_headline(self):
        """A first line that repeats the given title is the headline, glyphs and case aside."""
        text = "The council has voted and the ferry’s sale was lost, he said.\nIt was a long day."
        title = "The Council has voted and the ferry's sale was lost, he said"
        assert segment(text).blocks[0].kind == "paragraph"
        assert segment(text, title=title).blocks[0].kind == "headline"

    @pytest.mark.parametrize("line", ["(LAUGHTER)", "[applause]", "(END VIDEO CLIP.)", "*laughs*"])
    def test_stage_directions(self, line):
        """Brackets from end to end are a stage direction."""
        assert is_stage_direction(line)

    @pytest.mark.parametrize("line", ["(He left.) She stayed.", "", "We (all) left", "(A) and (B)"])
    def test_no_stage_directions(self, line):
        """Brackets inside a line are not."""
        assert not is_stage_direction(line)

    def test_marks_never_stand_alone(self):
        """Boundaries on the wrong side of a mark are moved (DEMANDS 29)."""
        text = 'A. " B. " C.'
        tokens = [(0, 2), (3, 4), (5, 7), (8, 9), (10, 12)]
        sentences = repair(text, tokens, [(0, 4), (5, 7), (8, 12)])
        assert all(text[s:e].strip('" ') for s, e in sentences)

    @pytest.mark.parametrize(
        ("text", "ends"),
        [
            ("They left the U.S. He stayed.", ["They left the U.S.", "He stayed."]),
            ("It was plan B. The mayor had none.", ["It was plan B.", "The mayor had none."]),
            ("It rose at 9 a.m. On Friday it fell.", ["It rose at 9 a.m.", "On Friday it fell."]),
            ("He met U.S. Senate aides.", ["He met U.S. Senate aides."]),
            ("A guide (e.g. The Ledger) helps.", ["A guide (e.g. The Ledger) helps."]),
            ("P.S. I am moving.", ["P.S. I am moving."]),
            ("She met Ilse B. Vell.", ["She met Ilse B. Vell."]),
        ],
    )
    def test_a_missed_end_behind_letters(self, text, ends):
        """What the network leaves as one sentence is cut behind "U.S." only before "He"."""
        tokens = RuleTokenizer()([text])[0].tokens
        whole = [(tokens[0][0], tokens[-1][1])]
        assert [text[s:e] for s, e in repair(text, tokens, whole)] == ends

    def test_empty(self):
        """An empty or blank text has no blocks and is no error."""
        for text in ("", " \n\t\r\n", "\u200b\ufeff"):
            article = segment(text)
            assert (article.blocks, article.sentences, article.tokens) == ((), (), ())

    def test_not_a_string(self):
        """Bytes are refused with a typed error that says what to do."""
        with pytest.raises(TextTypeError, match="decode it first"):
            segment(b"bytes")  # type: ignore[arg-type]

    def test_titles_must_match(self):
        """A wrong number of titles is refused."""
        with pytest.raises(ValueError, match="1 titles for 2 texts"):
            segment_many(["a", "b"], titles=["a"])

    def test_repeated_paragraphs_have_their_own_spans(self):
        """The same words twice give two blocks with different offsets (DEMANDS 46)."""
        line = "The council of Port Lindow voted on Monday to put off the purchase of a ferry."
        blocks = segment(f"{line}\n{line}").blocks
        assert [(b.start, b.end) for b in blocks] == [
            (0, len(line)),
            (len(line) + 1, 2 * len(line) + 1),
        ]


class TestProperties:
    """What holds for every text."""

    @EASY
    @given(st.one_of(any_texts(), articles(), transcripts()))
    def test_invariants(self, text):
        """Spans are in order and nested, and blocks cover everything that shows."""
        check_invariants(segment(text))

    @EASY
    @given(st.one_of(any_texts(), articles(), transcripts()))
    def test_invariants_with_rules(self, text):
        """The same with the tokenizer to fall back on."""
        check_invariants(segment(text, tokenizer=RuleTokenizer()))

    @settings(EASY, max_examples=examples(12))
    @given(st.lists(st.one_of(articles(), transcripts(), any_texts()), max_size=4))
    def test_batches(self, texts):
        """Many at once give the same records as one by one, in any order (DEMANDS 32)."""
        single = [segment(text) for text in texts]
        assert segment_many(texts) == single
        assert segment_many(texts[::-1]) == single[::-1]

    @EASY
    @given(paragraphs())
    def test_no_sentence_is_a_lone_mark(self, text):
        """No sentence consists of marks while the paragraph has words."""
        article = segment(text)
        found = [text[start:end] for start, end in article.sentences]
        if any(any(c.isalnum() for c in sentence) for sentence in found):
            assert all(any(c.isalnum() for c in sentence) for sentence in found)

    @EASY
    @given(any_texts())
    def test_lines(self, text):
        """Lines are in order and never hold a line end."""
        lines = split_lines(text)
        assert all(len(text[line.start : line.end].splitlines()) >= 1 for line in lines)
        assert all(a.end <= b.start for a, b in pairwise(lines))
        assert not any(c in text[line.start : line.end] for line in lines for c in "\n\r\x85\u2028")


class TestSize:
    """Time grows in proportion to the text (DEMANDS 34)."""

    @pytest.mark.parametrize(
        "unit",
        [
            "It is late, she said. ",
            "a" * 50,
            "(" * 50,
            "A: b\n",
            '"' * 20,
            "MS. VELL: No.\n",
            "A. B. ",
            "” “ ",
            "No.” ",
        ],
        ids=[
            "prose",
            "letters",
            "brackets",
            "labels",
            "marks",
            "turns",
            "initials",
            "torn",
            "ends",
        ],
    )
    def test_linear(self, unit):
        """Eight times the text takes far less than sixty-four times the time."""

        def work(copies: int) -> None:
            segment(unit * copies, tokenizer=RuleTokenizer())

        few = 8000 // len(unit)
        assert timing.growth(lambda: work(few), lambda: work(8 * few), enough=24) < 24


@pytest.mark.skipif(not SHARED.is_dir(), reason="the PolNeAR corpus is not at ../shared/data")
def test_real_articles():
    """Every dev article keeps the invariants, and begins with its headline nearly always."""
    paths = sorted(SHARED.glob("*.txt"))
    texts = [path.read_bytes().decode("utf-8") for path in paths[::8]]
    found = segment_many(texts)
    for article in found:
        check_invariants(article)
    headlines = sum(article.blocks[0].kind == "headline" for article in found)
    assert headlines >= 0.9 * len(found)

"""Readers of the coreference corpora, all into one form: text, mentions, clusters.

OntoGUM (GUM's coreference after the scheme of OntoNotes; Zhu et al., 2021), LitBank (Bamman et al.,
2020) and GAP (Webster et al., 2018). None of them is distributed with quotecheck.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from quotecheck.training.tokenizer import GUM_GENRES_LEFT_OUT, Paragraph, read_conllu

__all__ = [
    "CorefDocument",
    "GapExample",
    "gum_names",
    "read_gap",
    "read_litbank",
    "read_ontogum",
]

CharSpan = tuple[int, int]

#: No space before these in text that is put together from tokens, and none after those.
_CLOSING = frozenset([*".,;:!?)]}”’%", "'s", "’s", "n't", "n’t", "'ll", "'re", "'ve", "'d", "'m"])
_OPENING = frozenset("([{“‘$")


@frozen(kw_only=True)
class CorefDocument:
    """A text with its coreference chains.

    Attributes:
        corpus: which corpus it is from.
        name: the document's name there.
        genre: its genre; "" when the corpus has but one.
        text: the text, paragraphs apart by a line end.
        blocks: (start, end) of each paragraph.
        sentences: (start, end) of each sentence as the corpus gives it.
        tokens: (start, end) of each token as the corpus gives it.
        clusters: chains, each of mention spans in text order; singletons where the corpus has them.
    """

    corpus: str
    name: str
    genre: str = ""
    text: str
    blocks: tuple[CharSpan, ...]
    sentences: tuple[CharSpan, ...]
    tokens: tuple[CharSpan, ...]
    clusters: tuple[tuple[CharSpan, ...], ...]

    @property
    def mentions(self) -> dict[CharSpan, int]:
        """The index of each mention's cluster."""
        return {span: i for i, cluster in enumerate(self.clusters) for span in cluster}


@frozen(kw_only=True)
class GapExample:
    """A pronoun with two names that it may mean.

    Attributes:
        name: its number in the corpus.
        text: a snippet of an article.
        pronoun: the pronoun.
        first: name A.
        second: name B.
        answers: whether the pronoun means A, and whether it means B; never both.
    """

    name: str
    text: str
    pronoun: CharSpan
    first: CharSpan
    second: CharSpan
    answers: tuple[bool, bool]


def gum_names(data: Path, split: str, *, every_genre: bool = False) -> list[tuple[str, str]]:
    """Returns (document, genre) of GUM's "train" or "dev" split.

    Genres with non-commercial texts are left out unless ``every_genre`` asks for them (for
    evaluation); reddit comes without text.
    """
    listed = (data / "gum" / "splits.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {split}\n(.*?)(?=^## |\Z)", listed, re.MULTILINE | re.DOTALL)
    if section is None or split not in ("train", "dev"):
        raise ValueError(f"GUM has no open split {split!r}; take 'train' or 'dev'.")
    names = re.findall(r"\* (GUM_([a-z]+)_\w+)", section.group(1))
    left_out = {"reddit"} if every_genre else GUM_GENRES_LEFT_OUT
    return [(name, genre) for name, genre in names if genre not in left_out]


def read_ontogum(data: Path, split: str, *, every_genre: bool = False) -> Iterator[CorefDocument]:
    """Yields the documents of a split of OntoGUM, with GUM's spacing and paragraphs."""
    for name, genre in gum_names(data, split, every_genre=every_genre):
        paragraphs = list(read_conllu(data / "gum" / f"{name}.conllu"))
        text, blocks, sentences, tokens = _joined(paragraphs)
        rows = _rows(data / "gum" / "ontogum" / f"{name}.conll")
        places = _aligned(text, tokens, [form for form, _ in rows])
        yield CorefDocument(
            corpus="ontogum",
            name=name,
            genre=genre,
            text=text,
            blocks=blocks,
            sentences=sentences,
            tokens=tokens,
            clusters=_clusters([tag for _, tag in rows], places),
        )


def read_litbank(data: Path) -> Iterator[CorefDocument]:
    """Yields LitBank's novel excerpts; spacing and paragraphs are restored by rule."""
    for path in sorted((data / "litbank" / "coref").glob("*.conll")):
        groups: list[list[tuple[str, str]]] = [[]]
        for line in path.read_text(encoding="utf-8").split("\n"):
            cells = line.split("\t")
            if len(cells) > 4 and not line.startswith("#"):
                groups[-1].append((cells[3], cells[-1] if cells[-1].strip() else cells[-2]))
            elif groups[-1]:
                groups.append([])
        text, blocks, sentences, tokens = _restored([[f for f, _ in g] for g in groups if g])
        yield CorefDocument(
            corpus="litbank",
            name=path.name.removesuffix("_brat.conll"),
            text=text,
            blocks=blocks,
            sentences=sentences,
            tokens=tokens,
            clusters=_clusters([tag for group in groups for _, tag in group], tokens),
        )


def read_gap(path: Path) -> Iterator[GapExample]:
    """Yields the examples of a GAP file.

    Raises:
        ValueError: the file is GAP's test split, which serves others' evaluation.
    """
    if "test" in path.name:
        raise ValueError(f"{path.name} is a test split; train on development, report validation.")
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):

            def span(form: str, offset: str, row: dict[str, str] = row) -> CharSpan:
                start = int(row[offset])
                return start, start + len(row[form])

            yield GapExample(
                name=row["ID"],
                text=row["Text"],
                pronoun=span("Pronoun", "Pronoun-offset"),
                first=span("A", "A-offset"),
                second=span("B", "B-offset"),
                answers=(row["A-coref"].upper() == "TRUE", row["B-coref"].upper() == "TRUE"),
            )


_Layout = tuple[str, tuple[CharSpan, ...], tuple[CharSpan, ...], tuple[CharSpan, ...]]


def _joined(paragraphs: list[Paragraph]) -> _Layout:
    text, blocks = "", []
    sentences: list[CharSpan] = []
    tokens: list[CharSpan] = []
    for paragraph in paragraphs:
        at = len(text)
        blocks.append((at, at + len(paragraph.text)))
        sentences += [(at + s, at + e) for s, e in paragraph.sentences]
        tokens += [(at + s, at + e) for s, e in paragraph.tokens]
        text += paragraph.text + "\n"
    return text, tuple(blocks), tuple(sentences), tuple(tokens)


def _restored(sentences: list[list[str]]) -> _Layout:
    """Returns running text from tokens: a paragraph starts where a quotation opens a sentence."""
    text, blocks = "", [0]
    spans: list[CharSpan] = []
    tokens: list[CharSpan] = []
    for sentence in sentences:
        if text and sentence[0] in ("“", '"', "‘") and text.rstrip()[-1] not in ",;:":
            text = text.rstrip() + "\n"
            blocks.append(len(text))
        first, glued = len(tokens), True
        for form in sentence:
            if not glued and form not in _CLOSING and form not in ("--", "—"):
                text += " "
            tokens.append((len(text), len(text) + len(form)))
            text += form
            glued = form in _OPENING or form in ("--", "—")
        spans.append((tokens[first][0], tokens[-1][1]))
        text += " "
    text = text.rstrip()
    ends = [*(b - 1 for b in blocks[1:]), len(text)]
    return text, tuple(zip(blocks, ends, strict=True)), tuple(spans), tuple(tokens)


def _rows(path: Path) -> list[tuple[str, str]]:
    lines = (line.split("\t") for line in path.read_text(encoding="utf-8").split("\n"))
    return [(cells[1], cells[-1]) for cells in lines if len(cells) >= 3]


def _aligned(text: str, tokens: tuple[CharSpan, ...], forms: list[str]) -> tuple[CharSpan, ...]:
    """Returns the span of each form, which the tokens spell in order but may cut otherwise."""
    if len(tokens) == len(forms):
        return tokens
    out, at = [], 0
    for form in forms:
        found = text.find(form, at)
        if 0 <= found <= at + 3:
            out.append((found, found + len(form)))
            at = found + len(form)
        else:  # a form that the text contracts: the rest of the token
            rest = next(e for _, e in tokens if e > at)
            out.append((at, rest))
            at = rest
    return tuple(out)


def _clusters(tags: list[str], places: tuple[CharSpan, ...]) -> tuple[tuple[CharSpan, ...], ...]:
    """Returns the chains of a CoNLL coreference column, ``(3|(12)`` or ``3)`` and so on."""
    chains: dict[str, set[CharSpan]] = defaultdict(set)
    waiting: dict[str, list[int]] = defaultdict(list)
    for tag, (start, end) in zip(tags, places, strict=True):
        for opened, key, closed in re.findall(r"(\(?)([\w-]+)(\)?)", tag.strip()):
            if opened and closed:
                chains[key].add((start, end))
            elif opened:
                waiting[key].append(start)
            elif closed and waiting[key]:
                chains[key].add((waiting[key].pop(), end))
    found = [tuple(sorted(chain)) for chain in chains.values()]
    return tuple(sorted(found))

"""Segment an article: blocks, sentences and tokens, all as offsets into the exact text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from attrs import frozen

from quotecheck.blocks import find_blocks
from quotecheck.errors import TextTypeError
from quotecheck.records import Article, Block, Notice
from quotecheck.sentences import repair
from quotecheck.tokenizer import StanzaTokenizer, TokenizedText, Tokenizer

__all__ = ["segment", "segment_many"]

Pair = tuple[int, int]

#: Blocks that are one sentence whatever periods they hold ("By J. T. Okonjo").
_ONE_SENTENCE = frozenset({"byline", "dateline"})


@lru_cache(maxsize=1)
def _default_tokenizer() -> StanzaTokenizer:
    return StanzaTokenizer()


@frozen(kw_only=True)
class _Piece:
    """A part of a block that is tokenized alone: the whole, or a turn's label or words."""

    start: int
    end: int
    whole: bool


def _pieces(text: str, block: Block) -> list[_Piece]:
    if block.label is None:
        return [_Piece(start=block.start, end=block.end, whole=block.kind in _ONE_SENTENCE)]
    # The label with its colon is a sentence of its own, so that no sentence mixes it with words.
    stop = block.label.end
    while (
        stop < block.end
        and text[stop] in "*_ :.—–-"
        and not text[block.label.end : stop].count(":")
    ):
        stop += 1
    while stop < block.end and text[stop] in "*_":
        stop += 1
    label = _Piece(start=block.start, end=stop, whole=True)
    if not text[stop : block.end].strip():
        return [label]
    return [label, _Piece(start=stop, end=block.end, whole=False)]


def _shifted(spans: Iterable[Pair], by: int) -> list[Pair]:
    return [(start + by, end + by) for start, end in spans]


def _assemble(
    text: str, blocks: Sequence[Block], pieces: Sequence[_Piece], found: Sequence[TokenizedText]
) -> Article:
    sentences: list[Pair] = []
    tokens: list[Pair] = []
    notices: list[Notice] = []
    for piece, split in zip(pieces, found, strict=True):
        if not split.tokens:
            continue
        part = text[piece.start : piece.end]
        if piece.whole:
            spans: Sequence[Pair] = [(split.tokens[0][0], split.tokens[-1][1])]
        else:
            spans = repair(part, split.tokens, split.sentences)
        tokens += _shifted(split.tokens, piece.start)
        sentences += _shifted(spans, piece.start)
        for n in split.notices:
            start, end = n.start + piece.start, n.end + piece.start
            notices.append(Notice(code=n.code, message=n.message, start=start, end=end))
    return Article(
        text=text,
        blocks=tuple(blocks),
        sentences=tuple(sentences),
        tokens=tuple(tokens),
        notices=tuple(notices),
    )


def segment_many(
    texts: Iterable[str],
    *,
    titles: Iterable[str | None] | None = None,
    tokenizer: Tokenizer | None = None,
) -> list[Article]:
    """Segments several articles at once, which is faster; the records are the same as one by one.

    Args:
        texts: the articles.
        titles: their headlines, as many as texts.
        tokenizer: what makes tokens and sentences of paragraphs; the bundled Stanza model if None.

    Returns:
        One `Article` a text, in order.

    Raises:
        TextTypeError: an item is not a ``str``.
        ValueError: there are not as many titles as texts.
        ModelError: the bundled model is missing or damaged.
    """
    listed = list(texts)
    for text in listed:
        if not isinstance(text, str):
            raise TextTypeError(text)
    names = list(titles) if titles is not None else [None] * len(listed)
    if len(names) != len(listed):
        raise ValueError(f"{len(names)} titles for {len(listed)} texts: give as many.")
    blocks = [find_blocks(text, title=name) for text, name in zip(listed, names, strict=True)]
    pieces = [
        [piece for block in found for piece in _pieces(text, block)]
        for text, found in zip(listed, blocks, strict=True)
    ]
    parts = [t[p.start : p.end] for t, group in zip(listed, pieces, strict=True) for p in group]
    split = iter((tokenizer or _default_tokenizer())(parts) if parts else [])
    return [
        _assemble(text, found, group, [next(split) for _ in group])
        for text, found, group in zip(listed, blocks, pieces, strict=True)
    ]


def segment(text: str, *, title: str | None = None, tokenizer: Tokenizer | None = None) -> Article:
    r"""Splits an article into blocks, sentences and tokens.

    >>> article = segment("MS. VELL: We sail.\nMR. ORRIN: In the U.S. Sen. Tam Ellery says no.")
    >>> [article.text[start:end] for start, end in article.sentences][2:]
    ['MR. ORRIN:', 'In the U.S. Sen. Tam Ellery says no.']

    Args:
        text: the article; any string, an empty one too.
        title: its headline when known.
        tokenizer: what makes tokens and sentences of paragraphs; the bundled Stanza model if None.

    Returns:
        The text's blocks, sentences and tokens. Offsets are code points of ``text``, end exclusive;
        sentences lie inside blocks, tokens inside sentences.

    Raises:
        TextTypeError: ``text`` is not a ``str``.
        ModelError: the bundled model is missing or damaged.
    """
    return segment_many([text], titles=[title], tokenizer=tokenizer)[0]

"""The record of one text that was read in."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from quotecheck.errors import TextTypeError
from quotecheck.records import Block, BlockKind, Notice

__all__ = ["Document", "join_paragraphs"]

#: What stands between the paragraphs of a text that is put together from pieces.
PARAGRAPH_BREAK = "\n\n"


@frozen(kw_only=True)
class Document:
    """One text to analyse and what is known about it.

    Attributes:
        source: the path as given, ``path:line`` for a record of a JSONL file, ``-`` for standard
            input.
        text: the exact text; every offset counts its code points.
        encoding: the encoding that was assumed.
        title: title found by the reader, if any.
        url: address found by the reader, if any.
        published: date found by the reader, as it stands there.
        blocks: layout known for certain (web pages, lists of paragraphs); empty otherwise.
        notices: what went wrong on the way, such as undecodable bytes.
    """

    source: str = "-"
    text: str
    encoding: str = "utf-8"
    title: str | None = None
    url: str | None = None
    published: str | None = None
    blocks: tuple[Block, ...] = ()
    notices: tuple[Notice, ...] = ()


def lay_out(pieces: Iterable[tuple[BlockKind, str]]) -> tuple[str, tuple[Block, ...]]:
    """Returns the pieces as one text with an empty line between, and the block of each piece."""
    text = ""
    blocks = []
    for kind, piece in pieces:
        if not piece.strip():
            continue
        if text:
            text += PARAGRAPH_BREAK
        blocks.append(Block(start=len(text), end=len(text) + len(piece), kind=kind))
        text += piece
    return text, tuple(blocks)


def join_paragraphs(
    paragraphs: Iterable[str],
    *,
    title: str | None = None,
    url: str | None = None,
    published: str | None = None,
    source: str = "-",
) -> Document:
    r"""Returns a list of paragraphs as one document, its blocks telling where each one stands.

    Empty paragraphs are left out. The title is kept as data and not put into the text.

    >>> document = join_paragraphs(["“We will go,” Mara Quist said.", "She left."])
    >>> document.text
    '“We will go,” Mara Quist said.\n\nShe left.'
    >>> document.text[document.blocks[1].start :]
    'She left.'

    Raises:
        TextTypeError: a paragraph is not a str.
    """
    pieces: list[tuple[BlockKind, str]] = []
    for paragraph in [paragraphs] if isinstance(paragraphs, str) else paragraphs:
        if not isinstance(paragraph, str):
            raise TextTypeError(paragraph, "a paragraph")
        pieces.append(("paragraph", paragraph))
    text, blocks = lay_out(pieces)
    return Document(
        source=source, text=text, title=title, url=url, published=published, blocks=blocks
    )

"""What a difference weighs: the heaviest thing that is on one side only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from quotecheck.check.lexicon import FUNCTION_WORDS, is_filler, modals, negators
from quotecheck.check.numbers import is_number
from quotecheck.check.result import Weight
from quotecheck.check.tokens import Tokens

__all__ = ["Words", "is_name", "weigh"]

_SENTENCE_END = ".?!:…"


class Words:
    """Some tokens of a text and what they hold."""

    def __init__(self, tokens: Tokens, indices: Iterable[int], *, bracketed: bool = False) -> None:
        self.index = list(indices)
        self.key = [part for i in self.index for part in _parts(tokens, i)]
        self.negators = Counter(n for k in self.key for n in negators(k))
        self.modals = Counter(m for k in self.key for m in modals(k))
        self.numbers = Counter(k for k in self.key if is_number(k) and k not in ("one", "second"))
        self.ones = Counter(k for k in self.key if k in ("one", "second"))
        # An editor's brackets hold names as they are written; nothing else explains a capital.
        self.names = Counter(
            tokens.key[i] for i in self.index if is_name(tokens, i, anywhere=bracketed)
        )


def _parts(tokens: Tokens, i: int) -> tuple[str, ...]:
    """The key of a token; of a patched word also what stands in its brackets."""
    patch = tokens.patched.get(i)
    return (tokens.key[i],) if patch is None else (tokens.key[i], *patch[1])


def is_name(tokens: Tokens, i: int, *, anywhere: bool = False) -> bool:
    """Whether a token is written as a name: with a capital that no sentence start explains.

    Args:
        tokens: the tokens of a text.
        i: which one.
        anywhere: take a capital at the start of a sentence for a name as well.
    """
    raw = tokens.raw(i).lstrip("[")
    key = tokens.key[i]
    if not raw[:1].isupper() or key in FUNCTION_WORDS or modals(key) or negators(key):
        return False
    if anywhere:
        return True
    if i == 0:
        return not _common(tokens, key)
    between = tokens.text[tokens.end[i - 1] : tokens.start[i]]
    opens = any(c in between for c in _SENTENCE_END) or tokens.start[i] < tokens.end[i - 1]
    return not (opens and _common(tokens, key))


def _common(tokens: Tokens, key: str) -> bool:
    """A word at the start of a sentence is no name unless it has a capital inside one as well."""
    for i in range(1, len(tokens.key)) if len(tokens.key) < 400 else ():
        if tokens.key[i] == key and tokens.raw(i)[:1].isupper():
            between = tokens.text[tokens.end[i - 1] : tokens.start[i]]
            if not any(c in between for c in _SENTENCE_END):
                return False
    return True


def weigh(quote: Words, source: Words) -> Weight:
    """Returns the weight of replacing the source's words by the quote's."""
    for mine, theirs, weight in (
        (quote.negators, source.negators, "negation"),
        (quote.numbers, source.numbers, "number"),
        (quote.names, source.names, "name"),
        (quote.modals, source.modals, "modal"),
        (quote.ones, source.ones, "number"),
    ):
        if mine != theirs:
            return weight  # type: ignore[return-value]
    both = set(quote.key) | set(source.key)
    if not both:
        return "glyph"
    if all(is_filler(k) for k in both):
        return "filler"
    return "function" if all(k in FUNCTION_WORDS for k in both) else "content"

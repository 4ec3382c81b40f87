"""What an editor's brackets and ellipses may stand for, and what they must not change."""

from __future__ import annotations

from collections import Counter

from quotecheck.check.lexicon import FUNCTION_WORDS, NEGATIVE_PREFIXES, STAGE, TIMESTAMP
from quotecheck.check.numbers import is_number
from quotecheck.check.quote import ELLIPSIS, Gap
from quotecheck.check.result import Weight
from quotecheck.check.weight import Words, weigh

__all__ = ["count_brackets", "is_literal", "patch_fault", "unfaithful"]


def count_brackets(text: str) -> int:
    """Returns the number of editorial brackets in a stretch of text."""
    if "[" not in text and "]" not in text:
        return 0
    text = TIMESTAMP.sub("", STAGE.sub("", text))
    return text.count("[") + text.count("]")


def is_literal(gap: Gap, mine: str, theirs: str, inside: list[str], swallowed: list[str]) -> bool:
    """Returns whether the source has the same ellipsis and the same words in the same brackets."""
    if inside != swallowed:
        return False
    if gap.ellipsis and len(ELLIPSIS.findall(mine)) != len(ELLIPSIS.findall(theirs)):
        return False
    return mine.count("[") == theirs.count("[") and mine.count("]") == theirs.count("]")


def unfaithful(inside: Words, swallowed: Words) -> Weight | None:
    """Returns what a bracket or ellipsis must not change, if it does."""
    if inside.negators != swallowed.negators:
        return "negation"
    checks: tuple[tuple[Counter[str], Counter[str], Weight], ...] = (
        (inside.numbers, swallowed.numbers, "number"),
        (inside.modals, swallowed.modals, "modal"),
    )
    for mine, theirs, weight in checks:
        if mine and theirs and mine != theirs:
            return weight
    if inside.names and swallowed.names and not inside.names & swallowed.names:
        return "name"
    return None


def patch_fault(
    patch: tuple[str, tuple[str, ...], str], mine: Words, theirs: Words, key: str
) -> Weight | None:
    """Returns what brackets inside a word change beyond its ending, if they do.

    Args:
        patch: what stands before, in and after the brackets, as in `Tokens.patched`.
        mine: the patched word.
        theirs: the source's word.
        key: the key of that.
    """
    before, inside, after = patch
    turned = before and inside == ("less",) and not key.endswith("less")
    if mine.negators != theirs.negators or turned:
        return "negation"
    if mine.modals and theirs.modals and mine.modals != theirs.modals:
        return "modal"
    if any(is_number(k) for k in (key, *mine.key)):
        return "number"
    if not before and after[:1].isalpha():  # "[un]likely" for "likely", "[J]ones" for "Bones"
        negated = "".join(inside) in NEGATIVE_PREFIXES
        weight = "negation" if negated else weigh(mine, theirs)
        return "content" if weight in ("glyph", "filler", "function") else weight
    if mine.names and theirs.names and "".join(inside) not in ("s", "es", "'s"):
        return "name"
    stem = len(before) + len(after)
    if before and 2 * stem <= len(key) and not {key, *mine.key} & FUNCTION_WORDS:
        return "content"  # "lo[ve]" for "loathe"
    return None

"""`quotecheck.check` against the oracle, and what must hold for any text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quotecheck.check import QuoteCheck, SourceIndex, check
from quotecheck.errors import CheckInputError
from tests.depth import examples
from tests.oracle import FILLERS, NEGATORS, NUMBERS, Item, right_answers
from tests.strategies import any_texts

LADDER = ("exact", "folded", "cleaned", "bracketed", "elided", "altered", "absent", "ambiguous")
PLAIN = ["mill", "harbour", "river", "bridge", "stone", "green", "Mara", "closes", "must", "may"]
VOCABULARY = [*PLAIN, *sorted(NEGATORS), *sorted(NUMBERS), *sorted(FILLERS)]
SPEAKERS = ("MS. QUIST", "MR. VELL")

turns_of_words = st.lists(
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=14), min_size=1, max_size=3
)


def _rendered(turns: list[list[str]]) -> str:
    """A transcript in which nothing but words stands."""
    return "\n".join(f"{SPEAKERS[i % 2]}: {' '.join(turn)}" for i, turn in enumerate(turns))


def _quoted(items: list[Item]) -> str:
    parts = []
    for item in items:
        if item is None:
            parts.append("...")
        else:
            parts.append(item if isinstance(item, str) else f"[{' '.join(item)}]")
    return " ".join(parts)


def _trimmed(items: list[Item]) -> list[Item]:
    """Without what is no plain word at the ends, and without two marks in a row."""
    plain = [i for i, x in enumerate(items) if isinstance(x, str) and x.lower() not in FILLERS]
    if not plain:
        return []
    inner = items[plain[0] : plain[-1] + 1]
    marks = [not isinstance(x, str) for x in inner]
    return [x for i, x in enumerate(inner) if not (marks[i] and i and marks[i - 1])]


def _upper(item: Item) -> Item:
    return item.upper() if isinstance(item, str) and item not in FILLERS else item


@st.composite
def changed_quotes(draw: st.DrawFn) -> tuple[list[Item], list[list[str]]]:
    """A stretch of a transcript, perhaps over turns, with up to three changes."""
    turns = draw(turns_of_words)
    words = [word for turn in turns for word in turn]
    start = draw(st.integers(0, len(words) - 1))
    end = draw(st.integers(start + 1, min(len(words), start + 16)))
    items: list[Item] = list(words[start:end])
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(items)))
        size = draw(st.integers(0, 4))
        kind = draw(
            st.sampled_from(["insert", "delete", "replace", "swap", "elide", "bracket", "fold"])
        )
        if kind == "insert":
            items[at:at] = [draw(st.sampled_from(VOCABULARY))]
        elif kind == "delete":
            del items[at : at + 1]
        elif kind == "replace":
            items[at : at + 1] = [draw(st.sampled_from(VOCABULARY))]
        elif kind == "swap":
            items = [*items[at:], *items[:at]]
        elif kind == "elide":
            items[at : at + size] = [None]
        elif kind == "bracket":
            inside = draw(st.lists(st.sampled_from([*PLAIN[:6], "not"]), min_size=1, max_size=2))
            items[at : at + size] = [tuple(inside)]
        else:
            items[at : at + 1] = [
                x.upper() if isinstance(x, str) and x not in FILLERS else x
                for x in items[at : at + 1]
            ]
    return _trimmed(items), turns


def _agrees(items: list[Item], turns: list[list[str]]) -> None:
    right = right_answers(items, turns)
    answer = check(_quoted(items), _rendered(turns)).wording
    milder = LADDER.index(answer) < min(LADDER.index(r) for r in right)
    assert not milder, f"{answer} is milder than {right}"
    assert answer in right


@settings(max_examples=examples(200), deadline=None)
@given(changed_quotes())
@example((["mill", None, "river"], [["mill", "not", "river"]]))
@example((["mill", "river"], [["mill"], ["river", "stone"]]))
@example((["mill", ("green",), "river"], [["mill", "not", "river"]]))
@example((["7", "river"], [["seven", "um", "river"]]))
def test_no_answer_is_milder_than_the_oracle(case: tuple[list[Item], list[list[str]]]) -> None:
    """Whatever is inserted, deleted, swapped, elided or bracketed, the oracle's answer is given."""
    items, turns = case
    said = sum(isinstance(item, str) for item in items)
    # A quote of more than twice the source's words is refused.
    if items and said <= sum(word not in FILLERS for turn in turns for word in turn):
        _agrees(items, turns)


@settings(max_examples=examples(75), deadline=None)
@given(st.data(), turns_of_words)
def test_a_dropped_or_added_negation_is_never_supported(
    data: st.DataObject, turns: list[list[str]]
) -> None:
    """A negation put into a stretch that the source has once makes it altered or absent."""
    turn = [w for w in turns[0] if w not in FILLERS and w not in NEGATORS and w not in NUMBERS]
    words = [*turn, "alpha", "beta", "gamma", "delta"]
    at = data.draw(st.integers(1, len(words) - 1))
    negated = [*words[:at], "not", *words[at:]]
    assert not check(" ".join(negated), " ".join(words)).supported
    assert not check(" ".join(words), " ".join(negated)).supported
    assert not check(" ".join([*words[:at], "...", *words[at:]]), " ".join(negated)).supported


@settings(max_examples=examples(100), deadline=None)
@given(any_texts(), any_texts())
def test_offsets_cut_the_texts_they_claim(quote: str, source: str) -> None:
    """Every span is the slice of its text, whatever the text; the record survives JSON."""
    try:
        result = check(quote, source)
    except CheckInputError:
        return
    for span in result.spans:
        assert source[span.start : span.end] == span.text
    for edit in result.edits:
        assert quote[edit.quote.start : edit.quote.end] == edit.quote.text
        assert source[edit.source.start : edit.source.end] == edit.source.text
    assert QuoteCheck.from_json(result.to_json()) == result


@settings(max_examples=examples(75), deadline=None)
@given(any_texts())
def test_a_text_stands_in_itself(text: str) -> None:
    """A text without labels is found in itself, at least folded."""
    try:
        index = SourceIndex(text)
    except CheckInputError:
        return
    if len(index.source.layers[0]) == 1:
        assert index.check(text).wording in ("exact", "folded")


def test_the_oracle_itself_knows_the_ladder() -> None:
    """The oracle gives the answers of docs/check.md on the simplest cases."""
    source = [["mill", "not", "um", "river"]]
    assert right_answers(["mill", "not"], source) == {"exact"}
    assert right_answers(["MILL", "not"], source) == {"folded"}
    assert right_answers(["not", "river"], source) == {"cleaned"}
    assert right_answers([*"ab"], [["c"]]) == {"absent"}
    assert right_answers(["mill", None, "river"], source) == {"altered"}
    with pytest.raises(CheckInputError):
        check("", "mill")


@pytest.mark.parametrize(
    "quote", ["it \udbb0\udf72 held", "\ud800 it held", "it held \udc00\ud800"]
)
def test_lone_surrogates_come_back_from_json(quote: str) -> None:
    """Surrogates side by side are not read back as one character: no offset shifts."""
    found = check(quote, f"On Monday {quote}, she said.")
    assert QuoteCheck.from_json(found.to_json()) == found

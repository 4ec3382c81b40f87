"""Anchors that find a quote again, and locks that keep it unchanged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.check import TextQuoteSelector, find_selector, lock, make_selector, unlock
from quotecheck.errors import LockError, RecordError, TextTypeError
from tests.depth import examples
from tests.strategies import articles

PAGE = (
    "Mara Quist said: it is safe now. Later the council met. Bo Vell said: it is safe now. He left."
)


def test_twins_are_told_apart_by_their_context() -> None:
    """Each of two equal passages is found where it was."""
    for start in (17, PAGE.rindex("it is safe")):
        selector = make_selector(PAGE, start, start + 14)
        assert find_selector(selector, PAGE).span.start == start


def test_an_edited_page_keeps_its_anchor() -> None:
    """Words added elsewhere, and other glyphs, do not lose the place."""
    start = PAGE.rindex("it is safe")
    selector = make_selector(PAGE, start, start + 14)
    edited = "A new first line, dear readers. " + PAGE.replace("Later the council", "The council")
    found = find_selector(selector, edited)
    assert found.span.start == edited.rindex("it is safe")
    capitals = edited.replace("it is safe", "It  is safe")
    assert find_selector(selector, capitals).span.text == "It  is safe now"[:15].rstrip(".")


def test_a_twin_is_never_taken_for_a_lost_passage() -> None:
    """When the passage is gone and a twin stands elsewhere, the anchor is lost."""
    start = PAGE.rindex("it is safe")
    selector = make_selector(PAGE, start, start + 14)
    without = PAGE[: PAGE.index("Later")]
    found = find_selector(selector, without)
    assert (found.status, found.span, len(found.candidates)) == ("lost", None, 1)


def test_equal_twins_are_ambiguous() -> None:
    """Without context, or with the same context, two places are two candidates."""
    page = "a line here\n" * 3
    assert find_selector({"exact": "a line here"}, page).status == "ambiguous"
    assert (
        find_selector({"exact": "a line here", "prefix": "\n", "suffix": "\n"}, page).span is None
    )
    assert find_selector({"exact": "another"}, page).status == "lost"


def test_selectors_follow_the_web_annotation_model() -> None:
    """They go out and come in as JSON-LD objects; broken ones are refused with all problems."""
    selector = make_selector(PAGE, 17, 31)
    data = json.loads(json.dumps(selector.to_dict()))
    assert data["type"] == "TextQuoteSelector"
    assert TextQuoteSelector.from_dict(data) == selector
    with pytest.raises(RecordError) as caught:
        TextQuoteSelector.from_dict({"type": "TextPositionSelector", "prefix": 7})
    assert len(caught.value.problems) == 3
    with pytest.raises(ValueError, match="not a span"):
        make_selector(PAGE, 5, 5)


@settings(max_examples=examples(30), deadline=None)
@given(articles(), st.data())
def test_every_span_is_found_again_in_its_own_text(text: str, data: st.DataObject) -> None:
    """A selector points to its span in the text it was made from, or says that it cannot tell."""
    if len(text) < 2:
        return
    start = data.draw(st.integers(0, len(text) - 2))
    end = data.draw(st.integers(start + 1, min(len(text), start + 80)))
    found = find_selector(make_selector(text, start, end), text)
    assert found.status in ("found", "ambiguous")
    assert found.span is None or (found.span.start, found.span.end) == (start, end)


LINE = "“It is safe,” Ada Vell said. “We will ‘never’ close it.” Others doubt it."


def test_locked_quotes_come_back_unchanged() -> None:
    """The rest may be rewritten and reordered."""
    locked = lock(LINE)
    assert list(locked.keys.values()) == ["“It is safe,”", "“We will ‘never’ close it.”"]
    assert not any(mark in locked.text for mark in "“”‘’")
    first, second = locked.keys
    assert unlock(f"{second} And: {first}", json.loads(locked.keys_json())) == (
        "“We will ‘never’ close it.” And: “It is safe,”"
    )


@settings(max_examples=examples(40), deadline=None)
@given(articles())
def test_lock_and_unlock_give_the_text_back(text: str) -> None:
    """Any text survives the round trip."""
    locked = lock(text)
    assert unlock(locked.text, locked.keys) == text


def test_every_damage_is_named() -> None:
    """Lost, doubled, altered and invented placeholders are told, each by its name."""
    locked = lock(LINE)
    first, second = locked.keys
    with pytest.raises(LockError, match=f"{first} is lost"):
        unlock(locked.text.replace(first, ""), locked.keys)
    with pytest.raises(LockError, match=f"{second} stands 2 times"):
        unlock(locked.text + second, locked.keys)
    with pytest.raises(LockError) as caught:
        unlock(locked.text.replace(first, first.replace("QC1", "QC7")), locked.keys)
    assert len(caught.value.problems) == 2
    with pytest.raises(LockError, match="broken placeholder"):
        unlock(locked.text + " QC2-abcd", locked.keys)
    with pytest.raises(LockError, match="does not fit its quote"):
        unlock(locked.text, {**locked.keys, first: "“It is not safe,”"})


def test_what_cannot_be_locked() -> None:
    """Placeholders in the text, overlapping spans, and bytes are refused."""
    with pytest.raises(LockError, match="already"):
        lock(lock(LINE).text)
    with pytest.raises(LockError, match="overlaps"):
        lock(LINE, [(0, 5), (3, 8)])
    with pytest.raises(TextTypeError):
        lock(b"text")
    assert lock(LINE, [(0, 5)]).keys.popitem()[1] == LINE[:5]

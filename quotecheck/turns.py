"""Speaker labels: which lines of a text are turns of a transcript or of questions and answers.

A label alone proves nothing ("The bottom line: ...", "UPDATE: ..."). Lines become turns when the
text as a whole shows that it is a transcript: labels that recur, two speakers in capitals, ``Q``
and ``A``. See stanfordnlp/stanza#1523 for what goes wrong when labels are taken for text.

What a label looks like is said here once, in `read_label`; segmentation (`find_turns`) and checking
(`quotecheck.check.turns`) ask for different proof that a text is a transcript.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from attrs import frozen

from quotecheck.lexicon import layout
from quotecheck.lines import Stretch

__all__ = ["Label", "begins_turn", "find_turns", "is_stage_direction", "read_label"]

LabelKind = Literal["qa", "caps", "name"]

#: Longest label in words: "REP. ILSE VAN DER BRANDT, CHAIR OF THE HARBOUR COMMITTEE".
MOST_WORDS = 10
#: Longest name before a comma or bracket in a label.
MOST_NAME_WORDS = 5
#: A stage direction is short; a whole paragraph in brackets is an aside.
MOST_DIRECTION_WORDS = 12

_TIME = r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?[\])]?"
_LABEL = re.compile(
    rf"(?:{_TIME}\s*[-–—]?\s*)?[\"“‘'*_#>\-–—\s]{{0,4}}"
    rf"(?P<label>[^\W\d_][^:\"“”?!;\n\r]{{0,90}}?(?:\({_TIME}\))?)(?P<close>[*_]{{0,3}}\s?:[*_]{{0,3}})"
    r"(?=[\s\"“‘(\[]|$)"
)
_QA = re.compile(
    r"[\"“*_]{0,3}(?P<label>Q|A|QUESTION|ANSWER)\d{0,2}(?P<close>\.|\s?[—–]|\s-)(?=\s)"
)
_INLINE_QA = re.compile(r"(?<=[.?!…\"”)\]])\s+(?P<label>Q|A|QUESTION|ANSWER)\d{0,2}\s?:(?=\s)")
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_SMALL = "van von der den de del della di da dos du la le el al bin ibn of the and"
_PARTICLES = frozenset(_SMALL.split())
_DIRECTION = re.compile(
    r"(?:\([^()]{1,120}\)|\[[^\[\]]{1,120}\]|\*[^*]{1,80}\*|<[^<>]{1,80}>)[.\s]*"
)


@frozen(kw_only=True)
class Label:
    """A speaker label.

    Attributes:
        at: where the turn begins, a time stamp or mark before the label included.
        start: offset of the label.
        end: offset after the label, before its colon.
        content: offset after the colon.
        key: the name in it, for counting.
        kind: Q or A, a name in capitals, or a capitalised name.
    """

    at: int
    start: int
    end: int
    content: int
    key: str
    kind: LabelKind


def is_stage_direction(text: str) -> bool:
    """Whether a line is a stage direction: short and in brackets from end to end.

    >>> is_stage_direction("(LAUGHTER)"), is_stage_direction("(He left.) She stayed.")
    (True, False)
    """
    stripped = text.strip()
    return (
        _DIRECTION.fullmatch(stripped) is not None and len(stripped.split()) <= MOST_DIRECTION_WORDS
    )


def _kind(label: str) -> tuple[str, LabelKind] | None:
    """Returns the key and the kind of a possible label, None when it cannot be one."""
    name = _BRACKETS.sub("", label).split(",")[0].strip(" *_")
    words = name.split()
    if not words or len(words) > MOST_NAME_WORDS or len(label.split()) > MOST_WORDS:
        return None
    key = " ".join(words).casefold()
    if re.fullmatch(r"(?:q|a|question|answer)\d{0,2}", key):
        return key.rstrip("0123456789"), "qa"
    lexicon = layout()
    first, last = words[0].casefold().rstrip("."), words[-1].casefold()
    if first in lexicon.not_speakers or last in lexicon.not_speakers:
        return None
    if first in ("the", "a", "an") and not lexicon.roles.intersection(
        {last, " ".join(words[1:]).casefold()}
    ):
        return None
    letters = [c for c in name if c.isalpha()]
    if len(letters) >= 2 and all(not c.islower() for c in letters):
        return key, "caps"
    numbered = first in lexicon.roles and last.isdecimal()  # "Speaker 2"
    named = words[:-1] if numbered else words
    capital = all(w[0].isupper() or w.casefold() in _PARTICLES for w in named)
    return (key, "name") if capital and words[0][0].isupper() else None


def read_label(text: str, start: int, end: int) -> Label | None:
    """Returns the label at the beginning of a line, None when there is none.

    >>> label = read_label("[00:12] MS. VELL (smiling): Never.", 0, 34)
    >>> label.key, label.kind, label.start
    ('ms. vell', 'caps', 8)

    Args:
        text: the text.
        start: where the line begins, white space left out.
        end: where it ends.
    """
    match = _LABEL.match(text, start, min(end, start + 140))
    if match is None:
        match = _QA.match(text, start, end)
    if match is None:
        return None
    found = _kind(match["label"])
    if found is None:
        return None
    left, right = match.span("label")
    key, kind = found
    return Label(at=start, start=left, end=right, content=match.end(), key=key, kind=kind)


def begins_turn(text: str, line: Stretch) -> bool:
    """Whether a line begins with a label that needs no more evidence to be a line of its own."""
    label = read_label(text, line.start, line.end)
    return label is not None and label.kind != "name"


def _accepted(found: Sequence[Label], lines: int) -> dict[LabelKind, bool]:
    """Decides which kinds of labels are turns in this text."""
    counts: dict[LabelKind, Counter[str]] = {"qa": Counter(), "caps": Counter(), "name": Counter()}
    for label in found:
        counts[label.kind][label.key] += 1
    qa = counts["qa"]
    questions = qa["q"] + qa["question"]
    answers = qa["a"] + qa["answer"]
    caps = counts["caps"]
    # At a briefing "Q" asks and one name in capitals answers.
    briefing = questions > 0 and not answers and bool(caps)
    is_qa = (questions > 0 and answers > 0) or questions > 1 or briefing
    alone = caps.total() == 1 and lines <= 2
    is_caps = len(caps) > 1 or max(caps.values(), default=0) > 2 or alone or briefing
    names = counts["name"]
    recurring = [key for key, n in names.items() if n > 1]
    covers = names.total() >= 0.8 * lines and len(names) > 1 and names.total() > 2
    is_names = (len(recurring) > 1) or covers or (bool(recurring) and (is_caps or is_qa))
    return {"qa": is_qa, "caps": is_caps, "name": is_names}


def find_turns(text: str, units: Sequence[Stretch]) -> dict[int, list[Label]]:
    """Returns the labels of each unit that is a turn, none for a text without such evidence.

    Args:
        text: the text.
        units: its lines, wrapped ones joined.

    Returns:
        For the index of a unit its labels in order. A unit can hold several turns
        ("Q: ... A: ..." on one line); the first label is at its start.
    """
    labels = {i: read_label(text, unit.start, unit.end) for i, unit in enumerate(units)}
    found = {i: label for i, label in labels.items() if label is not None}
    answers = {
        i: _more(text, units[i], label, _INLINE_QA)
        for i, label in found.items()
        if label.kind == "qa"
    }
    counted = [*found.values(), *(label for group in answers.values() for label in group)]
    kinds = _accepted(counted, len(units))
    turns = {i: [label, *answers.get(i, ())] for i, label in found.items() if kinds[label.kind]}
    inline = _inline_pattern([group[0] for group in turns.values()])
    if inline is not None:
        for i, group in turns.items():
            if group[0].kind == "caps":
                group += _more(text, units[i], group[0], inline)
    return turns


def _inline_pattern(labels: Sequence[Label]) -> re.Pattern[str] | None:
    """Returns a pattern for the known names in capitals where they begin a turn in mid-line."""
    keys = {label.key for label in labels if label.kind == "caps"}
    if not keys:
        return None
    names = "|".join(re.escape(key.upper()) for key in sorted(keys, key=len, reverse=True))
    return re.compile(
        rf"(?<=[.?!…\"”’)\]—-])\s+(?P<label>(?:{names})(?:\s\([^()]{{1,40}}\))?)\s?:(?=\s)"
    )


def _more(text: str, unit: Stretch, first: Label, inline: re.Pattern[str]) -> list[Label]:
    out = []
    for match in inline.finditer(text, first.content, unit.end):
        start, end = match.span("label")
        found = _kind(match["label"])
        if found is not None:
            key, kind = found
            label = Label(at=start, start=start, end=end, content=match.end(), key=key, kind=kind)
            out.append(label)
    return out

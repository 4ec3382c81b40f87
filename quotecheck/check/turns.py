"""Speaker turns of a source, found by their labels alone.

What a label looks like is `quotecheck.turns.read_label`'s to say. Segmentation asks whether a line
is certainly a turn; checking asks whether two lines may be by different people, since no quote may
run over both. So labels need less proof here, may stand in running text (in capitals, after the end
of a sentence), and the marks of subtitles count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from attrs import frozen

from quotecheck.check.lexicon import words
from quotecheck.lexicon import layout
from quotecheck.lines import split_lines
from quotecheck.records import Span
from quotecheck.turns import read_label

__all__ = ["Turn", "find_turns", "label_name"]


@frozen(kw_only=True)
class Turn:
    """One turn of a transcript.

    Attributes:
        label: the label without its colon and without a stage direction (``MS. VELL``); None for
            text before the first label and for turns that only ``>>`` marks.
        start: offset where the turn begins, its label included.
        body_start: offset of the first character of what is said.
        end: offset after the last one.
    """

    label: Span | None
    start: int
    body_start: int
    end: int


#: More first or last words of labels that introduce something other than speech.
_NOT_LABELS = frozenset(
    words(
        """
    breaking caption correction corrections credit date details exclusive fact here image live
    location more note notes opinion phone photo photos picture place related source sources
    subject summary tags time tip title to topics update updated via video warning watch when
    where who why what how website takeaway line story stories articles
    """
    )
)

_STAMP = r"(?:[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]?[ \t]{1,4})?"
_ARROW = re.compile(rf"{_STAMP}>{{2,3}}[ \t]*")
#: Where a label in capitals may stand in running text: after the end of a sentence or direction.
_INLINE = re.compile(r"(?<=[.?!)\]\"”’—-])[ \t]{1,3}(?=[^\W\d_a-z][^:\n]{1,90}:[ \t])")
_VOICE = re.compile(r"<v(?:\.[\w.-]+)?[ \t]+(?P<label>[^>\n]+)>", re.IGNORECASE)


@frozen(kw_only=True)
class _Mark:
    start: int
    body: int
    label: tuple[int, int] | None
    kind: str


def _label_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Leaves out a trailing aside ``(to X)``, punctuation and white space."""
    aside = re.search(r"\s*[(\[][^()\[\]]*[)\]]\s*$", text[start:end])
    if aside and aside.start() > 0:
        end = start + aside.start()
    while end > start and text[end - 1] in " \t:":
        end -= 1
    return start, end


def _is_label(label: str) -> bool:
    mine = label.casefold().split(",")[0].split()
    blocked = _NOT_LABELS | layout().not_speakers
    return bool(mine) and not blocked.intersection((mine[0].rstrip("."), mine[-1]))


def _line_marks(text: str) -> Iterator[_Mark]:
    for line in split_lines(text):
        label = read_label(text, line.start, line.end)
        arrow = _ARROW.match(text, line.start, line.end)
        if label is not None:
            span = _label_span(text, label.start, label.end)
            if label.kind == "qa" or _is_label(text[slice(*span)]):
                yield _Mark(start=line.start, body=label.content, label=span, kind=label.kind)
                continue
        if arrow:
            yield _Mark(start=line.start, body=arrow.end(), label=None, kind="arrow")


def _inline_marks(text: str) -> Iterator[_Mark]:
    for match in _INLINE.finditer(text):
        label = read_label(text, match.end(), min(len(text), match.end() + 140))
        if label is None or label.kind != "caps":
            continue
        start, end = _label_span(text, label.start, label.end)
        if end - start > 1 and _is_label(text[start:end]):
            yield _Mark(start=start, body=label.content, label=(start, end), kind="inline")


def _voice_marks(text: str) -> Iterator[_Mark]:
    for match in _VOICE.finditer(text):
        yield _Mark(start=match.start(), body=match.end(), label=match.span("label"), kind="voice")


def _believable(text: str, marks: Sequence[_Mark]) -> list[_Mark]:
    """Keeps the labels only where the text looks like a transcript.

    A single "Name: ..." line in running prose is none. Two labels in capitals are, and names as
    Q and A when one comes back, or when labels head at least half of the paragraphs.
    """
    at_line = [m for m in marks if m.label and m.kind in ("qa", "caps", "name")]
    keys = [text[m.label[0] : m.label[1]].casefold() for m in at_line if m.label]
    strong = [m for m in marks if m.kind in ("qa", "caps", "inline")]
    paragraphs = sum(1 for line in text.splitlines() if line.strip())
    mostly = 2 * len(at_line) >= paragraphs
    recurs = len(set(keys)) < len(keys)
    believed = {"arrow", "voice"}
    if mostly or (recurs and len(keys) >= 2):
        believed |= {"qa", "caps", "name", "inline"}
    elif len(strong) >= 2:
        believed |= {"qa", "caps", "inline"}
    return [m for m in marks if m.kind in believed]


def find_turns(text: str) -> tuple[Turn, ...]:
    r"""Returns the turns of a transcript in text order, or nothing when the text is none.

    Labels that are known: ``Q:``, ``A.``, ``MS. NAME:``, ``WALLACE:``, ``NAME (to X):``,
    ``Mara Quist:``, ``>> NAME:``, WebVTT's ``<v Name>``. Lines without a label belong to the turn
    before them; text before the first label is a turn without a label.

    >>> text = "Q: Now?\nMS. VELL (smiling): Never.\nNot now."
    >>> [(t.label.text, text[t.body_start : t.end]) for t in find_turns(text)]
    [('Q', 'Now?'), ('MS. VELL', 'Never.\nNot now.')]

    Args:
        text: the transcript as given; offsets count its code points.
    """
    if ":" not in text and ">>" not in text and "<v" not in text and "Q." not in text:
        return ()
    marks = [*_line_marks(text), *_voice_marks(text)]
    taken = {m.body for m in marks}
    marks += [m for m in _inline_marks(text) if m.body not in taken]
    marks = _believable(text, sorted(marks, key=lambda m: (m.start, m.body)))
    if not marks:
        return ()
    turns = []
    if text[: marks[0].start].strip():
        turns.append(_turn(text, None, 0, 0, marks[0].start))
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        limit = following.start if following else len(text)
        turns.append(_turn(text, mark.label, mark.start, min(mark.body, limit), limit))
    return tuple(turns)


def _turn(text: str, label: tuple[int, int] | None, start: int, body: int, limit: int) -> Turn:
    end = limit
    while end > body and text[end - 1].isspace():
        end -= 1
    while body < end and text[body].isspace():
        body += 1
    return Turn(
        label=Span.of(text, *label) if label else None, start=start, body_start=body, end=end
    )


_NO_NAME = re.compile(
    r"(?:q|a|question|answer|(?:unidentified|unknown|speaker|male|female|audience)\b.*|man|woman"
    r"|reporters?|journalists?|interviewer|moderator|host|anchor|crowd|all|both|voice|narrator"
    r"|announcer|operator|participants?|the (?:court|clerk|witness|chair))\s*#?\d*",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"\s*(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)


def label_name(label: str) -> str | None:
    """Returns the name in a turn's label, or None when the label names nobody.

    A description after a comma is left out, a suffix is kept.

    >>> label_name("MARA QUIST, CITY EDITOR"), label_name("Q"), label_name("UNIDENTIFIED MALE")
    ('MARA QUIST', None, None)
    """
    name = re.sub(r"\s*[(\[][^)\]]*[)\]]", "", label).strip(" :*_\t")
    head, comma, tail = name.partition(",")
    if comma and not _SUFFIX.fullmatch(tail):
        name = head.strip()
    return None if not name or _NO_NAME.fullmatch(name) else name

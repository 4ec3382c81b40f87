"""What the tokenizer's network sees of a text, and the way back to the text's own offsets.

The network knows about two hundred characters. A `View` shows it any text in those: white space
runs become one space, invisible characters and combining marks vanish, unknown letters become
their base letter. Every view character remembers which code points it stands for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["TokenView", "View", "offsets", "spans_of"]

_DROPPED, _SPACE, _MARK, _PLAIN, _SYMBOL = range(5)
_JOINER = 0x200D
#: Marks that are always a token of their own, whatever the network makes of them.
_ALONE = re.compile("[\"“”„‟«»＂「」『』—―⸺]|-{2,}|''|``")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s\"“”<>]+|[\w.+%-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}",
    re.IGNORECASE,
)
_AFTER_ADDRESS = ".,;:!?)]}'’…"


@frozen(kw_only=True)
class View:
    """A text as the network sees it.

    Attributes:
        text: the view; begins and ends with a visible character, has single spaces only.
        starts: for each view character, where it begins in the source.
        ends: for each view character, where it ends there, combining marks included.
    """

    text: str
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


def offsets(text: str) -> npt.NDArray[np.uint32]:
    """Returns the code points of a text, lone surrogates too."""
    import numpy as np

    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _class_of(char: str) -> int:
    if char.isspace() or "\x80" <= char <= "\x9f":
        return _SPACE
    category = unicodedata.category(char)
    if category == "Cf":
        return _DROPPED
    if category in ("Mn", "Me", "Mc") or "\U0001f3fb" <= char <= "\U0001f3ff":
        return _MARK
    return _SYMBOL if category == "So" else _PLAIN


class TokenView:
    """Makes views in the vocabulary of one network.

    Args:
        units: the characters that the network knows, with their ids.
    """

    def __init__(self, units: Mapping[str, int]) -> None:
        self.units = units
        self._known: dict[int, tuple[int, int]] = {}

    def _look_up(self, code: int) -> tuple[int, int]:
        """Returns the class of a code point and the code point shown for it."""
        found = self._known.get(code)
        if found is None:
            char = chr(code)
            kind = _class_of(char)
            shown = " " if kind == _SPACE else self._shown(char)
            found = self._known[code] = (kind, ord(shown))
        return found

    def _shown(self, char: str) -> str:
        if char in self.units:
            return char
        base = unicodedata.normalize("NFKD", char)[0]
        if base in self.units and base != " ":
            return base
        if char.isdecimal():
            return "0"
        if char.isalpha():
            return "X" if char.isupper() or char.istitle() else "x"
        return "\ufffd"

    def of(self, text: str) -> View:
        """Returns the view of a text."""
        import numpy as np

        codes = offsets(text)
        distinct, where = np.unique(codes, return_inverse=True)
        table = np.array([self._look_up(int(c)) for c in distinct], dtype=np.int64).reshape(-1, 2)
        kinds = table[where, 0]
        visible = np.flatnonzero(kinds != _DROPPED)
        kept = kinds[visible]
        before = np.concatenate(([_SPACE], kept[:-1])) if len(kept) else kept
        attached = (kept == _MARK) & (before != _SPACE)
        # An emoji after a joiner belongs to the emoji before it.
        joined = (visible > 0) & (codes[np.maximum(visible - 1, 0)] == _JOINER)
        attached |= joined & (kept == _SYMBOL) & (before != _SPACE)
        shown = visible[~attached & ~((kept == _SPACE) & (before == _SPACE))]
        if len(shown) and kinds[shown[-1]] == _SPACE:
            shown = shown[:-1]
        ends = shown + 1
        if attached.any():
            marks = visible[attached]
            owner = np.searchsorted(shown, marks, side="right") - 1
            np.maximum.at(ends, owner[owner >= 0], marks[owner >= 0] + 1)
        characters = table[where[shown], 1].astype("<u4").tobytes().decode("utf-32-le")
        return View(text=characters, starts=shown, ends=ends)


def _tidy(text: str, labels: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """Returns the labels with what is certain put right: spaces, marks, addresses, the end."""
    import numpy as np

    space = offsets(text) == ord(" ")
    before_space = np.flatnonzero(space) - 1
    labels[before_space] = np.maximum(labels[before_space], labels[before_space + 1])
    labels[before_space] = np.maximum(labels[before_space], 1)
    for match in _ALONE.finditer(text):
        _one_token(labels, match.start(), match.end())
    if "@" in text or "/" in text or "www." in text:
        for match in _ADDRESS.finditer(text):
            _one_token(labels, match.start(), match.start() + len(match[0].rstrip(_AFTER_ADDRESS)))
    labels[space] = 0
    labels[-1] = 2
    return labels


def _one_token(labels: npt.NDArray[np.int8], start: int, end: int) -> None:
    if start:
        labels[start - 1] = max(labels[start - 1], 1)
    labels[start : end - 1] = 0
    labels[end - 1] = max(labels[end - 1], 1)


def spans_of(
    view: View, labels: npt.NDArray[np.int8]
) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
    """Returns the token spans and the sentence spans that a view's labels stand for.

    Args:
        view: the view.
        labels: for each of its characters 0 (inside a token), 1 (ends a token) or 2 (a sentence).
    """
    import numpy as np

    if not view.text:
        return (), ()
    labels = _tidy(view.text, labels.copy())
    last = np.flatnonzero(labels)
    first = np.concatenate(([0], last[:-1] + 1))
    first += offsets(view.text)[first] == ord(" ")
    starts, ends = view.starts[first], view.ends[last]
    final = np.flatnonzero(labels[last] == 2)
    opening = np.concatenate(([0], final[:-1] + 1))
    tokens = tuple(zip(starts.tolist(), ends.tolist(), strict=True))
    sentences = tuple(zip(starts[opening].tolist(), ends[final].tolist(), strict=True))
    return tokens, sentences

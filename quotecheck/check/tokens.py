"""Words, numbers and signs of a text, with the folded key that each one compares by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from attrs import field, frozen

from quotecheck.check.lexicon import STAGE, TIMESTAMP, is_filler
from quotecheck.check.numbers import is_number
from quotecheck.textmap import FULL, Folding, TextMap

__all__ = ["Tokens", "find_timestamps", "number_joins", "tokenize"]

_APOSTROPHE = "'’‘ʼ`´′＇ʻ‛"
_DASH = "‐‑‒–—―−﹘﹣－-"
#: Scripts without spaces between words: every character is a token.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
#: Combining marks, joiners and soft hyphens go on with the word that they stand in.
_INSIDE = (
    "\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0971-\u0dff\u1ab0-\u1aff\u1dc0-\u1dff"
    "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
_LETTER = rf"[^\W\d_{_UNSPACED}]"
_WORD = rf"[^\W_{_UNSPACED}](?:[^\W_{_UNSPACED}]|[{_INSIDE}]+(?=[^\W_]|(?<=[\u0300-\u0dff])))*"
_NUMBER = rf"(?:(?<![^\s(\[{{\"“‘'«])[{_DASH}])?\d+(?:[.,:/{_DASH}]\d+)*(?:{_WORD})?"
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER}|(?<![\w.])\.\d+)"
    rf"|(?P<dotted>(?<![\w.])(?:{_LETTER}\.){{2,}}(?:{_LETTER}(?!\w))?)"
    rf"|[{_UNSPACED}](?:[{_INSIDE}])*"
    rf"|{_WORD}(?:[{_APOSTROPHE}]{_WORD})*"
    r"|[%&+=<>°±×÷§¢£¥©®™$\u20a0-\u20cf\u2190-\u24ff\u2600-\u275a\u2761-\u2bff\U0001f000-\U0001faff]"
)
#: "10²" is no "102".
_POWER = re.compile(r"(?<=\d)(?=[⁰¹²³⁴⁵⁶⁷⁸⁹])")
#: Scripts whose marks make other letters, not other forms of one: Cyrillic, Indic, Thai, kana.
_MARKS_MATTER = re.compile("[\u0400-\u052f\u0900-\u0eff\u3040-\u30ff]")
_CASE = Folding(case=True)


@lru_cache(maxsize=1 << 17)
def word_key(text: str) -> str:
    """Returns what a word compares by: glyphs, case and diacritics folded."""
    folding = _CASE if _MARKS_MATTER.search(text) else FULL
    key = TextMap(_POWER.sub("^", text), folding).text.strip().replace("ё", "е")
    if "." in key and not any(c.isdigit() for c in key):
        key = key.replace(".", "")
    return "and" if key == "&" else key


@frozen(kw_only=True)
class Tokens:
    """The tokens of a text, as parallel lists.

    Attributes:
        text: the text that the offsets count in.
        start: offset of each token's first code point.
        end: offset after each token.
        key: what each token compares by.
        silent: indices of fillers and of words in stage directions: nobody's words.
        patched: token index to (text before, keys inside, text after) of words that an editor
            patched with brackets glued to them, like ``want[s]``.
    """

    text: str
    start: list[int]
    end: list[int]
    key: list[str]
    silent: frozenset[int] = field(factory=frozenset)
    patched: dict[int, tuple[str, tuple[str, ...], str]] = field(factory=dict)

    def __len__(self) -> int:
        return len(self.key)

    def raw(self, i: int) -> str:
        """Returns the text of a token."""
        return self.text[self.start[i] : self.end[i]]


def tokenize(text: str, ranges: Iterable[tuple[int, int]] | None = None) -> Tokens:
    """Returns the tokens of a text, or of some stretches of it, in the order given.

    >>> tokenize("We'll lose 1,400 well-paid jobs.").key
    ["we'll", 'lose', '1,400', 'well', 'paid', 'jobs']
    """
    starts: list[int] = []
    ends: list[int] = []
    keys: list[str] = []
    stretches = [(0, len(text))] if ranges is None else list(ranges)
    for low, high in stretches:
        for match in _TOKEN.finditer(text, low, high):
            key = word_key(match[0])
            if key:
                starts.append(match.start())
                ends.append(match.end())
                keys.append(key)
    tokens = Tokens(text=text, start=starts, end=ends, key=keys)
    if "[" in text:
        tokens = _merge_glued(tokens)
    if "[" in text or "(" in text:
        tokens = _without_timestamps(tokens)
    silent = _silent(tokens)
    return Tokens(
        text=text,
        start=tokens.start,
        end=tokens.end,
        key=tokens.key,
        silent=silent,
        patched=tokens.patched,
    )


_GLUED = re.compile(
    rf"(?P<before>{_WORD})?\[(?P<inside>[^\[\]]{{1,40}})\](?P<after>[{_APOSTROPHE}]?{_WORD})?"
)


def _merge_glued(tokens: Tokens) -> Tokens:
    """Joins ``[T]he``, ``want[s]`` and ``[They]’ve`` into one token each."""
    merged: list[tuple[int, int, str, tuple[str, tuple[str, ...], str]]] = []
    for match in _GLUED.finditer(tokens.text):
        before, after = match["before"] or "", match["after"] or ""
        inside = match["inside"]
        if not (before or after) or not any(c.isalnum() for c in inside):
            continue
        keys = tuple(word_key(m[0]) for m in _TOKEN.finditer(inside))
        whole = word_key(before + inside + after) if len(keys) == 1 else ""
        patch = (word_key(before), keys, word_key(after))
        merged.append((match.start(), match.end(), whole or "[" + " ".join(keys) + "]", patch))
    if not merged:
        return tokens
    return _replace(tokens, merged)


def _replace(
    tokens: Tokens, merged: list[tuple[int, int, str, tuple[str, tuple[str, ...], str]]]
) -> Tokens:
    starts: list[int] = []
    ends: list[int] = []
    keys: list[str] = []
    patched: dict[int, tuple[str, tuple[str, ...], str]] = {}
    known = {span: (key, patch) for *span_, key, patch in merged for span in [tuple(span_)]}
    spans = sorted(known)
    done: set[tuple[int, ...]] = set()
    at = 0
    for start, end, key in zip(tokens.start, tokens.end, tokens.key, strict=True):
        while at < len(spans) and spans[at][1] <= start:
            at += 1
        inside = at < len(spans) and spans[at][0] < end and start < spans[at][1]
        if not inside:
            starts.append(start)
            ends.append(end)
            keys.append(key)
        elif spans[at] not in done:
            done.add(spans[at])
            whole, patch = known[spans[at]]
            patched[len(keys)] = patch
            starts.append(spans[at][0])
            ends.append(spans[at][1])
            keys.append(whole)
    return Tokens(text=tokens.text, start=starts, end=ends, key=keys, patched=patched)


#: So many time stamps inside lines, none earlier than the one before, make a transcript.
_MANY_STAMPS = 3


def find_timestamps(text: str) -> list[tuple[int, int]]:
    r"""Returns the spans of a transcript's time stamps; a time of day in brackets is none.

    >>> find_timestamps("[00:12] Yes.\n[00:15] No."), find_timestamps("We meet (12:30) there.")
    ([(0, 7), (13, 20)], [])
    """
    found = list(TIMESTAMP.finditer(text))
    times = [m[0].strip("[]()").rjust(12, "0") for m in found]
    running = len(found) >= _MANY_STAMPS and all(a <= b for a, b in pairwise(times))
    return [m.span() for m in found if running or _opens_line(text, m.start())]


def _opens_line(text: str, at: int) -> bool:
    return not text[max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1 : at].strip()


def number_joins(tokens: Tokens, at: Sequence[int]) -> Callable[[int], bool]:
    """Returns a function that tells whether a number may go on to a word from the one before.

    Args:
        tokens: the tokens of a text.
        at: the tokens that are words.
    """

    def joined(i: int) -> bool:
        before, here = at[i - 1], at[i]
        if before in tokens.patched or here in tokens.patched:
            return False  # "9 [P]ercent": an editor's brackets have to be judged for themselves
        between = tokens.text[tokens.end[before] : tokens.start[here]]
        if here == before + 1:
            large = tokens.key[before] in ("thousand", "million", "billion", "trillion")
            comma = large and tokens.key[here] != "and"
            return not between.replace("," if comma else "\0", "").strip(_IN_NUMBERS)
        return not any(c in between for c in ".?!;:")  # a filler stands between

    return joined


#: What may stand between the words of a number: "twenty-five", "14 million".
_IN_NUMBERS = " \t\r\n\u00a0\u2009\u202f\u200b\u00ad-‐‑"


def _without_timestamps(tokens: Tokens) -> Tokens:
    spans = find_timestamps(tokens.text)
    if not spans:
        return tokens
    inside = _inside(tokens, spans)
    keep = [i for i in range(len(tokens)) if i not in inside]
    moved = {old: new for new, old in enumerate(keep)}
    return Tokens(
        text=tokens.text,
        start=[tokens.start[i] for i in keep],
        end=[tokens.end[i] for i in keep],
        key=[tokens.key[i] for i in keep],
        patched={moved[i]: p for i, p in tokens.patched.items() if i in moved},
    )


def _inside(tokens: Tokens, spans: list[tuple[int, int]]) -> set[int]:
    """Indices of tokens within some of the spans (in text order)."""
    found = set()
    for i, (start, end) in enumerate(zip(tokens.start, tokens.end, strict=True)):
        low, high = 0, len(spans)
        while low < high:
            middle = (low + high) // 2
            if spans[middle][1] <= start:
                low = middle + 1
            else:
                high = middle
        if low < len(spans) and spans[low][0] <= start and end <= spans[low][1]:
            found.add(i)
    return found


def _silent(tokens: Tokens) -> frozenset[int]:
    text = tokens.text
    stages = [m.span() for m in STAGE.finditer(text)] if ("(" in text or "[" in text) else []
    silent = _inside(tokens, stages) if stages else set()
    capitals = text.isupper()
    for i, key in enumerate(tokens.key):
        if is_filler(key) and _is_filler_here(tokens, i, capitals):
            silent.add(i)
    return frozenset(silent)


def _is_filler_here(tokens: Tokens, i: int, capitals: bool) -> bool:
    """Tells the filler from the ER, from 5 mm and from uh-huh, which are words."""
    text, start, end = tokens.text, tokens.start[i], tokens.end[i]
    if not capitals and len(tokens.raw(i)) > 1 and tokens.raw(i).isupper():
        return False
    if tokens.key[i] == "mm" and i and is_number(tokens.key[i - 1]):
        return False
    hyphen_before = start > 1 and text[start - 1] in "-‐‑" and text[start - 2].isalnum()
    hyphen_after = text[end : end + 1] in tuple("-‐‑") and text[end + 1 : end + 2].isalnum()
    return not (hyphen_before or hyphen_after)

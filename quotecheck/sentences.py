"""Sentence boundaries put right: no sentence ends inside a name or on a lone quotation mark.

A tokenizer learns boundaries from examples and misses what it has not seen. The rules here only
move, remove or add boundaries between tokens; tokens stay as they are. What they answer:
explosion/spaCy#2619 and dbamman/book-nlp#2 (marks torn off), stanza#1339 ("Mrs. X."),
microsoft/BlingFire#81 (titles and initials).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quotecheck.lexicon import abbreviations

__all__ = ["repair"]

Pair = tuple[int, int]

_CLOSERS = frozenset("”’»›)]}」』")
_OPENERS = frozenset("“‘«‹„‚([{「『")
_STRAIGHT = frozenset("\"'＂")
#: Marks that open in one language and close in another, by family.
_FAMILY = {
    **dict.fromkeys("«»", "«"),
    **dict.fromkeys(("“", "”", "„", "``", "''"), "“"),
    **dict.fromkeys("‘’‚", "‘"),
    **dict.fromkeys(('"', "＂"), '"'),
    "'": "'",
}
_TERMINAL = frozenset(".?!…。？！")
_INITIAL = re.compile(r"[^\W\d_]\.")
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+")

#: Words before a single letter that ends a sentence: "Plan B. He left."
_LETTERS = """
plan vitamin hepatitis group grade section category class type team exhibit schedule part
option appendix gate terminal block series school unit model hall wing pier berth
"""
_LETTERED = frozenset(_LETTERS.split())

_DASHES = ("—", "―", "–", "--", "-")
#: Most marks in a row that are looked through: ”’) and the like; it keeps the rules linear.
MOST_MARKS = 8
#: Longest run-in head in capitals ("SAVE A QUARTER Put it away ...").
MOST_RUN_IN_TOKENS = 12

OPEN, CLOSE, OTHER = 1, -1, 0


class _Paragraph:
    """A paragraph's tokens while their sentence ends are put right."""

    def __init__(self, text: str, tokens: Sequence[Pair], sentences: Sequence[Pair]) -> None:
        self.text = text
        self.tokens = tokens
        self.forms = [text[start:end] for start, end in tokens]
        stops = {end for _, end in sentences}
        self.final = [end in stops for _, end in tokens]
        self.final[-1] = True
        self.sides = self._sides()

    def _sides(self) -> list[int]:
        """Tells for each token whether it is an opening or a closing mark, or neither."""
        out: list[int] = []
        is_open: dict[str, bool] = {}
        for i, form in enumerate(self.forms):
            family = _FAMILY.get(form)
            if family is not None:
                side = self._side(i, form, is_open.get(family, False))
                is_open[family] = side == OPEN
            elif form in _OPENERS:
                side = OPEN
            else:
                side = CLOSE if form in _CLOSERS else OTHER
            out.append(side)
        return out

    def _side(self, i: int, form: str, is_open: bool) -> int:
        """Space decides first, then what went before, then what the mark usually is."""
        start, end = self.tokens[i]
        before = start == 0 or self.text[start - 1].isspace()
        after = end == len(self.text) or self.text[end].isspace()
        if before != after:
            return OPEN if before else CLOSE
        return CLOSE if is_open or form in ("”", "’", "''") else OPEN

    def _before_marks(self, i: int) -> int:
        """Returns the last token up to ``i`` that is no mark, looking back over a few."""
        k = i
        while k > max(0, i - MOST_MARKS) and self.sides[k] != OTHER:
            k -= 1
        return k

    def space_after(self, i: int) -> bool:
        """Whether white space follows a token."""
        return i + 1 < len(self.tokens) and self.tokens[i][1] < self.tokens[i + 1][0]

    def run(self) -> list[Pair]:
        """Applies the rules and returns the sentences."""
        for i in range(len(self.forms) - 1):
            if self.final[i] and (self._is_inside_name(i) or self._is_unfinished(i)):
                self.final[i] = False
        for i in range(len(self.forms) - 1):
            if not self.final[i] and self._is_missed(i):
                self.final[i] = True
        self._move_marks()
        for i in range(len(self.forms) - 1):
            if self.final[i] and self._continues(i):
                self.final[i] = False
        self._no_stumps()
        return self._spans()

    def _word(self, i: int) -> str:
        """Returns the abbreviation that ends at token ``i``, lower case, without its period."""
        form = self.forms[i]
        if form == "." and i and not self._gap(i - 1):
            form = self.forms[i - 1] + "."
        return form[:-1].casefold() if form.endswith(".") and len(form) > 1 else ""

    def _gap(self, i: int) -> bool:
        return self.tokens[i][1] < self.tokens[i + 1][0]

    def _is_inside_name(self, i: int) -> bool:
        """Whether the boundary after token ``i`` splits a name, a number or an abbreviation."""
        word = self._word(i)
        if not word:
            return False
        lists = abbreviations()
        following = self.forms[i + 1]
        low = following.casefold()
        if word in lists.titles:
            return self.sides[i + 1] != CLOSE
        if word in lists.numbered or word in lists.months:
            return following[0].isdigit() or following[0].islower()
        if word in lists.inner:
            return True
        if _INITIAL.fullmatch(word + "."):
            return self._is_initial(i, low)
        if word in lists.may_end or _DOTTED.fullmatch(word + "."):
            if following[0].islower() or following in (",", ";", ":", ")"):
                return True
            country = word in ("u.s", "u.k", "u.n", "e.u", "d.c")
            return country and low.rstrip(".") in lists.after_country
        return False

    def _is_unfinished(self, i: int) -> bool:
        """Whether the words before have no end mark ("NBC | News said"), nor are a run-in head."""
        k = self._before_marks(i)
        if self.forms[k][-1] in _TERMINAL or self.forms[k] in (":", *_DASHES):
            return False
        following = self.forms[i + 1]
        if not (self.forms[k][0].isupper() or following[0].islower()):
            return False  # lists and signatures have no end marks and are rightly split
        first = k
        while first > 0 and not self.final[first - 1] and k - first < MOST_RUN_IN_TOKENS:
            first -= 1
        head = "".join(self.forms[first : k + 1])
        is_caps = k > first and head.isupper() and not (len(following) > 1 and following.isupper())
        return not (is_caps and (first == 0 or self.final[first - 1]))

    def _is_initial(self, i: int, following: str) -> bool:
        """Whether a single letter with a period is part of a name that goes on."""
        lists = abbreviations()
        if not following[:1].isalpha() or following in lists.openers:
            return False
        if self.forms[i + 1][0].islower():
            return True
        first = i - 1 if self.forms[i] == "." else i
        if first == 0 or self.final[first - 1]:
            return True  # "J. T. Okonjo" at the start
        before = self.forms[first - 1]
        bare = before.rstrip(".").casefold()
        # "Plan B. Vell left": a capital before is a given name, a title or another initial.
        return before[0].isupper() and bare not in lists.openers and bare not in _LETTERED

    def _is_missed(self, i: int) -> bool:
        """Whether a sentence clearly ends after token ``i``: full stop, closing mark, capital."""
        if not self.space_after(i):
            return False
        if self._ends_in_letters(i):
            return True
        if self.forms[i] == "." and i and not self._gap(i - 1):
            return self._ends_plainly(i)
        if self.sides[i] != CLOSE:
            return False
        k = self._before_marks(i)
        if self.forms[k] not in (".", "?", "!", "…") or self.forms[i] in (")", "]"):
            return False
        following = i + 1
        if self.sides[following] == OPEN and self.forms[following] not in ("(", "["):
            return True
        return (
            self.forms[k] == "."
            and self.forms[following].casefold() in abbreviations().openers
            and self.forms[following][0].isupper()
        )

    def _ends_in_letters(self, i: int) -> bool:
        """Whether "U.S." or "Plan B." stands before "He" or the like."""
        word, following = self._word(i), self.forms[i + 1]
        lists = abbreviations()
        if not word or not following[0].isupper() or following.casefold() not in lists.openers:
            return False
        if "." in word:
            return _DOTTED.fullmatch(word + ".") is not None and word not in lists.inner
        first = i - 1 if self.forms[i] == "." else i
        before = self.forms[first - 1].casefold() if first else ""
        return _INITIAL.fullmatch(word + ".") is not None and before in _LETTERED

    def _ends_plainly(self, i: int) -> bool:
        """Whether a full stop follows a number or a common word, and "The" or the like comes."""
        before, following = self.forms[i - 1], self.forms[i + 1]
        lists = abbreviations()
        common = before.isdecimal() or (
            len(before) > 3 and before.islower() and before not in lists.inner | lists.numbered
        )
        opener = following[0].isupper() and following.casefold() in lists.openers
        return common and opener

    def _move_marks(self) -> None:
        """Moves a closing mark to the sentence before and an opening one to the one after."""
        for i in range(len(self.forms) - 1):
            k = i
            while self.final[k] and k + 1 < len(self.forms) and self.sides[k + 1] == CLOSE:
                if self._gap(k) and not self._closes_apart(k + 1):
                    break
                self.final[k], self.final[k + 1] = False, True
                k += 1
        for i in range(len(self.forms) - 2, -1, -1):
            if self.final[i] and self.sides[i] == OPEN:
                self.final[i] = False
                if i:
                    self.final[i - 1] = True

    def _closes_apart(self, i: int) -> bool:
        """A closing mark set off by a space, as in French, still belongs to what it closes."""
        return self.forms[i] in "»”" or self.tokens[i][1] == len(self.text) or self.space_after(i)

    def _continues(self, i: int) -> bool:
        """Whether the sentence goes on behind its end mark ("What?" she asked)."""
        following = self.forms[i + 1]
        if self.sides[i] == CLOSE and self.forms[i] not in (")", "]"):
            if following[0].islower():
                return True
            stop = self.forms[self._before_marks(i)]
            return stop == "," or (stop != "." and self._cue_follows(i + 1))
        if self.forms[i] in (",", ";", ":"):
            return True  # what follows a colon belongs to what announces it
        if self.forms[i] in _DASHES:
            return not following[0].isupper() or (i > 0 and self.sides[i - 1] == CLOSE)
        return False

    def _cue_follows(self, i: int) -> bool:
        """Whether "Mr. Vell asked" or "asked Mr. Vell" begins at token ``i``."""
        cues = abbreviations().cues
        for k in range(i, min(i + 6, len(self.forms))):
            form = self.forms[k]
            if form.casefold() in cues:
                return True
            if self.final[k] and not self._word(k):
                return False
            if not (
                form[0].isupper() or form in (".", ",") or form.casefold() in ("the", "van", "de")
            ):
                return False
        return False

    def _no_stumps(self) -> None:
        """Joins a sentence without any letter or digit to the one before (else to the next)."""
        first = 0
        previous: int | None = None
        for i in range(len(self.forms)):
            if not self.final[i]:
                continue
            words = any(c.isalnum() for form in self.forms[first : i + 1] for c in form)
            if words:
                previous = i
            elif previous is not None and self.sides[first] != OPEN:
                self.final[previous] = False
                previous = i
            elif i + 1 < len(self.forms):
                self.final[i] = False
                continue
            first = i + 1

    def _spans(self) -> list[Pair]:
        out: list[Pair] = []
        first = 0
        for i, final in enumerate(self.final):
            if final:
                out.append((self.tokens[first][0], self.tokens[i][1]))
                first = i + 1
        return out


def repair(text: str, tokens: Sequence[Pair], sentences: Sequence[Pair]) -> list[Pair]:
    """Returns the sentences of a paragraph with boundaries put right.

    >>> tokens = [(0, 1), (1, 3), (3, 4), (4, 5), (6, 8), (9, 13), (13, 14)]
    >>> repair('"Go." He left.', tokens, [(0, 4), (4, 14)])
    [(0, 5), (6, 14)]

    Args:
        text: the paragraph.
        tokens: its tokens.
        sentences: its sentences as the tokenizer found them.
    """
    if not tokens:
        return []
    return _Paragraph(text, tokens, sentences).run()

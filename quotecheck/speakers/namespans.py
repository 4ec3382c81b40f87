"""Names as the encoder tagged them, made whole: split ones joined, cut ones completed.

A tagger may see "Donald" and "Vell" as two names or find only the last word of a body's name. In
English news a name is a run of capitalised words; titles, roles and function words end the run.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from quotecheck.names.gender import gender_of_given
from quotecheck.names.parse import ends_rank
from quotecheck.records import NameMention
from quotecheck.speakers.headnames import guess_label
from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.mentions import Scanner
from quotecheck.speakers.nouns import NameIndex, is_possessive, strip_possessive
from quotecheck.speakers.page import Page, Word

__all__ = ["whole_names"]

#: A tagger this sure of a span is believed; below, its neighbours are looked at.
SURE = 0.9
#: Two names beside each other with labels this sure stay two.
KEPT_APART = 0.5
#: Titles that are no name by themselves.
_COURTESY = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr", "sen", "rep", "gov", "gen", "prof"})
#: Words that begin the name of a place, so that no name begins right behind one ("New Yorker").
_OF_PLACES = re.compile(
    "New|North|South|East|West|San|Santa|São|Los|Las|Fort|Mount|Saint|St[.]|Port|Lake"
)
#: Verbs of speech that a tagger takes into a name in headlines and in text in capitals.
_VERBS = frozenset(
    {
        *("says", "told", "tells", "asks", "asked", "adds", "added", "warns", "warned", "denies"),
        *("denied", "vows", "vowed", "urges", "urged", "writes", "wrote"),
    }
)
#: Given names that may stand before a particle.
MOST_GIVEN = 3


def whole_names(page: Page, names: Sequence[NameMention]) -> list[NameMention]:
    """Returns the names with their bounds on words, fragments joined and cut ones completed.

    >>> from quotecheck.records import Article
    >>> text = "Then Dale Orrin said no to Dale Orrin."
    >>> page = Page(Article(text=text), [])
    >>> bits = [NameMention(start=10, end=15, label="person", score=0.4)]
    >>> [text[n.start:n.end] for n in whole_names(page, bits)]
    ['Dale Orrin', 'Dale Orrin']
    """
    index = NameIndex(names)
    runs = _Runs(page, index)
    merged: dict[tuple[int, int], list[NameMention]] = defaultdict(list)
    for name in index.names:
        span = runs.span(name)
        if span is not None:
            merged[span].append(name)
    for span, name in runs.missed(merged):
        merged[span].append(name)
    return _labelled(page, merged)


def _labelled(page: Page, merged: dict[tuple[int, int], list[NameMention]]) -> list[NameMention]:
    out: list[NameMention] = []
    for (start, end), parts in sorted(merged.items(), key=lambda item: (item[0][0], -item[0][1])):
        if out and start < out[-1].end:
            continue
        votes: dict[str, float] = defaultdict(float)
        for part in parts:
            votes[part.label] += max(part.score, 0.01) * (part.end - part.start)
        label = max(votes, key=lambda k: votes[k])
        text = page.text[start:end]
        words = [w.lower().rstrip(".") for w in text.split()]
        last = words[-1] if words else ""
        if all(w in _COURTESY for w in words):
            continue
        if len(words) == 1 and any(last in lexicon().grammar[k] for k in ("days", "feasts")):
            continue
        if len(words) == 1 and label == "person" and last in lexicon().plural_people:
            label = "norp"
        joined = (start, end) != (parts[0].start, parts[0].end)
        if joined and last in lexicon().name_words:
            label = guess_label(text)
        elif label != "person" and max(votes.values()) < KEPT_APART * (end - start):
            label = "person" if _personal(page, start, words) else label
        out.append(
            NameMention(start=start, end=end, label=label, score=max(p.score for p in parts))
        )
    return out


def _personal(page: Page, start: int, words: Sequence[str]) -> bool:
    """Whether a name of doubtful label is a person's: a title before it, or a given name first."""
    if words[-1] in lexicon().name_words or not 1 < len(words) < 5:
        return False
    before = page.text[max(0, start - 16) : start].split()
    titled = bool(before) and before[-1].endswith(".") and before[-1][0].isupper()
    return (titled and before[-1][:-1].lower() in lexicon().titles) or (
        gender_of_given(words[0].title()) is not None and len(words) == 2
    )


def _reports(word: Word) -> bool:
    """Whether a word in a name is a verb of speech; "Said" may be a name, "SAID" hardly is."""
    return word.text[0].isupper() and (word.low in _VERBS or word.text == "SAID")


class _Runs:
    """Runs of capitalised words in a text."""

    def __init__(self, page: Page, index: NameIndex) -> None:
        self._page, self._index = page, index
        self._scanner = Scanner(page, index)
        self._words = self._scanner.words
        body = next((b.start for b in page.blocks if b.kind != "headline"), 0)
        self._known = {m[0] for m in re.finditer(r"(?<=[a-z,] )[A-Z][\w'’-]*", page.text[body:])}

    def span(self, name: NameMention) -> tuple[int, int] | None:
        """Returns the name's whole span; None when no word stands there."""
        i = self._scanner.index(name.start)
        if i and self._words[i - 1].end > name.start:
            i -= 1
        j = i
        while j < len(self._words) and self._words[j].start < name.end:
            j += 1
        while i < j and not self._words[i].alpha:
            i += 1
        while j > i and not self._words[j - 1].alpha:
            j -= 1
        while i < j - 1 and _reports(self._words[j - 1]):
            j -= 1
        while i < j - 1 and _reports(self._words[i]):
            i += 1
        if i >= j or _reports(self._words[i]):
            return None
        if name.score < SURE and self._words[j - 1].capital:
            while i > 0 and self._joins(i - 1, i, name):
                i -= 1
            while j < len(self._words) and self._joins(j, j - 1, name):
                j += 1
        if name.label == "person" or name.score < KEPT_APART:
            i = self._before_particle(i)
        if name.label != "person":
            i = self._of_place(i)
        while name.label == "person" and i < j - 1 and not self._nameable(self._words[i], i):
            i += 1
        last = self._words[j - 1]
        end = last.end
        if is_possessive(last):
            end -= 2 if last.text[-1] in "sS" else 1
        end = max(end, min(name.end, last.end)) if not is_possessive(last) else end
        return (self._words[i].start, end) if end > self._words[i].start else None

    def _before_particle(self, i: int) -> int:
        """Returns where a name begins whose particle or family name starts at word ``i``.

        "Karim bin Orrin": the particles are in small letters, and the given name stands before.
        """
        particles = lexicon().grammar["particles"]
        k = i
        while k > 0 and self._words[k - 1].text in particles and self._adjoins(k - 1):
            k -= 1
        if k == i and self._words[i].text not in particles:
            return i
        first = k
        while first > 0 and k - first < MOST_GIVEN and self._begins(first - 1):
            first -= 1
        if first < k:
            return first
        # "bin Orrin" alone: the particle is of the name when no article of French or Spanish
        return k if self._words[k].text in ("bin", "ibn", "von", "van") else i

    def _of_place(self, i: int) -> int:
        """Returns where a name begins before whose first word "New" or the like stands."""
        before = self._words[i - 1] if i else None
        if before is None or not _OF_PLACES.fullmatch(before.text) or not self._adjoins(i - 1):
            return i
        opens = before.start == self._page.sentence_bounds(before.start)[0]
        return i if opens or self._page.kind(before.start) == "headline" else i - 1

    def _adjoins(self, k: int) -> bool:
        return self._page.text[self._words[k].end : self._words[k + 1].start] == " "

    def _begins(self, k: int) -> bool:
        """Whether word ``k`` is a capitalised given name right before another part of a name."""
        word = self._words[k]
        low = self._page.sentence_bounds(word.start)[0]
        return (
            word.capital
            and self._adjoins(k)
            and not is_possessive(word)
            and not _reports(word)
            and self._nameable(word, k)
            and (word.start > low or gender_of_given(word.text) is not None)
        )

    def missed(
        self, found: dict[tuple[int, int], list[NameMention]]
    ) -> list[tuple[tuple[int, int], NameMention]]:
        """Returns the places where a person's last or given name stands and no name was found."""
        covered = NameIndex([NameMention(start=s, end=e, label="") for s, e in found])
        last: set[str] = set()
        for (start, end), parts in found.items():
            if any(p.label == "person" for p in parts):
                last.add(self._page.text[start:end].split()[-1])
        out = []
        for i, word in enumerate(self._words):
            if not word.capital or covered.at(word.start) is not None:
                continue
            text = strip_possessive(word.text)
            if text not in last and not self._given(i):
                continue
            name = NameMention(
                start=word.start, end=word.start + len(text), label="person", score=KEPT_APART / 2
            )
            span = self.span(name)
            if span is not None and not covered.within(*span):
                out.append((span, name))
        return out

    def _given(self, i: int) -> bool:
        """Whether word ``i`` is a known given name with a surname after it."""
        if i + 1 >= len(self._words) or is_possessive(self._words[i]):
            return False
        word, after = self._words[i], self._words[i + 1]
        return (
            after.capital
            and self._page.text[word.end : after.start] == " "
            and gender_of_given(word.text) is not None
            and self._nameable(word, i)
            and self._nameable(after, i + 1)
        )

    def _joins(self, new: int, edge: int, name: NameMention) -> bool:
        """Whether word ``new`` belongs to the name whose outer word is ``edge``."""
        word, other = self._words[new], self._words[edge]
        first, second = (word, other) if new < edge else (other, word)
        gap = self._page.text[first.end : second.start]
        if gap != " " or not word.capital or is_possessive(first) or not other.capital:
            return False
        if (
            _reports(word)
            or not self._nameable(word, new)
            or (new > edge and not self._nameable(other, edge))
        ):
            return False
        low, high = self._page.sentence_bounds(name.start)
        if not low <= word.start < high:
            return False
        neighbour = self._index.at(word.start)
        if neighbour is not None and neighbour.label != name.label:
            if neighbour.score >= SURE:
                return False
            return min(neighbour.score, name.score) < KEPT_APART and "norp" not in (
                neighbour.label,
                name.label,
            )
        initial = word.start == low or self._page.kind(word.start) == "headline"
        known = word.text in self._known or neighbour is not None
        return not initial or known or gender_of_given(word.text) is not None

    def _nameable(self, word: Word, at: int) -> bool:
        lex = lexicon()
        low = word.low
        common = (
            low in lex.titles
            or singular(low) in lex.people
            or low in lex.plural_people
            or low in lex.pronouns
            or any(low in lex.grammar[k] for k in _FUNCTION)
        )
        if at and ends_rank(self._words[at - 1].low, low):
            return False
        if common and not (at and (self._in_body(word) or self._after_given(at))):
            return False
        return not (
            at > 1 and self._words[at - 1].low == "of" and self._words[at - 2].low in lex.titles
        )

    def _after_given(self, at: int) -> bool:
        """Whether a word that may be a title is a surname ("Howard Dean left", "Lena King's")."""
        word, before = self._words[at], self._words[at - 1]
        after = self._words[at + 1] if at + 1 < len(self._words) else None
        return (
            word.capital
            and not word.text.isupper()
            and word.low in lexicon().titles.keys() | lexicon().people
            and self._adjoins(at - 1)
            and before.capital
            and not is_possessive(before)
            and not self._page.heads(word.start)
            and gender_of_given(before.text) is not None
            and (after is None or not after.capital)
        )

    def _in_body(self, word: Word) -> bool:
        name = self._index.at(word.start)
        return name is not None and name.label == "organization" and name.score >= KEPT_APART


_FUNCTION = (
    "determiners",
    "prepositions",
    "conjunctions",
    "auxiliaries",
    "ranks",
    "quantifiers",
    "days",
    "months",
)

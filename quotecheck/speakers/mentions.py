"""Every mention that may be an antecedent: names, third-person pronouns, descriptions of people."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from attrs import evolve, frozen

from quotecheck.records import NameMention
from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.nouns import Descriptor, NameIndex, Phrase, describe, proper_words
from quotecheck.speakers.page import Page, Word

__all__ = ["Scanner", "Spot"]

_SENTENCE_MARKS = frozenset("\"“”‘'([—–―:;")
#: How far left of a name its title may begin, in words.
_TITLE_REACH = 8
_OBJECTS = frozenset({"him", "himself", "herself", "them", "themselves", "me", "us"})
#: How far left of a head noun its determiner may stand, in words.
_NOUN_REACH = 5


@frozen(kw_only=True)
class Spot:
    """A mention in the text that has not been resolved yet.

    Attributes:
        start: offset of the mention.
        end: offset after it.
        form: name, pronoun or description.
        role: source, subject, object, oblique, possessive, modifier or aside.
        phrase: its parts, for descriptions and sources.
        pronoun: the pronoun, lower case.
        attribution: index of the attribution whose source it is, or -1.
        quiet: whether it joins a chain but is no antecedent for others.
    """

    start: int
    end: int
    form: str
    role: str
    phrase: Phrase | None = None
    pronoun: str = ""
    attribution: int = -1
    quiet: bool = False


class Scanner:
    """Finds mentions and tells their grammatical role from the words around them."""

    def __init__(self, page: Page, names: NameIndex) -> None:
        self._page, self._names = page, names
        self.words: list[Word] = page.words
        self._starts = page.word_starts

    def index(self, offset: int) -> int:
        """Returns the index of the first word at or after ``offset``."""
        return bisect_left(self._starts, offset)

    def role(self, start: int, end: int) -> str:
        """Returns the likely grammatical role of the mention ``start`` to ``end``."""
        lex = lexicon()
        i, j = self.index(start), self.index(end)
        while i and self.words[i - 1].low in lex.titles:
            i -= 1
            start = self.words[i].start
        if self._page.text[end : end + 2] in ("'s", "’s") or (
            self._page.text[end - 2 : end] in ("'s", "’s")
        ):
            return "possessive"
        before = self.words[i - 1] if i else None
        after = self.words[j] if j < len(self.words) else None
        first = before is None or before.end <= self._page.sentence_bounds(start)[0]
        verbal = after is not None and (
            after.low in lex.grammar["verbs"]
            or after.low in lex.grammar["auxiliaries"]
            or after.low in lex.grammar["adverbs"]
            or after.low in (",", "(", "who")
            or (after.low.endswith("ed") and after.text.islower())
        )
        if (
            after is not None
            and after.text.islower()
            and not verbal
            and _makes_modifier(singular(after.low))
        ):
            return "modifier"
        if first or (before is not None and before.text in _SENTENCE_MARKS):
            return "subject"
        if before is None:
            return "subject"
        if before.low in lex.grammar["conjunctions"] or before.text == ",":
            return "subject" if verbal else "object"
        if before.low in lex.grammar["prepositions"]:
            return "oblique"
        return "subject" if verbal and before.low not in lex.grammar["verbs"] else "object"

    def title(self, name: NameMention) -> Descriptor | None:
        """Returns the noun phrase that stands as title before a person's name, if any."""
        lex = lexicon()
        i = self.index(name.start)
        low = self._page.sentence_bounds(name.start)[0]
        comma = i > 0 and self.words[i - 1].text == ","
        k = i - 1 if comma else i
        j = k
        while j > 0 and k - j < _TITLE_REACH:
            word = self.words[j - 1]
            if word.start < low or not word.alpha or word.low in lex.grammar["verbs"]:
                break
            if word.low in lex.grammar["conjunctions"] or word.low in lex.grammar["auxiliaries"]:
                break
            if word.low in lex.grammar["prepositions"] and not (
                word.low == "of" and word is not self.words[k - 1] and self.words[j - 2].capital
            ):
                break
            j -= 1
            if word.low in lex.grammar["determiners"] or word.text.endswith(("'s", "’s")):
                break
        run = self.words[j:k]
        if not run:
            return None
        last = run[-1].low
        if (
            singular(last) not in lex.people
            and last not in lex.titles
            and singular(last) != "party"
        ):
            return None
        if (
            comma
            and run[0].low not in lex.grammar["determiners"]
            and not run[0].text.endswith(("'s", "’s"))
        ):
            return None
        made = describe(run, self._page.text)
        if made is None:
            return None
        noun = lex.titles.get(made.head, made.head)
        return evolve(made, head=noun) if noun else None

    def short_title(self, name: NameMention) -> str:
        """Returns the title word right before a name ("mrs", "sen"), or ''."""
        i = self.index(name.start)
        if not i:
            return ""
        low = self.words[i - 1].low
        return low if low in lexicon().titles and self.words[i - 1].end + 2 >= name.start else ""

    def apposition(self, name: NameMention) -> Descriptor | None:
        """Returns the description after a name: ", a doctor at ...," or "is a doctor"."""
        lex = lexicon()
        j = self.index(name.end)
        if j < len(self.words) and self.words[j].text == "(":
            close = next(
                (k for k in range(j, min(j + 8, len(self.words))) if self.words[k].text == ")"),
                None,
            )
            j = close + 1 if close is not None else j
        if j + 1 >= len(self.words):
            return None
        opener = self.words[j]
        if opener.text in ("'", "’"):
            return None
        start = j + 1
        if opener.low in ("is", "was", "became") or (
            opener.text == "," and self.words[start].low == "who"
        ):
            if opener.text == ",":
                if self.words[min(start + 1, len(self.words) - 1)].low not in (
                    "is",
                    "was",
                    "serves",
                    "served",
                ):
                    return None
                start += 2
            if start >= len(self.words) or self.words[start].low not in ("a", "an", "the"):
                return None
        elif opener.text != ",":
            return None
        run: list[Word] = []
        for word in self.words[start : start + 12]:
            if not word.alpha or word.low in lex.grammar["auxiliaries"]:
                break
            run.append(word)
        if run and run[0].low.isdigit():
            return None
        made = describe(run, self._page.text)
        if made is None or not (made.head in lex.people or made.head in lex.relations):
            return None
        return made

    def pronouns(self) -> list[Spot]:
        """Returns the pronouns of the text; those that may stand for things are quiet."""
        forms = lexicon().pronouns
        out = []
        for word in self.words:
            form = forms.get(word.low)
            if form is None or form.use != "personal" or form.person == 2 or word.text == "US":
                continue
            out.append(
                Spot(
                    start=word.start,
                    end=word.end,
                    form="pronoun",
                    pronoun=word.low,
                    role=self._pronoun_role(word),
                    quiet=form.person == 1 or form.gender not in ("m", "f"),
                )
            )
        return out

    def _pronoun_role(self, word: Word) -> str:
        if word.low in ("his", "hers", "its", "their", "my", "our"):
            return "possessive"
        if word.low == "her":
            i = self.index(word.start)
            after = self.words[i + 1] if i + 1 < len(self.words) else None
            return "possessive" if after is not None and after.alpha else "object"
        return "object" if word.low in _OBJECTS else "subject"

    def descriptions(self) -> list[Spot]:
        """Returns the noun phrases headed by a noun for a person or body that no name follows."""
        lex = lexicon()
        out = []
        for i, word in enumerate(self.words):
            low = word.low
            bare = low[:-2] if low.endswith(("'s", "’s")) else low
            head = singular(bare)
            human = head in lex.people
            if not human and head not in lex.bodies:
                continue
            nxt = self.words[i + 1] if i + 1 < len(self.words) else None
            if (
                nxt is not None
                and nxt.alpha
                and bare == low
                and (nxt.capital or _describes(singular(nxt.low)))
            ):
                continue
            if self._names.at(word.start) is not None:
                continue
            j = self._determiner(i)
            if j is None:
                continue
            phrase = self._noun(j, i, head, bare)
            end = word.end - (len(low) - len(bare))
            if bare == low:
                end = self._tail(i + 1, end)
                phrase = evolve(
                    phrase, end=end, text=self._page.text[self._text_start(phrase) : end]
                )
            out.append(
                Spot(
                    start=self.words[j].start,
                    end=end,
                    form="description",
                    phrase=phrase,
                    role=self.role(self.words[j].start, end),
                )
            )
        return out

    def _text_start(self, phrase: Phrase) -> int:
        return phrase.end - len(phrase.text)

    def _tail(self, k: int, end: int) -> int:
        """Returns the end of a noun phrase with the name that "of" or "for" adds to it."""
        if k + 1 >= len(self.words) or self.words[k].low not in ("of", "for", "from"):
            return end
        k += 2 if self.words[k + 1].low == "the" else 1
        name = self._names.at(self.words[k].start) if k < len(self.words) else None
        return name.end if name is not None and name.start == self.words[k].start else end

    def _determiner(self, i: int) -> int | None:
        lex = lexicon()
        for j in range(i - 1, max(-1, i - 1 - _NOUN_REACH), -1):
            word = self.words[j]
            if not word.alpha:
                return None
            if word.low in lex.grammar["determiners"] or word.text.endswith(("'s", "’s")):
                return j
            if (
                word.low in lex.grammar["verbs"]
                or word.low in lex.grammar["conjunctions"]
                or word.low in lex.grammar["prepositions"]
                or word.low in lex.grammar["auxiliaries"]
            ):
                return None
        return None

    def _noun(self, j: int, i: int, head: str, bare: str) -> Phrase:
        lex = lexicon()
        det = self.words[j].low
        inner = self.words[j + 1 : i] if det in lex.grammar["determiners"] else self.words[j:i]
        first = inner[0].start if inner else self.words[i].start
        if inner and (name := self._names.at(inner[0].start)) is not None:
            first = name.start
        end = self.words[i].start + len(bare)
        return Phrase(
            start=self.words[j].start,
            end=end,
            form="description",
            head=head,
            plural=bare != head and det not in ("a", "an", "every", "each"),
            definite=det in lex.grammar["definite"] or det not in lex.grammar["determiners"],
            modifiers=frozenset(
                w.low.removesuffix("'s").removesuffix("’s") for w in inner if w.alpha
            ),
            text=self._page.text[first:end],
            owner=self._owner(j, i),
            proper=proper_words(inner),
            other=det in ("a", "an", "another", "one", "some"),
        )

    def _owner(self, j: int, i: int) -> tuple[int, int] | None:
        word = self.words[j]
        if word.low in ("his", "her", "their", "its"):
            return word.start, word.end
        if word.text.endswith(("'s", "’s")):
            name = self._names.at(word.start)
            return (name.start, name.end) if name is not None else (word.start, word.end - 2)
        for k in range(i - 1, j, -1):
            name = self._names.at(self.words[k].start)
            if name is not None:
                return name.start, name.end
        return None


def _makes_modifier(noun: str) -> bool:
    """Whether a noun after a name makes it a modifier ("the Arden campaign")."""
    lex = lexicon()
    return noun in lex.campaign_like or noun in lex.people or noun in lex.documents


def _describes(noun: str) -> bool:
    lex = lexicon()
    return noun in lex.people or noun in lex.bodies


def outside(spots: Sequence[Spot], taken: Sequence[tuple[int, int]]) -> list[Spot]:
    """Returns the spots that begin in none of the taken spans (sorted, without overlap)."""
    starts = [s for s, _ in taken]
    out = []
    for spot in spots:
        at = bisect_left(starts, spot.start + 1) - 1
        if at < 0 or spot.start >= taken[at][1]:
            out.append(spot)
    return out

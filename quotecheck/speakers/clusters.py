"""Clusters of names: which name mentions of one article denote one person, body or place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from quotecheck.names import PersonName, match_names, name_key, parse_name
from quotecheck.names.gender import gender_evidence
from quotecheck.records import NameMention
from quotecheck.speakers.bearers import Bearers
from quotecheck.speakers.bodies import BodyIndex, fold
from quotecheck.speakers.cast import GENDERS, Cast, Figure, Reading
from quotecheck.speakers.leanings import suggested
from quotecheck.speakers.lexicon import lexicon, singular
from quotecheck.speakers.nouns import Phrase
from quotecheck.speakers.page import Page

__all__ = ["NameBook", "gender_of_name"]

COURTESY = frozenset({"mr", "mrs", "ms", "miss", "sir", "dame"})
#: Titles that stand before given names too ("Sir Karl", "Dr. Tigist"), and none.
_BEFORE_GIVEN = frozenset(
    {
        *("", "sir", "dame", "dr", "prof", "mdm", "datuk", "dato", "datin", "puan", "encik"),
        *("sheikh", "pastor", "alhaji", "hajiya", "haji", "nana", "oba", "ato", "mzee", "ven"),
    }
)
#: Shorter surnames are different ones when a letter differs.
SHORTEST_MISSPELT = 5


def _shortened(word: str) -> set[str]:
    """Returns a word and its forms with one letter left out."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _slip(a: str, b: str) -> bool:
    """Whether ``a`` may be a slip for ``b``: a letter more, less or other, or two swapped."""
    from rapidfuzz.distance import OSA

    if a[0] != b[0] or a in (f"{b}s", f"{b}es"):
        return False  # "the Vells" are a family
    return bool(OSA.distance(a, b, score_cutoff=1) == 1)


def gender_of_name(text: str) -> str | None:
    """Returns m or f when a name tells for sure, else None; see `quotecheck.speakers.leanings`."""
    told = gender_evidence(text)
    sure = told.courtesy is not None or not told.rare
    return GENDERS.get(told.gender or "") if sure else None


class NameBook:
    """Clusters the names of an article and answers which figure a name span denotes.

    Args:
        page: the article.
        cast: where figures are made.
        names: all name mentions, those of the sources included.
        titles: for a name span, the title word that stands before it, lower case.
        roles: for a name span, its grammatical role ("source", "subject", "oblique", ...).
        people: names that the user knows, with their aliases.
    """

    def __init__(
        self,
        page: Page,
        cast: Cast,
        names: Sequence[NameMention],
        titles: dict[tuple[int, int], str],
        roles: dict[tuple[int, int], str],
        people: Iterable[tuple[str, tuple[str, ...]]] = (),
    ) -> None:
        self._page, self._cast, self._titles = page, cast, titles
        self._people, self._roles = tuple(people), roles
        self._forms: dict[int, list[str]] = defaultdict(list)
        self._aliases: dict[str, list[int]] = defaultdict(list)
        self._families: dict[str, list[int]] = defaultdict(list)
        self._givens: dict[str, list[int]] = defaultdict(list)
        self._bodies: dict[str, int] = {}
        self._offices: dict[int, set[str]] = defaultdict(set)
        self._bearers = Bearers(page, cast)
        self._bodies_of = BodyIndex()
        self._near_spellings: dict[str, set[tuple[int, str]]] | None = None
        self._spans_of: dict[str, list[tuple[int, int]]] | None = None
        self._spans_read: dict[int, set[tuple[int, int]]] | None = None
        self.readings: dict[tuple[int, int], Reading] = {}
        self.labels = self._vote(names)
        self._cluster(sorted(names, key=lambda n: n.start))

    def _vote(self, names: Sequence[NameMention]) -> dict[str, str]:
        votes: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for name in names:
            surface = fold(self._page.text[name.start : name.end])
            votes[surface][name.label or "misc"] += max(name.score, 0.05)
            if self._titles.get((name.start, name.end)):
                votes[surface]["person"] += 1.0
        out = {}
        for surface, counts in votes.items():
            label = max(counts, key=lambda k: counts[k])
            out[surface] = label
        return out

    def label(self, start: int, end: int) -> str:
        """Returns the label that the article's votes give the name."""
        return self.labels.get(fold(self._page.text[start:end]), "misc")

    def _cluster(self, names: list[NameMention]) -> None:
        full: list[tuple[NameMention, PersonName]] = []
        short: list[tuple[NameMention, PersonName]] = []
        bodies: list[NameMention] = []
        text = self._page.text
        families = set()
        for n in names:
            surface = text[n.start : n.end]
            if " " in surface.strip() and self.label(n.start, n.end) == "person":
                parsed = parse_name(surface)
                if parsed.words:
                    families.add(fold(parsed.words[-1]))
        for name in names:
            surface = re.sub(r"['’]s?$", "", text[name.start : name.end])
            parsed = parse_name(surface)
            label = self.label(name.start, name.end)
            single = len(parsed.words) <= 1
            alone = single and fold(surface) in families and label != "place"
            if (
                label == "person" or (alone and label in ("misc", "organization", "norp"))
            ) and parsed.words:
                (short if single else full).append((name, parsed))
            elif (
                label != "norp"
                or surface.endswith("s")
                or self._roles.get((name.start, name.end)) == "source"
            ):
                bodies.append(name)
        for name, parsed in full:
            self._place_full(name, parsed)
        self._add_people()
        for name, parsed in short:
            for key in set(self._givens.get(fold(parsed.words[0]), ())):
                self._bearers.given(key, name.start)
        # "Mr." and "Ms." first: they show that a surname has a bearer without given name
        for name, parsed in sorted(short, key=lambda x: (not self._courtesy(x[0]), x[0].start)):
            self._place_short(name, parsed)
        for name in sorted(bodies, key=lambda n: n.start - n.end):
            self._place_body(name)

    def _place_full(self, name: NameMention, parsed: PersonName) -> None:
        surface = self._surface(name)
        verdicts = {k: self._verdict(surface, k) for k in self._filed(parsed)}
        found = [k for k, v in verdicts.items() if v in ("same", "compatible")]
        step = "name"
        if not found:
            found, step = [k for k, v in verdicts.items() if v == "probable"], "name-probable"
        if len(found) > 1:
            self.readings[name.start, name.end] = Reading(None, "name", 0.5, tuple(found))
            return
        if found:
            figure = self._cast[found[0]]
        else:
            figure, step = self._cast.add("person", name.start), "name"
            # "Rozidah" of Rozidah Che Husin, "Thuan" of Nguyen Van Thuan.
            particles = lexicon().grammar["particles"]
            alone = {fold(w) for w in parsed.words[:-1] if len(w) > 2} - particles
            for word in alone | {fold(w) for w in parsed.given[-1:]}:
                self._givens[word].append(figure.key)
        self._file(figure, parsed)
        if surface not in self._forms[figure.key]:
            self._forms[figure.key].append(surface)
        self._remember(figure, name, parsed)
        self._bearers.full(figure.key, name.start, self._role(name))
        self._offices[figure.key].update((self._title(name), *(fold(t) for t in parsed.title)))
        self.readings[name.start, name.end] = Reading(figure.key, step)

    def _role(self, name: NameMention) -> str:
        return self._roles.get((name.start, name.end), "")

    def _surface(self, name: NameMention) -> str:
        """Returns the name without possessive, with the title word right before it."""
        surface = re.sub(r"['’]s?$", "", self._page.text[name.start : name.end])
        title = self._title(name)
        return f"{title} {surface}" if title in COURTESY else surface

    def _courtesy(self, name: NameMention) -> bool:
        first = self._page.text[name.start : name.end].split(" ")[0].lower().strip(".")
        return self._title(name) in COURTESY or first in COURTESY

    def _filed(self, parsed: PersonName) -> list[int]:
        """Returns the figures filed under a key of the name, oldest first."""
        return sorted({k for key in name_key(parsed) for k in self._families.get(key, ())})

    def _file(self, figure: Figure, parsed: PersonName) -> None:
        for key in name_key(parsed):
            if figure.key not in self._families[key]:
                self._families[key].append(figure.key)

    def _verdict(self, surface: str, key: int) -> str:
        """Returns the worst verdict of a name against the full names of a figure."""
        order = ("same", "compatible", "probable", "ambiguous", "different")
        verdicts = [match_names(surface, other).verdict for other in self._forms[key]]
        gender = gender_of_name(surface)
        known = self._cast[key].gender
        if gender and known and gender != known:
            return "different"
        return max(verdicts, key=order.index, default="compatible")

    def _remember(self, figure: Figure, name: NameMention, parsed: PersonName) -> None:
        core = self._core(name, parsed)
        whole = len(parsed.words) > 1
        if whole or not self._forms.get(figure.key):
            figure.surfaces[core] += 1
        figure.aliases.append(self._page.text[name.start : name.end])
        figure.gender = figure.gender or gender_of_name(self._surface(name))
        figure.first = min(figure.first, name.start)
        figure.headline = figure.headline or self._page.heads(name.start)

    def _core(self, name: NameMention, parsed: PersonName) -> str:
        surface, full = self._page.text[name.start : name.end], parsed.full
        if not full or full in surface:
            return full or surface
        # As the text writes it: "G.K. Vell" where the parts are "G.", "K." and "Vell".
        written = re.search(r"\s*".join(map(re.escape, full.split())), surface)
        return written[0] if written else full

    def _title(self, name: NameMention) -> str:
        return self._titles.get((name.start, name.end), "")

    def _add_people(self) -> None:
        """Lets the user's people give figures their names, and their aliases to surnames."""
        for canonical, aliases in self._people:
            fitting = [
                k
                for k in self._filed(parse_name(canonical))
                if self._verdict(canonical, k) in ("same", "compatible")
            ]
            if len(fitting) == 1:
                figure = self._cast[fitting[0]]
            elif not fitting:
                figure = self._cast.add("person", len(self._page.text))
                self._file(figure, parse_name(canonical))
                self._forms[figure.key].append(canonical)
                figure.gender = gender_of_name(canonical)
            else:
                continue
            figure.fixed_name = canonical
            for alias in aliases:
                self._aliases[fold(alias)].append(figure.key)

    def _place_short(self, name: NameMention, parsed: PersonName) -> None:
        span, surface = (name.start, name.end), self._surface(name)
        found = [k for k in self._filed(parsed) if self._verdict(surface, k) != "different"]
        key = fold(self._page.text[name.start : name.end])
        if not found and self._title(name) in _BEFORE_GIVEN:
            found = list(dict.fromkeys(self._givens.get(key, ())))
        found = list(dict.fromkeys([*found, *self._aliases.get(key, ())]))
        misspelt = self._misspelt(surface, parsed) if not found else None
        if misspelt is not None:
            self._cast[misspelt].aliases.append(self._page.text[name.start : name.end])
            self.readings[span] = Reading(misspelt, "surname-misspelt", 0.7)
            return
        gender, title = gender_of_name(surface), self._title(name)
        found = [k for k in found if gender and self._gender(k) == gender] or found
        found = [k for k in found if title and title in self._offices[k]] or found
        if len(found) > 1:
            chosen, share, step = self._bearers.choose(found, name.start)
            if chosen is None:
                self.readings[span] = Reading(None, "surname", 0.5, tuple(found))
                return
            self._bearers.bare(chosen, name.start)
            self._remember(self._cast[chosen], name, parsed)
            self.readings[span] = Reading(chosen, step, share)
            return
        if found:
            figure = self._cast[found[0]]
        else:
            figure = self._cast.add("person", name.start)
            self._file(figure, parsed)
        step = "surname" if self._forms.get(figure.key) else "name-short"
        if step == "name-short":
            self._bearers.named(figure.key, name.start, self._role(name))
        self._bearers.bare(figure.key, name.start)
        self._remember(figure, name, parsed)
        self.readings[span] = Reading(figure.key, step)

    def _gender(self, key: int) -> str | None:
        """Returns the gender that is known of a figure, or that its name suggests."""
        return self._cast[key].gender or suggested(self._cast[key])

    def _misspelt(self, surface: str, parsed: PersonName) -> int | None:
        """Returns the one person whose surname differs from a bare one in a single slip.

        A news text names people in full before it gives the surname alone; a surname that nobody
        bears, one letter off another's, is a slip of the pen.
        """
        word = fold(parsed.words[0])
        lex = lexicon()
        if len(word) < SHORTEST_MISSPELT or {word, singular(word)} & (
            lex.plural_people | lex.people
        ):
            return None
        gender = gender_of_name(surface)
        found = {
            key
            for near in _shortened(word)
            for key, other in self._spellings().get(near, ())
            if _slip(word, other) and (not gender or self._cast[key].gender in (None, gender))
        }
        return found.pop() if len(found) == 1 else None

    def _spellings(self) -> dict[str, set[tuple[int, str]]]:
        """Returns (figure, surname) by the surname and its forms with one letter left out.

        Two words a slip apart share one of these, so that a look-up does not try every surname
        (symmetric deletion, Garbe, 2012).
        """
        if self._near_spellings is None:
            self._near_spellings = defaultdict(set)
            for key, forms in self._forms.items():
                words = parse_name(forms[0]).words if forms else ()
                last = fold(words[-1]) if len(words) > 1 else ""
                if len(last) >= SHORTEST_MISSPELT:
                    for near in _shortened(last):
                        self._near_spellings[near].add((key, last))
        return self._near_spellings

    def _place_body(self, name: NameMention) -> None:
        surface = re.sub(r"['’]s?$", "", self._page.text[name.start : name.end])
        key = re.sub(r"^(the|a|an) ", "", fold(surface))
        if not key:
            return
        label = self.label(name.start, name.end)
        found = self._bodies.get(key)
        step = "name"
        if found is None:
            found, step = self._longer_body(key, surface)
        if found is None:
            step = "name"
            kind = {"place": "place", "norp": "group"}.get(label, "organization")
            figure = self._cast.add(kind, name.start)
            figure.plural = kind == "group"
            found = figure.key
            self._bodies_of.add(found, key)
        figure = self._cast[found]
        self._bodies.setdefault(key, found)
        form = re.sub(r"^(?:[Tt]he|THE|An?) ", "", surface)
        if form not in figure.surfaces and figure.kind in ("organization", "place", "group"):
            self._bodies_of.add_form(found, form, figure.kind != "group")
        figure.surfaces[form] += 1
        figure.aliases.append(surface)
        figure.first = min(figure.first, name.start)
        figure.headline = figure.headline or self._page.heads(name.start)
        self.readings[name.start, name.end] = Reading(found, step)

    def _longer_body(self, key: str, surface: str) -> tuple[int | None, str]:
        """Returns the body of which this is an acronym or a shorter name."""
        words = key.split()
        hits = self._bodies_of.longer(words)
        if len(hits) == 1 and (len(words) > 1 or words[0] in lexicon().name_words):
            return next(iter(hits)), "name-part"
        plain = surface.replace(".", "")
        if plain.isupper() and 2 <= len(plain) <= 7:
            hits = self._bodies_of.acronym(plain.lower())
            if len(hits) == 1:
                return next(iter(hits)), "acronym"
        return None, ""

    def alias_body(self, figure: Figure, alias: str) -> None:
        """Lets a name in brackets stand for the figure ("the Orrin Port Trust (OPT)")."""
        key = fold(alias)
        other = self._bodies.get(key)
        self._bodies[key] = figure.key
        if alias not in figure.aliases:
            figure.aliases.append(alias)
        if other is not None and other != figure.key:
            spans = self._read_as()
            for span in spans.pop(other, ()):
                self.readings[span] = Reading(figure.key, "acronym")
                spans.setdefault(figure.key, set()).add(span)

    def _read_as(self) -> dict[int, set[tuple[int, int]]]:
        """Returns the spans of every figure, as the readings stand."""
        if self._spans_read is None:
            self._spans_read = {}
            for span, reading in self.readings.items():
                if reading.figure is not None:
                    self._spans_read.setdefault(reading.figure, set()).add(span)
        return self._spans_read

    def person(self, name: str) -> Reading | None:
        """Returns the person whose name fits a transcript label; None when nobody does."""
        found = [k for k in self._filed(parse_name(name)) if self._verdict(name, k) != "different"]
        if not found:
            return None
        if len(found) > 1:
            return Reading(None, "turn", 0.5, tuple(found))
        return Reading(found[0], "turn", 0.95)

    def label_core(self, name: str) -> str:
        """Returns a label as a name: titles off, capitals softened."""
        core = parse_name(name).full or name
        return core.title() if core.isupper() and len(core) > 3 else core

    def enrol(self, figure: Figure, name: str) -> None:
        """Adds a person known only from a label."""
        self._file(figure, parse_name(name))
        figure.gender = figure.gender or gender_of_name(name)

    def alias_person(self, figure: Figure, nickname: str) -> None:
        """Lets mentions of a nickname denote the person it stands beside."""
        if nickname not in figure.aliases:
            figure.aliases.append(nickname)
        if self._spans_of is None:
            self._spans_of = defaultdict(list)
            for span in self.readings:
                self._spans_of[fold(self._page.text[span[0] : span[1]])].append(span)
        spans = self._read_as()
        bare = re.sub(r"^the ", "", fold(nickname))  # “The Owl”, and later the Owl
        forms = dict.fromkeys((fold(nickname), bare))
        for span in (s for form in forms for s in self._spans_of.get(form, ())):
            was = self.readings[span].figure
            if was is None or was == figure.key:
                continue
            self.readings[span] = Reading(figure.key, "nickname")
            spans[was].discard(span)
            spans.setdefault(figure.key, set()).add(span)

    def find(self, phrase: Phrase) -> Reading | None:
        """Returns what the name of a phrase denotes; None when the book has not met it."""
        if phrase.name is None:
            return None
        return self.readings.get(phrase.name)

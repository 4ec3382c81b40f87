"""Context breaks ties between speakers whose names fit equally; it never replaces a name.

Naive Bayes over the candidates and over "somebody else of that name": titles, descriptions, gender
and the people and bodies named in the same article, with the number of articles as prior. The
answer is a candidate only when it is at least ``CERTAINTY`` times as likely as all others
together, so a well-known namesake does not swallow the unknown one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from attrs import define, field, frozen

from quotecheck.store.forms import parse
from quotecheck.store.model import Persona

__all__ = ["CERTAINTY", "Profile", "Verdict", "decide"]

#: How much likelier the winner must be than all others together. At 19 the winner's share is 95 %.
CERTAINTY = 19.0
#: Articles' worth of belief that a bare name means somebody the store has never seen in full.
STRANGER = 0.5
#: Chance that a random person bears a given title, description word, or is named beside another.
BACKGROUND = 0.02
#: Pseudo-counts: how many articles a background chance weighs in a candidate's own figures.
SMOOTHING = 2.0
#: Chance that a pronoun or courtesy title was linked wrongly.
GENDER_NOISE = 0.05
#: Bound of the evidence against a candidate that never bears the title: people change office.
OTHER_TITLE_CAP = 2.5
#: Bounds of the evidence of one shared neighbour, in log units: articles about one event repeat
#: the same company, which must not count as independent proof over and over.
NEIGHBOUR_CAP = 1.0
NEIGHBOURS_CAP = 3.0


@define
class Profile:
    """What is known of a candidate, counted over its works.

    Attributes:
        works: the works that name it.
        articles: keys of the articles that name it.
        traits: works by title or description word.
        neighbours: works by name standing in the same article.
        genders: works by gender.
        called: works by short name that the candidate goes by in them.
    """

    works: set[str] = field(factory=set)
    articles: set[str] = field(factory=set)
    traits: Counter[str] = field(factory=Counter)
    neighbours: Counter[str] = field(factory=Counter)
    genders: Counter[str] = field(factory=Counter)
    called: Counter[str] = field(factory=Counter)

    @classmethod
    def of(cls, personas: Iterable[Persona], near: Mapping[str, frozenset[str]]) -> Profile:
        """Returns the profile of personas that are one speaker.

        Args:
            personas: the personas, in any order.
            near: names that stand in each article, by article key.
        """
        profile = cls()
        traits: dict[str, set[str]] = {}
        neighbours: dict[str, set[str]] = {}
        genders: dict[str, set[str]] = {}
        called: dict[str, set[str]] = {}
        for persona in personas:
            profile.works.add(persona.work)
            profile.articles.add(persona.article)
            for trait in (*persona.titles, *persona.descriptions):
                traits.setdefault(trait, set()).add(persona.work)
            for name in near.get(persona.article, frozenset()):
                neighbours.setdefault(name, set()).add(persona.work)
            gender = persona.courtesy or persona.pronoun
            if gender:
                genders.setdefault(gender, set()).add(persona.work)
            for alias in persona.aliases:
                called.setdefault(short_form(alias), set()).add(persona.work)
        profile.traits = Counter({key: len(works) for key, works in traits.items()})
        profile.neighbours = Counter({key: len(works) for key, works in neighbours.items()})
        profile.called = Counter({key: len(works) for key, works in called.items()})
        profile.genders = Counter({key: len(works) for key, works in genders.items()})
        return profile


@frozen(kw_only=True)
class Verdict:
    """The answer on one tie.

    Attributes:
        winner: index of the winning candidate, or None.
        odds: odds of the best candidate against all others together.
        reason: the evidence that weighed most.
    """

    winner: int | None
    odds: float
    reason: str


def short_form(name: str) -> str:
    """Returns what short names with and without a title have in common.

    >>> short_form("Mr. Vell") == short_form("VELL")
    True
    """
    form = parse(name)
    return " ".join((form.given, *form.middle, form.family))


def _priors(persona: Persona, candidates: list[Profile]) -> list[float]:
    """How many articles speak for each candidate before the context is looked at.

    Those that name it, times the share of them that call it by the very short name: a family has
    one member who is "Vell" and others who are always called in full. Where no article tells how
    anybody is called, the number of articles alone.
    """
    short = short_form(persona.name)
    known = any(profile.called[short] for profile in candidates)
    out = []
    for profile in candidates:
        works = max(len(profile.works), 1)
        share = (profile.called[short] + 1) / (works + 2) if known else 1.0
        out.append(works * share)
    return out


def _rate(count: int, total: int) -> float:
    return (count + SMOOTHING * BACKGROUND) / (total + SMOOTHING)


def _gender_rate(gender: str, profile: Profile | None) -> float:
    if profile is None or not profile.genders:
        return 0.5
    known = sum(profile.genders.values())
    share = (profile.genders[gender] + 0.5) / (known + 1.0)
    return share * (1 - 2 * GENDER_NOISE) + GENDER_NOISE


def _log_likelihood(
    persona: Persona, near: frozenset[str], profile: Profile
) -> tuple[float, list[tuple[float, str]]]:
    """Log odds of a candidate against a stranger, and its parts with their names."""
    total = len(profile.works)
    parts: list[tuple[float, str]] = []
    against = 0.0
    for trait in sorted({*persona.titles, *persona.descriptions}):
        gain = math.log(_rate(profile.traits[trait], total) / BACKGROUND)
        if gain > 0:
            parts.append((gain, f'both are called "{trait}"'))
        elif trait in persona.titles:
            against += gain
    if against:
        parts.append((max(-OTHER_TITLE_CAP, against), "other titles"))
    neighbours = [
        (min(NEIGHBOUR_CAP, math.log(_rate(profile.neighbours[name], total) / BACKGROUND)), name)
        for name in sorted(near)
        if profile.neighbours[name]
    ]
    gain = min(NEIGHBOURS_CAP, sum(max(0.0, weight) for weight, _ in neighbours))
    if gain > 0:
        names = sorted(neighbours, key=lambda pair: (-pair[0], pair[1]))[:3]
        parts.append((gain, "named beside " + ", ".join(name for _, name in names)))
    gender = persona.courtesy or persona.pronoun
    if gender:
        gain = math.log(_gender_rate(gender, profile) / 0.5)
        parts.append((gain, "the same gender" if gain > 0 else "another gender"))
    return sum(weight for weight, _ in parts), parts


def decide(
    persona: Persona, near: frozenset[str], candidates: list[Profile], stranger: float = STRANGER
) -> Verdict:
    """Returns which candidate a persona is, if the context says so.

    Args:
        persona: whose name fits every candidate.
        near: other names in its article.
        candidates: what is known of each.
        stranger: prior weight, in articles, of being none of them.
    """
    if not candidates:
        return Verdict(winner=None, odds=0.0, reason="no candidate")
    scored = []
    priors = _priors(persona, candidates)
    for index, profile in enumerate(candidates):
        prior = math.log(priors[index])
        likelihood, parts = _log_likelihood(persona, near, profile)
        scored.append((prior + likelihood, index, parts))
    best, winner, parts = max(scored, key=lambda entry: (entry[0], -entry[1]))
    others = [stranger] + [math.exp(s) for s, index, _ in scored if index != winner]
    odds = math.exp(best) / sum(others)
    why = [text for weight, text in sorted(parts, key=lambda p: (-p[0], p[1])) if weight > 0][:2]
    works = len(candidates[winner].works)
    why.append(f"{works} article{'s' if works != 1 else ''} of this name")
    return Verdict(winner=winner if odds >= CERTAINTY else None, odds=odds, reason="; ".join(why))

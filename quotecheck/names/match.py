"""Do two names fit one person? Five verdicts, decided part by part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal

from attrs import evolve, frozen

from quotecheck.names.fold import fold_word
from quotecheck.names.parse import PersonName, parse_name
from quotecheck.names.profile import name_key
from quotecheck.names.relate import Finding, Rank, compare

__all__ = ["AliasTable", "NameMatch", "NameVerdict", "match_names"]

NameVerdict = Literal["same", "compatible", "probable", "ambiguous", "different"]
_VERDICTS: tuple[NameVerdict, ...] = (
    "same",
    "compatible",
    "probable",
    "ambiguous",
    "different",
)
#: Scores order the verdicts and, within one, the findings. They are no probabilities.
_SCORES = {
    Rank.SAME: 1.0,
    Rank.COMPATIBLE: 0.9,
    Rank.PROBABLE: 0.75,
    Rank.AMBIGUOUS: 0.5,
    Rank.DIFFERENT: 0.0,
}
#: Each further part that is not equal takes this off.
_PART = 0.05
#: A clash of one letter, which a person may want to look at.
_NEAR = 0.2


@frozen(kw_only=True)
class NameMatch:
    """Whether two names fit one person.

    Attributes:
        verdict: same, compatible, probable, ambiguous or different.
        reason: why, in words.
        score: 1 for same down to 0 for different; it orders, it is no probability.
        a: the parsed first name.
        b: the parsed second name.
    """

    verdict: NameVerdict
    reason: str
    score: float
    a: PersonName
    b: PersonName

    @property
    def fits(self) -> bool:
        """Whether the verdict is same, compatible or probable."""
        return self.verdict in {"same", "compatible", "probable"}


class AliasTable:
    """A house's own other names of people, for `match_names` and `cluster_names`.

    One-word entries extend the nicknames (``{"Robert": ["Robbo"]}``); longer ones name people
    (``{"Mara Quist": ["Mara Holm"]}``). An alias makes a match *probable*, never more.

    Args:
        aliases: name -> its other names.

    >>> table = AliasTable({"Mara Quist": ["Mara Holm"]})
    >>> match_names("Ms. Holm", "Mara Quist", aliases=table).verdict
    'probable'
    """

    def __init__(self, aliases: Mapping[str, Iterable[str]]) -> None:
        self._people: dict[str, list[tuple[PersonName, ...]]] = {}
        self._given: dict[str, set[int]] = {}
        for number, (name, others) in enumerate(aliases.items()):
            names = tuple(map(parse_name, (name, *others)))
            words = [fold_word(n.words[0]) for n in names if len(n.words) == 1]
            for word in words:
                self._given.setdefault(word, set()).add(number)
            for key in {key for n in names for key in name_key(n)}:
                self._people.setdefault(key, []).append(names)

    def are_given(self, a: str, b: str) -> bool:
        """Returns whether two folded given names are listed as one."""
        return bool(self._given.get(a, set()) & self._given.get(b, set()))

    def others(self, name: PersonName) -> tuple[PersonName, ...]:
        """Returns the other listed names of whoever ``name`` may be, itself left out."""
        found: dict[PersonName, None] = {}
        for key in name_key(name):
            for group in self._people.get(key, ()):
                fits = [_match(name, member).verdict in {"same", "compatible"} for member in group]
                if any(fits):
                    found |= {m: None for m, fit in zip(group, fits, strict=True) if not fit}
        return tuple(found)


def match_names(
    a: str | PersonName,
    b: str | PersonName,
    *,
    aliases: AliasTable | Mapping[str, Iterable[str]] | None = None,
) -> NameMatch:
    """Returns whether two names fit one person, with the reason.

    The parts decide, never one threshold on whole strings: ``same`` (nothing tells them apart),
    ``compatible`` (one is a shorter or initialled form), ``probable`` (nickname, transliteration
    or listed alias), ``ambiguous`` (the parts fit in two ways), ``different`` (a part clashes).
    Swapping the names gives the same verdict.

    Args:
        a: a name, as text or parsed.
        b: another.
        aliases: further names of people, or pet forms of given names; pass an `AliasTable` when
            it is used often.

    Raises:
        TextTypeError: a name is neither a str nor a `PersonName`.

    >>> match_names("Mr. Bessent", "Scott Bessent").verdict
    'compatible'
    >>> match_names("Petra Lindqvist", "Petr Lindqvist").reason
    'given names differ: Petra / Petr'
    """
    if isinstance(a, str) and isinstance(b, str):
        found = _match_text(a, b)
    else:
        found = _match(_parsed(a), _parsed(b))
    if aliases is None or found.fits:
        return found
    table = aliases if isinstance(aliases, AliasTable) else AliasTable(aliases)
    return _match_aliases(found, table)


def _parsed(name: str | PersonName) -> PersonName:
    return name if isinstance(name, PersonName) else parse_name(name)


@lru_cache(maxsize=1024)
def _match_text(a: str, b: str) -> NameMatch:
    return _match(parse_name(a), parse_name(b))


def _match(a: PersonName, b: PersonName) -> NameMatch:
    findings = compare(a, b)
    rank = _rank(findings)
    if rank > Rank.PROBABLE and (a.readings or b.readings):
        for x in (a, *a.readings):
            for y in (b, *b.readings):
                other = compare(x, y) if (x, y) != (a, b) else findings
                if _rank(other) <= Rank.PROBABLE:
                    return _result(a, b, [Finding(Rank.AMBIGUOUS, _reading(a, b, x, y))])
    if rank == Rank.DIFFERENT and _same_words(a, b) and _only_names_clash(findings):
        return _result(a, b, [Finding(Rank.AMBIGUOUS, "the same words in another order")])
    return _result(a, b, findings)


def _reading(a: PersonName, b: PersonName, x: PersonName, y: PersonName) -> str:
    """Says which reading of the words makes them fit."""
    changed = [
        f"{' '.join(new.title)} is a title"
        if new.title != old.title and new.title
        else f"{' '.join(new.family or new.given)} is the family name in {' '.join(old.words)}"
        for old, new in ((a, x), (b, y))
        if old != new
    ]
    return f"fits only if {' and '.join(changed)}"


def _rank(findings: list[Finding]) -> Rank:
    rank = Rank.SAME
    for finding in findings:
        if finding.rank > rank:
            rank = finding.rank
    return rank


def _result(a: PersonName, b: PersonName, findings: list[Finding]) -> NameMatch:
    rank = _rank(findings)
    deciding = [f for f in findings if f.rank == rank] if rank > Rank.PROBABLE else findings
    reason = "; ".join(f.reason for f in deciding if f.reason)
    score = _SCORES[rank]
    if rank == Rank.DIFFERENT:
        score = _NEAR if len(deciding) == 1 and deciding[0].near else score
    elif findings:
        score = round(score - _PART * (len(findings) - 1), 2)
    return NameMatch(
        verdict=_VERDICTS[rank],
        reason=reason or "nothing tells them apart",
        score=score,
        a=a,
        b=b,
    )


def _same_words(a: PersonName, b: PersonName) -> bool:
    wa, wb = (sorted(map(fold_word, name.words)) for name in (a, b))
    return len(wa) > 1 and wa == wb


def _only_names_clash(findings: list[Finding]) -> bool:
    clash = ("given names", "family names", "middle names")
    return all(f.rank < Rank.DIFFERENT or f.reason.startswith(clash) for f in findings)


def _match_aliases(found: NameMatch, table: AliasTable) -> NameMatch:
    """The same question with the listed other names; a clash of suffix or title stays."""
    a, b = found.a, found.b
    if not _only_names_clash(compare(a, b)):
        return found
    if a.given and b.given and table.are_given(fold_word(a.given[0]), fold_word(b.given[0])):
        renamed = _match(a, evolve(b, given=a.given, readings=()))
        if renamed.fits:
            shown = f"{a.given[0]} / {b.given[0]}"
            return evolve(found, verdict="probable", score=0.75, reason=f"{shown}: listed aliases")
    for x, y in ((b, a), (a, b)) if b.is_complete else ((a, b), (b, a)):
        for other in table.others(x):
            if _match(other, y).verdict in {"same", "compatible"}:
                reason = f"{other.full} is listed as another name of {x.full}"
                return evolve(found, verdict="probable", score=0.75, reason=reason)
    return found

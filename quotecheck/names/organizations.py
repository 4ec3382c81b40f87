"""Do two names fit one organization? The same five verdicts as for people."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Literal

from attrs import field, frozen

from quotecheck.errors import TextTypeError
from quotecheck.names.fold import fold_word, sound_key
from quotecheck.names.lexicon import read_data

__all__ = [
    "OrganizationMatch",
    "OrganizationName",
    "match_organizations",
    "parse_organization",
]

_BRACKETS = re.compile(r"\s*[(\[]\s*([^()\[\]]+?)\s*[)\]]")
_WORD = re.compile(r"[^\W_]+(?:[.'’ʼ&/-][^\W_]+)*\.?|&")
_POSSESSIVE = re.compile(r"(?:['’ʼ]s|(?<=s)['’ʼ])$", re.IGNORECASE)
_ISATION = re.compile(r"is(ation|ations|e|ed|ing)$")
#: Longest acronym; longer words in capitals are shouted names.
_MAX_ACRONYM = 7

Verdict = Literal["same", "compatible", "probable", "ambiguous", "different"]


@frozen(kw_only=True)
class _Words:
    small: frozenset[str]
    legal: frozenset[str]
    optional: frozenset[str]
    government: frozenset[str]
    heads: frozenset[str]
    generic: frozenset[str]
    spellings: dict[str, str] = field(hash=False)
    acronyms: dict[str, str] = field(hash=False)
    places: dict[str, str] = field(hash=False)


@lru_cache(maxsize=1)
def _lexicon() -> _Words:
    data: dict[str, Any] = json.loads(read_data("names_organizations.json"))
    places = {
        form.replace("-", " "): country
        for country, forms in data["places"].items()
        for form in (country, *forms.split())
    }
    sets = {key: frozenset(data[key]) for key in ("small", "legal", "optional", "generic")}
    government = frozenset(data["government"])
    return _Words(
        **sets,
        government=government,
        heads=frozenset(data["heads"]) | government,
        spellings=data["spellings"],
        acronyms=data["acronyms"],
        places=places,
    )


@frozen(kw_only=True)
class OrganizationName:
    """An organization's name taken apart.

    Attributes:
        text: the name as given.
        words: folded words that count, in order; no articles, small words, places or legal form.
        ordered: the same with the places, in order.
        places: countries, states and cities in the name ("kenya" for "Kenyan" too).
        acronym: the acronym that stands in brackets, or that the name is; folded.
        is_acronym: whether the name is nothing but an acronym.
        initials: the acronyms that the words can give.
        legal: legal form ("ltd"), if any.
    """

    text: str
    words: tuple[str, ...]
    ordered: tuple[str, ...]
    places: frozenset[str]
    acronym: str | None
    is_acronym: bool
    initials: frozenset[str]
    legal: str | None

    @property
    def all_words(self) -> frozenset[str]:
        """Words and places together."""
        return frozenset(self.words) | self.places


@frozen(kw_only=True)
class OrganizationMatch:
    """Whether two names fit one organization.

    Attributes:
        verdict: same, compatible, probable, ambiguous or different.
        reason: why, in words.
        score: 1 for same down to 0 for different; it orders, it is no probability.
        a: the first name taken apart.
        b: the second.
    """

    verdict: Verdict
    reason: str
    score: float
    a: OrganizationName
    b: OrganizationName

    @property
    def fits(self) -> bool:
        """Whether the verdict is same, compatible or probable."""
        return self.verdict in {"same", "compatible", "probable"}


_SCORES: dict[Verdict, float] = {
    "same": 1.0,
    "compatible": 0.9,
    "probable": 0.75,
    "ambiguous": 0.5,
    "different": 0.0,
}


def parse_organization(text: str) -> OrganizationName:
    """Returns an organization's name taken apart.

    Raises:
        TextTypeError: ``text`` is not a str.

    >>> name = parse_organization("the Kenyan Health Authority (KHA)")
    >>> name.words, sorted(name.places), name.acronym
    (('health', 'authority'), ['kenya'], 'kha')
    """
    if not isinstance(text, str):
        raise TextTypeError(text, "name")
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> OrganizationName:
    words = _lexicon()
    line = " ".join(text.split())
    acronym: str | None = None
    for inside in _BRACKETS.findall(line):
        if _looks_like_acronym(inside, line):
            acronym = fold_word(inside)
        elif _looks_like_acronym(_BRACKETS.sub("", line).strip(), ""):
            # "WHO (World Health Organization)": the long form stands in the brackets.
            return _parse(f"{inside} ({_BRACKETS.sub('', line).strip()})")
    bare = _BRACKETS.sub("", line)
    tokens = [_POSSESSIVE.sub("", token) for token in _WORD.findall(bare)]
    tokens = tokens[1:] if len(tokens) > 1 and fold_word(tokens[0]) == "the" else tokens
    legal = None
    while len(tokens) > 1 and fold_word(tokens[-1]) in words.legal:
        legal = fold_word(tokens.pop())
    if len(tokens) > 1 and fold_word(tokens[-1]) in words.small:  # "Quist & Co."
        tokens.pop()
    is_acronym = len(tokens) == 1 and _looks_like_acronym(tokens[0], "")
    folded = [fold_word(token) for token in tokens if fold_word(token) not in words.small]
    ordered = _places([_spelling(word, words) for word in folded if word], words)
    return OrganizationName(
        text=text,
        words=tuple(word for word, is_place in ordered if not is_place),
        ordered=tuple(word for word, _ in ordered),
        places=frozenset(word for word, is_place in ordered if is_place),
        acronym=fold_word(tokens[0]) if is_acronym else acronym,
        is_acronym=is_acronym,
        initials=_initials(tokens, words),
        legal=legal,
    )


def _looks_like_acronym(token: str, line: str) -> bool:
    letters = token.replace(".", "").replace("&", "")
    capitals = sum(char.isupper() for char in letters)
    if " " in token or not letters.isalnum() or not 2 <= len(letters) <= _MAX_ACRONYM:
        return False
    if line and line.isupper():  # "WORLD HEALTH ORGANIZATION (WHO)"
        return True
    return capitals >= 2 and capitals >= len(letters) - 1


def _spelling(word: str, words: _Words) -> str:
    word = words.spellings.get(word, word)
    return _ISATION.sub(r"iz\1", word) if word.endswith(("isation", "isations")) else word


def _places(content: list[str], words: _Words) -> list[tuple[str, bool]]:
    """Each word and whether it is a place, places under one name ("Kenyan", "New South Wales")."""
    out: list[tuple[str, bool]] = []
    at = 0
    while at < len(content):
        for size in (3, 2, 1):
            place = words.places.get(" ".join(content[at : at + size]))
            if place:
                out.append((place, True))
                at += size
                break
        else:
            out.append((content[at], False))
            at += 1
    return out


def _initials(tokens: list[str], words: _Words) -> frozenset[str]:
    """Acronyms of the words: with and without small words, hyphenated words as one or two."""
    if len(tokens) < 2:
        return frozenset()
    found: set[str] = set()
    for split in (False, True):
        parts = [p for t in tokens for p in (re.split(r"[-/]", t) if split else [t])]
        folded = [word for word in map(fold_word, parts) if word]
        content = [word for word in folded if word not in words.small]
        found |= {"".join(w[0] for w in folded), "".join(w[0] for w in content)}
    return frozenset(acronym for acronym in found if len(acronym) > 1)


def match_organizations(a: str | OrganizationName, b: str | OrganizationName) -> OrganizationMatch:
    """Returns whether two names fit one organization, with the reason.

    Articles, legal forms and spelling variants don't count; an acronym must be given in brackets,
    known, or the initials of the words; places that differ keep apart. Descriptions ("the
    ministry") are left to coreference and come out as ``ambiguous``.

    Args:
        a: a name, as text or parsed.
        b: another.

    Raises:
        TextTypeError: a name is neither a str nor an `OrganizationName`.

    >>> match_organizations("WHO", "World Health Organisation").verdict
    'compatible'
    >>> match_organizations("Ministry of Health of Kenya", "Ministry of Health of Uganda").reason
    'places differ: kenya / uganda'
    """
    x = a if isinstance(a, OrganizationName) else parse_organization(a)
    y = b if isinstance(b, OrganizationName) else parse_organization(b)
    verdict, reason = _compare(x, y)
    return OrganizationMatch(verdict=verdict, reason=reason, score=_SCORES[verdict], a=x, b=y)


def _compare(x: OrganizationName, y: OrganizationName) -> tuple[Verdict, str]:
    if not x.all_words or not y.all_words:
        return "ambiguous", "one side holds no name"
    if x.ordered == y.ordered:
        if x.legal and y.legal and x.legal != y.legal:
            return "compatible", f"legal forms differ: {x.legal} / {y.legal}"
        return "same", "nothing tells them apart"
    for short, long in ((x, y), (y, x)):
        if short.is_acronym and not long.is_acronym and (found := _acronym(short, long)):
            return found
    if x.is_acronym and y.is_acronym:
        return "different", f"acronyms differ: {x.text} / {y.text}"
    if x.places and y.places and not (x.places <= y.places or y.places <= x.places):
        shown = f"{', '.join(sorted(x.places))} / {', '.join(sorted(y.places))}"
        return "different", f"places differ: {shown}"
    return _compare_words(x, y)


def _acronym(short: OrganizationName, long: OrganizationName) -> tuple[Verdict, str] | None:
    name = short.acronym or ""
    if long.acronym:
        if long.acronym == name:
            return "compatible", f"{short.text} stands in brackets after the name"
        return "different", f"the acronym of {long.text} is {long.acronym.upper()}"
    known = _lexicon().acronyms.get(name)
    if known and set(_parse(known).all_words) == set(long.all_words):
        return "compatible", f"{short.text} is a known acronym"
    if name in long.initials:
        if known:
            return "ambiguous", f"{short.text} are the initials, but usually of {known}"
        if len(name) == 2:
            return "probable", f"{short.text} are the initials, but may stand for another name"
        return "compatible", f"{short.text} are the initials of the words"
    return None


def _compare_words(x: OrganizationName, y: OrganizationName) -> tuple[Verdict, str]:
    words = _lexicon()
    # The words themselves break ties, so that swapping the names changes nothing.
    short, long = sorted((x, y), key=lambda n: (len(set(n.words)), len(n.places), n.ordered))
    if sorted(x.words) == sorted(y.words):
        moved = x.words != y.words or x.places == y.places
        if moved and not set(x.words) & words.government:
            return "ambiguous", "the same words in another order"
        if x.places == y.places:
            return "same", "nothing tells them apart"
        if len(x.words) < 2 and _is_generic(x.words, words):
            return "ambiguous", "only general words are shared"
        return "compatible", "one leaves the place out"
    if len(x.words) == len(y.words) and x.words:
        pairs = zip(x.words, y.words, strict=True)
        if all(sound_key(v) == sound_key(w) for v, w in pairs) and x.places == y.places:
            return "probable", "spellings of one name"
    if not short.words or not set(short.words) <= set(long.words):
        return "different", _differing(x, y)
    extra = [word for word in long.words if word not in short.words]
    if not extra:
        return "ambiguous", "the same words, some of them repeated"
    shown = " ".join(extra)
    if set(extra) <= words.optional | words.government and not _is_generic(short.words, words):
        return "compatible", f"one leaves out {shown}"
    if set(extra) <= words.government and set(short.words) & (words.generic | words.heads):
        return "compatible", f"one leaves out {shown}"
    if _is_generic(short.words, words):
        return "ambiguous", "only general words are shared"
    if set(extra) & words.heads and set(short.words) & words.heads:
        return "ambiguous", f"perhaps a part of the other ({shown})"
    if long.words[: len(short.words)] == short.words:
        return "compatible", f"one leaves out {shown}"
    return "ambiguous", f"one leaves out {shown} before or inside the name"


def _is_generic(content: tuple[str, ...], words: _Words) -> bool:
    return set(content) <= words.generic | words.heads | words.optional


def _differing(x: OrganizationName, y: OrganizationName) -> str:
    left = [word for word in x.words if word not in y.words] or list(x.words)
    right = [word for word in y.words if word not in x.words] or list(y.words)
    return f"words differ: {' '.join(left) or x.text} / {' '.join(right) or y.text}"

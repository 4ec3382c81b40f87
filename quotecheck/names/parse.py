"""A person's name in parts: title, given, middle, family, suffix and nickname."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from attrs import evolve, field, frozen

from quotecheck.errors import TextTypeError
from quotecheck.names.fold import fold_word, split_initials
from quotecheck.names.lexicon import Lexicon, lexicon
from quotecheck.names.split import Split, split_words

__all__ = ["PersonName", "parse_name"]

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff\u061c\u202a-\u202e\u2066-\u2069]")
_QUOTED = re.compile(
    r"[\"“”„‟«»＂]+([^\"“”„‟«»＂]*)[\"“”„‟«»＂]+|(?<=\s)['‘’`]([^'‘’`]+)['’´](?=\s)"
)
_BRACKETED = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_POSSESSIVE = re.compile(r"(?<=[\w.])(?:['’ʼ＇`´‘][sS]|(?<=[sSzZxX])['’ʼ＇`´‘])$")
#: "D-N.Y.", "R-Texas": a party and a place, as United States papers set them after a name.
_AFFILIATION = re.compile(r"(?:[DRI]|Lib|Lab|Con|SNP)[-–—][\w.\s]+", re.IGNORECASE)
_AGE = re.compile(r"\d{1,3}")
_MAIDEN = frozenset({"nee", "born", "geb", "formerly"})
_PLACE_TITLES = frozenset({"us", "uk", "un", "eu"})
_ROMAN_IN_CAPS = frozenset({"ii", "iii", "iv", "vii", "viii"})
_EDGE = ' \t\n,;:.!?-–—"“”'


# Names are the keys of every cache here, so the hash is kept.
@frozen(kw_only=True, cache_hash=True)
class PersonName:
    """The parts of a name, each a tuple of words as written.

    Attributes:
        text: the name as given.
        title: titles and courtesy titles ("Treasury", "Secretary"; "Mr.").
        given: given name; more than one word when they belong together ("Abdul Rahman").
        middle: further given names and initials.
        family: family name with its particles ("de", "la", "Vega"). A lone word stands here,
            unless its title goes with given names ("Pope Leo").
        suffix: "Jr.", "III", also degrees and orders ("M.D.").
        nickname: what stood in quotation marks or brackets inside the name.
        maiden: the earlier family name after "née".
        order: where the family name stands: last, first ("Xi Lanping") or in the middle, between
            a Western and a Chinese given name ("Karl Chan Mo-lan").
        readings: other ways to divide the same words, when there are any ("Li Wei").
    """

    text: str
    title: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    family: tuple[str, ...] = ()
    suffix: tuple[str, ...] = ()
    nickname: tuple[str, ...] = ()
    maiden: tuple[str, ...] = ()
    order: Literal["given-first", "family-first", "family-middle"] = "given-first"
    readings: tuple[PersonName, ...] = field(default=(), repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """Given, middle and family name in the order in which they were written."""
        if self.order == "family-first":
            return self.family + self.given + self.middle
        if self.order == "family-middle":
            return self.given + self.family + self.middle
        return self.given + self.middle + self.family

    @property
    def generation(self) -> str | None:
        """The part of the suffix that tells people apart, such as ``"jr"`` or ``"3"``."""
        known = lexicon().generation
        for word in self.suffix:
            if (folded := fold_word(word)) in known:
                return known[folded]
        return None

    @property
    def full(self) -> str:
        """The name without title, nickname and degrees, with "Jr." or the like."""
        known = lexicon().generation
        return " ".join((*self.words, *(w for w in self.suffix if fold_word(w) in known)))

    @property
    def is_complete(self) -> bool:
        """Whether there is a family name and a given name that is more than an initial."""
        return bool(self.family and self.given and len(fold_word(self.given[0])) > 1)


def parse_name(text: str) -> PersonName:
    """Returns the parts of a person's name.

    Titles of news text, "Last, First", capitals, initials, particles, East Asian order, Spanish
    double family names, degrees, party labels and possessives are understood. Particles inside
    names are divided by `nameparser`. A text without any name word gives empty parts.

    Args:
        text: the name, with or without title; not a sentence.

    Raises:
        TextTypeError: ``text`` is not a str.

    >>> name = parse_name("Sen. Maria de la Vega Jr.’s")
    >>> name.title, name.given, name.family, name.suffix
    (('Sen.',), ('Maria',), ('de', 'la', 'Vega'), ('Jr.',))
    >>> parse_name("Quist, Mara").full
    'Mara Quist'
    """
    if not isinstance(text, str):
        raise TextTypeError(text, "name")
    return _parse(text)


@lru_cache(maxsize=1024)
def _parse(text: str) -> PersonName:
    words = lexicon()
    bare, nickname, maiden, suffix = _asides(_clean(text), words)
    main, inverted, more = _commas(bare, words)
    suffix += more
    title, rest = _take_title(_tokens(inverted or main), words)
    if inverted:
        front_title, main_words = _take_title(_tokens(main), words)
        title = front_title + title
        rest, given_suffix = _take_suffix(rest, words, inverted.isupper())
        main_words, family_suffix = _take_suffix(main_words, words, main.isupper())
        suffix = family_suffix + given_suffix + suffix
        split = Split(given=rest[:1], middle=rest[1:], family=main_words)
        return _person(text, title, split, suffix, nickname, maiden)
    rest, tail = _take_suffix(rest, words, main.isupper())
    suffix = tail + suffix
    splits = _splits(rest, title, words)
    first, *others = [_person(text, t, s, suffix, nickname, maiden) for t, s in splits]
    return evolve(first, readings=tuple(others))


def _person(
    text: str,
    title: list[str],
    split: Split,
    suffix: list[str],
    nickname: list[str],
    maiden: list[str],
) -> PersonName:
    return PersonName(
        text=text,
        title=tuple(title),
        given=tuple(split.given),
        middle=tuple(split.middle),
        family=tuple(split.family),
        suffix=tuple(suffix),
        nickname=tuple(nickname),
        maiden=tuple(maiden),
        order=split.order,
    )


def _clean(text: str) -> str:
    """One line, without invisible characters, outer punctuation and a final possessive."""
    line = " ".join(_INVISIBLE.sub("", text).split())
    outer = line.strip("\"“”„«»'‘’ ")
    if not any(mark in outer for mark in '"“”„«»'):
        line = outer if line[:1] in '"“”„«»‘' or line[-1:] in '"“”„«»' else line
    return _POSSESSIVE.sub("", line).rstrip(" ,;:!?")


def _asides(line: str, words: Lexicon) -> tuple[str, list[str], list[str], list[str]]:
    """Takes nicknames, maiden names, degrees and party labels in marks or brackets out."""
    nickname: list[str] = []
    maiden: list[str] = []
    suffix: list[str] = []
    for pattern in (_QUOTED, _BRACKETED):
        for match in pattern.finditer(line):
            inside = next((g for g in match.groups() if g), "").strip(" ,.")
            tokens = inside.split()
            if tokens and fold_word(tokens[0]) in _MAIDEN:
                maiden += tokens[1:]
            elif tokens and all(_is_suffix(t, words, strict=False) for t in tokens):
                suffix += tokens
            elif tokens and not _AFFILIATION.fullmatch(inside) and not _AGE.fullmatch(inside):
                nickname += tokens
        line = pattern.sub(" ", line)
    found = re.search(r"\s(?:née|nee|geb\.)\s+(.+)$", line, re.IGNORECASE)
    if found:
        maiden += found[1].strip(" ,.").split()
        line = line[: found.start()]
    return " ".join(line.replace(" ,", ",").split()), nickname, maiden, suffix


def _commas(line: str, words: Lexicon) -> tuple[str, str, list[str]]:
    """Divides at commas: (main part, given part of "Last, First" or "", suffix words)."""
    main, *others = [part.strip(_EDGE.replace(".", "")) for part in line.split(",")]
    inverted = ""
    suffix: list[str] = []
    for part in others:
        tokens = part.split()
        if not tokens or _AFFILIATION.fullmatch(part) or _AGE.fullmatch(part):
            continue
        if all(_is_suffix(token, words, strict=False) for token in tokens):
            suffix += tokens
        elif not main:
            main = part
        elif not inverted and _is_given_part(main, tokens, words):
            inverted = part
    return main, inverted, suffix


def _is_given_part(main: str, tokens: list[str], words: Lexicon) -> bool:
    """Whether what follows a comma is a given name, not a description ("a doctor")."""
    count = len(main.split())
    head = tokens[0]
    if count > 3 or len(tokens) > 4 or (head[:1].islower() and not main[:1].islower()):
        return False
    folded = fold_word(head)
    if folded in words.titles and folded not in words.title_or_given:
        return count == 1 and len(tokens) > 1 and folded not in words.title_modifiers
    return True


def _tokens(part: str) -> list[str]:
    out: list[str] = []
    for token in re.sub(r"\.(?=[^\W\d_]{2})", ". ", part).split():
        # "U.S. Sen." is a title, "J.D. Quist" a pair of initials.
        is_place = fold_word(token) in _PLACE_TITLES
        out += [token] if is_place else split_initials(token)
    return [token for token in out if fold_word(token)]


#: Degrees and honours of two letters, which come as two initials.
_TWO_LETTERS = frozenset({("m", "d"), ("k", "c"), ("q", "c"), ("s", "c"), ("m", "p")})


def _is_suffix(token: str, words: Lexicon, *, strict: bool) -> bool:
    """Whether a word is a generation or post-nominal; strict inside a name without comma."""
    folded = fold_word(token)
    if folded in words.generation:
        return not strict or len(folded) > 1 or token.isupper()
    if folded not in words.post_nominals:
        return False
    return not strict or ("." in token.rstrip(".")) or (token.isupper() and len(folded) > 2)


def _take_suffix(tokens: list[str], words: Lexicon, all_caps: bool) -> tuple[list[str], list[str]]:
    """Splits trailing suffixes off, leaving at least one word of the name."""
    end = len(tokens)
    while end > 1:
        token = tokens[end - 1]
        folded = fold_word(token)
        if not _is_suffix(token, words, strict=True):
            break
        roman = folded in words.generation and not folded[0].isdigit() and set(folded) <= set("ivx")
        if roman and (not token.isupper() or (all_caps and folded not in _ROMAN_IN_CAPS)):
            break
        if len(folded) == 1 and (end < 3 or token.endswith(".")):
            break
        if folded in words.post_nominals and all_caps and "." not in token:
            break
        end -= 1
    # "J. D. M. D." written apart is not worth a rule; "M.D." comes as two initials.
    if end >= 4 and tuple(fold_word(t) for t in tokens[end - 2 : end]) in _TWO_LETTERS:
        end -= 2
    return tokens[:end], tokens[end:]


def _take_title(tokens: list[str], words: Lexicon) -> tuple[list[str], list[str]]:
    """Splits leading titles and descriptions off ("former Treasury Secretary")."""
    folded = [fold_word(token) for token in tokens]
    count = 0
    while count < len(tokens) and (
        folded[count] in words.titles
        or (count == 0 and folded[0] == "sr" and len(tokens) > 1)
        or _is_description(tokens, count, words)
        or _is_rank(folded, count)
        # "Archbishop of Kenning Karl Quist"; a name must be left.
        or (count and folded[count - 1] == "of" and count + 2 < len(tokens))
    ):
        count += 1
    if count and count + 2 > len(tokens) and folded[count - 1] == "of":
        # "Bishop of Kenning": an office, not a name.
        return tokens, []
    if count == len(tokens):
        return _all_titles(tokens, folded, words)
    has_of = "of" in folded[:count]
    while count and not has_of and folded[count - 1] in words.title_modifiers:
        if tokens[count - 1].islower():
            break
        count -= 1
    return tokens[:count], tokens[count:]


def ends_rank(before: str, word: str) -> bool:
    """Whether a word ends a rank of two, "Datuk Seri" or "Tan Sri"; alone it is a name.

    Args:
        before: the word before it, folded.
        word: the word, folded.
    """
    return word in ("sri", "seri") and before in ("tan", "datuk", "dato", "datin", "puan")


def _is_rank(folded: list[str], at: int) -> bool:
    """Whether a word is part of a rank of two, with a name behind it."""
    if folded[at] == "tan":
        return at + 2 < len(folded) and ends_rank("tan", folded[at + 1])
    return at > 0 and ends_rank(folded[at - 1], folded[at])


def _is_description(tokens: list[str], at: int, words: Lexicon) -> bool:
    """Whether a lower-case word before a capitalised name describes it ("pollster Mara Quist")."""
    token = tokens[at]
    return (
        token.islower()
        and token.isalpha()
        and fold_word(token) not in words.particles
        and any(later[:1].isupper() for later in tokens[at + 1 :])
    )


def _all_titles(
    tokens: list[str], folded: list[str], words: Lexicon
) -> tuple[list[str], list[str]]:
    """Nothing but title words: the last may be a family name ("Mr. King"), else no name."""
    if tokens and folded[-1] in words.title_also_family and not tokens[-1].islower():
        return tokens[:-1], tokens[-1:]
    return tokens, []


def _splits(rest: list[str], title: list[str], words: Lexicon) -> list[tuple[list[str], Split]]:
    """Every way to read the words, the likeliest first, each with its title."""
    last = fold_word(title[-1]) if title else ""
    if len(rest) == 1 and last in words.given_after_title:
        plain: list[tuple[list[str], Split]] = [(title, Split(given=rest))]
    else:
        plain = [(title, split) for split in split_words(rest, bool(title))]
    if len(title) != 1 or title[0].endswith(".") or not rest:
        return plain
    as_given: list[tuple[list[str], Split]] = [
        ([], Split(given=title, middle=rest[:-1], family=rest[-1:]))
    ]
    if last in words.title_or_given and (
        len(rest) == 1 or fold_word(rest[0]) not in words.known_given
    ):
        return as_given + plain
    if last in words.title_or_given or (last in words.title_also_given and len(rest) < 3):
        return plain + as_given
    return plain

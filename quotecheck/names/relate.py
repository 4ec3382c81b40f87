"""How two parts of names relate: equal, shorter, another spelling, unclear, or a clash."""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from attrs import frozen

from quotecheck.names.fold import fold_word, same_script, sound_key
from quotecheck.names.lexicon import lexicon, name_rules
from quotecheck.names.parse import PersonName
from quotecheck.names.profile import Profile, masculine_forms, profile_of

__all__ = ["Finding", "Rank", "compare"]


class Rank(IntEnum):
    """How far two parts are apart; the worst part decides."""

    SAME = 0
    COMPATIBLE = 1
    PROBABLE = 2
    AMBIGUOUS = 3
    DIFFERENT = 4


@frozen
class Finding:
    """What one part of the names says, in words; ``near`` marks a clash of one letter."""

    rank: Rank
    reason: str = ""
    near: bool = False


_EQUAL = Finding(Rank.SAME)


def compare(a: PersonName, b: PersonName) -> list[Finding]:
    """Returns what the parts of one reading of each name say, those that are equal left out."""
    pa, pb = profile_of(a), profile_of(b)
    findings: list[Finding] = []
    if pa.whole != pb.whole or not pa.whole:
        if not (pa.given and pa.family and pb.given and pb.family):
            findings.append(_short_form(a, b, pa, pb))
        elif tail := _end_of_name(a, b):
            findings.append(tail)
        else:
            given = _given(a, b, pa, pb)
            family = _family(a, b, pa, pb, with_given=given.rank < Rank.DIFFERENT)
            findings += [given, family]
            doubts = given.rank == Rank.AMBIGUOUS and family.rank >= Rank.PROBABLE
            if doubts and same_script(pa.whole, pb.whole):
                # Two doubts do not add up to a person.
                findings.append(Finding(Rank.DIFFERENT, f"no part agrees: {_shown(a, b)}"))
    findings += [_generation(a, b), _courtesy(a, b, pa, pb)]
    return [finding for finding in findings if finding.rank or finding.reason]


def _shown(a: PersonName, b: PersonName) -> str:
    return f"{' '.join(a.words)} / {' '.join(b.words)}"


# --- one of the names has only a family name or only a given name


def _short_form(a: PersonName, b: PersonName, pa: Profile, pb: Profile) -> Finding:
    if not pa.whole or not pb.whole:
        return Finding(Rank.AMBIGUOUS, "one side holds no name")
    if not pa.given and not pb.given:
        return _family(a, b, pa, pb, with_given=False)
    if not pa.family and not pb.family:
        return _given(a, b, pa, pb)
    short, full = (a, b) if _parts(pa) < _parts(pb) else (b, a)
    ps, pf = profile_of(short), profile_of(full)
    if _parts(ps) == _parts(pf):
        return _lone_pair(a, b, pa, pb)
    word = " ".join(short.words)
    if ps.given:  # "Pope Leo" against "Leo Quist"
        found = _given(a, b, pa, pb)
        if found.rank > Rank.PROBABLE:
            return found
        return _worse(found, Finding(Rank.COMPATIBLE, f"{word} is the given name alone"))
    found = _family(a, b, pa, pb, with_given=False)
    if found.rank <= Rank.AMBIGUOUS:
        return _worse(found, Finding(Rank.COMPATIBLE, f"{word} is the family name alone"))
    return _lone_given(short, full, ps, pf) or _lone_middle(short, ps, pf) or found


def _parts(profile: Profile) -> int:
    return bool(profile.given) + bool(profile.family)


def _lone_pair(a: PersonName, b: PersonName, pa: Profile, pb: Profile) -> Finding:
    """One word each, here a given and there perhaps a family name: "Pope Leo" against "Leo"."""
    rank, _ = _words_relate((pa.given or pa.family)[0], (pb.given or pb.family)[0], family=False)
    if rank == Rank.DIFFERENT:
        return Finding(Rank.DIFFERENT, f"{a.words[0]} and {b.words[0]} have nothing in common")
    untitled = not (pa.titled and pb.titled)
    return Finding(
        Rank.COMPATIBLE if untitled else Rank.AMBIGUOUS,
        f"{a.words[0]} may be a given or a family name",
    )


def _lone_given(short: PersonName, full: PersonName, ps: Profile, pf: Profile) -> Finding | None:
    """A lone word that is the other's given name ("Mara" for "Mara Quist")."""
    word = ps.family_joined
    options = {pf.given_joined, pf.given[0], "".join(pf.given), *pf.nickname}
    if pf.style == "given-reference":
        options |= {*pf.given, *pf.middle}
    shown = " ".join(short.words)
    related = [_words_relate(word, option, family=False)[0] for option in options]
    if word not in options and min(related) > Rank.PROBABLE:
        return None
    nickname = word not in options
    if not ps.titled or pf.style == "given-reference":
        return Finding(
            Rank.PROBABLE if nickname else Rank.COMPATIBLE,
            f"{shown} is {'a form of ' if nickname else ''}the given name alone",
        )
    if nickname or pf.given[0] in lexicon().known_given:
        return None
    return Finding(Rank.AMBIGUOUS, f"{shown} stands after a title but is the other's given name")


def _lone_middle(short: PersonName, ps: Profile, pf: Profile) -> Finding | None:
    """A lone word inside the other name, which may be the first of two family names."""
    word = ps.family_joined
    if word in pf.middle and len(word) > 1 and word not in lexicon().known_given:
        shown = " ".join(short.words)
        return Finding(Rank.AMBIGUOUS, f"{shown} may be a middle or a family name")
    return None


def _end_of_name(a: PersonName, b: PersonName) -> Finding | None:
    """A family name of several words alone: "Hill Lovett" for "Garth Hill Lovett"."""
    short, long = (a, b) if len(a.words) < len(b.words) else (b, a)
    words = tuple(map(fold_word, short.words))
    if len(words) == len(long.words) or long.order == "family-first":
        return None
    shown = " ".join(short.words)
    if words == tuple(map(fold_word, long.family)):
        return Finding(Rank.COMPATIBLE, f"{shown} is the family name alone")
    if words == tuple(map(fold_word, long.words[-len(words) :])) and not (
        len(words[0]) == 1 or words[0] in lexicon().known_given
    ):
        return Finding(Rank.COMPATIBLE, f"{shown} is the end of the name")
    return None


# --- given and middle names


def _given(a: PersonName, b: PersonName, pa: Profile, pb: Profile) -> Finding:
    if pa.given_joined == pb.given_joined:
        return _EQUAL
    if pb.given[0] in pa.nickname or pa.given[0] in pb.nickname:
        shown = f"{' '.join(a.given)} / {' '.join(b.given)}"
        return Finding(Rank.COMPATIBLE, f"{shown}: the nickname stands in the name")
    rank, how = _words_relate(pa.given[0], pb.given[0], family=False)
    if rank == Rank.DIFFERENT:
        return _given_clash(a, b, pa, pb)
    first = Finding(rank, f"{a.given[0]} / {b.given[0]}: {how}" if how else "")
    rest = _middle(pa.given[1:] + pa.middle, pb.given[1:] + pb.middle)
    return _worse(first, rest)


def _given_clash(a: PersonName, b: PersonName, pa: Profile, pb: Profile) -> Finding:
    """Given names that differ: one a middle name, or a husband's name, or two people."""
    shown = f"{' '.join(a.given)} / {' '.join(b.given)}"
    for x, y in ((pa, pb), (pb, pa)):
        if len(y.given[0]) > 1 and y.given[0] in x.given[1:] + x.middle:
            if len(x.given[0]) == 1:
                return Finding(Rank.COMPATIBLE, f"{shown}: known by the middle name")
            return Finding(Rank.AMBIGUOUS, f"{shown}: one may be known by the middle name")
        if x.is_mrs and x.given_gender == "male" and "male" not in (y.courtesy, y.given_gender):
            return Finding(Rank.AMBIGUOUS, f"{shown}: Mrs. may stand before a husband's name")
    if not same_script(pa.given[0], pb.given[0]):
        return Finding(Rank.AMBIGUOUS, f"{shown}: alphabets that cannot be compared")
    return Finding(Rank.DIFFERENT, f"given names differ: {shown}")


def _middle(a: tuple[str, ...], b: tuple[str, ...]) -> Finding:
    """Aligns middle names in order: the shorter list must be found in the longer one."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if not long:
        return _EQUAL
    if not short:
        return Finding(Rank.COMPATIBLE, "one has no middle name")
    worst, at, matched = Rank.SAME, 0, 0
    for word in short:
        for i in range(at, len(long)):
            rank, _ = _words_relate(word, long[i], family=False)
            if rank < Rank.DIFFERENT:
                worst, at, matched = max(worst, rank), i + 1, matched + 1
                break
    shown = f"{' '.join(a).title()} / {' '.join(b).title()}"
    if not matched:
        return Finding(Rank.DIFFERENT, f"middle names differ: {shown}")
    if matched < len(short):
        return Finding(Rank.AMBIGUOUS, f"middle names agree in part: {shown}")
    if len(short) < len(long):
        worst = max(worst, Rank.COMPATIBLE)
    return Finding(worst, f"middle names {shown}" if worst else "")


# --- family names


def _family(a: PersonName, b: PersonName, pa: Profile, pb: Profile, *, with_given: bool) -> Finding:
    ja, jb = pa.family_joined.replace("-", ""), pb.family_joined.replace("-", "")
    if ja == jb:
        return _EQUAL
    shown = f"{' '.join(a.family)} / {' '.join(b.family)}"
    fa, fb = pa.family, pb.family
    if fa == fb:
        if pa.particles and pb.particles and not _nested(pa.particles, pb.particles):
            return Finding(Rank.DIFFERENT, f"family names differ in the particle: {shown}")
        if pa.particles == pb.particles:
            return Finding(Rank.PROBABLE, f"{shown}: spellings of the article")
        return Finding(Rank.COMPATIBLE, f"{shown}: without the particle")
    if len(fa) == len(fb):
        related = [_family_words(x, y, pa, pb) for x, y in zip(fa, fb, strict=True)]
        if max(rank for rank, _ in related) <= Rank.PROBABLE:
            how = next(how for rank, how in related if rank)
            return Finding(Rank.PROBABLE, f"{shown}: {how}")
    for found in (
        _part_of_family(pa, pb, shown, with_given),
        _former_family(pa, pb, shown, with_given),
    ):
        if found:
            return found
    if not same_script("".join(fa), "".join(fb)):
        return Finding(Rank.AMBIGUOUS, f"{shown}: alphabets that cannot be compared")
    near = _one_letter_apart(ja, jb)
    note = " (one letter apart, which may be a misspelling)" if near else ""
    return Finding(Rank.DIFFERENT, f"family names differ: {shown}{note}", near)


def _part_of_family(pa: Profile, pb: Profile, shown: str, with_given: bool) -> Finding | None:
    """One of two family names: Spanish, Portuguese, or one half of a hyphenated one."""
    short, long = sorted((pa, pb), key=lambda p: (len(p.family), len(p.halves)))
    size = len(short.family)
    if size < len(long.family):
        if short.family == long.family[:size]:
            known = long.style in {"spanish", "portuguese"}
            rank = Rank.COMPATIBLE if known else Rank.AMBIGUOUS
            return Finding(rank, f"{shown}: the first of the family names")
        if short.family == long.family[-size:]:
            known = long.style == "portuguese"
            rank = Rank.COMPATIBLE if known else Rank.AMBIGUOUS
            return Finding(rank, f"{shown}: the last of the family names")
    if size == 1 and not short.halves and short.family[0] in long.halves:
        rank = Rank.PROBABLE if with_given else Rank.AMBIGUOUS
        return Finding(rank, f"{shown}: one half of a double family name")
    return None


def _former_family(pa: Profile, pb: Profile, shown: str, with_given: bool) -> Finding | None:
    """A maiden name, or the Slavic feminine form of the other's family name."""
    for x, y in ((pa, pb), (pb, pa)):
        if with_given and y.family_joined and y.family_joined in x.maiden:
            return Finding(Rank.PROBABLE, f"{shown}: the name before marriage")
        if with_given and x.middle and len(x.middle[-1]) > 1 and x.middle[-1] == y.family_joined:
            return Finding(Rank.PROBABLE, f"{shown}: a family name may be left out")
        if with_given and any(
            sound_key(form) == sound_key(y.family_joined)
            for form in masculine_forms(x.family_joined)
        ):
            return Finding(Rank.PROBABLE, f"{shown}: feminine and masculine form")
    return None


def _nested(a: frozenset[str], b: frozenset[str]) -> bool:
    return a <= b or b <= a


def _family_words(x: str, y: str, pa: Profile, pb: Profile) -> tuple[Rank, str]:
    rank, how = _words_relate(x, y, family=True)
    if how == "listed spellings" and "asian" in (pa.style, pb.style):
        # "Anna Chan" and "Anna Tan" have settled for a spelling: two people.
        western = lexicon().known_given
        if any(p.given and p.given[0] in western for p in (pa, pb)):
            return Rank.DIFFERENT, ""
    return rank, how


# --- suffix and courtesy title


def _generation(a: PersonName, b: PersonName) -> Finding:
    ga, gb = a.generation, b.generation
    if ga == gb:
        return _EQUAL
    if ga and gb:
        shown = f"{' '.join(a.suffix)} / {' '.join(b.suffix)}"
        return Finding(Rank.DIFFERENT, f"suffixes clash: {shown}")
    return Finding(Rank.COMPATIBLE, f"only one has a suffix ({' '.join(a.suffix or b.suffix)})")


def _courtesy(a: PersonName, b: PersonName, pa: Profile, pb: Profile) -> Finding:
    if pa.courtesy and pb.courtesy:
        if pa.courtesy == pb.courtesy:
            return _EQUAL
        shown = f"{' '.join(a.title)} / {' '.join(b.title)}"
        return Finding(Rank.DIFFERENT, f"courtesy titles clash: {shown}")
    for x, y, px, py in ((a, b, pa, pb), (b, a, pb, pa)):
        title = " ".join(x.title)
        if px.courtesy and py.given_gender and px.courtesy != py.given_gender:
            if px.is_mrs and px.given == py.given:
                reason = f"{title} before a man's name is his wife, not {' '.join(y.given)}"
            else:
                reason = f"{title} does not go with the {py.given_gender} {' '.join(y.given)}"
            return Finding(Rank.DIFFERENT, reason)
        shared = px.given and px.given == py.given and px.given_gender is None
        if px.is_mrs and shared and _may_be_husbands(px.given[0]):
            reason = f"{title} {' '.join(x.given)} may be the wife of {' '.join(y.words)}"
            return Finding(Rank.AMBIGUOUS, reason)
    return _EQUAL


def _may_be_husbands(given: str) -> bool:
    return len(given) == 1 or given in lexicon().unisex


# --- words


def _worse(a: Finding, b: Finding) -> Finding:
    """Both findings in one: the worse rank, each reason that counts."""
    if not a.reason or not b.reason:
        return Finding(max(a.rank, b.rank), a.reason or b.reason, a.near or b.near)
    if Rank.DIFFERENT in (a.rank, b.rank):
        return a if a.rank >= b.rank else b
    return Finding(max(a.rank, b.rank), f"{a.reason}; {b.reason}")


@lru_cache(maxsize=1024)
def _words_relate(a: str, b: str, *, family: bool) -> tuple[Rank, str]:
    """How two folded words relate: rank and how, from equal over initial to a clash."""
    if a == b:
        return Rank.SAME, ""
    if not family and (len(a) == 1 or len(b) == 1):
        if a[:1] == b[:1]:
            return Rank.COMPATIBLE, "an initial"
        return Rank.DIFFERENT, ""
    words = lexicon()
    alphabets = name_rules().alphabets
    la, lb = a.translate(alphabets), b.translate(alphabets)
    if not family and _are_nicknames(la, lb):
        return Rank.PROBABLE, "a nickname"
    variants = words.family_variants if family else words.given_variants
    if variants.get(la, frozenset()) & variants.get(lb, frozenset()):
        return Rank.PROBABLE, "listed spellings" if family else "spellings of one name"
    # Two given names that are both known are two names, however alike they sound.
    if not family and {la, lb} <= words.known_given and la != lb:
        return Rank.DIFFERENT, ""
    if sound_key(a) == sound_key(b):
        return Rank.PROBABLE, "spellings of one name"
    return Rank.DIFFERENT, ""


def _are_nicknames(a: str, b: str) -> bool:
    """Whether one is a pet form of the other, or both are of one formal name."""
    pets = lexicon().nicknames
    formal_a, formal_b = pets.get(a, frozenset()), pets.get(b, frozenset())
    return b in formal_a or a in formal_b or bool(formal_a & formal_b)


def _one_letter_apart(a: str, b: str) -> bool:
    # Imported here: only clashes need it.
    from rapidfuzz.distance import OSA

    return min(len(a), len(b)) > 4 and OSA.distance(a, b, score_cutoff=1) == 1

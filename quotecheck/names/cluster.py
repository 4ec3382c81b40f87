"""The names of one article as people: full names, then the short forms that fit only one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from attrs import Factory, define, evolve, frozen

from quotecheck.names.fold import fold_word, sound_key
from quotecheck.names.gender import Gender, gender_evidence
from quotecheck.names.lexicon import lexicon
from quotecheck.names.match import AliasTable, NameMatch, NameVerdict, match_names
from quotecheck.names.parse import PersonName, parse_name
from quotecheck.names.profile import Profile, name_key, profile_of

__all__ = ["NameCluster", "NameLink", "canonical", "cluster_names"]

#: Short forms of titles, so that "Sen. Quist" meets "Senator Mara Quist".
_TITLE_FORMS = {
    "sen": "senator", "rep": "representative", "gov": "governor", "gen": "general", "dr": "doctor",
    "prof": "professor", "col": "colonel", "capt": "captain", "lt": "lieutenant", "maj": "major",
    "sgt": "sergeant", "rev": "reverend", "adm": "admiral", "cmdr": "commander", "det": "detective",
    "insp": "inspector", "supt": "superintendent", "amb": "ambassador", "fr": "father",
    "cllr": "councillor", "atty": "attorney", "hon": "honorable",
}  # fmt: skip


@frozen(kw_only=True)
class NameLink:
    """Why a form of a name stands in its cluster.

    Attributes:
        name: the form as first written.
        verdict: how it relates to the cluster's fullest form.
        reason: the same in words.
        score: as in `NameMatch`.
    """

    name: str
    verdict: NameVerdict
    reason: str
    score: float


@frozen(kw_only=True)
class NameCluster:
    """The mentions of one person by name, as far as names alone can tell.

    Attributes:
        name: the fullest proper name, without title, with "Jr." or the like.
        mentions: (name as written, position), in order of position.
        gender: what courtesy titles and given names tell together.
        links: for every distinct form, why it is here.
        candidates: indices of the clusters in the same result that these mentions may belong to
            when that is not clear: two full names that a family name fits, or a full name that
            fits another in two ways. Empty when the cluster is a person of its own.
    """

    name: str
    mentions: tuple[tuple[str, int], ...]
    gender: Gender | None
    links: tuple[NameLink, ...]
    candidates: tuple[int, ...] = ()


@define(eq=False)
class _Form:
    """A distinct form of a name and where it stands."""

    name: PersonName
    profile: Profile
    mentions: list[tuple[str, int]] = Factory(list)

    @property
    def is_complete(self) -> bool:
        return bool(self.profile.given and self.profile.family)


@define(eq=False)
class _Group:
    """A cluster in the making."""

    forms: list[_Form]
    links: list[NameLink]
    rivals: list[_Group] = Factory(list)


def canonical(names: Iterable[str | PersonName]) -> str | None:
    """Returns the fullest proper name of one person, without title, with its suffix.

    A form with given and family name beats one without, more whole words beat fewer, mixed case
    beats capitals, the more frequent beats the rarer. "Jr." is added when only a shorter form
    has it. The words stay as written.

    Args:
        names: forms of one person's name.

    Returns:
        The name, or None when no form holds a name word.

    Raises:
        TextTypeError: a name is neither a str nor a `PersonName`.

    >>> canonical(["Mr. Vell", "AUGUSTIN VELL", "Dr. Augustin Vell", "A. Vell Jr."])
    'Augustin Vell Jr.'
    """
    parsed = [name if isinstance(name, PersonName) else parse_name(name) for name in names]
    parsed = [name for name in parsed if name.words]
    if not parsed:
        return None
    counts: dict[str, int] = defaultdict(int)
    for name in parsed:
        counts[name.full] += 1
    best = max(parsed, key=lambda name: (*_fullness(name), counts[name.full]))
    suffixed = [name for name in parsed if name.generation]
    if best.generation is None and len({name.generation for name in suffixed}) == 1:
        best = evolve(best, suffix=suffixed[0].suffix)
    return best.full


def _fullness(name: PersonName) -> tuple[bool, int, int, bool]:
    whole = sum(len(fold_word(word)) > 1 for word in name.words)
    mixed = any(not word.isupper() for word in name.words)
    return name.is_complete, whole, len(name.words), mixed


def cluster_names(
    mentions: Iterable[tuple[str, int]],
    *,
    aliases: AliasTable | Mapping[str, Iterable[str]] | None = None,
    join_probable: bool = True,
) -> tuple[NameCluster, ...]:
    """Returns the people behind the names of one article.

    Full names first; then a form with one part only ("Ms. Quist", "Mara") joins the single person
    it fits. When it fits two, a title that only one of them bears decides; else it stays apart
    with both as candidates. Where a name stands never decides, only what it says. Time grows
    nearly linearly with the number of names.

    Args:
        mentions: (name, position) pairs in any order; positions only order the result.
        aliases: further names of people; they count as probable.
        join_probable: whether nicknames and transliterations join ("Bob" with "Robert Tarrant");
            if not, they stay apart with the other as candidate.

    Raises:
        TextTypeError: a name is not a str.

    >>> found = cluster_names([("Mara Quist", 0), ("Karl Quist", 40), ("Ms. Quist", 80),
    ...                        ("Quist", 120)])
    >>> [(c.name, len(c.mentions), c.candidates) for c in found]
    [('Mara Quist', 2, ()), ('Karl Quist', 1, ()), ('Quist', 1, (0, 1))]
    """
    table = AliasTable(aliases) if isinstance(aliases, Mapping) else aliases
    work = _Clustering(table, join_probable)
    complete, short = _forms(mentions)
    for form in complete:
        work.place(form)
    work.place_short(short)
    return _finished(work.groups)


def _forms(mentions: Iterable[tuple[str, int]]) -> tuple[list[_Form], list[_Form]]:
    """Distinct forms, complete and short, each in an order that no position decides."""
    forms: dict[object, _Form] = {}
    for text, position in mentions:
        name = parse_name(text)
        profile = profile_of(name)
        key = (profile, tuple(map(fold_word, name.title)), tuple(map(fold_word, name.words)))
        form = forms.setdefault(key, _Form(name=name, profile=profile))
        form.mentions.append((text, position))
    ordered = sorted(
        forms.values(),
        key=lambda form: (
            tuple(-int(part) for part in _fullness(form.name)[:3]),
            form.name.generation is None,
            form.profile.courtesy is None,
            -len(form.profile.whole),
            form.profile.whole,
            tuple(map(fold_word, form.name.title)),
        ),
    )
    complete = [form for form in ordered if form.is_complete]
    return complete, [form for form in ordered if not form.is_complete]


class _Clustering:
    """Groups under construction, filed by name keys."""

    def __init__(self, table: AliasTable | None, join_probable: bool) -> None:
        self.groups: list[_Group] = []
        self._table = table
        self._join_probable = join_probable
        self._filed: dict[str, dict[_Group, None]] = defaultdict(dict)
        self._doubts: dict[tuple[object, ...], list[_Group]] = defaultdict(list)

    def place(self, form: _Form) -> None:
        """Joins a form to the one group it fits, or opens a group with what it might be."""
        fits, unclear = self._weigh(form)
        if len(fits) == 1:
            group, match = fits[0]
            self._join(form, group, match)
        else:
            # What fits two people is one of them, no third person for later forms to fit.
            self._open(form, [group for group, _ in fits] or unclear, filed=not fits)

    def place_short(self, forms: list[_Form]) -> None:
        """Places lone given or family names: by the full names first, then among themselves."""
        people = list(self.groups)
        chosen: dict[_Group, list[tuple[_Form, NameMatch]]] = defaultdict(list)
        left: list[_Form] = []
        for form in forms:
            fits, unclear = self._weigh(form)
            fits = self._narrow(form, fits)
            if len(fits) == 1:
                chosen[fits[0][0]].append((form, fits[0][1]))
            elif fits or unclear:
                self._open(form, [group for group, _ in fits] or unclear, filed=False)
            else:
                left.append(form)
        for group in people:
            self._join_agreeing(group, chosen.get(group, []))
        for form in left:
            self.place(form)

    def _join_agreeing(self, group: _Group, short: list[tuple[_Form, NameMatch]]) -> None:
        """Joins short forms unless they clash: Dale Orrin is not both Mr. and Mrs. Orrin."""
        genders = {form.profile.courtesy for form, _ in short} - {None}
        for form, match in short:
            if len(genders) > 1:
                self._open(form, [group], filed=False)
            else:
                self._join(form, group, match)

    def _weigh(self, form: _Form) -> tuple[list[tuple[_Group, NameMatch]], list[_Group]]:
        """(groups that the form fits, groups that it may fit), clashing ones left out."""
        fits: list[tuple[_Group, NameMatch]] = []
        unclear: list[_Group] = []
        near: dict[_Group, None] = {}
        for key in self._keys(form.name, lookup=True):
            near |= self._filed.get(key, {})
        for group in near:
            found = [match_names(form.name, o.name, aliases=self._table) for o in group.forms]
            verdicts = {match.verdict for match in found}
            if "different" in verdicts:
                continue
            accepted = {"same", "compatible"} | ({"probable"} if self._join_probable else set())
            if verdicts <= accepted:
                fits.append((group, found[0]))
            else:
                unclear.append(group)
        return fits, unclear

    def _narrow(
        self, form: _Form, fits: list[tuple[_Group, NameMatch]]
    ) -> list[tuple[_Group, NameMatch]]:
        """Of several people: those whom the word names by family name; then by title."""
        if len(fits) < 2:
            return fits
        word = form.profile.family_joined
        by_family = [f for f in fits if word and word in _families(f[0])]
        others = [f for f in fits if f not in by_family]
        # A given name is used alone where relatives share the family name: then both stay.
        if by_family and not any(self._has_relatives(group) for group, _ in others):
            fits = by_family
        titles = _titles(form)
        bearing = [f for f in fits if titles & {t for o in f[0].forms for t in _titles(o)}]
        return bearing if len(bearing) == 1 else fits

    def _has_relatives(self, group: _Group) -> bool:
        families = _families(group)
        filed = {g for f in families for g in self._filed.get(f"family:{f}", {})}
        return len(filed) > 1

    def _join(self, form: _Form, group: _Group, match: NameMatch) -> None:
        group.forms.append(form)
        group.links.append(_link(form, match))
        self._file(form, group)

    def _open(self, form: _Form, rivals: list[_Group], *, filed: bool = True) -> None:
        """Opens a group; a doubtful form in other capitals or marks joins the same doubt."""
        doubt = (*rivals, form.profile.courtesy, form.profile.generation)
        match = match_names(form.name, form.name)
        for other in self._doubts[doubt] if rivals else ():
            if (again := match_names(form.name, other.forms[0].name)).verdict == "same":
                other.forms.append(form)
                other.links.append(_link(form, again))
                return
        group = _Group(forms=[form], links=[_link(form, match)], rivals=rivals)
        self.groups.append(group)
        self._doubts[doubt].append(group)
        if filed:
            self._file(form, group)

    def _file(self, form: _Form, group: _Group) -> None:
        for key in self._keys(form.name, lookup=False):
            self._filed[key][group] = None
        if form.is_complete:
            self._filed[f"family:{form.profile.family_joined}"][group] = None

    def _keys(self, name: PersonName, *, lookup: bool) -> set[str]:
        keys = set(name_key(name))
        for other in self._table.others(name) if self._table else ():
            keys |= name_key(other)
        profile = profile_of(name)
        if profile.given and not (lookup and profile.family):
            keys |= {f"given:{word}" for word in _given_forms(profile.given[0], profile)}
        if lookup and not profile.given:
            keys |= {f"given:{word}" for word in _given_forms(profile.family_joined, profile)}
            keys.add(f"middle:{profile.family_joined}")
        elif lookup and not profile.family:
            keys.add(sound_key(profile.given[0]))
        elif not lookup:
            keys |= {f"middle:{word}" for word in profile.middle if len(word) > 1}
        return keys


def _link(form: _Form, match: NameMatch) -> NameLink:
    text = min(form.mentions, key=lambda mention: mention[1])[0]
    return NameLink(name=text, verdict=match.verdict, reason=match.reason, score=match.score)


def _given_forms(word: str, profile: Profile) -> set[str]:
    """A given name with the formal names it may be short for and those written beside it."""
    forms = {word, profile.given_joined, "".join(profile.given), *profile.nickname}
    if profile.style == "given-reference":
        forms |= {*profile.given, *profile.middle}
    pets = lexicon().nicknames
    return {f for form in forms if form for f in (form, *pets.get(form, ()))}


def _families(group: _Group) -> set[str]:
    words: set[str] = set()
    for form in group.forms:
        if form.is_complete:
            words |= {form.profile.family_joined, *form.profile.family}
    return words


def _titles(form: _Form) -> set[str]:
    words = lexicon()
    folded = (fold_word(word) for word in form.name.title)
    return {
        _TITLE_FORMS.get(word, word)
        for word in folded
        if word not in words.title_modifiers and word not in words.courtesy
    }


def _finished(groups: list[_Group]) -> tuple[NameCluster, ...]:
    """Records in order of first mention, rivals as indices."""
    first = {group: min(p for form in group.forms for _, p in form.mentions) for group in groups}
    ordered = sorted(groups, key=lambda group: (first[group], group.forms[0].profile.whole))
    index = {group: number for number, group in enumerate(ordered)}
    out: list[NameCluster] = []
    for group in ordered:
        mentions = sorted((m for form in group.forms for m in form.mentions), key=lambda m: m[1])
        genders = {gender_evidence(form.name).gender for form in group.forms} - {None}
        fullest = canonical(text for text, _ in mentions) or mentions[0][0]
        out.append(
            NameCluster(
                name=fullest,
                mentions=tuple(mentions),
                gender=genders.pop() if len(genders) == 1 else None,
                links=tuple(group.links),
                candidates=tuple(sorted(index[rival] for rival in group.rivals)),
            )
        )
    return tuple(out)

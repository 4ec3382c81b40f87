"""The records that the store works on and hands out."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

from quotecheck.records import Act, EntityType, Kind

__all__ = [
    "Added",
    "Cluster",
    "Clustering",
    "Count",
    "Decision",
    "DecisionKind",
    "Flag",
    "Forgotten",
    "GroupFlag",
    "Link",
    "Merge",
    "Persona",
    "QuoteGroup",
    "ReviewPair",
    "SpeakerLike",
    "SpeakerMatch",
    "StoredArticle",
    "StoredQuote",
    "StoredSpeaker",
]

DecisionKind = Literal["merge", "apart", "alias"]
GroupFlag = Literal["meaning-changing-cut", "conflicting-speakers"]
Gender = Literal["m", "f"]


@frozen(kw_only=True)
class Persona:
    """One entity of one article: what the clustering joins into speakers.

    Attributes:
        key: unique and the same on every machine: article key and entity id.
        article: key of the article; two personas of one article were told apart by the reader.
        work: address of the article, or its text's hash: versions of a page are one work.
        text: hash of the article's text: copies at other addresses share it.
        type: entity type.
        name: fullest name in the article.
        aliases: other names in the article.
        titles: folded title words that came with the name ("president").
        courtesy: gender that a courtesy title states ("Mr." m, "Ms." f), if one does.
        pronoun: gender of most third-person pronouns that refer to it, if any.
        descriptions: folded content words of its descriptions.
    """

    key: str
    article: str
    work: str
    text: str = ""
    type: EntityType
    name: str
    aliases: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    courtesy: Gender | None = None
    pronoun: Gender | None = None
    descriptions: tuple[str, ...] = ()


@frozen(kw_only=True)
class Decision:
    """What a person decided about speakers. Decisions apply in the order of their ids.

    Attributes:
        id: position in the log.
        kind: ``merge`` (left and right are one), ``apart`` (they are not), ``alias`` (all names
            in ``names`` belong to one speaker).
        left: persona keys on one side.
        right: persona keys on the other side.
        names: the names of an alias.
    """

    id: int
    kind: DecisionKind
    left: frozenset[str] = frozenset()
    right: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()


@frozen(kw_only=True)
class Link:
    """Why two forms of a name are in one cluster.

    Attributes:
        left: the name that joined.
        right: the name it joined.
        reason: the evidence, for a person to read.
        rule: stable name of the rule: name, alias, context, decision.
    """

    left: str
    right: str
    reason: str
    rule: str


@frozen(kw_only=True)
class ReviewPair:
    """Two speakers that may be one, for a person to decide.

    Attributes:
        left: id of one speaker.
        right: id of the other.
        left_name: its name.
        right_name: the other's name.
        verdict: verdict of `quotecheck.match_names` on the two names.
        reason: why they may be one, and why they were not merged.
        quotes: attributions of the smaller of the two: what a wrong answer would touch.
    """

    left: str
    right: str
    left_name: str
    right_name: str
    verdict: str
    reason: str
    quotes: int


@frozen(kw_only=True)
class Cluster:
    """Personas that are one speaker.

    Attributes:
        members: persona keys.
        links: why different names are together.
    """

    members: frozenset[str]
    links: tuple[Link, ...] = ()


@frozen(kw_only=True)
class Clustering:
    """What the pure clustering function answers.

    Attributes:
        clusters: a partition of the personas, ordered by smallest member.
        doubts: (persona key, persona key of each candidate's representative) left to review.
        ignored: ids of decisions that contradict earlier ones.
    """

    clusters: tuple[Cluster, ...]
    doubts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    ignored: tuple[int, ...] = ()

    def partition(self) -> frozenset[frozenset[str]]:
        """Returns the clusters as sets of persona keys, to compare two clusterings."""
        return frozenset(cluster.members for cluster in self.clusters)


@frozen(kw_only=True)
class Added:
    """What happened to one article that was added.

    Attributes:
        key: the article's key in the store.
        status: ``added``, ``version`` (another text at a known address) or ``unchanged``.
        version: 1 for the first text at its address, 2 for the next ...
        quotes: attributions stored.
    """

    key: str
    status: Literal["added", "version", "unchanged"]
    version: int
    quotes: int


@frozen(kw_only=True)
class StoredArticle:
    """One article in the store.

    Attributes:
        key: its key: a hash of address and text.
        url: its address, if known.
        title: its title, if known.
        outlet: who published it, if known.
        published: date or time as given, ISO 8601.
        version: 1 for the first text at its address.
        latest: whether no later version is stored.
        text_sha256: SHA-256 of its text.
        source: path it was read from.
        added: when it was stored, UTC, ISO 8601.
        quotes: number of attributions.
    """

    key: str
    url: str | None
    title: str | None
    outlet: str | None
    published: str | None
    version: int
    latest: bool
    text_sha256: str
    source: str
    added: str
    quotes: int


@frozen(kw_only=True)
class StoredSpeaker:
    """One speaker across all articles.

    Attributes:
        id: the store's id ("S12"); it stays when articles are added.
        name: the full name that most articles give.
        type: person, organization, ...
        aliases: the other names, most frequent first.
        articles: number of articles that name the speaker (latest versions).
        quotes: number of attributions that say what the speaker did express: denied and
            hypothetical ones are not counted.
        words: number of words in them.
        first: day of the earliest dated article, ISO 8601.
        last: day of the latest.
        annotations: the user's own facts.
    """

    id: str
    name: str
    type: EntityType
    aliases: tuple[str, ...] = ()
    articles: int = 0
    quotes: int = 0
    words: int = 0
    first: str | None = None
    last: str | None = None
    annotations: tuple[tuple[str, str], ...] = ()


#: How a speaker may be given: an id ("S12"), a name that fits exactly one, or the record.
SpeakerLike = str | StoredSpeaker


@frozen(kw_only=True)
class SpeakerMatch:
    """A speaker that a name may mean.

    Attributes:
        speaker: the speaker.
        verdict: verdict of `quotecheck.match_names`.
        matched: the form of the speaker's name that fits best.
        reason: the reason of that verdict.
    """

    speaker: StoredSpeaker
    verdict: str
    matched: str
    reason: str


@frozen(kw_only=True)
class StoredQuote:
    """One attribution of one article.

    Attributes:
        id: the store's id ("Q7").
        speaker: id of the speaker, or None when the article does not say for sure.
        speaker_name: the speaker's name.
        candidates: ids of the speakers it may be when ``speaker`` is None.
        text: the content for display.
        spans: (start, end) of each piece in the article's text, in code points, end exclusive.
        kind: direct, mixed or indirect.
        act: assertion, belief, fact or eventuality.
        negated: the article says that it was not said.
        hypothetical: nobody has said it.
        cue: the words that signal the attribution.
        source: the noun phrase that names the source.
        confidence: probability that the attribution is right.
        speaker_confidence: probability that the speaker is right.
        group: id of the quote's group across articles.
        attribution: id of the attribution in the article's analysis.
        url: address of the article.
        title: its title.
        outlet: its outlet.
        published: its date.
        article: its key.
        version: its version.
    """

    id: str
    speaker: str | None
    speaker_name: str | None
    candidates: tuple[str, ...]
    text: str
    spans: tuple[tuple[int, int], ...]
    kind: Kind
    act: Act
    negated: bool
    hypothetical: bool
    cue: str
    source: str
    confidence: float
    speaker_confidence: float
    group: str
    attribution: str
    url: str | None
    title: str | None
    outlet: str | None
    published: str | None
    article: str
    version: int


@frozen(kw_only=True)
class Flag:
    """Something about a quote group that a reader should know.

    Attributes:
        code: ``meaning-changing-cut`` or ``conflicting-speakers``.
        message: the same in words.
        quotes: ids of the quotes it is about.
    """

    code: GroupFlag
    message: str
    quotes: tuple[str, ...]


@frozen(kw_only=True)
class QuoteGroup:
    """The same quote in many articles.

    Attributes:
        id: the group's id.
        longest: the longest form, for display.
        speakers: ids of everyone it is attributed to.
        first: day of the earliest dated occurrence, ISO 8601.
        last: day of the latest.
        outlets: outlets that carry it, sorted.
        occurrences: every occurrence, by date.
        flags: cuts that change the meaning, conflicting speakers.
    """

    id: str
    longest: str
    speakers: tuple[str, ...]
    first: str | None
    last: str | None
    outlets: tuple[str, ...]
    occurrences: tuple[StoredQuote, ...]
    flags: tuple[Flag, ...] = ()


@frozen(kw_only=True)
class Count:
    """One row of statistics.

    Attributes:
        keys: what it counts, in the order asked for: a speaker's name, an outlet, a month ...;
            None where it is not known.
        quotes: attributions, denied and hypothetical ones left out.
        words: words in them.
        articles: articles that carry them.
        speakers: different speakers.
        ids: the speaker's id, where the rows are counted by speaker.
    """

    keys: tuple[str | None, ...]
    quotes: int
    words: int
    articles: int
    speakers: int
    ids: str | None = None


@frozen(kw_only=True)
class Forgotten:
    """What `SpeakerStore.forget` did.

    Attributes:
        name: the name the speaker had; not kept anywhere.
        quotes: quotes deleted.
        articles: articles that named the speaker.
        mentions: quotes of others and titles in which a full name of the speaker still stands.
    """

    name: str
    quotes: int
    articles: int
    mentions: int


@frozen(kw_only=True)
class Merge:
    """One entry of the log: forms of a name that are one speaker, or a person's decision.

    Attributes:
        id: what `SpeakerStore.undo` takes: "D3" for a decision, "L8" for a rule's merge.
        action: merge, apart or alias.
        by: ``rule`` or ``person``.
        left: name or names on one side.
        right: name or names on the other.
        reason: why.
        at: when, UTC, ISO 8601.
        active: whether it holds; an undone decision stays in the log.
        speakers: ids of the speakers it touches now.
    """

    id: str
    action: str
    by: Literal["rule", "person"]
    left: str
    right: str
    reason: str
    at: str
    active: bool
    speakers: tuple[str, ...]

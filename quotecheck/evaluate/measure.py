"""The figures: exact and overlapping spans, attributions found, who said what, calibration.

Spans are trimmed of quotation marks and punctuation on both sides alike, so that a mark taken in or
left out decides nothing. An attribution is *found* when its content shares at least half of its
characters (Jaccard) with a gold one, each being paired once, the best pairs first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from attrs import field, frozen

from quotecheck.evaluate.counts import Counts
from quotecheck.evaluate.data import GoldArticle, GoldAttribution, Prediction, Spans
from quotecheck.evaluate.spans import SAME, characters, jaccard, kind_of, merged, paired
from quotecheck.evaluate.speakers import same_speaker
from quotecheck.records import Kind

__all__ = ["ArticleScore", "SpeakerOutcome", "measure"]

ROLES = ("source", "cue", "content")


@frozen(kw_only=True)
class SpeakerOutcome:
    """How a gold attribution's speaker fared.

    Attributes:
        found: whether the attribution was found; the rest counts only then.
        right: whether the printed name denotes the gold speaker.
        guessed: whether a name was printed.
        confidence: how sure the program was of it.
        kind: kind of the gold attribution.
        type: type of the gold speaker.
        pronoun: whether the source is a pronoun.
    """

    found: bool
    right: bool
    guessed: bool
    confidence: float | None
    kind: Kind
    type: str
    pronoun: bool


@frozen(kw_only=True)
class ArticleScore:
    """The counts of one article; a corpus adds them up.

    Attributes:
        name: the article.
        exact: spans that agree exactly, by role.
        overlap: characters that agree, by role.
        found: attributions found.
        with_source: attributions found with the same source.
        confusion: found and missed gold attributions, by gold kind and predicted kind (or
            "missed").
        spurious: predictions that match nothing, by predicted kind.
        confidences: (confidence, found) of each prediction.
        named: predictions with a speaker, in articles whose speakers are known.
        speakers: one a gold attribution whose speaker is known.
    """

    name: str
    exact: Mapping[str, Counts]
    overlap: Mapping[str, Counts]
    found: Counts
    with_source: Counts
    confusion: Counter[tuple[str, str]] = field(factory=Counter)
    spurious: Counter[str] = field(factory=Counter)
    confidences: tuple[tuple[float | None, bool], ...] = ()
    named: int = 0
    speakers: tuple[SpeakerOutcome, ...] = ()


@frozen(kw_only=True)
class _Characters:
    content: frozenset[int]
    source: frozenset[int]
    kind: Kind

    @classmethod
    def of(cls, text: str, item: GoldAttribution | Prediction) -> _Characters:
        content = characters(text, item.content)
        return cls(
            content=content, source=characters(text, item.source), kind=kind_of(text, content)
        )


def measure(article: GoldArticle, predicted: Sequence[Prediction]) -> ArticleScore:
    """Returns how an article's predictions compare with its gold attributions.

    >>> gold = GoldArticle(
    ...     name="a",
    ...     text="“No,” said Ada Pell.",
    ...     attributions=(GoldAttribution(content=((0, 5),), cue=((6, 10),), source=((11, 19),)),),
    ... )
    >>> measure(gold, [Prediction(content=((1, 4),), source=((11, 19),))]).with_source
    Counts(right=1, predicted=1, gold=1)
    """
    text = article.text
    gold = [_Characters.of(text, a) for a in article.attributions]
    guess = [_Characters.of(text, p) for p in predicted]
    pairs = paired([g.content for g in gold], [q.content for q in guess])
    matched = set(pairs.values())
    has_content = [bool(g.content) for g in gold]
    confusion: Counter[tuple[str, str]] = Counter(
        (g.kind, guess[pairs[i]].kind if i in pairs else "missed")
        for i, g in enumerate(gold)
        if has_content[i]
    )
    return ArticleScore(
        name=article.name,
        exact={role: _exact(text, article.attributions, predicted, role) for role in ROLES},
        overlap={role: _overlap(text, article.attributions, predicted, role) for role in ROLES},
        found=Counts(len(pairs), len(guess), sum(has_content)),
        with_source=Counts(
            sum(_same_source(gold[i], guess[j]) for i, j in pairs.items()),
            len(guess),
            sum(has_content),
        ),
        confusion=confusion,
        spurious=Counter(q.kind for j, q in enumerate(guess) if j not in matched),
        confidences=tuple((p.confidence, j in matched) for j, p in enumerate(predicted)),
        named=sum(bool(p.speaker) for p in predicted) if article.has_speakers else 0,
        speakers=_speaker_outcomes(article, predicted, gold, pairs),
    )


def _same_source(gold: _Characters, guess: _Characters) -> bool:
    if not gold.source or not guess.source:
        return not gold.source and not guess.source
    return jaccard(gold.source, guess.source) >= SAME


def _spans(
    text: str, items: Iterable[GoldAttribution | Prediction], role: str
) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for item in items:
        spans: Spans = getattr(item, role)
        found.update(merged(text, spans))
    return found


def _exact(
    text: str, gold: Sequence[GoldAttribution], predicted: Sequence[Prediction], role: str
) -> Counts:
    g, p = _spans(text, gold, role), _spans(text, predicted, role)
    return Counts(len(g & p), len(p), len(g))


def _overlap(
    text: str, gold: Sequence[GoldAttribution], predicted: Sequence[Prediction], role: str
) -> Counts:
    g = characters(text, _spans(text, gold, role))
    p = characters(text, _spans(text, predicted, role))
    return Counts(len(g & p), len(p), len(g))


def _speaker_outcomes(
    article: GoldArticle,
    predicted: Sequence[Prediction],
    gold: Sequence[_Characters],
    pairs: Mapping[int, int],
) -> tuple[SpeakerOutcome, ...]:
    if not article.has_speakers:
        return ()
    known = [(i, a.speaker) for i, a in enumerate(article.attributions) if a.speaker is not None]
    outcomes = []
    for i, speaker in known:
        guess = predicted[pairs[i]] if i in pairs else None
        mine = set(speaker.names)
        others = {name for _, s in known if mine.isdisjoint(s.names) for name in s.names}
        outcomes.append(
            SpeakerOutcome(
                found=guess is not None,
                right=guess is not None
                and same_speaker(guess.speaker, speaker.names, speaker.type, others),
                guessed=guess is not None and bool(guess.speaker),
                confidence=guess.speaker_confidence if guess is not None else None,
                kind=gold[i].kind,
                type=speaker.type,
                pronoun=speaker.pronoun,
            )
        )
    return tuple(outcomes)

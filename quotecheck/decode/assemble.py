"""The decoder: annotations in, attributions, quotations and names as records out."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from attrs import evolve, frozen

from quotecheck.decode.acts import read_cue
from quotecheck.decode.confidence import Calibration, features
from quotecheck.decode.drafts import Draft, draft_attributions
from quotecheck.decode.select import Candidate, settle
from quotecheck.decode.spans import Page, SpanIndex, size
from quotecheck.decode.uncued import continued, headlined, lone_quotations, signed, turns
from quotecheck.encoder import Annotations
from quotecheck.labels import NAME_TAGS
from quotecheck.quotations import ScanResult
from quotecheck.records import Article, Attribution, Kind, NameMention, Quotation, Span
from quotecheck.windows import Pieces

__all__ = ["Decoded", "decode", "decode_names", "draft_content", "draft_features"]

CharSpan = tuple[int, int]

#: Share of a direct attribution's words that stand in quotation marks (as eval/score.py has it).
DIRECT_SHARE = 0.97
#: Code points before a cue that are read for "if" and the like; keeps a text that is one sentence
#: linear.
MOST_LEAD = 4000


@frozen(kw_only=True)
class Decoded:
    """What the decoder makes of an article.

    Attributes:
        attributions: without speakers, in text order.
        quotations: with role and attribution.
    """

    attributions: tuple[Attribution, ...]
    quotations: tuple[Quotation, ...]


def _chars(pieces: Pieces, words: tuple[int, int]) -> CharSpan:
    return int(pieces.words[words[0], 0]), int(pieces.words[words[1] - 1, 1])


def draft_content(draft: Draft, pieces: Pieces, page: Page) -> list[CharSpan]:
    """Returns a draft's content as spans of the text, by the guidelines; empty when none stays."""
    cue = _chars(pieces, (draft.cue.start, draft.cue.end))
    content = page.content((_chars(pieces, words) for words in draft.content), cue)
    return page.of_cue(content, cue)


def draft_features(draft: Draft, content: Sequence[CharSpan], page: Page) -> tuple[float, ...]:
    """Returns what a draft's confidence rests on; see `quotecheck.decode.confidence`."""
    length = max(1, size(content))
    return features(
        cue=draft.cue.score,
        content=draft.content_score,
        edge=draft.edge_score,
        source=draft.source_score,
        quoted=sum(page.quoted(s, e) for s, e in content) / length,
        words=sum(b - a for a, b in draft.content),
        has_cue=True,
    )


def _candidates(
    page: Page, annotations: Annotations, calibration: Calibration, floor: float
) -> list[Candidate]:
    """Returns the drafts that are sure enough; the user's own cues always are."""
    out = []
    for draft in draft_attributions(annotations):
        cue = _chars(annotations.pieces, (draft.cue.start, draft.cue.end))
        content = draft_content(draft, annotations.pieces, page)
        if not content:
            continue
        confidence = calibration.confidence(draft_features(draft, content, page))
        if draft.cue.given:
            confidence = max(confidence, floor)
        if confidence < floor:
            continue
        out.append(
            Candidate(
                cue=(cue,),
                source=tuple(
                    page.source((_chars(annotations.pieces, r) for r in draft.source), cue)
                ),
                content=tuple(content),
                confidence=confidence,
            )
        )
    return out


def decode(
    article: Article,
    scanned: ScanResult,
    annotations: Annotations,
    calibration: Calibration,
    min_confidence: float | None = None,
) -> Decoded:
    """Returns the attributions of an article, without speakers, and its quotations.

    Args:
        article: the segmented text.
        scanned: its quotations.
        annotations: what the encoder says of it.
        calibration: the model's confidence weights.
        min_confidence: leave out attributions below this; default the model's own threshold.
    """
    floor = calibration.threshold if min_confidence is None else min_confidence
    page = Page(article, scanned.quotations)
    turned = turns(page)
    found = _candidates(page, annotations, calibration, floor)
    if turned:
        found = _outside_labels(found, turned)
    else:
        found = settle([*found, *signed(page)])
        found = continued(page, scanned.quotations, scanned.continuations, found)
        found += [c for c in headlined(page, found) if c.confidence >= floor]
        found += [c for c in lone_quotations(page, found) if c.confidence >= floor]
    settled = settle([*found, *turned])
    attributions = tuple(_record(c, i, page, article) for i, c in enumerate(settled))
    return Decoded(
        attributions=attributions, quotations=_assigned(scanned.quotations, attributions)
    )


def _outside_labels(found: list[Candidate], turned: list[Candidate]) -> list[Candidate]:
    """Keeps the encoder's candidates from the turns' labels and from running over them."""
    labels = sorted(span for c in turned for span in c.source)
    starts = [s for s, _ in labels]

    def over(span: CharSpan) -> bool:
        at = bisect_left(starts, span[1])
        return at > 0 and labels[at - 1][1] > span[0]

    cues = {span for c in turned for span in c.cue}
    out = []
    for candidate in found:
        content = tuple(span for span in candidate.content if not over(span))
        labelled = any(over(span) or span in cues for span in candidate.cue)
        if content and not labelled:
            out.append(evolve(candidate, content=content))
    return out


def _kind(content: Sequence[CharSpan], page: Page, rule: str | None) -> Kind:
    if rule == "turn":
        return "direct"
    total = quoted = 0
    for start, end in content:
        words = sum(c.isalnum() for c in page.text[start:end])
        total += words
        for q in page.outer_within(start, end):
            quoted += sum(c.isalnum() for c in page.text[max(start, q.start) : min(end, q.end)])
    if not quoted:
        return "indirect"
    return "direct" if quoted > DIRECT_SHARE * total else "mixed"


def _record(candidate: Candidate, index: int, page: Page, article: Article) -> Attribution:
    text = page.text
    start = candidate.content[0][0]
    sentences = _sentences(article, candidate.content)
    anchor = candidate.cue[0][0] if candidate.cue else start
    at = bisect_right(article.sentences, (anchor, len(text) + 1)) - 1
    begin = article.sentences[at][0] if at >= 0 else anchor
    lead = _without(candidate.content, max(begin, anchor - MOST_LEAD), anchor)
    reading = read_cue(
        " ".join(text[s:e] for s, e in candidate.cue),
        "".join(text[s:e] for s, e in lead),
        content=text[slice(*candidate.content[0])],
        source=text[slice(*candidate.source[0])] if candidate.source else "",
    )
    return Attribution(
        id=f"A{index + 1}",
        kind=_kind(candidate.content, page, candidate.rule),
        act=reading.act,
        negated=reading.negated,
        hypothetical=reading.hypothetical,
        content=tuple(Span.of(text, s, e) for s, e in candidate.content),
        cue=tuple(Span.of(text, s, e) for s, e in candidate.cue),
        source=tuple(Span.of(text, s, e) for s, e in candidate.source),
        confidence=candidate.confidence,
        parent=None if candidate.parent is None else f"A{candidate.parent + 1}",
        paragraph=page.block_at(start),
        sentences=sentences,
    )


def _without(cut: Sequence[CharSpan], start: int, end: int) -> list[CharSpan]:
    """Returns what is left of the stretch from ``start`` to ``end`` when ``cut`` is taken out."""
    out = []
    for s, e in sorted(cut):
        if e > start and s < end:
            out.append((start, max(start, s)))
            start = e
    return [*out, (start, max(start, end))]


def _sentences(article: Article, spans: Sequence[CharSpan]) -> tuple[int, ...]:
    out: set[int] = set()
    for start, end in spans:
        low = max(0, bisect_right(article.sentences, (start, len(article.text) + 1)) - 1)
        for i in range(low, len(article.sentences)):
            s, e = article.sentences[i]
            if s >= end:
                break
            if e > start:
                out.add(i)
    return tuple(sorted(out))


def _assigned(
    quotations: Sequence[Quotation], attributions: Sequence[Attribution]
) -> tuple[Quotation, ...]:
    """Returns the quotations with the innermost attribution whose content holds them."""
    spans = sorted((s.start, s.end, k) for k, a in enumerate(attributions) for s in a.content)
    places = SpanIndex()
    for at, (start, end, _) in enumerate(spans):
        places.add(at, [(start, end)])
    out = []
    for q in quotations:
        holder: tuple[int, int] | None = None
        for at in reversed(places.touching([(q.start, q.end)])):
            start, end, k = spans[at]
            holds = start <= q.start and q.end <= end
            if holds and (holder is None or end - start < holder[0]):
                holder = (end - start, k)
        if holder is None:
            out.append(q)
            continue
        role = "speech" if q.role in ("unknown", "scare", "speech") else q.role
        out.append(evolve(q, attribution=attributions[holder[1]].id, role=role))
    return tuple(out)


def _goes_on(pieces: Pieces, word: int, tags: Sequence[str]) -> bool:
    """Whether a word that is tagged as a person of its own is the next word of the person before.

    Nobody is named right behind another: "Dot" and "Farrow" with a blank between are one name.
    """
    if not tags[word - 1].endswith("-person") or tags[word] != "B-person":
        return False
    (_, before), (start, end) = pieces.words[word - 1], pieces.words[word]
    apart = pieces.text[before:start]
    return apart == " " and pieces.text[start:end].istitle()


def _lower(pieces: Pieces, first: int, word: int) -> bool:
    """Whether a word in lower case ends a name that begins with a capital ("Maren grain")."""
    (start, _), (low, high) = pieces.words[first], pieces.words[word]
    return pieces.text[start].isupper() and pieces.text[low:high].islower()


def decode_names(annotations: Annotations) -> tuple[NameMention, ...]:
    """Returns the names that the encoder found, in text order."""
    best = annotations.names.argmax(axis=1)
    probs = np.exp(annotations.names[np.arange(len(best)), best])
    tags = [NAME_TAGS[k] for k in best.tolist()]
    out: list[NameMention] = []
    i, n = 0, len(tags)
    while i < n:
        if tags[i] == "O":
            i += 1
            continue
        label = tags[i][2:]
        j = i + 1
        while j < n and (tags[j] == f"I-{label}" or _goes_on(annotations.pieces, j, tags)):
            j += 1
        end = j
        while (
            label in ("person", "place") and end > i + 1 and _lower(annotations.pieces, i, end - 1)
        ):
            end -= 1
        score = float(np.mean(probs[i:end]))
        start, end = _chars(annotations.pieces, (i, end))
        out.append(NameMention(start=start, end=end, label=label, score=round(score, 4)))
        i = j
    return tuple(out)

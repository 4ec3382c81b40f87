"""From the heads' probabilities to attributions as ranges of words: one draft a cue."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from attrs import evolve, frozen
from numpy.typing import NDArray

from quotecheck.decode.chain import Chain, runs
from quotecheck.encoder import Annotations, CueRoles
from quotecheck.labels import ROLE_TAGS, SPAN_ENDS
from quotecheck.windows import Pieces

__all__ = ["Draft", "coordinated", "draft_attributions"]

Range = tuple[int, int]
Floats = NDArray[np.float32]

#: Drafts whose cue and content are less sure than this take no words from others.
PLAUSIBLE = 0.2
#: How sure a second verb of a speaker must be to end what was said with the first.
JOINED = 0.5
#: Words that join a second verb to the first, and those that may stand between.
_JOINING = frozenset({"and", "but", "or", "then"})
_AROUND = frozenset({"also", "later", "even", "to", ",", "again", "once"})
#: Added to the log scores of content and source of a cue that the user names: it is one.
GIVEN_BIAS = 2.5


@frozen(kw_only=True, eq=False)
class Draft:
    """An attribution as ranges of words (end exclusive), with the probabilities it rests on.

    Attributes:
        cue: the cue with what the role head says of the words around it.
        probabilities: (words, labels), of the labels of `ROLE_TAGS` for the words in the cue's
            reach.
        source: ranges of the source's words.
        content: ranges of the content's words.
    """

    cue: CueRoles
    probabilities: Floats
    source: tuple[Range, ...] = ()
    content: tuple[Range, ...]

    def _labels(self, columns: slice, ranges: Sequence[Range]) -> NDArray[np.float32]:
        """Returns the probability of some labels for every word of some ranges."""
        probs = self.probabilities[:, columns].sum(axis=1)
        reach = self.cue.reach
        out: NDArray[np.float32] = np.concatenate([probs[s - reach : e - reach] for s, e in ranges])
        return out

    def piece_score(self, piece: Range) -> float:
        """Returns how sure the cue is of a range of content, from 0 to 1."""
        return self.cue.score * float(self._labels(slice(3, 5), [piece]).mean())

    @property
    def content_score(self) -> float:
        """Mean probability of the content's words."""
        return float(self._labels(slice(3, 5), self.content).mean())

    @property
    def source_score(self) -> float:
        """Mean probability of the source's words; 0 without a source."""
        return float(self._labels(slice(1, 3), self.source).mean()) if self.source else 0.0

    @property
    def edge_score(self) -> float:
        """Mean probability of beginning and ending where the content does."""
        probs, reach = self.probabilities, self.cue.reach
        edges = [float(probs[s - reach, 3]) for s, _ in self.content]
        edges += [1 - float(probs[e - reach, 4]) for _, e in self.content if e - reach < len(probs)]
        return sum(edges) / len(edges)


def _chain(annotations: Annotations, cues: Sequence[CueRoles]) -> Chain:
    """Returns what the role head scores for some cues, padded with O."""
    size = max(len(c.roles) for c in cues)
    scores = np.full((len(cues), size, len(ROLE_TAGS)), -1e4, np.float32)
    scores[:, :, 0] = 0.0
    ends = np.zeros((len(cues), size, len(SPAN_ENDS)), np.float32)
    for row, end, cue in zip(scores, ends, cues, strict=True):
        n = len(cue.roles)
        row[:n] = cue.roles
        if cue.ends is not None:
            end[:n] = cue.ends
        if cue.given:
            row[:n, 1:] += GIVEN_BIAS
        own = slice(cue.start - cue.reach, cue.end - cue.reach)
        row[own] = -1e4
        row[own, 0] = 0.0
    return Chain.of(scores, ends, annotations.transitions)


def draft_attributions(annotations: Annotations) -> list[Draft]:
    """Returns one draft for every cue candidate that has content, in text order of the cues."""
    cues = annotations.cues
    drafts: list[Draft] = []
    # Some tens at a time, so that memory stays flat over a book.
    for at in range(0, len(cues), 64):
        chunk = cues[at : at + 64]
        chain = _chain(annotations, chunk)
        rows = zip(chunk, chain.best_paths(), chain.probabilities(), strict=True)
        for cue, path, probabilities in rows:
            n = len(cue.roles)
            draft = _draft(cue, path[:n], probabilities[:n])
            if draft is not None and (cue.given or cue.score * draft.content_score >= PLAUSIBLE):
                drafts.append(draft)
    return _shared_out(coordinated(drafts, annotations.pieces))


def _draft(cue: CueRoles, path: NDArray[np.int64], probabilities: Floats) -> Draft | None:
    content = runs(path, "content")
    if not content:
        return None
    named = probabilities[:, 1:3].sum(axis=1)
    source = _one_source(runs(path, "source"), named)
    return Draft(
        cue=cue,
        probabilities=probabilities,
        source=tuple((cue.reach + s, cue.reach + e) for s, e in source),
        content=tuple((cue.reach + s, cue.reach + e) for s, e in content),
    )


def _one_source(source: list[Range], named: NDArray[np.float32]) -> list[Range]:
    """Returns the likeliest source: a source is one noun phrase, commas and all."""
    joined: list[Range] = []
    for start, end in source:
        if joined and start - joined[-1][1] <= 1:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    if len(joined) < 2:
        return joined
    return [max(joined, key=lambda r: (float(np.mean(named[r[0] : r[1]])), -r[0]))]


def coordinated(drafts: list[Draft], pieces: Pieces) -> list[Draft]:
    """Returns the drafts, where one speaker's second verb ends the content of the first.

    "She said it rained and warned her readers": who warns stands outside what was said, so the
    warning is hers, beside the saying, and no part of it.
    """
    starts = [draft.cue.start for draft in drafts]
    out = []
    for draft in drafts:
        content = draft.content
        first, last = content[-1]
        for other in drafts[bisect_right(starts, first) : bisect_left(starts, last)]:
            if other.cue.start <= draft.cue.end or not _same_source(draft, other):
                continue
            if other.cue.score * other.content_score >= JOINED:
                end = _conjunction(pieces, first, other.cue.start)
                if end is not None:
                    content = (*content[:-1], (first, end))
                    break
        out.append(draft if content is draft.content else evolve(draft, content=content))
    return out


def _same_source(a: Draft, b: Draft) -> bool:
    """Whether two cues have the same words as their source, in front of both."""
    return bool(a.source) and a.source == b.source and a.source[-1][1] <= a.cue.start


def _conjunction(pieces: Pieces, first: int, cue: int) -> int | None:
    """Returns the word at which a conjunction joins a cue to what was before, None without one."""
    at, found = cue, None
    while at - 1 > first:
        start, end = pieces.words[at - 1]
        word = pieces.text[start:end].lower()
        if word not in _JOINING and word not in _AROUND:
            break
        at -= 1
        if word in _JOINING:
            found = at
    while found is not None and found - 1 > first:
        start, end = pieces.words[found - 1]
        if pieces.text[start:end] not in ",;–—":
            break
        found -= 1
    return found


def _shared_out(drafts: list[Draft]) -> list[Draft]:
    """Returns the drafts with every stretch of content given to the cue that is surest of it.

    Speech inside other speech is left to both: there the inner cue stands in the outer content.
    """
    pieces = sorted(
        (*piece, i, draft.piece_score(piece))
        for i, draft in enumerate(drafts)
        for piece in draft.content
    )
    lost: dict[int, list[Range]] = {}
    active: list[tuple[int, int, int, float]] = []
    for piece in pieces:
        start, end, i, score = piece
        active = [p for p in active if p[1] > start]
        for other_start, other_end, j, other_score in active:
            if i == j or _nested(drafts[i], drafts[j], piece[:2], (other_start, other_end)):
                continue
            loser = i if (score, -i) < (other_score, -j) else j
            lost.setdefault(loser, []).append((start, min(end, other_end)))
        active.append(piece)
    out = []
    for i, draft in enumerate(drafts):
        kept = [r for piece in draft.content for r in _minus(piece, lost.get(i, ()))]
        if kept:
            out.append(evolve(draft, content=tuple(kept)))
    return out


def _nested(a: Draft, b: Draft, a_piece: Range, b_piece: Range) -> bool:
    """Whether one draft's cue stands in the other's stretch of content."""
    return any(
        piece[0] <= cue.start and cue.end <= piece[1]
        for cue, piece in ((a.cue, b_piece), (b.cue, a_piece))
    )


def _minus(piece: Range, taken: Sequence[Range]) -> list[Range]:
    """Returns what is left of a range of words; crumbs of one word go too."""
    left = [piece]
    for a, b in taken:
        left = [
            r
            for s, e in left
            for r in ((s, min(e, a)), (max(s, b), e))
            if r[1] - r[0] > (1 if (s, e) != r else 0)
        ]
    return left

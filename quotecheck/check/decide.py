"""One quote, one indexed source: from the places it may stand at to the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from attrs import frozen

from quotecheck.check.edges import cuts_number, negator_after, negator_before
from quotecheck.check.lexicon import SHORT_WORDS
from quotecheck.check.near import MAX_PASSAGES, Neighbourhood, Passage, differences, find_near
from quotecheck.check.place import Placement, placements
from quotecheck.check.quote import ParsedQuote
from quotecheck.check.result import (
    SUPPORTED_WORDINGS,
    UNSAFE_FLAGS,
    Edit,
    SpeakerVerdict,
    Wording,
)
from quotecheck.check.speaker import cast_of, speaker_verdict
from quotecheck.check.stream import Stream
from quotecheck.check.verdict import TIERS, judge

__all__ = ["Finding", "decide", "is_supported"]

_SPEAKERS: tuple[SpeakerVerdict, ...] = ("match", "not-asked", "ambiguous", "unknown", "mismatch")


@frozen(kw_only=True)
class Finding:
    """What `decide` found out.

    Attributes:
        wording: the tier.
        speaker: the verdict on the speaker.
        score: share of words that agree.
        spans: (start, end) in the source's text.
        edits: differences.
        flags: in the order found.
        voice: index of the voice at the place found.
    """

    wording: Wording
    speaker: SpeakerVerdict
    score: float
    spans: tuple[tuple[int, int], ...] = ()
    edits: tuple[Edit, ...] = ()
    flags: tuple[str, ...] = ()
    voice: int | None = None

    @property
    def supported(self) -> bool:
        """Whether wording, speaker and flags together let the quote stand."""
        return is_supported(self.wording, self.speaker, self.flags)

    @property
    def rank(self) -> tuple[bool, int, int, float]:
        """Orders findings, the best first."""
        return (
            not self.supported,
            TIERS.index(self.wording),
            _SPEAKERS.index(self.speaker),
            -self.score,
        )


def is_supported(wording: Wording, speaker: SpeakerVerdict, flags: Sequence[str]) -> bool:
    """Returns whether a quote is supported: the rule of the JSON contract.

    >>> is_supported("folded", "match", ()), is_supported("exact", "mismatch", ())
    (True, False)
    """
    return (
        wording in SUPPORTED_WORDINGS
        and speaker in ("match", "not-asked")
        and UNSAFE_FLAGS.isdisjoint(flags)
    )


def decide(parsed: ParsedQuote, stream: Stream, speaker: str | None) -> Finding:
    """Returns the best finding on a quote in a source.

    Places at which the asked speaker speaks come first: when the quote stands there, it does not
    matter who else said it.
    """
    return _Decision(parsed, stream, speaker).run()


class _Decision:
    def __init__(self, parsed: ParsedQuote, stream: Stream, speaker: str | None) -> None:
        self.parsed = parsed
        self.stream = stream
        self.speaker = speaker
        self.cast = cast_of(stream.voices)
        self.flags: tuple[str, ...] = ("short",) if parsed.size < SHORT_WORDS else ()

    def run(self) -> Finding:
        mine = self._matching_voices()
        if mine:
            placed = placements(self.parsed, self.stream, voices=mine)
            found = self._placed(placed) if placed else None
            if found is not None and found.supported:
                return found
        placed = placements(self.parsed, self.stream)
        found = self._placed(placed) if placed else None
        if found is not None and found.wording == "exact":
            return found
        if found is not None and found.wording == "folded" and len(found.spans) == 1:
            start, end = found.spans[0]
            if self.stream.text[start:end] == self._literal:
                return found  # only the marks around it differ
        return self._verbatim() or found or self._elsewhere()

    @property
    def _literal(self) -> str:
        return self.parsed.text[self.parsed.start : self.parsed.end]

    def _verbatim(self) -> Finding | None:
        """The quote as it is, brackets and dots that look like an editor's included."""
        stream = self.stream
        literal = self._literal
        at = stream.text.find(literal)
        found: list[Finding] = []
        while at >= 0 and len(found) < MAX_PASSAGES:
            end = at + len(literal)
            for v in stream.voices_at(at, end):
                if stream.whole(at) and stream.whole(end):
                    verdict, extra = self._voice_verdict(v)
                    flags = (*stream_flags(stream, at, end, v), *self.flags, *extra)
                    found.append(
                        Finding(
                            wording="exact",
                            speaker=verdict,
                            score=1.0,
                            spans=((at, end),),
                            flags=flags,
                            voice=v,
                        )
                    )
            at = stream.text.find(literal, at + 1)
        return min(found, key=lambda one: one.rank, default=None)

    def _matching_voices(self) -> frozenset[int]:
        if self.speaker is None or len(self.stream.voices) < 2:
            return frozenset()
        return frozenset(
            v for v in range(len(self.stream.voices)) if self._voice_verdict(v)[0] == "match"
        )

    def _voice_verdict(self, voice: int) -> tuple[SpeakerVerdict, tuple[str, ...]]:
        return speaker_verdict(self.speaker, self.stream.voices[voice], self.cast)

    # ----------------------------------------------------- the fragments stand there

    def _placed(self, placed: list[Placement]) -> Finding:
        stream = self.stream
        said = {_said(self.parsed, stream, one) for one in placed}
        found = [self._judged(one, repeated=len(placed) > 1) for one in placed]
        best = min(found, key=lambda one: one.rank)
        if len(said) == 1:
            return best
        voices = {stream.voice[one.first] for one in placed}
        return Finding(
            wording="ambiguous",
            speaker=self._common_verdict(voices),
            score=1.0,
            spans=tuple(sorted({span for one in found for span in one.spans})),
            flags=self.flags,
        )

    def _judged(self, one: Placement, *, repeated: bool) -> Finding:
        judgement = judge(self.parsed, self.stream, one)
        voice = self.stream.voice[one.first]
        verdict, extra = self._voice_verdict(voice)
        changed = sum(e.weight not in ("glyph", "filler") for e in judgement.edits)
        size = self.parsed.size
        score = 1.0 if judgement.wording != "altered" else size / (size + changed)
        return Finding(
            wording=judgement.wording,
            speaker=verdict,
            score=score,
            spans=judgement.spans,
            edits=judgement.edits,
            flags=(*judgement.flags, *self.flags, *extra, *["repeated"] * repeated),
            voice=voice,
        )

    def _common_verdict(self, voices: set[int]) -> SpeakerVerdict:
        verdicts = {self._voice_verdict(v)[0] for v in voices}
        return verdicts.pop() if len(verdicts) == 1 else "ambiguous"

    # ------------------------------------------------------- they do not stand there

    def _elsewhere(self) -> Finding:
        parsed, stream = self.parsed, self.stream
        words = [w.replace("'", "") for w in parsed.words] if stream.bare else parsed.words
        near = find_near(parsed, words, stream)
        crossing = self._crossing(near)
        if crossing:
            self.flags = (*self.flags, "across-turns")
        if near.passages:
            return self._altered(near.passages)
        asked: SpeakerVerdict = "not-asked" if self.speaker is None else "unknown"
        longest = near.longest / parsed.size
        spans = _pieces(crossing, stream) if crossing else ()
        return Finding(
            wording="absent", speaker=asked, score=longest, spans=spans, flags=self.flags
        )

    def _crossing(self, near: Neighbourhood) -> Passage | None:
        """The passage over several voices that holds clearly more of the quote than one does."""
        stream = self.stream
        if len(stream.voices) < 2:
            return None
        covered = near.passages[0].covered if near.passages else 0
        for wider in near.wider:
            if stream.voice[wider.first] != stream.voice[wider.last] and wider.covered > covered:
                return wider
        for one in placements(self.parsed, stream, across=True)[:1]:
            return Passage(first=one.first, last=one.last, covered=self.parsed.size, runs=())
        return None

    def _altered(self, passages: Sequence[Passage]) -> Finding:
        parsed, stream = self.parsed, self.stream
        compared = [(differences(parsed, passage, stream), passage) for passage in passages]
        top = max(item[0][2] for item in compared)
        equal = [item for item in compared if item[0][2] == top]
        # Where all words of the quote stand, in another order, nothing else has to be the same.
        words = {
            tuple(stream.key[passage.first : passage.last + 1])
            if passage.covered == parsed.size
            else tuple(stream.key[first : last + 1])
            for (_, (first, last), _), passage in equal
        }
        findings = [self._one_altered(*item[0]) for item in equal]
        best = min(findings, key=lambda one: one.rank)
        if len(words) == 1 or "across-turns" in self.flags or _parts([i[1] for i in equal]):
            return best
        fitting = [one for one in findings if one.speaker == "match"]
        if len(fitting) == 1:
            return fitting[0]
        return Finding(
            wording="ambiguous",
            speaker=self._common_verdict({one.voice for one in findings if one.voice is not None}),
            score=top,
            spans=tuple(sorted(span for one in findings for span in one.spans)),
            flags=self.flags,
        )

    def _one_altered(
        self, edits: tuple[Edit, ...], words: tuple[int, int], score: float
    ) -> Finding:
        stream = self.stream
        voice = stream.voice[words[0]]
        verdict, extra = self._voice_verdict(voice)
        return Finding(
            wording="altered",
            speaker=verdict,
            score=score,
            spans=((stream.start(words[0]), stream.end(words[1])),),
            edits=edits,
            flags=(*self.flags, *extra),
            voice=voice,
        )


def _parts(passages: Sequence[Passage]) -> bool:
    """Whether two passages hold different parts of a quote: an unmarked cut, not two twins."""
    held = [
        {i for run in passage.runs for i in range(run.quote, run.quote + run.size)}
        for passage in passages
    ]
    return any(a.isdisjoint(b) for a, b in combinations(held, 2))


def stream_flags(stream: Stream, start: int, end: int, voice: int) -> tuple[str, ...]:
    """Returns what stands just outside a span of the source's text."""
    inside = stream.words_of(voice, start, end)
    if not inside:
        return ()
    before = negator_before(stream, inside[0])
    negated = before if before is not None else negator_after(stream, inside[-1])
    parted = cuts_number(stream, inside[0]) or cuts_number(stream, inside[-1] + 1)
    return (*["negation-before-cut"] * (negated is not None), *["number-cut"] * parted)


def _said(parsed: ParsedQuote, stream: Stream, one: Placement) -> tuple[str, ...]:
    """The source's words that the quote's own words do not fix: those behind gaps and brackets."""
    out: list[str] = []
    for k, gap in enumerate(parsed.gaps):
        if gap is None:
            continue
        if 0 < k < len(one.spans):
            out += ["|", *stream.key[one.spans[k - 1][1] : one.spans[k][0]]]
        elif gap.brackets:  # an editor's words at an edge stand for a word next to it
            word = one.first - 1 if k == 0 else one.last + 1
            inside = 0 <= word < len(stream.key) and stream.voice[word] == stream.voice[one.first]
            out += ["|", stream.key[word] if inside else ""]
    for fragment, (start, end) in zip(parsed.fragments, one.spans, strict=True):
        if fragment.patched:
            out += ["|", *stream.key[start:end]]
    return tuple(out)


def _pieces(passage: Passage, stream: Stream) -> tuple[tuple[int, int], ...]:
    """The stretch of each voice that a passage runs over."""
    pieces: list[list[int]] = []
    for word in range(passage.first, passage.last + 1):
        if pieces and stream.voice[pieces[-1][1]] == stream.voice[word]:
            pieces[-1][1] = word
        else:
            pieces.append([word, word])
    return tuple((stream.start(first), stream.end(last)) for first, last in pieces)

"""A source made ready for many checks."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from attrs import evolve

from quotecheck.check.decide import Finding, decide
from quotecheck.check.quote import parse_quote
from quotecheck.check.result import SUPPORTED_WORDINGS, Place, QuoteCheck
from quotecheck.check.sources import Source, as_source
from quotecheck.check.stream import Stream, build_stream
from quotecheck.errors import CheckInputError, TextTypeError
from quotecheck.inputs import Document
from quotecheck.records import AnalysisRecord

__all__ = ["Checkable", "SourceIndex"]

Checkable = str | Sequence[str] | AnalysisRecord | Document | Source


class SourceIndex:
    r"""A source, indexed once for any number of quotes. Safe to share between threads.

    >>> index = SourceIndex("MS. VELL: We will not close the port.\nQ: Never?", name="briefing")
    >>> result = index.check("“we will not close the port”", speaker="Ada Vell")
    >>> result.wording, result.speaker, result.supported
    ('folded', 'match', True)

    Args:
        source: a text, a list of paragraphs, an analysis, or what `read_source` gave.
        name: what results call the source.

    Raises:
        TextTypeError: something else.
        CheckInputError: there is no word in it, or an analysis without its text.
    """

    def __init__(self, source: Checkable, *, name: str | None = None) -> None:
        self.source = as_source(source, name)
        self.text = self.source.text
        self.name = self.source.name
        self.sha256 = hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()
        streams = (build_stream(self.text, voices) for voices in self.source.layers)
        self._streams: tuple[Stream, ...] = tuple(s for s in streams if s.key)
        if not self._streams:
            raise CheckInputError(
                f"the source {self.name!r} has no words; nothing can stand in it."
            )

    @property
    def words(self) -> int:
        """Number of words, fillers left out."""
        return max(len(stream.key) for stream in self._streams)

    def check(self, quote: str, *, speaker: str | None = None) -> QuoteCheck:
        """Returns the verdict on one quote.

        Args:
            quote: the quote, with or without its outer quotation marks; ellipses mark cuts, square
                brackets an editor's words.
            speaker: who is supposed to have said it; not asked when None.

        Raises:
            TextTypeError: quote or speaker is not a str.
            CheckInputError: no word in the quote, an empty speaker, or a quote so much longer than
                the source that less than half of it could stand there.
        """
        parsed = parse_quote(quote)
        if speaker is not None and not isinstance(speaker, str):
            raise TextTypeError(speaker, "the speaker")
        if speaker is not None and not speaker.strip():
            raise CheckInputError("the speaker is empty; give a name, or leave it out.")
        if parsed.size > 2 * self.words:
            raise CheckInputError(
                f"the quote ({parsed.size} words) is longer than the source "
                f"{self.name!r} ({self.words} words)."
            )
        best: Finding | None = None
        for layer, stream in enumerate(self._streams):
            found = decide(parsed, stream, speaker)
            if layer:
                found = self._outside_attributions(found)
            if best is None or found.rank < best.rank:
                best, chosen = found, stream
            if best.wording in SUPPORTED_WORDINGS:
                break
        return self._record(quote, best, chosen) if best else self.unsupported(quote)

    def check_many(self, quotes: Iterable[str | tuple[str, str | None]]) -> list[QuoteCheck]:
        """Returns the verdicts on quotes, or on (quote, speaker) pairs, in their order.

        A quote that is longer than the source is ``absent``.

        Raises:
            TextTypeError: a quote or speaker is not a str.
            CheckInputError: a quote without words; the message says which.
        """
        out = []
        for number, item in enumerate(quotes):
            quote, speaker = (item, None) if isinstance(item, str) else item
            try:
                if parse_quote(quote).size > 2 * self.words:
                    out.append(self.unsupported(quote, speaker=speaker))
                else:
                    out.append(self.check(quote, speaker=speaker))
            except CheckInputError as error:
                raise CheckInputError(f"quote {number}: {error}") from None
        return out

    def unsupported(
        self, quote: str, *, speaker: str | None = None, flags: tuple[str, ...] = ()
    ) -> QuoteCheck:
        """Returns the verdict ``absent`` without looking, for a quote that cannot stand here."""
        return QuoteCheck(
            quote=quote,
            source=self.name,
            wording="absent",
            speaker="not-asked" if speaker is None else "unknown",
            supported=False,
            score=0.0,
            flags=flags,
            format=self.source.format,
            text_sha256=self.sha256,
        )

    def _outside_attributions(self, found: Finding) -> Finding:
        """What stands in an article outside its attributions, or runs over several of them.

        Fragments out of what different people said are never one quote.
        """
        attributions = self.source.attributions.values()
        speakers = set()
        for start, end in found.spans:
            for a in attributions:
                if any(s.start < end and start < s.end for s in a.content) and not a.parent:
                    speakers.add(a.speaker.id if a.speaker else a.id)
        flags = (*found.flags, "not-attributed")
        if len(speakers) > 1 and len(found.spans) > 1:
            return evolve(found, wording="altered", flags=(*flags, "across-turns"))
        return evolve(found, flags=flags)

    def _record(self, quote: str, found: Finding, stream: Stream) -> QuoteCheck:
        voice = stream.voices[found.voice] if found.voice is not None else None
        attribution = None
        if voice is not None and voice.attribution is not None:
            attribution = self.source.attributions[voice.attribution]
        flags = found.flags
        if attribution is not None:
            flags += ("denied",) * attribution.negated
            flags += ("hypothetical",) * attribution.hypothetical
        found = evolve(found, flags=flags)
        return QuoteCheck(
            quote=quote,
            source=self.name,
            wording=found.wording,
            speaker=found.speaker,
            supported=found.supported,
            score=round(found.score, 4),
            spans=tuple(self._place(*span) for span in found.spans),
            flags=tuple(dict.fromkeys(flags)),
            edits=found.edits,
            format=self.source.format,
            text_sha256=self.sha256,
            label=voice.names[0] if voice is not None and voice.names else None,
            kind=attribution.kind if attribution is not None else None,
            attribution=attribution.id if attribution is not None else None,
        )

    def _place(self, start: int, end: int) -> Place:
        return Place(
            start=start,
            end=end,
            text=self.text[start:end],
            page=self.source.page(start),
            time=self.source.time(start, end),
        )

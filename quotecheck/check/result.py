"""The record of a check and the ladder of its verdicts."""

from __future__ import annotations

import json
from typing import Any, Literal, get_args

from attrs import frozen

from quotecheck.errors import RecordError
from quotecheck.jsontext import ascii_json
from quotecheck.records import Kind, Span

__all__ = [
    "CHECK_SCHEMA",
    "SUPPORTED_WORDINGS",
    "Edit",
    "Flag",
    "Place",
    "QuoteCheck",
    "SpeakerVerdict",
    "Weight",
    "Wording",
]

CHECK_SCHEMA = "quotecheck/check/1"

Wording = Literal[
    "exact", "folded", "cleaned", "bracketed", "elided", "altered", "absent", "ambiguous"
]
SpeakerVerdict = Literal["match", "mismatch", "ambiguous", "unknown", "not-asked"]
Weight = Literal["negation", "number", "name", "modal", "content", "function", "filler", "glyph"]
Op = Literal["replace", "delete", "insert"]
Flag = Literal[
    "negation-before-cut",
    "number-cut",
    "short",
    "across-turns",
    "repeated",
    "probable-name",
    "denied",
    "hypothetical",
    "not-attributed",
    "own-article",
    "no-source",
]

SUPPORTED_WORDINGS = frozenset({"exact", "folded", "cleaned", "bracketed", "elided"})
#: Flags under which a quote is not supported, whatever its wording.
UNSAFE_FLAGS = frozenset(
    {"negation-before-cut", "number-cut", "denied", "hypothetical", "own-article"}
)


@frozen(kw_only=True)
class Place:
    """Where a stretch of the quote stands in the source.

    Attributes:
        start: offset of its first code point in the source's text.
        end: offset after its last one.
        text: that slice of the source.
        page: number of the page in a PDF file, from 1.
        time: (from, to) of the subtitle cues it stands in, as ``HH:MM:SS.mmm``.
    """

    start: int
    end: int
    text: str
    page: int | None = None
    time: tuple[str, str] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the JSON object; ``page`` and ``time`` only where they are known."""
        out: dict[str, Any] = {"start": self.start, "end": self.end, "text": self.text}
        if self.page is not None:
            out["page"] = self.page
        if self.time is not None:
            out["time"] = list(self.time)
        return out


@frozen(kw_only=True)
class Edit:
    """One difference between a quote and its source.

    Attributes:
        op: what was done to the source's words to get the quote's.
        quote: the words of the quote, empty where words were deleted.
        source: the words of the source, empty where words were inserted.
        weight: the heaviest thing that differs.
    """

    op: Op
    quote: Span
    source: Span
    weight: Weight

    def to_dict(self) -> dict[str, Any]:
        """Returns the JSON object."""
        return {
            "op": self.op,
            "quote": _span_dict(self.quote),
            "source": _span_dict(self.source),
            "weight": self.weight,
        }


def _span_dict(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}


@frozen(kw_only=True)
class QuoteCheck:
    """The verdict on one quote against one source.

    Attributes:
        schema: number of the JSON contract.
        quote: the quote as given; the ``quote`` offsets of the edits count in it.
        source: name of the source: a path, ``-`` or whatever the caller named it; None when there
            was no source to look in.
        wording: tier of the ladder; see docs/check.md.
        speaker: whether the asked person said it, apart from the wording.
        supported: wording up to ``elided``, speaker ``match`` or ``not-asked``, and no flag that
            speaks against it.
        score: share of the words that agree, from 0 to 1; it decides nothing.
        spans: where the quote stands, fragment by fragment; every candidate place when the wording
            is ``ambiguous``.
        flags: what else to know, such as ``negation-before-cut``.
        edits: every difference, in the order of the quote.
        format: how the source was read (text, srt, vtt, html, pdf, docx, analysis).
        text_sha256: SHA-256 of the text that the offsets count in.
        label: the label or name of the one who speaks at the place found.
        kind: kind of the attribution it stands in, when the source is an analysis.
        attribution: id of that attribution.
    """

    schema: str = CHECK_SCHEMA
    quote: str
    source: str | None = "-"
    wording: Wording
    speaker: SpeakerVerdict = "not-asked"
    supported: bool
    score: float
    spans: tuple[Place, ...] = ()
    flags: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    format: str = "text"
    text_sha256: str | None = None
    label: str | None = None
    kind: Kind | None = None
    attribution: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the JSON object of the contract ``quotecheck/check/1``.

        >>> r = QuoteCheck(quote="No", wording="absent", supported=False, score=0.0)
        >>> QuoteCheck.from_dict(r.to_dict()) == r
        True
        """
        return {
            "schema": self.schema,
            "quote": self.quote,
            "source": self.source,
            "wording": self.wording,
            "speaker": self.speaker,
            "supported": self.supported,
            "score": self.score,
            "spans": [place.to_dict() for place in self.spans],
            "flags": list(self.flags),
            "edits": [edit.to_dict() for edit in self.edits],
            "format": self.format,
            "text_sha256": self.text_sha256,
            "label": self.label,
            "kind": self.kind,
            "attribution": self.attribution,
        }

    def to_json(self, indent: int | None = None) -> str:
        """Returns the JSON text of `to_dict`; lone surrogates are escaped."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            text = ascii_json(self.to_dict(), indent)
        return text

    @classmethod
    def from_dict(cls, data: object) -> QuoteCheck:
        """Returns the record that `to_dict` described; unknown fields are passed over.

        Raises:
            RecordError: data that break the contract; every problem with its path.
        """
        problems = tuple(_problems(data))
        if problems or not isinstance(data, dict):
            raise RecordError(problems)
        spans = tuple(
            Place(
                start=s["start"],
                end=s["end"],
                text=s["text"],
                page=s.get("page"),
                time=tuple(s["time"]) if s.get("time") else None,
            )
            for s in data["spans"]
        )
        edits = tuple(
            Edit(
                op=e["op"],
                quote=_span_of(e["quote"]),
                source=_span_of(e["source"]),
                weight=e["weight"],
            )
            for e in data["edits"]
        )
        plain = {name: data[name] for name in _REQUIRED if name not in ("spans", "edits", "flags")}
        extra = {name: data[name] for name in _OPTIONAL if name in data}
        return cls(**plain, **extra, spans=spans, edits=edits, flags=tuple(data["flags"]))

    @classmethod
    def from_json(cls, text: str | bytes) -> QuoteCheck:
        """Returns the record that `to_json` wrote.

        Raises:
            RecordError: not JSON, or JSON that breaks the contract.
        """
        try:
            data = json.loads(text)
        except ValueError as error:
            raise RecordError((f"$: not JSON: {error}",)) from None
        return cls.from_dict(data)


_REQUIRED = (
    "schema",
    "quote",
    "source",
    "wording",
    "speaker",
    "supported",
    "score",
    "spans",
    "flags",
    "edits",
)
_OPTIONAL = ("format", "text_sha256", "label", "kind", "attribution")
_KINDS = {
    "quote": (str, "a string"),
    "source": ((str, type(None)), "a string or null"),
    "supported": (bool, "true or false"),
    "score": ((int, float), "a number"),
    "spans": (list, "a list"),
    "flags": (list, "a list"),
    "edits": (list, "a list"),
}


def _span_of(data: dict[str, Any]) -> Span:
    return Span(start=data["start"], end=data["end"], text=data["text"])


def _problems(data: object) -> list[str]:
    if not isinstance(data, dict):
        return ["$: not an object"]
    missing = [f"$.{name}: missing" for name in _REQUIRED if name not in data]
    if missing:
        return missing
    out = [
        f"$.{name}: not {what}"
        for name, (kind, what) in _KINDS.items()
        if not isinstance(data[name], kind)  # type: ignore[arg-type]
    ]
    if data["schema"] != CHECK_SCHEMA:
        out.append(f"$.schema: {data['schema']!r} is not {CHECK_SCHEMA!r}")
    for name, known in (("wording", get_args(Wording)), ("speaker", get_args(SpeakerVerdict))):
        if data[name] not in known:
            out.append(f"$.{name}: {data[name]!r} is none of {', '.join(known)}")
    if out:
        return out
    for i, span in enumerate(data["spans"]):
        out += _span_problems(span, f"$.spans[{i}]")
    for i, edit in enumerate(data["edits"]):
        out += _edit_problems(edit, f"$.edits[{i}]")
    return out


def _edit_problems(edit: object, path: str) -> list[str]:
    if not isinstance(edit, dict):
        return [f"{path}: not an object"]
    out = []
    for name, known in (("op", get_args(Op)), ("weight", get_args(Weight))):
        if edit.get(name) not in known:
            out.append(f"{path}.{name}: {edit.get(name)!r} is none of {', '.join(known)}")
    for name in ("quote", "source"):
        out += _span_problems(edit.get(name), f"{path}.{name}")
    return out


def _span_problems(span: object, path: str) -> list[str]:
    if not isinstance(span, dict):
        return [f"{path}: not an object"]
    fits = (
        isinstance(span.get("start"), int)
        and isinstance(span.get("end"), int)
        and isinstance(span.get("text"), str)
    )
    return [] if fits else [f"{path}: needs start and end (integers) and text (a string)"]

"""brat standoff, both ways (https://brat.nlplab.org/standoff.html), as PolNeAR uses it.

An attribution is an event: its trigger repeats the cue (or, without a cue, the first words), its
roles are ``Content``, ``Cue`` and ``Source``. Discontinuous pieces are fragments of one text-bound
annotation. What brat has no spans for goes into attributes (kind, act, negated, hypothetical) and
into an annotator note (``speaker: NAME``). brat allows no line break inside a fragment, so a span
over several lines becomes one fragment a line, white space at the breaks left out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from attrs import evolve, field, frozen

from quotecheck.consistency import text_sha256, with_attributions
from quotecheck.errors import RecordError
from quotecheck.formats.registry import WriteOptions
from quotecheck.records import (
    Act,
    AnalysisRecord,
    Attribution,
    Entity,
    Kind,
    ModelInfo,
    Notice,
    Span,
)

__all__ = ["CONFIGURATION", "files", "read", "write"]

#: What ``annotation.conf`` in the folder has to say for brat to show these files.
CONFIGURATION = """\
[entities]
Source
Cue
Content
[relations]
[events]
Attribution\tContent*:Content, Cue*:Cue, Source*:Source, Parent?:Attribution
Attribution-no-source\tContent*:Content, Cue*:Cue, Parent?:Attribution
[attributes]
Kind\tArg:<EVENT>, Value:direct|mixed|indirect
Act\tArg:<EVENT>, Value:assertion|belief|fact|eventuality
Negated\tArg:<EVENT>
Hypothetical\tArg:<EVENT>
"""

_ROLES = ("Content", "Cue", "Source")

#: Whatever some reader takes for a line break (`str.splitlines`) may not stand in a fragment.
_LINE = re.compile("[^\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")


# ----------------------------------------------------------------------------------------- writing


def write(record: AnalysisRecord, options: WriteOptions) -> str:
    """Returns the ``.ann`` file of an article.

    Raises:
        RecordError: the text was left out; brat points into it.
    """
    if record.text is None:
        raise RecordError(("$.text: brat needs the text, and it was left out",))
    return "".join(line + "\n" for line in _Writer(record.text).lines(record))


def files(record: AnalysisRecord, options: WriteOptions) -> dict[str, bytes]:
    """Returns the ``.ann`` file and the ``.txt`` file that it points into.

    Raises:
        RecordError: the text was left out.
    """
    ann = write(record, options)
    text = record.text or ""
    return {
        ".ann": ann.encode("utf-8", "surrogatepass"),
        ".txt": text.encode("utf-8", "surrogatepass"),
    }


class _Writer:
    def __init__(self, text: str) -> None:
        self.text = text
        self.bound = self.attributes = self.notes = 0

    def lines(self, record: AnalysisRecord) -> Iterator[str]:
        events: dict[str, str] = {}
        for a in record.attributions:
            if any(self._fragments(spans) for spans in (a.cue, a.content, a.source)):
                events[a.id] = f"E{len(events) + 1}"
        for a in record.attributions:
            if a.id in events:
                yield from self._event(a, events)

    def _event(self, a: Attribution, events: dict[str, str]) -> Iterator[str]:
        event = events[a.id]
        roles = []
        for role, spans in zip(_ROLES, (a.content, a.cue, a.source), strict=True):
            if fragments := self._fragments(spans):
                line = self._bound(role, fragments)
                yield line
                roles.append(f"{role}:{line.split(chr(9), 1)[0]}")
        kind = "Attribution" if self._fragments(a.source) else "Attribution-no-source"
        at = next(f for spans in (a.cue, a.content, a.source) if (f := self._fragments(spans)))
        trigger = self._bound(kind, at)
        yield trigger
        if a.parent in events:
            roles.append(f"Parent:{events[a.parent]}")
        yield f"{event}\t{kind}:{trigger.split(chr(9), 1)[0]} {' '.join(roles)}"
        marks = [f"Kind {event} {a.kind}", f"Act {event} {a.act}"]
        marks += [f"Negated {event}"] * a.negated + [f"Hypothetical {event}"] * a.hypothetical
        for mark in marks:
            self.attributes += 1
            yield f"A{self.attributes}\t{mark}"
        who = [a.speaker] if a.speaker is not None else list(a.candidates)
        if who:
            self.notes += 1
            what = "speaker" if a.speaker is not None else "candidates"
            names = "; ".join(_one_line(entity.name) for entity in who)
            yield f"#{self.notes}\tAnnotatorNotes {event}\t{what}: {names}"

    def _fragments(self, spans: tuple[Span, ...]) -> list[tuple[int, int]]:
        """The non-empty pieces of spans between line breaks, without white space at the breaks."""
        out = []
        for span in spans:
            for line in _LINE.finditer(self.text, span.start, span.end):
                start, end = line.span()
                if start > span.start:
                    start += len(line[0]) - len(line[0].lstrip())
                if end < span.end:
                    end -= len(line[0]) - len(line[0].rstrip())
                if start < end:
                    out.append((start, end))
        return out

    def _bound(self, kind: str, fragments: list[tuple[int, int]]) -> str:
        self.bound += 1
        offsets = ";".join(f"{start} {end}" for start, end in fragments)
        words = " ".join(self.text[start:end] for start, end in fragments)
        return f"T{self.bound}\t{kind} {offsets}\t{words}"


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace(";", ",")


# ----------------------------------------------------------------------------------------- reading

_KINDS: dict[str, Kind] = {"direct": "direct", "mixed": "mixed", "indirect": "indirect"}
_ACTS: dict[str, Act] = {
    "assertion": "assertion",
    "belief": "belief",
    "fact": "fact",
    "eventuality": "eventuality",
}
#: As `quotecheck.decode` has it: the punctuation left outside the marks does not make it mixed.
_DIRECT_SHARE = 0.97


@frozen
class _Standoff:
    """The lines of an ``.ann`` file by their id."""

    bound: dict[str, list[tuple[int, int]]] = field(factory=dict)
    events: dict[str, list[tuple[str, str]]] = field(factory=dict)
    attributes: dict[str, dict[str, str]] = field(factory=lambda: defaultdict(dict))
    notes: dict[str, str] = field(factory=dict)


_BOUND = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t|$)")
_EVENT = re.compile(r"(E\d+)\t(\S.*)$")
_ATTRIBUTE = re.compile(r"[AM]\d+\t(\S+) (\S+)(?: (\S+))?\s*$")
_NOTE = re.compile(r"#\d+\t\S+ (\S+)\t(.*)$")


def read(ann: str, text: str, *, source: str = "-") -> AnalysisRecord:
    r"""Returns the attributions of a brat standoff file, ours or PolNeAR's.

    Fragments become spans; roles ``Content2`` and so on join ``Content``. Speakers come from our
    own notes, so PolNeAR's files have none. Events without any span are passed over with a
    warning ``brat-empty-event``.

    >>> ann = "T1\tCue 4 8\tsaid\nT2\tSource 0 3\tAda\nE1\tAttribution:T1 Cue:T1 Source:T2\n"
    >>> a = read(ann, "Ada said so.").attributions[0]
    >>> a.source[0].text, a.cue[0].text
    ('Ada', 'said')

    Args:
        ann: the ``.ann`` file's content.
        text: the text it points into, read without translating line ends.
        source: what to call the article.

    Raises:
        RecordError: a reference to a line that is not there, or offsets outside the text.
    """
    standoff = _parse(ann)
    problems: list[str] = []
    warnings: list[Notice] = []
    reader = _Reader(standoff, text)
    attributions = []
    for event in standoff.events:
        spans = _spans(event, standoff, text, problems)
        if not any(spans[role] for role in _ROLES):
            at = (spans["Trigger"] or (Span(start=0, end=0, text=""),))[0]
            message = f"event {event} has a trigger and nothing else; it was left out"
            warnings.append(
                Notice(code="brat-empty-event", message=message, start=at.start, end=at.end)
            )
            continue
        attributions.append(reader.attribution(event, spans))
    if problems:
        raise RecordError(tuple(problems))
    record = AnalysisRecord(
        source=source,
        text=text,
        text_sha256=text_sha256(text),
        model=ModelInfo(name="brat", version="1"),
        entities=tuple(reader.entities.values()),
        warnings=tuple(warnings),
    )
    return with_attributions(record, tuple(attributions))


def _parse(ann: str) -> _Standoff:
    out = _Standoff()
    for line in ann.split("\n"):
        if found := _BOUND.match(line):
            pairs = [fragment.split(" ") for fragment in found[3].split(";")]
            out.bound[found[1]] = [(int(start), int(end)) for start, end in pairs]
        elif found := _EVENT.match(line):
            roles = [item.partition(":") for item in found[2].split()]
            out.events[found[1]] = [(role, ref) for role, _, ref in roles]
        elif found := _ATTRIBUTE.match(line):
            out.attributes[found[2]][found[1]] = found[3] or "true"
        elif found := _NOTE.match(line):
            out.notes[found[1]] = found[2].strip()
    return out


def _spans(
    event: str, standoff: _Standoff, text: str, problems: list[str]
) -> dict[str, tuple[Span, ...]]:
    out: dict[str, list[Span]] = {role: [] for role in ("Trigger", *_ROLES)}
    for number, (name, ref) in enumerate(standoff.events[event]):
        role = "Trigger" if number == 0 else re.sub(r"\d+$", "", name)
        if role not in out:
            continue
        if ref not in standoff.bound:
            problems.append(f"{event}: {name} refers to {ref}, which is not there")
            continue
        for start, end in standoff.bound[ref]:
            if not start <= end <= len(text):
                problems.append(f"{ref}: ({start}, {end}) is not a span of the text")
            else:
                out[role].append(Span.of(text, start, end))
    return {role: tuple(sorted(spans, key=lambda s: s.start)) for role, spans in out.items()}


class _Reader:
    """Turns the events of one file into attributions; entities gather on the way."""

    def __init__(self, standoff: _Standoff, text: str) -> None:
        from quotecheck.quotations import level_mask, scan

        self.standoff = standoff
        self.text = text
        self.entities: dict[str, Entity] = {}
        self.ids = {event: f"A{i}" for i, event in enumerate(standoff.events, start=1)}
        self._quoted = level_mask(text, scan(text).quotations)

    def attribution(self, event: str, spans: dict[str, tuple[Span, ...]]) -> Attribution:
        marks = self.standoff.attributes.get(event, {})
        parent = next((ref for name, ref in self.standoff.events[event] if name == "Parent"), "")
        plain = Attribution(
            id=self.ids[event],
            kind=_KINDS.get(marks.get("Kind", "")) or self._kind(spans["Content"]),
            act=_ACTS.get(marks.get("Act", ""), "assertion"),
            negated="Negated" in marks,
            hypothetical="Hypothetical" in marks,
            content=spans["Content"],
            cue=spans["Cue"],
            source=spans["Source"],
            parent=self.ids.get(parent),
        )
        what, _, names = self.standoff.notes.get(event, "").partition(": ")
        if what not in ("speaker", "candidates") or not names:
            return plain
        who = [self._entity(name.strip()) for name in names.split(";")]
        if what == "speaker":
            return evolve(plain, speaker=who[0], speaker_confidence=1.0)
        return evolve(plain, candidates=tuple(who))

    def _entity(self, name: str) -> Entity:
        fresh = Entity(id=f"E{len(self.entities) + 1}", name=name, type="person")
        return self.entities.setdefault(name, fresh)

    def _kind(self, content: tuple[Span, ...]) -> Kind:
        """From the share of the content's letters that stand in quotation marks."""
        words = [
            i for span in content for i in range(span.start, span.end) if self.text[i].isalnum()
        ]
        quoted = sum(bool(self._quoted[i]) for i in words)
        if not quoted:
            return "indirect"
        return "direct" if quoted > _DIRECT_SHARE * len(words) else "mixed"

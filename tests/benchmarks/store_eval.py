"""How well the store joins persons across the articles of PolNeAR's dev part.

    python tests/benchmarks/store_eval.py ../shared/data/polnear [--train 500] [--analyses FILE]

Without ``--analyses`` the attributions are PolNeAR's own and the entities of each article those of
``speakers-dev.json``: what the store does with perfect analyses. With a file of
``quotecheck extract --format jsonl`` lines (``source`` ends in the document's name) it scores
those, matching each gold attribution to the analysis' attribution of the same content.

Gold: persons of two articles are one when they share a given and a family name; a person of whom an
article gives one name only is the one full person of that name, if there is exactly one. Figures
are B3 (Bagga & Baldwin, 1998) over the persons of all articles, each person of an article once.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path

from quotecheck.analysis import Analysis
from quotecheck.consistency import text_sha256
from quotecheck.records import Attribution, Entity, ModelInfo, Span
from quotecheck.store.clustering import cluster
from quotecheck.store.forms import parse
from quotecheck.store.model import Decision
from quotecheck.store.personas import personas_of

_ENTITY = re.compile(r"^(T\d+)\t(\w+) ([\d ;]+)\t", re.M)
_EVENT = re.compile(r"^(E\d+)\t(.*)$", re.M)
_NAME = re.compile(r"(?:[A-Z][\w.'’-]*\s+)+[A-Z][\w'’-]+")


def b_cubed(
    found: Mapping[Hashable, Hashable], gold: Mapping[Hashable, Hashable]
) -> tuple[float, float]:
    """Returns B3 precision and recall, in per cent, of labels over the items of ``gold``."""
    by_found, by_gold = defaultdict(set), defaultdict(set)
    for item in gold:
        by_found[found.get(item, ("alone", item))].add(item)
        by_gold[gold[item]].add(item)
    precision = recall = 0.0
    for item in gold:
        ours, theirs = by_found[found.get(item, ("alone", item))], by_gold[gold[item]]
        precision += len(ours & theirs) / len(ours)
        recall += len(ours & theirs) / len(theirs)
    return 100 * precision / len(gold), 100 * recall / len(gold)


def gold_persons(speakers: Mapping[str, Mapping[str, dict]]) -> dict[tuple[str, str], str]:
    """Returns the cross-article person of every (document, entity)."""
    names: dict[tuple[str, str], tuple[str, ...]] = {}
    for doc, attributions in speakers.items():
        for entry in attributions.values():
            if entry["type"] == "person":
                names[(doc, entry["entity"])] = tuple(entry["names"])
    keys = {}
    for item, given in names.items():
        forms = [parse(name) for name in given]
        whole = sorted({f"{f.given} {f.family} {f.suffix}" for f in forms if f.given})
        keys[item] = whole[0].strip() if whole else None
    families = defaultdict(set)
    for key in keys.values():
        if key:
            families[key.split()[1] if " " in key else key].add(key)
    for item, key in keys.items():
        if key is None:
            family = parse(names[item][0]).family
            fits = families.get(family, set())
            keys[item] = next(iter(fits)) if len(fits) == 1 else family
    return {item: key for item, key in keys.items() if key is not None}


def read_events(base: Path, part: str) -> Iterator[tuple[str, str, list[dict]]]:
    """Yields name, text and events (role -> spans) of each document, first annotator's file."""
    files = defaultdict(list)
    for path in sorted((base / part / "attributions").glob("*.ann")):
        files[path.name.rsplit("_", 1)[0]].append(path)
    for path in sorted((base / part / "text").glob("*.txt")):
        with path.open(encoding="utf-8", newline="") as stream:
            text = stream.read()
        with files[path.stem][0].open(encoding="utf-8", newline="") as stream:
            marks = stream.read()
        spans = {
            m[1]: [tuple(map(int, piece.split())) for piece in m[3].split(";")]
            for m in _ENTITY.finditer(marks)
        }
        events = []
        for match in _EVENT.finditer(marks):
            roles: dict[str, list] = defaultdict(list)
            for item in match[2].split():
                role, ref = item.split(":")
                roles[re.sub(r"\d+$", "", role)] += spans.get(ref, [])
            events.append({role: sorted(found) for role, found in roles.items()})
        yield path.stem, text, events


def gold_analysis(doc: str, text: str, events: list[dict], who: Mapping[str, dict]) -> Analysis:
    """Returns the analysis that PolNeAR's annotators would have made of a document."""
    mentions, about = defaultdict(list), {}
    entries = []
    for i, event in enumerate(events):
        entry = who.get(f"A{i}") or _guess(text, event.get("Source", []))
        entries.append(entry)
        if entry:
            about[entry["entity"]] = entry
            mentions[entry["entity"]] += [Span.of(text, s, e) for s, e in event.get("Source", [])]
    ids = {key: f"E{n}" for n, key in enumerate(about, 1)}
    entities = {
        key: Entity(
            id=ids[key],
            name=max(entry["names"], key=lambda n: (bool(parse(n).given), -len(n))),
            type=entry["type"],
            speaks=True,
            aliases=tuple(entry["names"]),
            mentions=tuple(mentions[key]),
        )
        for key, entry in about.items()
    }
    attributions = []
    for i, (event, entry) in enumerate(zip(events, entries, strict=True)):
        if not event.get("Content"):
            continue
        content = tuple(Span.of(text, s, e) for s, e in event["Content"])
        marked = sum(span.text[:1] in '"“' for span in content)
        attributions.append(
            Attribution(
                id=f"A{i}",
                kind="direct"
                if marked == len(content)
                else "mixed"
                if any(mark in span.text for span in content for mark in '"“')
                else "indirect",
                content=content,
                cue=tuple(Span.of(text, s, e) for s, e in event.get("Cue", [])),
                source=tuple(Span.of(text, s, e) for s, e in event.get("Source", [])),
                speaker=entities[entry["entity"]] if entry else None,
                speaker_confidence=1.0 if entry else 0.0,
            )
        )
    outlet, day, *_ = doc.split("_")
    return Analysis(
        text=text,
        text_sha256=text_sha256(text),
        source=doc,
        title=doc,
        url=f"https://{outlet}.example/{doc}",
        published=day,
        model=ModelInfo(name="gold", version="1"),
        entities=tuple(entities.values()),
        attributions=tuple(attributions),
    )


def _guess(text: str, source: list[tuple[int, int]]) -> dict | None:
    """A person for an annotated source that has no annotated speaker, from its longest name."""
    for start, end in source:
        names = _NAME.findall(text[start:end])
        if names:
            name = max(names, key=len)
            return {"type": "person", "entity": parse(name).family, "names": [name]}
    return None


def read_polnear(base: Path, train: int) -> list[Analysis]:
    """Returns gold analyses of all dev documents and of the first ``train`` train documents."""
    who = json.loads((base / "speakers-dev.json").read_text(encoding="utf-8"))
    out = [gold_analysis(d, t, e, who.get(d, {})) for d, t, e in read_events(base, "dev")]
    for number, (doc, text, events) in enumerate(read_events(base, "train")):
        if number >= train:
            break
        out.append(gold_analysis(doc, text, events, {}))
    return out


def found_persons(
    analyses: Iterable[Analysis], base: Path, decisions: tuple[Decision, ...] = ()
) -> tuple[dict[tuple[str, str], Hashable], list[tuple[str, ...]]]:
    """Returns the speaker found for each gold person, and clusters that hold different full names.

    A gold person of a document is the speaker that most of its attributions have in the analysis.
    """
    who = json.loads((base / "speakers-dev.json").read_text(encoding="utf-8"))
    docs = {doc: (text, events) for doc, text, events in read_events(base, "dev")}
    everyone, of = [], {}
    for analysis in analyses:
        personas = personas_of(analysis, analysis.url)
        everyone += personas
        doc = Path(analysis.source).name.removesuffix(".txt")
        if doc in docs:
            of[doc] = (analysis, {p.key.rsplit(":", 1)[1]: p.key for p in personas})
    clusters = cluster(everyone, decisions).clusters
    label = {key: n for n, c in enumerate(clusters) for key in c.members}
    names = {p.key: p.name for p in everyone if p.type == "person"}
    mixed = []
    for c in clusters:
        full = {
            (f.given, f.family): f.text
            for k in c.members & names.keys()
            if (f := parse(names[k])).level == "full"
        }
        if len(full) > 1:
            mixed.append(tuple(sorted(full.values())))
    votes: dict[tuple[str, str], dict[Hashable, int]] = defaultdict(lambda: defaultdict(int))
    for doc, entries in who.items():
        if doc not in of:
            continue
        analysis, keys = of[doc]
        for ref, entry in entries.items():
            spans = docs[doc][1][int(ref[1:])].get("Content", [])
            best = _same_content(analysis, spans)
            if best is not None and best.speaker is not None and entry["type"] == "person":
                votes[(doc, entry["entity"])][label[keys[best.speaker.id]]] += 1
    return {i: max(sorted(v), key=lambda k: v[k]) for i, v in votes.items()}, mixed


def named_persons(analyses: Iterable[Analysis], base: Path) -> dict[tuple[str, str], Hashable]:
    """Returns the speaker of each gold person for whom the analysis has an entity of that name.

    This leaves out who said what inside the article and shows the joining across articles alone.
    """
    who = json.loads((base / "speakers-dev.json").read_text(encoding="utf-8"))
    everyone, of = [], defaultdict(list)
    for analysis in analyses:
        personas = personas_of(analysis, analysis.url)
        everyone += personas
        of[Path(analysis.source).name.removesuffix(".txt")] += personas
    label = {k: n for n, c in enumerate(cluster(everyone).clusters) for k in c.members}
    out: dict[tuple[str, str], Hashable] = {}
    for doc, entries in who.items():
        for entry in entries.values():
            if entry["type"] != "person" or (doc, entry["entity"]) in out:
                continue
            wanted = {_plain(name) for name in entry["names"]}
            fitting = [p for p in of[doc] if p.type == "person" and _plain(p.name) in wanted] or [
                p
                for p in of[doc]
                if p.type == "person" and wanted & {_plain(name) for name in p.aliases}
            ]
            if fitting:
                out[(doc, entry["entity"])] = label[fitting[0].key]
    return out


def _plain(name: str) -> str:
    form = parse(name)
    return f"{form.given} {form.family} {form.suffix}"


def _same_content(analysis: Analysis, spans: list[tuple[int, int]]) -> Attribution | None:
    wanted = {i for s, e in spans for i in range(s, e)}
    best, score = None, 0.5
    for a in analysis.attributions:
        have = {i for span in a.content for i in range(span.start, span.end)}
        overlap = len(wanted & have) / (len(wanted | have) or 1)
        if overlap >= score:
            best, score = a, overlap
    return best


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("--train", type=int, default=500)
    parser.add_argument("--analyses", type=Path)
    parser.add_argument("--errors", action="store_true")
    options = parser.parse_args()
    if options.analyses:
        with options.analyses.open(encoding="utf-8") as lines:
            analyses = [Analysis.from_json(line) for line in lines if line.strip()]
    else:
        analyses = read_polnear(options.base, options.train)
    gold = gold_persons(
        json.loads((options.base / "speakers-dev.json").read_text(encoding="utf-8"))
    )
    found, mixed = found_persons(analyses, options.base)
    seen = {item: key for item, key in gold.items() if item in found}
    named = named_persons(analyses, options.base)
    known = {item: key for item, key in gold.items() if item in named}
    for title, by, items in (
        ("all gold persons, by what they say", found, gold),
        ("those with an attribution found, by what they say", found, seen),
        ("those with an entity of their name, by name", named, known),
    ):
        precision, recall = b_cubed(by, items)
        print(f"{title}: {len(items)} persons, B3 precision {precision:.1f} recall {recall:.1f}")
    print(f"clusters with different full names: {len(mixed)}")
    if options.errors:
        _errors(found, gold, mixed)


def _errors(found: dict, gold: dict, mixed: list[tuple[str, ...]]) -> None:
    for names in mixed:
        print("different full names:", names)
    by_gold, by_found = defaultdict(lambda: defaultdict(list)), defaultdict(set)
    for item, key in gold.items():
        by_gold[key][found.get(item)].append(item[0])
        by_found[found.get(item)].add(key)
    for key, pieces in sorted(by_gold.items()):
        if len(pieces) > 1:
            print("split:", key, sorted(map(len, pieces.values())))
    for label, keys in by_found.items():
        if label is not None and len(keys) > 1:
            print("joined:", sorted(keys))


if __name__ == "__main__":
    sys.exit(main())

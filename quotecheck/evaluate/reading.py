"""Gold and predictions from files."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from quotecheck.analysis import Analysis
from quotecheck.errors import SourceReadError
from quotecheck.evaluate.data import (
    GoldArticle,
    GoldAttribution,
    GoldSpeaker,
    Prediction,
    Spans,
    as_spans,
    document_name,
)
from quotecheck.review import Review, apply_review, read_review

__all__ = ["read_gold", "read_predictions", "write_predictions"]

_TEXT_BOUND = re.compile(r"^(T\d+)\t\w+ ([\d ;]+)\t", re.MULTILINE)
_EVENT = re.compile(r"^E\d+\t(.*)$", re.MULTILINE)
_NUMBER = re.compile(r"\d+$")

#: Words that, as a whole source, make a speaker's gold count as a pronoun.
_PRONOUNS = frozenset(["i", "we", "he", "she", "they", "it", "you", "who", "this", "that", "one"])

Event = dict[str, Spans]


def read_gold(
    path: str | Path,
    *,
    speakers: str | Path | None = None,
    reviews: Iterable[str | Path] = (),
) -> list[GoldArticle]:
    """Returns gold articles from a folder in brat standoff or from a JSONL file.

    Folders: ``text/NAME.txt`` with ``attributions/NAME_annotator.ann`` as PolNeAR has them (the
    first annotator by name), or ``NAME.txt`` beside ``NAME.ann``. JSONL: what ``quotecheck extract
    --format jsonl`` prints, corrected by a person; its speakers are gold too.

    Args:
        path: the folder or file.
        speakers: for standoff, a JSON file ``{name: {"A0": {"names": [...], "type": ...,
            "pronoun": ...}}}`` that tells who speaks the first, second ... attribution.
        reviews: for JSONL, the decisions that people downloaded from HTML reports, as files or
            folders of ``*.review.json``. They are applied to the records, and only articles with
            decisions are gold; what a person left alone counts as right.

    Raises:
        SourceReadError: nothing to read there, or something malformed.
        RecordError: decisions that do not fit the records.
    """
    place = Path(path)
    decisions = _reviews(reviews)
    if not place.exists():
        raise SourceReadError(str(path), "there is no such file or folder.")
    if place.is_dir():
        known = _read_json(Path(speakers)) if speakers is not None else {}
        articles = [_standoff_article(*item, known) for item in _standoff_files(place)]
    else:
        rows = _reviewed(_rows(place), decisions) if decisions else _rows(place)
        articles = [_json_article(row, where) for row, where in rows]
    if not articles:
        raise SourceReadError(str(path), "no annotated articles here (NAME.txt with NAME.ann).")
    return articles


def read_predictions(path: str | Path) -> dict[str, tuple[Prediction, ...]]:
    """Returns predictions by article name.

    Args:
        path: a JSONL file, either from ``quotecheck extract --format jsonl`` or with one
            ``{"doc": name, "attributions": [...]}`` a line, or a folder of ``NAME.ann`` files.

    Raises:
        SourceReadError: nothing to read there, or something malformed.
    """
    place = Path(path)
    if place.is_dir():
        return {
            file.stem: tuple(
                Prediction(
                    content=event.get("Content", ()),
                    cue=event.get("Cue", ()),
                    source=event.get("Source", ()),
                )
                for event in _events(_read(file))
            )
            for file in sorted(place.glob("*.ann"))
        }
    out = {}
    for row, where in _rows(place):
        name = row.get("doc") or document_name(str(row.get("source", "-")))
        names = {e["id"]: e["name"] for e in row.get("entities", ())}
        try:
            out[str(name)] = tuple(_json_prediction(a, names) for a in row["attributions"])
        except (KeyError, TypeError, ValueError) as error:
            raise SourceReadError(where, f"not a prediction: {error!r}.") from None
    return out


def write_predictions(path: str | Path, predictions: Mapping[str, Sequence[Prediction]]) -> None:
    """Writes predictions as JSONL, one ``{"doc": name, "attributions": [...]}`` an article."""
    lines = (
        json.dumps({"doc": name, "attributions": [p.to_dict() for p in found]}) + "\n"
        for name, found in predictions.items()
    )
    Path(path).write_text("".join(lines), encoding="utf-8", newline="\n")


# ------------------------------------------------------------------------------------ standoff


def _standoff_files(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """(name, text file, annotation file) of each article, by name."""
    if (folder / "text").is_dir():
        annotated: dict[str, list[Path]] = defaultdict(list)
        for file in sorted((folder / "attributions").glob("*.ann")):
            annotated[file.stem.rpartition("_")[0]].append(file)
        for text in sorted((folder / "text").glob("*.txt")):
            if text.stem not in annotated:
                raise SourceReadError(str(text), "no annotation file in attributions/.")
            yield text.stem, text, annotated[text.stem][0]
    else:
        for file in sorted(folder.glob("*.ann")):
            yield file.stem, file.with_suffix(".txt"), file


def _standoff_article(
    name: str, text_file: Path, annotation_file: Path, known: Mapping[str, Any]
) -> GoldArticle:
    text = _read(text_file)
    speakers = known.get(name, {})
    attributions = tuple(
        GoldAttribution(
            content=event.get("Content", ()),
            cue=event.get("Cue", ()),
            source=event.get("Source", ()),
            speaker=_gold_speaker(speakers.get(f"A{number}")),
        )
        for number, event in enumerate(_events(_read(annotation_file)))
    )
    if any(
        not 0 <= start < end <= len(text)
        for a in attributions
        for start, end in (*a.content, *a.cue, *a.source)
    ):
        raise SourceReadError(str(annotation_file), "its offsets do not fit the text.")
    return GoldArticle(name=name, text=text, attributions=attributions, has_speakers=name in known)


def _events(standoff: str) -> list[Event]:
    """The events of a brat file, each role with all its spans in order."""
    bound = {
        match[1]: as_spans(map(int, part.split()) for part in match[2].split(";"))
        for match in _TEXT_BOUND.finditer(standoff)
    }
    events: list[Event] = []
    for match in _EVENT.finditer(standoff):
        roles: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for item in match[1].split():
            role, _, reference = item.partition(":")
            roles[_NUMBER.sub("", role)] += bound.get(reference, ())
        events.append({role: tuple(sorted(spans)) for role, spans in roles.items()})
    return events


def _gold_speaker(record: Mapping[str, Any] | None) -> GoldSpeaker | None:
    if not record or not record.get("names"):
        return None
    return GoldSpeaker(
        names=tuple(record["names"]),
        type=record.get("type", "person"),
        pronoun=bool(record.get("pronoun")),
    )


# ----------------------------------------------------------------------------------------- JSON


def _json_article(row: dict[str, Any], where: str) -> GoldArticle:
    text = row.get("text")
    if not isinstance(text, str):
        raise SourceReadError(where, "gold needs the article's text (made with --no-text?).")
    entities = {entity["id"]: entity for entity in row.get("entities", ())}
    name = row.get("doc") or document_name(str(row.get("source", where)))
    try:
        attributions = tuple(_json_gold(a, entities) for a in row["attributions"])
    except (KeyError, TypeError, ValueError) as error:
        raise SourceReadError(where, f"not a gold record: {error!r}.") from None
    return GoldArticle(name=name, text=text, attributions=attributions, has_speakers=True)


def _reviews(paths: Iterable[str | Path]) -> dict[str, Review]:
    """Decisions by the SHA-256 of the text that they were made on."""
    files: list[Path] = []
    for path in map(Path, paths):
        files += sorted(path.glob("*.review.json")) if path.is_dir() else [path]
    reviews = [read_review(_read(file)) for file in files]
    return {review.text_sha256: review for review in reviews}


def _reviewed(
    rows: Iterable[tuple[dict[str, Any], str]], decisions: Mapping[str, Review]
) -> Iterator[tuple[dict[str, Any], str]]:
    """The records on which a person has decided, as that person sees them."""
    for row, where in rows:
        review = decisions.get(str(row.get("text_sha256")))
        if review is not None:
            yield apply_review(Analysis.from_dict(row), review).to_dict(), where


def _json_gold(a: Mapping[str, Any], entities: Mapping[str, Mapping[str, Any]]) -> GoldAttribution:
    speaker = entities.get(a.get("speaker") or "")
    words = " ".join(span["text"] for span in a["source"]).casefold()
    return GoldAttribution(
        content=_json_spans(a["content"]),
        cue=_json_spans(a["cue"]),
        source=_json_spans(a["source"]),
        nested=bool(a.get("parent")),
        speaker=None
        if speaker is None
        else GoldSpeaker(
            names=(speaker["name"], *speaker.get("aliases", ())),
            type=speaker.get("type", "person"),
            pronoun=words in _PRONOUNS,
        ),
    )


def _json_prediction(a: Mapping[str, Any], names: Mapping[str, str]) -> Prediction:
    speaker = a.get("speaker")
    return Prediction(
        content=_json_spans(a.get("content") or ()),
        cue=_json_spans(a.get("cue") or ()),
        source=_json_spans(a.get("source") or ()),
        speaker=names.get(speaker, speaker) if speaker else None,
        confidence=a.get("confidence"),
        speaker_confidence=a.get("speaker_confidence"),
        parent=a.get("parent"),
    )


def _json_spans(spans: Sequence[Any]) -> Spans:
    """Spans as ``{"start": 0, "end": 4, ...}`` or as ``[0, 4]``."""
    return as_spans((s["start"], s["end"]) if isinstance(s, Mapping) else s for s in spans)


def _rows(path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """(record, "path:line") of each line of a JSONL file."""
    for number, line in enumerate(_read(path).split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except ValueError:
            raise SourceReadError(where, "not valid JSON.") from None
        if not isinstance(row, dict):
            raise SourceReadError(where, "not a JSON object.")
        yield row, where


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_read(path))
    except ValueError:
        raise SourceReadError(str(path), "not valid JSON.") from None
    if not isinstance(value, dict):
        raise SourceReadError(str(path), "not a JSON object.")
    return value


def _read(path: Path) -> str:
    """A file's exact text: no line end is changed, since offsets count them."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise SourceReadError(str(path), f"cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise SourceReadError(str(path), "not valid UTF-8.") from None

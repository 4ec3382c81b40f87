"""The file in which a teacher's annotations go to the network that learns from them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from quotecheck.training.corpora import Example, Relation
from quotecheck.training.mixture import Annotation

__all__ = ["read_taught", "write_taught"]

_ROLES = ("cue", "source", "content")


def write_taught(path: Path, rows: Iterable[tuple[Example, Sequence[Annotation]]]) -> None:
    """Writes examples' annotations as JSON lines; the texts stay where they are."""
    with path.open("w", encoding="utf-8") as file:
        for example, annotations in rows:
            told = [
                [{role: getattr(relation, role) for role in _ROLES} for relation in annotation]
                for annotation in annotations
            ]
            row = {"corpus": example.corpus, "name": example.name, "annotations": told}
            file.write(json.dumps(row) + "\n")


def read_taught(path: Path) -> dict[tuple[str, str], tuple[Annotation, ...]]:
    """Returns the annotations by corpus and name."""
    out: dict[tuple[str, str], tuple[Annotation, ...]] = {}
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            out[row["corpus"], row["name"]] = tuple(
                tuple(
                    Relation(**{role: tuple(map(tuple, told[role])) for role in _ROLES})
                    for told in annotation
                )
                for annotation in row["annotations"]
            )
    return out

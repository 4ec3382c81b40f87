"""The set as it is committed: ``NAME.txt``, ``NAME.ann`` in brat standoff, and ``speakers.json``.

`quotecheck evaluate` and brat read it as it stands.
"""

from __future__ import annotations

import json
from pathlib import Path

from quotecheck.evaluate import GoldArticle, read_gold
from tests.accuracy.marking import Marked, marked_articles

__all__ = ["ARTICLES", "SPEAKERS", "files", "gold", "rebuild"]

#: Where the articles are, as plain text with standoff annotations.
ARTICLES = Path(__file__).parent / "articles"
#: Who speaks, of which kind, within which other attribution.
SPEAKERS = Path(__file__).parent / "speakers.json"

_ROLES = ("source", "cue", "content")
_PRONOUNS = frozenset(["he", "she", "they", "it", "we", "i", "who", "his", "her", "their", "both"])


def gold() -> list[GoldArticle]:
    """Returns the committed articles as the scorer reads them."""
    return read_gold(ARTICLES, speakers=SPEAKERS)


def files() -> dict[Path, str]:
    """Returns what the marked articles say that each file of the set must hold."""
    wanted: dict[Path, str] = {}
    speakers = {}
    for name, (text, attributions) in marked_articles().items():
        wanted[ARTICLES / f"{name}.txt"] = text
        wanted[ARTICLES / f"{name}.ann"] = _standoff(text, attributions)
        speakers[name] = _speakers(text, attributions)
    wanted[SPEAKERS] = json.dumps(speakers, ensure_ascii=False, indent=1) + "\n"
    return wanted


def rebuild() -> None:
    """Writes the files of the set anew from the marked articles."""
    wanted = files()
    ARTICLES.mkdir(exist_ok=True)
    for stale in set(ARTICLES.iterdir()) - set(wanted):
        stale.unlink()
    for path, content in wanted.items():
        path.write_text(content, encoding="utf-8", newline="\n")


def _standoff(text: str, attributions: tuple[Marked, ...]) -> str:
    lines: list[str] = []
    bound = 0
    for number, attribution in enumerate(attributions, start=1):
        roles = []
        for role in _ROLES:
            spans = attribution.spans.get(role)
            if not spans:
                continue
            bound += 1
            lines.append(_bound(text, bound, role.capitalize(), spans))
            roles.append(f"{role.capitalize()}:T{bound}")
        bound += 1
        anchor = attribution.spans.get("cue") or attribution.spans["content"]
        lines.append(_bound(text, bound, "Attribution", anchor))
        lines.append(f"E{number}\tAttribution:T{bound} {' '.join(roles)}")
    return "".join(line + "\n" for line in lines)


def _bound(text: str, number: int, role: str, spans: tuple[tuple[int, int], ...]) -> str:
    places = ";".join(f"{start} {end}" for start, end in spans)
    words = " ".join(text[start:end] for start, end in spans).replace("\n", " ")
    return f"T{number}\t{role} {places}\t{words}"


def _speakers(text: str, attributions: tuple[Marked, ...]) -> dict[str, dict[str, object]]:
    ids = {a.number: f"A{i}" for i, a in enumerate(attributions)}
    return {
        ids[a.number]: {
            "names": list(a.names),
            "type": a.type,
            "pronoun": _source(text, a).lower() in _PRONOUNS,
            "candidates": list(a.candidates),
            "kind": a.kind,
            "parent": ids[a.parent] if a.parent is not None else None,
        }
        for a in attributions
    }


def _source(text: str, a: Marked) -> str:
    return " ".join(text[start:end] for start, end in a.spans.get("source", ()))

"""What a cue says about its attribution: the act, and whether it is denied or hypothetical.

Acts are the attribution types of the Penn Discourse Treebank (Prasad et al., 2006): assertion,
belief, fact, eventuality. The lexicon is data (``data/cue_acts.json``); what it does not know is
an assertion, by far the most frequent act.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib import resources
from typing import cast, get_args

from attrs import frozen

from quotecheck.records import Act

__all__ = ["CueReading", "read_cue"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
#: Negators that deny the cue they stand in.
_NEGATORS = frozenset(
    {"not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "cannot"}
    | {"without", "hardly"}
)
_MODALS = frozenset({"would", "could", "might", "may", "can", "should", "will", "shall", "'ll"})
_UNREAL = re.compile(
    r"\b(?:(?:is|are|was|were) (?:likely|expected|set|scheduled|due|poised|going) to"
    r"|going to|about to|yet to|has to|have to|ought to|supposed to|if|unless|whether)\b",
    re.I,
)
_REFUSED = re.compile(
    r"\b(?:declin|refus|fail)\w*\b.*?\bto (?:say|tell|comment|confirm|discuss|disclose|reveal"
    r"|answer|speculate|elaborate|identify|name|describe|explain|respond|acknowledge|admit)\b",
    re.I,
)
_IRREGULAR = {
    "said": "say", "told": "tell", "wrote": "write", "written": "write", "thought": "think",
    "felt": "feel", "found": "find", "knew": "know", "known": "know", "saw": "see", "seen": "see",
    "heard": "hear", "understood": "understand", "forgot": "forget", "forgotten": "forget",
    "sought": "seek", "swore": "swear", "sworn": "swear", "forbade": "forbid",
    "forbidden": "forbid", "chose": "choose", "chosen": "choose", "bet": "bet", "spoke": "speak",
    "spoken": "speak", "foresaw": "foresee", "foreseen": "foresee", "undertook": "undertake",
    "overheard": "overhear", "shown": "show", "proven": "prove", "learnt": "learn",
    "saying": "say", "says": "say", "went": "go", "gone": "go", "set": "set", "begun": "begin",
}  # fmt: skip


@frozen(kw_only=True)
class CueReading:
    """What a cue says about its attribution."""

    act: Act
    negated: bool
    hypothetical: bool


@lru_cache(maxsize=1)
def _lexicon() -> tuple[dict[str, Act], dict[str, Act], list[tuple[str, Act]]]:
    """Returns acts by verb lemma, by word, and by phrase (longest first)."""
    raw = resources.files("quotecheck").joinpath("data/cue_acts.json").read_text(encoding="utf8")
    data = json.loads(raw)
    verbs: dict[str, Act] = {}
    words: dict[str, Act] = {}
    phrases: list[tuple[str, Act]] = []
    for act in get_args(Act):
        for entry in data[act]["verbs"]:
            if " " in entry:
                phrases.append((entry, cast(Act, act)))
            else:
                verbs.setdefault(entry, cast(Act, act))
        for entry in data[act]["words"]:
            if " " in entry:
                phrases.append((entry, cast(Act, act)))
            else:
                words.setdefault(entry, cast(Act, act))
    phrases.sort(key=lambda item: -len(item[0]))
    return verbs, words, phrases


@lru_cache(maxsize=4096)
def _lemmas(word: str) -> tuple[str, ...]:
    """Returns what a word form may be the form of, likeliest first."""
    if word in _IRREGULAR:
        return (_IRREGULAR[word],)
    out = [word]
    if word.endswith(("ies", "ied")):
        out.append(word[:-3] + "y")
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            stem = word[: -len(ending)]
            out += [stem, stem + "e"]
            if len(stem) > 2 and stem[-1] == stem[-2]:
                out.append(stem[:-1])
    return tuple(out)


def _act(cue: str, words: list[str]) -> Act:
    verbs, nouns, phrases = _lexicon()
    folded = " ".join(" ".join(_lemmas(w)[:1]) if w in _IRREGULAR else w for w in words)
    stems = " ".join(_base(w, verbs) for w in words)
    for phrase, act in phrases:
        if f" {phrase} " in f" {folded} " or f" {phrase} " in f" {stems} ":
            return act
    # The last verb is the head ("wants to tell": tell; "said he thinks" is two cues). An act noun
    # counts when no listed verb but a light one stands with it ("made a promise").
    found: Act | None = None
    for word in words:
        base = next((b for b in _lemmas(word) if b in verbs), None)
        if base is not None:
            found = verbs[base]
        elif word in nouns:
            found = nouns[word]
    return found or "assertion"


def _base(word: str, verbs: dict[str, Act]) -> str:
    return next((b for b in _lemmas(word) if b in verbs), _lemmas(word)[0])


def read_cue(cue: str, before: str = "") -> CueReading:
    """Returns what a cue's words say.

    Args:
        cue: the cue's text; the empty string when there is none.
        before: the words of its sentence before it and its source, for "if" and "unless".

    >>> read_cue("did not say")
    CueReading(act='assertion', negated=True, hypothetical=False)
    >>> read_cue("might demand").hypothetical
    True
    >>> read_cue("hopes").act
    'belief'
    """
    words = [w.lower().replace("’", "'") for w in _WORD.findall(cue)]
    bare = [w for w in words if w not in _MODALS]
    negated = any(w in _NEGATORS or w.endswith("n't") for w in words)
    negated = negated or bool(_REFUSED.search(cue))
    modal = any(w in _MODALS or w.endswith("'ll") for w in words)
    # "could not say" and "would not say" deny what was said: nothing hypothetical about it.
    hypothetical = (modal and not negated) or bool(_UNREAL.search(cue))
    conditional = re.search(r"\b(?:if|unless|in case|suppose)\b[^,;]*$", before, re.I)
    return CueReading(
        act=_act(cue, bare),
        negated=negated,
        hypothetical=hypothetical or (bool(conditional) and not negated),
    )

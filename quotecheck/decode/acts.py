"""What a cue says about its attribution: the act, and whether it is denied or hypothetical.

Acts are the attribution types of the Penn Discourse Treebank (Prasad et al., 2006): assertion,
belief, fact, eventuality. The lexicon is data (``data/cue_acts.json``); what it does not know is
an assertion, by far the most frequent act. What follows a cue may change its act ("asked whether",
"asked them to"). docs/acts.md has the conventions and the measured accuracy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import cast, get_args

from attrs import frozen

from quotecheck.records import Act

__all__ = ["CueReading", "read_cue"]

_WORD = re.compile(r"(?:(?<!\w)')?[^\W\d_]+(?:'[^\W\d_]+)*")
#: Spelled out before anything is looked up, so that every list holds full forms only.
_CONTRACTIONS = (
    ("’", "'"),
    ("won't", "will not"),
    ("can't", "can not"),
    ("shan't", "shall not"),
    ("cannot", "can not"),
    ("n't", " not"),
    ("'ll", " will"),
    ("'d", " 'd"),
    ("'s", " 's"),
    ("'re", " 're"),
    ("'m", " 'm"),
)
_BE = frozenset(["be", "am", "is", "are", "was", "were", "been", "being", "'s", "'re", "'m"])
#: Adverbs between "be" and what it goes with, beside those in -ly ("is also expected").
_ADVERBS = frozenset(
    ["also", "still", "now", "not", "never", "so", "very", "quite", "more", "less", "long", "all"]
)
#: Verbs that link a source to an adjective ("was convinced", "remains sure"), in base form.
_COPULAS = frozenset(["get", "become", "feel", "remain", "seem", "appear", "sound"])
_FIRST_PERSON = frozenset(["i", "we"])
#: Nothing has been said yet: "is set to say", "is to say", "going to say", "ought to say".
_UNREAL = re.compile(
    r"\b(?:(?:is|are|was|were|be) (?:\w+ly )?"
    r"(?:likely |expected |set |scheduled |due |poised |going )?to"
    r"|going to|about to|has to|have to|ought to|supposed to)(?= \w)"
)
#: What comes before the cue in its sentence makes it a condition, as long as the clause lasts.
_CONDITION = re.compile(r"\b(?:if|unless|in case|suppose|provided|lest|whether)\b[^,;?!]*$", re.I)
_INVERSION = re.compile(r"^[\W_]*(?:had|should|were)\s+[^,;?!]*$", re.I)
_OPENS_SENTENCE = re.compile(r"(?:^|[.!?:;,\"“‘'])\s*$")

_INFINITIVE = re.compile(r"\W*(?:(?:not|never) )?to \w")
_GERUND = re.compile(r"\W*(?:not )?\w{2,}ing\b(?! (?:that|said)\b)")
_CLAUSE = re.compile(r"\W*that\b")
_QUESTION = re.compile(
    r"(?:about |of \w+ )?(?:whether|if|what|who|whom|whose|why|how|when|where|which)\b"
    r"|about\b"
)
_MARKS = tuple("\"“„«‘‚'`")
_PLEA = re.compile(r"\W*(?:not )?(?:guilty|innocent|no contest)\b")
#: "that the fund be wound up": a bare "be" that no "to" or modal governs.
_SUBJUNCTIVE = re.compile(
    r"\W*that(?: (?!to\b|will\b|would\b|can\b|could\b|may\b|might\b|must\b|should\b|shall\b|not\b)"
    r"[\w'’-]+){1,6} (?:not )?be\b"
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
    "held": "hold", "drew": "draw", "drawn": "draw", "pled": "plead", "became": "become",
    "got": "get",
}  # fmt: skip


@frozen(kw_only=True)
class CueReading:
    """What a cue says about its attribution."""

    act: Act
    negated: bool
    hypothetical: bool


@frozen
class _Lexicon:
    """The lists of ``data/cue_acts.json``."""

    verbs: dict[str, Act]
    words: dict[str, Act]
    phrases: tuple[tuple[str, str, Act], ...]  # each with its first word
    frames: dict[str, dict[str, Act]]
    subjunctive: frozenset[str]
    polarity: dict[str, tuple[str, ...]]

    def base(self, word: str) -> str | None:
        """Returns the listed verb that a word is a form of."""
        return next((b for b in _lemmas(word) if b in self.verbs), None)


@lru_cache(maxsize=1)
def _lexicon() -> _Lexicon:
    raw = resources.files("quotecheck").joinpath("data/cue_acts.json").read_text(encoding="utf8")
    data = json.loads(raw)
    single: dict[str, dict[str, Act]] = {"verbs": {}, "words": {}}
    phrases: list[tuple[str, Act]] = []
    for act in get_args(Act):
        for kind, entries in data[act].items():
            for entry in entries:
                if " " in entry:
                    phrases.append((entry, cast(Act, act)))
                else:
                    single[kind].setdefault(entry, cast(Act, act))
    frames = {
        name: {verb: cast(Act, act) for act, verbs in frame.items() for verb in verbs}
        for name, frame in data["frames"].items()
        if isinstance(frame, dict)
    }
    return _Lexicon(
        verbs=single["verbs"],
        words=single["words"],
        phrases=tuple(
            (phrase.split()[0], phrase, act)
            for phrase, act in sorted(phrases, key=lambda item: -len(item[0]))
        ),
        frames=frames,
        subjunctive=frozenset(data["frames"]["subjunctive"]),
        polarity={name: tuple(entries) for name, entries in data["polarity"].items()},
    )


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


@frozen
class _Cue:
    """A cue's words in lower case, contractions spelled out, and its head.

    Attributes:
        words: the words.
        stems: each as a listed verb, or as it stands.
        at: index of the head; the last word when nothing is listed.
        head: the head's base form.
        act: what the lexicon says of the head alone.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    at: int
    head: str
    act: Act

    def has(self, phrase: str) -> bool:
        """Whether the phrase stands in the cue, as written or in base forms."""
        return _index(phrase, self.words) >= 0 or _index(phrase, self.stems) >= 0

    def passive(self) -> bool:
        """Whether a form of "be" governs the head ("is widely expected")."""
        being = _governor(self.words, self.at) in _BE
        return being and not self.words[self.at].endswith("ing")


def _index(phrase: str, words: Sequence[str]) -> int:
    """Returns the index of the last word of a phrase, or -1."""
    parts = phrase.split()
    if parts[0] not in words:
        return -1
    for i in range(len(words) - len(parts) + 1):
        if all(words[i + k] == part for k, part in enumerate(parts)):
            return i + len(parts) - 1
    return -1


def _governor(words: Sequence[str], at: int) -> str:
    """Returns the word before ``words[at]``, adverbs passed over; empty when there is none."""
    at -= 1
    while at >= 0 and (words[at] in _ADVERBS or words[at].endswith("ly")):
        at -= 1
    return words[at] if at >= 0 else ""


def _linked(words: Sequence[str], at: int) -> bool:
    governor = _governor(words, at)
    return governor in _BE or any(base in _COPULAS for base in _lemmas(governor))


def _parse(cue: str) -> _Cue:
    lexicon = _lexicon()
    folded = cue.lower()
    for short, full in _CONTRACTIONS:
        folded = folded.replace(short, full)
    words = tuple(_WORD.findall(folded))
    stems = tuple(lexicon.base(w) or _lemmas(w)[0] for w in words)
    known = {*words, *stems}
    for first, phrase, act in lexicon.phrases:
        if first not in known:
            continue
        at = max(_index(phrase, words), _index(phrase, stems))
        if at >= 0:
            return _Cue(words, stems, at, phrase, act)
    # The last verb is the head ("wants to tell": tell; "said he thinks" is two cues). An act noun
    # counts when no listed verb but a light one stands with it ("made a promise"), and an
    # adjective that looks like a verb does after "be" ("was convinced").
    at, head = len(words) - 1, stems[-1] if stems else ""
    found: Act = "assertion"
    for i, word in enumerate(words):
        if word in lexicon.polarity["modals"]:
            continue
        verb = lexicon.base(word)
        if word in lexicon.words and (verb is None or _linked(words, i)):
            at, head, found = i, verb or word, lexicon.words[word]
        elif verb is not None:
            at, head, found = i, verb, lexicon.verbs[verb]
    return _Cue(words, stems, at, head, found)


def _act(cue: _Cue, content: str) -> Act:
    """Returns the act of a cue, given how its content begins."""
    frames = _lexicon().frames
    rest = " ".join(cue.words[cue.at + 1 :])
    follows = f"{rest} {content.lower()}".strip()
    quoted = content.startswith(_MARKS)
    asks = bool(_QUESTION.match(follows)) or quoted or content.rstrip("\"”’'").endswith("?")
    if _INFINITIVE.match(follows) or (rest.split() or [""])[-1] == "to":
        active = {} if cue.passive() else frames["active_infinitive"]
        act = frames["infinitive"].get(cue.head) or active.get(cue.head)
    elif cue.head in frames["plea"] and (_PLEA.match(follows) or quoted):
        act = frames["plea"][cue.head]
    elif asks and cue.head in frames["question"]:
        act = frames["question"][cue.head]
    elif _SUBJUNCTIVE.match(follows) and cue.head in _lexicon().subjunctive:
        act = "eventuality"
    elif _CLAUSE.match(follows):
        act = frames["clause"].get(cue.head)
    elif not quoted and _GERUND.match(follows):
        act = frames["gerund"].get(cue.head)
    else:
        act = None
    return act or cue.act


def _negated(cue: _Cue, source: str) -> bool:
    """Returns whether the cue is denied by a word of its own or by its source ("no one said")."""
    lexicon = _lexicon()
    lists = lexicon.polarity
    if any(cue.has(phrase) for phrase in lists["affirming"]):
        return False
    subject = source.lower().replace("no-one", "no one")
    if any(re.match(rf"{words}\b", subject) for words in lists["negative_sources"]):
        return True
    if any(cue.has(phrase) for phrase in lists["silent"]):
        return True
    # "told not to": what is told is denied, not that it was told.
    own = cue.words[:-2] if cue.words[-2:] in (("not", "to"), ("never", "to")) else cue.words
    if any(word in lists["negators"] for word in own):
        return True
    avoiding = [i for i, w in enumerate(own) if any(b in lists["avoiding"] for b in _lemmas(w))]
    return any(lexicon.base(word) for i in avoiding[:1] for word in own[i + 1 :])


def _would(cue: _Cue) -> list[str]:
    """Returns the modals of a cue; "'d" is one before a base form ("'d say", not "'d said")."""
    modals = [w for w in cue.words if w in _lexicon().polarity["modals"]]
    if "'d" in cue.words[: cue.at] and cue.words[cue.at] == cue.head:
        modals.append("would")
    return modals


def _imagined(cue: _Cue, act: Act, negated: bool, source: str) -> bool:
    """Returns whether the cue's own verbs leave open that it ever happened ("might say")."""
    lists = _lexicon().polarity
    if any(cue.has(phrase) for phrase in lists["polite"]):
        return False
    if source.lower() in _FIRST_PERSON and cue.head in lists["hedged"]:
        return False  # "I would say", "I have to admit": it is being said
    modals = _would(cue)
    if not modals:
        unreal = _UNREAL.search(" ".join(cue.words[: cue.at + 1]))
        return bool(unreal) or _intended(cue)
    if "can" in modals and cue.head in lists["announced_now"]:
        return False  # "I can confirm": it is being said
    if any(m in ("can", "could") for m in modals) and cue.head in lists["perceived"]:
        return False  # "could see": saw
    if "would" in modals and any(cue.has(phrase) for phrase in lists["habitual"]):
        return False
    # "would not say", "could not say": a refusal that took place; "might not say" has not.
    refusal = negated and all(m in lists["refusing_modals"] for m in modals)
    return not (refusal and "never" not in cue.words and act != "belief")


def _intended(cue: _Cue) -> bool:
    """Returns whether what the head says is only intended ("plans to announce")."""
    intending = _lexicon().polarity["intending"]
    for i, stem in enumerate(cue.stems[: max(0, cue.at - 1)]):
        if stem in intending and "to" in cue.words[i + 1 : cue.at]:
            return True
    return False


def _supposed(cue: _Cue, before: str, source: str) -> bool:
    """Returns whether the words before a cue make it a condition, an order or a mere infinitive."""
    lists = _lexicon().polarity
    lead = before.rstrip()
    if _CONDITION.search(lead) or (source and _INVERSION.match(lead) and lead.endswith(source)):
        return True
    if not source and cue.words[0] == cue.head and cue.head in lists["imperative"]:
        return bool(_OPENS_SENTENCE.search(lead))
    if cue.words[0] != "to" or len(cue.words) < 2:
        return False
    last = lead.lower().replace("’", "'")
    assessed = any(re.search(rf"\b{word}$", last) for word in lists["assessed"])
    return assessed or not lead or lead == source  # "Union to demand": a headline's future


def read_cue(cue: str, before: str = "", *, content: str = "", source: str = "") -> CueReading:
    """Returns what a cue's words say, given what stands around them.

    Args:
        cue: the cue's text; the empty string when there is none.
        before: the words of its sentence before it, its content left out, for "if" and "unless".
        content: what it introduces; how that begins can decide the act.
        source: who is its source, for "no one said" and "I would say".

    >>> read_cue("did not say")
    CueReading(act='assertion', negated=True, hypothetical=False)
    >>> read_cue("might demand").hypothetical
    True
    >>> read_cue("asked", content="whether it leaks").act, read_cue("asked", content="to go").act
    ('assertion', 'eventuality')
    """
    parsed = _parse(cue)
    if not parsed.words:
        return CueReading(act="assertion", negated=False, hypothetical=False)
    act = _act(parsed, content)
    negated = _negated(parsed, source)
    hypothetical = _imagined(parsed, act, negated, source) or _supposed(parsed, before, source)
    return CueReading(act=act, negated=negated, hypothetical=hypothetical)

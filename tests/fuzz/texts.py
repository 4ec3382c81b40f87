"""Makers of hostile texts, each a function of a random generator and nothing else.

A text is known by (seed, number): the same two give the same text in any process and in any order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from random import Random

from attrs import field, frozen

from quotecheck.examples import EXAMPLES, example_article
from tests.fuzz.foreign import foreign_article
from tests.strategies import LINE_ENDS, NAMES, QUOTATION_MARKS, SPACES, TROUBLE

__all__ = ["KINDS", "Case", "make", "mutated"]

_MARKS = tuple(mark for pair in QUOTATION_MARKS for mark in pair)
_NAMES = (
    *NAMES,
    "her spokesman",
    "he",
    "she",
    "they",
    "one of them",
    "The report",
    "Clay and Sanders Vell",
)
_CUES = (
    "said",
    "says",
    "added",
    "told reporters",
    "warned that",
    "according to",
    "did not say whether",
    "might say",
    "called",
    "tweeted",
    "wrote",
    "asked",
    ":",
    "thinks",
    "wants to",
)
_COMMON = """the ferry council budget tide vote whether that not never will could would plan a in on
of to is was it report people pier money winter open close because but and Monday 4.2 million 2019
no yes “the Shelf” don't it’s (laughter) [sic] 6'2" 'em rock 'n' roll '90s boys' dogs’"""
_WORDS = tuple(_COMMON.split())
_LABELS = ("Q", "A", "Q:", "MS. VELL", "MR. ORRIN", "QUIST", "VELL (to Quist)", "Mara Quist", "—")
_TAGS = (
    "<p>",
    "</p>",
    "<br/>",
    '<a href="https://news.invalid/?a=1&b=2">',
    "</a>",
    "<script>var a = \"he said 'no'\";</script>",
    "<!-- said Mara Quist -->",
    "&quot;",
    "&ldquo;",
    "&#8221;",
    "&nbsp;",
    "&amp;",
    "<![CDATA[",
    "<style>p{content:'“'}</style>",
    "<",
    ">",
)


@frozen(kw_only=True)
class Case:
    """A text and what is known of it.

    Attributes:
        kind: which maker made it.
        text: the text.
        language: code of the language it is in, when it is surely another one than English.
        quotations: what must be found by its marks.
    """

    kind: str
    text: str
    language: str | None = None
    quotations: tuple[str, ...] = field(default=())


def _code_point(chance: Random) -> str:
    roll = chance.random()
    if roll < 0.1:
        return chr(chance.randrange(0xD800, 0xE000))
    if roll < 0.3:
        return chr(chance.randrange(0x00, 0x100))
    if roll < 0.5:
        return chr(chance.randrange(0x2000, 0x2070))
    if roll < 0.6:
        return chr(chance.randrange(0x300, 0x370))
    if roll < 0.9:
        return chr(chance.randrange(0x10000))
    return chr(chance.randrange(0x110000))


def _piece(chance: Random) -> str:
    roll = chance.random()
    if roll < 0.45:
        return chance.choice(_WORDS)
    if roll < 0.55:
        return chance.choice(_NAMES)
    if roll < 0.65:
        return chance.choice(_CUES)
    if roll < 0.8:
        return chance.choice(_MARKS)
    if roll < 0.9:
        return chance.choice(TROUBLE)
    if roll < 0.95:
        return chance.choice(LINE_ENDS)
    return chance.choice(".,;:?!-—/*•") if roll < 0.98 else _code_point(chance)


def _sentence(chance: Random, longest: int = 14) -> str:
    words = " ".join(chance.choice(_WORDS) for _ in range(chance.randint(1, longest)))
    opening, closing = chance.choice(QUOTATION_MARKS)
    name, cue = chance.choice(_NAMES), chance.choice(_CUES)
    shapes = (
        f"{opening}{words},{closing} {name} {cue}.",
        f"{name} {cue} {words}.",
        f"{name} {cue}, {opening}{words}.{closing}",
        f"{opening}{words},{closing} {cue} {name}, {opening}{words}.{closing}",
        f"{opening}{words}.",
        f"{words}.{closing}",
        f"{words}, {cue} {name}.",
        f"{cue} {name}, {words} {opening}{chance.choice(_WORDS)}{closing}.",
    )
    out = chance.choice(shapes)
    return out[:1].upper() + out[1:]


def any_unicode(chance: Random) -> Case:
    """Code points of all planes, lone surrogates, controls, combining and direction marks."""
    size = chance.choice((0, 1, 2, 5, 20, 60))
    return Case(kind="unicode", text="".join(_code_point(chance) for _ in range(size)))


def pieces(chance: Random) -> Case:
    """Words, names, cues, marks and trouble without any order."""
    space = chance.choice(("", " ", " ", chance.choice(SPACES)))
    size = chance.choice((1, 3, 8, 20, 20, 40))
    return Case(kind="pieces", text=space.join(_piece(chance) for _ in range(size)))


def marks(chance: Random) -> Case:
    """Hardly anything but quotation marks; one of these in 200 has 10,000 of them."""
    size = 10_000 if chance.random() < 0.005 else chance.choice((2, 5, 10, 40))
    few = [chance.choice(_MARKS) for _ in range(chance.choice((1, 2, 5, 20)))]
    between = chance.choice(("", "", " ", "a ", "\n", ", he said, "))
    return Case(kind="marks", text=between.join(chance.choice(few) for _ in range(size)))


def endless(chance: Random) -> Case:
    """A paragraph without a period, now and then a word without a space."""
    if chance.random() < 0.3:
        word = chance.choice(("a", "ha", "é", "漢", "\u200d", "’", "-", "1", "A."))
        return Case(kind="endless", text=word * chance.choice((30, 100, 1000)))
    size = 5000 if chance.random() < 0.005 else chance.choice((20, 40, 150))
    words = [chance.choice((*_WORDS, *_NAMES, *_CUES)) for _ in range(size)]
    return Case(kind="endless", text=" ".join(words))


def nested(chance: Random) -> Case:
    """Quotations in quotations, closed in order, in another, or not at all."""
    depth = 300 if chance.random() < 0.01 else chance.choice((2, 4, 10))
    pairs = [chance.choice(QUOTATION_MARKS) for _ in range(depth)]
    inner = _sentence(chance, 4)
    text = "".join(f"{o}{chance.choice(_WORDS)} " for o, _ in pairs) + inner
    closings = [c for _, c in reversed(pairs)]
    if chance.random() < 0.5:
        chance.shuffle(closings)
    text += " ".join(closings[: chance.randint(0, depth)])
    return Case(kind="nested", text=text + f" said {chance.choice(_NAMES)}.")


def html(chance: Random) -> Case:
    """Markup and entities that somebody forgot to take out."""
    parts = []
    for _ in range(chance.randint(1, 3)):
        parts += [chance.choice(_TAGS), _sentence(chance, 6), chance.choice(_TAGS)]
    return Case(kind="html", text=chance.choice(("", " ", "\n")).join(parts))


def transcript(chance: Random) -> Case:
    """Turns with labels that change their style, break off or follow each other at once."""
    lines = []
    for _ in range(chance.randint(1, 5)):
        roll = chance.random()
        label = chance.choice((*_LABELS, *_NAMES))
        if roll < 0.6:
            lines.append(f"{label}: {_sentence(chance, 6)}")
        elif roll < 0.7:
            lines.append(f"{label}:")
        elif roll < 0.8:
            lines.append(chance.choice(("(LAUGHTER)", "[applause", "CROSSTALK)", "***", "---")))
        else:
            lines.append(_sentence(chance, 6))
    return Case(kind="transcript", text=chance.choice(LINE_ENDS).join(lines))


def article(chance: Random) -> Case:
    """News-like paragraphs, headline, byline and dateline, any line end."""
    parts = [" ".join(_sentence(chance, 8) for _ in range(chance.randint(1, 3)))]
    parts += [_sentence(chance, 8) for _ in range(chance.randint(0, 2))]
    if chance.random() < 0.5:
        parts.insert(0, "By " + chance.choice(_NAMES))
        parts.insert(0, _sentence(chance, 6).rstrip("."))
    if chance.random() < 0.3:
        parts[-1] = "PORT LINDOW (Newswire) — " + parts[-1]
    return Case(kind="article", text=chance.choice(LINE_ENDS).join(parts))


def foreign(chance: Random) -> Case:
    """News in another language and perhaps another direction of writing."""
    code, text, quotations = foreign_article(chance)
    return Case(kind="foreign", text=text, language=code, quotations=tuple(quotations))


def _cut(text: str, chance: Random, longest: int) -> tuple[int, int]:
    start = chance.randint(0, len(text))
    return start, min(len(text), start + chance.randint(0, longest))


def mutated(text: str, chance: Random, times: int | None = None) -> str:
    """Returns a text with parts deleted, doubled, moved, put in, decomposed or in capitals."""
    for _ in range(times or chance.randint(1, 12)):
        start, end = _cut(text, chance, chance.choice((1, 3, 30, 400)))
        cut, roll = text[start:end], chance.randrange(10)
        if roll == 0:
            cut = ""
        elif roll == 1:
            cut *= 2
        elif roll == 2:
            cut = cut[::-1]
        elif roll == 3:
            cut = cut.upper() if chance.random() < 0.5 else cut.lower()
        elif roll == 4:
            cut = unicodedata.normalize(chance.choice(("NFD", "NFKD", "NFKC")), cut)
        elif roll == 5:
            end_ = chance.choice(LINE_ENDS)
            cut = cut.replace("\n", end_).replace(". ", "." + end_)
        elif roll == 6:
            mark = chance.choice(_MARKS)
            for old in "“”\"'‘’":
                cut = cut.replace(old, mark)
        elif roll == 7:
            elsewhere, _ = _cut(text, chance, 0)
            text = text[:elsewhere] + cut + text[elsewhere:]
            continue
        else:
            cut = _piece(chance) + cut + _piece(chance)
        text = text[:start] + cut + text[end:]
    return text


def example(chance: Random) -> Case:
    """A passage of an example article that comes with the package, mutated."""
    text = example_article(chance.choice(EXAMPLES))
    if chance.random() < 0.99:
        start, end = _cut(text, chance, 400)
        text = text[start:end]
    return Case(kind="example", text=mutated(text, chance))


#: Makers, the dear ones less often.
KINDS: Sequence[Callable[[Random], Case]] = (
    *(any_unicode,) * 4,
    *(pieces,) * 6,
    *(marks,) * 3,
    endless,
    *(nested,) * 2,
    *(html,) * 2,
    *(transcript,) * 3,
    *(article,) * 2,
    foreign,
    *(example,) * 2,
)


def make(seed: int, number: int) -> Case:
    """Returns the text of a number."""
    chance = Random(f"{seed}:{number}")
    return chance.choice(KINDS)(chance)

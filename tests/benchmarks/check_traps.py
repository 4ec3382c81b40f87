"""A second exam of `quotecheck.check`: changes that look harmless, and harmless ones that don't.

Run it with ``python -m tests.benchmarks.check_traps --seed N`` from the repository root. Like
`tests.benchmarks.check_exam` it takes the direct quotations of nine words or more from the PolNeAR
development articles (``../shared``); the changes are others: contractions turned, prefixes of
denial, comparatives, units, currencies, days, one letter of a name, homographs, cuts without a
mark, brackets that say something else, transcripts without punctuation. Rules here share no code
with the checker. An answer that is *milder* than the right one, or *supported* where it must not
be, is the fault that must not occur.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from attrs import frozen

from quotecheck.check import SourceIndex
from tests.benchmarks.check_exam import (
    LADDER,
    NEGATOR,
    WORD,
    Item,
    find_corpus,
    find_items,
    stands,
)

__all__ = ["Trap", "main", "traps"]


@frozen(kw_only=True)
class Trap:
    """A changed quote and the right answer.

    Attributes:
        change: what was changed.
        quote: the quote.
        source: the text it is checked against.
        right: the wordings that are right.
        supported: whether it may be supported; None when the wording tells.
    """

    change: str
    quote: str
    source: str
    right: tuple[str, ...]
    supported: bool | None = None


def _both(pairs: str) -> dict[str, str]:
    """Words and what each is changed to, in both directions, from "a:b c:d"."""
    out = {}
    for pair in pairs.split():
        left, right = pair.split(":")
        out[left], out[right] = right, left
    return out


#: Words that are changed into others, by kind of change. Each makes the quote ``altered``.
SWAPS: dict[str, dict[str, str]] = {
    "contraction turned": _both(
        "can:can't is:isn't are:aren't was:wasn't were:weren't do:don't does:doesn't did:didn't "
        "will:won't would:wouldn't should:shouldn't could:couldn't has:hasn't have:haven't"
    ),
    "prefix of denial": _both(
        "possible:impossible likely:unlikely fair:unfair happy:unhappy able:unable known:unknown "
        "clear:unclear certain:uncertain usual:unusual legal:illegal moral:immoral "
        "honest:dishonest agree:disagree respect:disrespect qualified:unqualified "
        "documented:undocumented "
        "responsible:irresponsible competent:incompetent willing:unwilling fit:unfit"
    ),
    "comparison or direction": _both(
        "more:less most:least better:worse best:worst higher:lower before:after up:down "
        "over:under above:below all:some always:often every:some many:few first:last and:or "
        "against:for with:against because:although increase:decrease win:lose good:bad "
        "only:even right:wrong old:new big:small top:bottom start:stop"
    ),
    "pronoun": _both("he:she him:her they:we them:us their:our my:your i:you his:their"),
    "tense": _both(
        "is:was are:were has:had say:said think:thought get:got go:went come:came make:made "
        "take:took know:knew see:saw do:did want:wanted need:needed feel:felt"
    ),
    "unit": _both(
        "miles:kilometers hours:minutes days:weeks years:months million:billion thousand:million "
        "dollars:euros percent:points feet:meters pounds:ounces year:month week:day hour:minute"
    ),
    "day or month": _both(
        "monday:tuesday wednesday:thursday friday:saturday january:june february:march april:may "
        "july:august september:october november:december"
    ),
    "homograph": _both(
        "it's:its we're:were they're:their you're:your he'll:hell we'll:well i'll:ill she'd:shed "
        "who's:whose let's:lets won't:wont can't:cant"
    ),
    "small word": _both("a:the to:from in:on for:of at:by this:that these:those here:there"),
    "number word": {
        "one": "none", "two": "three", "three": "two", "four": "fourteen", "five": "fifteen",
        "six": "sixteen", "seven": "seventy", "eight": "eighty", "ten": "twelve",
        "first": "third", "second": "seventh", "hundred": "thousand", "hundreds": "thousands",
        "thousands": "millions", "millions": "billions", "half": "third", "twice": "once",
    },
    "contraction written out": {
        "don't": "do not", "can't": "can not", "it's": "it is", "i'm": "I am", "we're": "we are",
        "that's": "that is", "i've": "I have", "won't": "will not", "doesn't": "does not",
        "isn't": "is not", "didn't": "did not", "he's": "he has", "i'd": "I would",
    },
}  # fmt: skip


def _cased(word: str, model: str) -> str:
    return word[0].upper() + word[1:] if model[0].isupper() else word


def _words(item: Item) -> list[re.Match[str]]:
    return list(WORD.finditer(item.quote))


def _alone(item: Item) -> list[re.Match[str]]:
    """Words with white space or an edge on both sides, none of them first or last."""
    found = _words(item)[1:-1]
    text = item.quote
    return [m for m in found if text[m.start() - 1].isspace() and text[m.end()].isspace()]


def _put(item: Item, m: re.Match[str], new: str) -> str:
    return item.quote[: m.start()] + new + item.quote[m.end() :]


def _trap(
    change: str, item: Item, quote: str, *right: str, source: str | None = None,
    supported: bool | None = None,
) -> Trap:  # fmt: skip
    return Trap(
        change=change,
        quote=quote,
        source=item.article if source is None else source,
        right=right,
        supported=supported,
    )


def _swaps(item: Item, rng: random.Random) -> Iterator[Trap]:
    for kind, table in SWAPS.items():
        fit = [m for m in _words(item) if m[0].casefold().replace("’", "'") in table]
        if fit:
            m = rng.choice(fit)
            new = table[m[0].casefold().replace("’", "'")]
            if rng.random() < 0.5:
                new = new.replace("'", "’")
            yield _trap(kind, item, _put(item, m, _cased(new, m[0])), "altered")


def _letters(item: Item, rng: random.Random) -> Iterator[Trap]:
    words = [m for m in _alone(item) if len(m[0]) > 4 and m[0].isalpha() and m[0].islower()]
    if words:
        m = rng.choice(words)
        at = rng.randrange(1, len(m[0]) - 2)
        word = m[0]
        if word[at] != word[at + 1]:
            turned = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            yield _trap("letters turned round", item, _put(item, m, turned), "altered")
        other = word[:-1] if word.endswith("s") else word + "s"
        yield _trap("plural", item, _put(item, m, other), "altered")
        yield _trap("word said twice", item, _put(item, m, f"{word} {word}"), "altered")
        yield _trap("word cut short", item, item.quote[: m.end() - 1], "altered")
        yield _trap("emphasis", item, _put(item, m, f"very {word}"), "altered")
        yield _trap("soft hyphen", item, _put(item, m, word[:2] + "\u00ad" + word[2:]), "folded")
        yield _trap("word in marks", item, _put(item, m, f"“{word}”"), "folded")
    names = [m for m in _alone(item) if m[0].isalpha() and m[0][0].isupper() and len(m[0]) > 3]
    if names:
        m = rng.choice(names)
        at = rng.randrange(1, len(m[0]))
        letter = rng.choice([c for c in "aeiounrstl" if c != m[0][at]])
        changed = m[0][:at] + letter + m[0][at + 1 :]
        yield _trap("one letter of a name", item, _put(item, m, changed), "altered")


def _order(item: Item, rng: random.Random) -> Iterator[Trap]:
    words = _alone(item)
    fit = [
        (a, b)
        for a, b in pairwise(words)
        if a[0].casefold() != b[0].casefold() and b.start() == a.end() + 1
    ]
    if fit:
        a, b = rng.choice(fit)
        quote = item.quote[: a.start()] + f"{b[0]} {a[0]}" + item.quote[b.end() :]
        yield _trap("neighbours exchanged", item, quote, "altered")
    if len(words) > 8:
        a, b = words[2], words[-3]
        if b.start() - a.end() > 12:
            cut = item.quote[: a.end()] + item.quote[b.start() - 1 :]
            yield _trap("cut without a mark", item, cut, "altered", "absent")
        middle = words[len(words) // 2].start()
        head, tail = item.quote[:middle].strip(), item.quote[middle:].strip()
        if _only(head, item) and _only(tail, item):
            yield _trap("fragments out of order", item, f"{tail} ... {head}", "altered", "absent")


def _only(text: str, item: Item) -> bool:
    flat = " ".join(WORD.findall(text)).casefold()
    return len(flat) > 12 and " ".join(WORD.findall(item.article)).casefold().count(flat) == 1


def _figures(item: Item, rng: random.Random) -> Iterator[Trap]:
    text = item.quote
    for m in re.finditer(r"(?<![\w.,/-])(\d{2,})(?![\w.,/-]*\d)", text):
        turned = m[1][1] + m[1][0] + m[1][2:]
        if turned != m[1]:
            yield _trap("digits turned round", item, _put(item, m, turned), "altered")
        yield _trap("point moved", item, _put(item, m, m[1][0] + "." + m[1][1:]), "altered")
    for m in re.finditer(r"\d\.\d", text):
        yield _trap("point dropped", item, _put(item, m, m[0].replace(".", "")), "altered")
    for m in re.finditer(r"\$(?=\d)", text):
        yield _trap("currency changed", item, _put(item, m, "€"), "altered")
        yield _trap("currency dropped", item, _put(item, m, ""), "altered")
        cut = text[m.end() :]
        if len(WORD.findall(cut)) > 2 and not m.start():
            yield _trap("sign cut off", item, cut, "exact", "folded", supported=False)
    for m in re.finditer(r"(?<=\d) percent\b", text):
        yield _trap("percent as a sign", item, _put(item, m, "%"), "cleaned")
        yield _trap("percentage points", item, _put(item, m, " percentage points"), "altered")
        yield _trap("percent dropped", item, _put(item, m, ""), "altered")
    for m in re.finditer(r"(?<![\d.,])(\d{1,3}),(\d{3})(?![\d,])", text):
        yield _trap("separator dropped", item, _put(item, m, m[1] + m[2]), "cleaned", "folded")
        yield _trap("separator for a point", item, _put(item, m, f"{m[1]}.{m[2]}"), "altered")
    for m in re.finditer(r"(?<![\d.,$])(\d{1,3}) million\b(?! dollars)", text):
        yield _trap("million in digits", item, _put(item, m, f"{m[1]},000,000"), "cleaned")
    for m in re.finditer(r"\b(?:19|20)\d\d\b(?!-)", text):
        other = str(int(m[0]) + rng.choice((-10, -1, 1, 100)))
        yield _trap("year", item, _put(item, m, other), "altered")
    for m in re.finditer(r"(?<=[a-z])-(?=[a-z])", text):
        yield _trap("hyphen for a space", item, _put(item, m, " "), "folded")


def _brackets(item: Item, rng: random.Random) -> Iterator[Trap]:
    words = _alone(item)
    if not words:
        return
    m = rng.choice(words)
    word = m[0]
    for inside in ("not", "never", "no longer", "hardly not"):
        changed = _put(item, m, f"{word} [{inside}]")
        yield _trap("bracket that denies", item, changed, "altered")
        break
    yield _trap("sic", item, _put(item, m, f"{word} [sic]"), "bracketed")
    plain = len(word) > 4 and word.isalpha() and word.islower()
    if plain and not NEGATOR.fullmatch(word):
        yield _trap("prefix in brackets", item, _put(item, m, f"[un]{word}"), "altered")
        yield _trap("suffix in brackets", item, _put(item, m, f"{word}[less]"), "altered")
        other = "b" if word[0] != "b" else "m"
        yield _trap("letter in brackets", item, _put(item, m, f"[{other}]{word[1:]}"), "altered")
        yield _trap("capital in brackets", item, _put(item, m, f"[{word[0].upper()}]{word[1:]}"),
                    "bracketed")  # fmt: skip
    for n in re.finditer(r"(?<![\w.,$/-])\d{2,}(?![\w.,/-]*\d|\w)", item.quote):
        yield _trap("number in brackets", item, _put(item, n, "[77]"), "altered")
        digit = f"{n[0][:-1]}[{(int(n[0][-1]) + 1) % 10}]"
        yield _trap("digit in brackets", item, _put(item, n, digit), "altered")
    for n in _words(item)[:-1]:
        if n[0] in ("will", "must", "may", "can", "should"):
            new = "might" if n[0] != "might" else "must"
            yield _trap("modal in brackets", item, _put(item, n, f"[{new}]"), "altered")
            break
    first = _words(item)[0]
    yield _trap("denial in front", item, f"[Nobody said] {item.quote}", "altered")
    if first[0] in ("I", "We", "He", "She", "They") and _only(item.quote, item):
        rest = item.quote[first.end() :]
        yield _trap("first pronoun bracketed", item, f"[the owner]{rest}", "bracketed")


def _cuts(item: Item, rng: random.Random) -> Iterator[Trap]:
    mark = rng.choice(("...", "…", "[...]", ". . .", "[…]"))
    spoken = rng.choice(("I don't think ", "Nobody says that ", "It is not true that "))
    at = item.start
    source = item.article[:at] + spoken + item.article[at:]
    if _only(item.quote, item) and not re.match(r"[\W_]", item.quote):
        yield _trap("denial cut off", item, item.quote, "exact", source=source, supported=False)
        yield _trap("denial behind dots", item, f"{mark} {item.quote}", "altered", source=source)
    words = _alone(item)
    fit = [i for i in range(1, len(words) - 2) if words[i + 1].start() == words[i].end() + 1]
    if not fit:
        return
    a = words[rng.choice(fit)]
    gone = rng.choice(
        (("if we must", "elided"), ("unless it rains", "elided"), ("and I don't", "altered"),
         ("although never", "altered"), ("which is to say not", "altered"),
         ("with nobody", "altered"), ("or so I believe", "elided"))
    )  # fmt: skip
    head, tail = item.quote[: a.end()], item.quote[a.end() :]
    source = f"{item.article[:at]}{head}, {gone[0]},{tail}{item.article[item.end :]}"
    if _only(item.quote, item) and _only(head, item) and _only(tail, item):
        yield _trap("clause cut", item, f"{head} {mark}{tail}", gone[1], source=source)
    far = " ".join(["and the harbour is open"] * 20)
    source = f"{head} {far}{tail}"
    yield _trap("cut of a hundred words", item, f"{head} {mark}{tail}", "altered", "absent",
                source=source)  # fmt: skip


def _sources(item: Item, rng: random.Random) -> Iterator[Trap]:
    words = _alone(item)
    if not words:
        return
    m = rng.choice(words)
    said = rng.choice(("you know", "I mean", "like", "well", "so"))
    source = item.article[: item.start] + _put(item, m, f"{said} {m[0]}")
    if _only(item.quote, item):
        yield _trap("small talk left out", item, item.quote, "altered", source=source)
        source = item.article[: item.start] + _put(item, m, f"{m[0]} {m[0]}")
        yield _trap("repetition left out", item, item.quote, "altered", source=source)
        broken = _put(item, m, m[0][:2] + "-\n" + m[0][2:])
        if len(m[0]) > 5 and m[0].isalpha():
            yield _trap("word over two lines", item, item.quote, "folded", source=broken)
    one = f"{item.quote} Then, yes. {_put(item, m, 'apples')}. And so on."
    two = _put(item, m, "...")
    if not NEGATOR.search(m[0]):
        yield _trap("twins under the dots", item, two, "ambiguous", source=one)
        yield _trap("said twice", item, item.quote, "exact", "folded",
                    source=f"{item.quote} And again: {item.quote}")  # fmt: skip


def _speech(item: Item, rng: random.Random) -> Iterator[Trap]:
    """Sources without capitals and punctuation."""
    text = item.quote
    if re.search(r"[^\w\s.,;:?!'’—–-]|\d|\w[.]\w|\w[-—–]+\w", text):
        return
    flat = re.sub(r"[^\w\s]", "", text.lower())
    words = flat.split()
    at = rng.randrange(2, len(words) - 2)

    def heard(changed: list[str]) -> str:
        return f"okay so thank you {' '.join(changed)} and that is what it comes to today"

    negated = [*words[:at], rng.choice(("not", "never", "dont", "didnt", "cannot")), *words[at:]]
    yield _trap("speech: denial left out", item, text, "altered", source=heard(negated))
    other = [*words[:at], "marmalade", *words[at + 1 :]]
    if words[at] != "marmalade":
        yield _trap("speech: word changed", item, text, "altered", source=heard(other))
    hesitant = [*words[:at], rng.choice(("um", "uh", "er")), *words[at:]]
    yield _trap("speech: filler left out", item, text, "cleaned", source=heard(hesitant))
    counted = [*words[:at], "forty", "two", *words[at:]]
    places = _words(item)
    if len(places) == len(words):
        cut = text[: places[at].start()] + "42 " + text[places[at].start() :]
        yield _trap("speech: number in digits", item, cut, "cleaned", source=heard(counted))
        wrong = text[: places[at].start()] + "24 " + text[places[at].start() :]
        yield _trap("speech: number changed", item, wrong, "altered", source=heard(counted))


MAKERS: tuple[Callable[[Item, random.Random], Iterator[Trap]], ...] = (
    _swaps,
    _letters,
    _order,
    _figures,
    _brackets,
    _cuts,
    _sources,
    _speech,
)


def traps(texts: list[str], seed: int) -> Iterator[Trap]:
    """Yields every changed quote of some articles, the same ones for the same seed."""
    rng = random.Random(seed)
    for item in find_items(texts):
        for make in MAKERS:
            for trap in make(item, rng):
                if "altered" not in trap.right or not stands(trap.quote, trap.source):
                    yield trap


def main() -> int:
    """Prints the table; returns 1 when an answer was unsafe or fewer than 98 % were right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers a change")
    options = parser.parse_args()
    folder = find_corpus()
    if folder is None:
        sys.stdout.write("no exam: ../shared/data/polnear/dev is not there\n")
        return 2
    texts = [p.read_bytes().decode("utf-8") for p in sorted(folder.glob("*.txt"))]
    total, right, unsafe = Counter[str](), Counter[str](), Counter[str]()
    indices: dict[str, SourceIndex] = {}
    begun = time.perf_counter()
    for trap in traps(texts, options.seed):
        index = indices.get(trap.source) or SourceIndex(trap.source)
        if trap.source in texts:
            indices[trap.source] = index
        result = index.check(trap.quote)
        answer = result.wording
        wanted = [LADDER.index(r) for r in trap.right if r in LADDER]
        mild = answer in LADDER and LADDER.index(answer) < min(
            wanted, default=LADDER.index("altered")
        )
        mild = mild or (trap.supported is False and result.supported)
        good = answer in trap.right and not mild
        total[trap.change] += 1
        right[trap.change] += good
        unsafe[trap.change] += mild
        if not good and total[trap.change] - right[trap.change] <= options.show:
            edits = [(e.op, e.quote.text, e.source.text, e.weight) for e in result.edits[:4]]
            sys.stdout.write(
                f"{'UNSAFE ' if mild else ''}{trap.change}: {answer} for {trap.right}\n"
                f"  {trap.quote}\n  {edits}\n"
            )
    spent = time.perf_counter() - begun
    sys.stdout.write(f"{'change':<28}{'cases':>7}{'right':>7}{'%':>8}{'unsafe':>8}\n")
    for change, n in sorted(total.items()):
        good = right[change]
        sys.stdout.write(f"{change:<28}{n:>7}{good:>7}{100 * good / n:>8.2f}{unsafe[change]:>8}\n")
    n, good, bad = total.total(), right.total(), unsafe.total()
    sys.stdout.write(f"{'all':<28}{n:>7}{good:>7}{100 * good / n:>8.2f}{bad:>8}   {spent:.1f} s\n")
    return int(bool(bad) or good < 0.98 * n)


if __name__ == "__main__":
    sys.exit(main())

"""The exam of `quotecheck.check`: real quotations, changed by program, each with its right answer.

Run it with ``python -m tests.benchmarks.check_exam`` from the repository root. It takes the direct
quotations of nine words or more from the PolNeAR development articles (``../shared``), checks each
against its article unchanged and after every change below, and prints a table by change: how many,
how many right, and how many *milder* than the right answer (``exact`` where ``altered`` was due),
which is the fault that must not occur. The changes are made by rules that share no code with the
checker, so that both can't be wrong in the same way.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from attrs import frozen

from quotecheck.check import SourceIndex

__all__ = ["CHANGES", "Case", "cases", "find_corpus", "find_items", "main", "run", "stands"]

LADDER = ("exact", "folded", "cleaned", "bracketed", "elided", "altered", "absent")
MIN_WORDS = 9
QUOTED = re.compile(r"[\"“]([^\"“”\n]{30,2000})[\"”]")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
NEGATOR = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|cannot|without|\w+n['’]t)\b", re.I
)
MODALS = ("can", "could", "may", "might", "must", "shall", "should", "will", "would")
PRONOUN = re.compile(r"\b(?:I|we|he|she|they|it)\b", re.I)
NUMBER = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3})*(?![\w.,]?\d|\w)")
NAMES = ("Quist", "Tarrant", "Vell")
NUMBER_WORDS = dict(
    zip(
        [
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fifteen",
            "twenty",
        ],
        (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 20),
        strict=True,
    )
)


@frozen(kw_only=True)
class Case:
    """A changed quote: what was changed, the quote, its source, the right answers."""

    change: str
    quote: str
    source: str
    right: tuple[str, ...]


@frozen(kw_only=True)
class Item:
    """A quotation (without marks) and the article it is from."""

    quote: str
    article: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.quote)


Change = Callable[[Item, random.Random], Iterator[Case]]


def find_corpus() -> Path | None:
    """Returns the folder of the PolNeAR development texts, None when it is not there."""
    folder = Path(__file__).parents[2].parent / "shared" / "data" / "polnear" / "dev" / "text"
    return folder if folder.is_dir() else None


def find_items(articles: list[str]) -> list[Item]:
    """Returns the quotations of at least `MIN_WORDS` words, without brackets or ellipses."""
    out = []
    for article in articles:
        for match in QUOTED.finditer(article):
            quote = match[1]
            if len(WORD.findall(quote)) >= MIN_WORDS and not re.search(r"[\[\]]|\.\.|…", quote):
                out.append(Item(quote=quote, article=article, start=match.start(1)))
    return out


def _apart(quote: str) -> list[int]:
    """Indices of words, from the second on, that white space alone separates from the one before.

    "U.S." and "12-an-hour" are several words to the pattern but not to a cut or a filler.
    """
    words = _words(quote)
    return [i for i in range(1, len(words)) if quote[words[i].start() - 1].isspace()]


def _once(text: str, article: str) -> bool:
    """Whether some words stand in the article only once, whatever the glyphs."""
    flat = " ".join(WORD.findall(text)).casefold()
    return " ".join(WORD.findall(article)).casefold().count(flat) == 1


def _words(quote: str) -> list[re.Match[str]]:
    return list(WORD.finditer(quote))


def _case(change: str, item: Item, quote: str, *right: str, source: str | None = None) -> Case:
    return Case(change=change, quote=quote, source=source or item.article, right=right)


def _unchanged(item: Item, rng: random.Random) -> Iterator[Case]:
    yield _case("unchanged", item, item.quote, "exact")


def _glyphs(item: Item, rng: random.Random) -> Iterator[Case]:
    table = {"'": "’", "’": "'", "-": "–", "–": "—", "—": "--", " ": rng.choice(" \u00a0")}
    quote = "".join(table.get(c, c) for c in item.quote).replace("\u00a0", " ", 1)
    quote = quote[0].swapcase() + quote[1:]
    if quote != item.quote:
        yield _case("glyphs and first letter", item, quote, "folded")


def _elided_words(item: Item, rng: random.Random) -> Iterator[Case]:
    words = _words(item.quote)
    apart = _apart(item.quote)
    fit = [at for at in apart if at + 3 in apart]
    if not fit:
        return
    at = rng.choice(fit)
    cut = item.quote[words[at].start() : words[at + 2].end()]
    mark = rng.choice(("...", "…", "[...]", ". . ."))
    quote = item.quote[: words[at].start()] + mark + item.quote[words[at + 2].end() :]
    right = "altered" if NEGATOR.search(cut) else "elided"
    yield _case("three words elided", item, quote, right)


def _elided_sentences(item: Item, rng: random.Random) -> Iterator[Case]:
    ends = [m.end() for m in re.finditer(r"[a-z]{3}[.?!] (?=[A-Z])", item.quote)]
    if len(ends) < 2:
        return
    cut = item.quote[ends[0] : ends[-1]]
    quote = item.quote[: ends[0]] + "... " + item.quote[ends[-1] :]
    if not (
        _once(item.quote[: ends[0]], item.article) and _once(item.quote[ends[-1] :], item.article)
    ):
        return  # the pieces may fit more tightly elsewhere
    wrong = NEGATOR.search(cut) or len(WORD.findall(cut)) > 75
    yield _case("middle sentences elided", item, quote, "altered" if wrong else "elided")


def _inner_negators(item: Item) -> list[re.Match[str]]:
    words = _words(item.quote)
    low, high = words[1].start(), words[-2].end()
    return [m for m in NEGATOR.finditer(item.quote) if low <= m.start() and m.end() <= high]


def _swallowed(item: Item, rng: random.Random) -> Iterator[Case]:
    for m in _inner_negators(item)[:1]:
        for name, mark in (("ellipsis", "..."), ("bracket", "[...]"), ("bracket", "[surely]")):
            quote = item.quote[: m.start()] + mark + item.quote[m.end() :]
            yield _case(f"negation swallowed by {name}", item, quote, "altered")


def _negation(item: Item, rng: random.Random) -> Iterator[Case]:
    words = _words(item.quote)
    at = words[rng.randrange(1, len(words) - 1)]
    quote = item.quote[: at.end()] + rng.choice((" not", " never")) + item.quote[at.end() :]
    yield _case("negation added", item, quote, "altered")
    for m in _inner_negators(item)[:1]:
        rest = item.quote[m.end() :]
        if re.search(r"n['’]t$", m[0]):
            yield _case("negation dropped", item, item.quote[: m.end() - 3] + rest, "altered")
        else:
            yield _case(
                "negation dropped", item, item.quote[: m.start()] + rest.lstrip(), "altered"
            )


def _swapped(item: Item, rng: random.Random) -> Iterator[Case]:
    words = _words(item.quote)
    middle = words[len(words) // 2].start()
    head, tail = item.quote[:middle].strip(), item.quote[middle:].strip()
    if head.casefold() != tail.casefold():
        yield _case("halves swapped", item, f"{tail} {head}", "altered")


def _number(item: Item, rng: random.Random) -> Iterator[Case]:
    found = list(NUMBER.finditer(item.quote))
    if found:
        m = rng.choice(found)
        value = int(m[0].replace(",", "")) + rng.choice((1, 3, 10))
        quote = item.quote[: m.start()] + str(value) + item.quote[m.end() :]
        yield _case("number changed", item, quote, "altered")
    spelled = [m for m in _words(item.quote) if m[0].casefold() in NUMBER_WORDS]
    if spelled:
        m = rng.choice(spelled)
        quote = item.quote[: m.start()] + "seventeen" + item.quote[m.end() :]
        yield _case("number changed", item, quote, "altered")


def _digits(item: Item, rng: random.Random) -> Iterator[Case]:
    for m in _words(item.quote)[1:-1]:
        value = NUMBER_WORDS.get(m[0].casefold())
        around = item.quote[max(0, m.start() - 1)] + item.quote[m.end() : m.end() + 1]
        following = WORD.search(item.quote, m.end())
        scale = following and following[0] in ("hundred", "thousand", "million", "billion")
        if value is not None and "-" not in around and not scale:
            quote = item.quote[: m.start()] + str(value) + item.quote[m.end() :]
            yield _case("number in digits", item, quote, "cleaned")
            return


def _word(item: Item, rng: random.Random) -> Iterator[Case]:
    words = [m for m in _words(item.quote) if len(m[0]) > 3 and m[0].isalpha()]
    if words:
        m = rng.choice(words)
        other = rng.choice([w for w in WORD.findall(item.article) if w.isalpha()])
        if other.casefold() != m[0].casefold():
            quote = item.quote[: m.start()] + other + item.quote[m.end() :]
            yield _case("word changed", item, quote, "altered")


def _name(item: Item, rng: random.Random) -> Iterator[Case]:
    names = [
        m
        for m in _words(item.quote)[1:]
        if m[0][0].isupper() and len(m[0]) > 2 and item.quote[m.start() - 2 : m.start()] != ". "
    ]
    if names:
        m = rng.choice(names)
        quote = item.quote[: m.start()] + rng.choice(NAMES) + item.quote[m.end() :]
        yield _case("name changed", item, quote, "altered")


def _modal(item: Item, rng: random.Random) -> Iterator[Case]:
    found = [m for m in _words(item.quote) if m[0].casefold() in MODALS]
    if found:
        m = rng.choice(found)
        other = rng.choice([x for x in MODALS if x != m[0].casefold()])
        quote = item.quote[: m.start()] + other + item.quote[m.end() :]
        yield _case("modal changed", item, quote, "altered")


def _dropped(item: Item, rng: random.Random) -> Iterator[Case]:
    words = _words(item.quote)
    m = words[rng.randrange(1, len(words) - 1)]
    quote = item.quote[: m.start()] + item.quote[m.end() :].lstrip(" -’'")
    yield _case("word dropped", item, quote, "altered")


def _bracketed(item: Item, rng: random.Random) -> Iterator[Case]:
    m = PRONOUN.search(item.quote)
    if m:
        quote = item.quote[: m.start()] + "[the senator]" + item.quote[m.end() :]
        yield _case("first pronoun bracketed", item, quote, "bracketed")


def _fillers(item: Item, rng: random.Random) -> Iterator[Case]:
    words = _words(item.quote)
    spoken = item.quote
    for at in sorted(rng.sample(_apart(item.quote), 2), reverse=True):
        filler = rng.choice(("um, ", "uh, ", "er, ", "erm ", "hm, ", ", ah, "))
        spoken = spoken[: words[at].start()] + filler + spoken[words[at].start() :]
    source = item.article[: item.start] + spoken + item.article[item.end :]
    if _once(item.quote, item.article):
        yield _case("fillers added to the source", item, item.quote, "cleaned", source=source)


def _plain_speech(item: Item, rng: random.Random) -> Iterator[Case]:
    quote = item.quote
    if not re.search(r"[^\w\s.,;:?!'’—–-]|\d|\w[.]\w|\w[-—–]+\w", quote):
        bare = re.sub(r"[^\w\s]", "", item.quote.lower())
        source = f"so yeah {bare} and that is all there is to say about it today thank you"
        if bare != quote.strip():
            yield _case("speech to text without punctuation", item, quote, "folded", source=source)


CHANGES: tuple[Change, ...] = (
    _unchanged,
    _glyphs,
    _elided_words,
    _elided_sentences,
    _swallowed,
    _negation,
    _swapped,
    _number,
    _digits,
    _word,
    _name,
    _modal,
    _dropped,
    _bracketed,
    _fillers,
    _plain_speech,
)


def _over_turns(items: list[Item], rng: random.Random) -> Iterator[Case]:
    for item in items:
        other = rng.choice(items)
        if other.quote == item.quote:
            continue
        source = f"MS. QUIST: {item.quote}\n\nMR. TARRANT: {other.quote}\n\nMS. QUIST: Thank you.\n"
        left, right = _words(item.quote), _words(other.quote)
        a, b = left[len(left) // 2].start(), right[len(right) // 2].end()
        quote = f"{item.quote[a:].rstrip(' ,')} {other.quote[:b]}"
        yield Case(
            change="joined over turns", quote=quote, source=source, right=("altered", "absent")
        )


def _shares(quote: str, source: str) -> bool:
    """Whether some eight words in a row stand in both: then both report the same words."""
    mine, theirs = WORD.findall(quote.casefold()), " ".join(WORD.findall(source.casefold()))
    return any(" ".join(mine[i : i + 8]) in theirs for i in range(len(mine) - 7))


def _elsewhere(items: list[Item], articles: list[str], rng: random.Random) -> Iterator[Case]:
    for item in items:
        for source in rng.sample(articles, 3):
            longer = len(WORD.findall(source)) > len(WORD.findall(item.quote))
            if longer and not _shares(item.quote, source):
                yield _case("another article as source", item, item.quote, "absent", source=source)


def stands(quote: str, source: str) -> bool:
    """Whether a changed quote happens to be what the source says elsewhere."""
    marked = re.search(r"[\[\]…]|\.\.|\. \.", quote)
    flat = " ".join(WORD.findall(quote.casefold().replace("’", "'")))
    return not marked and flat in " ".join(WORD.findall(source.casefold().replace("’", "'")))


def cases(texts: list[str], seed: int) -> Iterator[Case]:
    """Yields every changed quote of some articles, the same ones for the same seed."""
    rng = random.Random(seed)
    items = find_items(texts)
    for item in items:
        for change in CHANGES:
            for case in change(item, rng):
                if case.right != ("altered",) or not stands(case.quote, case.source):
                    yield case
    yield from _over_turns(items, rng)
    yield from _elsewhere(items, texts, rng)


def run(
    texts: list[str], seed: int, show: int = 0
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Returns how many cases of each change there are, are right, and are answered too mildly."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    milder: Counter[str] = Counter()
    indices: dict[str, SourceIndex] = {}
    for case in cases(texts, seed):
        if case.source in texts:
            index = indices.setdefault(case.source, None) or SourceIndex(case.source)  # type: ignore[arg-type]
            indices[case.source] = index
        else:
            index = SourceIndex(case.source)
        result = index.check(case.quote)
        total[case.change] += 1
        answer = result.wording
        if answer in case.right:
            right[case.change] += 1
            continue
        mild = answer in LADDER and LADDER.index(answer) < min(map(LADDER.index, case.right))
        milder[case.change] += mild
        if show > 0:
            show -= 1
            edits = [(e.op, e.quote.text, e.source.text, e.weight) for e in result.edits[:4]]
            sys.stdout.write(
                f"{'MILDER ' if mild else ''}{case.change}: {answer} for {case.right}\n"
                f"  {case.quote}\n  {edits}\n"
            )
    return total, right, milder


def main() -> int:
    """Prints the table; returns 1 when an answer was too mild or fewer than 98 % were right."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1, help="how many random seeds to run")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers")
    options = parser.parse_args()
    folder = find_corpus()
    if folder is None:
        sys.stdout.write("no exam: ../shared/data/polnear/dev is not there\n")
        return 2
    texts = [p.read_bytes().decode("utf-8") for p in sorted(folder.glob("*.txt"))]
    total, right, milder = Counter[str](), Counter[str](), Counter[str]()
    begun = time.perf_counter()
    for seed in range(options.seeds):
        for sums, counts in zip(
            (total, right, milder), run(texts, seed, options.show), strict=True
        ):
            sums.update(counts)
    spent = time.perf_counter() - begun
    sys.stdout.write(f"{'change':<38}{'cases':>7}{'right':>7}{'%':>7}{'milder':>8}\n")
    for change in sorted(total, key=lambda c: list(total).index(c)):
        n, good = total[change], right[change]
        sys.stdout.write(f"{change:<38}{n:>7}{good:>7}{100 * good / n:>7.2f}{milder[change]:>8}\n")
    n, good, mild = total.total(), right.total(), milder.total()
    sys.stdout.write(f"{'all':<38}{n:>7}{good:>7}{100 * good / n:>7.2f}{mild:>8}   {spent:.1f} s\n")
    return int(bool(mild) or good < 0.98 * n)


if __name__ == "__main__":
    sys.exit(main())

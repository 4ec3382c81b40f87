"""Who said it: short texts with the right answer, wrong answers that must not come, invariants."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.quotations import scan
from quotecheck.records import Article, Attribution, Block, NameMention, Quotation, Span
from quotecheck.speakers import Resolution, resolve
from quotecheck.speakers.confidence import discounted
from tests import timing
from tests.depth import examples

CASES = Path(__file__).parent / "cases"


def load(name: str) -> list[Any]:
    rows = json.loads((CASES / name).read_text(encoding="utf-8"))
    return [pytest.param(row, id=row["label"]) for row in rows]


def blocks_of(text: str, *, headline: bool, turns: bool) -> tuple[Block, ...]:
    """A block a line; labelled lines are turns, the first line a headline, where asked for."""
    out = []
    for i, m in enumerate(re.finditer(r"[^\n]+", text)):
        label = re.match(r"((?:[A-Z]+\. )?[A-Z]{2,}(?: \([^)]*\))?):", m[0]) if turns else None
        kind = "headline" if headline and i == 0 else "paragraph"
        if turns and (label or any(b.kind == "turn" for b in out)):
            kind = "turn"
        span = Span.of(text, m.start(), m.start() + label.end(1)) if label else None
        out.append(Block(start=m.start(), end=m.end(), kind=kind, label=span))
    return tuple(out)


def located(
    text: str, row: list[str | None], after: int
) -> tuple[list[Span], list[Span], list[Span]]:
    """Finds content, cue and source: the content from ``after`` on, the others nearest to it."""
    content, cue, source = row
    start = text.index(content, after)
    spans = [[Span.of(text, start, start + len(content))]]
    for piece in (cue, source):
        if piece is None:
            spans.append([])
            continue
        found = [m.start() for m in re.finditer(r"(?<!\w)" + re.escape(piece) + r"(?!\w)", text)]
        at = min(
            found, key=lambda x: abs(x - start) if x < start else abs(x - start - len(content))
        )
        spans.append([Span.of(text, at, at + len(piece))])
    return spans[0], spans[1], spans[2]


def kind_of(content: Span) -> str:
    return "direct" if content.text[0] in '“"' else "indirect"


def names_of(text: str, names: list[list[Any]]) -> list[NameMention]:
    """Every occurrence of each listed name, longer names first, without overlap.

    A row is a name, its label and, where the tagger shall doubt, its score.
    """
    out: list[NameMention] = []
    for name, label, *score in sorted(names, key=lambda n: -len(n[0])):
        for m in re.finditer(r"(?<!\w)" + re.escape(name) + r"(?!\w)", text):
            if not any(m.start() < o.end and o.start < m.end() for o in out):
                doubt = {"score": score[0]} if score else {}
                out.append(NameMention(start=m.start(), end=m.end(), label=label, **doubt))
    return sorted(out, key=lambda n: n.start)


def run(case: dict[str, Any]) -> Resolution:
    """Resolves the input of a case."""
    text, options = case["text"], case
    blocks = blocks_of(
        text, headline=options.get("headline", False), turns=options.get("turns", False)
    )
    quotations = list(scan(text, blocks).quotations)
    for inner, role in options.get("roles", {}).items():
        at = text.index(inner)
        quotations = [q for q in quotations if q.start != at]
        quotations.append(Quotation(start=at, end=at + len(inner), text=inner, role=role))
    attributions = []
    after = 0
    for i, row in enumerate(case["attributions"], 1):
        content, cue, source = located(text, row, after)
        after = content[0].start
        attributions.append(
            Attribution(
                id=f"A{i}",
                kind=kind_of(content[0]),
                content=tuple(content),
                cue=tuple(cue),
                source=tuple(source),
            )
        )
    return resolve(
        Article(text=text, blocks=blocks),
        quotations,
        names_of(text, case["names"]),
        attributions,
        people=case.get("people", ()),
    )


def answers(found: Resolution) -> list[Any]:
    """The speaker's name, or the sorted candidates, or None, of each attribution."""
    return [
        a.speaker.name if a.speaker else sorted(c.name for c in a.candidates) or None
        for a in found.attributions
    ]


def check(row: dict[str, Any]) -> None:
    """Compares a resolution with what the case wants."""
    case = row["input"]
    found = run(case)
    assert answers(found) == row["wanted"]
    by_id = {e.id: e for e in found.entities}
    speakers = [a.speaker for a in found.attributions]
    if "types" in case:
        assert [s.type for s in speakers if s] == case["types"]
    if "members" in case:
        assert [[by_id[m].name for m in s.members] for s in speakers if s] == case["members"]
    if "principals" in case:
        assert [by_id[s.principal].name if s.principal else None for s in speakers if s] == case[
            "principals"
        ]
    if case.get("distinct"):
        assert len({s.id for s in speakers if s}) == len(speakers)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_doubt_about_an_attribution_is_doubt_about_its_speaker(
    rule: float, one: float, other: float
) -> None:
    """The speaker is never surer than its rule, nor surer where the attribution is less sure."""
    low, high = sorted((one, other))
    assert 0.0 <= discounted(rule, low) <= discounted(rule, high) <= discounted(rule, 1.0)
    assert discounted(rule, 1.0) == round(rule, 4)


def test_a_doubtful_attribution_keeps_its_speaker() -> None:
    """The attribution's own confidence lowers the speaker's, and drops no name."""
    text = "Mara Quist said it rained."
    found = [
        resolve(
            Article(text=text),
            [],
            [NameMention(start=0, end=10, label="person")],
            [
                Attribution(
                    id="A1",
                    kind="indirect",
                    content=(Span.of(text, 16, 25),),
                    cue=(Span.of(text, 11, 15),),
                    source=(Span.of(text, 0, 10),),
                    confidence=confidence,
                )
            ],
        ).attributions[0]
        for confidence in (0.0, 0.5, 0.9, 1.0)
    ]
    assert [a.speaker.name if a.speaker else None for a in found] == ["Mara Quist"] * 4
    sure = [a.speaker_confidence for a in found]
    assert sure == sorted(set(sure))
    assert sure[0] < 0.9 < sure[3]


@pytest.mark.parametrize("row", load("speakers.json"))
def test_speaker(row: dict[str, Any]) -> None:
    """An editor's answer to each short text: the name, the candidates, or None."""
    check(row)


@pytest.mark.parametrize("row", load("speakers_negative.json"))
def test_wrong_answers_do_not_come(row: dict[str, Any]) -> None:
    """The tempting wrong name is not given as speaker."""
    found = run(row["input"])
    only = row["input"].get("only")
    checked = found.attributions if only is None else found.attributions[only : only + 1]
    assert not {a.speaker.name for a in checked if a.speaker} & set(row["unwanted"])


@pytest.mark.parametrize("row", load("speakers_known_failures.json"))
@pytest.mark.xfail(
    strict=True, reason="published limits of speaker resolution, see docs/speakers.md"
)
def test_known_failure(row: dict[str, Any]) -> None:
    """What does not work yet; a fix must move the case to speakers.json."""
    check(row)


def test_there_are_enough_cases() -> None:
    """At least 60 short texts stand behind the rules."""
    assert len(load("speakers.json")) >= 60


WORDS = st.sampled_from(
    [
        "Mara",
        "Quist",
        "Karl",
        "Brook",
        "Berg",
        "said",
        "that",
        "he",
        "she",
        "they",
        "it",
        "who",
        ",",
        ".",
        "“",
        "”",
        "“It",
        "”",
        "\n\n",
        "Mr.",
        "Sen.",
        "the",
        "senator",
        "report",
        "and",
        "of",
        "his",
        "wife",
        "their",
        "👍",
        "é́",
        "\u200b",
        "�",
        ":",
        "—",
        "(OPT)",
        "I",
        "we",
        "both",
        "two",
        "others",
    ]
)


@st.composite
def articles(draw: st.DrawFn) -> tuple[str, list[NameMention], list[Attribution]]:
    """A hostile text with arbitrary names and attributions in it."""
    text = " ".join(draw(st.lists(WORDS, min_size=1, max_size=60)))
    spot = st.tuples(st.integers(0, len(text)), st.integers(0, 25)).map(
        lambda p: (p[0], min(len(text), p[0] + p[1]))
    )
    names = [
        NameMention(start=s, end=e, label=label, score=0.5)
        for (s, e), label in draw(
            st.lists(
                st.tuples(
                    spot, st.sampled_from(["person", "organization", "place", "norp", "misc", "x"])
                ),
                max_size=8,
            )
        )
    ]
    rows = draw(
        st.lists(
            st.tuples(spot, st.lists(spot, max_size=2), st.lists(spot, max_size=2)), max_size=6
        )
    )
    attributions = [
        Attribution(
            id=f"A{i}",
            kind="indirect",
            content=(Span.of(text, *c),),
            source=tuple(Span.of(text, *s) for s in sources),
            cue=tuple(Span.of(text, *u) for u in cues),
        )
        for i, (c, sources, cues) in enumerate(rows, 1)
    ]
    return text, names, attributions


@settings(max_examples=examples(75), deadline=None)
@given(articles())
def test_any_input_gives_consistent_records(
    data: tuple[str, list[NameMention], list[Attribution]],
) -> None:
    """Whatever comes in, spans cut the text, ids resolve, and a speaker is one of the entities."""
    text, names, attributions = data
    found = resolve(Article(text=text), scan(text).quotations, names, attributions)
    ids = [e.id for e in found.entities]
    assert ids == [f"E{i}" for i in range(1, len(ids) + 1)]
    assert [a.id for a in found.attributions] == [a.id for a in attributions]
    for entity in found.entities:
        assert all(text[m.start : m.end] == m.text for m in entity.mentions)
        assert set(entity.members) <= set(ids)
        assert entity.principal is None or entity.principal in ids
        assert entity.name
    for a in found.attributions:
        assert 0.0 <= a.speaker_confidence <= 1.0
        assert a.speaker is None or not a.candidates
        assert all(
            e in found.entities for e in (*a.candidates, *([a.speaker] if a.speaker else []))
        )
        assert all(
            text[e.start : e.end] == e.text and (e.entity is None or e.entity in ids)
            for e in a.evidence
        )
    speaking = {a.speaker.id for a in found.attributions if a.speaker}
    assert {e.id for e in found.entities if e.speaks} == speaking


@settings(max_examples=examples(25), deadline=None)
@given(articles())
def test_the_order_of_attributions_does_not_matter(
    data: tuple[str, list[NameMention], list[Attribution]],
) -> None:
    """The same attributions in reverse order get the same speakers."""
    text, names, attributions = data
    quotations = scan(text).quotations
    once = resolve(Article(text=text), quotations, names, attributions)
    again = resolve(Article(text=text), quotations, names, attributions[::-1])
    one = {a.id: a.speaker.name if a.speaker else None for a in once.attributions}
    assert {a.id: a.speaker.name if a.speaker else None for a in again.attributions} == one


FAMILIES = [
    "Quist",
    "Berg",
    "Tarrant",
    "Vell",
    "Brook",
    "Marsh",
    "Pell",
    "Reyne",
    "Harker",
    "Lind",
    "Orrin",
    "Tolland",
    "Brandt",
    "Mora",
    "Nunez",
    "Okoro",
    "Sato",
    "Dahl",
    "Fenn",
    "Gage",
    "Holt",
    "Ives",
    "Jarvis",
    "Kemp",
    "Lowry",
    "Munk",
    "Nye",
    "Oakes",
    "Pratt",
    "Rudd",
    "Stroud",
    "Thorne",
    "Udall",
    "Vance",
    "Webb",
    "Yates",
    "Zorn",
    "Abbott",
    "Crewe",
    "Drum",
]


def long_article(people: int, paragraphs: int) -> tuple[str, list[NameMention], list[Attribution]]:
    """An article of ``paragraphs`` paragraphs in which ``people`` people take turns to speak."""
    text, names, attributions = "", [], []
    for i in range(paragraphs):
        first = i % people // 8
        name = f"{('Ruth', 'Anna', 'Mara', 'Ellen', 'Clara')[first]} {FAMILIES[i % people]}"
        if text:
            text += "\n\n"
        names.append(NameMention(start=len(text), end=len(text) + len(name), label="person"))
        at = len(text)
        text += f"{name} said the dam would hold for a while yet. She added that the mayor of the town knew it."  # noqa: E501
        said, added = text.index("said", at), text.index("She added", at)
        attributions += [
            Attribution(
                id=f"A{2 * i + 1}",
                kind="indirect",
                source=(Span.of(text, at, at + len(name)),),
                cue=(Span.of(text, said, said + 4),),
                content=(Span.of(text, said + 5, added - 2),),
            ),
            Attribution(
                id=f"A{2 * i + 2}",
                kind="indirect",
                source=(Span.of(text, added, added + 3),),
                cue=(Span.of(text, added + 4, added + 9),),
                content=(Span.of(text, added + 10, len(text) - 1),),
            ),
        ]
    return text, names, attributions


def test_a_source_cut_out_of_the_last_word_is_read() -> None:
    """A source that ends inside the text's last word has no clause ahead, and no error."""
    text = "of of others"
    attribution = Attribution(
        id="A1",
        kind="indirect",
        content=(Span.of(text, 0, 2),),
        cue=(),
        source=(Span.of(text, 8, 10),),
    )
    found = resolve(Article(text=text), [], [], [attribution])
    assert found.attributions[0].speaker is None


def test_forty_people_keep_apart_in_a_long_article() -> None:
    """Forty people, 100,000 characters: each pronoun goes to the person just named."""
    text, names, attributions = long_article(40, 1000)
    assert len(text) > 90_000
    found = resolve(Article(text=text), [], names, attributions)
    spoken = [a.speaker.name if a.speaker else None for a in found.attributions]
    assert spoken[::2] == spoken[1::2]
    assert len(set(spoken)) == 40


def test_time_is_linear_in_the_text() -> None:
    """Eight times the text takes about eight times as long, not sixty-four times."""

    def work(paragraphs: int) -> Callable[[], object]:
        text, names, attributions = long_article(40, paragraphs)
        return lambda: resolve(Article(text=text), [], names, attributions)

    assert timing.growth(work(120), work(960), enough=20) < 20


def test_a_coreference_score_can_decide() -> None:
    """A learned score is one more feature: strong enough, it changes the antecedent."""
    text = "Ruth Pell met Anna Brook. She said it rained."
    names = names_of(text, [["Ruth Pell", "person"], ["Anna Brook", "person"]])
    a = Attribution(
        id="A1",
        kind="indirect",
        content=(Span.of(text, 35, 44),),
        cue=(Span.of(text, 30, 34),),
        source=(Span.of(text, 26, 29),),
    )

    def prefers_object(mention: tuple[int, int], antecedent: tuple[int, int]) -> float | None:
        return 6.0 if text[antecedent[0] : antecedent[1]] == "Anna Brook" else None

    plain = resolve(Article(text=text), [], names, [a])
    scored = resolve(Article(text=text), [], names, [a], coreference=prefers_object)
    assert answers(plain) == ["Ruth Pell"]
    assert answers(scored) == ["Anna Brook"]


def test_two_who_take_turns() -> None:
    """Paragraphs of speech without a source go to two speakers in turn."""
    text = '"It leaks," said Mara Quist.\n"Since when?" asked Karl Vell.\n'
    text += '"Since May."\n"And the dam?"\n'
    sources = {"It leaks": "Mara Quist", "Since when": "Karl Vell"}
    attributions = []
    for n, said in enumerate(("It leaks,", "Since when?", "Since May.", "And the dam?")):
        start = text.index(f'"{said}"')
        name = sources.get(said[:-1])
        at = text.index(name) if name else 0
        attributions.append(
            Attribution(
                id=f"A{n}",
                kind="direct",
                content=(Span.of(text, start, start + len(said) + 2),),
                cue=(Span.of(text, at - 6, at - 1),) if name else (),
                source=(Span.of(text, at, at + len(name)),) if name else (),
            )
        )
    blocks, at = [], 0
    for line in text.splitlines():
        blocks.append(Block(start=at, end=at + len(line), kind="paragraph"))
        at += len(line) + 1
    names = [
        NameMention(start=text.index(n), end=text.index(n) + len(n), label="person")
        for n in sources.values()
    ]
    found = resolve(Article(text=text, blocks=tuple(blocks)), [], names, attributions).attributions
    assert [a.speaker.name for a in found] == ["Mara Quist", "Karl Vell"] * 2
    assert [a.evidence[0].step for a in found[2:]] == ["alternation"] * 2

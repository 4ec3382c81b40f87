"""Decoding: legal label sequences, spans by the guidelines, overlaps, turns, lone quotations."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotecheck.decode.assemble import draft_content
from quotecheck.decode.chain import runs
from quotecheck.decode.confidence import FEATURES, Calibration, features
from quotecheck.decode.drafts import Draft, coordinated
from quotecheck.decode.select import Candidate, settle
from quotecheck.decode.spans import Page, overlap, size
from quotecheck.decode.uncued import continued, headlined, lone_quotations, signed, turns
from quotecheck.encoder import CueRoles
from quotecheck.model_files import model_folder
from quotecheck.quotations import level_mask, scan
from quotecheck.records import Article, Block, Span
from quotecheck.windows import Pieces, featurize, load_word_pieces
from tests.depth import examples
from tests.strategies import articles


def test_runs_tell_neighbours_apart() -> None:
    """A B label begins a new span right after another one."""
    path = np.array([3, 4, 3, 0, 1, 2, 0, 3])
    assert runs(path, "content") == [(0, 2), (2, 3), (7, 8)]
    assert runs(path, "source") == [(4, 6)]


def page_of(text: str) -> Page:
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(start=at, end=at + len(line), kind="paragraph"))
        at += len(line) + 1
    return Page(Article(text=text, blocks=tuple(blocks)), scan(text, blocks).quotations)


def pieces_of(text: str) -> Pieces:
    tokenizer = load_word_pieces(model_folder("en") / "tokenizer.json")
    levels = level_mask(text, page_of(text).quotations)
    return featurize(text, [(0, len(text))], tokenizer, levels)


@pytest.mark.parametrize(
    ("text", "given", "wanted"),
    [
        ("He said that it would rain.", ["that it would rain."], ["that it would rain"]),
        ("“It will rain,” he said.", ["It will rain"], ["“It will rain,”"]),
        ("“It will rain,” he said.", ["“It will rain"], ["“It will rain,”"]),
        ("It’s “a total and utter sham.”", ["“a total and utter"], ["“a total and utter sham.”"]),
        ("He plans to move to the U.S.", ["to move to the U.S."], ["to move to the U.S."]),
        ("She asked: “Why?” Then she left.", ["“Why?"], ["“Why?”"]),
        ("Rain is due, he said.", ["Rain is due,"], ["Rain is due"]),
        ("A “rain” of ash, he said.", ["A “rain” of ash,"], ["A “rain” of ash"]),
        ("He said: rain\nand hail.", ["rain\nand hail."], ["rain", "and hail"]),
    ],
)  # fmt: skip
def test_content_follows_the_guidelines(text: str, given: list[str], wanted: list[str]) -> None:
    """Content keeps its marks, leaves the final period, and stops at a paragraph's end."""
    page = page_of(text)
    spans = [(text.index(g), text.index(g) + len(g)) for g in given if g in text]
    assert [text[s:e] for s, e in page.content(spans)] == wanted


def drafted(text: str, cue: str, source: str, content: str, score: float = 0.9) -> Draft:
    """A draft with these words as its roles."""
    pieces = pieces_of(text)

    def words(part: str) -> tuple[int, int]:
        at = text.index(part)
        return pieces.touched(at, at + len(part))

    count = len(pieces.words)
    probabilities = np.full((count, 5), 0.025, np.float32)
    probabilities[slice(*words(content)), 4] = 0.9
    start, end = words(cue)
    roles = CueRoles(start=start, end=end, score=score, reach=0, roles=np.log(probabilities))
    return Draft(
        cue=roles, probabilities=probabilities, source=(words(source),), content=(words(content),)
    )


@pytest.mark.parametrize(
    ("text", "first", "second", "wanted"),
    [
        (
            "Quist said the road was shut, and warned of snow.",
            ("said", "Quist", "the road was shut, and warned of snow"),
            ("warned", "Quist", "of snow"),
            "the road was shut",
        ),
        (
            "Quist said the road was shut and later even denied the snow.",
            ("said", "Quist", "the road was shut and later even denied the snow"),
            ("denied", "Quist", "the snow"),
            "the road was shut",
        ),
        (  # who warns stands in what was said
            "Quist said Vell came and warned of snow.",
            ("said", "Quist", "Vell came and warned of snow"),
            ("warned", "Vell", "of snow"),
            "Vell came and warned of snow",
        ),
        (  # no conjunction joins the two
            "Quist said the road they warned of was shut.",
            ("said", "Quist", "the road they warned of was shut"),
            ("warned", "Quist", "of was shut"),
            "the road they warned of was shut",
        ),
    ],
)
def test_a_second_verb_of_a_speaker_ends_what_was_said_with_the_first(
    text: str, first: tuple[str, str, str], second: tuple[str, str, str], wanted: str
) -> None:
    """In "she said it rained and warned us" the warning is beside the saying, not in it."""
    pieces = pieces_of(text)
    drafts = [drafted(text, *first), drafted(text, *second)]
    outer = coordinated(drafts, pieces)[0].content
    assert [text[pieces.words[a, 0] : pieces.words[b - 1, 1]] for a, b in outer] == [wanted]
    doubtful = [drafts[0], drafted(text, *second, score=0.4)]
    assert coordinated(doubtful, pieces)[0] is drafts[0]


@pytest.mark.parametrize(
    ("given", "cue", "wanted"),
    [
        ("It was late. ", "said", "“It was late. We left in the rain, and nobody saw us,”"),
        ("nobody saw us,”", "said", "“It was late. We left in the rain, and nobody saw us,”"),
        ("left in", "said", "left in"),  # the middle of it: no end tells how far it goes
        ("nobody saw us,”", "late", "nobody saw us,”"),  # a cue inside speaks within it
        ("nobody saw us,”", None, "nobody saw us,”"),
    ],
)
def test_a_cue_outside_has_all_of_a_quotation(given: str, cue: str | None, wanted: str) -> None:
    """“In the content include everything that is within quotes” (PolNeAR guidelines)."""
    text = "“It was late. We left in the rain, and nobody saw us,” Mara Quist said."
    page = page_of(text)
    span = (text.index(given), text.index(given) + len(given))
    at = None if cue is None else (text.index(cue), text.index(cue) + len(cue))
    assert [text[s:e] for s, e in page.content([span], at)] == [wanted]


def test_a_draft_whose_content_fills_the_view_goes_on_to_the_mark() -> None:
    """Words of a long quotation beyond the role head's view are the content's too."""
    text = "Vell said: “" + "Rise, fall, " * 30 + "rest.” She left."
    page, pieces = page_of(text), pieces_of(text)
    n = 12
    cue = CueRoles(start=1, end=2, score=0.9, reach=0, roles=np.zeros((n, 5), np.float32))
    probabilities = np.full((n, 5), 0.2, np.float32)
    draft = Draft(cue=cue, probabilities=probabilities, content=((4, n),))
    assert draft_content(draft, pieces, page) == [(11, text.index("”") + 1)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Rain, said Mara Quist, on Monday.", "Mara Quist"),
        ("Rain, said Mara Quist, the mayor.", "Mara Quist, the mayor"),
        ("Rain, said Mara Quist, the mayor, on Monday.", "Mara Quist, the mayor,"),
    ],
)
def test_source_keeps_only_the_comma_that_closes_its_apposition(text: str, wanted: str) -> None:
    """Other punctuation at a source's ends belongs to the sentence."""
    end = len(text) - 1 if text.endswith("mayor.") else text.index(" on Monday")
    found = page_of(text).source([(10, end)], (6, 10))
    assert [text[s:e] for s, e in found] == [wanted]


def test_a_source_does_not_end_in_a_preposition() -> None:
    """A phrase that was cut after "in" or "of the" ends before it."""
    text = "Prosecutors in the harbour city said no."
    assert page_of(text).source([(0, 18)], (32, 36)) == [(0, 11)]


def test_a_source_stays_in_its_sentence() -> None:
    """Of a source that runs over a sentence's end the part nearer the cue is kept."""
    text = "Ask an aide. Mara Quist said no."
    article = Article(
        text=text,
        blocks=(Block(start=0, end=len(text), kind="paragraph"),),
        sentences=((0, 12), (13, 32)),
    )
    assert Page(article, ()).source([(4, 23)], (24, 28)) == [(13, 23)]


def candidate(content: list[tuple[int, int]], cue: tuple[int, int], p: float) -> Candidate:
    return Candidate(cue=(cue,), source=(), content=tuple(content), confidence=p)


def test_the_surer_of_two_rivals_stays() -> None:
    """Two attributions of the same words compete: one record comes of them."""
    a, b = candidate([(10, 50)], (0, 5), 0.9), candidate([(12, 50)], (52, 56), 0.6)
    assert settle([b, a]) == [a]


def test_the_weaker_gives_up_what_it_shares() -> None:
    """Attributions that share a few words part them: the surer keeps them."""
    a, b = candidate([(10, 50)], (0, 5), 0.9), candidate([(45, 100)], (101, 105), 0.6)
    assert [c.content for c in settle([a, b])] == [((10, 50),), ((50, 100),)]


def test_nested_speech_has_a_parent() -> None:
    """An attribution, cue and all, within another's content is its child, not its rival."""
    outer, inner = candidate([(10, 90)], (0, 5), 0.9), candidate([(40, 90)], (30, 36), 0.8)
    assert [c.parent for c in settle([inner, outer])] == [None, 0]


@settings(max_examples=examples(40), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 25), st.floats(0.1, 1)), max_size=8))
def test_settled_contents_are_disjoint_or_nested(raw: list[tuple[int, int, float]]) -> None:
    """After settling, no two contents share words unless one is inside the other."""
    settled = settle([candidate([(s, s + n)], (s + n, s + n + 2), p) for s, n, p in raw])
    for i, a in enumerate(settled):
        for b in settled[i + 1 :]:
            shared = overlap(a.content, b.content)
            assert not shared or shared >= 0.9 * min(size(a.content), size(b.content)) - 1


TRANSCRIPT = "MS. VELL: We sail at ten.\n(LAUGHTER)\nIf the tide is in.\nMR. ORRIN: It is not."


def transcript_page() -> Page:
    blocks, at = [], 0
    for line in TRANSCRIPT.split("\n"):
        name = line.split(":")[0] if ":" in line else None
        label = Span.of(TRANSCRIPT, at, at + len(name)) if name else None
        kind = "turn" if name else "paragraph"
        blocks.append(Block(start=at, end=at + len(line), kind=kind, label=label))
        at += len(line) + 1
    return Page(Article(text=TRANSCRIPT, blocks=tuple(blocks)), ())


def test_a_turn_is_one_attribution() -> None:
    """The label is the source; unlabelled lines go on; stage directions are not content."""
    found = turns(transcript_page())
    texts = [[TRANSCRIPT[s:e] for s, e in c.content] for c in found]
    assert texts == [["We sail at ten.", "If the tide is in."], ["It is not."]]
    assert [TRANSCRIPT[s:e] for c in found for s, e in c.source] == ["MS. VELL", "MR. ORRIN"]


def test_a_quotation_over_paragraphs_is_one_attribution() -> None:
    """A quotation left open and reopened is added to its attribution, a piece a paragraph."""
    text = "“We are late,” he said. “Very.\n“And wet.”"
    blocks = [Block(start=0, end=30, kind="paragraph"), Block(start=31, end=41, kind="paragraph")]
    scanned = scan(text, blocks)
    page = Page(Article(text=text, blocks=tuple(blocks)), scanned.quotations)
    one = Candidate(cue=((18, 22),), source=(), content=((0, 14), (24, 30)), confidence=0.9)
    (merged,) = continued(page, scanned.quotations, scanned.continuations, [one])
    assert [text[s:e] for s, e in merged.content] == ["“We are late,”", "“Very.", "“And wet.”"]


def test_a_quotation_without_cue_is_kept() -> None:
    """A paragraph that is all quotation is speech, its source unknown; a title is not speech."""
    text = "“We are late, and the tide will not wait.”\nThe film “Low Water” opens on Friday."
    page = page_of(text)
    found = lone_quotations(page, [])
    assert [text[s:e] for c in found for s, e in c.content] == [
        "“We are late, and the tide will not wait.”"
    ]
    assert found[0].source == ()


def test_a_signed_quotation_is_its_signers() -> None:
    """A name after a dash at the line's end is the source; a dash and more talk is not."""
    text = "“The tide waits for no one.” ― Mara Vell\n“Rain,” — she said.\n“No.” — 12 March"
    found = signed(page_of(text))
    assert [[text[s:e] for s, e in (*c.content, *c.cue, *c.source)] for c in found] == [
        ["“The tide waits for no one.”", "―", "Mara Vell"]
    ]


@settings(max_examples=examples(30), deadline=None)
@given(articles(), st.data())
def test_any_span_of_any_text_stays_in_the_text(text: str, data: st.DataObject) -> None:
    """Whatever span comes in, content spans are in order, disjoint and inside the text."""
    page = page_of(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    spans = page.content([(start, end)])
    for s, e in spans:
        assert 0 <= s < e <= len(text)
        assert not text[s].isspace()
        assert not text[e - 1].isspace()
    assert all(a[1] <= b[0] for a, b in pairwise(spans))


def test_confidence_is_a_probability_that_grows_with_the_cue() -> None:
    """The logistic model turns features into a probability."""
    weights = tuple(float(name == "cue") for name in FEATURES)
    calibration = Calibration(weights=weights, threshold=0.4)
    known = {"content": 0.9, "edge": 0.9, "source": 0.9, "quoted": 0.0, "words": 9}
    low, high = (
        calibration.confidence(features(cue=cue, has_cue=True, **known)) for cue in (0.2, 0.95)
    )
    assert low == pytest.approx(0.2)
    assert high == pytest.approx(0.95)


def test_attributions_are_in_order_of_their_first_span() -> None:
    """Whose source comes first is first, wherever its content stands."""
    early = Candidate(cue=((50, 54),), source=((0, 10),), content=((55, 57),), confidence=0.5)
    late = Candidate(cue=((16, 20),), source=((12, 15),), content=((21, 40),), confidence=0.9)
    assert settle([late, early]) == [early, late]


@pytest.mark.parametrize(
    ("headline", "source", "wanted"),
    [
        ("Road will open by May: Minister", "Works Minister Dale Vell", ("Minister", ":")),
        ("Prices to fall in May – Gov Vell", "Governor Dale Vell", ("Gov Vell", "–")),
        ("Rain till Friday, ‘or later’: Met office", "The Met office", ("Met office", ":")),
        ("The long way home: Part two", "Works Minister Dale Vell", None),  # nobody
        ("Road will open by May: Minister", "the port", None),  # nobody whom the text knows
        ("In May: Minister", "Works Minister Dale Vell", None),  # no statement
        ("A well-known road will open in May", "Works Minister Dale Vell", None),
    ],
)
def test_a_headline_that_ends_with_who_says_so(
    headline: str, source: str, wanted: tuple[str, str] | None
) -> None:
    """The speaker stands behind a colon or a dash, and speaks in the text below."""
    text = f"{headline}\n{source} said that the road would open."
    body = len(headline) + 1
    blocks = (
        Block(start=0, end=len(headline), kind="headline"),
        Block(start=body, end=len(text), kind="paragraph"),
    )
    page = Page(Article(text=text, blocks=blocks), scan(text, blocks).quotations)
    at = text.index("that the road")
    below = Candidate(
        cue=((at - 5, at - 1),),
        source=((body, body + len(source)),),
        content=((at, len(text) - 1),),
        confidence=0.9,
    )
    found = headlined(page, [below])
    told = [tuple(text[slice(*spans[0])] for spans in (c.source, c.cue)) for c in found]
    assert told == ([wanted] if wanted else [])
    if found:
        who = text.index(wanted[0])
        assert text[slice(*found[0].content[0])] == text[:who].rstrip(" :–")
        settled = headlined(page, [below, *found])
        assert settled == [], "a headline that has its attribution gets no second one"

"""Speech without a cue of its own: transcript turns, continued paragraphs, lone quotations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain, islice, pairwise

from attrs import evolve

from quotecheck.decode.select import Candidate
from quotecheck.decode.spans import Page, SpanIndex, overlap, size
from quotecheck.records import Block, Quotation

__all__ = ["continued", "headlined", "lone_quotations", "signed", "turns"]

CharSpan = tuple[int, int]

#: Stage directions and inaudible passages: not what anybody said.
_DIRECTION = re.compile(
    r"\((?:applause|laughter|laughs|crosstalk|inaudible|pause|cheers|music|silence|begin|end|"
    r"unintelligible|off-mike|off-camera|video|commercial break)[^()]{0,60}\)"
    r"|\[[^\[\]]{0,80}\]",
    re.I,
)
#: Probability that these are attributions, measured on PolNeAR's training articles.
TURN, LONE, PARAGRAPH = 0.97, 0.55, 0.8
#: The same of a headline that ends with who says so: a guess, until a corpus has enough of them.
HEADLINED = 0.7
#: "Road will open in May: Minister", as the headlines of many countries have it.
_HEADLINE = re.compile(
    r"(?P<said>[^\n\r]{8,300}?)(?:(?P<colon>:)|\s+(?P<dash>[–—-]))\s+"
    r"(?P<who>[^\W\d_][\w.’' -]{1,40}?)[\s.]*"
)
#: The shortest of such headlines, and the longest of those who say so, in words.
HEADLINE_WORDS, HEADLINE_NAME = 3, 5
#: A name after a dash at the end of its line: “...” — Mara Vell, harbour master
_SIGNATURE = re.compile(
    r"\s*(?P<dash>[―—–]|--?)\s*(?P<name>[^\W\d_][^\n\r\"“”!?:;]{1,80}?)[\s.]*(?=[\n\r]|$|[“\"])"
)
_NAME_WORD = re.compile(
    r"(?:[^\W\d_a-zß-öø-ÿ][\w.’'-]*|(?:van|von|der|de|la|del|al|bin|el|y))\b\.?"
)
#: Words a quotation without any cue must have to be taken for speech.
LONE_WORDS = 4


def turns(page: Page) -> list[Candidate]:
    """Returns an attribution for each labelled turn, with the unlabelled paragraphs it goes on in.

    A paragraph between two turns belongs to the turn before it; after the last one only where the
    text is mostly turns.
    """
    labelled = [i for i, b in enumerate(page.blocks) if b.kind == "turn" and b.label]
    if not labelled:
        return []
    bodies = [b for b in page.blocks if b.kind in ("turn", "paragraph")]
    mostly = 2 * len(labelled) >= len(bodies)
    out = []
    for number, i in enumerate(labelled):
        last = labelled[number + 1] if number + 1 < len(labelled) else len(page.blocks)
        block = page.blocks[i]
        label = block.label
        assert label is not None  # noqa: S101 - filtered above
        spans = _spoken(page.text, _body_start(page.text, label.end, block.end), block.end)
        goes_on = number + 1 < len(labelled) or mostly
        for follower in page.blocks[i + 1 : last]:
            if not goes_on or follower.kind != "paragraph":
                break
            spans += _spoken(page.text, follower.start, follower.end)
        if spans:
            out.append(
                Candidate(
                    cue=_label_cue(page.text, label.end, block.end),
                    source=((label.start, label.end),),
                    content=tuple(spans),
                    confidence=TURN,
                    rule="turn",
                )
            )
    return out


def _label_cue(text: str, at: int, end: int) -> tuple[CharSpan, ...]:
    found = re.compile(r"\s*(:)").match(text, at, end)
    return ((found.start(1), found.end(1)),) if found else ()


def _body_start(text: str, at: int, end: int) -> int:
    found = re.compile(r"\s*[:.]?\s*").match(text, at, end)
    return found.end() if found else at


def _spoken(text: str, start: int, end: int) -> list[CharSpan]:
    """Returns a stretch of a transcript without its stage directions."""
    out: list[CharSpan] = []
    at = start
    for found in (*_DIRECTION.finditer(text, start, end), None):
        stop = found.start() if found else end
        s, e = at, stop
        while s < e and text[s].isspace():
            s += 1
        while e > s and text[e - 1].isspace():
            e -= 1
        if any(c.isalnum() for c in text[s:e]):
            out.append((s, e))
        if found:
            at = found.end()
    return out


def signed(page: Page) -> list[Candidate]:
    """Returns an attribution for each quotation that its speaker's name follows after a dash.

    The quotation must begin its line and the signature end it (PolNeAR guidelines, "punctuation as
    a cue").
    """
    out = []
    for q in page.outer:
        found = _SIGNATURE.match(page.text, q.end)
        if found is None or not q.closed:
            continue
        name = found["name"].split(",")[0].split("(")[0].split()
        if not 1 < len(name) <= 5 or not all(_NAME_WORD.fullmatch(word) for word in name):
            continue
        at = q.start
        while at and page.text[at - 1] in " \t\u00a0":
            at -= 1
        if at and page.text[at - 1] not in "\n\r":
            continue
        start, end = found.span("name")
        out.append(
            Candidate(
                cue=(found.span("dash"),),
                source=((start, end),),
                content=((q.start, q.end),),
                confidence=TURN,
                rule="signature",
            )
        )
    return out


def headlined(page: Page, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Returns the attribution of a headline that ends with who says so.

    Only of one whom the text below makes say something: "The long way home: Part two" has nobody.
    """
    at = next((k for k, block in enumerate(page.blocks) if block.kind == "headline"), None)
    if at is None:
        return []
    block = page.blocks[at]
    found = _HEADLINE.fullmatch(page.text, block.start, block.end)
    if found is None or len(found["said"].split()) < HEADLINE_WORDS:
        return []
    named = found["who"].casefold().rstrip(".").split()
    below = {
        word.casefold().strip(".,")
        for candidate in candidates
        for start, end in candidate.source
        if start >= block.end
        for word in page.text[start:end].split()
    }
    if not 0 < len(named) <= HEADLINE_NAME or named[-1] not in below:
        return []
    if any(s < block.end and block.start < e for c in candidates for s, e in c.content):
        return []
    content = page.content([found.span("said")])
    if not content:
        return []
    return [
        Candidate(
            cue=(found.span("colon" if found["colon"] else "dash"),),
            source=(found.span("who"),),
            content=tuple(content),
            confidence=HEADLINED,
            rule="headline",
        )
    ]


def continued(
    page: Page,
    quotations: Sequence[Quotation],
    continuations: Mapping[int, int],
    candidates: Sequence[Candidate],
) -> list[Candidate]:
    """Returns the candidates with the quotations that go on in later paragraphs added.

    A quotation left open and reopened in the next paragraph is one speech (AP style), also when a
    second cue stands there ("...," she added): both cues are its own then.
    """
    out = list(candidates)
    if not continuations:
        return out
    places = SpanIndex()
    for k, candidate in enumerate(out):
        places.add(k, candidate.content)
    owner: dict[int, int] = {}
    for index in {*continuations, *continuations.values()}:
        span = (quotations[index].start, quotations[index].end)
        for k in places.touching([span]):
            if overlap(out[k].content, [span]) >= 0.5 * (span[1] - span[0]):
                owner[index] = k
                break
    added: dict[int, list[CharSpan]] = {}
    absorbed: set[int] = set()
    for later, earlier in sorted(continuations.items()):
        if earlier not in owner:
            continue
        k = owner[earlier]
        if later in owner and owner[later] != k and _same_speech(page, out[k], out[owner[later]]):
            second = owner[later]
            absorbed.add(second)
            out[k] = evolve(out[k], cue=(*out[k].cue, *out[second].cue))
            added.setdefault(k, []).extend(out[second].content)
            owner = {index: k if who == second else who for index, who in owner.items()}
        elif later not in owner:
            owner[later] = k
            added.setdefault(k, []).append((quotations[later].start, quotations[later].end))
    for k, spans in added.items():
        out[k] = evolve(out[k], content=tuple(page.content([*out[k].content, *spans])))
    return [candidate for k, candidate in enumerate(out) if k not in absorbed]


def _same_speech(page: Page, first: Candidate, second: Candidate) -> bool:
    """Whether a speech left open goes on under a second cue: “..., / “...,” she added.

    A second cue that names somebody is another's: the closing mark was forgotten.
    """
    named = " ".join(page.text[s:e] for s, e in second.source).lower()
    return bool(first.source) and named in ("", "he", "she", "they", "it", "i", "we")


def lone_quotations(page: Page, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Returns attributions for quotations of speech that no candidate's content touches.

    Their source is empty: who speaks is for the discourse to say.
    """
    said, cued = SpanIndex(), SpanIndex()
    for k, candidate in enumerate(candidates):
        said.add(k, (*candidate.content, *candidate.source))
        if size(candidate.cue) > 3:
            cued.add(k, candidate.cue)
    out = []
    for number, q in enumerate(page.outer):
        words = len(q.text.split())
        exchange = _in_exchange(page, number)
        if not exchange and (words < LONE_WORDS or q.role in ("title", "nickname", "scare")):
            continue
        span = (q.start, q.end)
        if said.touching([span]) or cued.touching([span]):
            continue
        block = page.blocks[page.block_at(q.start)] if page.blocks else None
        whole = block is not None and _fills(page.text, block, q)
        if not whole and not exchange and q.role != "speech":
            continue
        out.append(
            Candidate(
                cue=(),
                source=(),
                content=(span,),
                confidence=PARAGRAPH if whole else LONE,
                rule="paragraph" if whole else "quotation",
            )
        )
    return out


def _in_exchange(page: Page, number: int) -> bool:
    """Whether a quotation directly follows another or is followed by one: speakers in turn."""
    near = page.outer[max(0, number - 1) : number + 2]
    return any(page.answers(a.end, b.start) for a, b in pairwise(near))


def _fills(text: str, block: Block, q: Quotation) -> bool:
    """Whether a quotation is all that its block says."""
    places = chain(range(q.start - 1, block.start - 1, -1), range(q.end, block.end))
    return sum(1 for _ in islice((i for i in places if text[i].isalnum()), 3)) <= 2

"""Blocks: what each line of an article is (headline, byline, dateline, paragraph, turn ...).

Rules over lines, since a page's layout is lost in plain text and only its habits are left. A
dateline is a block of its own, before the paragraph on the same line. Whatever is not clearly
something else is a paragraph: text is never lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from quotecheck.lexicon import layout
from quotecheck.lines import Stretch, split_lines, unwrap
from quotecheck.records import Block, BlockKind, Span
from quotecheck.textmap import FULL, TextMap
from quotecheck.turns import Label, begins_turn, find_turns, is_stage_direction

__all__ = ["find_blocks", "is_stage_direction"]

#: Longest line that is looked at as furniture, in words; the appeals of newsletters run long.
MOST_FURNITURE_WORDS = 60
MOST_HEADLINE_WORDS = 28
#: A first line with a final period and without capitals everywhere: longer ones are leads.
MOST_SENTENCE_HEADLINE_WORDS = 18
#: A first line with a full stop and a sentence's grammar, much shorter than the next one.
MOST_BRIEF_WORDS = 14
MOST_SUBHEAD_WORDS = 9
MOST_BYLINE_WORDS = 18
#: Share of capitalised words among the longer ones from which a line is in title case.
TITLE_CASE_SHARE = 0.66
#: A line of this many words with a full stop is body text: bylines and decks come before it.
BODY_WORDS = 18
#: Paragraphs that may stand before a bare dateline: an abstract, a correction, an editor's note.
MOST_BEFORE_DATELINE = 3
#: "PORT LINDOW BAY"; longer runs of capitals are heads.
MOST_PLACE_WORDS = 3
#: Longest line before which a dateline is looked for, so that matching stays linear.
DATELINE_REACH = 160

_STOP = re.compile(r"[.?!…:][\"'”’»)\]]*$")
_PERIOD = re.compile(r"[.…][\"'”’»)\]]*$")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)(?:\.|[a-z]{1,6})?"
_DAY = rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|\d{{1,2}} {_MONTH}(?:,? \d{{4}})?)"
_WEEKDAY = r"(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\.?"
_DASH = r"(?:\s*[—―]\s*|\s+(?:–|--|-)\s+|\s*--\s*)"
_AGENCY = r"\((?!(?:R|D|I)(?:-|\)))[A-Z][\w./& -]{1,40}\)"
_PLACE = r"[A-Z][\w.'’-]*(?:[ /-](?:de |la |el |of |do |da |al-)?[A-Z][\w.'’-]*){0,4}"
_CAPS_PLACE = (
    r"[A-Z][A-Z.'’-]{2,}(?:[ /-][A-Z][A-Z.'’-]*){0,4}|[A-Z]{2,}(?:[ /-][A-Z][A-Z.'’-]*){1,4}"
)
_REGION = r"(?:, [A-Z][\w. ]{1,24}){0,2}"
_BEGINS = r"(?=[\"“‘«'(\[]*[A-Z0-9À-Þ$£€])"
_DATELINES = (
    re.compile(
        rf"(?:{_PLACE}){_REGION}(?:,? {_DAY})?,? ?{_AGENCY}(?:{_DASH}|: |, {_DAY}{_DASH}){_BEGINS}"
    ),
    re.compile(rf"(?:{_CAPS_PLACE}){_REGION}(?:,? {_DAY})?{_DASH}{_BEGINS}"),
    re.compile(rf"(?:{_PLACE}){_REGION},? {_DAY}(?:{_DASH}|: ){_BEGINS}"),
    re.compile(rf"{_AGENCY}{_DASH}{_BEGINS}"),
    re.compile(rf"(?:{_CAPS_PLACE}){_REGION}: {_BEGINS}"),
)
_AGENCY_ONLY = re.compile(
    rf"(?:{_PLACE}){_REGION}(?:,? {_DAY})? \((?P<agency>[^()]{{2,40}})\) {_BEGINS}"
)
_DATE_LINE = re.compile(
    rf"(?:(?:published|updated|posted|last updated|first published|modified)(?: on| at)?:?\s*)?"
    rf"(?:{_WEEKDAY},? )?(?:{_DAY}|\d{{1,4}}[/.-]\d{{1,2}}[/.-]\d{{1,4}})"
    rf"(?:,? (?:at )?\d{{1,2}}[:.]\d{{2}} ?(?:[ap]\.?m\.?)?(?: [A-Z]{{2,4}})?)?",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:by|words by|story by|text by|written by|report by|from)\s+(?=\S)", re.IGNORECASE
)
_SMALL = "and & of the for in at to with de van von der den bin al la le du di | , / - – — •"
_CONNECTORS = frozenset(_SMALL.split())
_AFTER_BY = """
monday tuesday wednesday thursday friday saturday sunday january february march april may june
july august september october november december the a an this that then early late mid contrast
law comparison
"""
_NOT_NAMES = frozenset(_AFTER_BY.split())


def _words(line: str) -> list[str]:
    return line.split()


def _same(a: str, b: str) -> bool:
    return TextMap(a, FULL).text.strip(" .") == TextMap(b, FULL).text.strip(" .")


def _is_boilerplate(line: str, words: Sequence[str]) -> bool:
    return len(words) <= MOST_FURNITURE_WORDS and layout().boilerplate.match(line) is not None


def _is_caption(line: str, words: Sequence[str]) -> bool:
    if len(words) > MOST_FURNITURE_WORDS:
        return False
    if layout().caption.match(line):
        return True
    return layout().credit_end.search(line[-140:]) is not None and not line.startswith(('"', "“"))


def _capitalised(word: str) -> bool:
    bare = word.strip(",.|()/-–—&•'’\"“”")
    return not bare or bare[0].isupper() or bare[0].isdigit() or bare.startswith("@")


def _names(words: Sequence[str]) -> bool:
    """Whether words are names and what stands beside names in a byline."""
    listed = layout().byline_words
    return all(
        _capitalised(w) or w.casefold() in _CONNECTORS or w.casefold().strip(".,") in listed
        for w in words
    )


def _is_byline(line: str, words: Sequence[str], *, in_head: bool, after_headline: bool) -> bool:
    if len(words) > MOST_BYLINE_WORDS:
        return False
    by = _BY.match(line)
    if by:
        rest = words[len(by[0].split()) :]
        first = rest[0].casefold().strip(".,") if rest else ""
        name = first not in _NOT_NAMES and not first[:1].isdigit()
        return name and _names(rest) and (in_head or len(words) <= 8)
    if not in_head or _STOP.search(line) or not _names(words):
        return False
    lexicon = layout()
    agency = line.strip("().") in lexicon.agencies
    tail = any(w.casefold().strip(".,()") in lexicon.byline_words for w in words[1:])
    bar = " | " in line or " / " in line
    plain = after_headline and 2 <= len(words) <= 4 and all(w.strip(".").isalpha() for w in words)
    return agency or (len(words) <= 12 and (tail or bar)) or plain


def _title_case(words: Sequence[str]) -> bool:
    longer = [w.strip("\"'“”‘’.,:;?!()") for w in words]
    longer = [w for w in longer if len(w) > 3 and w[0].isalpha()]
    return len(longer) > 1 and sum(w[0].isupper() for w in longer) >= TITLE_CASE_SHARE * len(longer)


def _is_headline(line: str, words: Sequence[str], following: int) -> bool:
    """Whether a first line is a headline: no full stop, title case, headline grammar, or brief.

    Args:
        line: the line.
        words: its words.
        following: how many words the next line has; a lead is seldom much shorter than that.
    """
    if len(words) > MOST_HEADLINE_WORDS:
        return False
    if not _PERIOD.search(line) or _title_case(words) or re.search(r";\s*\n", line):
        return not line.endswith((",", ":"))
    if len(words) > MOST_SENTENCE_HEADLINE_WORDS or re.search(r"[.?!] [A-Z]", line[8:]):
        return False
    bare = {w.casefold().strip("\"'“”‘’.,:;?!()") for w in words}
    if not bare & layout().headline_misses:
        return True
    return len(words) <= MOST_BRIEF_WORDS and following >= 2 * len(words)


def _is_subhead(line: str, words: Sequence[str]) -> bool:
    if len(words) > MOST_SUBHEAD_WORDS or not line[0].isalnum() or line[0].islower():
        return False
    if not any(c.isalpha() for c in line):
        return False
    if line == line.upper() and len(line) > 3:
        return True
    return line[-1].isalnum() or line[-1] in "’'"


def _dateline(text: str, start: int, end: int, *, before: int) -> int | None:
    """Returns where a dateline at ``start`` ends (before the space), None when there is none.

    Args:
        text: the article.
        start: where the paragraph begins.
        end: where it ends.
        before: how many paragraphs stand before it: capitals alone, without agency, region or
            date, are a dateline near the top and a run-in head further down.
    """
    reach = min(end, start + DATELINE_REACH)
    for pattern in _DATELINES:
        match = pattern.match(text, start, reach)
        if not match or match.end() >= end:
            continue
        word = re.match(r"[\w'’-]+", match[0])
        if word and word[0].casefold() in layout().not_speakers:
            continue
        if pattern is _DATELINES[-1] and before > 1:
            continue
        if pattern is _DATELINES[1] and "," not in match[0]:
            place = match[0].rstrip(" -–—―").split()
            if before > MOST_BEFORE_DATELINE or len(place) > MOST_PLACE_WORDS:
                continue
        return match.start() + len(match[0].rstrip())
    match = _AGENCY_ONLY.match(text, start, reach)
    if match and match["agency"] in layout().agencies:
        return match.start() + len(match[0].rstrip())
    return None


class _Classifier:
    """Goes through the units of a text and makes blocks of them."""

    def __init__(self, text: str, units: Sequence[Stretch], title: str | None) -> None:
        self.text = text
        self.units = units
        self.title = title
        self.turns = find_turns(text, units)
        self.blocks: list[Block] = []
        self.in_head = True
        self.headlines = 0
        self.body_units = 0

    def run(self) -> list[Block]:
        """Returns the blocks."""
        skip = -1
        for i, unit in enumerate(self.units):
            if i == skip:
                continue
            if i in self.turns:
                skip = self._turn(i, unit)
            else:
                self._plain(i, unit)
        return self.blocks

    def _add(self, start: int, end: int, kind: BlockKind, label: Span | None = None) -> None:
        self.blocks.append(Block(start=start, end=end, kind=kind, label=label))

    def _turn(self, i: int, unit: Stretch) -> int:
        """Adds the turns of a unit; returns the index of a unit that it took in, else -1."""
        self.in_head = False
        self.body_units += 1
        labels: list[Label] = self.turns[i]
        end, taken = unit.end, -1
        bare = not self.text[labels[-1].content : end].strip()
        if bare and i + 1 < len(self.units) and i + 1 not in self.turns:
            end, taken = self.units[i + 1].end, i + 1  # the label has a line of its own
        ends = [label.at for label in labels[1:]] + [end]
        for label, stop in zip(labels, ends, strict=True):
            stop = label.at + len(self.text[label.at : stop].rstrip())
            self._add(label.at, stop, "turn", Span.of(self.text, label.start, label.end))
        return taken

    def _plain(self, i: int, unit: Stretch) -> None:
        line = self.text[unit.start : unit.end]
        words = _words(line) if len(line) < 2000 else [""] * 400  # long: nothing but a paragraph
        kind = self._kind(i, line, words)
        if kind is None:
            self._paragraph(unit, words)
            return
        self.headlines += kind == "headline"
        self._add(unit.start, unit.end, kind)

    def _kind(self, i: int, line: str, words: Sequence[str]) -> BlockKind | None:
        """Returns what a line is, None for a paragraph."""
        if is_stage_direction(line) and self.turns:
            return None
        last = i + 1 == len(self.units)
        if self.in_head and self.title and not self.headlines and _same(line, self.title):
            return "headline"
        if self.in_head and _DATE_LINE.fullmatch(line):
            return "dateline"
        if _is_byline(
            line, words, in_head=self.in_head, after_headline=self.headlines > 0 and not last
        ):
            return "byline"
        if _is_boilerplate(line, words):
            return "boilerplate"
        if _is_caption(line, words):
            return "caption"
        if last and i > 0 and self.in_head and self.headlines:
            return None  # something has to be the body
        long = len(words) > MOST_SENTENCE_HEADLINE_WORDS
        start = self.units[i].start
        dateline = _dateline(self.text, start, start + len(line), before=0 if long else 99)
        if i == 0 and not last and dateline is None:
            after = self.units[i + 1]
            following = self.text.count(" ", after.start, after.end) + 1
            return "headline" if _is_headline(line, words, following) else None
        if self.in_head and self.headlines and not _STOP.search(line):
            return "headline" if len(words) <= MOST_HEADLINE_WORDS and not last else None
        subhead = not last and not self.turns and _is_subhead(line, words)
        return "headline" if subhead and self._between_paragraphs(i) else None

    def _between_paragraphs(self, i: int) -> bool:
        """Whether the units around are longer text, as they are around a subhead."""
        after = self.units[i + 1]
        if not self.blocks:
            return False
        before = self.blocks[-1]
        ends = _STOP.search(self.text[max(before.start, before.end - 8) : before.end])
        return ends is not None and after.end - after.start > 80

    def _paragraph(self, unit: Stretch, words: Sequence[str]) -> None:
        start = unit.start
        story = not self.turns and len(self.units) > 1
        before = self.body_units if story else MOST_BEFORE_DATELINE + 1
        end = _dateline(self.text, unit.start, unit.end, before=before)
        if end is not None:
            self._add(start, end, "dateline")
            start = end + len(self.text[end : unit.end]) - len(self.text[end : unit.end].lstrip())
        self._add(start, unit.end, "paragraph")
        self.body_units += 1
        if end is not None or len(words) >= BODY_WORDS or self.body_units > 1:
            self.in_head = False


def find_blocks(text: str, *, title: str | None = None) -> list[Block]:
    r"""Returns the blocks of a text, in order, covering everything that is visible.

    >>> text = "Ferry vote delayed\nBy Mara Quist\nLISBON (Newswire) — It will wait, she said."
    >>> [b.kind for b in find_blocks(text)]
    ['headline', 'byline', 'dateline', 'paragraph']

    Args:
        text: the article.
        title: its headline when known, so that the line that repeats it is recognised.
    """
    lines = split_lines(text)
    units = unwrap(text, lines, [begins_turn(text, line) for line in lines])
    return _Classifier(text, units, title).run()

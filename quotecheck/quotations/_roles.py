"""What a quotation is: somebody's speech, a title, a nickname, a scare quote.

A first answer from the quotation's own words and those beside it, by rules. The pipeline sets
``speech`` for what an attribution contains; the rules matter for the rest. Where none of them
applies the role is ``unknown``.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from quotecheck.quotations import _lexicon as lexicon
from quotecheck.records import Quotation, QuotationRole, Span

__all__ = ["classify_roles", "nickname_pairs"]

_REACH = 160  # characters of context on each side
_NEAR = 8
_MARK_CHARS = "\"“”„‟«»″〝〞〟＂❝❞'‘’‚‛‹›`´＇❛❜「」『』"
_WORD = re.compile(r"[^\W_](?:[\w'’\-]*[^\W_])?")
_SENTENCE_END = re.compile(r"(?:[^\W\d_]{3,}|\d|[)\]])[.!?…][\"”’')]*\s+(?=[\"“‘'(]?[A-Z])")
_SENTENCES_INSIDE = re.compile(r"[^\W_]{2}[.!?…]\s+[A-Z]")

_LONGEST_NICKNAME = 4
_LONGEST_SCARE = 3
_LONGEST_TITLE = 12
_SHORTEST_SENTENCE = 4
#: So many words in marks that no other rule explains are somebody's: in 84 news articles all but a
#: handful were.
_LONG = 6


def _ending(pattern: str, after: str = r"[\s,(]*") -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern}){after}$", re.IGNORECASE)


def _anywhere(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.IGNORECASE)


_NICKNAME_BEFORE = _ending(lexicon.NICKNAME_CUE, r"[\s,:(]*(?:the\s+)?")
_SCARE_BEFORE = _ending(lexicon.SCARE_CUE, r"\s+")
_TERM_BEFORE = _ending(lexicon.TERM_CUE, r"[\s,:]*")
_TITLE_BEFORE = _ending(lexicon.TITLE_CUE, r"[\s,:]*")
_WORK_BEFORE = _ending(rf"(?:{lexicon.WORK_NOUNS})(?:e?s)?", r"(?:\s+(?:of|from|in|on))?[\s,:(]*")
_WORK_VERB_BEFORE = _ending(lexicon.WORK_VERB, r"\s+")
_CALLED_BEFORE = _ending(r"called|named|known\s+as")
_WORK_NOUN = _anywhere(rf"(?:{lexicon.WORK_NOUNS})s?")
_WORK_CONTEXT = _anywhere(lexicon.WORK_CONTEXT)
_REPORTING = _anywhere(lexicon.REPORTING)
_PARTICLES = r"(?:(?:de|la|las|los|del|di|da|dos|du|van|von|der|den|ter|al|bin|ibn)[ \u00a0])*"
_NAME_AFTER = re.compile(
    rf"\)?[ \u00a0]({_PARTICLES}[A-Z][\w'’\-]*[^\W_](?:,?[ \u00a0](?:Jr\.?|Sr\.?|I{{2,3}}|IV))?)"
)
_NAME = r"(?:[A-Z][\w'’\-]*\.?[ \u00a0])*[A-Z][\w'’\-]*\.?"
_NAME_PART = re.compile(r"[A-Z][\w'’\-]*\.?")
_NAME_BEFORE = re.compile(rf"({_NAME})[ \u00a0]\(?$")
_NAME_AT_END = re.compile(rf"({_NAME})(?:,?\s+(?:who|was|is|also|has|been))*[\s,(]*$")
_NAME_NEXT = re.compile(rf"[\s,]+({_NAME})")
#: ", said Quist", "he said", "Ilse Brandt, a fisherwoman, told the club": a report right after.
_SAID_AFTER = re.compile(
    rf"\s*,?\s*(?:[\w.'’\-]+,?\s+){{0,7}}?(?:{lexicon.REPORTING})(?![\w-])", re.IGNORECASE
)
#: "said", "said that", "called the plan", "was", "answered:" right before.
_SPOKEN_BEFORE = re.compile(
    rf"(?<![\w-])(?:{lexicon.REPORTING})(?:[\s,:]+[\w.'’“”\"\-]+){{0,12}}[\s,:]*$", re.IGNORECASE
)
#: A sign reads, a plaque says, a motto is: nothing else is reported between it and the quotation.
_INSCRIBED = re.compile(
    rf"(?<![\w-])(?:{lexicon.DISPLAY_NOUNS})(?![\w-])"
    rf"(?:(?!(?:{lexicon.SPEAKING})(?![\w-]))[^.!?;])*$",
    re.IGNORECASE,
)
_NEW_SENTENCE = re.compile(r"\s+[\"“‘'(]?[A-Z]")
#: "they called the ferryman “Uncle Rust”"; "“Sof” to her friends".
_CALLED_SOMEONE = re.compile(
    r"\bcall(?:s|ed|ing)?\s+(?:the|his|her|their|our|my)\s+(?:[\w-]+\s+){1,3}$", re.IGNORECASE
)
_TO_FRIENDS = re.compile(r"\s+to\s+(?:his|her|their|my|your|our|the|all|everyone|those)\b")
#: "“vik” means bay", "“MV” stands for motor vessel".
_EXPLAINED = re.compile(
    r"\s+(?:means?|meant|meaning|stands?\s+for|is\s+short\s+for|comes?\s+from|refers?\s+to|"
    r"translates?)\b"
)
_STOP_BEFORE = re.compile(r"(\w{2,})[.!?…][\"”’')]*\s+$")
#: "told the network's “Early Shift”", "on “Early Shift”": a programme.
_PROGRAMME = re.compile(r"(?:(?<![\w-])on|['’]s)\s+$", re.IGNORECASE)
_WORK_AFTER = re.compile(
    rf"\s+(?:[\w-]+\s+){{0,2}}?(?:{lexicon.WORK_NOUNS})(?:e?s)?(?![\w-])", re.IGNORECASE
)
_ATTRIBUTIVE = re.compile(r"\s[a-z]")
_DETERMINED = re.compile(
    r"(?:\b(?:an?|the|their|his|her|its|our|my|your|this|that|these|those|no|any|some|of|such|more|"
    r"mere|real|own)|['’]s|s['’])\s+$",
    re.IGNORECASE,
)


@frozen
class _Look:
    """A quotation's words, what is around them in its sentence, whether it is a line of its own."""

    inner: str
    words: tuple[str, ...]
    before: str
    after: str
    alone: bool

    @property
    def lower(self) -> bool:
        """Whether the first word is in lower case."""
        return bool(self.words) and self.words[0][0].islower()

    @property
    def ended(self) -> bool:
        """Whether punctuation stands inside the closing mark."""
        return self.inner[-1:] in tuple(",.!?…—-–")

    @property
    def titled(self) -> bool:
        """Whether its words are capitalised as in a title; "the" may begin it in lower case."""
        words = self.words[1:] if self.words[:1] == ("the",) else self.words
        if not 1 <= len(words) <= _LONGEST_TITLE or words[0][0].islower():
            return False
        return all(w[0].isupper() or w[0].isdigit() or w in lexicon.FUNCTION_WORDS for w in words)


def classify_roles(
    text: str, sentences: Sequence[tuple[int, int]], quotations: Sequence[Quotation]
) -> tuple[Quotation, ...]:
    """Returns the quotations with their roles, judged by the words in and around them.

    >>> from quotecheck.quotations import scan
    >>> text = "“It sank,” said Dale “Shorty” Orrin, star of the film “Low Water.”"
    >>> [q.role for q in classify_roles(text, [(0, len(text))], scan(text).quotations)]
    ['speech', 'nickname', 'title']

    Args:
        text: the article.
        sentences: (start, end) of its sentences or blocks in text order; the context that is
            looked at never leaves the one a quotation stands in. Empty: the whole text is one.
        quotations: as `scan` found them, in text order.

    Returns:
        The same quotations, each with role speech, title, nickname, scare or unknown.
    """
    starts = [start for start, _ in sentences]
    out: list[Quotation] = []
    last: dict[int, Quotation] = {}
    for q, edge in zip(quotations, _edges(quotations), strict=True):
        role = _role(_look(text, sentences, starts, q, edge))
        before = last.get(q.level)
        if before is not None and _goes_on(text, before, q):
            role = before.role if before.role == "speech" else role
        last[q.level] = evolve(q, role=role)
        out.append(last[q.level])
    return tuple(out)


def _goes_on(text: str, first: Quotation, second: Quotation) -> bool:
    """Returns whether one quotation goes on in the other ("“A,” he said, “b”")."""
    between = text[first.end : second.start]
    inner = text[first.start : first.end].rstrip(_MARK_CHARS)
    return (
        len(between) <= _REACH
        and inner.endswith((",", "—", "–", "-", "?", "!"))
        and between.rstrip().endswith((",", "—", "–", "-", ":"))
        and not _SENTENCE_END.search(between)
    )


def nickname_pairs(text: str, quotations: Sequence[Quotation]) -> Iterator[tuple[Span, Span]]:
    """Yields, for each nickname in marks that stands by a name, the name's span and the nickname's.

    The name's span holds the whole name, nickname included when it stands inside; the nickname's
    leaves out the marks and the punctuation before the closing one. Nicknames whose bearer is not
    named beside them ("they called him “Doc”") are left out.

    >>> from quotecheck.quotations import scan
    >>> text = "Dale “Shorty” Orrin beat Petra Lindqvist, known as “the Hammer.”"
    >>> [(n.text, m.text) for n, m in nickname_pairs(text, scan(text).quotations)]
    [('Dale “Shorty” Orrin', 'Shorty'), ('Petra Lindqvist', 'the Hammer')]

    Args:
        text: the article.
        quotations: with their roles, as `scan` and `classify_roles` give them.
    """
    for q in quotations:
        if q.role != "nickname":
            continue
        nickname = _inner_span(text, q)
        low = max(0, q.start - _REACH)
        before, after = text[low : q.start], text[q.end : q.end + _REACH]
        inside = _inside_name(before, after)
        if inside is not None:
            start, end = inside
            yield Span.of(text, low + start, q.end + end), nickname
            continue
        cue = _NICKNAME_BEFORE.search(before)
        if cue is None:
            continue
        name = _NAME_AT_END.search(before, 0, cue.start())
        offset = low
        if name is None and not before[: cue.start()].strip(_MARK_CHARS).strip():
            name, offset = _NAME_NEXT.match(after), q.end
        if name and name[1].split()[0].lower() not in lexicon.FUNCTION_WORDS:
            yield Span.of(text, offset + name.start(1), offset + name.end(1)), nickname


def _inner_span(text: str, q: Quotation) -> Span:
    """Returns the span of a quotation's words, without marks, space and edge punctuation."""
    start, end = q.start, q.end
    while start < end and (text[start] in _MARK_CHARS or text[start].isspace()):
        start += 1
    while end > start and (text[end - 1] in _MARK_CHARS + ".,;:" or text[end - 1].isspace()):
        end -= 1
    return Span.of(text, start, end)


def _edges(quotations: Sequence[Quotation]) -> list[tuple[int, int]]:
    """Returns for every quotation the span it may look at: inside the quotation that holds it."""
    out: list[tuple[int, int]] = []
    outer: list[Quotation] = []
    for q in quotations:
        while outer and outer[-1].end <= q.start:
            outer.pop()
        out.append((outer[-1].start + 1, outer[-1].end - 1) if outer else (0, sys.maxsize))
        outer.append(q)
    return out


def _look(
    text: str,
    sentences: Sequence[tuple[int, int]],
    starts: Sequence[int],
    q: Quotation,
    edge: tuple[int, int],
) -> _Look:
    low, high = edge[0], min(edge[1], len(text))
    if sentences:
        first = bisect_right(starts, q.start) - 1
        last = bisect_right(starts, q.end - 1) - 1
        if first >= 0 and sentences[first][1] > q.start:
            low = max(low, sentences[first][0])
        if last >= 0 and sentences[last][1] >= q.end:
            high = min(high, sentences[last][1])
    before = text[max(low, q.start - _REACH) : q.start]
    after = text[q.end : min(high, q.end + _REACH)]
    ends = [
        match.end() for match in _SENTENCE_END.finditer(before + "A") if match.end() <= len(before)
    ]
    before = before[ends[-1] :] if ends else before
    stop = _STOP_BEFORE.search(before)
    if stop and stop[1].lower() not in lexicon.NOT_IN_NAMES and not text[q.start + 1].islower():
        before = ""
    inner = text[q.start : q.end].strip(_MARK_CHARS).strip()
    if inner.endswith((".", "…")) and _NEW_SENTENCE.match(after):
        after = ""
    over = _SENTENCE_END.search(after)
    after = after[: over.end()] if over else after
    return _Look(inner, tuple(_WORD.findall(inner)), before, after, _is_line(text, q))


def _is_line(text: str, q: Quotation) -> bool:
    """Returns whether nothing else stands on the line of a quotation."""
    left = text[max(0, q.start - _NEAR) : q.start].rstrip(" \t\u00a0")
    right = text[q.end : q.end + _NEAR].lstrip(" \t\u00a0")
    return (not left or left[-1] in "\r\n") and (not right or right[0] in "\r\n")


def _inside_name(before: str, after: str) -> tuple[int, int] | None:
    """Returns where a name around a quotation starts in ``before`` and ends in ``after``."""
    left, right = _NAME_BEFORE.search(before), _NAME_AFTER.match(after)
    if not left or not right:
        return None
    words = list(_NAME_PART.finditer(before, left.start(1), left.end(1)))
    while words and words[0][0].lower().rstrip(".") in lexicon.NOT_IN_NAMES:
        del words[0]
    if not words:
        return None
    last = words[-1][0]
    if lexicon.is_work_noun(last) or _REPORTING.fullmatch(last):
        return None
    return words[0].start(), right.end(1)


def _role(look: _Look) -> QuotationRole:
    """Returns the first role whose rule applies; the surest rules come first."""
    if not look.words:
        return "unknown"
    if _is_nickname(look):
        return "nickname"
    if len(look.words) <= _LONGEST_SCARE + 1 and _SCARE_BEFORE.search(look.before):
        return "scare"
    if _is_mention(look):
        return "unknown"
    if _is_title(look):
        return "title"
    if _is_speech(look):
        return "speech"
    return "scare" if _is_scare(look) else "unknown"


def _is_nickname(look: _Look) -> bool:
    if len(look.words) > _LONGEST_NICKNAME or look.inner[-1:] in tuple("!?"):
        return False
    if _NICKNAME_BEFORE.search(look.before):
        return look.titled
    if not look.titled or look.inner[-1:] == ",":
        return False
    if _TO_FRIENDS.match(look.after) and re.search(r"[^\W_]\s*[,(—–-]+\s*$", look.before):
        return True
    if len(look.words) > 1 and _CALLED_SOMEONE.search(look.before):
        return True
    if _inside_name(look.before, look.after) is None:
        return False
    around = _WORD.findall(look.before) + _WORD.findall(look.after)
    plain = [w for w in around if w.islower() and w not in lexicon.FUNCTION_WORDS]
    return bool(plain) or len(around) <= 3  # not in a headline, where every word has a capital


def _is_mention(look: _Look) -> bool:
    """Returns whether the words are spoken of, written on something, a heading or markup."""
    if look.before.endswith("="):
        return True
    if look.alone and look.titled and sum(word[0].isupper() for word in look.words) > 1:
        return True
    if len(look.words) <= _LONGEST_TITLE and _TERM_BEFORE.search(look.before):
        return not re.match(r"\s*(?:the\s+)?(?:he|she)\b", look.after)
    if len(look.words) <= _LONGEST_SCARE and look.lower and _EXPLAINED.match(look.after):
        return True
    return bool(_INSCRIBED.search(look.before))


def _is_title(look: _Look) -> bool:
    if not look.words or len(look.words) > _LONGEST_TITLE:
        return False
    if _TITLE_BEFORE.search(look.before):
        return True
    if not look.titled:
        return False
    if _WORK_BEFORE.search(look.before):
        return True
    if _CALLED_BEFORE.search(look.before) and _WORK_NOUN.search(look.before):
        return True
    if len(look.words) > 1 and _PROGRAMME.search(look.before):
        return True
    if _WORK_AFTER.match(look.after):
        return True
    if len(look.words) > 1 and _WORK_VERB_BEFORE.search(look.before):
        return True
    if len(look.words) > 1 and look.inner[-1:] == "," and look.before.strip() in ("In", "On"):
        return True
    if _SAID_AFTER.match(look.after) or re.search(r":\s*$", look.before):
        return False
    if re.search(r",\s*$", look.before) and look.inner[-1:] != ",":
        return False
    if not look.before.strip():
        return False
    around = look.before + " " + look.after
    return bool(_WORK_CONTEXT.search(around) or _WORK_NOUN.search(around)) and (
        len(look.words) > 1 or not _REPORTING.search(look.before)
    )


def _is_speech(look: _Look) -> bool:
    if _SAID_AFTER.match(look.after) and (look.ended or len(look.words) > _LONGEST_SCARE):
        return True
    if _SPOKEN_BEFORE.search(look.before):
        return True
    sentence = len(look.words) >= _SHORTEST_SENTENCE and not look.lower and look.ended
    alone = not look.before.strip()
    if alone and (sentence or (not look.lower and look.inner[-1:] in tuple(".!?"))):
        return True
    if _SENTENCES_INSIDE.search(look.inner):
        return True
    if len(look.words) > 1 and re.search(r":\s*$", look.before):
        return True
    if len(look.words) > 1 and alone and look.inner[-1:] == "," and not look.titled:
        return True
    if alone and look.ended and not look.lower and _REPORTING.search(look.after):
        return True
    if len(look.words) >= _LONG:
        return True
    if len(look.words) > _LONGEST_SCARE or not _DETERMINED.search(look.before):
        return bool(_REPORTING.search(look.before) or _REPORTING.search(look.after))
    return False


def _is_scare(look: _Look) -> bool:
    if len(look.words) > _LONGEST_SCARE or not look.lower:
        return False
    return bool(_DETERMINED.search(look.before) or _ATTRIBUTIVE.match(look.after))

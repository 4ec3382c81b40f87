"""Words and limits that decide verdicts, each with its reason."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = [
    "CURRENCIES",
    "FUNCTION_WORDS",
    "MAX_BRACKET_WORDS",
    "MAX_GAP_WORDS",
    "MIN_RUN",
    "NEGATIVE_PREFIXES",
    "NEGATORS",
    "SHORT_WORDS",
    "is_filler",
    "modals",
    "negators",
    "words",
]


def words(listing: str) -> tuple[str, ...]:
    """Returns the words of a listing that white space separates."""
    return tuple(listing.split())


#: A marked gap may leave out a long paragraph, not a whole speech.
MAX_GAP_WORDS = 80
#: An editorial bracket stands for a pronoun or a phrase; more words than these are a cut.
MAX_BRACKET_WORDS = 8
#: Quotes with fewer words bear the flag ``short``: four words in a row recur by chance.
SHORT_WORDS = 5
#: Fewer words in a row than these are found in any text and prove nothing.
MIN_RUN = 3
#: In quotes of fewer words than these two in a row count, when one of them is a content word.
FEW_WORDS = 8
#: A quote is ``absent`` when less of its words stand in runs in the source.
PRESENT_SHARE = 0.5

NEGATORS = frozenset(
    words(
        """
    not no never none nobody nothing nowhere neither nor cannot without
    """
    )
)
#: n't without its apostrophe, as speech-to-text without punctuation writes it. Left out: what is
#: another word as well ("wont", "cant" are rare enough to stay; "arent", "isnt" are no words).
_BARE_NT = frozenset(
    words(
        """
    arent isnt wasnt werent dont doesnt didnt cant couldnt wont wouldnt shouldnt hasnt havent
    hadnt mustnt mightnt neednt aint shant oughtnt
    """
    )
)
#: Prefixes that turn a word around.
NEGATIVE_PREFIXES = frozenset(words("un non dis in im ir il mis anti counter de"))
_FILLER = re.compile(r"u+m+|u+h+|uhm+|er|erm+|a+h+|h+m+|mm+")

_MODAL_PARTS = {
    "can": "can",
    "could": "could",
    "may": "may",
    "might": "might",
    "must": "must",
    "shall": "shall",
    "should": "should",
    "will": "will",
    "would": "would",
    "ought": "ought",
    "cannot": "can",
    "can't": "can",
    "cant": "can",
    "couldn't": "could",
    "mightn't": "might",
    "mustn't": "must",
    "shan't": "shall",
    "shouldn't": "should",
    "won't": "will",
    "wont": "will",
    "wouldn't": "would",
    "oughtn't": "ought",
}

#: Between a negator and the quote's edge these words keep the negation in force ("I do not think
#: that it is" + "safe").
TRANSPARENT = frozenset(
    words(
        """
    a an any all am anybody anyone are as at be been being believe believed believes by case
    certain claim claimed claiming claims clear convinced even ever everybody everyone evidence
    expect expected expects feel feels felt for going guess has have having he i if imagine in
    indication intend intends is it it's just knew know knows like likely mean means meant of on
    one our plan plans possible proof quite really reason said saying say says she so suggest
    suggested suggesting suggests suppose supposed sure that the their them there they think
    thinking thinks this thought to true very want wanted wants was way we were whether will with
    would you
    """
    )
)
#: How many such words may stand between.
MAX_TRANSPARENT = 4

FUNCTION_WORDS = frozenset(
    words(
        """
    a about above across after again against all also although always am among an and another any
    are around as at away back be because been before being below between both but by came come
    did do does doing done down during each either else even ever every few for from further get
    go goes going gone got had has have having he he'd he'll he's her here hers herself him
    himself his how however i i'd i'll i'm i've if in into is it it'd it'll it's its itself just
    least less let lot lots many me more most much my myself now of off often on once one only
    onto or other others our ours ourselves out over own per quite rather really same she she'd
    she'll she's since so some somebody someone something somewhere still such than that that's
    the their theirs them themselves then there there's these they they'd they'll they're they've
    thing things this those though through thus to together too toward towards under until up upon
    us very was we we'd we'll we're we've were what what's whatever when where whether which while
    who whoever whom whose why with within yes yet you you'd you'll you're you've your yours
    yourself
    """
    )
)

#: Units that may be written as a sign or as a word after the number.
CURRENCIES = {
    "dollar": "$",
    "dollars": "$",
    "euro": "€",
    "euros": "€",
    "pound": "£",
    "pounds": "£",
    "yen": "¥",
    "cent": "¢",
    "cents": "¢",
    "percent": "%",
    "%": "%",
}

#: What transcribers put in brackets that is nobody's words. Not "inaudible" or "crosstalk", which
#: stand for words that were said.
_STAGE_WORD = (
    r"applause|laughter|laughs?|laughing|chuckles?|cheers|cheering|booing|boos|music|pause|sighs?"
    r"|coughs?|applauds|chanting|scattered|sustained|and"
)
STAGE = re.compile(
    rf"[\[(](?!\s*(?:and|scattered|sustained)\s*[\])])\s*(?:(?:{_STAGE_WORD})\b[\s,.;]*)+[\])]",
    re.IGNORECASE,
)
TIMESTAMP = re.compile(r"[\[(]\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[\])]")


@lru_cache(maxsize=1 << 16)
def is_filler(key: str) -> bool:
    """Whether a folded word can only be a filler (um, uh, er, erm, ah, hm, mm, drawn out too)."""
    return _FILLER.fullmatch(key) is not None


@lru_cache(maxsize=1 << 16)
def negators(key: str) -> tuple[str, ...]:
    """Returns the negator in a folded word: itself, ``not`` for n't and cannot, or nothing."""
    if key.endswith("n't") or key in _BARE_NT or key == "cannot":
        return ("not",)
    return (key,) if key in NEGATORS else ()


@lru_cache(maxsize=1 << 16)
def modals(key: str) -> tuple[str, ...]:
    """Returns the modal verb in a folded word, contractions resolved, or nothing."""
    part = _MODAL_PARTS.get(key)
    if part is None and key.endswith("'ll"):
        part = "will"
    return (part,) if part else ()

"""Shared Hypothesis strategies: texts as hostile as the ones that users have.

Every property test that takes text takes it from here, so that a new kind of trouble is added once
and met by every module. The alphabets are explicit: plain ``st.text()`` finds a lone surrogate or
a low-9 mark only by luck.
"""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = [
    "LINE_ENDS",
    "NAMES",
    "QUOTATION_MARKS",
    "SPACES",
    "TROUBLE",
    "any_texts",
    "articles",
    "paragraphs",
    "pieces",
    "quoted",
    "sentences",
    "transcripts",
    "words",
]

#: (opening, closing) of English, German, French, Swedish, Polish, Japanese and typewriters.
QUOTATION_MARKS = (
    ('"', '"'),
    ("“", "”"),
    ("‘", "’"),
    ("'", "'"),
    ("„", "“"),
    ("‚", "‘"),
    ("«", "»"),
    ("»", "«"),
    ("‹", "›"),
    ("« ", " »"),
    ("”", "”"),
    ("„", "”"),
    ("「", "」"),
    ("『", "』"),
    ("``", "''"),
    ("＂", "＂"),
)

LINE_ENDS = (
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "\r\n\r\n",
    "\u0085",
    "\u2028",
    "\u2029",
    "\n \n",
    "\x0b",
    "\x0c",
)
SPACES = (" ", "  ", "\u00a0", "\u2009", "\u202f", "\u3000", "\t", "\u1680")

#: Characters that have broken other tools, each a kind of its own.
TROUBLE = (
    "\u200b",  # zero-width space
    "\u200d",  # zero-width joiner
    "\ufeff",  # byte order mark inside the text
    "\u00ad",  # soft hyphen
    "\u202a\u202b\u202c",  # bidirectional embedding
    "\u2066\u2069",  # bidirectional isolates
    "\u200e\u200f",  # direction marks
    "\ud800",  # lone high surrogate
    "\udc80",  # lone low surrogate, as surrogateescape makes it
    "\x00",  # NUL
    "\x1b",  # escape
    "\x1c\x1d\x1e\x1f",  # separators that str.splitlines cuts at
    "\u0097",  # C1 control character
    "e\u0301",  # combining acute
    "\u0301",  # combining mark without a base
    "n\u0303\u0323",  # two combining marks
    "ß",  # changes length when upper-cased
    "İ",  # changes length when lower-cased
    "ﬁ",  # ligature
    "👩‍👩‍👧‍👦",  # joined emoji
    "🇵🇹",  # flag
    "👍🏽",  # emoji with skin tone
    "𝒜",  # outside the basic plane
    "é",
    "漢字",
    "שלום",
    "مرحبا",
    "…",
    "...",
    "—",
    "―",
    "--",
    "’",
    "'",
    '"',
    "`",
    "´",
    "′",
    "″",
    "6'2\"",
    "[sic]",
    "(",
    ")",
    "<b>",
    "&quot;",
    "http://example.org/a?b=c.",
    "@handle",
    "#tag",
    "U.S.",
    "Jr.",
    "No. 10",
)

_COMMON = """
the ferry council budget said says told added whether that not never will could would plan
spokesman according to in a statement on Monday it he she they I we you but because of for is
"""
_WORDS = tuple(_COMMON.split())
NAMES = (
    "Mara Quist",
    "Mr. Vell",
    "Ms. Orrin",
    "Sen. Dale P. Orrin Jr.",
    "Dr. Ilse van der Brandt",
    "J. T. Okonjo",
    "Zoë Müller",
    "O’Hara",
    "Port Lindow",
    "the Harbour Office",
    "U.S. Rep. Tam Ellery",
)
_ENDS = (".", ".", ".", "?", "!", "…", "...", "?!", "")


def words() -> st.SearchStrategy[str]:
    """A word or an invented name, now and then a troublesome one."""
    return st.one_of(
        st.sampled_from(_WORDS),
        st.sampled_from(_WORDS),
        st.sampled_from(NAMES),
        st.sampled_from(TROUBLE),
    )


def pieces() -> st.SearchStrategy[str]:
    """The smallest parts of a text: words, marks, spaces, line ends, trouble, any character."""
    marks = st.sampled_from([mark for pair in QUOTATION_MARKS for mark in pair])
    return st.one_of(
        words(),
        marks,
        st.sampled_from(SPACES),
        st.sampled_from(LINE_ENDS),
        st.sampled_from(TROUBLE),
        st.sampled_from((".", ",", ":", ";", "?", "!", "-", "/", "*", "•")),
        st.characters(),
    )


def any_texts(max_pieces: int = 40) -> st.SearchStrategy[str]:
    """Any string at all, made of `pieces` so that trouble is likely: no structure to rely on."""
    return st.lists(pieces(), max_size=max_pieces).map("".join)


@st.composite
def sentences(draw: st.DrawFn) -> str:
    """A sentence-like string without line ends, with odd spaces and marks now and then."""
    parts = draw(st.lists(words(), min_size=1, max_size=12))
    space = draw(st.sampled_from((" ", " ", " ", "\u00a0", "  ")))
    body = space.join(parts)
    end = draw(st.sampled_from(_ENDS))
    if draw(st.booleans()):
        return body[:1].upper() + body[1:] + end
    opening, closing = draw(st.sampled_from(QUOTATION_MARKS))
    shape = draw(st.integers(min_value=0, max_value=4))
    if shape == 0:
        return f"{opening}{body},{closing} Mara Quist said{end}"
    if shape == 1:
        return f"Mr. Vell said, {opening}{body}{end}{closing}"
    if shape == 2:
        return f"{opening}{body}{end}"  # never closed
    if shape == 3:
        return f"{body}{end}{closing}"  # never opened
    return f"{opening}{body}{end}{closing}"


def quoted() -> st.SearchStrategy[str]:
    """A quotation in one of the `QUOTATION_MARKS`, with its marks."""
    return st.builds(
        lambda marks, body: f"{marks[0]}{body}{marks[1]}",
        st.sampled_from(QUOTATION_MARKS),
        st.lists(words(), min_size=1, max_size=8).map(" ".join),
    )


def paragraphs() -> st.SearchStrategy[str]:
    """One to five sentences on one line."""
    return st.lists(sentences(), min_size=1, max_size=5).map(" ".join)


@st.composite
def transcripts(draw: st.DrawFn) -> str:
    """Turns with labels of one style, an unlabelled line or a stage direction now and then."""
    labels = draw(
        st.sampled_from(
            (
                ("Q", "A"),
                ("MS. VELL", "MR. ORRIN"),
                ("QUIST", "VELL (to Quist)"),
                ("Mara Quist", "Tam Ellery"),
            )
        )
    )
    lines: list[str] = []
    for i in range(draw(st.integers(min_value=2, max_value=8))):
        lines.append(f"{labels[i % 2]}: {draw(paragraphs())}")
        extra = draw(st.integers(min_value=0, max_value=5))
        if extra == 0:
            lines.append(draw(paragraphs()))
        elif extra == 1:
            lines.append(draw(st.sampled_from(("(LAUGHTER)", "[applause]", "(CROSSTALK)"))))
    return draw(st.sampled_from(("\n", "\n\n", "\r\n"))).join(lines)


@st.composite
def articles(draw: st.DrawFn) -> str:
    """A news article: perhaps headline, byline and dateline, paragraphs, perhaps a last line."""
    parts: list[str] = []
    if draw(st.booleans()):
        parts.append(
            draw(st.sampled_from(("Council delays vote on ferry", "Quist: ‘We will sail on’")))
        )
    if draw(st.booleans()):
        parts.append(draw(st.sampled_from(("By Mara Quist", "By TAM ELLERY, Staff Writer"))))
    body = draw(st.lists(paragraphs(), min_size=1, max_size=6))
    if draw(st.booleans()):
        body[0] = (
            draw(st.sampled_from(("PORT LINDOW (Newswire) — ", "LISBON, March 3 - "))) + body[0]
        )
    parts += body
    if draw(st.booleans()):
        parts.append(draw(st.sampled_from(("Read more here.", "Copyright 2026 The Lindow Post."))))
    return draw(st.sampled_from(("\n", "\n\n", "\r\n\r\n", "\u2029"))).join(parts)

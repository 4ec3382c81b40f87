# ruff: noqa: E501 - one attribution a line reads better than one argument a line
"""Three invented articles with their analyses: a wire story, a transcript, a crowded feature."""

from __future__ import annotations

from quotecheck.analysis import Analysis
from quotecheck.records import Notice, Span
from quotecheck.testing import build, said, someone

__all__ = ["feature", "hostile", "transcript", "wire"]

_WIRE = """\
Port Lindow council delays ferry vote
By Tam Ellery
PORT LINDOW (Newswire) — The council put off a vote on the night ferry on Tuesday after its harbour \
master warned that the pier “would not survive another winter.”
“We are not going to send people out on a pier that is coming apart,” said Mara Quist, who has run \
the harbour since 2019. “Not in November, and not for any price.”
Quist said the repairs would cost 4.2 million crowns. She did not say who would pay.
The ferry company called the delay “a gift to the car lobby”. Its spokesman, Dov Arlen, said the \
company might sue.
“He told me in June, ‘Your pier is fine,’” Arlen said of the harbour master’s deputy, Ilse Brandt. \
Brandt denied that.
Residents in the old town, known as “the Shelf”, were divided. One said it was about time.
“Nobody asked us, she said. “Nobody ever does.”
The Harbour Office’s report, seen by this newswire, found that 31 of 40 piles are rotten. According \
to the report, the work would take two summers.
The council and the company will meet again in March, officials said."""


def wire() -> Analysis:
    """A wire story: an interrupted quote, mixed ones, nested speech, a document, no source."""
    text = _WIRE
    stray = text.index("“Nobody asked us, she")
    return build(
        text,
        said("the pier “would not survive another winter.”", cue="warned that", source="its harbour master", speaker="Mara Quist", kind="mixed", speaker_confidence=0.84),
        said("“We are not going to send people out on a pier that is coming apart,”", "“Not in November, and not for any price.”", cue="said", source="Mara Quist, who has run the harbour since 2019", speaker="Mara Quist", confidence=0.99, speaker_confidence=0.99),
        said("the repairs would cost 4.2 million crowns", cue="said", source="Quist", speaker="Mara Quist", confidence=0.93),
        said("who would pay", cue="did not say", source="She", speaker="Mara Quist", negated=True, confidence=0.71, step="pronoun"),
        said("the delay “a gift to the car lobby”", cue="called", source="The ferry company", speaker="The ferry company", kind="mixed", confidence=0.88),
        said("the company might sue", cue="said", source="Its spokesman, Dov Arlen", speaker="Dov Arlen", hypothetical=True, confidence=0.9),
        said("“He told me in June, ‘Your pier is fine,’”", cue="said", source="Arlen", speaker="Dov Arlen", confidence=0.97, speaker_confidence=0.97),
        said("‘Your pier is fine,’", cue="told", source="He", candidates=["Ilse Brandt", "Mara Quist"], kind="direct", inside=6, confidence=0.62),
        said("that", cue="denied", source="Brandt", speaker="Ilse Brandt", confidence=0.66),
        said("it was about time", cue="said", source="One", speaker=None, confidence=0.7),
        said("“Nobody asked us", "“Nobody ever does.”", cue="said", source="she", speaker=None, confidence=0.58),
        said("that 31 of 40 piles are rotten", cue="found", source="The Harbour Office’s report", speaker="the report", act="fact", confidence=0.91),
        said("the work would take two summers", cue="According to", source="the report", speaker="the report", confidence=0.95),
        said("The council and the company will meet again in March", cue="said", source="officials", speaker="officials", confidence=0.96, speaker_confidence=0.6),
        people=[
            someone("Mara Quist", aliases=["Quist"], descriptions=["harbour master"]),
            someone("Dov Arlen", aliases=["Arlen"], descriptions=["spokesman"], principal="The ferry company"),
            someone("The ferry company", "organization"),
            someone("Ilse Brandt", aliases=["Brandt"], descriptions=["deputy harbour master"]),
            someone("the report", "document"),
            someone("officials", "unnamed"),
        ],
        kinds={0: "headline", 1: "byline"},
        warnings=[Notice(code="unclosed-quotation", message="A quotation is never closed.", start=stray, end=stray + 1)],
        source="wire/ferry.txt",
        published="2026-03-03",
        url="https://news.example.org/ferry?id=1&x=2",
    )  # fmt: skip


_TRANSCRIPT = """\
Hearing on the Lindow pier, 4 March 2026
CHAIR QUIST: The hearing is open. Mr. Arlen, when did your company learn of the rot?
MR. ARLEN: We learned of it in June, Madam Chair. A diver told us that nine piles were soft.
CHAIR QUIST: Nine?
MR. ARLEN: Nine at that time, yes. I said to my board that we had to stop the night ferry.
Q: And did you stop it?
A: Not until October.
MS. BRANDT: May I add something? The diver’s own report says “at least nine”.
(LAUGHTER)
CHAIR QUIST: That is not funny. We’ll adjourn."""


def transcript() -> Analysis:
    """A hearing: labelled turns, speech told inside turns, a stage direction."""
    turns = [
        ("CHAIR QUIST", "The hearing is open. Mr. Arlen, when did your company learn of the rot?"),
        ("MR. ARLEN", "We learned of it in June, Madam Chair. A diver told us that nine piles were soft."),
        ("CHAIR QUIST", "Nine?"),
        ("MR. ARLEN", "Nine at that time, yes. I said to my board that we had to stop the night ferry."),
        ("Q", "And did you stop it?"),
        ("A", "Not until October."),
        ("MS. BRANDT", "May I add something? The diver’s own report says “at least nine”."),
        ("CHAIR QUIST", "That is not funny. We’ll adjourn."),
    ]  # fmt: skip
    names = {"CHAIR QUIST": "Quist", "MR. ARLEN": "Arlen", "MS. BRANDT": "Brandt", "A": "Arlen"}
    what = [
        said(words, source=label, speaker=names.get(label), kind="direct", step="label",
             confidence=0.99, speaker_confidence=0.98 if label != "A" else 0.7)
        for label, words in turns
    ]  # fmt: skip
    what.insert(
        2,
        said(
            "that nine piles were soft", cue="told", source="A diver", inside=1, speaker="A diver"
        ),
    )
    what.insert(
        5,
        said(
            "that we had to stop the night ferry", cue="said", source="I", inside=4, speaker="Arlen"
        ),
    )
    what.insert(
        9,
        said(
            "“at least nine”",
            cue="says",
            source="The diver’s own report",
            inside=8,
            speaker="The diver’s own report",
        ),
    )
    return build(
        _TRANSCRIPT,
        *what,
        people=[someone("A diver", "unnamed"), someone("The diver’s own report", "document")],
        kinds={0: "headline"} | dict.fromkeys((1, 2, 3, 4, 5, 6, 7, 9), "turn"),
        source="hearing.txt",
    )  # fmt: skip


_FIRST = [
    "Ada",
    "Bo",
    "Cleo",
    "Dov",
    "Edda",
    "Finn",
    "Gus",
    "Hana",
    "Ivo",
    "Juno",
    "Kai",
    "Lena",
    "Milo",
    "Nadia",
    "Otto",
    "Pia",
    "Quin",
    "Rosa",
    "Sten",
    "Tove",
]
_LAST = ("Ames", "Birch-Okafor")
_SAYS = ("said", "recalled", "thinks", "warned", "insisted")


def feature() -> Analysis:
    """A feature with forty speakers, each quoted once or more, some at length, some unsurely."""
    paragraphs = ["Forty voices on a night without a ferry"]
    what = []
    names = [f"{first} {last}" for last in _LAST for first in _FIRST]
    for i, name in enumerate(names):
        minutes = 7 + 3 * i
        cue = _SAYS[i % len(_SAYS)]
        quote = f"“I stood there for {minutes} minutes and nobody came,”"
        fact = f"the walk home took {minutes + 20} minutes"
        lead = "" if i % 3 else "On the quay the lamps were out. "
        paragraphs.append(
            f"{lead}{quote} {cue} {name}, of lane {i + 1}. {name.split()[0]} also said {fact}."
        )
        what.append(said(quote, cue=cue, source=name, confidence=round(0.55 + i / 100, 2)))
        sure = i % 7 != 3
        what.append(
            said(
                fact,
                cue="also said",
                source=name.split()[0],
                speaker=name if sure else None,
                candidates=() if sure else [name, names[(i + 20) % 40]],
                confidence=round(0.5 + i / 90, 2),
            )
        )
    return build(
        "\n\n".join(paragraphs), *what, kinds={0: "headline"}, source="features/forty voices.txt",
        title="Forty voices on a night without a ferry", published="2026-03-08",
        people=[someone(n, descriptions=[f"of lane {i + 1}"]) for i, n in enumerate(names)],
    )  # fmt: skip


def hostile() -> Analysis:
    """An article whose every string tries to become markup, with CRLF, NUL and surrogates."""
    evil = "<script>alert(1)</script>"
    text = f"{evil} & \"x\" said </script><!-- Ada\r\nPell\0 \ud800 \U0001f600 ]]> 'y' {{{{ 7*7 }}}}.\r\n\r\n“Hm\r\nHa,” said {evil}."
    who = someone(
        evil,
        "person",
        aliases=["<img src=x onerror=alert(2)>"],
        descriptions=['"><svg onload=alert(3)>'],
    )
    at = text.index("“Hm")
    analysis = build(
        text, said("“Hm\r\nHa,”", cue="said", source=evil, speaker=evil),
        people=[who], source="<b>&\"'.txt", title=f"</title>{evil}", url="javascript:alert(4)",
        published="\" onclick=alert(5)",
        warnings=[Notice(code="x", message=f"</li>{evil}", start=at, end=at + 1)],
    )  # fmt: skip
    assert Span.of(text, at, at + 1).text == "“"
    return analysis

"""News articles made up from templates: any length, any number of speakers, no two alike."""

from __future__ import annotations

from random import Random

__all__ = ["article", "cast"]

_NAMES = (
    "Mara Ilse Tobias Nuria Karl Ada Bo Lena Tomas Ruth Sven Ines Dov Petra Hugo Vera Anton Clara "
    "Milo Greta Oskar Selma Emil Rosa Felix Alma Viktor Edith Bruno Hanna Jonas Tilda"
)
_GIVEN = tuple(_NAMES.split())
_FAMILY = tuple(
    first + last
    for first in ("Quis", "Vel", "Tar", "Ros", "Hol", "Bran", "Ork", "Lind", "Mar", "Stel", "Wes")
    for last in ("t", "ling", "rant", "en", "berg", "dal", "ova", "ick", "ton", "mann", "sen")
)
_JOBS = (
    "the mayor of Port Lindow",
    "who runs the harbour",
    "a spokeswoman for the ferry company",
    "an engineer at the port authority",
    "the treasurer of the council",
    "a teacher in the old town",
    "who has fished here for thirty years",
)
_WHAT = (
    "the pier would not survive another winter",
    "repairs would cost {n} million crowns",
    "nobody had asked the people in the old town",
    "the night ferry should sail until {m}",
    "the council ought to wait for the engineers' report",
    "about {n} families live on what the harbour earns",
    "the vote had been put off for the third time",
)
_QUOTED = (
    "We are not going to send people out on a pier that is coming apart",
    "It feeds {n} families, and nobody else will",
    "Nobody asked us, and nobody ever does",
    "I have read the report twice and it says what it said in {m}",
    "You can repair a pier, but you cannot repair a winter",
    "That is a gift to the car lobby",
    "We will see in {m}",
)
_PLAIN = (
    "The council meets again in {m}.",
    "The pier was built in 19{n} and has been closed twice since.",
    "Rain fell on the harbour for the {n}th day in a row.",
    "A ferry carries some {n},000 passengers in a good summer.",
    "The old town lies on the other side of the river, an hour away by road.",
)
_MONTHS = ("January", "March", "April", "June", "September", "November")
_CUES = ("said", "told reporters", "added", "argued", "wrote in a letter", "warned")


def cast(count: int) -> list[str]:
    """Returns as many different full names."""
    return [
        f"{_GIVEN[i % len(_GIVEN)]} {_FAMILY[(i * 7 + i // len(_GIVEN)) % len(_FAMILY)]}"
        for i in range(count)
    ]


def article(chance: Random, characters: int, speakers: int = 5) -> str:
    """Returns an article of about so many characters in which so many people take turns.

    Args:
        chance: what decides.
        characters: length; the last paragraph runs over it.
        speakers: people who are quoted, as far as there is room for all of them.
    """
    names = cast(speakers)
    parts = [_filled("Council puts off vote on the ferry for the {n}th time", chance)]
    size, turn = len(parts[0]), 0
    while size < characters:
        sentences = []
        for _ in range(chance.randint(1, 3)):
            sentences.append(_sentence(chance, names[turn % speakers], turn < speakers))
            turn += 1
        if chance.random() < 0.5:
            sentences.append(_filled(chance.choice(_PLAIN), chance))
        parts.append(" ".join(sentences))
        size += len(parts[-1]) + 2
    return "\n\n".join(parts) + "\n"


def _sentence(chance: Random, name: str, first: bool) -> str:
    who = f"{name}, {chance.choice(_JOBS)}," if first else name.split()[-1]
    short = name.split()[-1]
    quoted, other = (_filled(chance.choice(_QUOTED), chance) for _ in range(2))
    what, cue = _filled(chance.choice(_WHAT), chance), chance.choice(_CUES)
    shapes = (
        f"“{quoted},” said {who.rstrip(',')}.",
        f"{who} said that {what}.",
        f"“{quoted},” {short} {cue}. “{other}.”",
        f"{who} {cue} that {what}, and called the vote “a triumph of nostalgia.”",
        f"According to {who.rstrip(',')}, {what}.",
    )
    return chance.choice(shapes)


def _filled(template: str, chance: Random) -> str:
    return template.replace("{n}", str(chance.randint(11, 97))).replace(
        "{m}", chance.choice(_MONTHS)
    )

"""From one article's records to its personas: names, titles, gender and descriptions."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Literal

from quotecheck.records import AnalysisRecord, Entity
from quotecheck.store.forms import COURTESY, TITLES, parse
from quotecheck.store.model import Persona
from quotecheck.store.words import words

__all__ = ["article_key", "personas_of"]

_PRONOUNS: dict[str, Literal["m", "f"]] = {
    "he": "m",
    "him": "m",
    "his": "m",
    "himself": "m",
    "she": "f",
    "her": "f",
    "hers": "f",
    "herself": "f",
}
#: Words of a description that say nothing about who it is.
_EMPTY = frozenset(
    words(
        "the a an of for and to in on at by with his her its their my our former ex current new "
        "who whose that from as one two"
    )
)
#: Longest run of words before a name that can be a title ("deputy assistant secretary of state").
_MAX_TITLE = 8


def article_key(url: str | None, text_sha256: str) -> str:
    """Returns the key of an article: the same text at the same address is the same article.

    >>> article_key("https://a.example/1", "00") == article_key("https://a.example/1", "00")
    True
    """
    return hashlib.sha256(f"{url or ''}\n{text_sha256}".encode("utf-8", "replace")).hexdigest()[:32]


def personas_of(analysis: AnalysisRecord, url: str | None) -> tuple[Persona, ...]:
    """Returns the personas of an article: everyone who speaks, and every named person or body.

    Places, and groups or documents that say nothing, are left out.

    Args:
        analysis: the article's records.
        url: its address, if known.
    """
    article = article_key(url, analysis.text_sha256)
    speaking = {a.speaker.id for a in analysis.attributions if a.speaker is not None}
    speaking |= {c.id for a in analysis.attributions for c in a.candidates}
    return tuple(
        _persona(entity, article, url or analysis.text_sha256, analysis.text_sha256)
        for entity in analysis.entities
        if entity.id in speaking or (entity.type in ("person", "organization") and entity.name)
    )


def _persona(entity: Entity, article: str, work: str, text: str) -> Persona:
    names = tuple(dict.fromkeys(n for n in (entity.name, *entity.aliases) if n.strip()))
    title_words, courtesies = _titles(entity, names) if entity.type == "person" else ((), ())
    pronouns = Counter(
        _PRONOUNS[mention.text.lower()]
        for mention in entity.mentions
        if mention.text.lower() in _PRONOUNS
    )
    described = [w for d in entity.descriptions for w in words(d) if w not in _EMPTY]
    return Persona(
        key=f"{article}:{entity.id}",
        article=article,
        work=work,
        text=text,
        type=entity.type,
        name=entity.name,
        aliases=names[1:] if names and names[0] == entity.name else names,
        titles=tuple(sorted(set(title_words))),
        courtesy=courtesies[0] if len(set(courtesies)) == 1 else None,
        pronoun=_majority(pronouns),
        descriptions=tuple(sorted({TITLES.get(w, w) for w in described})),
    )


def _majority(pronouns: Counter[Literal["m", "f"]]) -> Literal["m", "f"] | None:
    """The gender of at least three quarters of the pronouns; a chain may hold a wrong one."""
    total = sum(pronouns.values())
    for gender, count in pronouns.items():
        if 4 * count >= 3 * total:
            return gender
    return None


def _titles(
    entity: Entity, names: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[Literal["m", "f"], ...]]:
    """Title words before the names in the mentions, and the genders that courtesy titles state."""
    found: list[str] = []
    genders: list[Literal["m", "f"]] = []
    ends = {tuple(words(parse(name).text)) for name in names}
    own = {word for end in ends for word in end}
    ends |= {end[-1:] for end in ends if end}
    for text in dict.fromkeys((*names, *(mention.text for mention in entity.mentions))):
        run = tuple(words(text))
        for size in range(min(len(run), _MAX_TITLE + 4), 0, -1):
            if run[-size:] in ends:
                before = run[:-size]
                break
        else:
            continue
        if len(before) > _MAX_TITLE:
            continue
        form = parse(text)
        if form.courtesy is not None:
            genders.append(form.courtesy)
        found += [TITLES.get(w, w) for w in before if w not in _EMPTY | own and w not in COURTESY]
    return tuple(found), tuple(genders)

"""Makes the list of given names that tell a gender: ``python -m quotecheck.training.given_names``.

The names are those of Faker's locales (MIT licence). A name is kept when it stands in lists of one
gender only, over all locales, and our own list does not call it shared: "Andrea", "Jean", "Nikita"
tell nothing. The list serves as evidence of gender alone; names are parsed without it.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import textwrap
from collections.abc import Iterable
from pathlib import Path

from quotecheck.names.fold import fold_word
from quotecheck.names.lexicon import lexicon

__all__ = ["gendered"]

HEADER = """\
# Given names that tell a gender, from the locales of Faker {version} (MIT licence, Copyright (c)
# 2012 Daniele Faraglia). Made by `python -m quotecheck.training.given_names`; do not edit.
# A name is here when all locales that have it list it for one gender. Names of names_given.txt are
# left out: that list goes before. Used as evidence of gender only, never to find or parse names.
"""
FEWEST_LETTERS = 3
_LISTS = ("first_names_{}", "first_romanized_names_{}")


def _of(provider: object, gender: str) -> set[str]:
    found: set[str] = set()
    for pattern in _LISTS:
        names: Iterable[str] = getattr(provider, pattern.format(gender), ()) or ()
        found.update(fold_word(str(name)) for name in names)
    return {n for n in found if len(n) >= FEWEST_LETTERS and n.isascii() and n.isalpha()}


def gendered() -> dict[str, list[str]]:
    """Returns the names of women and of men, folded, sorted, none of them in both."""
    import faker.providers.person as package

    found: dict[str, set[str]] = {"female": set(), "male": set()}
    for module in pkgutil.iter_modules(package.__path__):
        provider = importlib.import_module(f"{package.__name__}.{module.name}").Provider
        for gender, names in found.items():
            names |= _of(provider, gender)
    words = lexicon()
    left_out = (found["female"] & found["male"]) | words.unisex | words.female | words.male
    return {gender: sorted(names - left_out) for gender, names in found.items()}


def main() -> None:
    """Writes the list."""
    import faker

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    parts = [HEADER.format(version=faker.VERSION)]
    for gender, names in gendered().items():
        parts.append(f"\n[{gender}]\n" + textwrap.fill(" ".join(names), 110) + "\n")
    args.out.write_text("".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()

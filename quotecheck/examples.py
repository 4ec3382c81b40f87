"""The example articles that come with quotecheck, written for it: all people are invented."""

from __future__ import annotations

from pathlib import Path

__all__ = ["EXAMPLES", "example_article", "example_path"]

#: What there is: a wire story, a briefing transcript, and a feature with many voices.
EXAMPLES = ("harbour", "briefing", "river")


def example_path(name: str = "harbour") -> Path:
    """Returns the file of an example article.

    >>> example_path().name
    'harbour.txt'

    Args:
        name: one of `EXAMPLES`.

    Raises:
        ValueError: no such example.
    """
    if name not in EXAMPLES:
        raise ValueError(f"no example article {name!r}: choose one of {', '.join(EXAMPLES)}.")
    return Path(__file__).parent / "data" / "examples" / f"{name}.txt"


def example_article(name: str = "harbour") -> str:
    """Returns the text of an example article.

    >>> example_article().splitlines()[0]
    'Saltmere council votes to keep the harbour open'

    Args:
        name: one of `EXAMPLES`.

    Raises:
        ValueError: no such example.
    """
    return example_path(name).read_text(encoding="utf-8")

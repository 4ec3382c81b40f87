"""The example articles that come with quotecheck, written for it: all people are invented."""

from __future__ import annotations

from pathlib import Path

__all__ = ["EXAMPLES", "copy_examples", "example_article", "example_path"]

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


def copy_examples(folder: str | Path) -> list[Path]:
    """Copies the example articles into a folder, made if missing, and returns their new paths.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in copy_examples(folder)]
    ['harbour.txt', 'briefing.txt', 'river.txt']

    Args:
        folder: where to put them; files of the same name are replaced.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    copies = []
    for name in EXAMPLES:
        copies.append(target / f"{name}.txt")
        copies[-1].write_bytes(example_path(name).read_bytes())
    return copies

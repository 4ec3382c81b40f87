"""How many examples a property test generates."""

from __future__ import annotations

from hypothesis import settings

#: Examples of Hypothesis' own default profile.
PLAIN = 100


def examples(count: int) -> int:
    """`count`, or as many times more as the chosen Hypothesis profile asks for.

    A test that is slow an example gives a small count here, and is run at length with
    ``pytest --hypothesis-profile=deep``.
    """
    return max(1, count * settings.default.max_examples // PLAIN)

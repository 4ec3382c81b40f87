"""Hostile texts by the thousand, and what must hold for each: ``python -m tests.fuzz``."""

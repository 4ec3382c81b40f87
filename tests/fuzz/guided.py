"""Coverage-guided fuzzing of everything that needs no network: ``python -m tests.fuzz.guided``.

Needs atheris (``pip install atheris``; it has wheels for Linux and some Pythons). Arguments go to
libFuzzer: ``-runs=100000``, ``-max_total_time=600``, a folder that keeps what it finds. Half of the
inputs are read as bytes of a file of unknown encoding, the others as text.
"""

from __future__ import annotations

import sys
from random import Random

import atheris

with atheris.instrument_imports(include=["quotecheck"]):
    from quotecheck.errors import SourceReadError
    from quotecheck.inputs.decoding import decode
    from quotecheck.language import guess_language
    from quotecheck.segment import segment_many
    from quotecheck.tokenizer import RuleTokenizer
    from tests.fuzz.invariants import Run
    from tests.fuzz.texts import mutated

_RUN = Run()


def test_one_input(data: bytes) -> None:
    """Raises when an invariant is violated."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        try:
            text = decode(provider.ConsumeBytes(4000)).text
        except SourceReadError:
            return
    else:
        chance = Random(provider.ConsumeInt(4))
        text = provider.ConsumeUnicode(2000)
        if chance.random() < 0.5:
            text = mutated(text, chance)
    guess_language(text)
    segment_many([text], tokenizer=RuleTokenizer())
    found = _RUN.stages(text)
    if found:
        raise AssertionError("\n".join([repr(text), *found]))


def main() -> None:
    """Fuzzes until libFuzzer's options say stop."""
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

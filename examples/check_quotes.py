"""Is it really what they said? Four quotes in circulation against the article they come from.

python examples/check_quotes.py
"""

import quotecheck

SOURCE = quotecheck.example_article("river")
QUOTES = (
    "It came through the kitchen like a lorry",
    "You do not ... forget that sound",
    "Rivers deal in certainty",
    "We are against the river. We are against being the sponge",
)

for quote in QUOTES:
    result = quotecheck.check(quote, SOURCE)
    print(
        f"{'supported' if result.supported else 'NOT SUPPORTED':<14} {result.wording:<10} {quote}"
    )
    for edit in result.edits:
        print(f"    {edit.op} ({edit.weight}): {edit.quote.text!r} for {edit.source.text!r}")

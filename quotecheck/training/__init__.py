"""How the bundled models were made: corpus readers, training, export (needs ``quotecheck[train]``).

Nothing here is imported by the library when it runs. Each module is a command, for example
``python -m quotecheck.training.tokenizer --help``.
"""

"""``python -m quotecheck``."""

from __future__ import annotations

import sys

from quotecheck.cli import main

if __name__ == "__main__":
    sys.exit(main())

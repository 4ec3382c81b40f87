"""Who said what, in which words, and is that really what they said?"""

from quotecheck._version import __version__

__all__ = ["__version__"]

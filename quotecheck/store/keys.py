"""Keys under which names are filed, so that those that may be one are found without a search."""

from __future__ import annotations

from quotecheck.store.forms import organization_key, parse
from quotecheck.store.words import fold

__all__ = ["lookup_keys", "meeting_keys"]


def lookup_keys(kind: str, form: str) -> set[str]:
    """Returns the keys under which a name is filed; names that may match share one.

    >>> lookup_keys("organization", "The Vell Company") & lookup_keys("organization", "Vell")
    {'f:vell'}

    Args:
        kind: type of the speaker.
        form: one of its names.
    """
    from quotecheck.names import name_key

    if kind == "person":
        return {f"p:{key}" for key in name_key(form)} | {f"f:{fold(form)}"}
    keys = {f"f:{fold(form)}"}
    if kind == "organization":
        keys.add(f"f:{organization_key(form)}")
    return keys


def meeting_keys(kind: str, form: str) -> set[str]:
    """Returns the keys under which full names of persons meet that may be one person's.

    Rarer than family names: given names count by sound, as nicknames and as transliterations. A
    bare family name has none, since the clustering itself asks about those.

    >>> bool(meeting_keys("person", "Bob Vell") & meeting_keys("person", "Robert Vell"))
    True
    >>> meeting_keys("person", "Vell")
    set()
    """
    if kind != "person" or (name := parse(form)).level == "bare":
        return set()
    from quotecheck.names import name_key
    from quotecheck.names.fold import sound_key
    from quotecheck.names.lexicon import lexicon

    words = lexicon()
    keys = name_key(form)
    families = {k for k in keys if "+" not in k and not k.startswith(("whole:", "given:"))}
    given = {sound_key(name.given), f"pet {name.given}"}
    given |= {f"pet {formal}" for formal in words.nicknames.get(name.given, ())}
    given |= {f"line {number}" for number in words.given_variants.get(name.given, ())}
    meeting = {k for k in keys if "+" in k or k.startswith("whole:")}
    return meeting | {f"{family}|{one}" for family in families for one in given}

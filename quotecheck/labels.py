"""The label sets of the model's heads, shared by training, export and decoding."""

from __future__ import annotations

__all__ = ["BIO", "NAME_LABELS", "NAME_TAGS", "REACH", "ROLE_TAGS", "SPAN_ENDS", "TAGGERS"]

BIO = ("O", "B", "I")
#: The plain taggers, in the order of their logits.
TAGGERS = ("cue", "content", "source")
#: Labels that the role head gives to the words around a cue.
ROLE_TAGS = ("O", "B-source", "I-source", "B-content", "I-content")
#: Roles whose end the role head scores, after the logits of `ROLE_TAGS`.
SPAN_ENDS = ("source", "content")
NAME_LABELS = ("person", "organization", "place", "norp", "misc")
NAME_TAGS = ("O", *(f"{prefix}-{label}" for label in NAME_LABELS for prefix in "BI"))
#: Words on each side of a cue that the role head looks at.
REACH = 128

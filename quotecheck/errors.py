"""Every error that quotecheck raises on purpose.

Each one subclasses the built-in that a caller would expect (``ValueError``, ``TypeError``,
``OSError`` ...), says what was wrong, and says what to do about it. This module imports nothing of
the package, so that any module can raise from it without a cycle.
"""

from __future__ import annotations

__all__ = [
    "AmbiguousSpeakerError",
    "CheckInputError",
    "DecisionError",
    "LockError",
    "MissingExtraError",
    "ModelDownloadError",
    "ModelError",
    "ModelIntegrityError",
    "ModelNotFoundError",
    "QuotecheckError",
    "RecordError",
    "SourceReadError",
    "StoreBusyError",
    "StoreDamagedError",
    "StoreError",
    "StoreFullError",
    "StoreInputError",
    "StoreReadOnlyError",
    "StoreSchemaError",
    "StoreUnavailableError",
    "TextTypeError",
    "UnknownFormatError",
    "UnknownIdError",
    "UnknownModelError",
    "UnknownSpeakerError",
]


class QuotecheckError(Exception):
    """Base class of all errors raised by quotecheck on purpose."""


class TextTypeError(QuotecheckError, TypeError):
    """Something other than a ``str`` was given as text."""

    def __init__(self, value: object, what: str = "text") -> None:
        self.value_type = type(value)
        hint = (
            "decode it first, for example with quotecheck.read_text(path)"
            if isinstance(value, bytes | bytearray | memoryview)
            else "pass a str"
        )
        super().__init__(f"{what} must be a str, not {type(value).__name__}: {hint}.")


class SourceReadError(QuotecheckError, OSError):
    """A file or stream could not be read as text.

    Attributes:
        source: the path as the user gave it, or ``"-"`` for standard input.
        reason: what was wrong, in words.
    """

    def __init__(self, source: str, reason: str) -> None:
        self.source = source
        self.reason = reason
        super().__init__(f"{source}: {reason}")


class UnknownFormatError(QuotecheckError, ValueError):
    """An output or input format that quotecheck does not know."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(f"unknown format {name!r}: choose one of {', '.join(known)}.")


class MissingExtraError(QuotecheckError, ImportError):
    """Something was asked for that needs a library which is not installed.

    Attributes:
        extra: the extra of quotecheck that installs it.
    """

    def __init__(self, what: str, library: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f'{what} needs {library}: install it with  pip install "quotecheck[{extra}]"',
            name=library,
        )


class UnknownIdError(QuotecheckError, KeyError):
    """An id that no record of this analysis bears.

    Attributes:
        id: the id asked for.
    """

    def __init__(self, what: str, id: str, known: tuple[str, ...]) -> None:
        self.id = id
        some = ", ".join(known[:5]) + (", ..." if len(known) > 5 else "")
        self._message = f"no {what} has the id {id!r}: this analysis has {some or 'none at all'}."
        super().__init__(self._message)

    def __str__(self) -> str:
        return self._message


class RecordError(QuotecheckError, ValueError):
    """Serialised records that do not follow the JSON contract.

    Attributes:
        problems: one line per problem, each with its JSON path (``"$.attributions[3].kind: ..."``).
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("not a valid quotecheck record:\n  " + "\n  ".join(problems))


class ModelError(QuotecheckError):
    """Base class of what can go wrong with model files."""


class UnknownModelError(ModelError, ValueError):
    """A model name that is not bundled and has no ``stanza:`` prefix."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        super().__init__(
            f"unknown model {name!r}: choose one of {', '.join(known)}, a path to a model folder, "
            "or 'stanza:PACKAGE' for official Stanza models."
        )


class ModelNotFoundError(ModelError, FileNotFoundError):
    """Model files that should be there are not.

    Attributes:
        path: where they were looked for.
    """

    def __init__(self, path: str, todo: str) -> None:
        self.path = path
        super().__init__(f"no model files at {path}: {todo}")

    def __str__(self) -> str:
        return str(self.args[0])


class ModelDownloadError(ModelError, OSError):
    """A model could not be downloaded.

    Attributes:
        name: the model.
        folder: where it should have gone.
    """

    def __init__(self, name: str, folder: str, reason: str) -> None:
        self.name = name
        self.folder = folder
        super().__init__(
            f"{name} could not be downloaded to {folder}: {reason} Check the network, or download "
            "it elsewhere and copy the folder."
        )

    def __str__(self) -> str:
        return str(self.args[0])


class ModelIntegrityError(ModelError, ValueError):
    """A model file is damaged: its SHA-256 differs from the published one.

    Attributes:
        path: the file.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        super().__init__(f"{path}: {reason}. Reinstall quotecheck, or fetch the model again.")


class CheckInputError(QuotecheckError, ValueError):
    """A quote or source that cannot be checked, such as an empty quote."""


class LockError(QuotecheckError, ValueError):
    """Locked quotes that cannot be put back, or a text that cannot be locked.

    Attributes:
        problems: one line per placeholder that was lost, doubled, altered or invented.
    """

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        self.problems = problems
        super().__init__(message)


class StoreError(QuotecheckError, RuntimeError):
    """A speaker store that cannot be opened, read or written."""


class StoreUnavailableError(StoreError):
    """The store cannot be reached or opened: wrong path or URL, missing driver, server down."""


class StoreDamagedError(StoreError):
    """The file is not a speaker store, or parts of it cannot be read any more."""


class StoreFullError(StoreError):
    """No room was left to write; what had been committed before is still there."""


class StoreReadOnlyError(StoreError):
    """The store can be read but not written."""


class StoreBusyError(StoreError):
    """Another process kept the store locked for longer than the time to wait."""


class StoreSchemaError(StoreError):
    """The store was made by another version of quotecheck, and cannot be used as it is."""


class StoreInputError(StoreError, ValueError):
    """Something given to the store that it cannot take, such as a date that is none."""


class DecisionError(StoreInputError):
    """A merge, split or undo that contradicts what was decided before or makes no sense."""


class UnknownSpeakerError(StoreError, LookupError):
    """No speaker of the store has this name or id.

    Attributes:
        name: what was asked for.
        suggestions: names that come near.
    """

    def __init__(self, name: str, suggestions: tuple[str, ...] = ()) -> None:
        self.name = name
        self.suggestions = suggestions
        near = f" Did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"no speaker {name!r} in this store.{near}")


class AmbiguousSpeakerError(StoreError, LookupError):
    """A name that fits several speakers of the store.

    Attributes:
        name: what was asked for.
        candidates: the speakers it fits, each as ``"S4 Full Name"``.
    """

    def __init__(self, name: str, candidates: tuple[str, ...]) -> None:
        self.name = name
        self.candidates = candidates
        super().__init__(
            f"{name!r} fits {len(candidates)} speakers: {', '.join(candidates)}. "
            "Ask again with the full name or the id."
        )

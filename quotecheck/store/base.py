"""The opened database that reading, changing and deciding share."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from quotecheck.store.engine import Database
from quotecheck.store.migrations import prepare

__all__ = ["StoreBase"]


class StoreBase:
    """A store that is open; see `SpeakerStore`."""

    def __init__(self, where: str | os.PathLike[str], *, read_only: bool = False) -> None:
        self._db = Database(where, read_only=read_only)
        try:
            prepare(self._db)
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"SpeakerStore({self._db.shown!r})"

    def close(self) -> None:
        """Closes all connections; the store cannot be used any more."""
        self._db.close()

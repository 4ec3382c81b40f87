"""Disjoint sets whose answer does not depend on the order of the unions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

__all__ = ["Unions"]


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...  # noqa: ANN401 - as in typeshed


T = TypeVar("T", bound=_Ordered)


class Unions(Generic[T]):
    """Sets of things that are joined pair by pair; the smallest member stands for its set.

    >>> sets = Unions("abc")
    >>> sets.union("c", "b"), sets.union("b", "c"), sets.find("c")
    (True, False, 'b')
    """

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._parent: dict[T, T] = {item: item for item in items}

    def find(self, item: T) -> T:
        """Returns the smallest member of the item's set; an unknown item is a set of its own."""
        root = item
        while (above := self._parent.setdefault(root, root)) != root:
            root = above
        while (above := self._parent[item]) != root:
            self._parent[item] = root
            item = above
        return root

    def union(self, left: T, right: T) -> bool:
        """Joins two sets and returns whether they were apart."""
        a, b = self.find(left), self.find(right)
        if a == b:
            return False
        low, high = (a, b) if a < b else (b, a)
        self._parent[high] = low
        return True

    def sets(self) -> list[list[T]]:
        """Returns the sets, each sorted, ordered by smallest member."""
        out: dict[T, list[T]] = {}
        for item in sorted(self._parent):
            out.setdefault(self.find(item), []).append(item)
        return list(out.values())

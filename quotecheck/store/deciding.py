"""What a person decides about the speakers of a store."""

from __future__ import annotations

from collections.abc import Collection

from quotecheck.store import decisions
from quotecheck.store.base import StoreBase
from quotecheck.store.finding import row_id
from quotecheck.store.model import SpeakerLike

__all__ = ["Deciding"]


class Deciding(StoreBase):
    """The part of `SpeakerStore` that takes decisions."""

    def merge(self, a: SpeakerLike, b: SpeakerLike, *, reason: str = "") -> str:
        """Makes two speakers one, for good: articles added later do not take them apart.

        Returns:
            id of the decision, for `undo`.

        Raises:
            DecisionError: they are one already, or a split keeps them apart.
        """
        with self._db.write() as connection:
            left, right = row_id(connection, a), row_id(connection, b)
            return decisions.merge(connection, left, right, reason)

    def keep_apart(self, a: SpeakerLike, b: SpeakerLike, *, reason: str = "") -> str:
        """Notes that two speakers are not one; `review` does not ask again.

        Returns:
            id of the decision, for `undo`.
        """
        with self._db.write() as connection:
            left, right = row_id(connection, a), row_id(connection, b)
            return decisions.keep_apart(connection, left, right, reason)

    def split(
        self,
        speaker: SpeakerLike,
        *,
        articles: Collection[str] = (),
        names: Collection[str] = (),
        reason: str = "",
    ) -> str:
        """Takes apart what is not one person: some articles, or some names, are somebody else.

        Args:
            speaker: the speaker as stored.
            articles: addresses or keys of the articles that mean somebody else.
            names: names that mean somebody else.
            reason: why, for the log.

        Returns:
            id of the decision, for `undo`.

        Raises:
            DecisionError: nothing or everything would go.
        """
        chosen = tuple([one] if isinstance(one, str) else one for one in (articles, names))
        with self._db.write() as connection:
            return decisions.split(
                connection,
                row_id(connection, speaker),
                articles=chosen[0],
                names=chosen[1],
                reason=reason,
            )

    def alias(self, name: str, *others: str, reason: str = "") -> str:
        """States that names belong to one person or body ("Ada Berg", "Ada Lind").

        It holds for speakers seen already and for those to come.

        Returns:
            id of the decision, for `undo`.
        """
        with self._db.write() as connection:
            return decisions.add_alias(connection, name, others, reason)

    def undo(self, merge: str, *, reason: str = "") -> str:
        """Takes back a decision ("D3"), or a merge that a rule made ("L8"); see `log`.

        Returns:
            id of the decision that was undone, or of the split that undoes the rule's merge.

        Raises:
            DecisionError: there is no such entry, or it was undone before.
        """
        with self._db.write() as connection:
            return decisions.undo(connection, merge, reason)

    def annotate(self, speaker: SpeakerLike, key: str, value: str | None) -> None:
        """Sets a fact of your own about a speaker, or deletes it with None.

        quotecheck never guesses such facts (gender, party, role) from names. They follow the
        speaker through merges and splits.
        """
        with self._db.write() as connection:
            decisions.annotate(connection, row_id(connection, speaker), key, value)

"""Kinds of collections: rows that a PUT sets, shared ones, single documents, views of many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._reference.fields import Refusal, json_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = ["Document", "Rows", "Shared", "View"]


class Rows(Collection):
    """Items that a PUT sets: it changes the one under the key, or adds it."""

    def update_named(self, sent: Any, parameters: Parameters) -> Any:
        """Set an item and return its key."""
        key = self.key_in(json_object(sent))
        if key in self.items:
            return super().update_named(sent, parameters)
        return self.add(sent, parameters)


class Shared(Collection):
    """Items that all sites of the account share."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.items = account.shared(table.key)


class Document(Collection):
    """A single object without a key: it is read, and changed field by field."""

    def whole(self, changes: Item) -> Item:
        """What was sent, as it is."""
        return changes


class View(Collection):
    """The items of many collections, seen as one."""

    home = ""

    def add(self, sent: Any, parameters: Parameters) -> Any:
        """Refuse: what is seen here is added elsewhere."""
        del sent, parameters
        raise Refusal(405, "Method Not Allowed.")

    def rows(self) -> Sequence[Item]:
        """Those of each collection."""
        found = self.account.places(self.home, *self.scope)
        return [item for place in found for item in place.rows()]

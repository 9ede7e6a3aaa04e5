"""A collection of the API, driven by a table: list, get, add, update, delete, one or many."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._reference.fields import (
    Refusal,
    check_required,
    check_texts,
    check_write,
    json_object,
    with_whole_objects,
)
from sitoo_async.testing._reference.parameters import Filter, Item, Parameters, filter_by, sort_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.tables import Table

__all__ = ["Collection", "Names"]

_PAGING = frozenset({"start", "num", "sort", "fields"})


class Collection:
    """The items of one collection, and what the API does with them.

    Args:
        table: the collection as the reference describes it.
        account: what it belongs to.
        scope: the values of the parameters in its path, such as ``(1,)`` for site 1.

    Attributes:
        items: the store by key; each item holds all its fields.
        derived: the fields that follow from others or from the time, and how.
        names: who holds which unique text, as of this request.
        filters: what a parameter selects whose name does not say it.
        kept: which attributes hold what was stored.
    """

    kept: tuple[str, ...] = ("items",)

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        self.table = table
        self.account = account
        self.scope = scope
        self.items: dict[Any, Item] = {}
        self.derived: dict[str, Callable[[Item], Any]] = {}
        self.filters: dict[str, Filter] = {}
        self._identifiers = () if table.key in table.fixed else (table.key,)
        self.names = Names(self)

    def now(self) -> int:
        """The server's time, in seconds since the epoch."""
        return self.account.now()

    def begin(self) -> None:
        """Read the store anew: a test may have changed it since the last request."""
        self.names = Names(self)

    # What a kind of item adds to the table.

    def check_batch(self, body: Sequence[Any]) -> None:
        """Refuse a batch as a whole."""

    def whole(self, changes: Item) -> Item:
        """What was sent, as it reads back: with all fields in the objects inside."""
        return with_whole_objects(self.table.fields, changes) if self.table.nested else changes

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse what the table alone can't tell; `item` is None for an add."""

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Bring the rest of `item` in line with `changes`, which it holds already.

        `before` holds what stood in the place of the changes; it is empty for an add.
        """

    def forget(self, item: Item) -> None:
        """React to the deletion of `item`."""

    def new_key(self, changes: Item) -> Any:
        """The key of an item that is being added."""
        if self.table.counted:
            key = self.account.next_number(self.table.key)
            while key in self.items:
                key = self.account.next_number(self.table.key)
            return key
        key = changes[self.table.key]
        if key in self.items:
            raise Refusal(400, f"Invalid value in {self.table.key} ({key} already exists)")
        return key

    def rows(self) -> Iterable[Item]:
        """What a list shows, before it is filtered."""
        return [self.items[key] for key in sorted(self.items)]

    # Reading.

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """One envelope."""
        names = self._selected(parameters)
        found = self._ordered(self._filtered(self.rows(), parameters), parameters)
        start, num = parameters.get("start", 0), parameters.get("num")
        page = found[start:] if num is None else found[start : start + num]
        derived = [name for name in names if name in self.derived]
        for item in page:
            self._derive(item, derived)
        # Whoever reads and changes the store may have taken fields out of it.
        items = [{name: item[name] for name in names if name in item} for item in page]
        return {"totalcount": len(found), "items": items}

    def get(self, key: Any, parameters: Parameters) -> Item:
        """One item with all its fields, or with those that were asked for."""
        item = self.existing(key)
        self._derive(item, self.derived)
        if not parameters.get("fields"):
            return item
        return {name: item[name] for name in self._selected(parameters) if name in item}

    def shown(self, key: Any) -> Any:
        """What a write answers whose answer is the object."""
        return self.get(key, {})

    def has(self, key: Any) -> bool:
        """Whether there is such an item."""
        return key in self.items

    # Writing one item.

    def add(self, sent: Any, parameters: Parameters) -> Any:
        """Add an item and return its key."""
        changes = self.checked_add(sent, parameters)
        return self.insert(self.new_key(changes), changes)

    def checked_add(self, sent: Any, _parameters: Parameters) -> Item:
        """What an add may store."""
        fields = self.table.fields
        changes = check_write(fields, json_object(sent), is_open=self.table.is_open)
        check_required(fields, changes)
        check_texts(fields, changes)
        changes = self.whole(changes)
        if self.table.counted:
            changes.pop(self.table.key, None)
        self.check(changes, None)
        self.names.check(changes, None)
        return changes

    def update(self, key: Any, sent: Any, _parameters: Parameters) -> Any:
        """Change the fields that were sent, and no others; return the key."""
        item = self.existing(key)
        named = json_object(sent).get(self.table.key, key)
        if named != key:
            raise Refusal(400, f'Invalid input, "{self.table.key}" is a read-only field.')
        self._update(item, sent, self._identifiers)
        return key

    def delete(self, key: Any, _parameters: Parameters) -> None:
        """Delete one item."""
        item = self.existing(key)
        del self.items[key]
        self.forget(item)

    # The same for an item that names itself.

    def update_named(self, sent: Any, _parameters: Parameters) -> Any:
        """Update an item that holds its key, or the other field that identifies it."""
        item, identifiers = self._named(json_object(sent))
        self._update(item, sent, identifiers)
        return item[self.table.key]

    def delete_named(self, sent: Any, parameters: Parameters) -> None:
        """Delete an item that is named by an object with its key."""
        self.delete(self.key_in(json_object(sent)), parameters)

    # The steps.

    def _filtered(self, rows: Iterable[Item], parameters: Parameters) -> Sequence[Item]:
        found = list(rows)
        for name, value in parameters.items():
            if value is None or name in _PAGING:
                continue
            selects = self.filters.get(name) or filter_by(name, self.table.fields)
            if selects is not None:
                passes = selects(value)
                found = [item for item in found if passes(item)]
        return found

    def _ordered(self, found: Sequence[Item], parameters: Parameters) -> Sequence[Item]:
        sort = parameters.get("sort") or self.table.sort
        if sort is None:
            return found
        name = sort.removeprefix("-")
        field = self.table.fields.get(name)
        if field is None:
            raise Refusal(400, "Invalid value in sort")
        return sorted(found, key=sort_key(name, field), reverse=sort.startswith("-"))

    def _selected(self, parameters: Parameters) -> Sequence[str]:
        names = parameters.get("fields")
        for name in names or ():
            field = self.table.fields.get(name)
            if field is None or field.access == "write":
                raise Refusal(400, f'Invalid input, "{name}" is not a valid field.')
        return names or self.table.default_fields

    def _derive(self, item: Item, names: Iterable[str]) -> None:
        for name in names:
            if name in item:  # unless a test has taken it out of the store
                item[name] = self.derived[name](item)

    def existing(self, key: Any) -> Item:
        """The item under `key`."""
        try:
            return self.items[key]
        except KeyError:
            raise Refusal(404, f"{self.table.named} {key} does not exist.") from None

    def key_in(self, sent: Item) -> Any:
        """The key that an object holds."""
        name = self.table.key
        key = sent.get(name)
        if key is None:
            raise Refusal(400, f"400: Missing required field '{name}'.")
        kind = self.table.fields[name].kind
        if type(key) is not (int if kind == "integer" else str):
            raise Refusal(400, f"Invalid value in {name} (Not {kind})")
        return key

    def _named(self, sent: Item) -> tuple[Item, tuple[str, ...]]:
        # "If both are provided, the productid will have precedence over sku"; the other is then
        # a change like any other.
        table = self.table
        if sent.get(table.key) is None and table.also_by is not None and table.also_by in sent:
            key = self.names.owner(table.also_by, sent[table.also_by])
            if key is None:
                raise Refusal(404, f"{table.also_by} {sent[table.also_by]} does not exist.")
            return self.items[key], (table.key, table.also_by)
        return self.existing(self.key_in(sent)), (table.key,)

    def insert(self, key: Any, changes: Item) -> Any:
        """Store a checked item under `key`, its other fields at their defaults."""
        item = self.table.defaults.copy()
        for name in self.table.containers:
            item[name] = copy.copy(item[name])
        item |= dict.fromkeys(self.table.moments, self.now())
        item |= changes
        if self.table.key:
            item[self.table.key] = key
        self.settle(item, changes, {})
        self._finish(item)
        # Last, so that nothing is left of what could not be settled.
        self.items[key] = item
        self.names.claim(changes, key)
        return key

    def _update(self, item: Item, sent: Any, identifiers: tuple[str, ...]) -> None:
        changes = check_write(
            self.table.changeable,
            json_object(sent),
            identifiers=identifiers,
            is_open=self.table.is_open,
        )
        check_texts(self.table.fields, changes)
        changes = self.whole(changes)
        self.check(changes, item)
        self.names.check(changes, item)
        self.store(item, changes)

    def _finish(self, item: Item) -> None:
        # What is only ever sent has done its work.
        for name in self.table.sent:
            item.pop(name, None)
        self._derive(item, self.derived)

    def store(self, item: Item, changes: Item) -> None:
        """Store checked changes of `item`."""
        before = {name: item.get(name) for name in changes}
        changed = item | changes | dict.fromkeys(self.table.touched, self.now())
        self.settle(changed, changes, before)
        self._finish(changed)
        # Last, so that nothing is left of what could not be settled.
        self.names.release(item, changes)
        item.clear()
        item.update(changed)
        self.names.claim(changes, item.get(self.table.key))


class Names:
    """Who holds which unique text, read from the store once per request.

    The case of letters does not count: a change of case alone is no conflict for the owner of a
    sku, so the comparison is taken to ignore it.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._owners: dict[str, dict[str, Any]] = {}

    def _of(self, field: str) -> dict[str, Any]:
        owners = self._owners.get(field)
        if owners is None:
            owners = self._owners[field] = {
                str(item[field]).casefold(): key
                for key, item in self._collection.items.items()
                if item.get(field)
            }
        return owners

    def _given(self, changes: Item) -> Iterator[tuple[str, str]]:
        for field in self._collection.table.unique:
            if changes.get(field):
                yield field, changes[field].casefold()

    def owner(self, field: str, value: Any) -> Any:
        """The key of the item that holds `value`, if one does."""
        return self._of(field).get(value.casefold()) if isinstance(value, str) else None

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a text that another item holds."""
        own = None if item is None else item.get(self._collection.table.key)
        for field, value in self._given(changes):
            if self._of(field).get(value, own) != own:
                raise Refusal(400, f"Invalid value in {field} ({changes[field]} already exists)")

    def release(self, item: Item, changes: Item) -> None:
        """Free the texts that `item` is about to give up."""
        for field in self._collection.table.unique:
            if field in changes and item.get(field):
                self._of(field).pop(str(item[field]).casefold(), None)

    def claim(self, changes: Item, key: Any) -> None:
        """Note the texts that the item under `key` holds from now on."""
        for field, value in self._given(changes):
            self._of(field)[value] = key

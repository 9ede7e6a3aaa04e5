"""A collection of the API, driven by a table: list, get, add, update, delete, one or many."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Literal, cast

import attrs

from sitoo_async.testing._fields import Field, Refusal, check_write, json_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = ["Collection", "Filter", "Item", "Names", "Query", "Table", "strings"]

Item = dict[str, Any]
Query = dict[str, "str | list[str]"]

_DATES = frozenset({"datecreated", "datemodified"})


@attrs.frozen
class Filter:
    """One query parameter that selects items.

    Attributes:
        kind: how its text is read; ``"strings"`` gives the set of texts between the commas, in
            lower case.
        keep: the items that pass, given all of them and the value.
        default: the value when the parameter is absent; None: no selection.
    """

    kind: Literal["strings", "boolean", "integer"]
    keep: Callable[[list[Item], Any], list[Item]]
    default: Any = None


@attrs.frozen
class Table:
    """What the reference says about one collection.

    Attributes:
        key: the identifying field, an integer that the server gives.
        fields: every field of the object, in the reference's order.
        default_fields: the fields of a list when ``fields`` is absent.
        filters: the query parameters beside ``start``, ``num`` and ``fields``.
        unique: text fields that no two items may share, the case of letters aside.
        also_by: another field that identifies an item of a batch update; it must be unique.
        page: the default of ``num``.
    """

    key: str
    fields: Mapping[str, Field]
    default_fields: tuple[str, ...]
    filters: Mapping[str, Filter] = attrs.field(factory=dict[str, Filter])
    unique: tuple[str, ...] = ()
    also_by: str | None = None
    page: int = 10


class Collection:
    """The items of one collection, and what the API does with them.

    Args:
        table: the collection as the reference describes it.
        new_key: gives the next identifier.
        clock: the server's time, in seconds since the epoch.

    Attributes:
        items: the store by key; each item holds all its fields.
        derived: the fields that follow from others or from the time, and how.
    """

    def __init__(self, table: Table, new_key: Callable[[], int], clock: Callable[[], int]) -> None:
        self.table = table
        self.items: dict[int, Item] = {}
        self.now = clock
        self.new_key = new_key
        self.derived: dict[str, Callable[[Item], Any]] = {}
        self._defaults = {name: field.default for name, field in table.fields.items()}
        self._mutable = [
            name for name, default in self._defaults.items() if isinstance(default, list | dict)
        ]

    # What a kind of item adds to the table.

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse what the table alone can't tell; `item` is None for an add."""

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Bring the rest of `item` in line with `changes`, which it holds already.

        `before` holds what stood in the place of the changes; it is empty for an add.
        """

    def forget(self, item: Item) -> None:
        """React to the deletion of `item`."""

    # Reading.

    def list(self, query: Query) -> dict[str, Any]:
        """One envelope, ordered by the key; unknown parameters are ignored, as the API does."""
        names = self._selected(query)
        start, num = _count(query, "start", 0), _count(query, "num", self.table.page)
        found = [self.items[key] for key in sorted(self.items)]
        for name, filter_ in self.table.filters.items():
            value = _parameter(query, name, filter_)
            if value is not None:
                found = filter_.keep(found, value)
        page = found[start : start + num]
        derived = [name for name in names if name in self.derived]
        for item in page:
            self._derive(item, derived)
        # Whoever reads and changes the store may have taken fields out of it.
        items = [{name: item[name] for name in names if name in item} for item in page]
        return {"totalcount": len(found), "items": items}

    def get(self, key: int) -> Item:
        """One item with all its fields."""
        item = self._existing(key)
        self._derive(item, self.derived)
        return item

    # Writing one item.

    def update(self, key: int, sent: Any) -> Literal[True]:
        """Change the fields that were sent, and no others."""
        item = self._existing(key)
        named = json_object(sent).get(self.table.key, key)
        if named != key:
            raise Refusal(400, f'Invalid input, "{self.table.key}" is a read-only field.')
        self._update(item, sent, Names(self))
        return True

    def delete(self, key: int) -> Literal[True]:
        """Delete one item."""
        item = self._existing(key)
        del self.items[key]
        self.forget(item)
        return True

    # Writing many: each item on its own, "not a transaction where all will fail or succeed".

    def add_batch(self, body: Any) -> Any:
        """Add one item, or each item of an array."""
        names = Names(self)
        return _each(body, lambda sent: self._add(sent, names))

    def update_batch(self, body: Any) -> Any:
        """Update one item that names itself, or each item of an array."""
        names = Names(self)

        def update(sent: Any) -> bool:
            item, identifiers = self._named(json_object(sent), names)
            return self._update(item, sent, names, identifiers)

        return _each(body, update)

    def delete_batch(self, body: Any) -> Any:
        """Delete one item that names itself, or each item of an array."""
        return _each(body, lambda sent: self.delete(self._key_in(json_object(sent))))

    def _derive(self, item: Item, names: Iterable[str]) -> None:
        for name in names:
            if name in item:  # unless a test has taken it out of the store
                item[name] = self.derived[name](item)

    def _existing(self, key: int) -> Item:
        try:
            return self.items[key]
        except KeyError:
            raise Refusal(404, f"{self.table.key} {key} does not exist.") from None

    def _key_in(self, sent: Item) -> int:
        key = sent.get(self.table.key)
        if key is None:
            raise Refusal(400, f"400: Missing required field '{self.table.key}'.")
        if type(key) is not int:
            raise Refusal(400, f"Invalid value in {self.table.key} (Not integer)")
        return key

    def _named(self, sent: Item, names: Names) -> tuple[Item, tuple[str, ...]]:
        # "If both are provided, the productid will have precedence over sku"; the other is then
        # a change like any other.
        table = self.table
        if sent.get(table.key) is None and table.also_by is not None and table.also_by in sent:
            key = names.owner(table.also_by, sent[table.also_by])
            if key is None:
                raise Refusal(404, f"{table.also_by} {sent[table.also_by]} does not exist.")
            return self.items[key], (table.key, table.also_by)
        return self._existing(self._key_in(sent)), (table.key,)

    def _add(self, sent: Any, names: Names) -> int:
        fields = self.table.fields
        changes = check_write(fields, json_object(sent))
        for name, field in fields.items():
            if field.required and name not in changes:
                raise Refusal(400, f"400: Missing required field '{name}'.")
        self.check(changes, None)
        names.check(changes, None)
        key = self.new_key()
        return self.insert(key, changes, names)

    def insert(self, key: int, changes: Item, names: Names) -> int:
        """Store a checked item under `key`, its other fields at their defaults."""
        fields = self.table.fields
        item = self._defaults.copy()
        for name in self._mutable:
            item[name] = copy.copy(item[name])
        item |= dict.fromkeys(_DATES & fields.keys(), self.now())
        item |= changes
        item[self.table.key] = key
        self.items[key] = item
        self.settle(item, changes, {})
        self._derive(item, self.derived)
        names.claim(changes, key)
        return key

    def _update(
        self,
        item: Item,
        sent: Any,
        names: Names,
        identifiers: tuple[str, ...] | None = None,
    ) -> Literal[True]:
        changes = check_write(
            self.table.fields,
            json_object(sent),
            identifiers=(self.table.key,) if identifiers is None else identifiers,
        )
        self.check(changes, item)
        names.check(changes, item)
        return self.store(item, changes, names)

    def store(self, item: Item, changes: Item, names: Names) -> Literal[True]:
        """Store checked changes of `item`."""
        names.release(item, changes)
        before = {name: item.get(name) for name in changes}
        item.update(changes)
        item |= dict.fromkeys({"datemodified"} & self.table.fields.keys(), self.now())
        self.settle(item, changes, before)
        self._derive(item, self.derived)
        names.claim(changes, item[self.table.key])
        return True

    def _selected(self, query: Query) -> Sequence[str]:
        names = strings(query.get("fields", ""))
        for name in names:
            if name not in self.table.fields:
                raise Refusal(400, f'Invalid input, "{name}" is not a valid field.')
        return names or self.table.default_fields


class Names:
    """Who holds which unique text, read from the store once per request.

    The case of letters does not count: a change of case alone is no conflict for the owner of a
    sku, so the comparison is taken to ignore it.
    """

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._owners: dict[str, dict[str, int]] = {}

    def _of(self, field: str) -> dict[str, int]:
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

    def owner(self, field: str, value: Any) -> int | None:
        """The key of the item that holds `value`, if one does."""
        return self._of(field).get(value.casefold()) if isinstance(value, str) else None

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a text that another item holds."""
        own = None if item is None else item[self._collection.table.key]
        for field, value in self._given(changes):
            if self._of(field).get(value, own) != own:
                raise Refusal(400, f"Invalid value in {field} ({changes[field]} already exists)")

    def release(self, item: Item, changes: Item) -> None:
        """Free the texts that `item` is about to give up."""
        for field in self._collection.table.unique:
            if field in changes and item.get(field):
                self._of(field).pop(str(item[field]).casefold(), None)

    def claim(self, changes: Item, key: int) -> None:
        """Note the texts that the item under `key` holds from now on."""
        for field, value in self._given(changes):
            self._of(field)[value] = key


def strings(value: str | list[str]) -> list[str]:
    """The elements of an array parameter: comma-joined, or one ``name[]`` each."""
    parts = [value] if isinstance(value, str) else value
    return [element for part in parts for element in part.split(",") if element]


def _text(query: Query, name: str) -> str | None:
    value = query.get(name)
    if isinstance(value, list):
        raise Refusal(400, f"Invalid value in {name}")
    return value


def _integer(query: Query, name: str) -> int | None:
    text = _text(query, name)
    if text is None:
        return None
    if not (text.isascii() and text.removeprefix("-").isdecimal()):
        raise Refusal(400, f"Invalid value in {name} (Not integer)")
    return int(text)


def _count(query: Query, name: str, default: int) -> int:
    value = _integer(query, name)
    if value is None:
        return default
    if value < 0:
        raise Refusal(400, f"Invalid value in {name} (Negative)")
    return value


def _parameter(query: Query, name: str, filter_: Filter) -> Any:
    if filter_.kind == "strings":
        # An empty array selects nothing away: it means everything.
        return {text.casefold() for text in strings(query.get(name, ""))} or filter_.default
    if filter_.kind == "integer":
        value = _integer(query, name)
        return filter_.default if value is None else value
    text = _text(query, name)
    if text is None:
        return filter_.default
    # Only the words count; PHP's 1 and 0 are known to break.
    if text not in {"true", "false"}:
        raise Refusal(400, f"Invalid value in {name} (Not boolean)")
    return text == "true"


def _each(body: Any, work: Callable[[Any], Any]) -> Any:
    if not isinstance(body, list):
        return work(body)
    results: list[dict[str, Any]] = []
    for sent in cast("Sequence[Any]", body):
        try:
            results.append({"statuscode": 200, "return": work(sent)})
        except Refusal as refusal:
            results.append(refusal.as_object())
    return results

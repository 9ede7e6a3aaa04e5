"""The collections of the API as tables: derived from the facts, but for what these don't hold."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, cast

import attrs

from sitoo_async.testing._reference.facts import Operation, fields_of, is_open, operations
from sitoo_async.testing._reference.fields import Field
from sitoo_async.testing._reference.routes import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sitoo_async.testing._reference.parameters import Item

__all__ = ["Table", "table"]


@attrs.frozen
class Table:
    """What the reference says about one collection.

    Attributes:
        key: the identifying field; ``""`` when the items have none.
        named: what a message calls the key: the field, or the parameter of the path.
        counted: whether the server gives the key, as the next integer of the account.
        fields: every field of the object, in the reference's order.
        default_fields: the fields of a list when ``fields`` is absent.
        unique: text fields that no two items may share, the case of letters aside.
        also_by: another field that identifies an item of a batch; it must be unique.
        sort: the order of a list without ``sort``.
        is_open: whether items have more fields than those of the reference.
        fixed: fields that an add sets and no update changes.
    """

    key: str
    named: str
    counted: bool
    fields: Mapping[str, Field]
    default_fields: tuple[str, ...]
    unique: tuple[str, ...] = ()
    also_by: str | None = None
    sort: str | None = None
    is_open: bool = False
    fixed: frozenset[str] = frozenset()

    # What follows from these. An account has a hundred collections of few kinds.

    @functools.cached_property
    def defaults(self) -> dict[str, Any]:
        """What a new item holds before anything is said about it."""
        return {name: field.default for name, field in self.fields.items() if name not in self.sent}

    @functools.cached_property
    def containers(self) -> tuple[str, ...]:
        """The fields whose defaults each item needs a copy of."""
        return tuple(
            name for name, default in self.defaults.items() if isinstance(default, list | dict)
        )

    @functools.cached_property
    def moments(self) -> tuple[str, ...]:
        """The timestamps that tell when an item came to be: those that are never null."""
        return tuple(
            name
            for name in self.defaults
            if self.fields[name].kind == "timestamp" and not self.fields[name].nullable
        )

    @functools.cached_property
    def touched(self) -> frozenset[str]:
        """The timestamps that tell when an item was changed."""
        return _TOUCHED & self.fields.keys()

    @functools.cached_property
    def sent(self) -> frozenset[str]:
        """The fields that are only ever sent."""
        return frozenset(name for name, field in self.fields.items() if field.access == "write")

    @functools.cached_property
    def nested(self) -> bool:
        """Whether there are objects in an item."""
        return any(field.of is not None for field in self.fields.values())

    @functools.cached_property
    def changeable(self) -> dict[str, Field]:
        """The fields as an update may send them."""
        return {
            name: attrs.evolve(field, access="read") if name in self.fixed else field
            for name, field in self.fields.items()
        }


_TOUCHED = frozenset({"datemodified", "modified", "datelastmodified"})

# Where the name in the path is not that of the field, or no path ends with a key.
_KEYS = {
    "/sites": "eshopid",
    "/sites/{}/customattributes": "id",
    "/sites/{}/pospaymenttypes": "paymenttypeid",
    "/serviceorders": "id",
    "/orders": "orderid",
    "/sites/{}/orderdeliveries": "orderdeliveryid",
    "/sites/{}/warehousetransactions": "warehousetransactionid",
    "/sites/{}/warehouses/{}/warehouseitems": "sku",
    "/sites/{}/warehouses/{}/warehousebatches/{}/warehousebatchitems": "sku",
    "/sites/{}/pricelists/{}/pricelistitems": "productid",
    "/sites/{}/resources": "resourceid",
    # A value is named by its metric, its day and its store.
    "/custom_metric_values": "",
}

_SORTS = {
    "/sites/{}/cashregisters/{}/zreports": "-zreportid",
    "/sites/{}/pospaymenttypes": "sortorder",
    "/sites/{}/warehousetransactions": "-warehousetransactionid",
    "/pos-z-reports": "dateadded",
    "/store-z-reports": "dateadded",
    "/serviceorders": "created",
}

# "Default is all fields": the requests of the reference's examples name some.
_WHOLE = frozenset({"/sites/{}/stores", "/sites/{}/warehouses"})

_UNIQUE = {
    "/sites/{}/products": ("sku", "friendly"),
    "/sites/{}/users": ("email",),
    "/shipments": ("barcode",),
}

# What a field holds when an add leaves it out, where the reference's examples show it.
_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "category": {"visible": True},
    "influencercode": {"active": True},
    "order": {"currencycode": "SEK"},
    "pricelist": {"active": True, "currencycode": "SEK"},
    "productgroup": {"productgrouptype": 10},
    "ServiceOrder": {"version": "1.0", "revision": 1, "state": "new"},
    "voucher": {"active": True, "activepos": True, "voucherstate": 10},
    "warehouse": {"warehousetype": 10, "sellable": True},
    "warehousebatch": {"warehousebatchstate": 10},
}


def _operations_at(place: str) -> list[Operation]:
    return [found for found in operations() if place_of(found.template) == place]


def _example_fields(place: str, lists: list[Operation]) -> tuple[str, ...]:
    if place in _WHOLE:
        return ()
    examples = [each.example["response"] for each in lists if "response" in each.example]
    rows = [row for example in examples for row in _rows(example)]
    return tuple(rows[0]) if rows else ()


def _rows(response: Any) -> Sequence[Item]:
    return cast("Sequence[Item]", response if isinstance(response, list) else response["items"])


@functools.cache
def table(place: str) -> Table:
    """The table of a place, such as ``/sites/{}/orders``."""
    found = _operations_at(place)
    lists = [each for each in found if each.returns in {"envelope", "array"} and not each.body]
    # What is sent says more about the items than what comes back: a gift card comes wrapped.
    sent = [each.body_of for each in found if each.body in {"object", "objects"}]
    returned = [each.returns_of for each in found]
    object_ = next((name for name in [*sent, *returned] if name), None)
    fields = {} if object_ is None else _with_defaults(object_, fields_of(object_))
    keys = [
        each.template.rpartition("{")[2].rstrip("}")
        for each in found
        if each.template.endswith("}")
    ]
    key = _KEYS.get(place, next((key for key in keys if key in fields), ""))
    # Who can't ask for fields is shown all of them.
    selecting = [each for each in lists if "fields" in each.query]
    defaults = [each.query["fields"].default for each in selecting]
    shown = tuple(next((names for names in defaults if names), ()))
    shown = shown or _example_fields(place, selecting)
    readable = tuple(name for name, field in fields.items() if field.access != "write")
    sorts = [each.query["sort"].default for each in lists if "sort" in each.query]
    return Table(
        key=key,
        named=next(iter([key, *keys] if key else keys), "item"),
        counted=key in fields and fields[key].kind == "integer",
        fields=fields,
        default_fields=tuple(name for name in shown if name in fields) or readable,
        unique=_UNIQUE.get(place, ()),
        sort=next((sort for sort in sorts if sort), _SORTS.get(place)),
        is_open=object_ is not None and is_open(object_),
        fixed=frozenset[str]().union(*(each.without for each in found if each.method == "PUT")),
    )


def _with_defaults(object_: str, fields: Mapping[str, Field]) -> dict[str, Field]:
    own = _DEFAULTS.get(object_, {})
    return {
        name: attrs.evolve(field, default=own[name]) if name in own else field
        for name, field in fields.items()
    }

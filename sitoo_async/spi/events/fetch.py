"""How the object that an event tells of is read back: by which method, and by which of its data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from sitoo_async._checks.looking import Looking
from sitoo_async._codec.base import Model, set_fields
from sitoo_async._codec.unknown import unknown_fields
from sitoo_async.errors import InvalidInputError, NotFoundError, printable

if TYPE_CHECKING:
    from sitoo_async._client import SitooClient

__all__ = ["fetched"]


@attrs.frozen
class _Way:
    """How objects of one type are read back.

    Attributes:
        read: the client and the data to the object.
        method: what that calls, for the error.
        names: the data that tell which object it is.
        inferred: whether their names are.
    """

    read: Callable[..., Awaitable[Any]]
    method: str
    names: tuple[str, ...]
    inferred: bool = True


async def _order(sitoo: SitooClient, eshop_id: int, order_id: int) -> Any:
    return await sitoo.site(eshop_id).orders.get(order_id)


async def _delivery(
    sitoo: SitooClient, eshop_id: int, order_id: int, order_delivery_id: int
) -> Any:
    # There is no way to ask for one of them.
    deliveries = sitoo.site(eshop_id).orders.deliveries
    async for delivery in deliveries.list(order_id):
        if getattr(delivery, "orderdeliveryid", None) == order_delivery_id:
            return delivery
    raise NotFoundError(
        f"the order {order_id} has no delivery {order_delivery_id}", sent="yes", status=404
    )


async def _shipment(sitoo: SitooClient, shipment_id: int) -> Any:
    return await sitoo.shipments.get(shipment_id)


async def _shipment_v3(sitoo: SitooClient, shipment_id: str) -> Any:
    return await sitoo.shipments_v3.get(shipment_id)


async def _transaction(
    sitoo: SitooClient, eshop_id: int, warehouse_id: int, warehouse_transaction_id: int
) -> Any:
    transactions = sitoo.site(eshop_id).warehouses.transactions
    return await transactions.get(warehouse_id, warehouse_transaction_id)


async def _z_report(sitoo: SitooClient, register_id: str, z_report_id: int) -> Any:
    return await sitoo.z_reports.get(register_id, z_report_id)


async def _store_z_report(sitoo: SitooClient, store_z_report_id: Any) -> Any:
    # Nobody knows whether it comes as text; what is no number, `get` refuses.
    text = str(store_z_report_id)
    key = int(text) if text.isascii() and text.isdecimal() else store_z_report_id
    return await sitoo.store_z_reports.get(key)


_ORDER: Final = _Way(_order, "orders.get", ("eshop_id", "order_id"), inferred=False)

_WAYS: Final[Mapping[str, _Way]] = {
    "order": _ORDER,
    "booking": _ORDER,
    "order-delivery": _Way(
        _delivery,
        "orders.deliveries.list",
        ("eshop_id", "order_id", "order_delivery_id"),
        inferred=False,
    ),
    "shipment": _Way(_shipment, "shipments.get", ("shipment_id",)),
    "shipment-v3": _Way(_shipment_v3, "shipments_v3.get", ("shipment_id",)),
    "warehouse-transaction": _Way(
        _transaction,
        "warehouses.transactions.get",
        ("eshop_id", "warehouse_id", "warehouse_transaction_id"),
    ),
    "z-report": _Way(_z_report, "z_reports.get", ("register_id", "z_report_id")),
    "store-z-report": _Way(_store_z_report, "store_z_reports.get", ("store_z_report_id",)),
}


async def fetched(event: Any, sitoo: SitooClient) -> Any:
    """The object that an event tells of; see `Event.fetch`."""
    with Looking("event"):
        event_type: object = getattr(event, "event_type", None)
        data: object = getattr(event, "data", None)
        way = _WAYS.get(event_type) if isinstance(event_type, str) else None
        if way is None:
            raise InvalidInputError(
                "nothing is known here of events of this type, so that nothing can be read back;"
                " its data is a plain mapping, see event.data",
                field="event_type",
            )
        keys = [_key(way, name, data) for name in way.names]
    return await way.read(sitoo, *keys)


def _key(way: _Way, name: str, data: object) -> Any:
    """One of the data that tell which object it is; whether it may be it, the method looks."""
    value: object = getattr(data, name, None)
    if value is not None:
        return value
    if not way.inferred:
        raise InvalidInputError(
            f"data.{name} is not there, so that nothing tells which object it is; see event.data"
            f" for what is, and {way.method} to read it back by yourself",
            field=f"data.{name}",
        )
    came = sorted([*set_fields(data), *unknown_fields(data)]) if isinstance(data, Model) else []
    raise InvalidInputError(
        f"data.{name} is not there: its name is inferred, as no page prints those of this type, and"
        f" Sitoo's own seems to be another; what came is {printable(', '.join(came)) or 'nothing'}"
        f" (see unknown_fields(event.data)); read it back by yourself, by {way.method}",
        field=f"data.{name}",
    )

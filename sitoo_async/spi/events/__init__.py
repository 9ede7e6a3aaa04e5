"""Events: what happened in Sitoo, as Sitoo tells it, and what is handled of it.

`Events` is the address that Sitoo posts to. See it for how to begin.

Reference: SPI Events, Overview page.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from sitoo_async._on_demand import on_demand

__all__ = [
    "DeadLetter",
    "Event",
    "EventType",
    "Events",
    "Failure",
    "Handler",
    "Inbox",
    "Letter",
    "MemoryInbox",
    "Missed",
    "MissedKind",
    "OrderData",
    "OrderDeliveryData",
    "OrderDeliveryEventType",
    "OrderDeliveryStateChanged",
    "OrderEventType",
    "OrderStateChanged",
    "Patience",
    "ProcrastinateInbox",
    "Run",
    "SQLiteInbox",
    "ShipmentData",
    "ShipmentEventType",
    "ShipmentV3Data",
    "ShipmentV3StateChanged",
    "StoreZReportData",
    "WarehouseTransactionData",
    "Worker",
    "WorkerOptions",
    "ZReportData",
]

if TYPE_CHECKING:
    from sitoo_async.spi.events.inbox import DeadLetter, Failure, Inbox, Letter, Patience, Run
    from sitoo_async.spi.events.memory import MemoryInbox
    from sitoo_async.spi.events.objects import (
        Event,
        EventType,
        OrderData,
        OrderDeliveryData,
        OrderDeliveryEventType,
        OrderDeliveryStateChanged,
        OrderEventType,
        OrderStateChanged,
        ShipmentData,
        ShipmentEventType,
        ShipmentV3Data,
        ShipmentV3StateChanged,
        StoreZReportData,
        WarehouseTransactionData,
        ZReportData,
    )
    from sitoo_async.spi.events.procrastinate import ProcrastinateInbox
    from sitoo_async.spi.events.receiver import Events, Handler
    from sitoo_async.spi.events.reconcile import Missed, MissedKind
    from sitoo_async.spi.events.sqlite import SQLiteInbox
    from sitoo_async.spi.events.worker import Worker, WorkerOptions
else:
    if find_spec("procrastinate") is None:
        # `help` and `import *` load all that is listed. By its name it says what to install.
        __all__.remove("ProcrastinateInbox")  # noqa: PYI056 - no type checker sees this branch
    _OBJECTS = "sitoo_async.spi.events.objects"
    _INBOX = "sitoo_async.spi.events.inbox"
    _RECEIVER = "sitoo_async.spi.events.receiver"
    __getattr__, __dir__ = on_demand(
        __name__,
        {name: _OBJECTS for name in __all__ if name.startswith(("Event", "Order", "Shipment"))}
        | dict.fromkeys(("StoreZReportData", "WarehouseTransactionData", "ZReportData"), _OBJECTS)
        | dict.fromkeys(("DeadLetter", "Failure", "Inbox", "Letter", "Patience", "Run"), _INBOX)
        | {
            "Events": _RECEIVER,
            "Handler": _RECEIVER,
            "Missed": "sitoo_async.spi.events.reconcile",
            "MissedKind": "sitoo_async.spi.events.reconcile",
            "MemoryInbox": "sitoo_async.spi.events.memory",
            "ProcrastinateInbox": "sitoo_async.spi.events.procrastinate",
            "SQLiteInbox": "sitoo_async.spi.events.sqlite",
            "Worker": "sitoo_async.spi.events.worker",
            "WorkerOptions": "sitoo_async.spi.events.worker",
        },
    )

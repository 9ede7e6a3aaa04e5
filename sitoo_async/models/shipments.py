"""Shipments of goods between warehouses, suppliers and stores.

Reference: https://developer.sitoo.com/api-reference/shipments
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.kinds import Decimal3, Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "ArchivedFilterType",
    "Shipment",
    "ShipmentField",
    "ShipmentFields",
    "ShipmentItem",
    "ShipmentItemFields",
    "ShipmentPackage",
    "ShipmentPackageFields",
    "ShipmentState",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.shipments import (
        ShipmentField,
        ShipmentFields,
        ShipmentItemFields,
        ShipmentPackageFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


class ShipmentState(OpenEnum):
    """How far a shipment has come.

    A shipment may also be cancelled; the reference doesn't show the number of that state.
    """

    NEW = 0
    IN_TRANSIT = 10
    RECEIVED = 20


class ArchivedFilterType(OpenEnum):
    """Which shipments are listed: those put away, the others, or both."""

    ALL = 10
    ACTIVE = 20
    ARCHIVED = 30


@model
class ShipmentPackage(Model):
    """A package of a shipment."""

    shipmentpackageid: int = UNSET
    """The number of the package within its shipment; items name it."""

    barcode: str = UNSET
    """The barcode on the package; one that another package has is refused by Sitoo."""

    externalid: str = UNSET
    """The package in another system."""

    comment: str = UNSET
    """A comment on the package."""


@model
class ShipmentItem(Model):
    """A row of a shipment."""

    shipmentitemid: int = UNSET
    """The number of the row within its shipment."""

    shipmentpackageid: int = UNSET
    """The package that it lies in."""

    sku: str = UNSET
    """The product's article number."""

    productname: str = UNSET
    """The product's name."""

    unitlabel: str = UNSET
    """The unit in which it is counted, such as ``kg``; mostly empty."""

    decimalunitquantity: Decimal3 | None = UNSET
    """How much one of them is, in `unitlabel`; None where it isn't counted by measure."""

    quantity: int = UNSET
    """How many were sent."""

    quantityreceived: int = UNSET
    """How many arrived."""

    moneypricein: Money | None = UNSET
    """The purchase price of one; it can go into the stock transaction on arrival."""

    externalid: str = UNSET
    """The row in another system."""


@model
class Shipment(Model):
    """Goods on their way to a warehouse; shared by all sites of the account.

    Reference: https://developer.sitoo.com/api-reference/shipments#shipment
    """

    shipmentid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the shipment is added."""

    shipmentstate: ShipmentState = UNSET
    """New, in transit, received or cancelled."""

    archived: bool = UNSET
    """Whether it is put away; lists leave it out then, unless asked."""

    externalid: str = UNSET
    """The shipment in another system."""

    barcode: str = UNSET
    """The barcode of the shipment; one that another shipment has is refused by Sitoo."""

    comment: str = UNSET
    """A comment on it."""

    emailowner: str = UNSET
    """The email address of whoever is in charge of it."""

    emailreceivedby: str = UNSET
    """The email address of whoever takes care of it on arrival."""

    datenew: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    dateintransit: Annotated[Timestamp | None, Mark.READ_ONLY] = UNSET
    """When it was set to in transit; None: never."""

    datereceived: Annotated[Timestamp | None, Mark.READ_ONLY] = UNSET
    """When it was set to received; None: never."""

    datecancelled: Annotated[Timestamp | None, Mark.READ_ONLY] = UNSET
    """When it was cancelled; None: never."""

    dateestimatedpickup: Timestamp | None = UNSET
    """When it is expected to be picked up; None: not known."""

    dateestimateddelivery: Timestamp | None = UNSET
    """When it is expected to arrive; None: not known."""

    sender_warehouseid: int | None = UNSET
    """The warehouse that sends it; None: not one of Sitoo's."""

    sender_name: str = UNSET
    """Who sends it."""

    sender_address: str = UNSET
    """The sender's address, first line."""

    sender_address2: str = UNSET
    """The sender's address, second line."""

    sender_zip: str = UNSET
    """The sender's postal code."""

    sender_city: str = UNSET
    """The sender's city."""

    sender_state: str = UNSET
    """The sender's state."""

    sender_countryid: str = UNSET
    """The sender's country as a code of ISO 3166, such as ``se``."""

    sender_referencename: str = UNSET
    """Whom to ask at the sender's."""

    sender_referenceemail: str = UNSET
    """The email address of that person."""

    sender_referencemobile: str = UNSET
    """The mobile number of that person."""

    sender_instructions: str = UNSET
    """What the sender should know."""

    receiver_warehouseid: int | None = UNSET
    """The warehouse that receives it; None: not one of Sitoo's."""

    receiver_name: str = UNSET
    """Who receives it."""

    receiver_address: str = UNSET
    """The receiver's address, first line."""

    receiver_address2: str = UNSET
    """The receiver's address, second line."""

    receiver_zip: str = UNSET
    """The receiver's postal code."""

    receiver_city: str = UNSET
    """The receiver's city."""

    receiver_state: str = UNSET
    """The receiver's state."""

    receiver_countryid: str = UNSET
    """The receiver's country as a code of ISO 3166, such as ``se``."""

    receiver_referencename: str = UNSET
    """Whom to ask at the receiver's."""

    receiver_referenceemail: str = UNSET
    """The email address of that person."""

    receiver_referencemobile: str = UNSET
    """The mobile number of that person."""

    receiver_instructions: str = UNSET
    """What the receiver should know."""

    carrier_name: str = UNSET
    """Who carries it, such as ``DHL``."""

    carrier_reference: str = UNSET
    """The carrier's number for it."""

    carrier_trackingurl: str = UNSET
    """Where to follow it on the web."""

    shipmentpackages: list[ShipmentPackage] = UNSET
    """Its packages."""

    shipmentitems: list[ShipmentItem] = UNSET
    """What is in it."""

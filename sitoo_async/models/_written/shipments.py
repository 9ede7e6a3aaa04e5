"""Which fields may be set and asked for, of the models in shipments.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models.shipments import ShipmentItem, ShipmentPackage, ShipmentState

__all__ = [
    "ShipmentField",
    "ShipmentFields",
    "ShipmentItemFields",
    "ShipmentPackageFields",
]


class ShipmentPackageFields(TypedDict, total=False):
    """The fields of a ShipmentPackage that can be set."""

    shipmentpackageid: int
    barcode: str
    externalid: str
    comment: str


class ShipmentItemFields(TypedDict, total=False):
    """The fields of a ShipmentItem that can be set."""

    shipmentitemid: int
    shipmentpackageid: int
    sku: str
    productname: str
    unitlabel: str
    decimalunitquantity: Decimal | int | str | None
    quantity: int
    quantityreceived: int
    moneypricein: Decimal | int | str | None
    externalid: str


class ShipmentFields(TypedDict, total=False):
    """The fields of a Shipment that can be set."""

    shipmentstate: ShipmentState | int
    archived: bool
    externalid: str
    barcode: str
    comment: str
    emailowner: str
    emailreceivedby: str
    dateestimatedpickup: datetime | None
    dateestimateddelivery: datetime | None
    sender_warehouseid: int | None
    sender_name: str
    sender_address: str
    sender_address2: str
    sender_zip: str
    sender_city: str
    sender_state: str
    sender_countryid: str
    sender_referencename: str
    sender_referenceemail: str
    sender_referencemobile: str
    sender_instructions: str
    receiver_warehouseid: int | None
    receiver_name: str
    receiver_address: str
    receiver_address2: str
    receiver_zip: str
    receiver_city: str
    receiver_state: str
    receiver_countryid: str
    receiver_referencename: str
    receiver_referenceemail: str
    receiver_referencemobile: str
    receiver_instructions: str
    carrier_name: str
    carrier_reference: str
    carrier_trackingurl: str
    shipmentpackages: Sequence[ShipmentPackage | ShipmentPackageFields]
    shipmentitems: Sequence[ShipmentItem | ShipmentItemFields]


ShipmentField = Literal[
    "shipmentid",
    "shipmentstate",
    "archived",
    "externalid",
    "barcode",
    "comment",
    "emailowner",
    "emailreceivedby",
    "datenew",
    "dateintransit",
    "datereceived",
    "datecancelled",
    "dateestimatedpickup",
    "dateestimateddelivery",
    "sender_warehouseid",
    "sender_name",
    "sender_address",
    "sender_address2",
    "sender_zip",
    "sender_city",
    "sender_state",
    "sender_countryid",
    "sender_referencename",
    "sender_referenceemail",
    "sender_referencemobile",
    "sender_instructions",
    "receiver_warehouseid",
    "receiver_name",
    "receiver_address",
    "receiver_address2",
    "receiver_zip",
    "receiver_city",
    "receiver_state",
    "receiver_countryid",
    "receiver_referencename",
    "receiver_referenceemail",
    "receiver_referencemobile",
    "receiver_instructions",
    "carrier_name",
    "carrier_reference",
    "carrier_trackingurl",
    "shipmentpackages",
    "shipmentitems",
]
"""The fields that can be asked for of a Shipment."""

"""Which fields may be set, of the models in shipments_v3.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from sitoo_async.models.shipments_v3 import (
    AddressV3,
    CarrierV3,
    ContactAddressV3,
    ContactV3,
    DimensionsV3,
    ShipmentInfoV3,
    ShipmentItemSerialNumberV3,
    ShipmentItemV3,
    ShipmentPackageV3,
    ShipmentReceivedItemsUndeclaredV3,
    ShipmentReceivedItemsV3,
    ShipmentReceivedItemV3,
    WeightV3,
)

__all__ = [
    "AddressV3Fields",
    "CarrierV3Fields",
    "ContactAddressV3Fields",
    "ContactV3Fields",
    "DimensionsV3Fields",
    "ShipmentActionV3Fields",
    "ShipmentInfoV3Fields",
    "ShipmentItemSerialNumberV3Fields",
    "ShipmentItemV3Fields",
    "ShipmentPackageV3Fields",
    "ShipmentReceivedItemV3Fields",
    "ShipmentReceivedItemsUndeclaredV3Fields",
    "ShipmentReceivedItemsV3Fields",
    "ShipmentV3Fields",
    "WeightV3Fields",
]


class ContactV3Fields(TypedDict, total=False):
    """The fields of a ContactV3 that can be set."""

    title: str
    first_name: str
    last_name: str
    email: str
    mobile: str
    note: str


class AddressV3Fields(TypedDict, total=False):
    """The fields of a AddressV3 that can be set."""

    name: str
    address: str
    address2: str
    city: str
    zip: str
    state: str
    country_id: str


class ContactAddressV3Fields(TypedDict, total=False):
    """The fields of a ContactAddressV3 that can be set."""

    contact: ContactV3 | ContactV3Fields
    address: AddressV3 | AddressV3Fields


class CarrierV3Fields(TypedDict, total=False):
    """The fields of a CarrierV3 that can be set."""

    name: str
    service: str
    reference: str
    tracking_url: str
    tracking_url_title: str
    estimated_pickup_at: datetime
    estimated_delivery_at: datetime


class ShipmentInfoV3Fields(TypedDict, total=False):
    """The fields of a ShipmentInfoV3 that can be set."""

    reference_number: str
    barcode: str
    currency: str
    note: str
    origin: ContactAddressV3 | ContactAddressV3Fields
    origin_warehouse_id: int
    destination: ContactAddressV3 | ContactAddressV3Fields
    destination_warehouse_id: int
    carrier: CarrierV3 | CarrierV3Fields
    additional_data: Mapping[str, str]
    receive_method: str


class ShipmentItemSerialNumberV3Fields(TypedDict, total=False):
    """The fields of a ShipmentItemSerialNumberV3 that can be set."""

    serial_number: str
    batch_number: str


class ShipmentItemV3Fields(TypedDict, total=False):
    """The fields of a ShipmentItemV3 that can be set."""

    id: str
    sku: str
    name: str
    quantity: int
    unit_label: str
    cost_price: Decimal | str
    serial_numbers: Sequence[ShipmentItemSerialNumberV3 | ShipmentItemSerialNumberV3Fields]
    additional_data: Mapping[str, str]


class DimensionsV3Fields(TypedDict, total=False):
    """The fields of a DimensionsV3 that can be set."""

    length: Decimal | int | float
    width: Decimal | int | float
    height: Decimal | int | float
    unit: str


class WeightV3Fields(TypedDict, total=False):
    """The fields of a WeightV3 that can be set."""

    value: Decimal | int | float
    unit: str


class ShipmentPackageV3Fields(TypedDict, total=False):
    """The fields of a ShipmentPackageV3 that can be set."""

    id: str
    barcode: str
    items: Sequence[ShipmentItemV3 | ShipmentItemV3Fields]
    dimensions: DimensionsV3 | DimensionsV3Fields
    weight: WeightV3 | WeightV3Fields
    note: str
    additional_data: Mapping[str, str]


class ShipmentReceivedItemV3Fields(TypedDict, total=False):
    """The fields of a ShipmentReceivedItemV3 that can be set."""

    item_id: str
    sku: str
    quantity: int


class ShipmentReceivedItemsV3Fields(TypedDict, total=False):
    """The fields of a ShipmentReceivedItemsV3 that can be set."""

    items: Sequence[ShipmentReceivedItemV3 | ShipmentReceivedItemV3Fields]


class ShipmentReceivedItemsUndeclaredV3Fields(TypedDict, total=False):
    """The fields of a ShipmentReceivedItemsUndeclaredV3 that can be set."""

    items: Sequence[ShipmentReceivedItemV3 | ShipmentReceivedItemV3Fields]


class ShipmentActionV3Fields(TypedDict, total=False):
    """The fields of a ShipmentActionV3 that can be set."""

    type: str
    data: (
        ShipmentInfoV3
        | ShipmentInfoV3Fields
        | ShipmentPackageV3
        | ShipmentPackageV3Fields
        | ShipmentReceivedItemsV3
        | ShipmentReceivedItemsV3Fields
        | ShipmentReceivedItemsUndeclaredV3
        | ShipmentReceivedItemsUndeclaredV3Fields
        | Mapping[str, Any]
    )


class ShipmentV3Fields(TypedDict, total=False):
    """The fields of a ShipmentV3 that can be set."""

    info: ShipmentInfoV3 | ShipmentInfoV3Fields
    packages: Sequence[ShipmentPackageV3 | ShipmentPackageV3Fields]

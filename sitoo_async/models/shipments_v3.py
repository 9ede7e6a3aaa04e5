"""Shipments of goods with a state that only actions change, as of the newer service.

Reference: the pages Overview and Endpoints of Shipments v3, of which the tops can be had. What is
marked as inferred is printed on none of them. Amounts are integers of hundredths on the wire.
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import elsewhere, known, name_only
from sitoo_async._codec.kinds import AdditionalData, ChoiceOf, Hundredths, Mark, Number, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "AddressV3",
    "AddressV3Fields",
    "CarrierV3",
    "CarrierV3Fields",
    "ContactAddressV3",
    "ContactAddressV3Fields",
    "ContactV3",
    "ContactV3Fields",
    "DimensionsV3",
    "DimensionsV3Fields",
    "ShipmentActionV3",
    "ShipmentActionV3Fields",
    "ShipmentInfoV3",
    "ShipmentInfoV3Fields",
    "ShipmentItemSerialNumberV3",
    "ShipmentItemSerialNumberV3Fields",
    "ShipmentItemV3",
    "ShipmentItemV3Fields",
    "ShipmentPackageV3",
    "ShipmentPackageV3Fields",
    "ShipmentReceivedItemV3",
    "ShipmentReceivedItemV3Fields",
    "ShipmentReceivedItemsUndeclaredV3",
    "ShipmentReceivedItemsUndeclaredV3Fields",
    "ShipmentReceivedItemsV3",
    "ShipmentReceivedItemsV3Fields",
    "ShipmentSortOptionV3",
    "ShipmentStateV3",
    "ShipmentV3",
    "ShipmentV3Fields",
    "WeightV3",
    "WeightV3Fields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.shipments_v3 import (
        AddressV3Fields,
        CarrierV3Fields,
        ContactAddressV3Fields,
        ContactV3Fields,
        DimensionsV3Fields,
        ShipmentActionV3Fields,
        ShipmentInfoV3Fields,
        ShipmentItemSerialNumberV3Fields,
        ShipmentItemV3Fields,
        ShipmentPackageV3Fields,
        ShipmentReceivedItemsUndeclaredV3Fields,
        ShipmentReceivedItemsV3Fields,
        ShipmentReceivedItemV3Fields,
        ShipmentV3Fields,
        WeightV3Fields,
    )
else:
    __getattr__, __dir__ = written(__name__)

# Texts of which no value is printed.
name_only("shipments-v3", "ActionType", "ShipmentReceiveMethod")
elsewhere("shipments-v3", "ShipmentEnvelope", "documented", "the pages of shipments_v3.list()")
elsewhere(
    "shipments-v3", "ShipmentActionEnvelope", "inferred", "the pages of shipments_v3.actions.list()"
)
elsewhere("shipments-v3", "ErrorCode", "inferred", "ApiError.error_code")
elsewhere("shipments-v3", "ErrorMessage", "inferred", "ApiError")


@known("shipments-v3", "ShipmentState", "documented")
class ShipmentStateV3(OpenText):
    """How far a shipment has come.

    It begins as ``new``, or as ``in-transit`` where the POS made it. Three states are active, and
    three end it.
    """

    NEW = "new"
    IN_TRANSIT = "in-transit"
    ARRIVED = "arrived"
    CLOSED = "closed"
    CLOSED_INCOMPLETE = "closed-incomplete"
    CANCELLED = "cancelled"


@known("shipments-v3", "ShipmentSortOption", "documented")
class ShipmentSortOptionV3(OpenText):
    """The order of shipments; by the estimated delivery only those come that have one.

    Those by when they were added are inferred from the order that is the default.
    """

    ESTIMATED_DELIVERY_AT = "estimated_delivery_at"
    ESTIMATED_DELIVERY_AT_DESCENDING = "-estimated_delivery_at"
    CREATED_AT = "created_at"
    CREATED_AT_DESCENDING = "-created_at"


@known("shipments-v3", "Contact", "documented")
@model
class ContactV3(Model):
    """A person to turn to."""

    title: str = UNSET
    """How the person is addressed, such as ``Mr``."""

    first_name: str = UNSET
    """The first name."""

    last_name: str = UNSET
    """The last name."""

    email: str = UNSET
    """The mail address."""

    mobile: str = UNSET
    """The number of the mobile phone, such as ``+46850009300``."""

    note: str = UNSET
    """A note on the person."""


@known("shipments-v3", "Address", "documented")
@model
class AddressV3(Model):
    """An address."""

    name: str = UNSET
    """Whose address it is."""

    address: str = UNSET
    """The street."""

    address2: str = UNSET
    """In whose care, and the like."""

    city: str = UNSET
    """The city."""

    zip: str = UNSET
    """The postal code."""

    state: str = UNSET
    """The state or region."""

    country_id: str = UNSET
    """The country, by its code (ISO 3166-1 alpha-2)."""


@known("shipments-v3", "ContactAddress", "documented")
@model
class ContactAddressV3(Model):
    """Where a shipment comes from or goes to."""

    contact: ContactV3 = UNSET
    """Whom to turn to there."""

    address: AddressV3 = UNSET
    """Where it is."""


@known("shipments-v3", "Carrier", "documented")
@model
class CarrierV3(Model):
    """Who carries a shipment, and when."""

    name: str = UNSET
    """The name of the carrier."""

    service: str = UNSET
    """Which of its services."""

    reference: str = UNSET
    """The shipment as the carrier calls it."""

    tracking_url: str = UNSET
    """Where the shipment can be tracked."""

    tracking_url_title: str = UNSET
    """What the link to there is called."""

    estimated_pickup_at: Timestamp = UNSET
    """When it is likely to be fetched."""

    estimated_delivery_at: Timestamp = UNSET
    """When it is likely to arrive; by it shipments can be found and sorted."""


@known("shipments-v3", "ShipmentInfo", "documented")
@model
class ShipmentInfoV3(Model):
    """What is known of a shipment beside what is in it."""

    reference_number: str = UNSET
    """The shipment in another system."""

    barcode: str = UNSET
    """What the POS scans to find it."""

    currency: str = UNSET
    """The currency of its prices, by its code (ISO 4217)."""

    note: str = UNSET
    """A note on it."""

    origin: ContactAddressV3 = UNSET
    """Where it comes from."""

    origin_warehouse_id: int = UNSET
    """The warehouse that it leaves."""

    destination: ContactAddressV3 = UNSET
    """Where it goes to."""

    destination_warehouse_id: int = UNSET
    """The warehouse that it goes to."""

    carrier: CarrierV3 = UNSET
    """Who carries it."""

    additional_data: AdditionalData = UNSET
    """Free data whose values are all text."""

    receive_method: Annotated[str, Mark.INFERRED] = UNSET
    """How it is to be received; its values and its place are not printed (inferred)."""


@known("shipments-v3", "ShipmentItemSerialNumber", "inferred")
@model
class ShipmentItemSerialNumberV3(Model):
    """Which of the items of one kind it is.

    Inferred: it is printed that items have serial and batch numbers, and no more.
    """

    serial_number: Annotated[str, Mark.INFERRED] = UNSET
    """The serial number (inferred)."""

    batch_number: Annotated[str, Mark.INFERRED] = UNSET
    """The batch that it was made in (inferred)."""


@known("shipments-v3", "ShipmentItem", "inferred")
@model
class ShipmentItemV3(Model):
    """A row of a package.

    Inferred from the `ShipmentItem` of v2; its quantity alone is printed.
    """

    id: Annotated[str, Mark.INFERRED] = UNSET
    """The row (inferred)."""

    sku: Annotated[str, Mark.INFERRED] = UNSET
    """The product's article number (inferred)."""

    name: Annotated[str, Mark.INFERRED] = UNSET
    """The product's name (inferred)."""

    quantity: int = UNSET
    """How many."""

    unit_label: Annotated[str, Mark.INFERRED] = UNSET
    """The unit in which it is counted (inferred)."""

    cost_price: Annotated[Hundredths, Mark.INFERRED] = UNSET
    """The purchase price of one (inferred)."""

    serial_numbers: Annotated[list[ShipmentItemSerialNumberV3], Mark.INFERRED] = UNSET
    """The serial and batch numbers (inferred)."""

    additional_data: Annotated[AdditionalData, Mark.INFERRED] = UNSET
    """Free data whose values are all text (inferred)."""


@known("shipments-v3", "Dimensions", "inferred")
@model
class DimensionsV3(Model):
    """How large a package is.

    Inferred from its name alone.
    """

    length: Annotated[Number, Mark.INFERRED] = UNSET
    """How long, in `unit` (inferred)."""

    width: Annotated[Number, Mark.INFERRED] = UNSET
    """How wide, in `unit` (inferred)."""

    height: Annotated[Number, Mark.INFERRED] = UNSET
    """How high, in `unit` (inferred)."""

    unit: Annotated[str, Mark.INFERRED] = UNSET
    """The unit of the three (inferred)."""


@known("shipments-v3", "Weight", "inferred")
@model
class WeightV3(Model):
    """How heavy a package is.

    Inferred from its name alone.
    """

    value: Annotated[Number, Mark.INFERRED] = UNSET
    """How heavy, in `unit` (inferred)."""

    unit: Annotated[str, Mark.INFERRED] = UNSET
    """The unit (inferred)."""


@known("shipments-v3", "ShipmentPackage", "inferred")
@model
class ShipmentPackageV3(Model):
    """A package of a shipment.

    Inferred from the `ShipmentPackage` of v2; that it contains items is printed.
    """

    id: Annotated[str, Mark.INFERRED] = UNSET
    """The package (inferred)."""

    barcode: Annotated[str, Mark.INFERRED] = UNSET
    """What is scanned where it arrives (inferred)."""

    items: list[ShipmentItemV3] = UNSET
    """What is in it."""

    dimensions: Annotated[DimensionsV3, Mark.INFERRED] = UNSET
    """How large it is (inferred)."""

    weight: Annotated[WeightV3, Mark.INFERRED] = UNSET
    """How heavy it is (inferred)."""

    note: Annotated[str, Mark.INFERRED] = UNSET
    """A note on it (inferred)."""

    additional_data: Annotated[AdditionalData, Mark.INFERRED] = UNSET
    """Free data whose values are all text (inferred)."""


@known("shipments-v3", "ShipmentReceivedItem", "inferred")
@model
class ShipmentReceivedItemV3(Model):
    """What was received of a row, or of a product that no package declared.

    Inferred: it is printed that items are received while the shipment is open, and no more.
    """

    item_id: Annotated[str, Mark.INFERRED] = UNSET
    """The row (inferred)."""

    sku: Annotated[str, Mark.INFERRED] = UNSET
    """The product's article number (inferred)."""

    quantity: Annotated[int, Mark.INFERRED] = UNSET
    """How many arrived (inferred)."""


@known("shipments-v3", "ShipmentReceivedItems", "inferred")
@model
class ShipmentReceivedItemsV3(Model):
    """What an action of receiving says.

    Inferred from its name.
    """

    items: Annotated[list[ShipmentReceivedItemV3], Mark.INFERRED] = UNSET
    """What was received (inferred)."""


@known("shipments-v3", "ShipmentReceivedItemsUndeclared", "inferred")
@model
class ShipmentReceivedItemsUndeclaredV3(Model):
    """What an action of receiving says of what no package declared.

    Inferred from its name.
    """

    items: Annotated[list[ShipmentReceivedItemV3], Mark.INFERRED] = UNSET
    """What was received (inferred)."""


_ActionData = Annotated[
    ShipmentInfoV3
    | ShipmentPackageV3
    | ShipmentReceivedItemsV3
    | ShipmentReceivedItemsUndeclaredV3
    | dict[str, Any],
    ChoiceOf(
        models={},
        field="type",
        beside=True,
        others=(
            ShipmentInfoV3,
            ShipmentPackageV3,
            ShipmentReceivedItemsV3,
            ShipmentReceivedItemsUndeclaredV3,
        ),
    ),
]


@known("shipments-v3", "ShipmentAction", "inferred")
@model
class ShipmentActionV3(Model):
    """A change of a shipment: sending it, receiving some of it, closing it.

    Inferred from its name. The values of `type` are not printed, and so nothing tells what `data`
    has to hold.
    """

    type: Annotated[str, Mark.INFERRED] = UNSET
    """What is done; no value is printed (inferred)."""

    created_at: Annotated[Timestamp, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """When it was done (inferred)."""

    data: Annotated[_ActionData, Mark.INFERRED] = UNSET
    """What it is done with, by type (inferred).

    One of these models is the likeliest, and may be sent; since nothing tells which it is, what
    comes is a plain mapping.
    """


@known("shipments-v3", "Shipment", "documented")
@model
class ShipmentV3(Model):
    """Goods on their way to a warehouse; only actions change it.

    Reference: the page Endpoints of Shipments v3.
    """

    id: Annotated[str, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the shipment is added: a UUID."""

    version: Annotated[int, Mark.READ_ONLY] = UNSET
    """How often it was changed, from 0; likely there to tell a change that came in between."""

    created_at: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    modified_at: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was last changed."""

    state: Annotated[ShipmentStateV3, Mark.READ_ONLY] = UNSET
    """How far it has come."""

    info: ShipmentInfoV3 = UNSET
    """Where it comes from and goes to, and what else is known of it."""

    packages: Annotated[list[ShipmentPackageV3], Mark.INFERRED] = UNSET
    """What is in it; comes where it is asked for (inferred)."""

    items_undeclared: Annotated[list[ShipmentReceivedItemV3], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What arrived without being declared; comes where it is asked for (inferred)."""

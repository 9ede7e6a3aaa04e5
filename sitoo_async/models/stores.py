"""Stores: where each is, and what kind of place it is.

Reference: https://developer.sitoo.com/api-reference/stores
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.kinds import AdditionalData, Mark, Tags
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["Store", "StoreField", "StoreFields", "StoreType"]

if TYPE_CHECKING:
    from sitoo_async.models._written.stores import StoreField, StoreFields
else:
    __getattr__, __dir__ = written(__name__)


class StoreType(OpenEnum):
    """What kind of store it is; mobile and online stores have further numbers of their own."""

    STORE = 10
    OUTLET = 20
    POP_UP = 30


@model
class Store(Model):
    """A point of sale, with its address and its habits in moving stock.

    Reference: https://developer.sitoo.com/api-reference/stores#store
    """

    storeid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the store is added."""

    eshopid: int = UNSET
    """The site that it belongs to."""

    storetype: Annotated[StoreType, Mark.REQUIRED] = UNSET
    """What kind of store it is."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """The store's name."""

    externalid: str | None = UNSET
    """The store's id in another system; orders made in the store are marked with it."""

    externalgroupid: str | None = UNSET
    """The id in another system of a group of stores that it belongs to."""

    phone: str | None = UNSET
    """Telephone number."""

    email: str | None = UNSET
    """E-mail address."""

    address: str = UNSET
    """Street address."""

    address2: str = UNSET
    """Second line of the street address."""

    zip: str = UNSET
    """Postal code."""

    city: str = UNSET
    """City."""

    state: str = UNSET
    """State or region."""

    countryid: str = UNSET
    """The country as a code of ISO 3166, such as ``se``."""

    latitude: str | None = UNSET
    """Degrees north as text with six decimals, such as ``59.329323``."""

    longitude: str | None = UNSET
    """Degrees east as text with six decimals, such as ``18.068581``."""

    nearby_stores: list[int] = UNSET
    """The storeids of stores close by, which the POS offers for stock checks and deliveries."""

    usetype_movein: int | None = UNSET
    """The use type of the warehouse to prefer when goods are moved in; None: no preference."""

    usetype_moveout: int | None = UNSET
    """The use type of the warehouse to prefer when goods are moved out; None: no preference."""

    usetype_manualin: int | None = UNSET
    """The use type to prefer when goods are put in by hand; None: no preference."""

    usetype_manualout: int | None = UNSET
    """The use type to prefer when goods are taken out by hand; None: no preference."""

    usetype_shipmentin: int | None = UNSET
    """The use type to prefer when a shipment arrives; None: no preference."""

    usetype_shipmentout: int | None = UNSET
    """The use type to prefer when a shipment is sent; None: no preference."""

    tags: Tags = UNSET
    """Tags by which price lists and campaigns are bound to it."""

    additional_data: AdditionalData | None = UNSET
    """Free data, all text; None: none."""

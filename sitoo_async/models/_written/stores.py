"""Which fields may be set and asked for, of the models in stores.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, TypedDict

from sitoo_async.models.stores import StoreType

__all__ = [
    "StoreField",
    "StoreFields",
]


class StoreFields(TypedDict, total=False):
    """The fields of a Store that can be set."""

    eshopid: int
    storetype: StoreType | int
    name: str
    externalid: str | None
    externalgroupid: str | None
    phone: str | None
    email: str | None
    address: str
    address2: str
    zip: str
    city: str
    state: str
    countryid: str
    latitude: str | None
    longitude: str | None
    nearby_stores: Sequence[int]
    usetype_movein: int | None
    usetype_moveout: int | None
    usetype_manualin: int | None
    usetype_manualout: int | None
    usetype_shipmentin: int | None
    usetype_shipmentout: int | None
    tags: Sequence[str]
    additional_data: Mapping[str, str] | None


StoreField = Literal[
    "storeid",
    "eshopid",
    "storetype",
    "name",
    "externalid",
    "externalgroupid",
    "phone",
    "email",
    "address",
    "address2",
    "zip",
    "city",
    "state",
    "countryid",
    "latitude",
    "longitude",
    "nearby_stores",
    "usetype_movein",
    "usetype_moveout",
    "usetype_manualin",
    "usetype_manualout",
    "usetype_shipmentin",
    "usetype_shipmentout",
    "tags",
    "additional_data",
]
"""The fields that can be asked for of a Store."""

"""Which fields may be set and asked for, of the models in manufacturers.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from typing import Literal, TypedDict

__all__ = [
    "ManufacturerField",
    "ManufacturerFields",
]


class ManufacturerFields(TypedDict, total=False):
    """The fields of a Manufacturer that can be set."""

    name: str
    description: str
    address: str
    zip: str
    city: str
    state: str
    countryid: str
    phone: str
    email: str
    url1: str
    url2: str


ManufacturerField = Literal[
    "externalcompanyid",
    "name",
    "description",
    "address",
    "zip",
    "city",
    "state",
    "countryid",
    "phone",
    "email",
    "url1",
    "url2",
]
"""The fields that can be asked for of a Manufacturer."""

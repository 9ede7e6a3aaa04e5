"""Manufacturers, which also stand for brands and designers.

Reference: https://developer.sitoo.com/api-reference/manufacturers
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated, Literal, TypedDict

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET

__all__ = ["Manufacturer", "ManufacturerField", "ManufacturerFields"]


@model
class Manufacturer(Model):
    """A manufacturer of a site's products.

    Reference: https://developer.sitoo.com/api-reference/manufacturers#manufacturer
    """

    externalcompanyid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when it is added; products name it as their `manufacturerid`."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What it is called."""

    description: str = UNSET
    """Free text about it."""

    address: str = UNSET
    """Street and number."""

    zip: str = UNSET
    """Postal code."""

    city: str = UNSET
    """City."""

    state: str = UNSET
    """State or region."""

    countryid: str = UNSET
    """Country as a code of ISO 3166, such as ``se``."""

    phone: str = UNSET
    """Telephone number."""

    email: str = UNSET
    """Email address."""

    url1: str = UNSET
    """Its home page."""

    url2: str = UNSET
    """Another page about it."""


# --- From here on written by .ci/write_fields.py; change the models above and run it. ---


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

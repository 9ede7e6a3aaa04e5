"""Manufacturers, which also stand for brands and designers.

Reference: https://developer.sitoo.com/api-reference/manufacturers
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["Manufacturer", "ManufacturerField", "ManufacturerFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.manufacturers import ManufacturerField, ManufacturerFields
else:
    __getattr__, __dir__ = written(__name__)


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

"""Cash registers: the devices on which Sitoo POS runs.

Reference: https://developer.sitoo.com/api-reference/cash-registers
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET

__all__ = ["PosRegister"]


@model
class PosRegister(Model):
    """A cash register of a site; its settings are made in the Backoffice.

    Reference: https://developer.sitoo.com/api-reference/cash-registers#posregister
    """

    registerid: Annotated[str, Mark.READ_ONLY] = UNSET
    """Its GUID, in braces."""

    manufacturerid: Annotated[str, Mark.READ_ONLY] = UNSET
    """Its serial number, for the tax authorities."""

    registerkey: Annotated[str, Mark.READ_ONLY] = UNSET
    """The name under which the tax authorities know it; it has none until it is registered."""

    company: Annotated[str, Mark.READ_ONLY] = UNSET
    """The company that runs it."""

    companyid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The company's registration number."""

    address: Annotated[str, Mark.READ_ONLY] = UNSET
    """Address, first line."""

    address2: Annotated[str, Mark.READ_ONLY] = UNSET
    """Address, second line."""

    zip: Annotated[str, Mark.READ_ONLY] = UNSET
    """Postal code."""

    city: Annotated[str, Mark.READ_ONLY] = UNSET
    """City."""

    state: Annotated[str, Mark.READ_ONLY] = UNSET
    """State of the country."""

    countryid: Annotated[str, Mark.READ_ONLY] = UNSET
    """Country as two letters (ISO 3166)."""

    currencycode: Annotated[str, Mark.READ_ONLY] = UNSET
    """The currency that it sells in, as three letters (ISO 4217)."""

    receiptlanguagetag: Annotated[str, Mark.READ_ONLY] = UNSET
    """The language of its receipts, such as ``en`` (BCP 47)."""

    storesettingid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The store settings that it uses."""

    warehouseid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The warehouse that it sells from."""

    salestaxgroupid: Annotated[int | None, Mark.READ_ONLY] = UNSET
    """The sales tax group that it collects; None: no sales tax."""

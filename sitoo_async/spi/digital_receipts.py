"""Digital Receipts: receipts that reach a customer without paper.

What is known of SPI Digital Receipts is its overview and the top of its page of endpoints: both
operations, and the recipient that is found. Nothing is printed of the receipt itself but that it
has items, payments, a customer and further data; so it comes as a mapping. The names of the fields
by which a recipient is looked up are inferred. This interface is newer than the reference's site
map.

The POS looks a recipient up where it has a customer of the CRM who can be named, and sends the
receipt by itself or by choice, as is set in the Backoffice. Stores need an external id.

Statuses: 200 or 204, 400, 401, 403, 404, 429, 500 and 502, and the error codes are
``bad-request``, ``unauthorized``, ``forbidden``, ``not-found``, ``too-many-requests``,
``bad-gateway`` and ``other``. Basic authentication is expected.

Reference: the pages Overview and Endpoints of SPI Digital Receipts, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from collections.abc import Mapping
from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import elsewhere, known, name_only
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import by_status
from sitoo_async.spi._core.service import Service

__all__ = [
    "DigitalReceiptService",
    "Loyalty",
    "Recipient",
    "RecipientLookup",
    "RecipientType",
]

# Of a discount its meanings are printed (id, name, code, total, VAT, additional data), not what
# they are called.
elsewhere("spi-digital-receipts", "ReceiptItemDiscount", "documented", "a plain mapping")
name_only("spi-digital-receipts", "ReceiptSalesTax")
elsewhere("spi-digital-receipts", "ErrorMessage", "documented", "sitoo_async.spi.Refusal")
elsewhere("spi-digital-receipts", "ErrorCode", "documented", "sitoo_async.spi.Refusal.code")


@known("spi-digital-receipts", "Recipient.type", "documented")
class RecipientType(OpenText):
    """What a receipt is sent to."""

    PERSONAL_ID = "personal-id"
    EMAIL = "email"
    PHONE_NUMBER = "phone-number"


@known("spi-digital-receipts", "RecipientLookup", "inferred")
@model
class RecipientLookup(Model):
    """What is known of the customer, one of the three at least.

    What they mean is printed, their names are inferred.
    """

    personal_id: Annotated[str, Mark.INFERRED] = UNSET
    """The personal identity number; inferred."""

    email: Annotated[str, Mark.INFERRED] = UNSET
    """The address for email; inferred."""

    phone_number: Annotated[str, Mark.INFERRED] = UNSET
    """The telephone number with its country, in E.164 form; inferred."""


@known("spi-digital-receipts", "Loyalty", "documented")
@model
class Loyalty(Model):
    """The membership of a recipient; answer with a mapping to add fields of your own."""

    id: Annotated[str, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The id of the member."""

    provider: Annotated[str, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """What the programme is called."""

    level: Annotated[str, Mark.NOT_EMPTY] = UNSET
    """The level of the member, such as ``gold``."""


@known("spi-digital-receipts", "Recipient", "documented")
@model
class Recipient(Model):
    """Where a receipt goes; answer with a mapping to add fields of your own."""

    type: Annotated[RecipientType, Mark.REQUIRED] = UNSET
    """What the identifier is."""

    identifier: Annotated[str, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The number or address."""

    loyalty: Loyalty = UNSET
    """The membership."""


class DigitalReceiptService(
    Service,
    interface="spi-digital-receipts",
    errors=by_status(
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "too-many-requests",
        "bad-gateway",
        "other",
    ),
):
    """What a provider of digital receipts answers; derive from it, and write the operations.

    Reference: SPI Digital Receipts, https://developer.sitoo.com
    """

    @operation("Lookup recipient", "POST", "/recipient-lookup", status=200, evidence="documented")
    async def lookup_recipient(self, lookup: RecipientLookup, /, *, call: Call) -> Recipient | None:
        """Find where the receipts of a customer go.

        Args:
            lookup: what is known of the customer.
            call: what the request tells beside it.

        Returns:
            The recipient, or None where the customer gets no digital receipts.
        """
        raise NotImplementedError

    @operation(
        "Create a digital receipt", "POST", "/digital-receipts", status=204, evidence="documented"
    )
    async def create_a_digital_receipt(self, receipt: Mapping[str, Any], /, *, call: Call) -> None:
        """Take a receipt.

        Args:
            receipt: the receipt, as it came: the names of its fields are not known.
            call: what the request tells beside it.
        """
        raise NotImplementedError

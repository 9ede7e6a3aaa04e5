"""Tax Free: forms for travellers, who get the tax of what they bought back at the border.

What is known of SPI Tax Free is the top of its page of endpoints. Adding, reading and voiding a
transaction are printed; Get Printouts is inferred. Of a transaction only `ui_type` is printed: the
names of its other fields are inferred and say so, and of what they hold nothing but a name is
known, so that they are plain mappings. The codes of errors are taken to be those of SPI RFID.

Statuses: 201 of an added transaction, else 200; 400, 401, 403, 404, 500 and 502. Basic
authentication is expected. The headers Store-ID, Staff-ID, Register-ID and Request-ID come with
each request, see `Call`.

Reference: the page Endpoints of SPI Tax Free, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from collections.abc import Mapping
from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.evidence import elsewhere, known, name_only, scalar
from sitoo_async._codec.kinds import Decimal3, Mark, Money
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import BY_FIELD
from sitoo_async.spi._core.service import Service

__all__ = ["TaxFreeService", "Transaction"]

name_only("spi-tax-free", "Address", "Customer", "OrderItem", "Order", "Printout")
scalar("spi-tax-free", "Money", "inferred", Money)
scalar("spi-tax-free", "DecimalQuantity", "inferred", Decimal3)
elsewhere("spi-tax-free", "ErrorMessage", "inferred", "sitoo_async.spi.Refusal")
elsewhere("spi-tax-free", "ErrorCode", "inferred", "sitoo_async.spi.Refusal.code")


@known("spi-tax-free", "Transaction", "documented")
@model
class Transaction(Model):
    """A tax free form.

    Where you know from Sitoo how else a field is called, `unknown_fields` has what came, and a
    mapping may be answered in place of this.
    """

    id: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The id; it may be absent from the answer where `ui_type` is ``web-page``. Its name is
    inferred."""

    ui_type: str = UNSET
    """How the form is filled in: ``web-page``; other values aren't known."""

    customer: Annotated[dict[str, Any], Mark.INFERRED] = UNSET
    """The traveller, as a mapping; inferred."""

    order: Annotated[dict[str, Any], Mark.INFERRED] = UNSET
    """What was bought, as a mapping; inferred."""

    web_page_url: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The page that the POS shows where `ui_type` is ``web-page``; inferred."""


class TaxFreeService(Service, interface="spi-tax-free", errors=BY_FIELD):
    """What a tax free operator answers; derive from it, and write the operations.

    Reference: SPI Tax Free, https://developer.sitoo.com
    """

    @operation("Add Transaction", "POST", "/transactions", status=201, evidence="documented")
    async def add_transaction(self, transaction: Transaction, /, *, call: Call) -> Transaction:
        """Begin a form.

        Args:
            transaction: what was bought, and by whom.
            call: what the request tells beside it.

        Returns:
            The transaction with its `id`. Where it is filled in on a web page, the id may be left
            out: that page tells it to the POS later, in a callback of which no more is known.
        """
        raise NotImplementedError

    @operation(
        "Get Transaction",
        "GET",
        "/transactions/{transaction_id}",
        status=200,
        evidence="documented",
    )
    async def get_transaction(self, transaction_id: str, /, *, call: Call) -> Transaction | None:
        """Read a form.

        Args:
            transaction_id: the id, such as ``QH8X33XXUL8Z``.
            call: what the request tells beside it.

        Returns:
            The transaction, or None where there is none.
        """
        raise NotImplementedError

    @operation(
        "Void Transaction",
        "DELETE",
        "/transactions/{transaction_id}",
        status=200,
        evidence="documented",
    )
    async def void_transaction(self, transaction_id: str, /, *, call: Call) -> None:
        """Make a form void, as when something of the sale is brought back.

        Args:
            transaction_id: the id.
            call: what the request tells beside it.

        Raises:
            Refusal: ``other`` with a status of 404, where there is no such transaction.
        """
        raise NotImplementedError

    @operation(
        "Get Printouts",
        "GET",
        "/transactions/{transaction_id}/printouts",
        status=200,
        evidence="inferred",
        confidence="medium",
    )
    async def get_printouts(self, transaction_id: str, /, *, call: Call) -> list[Mapping[str, Any]]:
        """List what the POS prints for a form. Method and path are inferred.

        Args:
            transaction_id: the id.
            call: what the request tells beside it.

        Returns:
            The printouts, as mappings; nothing but their name is known.
        """
        raise NotImplementedError

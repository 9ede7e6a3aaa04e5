"""RFID: which tags left the store with a sale, and which came back with a return.

What is known of SPI RFID is its overview and its page of endpoints: both operations are printed
with every field, and so are the codes of errors: ``field-missing``, ``field-unknown``,
``field-readonly``, ``field-type``, ``field-validation`` and ``other``.

Statuses: 204, 400, 404, 429 and 500. Basic authentication is expected.

Reference: the pages Overview and Endpoints of SPI RFID, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.evidence import elsewhere, known, scalar
from sitoo_async._codec.kinds import Mark, Moment
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import BY_FIELD
from sitoo_async.spi._core.service import Service

__all__ = ["RfidService", "TransactionReturn", "TransactionSell"]

scalar("spi-rfid", "Identifier", "documented", str)
elsewhere("spi-rfid", "Error", "documented", "sitoo_async.spi.Refusal")
elsewhere("spi-rfid", "Error.error_code", "documented", "sitoo_async.spi.Refusal.code")


@known("spi-rfid", "TransactionSell", "documented")
@model
class TransactionSell(Model):
    """What was sold."""

    store_id: Annotated[str, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The store, by its `externalid`."""

    identifiers: Annotated[list[str], Mark.REQUIRED] = UNSET
    """The tags, each as a GS1 element string: what an order item has as ``sgtin`` in its
    `additionaldata`."""

    timestamp: Annotated[Moment, Mark.REQUIRED] = UNSET
    """When it was sold: ISO 8601 on the wire, an aware datetime here."""


@known("spi-rfid", "TransactionReturn", "documented")
@model
class TransactionReturn(Model):
    """What was brought back."""

    store_id: Annotated[str, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The store, by its `externalid`."""

    identifiers: Annotated[list[str], Mark.REQUIRED] = UNSET
    """The tags, each as a GS1 element string, as in `TransactionSell`."""

    timestamp: Annotated[Moment, Mark.REQUIRED] = UNSET
    """When it was brought back: ISO 8601 on the wire, an aware datetime here."""


class RfidService(Service, interface="spi-rfid", errors=BY_FIELD):
    """What a system of RFID tags answers; derive from it, and write the operations.

    A request without a field that is required is answered with ``field-missing`` by itself.

    Reference: SPI RFID, https://developer.sitoo.com
    """

    @operation(
        "Create Sell Transaction", "POST", "/transactions/sell", status=204, evidence="documented"
    )
    async def create_sell_transaction(self, transaction: TransactionSell, /, *, call: Call) -> None:
        """Take note of what was sold.

        Args:
            transaction: the tags, and where and when they were sold.
            call: what the request tells beside it.
        """
        raise NotImplementedError

    @operation(
        "Create Return Transaction",
        "POST",
        "/transactions/return",
        status=204,
        evidence="documented",
    )
    async def create_return_transaction(
        self, transaction: TransactionReturn, /, *, call: Call
    ) -> None:
        """Take note of what was brought back.

        Args:
            transaction: the tags, and where and when they were brought back.
            call: what the request tells beside it.
        """
        raise NotImplementedError

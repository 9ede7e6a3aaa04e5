"""Sales Tax: taxes that a service of others works out, as in countries where each town has its own.

What is known of SPI Sales Tax is its overview and the top of its page of endpoints: all eight
operations with their paths, and the codes of errors: ``bad-request``, ``unauthorized``,
``forbidden``, ``not-found``, ``conflict``, ``unprocessable-entity``, ``too-many-requests`` and
``bad-gateway``. No body is printed, neither of a request nor of an answer; so they are mappings,
and pass through as they are. This interface is newer than the reference's site map.

A quote is asked for at the checkout and is not stored. An invoice is created when the sale is
final, and committed for the tax report. What is refunded belongs to an invoice, or to none.

Statuses: 201 of a created invoice, else 200; 400, 401, 403, 404, 409, 422, 429, 500 and 502. The
statuses of the refunds, of the exemption codes and of the tax codes are not printed; they answer
200. Basic authentication is expected. The headers store-id, staff-id and register-id, which are
spelt in lower case here, come with each request, see `Call`.

Reference: the pages Overview and Endpoints of SPI Sales Tax, https://developer.sitoo.com
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sitoo_async._codec.evidence import elsewhere
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import by_status
from sitoo_async.spi._core.service import Service

__all__ = ["SalesTaxService"]

elsewhere("spi-sales-tax", "ErrorMessage", "documented", "sitoo_async.spi.Refusal")
elsewhere("spi-sales-tax", "ErrorCode", "documented", "sitoo_async.spi.Refusal.code")


class SalesTaxService(
    Service,
    interface="spi-sales-tax",
    errors=by_status(
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "conflict",
        "unprocessable-entity",
        "too-many-requests",
        "bad-gateway",
    ),
):
    """What a service that works taxes out answers; derive from it, and write the operations.

    A handler that fails is answered with ``bad-gateway`` and 502, since no code is documented for
    any other failure.

    Reference: SPI Sales Tax, https://developer.sitoo.com
    """

    @operation("Get a tax quote", "POST", "/quotes", status=200, evidence="documented")
    async def get_a_tax_quote(self, sale: Mapping[str, Any], /, *, call: Call) -> Mapping[str, Any]:
        """Work the taxes of a sale out at the checkout; nothing is stored.

        Args:
            sale: the sale, as it came.
            call: what the request tells beside it.

        Returns:
            The amounts of tax, as you know from Sitoo that the POS reads them.
        """
        raise NotImplementedError

    @operation("Create tax invoice", "POST", "/invoices", status=201, evidence="documented")
    async def create_tax_invoice(
        self, sale: Mapping[str, Any], /, *, call: Call
    ) -> Mapping[str, Any]:
        """Make the invoice of a sale that is final.

        Args:
            sale: the sale, as it came.
            call: what the request tells beside it.

        Returns:
            The invoice.

        Raises:
            Refusal: ``conflict`` or ``unprocessable-entity``, where it can't be made.
        """
        raise NotImplementedError

    @operation(
        "Get tax invoice", "GET", "/invoices/{invoice_id}", status=200, evidence="documented"
    )
    async def get_tax_invoice(self, invoice_id: str, /, *, call: Call) -> Mapping[str, Any] | None:
        """Read an invoice.

        Args:
            invoice_id: the id, such as ``INV-2025-001``.
            call: what the request tells beside it.

        Returns:
            The invoice, or None where there is none.
        """
        raise NotImplementedError

    @operation(
        "Commit tax invoice",
        "POST",
        "/invoices/{invoice_id}/commit",
        status=200,
        evidence="documented",
    )
    async def commit_tax_invoice(
        self, invoice_id: str, commit: Mapping[str, Any] | None = None, /, *, call: Call
    ) -> Mapping[str, Any] | None:
        """Commit an invoice, for the tax report.

        Args:
            invoice_id: the id.
            commit: what came with the request; None where nothing did, as is likely.
            call: what the request tells beside it.

        Returns:
            The invoice, or None where there is none.
        """
        raise NotImplementedError

    @operation(
        "Refund invoice", "POST", "/invoices/{invoice_id}/refund", status=200, evidence="documented"
    )
    async def refund_invoice(
        self, invoice_id: str, refund: Mapping[str, Any] | None = None, /, *, call: Call
    ) -> Mapping[str, Any] | None:
        """Refund an invoice, the whole of it or a part.

        Args:
            invoice_id: the id.
            refund: what is refunded, as it came; None where the request has no body.
            call: what the request tells beside it.

        Returns:
            What was refunded, or None where there is no such invoice. Nobody knows what is
            expected; answer an empty mapping where you don't either.
        """
        raise NotImplementedError

    @operation("Standalone refund", "POST", "/invoices/refund", status=200, evidence="documented")
    async def standalone_refund(
        self, refund: Mapping[str, Any] | None = None, /, *, call: Call
    ) -> Mapping[str, Any]:
        """Refund what belongs to no invoice.

        Args:
            refund: what is refunded, as it came; None where the request has no body.
            call: what the request tells beside it.

        Returns:
            What was refunded. Nobody knows what is expected; answer an empty mapping where you
            don't either.
        """
        raise NotImplementedError

    @operation("Exemption codes", "GET", "/exemption-codes", status=200, evidence="documented")
    async def exemption_codes(self, *, call: Call) -> Any:
        """Tell the codes of what frees a sale from tax.

        Returns:
            Any JSON value, a list of mappings for instance: nobody knows what is expected.
        """
        raise NotImplementedError

    @operation("Tax codes", "GET", "/tax-codes", status=200, evidence="documented")
    async def tax_codes(self, *, call: Call) -> Any:
        """Tell the codes that say how goods are taxed.

        Returns:
            Any JSON value, a list of mappings for instance: nobody knows what is expected.
        """
        raise NotImplementedError

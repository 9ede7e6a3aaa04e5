"""What a CRM of version 2 answers: which operations there are, and how sure each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import by_status
from sitoo_async.spi._core.service import Service
from sitoo_async.spi.crm_v2.models import (
    AdditionalOptionsSection,
    Consent,
    Customer,
    Redeem,
    SearchKeyType,
)

__all__ = ["CrmV2Service"]


class CrmV2Service(
    Service,
    interface="spi-crm-v2",
    errors=by_status(
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "too-many-requests",
        "other",
        "bad-gateway",
        body=False,
        late=504,
    ),
):
    """What a CRM of version 2 answers; derive from it, and write the operations that you serve.

    Reference: SPI CRM v2, https://developer.sitoo.com
    """

    @operation(
        "Search Customer", "GET", "/customers", status=200, evidence="documented", one_or_none=True
    )
    async def search_customer(
        self, *, key: str, key_type: SearchKeyType, call: Call
    ) -> Customer | None:
        """Find the one customer that a key names exactly.

        Args:
            key: what was typed in.
            key_type: what it is; a kind that isn't known here compares as its text.
            call: what the request tells beside it.

        Returns:
            The customer, or None where the key names none. There are never several.
        """
        raise NotImplementedError

    @operation("Add Customer", "POST", "/customers", status=200, evidence="documented")
    async def add_customer(self, customer: Customer, /, *, call: Call) -> Customer:
        """Add a customer.

        Args:
            customer: the customer, as typed in.
            call: what the request tells beside it.

        Returns:
            The customer with its id. That it is the answer is inferred.
        """
        raise NotImplementedError

    @operation(
        "Update Customer",
        "PUT",
        "/customers/{customer_id}",
        status=200,
        evidence="inferred",
        confidence="medium",
    )
    async def update_customer(
        self, customer_id: str, customer: Customer, /, *, call: Call
    ) -> Customer | None:
        """Change a customer. That it is called so is inferred.

        Args:
            customer_id: the id.
            customer: the customer, as it shall be.
            call: what the request tells beside it.

        Returns:
            The customer, as it now is, or None where there is none.
        """
        raise NotImplementedError

    @operation(
        "Get Customer",
        "GET",
        "/customers/{customer_id}",
        status=200,
        evidence="inferred",
        confidence="high",
    )
    async def get_customer(self, customer_id: str, /, *, call: Call) -> Customer | None:
        """Read a customer. That it is called so is inferred.

        Args:
            customer_id: the id.
            call: what the request tells beside it.

        Returns:
            The customer, or None where there is none.
        """
        raise NotImplementedError

    @operation(
        "Get Transactions",
        "GET",
        "/customers/{customer_id}/transactions",
        status=200,
        evidence="inferred",
        confidence="low",
    )
    async def get_transactions(self, customer_id: str, /, *, call: Call) -> list[Mapping[str, Any]]:
        """List what a customer bought. Method and path are a guess.

        Args:
            customer_id: the id.
            call: what the request tells beside it.

        Returns:
            The purchases, as mappings; nothing but their name is known.
        """
        raise NotImplementedError

    @operation("Redeem Items", None, None, evidence="name-only")
    async def redeem_items(self, redeem: Redeem, /, *, call: Call) -> Mapping[str, Any]:
        """Redeem promotions and bonus checks; see `App` for the path, which nobody knows.

        Args:
            redeem: what is redeemed; the names of its fields are guesses, see `unknown_fields`.
            call: what the request tells beside it, with what stands in the path.
        """
        raise NotImplementedError

    @operation("Undo Redeem Items", None, None, evidence="name-only")
    async def undo_redeem_items(self, redeem: Redeem, /, *, call: Call) -> Mapping[str, Any]:
        """Take a redemption back; see `App` for the path, which nobody knows.

        Args:
            redeem: what was redeemed; the names of its fields are guesses, see `unknown_fields`.
            call: what the request tells beside it, with what stands in the path.
        """
        raise NotImplementedError

    @operation(
        "Get Consents", "GET", "/consents", status=200, evidence="inferred", confidence="high"
    )
    async def get_consents(self, *, call: Call) -> list[Consent]:
        """List the consents that customers may give. That it is called so is inferred."""
        raise NotImplementedError

    @operation(
        "Get Additional Options",
        "GET",
        "/additional-options",
        status=200,
        evidence="inferred",
        confidence="low",
    )
    async def get_additional_options(self, *, call: Call) -> list[AdditionalOptionsSection]:
        """List what else may be asked about customers. Method and path are a guess."""
        raise NotImplementedError

    @operation(
        "Lookup Customer",
        "GET",
        "/lookup-customer",
        status=200,
        evidence="inferred",
        confidence="low",
        one_or_none=True,
    )
    async def lookup_customer(
        self, *, key: str, key_type: SearchKeyType | None = None, call: Call
    ) -> Customer | None:
        """Look a person up in a register of others. Method and path are a guess.

        Args:
            key: what was typed in.
            key_type: what it is.
            call: what the request tells beside it.

        Returns:
            The person, without an id, or None where the register has none.
        """
        raise NotImplementedError

"""What a CRM of version 1 answers: which operations there are, and how sure each is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import by_status
from sitoo_async.spi._core.service import Service
from sitoo_async.spi.crm_v1.models import Consent, Contact

__all__ = ["CrmV1Service"]


class CrmV1Service(
    Service,
    interface="spi-crm-v1",
    errors=by_status("bad-request", "unauthorized", "not-found", "other", body=False),
):
    """What a CRM of version 1 answers; derive from it, and write the operations that you serve.

    Reference: SPI CRM v1, https://developer.sitoo.com
    """

    @operation("Get Consents", "GET", "/consents", status=200, evidence="documented")
    async def get_consents(self, *, call: Call) -> list[Consent]:
        """The consents that contacts may give."""
        raise NotImplementedError

    @operation("Add Contact", "POST", "/contacts", status=200, evidence="documented")
    async def add_contact(self, contact: Contact, /, *, call: Call) -> str:
        """Add a contact, which comes without an id.

        Args:
            contact: the contact.
            call: what the request tells beside it.

        Returns:
            The id that the contact has now.
        """
        raise NotImplementedError

    @operation(
        "Find Contact", "GET", "/contacts", status=200, evidence="documented", one_or_none=True
    )
    async def find_contact(
        self, *, key: str, include_extended: bool = False, call: Call
    ) -> Contact | None:
        """Find the one contact that a key names exactly.

        Args:
            key: what was typed in, such as a member number; which kinds of keys there are is set
                in the Backoffice.
            include_extended: whether promotions, bonus checks and the like are wanted too.
            call: what the request tells beside it.

        Returns:
            The contact, or None where the key names none. There are never several.
        """
        raise NotImplementedError

    @operation(
        "Get Contact",
        "GET",
        "/contacts/{contactid}",
        status=200,
        evidence="inferred",
        confidence="high",
    )
    async def get_contact(
        self, contactid: str, /, *, include_extended: bool = False, call: Call
    ) -> Contact | None:
        """Read a contact. That it is called so is inferred.

        Args:
            contactid: the id.
            include_extended: whether promotions, bonus checks and the like are wanted too.
            call: what the request tells beside it.

        Returns:
            The contact, or None where there is none.
        """
        raise NotImplementedError

    @operation(
        "Update Contact",
        "PUT",
        "/contacts/{contactid}",
        status=200,
        evidence="inferred",
        confidence="high",
    )
    async def update_contact(self, contactid: str, contact: Contact, /, *, call: Call) -> None:
        """Change a contact. That it is called so is inferred, and what it answers is not known.

        Args:
            contactid: the id.
            contact: the contact, as it shall be.
            call: what the request tells beside it.

        Raises:
            Refusal: ``not-found``, where there is no such contact.
        """
        raise NotImplementedError

    @operation(
        "Add Transaction",
        "POST",
        "/contacts/{contactid}/transactions",
        status=200,
        evidence="inferred",
        confidence="low",
    )
    async def add_transaction(
        self, contactid: str, transaction: Mapping[str, Any], /, *, call: Call
    ) -> None:
        """Take a copy of a purchase. Method and path are a guess.

        Args:
            contactid: the id of the contact who bought.
            transaction: the purchase, as it came; nothing but its name is known.
            call: what the request tells beside it.
        """
        raise NotImplementedError

    @operation(
        "Lookup Contacts",
        "GET",
        "/lookup_contacts",
        status=200,
        evidence="documented",
        one_or_none=True,
    )
    async def lookup_contacts(self, *, key: str, call: Call) -> Contact | None:
        """Look a person up in a register of others, to fill a new contact in.

        Args:
            key: what was typed in, such as a personal identity number.
            call: what the request tells beside it.

        Returns:
            The person, without an id, or None where the register has none.
        """
        raise NotImplementedError

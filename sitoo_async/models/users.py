"""Users: customers and staff, shared by all sites of the account.

Reference: https://developer.sitoo.com/api-reference/users
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Timestamp, text_like
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["User", "UserField", "UserFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.users import UserField, UserFields
else:
    __getattr__, __dir__ = written(__name__)


@model
class User(Model):
    """A customer, or somebody of the staff.

    Reference: https://developer.sitoo.com/api-reference/users#user
    """

    userid: Annotated[str, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the user is added: a GUID in braces."""

    email: Annotated[str, Mark.REQUIRED] = UNSET
    """Email address; one that another user has is refused by Sitoo."""

    namefirst: str = UNSET
    """First name."""

    namelast: str = UNSET
    """Last name."""

    personalid: str = UNSET
    """Personal identity number."""

    externalid: str | None = UNSET
    """The user's id in another system; the POS hands it on as the id of the staff."""

    company: str = UNSET
    """Name of the company."""

    department: str = UNSET
    """Department of the company."""

    companyid: str = UNSET
    """Registration number of the company."""

    address: str = UNSET
    """Street and number."""

    address2: str = UNSET
    """Second line of the address."""

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

    mobile: str = UNSET
    """Mobile telephone number."""

    notes: str = UNSET
    """Notes for the staff."""

    pin: Annotated[
        str, text_like(r"[0-9]{4}|[0-9]{6}", "4 or 6 digits"), Mark.WRITE_ONLY, Mark.SECRET
    ] = UNSET
    """The personal code of the staff: 4 or 6 digits; never returned.

    One that another user has is refused by Sitoo.
    """

    customernumber: str = UNSET
    """Customer number."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    datemodified: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was last changed."""

    voucherpasswords: list[str] = UNSET
    """Passwords of the vouchers that the POS applies for this customer."""

    role: int | None = UNSET
    """What it may do; None for none. The reference calls that of an administrator read-only."""

    warehouses: list[str] = UNSET
    """Ids of the warehouses that a store manager or store staff works in, as text."""

    posrefundcard: bool = UNSET
    """Whether it may refund card payments in the POS."""

    pricelistid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The price list that counts for this customer."""

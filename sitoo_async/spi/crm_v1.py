"""CRM v1: contacts in the POS, for those who have it already.

CRM v2 is to be used in new work. Known of SPI CRM v1 are its pages of contacts, of consents and of
looking up contacts: those four operations are printed, with every field of a contact and of a
consent. Get Contact and Update Contact are inferred. Add Transaction, which gives the CRM a copy
of each purchase, is a guess, and nothing but the names is known of what a transaction holds. The
fields that a contact has only where ``include_extended`` asks for them are inferred, too, and say
so.

Sitoo wants its own test cases passed, beginning with a contact that doesn't exist yet, which is
added with every field filled, then found, edited and used in a purchase.

Statuses: 200, 400, 401, 404 and 500; no body of an error is defined. Basic authentication is
expected. The POS gives up after 10 seconds.

Reference: the pages Contacts, Consents and Lookup Contacts of SPI CRM v1,
https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from collections.abc import Mapping
from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import known, name_only, scalar, union
from sitoo_async._codec.kinds import ChoiceOf, Decimal3, Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import by_status
from sitoo_async.spi._core.service import Service

__all__ = [
    "BonusCheck",
    "Consent",
    "Contact",
    "CrmV1Service",
    "Gender",
    "Promotion",
    "PromotionType",
    "PromotionTypeCartAmount",
    "PromotionTypeCartPercent",
    "PromotionTypeManual",
    "PromotionTypeOffer",
    "StatusColor",
]

name_only(
    "spi-crm-v1",
    "crmtransaction",
    "crmtransactionitem",
    "crmtransactionitemdiscount",
    "crmtransactionpayment",
)
scalar("spi-crm-v1", "money", "inferred", Money)
scalar("spi-crm-v1", "decimalquantity", "inferred", Decimal3)


@known("spi-crm-v1", "gender", "documented")
@known("spi-crm-v1", "crmcontact.gender", "documented")
class Gender(OpenText):
    """The gender of a contact."""

    MALE = "male"
    FEMALE = "female"


@known("spi-crm-v1", "status_color", "inferred")
class StatusColor(OpenText):
    """The colour that the POS marks a contact with; inferred from CRM v2."""

    GREEN = "green"


@known("spi-crm-v1", "crmconsent", "documented")
@model
class Consent(Model):
    """A consent that contacts may give."""

    consentid: str = UNSET
    """The id."""

    name: str = UNSET
    """What it is called."""

    description: str = UNSET
    """What is consented to."""

    value: bool = UNSET
    """Whether a new contact gives it if nobody says."""


@known("spi-crm-v1", "crmbonuscheck", "inferred")
@model
class BonusCheck(Model):
    """A bonus check of a contact.

    What it holds is printed, the names of the fields are inferred.
    """

    bonuscheckid: Annotated[str, Mark.INFERRED] = UNSET
    """The id; inferred."""

    name: Annotated[str, Mark.INFERRED] = UNSET
    """What the POS shows; inferred."""

    description: Annotated[str, Mark.INFERRED] = UNSET
    """A description; inferred."""

    moneyvalue: Annotated[Money, Mark.INFERRED] = UNSET
    """The amount; inferred."""

    redeemed: Annotated[bool, Mark.INFERRED] = UNSET
    """Whether it was redeemed already; inferred."""

    dateredeemed: Annotated[Timestamp, Mark.INFERRED] = UNSET
    """When it was redeemed, if it was; inferred."""


@known("spi-crm-v1", "promotiontypecartpercent", "inferred")
@model
class PromotionTypeCartPercent(Model):
    """A percentage off the cart; inferred from CRM v2."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``cart_percent``; inferred."""

    value_int: Annotated[int, Mark.INFERRED] = UNSET
    """The percentage; inferred."""


@known("spi-crm-v1", "promotiontypecartamount", "inferred")
@model
class PromotionTypeCartAmount(Model):
    """An amount off the cart; inferred from CRM v2."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``cart_amount``; inferred."""


@known("spi-crm-v1", "promotiontypemanual", "inferred")
@model
class PromotionTypeManual(Model):
    """A promotion that the staff carries out; inferred from CRM v2."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``manual``; inferred."""


@known("spi-crm-v1", "promotiontypeoffer", "inferred")
@model
class PromotionTypeOffer(Model):
    """An offer; inferred from CRM v2."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``offer``; inferred."""


PromotionType = Annotated[
    PromotionTypeCartPercent
    | PromotionTypeCartAmount
    | PromotionTypeManual
    | PromotionTypeOffer
    | dict[str, Any],
    ChoiceOf(
        models={
            "cart_percent": PromotionTypeCartPercent,
            "cart_amount": PromotionTypeCartAmount,
            "manual": PromotionTypeManual,
            "offer": PromotionTypeOffer,
        },
        field="type",
        beside=False,
    ),
]
"""What a promotion gives, by its ``type``; a mapping where that isn't known."""

union("spi-crm-v1", "promotiontype", "inferred", PromotionType)


@known("spi-crm-v1", "crmpromotion", "inferred")
@model
class Promotion(Model):
    """A promotion that a contact may redeem; inferred from CRM v2."""

    promotionid: Annotated[str, Mark.INFERRED] = UNSET
    """The id; inferred."""

    name: Annotated[str, Mark.INFERRED] = UNSET
    """What it is called; inferred."""

    promotiontype: Annotated[PromotionType, Mark.INFERRED] = UNSET
    """What it gives; inferred."""

    redeemed: Annotated[bool, Mark.INFERRED] = UNSET
    """Whether it was redeemed already; inferred."""


@known("spi-crm-v1", "crmcontact", "documented")
@model
class Contact(Model):
    """A contact, as the POS shows and edits it. What isn't known of it is an empty text."""

    contactid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The id in your system; absent when a contact is added, and when one is looked up."""

    email: str = UNSET
    """The address for email."""

    membernumber: str = UNSET
    """The number of a member; receipts print it as the customer."""

    namefirst: str = UNSET
    """The first name."""

    namelast: str = UNSET
    """The last name."""

    personalid: str = UNSET
    """The personal identity number."""

    company: str = UNSET
    """The company's name."""

    companyid: str = UNSET
    """The company's registration number."""

    phone: str = UNSET
    """A telephone number."""

    mobile: str = UNSET
    """A mobile number."""

    invoice_address: str = UNSET
    """The street of the address for invoices."""

    invoice_address2: str = UNSET
    """The second line of the address for invoices."""

    invoice_zip: str = UNSET
    """The postal code of the address for invoices."""

    invoice_city: str = UNSET
    """The city of the address for invoices."""

    invoice_state: str = UNSET
    """The state or region of the address for invoices."""

    invoice_countryid: str = UNSET
    """The country of the address for invoices, as two letters of ISO 3166-1."""

    delivery_address: str = UNSET
    """The street of the address for deliveries."""

    delivery_address2: str = UNSET
    """The second line of the address for deliveries."""

    delivery_zip: str = UNSET
    """The postal code of the address for deliveries."""

    delivery_city: str = UNSET
    """The city of the address for deliveries."""

    delivery_state: str = UNSET
    """The state or region of the address for deliveries."""

    delivery_countryid: str = UNSET
    """The country of the address for deliveries, as two letters of ISO 3166-1."""

    gender: Gender = UNSET
    """The gender."""

    birthday: str = UNSET
    """The date of birth, as a moment of RFC 3339, such as ``1986-05-15T00:00:00Z``."""

    accepts_email: bool = UNSET
    """Whether the contact may be reached with advertising by email."""

    accepts_sms: bool = UNSET
    """Whether the contact may be reached with advertising by text message."""

    accepts_mail: bool = UNSET
    """Whether the contact may be reached with advertising by mail."""

    acceptedconsents: list[str] = UNSET
    """The ids of the consents that were given."""

    voucherpasswords: list[str] = UNSET
    """Switches on the vouchers, and through them the price lists, with these passwords."""

    storeexternalid: str | None = UNSET
    """The home store, by its id in your system."""

    promotions: Annotated[list[Promotion], Mark.INFERRED] = UNSET
    """The promotions that may be redeemed, where extended fields are asked for; inferred."""

    bonuschecks: Annotated[list[BonusCheck], Mark.INFERRED] = UNSET
    """The bonus checks that may be redeemed, where extended fields are asked for; inferred."""

    status_color: Annotated[StatusColor, Mark.INFERRED] = UNSET
    """What the POS marks the contact with, where extended fields are asked for; inferred."""

    transactions: Annotated[list[dict[str, Any]], Mark.INFERRED] = UNSET
    """The purchases, as mappings, where extended fields are asked for; inferred."""


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

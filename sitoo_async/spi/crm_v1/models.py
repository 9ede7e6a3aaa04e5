"""The contacts of CRM v1, with what they may redeem and what they consent to.

Reference: the pages Contacts, Consents and Lookup Contacts of SPI CRM v1,
https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import known, name_only, scalar, union
from sitoo_async._codec.kinds import ChoiceOf, Decimal3, Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET

__all__ = [
    "BonusCheck",
    "Consent",
    "Contact",
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

"""The customers of CRM v2, with what they may redeem, what they chose and what the POS shows.

Reference: the pages Overview and Endpoints of SPI CRM v2, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import known, name_only, scalar
from sitoo_async._codec.kinds import ChoiceOf, Decimal3, Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET

__all__ = [
    "AdditionalOption",
    "AdditionalOptionEnumValue",
    "AdditionalOptionsSection",
    "Address",
    "BonusCheck",
    "CommunicationType",
    "Consent",
    "Customer",
    "CustomerAdditionalOption",
    "CustomerSection",
    "CustomerSectionValueMoney",
    "CustomerSectionValueText",
    "CustomerStatus",
    "CustomerStatusColor",
    "Gender",
    "Promotion",
    "PromotionCartAmount",
    "PromotionCartPercent",
    "PromotionManual",
    "PromotionOffer",
    "PromotionType",
    "Redeem",
    "SearchKeyType",
    "SectionValue",
]

name_only(
    "spi-crm-v2",
    "Recognition",
    "Transaction",
    "TransactionItem",
    "TransactionItemDiscount",
    "TransactionPayment",
    "Error",
)
scalar("spi-crm-v2", "Money", "inferred", Money)
scalar("spi-crm-v2", "DecimalQuantity", "inferred", Decimal3)


@known("spi-crm-v2", "CommunicationType", "documented")
class CommunicationType(OpenText):
    """A way to reach a customer."""

    EMAIL = "email"
    MAIL = "mail"
    SMS = "sms"


@known("spi-crm-v2", "Gender", "documented")
class Gender(OpenText):
    """The gender of a customer; ``female`` is inferred from CRM v1, and there may be more."""

    MALE = "male"
    FEMALE = "female"


@known("spi-crm-v2", "CustomerStatusColor", "documented")
class CustomerStatusColor(OpenText):
    """The colour that the POS marks a customer with; there are more than the one printed."""

    GREEN = "green"


@known("spi-crm-v2", "SearchKeyType", "documented")
class SearchKeyType(OpenText):
    """What a customer is searched by.

    ``member_number`` is printed. The other three are inferred from the settings of systems in use.
    """

    MEMBER_NUMBER = "member_number"
    MOBILE = "mobile"
    EMAIL = "email"
    PERSONAL_ID = "personal_id"


@known("spi-crm-v2", "Address", "documented")
@model
class Address(Model):
    """A postal address."""

    address: str = UNSET
    """The street."""

    address2: Annotated[str, Mark.INFERRED] = UNSET
    """A second line; inferred from CRM v1."""

    zip: str = UNSET
    """The postal code."""

    city: str = UNSET
    """The city."""

    state: Annotated[str, Mark.INFERRED] = UNSET
    """The state or region; inferred from CRM v1."""

    country_id: str = UNSET
    """The country, as two letters of ISO 3166-1, such as ``SE``."""


@known("spi-crm-v2", "CustomerAdditionalOption", "documented")
@model
class CustomerAdditionalOption(Model):
    """What a customer chose of an additional option."""

    id: str = UNSET
    """The option."""

    enum_values: list[str] = UNSET
    """The values that were chosen."""


@known("spi-crm-v2", "CustomerStatus", "documented")
@model
class CustomerStatus(Model):
    """What the POS marks a customer with."""

    color: CustomerStatusColor = UNSET
    """The colour."""

    text: str = UNSET
    """A text beside it; may be empty."""


@known("spi-crm-v2", "PromotionCartPercent", "documented")
@model
class PromotionCartPercent(Model):
    """A percentage off the cart."""

    type: str = UNSET
    """``cart_percent``."""

    value_int: int = UNSET
    """The percentage."""


@known("spi-crm-v2", "PromotionCartAmount", "inferred")
@model
class PromotionCartAmount(Model):
    """An amount off the cart. All of it is inferred from `PromotionCartPercent`."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``cart_amount``; inferred."""

    value_money: Annotated[Money, Mark.INFERRED] = UNSET
    """The amount; inferred."""


@known("spi-crm-v2", "PromotionManual", "inferred")
@model
class PromotionManual(Model):
    """A promotion that the staff carries out. All of it is inferred from `PromotionCartPercent`."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``manual``; inferred."""


@known("spi-crm-v2", "PromotionOffer", "inferred")
@model
class PromotionOffer(Model):
    """An offer. All of it is inferred from `PromotionCartPercent`."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``offer``; inferred."""


PromotionType = Annotated[
    PromotionCartPercent | PromotionCartAmount | PromotionManual | PromotionOffer | dict[str, Any],
    ChoiceOf(
        models={
            "cart_percent": PromotionCartPercent,
            "cart_amount": PromotionCartAmount,
            "manual": PromotionManual,
            "offer": PromotionOffer,
        },
        field="type",
        beside=False,
    ),
]
"""What a promotion gives, by its ``type``; a mapping where that isn't known."""


@known("spi-crm-v2", "Promotion", "documented")
@model
class Promotion(Model):
    """A promotion that a customer may redeem."""

    name: str = UNSET
    """What it is called."""

    promotion_id: str = UNSET
    """The id; an order names it as ``crm-promotionid``."""

    promotion_type: PromotionType = UNSET
    """What it gives."""

    redeemed: bool = UNSET
    """Whether it was redeemed already."""


@known("spi-crm-v2", "BonusCheck", "inferred")
@model
class BonusCheck(Model):
    """A bonus check of a customer.

    What it holds is printed for CRM v1, the names of the fields are inferred.
    """

    bonus_check_id: Annotated[str, Mark.INFERRED] = UNSET
    """The id, inferred; an order names it as ``crm-bonuscheckid``."""

    name: Annotated[str, Mark.INFERRED] = UNSET
    """What it is called; inferred."""

    description: Annotated[str, Mark.INFERRED] = UNSET
    """A description; inferred."""

    value: Annotated[Money, Mark.INFERRED] = UNSET
    """The amount; inferred."""

    redeemed: Annotated[bool, Mark.INFERRED] = UNSET
    """Whether it was redeemed already; inferred."""

    date_redeemed: Annotated[Timestamp, Mark.INFERRED] = UNSET
    """When it was redeemed, if it was; inferred."""


@known("spi-crm-v2", "CustomerSectionValueText", "documented")
@model
class CustomerSectionValueText(Model):
    """A row of text on the customer card."""

    type: str = UNSET
    """``text``."""

    title: str = UNSET
    """What stands before the text."""

    text: str = UNSET
    """The text."""


@known("spi-crm-v2", "CustomerSectionValueMoney", "inferred")
@model
class CustomerSectionValueMoney(Model):
    """An amount on the customer card. Inferred from `CustomerSectionValueText`."""

    type: Annotated[str, Mark.INFERRED] = UNSET
    """``money``; inferred."""

    title: Annotated[str, Mark.INFERRED] = UNSET
    """What stands before the amount; inferred."""

    money: Annotated[Money, Mark.INFERRED] = UNSET
    """The amount; inferred."""

    currency_code: Annotated[str, Mark.INFERRED] = UNSET
    """The currency, as a code of ISO 4217; inferred."""


SectionValue = Annotated[
    CustomerSectionValueText | CustomerSectionValueMoney | dict[str, Any],
    ChoiceOf(
        models={"text": CustomerSectionValueText, "money": CustomerSectionValueMoney},
        field="type",
        beside=False,
    ),
]
"""A row on the customer card, by its ``type``; a mapping where that isn't known."""


@known("spi-crm-v2", "CustomerSection", "documented")
@model
class CustomerSection(Model):
    """Rows of your own on the customer card, below a title."""

    title: str = UNSET
    """The title."""

    values: list[SectionValue] = UNSET
    """The rows, each of text or of money."""


@known("spi-crm-v2", "Customer", "documented")
@model
class Customer(Model):
    """A customer, as the POS shows and edits it."""

    customer_id: str = UNSET
    """The id in your system; an order names it as ``crm-customerid``."""

    member_number: str = UNSET
    """The number of a member; an order names it as ``crm-membernumber``."""

    email: str = UNSET
    """The address for email."""

    name_first: str = UNSET
    """The first name."""

    name_last: str = UNSET
    """The last name."""

    mobile: str = UNSET
    """The mobile number with its country, in E.164 form, such as ``+46701112233``."""

    phone: Annotated[str, Mark.INFERRED] = UNSET
    """Another telephone number; inferred from CRM v1."""

    personal_id: Annotated[str, Mark.INFERRED] = UNSET
    """The personal identity number; inferred from CRM v1."""

    company: Annotated[str, Mark.INFERRED] = UNSET
    """The company's name; inferred from CRM v1."""

    company_id: Annotated[str, Mark.INFERRED] = UNSET
    """The company's registration number; inferred from CRM v1."""

    invoice_address: Address = UNSET
    """Where invoices go."""

    delivery_address: Annotated[Address, Mark.INFERRED] = UNSET
    """Where goods go; inferred from CRM v1."""

    gender: Gender = UNSET
    """The gender."""

    birthday: Annotated[str, Mark.INFERRED] = UNSET
    """The date of birth as text; inferred from CRM v1, and so is its form."""

    accepts_communication: list[CommunicationType] = UNSET
    """The ways in which the customer may be reached with advertising."""

    consents: list[str] = UNSET
    """The ids of the consents that were given."""

    additional_options: list[CustomerAdditionalOption] = UNSET
    """What was chosen of the additional options."""

    status: CustomerStatus = UNSET
    """What the POS marks the customer with."""

    promotions: list[Promotion] = UNSET
    """The promotions that may be redeemed."""

    bonus_checks: list[BonusCheck] = UNSET
    """The bonus checks that may be redeemed."""

    voucher_passwords: list[str] = UNSET
    """Switches on the vouchers, and through them the price lists, with these passwords."""

    store_id_home: str = UNSET
    """The home store, by its id in your system."""

    sections: list[CustomerSection] = UNSET
    """Rows of your own on the customer card."""


@known("spi-crm-v2", "Consent", "inferred")
@model
class Consent(Model):
    """A consent that customers may give. CRM v1 prints it; the names here are inferred."""

    consent_id: Annotated[str, Mark.INFERRED] = UNSET
    """The id; inferred."""

    name: Annotated[str, Mark.INFERRED] = UNSET
    """What it is called; inferred."""

    description: Annotated[str, Mark.INFERRED] = UNSET
    """What is consented to; inferred."""

    value: Annotated[bool, Mark.INFERRED] = UNSET
    """Whether a new customer gives it if nobody says; inferred."""


@known("spi-crm-v2", "AdditionalOptionEnumValue", "inferred")
@model
class AdditionalOptionEnumValue(Model):
    """A value that an additional option may take. The names are inferred, as guesses."""

    id: Annotated[str, Mark.INFERRED] = UNSET
    """The id that stands in `CustomerAdditionalOption.enum_values`; inferred."""

    title: Annotated[str, Mark.INFERRED] = UNSET
    """What the POS shows; inferred."""


@known("spi-crm-v2", "AdditionalOption", "inferred")
@model
class AdditionalOption(Model):
    """Something to be asked about a customer. The names are inferred, as guesses."""

    id: Annotated[str, Mark.INFERRED] = UNSET
    """The id that stands in `CustomerAdditionalOption.id`; inferred."""

    title: Annotated[str, Mark.INFERRED] = UNSET
    """What the POS shows; inferred."""

    enum_values: Annotated[list[AdditionalOptionEnumValue], Mark.INFERRED] = UNSET
    """The values to choose from; inferred."""


@known("spi-crm-v2", "AdditionalOptionsSection", "inferred")
@model
class AdditionalOptionsSection(Model):
    """Additional options below a title. The names are inferred, as guesses."""

    title: Annotated[str, Mark.INFERRED] = UNSET
    """The title; inferred."""

    options: Annotated[list[AdditionalOption], Mark.INFERRED] = UNSET
    """The options; inferred."""


@known("spi-crm-v2", "Redeem", "inferred")
@model
class Redeem(Model):
    """What a purchase redeems. The names are inferred, as guesses."""

    promotions: Annotated[list[str], Mark.INFERRED] = UNSET
    """The ids of promotions; inferred."""

    bonus_checks: Annotated[list[str], Mark.INFERRED] = UNSET
    """The ids of bonus checks; inferred."""

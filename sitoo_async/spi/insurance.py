"""Insurance: insurances that the POS offers for what is in the cart.

What is known of SPI Insurance is the top of its page of endpoints: its one operation is printed
with an example, and with every object. Not known are the modes of collecting information beside
the two printed, and the codes of errors, which are taken to be those of SPI RFID.

Statuses: 201 and 400; more follow that can't be had. Basic authentication is optional but highly
recommended. The headers Store-ID, Staff-ID, Register-ID and Request-ID come with each request, see
`Call`. An answer is due within a second. Insurances that are sold become rows of the receipt, and
of the order.

Reference: the page Endpoints of SPI Insurance, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import elsewhere, known, scalar
from sitoo_async._codec.kinds import AdditionalData, Mark, Money, Number
from sitoo_async._codec.unset import UNSET
from sitoo_async.errors import InvalidInputError
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import BY_FIELD
from sitoo_async.spi._core.service import Service

__all__ = [
    "CartInsurance",
    "CartItem",
    "InsuranceOption",
    "InsuranceOptionType",
    "InsuranceService",
    "PolicyHolderInfo",
    "PolicyHolderInfoCollectionMode",
    "SalesTax",
]

scalar("spi-insurance", "Money", "documented", Money)
elsewhere("spi-insurance", "ErrorMessage", "inferred", "sitoo_async.spi.Refusal")
elsewhere("spi-insurance", "ErrorCode", "inferred", "sitoo_async.spi.Refusal.code")


@known("spi-insurance", "InsuranceOption.type", "documented")
class InsuranceOptionType(OpenText):
    """What an option is."""

    NONE = "none"
    INSURANCE = "insurance"


@known("spi-insurance", "PolicyHolderInfoCollectionMode", "documented")
class PolicyHolderInfoCollectionMode(OpenText):
    """Whether the POS has to ask for something; there may be more modes than the two printed."""

    REQUIRED = "required"
    OPTIONAL = "optional"


@known("spi-insurance", "SalesTax", "documented")
@model
class SalesTax(Model):
    """A tax that is part of a price."""

    name: str = UNSET
    """What it is called."""

    amount: Money = UNSET
    """The amount."""

    percentage: Number = UNSET
    """The rate in percent, such as 25."""


@known("spi-insurance", "InsuranceOption", "documented")
@model
class InsuranceOption(Model):
    """An insurance that may be bought, or the choice to buy none."""

    type: InsuranceOptionType = UNSET
    """``insurance``, or ``none`` for the one option to do without; see `create_cart_insurance`."""

    sku: str = UNSET
    """The sku by which it is sold."""

    name: str = UNSET
    """What it is called."""

    product_group: str = UNSET
    """The product group; empty for the option to do without."""

    unit_price: Money = UNSET
    """The price of one."""

    sales_taxes: list[SalesTax] = UNSET
    """The taxes that are part of it."""

    additional_data: AdditionalData = UNSET
    """Further data as text by key; ``insurance-period`` is one that is printed."""


@known("spi-insurance", "PolicyHolderInfo", "documented")
@model
class PolicyHolderInfo(Model):
    """What the POS asks of whoever takes an insurance out."""

    name: PolicyHolderInfoCollectionMode = UNSET
    """Whether the name is asked for."""

    personal_id: PolicyHolderInfoCollectionMode = UNSET
    """Whether the personal identity number is asked for."""

    address: PolicyHolderInfoCollectionMode = UNSET
    """Whether the address is asked for."""

    comment: PolicyHolderInfoCollectionMode = UNSET
    """Whether a comment is asked for."""


@known("spi-insurance", "CartItem", "documented")
@model
class CartItem(Model):
    """A row of the cart, and in an answer what may be bought for it.

    An answer needs no more than `id`, `sku` and what is offered.
    """

    id: str = UNSET
    """Its number in the cart, as text."""

    sku: str = UNSET
    """The sku."""

    name: str = UNSET
    """What the product is called."""

    variant_text: str = UNSET
    """Which variant it is."""

    product_group: str = UNSET
    """The product group."""

    quantity: int = UNSET
    """How many."""

    total: Money = UNSET
    """The amount of the row."""

    additional_data: AdditionalData = UNSET
    """Further data as text by key, such as ``item-serial`` and ``item-imei``."""

    insurance_options: Annotated[list[InsuranceOption], Mark.READ_ONLY] = UNSET
    """What may be chosen; only in an answer."""

    policyholder_info: Annotated[PolicyHolderInfo, Mark.READ_ONLY] = UNSET
    """What is asked of whoever takes one out; only in an answer."""


@known("spi-insurance", "CartInsurance", "documented")
@model
class CartInsurance(Model):
    """A cart, and in an answer the insurances for it."""

    id: str = UNSET
    """The id of the cart; the answer repeats it."""

    crm_channel_id: str = UNSET
    """Which CRM the customer is in; only in a request."""

    customer_id: str = UNSET
    """The customer; only in a request."""

    currency_code: str = UNSET
    """The currency, as a code of ISO 4217; only in a request."""

    items: list[CartItem] = UNSET
    """The rows; those of an answer have options."""


def _check_options(answer: Any) -> None:
    """Refuse an answer in which an item has several options to do without.

    Raises:
        InvalidInputError: by the place of the second.
    """
    for number, item in enumerate(answer.get("items", ())):
        options: Any = item.get("insurance_options", ())
        places = [place for place, each in enumerate(options) if each.get("type") == "none"]
        if len(places) > 1:
            place = f"items[{number}].insurance_options[{places[1]}]"
            raise InvalidInputError(
                f"{place} is a second option of type none; an item has one at most, and without it"
                " the customer has to choose an insurance",
                field=place,
            )


class InsuranceService(Service, interface="spi-insurance", errors=BY_FIELD):
    """What a provider of insurances answers; derive from it, and write the operation.

    Reference: SPI Insurance, https://developer.sitoo.com
    """

    @operation(
        "Create Cart Insurance",
        "POST",
        "/cart-insurances",
        status=201,
        evidence="documented",
        check=_check_options,
    )
    async def create_cart_insurance(self, cart: CartInsurance, /, *, call: Call) -> CartInsurance:
        """Offer insurances for what is in a cart.

        An item has at most one option of type ``none``, with which the customer buys none. Where
        it is left out, one of the insurances has to be bought. An answer with two of them for one
        item is not sent: it is logged as an error of the handler.

        Args:
            cart: the cart.
            call: what the request tells beside it.

        Returns:
            The id of the cart, and the items for which there are insurances, with the options.
        """
        raise NotImplementedError

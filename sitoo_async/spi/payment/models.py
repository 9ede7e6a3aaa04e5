"""What the POS tells of a payment and its cart, and the states that it is told.

Reference: the page Payments of SPI Payment, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.evidence import known, scalar
from sitoo_async._codec.kinds import ChoiceOf, Decimal3, Mark, Money, Number
from sitoo_async._codec.unset import UNSET

__all__ = [
    "Cancelled",
    "CartItem",
    "CartItemDiscount",
    "Completed",
    "Customer",
    "InProgress",
    "Payment",
    "PaymentState",
    "ReadyToComplete",
]

scalar("spi-payment", "money", "documented", Money)
scalar("spi-payment", "decimalquantity", "inferred", Decimal3)


@known("spi-payment", "cpacustomer", "documented")
@model
class Customer(Model):
    """The customer of a payment; the POS may tell more than the one printed field."""

    mobile: str = UNSET
    """The mobile number with its country, in E.164 form, such as ``+46701234567``."""


@known("spi-payment", "cpacartitemdiscount", "documented")
@model
class CartItemDiscount(Model):
    """A discount on an item of the cart, such as that of a voucher."""

    name: str = UNSET
    """What it is called."""

    total: Money = UNSET
    """The amount off, with VAT."""

    vat: Money = UNSET
    """How much of it is VAT."""

    discountid: str = UNSET
    """The voucherid, as text."""

    discountcode: str = UNSET
    """The vouchercode."""


@known("spi-payment", "cpacartitem", "documented")
@model
class CartItem(Model):
    """A row of the cart. Its amounts are those before discounts, and have VAT in them."""

    itemid: str = UNSET
    """Its number in the cart, as text, from ``0``."""

    sku: str = UNSET
    """The sku."""

    productname: str = UNSET
    """What the product is called."""

    productname2: str = UNSET
    """A second line of the name: the variant."""

    note: str = UNSET
    """A note on the row."""

    vatvalue: Number = UNSET
    """The rate of VAT in percent, such as 25."""

    total: Money = UNSET
    """The row's amount before any discount."""

    vat: Money = UNSET
    """How much of `total` is VAT."""

    manual_discount: Money = UNSET
    """The amount that the staff took off."""

    manual_discountvat: Money = UNSET
    """How much of `manual_discount` is VAT."""

    manual_discountname: str | None = UNSET
    """What the staff called it."""

    quantity: int = UNSET
    """How many."""

    unitsize: Decimal3 | None = UNSET
    """The size of a unit, where it is sold by measure."""

    unitlabel: str = UNSET
    """What a unit is called."""

    discounts: list[CartItemDiscount] = UNSET
    """The discounts on the row, beside the manual one."""


@known("spi-payment", "paymentstate_inprogress", "documented")
@model
class InProgress(Model):
    """The payment is under way, and the POS goes on asking.

    What else stands here is shown by the POS, such as a QR code or a message. The names of those
    fields aren't known: answer with a mapping where you know them from Sitoo.
    """

    state: str = UNSET
    """``inprogress``."""


@known("spi-payment", "paymentstate_ready_to_complete", "documented")
@model
class ReadyToComplete(Model):
    """The service has the money, and the POS has three minutes to accept it."""

    state: str = UNSET
    """``ready_to_complete``."""

    receiptrow: str = UNSET
    """What the receipt says in the row of the payment."""

    receiptsection: list[str] = UNSET
    """Lines for a section of the receipt; a tab parts the left column from the right one."""


@known("spi-payment", "paymentstate_completed", "documented")
@model
class Completed(Model):
    """The POS accepted the payment; only the POS ever says so."""

    state: str = UNSET
    """``completed``."""


@known("spi-payment", "paymentstate_cancelled", "documented")
@model
class Cancelled(Model):
    """The payment came to nothing, whoever ended it."""

    state: str = UNSET
    """``cancelled``."""


PaymentState = Annotated[
    InProgress | ReadyToComplete | Completed | Cancelled | dict[str, Any],
    ChoiceOf(
        models={
            "inprogress": InProgress,
            "ready_to_complete": ReadyToComplete,
            "completed": Completed,
            "cancelled": Cancelled,
        },
        field="state",
        beside=False,
    ),
]
"""Where a payment stands, by its ``state``; a mapping where that isn't known."""


@known("spi-payment", "cpapayment", "documented")
@model
class Payment(Model):
    """A payment, with the cart that is paid."""

    paymentid: Annotated[str, Mark.READ_ONLY] = UNSET
    """Given by the payment service when the payment is added."""

    creditpaymentid: str | None = UNSET
    """The earlier payment that this one gives back; that it means so is inferred from its name."""

    paymentname: str = UNSET
    """What the way of paying is called."""

    paymentstate: Annotated[PaymentState, Mark.READ_ONLY] = UNSET
    """Where it stands; absent when it is added."""

    amount: Money = UNSET
    """What is to be paid: the items' totals without their discounts, see `cart_total`."""

    currencycode: str = UNSET
    """The currency, as a code of ISO 4217, such as ``SEK``."""

    storeid: str = UNSET
    """The id of the store, as text."""

    storename: str = UNSET
    """What the store is called."""

    storeexternalid: str = UNSET
    """The store's id in your system."""

    posid: str = UNSET
    """The key of the cash register."""

    receiptid: str = UNSET
    """The id of the receipt."""

    customer: Customer = UNSET
    """The customer."""

    cartitems: list[CartItem] = UNSET
    """What is in the cart."""

"""Orders: their items, payments, log and deliveries.

Reference: https://developer.sitoo.com/api-reference/orders
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.kinds import (
    AdditionalData,
    Decimal3,
    Mark,
    Money,
    Number,
    Timestamp,
    text_like,
)
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "Order",
    "OrderDelivery",
    "OrderDeliveryFields",
    "OrderDeliveryItem",
    "OrderDeliveryItemFields",
    "OrderField",
    "OrderFields",
    "OrderItem",
    "OrderItemFields",
    "OrderItemSalesTax",
    "OrderItemSalesTaxFields",
    "OrderLogItem",
    "OrderLogItemFields",
    "OrderLogType",
    "OrderPayment",
    "OrderPaymentFields",
    "OrderReservedPayment",
    "OrderReservedPaymentFields",
    "OrderState",
    "OrderType",
    "PaymentState",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.orders import (
        OrderDeliveryFields,
        OrderDeliveryItemFields,
        OrderField,
        OrderFields,
        OrderItemFields,
        OrderItemSalesTaxFields,
        OrderLogItemFields,
        OrderPaymentFields,
        OrderReservedPaymentFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


class OrderState(OpenEnum):
    """How far an order has come."""

    ABANDONED = -1
    OPEN = 0
    CLOSED = 10
    CANCELLED = 20


class PaymentState(OpenEnum):
    """How far the payment of an order has come."""

    NONE = 0
    PENDING = 10
    RESERVED = 15
    SUCCESSFUL = 20
    CANCELLED = 30
    FAILED = 40


class OrderType(OpenEnum):
    """What kind of order it is."""

    ORDER = 10
    BOOKING = 100
    POS_PARKED = 110


class OrderLogType(OpenEnum):
    """What happened to an order: the two events that a client may log itself.

    Sitoo logs many other types, whose numbers the reference doesn't explain.
    """

    READY_FOR_PICKUP = 900
    PICKUP_REJECTED = 910


@model
class OrderItemSalesTax(Model):
    """A sales tax that was collected for an item of an order."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What the tax is called."""

    code: str = UNSET
    """A short identifier of the tax."""

    externalid: str = UNSET
    """The tax in another system, for exports."""

    groupregion: str = UNSET
    """The region of the sales tax group that the tax belongs to."""

    moneytotal: Annotated[Money, Mark.REQUIRED] = UNSET
    """The sales that the tax is reckoned on, without the tax."""

    moneytax: Annotated[Money, Mark.REQUIRED] = UNSET
    """The tax collected."""

    decimaltaxvalue: Annotated[Decimal3, Mark.REQUIRED] = UNSET
    """The tax in percent."""


@model
class OrderItem(Model):
    """A row of an order, as the product was when it was sold.

    To add a row, give `moneyrowprice`, the price of the whole row with VAT; Sitoo works out the
    net prices and the totals. In a refund the quantity is negative.

    Reference: https://developer.sitoo.com/api-reference/orders#orderitem
    """

    orderitemid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The number of the row within its order, from 0; deliveries name rows by it."""

    orderitemtype: int = UNSET
    """What kind of row it is: 10 is a product.

    A discount is a row of its own, right after its product's, with `moneyrowdiscount` set.
    """

    productid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The product that was sold, which may have been deleted since."""

    productname: Annotated[str, Mark.REQUIRED] = UNSET
    """The product's title at the time."""

    sku: str = UNSET
    """The product's article number at the time."""

    productattributes: str = UNSET
    """What set the variant apart at the time, such as ``Color: Red, Size: M``."""

    externalinput: str = UNSET
    """A text from the buyer, such as what to print on a shirt."""

    externalinputtitle: str = UNSET
    """What the buyer was asked for in `externalinput`."""

    unitlabel: str = UNSET
    """The unit in which it is sold, such as ``kg``; mostly empty."""

    quantity: Annotated[int, Mark.REQUIRED] = UNSET
    """How many; negative where they are returned."""

    decimalunitquantity: Decimal3 | None = UNSET
    """How much one of them is, in `unitlabel`; None where it isn't sold by measure."""

    moneynetpriceperunit: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The net price of one unit."""

    moneypriceorg: Money = UNSET
    """The suggested retail price of one unit, net."""

    vatvalue: Number = UNSET
    """VAT in percent."""

    deliveryinfo: str = UNSET
    """Told to the customer after the purchase."""

    moneyitemtotal_net: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The row's total without VAT."""

    moneyitemtotal_vat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT on the row's total."""

    vouchercode: str = UNSET
    """The code of the voucher used."""

    vouchername: str = UNSET
    """What the customer reads when the voucher is used."""

    vouchercomment: str = UNSET
    """A comment on the voucher."""

    vouchervalue: Number = UNSET
    """What the voucher takes off: percent or an amount, as the voucher says."""

    moneyoriginalprice: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The net price of one unit before any discount."""

    moneydiscountedprice: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The price of one unit after the discount; 0 where there is none."""

    moneydiscount: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The discount on one unit."""

    salestaxes: list[OrderItemSalesTax] = UNSET
    """The sales taxes collected for this row."""

    additionaldata: AdditionalData = UNSET
    """Further facts as text, by key; `OrderItemDataKey` explains those that Sitoo writes."""

    decimalquantitytotal: Annotated[Decimal3, Mark.READ_ONLY] = UNSET
    """`quantity` times `decimalunitquantity`."""

    moneynetpriceperquantity: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The net price of one unit times `decimalunitquantity`."""

    moneyrowprice: Annotated[Money, Mark.WRITE_ONLY] = UNSET
    """The price of the whole row with VAT, before its discount."""

    moneyrowdiscount: Annotated[Money, Mark.WRITE_ONLY] = UNSET
    """What is taken off the whole row; kept as ``orderitem-moneyrowdiscount`` in the data."""

    voucherid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The voucher used; 0 where none was."""


@model
class OrderPayment(Model):
    """A payment of an order.

    Reference: https://developer.sitoo.com/api-reference/orders#orderpayment
    """

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What the way of paying is called, such as ``Card``."""

    moneyamount: Annotated[Money, Mark.REQUIRED] = UNSET
    """How much was paid; negative where it was paid back."""

    externalid: str = UNSET
    """The payment in another system."""

    reftype: str = UNSET
    """What kind of reference `refid` is, such as ``verifonelpp``."""

    refid: str = UNSET
    """The transaction at the payment provider."""

    cardissuer: str = UNSET
    """The issuer of the card."""

    additionaldata: AdditionalData = UNSET
    """Further facts as text, by key: mostly what the payment provider answered.

    Among Sitoo's own keys: ``giftcard-cardnumber``, ``payment-method``,
    ``pos-originalsales-payment-index`` in a return, and ``virtual-payment``, which is ``true``
    where two orders were settled against each other and no money moved.
    """

    reservedpaymentid: str = UNSET
    """The `id` of the reserved payment that was drawn on."""


@model
class OrderReservedPayment(Model):
    """Money that is set aside for an order and not yet taken.

    Reference: https://developer.sitoo.com/api-reference/orders#orderreservedpayment
    """

    id: Annotated[str, Mark.REQUIRED] = UNSET
    """Its own reference; payments name it as `reservedpaymentid`."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What the way of paying is called."""

    moneyreserved: Annotated[Money, Mark.REQUIRED] = UNSET
    """How much is set aside."""

    externalid: str = UNSET
    """The reservation in another system."""

    reftype: str = UNSET
    """What kind of reference `refid` is."""

    refid: str = UNSET
    """The transaction at the payment provider."""

    cardissuer: str = UNSET
    """The issuer of the card."""

    additionaldata: AdditionalData = UNSET
    """Further facts as text, under the same keys as a payment's."""


@model
class OrderLogItem(Model):
    """Something that happened to an order.

    Reference: https://developer.sitoo.com/api-reference/orders#orderlogitem
    """

    datelog: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it happened."""

    orderid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The order; missing where the entry came as a part of it."""

    orderlogtypeid: Annotated[OrderLogType, Mark.REQUIRED] = UNSET
    """What happened; all types but those of `OrderLogType` are Sitoo's to log."""

    strvalue: str | None = UNSET
    """What more there is to say as text."""

    fvalue: Number | None = UNSET
    """What more there is to say as a number."""


@model
class Order(Model):
    """A sale, a refund, a booking or a parked cart.

    Orders are never deleted: set `orderstateid` to `OrderState.CANCELLED` instead.

    Reference: https://developer.sitoo.com/api-reference/orders#order
    """

    orderid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the order is added; unique over all sites of the account."""

    eshopid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The site that it belongs to."""

    externalid: (
        Annotated[
            str,
            text_like(r"[A-Za-z0-9_-]{1,40}", "1 to 40 characters of A-Z, a-z, 0-9, _ and -"),
        ]
        | None
    ) = UNSET
    """The order in another system: 1 to 40 of ``A-Z a-z 0-9 _ -``.

    Unique over all sites of the account: one that another order has is refused by Sitoo.
    """

    creditorderid: int | None = UNSET
    """In a refund, the order that is paid back."""

    email: str = UNSET
    """The customer's email address."""

    namefirst: str = UNSET
    """The customer's first name."""

    namelast: str = UNSET
    """The customer's last name."""

    personalid: str = UNSET
    """The customer's personal number, or the company's registration number."""

    company: str = UNSET
    """The customer's company."""

    phone: str = UNSET
    """The customer's phone number."""

    invoice_address: str = UNSET
    """Invoice address, first line."""

    invoice_address2: str = UNSET
    """Invoice address, second line."""

    invoice_zip: str = UNSET
    """Invoice address, postal code."""

    invoice_city: str = UNSET
    """Invoice address, city."""

    invoice_state: str = UNSET
    """Invoice address, state."""

    invoice_countryid: str = UNSET
    """Invoice address, country as a code of ISO 3166, such as ``se``."""

    delivery_address: str = UNSET
    """Delivery address, first line."""

    delivery_address2: str = UNSET
    """Delivery address, second line."""

    delivery_zip: str = UNSET
    """Delivery address, postal code."""

    delivery_city: str = UNSET
    """Delivery address, city."""

    delivery_state: str = UNSET
    """Delivery address, state."""

    delivery_countryid: str = UNSET
    """Delivery address, country as a code of ISO 3166, such as ``se``."""

    comment: str = UNSET
    """A comment on the order."""

    commentinternal: str = UNSET
    """A comment for the staff alone."""

    customerref: str = UNSET
    """The customer's own reference."""

    checkoutref: str = UNSET
    """The payment provider's reference."""

    moneytotal_net: Annotated[Money, Mark.READ_ONLY] = UNSET
    """All items without VAT, and without the costs of payment and delivery."""

    moneytotal_vat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT on all items."""

    moneycheckout_net: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The cost of payment without VAT."""

    moneycheckout_vat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT on the cost of payment."""

    moneytotal_gross_checkout: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The cost of payment with VAT."""

    moneydelivery_net: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The cost of delivery without VAT."""

    moneydelivery_vat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT on the cost of delivery."""

    moneytotal_gross_delivery: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The cost of delivery with VAT."""

    moneyfinal_net: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Items, payment and delivery together, without VAT."""

    moneyfinal_vat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT on items, payment and delivery together."""

    moneyfinal_salestax: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sales tax collected."""

    moneytotal_gross_roundoff: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What rounding added or took off."""

    moneytotal_gross_all: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What is to be paid in all; negative in a refund."""

    orderdate: Timestamp = UNSET
    """When it was made; now, unless given.

    An order from a register that was offline comes later: its `orderid` is higher than those of
    orders with a later date. So follow new orders by `orderid`, not by date.
    """

    orderstateid: OrderState = UNSET
    """Open, closed, cancelled or abandoned."""

    paymentstateid: PaymentState = UNSET
    """How far the payment has come."""

    ordertypeid: Annotated[OrderType, Mark.REQUIRED] = UNSET
    """Order, booking or parked cart."""

    userid_staff: Annotated[str | None, Mark.READ_ONLY] = UNSET
    """The member of staff who gets the credit for it."""

    registerid: Annotated[str | None, Mark.READ_ONLY] = UNSET
    """The cash register that made it; None for an order from the web."""

    warehouseid: int | None = UNSET
    """The warehouse that it is registered for.

    An open order of a store's warehouse is for that store to fulfil: the customer picks it up
    there or, where the order has a delivery address, the store sends it.
    """

    datereserved: Timestamp | None = UNSET
    """Until when stock is reserved for it; None: no reservation."""

    currencycode: str = UNSET
    """Its currency as a code of ISO 4217, such as ``SEK``; the account's, unless given."""

    additionaldata: AdditionalData = UNSET
    """Further facts as text, by key; `OrderDataKey` explains those that Sitoo writes."""

    orderitems: list[OrderItem] = UNSET
    """The rows."""

    payments: list[OrderPayment] = UNSET
    """What was paid, and how."""

    reservedpayments: list[OrderReservedPayment] = UNSET
    """What is set aside to be taken later."""

    orderlogitems: Annotated[list[OrderLogItem], Mark.READ_ONLY] = UNSET
    """What happened to it."""

    checkouttypename: Annotated[str, Mark.READ_ONLY] = UNSET
    """What its way of paying is called, such as ``Sitoo POS - Card``."""

    deliverytypename: Annotated[str, Mark.READ_ONLY] = UNSET
    """What its way of delivery is called."""

    checkouttypeid: Annotated[int, Mark.READ_ONLY] = UNSET
    """Its way of paying as a number."""

    deliverytypeid: Annotated[int, Mark.READ_ONLY] = UNSET
    """Its way of delivery as a number."""

    checkoutmethodid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The method behind its way of paying as a number."""

    checkoutmethodsubid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The variety of that method as a number."""


@model
class OrderDeliveryItem(Model):
    """How many of an order's row were delivered."""

    orderdeliveryitemid: Annotated[int, Mark.READ_ONLY] = UNSET
    """Given by Sitoo."""

    orderdeliveryid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The delivery that it belongs to."""

    orderitemid: Annotated[int, Mark.REQUIRED] = UNSET
    """The row of the order, from 0."""

    quantity: Annotated[int, Mark.REQUIRED] = UNSET
    """How many of it."""


@model
class OrderDelivery(Model):
    """Items of an order that left a warehouse together.

    Reference: https://developer.sitoo.com/api-reference/orders#orderdelivery
    """

    orderdeliveryid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the delivery is added; unique over all sites of the account."""

    orderid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The order."""

    warehouseid: Annotated[int, Mark.REQUIRED] = UNSET
    """The warehouse that the items are taken from; it may differ from the order's."""

    orderdeliveryref: str = UNSET
    """The carrier's number, to track it by."""

    datedelivery: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was made."""

    datecancelled: Annotated[Timestamp | None, Mark.READ_ONLY] = UNSET
    """When it was cancelled; None: it was not."""

    pluginname: Annotated[str, Mark.READ_ONLY] = UNSET
    """The plugin that handles it."""

    orderdeliveryitems: Annotated[list[OrderDeliveryItem], Mark.REQUIRED] = UNSET
    """What is delivered."""

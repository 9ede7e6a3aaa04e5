"""Which fields may be set and asked for, of the models in orders.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models.orders import (
    OrderDeliveryItem,
    OrderItem,
    OrderItemSalesTax,
    OrderLogType,
    OrderPayment,
    OrderReservedPayment,
    OrderState,
    OrderType,
    PaymentState,
)

__all__ = [
    "OrderDeliveryFields",
    "OrderDeliveryItemFields",
    "OrderField",
    "OrderFields",
    "OrderItemFields",
    "OrderItemSalesTaxFields",
    "OrderLogItemFields",
    "OrderPaymentFields",
    "OrderReservedPaymentFields",
]


class OrderItemSalesTaxFields(TypedDict, total=False):
    """The fields of a OrderItemSalesTax that can be set."""

    name: str
    code: str
    externalid: str
    groupregion: str
    moneytotal: Decimal | int | str
    moneytax: Decimal | int | str
    decimaltaxvalue: Decimal | int | str


class OrderItemFields(TypedDict, total=False):
    """The fields of a OrderItem that can be set."""

    orderitemtype: int
    productname: str
    sku: str
    productattributes: str
    externalinput: str
    externalinputtitle: str
    unitlabel: str
    quantity: int
    decimalunitquantity: Decimal | int | str | None
    moneypriceorg: Decimal | int | str
    vatvalue: Decimal | int | float
    deliveryinfo: str
    vouchercode: str
    vouchername: str
    vouchercomment: str
    vouchervalue: Decimal | int | float
    salestaxes: Sequence[OrderItemSalesTax | OrderItemSalesTaxFields]
    additionaldata: Mapping[str, str]
    moneyrowprice: Decimal | int | str
    moneyrowdiscount: Decimal | int | str


class OrderPaymentFields(TypedDict, total=False):
    """The fields of a OrderPayment that can be set."""

    name: str
    moneyamount: Decimal | int | str
    externalid: str
    reftype: str
    refid: str
    cardissuer: str
    additionaldata: Mapping[str, str]
    reservedpaymentid: str


class OrderReservedPaymentFields(TypedDict, total=False):
    """The fields of a OrderReservedPayment that can be set."""

    id: str
    name: str
    moneyreserved: Decimal | int | str
    externalid: str
    reftype: str
    refid: str
    cardissuer: str
    additionaldata: Mapping[str, str]


class OrderLogItemFields(TypedDict, total=False):
    """The fields of a OrderLogItem that can be set."""

    orderlogtypeid: OrderLogType | int
    strvalue: str | None
    fvalue: Decimal | int | float | None


class OrderFields(TypedDict, total=False):
    """The fields of a Order that can be set."""

    externalid: str | None
    creditorderid: int | None
    email: str
    namefirst: str
    namelast: str
    personalid: str
    company: str
    phone: str
    invoice_address: str
    invoice_address2: str
    invoice_zip: str
    invoice_city: str
    invoice_state: str
    invoice_countryid: str
    delivery_address: str
    delivery_address2: str
    delivery_zip: str
    delivery_city: str
    delivery_state: str
    delivery_countryid: str
    comment: str
    commentinternal: str
    customerref: str
    checkoutref: str
    orderdate: datetime
    orderstateid: OrderState | int
    paymentstateid: PaymentState | int
    ordertypeid: OrderType | int
    warehouseid: int | None
    datereserved: datetime | None
    currencycode: str
    additionaldata: Mapping[str, str]
    orderitems: Sequence[OrderItem | OrderItemFields]
    payments: Sequence[OrderPayment | OrderPaymentFields]
    reservedpayments: Sequence[OrderReservedPayment | OrderReservedPaymentFields]


OrderField = Literal[
    "orderid",
    "eshopid",
    "externalid",
    "creditorderid",
    "email",
    "namefirst",
    "namelast",
    "personalid",
    "company",
    "phone",
    "invoice_address",
    "invoice_address2",
    "invoice_zip",
    "invoice_city",
    "invoice_state",
    "invoice_countryid",
    "delivery_address",
    "delivery_address2",
    "delivery_zip",
    "delivery_city",
    "delivery_state",
    "delivery_countryid",
    "comment",
    "commentinternal",
    "customerref",
    "checkoutref",
    "moneytotal_net",
    "moneytotal_vat",
    "moneycheckout_net",
    "moneycheckout_vat",
    "moneytotal_gross_checkout",
    "moneydelivery_net",
    "moneydelivery_vat",
    "moneytotal_gross_delivery",
    "moneyfinal_net",
    "moneyfinal_vat",
    "moneyfinal_salestax",
    "moneytotal_gross_roundoff",
    "moneytotal_gross_all",
    "orderdate",
    "orderstateid",
    "paymentstateid",
    "ordertypeid",
    "userid_staff",
    "registerid",
    "warehouseid",
    "datereserved",
    "currencycode",
    "additionaldata",
    "orderitems",
    "payments",
    "reservedpayments",
    "orderlogitems",
    "checkouttypename",
    "deliverytypename",
    "checkouttypeid",
    "deliverytypeid",
    "checkoutmethodid",
    "checkoutmethodsubid",
]
"""The fields that can be asked for of a Order."""


class OrderDeliveryItemFields(TypedDict, total=False):
    """The fields of a OrderDeliveryItem that can be set."""

    orderitemid: int
    quantity: int


class OrderDeliveryFields(TypedDict, total=False):
    """The fields of a OrderDelivery that can be set."""

    warehouseid: int
    orderdeliveryref: str
    orderdeliveryitems: Sequence[OrderDeliveryItem | OrderDeliveryItemFields]

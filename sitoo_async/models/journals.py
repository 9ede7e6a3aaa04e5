"""The journal of a cash register: everything that was done at it, entry by entry.

Reference: the pages Overview and Endpoints of Journals v3, of which the tops can be had. What is
marked as inferred is printed on none of them.
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import elsewhere, known, name_only, scalar, union
from sitoo_async._codec.kinds import (
    AdditionalData,
    ChoiceOf,
    Decimal3,
    Mark,
    Money,
    Number,
    Timestamp,
)
from sitoo_async._codec.unset import UNSET
from sitoo_async.models.journal_reports import JournalXReport, JournalZReport
from sitoo_async.models.pos_payment_types import PosPaymentMethod

__all__ = [
    "JournalCash",
    "JournalEntry",
    "JournalEntryType",
    "JournalReceipt",
    "JournalReceiptItem",
    "JournalReceiptItemDiscount",
    "JournalReceiptPayment",
    "JournalReceiptSalesTax",
    "JournalReceiptVat",
    "JournalStaff",
]

# The data of carts and their payments, of the control unit and of printouts, the lines of a
# printout and the customer of a receipt.
name_only(
    "journals-v3",
    "JournalCart",
    "JournalCartItem",
    "JournalCartPayment",
    "JournalCtuError",
    "JournalCtuOfflineMode",
    "JournalPrintout",
    "PrintLine",
    "JournalReceiptCustomer",
)
scalar("journals-v3", "Money", "documented", Money)
scalar("journals-v3", "DecimalQuantity", "documented", Decimal3)
scalar("journals-v3", "PaymentMethod", "inferred", PosPaymentMethod)
elsewhere("journals-v3", "JournalEntryEnvelope", "documented", "the pages of journals.list()")
elsewhere("journals-v3", "SortOrder", "inferred", "sort_order of journals.list()")
elsewhere("journals-v3", "ErrorCode", "inferred", "ApiError.error_code")
elsewhere("journals-v3", "ErrorMessage", "inferred", "ApiError")


@known("journals-v3", "JournalEntryType", "documented")
class JournalEntryType(OpenText):
    """What was done at a cash register.

    The printed list goes on: there are types for receipts, printouts, X- and Z-reports and for the
    control unit, too.
    """

    CART_CLEAR = "cart-clear"
    CART_ITEM_ADD = "cart-item-add"
    CART_ITEM_CHANGE = "cart-item-change"
    CART_ITEM_REMOVE = "cart-item-remove"
    CART_PAYMENT_ADD = "cart-payment-add"
    CASH_START = "cash-start"
    LOGIN = "login"


@known("journals-v3", "JournalStaff", "documented")
@model
class JournalStaff(Model):
    """Who came to the register; the data of a `login`."""

    staff: Annotated[str, Mark.READ_ONLY] = UNSET
    """The name of the person."""

    staffuserid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The userid of that person, a GUID in braces."""


@known("journals-v3", "JournalCash", "documented")
@model
class JournalCash(Model):
    """What was put into the drawer; the data of a `cash-start`."""

    currencycode: Annotated[str, Mark.READ_ONLY] = UNSET
    """The currency, as three capitals (ISO 4217)."""

    moneycash: Annotated[Money, Mark.READ_ONLY] = UNSET
    """How much."""

    staff: Annotated[str, Mark.READ_ONLY] = UNSET
    """The name of the person who did it."""

    staffuserid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The userid of that person, a GUID in braces."""


@known("journals-v3", "JournalReceiptItemDiscount", "documented")
@model
class JournalReceiptItemDiscount(Model):
    """A discount on a row of a receipt."""

    discountname: Annotated[str, Mark.READ_ONLY] = UNSET
    """What it is called, such as ``3 FOR 2``."""

    discountid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The voucher behind it (inferred)."""

    discountcode: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The code of that voucher (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What it takes off, with VAT (inferred)."""

    moneyvat: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The VAT in that (inferred)."""


@known("journals-v3", "JournalReceiptItem", "documented")
@model
class JournalReceiptItem(Model):
    """A row of a receipt."""

    additionaldata: Annotated[AdditionalData, Mark.READ_ONLY] = UNSET
    """Free data: ``item-delivered``, ``item-productid`` and ``product-group-name`` were seen."""

    decimalunitquantity: Annotated[Decimal3, Mark.READ_ONLY] = UNSET
    """How much one of them is, where it is sold by measure."""

    discounts: Annotated[list[JournalReceiptItemDiscount], Mark.READ_ONLY] = UNSET
    """The discounts on it."""

    productname: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The product's name (inferred)."""

    sku: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The product's article number (inferred)."""

    quantity: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many (inferred)."""

    unitlabel: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The unit in which it is measured (inferred)."""

    vatvalue: Annotated[Number, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """VAT in percent (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What the row comes to, with VAT (inferred)."""


@known("journals-v3", "JournalReceiptPayment", "inferred")
@model
class JournalReceiptPayment(Model):
    """A payment of a receipt.

    Inferred from the payments of an order, which it becomes in v2.
    """

    paymentmethod: Annotated[PosPaymentMethod, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How was paid (inferred)."""

    name: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What that is called (inferred)."""

    moneyamount: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How much (inferred)."""

    externalid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The payment in another system (inferred)."""

    reftype: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What `refid` refers to (inferred)."""

    refid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What the payment refers to, such as a gift card (inferred)."""

    cardissuer: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Whose card it was (inferred)."""

    additionaldata: Annotated[dict[str, Any], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Free data (inferred)."""


@known("journals-v3", "JournalReceiptSalesTax", "inferred")
@model
class JournalReceiptSalesTax(Model):
    """What a receipt has of one sales tax.

    Inferred from the sales taxes of the rows of an order in v2.
    """

    name: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What the tax is called (inferred)."""

    code: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """A short identifier of the tax (inferred)."""

    externalid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The tax in another system (inferred)."""

    groupregion: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The region of the sales tax group that the tax belongs to (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What the tax is reckoned on (inferred)."""

    moneytax: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The tax (inferred)."""

    decimaltaxvalue: Annotated[Decimal3, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The tax in percent (inferred)."""


@known("journals-v3", "JournalReceiptVat", "inferred")
@model
class JournalReceiptVat(Model):
    """What a receipt has at one rate of VAT.

    Inferred from the VAT groups of the reports of v2.
    """

    vatvalue: Annotated[Number, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """VAT in percent (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum with VAT (inferred)."""

    moneytotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum without VAT (inferred)."""

    moneytotalvat: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The VAT in it (inferred)."""


@known("journals-v3", "JournalReceipt", "documented")
@model
class JournalReceipt(Model):
    """A receipt, of a sale or of a refund."""

    additionaldata: Annotated[AdditionalData, Mark.READ_ONLY] = UNSET
    """Free data: ``pos-receiptid``, ``pos-timezone``, ``store-externalid`` and more were seen."""

    comment: Annotated[str, Mark.READ_ONLY] = UNSET
    """What was noted on it."""

    currencycode: Annotated[str, Mark.READ_ONLY] = UNSET
    """The currency of all sums, as three capitals (ISO 4217)."""

    isrefund: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Whether it is the receipt of a refund."""

    items: Annotated[list[JournalReceiptItem], Mark.READ_ONLY] = UNSET
    """Its rows."""

    payments: Annotated[list[JournalReceiptPayment], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How it was paid (inferred)."""

    customer: Annotated[dict[str, Any] | None, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The customer, a mapping of which nothing is known (inferred)."""

    vats: Annotated[list[JournalReceiptVat], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Its sums by rate of VAT (inferred)."""

    salestaxes: Annotated[list[JournalReceiptSalesTax], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Its sales taxes (inferred)."""


_Data = Annotated[
    JournalStaff | JournalCash | JournalReceipt | JournalXReport | JournalZReport | dict[str, Any],
    ChoiceOf(
        models={
            "login": JournalStaff,
            "cash-start": JournalCash,
            # Not printed: spelt as the events spell a Z-report.
            "receipt": JournalReceipt,
            "x-report": JournalXReport,
            "z-report": JournalZReport,
        },
        field="type",
        beside=True,
    ),
]
union("journals-v3", "JournalData", "documented", _Data)


@known("journals-v3", "JournalEntry", "documented")
@model
class JournalEntry(Model):
    """Something that was done at a cash register.

    Reference: the page Endpoints of Journals v3.
    """

    id: Annotated[int, Mark.READ_ONLY] = UNSET
    """The number of the entry; each register counts its own."""

    registerid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The register's GUID, in braces."""

    registerkey: Annotated[str, Mark.READ_ONLY] = UNSET
    """The name under which the tax authorities know the register; it is on the receipts."""

    type: Annotated[JournalEntryType, Mark.READ_ONLY] = UNSET
    """What was done, which tells what `data` is."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was done, by the clock of the register."""

    dateadded: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When the entry reached Sitoo, which may be long after: a register works without network."""

    ispractice: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Whether it was done for practice, so that it counts in no figure."""

    data: Annotated[_Data, Mark.READ_ONLY] = UNSET
    """What it was done with: a `JournalStaff` of a ``login``, a `JournalCash` of a ``cash-start``.

    That of a receipt and of an X- or Z-report is one where its type is called ``receipt``,
    ``x-report`` or ``z-report``, which is inferred. Of any other type it is a plain mapping.
    """

"""X- and Z-reports as the journal of a cash register has them: all of it inferred.

Their names are printed, their fields are not: these are the fields of the Z-reports of v2.

Reference: the page Endpoints of Journals v3.
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.evidence import known, name_only
from sitoo_async._codec.kinds import Decimal3, Mark, Money, Number, Timestamp
from sitoo_async._codec.unset import UNSET

__all__ = [
    "JournalReportDiscount",
    "JournalReportPayment",
    "JournalReportProductGroup",
    "JournalReportSalesTax",
    "JournalReportSubPayment",
    "JournalReportVatGroup",
    "JournalXReport",
    "JournalZReport",
]

# What a report says of other currencies; no more than the name is printed.
name_only("journals-v3", "JournalReportCurrencyConversion")


@known("journals-v3", "JournalReportVatGroup", "inferred")
@model
class JournalReportVatGroup(Model):
    """What was sold, or paid back, at one rate of VAT.

    Inferred from the `PosZReportVatGroup` of v2.
    """

    vatvalue: Annotated[Number, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """VAT in percent (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum with VAT (inferred)."""

    moneytotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum without VAT (inferred)."""

    moneytotalvat: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The VAT in it (inferred)."""


@known("journals-v3", "JournalReportProductGroup", "inferred")
@model
class JournalReportProductGroup(Model):
    """What was sold, or paid back, of one product group.

    Inferred from the `PosZReportProductGroup` of v2.
    """

    name: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The product group's name (inferred)."""

    vatvalue: Annotated[Number, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Its VAT in percent (inferred)."""

    numtotal: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many items (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum with VAT (inferred)."""

    moneytotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum without VAT (inferred)."""

    moneytotalvat: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The VAT in it (inferred)."""


@known("journals-v3", "JournalReportSalesTax", "inferred")
@model
class JournalReportSalesTax(Model):
    """What was collected of one sales tax.

    Inferred from the `PosZReportSalesTax` of v2.
    """

    name: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What the tax is called (inferred)."""

    code: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """A short identifier of the tax (inferred)."""

    externalid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The tax in another system, for exports (inferred)."""

    groupregion: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The region of the sales tax group that the tax belongs to (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sales that the tax is reckoned on, without the tax (inferred)."""

    moneytax: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The tax collected (inferred)."""

    decimaltaxvalue: Annotated[Decimal3, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The tax in percent (inferred)."""


@known("journals-v3", "JournalReportSubPayment", "inferred")
@model
class JournalReportSubPayment(Model):
    """A part of the payments of one type, such as the cards of one issuer.

    Inferred from the `PosZReportSubPayment` of v2.
    """

    name: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What this part is called (inferred)."""

    moneysubtotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum: captured and reserved (inferred)."""

    moneycaptured: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was taken of it at once (inferred)."""

    moneyinadvance: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was taken for items that were not handed over yet (inferred)."""

    moneyreserved: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was only set aside (inferred)."""


@known("journals-v3", "JournalReportPayment", "inferred")
@model
class JournalReportPayment(Model):
    """What was paid, or paid back, in one way.

    Inferred from the `PosZReportPayment` of v2.
    """

    name: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What the way of paying is called (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum: captured and reserved (inferred)."""

    moneycaptured: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was taken of it at once (inferred)."""

    moneyinadvance: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was taken for items that were not handed over yet (inferred)."""

    moneyreserved: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was only set aside (inferred)."""

    subpayments: Annotated[list[JournalReportSubPayment], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The parts that it is made of, where there are any (inferred)."""


@known("journals-v3", "JournalReportDiscount", "inferred")
@model
class JournalReportDiscount(Model):
    """What was taken off by one voucher.

    Inferred from the `PosZReportDiscount` of v2.
    """

    vouchercode: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The voucher's code; ``discount-manual`` is a discount by the staff (inferred)."""

    moneytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum with VAT (inferred)."""

    moneytotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum without VAT (inferred)."""

    moneytotalvat: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The VAT in it (inferred)."""


@known("journals-v3", "JournalXReport", "inferred")
@model
class JournalXReport(Model):
    """What a cash register has taken in since its opening, while it goes on.

    Inferred from the `PosZReport` of v2, less what is known only at the closing.
    """

    registerid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The register's GUID, in braces (inferred)."""

    manufacturerid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The register's serial number, for the tax authorities (inferred)."""

    registerkey: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The name under which the tax authorities know the register (inferred)."""

    registernumber: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The register's number in its store: 1, 2, 3 (inferred)."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """When the register made the report (inferred)."""

    dateopened: Annotated[Timestamp | None, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """When the register was opened; None: it ran an old version of Sitoo POS (inferred)."""

    eshopid: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The site that the register belongs to (inferred)."""

    store_id: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The store's external id (inferred)."""

    store_name: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The store's name (inferred)."""

    company: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The company that runs the register (inferred)."""

    companyid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The company's registration number (inferred)."""

    address: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Address: the street (inferred)."""

    address2: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Address: in whose care, and the like (inferred)."""

    address3: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Address: postal code, city and state (inferred)."""

    currencycode: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The currency of all sums, as three capitals (ISO 4217) (inferred)."""

    staff: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Who closed the register (inferred)."""

    staffuserid: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The userid of that person (inferred)."""

    comment: Annotated[str, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What that person noted (inferred)."""

    moneysalestotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales with VAT (inferred)."""

    moneysalestotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales without VAT (inferred)."""

    numsales: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many sales (inferred)."""

    numsalesitems: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many items were sold (inferred)."""

    vatgroupssales: Annotated[list[JournalReportVatGroup], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales by rate of VAT (inferred)."""

    productgroupssales: Annotated[
        list[JournalReportProductGroup], Mark.READ_ONLY, Mark.INFERRED
    ] = UNSET
    """Sales by product group (inferred)."""

    moneysalesnotdeliveredtotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales not yet handed over, with VAT (inferred)."""

    moneysalesnotdeliveredtotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales not yet handed over, without VAT (inferred)."""

    numsalesnotdelivered: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many sales were not wholly handed over (inferred)."""

    numsalesnotdelivereditems: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many items were not yet handed over (inferred)."""

    vatgroupssalesnotdelivered: Annotated[
        list[JournalReportVatGroup], Mark.READ_ONLY, Mark.INFERRED
    ] = UNSET
    """Sales not yet handed over, by rate of VAT (inferred)."""

    productgroupssalesnotdelivered: Annotated[
        list[JournalReportProductGroup], Mark.READ_ONLY, Mark.INFERRED
    ] = UNSET
    """Sales not yet handed over, by product group (inferred)."""

    moneyrefundtotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Refunds with VAT (inferred)."""

    moneyrefundtotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Refunds without VAT (inferred)."""

    numrefund: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many refunds (inferred)."""

    numrefunditems: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many items were given back (inferred)."""

    vatgroupsrefund: Annotated[list[JournalReportVatGroup], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Refunds by rate of VAT (inferred)."""

    productgroupsrefund: Annotated[
        list[JournalReportProductGroup], Mark.READ_ONLY, Mark.INFERRED
    ] = UNSET
    """Refunds by product group (inferred)."""

    moneyroundoff: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What rounding added or took off (inferred)."""

    salestaxessales: Annotated[list[JournalReportSalesTax], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales taxes collected by sales (inferred)."""

    salestaxesrefund: Annotated[list[JournalReportSalesTax], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales taxes given back by refunds (inferred)."""

    moneysalestaxinadvance: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales tax on items not yet handed over (inferred)."""

    moneysummarysales: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Summary: sales (inferred)."""

    moneysummaryrefund: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Summary: refunds (inferred)."""

    moneysummarysubtotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Summary: sales less refunds (inferred)."""

    moneysummarysalestax: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Summary: sales tax (inferred)."""

    moneysummaryroundoff: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Summary: rounding (inferred)."""

    moneysummarytotal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Summary: subtotal, sales tax and rounding together (inferred)."""

    paymentssales: Annotated[list[JournalReportPayment], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was paid for sales, by way of paying (inferred)."""

    paymentsrefund: Annotated[list[JournalReportPayment], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """What was paid back for refunds, by way of paying (inferred)."""

    discountssales: Annotated[list[JournalReportDiscount], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Discounts on sales, by voucher (inferred)."""

    discountssalesnotdelivered: Annotated[
        list[JournalReportDiscount], Mark.READ_ONLY, Mark.INFERRED
    ] = UNSET
    """Discounts on sales not yet handed over, by voucher (inferred)."""

    discountsrefund: Annotated[list[JournalReportDiscount], Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Discounts taken back by refunds, by voucher (inferred)."""

    moneycash_in: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: in the drawer at the opening (inferred)."""

    moneycash_salesrefunds: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: taken in by sales, less refunds (inferred)."""

    moneycash_petty: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: put in or taken out as petty cash (inferred)."""

    moneycash_bank: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: fetched from or brought to the bank before counting (inferred)."""

    moneycash_expected: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: what should be in the drawer at the closing (inferred)."""

    moneydiscount: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Discounts on sales in all, with VAT (inferred)."""

    numsalestypeproduct: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many products were sold (inferred)."""

    numsalestypeservice: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many services were sold (inferred)."""

    numsalestypegiftcard: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many gift cards were sold (inferred)."""

    numreceipts: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many receipts there were (inferred)."""

    numopendrawer: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How often the drawer was opened without a transaction (inferred)."""

    numpractice: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """How many transactions were made for practice (inferred)."""

    moneypractice: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The sum of the transactions made for practice (inferred)."""

    moneygrandtotalsales: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales since the register was first used (inferred)."""

    moneygrandtotalrefund: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Refunds since the register was first used (inferred)."""

    moneygrandtotalnet: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Sales less refunds since the register was first used (inferred)."""


@known("journals-v3", "JournalZReport", "inferred")
@model
class JournalZReport(JournalXReport):
    """What a cash register took in from its opening to its closing.

    Inferred from the `PosZReport` of v2.
    """

    zreportid: Annotated[int, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """The number of the report, counted by each register for itself (inferred)."""

    moneycash_counted: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: what was in the drawer at the closing (inferred)."""

    moneycash_diff: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: counted less expected (inferred)."""

    moneycash_bankfinal: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: brought to the bank after counting (inferred)."""

    moneycash_out: Annotated[Money, Mark.READ_ONLY, Mark.INFERRED] = UNSET
    """Cash: left in the drawer (inferred)."""

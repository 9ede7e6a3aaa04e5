"""Z-reports: what a cash register reports when it is closed.

References: https://developer.sitoo.com/api-reference/z-reports and
https://developer.sitoo.com/api-reference/cash-registers
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Decimal3, Mark, Money, Number, Timestamp
from sitoo_async._codec.unset import UNSET

__all__ = [
    "PosZReport",
    "PosZReportDiscount",
    "PosZReportPayment",
    "PosZReportProductGroup",
    "PosZReportSalesTax",
    "PosZReportSubPayment",
    "PosZReportVatGroup",
]


@model
class PosZReportVatGroup(Model):
    """What was sold, or paid back, at one rate of VAT."""

    vatvalue: Annotated[Number, Mark.READ_ONLY] = UNSET
    """VAT in percent."""

    moneytotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum with VAT."""

    moneytotalnet: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum without VAT."""

    moneytotalvat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT in it."""


@model
class PosZReportProductGroup(Model):
    """What was sold, or paid back, of one product group."""

    name: Annotated[str, Mark.READ_ONLY] = UNSET
    """The product group's name."""

    vatvalue: Annotated[Number, Mark.READ_ONLY] = UNSET
    """Its VAT in percent."""

    numtotal: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many items."""

    moneytotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum with VAT."""

    moneytotalnet: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum without VAT."""

    moneytotalvat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT in it."""


@model
class PosZReportSalesTax(Model):
    """What was collected of one sales tax."""

    name: Annotated[str, Mark.READ_ONLY] = UNSET
    """What the tax is called."""

    code: Annotated[str, Mark.READ_ONLY] = UNSET
    """A short identifier of the tax."""

    externalid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The tax in another system, for exports."""

    groupregion: Annotated[str, Mark.READ_ONLY] = UNSET
    """The region of the sales tax group that the tax belongs to."""

    moneytotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sales that the tax is reckoned on, without the tax."""

    moneytax: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The tax collected."""

    decimaltaxvalue: Annotated[Decimal3, Mark.READ_ONLY] = UNSET
    """The tax in percent."""


@model
class PosZReportSubPayment(Model):
    """A part of the payments of one type, such as the cards of one issuer."""

    name: Annotated[str, Mark.READ_ONLY] = UNSET
    """What this part is called."""

    moneysubtotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum: captured and reserved."""

    moneycaptured: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What was taken of it at once."""

    moneyinadvance: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What was taken for items that were not handed over yet."""

    moneyreserved: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What was only set aside."""


@model
class PosZReportPayment(Model):
    """What was paid, or paid back, in one way."""

    name: Annotated[str, Mark.READ_ONLY] = UNSET
    """What the way of paying is called."""

    moneytotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum: captured and reserved."""

    moneycaptured: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What was taken of it at once."""

    moneyinadvance: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What was taken for items that were not handed over yet."""

    moneyreserved: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What was only set aside."""

    subpayments: Annotated[list[PosZReportSubPayment], Mark.READ_ONLY] = UNSET
    """The parts that it is made of, where there are any."""


@model
class PosZReportDiscount(Model):
    """What was taken off by one voucher."""

    vouchercode: Annotated[str, Mark.READ_ONLY] = UNSET
    """The voucher's code; ``discount-manual`` is a discount by the staff."""

    moneytotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum with VAT."""

    moneytotalnet: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum without VAT."""

    moneytotalvat: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The VAT in it."""


@model
class PosZReport(Model):
    """What a cash register took in from its opening to its closing.

    Reference: https://developer.sitoo.com/api-reference/z-reports#poszreport
    """

    zreportid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The number of the report, counted by each register for itself."""

    registerid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The register's GUID, in braces."""

    manufacturerid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The register's serial number, for the tax authorities."""

    registerkey: Annotated[str, Mark.READ_ONLY] = UNSET
    """The name under which the tax authorities know the register; it is on the receipts."""

    registernumber: Annotated[int, Mark.READ_ONLY] = UNSET
    """The register's number in its store: 1, 2, 3."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When the register made the report."""

    dateopened: Annotated[Timestamp | None, Mark.READ_ONLY] = UNSET
    """When the register was opened; None: it ran an old version of Sitoo POS."""

    eshopid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The site that the register belongs to."""

    store_id: Annotated[str, Mark.READ_ONLY] = UNSET
    """The store's external id."""

    store_name: Annotated[str, Mark.READ_ONLY] = UNSET
    """The store's name."""

    company: Annotated[str, Mark.READ_ONLY] = UNSET
    """The company that runs the register."""

    companyid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The company's registration number."""

    address: Annotated[str, Mark.READ_ONLY] = UNSET
    """Address: the street."""

    address2: Annotated[str, Mark.READ_ONLY] = UNSET
    """Address: in whose care, and the like."""

    address3: Annotated[str, Mark.READ_ONLY] = UNSET
    """Address: postal code, city and state."""

    currencycode: Annotated[str, Mark.READ_ONLY] = UNSET
    """The currency of all sums, as three capitals (ISO 4217)."""

    staff: Annotated[str, Mark.READ_ONLY] = UNSET
    """Who closed the register."""

    staffuserid: Annotated[str, Mark.READ_ONLY] = UNSET
    """The userid of that person."""

    comment: Annotated[str, Mark.READ_ONLY] = UNSET
    """What that person noted."""

    moneysalestotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Sales with VAT."""

    moneysalestotalnet: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Sales without VAT."""

    numsales: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many sales."""

    numsalesitems: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many items were sold."""

    vatgroupssales: Annotated[list[PosZReportVatGroup], Mark.READ_ONLY] = UNSET
    """Sales by rate of VAT."""

    productgroupssales: Annotated[list[PosZReportProductGroup], Mark.READ_ONLY] = UNSET
    """Sales by product group."""

    moneysalesnotdeliveredtotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Sales not yet handed over, with VAT."""

    moneysalesnotdeliveredtotalnet: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Sales not yet handed over, without VAT."""

    numsalesnotdelivered: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many sales were not wholly handed over."""

    numsalesnotdelivereditems: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many items were not yet handed over."""

    vatgroupssalesnotdelivered: Annotated[list[PosZReportVatGroup], Mark.READ_ONLY] = UNSET
    """Sales not yet handed over, by rate of VAT."""

    productgroupssalesnotdelivered: Annotated[list[PosZReportProductGroup], Mark.READ_ONLY] = UNSET
    """Sales not yet handed over, by product group."""

    moneyrefundtotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Refunds with VAT."""

    moneyrefundtotalnet: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Refunds without VAT."""

    numrefund: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many refunds."""

    numrefunditems: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many items were given back."""

    vatgroupsrefund: Annotated[list[PosZReportVatGroup], Mark.READ_ONLY] = UNSET
    """Refunds by rate of VAT."""

    productgroupsrefund: Annotated[list[PosZReportProductGroup], Mark.READ_ONLY] = UNSET
    """Refunds by product group."""

    moneyroundoff: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What rounding added or took off."""

    salestaxessales: Annotated[list[PosZReportSalesTax], Mark.READ_ONLY] = UNSET
    """Sales taxes collected by sales."""

    salestaxesrefund: Annotated[list[PosZReportSalesTax], Mark.READ_ONLY] = UNSET
    """Sales taxes given back by refunds."""

    moneysalestaxinadvance: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Sales tax on items not yet handed over."""

    moneysummarysales: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Summary: sales."""

    moneysummaryrefund: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Summary: refunds."""

    moneysummarysubtotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Summary: sales less refunds."""

    moneysummarysalestax: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Summary: sales tax."""

    moneysummaryroundoff: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Summary: rounding."""

    moneysummarytotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Summary: subtotal, sales tax and rounding together."""

    paymentssales: Annotated[list[PosZReportPayment], Mark.READ_ONLY] = UNSET
    """What was paid for sales, by way of paying."""

    paymentsrefund: Annotated[list[PosZReportPayment], Mark.READ_ONLY] = UNSET
    """What was paid back for refunds, by way of paying."""

    discountssales: Annotated[list[PosZReportDiscount], Mark.READ_ONLY] = UNSET
    """Discounts on sales, by voucher."""

    discountssalesnotdelivered: Annotated[list[PosZReportDiscount], Mark.READ_ONLY] = UNSET
    """Discounts on sales not yet handed over, by voucher."""

    discountsrefund: Annotated[list[PosZReportDiscount], Mark.READ_ONLY] = UNSET
    """Discounts taken back by refunds, by voucher."""

    moneycash_in: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: in the drawer at the opening."""

    moneycash_salesrefunds: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: taken in by sales, less refunds."""

    moneycash_petty: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: put in or taken out as petty cash."""

    moneycash_bank: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: fetched from or brought to the bank before counting; negative where brought."""

    moneycash_expected: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: what should be in the drawer at the closing."""

    moneycash_counted: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: what was in the drawer at the closing."""

    moneycash_diff: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: counted less expected."""

    moneycash_bankfinal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: brought to the bank after counting."""

    moneycash_out: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Cash: left in the drawer."""

    moneydiscount: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Discounts on sales in all, with VAT."""

    numsalestypeproduct: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many products were sold."""

    numsalestypeservice: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many services were sold."""

    numsalestypegiftcard: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many gift cards were sold."""

    numreceipts: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many receipts there were."""

    numopendrawer: Annotated[int, Mark.READ_ONLY] = UNSET
    """How often the drawer was opened without a transaction."""

    numpractice: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many transactions were made for practice."""

    moneypractice: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The sum of the transactions made for practice."""

    moneygrandtotalsales: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Sales since the register was first used."""

    moneygrandtotalrefund: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Refunds since the register was first used."""

    moneygrandtotalnet: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Sales less refunds since the register was first used."""

    dateadded: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When the report reached Sitoo, which may be long after it was made."""

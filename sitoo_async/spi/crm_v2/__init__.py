"""CRM v2: customers in the POS, with their cards, promotions, bonus checks and history.

What is known of SPI CRM v2 is its overview and the top of its page of endpoints. Search Customer
and Add Customer are printed; the paths of the other operations are inferred, most of them from
CRM v1. Get Transactions, Get Additional Options and Lookup Customer are guesses. Redeem Items and
Undo Redeem Items are known by name alone, and an `App` serves them only by the paths that its
``routes`` give, once you have seen what Sitoo calls; other systems in use leave the latter out.
Each field that no page prints says so.

Purchases don't come through this interface: take the events of orders. What a customer redeemed
can be read on the order (``crm-bonuscheckid`` and ``crm-promotionid`` in the additional data of
its items).

Statuses: 200, 400, 401, 403, 404, 429, 500, 502, 503 and 504; the body of an error is not known.
Basic authentication is expected. The headers Store-ID, Staff-ID and Register-ID come with each
request, see `Call`.

Reference: the pages Overview and Endpoints of SPI CRM v2, https://developer.sitoo.com
"""

from __future__ import annotations

from sitoo_async.spi.crm_v2.models import (
    AdditionalOption,
    AdditionalOptionEnumValue,
    AdditionalOptionsSection,
    Address,
    BonusCheck,
    CommunicationType,
    Consent,
    Customer,
    CustomerAdditionalOption,
    CustomerSection,
    CustomerSectionValueMoney,
    CustomerSectionValueText,
    CustomerStatus,
    CustomerStatusColor,
    Gender,
    Promotion,
    PromotionCartAmount,
    PromotionCartPercent,
    PromotionManual,
    PromotionOffer,
    PromotionType,
    Redeem,
    SearchKeyType,
    SectionValue,
)
from sitoo_async.spi.crm_v2.service import CrmV2Service

__all__ = [
    "AdditionalOption",
    "AdditionalOptionEnumValue",
    "AdditionalOptionsSection",
    "Address",
    "BonusCheck",
    "CommunicationType",
    "Consent",
    "CrmV2Service",
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

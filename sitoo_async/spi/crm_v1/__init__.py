"""CRM v1: contacts in the POS, for those who have it already.

CRM v2 is to be used in new work. Known of SPI CRM v1 are its pages of contacts, of consents and of
looking up contacts: those four operations are printed, with every field of a contact and of a
consent. Get Contact and Update Contact are inferred. Add Transaction, which gives the CRM a copy
of each purchase, is a guess, and nothing but the names is known of what a transaction holds. The
fields that a contact has only where ``include_extended`` asks for them are inferred, too, and say
so.

Sitoo wants its own test cases passed, beginning with a contact that doesn't exist yet, which is
added with every field filled, then found, edited and used in a purchase.

Statuses: 200, 400, 401, 404 and 500; no body of an error is defined. Basic authentication is
expected. The POS gives up after 10 seconds.

Reference: the pages Contacts, Consents and Lookup Contacts of SPI CRM v1,
https://developer.sitoo.com
"""

from __future__ import annotations

from sitoo_async.spi.crm_v1.models import (
    BonusCheck,
    Consent,
    Contact,
    Gender,
    Promotion,
    PromotionType,
    PromotionTypeCartAmount,
    PromotionTypeCartPercent,
    PromotionTypeManual,
    PromotionTypeOffer,
    StatusColor,
)
from sitoo_async.spi.crm_v1.service import CrmV1Service

__all__ = [
    "BonusCheck",
    "Consent",
    "Contact",
    "CrmV1Service",
    "Gender",
    "Promotion",
    "PromotionType",
    "PromotionTypeCartAmount",
    "PromotionTypeCartPercent",
    "PromotionTypeManual",
    "PromotionTypeOffer",
    "StatusColor",
]

"""Which fields may be set and asked for, of the models in settings.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from sitoo_async.models.settings import (
    CrmClientSettings,
    CrmFieldSetting,
    CrmHandler,
    CrmHandlerVoyado,
    CrmSearchKeyType,
    PosPermissionOptions,
    PosPermissions,
)

__all__ = [
    "CrmChannelFields",
    "CrmClientSettingsFields",
    "CrmHandlerFields",
    "CrmHandlerVoyadoFields",
    "PosPermissionOptionsFields",
    "PosPermissionsFields",
    "SettingsField",
    "SettingsFields",
]


class PosPermissionOptionsFields(TypedDict, total=False):
    """The fields of a PosPermissionOptions that can be set."""

    manual_price: str
    validated_return: str
    validated_return_any_payment: str
    manual_return: str
    salestax_exemption: str
    explicit_open_cash_drawer: str
    cash_management: str
    inventory_management: str


class PosPermissionsFields(TypedDict, total=False):
    """The fields of a PosPermissions that can be set."""

    store_manager: PosPermissionOptions | PosPermissionOptionsFields
    store_staff: PosPermissionOptions | PosPermissionOptionsFields


class CrmClientSettingsFields(TypedDict, total=False):
    """The fields of a CrmClientSettings that can be set."""

    lookup_type: CrmSearchKeyType | str
    search_types: Sequence[CrmSearchKeyType | str]
    fields_add: Mapping[str, CrmFieldSetting | str]
    fields_edit: Mapping[str, CrmFieldSetting | str]


class CrmHandlerVoyadoFields(TypedDict, total=False):
    """The fields of a CrmHandlerVoyado that can be set."""

    api_url: str
    api_key: str
    locale: str
    currency_code: str
    voucher_passwords_default: Sequence[str]
    voucher_passwords_from_labels: Sequence[Any]


class CrmHandlerFields(TypedDict, total=False):
    """The fields of a CrmHandler that can be set."""

    voyado: CrmHandlerVoyado | CrmHandlerVoyadoFields


class CrmChannelFields(TypedDict, total=False):
    """The fields of a CrmChannel that can be set."""

    id: str
    title: str
    client_settings: CrmClientSettings | CrmClientSettingsFields
    handler: CrmHandler | CrmHandlerFields


class SettingsFields(TypedDict, total=False):
    """The fields of a Settings that can be set."""

    eshopid: int
    eshopname: str
    eshoptype: str
    emailfrom: str
    emailfromdisplay: str
    doroundoff: bool
    creditnotesalestype: int
    creditnotevalidmonths: int
    creditnoterequirespin: bool
    giftcardsalestype: int
    giftcardvalidmonths: int
    giftcardrequirespin: bool
    giftcardproductids_email: Sequence[Any]
    giftcardproductids_sms: Sequence[Any]
    paymenttypeid_split: int
    warehouseid: int
    numdaysreserved: int
    currencycode: str
    currency_rates: Sequence[Any]
    timezone: str
    pricesstoredwithvat: bool
    uistrings: Any
    permissions: PosPermissions | PosPermissionsFields
    other_delivery_online: str
    other_delivery_stores: str
    cart_item_price_display_mode: str
    cart_print_pick_list_mode: str
    cash_counting_mode: str
    bank_bag_id_mode: str
    copy_discounts_to_exchange_sale: str
    transfer_gift_receipt_customer: str
    receipt_staff_display: Any | None
    pickup_printout_barcode: str
    compress_variant_info: bool
    limit_open_cash_drawer: bool
    mixed_delivery_disabled: bool
    warn_close_with_open_orders: bool
    scanner_ean13_remove_leading_zero: bool
    num_days_until_pickup_expires: int
    customattributes_list: Sequence[Any]
    customattributes_info: Sequence[Any]
    customattributes_details: Sequence[Any]
    customattributes_receipt: Sequence[Any]


SettingsField = Literal[
    "eshopid",
    "eshopname",
    "eshoptype",
    "emailfrom",
    "emailfromdisplay",
    "doroundoff",
    "creditnotesalestype",
    "creditnotevalidmonths",
    "creditnoterequirespin",
    "giftcardsalestype",
    "giftcardvalidmonths",
    "giftcardrequirespin",
    "giftcardproductids_email",
    "giftcardproductids_sms",
    "paymenttypeid_split",
    "warehouseid",
    "numdaysreserved",
    "currencycode",
    "currency_rates",
    "timezone",
    "pricesstoredwithvat",
    "uistrings",
    "permissions",
    "other_delivery_online",
    "other_delivery_stores",
    "cart_item_price_display_mode",
    "cart_print_pick_list_mode",
    "cash_counting_mode",
    "bank_bag_id_mode",
    "copy_discounts_to_exchange_sale",
    "transfer_gift_receipt_customer",
    "receipt_staff_display",
    "pickup_printout_barcode",
    "compress_variant_info",
    "limit_open_cash_drawer",
    "mixed_delivery_disabled",
    "warn_close_with_open_orders",
    "scanner_ean13_remove_leading_zero",
    "num_days_until_pickup_expires",
    "customattributes_list",
    "customattributes_info",
    "customattributes_details",
    "customattributes_receipt",
]
"""The fields that can be asked for of a Settings."""

"""What a site is set to.

Reference: https://developer.sitoo.com/api-reference/settings
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import known, name_only
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "CrmChannel",
    "CrmChannelFields",
    "CrmClientSettings",
    "CrmClientSettingsFields",
    "CrmFieldSetting",
    "CrmHandler",
    "CrmHandlerFields",
    "CrmHandlerVoyado",
    "CrmHandlerVoyadoFields",
    "CrmSearchKeyType",
    "PosPermissionOptions",
    "PosPermissionOptionsFields",
    "PosPermissions",
    "PosPermissionsFields",
    "Settings",
    "SettingsField",
    "SettingsFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.settings import (
        CrmChannelFields,
        CrmClientSettingsFields,
        CrmHandlerFields,
        CrmHandlerVoyadoFields,
        PosPermissionOptionsFields,
        PosPermissionsFields,
        SettingsField,
        SettingsFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class PosPermissionOptions(Model):
    """What a role may do in the POS; each is a level as text, ``on`` in the reference's example.

    What is said of them here is read off their names.

    Reference: https://developer.sitoo.com/api-reference/settings#pospermissionoptions
    """

    manual_price: str = UNSET
    """To set a price by hand."""

    validated_return: str = UNSET
    """To take back what a receipt shows was bought."""

    validated_return_any_payment: str = UNSET
    """To pay such a return back in another way than it was paid."""

    manual_return: str = UNSET
    """To take something back without a receipt."""

    salestax_exemption: str = UNSET
    """To sell without sales tax."""

    explicit_open_cash_drawer: str = UNSET
    """To open the cash drawer outside a sale."""

    cash_management: str = UNSET
    """To put cash in and to take it out."""

    inventory_management: str = UNSET
    """To change stock."""


@model
class PosPermissions(Model):
    """What each role may do in the POS.

    Reference: https://developer.sitoo.com/api-reference/settings#pospermissions
    """

    store_manager: PosPermissionOptions = UNSET
    """What the manager of a store may do."""

    store_staff: PosPermissionOptions = UNSET
    """What the rest of the staff may do."""


# The objects of a CRM. A partner's page on its integration shows their structure in the YAML of the
# Backoffice's POS settings; that they are the same as JSON, by the same names, is inferred. In
# which field of the settings they stand is not known.


@known("v2", "CrmFieldSetting", "inferred")
class CrmFieldSetting(OpenText):
    """What the staff may do with a field of a customer; inferred from a partner's page."""

    EDITABLE = "editable"
    READONLY = "readonly"


@known("v2", "CrmSearchKeyType", "inferred")
class CrmSearchKeyType(OpenText):
    """What a customer is looked for by; inferred from a partner's page."""

    MOBILE = "mobile"
    EMAIL = "email"
    PERSONAL_ID = "personal_id"
    MEMBER_NUMBER = "member_number"


@known("v2", "CrmClientSettings", "inferred")
@model
class CrmClientSettings(Model):
    """How the POS shows a CRM; inferred from a partner's page.

    Fields of a customer that were seen there: ``email``, ``name``, ``personal_id``, ``mobile``,
    ``invoice_address``, ``accepts_email``, ``accepts_sms``, ``accepts_mail`` and ``consents``.

    Reference: https://developer.sitoo.com/api-reference/settings
    """

    lookup_type: CrmSearchKeyType = UNSET
    """What a person is looked up by, to fill in a new customer."""

    search_types: list[CrmSearchKeyType] = UNSET
    """What a customer can be looked for by."""

    fields_add: dict[str, CrmFieldSetting] = UNSET
    """Which fields a new customer has, by their names."""

    fields_edit: dict[str, CrmFieldSetting] = UNSET
    """Which fields a known customer has, by their names."""


@known("v2", "CrmHandlerVoyado", "inferred")
@model
class CrmHandlerVoyado(Model):
    """How Voyado is reached; inferred from a partner's page.

    Reference: https://developer.sitoo.com/api-reference/settings
    """

    api_url: str = UNSET
    """The address of its API."""

    api_key: Annotated[str, Mark.SECRET] = UNSET
    """The key to it; not shown where the object is."""

    locale: str = UNSET
    """A language and a region, such as ``en-GB``."""

    currency_code: str = UNSET
    """A currency as a code of ISO 4217, such as ``EUR``."""

    voucher_passwords_default: list[str] = UNSET
    """The passwords of the vouchers that each customer has."""

    voucher_passwords_from_labels: list[Any] = UNSET
    """The passwords that a label of the customer gives; an element's form is not known well."""


@known("v2", "CrmHandler", "inferred")
@model
class CrmHandler(Model):
    """Which system a channel leads to; inferred from a partner's page.

    It is a mapping with one key, that of the kind of system. Beside ``voyado`` there are, by the
    names of their objects, ``sitoo`` and ``spi``, whose fields nobody knows: `unknown_fields`
    gives them.

    Reference: https://developer.sitoo.com/api-reference/settings
    """

    voyado: CrmHandlerVoyado = UNSET
    """Voyado."""


@known("v2", "CrmChannel", "inferred")
@model
class CrmChannel(Model):
    """A CRM that the POS works with; inferred from a partner's page.

    In which field of the settings the channels stand is not known, so they are to be looked for:
    `unknown_fields` gives what a site's settings have beside the known ones, and `as_model` makes
    models of them.

    Reference: https://developer.sitoo.com/api-reference/settings
    """

    id: str = UNSET
    """Its id, which the interfaces of partners call ``crm_channel_id``; such as ``voyado``."""

    title: str = UNSET
    """What the staff reads, such as ``Private``."""

    client_settings: CrmClientSettings = UNSET
    """How the POS shows it."""

    handler: CrmHandler = UNSET
    """Which system it leads to."""


name_only(
    "v2",
    "CrmFieldConfig",
    "CrmHandlerSitoo",
    "CrmHandlerSpi",
    "CrmOnboardingOffer",
    "CrmSelfCheckout",
    "CrmVoyadoSectionFieldMapping",
)


@known("v2", "Settings", "documented")
@model
class Settings(Model):
    """What a site is set to.

    The public reference shows the fields by an example, not all of them, and does not explain
    them. So what is said of them here is read off their names and example values. The fields that
    it does not show are kept: see `unknown_fields`.

    Reference: https://developer.sitoo.com/api-reference/settings#settings
    """

    eshopid: int = UNSET
    """The id of the site."""

    eshopname: str = UNSET
    """The name of the site."""

    eshoptype: str = UNSET
    """The kind of site; ``main`` in the reference's example."""

    emailfrom: str = UNSET
    """The address that the site's mail comes from."""

    emailfromdisplay: str = UNSET
    """The name beside that address."""

    doroundoff: bool = UNSET
    """Whether totals are rounded."""

    creditnotesalestype: int = UNSET
    """How credit notes are booked, as a number; 20 in the reference's example."""

    creditnotevalidmonths: int = UNSET
    """How many months a new credit note is valid."""

    creditnoterequirespin: bool = UNSET
    """Whether a credit note is used with a PIN."""

    giftcardsalestype: int = UNSET
    """How gift cards are booked, as a number; 20 in the reference's example."""

    giftcardvalidmonths: int = UNSET
    """How many months a new gift card is valid."""

    giftcardrequirespin: bool = UNSET
    """Whether a gift card is used with a PIN."""

    giftcardproductids_email: list[Any] = UNSET
    """The products that are gift cards sent by mail."""

    giftcardproductids_sms: list[Any] = UNSET
    """The products that are gift cards sent by text message."""

    paymenttypeid_split: int = UNSET
    """The POS payment type that stands for a payment in parts."""

    warehouseid: int = UNSET
    """The warehouse that the site sells from unless told otherwise."""

    numdaysreserved: int = UNSET
    """How many days stock stays reserved."""

    currencycode: str = UNSET
    """The currency of all its money, as a code of ISO 4217, such as ``SEK``."""

    currency_rates: list[Any] = UNSET
    """What other currencies are worth; the form of an element is not documented."""

    timezone: str = UNSET
    """The IANA name of its time zone, such as ``Europe/Stockholm``."""

    pricesstoredwithvat: bool = UNSET
    """Whether prices include VAT."""

    uistrings: Any = UNSET
    """Texts that the POS shows in place of its own; its form is not documented."""

    permissions: PosPermissions = UNSET
    """What each role may do in the POS."""

    other_delivery_online: str = UNSET
    """Delivery from online stock; ``enable_all`` in the reference's example."""

    other_delivery_stores: str = UNSET
    """Delivery from other stores; ``enable_all`` in the reference's example."""

    cart_item_price_display_mode: str = UNSET
    """How the cart shows prices; ``default`` in the reference's example."""

    cart_print_pick_list_mode: str = UNSET
    """Whether the cart prints a pick list; ``disabled`` in the reference's example."""

    cash_counting_mode: str = UNSET
    """How cash is counted; ``enter-total-amount`` in the reference's example."""

    bank_bag_id_mode: str = UNSET
    """Whether the id of a bank bag is asked for; ``disabled`` in the reference's example."""

    copy_discounts_to_exchange_sale: str = UNSET
    """Whether an exchange keeps the discounts of the sale: ``enabled`` or not."""

    transfer_gift_receipt_customer: str = UNSET
    """Whether a gift receipt hands the customer on: ``enabled`` or not."""

    receipt_staff_display: Any | None = UNSET
    """How a receipt names the staff; its form is not documented."""

    pickup_printout_barcode: str = UNSET
    """What the barcode on a pickup slip holds; ``order-id`` in the reference's example."""

    compress_variant_info: bool = UNSET
    """Whether what sets a variant apart is shown in short."""

    limit_open_cash_drawer: bool = UNSET
    """Whether the cash drawer opens only when cash is due."""

    mixed_delivery_disabled: bool = UNSET
    """Whether one sale is kept to one way of delivery."""

    warn_close_with_open_orders: bool = UNSET
    """Whether the POS warns of open orders when it is closed."""

    scanner_ean13_remove_leading_zero: bool = UNSET
    """Whether a scanned EAN-13 loses a zero at its start, which makes it a UPC-A."""

    num_days_until_pickup_expires: int = UNSET
    """How many days an order waits to be picked up."""

    customattributes_list: list[Any] = UNSET
    """The custom attributes that product lists show; an element's form is not documented."""

    customattributes_info: list[Any] = UNSET
    """The custom attributes of a product's summary; an element's form is not documented."""

    customattributes_details: list[Any] = UNSET
    """The custom attributes of a product's details; an element's form is not documented."""

    customattributes_receipt: list[Any] = UNSET
    """The custom attributes that receipts show; an element's form is not documented."""

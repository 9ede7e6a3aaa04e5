"""The keys of additional data that Sitoo itself writes, and what stands under each.

Reference: https://developer.sitoo.com/api-reference/orders
"""

from __future__ import annotations

from sitoo_async._codec.enums import OpenText

__all__ = ["OrderDataKey", "OrderItemDataKey"]

# Explained by the public description of v2 of 2023, unless a docstring says otherwise.


class OrderDataKey(OpenText):
    """The keys that Sitoo itself writes into the `additionaldata` of an order.

    Each is the text of the key, so it serves wherever that does::

        order.additionaldata.get(OrderDataKey.DELIVERY_PICKUP_WAREHOUSEID)

    All values are text, ids among them. Other keys are free, for data of your own.
    """

    CRM_CUSTOMERID = "crm-customerid"
    """The customer's id in the CRM that is connected by CRM v2."""

    CRM_MEMBERNUMBER = "crm-membernumber"
    """The customer's number as a member there."""

    CUSTOMCRM_CONTACTID = "customcrm-contactid"
    """The customer's id in the CRM that is connected by CRM v1."""

    CUSTOMCRM_MEMBERNUMBER = "customcrm-membernumber"
    """The customer's number as a member there."""

    VOYADO_CONTACTID = "voyado-contactid"
    """The customer's id in Voyado."""

    VOYADO_MEMBERNUMBER = "voyado-membernumber"
    """The customer's number as a member in Voyado."""

    DELIVERY_IGNORE_STOCK = "delivery-ignore-stock"
    """``true``: deliveries of the order leave the stock alone."""

    DELIVERY_PICKUP_EXTERNALID = "delivery-pickup-externalid"
    """Where the order is picked up: the external id of the warehouse.

    So the public description of v2 has it; a partner takes it for that of the store.
    """

    DELIVERY_PICKUP_WAREHOUSEID = "delivery-pickup-warehouseid"
    """Where the order is picked up: the warehouse."""

    DELIVERY_CARRIER_PRODUCTID = "delivery-carrier-productid"
    """The carrier's product that was chosen in the POS; inferred, from a partner's page alone."""

    INFLUENCER_INFLUENCERCODE = "influencer-influencercode"
    """The influencer code that was used."""

    INFLUENCER_INFLUENCERNAME = "influencer-influencername"
    """Whose influencer code was used."""

    POS_ORIGINALSALES_ORDERID = "pos-originalsales-orderid"
    """In a return, the order whose goods came back."""

    POS_REFUNDSALES_ORDERID = "pos-refundsales-orderid"
    """In the refund of an exchange, the purchase that was made along with it."""

    POS_REFUND_ORDERID = "pos-refund-orderid"
    """In the purchase of an exchange, the refund that was made along with it."""

    POS_REFUND_RECEIPTID = "pos-refund-receiptid"
    """In the purchase of an exchange, the receipt of that refund."""

    POS_SOURCEORDERID = "pos-sourceorderid"
    """The booking or parked cart that the purchase came from."""

    POS_RECEIPTID = "pos-receiptid"
    """The receipt."""

    POS_STAFF_USERID = "pos-staff-userid"
    """Who handled it: the userid."""

    POS_STAFF_EXTERNALID = "pos-staff-externalid"
    """Who handled it: the user's external id."""

    POS_STAFF2_EXTERNALID = "pos-staff2-externalid"
    """Who authorised it besides: the user's external id."""

    POS_STAFFSALES_USERID = "pos-staffsales-userid"
    """Who gets the credit for the sale: the userid."""

    POS_STAFFSALES_EXTERNALID = "pos-staffsales-externalid"
    """Who gets the credit for the sale: the user's external id."""

    POS_STAFFSALES_NAME = "pos-staffsales-name"
    """Who gets the credit for the sale: the name."""

    POS_TIMEZONE = "pos-timezone"
    """The time zone of the POS."""

    REFUNDREASONCODE_REASONCODE = "refundreasoncode-reasoncode"
    """Why it was refunded: the reason code."""

    REFUNDREASONCODE_COMMENT = "refundreasoncode-comment"
    """Why it was refunded: what the staff wrote."""

    SERVICEORDER_ID = "serviceorder-id"
    """The service order that is paid."""

    STORE_EXTERNALID = "store-externalid"
    """The store of the purchase: its external id."""

    STORE_EXTERNALGROUPID = "store-externalgroupid"
    """The store of the purchase: the external id of its group."""

    STORE_NAME = "store-name"
    """The store of the purchase: its name."""


class OrderItemDataKey(OpenText):
    """The keys that Sitoo itself writes into the `additionaldata` of an order's row.

    See `OrderDataKey`.
    """

    CRM_BONUSCHECKID = "crm-bonuscheckid"
    """The bonus check that was redeemed, in the CRM that is connected by CRM v2."""

    CRM_PROMOTIONID = "crm-promotionid"
    """The promotion that was redeemed there."""

    CUSTOMCRM_BONUSCHECKID = "customcrm-bonuscheckid"
    """The bonus check that was redeemed, in the CRM that is connected by CRM v1."""

    CUSTOMCRM_PROMOTIONID = "customcrm-promotionid"
    """The promotion that was redeemed there."""

    GIFTCARD_CARDNUMBER = "giftcard-cardnumber"
    """The number of the gift card that was sold."""

    ITEM_DELIVERED = "item-delivered"
    """Whether the goods were handed over, ``true`` where they were.

    Its meaning is inferred: it is seen in the receipts of journals, and explained nowhere.
    """

    ITEM_PRODUCTID = "item-productid"
    """The product; inferred: it is seen in the receipts of journals, and explained nowhere."""

    ORDERITEM_MONEYROWDISCOUNT = "orderitem-moneyrowdiscount"
    """The `moneyrowdiscount` that was sent."""

    POS_ORIGINALSALES_ORDERITEMID = "pos-originalsales-orderitemid"
    """In a return, the row of the original order, counted from 0."""

    PRICELIST_EXTERNALID = "pricelist-externalid"
    """The external id of the price list that gave the price."""

    PRODUCT_GROUP_NAME = "product-group-name"
    """The product group."""

    REASONCODE_MANUALDISCOUNT = "reasoncode-manualdiscount"
    """Why a discount was given by hand."""

    REASONCODE_MANUALPRICE = "reasoncode-manualprice"
    """Why the price was set by hand."""

    REASONCODE_RETURN = "reasoncode-return"
    """Why the goods came back."""

    RETURN_WAREHOUSEID = "return-warehouseid"
    """The warehouse that the goods went back to, where it is not the register's."""

    SGTIN = "sgtin"
    """The RFID tag, as the overview of the RFID interface explains it."""

"""Enumerations of fields that two groups have, so that neither loads the other's models."""

from __future__ import annotations

from sitoo_async._codec.enums import OpenEnum

__all__ = ["ProductGroupType", "TransactionType"]


class ProductGroupType(OpenEnum):
    """What kind of thing a product is."""

    PRODUCT = 10
    SERVICE = 20
    GIFT_CARD = 30


class TransactionType(OpenEnum):
    """What changed the stock. Sales, refunds and stocktakings can't be added as transactions."""

    MOVE_IN = 10
    """Goods arrived."""

    MOVE_OUT = 20
    """Goods left, other than by a sale."""

    SALES = 30
    """An order was delivered."""

    REFUND = 40
    """Goods came back from a customer."""

    STOCKTAKING = 50
    """A stocktaking was closed; it is added as a warehouse batch."""

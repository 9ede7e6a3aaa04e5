"""Product groups: the bookkeeping groups of products, and their VAT.

Reference: https://developer.sitoo.com/api-reference/product-groups
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from decimal import Decimal
from typing import Annotated, Literal, TypedDict

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Number
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._shared_enums import ProductGroupType

__all__ = ["ProductGroup", "ProductGroupField", "ProductGroupFields"]


@model
class ProductGroup(Model):
    """A product group; every product belongs to exactly one.

    Reference: https://developer.sitoo.com/api-reference/product-groups#productgroup
    """

    vatid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when it is added; 2 is the default group, which can't be deleted."""

    value: Number = UNSET
    """VAT in percent: 25 is 25 %."""

    productgrouptype: ProductGroupType = UNSET
    """Products, services or gift cards."""

    productgroupname: Annotated[str, Mark.REQUIRED] = UNSET
    """What the group is called."""

    comment: str = UNSET
    """A note for the staff."""


# --- From here on written by .ci/write_fields.py; change the models above and run it. ---


class ProductGroupFields(TypedDict, total=False):
    """The fields of a ProductGroup that can be set."""

    value: Decimal | int | float
    productgrouptype: ProductGroupType | int
    productgroupname: str
    comment: str


ProductGroupField = Literal[
    "vatid",
    "value",
    "productgrouptype",
    "productgroupname",
    "comment",
]
"""The fields that can be asked for of a ProductGroup."""

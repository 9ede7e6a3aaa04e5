"""Which fields may be set and asked for, of the models in product_groups.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models._shared_enums import ProductGroupType

__all__ = [
    "ProductGroupField",
    "ProductGroupFields",
]


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

"""Product groups: the bookkeeping groups of products, and their VAT.

Reference: https://developer.sitoo.com/api-reference/product-groups
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Number
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._shared_enums import ProductGroupType
from sitoo_async.models._written import written

__all__ = ["ProductGroup", "ProductGroupField", "ProductGroupFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.product_groups import ProductGroupField, ProductGroupFields
else:
    __getattr__, __dir__ = written(__name__)


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

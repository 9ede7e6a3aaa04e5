"""Sales taxes and their groups; VAT is found under product groups.

Reference: https://developer.sitoo.com/api-reference/sales-taxes
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Decimal3, Mark, Money
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "SalesTax",
    "SalesTaxField",
    "SalesTaxFields",
    "SalesTaxGroup",
    "SalesTaxGroupField",
    "SalesTaxGroupFields",
    "SalesTaxProductGroupRule",
    "SalesTaxProductGroupRuleFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.sales_taxes import (
        SalesTaxField,
        SalesTaxFields,
        SalesTaxGroupField,
        SalesTaxGroupFields,
        SalesTaxProductGroupRuleFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class SalesTaxProductGroupRule(Model):
    """What a sales tax is for one product group, where it differs from its default.

    Reference: https://developer.sitoo.com/api-reference/sales-taxes#salestaxproductgrouprule
    """

    vatid: int = UNSET
    """The product group."""

    type: int = UNSET
    """What kind of rule it is, such as 20; a salestaxproductgroupruletype of the reference."""

    moneymin: Money = UNSET
    """The least amount to which it applies, where its type asks for one."""

    moneymax: Money | None = UNSET
    """The greatest amount to which it applies; None for no limit."""

    decimalvalue: Annotated[Decimal3, Mark.REQUIRED] = UNSET
    """The tax in percent under this rule."""

    externalid: str = UNSET
    """An id in another system, such as a product tax code."""


@model
class SalesTax(Model):
    """A sales tax of a site.

    Reference: https://developer.sitoo.com/api-reference/sales-taxes#salestax
    """

    salestaxid: Annotated[int, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when it is added; in a group, it alone names the tax."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What the tax is called."""

    code: str | None = UNSET
    """A code for it."""

    decimalvaluedefault: Annotated[Decimal3, Mark.REQUIRED] = UNSET
    """The tax in percent where no rule says otherwise."""

    productgrouprules: list[SalesTaxProductGroupRule] = UNSET
    """The product groups for which it differs."""


@model
class SalesTaxGroup(Model):
    """Sales taxes that are applied together, such as those of a state and a county.

    Reference: https://developer.sitoo.com/api-reference/sales-taxes#salestaxgroup
    """

    salestaxgroupid: Annotated[int, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when it is added."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What the group is called."""

    region: str = UNSET
    """Where it applies, such as ``FL``."""

    salestaxes: Annotated[list[SalesTax], Mark.REQUIRED] = UNSET
    """The taxes in it; to send one, its `salestaxid` is enough."""

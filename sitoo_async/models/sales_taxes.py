"""Sales taxes and their groups; VAT is found under product groups.

Reference: https://developer.sitoo.com/api-reference/sales-taxes
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal, TypedDict

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Decimal3, Mark, Money
from sitoo_async._codec.unset import UNSET

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


# --- From here on written by .ci/write_fields.py; change the models above and run it. ---


class SalesTaxProductGroupRuleFields(TypedDict, total=False):
    """The fields of a SalesTaxProductGroupRule that can be set."""

    vatid: int
    type: int
    moneymin: Decimal | int | str
    moneymax: Decimal | int | str | None
    decimalvalue: Decimal | int | str
    externalid: str


class SalesTaxFields(TypedDict, total=False):
    """The fields of a SalesTax that can be set."""

    salestaxid: int
    name: str
    code: str | None
    decimalvaluedefault: Decimal | int | str
    productgrouprules: Sequence[SalesTaxProductGroupRule | SalesTaxProductGroupRuleFields]


SalesTaxField = Literal[
    "salestaxid",
    "name",
    "code",
    "decimalvaluedefault",
    "productgrouprules",
]
"""The fields that can be asked for of a SalesTax."""


class SalesTaxGroupFields(TypedDict, total=False):
    """The fields of a SalesTaxGroup that can be set."""

    salestaxgroupid: int
    name: str
    region: str
    salestaxes: Sequence[SalesTax | SalesTaxFields]


SalesTaxGroupField = Literal[
    "salestaxgroupid",
    "name",
    "region",
    "salestaxes",
]
"""The fields that can be asked for of a SalesTaxGroup."""

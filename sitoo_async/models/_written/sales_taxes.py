"""Which fields may be set and asked for, of the models in sales_taxes.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models.sales_taxes import SalesTax, SalesTaxProductGroupRule

__all__ = [
    "SalesTaxField",
    "SalesTaxFields",
    "SalesTaxGroupField",
    "SalesTaxGroupFields",
    "SalesTaxProductGroupRuleFields",
]


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

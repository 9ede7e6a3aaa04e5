"""Which fields may be set and asked for, of the models in pos_profiles.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from typing import Any, Literal, TypedDict

__all__ = [
    "PosProfileField",
    "PosProfileFields",
]


class PosProfileFields(TypedDict, total=False):
    """The fields of a PosProfile that can be set."""

    name: str
    logotype: str
    receipt_pre: str
    receipt_post: str
    receipt_addbarcodeid: bool
    receipt_showsku: bool
    receipt_item_rendering: Any | None
    receipt_salestax_rendering: Any | None
    autologouttimer: int
    auto_logout_after_commit: bool
    productdisplaymode: int
    stockstatusdisplaymode: int
    printreceipt: int
    printgiftreceipt: int | None
    rebuy_reasoncode: str | None
    return_policy: Any
    dashboardid: Any | None
    override_paymenttypes: Sequence[Any]
    custom_metrics: Any | None
    salesassociate_mode: int
    shipments_show_costprice: bool
    extra_sign_return_receipt: Sequence[Any]
    pos_inventory_features: Any | None
    pos_theme_id: Any | None
    pos_theme_data: Any | None
    tax_free_options: Any | None


PosProfileField = Literal[
    "id",
    "name",
    "logotype",
    "receipt_pre",
    "receipt_post",
    "receipt_addbarcodeid",
    "receipt_showsku",
    "receipt_item_rendering",
    "receipt_salestax_rendering",
    "autologouttimer",
    "auto_logout_after_commit",
    "productdisplaymode",
    "stockstatusdisplaymode",
    "printreceipt",
    "printgiftreceipt",
    "rebuy_reasoncode",
    "return_policy",
    "dashboardid",
    "override_paymenttypes",
    "custom_metrics",
    "salesassociate_mode",
    "shipments_show_costprice",
    "extra_sign_return_receipt",
    "pos_inventory_features",
    "pos_theme_id",
    "pos_theme_data",
    "tax_free_options",
    "num_registers",
]
"""The fields that can be asked for of a PosProfile."""

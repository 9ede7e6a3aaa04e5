"""Profiles, which configure a group of POS devices alike.

Reference: https://developer.sitoo.com/api-reference/pos-profiles
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["PosProfile", "PosProfileField", "PosProfileFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.pos_profiles import PosProfileField, PosProfileFields
else:
    __getattr__, __dir__ = written(__name__)


@model
class PosProfile(Model):
    """How a group of POS devices, or of stores, behaves.

    The public reference shows the fields by an example and does not explain them. So what is
    said of them here is read off their names, and where the example has null, any value is taken.

    Reference: https://developer.sitoo.com/api-reference/pos-profiles#posprofile
    """

    id: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the profile is added."""

    name: str = UNSET
    """What the profile is called in the Backoffice."""

    logotype: str = UNSET
    """The file name of the picture on top of the receipt, such as ``my-brand-logo.png``."""

    receipt_pre: str = UNSET
    """Text before the items of a receipt."""

    receipt_post: str = UNSET
    """Text after the items of a receipt."""

    receipt_addbarcodeid: bool = UNSET
    """Whether a receipt shows its id as a barcode."""

    receipt_showsku: bool = UNSET
    """Whether a receipt shows the article number of each item."""

    receipt_item_rendering: Any | None = UNSET
    """How the items are laid out on a receipt; its form is not documented."""

    receipt_salestax_rendering: Any | None = UNSET
    """How sales taxes are laid out on a receipt; its form is not documented."""

    autologouttimer: int = UNSET
    """How long the POS stays idle before it logs out; 0 in the reference's example."""

    auto_logout_after_commit: bool = UNSET
    """Whether the POS logs out after each finished sale."""

    productdisplaymode: int = UNSET
    """How products are shown, as a number; 10 in the reference's example."""

    stockstatusdisplaymode: int = UNSET
    """How stock is shown, as a number; 10 in the reference's example."""

    printreceipt: int = UNSET
    """When a receipt is printed, as a number; 10 in the reference's example."""

    printgiftreceipt: int | None = UNSET
    """When a gift receipt is printed, as a number."""

    rebuy_reasoncode: str | None = UNSET
    """The reason code that a rebuy is booked with."""

    return_policy: Any = UNSET
    """What may be returned, and until when; its form is not documented."""

    dashboardid: Any | None = UNSET
    """The dashboard that the POS shows; its form is not documented."""

    override_paymenttypes: list[Any] = UNSET
    """What stands in for the site's payment types; the form of an element is not documented."""

    custom_metrics: Any | None = UNSET
    """The custom metrics that the POS shows; its form is not documented."""

    salesassociate_mode: int = UNSET
    """Whether a sale names its sales associate, as a number; 10 in the reference's example."""

    shipments_show_costprice: bool = UNSET
    """Whether shipments show what the items cost."""

    extra_sign_return_receipt: list[Any] = UNSET
    """Who else signs a return receipt; the form of an element is not documented."""

    pos_inventory_features: Any | None = UNSET
    """What the POS can do with stock; its form is not documented."""

    pos_theme_id: Any | None = UNSET
    """The theme that the POS wears; its form is not documented."""

    pos_theme_data: Any | None = UNSET
    """The data of that theme; its form is not documented."""

    tax_free_options: Any | None = UNSET
    """How tax-free sales are handled; its form is not documented."""

    num_registers: Annotated[int, Mark.READ_ONLY] = UNSET
    """How many cash registers use the profile; the reference names it as a sort key alone."""

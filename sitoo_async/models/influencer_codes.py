"""Influencer codes: what unlocks a campaign for those who follow an influencer.

Reference: https://developer.sitoo.com/api-reference/influencer-codes
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Money, Timestamp, text_like
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["InfluencerCode", "InfluencerCodeField", "InfluencerCodeFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.influencer_codes import (
        InfluencerCodeField,
        InfluencerCodeFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class InfluencerCode(Model):
    """A code that an influencer hands out, and what it has brought in.

    Reference: https://developer.sitoo.com/api-reference/influencer-codes#influencercode
    """

    code: Annotated[
        str,
        text_like(r"[A-Za-z0-9&_.-]+", "one or more of A-Z, a-z, 0-9, &, _, - and ."),
        Mark.IDENTIFIER,
        Mark.REQUIRED,
    ] = UNSET
    """The code itself: ``A-Z a-z 0-9 & _ - .``; one that exists is refused by Sitoo."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """Whose code it is."""

    active: bool = UNSET
    """Whether it is in use."""

    datestart: Timestamp | None = UNSET
    """When it starts to count; None means that it has."""

    dateend: Timestamp | None = UNSET
    """When it stops to count; None means never."""

    voucherpassword: Annotated[str, Mark.REQUIRED] = UNSET
    """The password of the vouchers that it unlocks."""

    vouchercode: str | None = UNSET
    """Stands in for the `vouchercode` of the voucher; None leaves the voucher's own."""

    vouchername: str | None = UNSET
    """Stands in for the `vouchername` of the voucher; None leaves the voucher's own."""

    vouchercomment: str | None = UNSET
    """Stands in for the `vouchercomment` of the voucher; None leaves the voucher's own."""

    maxuses: int | None = UNSET
    """How often it can be used; None for any number of times."""

    numused: Annotated[int, Mark.READ_ONLY] = UNSET
    """How often it has been used."""

    datelastused: Annotated[Timestamp | None, Mark.READ_ONLY] = UNSET
    """When it was last used; None means never."""

    moneyordertotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What the purchases with this code came to."""

    moneyinfluencertotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What the items to which it applied came to."""

    moneyinfluencerdiscount: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The discounts that it gave."""

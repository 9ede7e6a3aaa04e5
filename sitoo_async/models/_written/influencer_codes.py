"""Which fields may be set and asked for, of the models in influencer_codes.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from datetime import datetime
from typing import Literal, TypedDict

__all__ = [
    "InfluencerCodeField",
    "InfluencerCodeFields",
]


class InfluencerCodeFields(TypedDict, total=False):
    """The fields of a InfluencerCode that can be set."""

    code: str
    name: str
    active: bool
    datestart: datetime | None
    dateend: datetime | None
    voucherpassword: str
    vouchercode: str | None
    vouchername: str | None
    vouchercomment: str | None
    maxuses: int | None


InfluencerCodeField = Literal[
    "code",
    "name",
    "active",
    "datestart",
    "dateend",
    "voucherpassword",
    "vouchercode",
    "vouchername",
    "vouchercomment",
    "maxuses",
    "numused",
    "datelastused",
    "moneyordertotal",
    "moneyinfluencertotal",
    "moneyinfluencerdiscount",
]
"""The fields that can be asked for of a InfluencerCode."""

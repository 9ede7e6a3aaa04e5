"""Which fields may be set and asked for, of the models in pos_payment_types.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from typing import Literal, TypedDict

from sitoo_async.models.pos_payment_types import PosPaymentMethod

__all__ = [
    "PosPaymentTypeField",
    "PosPaymentTypeFields",
]


class PosPaymentTypeFields(TypedDict, total=False):
    """The fields of a PosPaymentType that can be set."""

    paymentmethodid: PosPaymentMethod | int
    name: str
    sortorder: int
    externalid: str | None


PosPaymentTypeField = Literal[
    "paymenttypeid",
    "paymentmethodid",
    "name",
    "sortorder",
    "externalid",
]
"""The fields that can be asked for of a PosPaymentType."""

"""Which fields may be set and asked for, of the models in reason_codes.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from typing import Literal, TypedDict

__all__ = [
    "ReasonCodeField",
    "ReasonCodeFields",
]


class ReasonCodeFields(TypedDict, total=False):
    """The fields of a ReasonCode that can be set."""

    type: int
    reasoncode: str
    name: str


ReasonCodeField = Literal[
    "reasoncodeid",
    "type",
    "reasoncode",
    "name",
]
"""The fields that can be asked for of a ReasonCode."""

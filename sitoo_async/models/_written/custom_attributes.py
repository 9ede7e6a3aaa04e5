"""Which fields may be set, of the models in custom_attributes.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from typing import TypedDict

__all__ = [
    "CustomAttributeFields",
]


class CustomAttributeFields(TypedDict, total=False):
    """The fields of a CustomAttribute that can be set."""

    id: str
    title: str
    type: str
    enums: Sequence[str] | None
    searchable: bool

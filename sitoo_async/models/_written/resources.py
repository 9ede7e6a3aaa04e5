"""Which fields may be set and asked for, of the models in resources.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from typing import Literal, TypedDict

__all__ = [
    "ResourceField",
    "ResourceFields",
]


class ResourceFields(TypedDict, total=False):
    """The fields of a Resource that can be set."""

    resourceid: str
    filedata: str


ResourceField = Literal[
    "resourceid",
    "mimetype",
    "width",
    "height",
    "filesize",
    "datecreated",
]
"""The fields that can be asked for of a Resource."""

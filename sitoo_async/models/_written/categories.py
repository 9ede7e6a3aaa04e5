"""Which fields may be set and asked for, of the models in categories.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from typing import Literal, TypedDict

__all__ = [
    "CategoryField",
    "CategoryFields",
]


class CategoryFields(TypedDict, total=False):
    """The fields of a Category that can be set."""

    categoryparentid: int | None
    visible: bool
    sortorder: int
    custom1: str
    custom2: str
    friendly: str
    seo_title: str
    seo_keywords: str
    seo_description: str
    title: str


CategoryField = Literal[
    "categoryid",
    "categoryparentid",
    "visible",
    "sortorder",
    "custom1",
    "custom2",
    "friendly",
    "seo_title",
    "seo_keywords",
    "seo_description",
    "title",
    "datecreated",
    "datemodified",
]
"""The fields that can be asked for of a Category."""

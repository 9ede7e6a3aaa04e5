"""Categories: the tree in which products are filed.

Reference: https://developer.sitoo.com/api-reference/categories
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["Category", "CategoryField", "CategoryFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.categories import CategoryField, CategoryFields
else:
    __getattr__, __dir__ = written(__name__)


@model
class Category(Model):
    """A category of a site; a product may belong to several.

    Reference: https://developer.sitoo.com/api-reference/categories#category
    """

    categoryid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the category is added."""

    categoryparentid: int | None = UNSET
    """The category above; None at the top of the tree."""

    visible: bool = UNSET
    """Whether menus show it."""

    sortorder: int = UNSET
    """Its place among its siblings, counted from 0."""

    custom1: str = UNSET
    """Free text 1."""

    custom2: str = UNSET
    """Free text 2."""

    friendly: str = UNSET
    """The last part of its address in the webshop."""

    seo_title: str = UNSET
    """The title of its web page; `title` stands in for an empty one."""

    seo_keywords: str = UNSET
    """Keywords of its web page."""

    seo_description: str = UNSET
    """Description of its web page."""

    title: Annotated[str, Mark.REQUIRED] = UNSET
    """The category's name."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    datemodified: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was last changed."""

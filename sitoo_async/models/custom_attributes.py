"""Custom attributes, which give products fields of your own.

Reference: https://developer.sitoo.com/api-reference/custom-attributes
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["CustomAttribute", "CustomAttributeFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.custom_attributes import CustomAttributeFields
else:
    __getattr__, __dir__ = written(__name__)


@model
class CustomAttribute(Model):
    """The definition of a field of products; its values are in `Product.customattributes`.

    Reference: https://developer.sitoo.com/api-reference/custom-attributes#customattribute
    """

    id: Annotated[str, Mark.IDENTIFIER, Mark.REQUIRED] = UNSET
    """The key of its values; can't be changed. One that the site has is refused by Sitoo."""

    title: Annotated[str, Mark.REQUIRED] = UNSET
    """What people read beside a value."""

    type: Annotated[str, Mark.REQUIRED] = UNSET
    """What its values are, such as ``string``; can't be changed."""

    enums: list[str] | None = UNSET
    """The texts that a value may be, where `type` is ``string``; None allows any."""

    searchable: bool = UNSET
    """Whether products are found by its text, where `type` is ``string``; can't be changed."""

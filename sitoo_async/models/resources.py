"""Resources: the images and other files of an account.

Reference: https://developer.sitoo.com/api-reference/resources
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["Resource", "ResourceField", "ResourceFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.resources import ResourceField, ResourceFields
else:
    __getattr__, __dir__ = written(__name__)


@model
class Resource(Model):
    """An image or another file, which all sites of the account share.

    Reference: https://developer.sitoo.com/api-reference/resources#resource
    """

    resourceid: Annotated[str, Mark.NOT_EMPTY] = UNSET
    """The file's relative address, as a rule its name, such as ``sofa.jpg``."""

    mimetype: Annotated[str, Mark.READ_ONLY] = UNSET
    """The kind of its content, such as ``image/jpeg``."""

    width: Annotated[int, Mark.READ_ONLY] = UNSET
    """Width in pixels; images only."""

    height: Annotated[int, Mark.READ_ONLY] = UNSET
    """Height in pixels; images only."""

    filesize: Annotated[int, Mark.READ_ONLY] = UNSET
    """Size in bytes."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When the file was added."""

    filedata: Annotated[str, Mark.WRITE_ONLY] = UNSET
    """The content in base64, where an image or file of a product brings a new file along."""

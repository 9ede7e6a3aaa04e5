"""Resources, and the images and files of products that refer to them."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.keyed import Shared
from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from sitoo_async.testing._reference.parameters import Item, Parameters

__all__ = ["ProductMedia", "Resources"]

_RESOURCES = "/sites/{}/resources"


class Resources(Shared):
    """The images and files of the account, by name."""

    def upload(self, resourceid: str, data: bytes) -> None:
        """Keep a file, in the place of one with the same name."""
        mimetype = mimetypes.guess_type(resourceid)[0] or "application/octet-stream"
        self.insert(resourceid, {"mimetype": mimetype, "filesize": len(data)})


class ProductMedia(Collection):
    """The images or the files of one product; the index in this list names one."""

    def add(self, sent: Any, parameters: Parameters) -> int:
        """Append a resource, uploaded now if ``filedata`` holds it."""
        changes = self.checked_add(sent, parameters)
        resources = self.account.place(_RESOURCES, self.scope[0])
        assert isinstance(resources, Resources)  # noqa: S101  # what the registry says
        resourceid = changes.get("resourceid")
        if not resourceid:
            raise Refusal(400, "400: Missing required field 'resourceid'.")
        if "filedata" in changes:
            resources.upload(resourceid, _decoded(changes["filedata"]))
        key = len(self.items)
        self.items[key] = resources.existing(resourceid)
        return key

    def forget(self, item: Item) -> None:
        """Close the gap in the list."""
        left = list(self.items.values())
        self.items.clear()
        self.items.update(enumerate(left))
        super().forget(item)


def _decoded(filedata: str) -> bytes:
    try:
        return base64.b64decode(filedata, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(400, "Invalid value in filedata (Not base64)") from None

"""The images and other files of a product.

Reference: https://developer.sitoo.com/api-reference/product-images-files
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from os import PathLike, fsdecode
from pathlib import Path
from typing import Any, ClassVar, Final

from anyio import to_thread

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import type_name
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.resources import Resource, ResourceField
from sitoo_async.resources._base import PAGE_SIZE, At
from sitoo_async.resources._base import Resource as Group
from sitoo_async.resources._items import accepted
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ProductFiles", "ProductImages"]

_IMAGES: Final = "/sites/{siteid}/products/{productid}/images.json"
_IMAGE: Final = "/sites/{siteid}/products/{productid}/images/{imageid}.json"
_FILES: Final = "/sites/{siteid}/products/{productid}/files.json"
_FILE: Final = "/sites/{siteid}/products/{productid}/files/{fileid}.json"


class _Linked(Group):
    """What images and other files have in common: products list them, the account keeps them."""

    _LIST: ClassVar[Operation]
    _ADD: ClassVar[Operation]
    _GET: ClassVar[Operation]
    _DELETE: ClassVar[Operation]
    _INDEX: ClassVar[str]

    @performs("_LIST")
    def list(
        self,
        productid: int,
        /,
        *,
        fields: Sequence[ResourceField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Resource]:
        """Walk the images, or the files, of a product: what is told about them, not their contents.

        Args:
            productid: the product.
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first of them, counted from 0.
            page_size: images or files per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.
            NotFoundError: there is no such product on the site; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/product-images-files
        """
        return self._list(
            self._LIST,
            {"productid": productid},
            Resource,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="resourceid",
        )

    @performs("_GET")
    async def get(self, productid: int, index: int, /) -> Resource:
        """Fetch what is told about one image, or one file, of a product.

        Args:
            productid: the product.
            index: its place in the product's list, counted from 0.

        Raises:
            NotFoundError: there is no such product, or its list is shorter.

        Reference: https://developer.sitoo.com/api-reference/product-images-files
        """
        return await self._get(self._GET, self._at(productid, index), Resource)

    @performs("_ADD")
    async def add(
        self,
        productid: int,
        /,
        resourceid: str | None = None,
        *,
        data: bytes | PathLike[str] | None = None,
    ) -> bool:
        """Give a product an image, or a file: either a new one or one that the account has already.

        Not repeatable, since it would stand there twice: where the answer is lost, the error
        says so (``sent="unknown"``).

        Args:
            productid: the product.
            resourceid: its name; with a path as `data`, that file's name if left out.
            data: the content of a new one, or the path of its file, which is read in a thread;
                left out, `resourceid` is one of `SitooClient.resources`.

        Returns:
            True.

        Raises:
            InvalidInputError: no name, or `data` is neither; nothing was sent.
            OSError: the file can't be read; nothing was sent.
            NotFoundError: there is no such product on the site.

        Reference: https://developer.sitoo.com/api-reference/product-images-files
        """
        values = await _values(resourceid, data)
        at = {"productid": productid}
        return await self._add(self._ADD, at, Resource, None, values, read=accepted)

    @performs("_DELETE")
    async def delete(self, productid: int, index: int, /) -> bool:
        """Take an image, or a file, from a product; it stays in the account.

        Not repeatable: those behind it move up, so that the same index is another one.

        Args:
            productid: the product.
            index: its place in the product's list, counted from 0.

        Returns:
            True.

        Raises:
            NotFoundError: there is no such product, or its list is shorter.

        Reference: https://developer.sitoo.com/api-reference/product-images-files
        """
        return await self._delete(self._DELETE, self._at(productid, index))

    def _at(self, productid: int, index: int) -> At:
        return {"productid": productid, self._INDEX: index}


# Adding twice links the file twice; and to delete by an index shifts what comes behind it, so that
# the same request then means another file.


class ProductImages(_Linked):
    """The images of a product, in their order.

    Reference: https://developer.sitoo.com/api-reference/product-images-files
    """

    _LIST = Operation("GET", _IMAGES, repeatable=True)
    _ADD = Operation("POST", _IMAGES, repeatable=False)
    _GET = Operation("GET", _IMAGE, repeatable=True)
    _DELETE = Operation("DELETE", _IMAGE, repeatable=False)
    _INDEX = "imageid"


class ProductFiles(_Linked):
    """The files of a product that are no images, such as a data sheet.

    Reference: https://developer.sitoo.com/api-reference/product-images-files
    """

    _LIST = Operation("GET", _FILES, repeatable=True)
    _ADD = Operation("POST", _FILES, repeatable=False)
    _GET = Operation("GET", _FILE, repeatable=True)
    _DELETE = Operation("DELETE", _FILE, repeatable=False)
    _INDEX = "fileid"


async def _values(resourceid: str | None, data: bytes | PathLike[str] | None) -> dict[str, Any]:
    """What is sent for an image or a file."""
    with Looking("data"):
        path = Path(str.__str__(fsdecode(data))) if isinstance(data, PathLike) else None
        content = data if isinstance(data, bytes) else None
    if path is not None:
        # Both take their time with a large file, and the event loop is not to wait for a disk.
        encoded = await to_thread.run_sync(lambda: _base64(path.read_bytes()))
        return {"resourceid": path.name if resourceid is None else resourceid, "filedata": encoded}
    if resourceid is None:
        raise InvalidInputError("a file needs a name: give its resourceid", field="resourceid")
    if data is None:
        return {"resourceid": resourceid}
    if content is None:
        # A str could be a path, base64 or the text itself.
        raise InvalidInputError(
            f"data must be bytes or a path (pathlib.Path), not {type_name(data)}", field="data"
        )
    return {"resourceid": resourceid, "filedata": _base64(content)}


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")

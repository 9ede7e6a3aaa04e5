"""The images and other files of a product.

Reference: https://developer.sitoo.com/api-reference/product-images-files
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from os import PathLike, fsdecode
from pathlib import Path
from typing import Any, Final

from anyio import to_thread

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import type_name
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.resources import Resource, ResourceField
from sitoo_async.resources._base import PAGE_SIZE
from sitoo_async.resources._base import Resource as Group
from sitoo_async.resources._items import accepted
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ProductFiles", "ProductImages"]

# Adding twice links the file twice; and to delete by an index shifts what comes behind it, so that
# the same request then means another file.
_IMAGES: Final = "/sites/{siteid}/products/{productid}/images.json"
_IMAGE: Final = "/sites/{siteid}/products/{productid}/images/{imageid}.json"
_LIST_IMAGES: Final = Operation("GET", _IMAGES, repeatable=True)
_ADD_IMAGE: Final = Operation("POST", _IMAGES, repeatable=False)
_GET_IMAGE: Final = Operation("GET", _IMAGE, repeatable=True)
_DELETE_IMAGE: Final = Operation("DELETE", _IMAGE, repeatable=False)
_FILES: Final = "/sites/{siteid}/products/{productid}/files.json"
_FILE: Final = "/sites/{siteid}/products/{productid}/files/{fileid}.json"
_LIST_FILES: Final = Operation("GET", _FILES, repeatable=True)
_ADD_FILE: Final = Operation("POST", _FILES, repeatable=False)
_GET_FILE: Final = Operation("GET", _FILE, repeatable=True)
_DELETE_FILE: Final = Operation("DELETE", _FILE, repeatable=False)


class ProductImages(Group):
    """The images of a product, in their order.

    Reference: https://developer.sitoo.com/api-reference/product-images-files
    """

    @performs(_LIST_IMAGES)
    def list(
        self,
        productid: int,
        /,
        *,
        fields: Sequence[ResourceField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Resource]:
        """Walk the images of a product: what is told about them, not their contents.

        Args:
            productid: the product.
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first image, counted from 0.
            page_size: images per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.
            NotFoundError: there is no such product on the site; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/get-product-images
        """
        return self._list(
            _LIST_IMAGES,
            {"productid": productid},
            Resource,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="resourceid",
        )

    @performs(_GET_IMAGE)
    async def get(self, productid: int, imageid: int, /) -> Resource:
        """Fetch what is told about one image of a product.

        Args:
            productid: the product.
            imageid: the image's index in the product's list, counted from 0.

        Raises:
            NotFoundError: there is no such product, or it has fewer images.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/get-product-image
        """
        return await self._get(_GET_IMAGE, {"productid": productid, "imageid": imageid}, Resource)

    @performs(_ADD_IMAGE)
    async def add(
        self,
        productid: int,
        /,
        resourceid: str | None = None,
        *,
        data: bytes | PathLike[str] | None = None,
    ) -> bool:
        """Give a product an image, either a new one or one that the account has already.

        Not repeatable, since it would stand there twice: where the answer is lost, the error
        says so (``sent="unknown"``).

        Args:
            productid: the product.
            resourceid: the image's name; with a path as `data`, that file's name if left out.
            data: the content of a new image, or the path of its file, which is read in a thread;
                left out, `resourceid` is one of `SitooClient.resources`.

        Returns:
            True.

        Raises:
            InvalidInputError: no name, or `data` is neither; nothing was sent.
            OSError: the file can't be read; nothing was sent.
            NotFoundError: there is no such product on the site.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/add-product-image
        """
        values = await _values(resourceid, data)
        at = {"productid": productid}
        return await self._add(_ADD_IMAGE, at, Resource, None, values, read=accepted)

    @performs(_DELETE_IMAGE)
    async def delete(self, productid: int, imageid: int, /) -> bool:
        """Take an image from a product; the image itself stays in the account.

        Not repeatable: the images behind it move up, so that the same index is another image.

        Args:
            productid: the product.
            imageid: the image's index in the product's list, counted from 0.

        Returns:
            True.

        Raises:
            NotFoundError: there is no such product, or it has fewer images.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/delete-product-image
        """
        return await self._delete(_DELETE_IMAGE, {"productid": productid, "imageid": imageid})


class ProductFiles(Group):
    """The files of a product that are no images, such as a data sheet.

    Reference: https://developer.sitoo.com/api-reference/product-images-files
    """

    @performs(_LIST_FILES)
    def list(
        self,
        productid: int,
        /,
        *,
        fields: Sequence[ResourceField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Resource]:
        """Walk the files of a product: what is told about them, not their contents.

        Args:
            productid: the product.
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first file, counted from 0.
            page_size: files per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.
            NotFoundError: there is no such product on the site; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/get-product-files
        """
        return self._list(
            _LIST_FILES,
            {"productid": productid},
            Resource,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="resourceid",
        )

    @performs(_GET_FILE)
    async def get(self, productid: int, fileid: int, /) -> Resource:
        """Fetch what is told about one file of a product.

        Args:
            productid: the product.
            fileid: the file's index in the product's list, counted from 0.

        Raises:
            NotFoundError: there is no such product, or it has fewer files.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/get-product-file
        """
        return await self._get(_GET_FILE, {"productid": productid, "fileid": fileid}, Resource)

    @performs(_ADD_FILE)
    async def add(
        self,
        productid: int,
        /,
        resourceid: str | None = None,
        *,
        data: bytes | PathLike[str] | None = None,
    ) -> bool:
        """Give a product a file, either a new one or one that the account has already.

        Not repeatable, since it would stand there twice: where the answer is lost, the error
        says so (``sent="unknown"``).

        Args:
            productid: the product.
            resourceid: the file's name; with a path as `data`, the name in it if left out.
            data: the content of a new file, or its path, which is read in a thread; left out,
                `resourceid` is one of `SitooClient.resources`.

        Returns:
            True.

        Raises:
            InvalidInputError: no name, or `data` is neither; nothing was sent.
            OSError: the file can't be read; nothing was sent.
            NotFoundError: there is no such product on the site.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/add-product-file
        """
        values = await _values(resourceid, data)
        at = {"productid": productid}
        return await self._add(_ADD_FILE, at, Resource, None, values, read=accepted)

    @performs(_DELETE_FILE)
    async def delete(self, productid: int, fileid: int, /) -> bool:
        """Take a file from a product; the file itself stays in the account.

        Not repeatable: the files behind it move up, so that the same index is another file.

        Args:
            productid: the product.
            fileid: the file's index in the product's list, counted from 0.

        Returns:
            True.

        Raises:
            NotFoundError: there is no such product, or it has fewer files.

        Reference: https://developer.sitoo.com/api-reference/product-images-files/delete-product-file
        """
        return await self._delete(_DELETE_FILE, {"productid": productid, "fileid": fileid})


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

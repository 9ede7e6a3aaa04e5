"""The calls about manufacturers, of one or of many.

Reference: https://developer.sitoo.com/api-reference/manufacturers
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from typing import Final, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.manufacturers import (
    Manufacturer,
    ManufacturerField,
    ManufacturerFields,
)
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._items import accepted, added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ManufacturerUpdate", "Manufacturers"]

_ONE: Final = "/sites/{siteid}/manufacturers/{externalcompanyid}.json"

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two.
_LIST: Final = Operation("GET", "/sites/{siteid}/manufacturers.json", repeatable=True)
_ADD: Final = Operation(
    "POST", "/sites/{siteid}/manufacturers.json", repeatable=False, tells_apart=()
)
# "Returns true", though its example prints a result for each item.
_UPDATE_MANY: Final = Operation(
    "PUT", "/sites/{siteid}/manufacturers.json", repeatable=True, whole=True
)
_DELETE_MANY: Final = Operation("DELETE", "/sites/{siteid}/manufacturers.json", repeatable=True)
_GET: Final = Operation("GET", _ONE, repeatable=True)
_UPDATE: Final = Operation("PUT", _ONE, repeatable=True, many=_UPDATE_MANY)
_DELETE: Final = Operation("DELETE", _ONE, repeatable=True, many=_DELETE_MANY)


class ManufacturerUpdate(ManufacturerFields, total=False):
    """An item of `Manufacturers.update_many`: the fields to set, and which manufacturer it is."""

    externalcompanyid: int


class Manufacturers(Resource):
    """The manufacturers of a site.

    Reference: https://developer.sitoo.com/api-reference/manufacturers
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[ManufacturerField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Manufacturer]:
        """Walk the manufacturers: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first manufacturer, counted from 0.
            page_size: manufacturers per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/manufacturers#get-manufacturers
        """
        return self._list(
            _LIST,
            {},
            Manufacturer,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="externalcompanyid",
        )

    @performs(_GET)
    async def get(self, externalcompanyid: int, /) -> Manufacturer:
        """Fetch one manufacturer; its id is what a product calls its `manufacturerid`.

        Raises:
            NotFoundError: there is no such manufacturer.

        Reference: https://developer.sitoo.com/api-reference/manufacturers#get-manufacturer
        """
        return await self._get(_GET, {"externalcompanyid": externalcompanyid}, Manufacturer)

    @performs(_ADD)
    async def add(
        self, item: Manufacturer | None = None, /, **values: Unpack[ManufacturerFields]
    ) -> int:
        """Add a manufacturer, given as a model or by keywords; `name` is required.

        Not repeatable: sent twice, it would make two. Where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The new externalcompanyid.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/manufacturers
        """
        return await self._add(_ADD, {}, Manufacturer, item, values, read=added_id)

    @performs(_ADD)
    def add_many(
        self,
        items: Iterable[Manufacturer | ManufacturerFields]
        | AsyncIterable[Manufacturer | ManufacturerFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[int]:
        """Add manufacturers in chunks; each outcome's `value` is the new externalcompanyid.

        Not repeatable: where the answer to a chunk is lost, its outcomes say so.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: manufacturers per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/manufacturers
        """
        return self._many(
            "add",
            _ADD,
            {},
            Manufacturer,
            items,
            read=added_id,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_UPDATE)
    async def update(
        self,
        externalcompanyid: int,
        item: Manufacturer | None = None,
        /,
        **values: Unpack[ManufacturerFields],
    ) -> bool:
        """Set fields of a manufacturer and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such manufacturer.

        Reference: https://developer.sitoo.com/api-reference/manufacturers#update-manufacturer
        """
        return await self._update(
            _UPDATE, {"externalcompanyid": externalcompanyid}, Manufacturer, item, values
        )

    @performs(_UPDATE_MANY)
    def update_many(
        self,
        items: Iterable[Manufacturer | ManufacturerUpdate]
        | AsyncIterable[Manufacturer | ManufacturerUpdate],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Update manufacturers in chunks; each item names its `externalcompanyid`.

        Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: manufacturers per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/manufacturers#batch-update-manufacturers
        """
        return self._many(
            "update",
            _UPDATE_MANY,
            {},
            Manufacturer,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_DELETE)
    async def delete(self, externalcompanyid: int, /) -> bool:
        """Delete a manufacturer. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such manufacturer.

        Reference: https://developer.sitoo.com/api-reference/manufacturers#delete-manufacturer
        """
        return await self._delete(_DELETE, {"externalcompanyid": externalcompanyid})

    @performs(_DELETE_MANY)
    def delete_many(
        self,
        items: Iterable[int | Manufacturer | ManufacturerUpdate]
        | AsyncIterable[int | Manufacturer | ManufacturerUpdate],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Delete manufacturers in chunks, named by externalcompanyid. Repeatable.

        Args:
            items: externalcompanyids, or models or mappings that hold one.
            chunk_size: manufacturers per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list name no externalcompanyid, see its `rows`; nothing
                was sent.

        Reference: https://developer.sitoo.com/api-reference/manufacturers#batch-delete-manufacturers
        """
        return self._many(
            "delete",
            _DELETE_MANY,
            {},
            Manufacturer,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
            by=["externalcompanyid"],
        )

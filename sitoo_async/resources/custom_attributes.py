"""The calls about custom attributes, each of one attribute.

Reference: https://developer.sitoo.com/api-reference/custom-attributes
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.custom_attributes import CustomAttribute, CustomAttributeFields
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import addition, one_item, update
from sitoo_async.resources._operation import Operation, performs

__all__ = ["CustomAttributeUpdate", "CustomAttributes"]

_PATH: Final = "/sites/{siteid}/customattributes.json"
_ITEM: Final = "/sites/{siteid}/customattributes/{attributeid}.json"
_LIST: Final = Operation("GET", _PATH, repeatable=True)
# Sent again, an addition that had been done is refused as a duplicate.
_ADD: Final = Operation("POST", _PATH, repeatable=False)
_GET: Final = Operation("GET", _ITEM, repeatable=True, texts=("attributeid",))
_UPDATE: Final = Operation("PUT", _ITEM, repeatable=True, texts=("attributeid",))
# "Returns boolean true, the body can be ignored."
_DELETE: Final = Operation("DELETE", _ITEM, repeatable=True, texts=("attributeid",), ignored=True)

_FIXED: Final = ("type", "searchable")


class CustomAttributeUpdate(TypedDict, total=False):
    """The fields of a CustomAttribute that can be changed."""

    title: str
    enums: Sequence[str] | None


class CustomAttributes(Resource):
    """The custom attributes of a site's products.

    Reference: https://developer.sitoo.com/api-reference/custom-attributes
    """

    @performs(_LIST)
    def list(self, *, start: int = 0, page_size: int = PAGE_SIZE) -> Paginator[CustomAttribute]:
        """Walk the attributes in the order of their ids.

        Args:
            start: the index of the first attribute, counted from 0.
            page_size: attributes per request, 1 to 100,000.

        Raises:
            InvalidInputError: a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/custom-attributes#get-custom-attributes
        """
        return self._list(_LIST, {}, CustomAttribute, start=start, page_size=page_size)

    @performs(_GET)
    async def get(self, attributeid: str, /) -> CustomAttribute:
        """Fetch one attribute.

        Raises:
            InvalidInputError: the id is empty, or can't stand in a path.
            NotFoundError: there is no such attribute on the site.

        Reference: https://developer.sitoo.com/api-reference/custom-attributes#get-custom-attribute
        """
        return await self._get(_GET, {"attributeid": attributeid}, CustomAttribute)

    @performs(_ADD)
    async def add(
        self, item: CustomAttribute | None = None, /, **values: Unpack[CustomAttributeFields]
    ) -> CustomAttribute:
        """Add an attribute; `id`, `title` and `type` are required.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The attribute as Sitoo keeps it.

        Raises:
            InvalidInputError: a field that can't be sent, such as `searchable` for values that
                are no text; nothing was sent.
            ApiError: Sitoo refused it: with 400 or 409, because an attribute with this id exists.

        Reference: https://developer.sitoo.com/api-reference/custom-attributes
        """
        payload = addition(CustomAttribute, one_item(CustomAttribute, item, values))
        if payload.get("searchable") and payload["type"] != "string":
            raise InvalidInputError(
                "searchable is for attributes of type string alone; leave it out",
                field="searchable",
            )
        return await self._write_item(_ADD, {}, payload, CustomAttribute)

    @performs(_UPDATE)
    async def update(
        self,
        attributeid: str,
        item: CustomAttribute | None = None,
        /,
        **values: Unpack[CustomAttributeUpdate],
    ) -> CustomAttribute:
        """Set the `title` or the `enums` of an attribute; nothing else of it can change.

        `enums` is replaced whole: name every text that shall be allowed, or None for any.
        Repeatable.

        Returns:
            The attribute as it is afterwards.

        Raises:
            InvalidInputError: no field is set, or one that can't be; nothing was sent.
            NotFoundError: there is no such attribute on the site.

        Reference: https://developer.sitoo.com/api-reference/custom-attributes#update-custom-attribute
        """
        payload = update(CustomAttribute, item, values, {"id": attributeid})
        for name in _FIXED:
            if name in payload:
                raise InvalidInputError(
                    f"{name} can't be changed once the attribute exists; leave it out"
                    " (models.changes(before, after) does)",
                    field=name,
                )
        at = {"attributeid": attributeid}
        return await self._write_item(_UPDATE, at, payload, CustomAttribute)

    @performs(_DELETE)
    async def delete(self, attributeid: str, /) -> bool:
        """Delete an attribute, which is refused as long as a product has a value for it.

        Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            InvalidInputError: the id is empty, or can't stand in a path.
            NotFoundError: there is no such attribute on the site.

        Reference: https://developer.sitoo.com/api-reference/custom-attributes#delete-custom-attribute
        """
        return await self._delete(_DELETE, {"attributeid": attributeid})

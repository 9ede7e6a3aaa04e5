"""The images and other files of an account.

Reference: https://developer.sitoo.com/api-reference/resources
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.resources import Resource, ResourceField
from sitoo_async.resources._base import PAGE_SIZE
from sitoo_async.resources._base import Resource as Group
from sitoo_async.resources._operation import Operation, performs

__all__ = ["Resources"]

_LIST: Final = Operation("GET", "/sites/{siteid}/resources.json", repeatable=True)


class Resources(Group):
    """The images and other files of the account; all its sites share them.

    They are added along with a product: see `Products.images` and `Products.files`.

    Reference: https://developer.sitoo.com/api-reference/resources
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[ResourceField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Resource]:
        """Walk the files: ``async for`` gives each, ``await`` the first page.

        What comes is told about the files, not their contents.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first file, counted from 0.
            page_size: files per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/resources/get-resources
        """
        return self._list(
            _LIST,
            {},
            Resource,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="resourceid",
        )

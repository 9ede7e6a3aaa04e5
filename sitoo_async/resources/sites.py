"""The sites of an account.

Reference: https://developer.sitoo.com/api-reference/sites
"""

from __future__ import annotations

from typing import Final

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.sites import Site
from sitoo_async.resources._base import Resource
from sitoo_async.resources._operation import Operation, performs

__all__ = ["Sites"]

_LIST: Final = Operation("GET", "/sites.json", repeatable=True)
_GET: Final = Operation("GET", "/sites/{siteid}.json", repeatable=True)


class Sites(Resource):
    """The sites of the account: its organisations or sales channels.

    Reference: https://developer.sitoo.com/api-reference/sites
    """

    @performs(_LIST)
    def list(self) -> Paginator[Site]:
        """All sites: ``async for`` gives each, ``await`` all of them with their number.

        They come in one answer; there is nothing to select and no page to ask for.

        Reference: https://developer.sitoo.com/api-reference/sites/get-sites
        """
        return self._whole(_LIST, {}, Site, bare=False)

    @performs(_GET)
    async def get(self, siteid: int | None = None, /) -> Site:
        """Fetch one site.

        Args:
            siteid: its `eshopid`, not the old GUID; left out, the site that this client is at.

        Raises:
            InvalidInputError: it is no int.
            NotFoundError: there is no such site in the account.

        Reference: https://developer.sitoo.com/api-reference/sites/get-site
        """
        # Elsewhere the site in the path is the client's; here it is the item itself.
        path = _GET.at(siteid=self.site if siteid is None else siteid)
        return self._item(_GET, path, await self._send(_GET, path), Site, ("eshopid",))

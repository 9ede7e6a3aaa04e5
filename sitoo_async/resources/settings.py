"""The calls about a site's settings.

Reference: https://developer.sitoo.com/api-reference/settings
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Unpack

from sitoo_async.models.settings import Settings, SettingsField, SettingsFields
from sitoo_async.resources._base import Resource
from sitoo_async.resources._collection import selected
from sitoo_async.resources._operation import Operation, performs

__all__ = ["SiteSettings"]

_PATH: Final = "/sites/{site_id}/settings.json"
_GET: Final = Operation("GET", _PATH, repeatable=True)
# Nobody has seen what it answers.
_UPDATE: Final = Operation(
    "PUT", _PATH, repeatable=True, evidence="inferred", confidence="high", ignored=True
)


class SiteSettings(Resource):
    """The settings of a site, which are one item.

    Reference: https://developer.sitoo.com/api-reference/settings
    """

    @performs(_GET)
    async def get(self, *, fields: Sequence[SettingsField] | None = None) -> Settings:
        """Fetch the settings of the site.

        Args:
            fields: the settings to fetch; left out, all come.

        Raises:
            InvalidInputError: an unknown field.

        Reference: https://developer.sitoo.com/api-reference/settings#get-settings
        """
        query = selected(Settings, fields)
        return await self._get(_GET, {}, Settings, query=query)

    @performs(_UPDATE)
    async def update(
        self, item: Settings | None = None, /, **values: Unpack[SettingsFields]
    ) -> bool:
        """Set some settings of the site and leave all others as they are.

        Inferred: the reference names this operation, and no page that is known prints it.
        Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/settings
        """
        return await self._update(_UPDATE, {}, Settings, item, values)

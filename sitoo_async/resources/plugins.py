"""The calls about a plugin's settings.

Reference: https://developer.sitoo.com/api-reference/plugins
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from sitoo_async._checks.show import shown
from sitoo_async._codec.fields import fields_of
from sitoo_async.errors import InvalidInputError
from sitoo_async.models import UNSET
from sitoo_async.models.plugins import PluginSettings
from sitoo_async.resources._base import Resource, reading
from sitoo_async.resources._items import accepted, update
from sitoo_async.resources._operation import Operation, performs

__all__ = ["Plugins", "SettingsOfPlugins"]

_PATH: Final = "/sites/{site_id}/plugins/{plugin_id}/settings.json"
_GET: Final = Operation("GET", _PATH, repeatable=True, texts=("plugin_id",))
_UPDATE: Final = Operation("PUT", _PATH, repeatable=True, texts=("plugin_id",))


class Plugins(Resource):
    """The plugins of a site.

    Reference: https://developer.sitoo.com/api-reference/plugins
    """

    @cached_property
    def settings(self) -> SettingsOfPlugins:
        """What each plugin is set to."""
        return SettingsOfPlugins(self._session, self.options, self.site)


class SettingsOfPlugins(Resource):
    """What each plugin of a site is set to.

    Reference: https://developer.sitoo.com/api-reference/plugins
    """

    @performs(_GET)
    async def get(self, plugin_id: str, /) -> PluginSettings:
        """Fetch the settings of a plugin, such as ``taxfree``.

        All plugins share `id` and `active`. What else one has, the public reference does not
        show: it is in `further`, by its name, as the plain JSON that it came as.

        Raises:
            InvalidInputError: the id is empty, or can't stand in a path.
            PermissionDeniedError: the key may not see it.
            NotFoundError: there is no such plugin.

        Reference: https://developer.sitoo.com/api-reference/plugins#get-plugin-settings
        """
        path = self._path(_GET, {"plugin_id": plugin_id})
        response = await self._send(_GET, path)
        settings = self._item(_GET, path, response, PluginSettings, ("id",))
        known = fields_of(PluginSettings)
        need = "what it is set to"
        plain = reading(_GET, path, lambda: self._value(_GET, response, need), response)
        settings.further = {name: value for name, value in plain.items() if name not in known}
        return settings

    @performs(_UPDATE)
    async def update(
        self,
        plugin_id: str,
        item: PluginSettings | None = None,
        /,
        *,
        active: bool = UNSET,
        **further: Any,
    ) -> bool:
        """Set some settings of a plugin and leave all others as they are.

        Each call makes every POS of the site fetch its data again, so call it only where
        something changes. Repeatable, at the price of one more such fetch.

        Args:
            plugin_id: the plugin, such as ``taxfree``.
            item: the settings to set, as a model; its `further` goes out beside `active`. Or
            active: whether the plugin is in use.
            further: any other setting of the plugin, by its name; any JSON value.

        Returns:
            True.

        Raises:
            InvalidInputError: nothing is set, the item is of another plugin, or a value has no
                JSON form; nothing was sent.
            PermissionDeniedError: the key may not change it.
            NotFoundError: there is no such plugin.

        Reference: https://developer.sitoo.com/api-reference/plugins#update-plugin-settings
        """
        values: dict[str, Any] = {}
        if active is not UNSET:
            values["active"] = active
        if "id" in further:
            values["id"] = further.pop("id")
        if further:
            values["further"] = further
        payload = update(PluginSettings, item, values, {"id": plugin_id})
        payload |= payload.pop("further", {})
        if payload.pop("id", plugin_id) != plugin_id:
            raise InvalidInputError(
                "further holds another id than that of the plugin to be updated,"
                f" {shown(plugin_id)}",
                field="id",
            )
        if not payload:
            raise InvalidInputError("the update sets no field: nothing would change", field="item")
        # The reference's example names the plugin in the body, too.
        payload = {**payload, "id": plugin_id}
        return await self._write(_UPDATE, {"plugin_id": plugin_id}, payload, accepted)

"""What a plugin of a site is set to.

Reference: https://developer.sitoo.com/api-reference/plugins
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated, Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = ["PluginSettings", "PluginSettingsFields"]

if TYPE_CHECKING:
    from sitoo_async.models._written.plugins import PluginSettingsFields
else:
    __getattr__, __dir__ = written(__name__)


@model
class PluginSettings(Model):
    """The settings of a plugin: what all plugins share, and what this one has of its own.

    The public reference prints `id` and `active` alone.

    Reference: https://developer.sitoo.com/api-reference/plugins#pluginsettings
    """

    id: Annotated[str, Mark.IDENTIFIER] = UNSET
    """The plugin, such as ``taxfree``."""

    active: bool = UNSET
    """Whether the plugin is in use."""

    further: dict[str, Any] = UNSET
    """Its other settings by name, as plain JSON; on the wire they stand beside `active`."""

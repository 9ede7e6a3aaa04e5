"""Which fields may be set, of the models in plugins.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Mapping
from typing import Any, TypedDict

__all__ = [
    "PluginSettingsFields",
]


class PluginSettingsFields(TypedDict, total=False):
    """The fields of a PluginSettings that can be set."""

    id: str
    active: bool
    further: Mapping[str, Any]

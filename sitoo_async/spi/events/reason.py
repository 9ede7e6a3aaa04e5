"""What is told of an exception that came of an event, without the event's content."""

from __future__ import annotations

import sqlite3
from typing import Final

from sitoo_async._checks.show import told
from sitoo_async.errors import SitooError
from sitoo_async.spi._core.failure import places

__all__ = ["reason"]

# Whose texts name what is wrong, and never what was to be written: ours, the system's, SQLite's.
_DISCREET: Final = (SitooError, OSError, sqlite3.Error)


def reason(error: BaseException) -> str:
    """What it says, where that can hold nothing personal; else its class and where it came from."""
    return told(error) if isinstance(error, _DISCREET) else places(error)

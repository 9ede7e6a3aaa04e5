"""What is told of an exception that came of an event, without the event's content."""

from __future__ import annotations

import os
import sqlite3

from sitoo_async._checks.show import told
from sitoo_async.errors import SitooError
from sitoo_async.spi._core.failure import places

__all__ = ["reason", "reason_of_handler"]


def reason(error: BaseException) -> str:
    """What it says, where that can hold nothing personal; else its class and where it came from.

    Ours name what is wrong, and never what was to be written; so does SQLite, by whose statements
    an inbox is kept.
    """
    if isinstance(error, SitooError | sqlite3.Error) or _is_of_system(error):
        return told(error)
    return places(error)


def reason_of_handler(error: BaseException) -> str:
    """The same of a handler, whose statements, and so what SQLite says of them, are its own."""
    return places(error) if isinstance(error, sqlite3.Error) else reason(error)


def _is_of_system(error: BaseException) -> bool:
    """Whether it is what the system says, such as that a disk is full.

    Many are an OSError by name alone, such as those of a library for HTTP, which quote the URL with
    all that is in its query.
    """
    return (
        isinstance(error, OSError)
        and error.errno is not None
        and error.args == (error.errno, os.strerror(error.errno))
        and error.filename is None
    )

"""What a body is said to be: which content types may be JSON, and what explains that it is none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sitoo_async.errors import printable
from sitoo_async.spi._core.refusal import Unfit

__all__ = ["check_content_type", "explained"]

# Nobody knows which type Sitoo names. Many a program calls whatever it sends a form, or nothing.
_MAYBE_JSON: Final = re.compile(
    r"(?:application|text)/(?:.*\bjson\b.*|x-www-form-urlencoded|octet-stream|plain)|(?!\w+/).*"
)


def check_content_type(headers: Mapping[str, str]) -> None:
    """Refuse a body that is said to be something else than JSON, such as XML.

    Raises:
        Unfit: it is.
    """
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if _MAYBE_JSON.fullmatch(given) is None:
        text = f"Content-Type must be application/json, not {printable(given, 60)}"
        raise Unfit("unreadable", text, "Content-Type")


def explained(unfit: Unfit, headers: Mapping[str, str]) -> Unfit:
    """Why a body is no JSON, by what it is said to be, where that explains it."""
    if unfit.finding == "unreadable":
        for name, plain in (("Content-Encoding", "identity"), ("Content-Type", "json")):
            given = headers.get(name.lower(), plain)
            if plain not in given.lower():
                text = f"{name} is {printable(given, 60)}: {unfit.message}"
                return Unfit(unfit.finding, text, name)
    return unfit

"""Paths below the account: percent-encoded, and never leading out of it."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from sitoo_async._looking import Looking
from sitoo_async._show import shown
from sitoo_async.errors import InvalidInputError

__all__ = ["plain_path", "quoted", "segment"]


def plain_path(path: str) -> str:
    """A path of the user's own, percent-encoded where it is not yet.

    Raises:
        InvalidInputError: it does not begin with a slash, climbs, or carries a query.
    """
    path = _text(path, "path")
    if not path.startswith("/") or "?" in path or "#" in path:
        raise InvalidInputError(
            f"path must begin with a slash, below the account, its query in params: {shown(path)}",
            field="path",
        )
    if {".", ".."} & {*unquote(path).split("/")}:
        raise InvalidInputError(f"path must not climb: {shown(path)}", field="path")
    encoded = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", path)
    return quoted("path", encoded, safe="/%")


def segment(name: str, value: object) -> str:
    """A path parameter that is text, percent-encoded so that it stays one segment.

    Raises:
        InvalidInputError: it is empty, a dot segment, or no text. A card number that is an int
            has lost its leading zeros.
    """
    text = _text(value, name)
    # Dots can't be encoded away: "%2E%2E" is climbed just like "..".
    if text in {"", ".", ".."}:
        raise InvalidInputError(f"{name} must not be {shown(text)}", field=name)
    return quoted(name, text)


def _text(value: object, name: str) -> str:
    """The text itself, whatever a subclass makes of it."""
    with Looking(name):
        if isinstance(value, str):
            return str.__str__(value)
        raise InvalidInputError(f"{name} must be text, not {shown(value)}", field=name)


def quoted(name: str, text: str, safe: str = "") -> str:
    """Text, percent-encoded but for the characters that are `safe`.

    Raises:
        InvalidInputError: it is not valid text; the error names the field `name`.
    """
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        # A lone surrogate, as broken exports and file names hold them.
        raise InvalidInputError(f"{name} is not valid text: {shown(text)}", field=name) from None

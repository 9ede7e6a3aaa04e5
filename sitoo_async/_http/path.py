"""Paths below the account: percent-encoded, and never leading out of it."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote, unquote

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async.errors import InvalidInputError

__all__ = ["plain_path", "quoted", "segment"]

# What stands before a path below the account wherever it is copied from whole.
_ROOT: Final = re.compile(
    r"(?:[a-z]+:)?(?://[^/]*)?/*(?:v2(?:/+accounts(?:/+[0-9]+)?)?|accounts/+[0-9]+)"
    r"(?P<below>/[^?#]*)?(?:[?#].*)?",
    re.IGNORECASE | re.DOTALL,
)


def plain_path(path: str) -> str:
    """A path of the user's own, percent-encoded where it is not yet.

    Raises:
        InvalidInputError: it does not begin with a slash, names the account, climbs, or carries a
            query.
    """
    text = _text(path, "path")
    whole = _ROOT.fullmatch(text)
    if whole is not None:
        raise InvalidInputError(
            f"path must not name the account again: give {shown(whole['below'] or '/sites.json')}",
            field="path",
        )
    if not text.startswith("/") or "?" in text or "#" in text:
        raise InvalidInputError(
            f"path must begin with a slash, below the account, its query in params: {shown(path)}",
            field="path",
        )
    if _climbs(text):
        raise InvalidInputError(f"path must not climb: {shown(path)}", field="path")
    encoded = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return quoted("path", encoded, safe="/%")


def segment(name: str, value: object) -> str:
    """A path parameter that is text, percent-encoded so that it stays one segment.

    Raises:
        InvalidInputError: it is empty, climbs, or is no text. A card number that is an int has
            lost its leading zeros.
    """
    text = _text(value, name)
    if not text:
        raise InvalidInputError(f"{name} must not be {shown(value)}", field=name)
    # Encoding is no way out: "%2E%2E" is climbed just like "..", and so is what stands behind a
    # slash that a proxy decodes.
    if _climbs(text):
        raise InvalidInputError(f"{name} must not climb: {shown(value)}", field=name)
    return quoted(name, text)


def _text(value: object, name: str) -> str:
    """The text itself, whatever a subclass makes of it."""
    with Looking(name):
        if isinstance(value, str):
            return str.__str__(value)
        raise InvalidInputError(f"{name} must be text, not {shown(value)}", field=name)


def _climbs(text: str) -> bool:
    """Whether a server may take a part of a text for a dot segment, however often it decodes it.

    Parts end at a slash of either kind and at a semicolon, behind which some look for parameters.
    What can't be seen is taken out, and look-alikes of dots and slashes count, as some do so, too.
    """
    before = ""
    while text != before:
        before = text
        alike = unicodedata.normalize("NFKC", text)
        seen = "".join(char for char in alike if char.isprintable() and char != " ")
        # All layers of an encoded percent sign at once: there may be thousands.
        text = unquote(re.sub(r"%(?:25)+", "%", seen))
    # A dot segment that showed up on the way is still there.
    return not {".", ".."}.isdisjoint(re.split(r"[/\\;]", text))


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

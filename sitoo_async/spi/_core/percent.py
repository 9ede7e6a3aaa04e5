"""Percent-encoded text: the bytes that it stands for, and that these are UTF-8 or refused."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

from sitoo_async.spi._core.refusal import Unfit

__all__ = ["bytes_of", "text_of"]


def bytes_of(encoded: str) -> bytes:
    """What percent-encoded text stands for; the text is as Latin-1 has it."""
    return unquote_to_bytes(encoded.encode("latin-1"))


def text_of(value: bytes, name: str) -> str:
    """What was decoded, as text.

    Args:
        value: what `bytes_of` gives.
        name: the header or the parameter that it is of.

    Raises:
        Unfit: it is no UTF-8.
    """
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Unfit("type", f"{name} is not percent-encoded UTF-8", name) from None

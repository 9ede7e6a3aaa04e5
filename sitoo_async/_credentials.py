"""Credentials: the header that carries them, and text that never shows them."""

from __future__ import annotations

import base64
from typing import Any, SupportsIndex

__all__ = ["Secret", "authorization"]


class Secret(str):
    """Text that goes on the wire as it is but never shows in a repr or a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[redacted]'"

    def __getitem__(self, key: SupportsIndex | slice) -> Secret:
        # Who shortens long values before showing them shows a piece of this one otherwise.
        return Secret(super().__getitem__(key))

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("credentials are not pickled")


def authorization(api_id: str, password: str) -> Secret:
    """The value of the ``Authorization`` header: HTTP Basic, as UTF-8."""
    pair = base64.b64encode(f"{api_id}:{password}".encode())
    return Secret(f"Basic {pair.decode('ascii')}")

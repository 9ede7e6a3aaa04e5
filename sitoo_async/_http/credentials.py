"""Credentials: the header that carries them, and text that never shows them."""

from __future__ import annotations

import base64
from typing import Any, SupportsIndex

__all__ = ["Secret", "authorization", "parts_of", "secret_of"]


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


def secret_of(text: Any) -> Secret | None:
    """A text that shows nowhere, whatever a subclass makes of it; None where it is no text."""
    return Secret(str.__str__(text)) if issubclass(type(text), str) else None


def parts_of(pair: Any) -> list[Any]:
    """What a tuple or a list holds, whatever a subclass makes of it; nothing of all else.

    Nothing is raised: a frame of this would show a password.
    """
    kinds: tuple[Any, ...] = (tuple, list)
    kind = next((kind for kind in kinds if issubclass(type(pair), kind)), None)
    return [] if kind is None else [*kind.__iter__(pair)]


def authorization(api_id: str, password: str) -> Secret:
    """The value of the ``Authorization`` header: HTTP Basic, as UTF-8."""
    pair = base64.b64encode(f"{api_id}:{password}".encode())
    return Secret(f"Basic {pair.decode('ascii')}")

"""What becomes of a client's connections in one loop: closed, left open, or inherited by a fork."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import warnings
import weakref
from collections.abc import AsyncGenerator, Iterable, Sequence

import attrs

from sitoo_async._http.transport import Transport

__all__ = ["Connections", "Origin"]


@attrs.frozen(eq=False)
class Origin:
    """Where a client was made.

    Attributes:
        name: how to call it.
        file: where its constructor was called, outside of this library.
        line: the number of the line there.
    """

    name: str
    file: str
    line: int

    @classmethod
    def here(cls, name: str) -> Origin:
        """Of a client that is being made now."""
        frame = inspect.currentframe()
        while frame is not None and frame.f_back is not None:
            module = str(frame.f_globals.get("__name__"))
            if module != "sitoo_async" and not module.startswith("sitoo_async."):
                break
            frame = frame.f_back
        if frame is None:  # pragma: no cover  # where an interpreter has no frames
            return cls(name, "<unknown>", 0)
        return cls(name, frame.f_code.co_filename, frame.f_lineno)


class Connections:
    """The transports of one client in one loop.

    Args:
        loop: the running loop.
        transports: they.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, transports: Iterable[Transport]) -> None:
        self.loop = loop
        self._transports = [*transports]
        self._ending = _rest_at_the_end(self._transports)

    def add(self, transports: Iterable[Transport]) -> None:
        """Let more of them be closed along with the others."""
        self._transports += transports

    async def watch(self, owner: object, origin: Origin) -> None:
        """Let none of them outlive the loop or their owner unnoticed.

        Args:
            owner: what is to close them.
            origin: where that was made.
        """
        self._left_open = weakref.finalize(owner, self._tell_left_open, origin)
        await anext(self._ending)

    def _tell_left_open(self, origin: Origin) -> None:
        """Close what the owner has left behind, and say so once, as Python does of files."""
        self.drop()
        warnings.warn_explicit(
            f"unclosed {origin.name}: use it with `async with`, or `await` its aclose()",
            ResourceWarning,
            origin.file,
            origin.line,
            source=origin,
        )

    async def aclose(self) -> None:
        """Close them all; in a closed loop, whose sockets are gone, only mark them closed."""
        self._left_open.detach()
        await self._ending.aclose()
        for transport in self._transports:
            await transport.aclose()

    def drop(self) -> None:
        """Close them without waiting, from whichever thread."""
        if self.loop.is_running():
            # It may end at this moment, and then there is nothing left to close.
            with contextlib.suppress(RuntimeError):
                self.loop.call_soon_threadsafe(self._drop)
        else:
            self._drop()

    def _drop(self) -> None:
        self._forget_the_end()
        for transport in self._transports:
            transport.drop()

    def abandon(self) -> None:
        """In a forked child: let go of them without a word to the server, and touch no more."""
        self._left_open.detach()
        for transport in self._transports:
            transport.abandon()
        self._forget_the_end()

    def _forget_the_end(self) -> None:
        with contextlib.suppress(StopIteration):
            # It awaits nothing. Left to the garbage collector, it would be handed to its loop.
            self._ending.aclose().__await__().send(None)


async def _rest_at_the_end(transports: Sequence[Transport]) -> AsyncGenerator[None]:
    """Hold on until the loop shuts its generators down: the last moment to close a connection."""
    try:
        yield
    finally:
        for transport in transports:
            transport.rest()

"""Bodies that come compressed: undone piece by piece, within a limit, and held to their end.

aiohttp undoes them too, but takes a stream that breaks off for a whole one: what a server cut off
before it reached the wire (a full disk, a worker that was killed) then looks like an answer of its
own, which nothing says to ask for again.
"""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

__all__ = ["ACCEPTED", "DamagedError", "Decoder", "decoder_for"]


class DamagedError(Exception):
    """The body is not what its Content-Encoding says, or not all of it."""


class _Stream(Protocol):
    """One compressed stream, as zlib and zstd give it."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Undoing(Protocol):
    """How a coding is undone."""

    @property
    def complete(self) -> bool: ...

    def feed(self, data: bytes, most: int, /) -> bytes: ...


class _Streams:
    """A body of complete streams, one after the other; nearly always there is one."""

    def __init__(self, begin: Callable[[bytes], _Stream]) -> None:
        self._begin = begin
        self._stream: _Stream | None = None

    @property
    def complete(self) -> bool:
        return self._stream is None or self._stream.eof

    def feed(self, data: bytes, most: int) -> bytes:
        parts: list[bytes] = []
        while data and most > 0:
            stream = self._stream
            if stream is None or stream.eof:
                # Zeros after a stream fill up a block; anything else is to be another one.
                data = data if stream is None else data.lstrip(b"\0")
                if not data:
                    break
                stream = self._stream = self._begin(data)
            part = stream.decompress(data, most)
            parts.append(part)
            most -= len(part)
            data = stream.unused_data
        return b"".join(parts)


class _Brotli:
    """A body of one Brotli stream."""

    def __init__(self) -> None:
        self._stream: Any = _brotli.Decompressor()
        self._begun = False

    @property
    def complete(self) -> bool:
        return not self._begun or bool(self._stream.is_finished())

    def feed(self, data: bytes, most: int) -> bytes:
        self._begun = True
        parts: list[bytes] = []
        # What it holds back beyond the limit comes when it is asked again with nothing.
        while most > 0:
            part = self._stream.process(data, output_buffer_limit=most)
            parts.append(part)
            most -= len(part)
            data = b""
            if not part or self._stream.is_finished():
                break
        return b"".join(parts)


def _inflate(data: bytes) -> _Stream:
    # "deflate" means zlib's format; some servers send what it wraps. The first byte tells.
    return zlib.decompressobj(zlib.MAX_WBITS if data[0] & 0x0F == 8 else -zlib.MAX_WBITS)


def _gunzip(_: bytes) -> _Stream:
    return zlib.decompressobj(16 + zlib.MAX_WBITS)


def _unpack_zstd(_: bytes) -> _Stream:
    stream: _Stream = _zstd.ZstdDecompressor()
    return stream


def _first_of(needed: str, *modules: str) -> Any:
    """The first of the modules that is installed and whose class has what is needed of it."""
    for name in modules:
        with suppress(ImportError):
            module = importlib.import_module(name)
            kind, _, method = needed.partition(".")
            if hasattr(getattr(module, kind, None), method):
                return module
    return None


# Those without a limit for what comes out are of no use: a small body may expand without end.
_brotli: Final = _first_of("Decompressor.can_accept_more_data", "brotli", "brotlicffi")
_zstd: Final = _first_of("ZstdDecompressor.needs_input", "compression.zstd", "backports.zstd")

_KNOWN: Final[Mapping[str, Callable[[], _Undoing]]] = {
    name: undoing
    for name, undoing, there in (
        ("gzip", lambda: _Streams(_gunzip), True),
        ("x-gzip", lambda: _Streams(_gunzip), True),
        ("deflate", lambda: _Streams(_inflate), True),
        ("br", _Brotli, _brotli is not None),
        ("zstd", lambda: _Streams(_unpack_zstd), _zstd is not None),
    )
    if there
}

ACCEPTED: Final = ", ".join(name for name in _KNOWN if name != "x-gzip")
"""The codings that can be undone here, as an Accept-Encoding header."""


class Decoder:
    """Undoes the coding of one body.

    Args:
        coding: its name, for errors.
        undoing: how.
    """

    def __init__(self, coding: str, undoing: _Undoing) -> None:
        self._coding = coding
        self._undoing = undoing
        self._begun = False

    def feed(self, data: bytes, most: int) -> bytes:
        """What the next piece of the body gives; `most` bytes at the most, and then no more.

        Raises:
            DamagedError: it can't be undone.
        """
        self._begun = True
        try:
            return self._undoing.feed(data, most)
        except Exception as error:
            # Each library has an exception of its own.
            raise DamagedError(f"it can't be read as {self._coding}: {error}") from error

    def end(self, *, needed: bool = False) -> None:
        """Hear that the body has ended.

        Args:
            needed: whether there has to be one. Even that of nothing has some bytes.

        Raises:
            DamagedError: it was cut off.
        """
        if not self._undoing.complete or (needed and not self._begun):
            raise DamagedError(f"it was cut off within its {self._coding}")


def decoder_for(coding: str | None) -> Decoder | None:
    """What undoes a Content-Encoding; None where the body is to be taken as it is.

    That is also so for one that is not known. Some servers name a character set there.
    """
    if coding is None:
        return None
    name = coding.strip().lower()
    undoing = _KNOWN.get(name)
    return None if undoing is None else Decoder(name, undoing())

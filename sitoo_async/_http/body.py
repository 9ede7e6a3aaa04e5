"""What is read of an answer's body, and how much of it counts."""

from __future__ import annotations

import asyncio
from typing import Final

import aiohttp
from aiohttp.base_protocol import BaseProtocol

from sitoo_async._http.content_coding import DamagedError, decoder_for
from sitoo_async._http.contexts import in_no_context

__all__ = ["BROKEN", "read_body", "show_body"]

BROKEN: Final = (aiohttp.ClientError, OSError)
"""What a broken connection raises: aiohttp's own errors, and now and then the system's."""


async def read_body(answer: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool]:
    """The body, and whether it was cut because it goes beyond the limit."""
    chunks: list[bytes] = []
    size = 0
    decoder = decoder_for(answer.headers.get("Content-Encoding"))
    try:
        # Reading on from a connection that was read from too little begins anew: see contexts.
        while chunk := await in_no_context(answer.content.readany()):
            if decoder is not None:
                chunk = decoder.feed(chunk, limit - size + 1)
            size += len(chunk)
            if size > limit:
                # What is not read is not kept: leaving the response closes the connection.
                return b"".join(chunks), True
            chunks.append(chunk)
        if decoder is not None:
            # The answer to a write may be left out; its status says enough.
            decoder.end(needed=answer.method == "GET" and answer.status == 200)
    except (DamagedError, *BROKEN) as error:
        # The status decides first: a 50x is a 50x whatever becomes of its body.
        if answer.status < 300:
            if isinstance(error, DamagedError):
                raise aiohttp.ClientPayloadError(str(error)) from error
            raise
    return b"".join(chunks), False


async def show_body(answer: aiohttp.ClientResponse, body: bytes) -> None:
    """Let an answer be read once more, as if aiohttp had read it; traces of it are told here."""
    answer.content = _filled(body)
    await answer.read()
    answer.content = _filled(body)


def _filled(body: bytes) -> aiohttp.StreamReader:
    loop = asyncio.get_running_loop()
    reader = aiohttp.StreamReader(BaseProtocol(loop), len(body) + 1, loop=loop)
    reader.feed_data(body)
    reader.feed_eof()
    return reader

"""What every address that Sitoo calls does first: who calls, how much, how long, and what then."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import attrs

from sitoo_async._checks.values import check_number
from sitoo_async.errors import printable
from sitoo_async.spi._core.answer import Answer, of_unfit
from sitoo_async.spi._core.asgi import serve
from sitoo_async.spi._core.call import Headers, Incoming, incoming
from sitoo_async.spi._core.credentials import Credentials
from sitoo_async.spi._core.failure import places
from sitoo_async.spi._core.refusal import Errors, Finding, Unfit

__all__ = ["Endpoint", "Exchange"]

logger = logging.getLogger("sitoo_async")

_CHALLENGE: Final = {"www-authenticate": 'Basic realm="Sitoo", charset="UTF-8"'}


@attrs.frozen
class Exchange:
    """A request that was let in, of which the body is still to come.

    Attributes:
        incoming: what was said so far.
        errors: how its interface tells errors.
        act: bytes of the body to the answer.
        most: the bytes that a body may have.
    """

    incoming: Incoming
    errors: Errors
    act: Callable[[bytes], Awaitable[Answer]] = attrs.field(repr=False)
    most: int

    async def finish(self, body: bytes) -> Answer:
        """The answer to the whole request; nothing but a cancellation is raised."""
        if len(body) > self.most:
            return self.too_large()
        try:
            return await self.act(body)
        except Exception as error:  # noqa: BLE001 - whatever it is, the POS is answered
            logger.error(  # noqa: TRY400 - a traceback tells what the exception says
                "Request %s: an exception that nobody foresaw, %s",
                printable(self.incoming.request_id, 100),
                places(error),
            )
            return self.refused("failed", "an internal error")

    async def read(self, chunks: AsyncIterator[bytes]) -> tuple[Answer, bool]:
        """The answer to a request whose body comes in pieces, and whether all of it was read.

        What is too long is not read any further, nor is what doesn't come in time.
        """
        parts: list[bytes] = []
        length = 0
        try:
            async with asyncio.timeout_at(self.incoming.due):
                async for chunk in chunks:
                    length += len(chunk)
                    if length > self.most:
                        return self.too_large(), False
                    parts.append(chunk)
        except TimeoutError:
            return self.refused("late", "the body did not come in time", "body"), False
        return await self.finish(b"".join(parts)), True

    def too_large(self) -> Answer:
        """The answer to a body that is too long, which need not be read for it."""
        return self.refused("too-large", f"the body is longer than {self.most:,} bytes", "body")

    def refused(self, finding: Finding, message: str, field: str | None = None) -> Answer:
        """The answer to something that the library finds, which is logged."""
        if finding != "failed":  # of which the log tells more
            text = "A request was refused, since %s (request %s)"
            logger.warning(text, message, printable(self.incoming.request_id, 100))
        return of_unfit(self.errors, Unfit(finding, message, field), self.incoming.request_id)


class Endpoint:
    """An address that Sitoo calls, as an ASGI application and as a function without I/O.

    Derived classes say in `_begin` what a request means.

    Args:
        errors: how it tells errors to requests that mean nothing in particular.
        user: the user that Sitoo is to give; you make it up, with its password.
        password: the password.
        credentials: several pairs instead, as during a rotation.
        unprotected: whether anybody may call, where there are none.
        max_body_bytes: bytes that a body may have.
        deadline: seconds until an answer is given, whatever a handler does.
        warn_after: seconds from which on a slow answer is logged.

    Raises:
        InvalidOptionError: an option that can't work.
    """

    def __init__(
        self,
        errors: Errors,
        *,
        user: str | None,
        password: Any,
        credentials: list[Any] | None,
        unprotected: bool,
        max_body_bytes: int,
        deadline: float,
        warn_after: float,
    ) -> None:
        self._errors = errors
        self._credentials = Credentials(user, password, credentials, unprotected=unprotected)
        self._most: int = check_number("max_body_bytes", max_body_bytes, whole=True)
        self._deadline: float = check_number("deadline", deadline)
        self._warn_after: float = check_number("warn_after", warn_after, zero=True)

    async def handle(
        self,
        method: str | bytes,
        path: str | bytes,
        headers: Headers,
        body: bytes | str | None,
        *,
        query: str | bytes = "",
        peer: str | None = None,
    ) -> Answer:
        """Answer one request; nothing but a cancellation is raised, whatever the request is.

        Args:
            method: the HTTP method.
            path: the path below the address that Sitoo knows, percent-encoded as it came; it may
                carry its query.
            headers: a mapping or pairs, of str or of bytes.
            body: the whole body; None where there is none.
            query: the query, where the path doesn't carry it.
            peer: the address of whoever asks, for the log.
        """
        begun = self.begin(method, path, headers, query=query, peer=peer)
        if isinstance(begun, Answer):
            return begun
        # Halves of surrogate pairs become what they are: no UTF-8.
        text = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        return await begun.finish(bytes(text or b""))

    def begin(
        self,
        method: str | bytes,
        path: str | bytes,
        headers: Headers,
        *,
        query: str | bytes = "",
        peer: str | None = None,
    ) -> Exchange | Answer:
        """Look at a request before its body is read: what is wrong by then is answered at once."""
        given = incoming(method, path, headers, query=query, peer=peer, allowed=self._deadline)
        length = given.headers.get("content-length")
        if not self._credentials.admit(given.headers.get("authorization")):
            now = asyncio.get_running_loop().time()
            self._credentials.tell_refused(peer, length, now)
            unfit = Unfit("unauthorized", "the user or the password is wrong", "Authorization")
            return of_unfit(self._errors, unfit, given.request_id, _CHALLENGE)
        begun = self._begin(given)
        if isinstance(begun, Exchange) and length is not None and _number(length) > self._most:
            return begun.too_large()
        return begun

    def _begin(self, given: Incoming) -> Exchange | Answer:
        """What a request means that was let in, as far as it can be told before its body."""
        raise NotImplementedError

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve as an ASGI 3 application: mount it, or give it to a server such as uvicorn."""
        await serve(self, scope, receive, send)


def _number(length: str) -> int:
    """A length as a header has it; 0 where it is none, then what comes is counted."""
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0

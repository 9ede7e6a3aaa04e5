"""What is sent and what came back: requests put together and answers read; no I/O."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final, Literal

import attrs
import msgspec
from multidict import CIMultiDict

from sitoo_async._checks.show import told
from sitoo_async._codec.json import BLANK
from sitoo_async._http.services import ServiceName
from sitoo_async._records import Record
from sitoo_async.errors import DecodeError, InvalidInputError, ServerError, printable

__all__ = ["Method", "Request", "Response", "Twin", "plain_json"]

Method = Literal["GET", "POST", "PUT", "DELETE"]

LONGEST_URL: Final = 8_192
"""Bytes; beyond it proxies and servers answer 414 or cut."""

# ---------------------------------------------------------------------------------- requests


def plain_json(value: Any) -> msgspec.Raw:
    """A body of the user's own, encoded at once so that a fault shows before it waits.

    Only what JSON has a word for: NaN is not null, and how a datetime or a Decimal is written
    depends on the field, which nobody knows here.

    Raises:
        InvalidInputError: it holds something that is not a plain JSON type.
    """
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return msgspec.Raw(text.encode())
    except Exception as error:
        raise InvalidInputError(f"json can't be encoded: {told(error)}", field="json") from error


@attrs.frozen(eq=False)
class Twin:
    """How a single write may leave as an item of a batch.

    Attributes:
        method: the HTTP method of the batch.
        path: the collection's path, percent-encoded.
        item: what stands for the write in the batch.
        names: what it touches, as pairs of a field and its value.
        whole: whether one ``true`` may answer for all items of the batch.
    """

    method: Method
    path: str
    item: Mapping[str, Any]
    names: frozenset[tuple[str, Any]]
    whole: bool = False


@attrs.define(eq=False)
class Request:
    """What is to be sent, before it is turned into bytes.

    Attributes:
        method: the HTTP method.
        path: below the account, or where a service is named below that; percent-encoded.
        query: the query, percent-encoded, without its question mark.
        payload: the JSON-able body; None sends none.
        repeatable: whether it may be sent again when its outcome is unknown.
        twin: how it may leave in a batch, where it may.
        of_batch: whether it may be answered as a batch of one is: its operation takes many.
        service: the service that it is for, where that has a host of its own.
        divisible: whether it is for more than one row, and a 502 says that these are too many.
    """

    method: Method
    path: str
    query: str = ""
    payload: Any = None
    repeatable: bool = False
    twin: Twin | None = None
    of_batch: bool = False
    service: ServiceName | None = None
    divisible: bool = False

    def asks_too_much(self, outcome: object) -> bool:
        """Whether an outcome says that less is to be asked for, and nothing else."""
        return self.divisible and isinstance(outcome, ServerError) and outcome.status == 502

    def check(self, root: str) -> None:
        """Refuse what no server reads.

        Raises:
            InvalidInputError: the URL is longer than 8 kB.
        """
        length = len(root) + len(self.path) + len(self.query) + 1
        if length > LONGEST_URL:
            raise InvalidInputError(
                f"the URL would be {length} bytes long, more than {LONGEST_URL}: give shorter"
                " values, or fewer values in an array filter at a time",
                field="url",
            )


# ----------------------------------------------------------------------------------- answers

# What a value may begin with.
_BEGINNINGS: Final = b'{["-0123456789tfn'


@attrs.frozen
class Response(Record):
    """A raw answer.

    Attributes:
        status: the HTTP status.
        headers: the answer's headers; names in any case.
        body: the whole body, decompressed.
        oversized: whether the body was cut because it went beyond `max_response_bytes`.
        elapsed: seconds that the exchange took, without any wait for its turn.
        sent_in: seconds of them until there was a connection and the request was sent.
        answered_in: seconds of them until the answer began to arrive.
    """

    status: int
    headers: Mapping[str, str] = attrs.field(repr=lambda headers: printable(repr({**headers})))
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    oversized: bool = False
    elapsed: float = attrs.field(default=0.0, eq=False)
    sent_in: float = attrs.field(default=0.0, eq=False)
    answered_in: float = attrs.field(default=0.0, eq=False)

    def __reduce__(self) -> tuple[Any, ...]:
        # aiohttp gives a view of the headers, which can't be pickled.
        make, (kind, state) = super().__reduce__()
        return make, (kind, state | {"headers": CIMultiDict(self.headers)})

    @property
    def request_id(self) -> str | None:
        """The ``Sitoo-Request-ID``, which most endpoints send."""
        return self.headers.get("Sitoo-Request-ID")

    @property
    def empty(self) -> bool:
        """Whether the body says nothing, as with a 204; null says no more."""
        return self.body.strip(BLANK) in (b"", b"null")

    def content(self, need: str) -> bytes:
        """The body, where one is needed.

        Args:
            need: what it is to hold, for the error.

        Raises:
            DecodeError: it is empty, or evidently no JSON.
        """
        body = self.body.lstrip(BLANK)
        if not body:
            raise self._unusable(f"empty, not JSON: {need} is missing")
        if body.startswith(b"<"):
            page = "an XML document" if body.startswith(b"<?xml") else "an HTML page"
            raise self._unusable(f"{page}, not JSON")
        if body[0] not in _BEGINNINGS and "json" not in self._media_type:
            raise self._unusable("text, not JSON")
        return self.body

    def json(self) -> Any:
        """The body as plain Python objects.

        Raises:
            DecodeError: the body is not JSON.
        """
        # What reads models loads with the first group, or here where there is none.
        from sitoo_async._codec.codec import decode_raw  # noqa: PLC0415

        try:
            return decode_raw(self.content("what was asked for"))
        except DecodeError as error:
            error.sent, error.status, error.request_id = "yes", self.status, self.request_id
            raise

    @property
    def _media_type(self) -> str:
        text = self.headers.get("Content-Type", "")
        found = re.match(r"\s*([\w.+-]{1,64}/[\w.+-]{1,64})", text, re.ASCII)
        return "no content type" if found is None else found[1].lower()

    def _unusable(self, what: str) -> DecodeError:
        return DecodeError(
            f"the answer is {what} (status {self.status}, {self._media_type})",
            sent="yes",
            status=self.status,
            request_id=self.request_id,
        )

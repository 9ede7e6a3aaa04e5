"""What servers and engines say, on its way to terminals and logs: escaped, cut, and still whole."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import pickle
import traceback
import warnings

import pytest

from sitoo_async import Grant, RetryPolicy, SitooClient
from sitoo_async._cli.screen import PlainScreen, RichScreen, log_on
from sitoo_async._http.messages import Response
from sitoo_async._http.verdict import error_for_status
from sitoo_async.errors import (
    ApiError,
    BadRequestError,
    BatchError,
    LaneError,
    SitooError,
    UnexpectedTypeWarning,
    UnverifiedEndpointWarning,
    escaped,
    printable,
)

CLEARS = "\x1b[2J\x1b]0;a title\x07"
HALF = "\ud83d"
TURNS = "\u202egpj.exe\u200b\ufeff"
EVIL = f"no{CLEARS}{HALF}{TURNS}\r\nend"
LARGE = "x" * 10_000_000


def fit(text: str, most: int = 900) -> bool:
    """Whether a text may go to any terminal and any log."""
    text.encode()  # print() would raise for half a surrogate pair
    return text.isprintable() and len(text) <= most


@contextlib.asynccontextmanager
async def answering(answer: bytes, **options):
    """A client of a server that gives the same bytes to every request."""

    async def serve(reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [
                line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
            ]
            if lengths:
                await reader.readexactly(int(lengths[0].split(b":")[1]))
            writer.write(answer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    options = {"retry": RetryPolicy(attempts=1)} | options
    try:
        async with SitooClient(
            api_id="90316-1", password="p", base_url=f"http://127.0.0.1:{port}", **options
        ) as client:
            yield client
    finally:
        server.close()
        await server.wait_closed()


def http(status: int, body: object = None, *headers: bytes, reason: bytes = b"Reason") -> bytes:
    sent = b"" if body is None else json.dumps(body).encode()
    lines = [b"HTTP/1.1 %d %s" % (status, reason), b"Content-Length: %d" % len(sent), *headers]
    return b"\r\n".join([*lines, b"Connection: close", b"", sent])


async def error_of(answer: bytes, **options) -> SitooError:
    async with answering(answer, **options) as client:
        with pytest.raises(SitooError) as caught:
            await client.products.get(1)
    return caught.value


# ------------------------------------------------------------------------ the text of an error


@pytest.mark.parametrize("text", [EVIL, LARGE, "\x00" * 100_000], ids=["evil", "large", "nul"])
async def test_an_error_text_is_shown_safely_and_kept_whole(text):
    error = await error_of(http(400, {"statuscode": 400, "errortext": text}))
    assert type(error) is BadRequestError
    for shown in (str(error), repr(error), error.message, "".join(map(str, error.args))):
        assert fit(shown.replace("\\\\", "\\"))
    assert fit("".join(traceback.format_exception_only(error)).rstrip("\n"))
    assert error.errortext == text
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.errortext, str(again)) == (text, str(error))
    print(error, file=io.TextIOWrapper(io.BytesIO(), encoding="ascii"))


async def test_what_is_escaped_stays_legible():
    error = await error_of(http(409, {"errortext": EVIL}))
    assert error.message == (r"409: no\x1b[2J\x1b]0;a title\x07\ud83d\u202egpj.exe\u200b\ufeff end")


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": CLEARS, "error_data": {"a": EVIL, "b": LARGE}},
        {"errortext": {"nested": [EVIL, LARGE]}},
        {"errortext": [[[[[[[[[[[[1]]]]]]]]]]]]},
        {"errortext": 10**4_000},
    ],
    ids=["v3", "object", "array", "number"],
)
async def test_an_error_text_of_another_shape_is_shown_safely(body):
    assert fit(str(await error_of(http(400, body))))


async def test_headers_and_the_reason_are_shown_safely():
    evil = b"\x1b[2J\xff\xfe" + b"y" * 4_000
    for status in (302, 400, 502):
        answer = http(
            status, None, b"Location: " + evil, b"Sitoo-Request-ID: " + evil, reason=b"\x1b[2J"
        )
        error = await error_of(answer)
        assert fit(str(error))
        assert "y" * 4_000 in error.request_id


@pytest.mark.parametrize(
    "answer",
    [b"\x1b[2J\r\n\r\n", b"HTTP/1.1 \x1b[2J\r\n\r\n", b"HTTP/1.1 200 OK\r\n\x1b[2J: 1\r\n\r\n"],
    ids=["garbage", "status", "header"],
)
async def test_what_is_no_http_answer_is_shown_safely(answer):
    assert fit(str(await error_of(answer)))


async def test_a_raw_answer_is_shown_safely():
    async with answering(http(200, [], b"X-Odd: \x1b[2J\xff" + b"z" * 4_000)) as client:
        answer = await client.request("GET", "/sites.json")
    assert fit(repr(answer))
    assert repr(Response(200, {"A": "b"}, b"true")).startswith(
        "Response(status=200, headers={'A': 'b'}, body=<4 bytes>"
    )


async def test_an_item_of_a_batch_is_told_safely():
    texts = [EVIL.replace(HALF, ""), LARGE]
    rows = [{"statuscode": 400, "errortext": text} for text in texts]
    async with answering(http(200, rows)) as client:
        result = await client.products.update_many(
            [{"productid": 1, "title": ""}, {"productid": 2, "title": ""}]
        )
    assert fit(repr(result))
    with pytest.raises(BatchError) as caught:
        result.raise_for_failures()
    assert fit(str(caught.value))
    assert [outcome.error.errortext for outcome in result] == texts


# ----------------------------------------------------------------------------- logs, warnings


async def test_logs_tell_a_server_safely(caplog):
    caplog.set_level(logging.DEBUG, "sitoo_async")
    body = {"errortext": EVIL + LARGE}
    answer = http(429, body, b"X-Rate-Limit-Reset: 9", b"Sitoo-Request-ID: \x1b[2J\xff")
    await error_of(answer, max_rate_limit_wait=0)
    rows = [{"statuscode": 400, "errortext": EVIL.replace(HALF, "") + LARGE}]
    async with answering(http(200, rows)) as client:
        await client.products.update_many([{"productid": 1, "title": ""}])
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) >= 4
    assert all(fit(message, 1_200) for message in messages)
    assert any("no\\x1b[2J" in message for message in messages)


@pytest.mark.parametrize("kind", [UnexpectedTypeWarning, UnverifiedEndpointWarning])
def test_a_warning_is_told_safely(kind):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn(EVIL + LARGE, kind, stacklevel=1)
    assert fit(str(caught[0].message))
    assert str(pickle.loads(pickle.dumps(caught[0].message))) == str(caught[0].message)  # noqa: S301


# ------------------------------------------------------------------------------------ engines


class EvilError(OSError):
    def __str__(self) -> str:
        return EVIL + LARGE

    def __repr__(self) -> str:
        return EVIL + LARGE


class MuteError(OSError):
    def __str__(self) -> str:
        raise ValueError

    __repr__ = __str__


class Engine:
    """A gate that fails in a way of its own, at first when it is taken, then when given back."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure
        self.fails = True

    async def acquire(self, _key: str) -> Grant:
        if self.fails:
            raise self.failure
        return Grant()

    async def release(self, _key: str, _hold: float) -> None:
        raise self.failure

    async def aclose(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("failure", [EvilError(), MuteError()], ids=["evil", "mute"])
async def test_what_an_engine_says_is_told_safely(failure, caplog):
    gate = Engine(failure)
    async with answering(http(200, []), gate=gate) as client:
        with pytest.raises(LaneError) as caught:
            await client.request("GET", "/sites.json")
        assert fit(str(caught.value))
        assert caught.value.__cause__ is failure
        gate.fails = False
        await client.request("GET", "/sites.json")
    assert caplog.records
    assert all(fit(record.getMessage()) for record in caplog.records)


# --------------------------------------------------------------------------- the demo's screen


@pytest.mark.parametrize("kind", [PlainScreen, RichScreen])
def test_the_screen_of_the_demo_bears_any_text(kind):
    stream = io.StringIO()
    screen = kind(stream)
    screen.line(f"  {EVIL}")
    screen.table(("Name", "Number"), [(EVIL, "1"), (LARGE, "2")])
    with log_on(screen):
        logging.getLogger("sitoo_async").warning("%s", error_for_status(400, errortext=EVIL))
    written = stream.getvalue()
    assert len(written) < 5_000
    assert all(fit(line) for line in written.split("\n"))
    assert r"  no\x1b[2J" in written


# ------------------------------------------------------------------------------- the two ways


def test_a_text_that_can_be_printed_stays_as_it_is():
    for text in ("", 'Ett "fel" på rad 7: 中文, 🙂', "a  b"):
        assert escaped(text) == text
    assert printable("Priset är fel") == "Priset är fel"


def test_a_long_text_is_cut_to_500_characters():
    assert printable("y" * 500) == "y" * 500
    assert printable("y" * 501) == "y" * 497 + "..."
    assert printable("\x1b" * 500)[-7:] == r"\x1b..." or printable("\x1b" * 500).endswith("...")
    assert len(printable("\U000e0001" * 500)) == 500
    assert len(str(ApiError("z" * 10_000, method="GET", path="/" + "p" * 8_000))) < 800

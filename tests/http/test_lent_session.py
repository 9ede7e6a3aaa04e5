"""A session that is lent decides how requests go out: its traces, limits and classes."""

from __future__ import annotations

import contextlib
import contextvars
import inspect
import warnings
from types import SimpleNamespace

import aiohttp
import pytest

from sitoo_async import RetryPolicy, SitooClient, errors
from sitoo_async._http.route import route_of
from sitoo_async.testing import Fault

pytestmark = pytest.mark.account(products=3)

ONCE = RetryPolicy(attempts=1)


@contextlib.asynccontextmanager
async def lending(fake, *, retry=ONCE, **settings):
    async with (
        aiohttp.ClientSession(**settings) as session,
        SitooClient(**fake.credentials, session=session, retry=retry) as client,
    ):
        yield client


async def passing_on(request, handler):
    return await handler(request)


# -------------------------------------------------------------------------------------- traces


class Tracing:
    """Trace configs that write down what they hear."""

    def __init__(self, raises=None, **options):
        self.heard, self.sessions, self.contexts, self.params = [], set(), [], {}
        self.raises = raises
        self.config = aiohttp.TraceConfig(**options)
        for name in dir(aiohttp.TraceConfig):
            if name.startswith("on_"):
                getattr(self.config, name).append(self._note(name.removeprefix("on_")))

    def _note(self, name):
        async def note(session, context, params):
            self.heard.append(name)
            self.sessions.add(session)
            self.contexts.append(context)
            self.params[name] = params
            if name == self.raises:
                raise ValueError("the trace is broken")

        return note


@pytest.mark.parametrize("force_close", [False, True], ids=["keep-alive", "force-close"])
async def test_traces_hear_what_happens_in_the_name_of_the_lent_session(fake, force_close):
    tracing = Tracing()
    connector = aiohttp.TCPConnector(force_close=force_close)
    settings = {"connector": connector, "trace_configs": [tracing.config]}
    async with lending(fake, **settings) as client:
        made = ["connection_create_start", "connection_create_end"]
        for link in (made, made if force_close else ["connection_reuseconn"]):
            tracing.heard.clear()
            await client.products.get(1)
            assert tracing.heard == [
                "request_start",
                *link,
                "request_headers_sent",
                "request_end",
                "response_chunk_received",
            ]
        (session,) = tracing.sessions
        assert session.connector is connector
    assert tracing.params["response_chunk_received"].chunk.startswith(b'{"')
    assert tracing.params["request_end"].response.status == 200


async def test_each_exchange_has_one_context_of_the_kind_that_the_trace_makes(fake):
    made = []

    def context(trace_request_ctx=None):
        made.append(trace_request_ctx)
        return SimpleNamespace(number=len(made))

    tracing = Tracing(trace_config_ctx_factory=context)
    async with lending(fake, trace_configs=[tracing.config]) as client:
        await client.products.get(1)
        await client.products.add(sku="54051-1", title="Blanket")
    assert made == [None, None]
    assert {each.number for each in tracing.contexts} == {1, 2}


@pytest.mark.parametrize("middlewares", [(), (passing_on,)], ids=["plain", "with a middleware"])
async def test_a_trace_hears_the_error_that_aiohttp_raised(fake, middlewares):
    tracing = Tracing()
    fake.script(Fault.drop())
    lent = {"trace_configs": [tracing.config], "middlewares": middlewares}
    async with lending(fake, **lent) as client:
        with pytest.raises(errors.ReadError) as caught:
            await client.products.get(1)
    assert tracing.params["request_exception"].exception is caught.value.__cause__
    assert isinstance(caught.value.__cause__, aiohttp.ServerDisconnectedError)


async def test_traces_and_middlewares_see_the_context_of_the_call(fake):
    caller, seen = contextvars.ContextVar("caller", default=None), []

    async def pass_on(request, handler):
        seen.append(caller.get())
        return await handler(request)

    async def note(session, context, params):
        seen.append(caller.get())

    config = aiohttp.TraceConfig()
    for signal in (config.on_request_start, config.on_connection_create_start):
        signal.append(note)
    config.on_connection_reuseconn.append(note)
    async with lending(fake, trace_configs=[config], middlewares=(pass_on,)) as client:
        for number in (1, 2):
            caller.set(number)
            await client.products.get(number)
    assert seen == [1, 1, 1, 2, 2, 2]


async def test_a_trace_of_one_signal_hears_that_one(fake):
    heard = []

    async def note(session, context, params):
        heard.append((params.method, params.url.path))

    config = aiohttp.TraceConfig()
    config.on_request_start.append(note)
    async with lending(fake, trace_configs=[config]) as client:
        await client.products.get(1)
    assert heard == [("GET", "/v2/accounts/90316/sites/1/products/1.json")]


async def test_traces_and_middlewares_hear_of_the_same_exchange_once(fake):
    tracing, passed = Tracing(), []

    async def count(request, handler):
        passed.append(request.method)
        return await handler(request)

    async with lending(fake, trace_configs=[tracing.config], middlewares=(count,)) as client:
        await client.products.get(1)
    assert passed == ["GET"]
    assert sorted(tracing.heard) == sorted(
        [
            "request_start",
            "connection_create_start",
            "connection_create_end",
            "request_headers_sent",
            "response_chunk_received",
            "request_end",
        ]
    )


@pytest.mark.parametrize(
    ("name", "sent"),
    [("request_start", "no"), ("request_end", "unknown"), ("connection_create_end", "no")],
    ids=str,
)
async def test_a_trace_that_fails_is_told_with_what_is_known(fake, name, sent):
    tracing = Tracing(raises=name)
    async with lending(fake, trace_configs=[tracing.config], retry=RetryPolicy()) as client:
        with pytest.raises(errors.TransportError, match="the trace is broken") as caught:
            await client.products.add(sku="54051-1", title="Blanket")
    assert caught.value.sent == sent
    assert len(fake.requests) == (sent == "unknown")


async def test_what_instruments_each_session_is_told_once(fake, monkeypatch):
    # As tools for tracing do it: they wrap the making of sessions.
    tracing = Tracing()
    plain = aiohttp.ClientSession.__init__

    def instrumented(self, *args, trace_configs=None, **options):
        plain(self, *args, trace_configs=[*(trace_configs or []), tracing.config], **options)

    monkeypatch.setattr(aiohttp.ClientSession, "__init__", instrumented)
    async with lending(fake) as client:
        await client.products.get(1)
    assert tracing.heard.count("request_start") == 1
    async with SitooClient(**fake.credentials) as client:
        await client.products.get(1)
    assert tracing.heard.count("request_start") == 2


# -------------------------------------------------------------------------------- its settings


class Request(aiohttp.ClientRequest):
    """A request class of the user's."""


class Response(aiohttp.ClientResponse):
    """A response class of the user's."""


async def test_limits_and_classes_of_the_session_are_those_of_our_requests(fake):
    classes = []

    async def look(request, handler):
        answer = await handler(request)
        classes.extend((type(request), type(answer)))
        return answer

    async with lending(
        fake,
        request_class=Request,
        response_class=Response,
        version=aiohttp.HttpVersion10,
        skip_auto_headers=["accept-encoding"],
        middlewares=(look,),
        max_line_size=20_000,
        max_field_size=20_000,
        max_headers=200,
    ) as client:
        long = {"X-Long": "a" * 15_000, **{f"X-{number}": "1" for number in range(150)}}
        fake.script(Fault.answer(200, body={"productid": 1}, headers=long))
        await client.products.get(1)
    assert classes == [Request, Response]
    assert "Accept-Encoding" not in fake.requests[0].headers


@pytest.mark.parametrize(
    ("setting", "headers"),
    [
        ({"max_field_size": 100}, {"X-Long": "a" * 150}),
        ({"max_headers": 5}, {f"X-{number}": "1" for number in range(10)}),
    ],
    ids=["field", "headers"],
)
async def test_a_lower_limit_of_the_session_holds_as_well(fake, setting, headers):
    fake.script(Fault.answer(200, body={"productid": 1}, headers=headers))
    async with lending(fake, **setting) as client:
        with pytest.raises(errors.ReadError):
            await client.products.get(1)


# What each parameter of a session means here; a new one of aiohttp's has to be thought about.
DECIDED = {
    "the way": {
        "connector", "proxy", "proxy_auth", "trust_env", "trace_configs", "middlewares",
        "request_class", "response_class", "version", "skip_auto_headers", "read_bufsize",
        "max_line_size", "max_field_size", "max_headers",
    },
    "a part of the connector": {"loop", "ssl_shutdown_timeout"},
    "who we are": {"base_url", "headers", "auth", "cookies", "cookie_jar", "raise_for_status"},
    "timeouts are the client's": {"timeout", "read_timeout", "conn_timeout"},
    "bodies are written and read here": {
        "json_serialize", "json_serialize_bytes", "auto_decompress", "fallback_charset_resolver",
    },
    "never done here": {"requote_redirect_url", "ws_response_class", "connector_owner"},
}  # fmt: skip


def test_every_parameter_of_a_session_is_decided():
    parameters = set(inspect.signature(aiohttp.ClientSession).parameters)
    assert set().union(*DECIDED.values()) == parameters


# ------------------------------------------------------------------------- what can't be honoured

ORIGIN = "https://api.example"


def subclassed(**attributes):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # aiohttp discourages it
        return type("Session", (aiohttp.ClientSession,), attributes)


@pytest.mark.parametrize("name", ["request", "_request"])
async def test_a_session_that_sends_in_a_way_of_its_own_is_refused_by_name(name):
    async def elsewhere(self, *args, **options):
        """Send it by another way."""

    session = subclassed(**{name: elsewhere})()
    patched = aiohttp.ClientSession()
    setattr(patched, name, elsewhere)
    for each in (session, patched):
        with pytest.raises(errors.InvalidOptionError, match=f"its own {name}, which") as caught:
            SitooClient(**CREDENTIALS, session=each)
        assert caught.value.field == "session"
        await each.close()


CREDENTIALS = {"api_id": "90316-125", "password": "x", "base_url": ORIGIN}


async def test_a_subclass_that_leaves_sending_alone_is_used(fake):
    async with (
        subclassed()() as session,
        SitooClient(**fake.credentials, session=session) as client,
    ):
        await client.products.get(1)


@pytest.mark.parametrize(
    "name",
    [
        "default_proxy", "default_proxy_auth", "middlewares", "request_class", "response_class",
        "read_bufsize", "max_line_size", "max_field_size", "max_headers",
    ],
)  # fmt: skip
async def test_a_setting_that_this_aiohttp_keeps_elsewhere_is_refused_by_name(name):
    async with aiohttp.ClientSession() as session:
        kept = vars(session).pop(f"_{name}")
        with pytest.raises(errors.ConfigurationError, match=f"does not tell its {name} with"):
            SitooClient(**CREDENTIALS, session=session)
        setattr(session, f"_{name}", kept)


@pytest.mark.parametrize("session", ["a session", object()], ids=["text", "object"])
def test_what_is_no_session_is_refused_by_name(session):
    with pytest.raises(errors.InvalidOptionError, match=r"must be an aiohttp\.ClientSession"):
        SitooClient(**CREDENTIALS, session=session)


async def test_a_session_with_a_proxy_of_another_kind_is_refused_by_name():
    async with aiohttp.ClientSession(proxy="socks5://a:sesame@proxy.example") as session:
        with pytest.raises(errors.InvalidOptionError, match="the proxy of session must") as caught:
            SitooClient(**CREDENTIALS, session=session)
    assert caught.value.field == "session"
    assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    "option",
    [
        {"proxy": "http://proxy.example"},
        {"proxy": ""},
        {"proxy_auth": ("a", "b")},
        {"trust_env": True},
        {"ssl": True},
        {"ssl": False},
    ],
    ids=["proxy", "empty proxy", "proxy_auth", "trust_env", "ssl", "no ssl"],
)
async def test_a_way_out_beside_a_session_is_refused_by_name(option):
    async with aiohttp.ClientSession() as session:
        with pytest.raises(errors.InvalidOptionError, match="exclude each other") as caught:
            SitooClient(**CREDENTIALS, session=session, **option)
        assert [caught.value.field] == [*option]
        # Not given is not given.
        route = route_of(ORIGIN, session, proxy=None, proxy_auth=None, trust_env=False, ssl=None)
        assert route.session is session

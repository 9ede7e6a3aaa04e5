"""Calls through a real forward proxy on loopback, plain and by CONNECT, however it was named."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
import traceback
import warnings
from urllib.parse import urlsplit

import aiohttp
import pytest
import trustme
from yarl import URL

from sitoo_async import RetryPolicy, SitooClient, errors

pytestmark = pytest.mark.account(products=3)

LOGIN, PASSWORD = "shop", "p/w: sesame@åäö"
ENCODED = "p%2Fw%3A%20sesame%40%C3%A5%C3%A4%C3%B6"
WANTED = "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()

CA = trustme.CA()
HOST = "api.shop.example"  # no resolver knows it: only the proxy leads there


def close(writer):
    # Closed twice, a TLS transport of the first Pythons 3.11 can't be aborted any more.
    if not writer.is_closing():
        writer.close()


class Proxy:
    """A forward proxy. It writes down what it is asked, and leads to one server by every name.

    Args:
        leads_to: the port of the plain server.
        wants: the Proxy-Authorization without which it answers 407.
        refuses: what it answers a CONNECT with instead of a tunnel; None hangs.
    """

    def __init__(self, leads_to, *, wants=None, refuses=b""):
        self.leads_to, self.wants, self.refuses = leads_to, wants, refuses
        self.asked = []
        self._tasks, self._writers = set(), []

    async def __aenter__(self):
        identity = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        CA.issue_cert(HOST, "127.0.0.1").configure_cert(identity)
        self._secure = await asyncio.start_server(self._pass_on, "127.0.0.1", 0, ssl=identity)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._covered = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=identity)
        self.secure_url = f"https://127.0.0.1:{self._covered.sockets[0].getsockname()[1]}"
        self.address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self.url = f"http://{self.address}"
        self.with_password = f"http://{LOGIN}:{ENCODED}@{self.address}"
        return self

    async def __aexit__(self, *_):
        for server in (self._server, self._covered, self._secure):
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    @property
    def tunnels(self):
        return sum(method == "CONNECT" for method, _, _ in self.asked)

    async def _to(self, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        self._writers.append(writer)
        return reader, writer

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        self._writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._answer(reader, writer):
                pass
        close(writer)

    async def _answer(self, reader, writer):
        method, target, headers, head = await self._head(reader)
        self.asked.append((method, target, headers))
        if self.wants is not None and headers.get("proxy-authorization") != self.wants:
            writer.write(b"HTTP/1.1 407 Who Are You\r\nContent-Length: 0\r\n\r\n")
            return True
        if method == "CONNECT" and self.refuses is None:
            await asyncio.Event().wait()
        if method == "CONNECT" and self.refuses:
            writer.write(self.refuses)
            return False
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await self._join(reader, writer, self._secure.sockets[0].getsockname()[1])
            return False
        there, upstream = await self._to(self.leads_to)
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path = target[len("{0.scheme}://{0.netloc}".format(urlsplit(target))) :]
        upstream.write(head.replace(target.encode(), path.encode(), 1) + body)
        _, _, answered, answer = await self._head(there)
        writer.write(answer + await there.readexactly(int(answered["content-length"])))
        upstream.close()
        return True

    @staticmethod
    async def _head(reader):
        head = await reader.readuntil(b"\r\n\r\n")
        line, *lines = head.decode().strip().split("\r\n")
        method, target, *_ = line.split(" ")
        pairs = (each.partition(": ") for each in lines)
        return method, target, {name.lower(): value for name, _, value in pairs}, head

    async def _pass_on(self, reader, writer):
        """Where TLS ends: what comes out of it goes to the plain server."""
        self._tasks.add(asyncio.current_task())
        self._writers.append(writer)
        await self._join(reader, writer, self.leads_to)

    async def _join(self, reader, writer, port):
        there, upstream = await self._to(port)
        await asyncio.gather(self._pour(reader, upstream), self._pour(there, writer))

    @staticmethod
    async def _pour(source, drain):
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := await source.read(65_536):
                drain.write(data)
        close(drain)


@pytest.fixture
def trusting():
    """A context that trusts the server behind the proxy."""
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


@pytest.fixture(autouse=True)
def _no_proxies_of_this_machine(monkeypatch, tmp_path):
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    # Whoever asks netrc gets an answer for every host.
    (tmp_path / ".netrc").write_text("default login from password netrc\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))


def port_of(fake):
    return urlsplit(fake.base_url).port


def outdated(make):
    """What aiohttp calls outdated, and sessions still are made with."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return make()


@contextlib.asynccontextmanager
async def calling(fake, *, secure, trusting=None, lends=None, headers=None, **options):
    """A client of the fake server, with a session's settings lent or settings of its own."""
    base_url = f"https://{HOST}" if secure else fake.base_url
    options = {"retry": RetryPolicy(attempts=1), **options}
    options = {**fake.credentials, "base_url": base_url, **options}
    if lends is None:
        async with SitooClient(ssl=trusting, **options) as client:
            yield client
        return
    connector = aiohttp.TCPConnector() if trusting is None else aiohttp.TCPConnector(ssl=trusting)
    session = outdated(lambda: aiohttp.ClientSession(connector=connector, headers=headers, **lends))
    async with session, SitooClient(session=session, **options) as client:
        yield client


def environment(monkeypatch, url):
    monkeypatch.setenv("http_proxy", url)
    monkeypatch.setenv("https_proxy", url)


WAYS = {
    "proxy=": lambda url, _: {"proxy": url},
    "proxy= as a URL": lambda url, _: {"proxy": URL(url)},
    "trust_env=": lambda url, setenv: setenv(url) or {"trust_env": True},
    "a session's proxy=": lambda url, _: {"lends": {"proxy": url}},
    "a session's trust_env=": lambda url, setenv: setenv(url) or {"lends": {"trust_env": True}},
}
each_way = pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
both = pytest.mark.parametrize("secure", [False, True], ids=["plain", "tunnel"])


@each_way
async def test_a_plain_request_goes_to_the_proxy_with_its_whole_url(fake, monkeypatch, way):
    async with Proxy(port_of(fake)) as proxy:
        options = way(proxy.url, lambda url: environment(monkeypatch, url))
        async with calling(fake, secure=False, **options) as client:
            await client.products.get(1)
            await client.products.update(1, title="Blanket")
    root = f"{fake.base_url}/v2/accounts/90316/sites/1/products/1.json"
    assert [(method, target) for method, target, _ in proxy.asked] == [
        ("GET", root),
        ("PUT", root),
    ]
    assert len(fake.requests) == 2


@each_way
async def test_secure_requests_go_through_a_tunnel_that_is_kept(fake, trusting, monkeypatch, way):
    async with Proxy(port_of(fake)) as proxy:
        options = way(proxy.url, lambda url: environment(monkeypatch, url))
        async with calling(fake, secure=True, trusting=trusting, **options) as client:
            await client.products.get(1)
            await client.products.add(sku="54051-1", title="Blanket")
            await client.products.delete(1)
    # Of what others left in a lent pool nobody knows how long it idled, so an add does not use it.
    tunnels = 2 if "lends" in options else 1
    to = ("CONNECT", f"{HOST}:443")
    assert [(method, target) for method, target, _ in proxy.asked] == [to] * tunnels
    assert [request.status for request in fake.requests] == [200, 200, 200]


async def test_the_proxy_of_a_tunnel_sees_no_credentials_of_ours(fake, trusting):
    async with (
        Proxy(port_of(fake)) as proxy,
        calling(fake, secure=True, trusting=trusting, proxy=proxy.url) as client,
    ):
        await client.products.get(1)
    ((_, _, headers),) = proxy.asked
    assert "authorization" not in headers
    assert "proxy-authorization" not in headers


@both
async def test_a_proxy_may_be_spoken_to_in_secret_as_well(fake, trusting, secure, monkeypatch):
    async with Proxy(port_of(fake)) as proxy:
        environment(monkeypatch, proxy.secure_url)
        for options in ({"proxy": proxy.secure_url}, {"trust_env": True}):
            async with calling(fake, secure=secure, trusting=trusting, **options) as client:
                await client.products.get(1)
    assert [method for method, _, _ in proxy.asked] == ["CONNECT" if secure else "GET"] * 2


@pytest.mark.virtual_time
async def test_a_write_after_a_pause_takes_a_new_tunnel_and_only_one(fake, trusting):
    async with (
        Proxy(port_of(fake)) as proxy,
        calling(fake, secure=True, trusting=trusting, proxy=proxy.url) as client,
    ):
        for tunnels in (1, 2, 3):
            await client.products.add(sku=f"54051-{tunnels}", title="Blanket")
            assert proxy.tunnels == tunnels
            await client.products.get(1)
            await asyncio.sleep(10)
            assert proxy.tunnels == tunnels


@pytest.mark.parametrize("past", ["api", "service"])
@pytest.mark.parametrize("lends", [False, True], ids=["trust_env=", "a session's trust_env="])
async def test_each_host_goes_past_the_proxy_or_through_it_as_no_proxy_says(
    fake, monkeypatch, past, lends
):
    async with Proxy(port_of(fake)) as proxy:
        environment(monkeypatch, proxy.url)
        monkeypatch.setenv("no_proxy", "127.0.0.1" if past == "api" else "localhost")
        options = {"lends": {"trust_env": True}} if lends else {"trust_env": True}
        url = f"http://localhost:{port_of(fake)}"
        async with calling(fake, secure=False, journals_url=url, **options) as client:
            # Not before: it is read once.
            monkeypatch.setenv("no_proxy", "*")
            await client.products.get(1)
            with contextlib.suppress(errors.NotFoundError):
                await client.request("GET", "/journal-entries", service="journals-v3")
    asked = f"{url}/v3/journal-entries" if past == "api" else f"{fake.base_url}/v2/accounts/90316"
    assert [target.startswith(asked) for _, target, _ in proxy.asked] == [True]


@pytest.mark.parametrize("lends", [False, True], ids=["proxy=", "a session's proxy="])
async def test_a_proxy_that_was_given_is_that_of_all_hosts(fake, lends):
    async with Proxy(port_of(fake)) as proxy:
        options = {"lends": {"proxy": proxy.url}} if lends else {"proxy": proxy.url}
        options["journals_url"] = f"http://localhost:{port_of(fake)}"
        async with calling(fake, secure=False, **options) as client:
            await client.products.get(1)
            with contextlib.suppress(errors.NotFoundError):
                await client.request("GET", "/journal-entries", service="journals-v3")
    assert len(proxy.asked) == 2


# ------------------------------------------------------------------------------ its credentials

PROVING = {
    "proxy_auth=": lambda proxy, _: {"proxy": proxy.url, "proxy_auth": (LOGIN, PASSWORD)},
    "proxy_auth= for the environment": lambda proxy, setenv: (
        setenv(proxy.url) or {"trust_env": True, "proxy_auth": (LOGIN, PASSWORD)}
    ),
    "proxy_auth= of aiohttp's": lambda proxy, _: {
        "proxy": proxy.url,
        "proxy_auth": outdated(lambda: aiohttp.BasicAuth(LOGIN, PASSWORD)),
    },
    "proxy=": lambda proxy, _: {"proxy": proxy.with_password},
    "trust_env=": lambda proxy, setenv: setenv(proxy.with_password) or {"trust_env": True},
    "a session's proxy_auth=": lambda proxy, _: {
        "lends": {
            "proxy": proxy.url,
            "proxy_auth": outdated(lambda: aiohttp.BasicAuth(LOGIN, PASSWORD, "utf-8")),
        }
    },
    "a session's proxy=": lambda proxy, _: {"lends": {"proxy": proxy.with_password}},
    "a session's headers": lambda proxy, _: {
        "lends": {"proxy": proxy.url},
        "headers": {"Proxy-Authorization": WANTED, "Authorization": "Bearer other"},
    },
    "a session's trust_env=": lambda proxy, setenv: (
        setenv(proxy.with_password) or {"lends": {"trust_env": True}}
    ),
}


@both
@pytest.mark.parametrize("proving", PROVING.values(), ids=list(PROVING))
async def test_a_proxy_gets_the_credentials_it_wants(fake, trusting, monkeypatch, secure, proving):
    async with Proxy(port_of(fake), wants=WANTED) as proxy:
        options = proving(proxy, lambda url: environment(monkeypatch, url))
        async with calling(fake, secure=secure, trusting=trusting, **options) as client:
            await client.products.get(1)
            await client.products.update(1, title="Blanket")
    assert len(proxy.asked) == (1 if secure else 2)
    assert all("Bearer" not in str(headers) for _, _, headers in proxy.asked)


async def test_what_is_given_beside_the_url_goes_before_what_is_in_it(fake, monkeypatch):
    async with Proxy(port_of(fake), wants=WANTED) as proxy:
        url = f"http://somebody:else@{proxy.address}"
        async with calling(fake, secure=False, proxy=url, proxy_auth=(LOGIN, PASSWORD)) as client:
            await client.products.get(1)


@both
async def test_netrc_is_never_asked(fake, trusting, monkeypatch, secure):
    async with Proxy(port_of(fake)) as proxy:
        environment(monkeypatch, proxy.url)
        for options in ({"trust_env": True}, {"lends": {"trust_env": True}}):
            async with calling(fake, secure=secure, trusting=trusting, **options) as client:
                await client.products.get(1)
    assert all("proxy-authorization" not in headers for _, _, headers in proxy.asked)


def everything_shown(error):
    """Each traceback that hangs on the error, with the values of local variables."""
    seen, coming = {}, [error]
    while coming:
        each = coming.pop()
        if each is not None and id(each) not in seen:
            told = traceback.TracebackException.from_exception(each, capture_locals=True)
            # The frames of the tests hold what they gave.
            frames = [str(frame.locals) for frame in told.stack if frame.filename != __file__]
            seen[id(each)] = "".join([*frames, *told.format_exception_only(), repr(each)])
            coming += [each.__cause__, each.__context__]
    return "".join(seen.values())


def assert_no_credentials(shown):
    for secret in (PASSWORD, ENCODED, WANTED, WANTED.removeprefix("Basic "), "sesame"):
        assert secret not in shown


@both
@pytest.mark.parametrize("lends", [False, True], ids=["own", "lent"])
async def test_a_proxy_that_does_not_know_us_is_a_connect_error(fake, trusting, secure, lends):
    async with Proxy(port_of(fake), wants="Basic somebody else's") as proxy:
        options = {"proxy": proxy.with_password}
        options = {"lends": options} if lends else options
        async with calling(fake, secure=secure, trusting=trusting, **options) as client:
            with pytest.raises(
                errors.ConnectError, match=f"the proxy {proxy.address} refused"
            ) as e:
                await client.products.add(sku="54051-1", title="Blanket")
    assert e.value.sent == "no"
    assert "407" in str(e.value)
    assert "check the login and password" in str(e.value)
    assert_no_credentials(everything_shown(e.value) + repr(client))
    assert fake.requests == []


# ---------------------------------------------------------------------------- what goes wrong

REFUSING = {
    "403": (b"HTTP/1.1 403 Not You\r\nContent-Length: 0\r\n\r\n", r"refused to connect \(403 Not"),
    "502": (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", r"refused to connect \(502 Bad Gateway\)"),
    "garbage": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "no connection by way of the proxy 127.0.0.1:"),
    "end": (b"\r\n", "no connection by way of the proxy 127.0.0.1:"),
}


@pytest.mark.parametrize(("refuses", "text"), REFUSING.values(), ids=list(REFUSING))
async def test_a_tunnel_that_is_refused_is_a_connect_error(fake, trusting, refuses, text):
    async with (
        Proxy(port_of(fake), refuses=refuses) as proxy,
        calling(fake, secure=True, trusting=trusting, proxy=proxy.with_password) as client,
    ):
        with pytest.raises(errors.ConnectError, match=text) as caught:
            await client.products.add(sku="54051-1", title="Blanket")
    assert caught.value.sent == "no"
    assert_no_credentials(everything_shown(caught.value))
    assert fake.requests == []


@pytest.mark.virtual_time
async def test_a_tunnel_that_does_not_come_in_time_is_a_connect_error(fake, trusting):
    options = {"trusting": trusting, "request_timeout": 20.0}
    async with (
        Proxy(port_of(fake), refuses=None) as proxy,
        calling(fake, secure=True, proxy=proxy.url, **options) as client,
    ):
        with pytest.raises(errors.ConnectError, match="no connection within 20 s") as caught:
            await client.products.add(sku="54051-1", title="Blanket")
    assert caught.value.sent == "no"


@both
async def test_a_proxy_that_is_not_there_is_a_connect_error_that_names_it(fake, trusting, secure):
    async with Proxy(port_of(fake)) as proxy:
        pass
    options = {"proxy": proxy.with_password}
    async with calling(fake, secure=secure, trusting=trusting, **options) as client:
        with pytest.raises(errors.ConnectError, match=f"by way of the proxy {proxy.address}") as e:
            await client.products.get(1)
    assert_no_credentials(everything_shown(e.value))
    assert fake.requests == []


async def test_a_server_behind_the_tunnel_that_nobody_vouches_for_is_a_connect_error(fake):
    async with Proxy(port_of(fake)) as proxy:
        async with calling(fake, secure=True, proxy=proxy.url) as client:
            with pytest.raises(errors.ConnectError, match="certificate verify failed"):
                await client.products.get(1)
        async with calling(fake, secure=True, trusting=False, proxy=proxy.url) as client:
            assert (await client.products.get(1)).productid == 1
    assert len(fake.requests) == 1


# --------------------------------------------------------------------------- the environment


@pytest.mark.parametrize(
    "bypassed",
    ["127.0.0.1", "*", "localhost,127.0.0.1", "{address}"],
    ids=["it", "*", "many", "port"],
)
@pytest.mark.parametrize("lends", [False, True], ids=["own", "lent"])
async def test_what_the_environment_leaves_out_goes_directly(fake, monkeypatch, bypassed, lends):
    monkeypatch.setenv("no_proxy", bypassed.format(address=urlsplit(fake.base_url).netloc))
    async with Proxy(port_of(fake)) as proxy:
        environment(monkeypatch, proxy.url)
        options = {"lends": {"trust_env": True}} if lends else {"trust_env": True}
        async with calling(fake, secure=False, **options) as client:
            await client.products.get(1)
        assert proxy.asked == []
        # What is named outright is not left out.
        named = {"proxy": proxy.url, "trust_env": True}
        async with calling(fake, secure=False, **({"lends": named} if lends else named)) as client:
            await client.products.get(1)
        assert len(proxy.asked) == 1


@pytest.mark.parametrize("lends", [None, {}], ids=["own", "lent"])
async def test_nobody_asks_the_environment_unless_it_is_trusted(fake, monkeypatch, lends):
    async with Proxy(port_of(fake)) as proxy:
        environment(monkeypatch, proxy.url)
        async with calling(fake, secure=False, lends=lends) as client:
            await client.products.get(1)
    assert proxy.asked == []


async def test_an_environment_without_a_proxy_leads_directly(fake):
    async with calling(fake, secure=False, trust_env=True) as client:
        await client.products.get(1)


async def test_a_proxy_may_be_named_by_host_and_port_alone(fake, monkeypatch):
    async with Proxy(port_of(fake)) as proxy:
        async with calling(fake, secure=False, proxy=proxy.address) as client:
            await client.products.get(1)
        environment(monkeypatch, proxy.address)
        async with calling(fake, secure=False, trust_env=True) as client:
            await client.products.get(1)
    assert len(proxy.asked) == 2


async def test_a_client_from_the_environment_takes_them_too(fake, trusting, monkeypatch):
    for name, value in fake.credentials.items():
        monkeypatch.setenv(f"SITOO_{name.upper()}", str(value))
    monkeypatch.setenv("SITOO_BASE_URL", f"https://{HOST}")
    async with Proxy(port_of(fake), wants=WANTED) as proxy:
        async with SitooClient.from_env(
            proxy=proxy.url, proxy_auth=(LOGIN, PASSWORD), ssl=trusting, user_agent="shop-sync/2.1"
        ) as client:
            await client.products.get(1)
        environment(monkeypatch, proxy.with_password)
        async with SitooClient.from_env(trust_env=True, ssl=trusting) as client:
            await client.products.get(1)
    assert proxy.tunnels == 2
    assert fake.requests[0].headers["User-Agent"].endswith(" shop-sync/2.1")


# ------------------------------------------------------------------------- what can't be used

BASE = {"api_id": "90316-125", "password": "x", "base_url": "https://api.example"}
SECRET = f"http://{LOGIN}:{ENCODED}"

BAD = {
    "another kind": ("proxy", {"proxy": f"socks5://{LOGIN}:{ENCODED}@proxy.example:1080"}),
    "a NUL in the host": ("proxy", {"proxy": f"http://{LOGIN}:{ENCODED}@proxy\0.example"}),
    "a space in the host": ("proxy", {"proxy": f"http://{LOGIN}:{ENCODED}@proxy example"}),
    "a long label": ("proxy", {"proxy": f"http://{LOGIN}:{ENCODED}@{'a' * 64}.example"}),
    "no port": ("proxy", {"proxy": f"http://{LOGIN}:{ENCODED}@proxy.example:0"}),
    "no URL": ("proxy", {"proxy": f"{SECRET}@proxy.example:port"}),
    "no host": ("proxy", {"proxy": f"{SECRET}@:3128"}),
    "a slash in the password": ("proxy", {"proxy": f"http://{LOGIN}:p/{ENCODED}@proxy.example:1"}),
    "a number sign in it": ("proxy", {"proxy": f"http://{LOGIN}#{ENCODED}@proxy.example:1"}),
    "a question mark in it": ("proxy", {"proxy": f"http://{LOGIN}?{ENCODED}@proxy.example:1"}),
    "empty": ("proxy", {"proxy": ""}),
    "another type": ("proxy", {"proxy": f"{SECRET}@proxy.example".encode()}),
    "a login alone": ("proxy_auth", {"proxy": "proxy", "proxy_auth": (PASSWORD,)}),
    "a text": ("proxy_auth", {"proxy": "proxy", "proxy_auth": f"{LOGIN}:{PASSWORD}"}),
    "no text": ("proxy_auth", {"proxy": "proxy", "proxy_auth": (LOGIN, PASSWORD.encode())}),
    "a colon": ("proxy_auth", {"proxy": "proxy", "proxy_auth": (f"{LOGIN}:", PASSWORD)}),
    "no characters": ("proxy_auth", {"proxy": "proxy", "proxy_auth": (LOGIN, f"\ud800{PASSWORD}")}),
    "no proxy": ("proxy_auth", {"proxy_auth": (LOGIN, PASSWORD)}),
    "no truth": ("trust_env", {"trust_env": "yes"}),
    "no certificate": ("ssl", {"ssl": "ca.pem"}),
    "an empty suffix": ("user_agent", {"user_agent": ""}),
    "a line end": ("user_agent", {"user_agent": "shop\r\nX: y"}),
    "space around": ("user_agent", {"user_agent": " shop"}),
    "no ASCII": ("user_agent", {"user_agent": "blåbär/1.0"}),
    "no name": ("user_agent", {"user_agent": 1.0}),
}


@pytest.mark.parametrize(("field", "options"), BAD.values(), ids=list(BAD))
def test_what_can_not_be_used_is_refused_by_name_and_without_showing_it(field, options):
    with pytest.raises(errors.InvalidOptionError) as caught:
        SitooClient(**BASE, **options)
    assert caught.value.field == field
    assert field in str(caught.value)
    assert_no_credentials(everything_shown(caught.value))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_of_the_environment_that_can_not_be_used_is_refused_by_name(monkeypatch, scheme):
    monkeypatch.setenv(f"{scheme}_proxy", f"socks5://{LOGIN}:{ENCODED}@proxy.example:1080")
    base = {**BASE, "base_url": f"{scheme}://127.0.0.1"}
    with pytest.raises(errors.InvalidOptionError, match=f"{scheme}_proxy must be") as caught:
        SitooClient(**base, trust_env=True)
    assert_no_credentials(everything_shown(caught.value))


async def test_the_application_is_named_in_the_user_agent_beside_a_session_too(fake):
    async with (
        aiohttp.ClientSession(headers={"User-Agent": "another/1.0"}) as session,
        SitooClient(**fake.credentials, session=session, user_agent="shop-sync/2.1 (a)") as client,
    ):
        await client.products.get(1)
    agent = fake.requests[0].headers["User-Agent"]
    assert agent.startswith("sitoo_async/")
    assert agent.endswith(" shop-sync/2.1 (a)")

"""The way out: where requests go through, as the user says it or as a lent session was made.

A lent session decides where and how bytes go: its connector, proxy, limits, traces, middlewares. It
does not decide who we are: its headers, cookies, authentication, base URL and error settings are
not read, but for what its proxy wants to see. What can't be honoured is refused by name, since a
request that leaves by another way than the user's may break a rule of their network.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from ssl import SSLContext
from types import SimpleNamespace
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

import aiohttp
import attrs
from yarl import URL

from sitoo_async._checks.looking import LookingAtOption
from sitoo_async._checks.values import is_a
from sitoo_async._http.keys import Secret, authorization, parts_of, secret_of
from sitoo_async.errors import InvalidOptionError

__all__ = [
    "BrokenError",
    "Proxy",
    "ProxyAuth",
    "Route",
    "Trust",
    "concealed_pair",
    "concealed_url",
    "route_of",
]

Trust = SSLContext | aiohttp.Fingerprint | bool
"""What a server's certificate is held against, as aiohttp takes it."""

ProxyAuth = tuple[str, str] | aiohttp.BasicAuth
"""A login and its password."""


class BrokenError(Exception):
    """A broken connection under a name that aiohttp does not know, and so does not re-send on."""


@attrs.frozen
class Proxy:
    """A proxy.

    Attributes:
        url: where it is, without credentials.
        authorization: the ``Proxy-Authorization`` that it wants, if any.
    """

    url: URL
    authorization: Secret | None = None


@attrs.frozen
class Route:
    """How requests leave.

    Attributes:
        proxy: the proxy that they go through.
        proxies: by origin, that of requests to other hosts, where the environment names it.
        ssl: what a server's certificate is held against, where no session was lent.
        session: the lent session.
        settings: what it was made with, by the parameters of a session.
        traces: its trace configs.
        middlewares: its middlewares.
    """

    proxy: Proxy | None = None
    ssl: Trust = True
    session: aiohttp.ClientSession | None = None
    settings: Mapping[str, Any] = attrs.field(factory=dict[str, Any])
    traces: Sequence[aiohttp.TraceConfig] = ()
    middlewares: Sequence[aiohttp.ClientMiddlewareType] = ()
    proxies: Mapping[str, Proxy | None] = attrs.field(factory=dict[str, Proxy | None])

    def to(self, origin: str) -> Route:
        """That to another host: some are reached without the proxy, some by one of their own."""
        return attrs.evolve(self, proxy=self.proxies.get(origin, self.proxy))


def route_of(
    origin: str,
    session: aiohttp.ClientSession | None = None,
    *,
    others: Iterable[str] = (),
    proxy: Secret | None = None,
    proxy_auth: tuple[Any, ...] | None = None,
    trust_env: bool = False,
    ssl: Trust | None = None,
) -> Route:
    """The way out of a client.

    Args:
        origin: where its requests are to arrive.
        session: the session that was lent to it, open or not; it is read here, once.
        others: the origins of the other hosts that it may call.
        proxy: as `concealed_url` gives it.
        proxy_auth: as `concealed_pair` gives it.
        trust_env: whether the environment names the proxy, where `proxy` does not.
        ssl: what the server's certificate is held against; None for what the system trusts.

    Raises:
        InvalidOptionError: one of them is not what it has to be, or can't be honoured, or is given
            beside a session.
    """
    if session is not None:
        given = {"proxy": proxy, "proxy_auth": proxy_auth, "trust_env": trust_env, "ssl": ssl}
        for name, value in given.items():
            # Not by `in`: what was given may have an equality of its own.
            if not (value is None or (value is False and name == "trust_env")):
                raise InvalidOptionError(
                    f"{name} and session exclude each other: the session that is lent decides how "
                    "requests go out, so make it with that setting",
                    field=name,
                )
        # A class of the user's may tell its settings in a way of its own.
        with LookingAtOption("session"):
            return _lent(origin, others, session)
    if not is_a(trust_env, bool):
        raise InvalidOptionError("trust_env must be True or False", field="trust_env")
    if ssl is not None and not is_a(ssl, (SSLContext, aiohttp.Fingerprint, bool)):
        raise InvalidOptionError(
            "ssl must be an ssl.SSLContext, an aiohttp.Fingerprint, True or False", field="ssl"
        )
    if proxy_auth is not None and proxy is None and not trust_env:
        raise InvalidOptionError("proxy_auth needs proxy, or trust_env", field="proxy_auth")
    proxy_to = partial(
        _proxy, given=proxy, field="proxy", trust_env=trust_env, first=_basic(proxy_auth)
    )
    return Route(
        proxy=proxy_to(origin),
        proxies={other: proxy_to(other) for other in others} if trust_env else {},
        ssl=True if ssl is None else ssl,
    )


# ----------------------------------------------------------------------- credentials of a proxy


def concealed_url(proxy: Any) -> Secret | None:
    """A proxy's URL as it was given, hidden before anything can go wrong: it may hold a password.

    What is none at all becomes one that is refused later on.
    """
    if proxy is None:
        return None
    return Secret(proxy) if is_a(proxy, URL) else secret_of(proxy) or Secret()


def concealed_pair(credentials: Any) -> tuple[Any, ...] | None:
    """A login and a password as they were given, hidden before anything can go wrong.

    An ``aiohttp.BasicAuth`` is such a pair; the third thing in it, an encoding, is left out.
    """
    if credentials is None:
        return None
    return tuple(map(secret_of, parts_of(credentials)[:2]))


def _basic(pair: tuple[Any, ...] | None) -> Secret | None:
    if pair is None:
        return None
    if len(pair) == 2 and None not in pair and ":" not in pair[0]:
        with suppress(UnicodeEncodeError):
            return authorization(*pair)
    raise InvalidOptionError(
        "proxy_auth must be a login, without a colon in it, and its password", field="proxy_auth"
    )


# ------------------------------------------------------------------------------------- the proxy


def _proxy(
    origin: str,
    *,
    given: Secret | None,
    field: str,
    trust_env: bool,
    first: Secret | None = None,
    last: Secret | None = None,
) -> Proxy | None:
    """The proxy that was given, else the environment's where that is asked.

    Args:
        origin: where the requests are to arrive.
        given: its URL.
        field: the option that gave it.
        trust_env: whether to ask the environment.
        first: the authorization that goes before what the URL holds.
        last: the authorization that comes after that.
    """
    if given is None and trust_env:
        to = URL(origin)
        # Not by aiohttp's function for it: that asks netrc, which nothing here does.
        if not (proxy_bypass(to.host or "") or proxy_bypass(f"{to.host}:{to.port}")):
            field = f"{to.scheme}_proxy"
            given = concealed_url(getproxies().get(to.scheme))
    if given is None:
        return None
    proxy = _parsed(given)
    if proxy is None:
        named = "the proxy of session" if field == "session" else field
        raise InvalidOptionError(
            f"{named} must be the URL of an http or https proxy, such as http://proxy.example:3128,"
            " with login and password percent-encoded where they are part of it; for a proxy of "
            "another kind, lend a session whose connector speaks to it",
            field=field,
        )
    return attrs.evolve(proxy, authorization=first or proxy.authorization or last)


def _parsed(text: Secret) -> Proxy | None:
    """The proxy that a URL names; None where it names none.

    It raises nothing: the traceback of what goes on inside would show the password.
    """
    with suppress(ValueError):
        url = URL(text if "://" in text else f"http://{text}")
        if (
            url.scheme in ("http", "https")
            and url.port
            # Others fail at each call only; the encoding refuses labels that are too long.
            and re.fullmatch(rb"[\w.:%-]+", (url.raw_host or "").encode("idna"))
            and not url.fragment
            and url.raw_path_qs == "/"
        ):
            named = url.user is not None or url.password is not None
            header = authorization(url.user or "", url.password or "") if named else None
            return Proxy(url.origin(), header)
    return None


# ---------------------------------------------------------------------------- of a lent session

_PASSED_ON: Final = (
    "request_class",
    "response_class",
    "read_bufsize",
    "max_line_size",
    "max_field_size",
    "max_headers",
)
"""Settings without a public name that our own session is made with."""

_SIGNALS: Final = [name for name in dir(aiohttp.TraceConfig) if name.startswith("on_")]


def _lent(origin: str, others: Iterable[str], session: aiohttp.ClientSession) -> Route:
    if not is_a(session, aiohttp.ClientSession):
        raise InvalidOptionError("session must be an aiohttp.ClientSession", field="session")
    for name in ("request", "_request"):
        aiohttps = getattr(type(session), name) is getattr(aiohttp.ClientSession, name)
        if not aiohttps or name in vars(session):
            raise InvalidOptionError(
                f"session has its own {name}, which can't be used here: lend a plain "
                "aiohttp.ClientSession, with a middleware for what that does",
                field="session",
            )
    proxy_to = partial(
        _proxy,
        given=concealed_url(_setting(session, "default_proxy")),
        field="session",
        trust_env=session.trust_env,
        first=_lent_auth(session),
        # The only place in which a session can hold it that aiohttp does not call outdated.
        last=secret_of(session.headers.get("Proxy-Authorization")),
    )
    settings = {name: _setting(session, name) for name in _PASSED_ON}
    settings.update(version=session.version, skip_auto_headers=session.skip_auto_headers)
    return Route(
        proxy=proxy_to(origin),
        proxies={other: proxy_to(other) for other in others} if session.trust_env else {},
        session=session,
        settings=settings,
        traces=[_relay(config, session) for config in session.trace_configs],
        middlewares=_setting(session, "middlewares"),
    )


def _setting(session: aiohttp.ClientSession, name: str) -> Any:
    """A setting that aiohttp keeps to itself; this is the only place that reads one."""
    try:
        return getattr(session, f"_{name}")
    except AttributeError:
        raise InvalidOptionError(
            f"session does not tell its {name} with aiohttp {aiohttp.__version__}, so it can't be "
            "honoured: lend none, and give the client proxy=, trust_env= or ssl=",
            field="session",
        ) from None


def _lent_auth(session: aiohttp.ClientSession) -> Secret | None:
    if _setting(session, "default_proxy_auth") is None:
        return None
    # Never in a variable: its repr shows the password.
    return Secret(_setting(session, "default_proxy_auth").encode())


def _relay(config: aiohttp.TraceConfig, session: aiohttp.ClientSession) -> aiohttp.TraceConfig:
    """A config that tells that one, in the name of the session that it was made for."""
    contexts: Any = config.trace_config_ctx  # a callable, where the type of one is declared
    relay = aiohttp.TraceConfig(trace_config_ctx_factory=contexts)
    for name in _SIGNALS:
        signal = getattr(config, name)
        if signal:
            getattr(relay, name).append(partial(_tell, signal, session))
    relay.freeze()
    return relay


async def _tell(
    signal: Any, session: aiohttp.ClientSession, _: Any, context: SimpleNamespace, params: Any
) -> None:
    error = getattr(params, "exception", None)
    if isinstance(error, BrokenError):
        params = attrs.evolve(params, exception=error.__cause__)
    await signal.send(session, context, params)

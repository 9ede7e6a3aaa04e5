"""The client: construction, lifecycle, options, and the resources as cached attributes."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict, Unpack, cast, get_args

import attrs

from sitoo_async._checks.looking import Looking, LookingAtOption
from sitoo_async._checks.show import shown
from sitoo_async._checks.values import LARGEST, check_number, is_a, trimmed
from sitoo_async._gates import check_gate
from sitoo_async._gates._from_url import gate_from_url
from sitoo_async._groups import Groups
from sitoo_async._http.address import Address
from sitoo_async._http.connections import Origin
from sitoo_async._http.keys import (
    Key,
    KeyPair,
    Secret,
    authorization,
    check_account,
    checked_keys,
    concealed,
    hidden,
    keys_from_text,
)
from sitoo_async._http.messages import Method, Request, Response, plain_json
from sitoo_async._http.route import (
    ProxyAuth,
    Route,
    Trust,
    concealed_pair,
    concealed_url,
    route_of,
)
from sitoo_async._http.services import SERVICES, ServiceName, divides, places_of, services_named
from sitoo_async._http.transport import Transport, user_agent_of
from sitoo_async._http.url import plain_path, query_string
from sitoo_async._lane.options import Options
from sitoo_async._lane.retry import RetryPolicy
from sitoo_async._lane.session import Session
from sitoo_async.errors import (
    InvalidInputError,
    InvalidOptionError,
    WrongLoopError,
)

if TYPE_CHECKING:
    from types import TracebackType

    import aiohttp
    from yarl import URL

    from sitoo_async._gates import Gate
    from sitoo_async._http.observers import Observer
    from sitoo_async._lane.options import Priority
    from sitoo_async._lane.stats import LaneStats

__all__ = ["OptionFields", "SitooClient"]

_VARIABLES: Final = {
    "SITOO_API_ID",
    "SITOO_PASSWORD",
    "SITOO_BASE_URL",
    "SITOO_ACCOUNT_ID",
    "SITOO_SITE",
    *(f"SITOO_{service.option}".upper() for service in SERVICES.values()),
}
"""What the environment says by a variable of its own and the client takes as a parameter."""

_METHODS: Final[tuple[Method, ...]] = get_args(Method)

_SERVICES: Final[tuple[ServiceName, ...]] = get_args(ServiceName)


class OptionFields(TypedDict, total=False):
    """What `SitooClient` and `SitooClient.with_options` take; `Options` describes each."""

    queue_timeout: float | None
    request_timeout: float
    deadline: float | None
    max_rate_limit_wait: float
    max_waiting: int | None
    priority: Priority
    retry: RetryPolicy
    bulk_seconds: float | None
    coalesce: bool
    pin: bool
    strict: bool
    keep_unknown: bool
    max_response_bytes: int


class SitooClient(Groups):
    """An account of Sitoo, called through the single lane of one API key, or one lane for each key.

    Build it anywhere, inside a loop or not; it binds to the loop of its first call. Clients with
    the same key and host share one lane in a loop. Use it with ``async with``, or close it with
    `aclose`.

    With several keys, as many requests are under way at once. A call waits for whichever key is
    free first; so two calls that are under way together may reach Sitoo in either order, unless
    the option `pin` keeps the order of writes. Should Sitoo turn out to allow the account one
    request at a time whatever its key, the client goes on with the first key alone and says so in
    the log, after three refusals at the most; if it turns out late, after ten in a row.

    Args:
        api_id: the API ID, such as ``10020-140``.
        password: the API password.
        keys: several keys of the account instead, as pairs ``(api_id, password)`` or `Key`
            objects.
        base_url: as the Backoffice prints it: a bare host, one with ``/v2``, or with
            ``/v2/accounts/{id}``. Must be https, unless it is a loopback address.
        account_id: the account's number; left out, the API ID tells it. Another account than
            that of the API ID is refused; of an API ID that doesn't tell one, you are warned.
        journals_url: where Journals v3 is, if not at ``https://journals.sitooapis.com/v3``; another
            host, or a URL whose path stands before those of the service. It gets the same API ID
            and password. Where `base_url` is a loopback address, a service is called only if its
            URL is given: what is meant for a test server had better not reach the real hosts.
        purchase_prices_url: likewise, where Purchase Prices v3 is.
        shipments_v3_url: likewise, where Shipments v3 is.
        site: the default site, by its eshopid.
        session: an ``aiohttp.ClientSession``, used and never closed. Its connector, proxy,
            ``trust_env``, limits, ``trace_configs`` and ``middlewares`` decide how requests go
            out; its headers, cookies, authentication, timeouts and error settings are not used.
        proxy: the URL of an http or https proxy that requests go through.
        proxy_auth: a login and password for it, where they are not part of its URL.
        trust_env: whether the environment names the proxy (``HTTPS_PROXY``, ``NO_PROXY``), where
            `proxy` does not. It is read once, here. A netrc file is never read.
        ssl: what Sitoo's certificate is held against: an ``ssl.SSLContext``, an
            ``aiohttp.Fingerprint``, or False for nothing at all. Left out, what the system trusts.
        user_agent: what names your application, such as ``shop-sync/2.1``; it is added to the
            User-Agent.
        gate: the right to use the key, where other processes use it too: a `FileGate`, a
            `PostgresGate`, a `RedisGate`, or an engine of your own; None where this process is
            alone. It is used and never closed.
        own_lanes: services that are to have lanes of their own, such as ``["shipments-v3"]``.
            Nobody knows whether Sitoo counts a key's requests to its several hosts together, so as
            it comes all of them take turns in one lane, and a 429 of one holds all. A service with
            a lane of its own is called beside everything else, one request at a time; its holds
            are its own, and it asks `gate` for a right of its own. Give all clients of the key the
            same, in all processes: who names a service takes no turns with who doesn't.
        grace: seconds that closing waits for an exchange in flight.
        observers: called with an `ExchangeRecord` after each exchange.
        options: timeouts, limits, retries; see `Options`.

    Raises:
        InvalidOptionError: an option that can't work, by its name; nothing is sent.

    Reference: https://developer.sitoo.com/introduction
    """

    def __init__(
        self,
        *,
        api_id: str | None = None,
        password: str | None = None,
        keys: Iterable[Key | KeyPair] | None = None,
        base_url: str,
        account_id: int | str | None = None,
        journals_url: str | None = None,
        purchase_prices_url: str | None = None,
        shipments_v3_url: str | None = None,
        site: int = 1,
        session: aiohttp.ClientSession | None = None,
        proxy: str | URL | None = None,
        proxy_auth: ProxyAuth | None = None,
        trust_env: bool = False,
        ssl: Trust | None = None,
        user_agent: str | None = None,
        gate: Gate | None = None,
        own_lanes: Iterable[ServiceName] = (),
        grace: float = 10.0,
        observers: Sequence[Observer] = (),
        **options: Unpack[OptionFields],
    ) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        password = hidden(password)
        keys = concealed(keys)
        base_url = hidden(base_url)
        urls = {
            "journals_url": concealed_url(journals_url),
            "purchase_prices_url": concealed_url(purchase_prices_url),
            "shipments_v3_url": concealed_url(shipments_v3_url),
        }
        del journals_url, purchase_prices_url, shipments_v3_url
        proxy = concealed_url(proxy)
        proxy_auth = concealed_pair(proxy_auth)
        checked = checked_keys(api_id, password, keys)
        grace = check_number("grace", grace, zero=True)
        if gate is not None:
            with LookingAtOption("gate"):
                check_gate(gate)
        with LookingAtOption("observers"):
            watching = tuple(observers) if is_a(observers, Iterable) else None
        if watching is None or not all(map(callable, watching)):
            raise InvalidOptionError(
                "observers must be a list of functions that take an ExchangeRecord",
                field="observers",
            )
        self._options = _options(Options(), options)
        self._site = _site(site)
        address = Address.parse(base_url, account_id=account_id, api_id=checked[0].api_id)
        check_account(
            checked, address.account_id, "base_url" if account_id is None else "account_id"
        )
        places = places_of(address, urls)
        route = route_of(
            address.origin,
            session,
            others=[place.origin for place in places.values()],
            proxy=proxy,
            proxy_auth=proxy_auth,
            trust_env=trust_env,
            ssl=ssl,
        )
        self._session = Session(
            address,
            places=places,
            keys=checked,
            connect=partial(_connect, route, user_agent_of(user_agent)),
            gate=gate,
            own_lanes=services_named(own_lanes),
            grace=grace,
            observers=watching,
            origin=Origin.here(f"{type(self).__name__} for {address.origin}"),
            lent=session is not None,
        )

    @classmethod
    def from_env(
        cls,
        *,
        session: aiohttp.ClientSession | None = None,
        proxy: str | URL | None = None,
        proxy_auth: ProxyAuth | None = None,
        trust_env: bool = False,
        ssl: Trust | None = None,
        user_agent: str | None = None,
        gate: Gate | None = None,
        own_lanes: Iterable[ServiceName] = (),
        grace: float = 10.0,
        observers: Sequence[Observer] = (),
        **options: Unpack[OptionFields],
    ) -> Self:
        """A client from the environment, which nothing else here ever reads.

        ``SITOO_API_ID``, ``SITOO_PASSWORD`` and ``SITOO_BASE_URL`` must be set. Instead of the
        first two, ``SITOO_KEYS`` may hold several keys: ``id:password,id:password``.
        ``SITOO_ACCOUNT_ID``, ``SITOO_SITE``, ``SITOO_JOURNALS_URL``, ``SITOO_PURCHASE_PRICES_URL``,
        ``SITOO_SHIPMENTS_V3_URL`` and ``SITOO_GATE`` may be. The last one says by whom the key is
        shared: ``file:///path``, ``postgresql://…`` or ``redis://…`` (``rediss://``,
        ``valkey://``). Such a gate is closed with the client; `gate`, where given, wins.

        Spaces, line ends and byte order marks around a variable are taken off; around a password
        the latter two, and a space is refused.

        Raises:
            InvalidOptionError: a variable is missing or can't be used.
            ConfigurationError: the package of the gate's engine is not installed.
        """
        proxy = concealed_url(proxy)
        proxy_auth = concealed_pair(proxy_auth)
        api_id, base_url = _variable("SITOO_API_ID"), hidden(_variable("SITOO_BASE_URL"))
        password, keys, gate_url = map(_secret, ("SITOO_PASSWORD", "SITOO_KEYS", "SITOO_GATE"))
        if keys and (api_id or password):
            raise InvalidOptionError(
                "SITOO_KEYS and SITOO_API_ID with SITOO_PASSWORD exclude each other",
                field="SITOO_KEYS",
            )
        one = {} if keys else {"SITOO_API_ID": api_id, "SITOO_PASSWORD": password}
        missing = [name for name, value in {**one, "SITOO_BASE_URL": base_url}.items() if not value]
        if missing:
            raise InvalidOptionError(
                f"set {', '.join(missing)} in the environment", field=missing[0]
            )
        urls = {
            service.option: hidden(_variable(f"SITOO_{service.option}".upper())) or None
            for service in SERVICES.values()
        }
        site = _variable("SITOO_SITE") or "1"
        own_gate = gate is None and bool(gate_url)
        if own_gate:
            gate_url = Secret(trimmed(gate_url))
            if not gate_url.isprintable():
                raise InvalidOptionError(
                    "SITOO_GATE holds what can't be seen, such as a line end: copy it anew",
                    field="SITOO_GATE",
                )
            gate = gate_from_url(gate_url)
        try:
            client = cls(
                api_id=None if keys else api_id,
                password=None if keys else password,
                keys=keys_from_text(keys) if keys else None,
                base_url=base_url,
                account_id=_variable("SITOO_ACCOUNT_ID") or None,
                **urls,
                # Of ASCII: to Python, digits of any script are an int.
                site=int(site) if re.fullmatch(r"[0-9]{1,18}", site) else _site(site),
                session=session,
                proxy=proxy,
                proxy_auth=proxy_auth,
                trust_env=trust_env,
                ssl=ssl,
                user_agent=user_agent,
                gate=gate,
                own_lanes=own_lanes,
                grace=grace,
                observers=observers,
                **options,
            )
        except InvalidOptionError as error:
            variable = f"SITOO_{error.field}".upper()
            if variable not in _VARIABLES or not os.environ.get(variable):
                raise
            raise InvalidOptionError(f"{variable}: {error.message}", field=error.field) from None
        client._session.closes_gate = own_gate  # an instance of this class
        return client

    # -------------------------------------------------------------------------------- views

    def with_options(self, **options: Unpack[OptionFields]) -> Self:
        """A view with other options; it shares the lane and the session.

        Closing a view closes the client it was made from.

        Raises:
            InvalidOptionError: an option that can't work, by its name.
        """
        return self._view(_options(self._options, options), self._site)

    def within(self, seconds: float) -> Self:
        """A view whose calls all have to be over that many seconds from now, together.

        ::

            quick = sitoo.within(2.0)  # for one web request, say
            order = await quick.orders.get(1)
            customer = await quick.users.get(order.userid)  # with what the first call left

        What `deadline` is to one call, this is to all calls of the view: one that is not over in
        time ends with a `DeadlineError`, whose `sent` says whether the server may have done the
        work. (`asyncio.timeout` can't tell.) A call that begins later is not sent at all. An own
        `deadline`, and a view of this view with less time, still end sooner.

        Args:
            seconds: from now, more than 0.

        Raises:
            InvalidOptionError: `seconds` is no such number.
            WrongLoopError: no event loop runs here, whose time could be meant.
        """
        check_number("seconds", seconds)
        try:
            now = asyncio.get_running_loop().time()
        except RuntimeError:
            raise WrongLoopError(
                "within() counts from now on the running event loop: call it in a coroutine"
            ) from None
        ends_at = now + seconds
        if self._options.ends_at is not None:
            ends_at = min(ends_at, self._options.ends_at)
        return self._view(attrs.evolve(self._options, ends_at=ends_at), self._site)

    def site(self, site: int) -> Self:
        """A view of another site of the account, by its eshopid; it shares lane and session.

        Raises:
            InvalidOptionError: not an eshopid. A GUID would get empty answers, not an error.
        """
        return self._view(self._options, _site(site))

    def _view(self, options: Options, site: int) -> Self:
        view = type(self).__new__(type(self))
        vars(view).update(_options=options, _site=site, _session=self._session)
        return view

    # ---------------------------------------------------------------------------- lifecycle

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose(drain=kind is None)

    async def aclose(self, *, drain: bool = True) -> None:
        """Take no more calls, end those under way, and close the connections.

        An exchange in flight is awaited for up to `grace` seconds in any case, and even when the
        closing task is cancelled. Closing twice is harmless.

        Args:
            drain: whether calls that wait for their turn are still served; otherwise they get a
                `ClientClosedError`. ``async with`` drains, unless an exception ends it.

        Raises:
            WrongLoopError: the client is at work in another loop.
        """
        await self._session.aclose(drain=drain)

    def stats(self) -> LaneStats:
        """What the key's lane is doing; of several keys, all together.

        What lanes of services' own (`own_lanes`) do is counted in.

        It is the lane in the loop that the client is bound to, wherever it is asked: in another
        loop or thread, or where none runs. Before the first call it is that of the running loop,
        if other clients use the key there; else nothing was sent yet.
        """
        return self._session.stats()

    def stats_by_key(self) -> dict[str, LaneStats]:
        """What the lane of each key is doing, by API ID; in which loop, `stats` says."""
        return self._session.stats_by_key()

    # ------------------------------------------------------------------------------- calling

    async def request(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        repeatable: bool | None = None,
        service: ServiceName | None = None,
    ) -> Response:
        """Any request below the account, through the lane: the way to what has no method here.

        Args:
            method: GET, POST, PUT or DELETE.
            path: below the account, such as ``/sites/1/products.json``; of a service, below that,
                such as ``/shipments``.
            params: query parameters; lists are joined by commas, datetimes become seconds.
            json: the body, of plain JSON types.
            repeatable: whether it may be sent again when its outcome is unknown; left out, only
                a GET may.
            service: the service that it is for, where that has a host of its own:
                ``"journals-v3"``, ``"purchase-prices-v3"`` or ``"shipments-v3"``.

        Returns:
            The raw answer, always a 2xx.

        Raises:
            InvalidInputError: a method, path, parameter, body or service that can't be meant.
            ServerError: a 502 of Shipments v3 to more than one row (`num`), at once: the page would
                be larger than 1 MB. Ask for fewer.
            SitooError: as for every call.
        """
        with Looking("method"):
            known: Method | None = next((name for name in _METHODS if method == name), None)
        if known is None:
            raise InvalidInputError(
                f"method must be GET, POST, PUT or DELETE, not {shown(method)}", field="method"
            )
        if repeatable is not None and not is_a(repeatable, bool):
            raise InvalidInputError(
                f"repeatable must be True, False or None, not {shown(repeatable)}",
                field="repeatable",
            )
        with Looking("service"):
            named: ServiceName | None = next((name for name in _SERVICES if service == name), None)
        if named is None and service is not None:
            raise InvalidInputError(
                f"service must be {' or '.join(map(repr, _SERVICES))}, not {shown(service)}",
                field="service",
            )
        query = query_string({} if params is None else params)
        rows = re.search(r"(?:^|&)num=([0-9]+)", query)
        request = Request(
            method=known,
            path=plain_path(path, below="the account" if named is None else "the service"),
            query=query,
            payload=None if json is None else plain_json(json),
            repeatable=known == "GET" if repeatable is None else repeatable,
            service=named,
            divisible=rows is not None and rows[1].lstrip("0") not in ("", "1") and divides(named),
        )
        return await self._session.call(request, self._options)

    def __repr__(self) -> str:
        if "_session" not in vars(self):
            # A traceback of a failed construction shows the client half made.
            return f"<{type(self).__name__} unfinished>"
        session = self._session
        return (
            f"<{type(self).__name__} account {session.address.account_id} site {self._site} "
            f"at {session.address.origin}, {session.state}>"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("a client holds credentials and connections: it is not pickled")


def _connect(route: Route, user_agent: str, key: Key, origin: str) -> Transport:
    header = authorization(key.api_id, key.password)
    return Transport(header, route=route.to(origin), user_agent=user_agent)


def _variable(name: str) -> str:
    """A variable of the environment, without what surrounds it unseen; empty where it isn't set."""
    return trimmed(os.environ.get(name, ""))


def _secret(name: str) -> Secret:
    """A variable of the environment that holds a secret, as it is."""
    return Secret(os.environ.get(name, ""))


def _site(site: object) -> int:
    if is_a(site, int) and not is_a(site, bool):
        number = int.__index__(cast("int", site))
        if 1 <= number <= LARGEST:
            return number
    raise InvalidOptionError(
        f"site must be the eshopid, an int from 1, not {shown(site)}", field="site"
    )


def _options(base: Options, changes: Mapping[str, Any]) -> Options:
    known = attrs.fields_dict(Options).keys() - {"ends_at"}
    for name in changes:
        if name not in known:
            raise InvalidOptionError(
                f"{shown(name)} is not an option: {_instead(name, known)}", field=name
            )
    return attrs.evolve(base, **changes)


def _instead(name: str, options: AbstractSet[str]) -> str:
    """What may have been meant by an option that there isn't."""
    # Only whoever made a slip waits for it to load.
    from difflib import get_close_matches  # noqa: PLC0415

    ones = {*SitooClient.__init__.__annotations__, *options}.difference(("options", "return"))
    if name in ones:
        return "it is given when the client is made, and not to a view"
    near = get_close_matches(name, sorted(ones), n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(options))}"

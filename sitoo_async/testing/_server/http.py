"""FakeSitoo: a real HTTP server on loopback that keeps the rules of the Sitoo REST API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.account import Account
from sitoo_async.testing._account.pos import add_z_report
from sitoo_async.testing._account.world import World
from sitoo_async.testing._reference.routes_v3 import roots
from sitoo_async.testing._server.exchanges import Exchanges, Rules
from sitoo_async.testing._server.faults import check_seconds
from sitoo_async.testing._server.keys import Key
from sitoo_async.testing._server.requests import RecordedRequest
from sitoo_async.testing._server.telling import Teller

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from sitoo_async._client import SitooClient
    from sitoo_async.testing._reference.parameters import Item
    from sitoo_async.testing._server.faults import Fault

__all__ = ["FakeSitoo", "RecordedRequest"]


class FakeSitoo(Teller):
    """A Sitoo account behind a real HTTP server on loopback, written from the public reference.

    It serves every operation of the v2 reference, and those of Journals, Purchase Prices and
    Shipments v3 whose paths are known, on the same port below ``/journals/v3`` and so on. A test
    looks into its stores with `items` and puts something in with `add`. It refuses what the
    reference says that Sitoo refuses: a second request while one is in flight, more requests than
    a slot allows, unknown fields, prices off their pattern. Faults can be scripted, and every
    request is recorded. With `deliver_events` it tells a partner of what changes, as Sitoo does.
    Time is the running loop's, so on a `VirtualTimeLoop` ten-minute slots pass at once, and so
    does the day after which an event is lost.

    Example:
        >>> async with FakeSitoo(products=100) as fake:
        ...     fake.script(Fault.drop(when="after", method="PUT"))
        ...     async with fake.client() as sitoo:
        ...         await sitoo.products.get(21)

    A plain ``with`` serves from a thread of its own. Code under test that is synchronous outside
    (a Celery task, a command, a Django view) has event loops of its own, and while one of them
    runs, a server in the loop of the test would stand still.

        >>> with FakeSitoo(products=100) as fake:
        ...     synchronise_prices(**fake.credentials)

    Args:
        products: how many products of the catalogue the first site holds from the start.
        orders: how many orders each site holds from the start.
        z_reports: how many z-reports each cash register has made.
        users: how many users the account holds.
        service_orders: how many service orders the account holds.
        wrapped_gift_cards: whether a gift card is wrapped when it is read, too: the reference
            shows it bare there, and wrapped after a change.
        seed: of the catalogue, of the rest of the world and of the request ids.
        account_id: the account number in the path.
        api_id: the first API key; default ``{account_id}-125``.
        password: of that key.
        sites: the eshopids that exist.
        host: the address to listen on.
        port: 0 takes a free one.
        delay: seconds of work that each admitted request takes, during which its key is busy.
        slot_seconds: the length of a slot.
        slot_requests: how many requests a key may make in one slot; None: any number.
        per_account: whether one request at a time is allowed to the account, not to each key.
        services_apart: whether each v3 service counts the requests of a key for itself, beside
            v2 and the others. Nobody knows what the real ones do; by default they count together.
        record: whether `requests` and `deliveries` are filled; a server that runs for days had
            better not.

    Attributes:
        requests: every request since the start or the last `reset`, in the order of arrival.
        deliveries: every batch of events likewise, with each try and what became of it.
    """

    def __init__(
        self,
        *,
        products: int = 0,
        orders: int = 12,
        z_reports: int = 4,
        users: int = 6,
        service_orders: int = 4,
        wrapped_gift_cards: bool = False,
        seed: int = 1,
        account_id: int = 90316,
        api_id: str | None = None,
        password: str = "fake-password",  # noqa: S107  # it opens this fake and nothing else
        sites: Sequence[int] = (1, 2),
        host: str = "127.0.0.1",
        port: int = 0,
        delay: float = 0.0,
        slot_seconds: float = 600.0,
        slot_requests: int | None = None,
        per_account: bool = False,
        services_apart: bool = False,
        record: bool = True,
    ) -> None:
        if not sites:
            raise ValueError("sites: name at least one eshopid")
        check_seconds("delay", delay)
        check_seconds("slot_seconds", slot_seconds)
        super().__init__(host, port, account_id, record=record)
        self.requests: list[RecordedRequest] = []
        self._account_id = account_id
        self._api_id = f"{account_id}-125" if api_id is None else api_id
        self._password = password
        self._sites = tuple(sites)
        self._account = Account(
            sites,
            seed,
            self._clock,
            World(orders, z_reports, users, service_orders),
            wrapped_gift_cards=wrapped_gift_cards,
        )
        self._exchanges = Exchanges(
            self._account,
            Rules(
                account_id=account_id,
                delay=delay,
                slot_seconds=slot_seconds,
                slot_requests=slot_requests,
                per_account=per_account,
                services_apart=services_apart,
            ),
            self.requests if record else None,
            seed,
        )
        self._account.tell = self._happened
        self.add_key(self._api_id, password)
        self.add_products(products)

    # The server's life.

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._exchanges.handle(request)

    def _begin(self) -> None:
        self._exchanges.begin()

    async def _end(self) -> None:
        await self._events.end()
        await self._exchanges.end()

    @property
    def journals_url(self) -> str:
        """The root URL of Journals v3 here."""
        return self._root_of("journals-v3")

    @property
    def purchase_prices_url(self) -> str:
        """The root URL of Purchase Prices v3 here."""
        return self._root_of("purchase-prices-v3")

    @property
    def shipments_v3_url(self) -> str:
        """The root URL of Shipments v3 here."""
        return self._root_of("shipments-v3")

    def _root_of(self, service: str) -> str:
        return self.base_url + roots()[service]

    @property
    def credentials(self) -> dict[str, Any]:
        """What a client is built with: ``SitooClient(**fake.credentials)``."""
        return {
            "account_id": self._account_id,
            "api_id": self._api_id,
            "password": self._password,
            "base_url": self.base_url,
            "journals_url": self.journals_url,
            "purchase_prices_url": self.purchase_prices_url,
            "shipments_v3_url": self.shipments_v3_url,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        return {
            "SITOO_ACCOUNT_ID": str(self._account_id),
            "SITOO_API_ID": self._api_id,
            "SITOO_PASSWORD": self._password,
            "SITOO_BASE_URL": self.base_url,
            "SITOO_JOURNALS_URL": self.journals_url,
            "SITOO_PURCHASE_PRICES_URL": self.purchase_prices_url,
            "SITOO_SHIPMENTS_V3_URL": self.shipments_v3_url,
            "SITOO_SITE": str(self._sites[0]),
        }

    def client(self, **options: Any) -> SitooClient:
        """A client of this server, not opened yet; it takes what `SitooClient` takes."""
        # The server stands without the client, so the client loads only where it is asked for.
        from sitoo_async._client import SitooClient  # noqa: PLC0415

        return SitooClient(**{**self.credentials, **options})

    # What a test does to it.

    def script(self, *faults: Fault) -> None:
        """Queue `faults`; each admitted request meets the first one in the queue that fits it."""
        self._in_its_loop(self._exchanges.faults.extend, faults)

    def add_key(self, api_id: str, password: str) -> None:
        """Let another API key of this account in."""
        self._exchanges.keys[api_id] = Key(password)

    def products(self, site: int | None = None) -> dict[int, Item]:
        """The live store of `site` (default: the first) by productid.

        A test may read and change it: what it holds is what the server answers.
        """
        return self._account.products(self._sites[0] if site is None else site).items

    def add_products(self, count: int, site: int | None = None) -> None:
        """Add the next `count` products of the catalogue to `site` (default: the first)."""
        at = self._sites[0] if site is None else site
        self._in_its_loop(self._account.add_products, count, at)

    def items(self, path: str) -> dict[Any, Item]:
        """The live store of the collection at `path`, by key.

        A test may read and change it: what it holds is what the server answers. A single object,
        such as the settings of a site, stands under the key None; a view of several collections,
        such as ``/orders``, holds nothing itself. The paths of the v3 services begin as they do
        on this server; ``/purchaseprices/v3/mappings`` is not served, but a test may write to it
        which lists were assigned to which site.

        Example:
            >>> fake.items("/sites/1/warehouses/1/warehouseitems")["10001-1"]["decimaltotal"]
            >>> fake.items("/shipments/v3/shipments")[shipment_id]["state"]

        Raises:
            KeyError: there is no such path.
            ValueError: it names one item.
        """
        return self._account.items(path)

    def add(self, path: str, item: Mapping[str, Any]) -> Any:
        """Add `item` to the collection at `path` as a request would, with all that follows.

        Example:
            >>> fake.add("/sites/1/orders", {"ordertypeid": 10, "orderitems": [...]})

        Returns:
            What the server would: mostly the key.

        Raises:
            KeyError: there is no such path.
            ValueError: the server would refuse it.
        """
        return self._in_its_loop(self._account.put_in, path, dict(item))

    def add_journal_entry(
        self,
        register_id: str,
        kind: str,
        data: Mapping[str, Any] | None = None,
        *,
        created: int | None = None,
        added: int | None = None,
        practice: bool = False,
    ) -> int:
        """Write an entry into the journal of a cash register.

        Args:
            register_id: the register's GUID in braces.
            kind: the type of the entry, such as ``cart-item-add``.
            data: what belongs to it, which depends on its type.
            created: when it happened, in seconds since the epoch; None: now.
            added: when it reached the server; None: as soon as it happened. A register that was
                offline delivers late.
            practice: whether it was made in training.

        Returns:
            Its id.

        Raises:
            KeyError: there is no such register.
        """
        return self._in_its_loop(
            self._account.v3.journals.note,
            register_id,
            {"type": kind, "data": dict(data or {}), "ispractice": practice},
            created,
            added,
        )

    def add_z_report(self, register_id: str, **fields: Any) -> int:
        """Close a cash register for the day, as its staff does.

        Args:
            register_id: the register's GUID in braces.
            **fields: fields of the z-report, such as ``moneysalestotal``.

        Returns:
            The zreportid.

        Raises:
            KeyError: there is no such register.
        """
        return self._in_its_loop(add_z_report, self._account, register_id, fields)

    def unlock(self) -> None:
        """Free the keys that a fault left locked, and let hanging requests end."""
        self._in_its_loop(self._exchanges.unlock)

    def reset(self) -> None:
        """Forget records, faults, counters, slots, locks and events; the stores stay."""
        self._in_its_loop(self._exchanges.reset)
        self._in_its_loop(self._events.clear)

    # What it counted.

    @property
    def highest_in_flight(self) -> int:
        """The largest number of requests of one key that were open at once.

        Refused ones are included. A request stays open until its work is over, even if its client
        has gone. A lock that a fault left behind is not a request.
        """
        return self._exchanges.highest_in_flight

    @property
    def overlaps(self) -> int:
        """How many were refused because the key was busy; not those of `Fault.refuse`."""
        return self._exchanges.overlaps

    @property
    def limited(self) -> int:
        """How many were refused because the slot was used up."""
        return self._exchanges.limited

    @property
    def shipments_limit(self) -> int:
        """How many bytes an answer of Shipments v3 may have, compressed; above it is 502.

        A test may set it: a megabyte of shipments is a lot.
        """
        return self._exchanges.shipments_limit

    @shipments_limit.setter
    def shipments_limit(self, size: int) -> None:
        self._exchanges.shipments_limit = size

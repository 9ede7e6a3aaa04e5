"""How the processes of a shop may call Sitoo: with a lock and a sleep, or through the lane."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol, Unpack

import attrs
from _model import Server

from sitoo_async import Grant, SitooClient
from sitoo_async._client import OptionFields
from sitoo_async._http.messages import Request, Response
from sitoo_async._http.verdict import judge
from sitoo_async.errors import RateLimitError, SitooError

KEY: Final = "1-1"
CHUNK: Final = 1000
PAGE: Final = 1000


class Worker(Protocol):
    """One process, and its way of calling."""

    async def lookup(self, number: int) -> None:
        """Get a product."""

    async def change(self, number: int) -> None:
        """Change a product."""

    async def move(self, number: int) -> None:
        """Add a stock movement."""

    async def prices(self, number: int) -> None:
        """Change the prices of that many products."""

    async def levels(self, number: int) -> None:
        """Set the stock levels of that many articles."""

    async def products(self, number: int) -> None:
        """Walk all products."""

    async def stock(self, number: int) -> None:
        """Walk the stock of a warehouse."""

    async def aclose(self) -> None:
        """Let go of what is held; calls under way are dropped."""


@attrs.frozen
class Habits:
    """How a client without a lane goes about it.

    Attributes:
        tries: how often a request is sent that is refused with a 429.
        pause: seconds to sleep after the first refusal; doubles each time.
        longest: the most that the pause grows to.
        pace: seconds to sleep after every request.
    """

    tries: int
    pause: float
    longest: float
    pace: float = 0.0


BACKS_OFF: Final = Habits(tries=5, pause=1.5, longest=60.0)
PACES: Final = Habits(tries=8, pause=5.0, longest=120.0, pace=0.5)
"""Two ways found in public code. Neither reads ``X-Rate-Limit-Reset``, and both are kinder here
than there, where only the order of the statements keeps two requests apart."""


class LockAndSleep:
    """A lock around each request, and a sleep after each refusal; what fails otherwise, fails.

    Whoever gives up waiting for an answer also gives up the lock, though Sitoo is still at work.
    """

    def __init__(self, server: Server, habits: Habits) -> None:
        self._transport = server.transport(KEY)
        self._habits = habits
        self._lock = asyncio.Lock()

    async def _send(self, request: Request) -> Response:
        habits, pause = self._habits, self._habits.pause
        async with self._lock:
            for left in reversed(range(habits.tries)):
                response = await self._transport.send(request, root="", seconds=120, limit=1 << 26)
                outcome = judge(response).outcome
                if not isinstance(outcome, RateLimitError) or not left:
                    break
                await asyncio.sleep(pause)
                pause = min(2 * pause, habits.longest)
            await asyncio.sleep(habits.pace)
        if isinstance(outcome, SitooError):
            raise outcome
        return outcome

    async def lookup(self, number: int) -> None:
        await self._send(Request("GET", f"/sites/1/products/{number}.json"))

    async def change(self, number: int) -> None:
        payload = {"moneyprice": "149.00"}
        await self._send(Request("PUT", f"/sites/1/products/{number}.json", payload=payload))

    async def move(self, number: int) -> None:
        payload = movement(number)
        await self._send(Request("POST", "/sites/1/warehousetransactions.json", payload=payload))

    async def prices(self, number: int) -> None:
        await self._batch("/sites/1/products.json", new_prices(number))

    async def levels(self, number: int) -> None:
        await self._batch("/sites/1/warehouses/1/warehouseitems.json", new_levels(number))

    async def _batch(self, path: str, items: list[dict[str, Any]]) -> None:
        for start in range(0, len(items), CHUNK):
            await self._send(Request("PUT", path, payload=items[start : start + CHUNK]))

    async def products(self, number: int) -> None:
        del number
        await self._walk("/sites/1/products.json")

    async def stock(self, number: int) -> None:
        del number
        await self._walk("/sites/1/warehouses/1/warehouseitems.json")

    async def _walk(self, path: str) -> None:
        start, total = 0, 1
        while start < total:
            answer = await self._send(Request("GET", path, f"start={start}&num={PAGE}"))
            page = json.loads(answer.body)
            start, total = start + len(page["items"]), page["totalcount"]

    async def aclose(self) -> None:
        await self._transport.aclose()


class ThroughTheLane:
    """The client of this library; what is not urgent goes as bulk."""

    def __init__(self, client: SitooClient) -> None:
        self.client = client
        self._bulk = client.with_options(priority="bulk")

    async def lookup(self, number: int) -> None:
        await self.client.products.get(number)

    async def change(self, number: int) -> None:
        await self.client.products.update(number, moneyprice="149.00")

    async def move(self, number: int) -> None:
        await self._bulk.warehouse_transactions.add(**movement(number))

    async def prices(self, number: int) -> None:
        batch = self._bulk.products.update_many(new_prices(number), chunk_size=CHUNK)
        (await batch).raise_for_failures()

    async def levels(self, number: int) -> None:
        batch = self._bulk.warehouses.items.set_many(1, new_levels(number), chunk_size=CHUNK)
        (await batch).raise_for_failures()

    async def products(self, number: int) -> None:
        del number
        async for _ in self._bulk.products.list(page_size=PAGE).pages():
            pass

    async def stock(self, number: int) -> None:
        del number
        async for _ in self._bulk.warehouses.items.list(1, page_size=PAGE).pages():
            pass

    async def aclose(self) -> None:
        await self.client.aclose(drain=False)


def movement(number: int) -> Any:
    """A stock movement of one article."""
    item = {"sku": f"{number}", "decimalquantity": 1, "moneypricein": "3.45"}
    return {"warehouseid": 1, "transactiontype": 10, "items": [item]}


def new_prices(count: int) -> list[Any]:
    """A batch of price changes."""
    return [{"productid": number, "moneyprice": "149.00"} for number in range(1, count + 1)]


def new_levels(count: int) -> list[Any]:
    """A batch of stock levels."""
    return [{"sku": f"{number}", "decimaltotal": 12} for number in range(1, count + 1)]


class SharedGate:
    """The right to use a key among the lanes of one loop, each of which stands for a process.

    First in, first out, and the hold goes along, as with the gates for Redis and PostgreSQL.

    Args:
        seconds: what a question to the engine takes.
    """

    def __init__(self, seconds: float = 0.001) -> None:
        self._seconds = seconds
        self._keys: dict[str, _Right] = {}

    def _right(self, key: str) -> _Right:
        # The lanes bear the names of different hosts, or there would be one for the whole loop.
        return self._keys.setdefault(key.rpartition(" ")[2], _Right())

    async def acquire(self, key: str) -> Grant:
        """Wait for the right to use a key."""
        await asyncio.sleep(self._seconds)
        right, loop = self._right(key), asyncio.get_running_loop()
        if right.taken:
            turn = loop.create_future()
            right.queue.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if not turn.cancelled():  # it came at the same moment
                    right.hand_on()
                raise
        right.taken = True
        left = right.held_until - loop.time()
        return Grant(hold=left if left > self._seconds else 0.0)

    async def release(self, key: str, hold: float) -> None:
        """Give the right back, and tell how long the key is on hold."""
        await asyncio.sleep(self._seconds)
        right = self._right(key)
        # The hold counts from before the question, else each hand-over would prolong it.
        ends = asyncio.get_running_loop().time() - self._seconds + hold
        right.held_until = max(right.held_until, ends)
        right.hand_on()

    async def aclose(self) -> None:
        """There is nothing to close."""


@attrs.define(eq=False)
class _Right:
    """Who has the right to use one key, and who waits for it."""

    taken: bool = False
    held_until: float = 0.0
    queue: deque[asyncio.Future[None]] = attrs.field(factory=deque)

    def hand_on(self) -> None:
        while self.queue:
            turn = self.queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self.taken = False


# ------------------------------------------------------------------------------- who calls, and how

Hire = Callable[[Server], list[Worker]]
"""Makes the processes that call, in the loop that runs."""


def locked(habits: Habits, *, processes: int) -> Hire:
    """Processes with a lock of their own each, and one key for all."""
    return lambda server: [LockAndSleep(server, habits) for _ in range(processes)]


def laned(*keys: Sequence[str], **options: Unpack[OptionFields]) -> Hire:
    """Processes with this library, each with its keys; a gate where any key is shared.

    Args:
        keys: for each process, the API IDs that it uses.
        options: the client's.
    """

    def hire(server: Server) -> list[Worker]:
        used = [api_id for each in keys for api_id in each]
        gate = SharedGate() if len({*used}) < len(used) else None
        workers: list[Worker] = []
        for process, api_ids in enumerate(keys):
            client = SitooClient(
                keys=[(api_id, "it opens nothing") for api_id in api_ids],
                # A host for each process: clients of one host and key would share a lane.
                base_url=f"https://process{process}.example",
                gate=gate,
                **options,
            )
            client._session.connect = lambda key, _: server.transport(key.api_id)  # noqa: SLF001  # it has no sockets
            workers.append(ThroughTheLane(client))
        return workers

    return hire

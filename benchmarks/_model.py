"""A model of Sitoo's rules on the loop's own time: what a key may do, and how long it takes.

It stands in for the transport, so that all of the client above it runs as it is. There are no
sockets, no stores and no checks of what is sent. `sitoo_async.testing.FakeSitoo` has all that and
is what tests use, but a week of it would take an hour.
"""

from __future__ import annotations

import asyncio
import json
import math
import random
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs

import attrs

from sitoo_async._http.messages import Request, Response
from sitoo_async._http.transport import Transport
from sitoo_async.errors import ReadError

ROWS: Final = 50_000
"""How many rows each collection holds."""


@attrs.frozen
class Assumptions:
    """What the model takes for granted.

    The reference tells the rules: one request in flight for a key, slots of ten minutes that count
    requests and the server's resources, ``X-Rate-Limit-Reset`` in seconds, a key that stays locked
    after a 50x until the work ends or the slot passes. It gives no number but the ten minutes.
    Every other number here is an assumption: a guess at a shop on a good line.

    Attributes:
        latency: seconds on the way, there and back.
        single: seconds of work that any request takes.
        row: further seconds for each row of a page.
        item: further seconds for each item of a batch.
        spread: how far the work of equal requests differs, as the standard deviation to the mean.
        requests: how many a key may make in a slot; None: any number. Refused ones do not count.
        work: seconds of work that a key may cause in a slot; None: any number.
        slot: seconds that a slot lasts.
        breaks: how often work ends in a 502, for each second of it. Large batches break more often.
        goes_on: seconds that the work goes on after a 502, on average; it locks the key.
        loses: how often a connection is lost in the middle of a request.
    """

    latency: float = 0.03
    single: float = 0.15
    row: float = 0.001
    item: float = 0.01
    spread: float = 0.5
    requests: int | None = 300
    work: float | None = None
    slot: float = 600.0
    breaks: float = 1 / 3600
    goes_on: float = 20.0
    loses: float = 1 / 5000

    def without_trouble(self) -> Assumptions:
        """The same, but nothing breaks and equal requests take equal time."""
        return attrs.evolve(self, spread=0.0, breaks=0.0, loses=0.0)


@attrs.define(eq=False)
class Key:
    """One API key, as the server sees it; times are the loop's.

    Attributes:
        slot: the slot that `used` and `worked` belong to.
        used: requests admitted in it.
        worked: seconds of work in it.
        open: requests whose clients wait for an answer.
        works_until: when the admitted request's work ends.
        locked_until: when work ends that no client waits for any more, since it got a 502 or no
            answer.
    """

    slot: int = 0
    used: int = 0
    worked: float = 0.0
    open: int = 0
    works_until: float = 0.0
    locked_until: float = 0.0


@attrs.define
class Tally:
    """What the server saw.

    Attributes:
        requests: how many came.
        overlaps: refused, since another request of the key was in flight.
        locked: refused, since the key was locked after a 502 or a lost connection.
        limited: refused, since the slot was used up.
        broken: ended in a 502.
        lost: ended without an answer.
        most_at_once: requests of one key that were open at once, refused ones included.
        busy: seconds that admitted requests were under way, in all.
        things: rows, items and single objects that were answered for.
        fullest: the most requests admitted in one slot of one key.
        used_up: slots in which a key was refused for its limit.
    """

    requests: int = 0
    overlaps: int = 0
    locked: int = 0
    limited: int = 0
    broken: int = 0
    lost: int = 0
    most_at_once: int = 0
    busy: float = 0.0
    things: int = 0
    fullest: int = 0
    used_up: int = 0

    @property
    def refused(self) -> int:
        """All that were answered with a 429."""
        return self.overlaps + self.locked + self.limited


class Server:
    """Sitoo, as far as a key's rules go."""

    def __init__(self, assumptions: Assumptions, *, seed: int) -> None:
        self.assumptions = assumptions
        self.tally = Tally()
        self._random = random.Random(seed)  # noqa: S311  # chance, not secrets
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._keys: dict[str, Key] = {}
        self._used_up: set[tuple[str, int]] = set()

    def transport(self, api_id: str) -> Transport:
        """What sends the requests of a key here."""
        return _Line(self, api_id)

    async def answer(self, api_id: str, request: Request) -> Response:
        """Take a request and answer it, in the time that it takes.

        The model's clock is ahead of the clients' by the way there, which is the same for all; so
        each exchange needs one timer and not three.

        Raises:
            ReadError: the connection was lost.
        """
        key = self._keys.setdefault(api_id, Key())
        self.tally.requests += 1
        key.open += 1
        self.tally.most_at_once = max(self.tally.most_at_once, key.open)
        try:
            return await self._turn(api_id, key, request)
        finally:
            # Also of a client that went away; the work for it is not over.
            key.open -= 1

    async def _turn(self, api_id: str, key: Key, request: Request) -> Response:
        assumed, tally, now = self.assumptions, self.tally, self._loop.time()
        refusal = self._refusal(api_id, key, now)
        if refusal is not None:
            await asyncio.sleep(assumed.latency)
            return refusal
        things = _size(request)
        seconds = self._seconds(request, things)
        key.used += 1
        key.worked += seconds
        key.works_until = ends = now + seconds
        tally.fullest = max(tally.fullest, key.used)
        if self._random.random() < assumed.loses:
            key.locked_until = ends
            gone = assumed.latency + seconds * self._random.random()
            tally.lost += 1
            tally.busy += gone
            await asyncio.sleep(gone)
            raise ReadError("the connection was lost", sent="unknown")
        broken = self._random.random() > math.exp(-assumed.breaks * seconds)
        if broken:
            goes_on = self._random.expovariate(1 / assumed.goes_on)
            key.locked_until = min(ends + goes_on, max(ends, self._slot_end(ends)))
        tally.busy += assumed.latency + seconds
        await asyncio.sleep(assumed.latency + seconds)
        if broken:
            tally.broken += 1
            return Response(502, {}, b"<html>Bad Gateway</html>")
        tally.things += things
        return Response(200, {}, _body(request, things))

    def _refusal(self, api_id: str, key: Key, now: float) -> Response | None:
        tally = self.tally
        if now < key.works_until or now < key.locked_until:
            if now < key.locked_until:
                tally.locked += 1
            else:
                tally.overlaps += 1
            return Response(429, {}, b'{"statuscode":429,"errortext":"429: Too many connections"}')
        slot = self._slot(now)
        if slot != key.slot:
            key.slot, key.used, key.worked = slot, 0, 0.0
        assumed = self.assumptions
        if (assumed.requests is None or key.used < assumed.requests) and (
            assumed.work is None or key.worked < assumed.work
        ):
            return None
        tally.limited += 1
        self._used_up.add((api_id, slot))
        tally.used_up = len(self._used_up)
        left = math.ceil(self._slot_end(now) - now)
        return Response(
            429,
            {"X-Rate-Limit-Reset": str(left)},
            b'{"statuscode":429,"errortext":"429: Too many requests"}',
        )

    def _slot(self, now: float) -> int:
        return int((now - self._began) // self.assumptions.slot)

    def _slot_end(self, now: float) -> float:
        return self._began + (self._slot(now) + 1) * self.assumptions.slot

    def _seconds(self, request: Request, things: int) -> float:
        assumed = self.assumptions
        seconds = assumed.single
        if request.method == "GET":
            seconds += assumed.row * things if request.query else 0.0
        elif isinstance(request.payload, list):
            seconds += assumed.item * things
        if not assumed.spread:
            return seconds
        shape = assumed.spread**-2
        return seconds * self._random.gammavariate(shape, 1 / shape)


class _Line(Transport):
    """A transport without a session."""

    def __init__(self, server: Server, api_id: str) -> None:
        self._server = server
        self._api_id = api_id

    async def send(self, request: Request, *, root: str, seconds: float, limit: int) -> Response:  # noqa: ARG002  # no URL, and no answer that is too late or too long
        loop = asyncio.get_running_loop()
        began = loop.time()
        answer = await self._server.answer(self._api_id, request)
        took = loop.time() - began
        # The sizes of batches and the evidence about the keys go by these.
        return attrs.evolve(answer, elapsed=took, answered_in=took)

    async def aclose(self) -> None:
        pass  # there is nothing to close

    def rest(self) -> None:
        pass  # nor to keep

    def drop(self) -> None:
        pass


def _size(request: Request) -> int:
    """How many rows a page has, or items a batch; else 1."""
    if request.method == "GET" and request.query:
        asked = parse_qs(request.query)
        return max(0, min(int(asked["num"][0]), ROWS - int(asked["start"][0])))
    return len(request.payload) if isinstance(request.payload, list) else 1


def _body(request: Request, things: int) -> bytes:
    if request.method == "GET":
        return _page(things) if request.query else b'{"productid":1}'
    # What is added or set is answered with its id, what is updated with true.
    named = request.method == "POST" or request.path.endswith("/warehouseitems.json")
    bare = "1" if named else "true"
    return _results(bare, things) if isinstance(request.payload, list) else bare.encode()


@lru_cache(maxsize=8)
def _page(rows: int) -> bytes:
    items = [{"productid": number, "sku": f"{number}"} for number in range(1, rows + 1)]
    return json.dumps({"totalcount": ROWS, "items": items}).encode()


@lru_cache(maxsize=1024)
def _results(bare: str, items: int) -> bytes:
    result = f'{{"statuscode":200,"return":{bare}}}'
    return f"[{','.join([result] * items)}]".encode()

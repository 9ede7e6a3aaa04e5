"""Ways to do a shop's jobs with Sitoo: this client, a lock around others, and a generated client.

Each is written as one writes it who knows of the rule of one request at a time, and no more; but
for the generated one, which is used as it comes. What that leads to is counted by the jobs.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

import aiohttp
import httpx
import orjson
from _generator import describe, generated
from _products import products
from _server import ROOT, page_path

from sitoo_async import SitooClient

API_ID, PASSWORD = "1-1", "bench"
_HEADERS: Final = {
    "Authorization": f"Basic {b64encode(f'{API_ID}:{PASSWORD}'.encode()).decode()}",
    "Content-Type": "application/json",
}
_CHUNK: Final = 1000
_PATIENCE: Final = 120.0


class Peer(Protocol):
    """A way to do the jobs."""

    async def walk(self, fields: Sequence[str], page_size: int) -> int:
        """Walk all products, and tell how many came."""

    async def get(self, number: int) -> int:
        """Get a product, and tell the number that it bears."""

    async def change_prices(self, numbers: Sequence[int]) -> int:
        """Change the prices of these products, and tell how many are known to have failed."""

    async def update(self, number: int) -> bool:
        """Change one product, and tell whether it is known to be done."""


def _price(number: int) -> str:
    return f"{number % 400}.90"


class Ours:
    """This client, through its typed methods."""

    def __init__(self, sitoo: SitooClient) -> None:
        self._sitoo = sitoo

    async def walk(self, fields: Sequence[Any], page_size: int) -> int:
        received = 0
        async for _ in self._sitoo.products.list(fields=fields, page_size=page_size):
            received += 1
        return received

    async def get(self, number: int) -> int:
        return (await self._sitoo.products.get(number)).productid

    async def change_prices(self, numbers: Sequence[int]) -> int:
        result = await self._sitoo.products.update_many(
            {"productid": number, "moneyprice": _price(number)} for number in numbers
        )
        return len(result.failed)

    async def update(self, number: int) -> bool:
        await self._sitoo.products.update(number, moneyprice=_price(number))
        return True  # else it would have raised


class Locked:
    """A lock around each request, and plain dictionaries; a status of 400 and more raises.

    The answer to a batch is a 200, so it is taken for success. Whoever is cancelled lets go of the
    connection and of the lock, and the next request is sent at once.
    """

    def __init__(self, send: Callable[[str, str, bytes | None], Awaitable[bytes]]) -> None:
        self._send = send
        self._lock = asyncio.Lock()

    async def _json(self, method: str, path: str, payload: Any = None) -> Any:
        body = None if payload is None else orjson.dumps(payload)
        async with self._lock:
            answer = await self._send(method, path, body)
        return orjson.loads(answer)

    async def walk(self, fields: Sequence[str], page_size: int) -> int:
        received, total = 0, 1
        while received < total:
            page = await self._json("GET", page_path(received, page_size, fields))
            total = page["totalcount"]
            for _ in page["items"]:
                received += 1
        return received

    async def get(self, number: int) -> int:
        product = await self._json("GET", f"{ROOT}/sites/1/products/{number}.json")
        return int(product["productid"])

    async def change_prices(self, numbers: Sequence[int]) -> int:
        changes = [{"productid": number, "moneyprice": _price(number)} for number in numbers]
        for start in range(0, len(changes), _CHUNK):
            chunk = changes[start : start + _CHUNK]
            await self._json("PUT", f"{ROOT}/sites/1/products.json", chunk)
        return 0  # nothing raised

    async def update(self, number: int) -> bool:
        path = f"{ROOT}/sites/1/products/{number}.json"
        await self._json("PUT", path, {"moneyprice": _price(number)})
        return True  # else it would have raised


class Generated:
    """A client generated from a description, with its models and without a lock.

    What its functions give has ``parsed``: the model of a 200, None of everything else. The model
    of a batch's answer shows the outcome of each item, and is looked into.
    """

    def __init__(self, module: Any, client: Any) -> None:
        self._module, self._client = module, client

    async def walk(self, fields: Sequence[str], page_size: int) -> int:
        received, total = 0, 1
        while received < total:
            answer = await self._module.list_products(
                client=self._client, start=received, num=page_size, fields=",".join(fields)
            )
            total = answer.parsed.totalcount
            for _ in answer.parsed.items:
                received += 1
        return received

    async def get(self, number: int) -> int:
        answer = await self._module.get_product(number, client=self._client)
        return int(answer.parsed.productid)

    async def change_prices(self, numbers: Sequence[int]) -> int:
        product, failed = self._module.Product, 0
        changes = [product(productid=number, moneyprice=_price(number)) for number in numbers]
        for start in range(0, len(changes), _CHUNK):
            chunk = changes[start : start + _CHUNK]
            answer = await self._module.update_products(client=self._client, body=chunk)
            failed += sum(outcome.statuscode != 200 for outcome in answer.parsed)
        return failed

    async def update(self, number: int) -> bool:
        change = self._module.Product(moneyprice=_price(number))
        answer = await self._module.update_product(number, client=self._client, body=change)
        return bool(answer.parsed)


@contextlib.asynccontextmanager
async def ours(url: str) -> AsyncIterator[Peer]:
    """This client as it comes."""
    async with SitooClient(api_id=API_ID, password=PASSWORD, base_url=url) as sitoo:
        yield Ours(sitoo)


@contextlib.asynccontextmanager
async def coalescing(url: str) -> AsyncIterator[Peer]:
    """This client with the option that lets calls leave together."""
    async with SitooClient(api_id=API_ID, password=PASSWORD, base_url=url, coalesce=True) as sitoo:
        yield Ours(sitoo)


@contextlib.asynccontextmanager
async def locked_aiohttp(url: str) -> AsyncIterator[Peer]:
    """Raw aiohttp behind a lock, with orjson."""
    async with aiohttp.ClientSession(url, headers=_HEADERS, raise_for_status=True) as session:

        async def send(method: str, path: str, body: bytes | None) -> bytes:
            async with session.request(method, path, data=body) as answer:
                return await answer.read()

        yield Locked(send)


@contextlib.asynccontextmanager
async def locked_httpx(url: str) -> AsyncIterator[Peer]:
    """The other asyncio client that people use behind a lock, with orjson."""
    async with httpx.AsyncClient(
        base_url=url,
        headers=_HEADERS,
        timeout=_PATIENCE,
        verify=False,  # noqa: S501  # there is no TLS on loopback, so nothing is loaded for it
    ) as client:

        async def send(method: str, path: str, body: bytes | None) -> bytes:
            answer = await client.request(method, path, content=body)
            return answer.raise_for_status().content

        yield Locked(send)


@functools.cache
def _generated_module() -> Any:
    return generated(describe(products(100)))


@contextlib.asynccontextmanager
async def generated_client(url: str) -> AsyncIterator[Peer]:
    """A client of the kind that openapi-python-client makes, over httpx."""
    module = _generated_module()
    headers = {"Authorization": _HEADERS["Authorization"]}
    base_url = f"{url}{ROOT}"
    async with module.Client(base_url=base_url, headers=headers, verify_ssl=False) as client:
        yield Generated(module, client)


AIOHTTP: Final = "lock around raw aiohttp"
OURS: Final = "sitoo_async"
COALESCING: Final = "… coalesce=True"
PEERS: Final[dict[str, Callable[[str], AbstractAsyncContextManager[Peer]]]] = {
    AIOHTTP: locked_aiohttp,
    "lock around httpx": locked_httpx,
    "generated client, no lock": generated_client,
    OURS: ours,
    COALESCING: coalescing,
}

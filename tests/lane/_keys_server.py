"""What the tests of several keys share: the keys, a client of them, and what it sent."""

from __future__ import annotations

import asyncio
import logging

from sitoo_async import SitooClient
from sitoo_async.testing import FakeSitoo, Fault

KEYS = [("90316-125", "fake-password"), ("90316-126", "second-pw"), ("90316-127", "third-pw")]
FIVE = [*KEYS, ("90316-128", "fourth-pw"), ("90316-129", "fifth-pw")]


def serving(**options):
    """A server that knows all of them, and takes 20 ms for a request; it is not started yet."""
    server = FakeSitoo(**{"products": 60, "delay": 0.02} | options)
    for api_id, password in FIVE[1:]:
        server.add_key(api_id, password)
    return server


def client_of(server, keys=KEYS, **options):
    return SitooClient(keys=keys, base_url=server.base_url, **options)


def limit(seconds, **which):
    """The slot of a key is used up for so long."""
    headers = {"X-Rate-Limit-Reset": f"{seconds}"}
    return Fault.answer(429, headers=headers, errortext="429: limit", **which)


def now():
    return asyncio.get_running_loop().time()


def used(server):
    """The last digits of the keys, in the order of the requests."""
    return "".join(request.api_id[-1] for request in server.requests)


def gets(client, numbers):
    """Calls that have begun, one for each product."""
    return [asyncio.ensure_future(client.products.get(number)) for number in numbers]


async def seconds_for(client, calls):
    """How long so many calls take that begin at once; each has its own answer."""
    began = now()
    numbers = [1 + n % 60 for n in range(calls)]
    results = await asyncio.gather(*gets(client, numbers))
    assert [product.productid for product in results] == numbers
    return now() - began


def warnings(caplog):
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]

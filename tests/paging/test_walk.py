"""What a walk asks a server for, request by request."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from sitoo_async import SitooClient
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = pytest.mark.virtual_time


@pytest.mark.parametrize("fails", [None, 3], ids=["all goes well", "a page is too much at once"])
async def test_a_walk_whose_pages_find_their_size_asks_for_each_row_once(fails):
    async with (
        FakeSitoo(products=1_500, delay=0.03) as fake,
        SitooClient(**fake.credentials, bulk_seconds=5.0) as client,
    ):
        seen = []
        async for page in client.products.list(fields=["productid"], page_size=1_500).pages():
            seen += [product.productid for product in page]
            if len(fake.requests) == fails:
                fake.script(Fault.html502())
            # Meanwhile the page that was asked for in advance comes, and the next size is another.
            await asyncio.sleep(0.2)
    served = [
        (int(request.query["start"][0]), int(request.query["num"][0]))
        for request in fake.requests
        if request.status == 200
    ]
    assert seen == sorted({*seen})
    assert len(seen) == 1_500
    assert len(served) < 7
    assert all(start + num == next_ for (start, num), (next_, _) in itertools.pairwise(served))

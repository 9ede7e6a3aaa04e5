"""FakeSitoo in a thread of its own, for code under test that has event loops of its own."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from sitoo_async import SitooClient
from sitoo_async.testing import FakeSitoo, Fault

pytest_plugins = ["sitoo_async.testing.fixtures"]


def job(credentials, count=1):
    """Synchronous outside, as a Celery task or a Django view."""

    async def work():
        async with SitooClient(**credentials) as client:
            return [(await client.products.get(n)).productid for n in range(1, count + 1)]

    return asyncio.run(work())


def test_a_plain_with_serves_code_with_a_loop_of_its_own():
    with FakeSitoo(products=3) as fake:
        assert job(fake.credentials, 3) == [1, 2, 3]
        assert job(fake.credentials) == [1]
        assert fake.highest_in_flight == 1
        assert [request.status for request in fake.requests] == [200] * 4


def test_the_fixture_gives_one(fake_sitoo_in_thread):
    assert job(fake_sitoo_in_thread.credentials) == [1]


def test_a_test_does_to_it_what_it_does_to_any_other():
    with FakeSitoo(products=3) as fake:
        fake.script(Fault.drop())
        assert job(fake.credentials) == [1]
        assert len(fake.requests) == 2
        fake.reset()
        assert fake.requests == []
        fake.add_products(2)
        productid = fake.add("/sites/1/products", {"sku": "NEW"})
        assert len(fake.products()) == 6
        assert fake.items("/sites/1/products")[productid]["sku"] == "NEW"


def test_a_request_that_hangs_is_let_go():
    with FakeSitoo(products=3) as fake:
        fake.script(Fault.hang())
        worker = threading.Thread(target=job, args=(fake.credentials,))
        worker.start()
        while not fake.requests:
            time.sleep(0.001)
        fake.unlock()
        worker.join(20)
        assert not worker.is_alive()


def test_several_threads_may_ask_it():
    with FakeSitoo(products=3) as fake:
        fake.add_key("90316-126", "second")
        second = fake.credentials | {"api_id": "90316-126", "password": "second"}
        workers = [
            threading.Thread(target=job, args=(credentials, 3))
            for credentials in (fake.credentials, second)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(20)
        assert len(fake.requests) == 6


def test_it_is_gone_after_the_block_and_can_be_started_anew():
    before = threading.active_count()
    fake = FakeSitoo(products=3)
    for _ in range(2):
        with fake:
            assert job(fake.credentials) == [1]
        with pytest.raises(RuntimeError, match="not started"):
            _ = fake.base_url
    assert threading.active_count() == before


def test_it_can_not_be_started_twice():
    with FakeSitoo() as fake, pytest.raises(RuntimeError, match="started already"), fake:
        pass


async def test_nor_where_it_serves_in_a_loop():
    async with FakeSitoo() as fake:
        with pytest.raises(RuntimeError, match="started already"), fake:
            pass


def test_a_port_that_is_taken_is_told_and_no_thread_is_left():
    before = threading.active_count()
    with FakeSitoo() as fake:
        port = int(fake.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"), FakeSitoo(port=port):
            pass
    assert threading.active_count() == before

"""What a forked child inherits: no connection, no lane, and nothing of its parent's to close."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import attrs
import pytest

from sitoo_async import SitooClient, errors
from sitoo_async._lane.session import _inherit
from sitoo_async.testing import FakeSitoo, Fault

ROOT = Path(__file__).parent.parent

# Each story is one of processes, and tells what they met with. No two of them ask for the same
# product, but for 198 and 199, which nobody is to get: so the server's records name who asked.
STORIES = '''
import asyncio, gc, json, multiprocessing, os, sys, threading

import aiohttp
from sitoo_async import FileGate, SitooClient, SitooError

url, directory, names = sys.argv[1], sys.argv[2], sys.argv[3:]


def made(key="125", **options):
    return SitooClient(
        api_id=f"90316-{key}", password="fake-password", base_url=url, **options
    )


async def ask(client, productid):
    try:
        return (await client.products.get(productid)).productid
    except (SitooError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"


def fork(work, ending=os._exit):
    """What a forked child says when it has worked; it may end as its story wants."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, json.dumps(work()).encode())
        os.close(writer)
        ending(0)
        raise SystemExit  # cleared up as ever, by an interpreter that ends
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(text) if text else None


def used(first, ending=os._exit, work=None, **options):
    """A client that is used before and after a child had its way with it."""
    loop = asyncio.new_event_loop()
    client = made(**options)
    before = loop.run_until_complete(ask(client, first))
    child = fork(lambda: work(loop, client), ending)
    after = loop.run_until_complete(ask(client, first + 1))
    loop.run_until_complete(client.aclose())
    loop.close()
    return [before, child, after]


def calls(loop, client):
    return loop.run_until_complete(ask(client, 199))


def goes_on_with_loop_and_client():
    return used(1, work=calls)


def goes_on_with_a_view():
    def work(loop, client):
        return calls(loop, client.site(1).with_options(coalesce=True))
    return used(3, work=work)


def has_a_loop_of_its_own():
    return used(5, work=lambda loop, client: asyncio.run(ask(client, 199)))


def closes_the_client():
    def work(loop, client):
        async def leave():
            async with client:
                return await ask(client, 199)
        return [loop.run_until_complete(leave()), calls(loop, client)]
    return used(7, work=work)


def ends_as_ever():
    return used(9, ending=lambda status: None, work=lambda loop, client: "ended")


def collects_garbage():
    def work(loop, client):
        kept = [client]
        del client
        kept.clear()
        gc.collect()
        return "collected"
    return used(11, work=work)


def ends_as_ever_with_a_lent_session():
    async def lend():
        return aiohttp.ClientSession()
    loop = asyncio.new_event_loop()
    session = loop.run_until_complete(lend())
    client = made(session=session)
    before = loop.run_until_complete(ask(client, 13))
    child = fork(lambda: calls(loop, client), lambda status: None)
    after = loop.run_until_complete(ask(client, 14))
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(session.close())
    loop.close()
    return [before, child, after]


def was_lent_a_session_and_never_used():
    async def lend():
        return aiohttp.ClientSession()
    loop = asyncio.new_event_loop()
    session = loop.run_until_complete(lend())
    client = made(session=session)
    child = fork(lambda: calls(loop, client))
    after = loop.run_until_complete(ask(client, 16))
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(session.close())
    loop.close()
    return [child, after]


def was_never_used():
    client = made()
    async def once(productid):
        async with client:
            return await ask(client, productid)
    return [fork(lambda: asyncio.run(once(17))), asyncio.run(once(18))]


def whose_loop_is_closed():
    client = made()
    before = asyncio.run(ask(client, 19))
    child = fork(lambda: asyncio.run(ask(client, 20)))
    after = asyncio.run(ask(client, 21))
    asyncio.run(client.aclose())
    return [before, child, after]


def whose_loop_the_child_closes():
    def work(loop, client):
        loop.close()
        return asyncio.run(ask(client, 22))
    return used(23, work=work)


def inside_a_running_loop():
    def stepped(client):
        # There is no loop any more, but whoever goes on there calls what it has.
        call = ask(client, 199)
        try:
            call.send(None)
        except StopIteration as stop:
            return stop.value
    async def main():
        async with made() as client, made() as fresh:
            before = await ask(client, 25)
            child = fork(lambda: [stepped(client), stepped(fresh), asyncio.run(ask(client, 199))])
            return [before, child, await ask(client, 26)]
    return asyncio.run(main())


def in_a_thread():
    async def main():
        async with made() as client:
            flying = asyncio.create_task(ask(client, 27))
            await asyncio.sleep(0)
            child = await asyncio.to_thread(fork, lambda: asyncio.run(ask(client, 199)))
            return [await flying, child, await ask(client, 28)]
    return asyncio.run(main())


def of_a_child():
    async def own(productid):
        async with made() as client:
            return await ask(client, productid)
    def work(loop, client):
        mine = asyncio.new_event_loop()
        another = made()
        first = mine.run_until_complete(ask(another, 29))
        grandchild = fork(lambda: [
            calls(loop, client), calls(mine, another), asyncio.run(own(30))
        ])
        last = mine.run_until_complete(ask(another, 31))
        return [first, grandchild, last]
    return used(32, work=work)


def with_a_request_under_way():
    """The child neither waits for its parent's lane, nor repeats what waits there."""
    async def own():
        async with made() as client:
            return await asyncio.wait_for(ask(client, 34), 10)
    loop = asyncio.new_event_loop()
    client = made()
    async def begin():
        tasks = [asyncio.create_task(ask(client, number)) for number in (35, 36, 37)]
        await asyncio.sleep(0.05)
        return tasks
    tasks = loop.run_until_complete(begin())
    def work():
        theirs = loop.run_until_complete(asyncio.wait_for(asyncio.gather(*tasks), 10))
        return [asyncio.run(own()), *theirs]
    child = fork(work)
    after = loop.run_until_complete(asyncio.gather(*tasks))
    loop.run_until_complete(client.aclose())
    loop.close()
    return [child, after]


def half_way_through_a_walk():
    loop = asyncio.new_event_loop()
    client = made()
    walk = aiter(client.products.list(page_size=3))
    seen = [loop.run_until_complete(anext(walk)).productid for _ in range(4)]
    def work():
        found = []
        try:
            while True:
                found.append(loop.run_until_complete(asyncio.wait_for(anext(walk), 10)).productid)
        except SitooError as error:
            return [len(found) <= 6, f"{type(error).__name__}: {error}"]
    child = fork(work)
    rest = [loop.run_until_complete(anext(walk)).productid for _ in range(20)]
    loop.run_until_complete(walk.aclose())
    loop.run_until_complete(client.aclose())
    loop.close()
    return [seen + rest == list(range(1, 25)), child]


def half_way_through_a_batch():
    loop = asyncio.new_event_loop()
    client = made()
    changes = [{"productid": number, "title": "new"} for number in range(100, 106)]
    batch = aiter(client.products.update_many(changes, chunk_size=2))
    seen = [loop.run_until_complete(anext(batch)).error]
    async def rest():
        return [outcome.error async for outcome in batch]
    def work():
        last = loop.run_until_complete(asyncio.wait_for(rest(), 10))[-1]
        return f"{type(last).__name__}: {last}"
    child = fork(work)
    seen += loop.run_until_complete(rest())
    loop.run_until_complete(client.aclose())
    loop.close()
    return [seen, child]


def with_several_keys():
    loop = asyncio.new_event_loop()
    client = SitooClient(
        keys=[("90316-125", "fake-password"), ("90316-126", "second")], base_url=url
    )
    async def both(*numbers):
        return await asyncio.gather(*(ask(client, number) for number in numbers))
    before = loop.run_until_complete(both(40, 41))
    child = fork(lambda: loop.run_until_complete(both(198, 199)))
    after = loop.run_until_complete(both(42, 43))
    loop.run_until_complete(client.aclose())
    loop.close()
    return [before, child, after]


def that_shares_the_key_by_a_gate():
    """The child waits for its parent's request, although it inherits the file that is locked."""
    gate = FileGate(f"{directory}/gate")
    client = made(gate=gate)
    async def own(productid):
        async with made(gate=FileGate(f"{directory}/gate")) as another:
            return await ask(another, productid)
    before = asyncio.run(ask(client, 44))
    loop = asyncio.new_event_loop()
    async def begin():
        flying = asyncio.create_task(ask(client, 46))
        await asyncio.sleep(0.05)
        return flying
    flying = loop.run_until_complete(begin())
    child = os.fork()
    if not child:
        os._exit(0 if asyncio.run(own(47)) == 47 else 1)
    after = loop.run_until_complete(flying)
    loop.run_until_complete(client.aclose())
    loop.close()
    return [before, after, os.waitpid(child, 0)[1]]


def of_multiprocessing():
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    def work(client):
        queue.put(asyncio.run(ask(client, 199)))
    async def main():
        async with made() as client:
            before = await ask(client, 48)
            process = context.Process(target=work, args=(client,))
            process.start()
            told = queue.get()
            await asyncio.to_thread(process.join)
            return [before, told, process.exitcode, await ask(client, 49)]
    return asyncio.run(main())


def whose_key_is_on_hold():
    """The hold is the key's, whoever uses it; and nobody has to be refused again to learn of it."""
    quick = made("127").with_options(max_rate_limit_wait=0)
    before = asyncio.run(ask(quick, 50))
    child = fork(lambda: [quick.stats().held_for > 0, asyncio.run(ask(quick, 199))])
    asyncio.run(quick.aclose())
    return [before, *child]


for name in names:
    print(json.dumps([name, globals()[name]()]), flush=True)
'''

FORKED = "WrongLoopError: the client was in use before this process was forked"

STOPPED = "not sent, because the batch had to stop: "

RESET = {"X-Rate-Limit-Reset": "60"}

TOLD: dict[str, Any] = {
    "goes_on_with_loop_and_client": [1, FORKED, 2],
    "goes_on_with_a_view": [3, FORKED, 4],
    "has_a_loop_of_its_own": [5, FORKED, 6],
    "closes_the_client": [7, [FORKED, "ClientClosedError: the client is closed"], 8],
    "ends_as_ever": [9, "ended", 10],
    "collects_garbage": [11, "collected", 12],
    "ends_as_ever_with_a_lent_session": [13, FORKED, 14],
    "was_lent_a_session_and_never_used": [FORKED, 16],
    "was_never_used": [17, 18],
    "whose_loop_is_closed": [19, 20, 21],
    "inside_a_running_loop": [25, [FORKED, "WrongLoopError: no event loop", FORKED], 26],
    "in_a_thread": [27, FORKED, 28],
    "of_a_child": [32, [29, [FORKED, FORKED, 30], 31], 33],
    "with_a_request_under_way": [[34, FORKED, FORKED, FORKED], [35, 36, 37]],
    "half_way_through_a_walk": [True, [True, FORKED]],
    "half_way_through_a_batch": [[None] * 6, f"WrongLoopError: {STOPPED}{FORKED[16:]}"],
    "with_several_keys": [[40, 41], [FORKED, FORKED], [42, 43]],
    "that_shares_the_key_by_a_gate": [44, 46, 0],
    "whose_key_is_on_hold": ["RateLimitError", True, "RateLimitError: the key is on hold"],
    "of_multiprocessing": [48, FORKED, 0, 49],
}


@attrs.frozen
class Told:
    """What the processes said, by story, and what the server saw."""

    stories: dict[str, Any]
    connections: dict[int, int]
    overlaps: int
    errors: str


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> Told:
    if sys.platform == "win32":
        pytest.skip("Windows has no fork")

    async def tell() -> Told:
        async with FakeSitoo(products=200, delay=0.01) as fake:
            fake.add_key("90316-126", "second")
            fake.add_key("90316-127", "fake-password")
            fake.script(Fault.answer(429, headers=RESET, path="*/products/50.json"))
            fake.script(Fault.hang(path="*/products/35.json", seconds=0.3))
            fake.script(Fault.hang(path="*/products/46.json", seconds=0.3))
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-W", "ignore::DeprecationWarning", "-c", STORIES),
                *(fake.base_url, str(tmp_path_factory.mktemp("gate")), *TOLD),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=ROOT,
            )
            output, trouble = await process.communicate()
            stories = dict(json.loads(line) for line in output.decode().splitlines())
            connections = {
                int(Path(request.path).stem): request.connection
                for request in fake.requests
                if Path(request.path).stem.isdecimal() and request.method == "GET"
            }
            return Told(stories, connections, fake.overlaps, trouble.decode())

    return asyncio.run(tell())


def shortened(told: Any, like: Any) -> Any:
    """What was told, with its texts cut to what they are held against."""
    if isinstance(told, list) and isinstance(like, list) and len(told) == len(like):
        return [shortened(*pair) for pair in zip(told, like, strict=True)]
    return told[: len(like)] if isinstance(told, str) and isinstance(like, str) else told


@pytest.mark.parametrize("story", TOLD)
def test_a_child_is_refused_or_has_connections_of_its_own(story, told):
    assert story in told.stories, told.errors
    assert shortened(told.stories[story], TOLD[story]) == TOLD[story]


def test_the_refusal_names_the_remedy(told):
    assert "make a client, its session and its loop in the child" in str(told.stories)


def test_what_a_child_may_not_ask_is_never_sent(told):
    assert {198, 199}.isdisjoint(told.connections)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (25, 26), (48, 49)],
)
def test_the_parents_connection_stays_whole_whatever_the_child_does(one, other, told):
    assert told.connections[one] == told.connections[other]


@pytest.mark.parametrize(("child", "parent"), [(17, 18), (20, 19), (20, 21), (29, 32), (30, 29)])
def test_no_connection_is_shared(child, parent, told):
    assert told.connections[child] != told.connections[parent]


def test_the_children_say_nothing_beside(told):
    # A session that the child inherits is its parent's, and aiohttp's to speak of.
    assert "Traceback" not in told.errors
    assert "unclosed" not in told.errors


# ------------------------------------------------------------------------- as if in the child


@pytest.fixture
def as_if_forked():
    """What a child does first, while this process keeps a copy of its sockets, as a parent does."""
    copies = []

    def fork(client):
        (transport,) = client._session._binding.transports.values()
        (protocol,) = transport._connector.given
        copies.append(os.dup(protocol.transport.get_extra_info("socket").fileno()))
        _inherit()

    yield fork
    for copy in copies:
        os.close(copy)


async def test_the_server_hears_nothing_of_what_a_child_does(as_if_forked):
    async with FakeSitoo(products=3) as fake:
        client = SitooClient(**fake.credentials)
        await client.products.get(1)
        as_if_forked(client)
        with pytest.raises(errors.WrongLoopError, match="make a client, its session and its loop"):
            await client.products.get(2)
        await client.aclose()
        gc.collect()
        await asyncio.sleep(0.01)
        (connection,) = fake._runner.server.connections
        assert connection.transport is not None
        assert not connection.transport.is_closing()
        assert len(fake.requests) == 1


def test_who_waits_in_the_child_for_an_answer_to_the_parent_is_told(as_if_forked):
    loop = asyncio.new_event_loop()
    fake = FakeSitoo(products=3)
    loop.run_until_complete(fake.start())
    client = SitooClient(**fake.credentials)
    loop.run_until_complete(client.products.get(1))
    fake.script(Fault.hang())
    flying, waiting = (loop.create_task(client.products.get(number)) for number in (2, 3))

    async def arrive():
        while len(fake.requests) < 2:  # noqa: ASYNC110  # there is no event to wait for
            await asyncio.sleep(0)

    loop.run_until_complete(arrive())
    as_if_forked(client)
    for task in (flying, waiting):
        with pytest.raises(errors.WrongLoopError, match="forked"):
            loop.run_until_complete(asyncio.wait_for(task, 10))
    assert len(fake.requests) == 2
    loop.run_until_complete(client.aclose())
    loop.run_until_complete(fake.aclose())
    loop.close()


@pytest.mark.parametrize("lent", [False, True], ids=["own", "lent"])
async def test_a_connection_that_is_made_while_the_child_begins_carries_nothing(lent):
    async with FakeSitoo(products=3) as fake, aiohttp.ClientSession() as session:
        client = SitooClient(**fake.credentials, session=session if lent else None)
        call = asyncio.create_task(client.products.get(1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        _inherit()
        with pytest.raises(errors.WrongLoopError, match="forked"):
            await call
        await client.aclose()
        assert fake.requests == []


def test_a_client_whose_loop_is_closed_is_bound_anew():
    async def use(client):
        async with FakeSitoo(products=3) as fake:
            client._session.address = SitooClient(**fake.credentials)._session.address
            return (await client.products.get(1)).productid

    client = SitooClient(api_id="90316-125", password="fake-password", base_url="http://127.0.0.1")
    assert asyncio.run(use(client)) == 1
    _inherit()
    assert asyncio.run(use(client)) == 1
    asyncio.run(client.aclose())


async def test_a_client_with_an_inherited_session_is_refused_even_if_it_was_never_used():
    async with FakeSitoo(products=3) as fake, aiohttp.ClientSession() as session:
        client = SitooClient(**fake.credentials, session=session)
        _inherit()
        with pytest.raises(errors.WrongLoopError, match="its session"):
            await client.products.get(1)
        assert not session.closed


async def test_where_no_loop_runs_a_call_says_so():
    client = SitooClient(api_id="90316-125", password="pw", base_url="https://api.example")
    call = client.products.get(1)

    def step():
        with pytest.raises(errors.WrongLoopError, match="no event loop is running"):
            call.send(None)

    await asyncio.to_thread(step)

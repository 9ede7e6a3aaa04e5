"""What benchmarks/ shows on any machine: the comparison with the peers, and the counts."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import attrs
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each part of the library that it uses has tests of its own.
pytestmark = pytest.mark.no_cover

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@contextlib.contextmanager
def benchmark(name: str) -> Iterator[Any]:
    before = set(sys.modules)
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module(name)
    sys.path.remove(str(BENCHMARKS))
    for each in set(sys.modules) - before:
        if str(getattr(sys.modules[each], "__file__", "")).startswith(str(BENCHMARKS)):
            del sys.modules[each]


@pytest.fixture(scope="module")
def peers() -> Iterator[Any]:
    with benchmark("peers") as module:
        yield module


@pytest.fixture(scope="module")
def sizes(peers) -> Any:
    return peers.Sizes(
        rows=20, page=10, gets=2, prices=20, failing=4, updates=8, callers=4, cancelled=1
    )


@pytest.fixture(scope="module")
def server(peers, sizes) -> Iterator[Any]:
    with peers.serving(products=sizes.rows, page_size=sizes.page, fields=(4, 54)) as server:
        yield server


@pytest.fixture(scope="module")
def results(peers, server, sizes) -> Any:
    @functools.cache
    def done(peer, job):
        quick = attrs.evolve(job, delay=min(job.delay, 0.005))
        return asyncio.run(peers.measured(peer, quick, server, sizes, memory=False))

    def measure(peer, job, _server, _sizes, *, memory):
        # Done once: to trace memory takes long.
        return attrs.evolve(done(peer, job), memory=int(memory))

    return peers.compare(server, sizes, 1, measure)


def test_this_client_is_never_refused_and_gets_nothing_wrong(peers, results):
    of_ours = [by_peer["sitoo_async"] for by_peer in results.values()]
    assert len(of_ours) == len(peers.JOBS)
    assert {(one.refused, one.wrong) for one in of_ours} == {(0, 0)}


def test_what_is_said_of_the_peers_is_so(peers, results, sizes):
    by_name = {job.name: by_peer for job, by_peer in results.items()}
    walks = [by_peer for name, by_peer in by_name.items() if name.startswith("walk")]
    assert {one.wrong for by_peer in walks for one in by_peer.values()} == {0}
    prices = by_name["prices in batches, some fail"]
    assert {peer: one.wrong for peer, one in prices.items() if one.wrong} == {
        "lock around raw aiohttp": sizes.failing,
        "lock around httpx": sizes.failing,
    }
    updates = by_name["updates at once, 5 ms"]
    assert (
        updates["generated client, no lock"].wrong == updates["generated client, no lock"].refused
    )
    assert updates["… coalesce=True"].requests < updates["sitoo_async"].requests == sizes.updates


def test_a_table_and_a_picture_in_both_themes_tell_it(peers, results):
    lines = [*peers.table(results)]
    assert len(lines) == len([*peers.pairs()])
    for theme in ("light", "dark"):
        drawn = peers.drawn([*peers.bars(results)], theme, "Python")
        picture = ET.fromstring(drawn)  # noqa: S314  # drawn right here
        shown = {text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")}
        assert {*(job.name for job in results), *peers.PEERS} <= shown
        assert "4 wrong" in shown


def test_a_worker_of_its_own_tells_what_a_job_took(peers, server, sizes):
    job = peers.JOBS["gets one by one, no delay"]
    told = peers.apart("sitoo_async", job, server, sizes, memory=False)
    assert (told.requests, told.refused, told.wrong) == (sizes.gets, 0, 0)
    assert told.wall > 0 < told.cpu


async def test_what_each_server_is_asked_it_answers_with_200():
    with benchmark("spi") as spi:
        for asked in spi.ASKED[1::2]:  # those of ours
            endpoint = spi.APPLICATIONS[asked.server]()
            body = asked.body(7)
            answer = await endpoint.handle("POST", asked.path, spi.HEADERS, body)
            assert (answer.status, body) == (200, asked.body(7))
            assert body != asked.body(8)
        found = {name: [1 / (2 * number + 1)] for number, name in enumerate(spi.RATES)}
        assert [row[0] for row in spi.rate_rows(found)] == ["memory", "SQLite"]
        used = {asked.name: [1e-6] for asked in spi.ASKED}
        assert [row[2] for row in spi.share_rows(used)] == ["1.00"] * 4


def test_a_get_goes_no_further_than_it_is_meant_to():
    with benchmark("entries") as entries:
        found = asyncio.run(entries.measure())
    names = [entry.name for entry in found]
    assert names[0] == "Products.get"
    assert "Lane._land" in names
    assert len(names) <= 45
    assert entries.moves(found) <= 25


def test_both_ways_to_walk_a_journal_are_measured_and_get_all_of_it(capsys):
    with benchmark("walk") as walk:
        *_, journal = walk.COLLECTIONS
        walk.speed(journal, count=25, page_size=10, delay=0.001, rounds=1)
    assert "25 entries in 3 pages" in capsys.readouterr().out

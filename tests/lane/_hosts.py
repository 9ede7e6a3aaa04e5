"""Servers of v2 and of the services beside it, each on a port of its own, and what they saw."""

from __future__ import annotations

import asyncio
import contextlib

from sitoo_async import SitooClient
from tests.http._server import OK, Server

OPTIONS = {
    "v2": "base_url",
    "journals-v3": "journals_url",
    "purchase-prices-v3": "purchase_prices_url",
    "shipments-v3": "shipments_v3_url",
}
V2, JOURNALS, SHIPMENTS = "v2", "journals-v3", "shipments-v3"


class Hosts:
    """One server for each of them, which answer after a moment; those of one key count as one."""

    def __init__(self, seconds=0.02):
        self.seconds = seconds
        self.servers = {name: Server(OK) for name in OPTIONS}
        self.arrived = []  # (host, loop time), in order
        self.at_work = self.most_at_work = 0

    async def __aenter__(self):
        self._stack = contextlib.AsyncExitStack()
        for name, server in self.servers.items():
            answer = server._answer
            server._answer = self._noting(name, answer)
            await self._stack.enter_async_context(server)
        return self

    async def __aexit__(self, *_):
        await self._stack.aclose()

    def _noting(self, name, answer):
        async def noting(number, reader, writer):
            head = await reader.readuntil(b"\r\n\r\n")
            self.arrived.append((name, asyncio.get_running_loop().time()))
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            await asyncio.sleep(self.seconds)
            self.at_work -= 1
            again = asyncio.StreamReader()
            again.feed_data(head)
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            again.feed_data(await reader.readexactly(int(length or 0)))
            return await answer(number, again, writer)

        return noting

    def url(self, name):
        path = "" if name == V2 else "/v3"
        return f"http://127.0.0.1:{self.servers[name].port}{path}"

    def answer(self, name, *answers):
        """Let a server give these answers, and then go on as ever."""
        self.servers[name].answers[:] = [*answers, OK]

    def client(self, **options):
        urls = {option: self.url(name) for name, option in OPTIONS.items()}
        if "keys" not in options:
            options = {"api_id": "90316-125", "password": "sesame", **options}
        return SitooClient(**{**urls, **options})

    @property
    def names(self):
        return [name for name, _ in self.arrived]

    @property
    def times(self):
        return [round(moment - self.arrived[0][1], 3) for _, moment in self.arrived]


async def ask(client, name, path="/things", **options):
    service = None if name == V2 else name
    return await client.request("GET", path, service=service, **options)

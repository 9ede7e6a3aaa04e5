"""A server on loopback whose pages name the next one by a cursor, and a group that lists it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TypedDict
from urllib.parse import parse_qs, urlsplit

from sitoo_async import SitooClient
from sitoo_async.models.products import Product
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._operation import Operation
from tests.http._server import Server, http

LISTS = {
    service: Operation("GET", "/things", repeatable=True, service=service)
    for service in ("journals-v3", "shipments-v3")
}


class Filters(TypedDict, total=False):
    tags: Sequence[str]
    full: bool


class Things(Resource):
    def list(self, *, service="journals-v3", after=None, page_size=PAGE_SIZE, through=None, **more):
        return self._list_by_next(
            LISTS[service],
            {},
            Product,
            after=after,
            page_size=page_size,
            filters=more,
            takes=Filters,
            through=through,
        )


def numbers(items):
    return [item.productid for item in items]


def page(numbers, following):
    items = [None if number is None else {"productid": number} for number in numbers]
    return http(200, json.dumps({"items": items, "next": following}).encode())


class Pages(Server):
    """As many things as there are rows, with cursors that only their own query takes.

    Attributes:
        rows: how many there are.
        most: rows beyond which an answer would be too large, so that it is a 502.
        scripted: answers that come first.
        asked: what was asked for, by cursor and number, and whether in vain.
        events: the moment of each, in loop time.
    """

    def __init__(self, rows=25, *, most=100_000, seconds=0.01):
        super().__init__(b"")
        self.rows, self.most, self.seconds = rows, most, seconds
        self.scripted, self.asked, self.queries, self.moments = [], [], [], []

    async def _answer(self, number, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        query = urlsplit(head.split(" ")[1]).query
        values = {name: value for name, (value,) in parse_qs(query).items()}
        self.moments.append(asyncio.get_running_loop().time())
        cursor, num = values.pop("next", None), int(values.pop("num"))
        self.asked.append((cursor, num))
        self.queries.append(query)
        await asyncio.sleep(self.seconds)
        writer.write(self.scripted.pop(0) if self.scripted else self.page(cursor, num, values))
        await writer.drain()
        return True

    def page(self, cursor, num, values):
        stamp = f"{len(values)}-"
        start = 0
        if cursor is not None:
            if not cursor.startswith(stamp):
                return http(400, b'{"error_code":"field-validation","error_data":{"field":"next"}}')
            start = int(cursor.removeprefix(stamp))
        if num > self.most:
            return http(502, b"<html>502 Bad Gateway</html>")
        end = min(start + num, self.rows)
        return page(range(start + 1, end + 1), f"{stamp}{end}" if end < self.rows else "")

    def client(self, **options):
        url = self.root.partition("/v2")[0]
        urls = dict.fromkeys(("base_url", "journals_url", "shipments_v3_url"), url)
        return SitooClient(api_id="90316-125", password="sesame", **urls, **options)


def things(client):
    return Things(client._session, client._options, 1)

"""A plain aiohttp client for the fake server: the library's own client stays out of these tests."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import aiohttp
import attrs
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from sitoo_async.testing import FakeSitoo


@attrs.frozen
class Reply:
    status: int
    json: Any
    text: str
    headers: Mapping[str, str]

    @property
    def errortext(self) -> str:
        assert set(self.json) == {"statuscode", "errortext"}
        assert self.json["statuscode"] == self.status
        return self.json["errortext"]

    @property
    def error(self) -> tuple[int, str, str | None]:
        """Of a v3 service: status, code and field."""
        assert set(self.json) == {"request_id", "error_code", "error_data"}
        assert self.json["error_data"]["message"]
        return self.status, self.json["error_code"], self.json["error_data"].get("field")


@contextlib.asynccontextmanager
async def _connected(
    fake: FakeSitoo,
    *,
    api_id: str | None = None,
    password: str | None = None,
    keep_alive: bool = False,
) -> AsyncIterator[Callable[..., Awaitable[Reply]]]:
    credentials = fake.credentials
    authorization = aiohttp.encode_basic_auth(
        api_id or credentials["api_id"],
        password or credentials["password"],
    )
    # Without kept connections aiohttp does not send a request again on its own.
    connector = aiohttp.TCPConnector(force_close=not keep_alive, limit=0)
    async with aiohttp.ClientSession(
        f"{fake.base_url}/v2/accounts/{credentials['account_id']}/",
        connector=connector,
        headers={"Authorization": authorization},
    ) as session:

        async def ask(method: str, path: str, json: Any = None, **options: Any) -> Reply:
            if json is not None:
                options["json"] = json
            async with session.request(
                method,
                path.removeprefix("/"),
                allow_redirects=False,
                **options,
            ) as response:
                text = await response.text()
                is_json = response.content_type == "application/json"
                decoded = await response.json() if is_json else None
                return Reply(response.status, decoded, text, response.headers)

        yield ask


@pytest.fixture
def connected():
    """``async with connected(fake) as ask``: ``await ask("GET", "/sites/1/products.json")``."""
    return _connected


@pytest.fixture
async def ask(fake_sitoo):
    """Asks the fake server of this test, with its own key."""
    async with _connected(fake_sitoo) as ask:
        yield ask

"""What the three v3 services share: one port, keys, cursors, errors, faults."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from sitoo_async.testing import FakeSitoo, Fault
from sitoo_async.testing._reference.services import service_facts

REGISTER = "{00000000-0000-0000-0000-000000000000}"
SERVICES = ("journals-v3", "purchase-prices-v3", "shipments-v3")


def urls_of(fake):
    return {
        "journals-v3": f"{fake.journals_url}/journal-entries?register_id=%7B{REGISTER[1:-1]}%7D",
        "purchase-prices-v3": f"{fake.purchase_prices_url}/price-lists?eshop_id=1",
        "shipments-v3": f"{fake.shipments_v3_url}/shipments",
    }


async def test_each_service_has_a_root_of_its_own_on_the_port(ask, fake_sitoo):
    for service, url in urls_of(fake_sitoo).items():
        assert url.startswith(fake_sitoo.base_url)
        reply = await ask("GET", url)
        assert (reply.status, set(reply.json)) == (200, {"items", "next"})
        assert "Sitoo-Request-ID" not in reply.headers
        assert fake_sitoo.requests[-1].service == service
        assert fake_sitoo.requests[-1].path == url.removeprefix(fake_sitoo.base_url).split("?")[0]
    await ask("GET", "/sites/1/products/21.json")
    assert fake_sitoo.requests[-1].service is None


async def test_its_clients_call_the_services_here(fake_sitoo):
    async with fake_sitoo.client(keep_unknown=True) as sitoo:
        await sitoo.request("GET", "/shipments", service="shipments-v3")
        await sitoo.products.get(21)
    assert [record.service for record in fake_sitoo.requests] == ["shipments-v3", None]


@pytest.mark.parametrize("service", SERVICES)
async def test_the_key_of_v2_is_let_in_and_no_other(connected, fake_sitoo, service):
    url = urls_of(fake_sitoo)[service]
    async with connected(fake_sitoo, password="wrong") as ask:
        reply = await ask("GET", url)
    assert reply.error == (401, "other", None)
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert reply.json["request_id"] == fake_sitoo.requests[-1].request_id


GUESSED = ("Get Mapping", "Set Mapping")


@pytest.mark.parametrize("service", SERVICES)
async def test_what_is_served_is_what_is_known_well_enough(ask, fake_sitoo, service):
    served = []
    root = urls_of(fake_sitoo)[service].rpartition("/v3")[0] + "/v3"
    for facts in service_facts(service)["operations"]:
        if facts["path"] is None:
            continue
        path = "/".join("7" if part.startswith("{") else part for part in facts["path"].split("/"))
        reply = await ask(facts["method"], root + path)
        message = "" if reply.status == 200 else reply.json["error_data"]["message"]
        if message != "There is nothing at this path.":
            served.append(facts["operation"])
    assert served == [
        facts["operation"]
        for facts in service_facts(service)["operations"]
        if facts["path"] is not None and facts["operation"] not in GUESSED
    ]


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("num=0", "num", "field-validation"),
        ("num=-1", "num", "field-validation"),
        ("num=ten", "num", "field-type"),
        ("next=nonsense", "next", "field-validation"),
        ("next=bnVsbA==", "next", "field-validation"),
        ("next=%C3%A4", "next", "field-validation"),
        ("include_packages=1", "include_packages", "field-type"),
        ("sort=name", "sort", "field-validation"),
        ("origin_warehouse_id=1,two", "origin_warehouse_id", "field-type"),
        ("warehouse_filter_mode=xor", "warehouse_filter_mode", "field-validation"),
    ],
)
async def test_a_parameter_that_is_none_is_named(ask, fake_sitoo, query, field, code):
    reply = await ask("GET", f"{fake_sitoo.shipments_v3_url}/shipments?{query}")
    assert reply.error == (400, code, field)


async def test_a_walk_by_cursors_gives_each_item_once(ask, fake_sitoo):
    for index in range(21):
        fake_sitoo.add("/shipments/v3/shipments", {"info": {"note": str(index)}})
    url = f"{fake_sitoo.shipments_v3_url}/shipments"
    pages, cursor = [], ""
    while not pages or cursor:
        page = (await ask("GET", url, params={"num": "7", "next": cursor})).json
        pages.append(page["items"])
        cursor = page["next"]
    assert [len(page) for page in pages] == [7, 7, 7, 3]
    assert len({item["id"] for page in pages for item in page}) == 24
    # If nobody says how many, a page holds ten.
    assert len((await ask("GET", url)).json["items"]) == 10


async def test_a_cursor_belongs_to_its_query_and_not_to_the_size_of_the_page(ask, fake_sitoo):
    url = f"{fake_sitoo.shipments_v3_url}/shipments"
    first = (await ask("GET", f"{url}?num=1")).json
    cursor = {"next": first["next"]}
    again = await ask("GET", f"{url}?num=2&include_packages=true", params=cursor)
    assert (again.status, len(again.json["items"])) == (200, 2)
    other = await ask("GET", f"{url}?num=1&shipment_state=new", params=cursor)
    assert other.error == (400, "field-validation", "next")
    lists = f"{fake_sitoo.purchase_prices_url}/price-lists?eshop_id=1"
    assert (await ask("GET", lists, params=cursor)).error == (400, "field-validation", "next")


async def test_what_is_no_json_and_no_object_is_refused(ask, fake_sitoo):
    url = f"{fake_sitoo.shipments_v3_url}/shipments"
    assert (await ask("POST", url, data=b"{")).error == (400, "other", None)
    assert (await ask("POST", url, json=[1])).error == (400, "field-type", None)
    assert (await ask("POST", url)).error == (400, "field-type", None)


@pytest.mark.virtual_time
@pytest.mark.parametrize("apart", [False, True])
async def test_one_request_at_a_time_goes_for_all_hosts_of_a_key_unless_told(connected, apart):
    options = {"delay": 1.0, "services_apart": apart, "slot_requests": 1}
    async with FakeSitoo(**options) as fake, connected(fake) as ask:
        first = asyncio.create_task(ask("GET", "/sites/1/products.json"))
        await asyncio.sleep(0.5)
        beside = await ask("GET", f"{fake.shipments_v3_url}/shipments")
        assert (await first).status == 200
        then = await ask("GET", f"{fake.shipments_v3_url}/shipments")
        assert then.error == (429, "other", None)
        assert "X-Rate-Limit-Reset" in then.headers
        assert fake.overlaps == (0 if apart else 1)
        assert beside.status == (200 if apart else 429)
        fake.reset()
        assert (await ask("GET", f"{fake.shipments_v3_url}/shipments")).status == 200


async def test_faults_strike_the_services_by_their_paths(ask, fake_sitoo):
    url = f"{fake_sitoo.shipments_v3_url}/shipments"
    fake_sitoo.script(
        Fault.server_error(503, path="/shipments/v3"),
        Fault.html502(path="/shipments/v3/*", method="POST", when="after"),
        Fault.locked(path="/journals/"),
        Fault.drop(path="/purchaseprices/"),
    )
    assert (await ask("GET", "/shipments.json")).status == 200  # that of v2
    assert (await ask("GET", url)).error == (503, "other", None)
    before = len(fake_sitoo.items("/shipments/v3/shipments"))
    assert (await ask("POST", url, json={})).text.startswith("<html>")
    assert len(fake_sitoo.items("/shipments/v3/shipments")) == before + 1
    with pytest.raises(aiohttp.ClientError):
        await ask("POST", f"{fake_sitoo.purchase_prices_url}/price-lists", {})
    assert (await ask("GET", urls_of(fake_sitoo)["journals-v3"])).error[0] == 504
    assert (await ask("GET", url)).error == (429, "other", None)
    fake_sitoo.unlock()
    assert (await ask("GET", url)).status == 200


async def test_an_apart_service_that_is_locked_is_freed_too(connected):
    async with FakeSitoo(services_apart=True) as fake, connected(fake) as ask:
        fake.script(Fault.locked(path="/journals/"))
        url = urls_of(fake)["journals-v3"]
        assert (await ask("GET", url)).status == 504
        assert (await ask("GET", url)).status == 429
        assert (await ask("GET", "/sites/1/products.json")).status == 200
        fake.unlock()
        assert (await ask("GET", url)).status == 200


@pytest.mark.parametrize(
    "path",
    ["/shipments/v3", "/shipments/v3/nothing", "/purchaseprices/v3/price-lists/none/items"],
)
def test_a_path_that_is_none_holds_nothing_and_takes_nothing(path):
    fake = FakeSitoo()
    with pytest.raises(KeyError):
        fake.items(path)
    with pytest.raises(KeyError):
        fake.add(path, {"sku": "1"})

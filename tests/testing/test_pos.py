"""Cash registers, z-reports, payment types, profiles, plugins and settings on FakeSitoo."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from sitoo_async.testing import FakeSitoo

REGISTERS = "/sites/1/cashregisters.json"
FEED = "/pos-z-reports"
TYPES = "/sites/1/pospaymenttypes.json"
PROFILES = "/sites/1/posprofiles.json"
PLUGIN = "/sites/1/plugins/taxfree/settings.json"
SETTINGS = "/sites/1/settings.json"


@pytest.fixture
async def fake_sitoo():
    async with FakeSitoo() as fake:
        yield fake


@pytest.fixture
def registerid(fake_sitoo):
    """One that is registered."""
    registers = fake_sitoo.items(REGISTERS).values()
    return next(each["registerid"] for each in registers if each["registerkey"])


async def test_registers_that_are_not_registered_are_listed_when_asked_for(ask):
    assert (await ask("GET", REGISTERS)).json["totalcount"] == 2
    assert (await ask("GET", f"{REGISTERS}?includenotregistered=true")).json["totalcount"] == 3


async def test_a_register_is_named_by_its_guid_in_braces(ask, registerid):
    path = f"/sites/1/cashregisters/{quote(registerid)}.json"
    assert "%7B" in path
    assert (await ask("GET", path)).json["registerid"] == registerid
    bare = path.replace("%7B", "").replace("%7D", "")
    assert (await ask("GET", bare)).status == 404


async def test_z_reports_of_a_register_begin_with_the_latest(ask, registerid):
    path = f"/sites/1/cashregisters/{quote(registerid)}/zreports"
    reply = await ask("GET", f"{path}.json")
    assert [report["zreportid"] for report in reply.json["items"]] == [4, 3, 2, 1]
    second = reply.json["items"][2]
    query = f"datecreatedfrom={second['datecreated']}&datecreatedto={second['datecreated']}"
    assert (await ask("GET", f"{path}.json?{query}")).json["items"] == [second]
    alone = (await ask("GET", f"{path}/2.json")).json
    assert alone == alone | second
    assert (await ask("GET", f"{path}/9.json")).status == 404


async def test_the_feed_is_ordered_by_arrival_and_bounds_are_inclusive(ask):
    reports = (await ask("GET", FEED)).json
    arrivals = [report["dateadded"] for report in reports]
    assert len(reports) == 16
    assert arrivals == sorted(arrivals)
    # A register that was offline: its report came later than younger ones.
    created = [report["datecreated"] for report in reports]
    assert created != sorted(created)
    between = f"{FEED}?dateaddedfrom={arrivals[4]}&dateaddedto={arrivals[8]}"
    assert {report["dateadded"] for report in (await ask("GET", between)).json} == {
        arrival for arrival in arrivals if arrivals[4] <= arrival <= arrivals[8]
    }


async def test_the_feed_is_filtered_by_site_store_and_register(ask, registerid):
    def about(reports, name):
        return {report[name] for report in reports.json}

    assert about(await ask("GET", f"{FEED}?eshopid=2"), "eshopid") == {2}
    assert about(await ask("GET", f"{FEED}?store_id=101,202"), "store_id") == {"101", "202"}
    reports = await ask("GET", f"{FEED}?registerid={quote(registerid)}")
    assert about(reports, "registerid") == {registerid}


async def test_the_feed_gives_at_most_500_reports_and_has_no_pages(connected):
    async with FakeSitoo(z_reports=200) as fake, connected(fake) as ask:
        first = (await ask("GET", f"{FEED}?num=5&start=5")).json
        assert len(first) == 500
        rest = (await ask("GET", f"{FEED}?dateaddedfrom={first[-1]['dateadded']}")).json
        assert {report["zreportid"] for report in first + rest} == set(range(1, 201))
        names = {(report["registerid"], report["zreportid"]) for report in first + rest}
        assert len(names) == 800


async def test_a_report_is_found_by_register_and_number(ask, registerid, fake_sitoo):
    reply = await ask("GET", f"{FEED}/{quote(registerid)}/2")
    assert (reply.json["registerid"], reply.json["zreportid"]) == (registerid, 2)
    assert (await ask("GET", f"{FEED}/{quote(registerid)}/99")).status == 404
    assert (await ask("GET", f"{FEED}/nothing/2")).status == 404
    new = next(each for each in fake_sitoo.items(REGISTERS).values() if not each["registerkey"])
    assert (await ask("GET", f"{FEED}/{quote(new['registerid'])}/2")).status == 404


async def test_store_reports_add_up_those_of_their_registers(ask, fake_sitoo, registerid):
    reports = (await ask("GET", "/store-z-reports")).json
    assert len(reports) == 16
    register = fake_sitoo.items(f"/sites/1/cashregisters/{registerid}/zreports")
    register[1]["datecreated"] = register[2]["datecreated"]
    # The one that was closed first reached the server last.
    register[1]["dateadded"] = register[2]["dateadded"] + 100
    total = sum(float(register[key]["moneysalestotal"]) for key in (1, 2))
    reports = (await ask("GET", "/store-z-reports")).json
    assert len(reports) == 15
    [both] = [
        each
        for each in reports
        if each["store_id"] == "101"
        and each["numsales"] == sum(register[key]["numsales"] for key in (1, 2))
    ]
    assert float(both["moneysalestotal"]) == total
    assert both["dateadded"] == register[1]["dateadded"]
    assert (await ask("GET", f"/store-z-reports/{both['zreportid']}")).json == both
    assert (await ask("GET", "/store-z-reports/99")).status == 404


async def test_the_configuration_of_store_reports_is_replaced(ask):
    path = "/store-z-reports/configuration"
    assert (await ask("GET", path)).json == {}
    assert (await ask("PUT", path, {"a": 1})).text == "true"
    await ask("PUT", path, {"b": 2})
    assert (await ask("GET", path)).json == {"b": 2}
    assert (await ask("PUT", path, [])).status == 400


async def test_payment_types_are_a_bare_array_in_their_own_order(ask):
    new = {"paymentmethodid": 710, "name": "Swish", "sortorder": -1, "externalid": "SWISH"}
    key = (await ask("POST", TYPES, new)).json
    assert isinstance(key, int)
    types = (await ask("GET", f"{TYPES}?num=1")).json
    assert [each["name"] for each in types] == ["Swish", "Cash", "Card", "Gift Card"]
    assert types[0] == {"paymenttypeid": key, **new}
    path = TYPES.replace(".json", f"/{key}.json")
    assert (await ask("PUT", path, {"name": "S"})).text == "true"
    assert (await ask("GET", path)).json["name"] == "S"
    assert (await ask("DELETE", path)).text == "true"
    assert (await ask("GET", path)).status == 404
    assert (await ask("GET", f"{TYPES}?fields=name")).json[0] == {"name": "Cash"}


async def test_a_guid_as_site_lists_no_payment_types(ask):
    guid = "%7B0F8FAD5B-D9CB-469F-A165-70867728950E%7D"
    reply = await ask("GET", TYPES.replace("/1/", f"/{guid}/"))
    assert (reply.status, reply.json) == (200, [])


async def test_profiles_are_searched_and_sorted(ask, fake_sitoo):
    for name in ("Outlet", "Airport Store"):
        fake_sitoo.add(PROFILES, {"name": name})

    async def names(query):
        return [item["name"] for item in (await ask("GET", f"{PROFILES}?{query}")).json["items"]]

    assert await names("") == ["Store Profile", "Outlet", "Airport Store"]
    assert await names("searchtext=STORE") == ["Store Profile", "Airport Store"]
    assert await names("sort=name") == ["Airport Store", "Outlet", "Store Profile"]
    assert await names("sort=-name") == ["Store Profile", "Outlet", "Airport Store"]
    assert (await ask("GET", f"{PROFILES}?sort=colour")).status == 400


async def test_plugin_settings_take_a_part_and_only_of_known_plugins(ask, fake_sitoo):
    assert (await ask("GET", PLUGIN)).json == {"id": "taxfree", "active": False}
    assert (await ask("PUT", PLUGIN, {"active": True})).text == "true"
    assert (await ask("GET", PLUGIN)).json == {"id": "taxfree", "active": True}
    assert (await ask("PUT", PLUGIN, {"id": "other"})).status == 400
    assert (await ask("PUT", PLUGIN, {"id": "taxfree"})).status == 200
    other = PLUGIN.replace("taxfree", "other")
    assert (await ask("GET", other)).status == 404
    fake_sitoo.items("/sites/1/plugins")["other"] = {"id": "other", "active": True}
    assert (await ask("GET", other)).json == {"id": "other", "active": True}
    # Each plugin has settings of its own, which the reference does not show.
    assert (await ask("PUT", other, {"payee": "123", "stores": []})).text == "true"
    assert (await ask("GET", other)).json["payee"] == "123"


async def test_settings_take_a_part_and_each_site_has_its_own(ask, fake_sitoo):
    settings = (await ask("GET", SETTINGS)).json
    assert settings["permissions"]["store_manager"]["manual_price"] == "on"
    assert (await ask("PUT", SETTINGS, {"warehouseid": 2})).text == "true"
    changed = (await ask("GET", SETTINGS)).json
    assert changed == settings | {"warehouseid": 2}
    assert (await ask("GET", f"{SETTINGS}?fields=eshopid,warehouseid")).json == {
        "eshopid": 1,
        "warehouseid": 2,
    }
    assert (await ask("GET", SETTINGS.replace("/1/", "/2/"))).json["warehouseid"] == 1
    assert fake_sitoo.items(SETTINGS)[None]["warehouseid"] == 2

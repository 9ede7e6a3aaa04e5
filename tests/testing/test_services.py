"""Service orders, shipments, users, custom metrics, attributes, images and files on FakeSitoo."""

from __future__ import annotations

import re

import pytest

from sitoo_async.testing import FakeSitoo

SERVICES = "/serviceorders.json"
SHIPMENTS = "/shipments.json"
USERS = "/sites/1/users.json"
METRICS = "/custom_metrics.json"
VALUES = "/custom_metric_values.json"
IMAGES = "/sites/1/products/1/images.json"
RESOURCES = "/sites/1/resources.json"

NEW_SERVICE = {
    "store": {"id": "S1", "name": "Store"},
    "owner": {"email": "staff@example.com"},
    "author": {"email": "staff@example.com"},
    "customer": {"first_name": "Erica"},
    "currency": "SEK",
    "product": {"sku": "SHOE999", "name": "Shoe", "services": []},
}


async def test_service_orders_are_paged_by_the_last_id_seen(ask):
    everything = [order["id"] for order in (await ask("GET", SERVICES)).json]
    assert len(everything) == 4
    pages = []
    after = ""
    for _ in range(3):
        page = [order["id"] for order in (await ask("GET", f"{SERVICES}?num=3{after}")).json]
        pages.append(page)
        after = f"&start_after_id={page[-1]}" if page else after
    assert [len(page) for page in pages] == [3, 1, 0]
    assert [key for page in pages for key in page] == everything
    ascending = (await ask("GET", f"{SERVICES}?sort=created")).json
    assert [order["id"] for order in ascending] == everything[::-1]
    assert (await ask("GET", f"{SERVICES}?start_after_id=0")).status == 400


async def test_a_service_order_is_created_with_201_and_each_change_is_a_revision(ask):
    reply = await ask("POST", SERVICES, NEW_SERVICE)
    assert (reply.status, reply.json["state"], reply.json["revision"]) == (201, "new", 1)
    assert re.fullmatch("[0-9A-F]{9}", reply.json["id"])
    assert (reply.json["owner"]["name"], reply.json["note"]) == (None, "")
    path = f"/serviceorders/{reply.json['id']}.json"
    changed = await ask("PUT", path, {"state": "in_progress", "revision": 1})
    assert (changed.status, changed.json["state"], changed.json["revision"]) == (
        200,
        "in_progress",
        2,
    )
    assert (await ask("GET", path)).json == changed.json


@pytest.mark.parametrize(
    ("changes", "status", "errortext"),
    [
        ({"note": "x"}, 400, "400: Missing required field 'revision'."),
        ({"note": "x", "revision": "1"}, 400, "Invalid value in revision (Not integer)"),
        ({"note": "x", "revision": 2}, 412, "412: Precondition Failed"),
    ],
)
async def test_a_change_of_another_revision_is_refused(ask, fake_sitoo, changes, status, errortext):
    key = fake_sitoo.add(SERVICES, NEW_SERVICE)
    path = f"/serviceorders/{key}.json"
    reply = await ask("PUT", path, changes)
    assert (reply.status, reply.errortext) == (status, errortext)
    order = fake_sitoo.items(SERVICES)[key]
    assert (order["note"], order["revision"]) == ("", 1)
    assert (await ask("PUT", path, {"note": "x", "revision": 1})).status == 200
    assert (await ask("PUT", path, {"note": "y", "revision": 1})).status == 412
    assert (order["note"], order["revision"]) == ("x", 2)


async def test_a_new_service_order_names_no_revision(ask, fake_sitoo):
    before = len(fake_sitoo.items(SERVICES))
    reply = await ask("POST", SERVICES, NEW_SERVICE | {"revision": 1})
    text = 'Invalid input, "revision" is a read-only field.'
    assert (reply.status, reply.errortext) == (400, text)
    assert len(fake_sitoo.items(SERVICES)) == before


async def test_the_product_of_a_service_order_may_come_as_a_list_of_one(ask):
    product = NEW_SERVICE["product"]
    reply = await ask("POST", SERVICES, NEW_SERVICE | {"product": [product]})
    assert (reply.status, reply.json["product"]["sku"]) == (201, "SHOE999")
    path = f"/serviceorders/{reply.json['id']}.json"
    reply = await ask("PUT", path, {"product": [product | {"sku": "SHOE1"}], "revision": 1})
    assert (reply.status, reply.json["product"]["sku"]) == (200, "SHOE1")
    for broken in ([product, product], [], "SHOE999"):
        reply = await ask("POST", SERVICES, NEW_SERVICE | {"product": broken})
        assert reply.status == 400
        reply = await ask("PUT", path, {"product": broken, "revision": 2})
        assert reply.status == 400


async def test_service_orders_are_filtered_by_store_and_state(ask, fake_sitoo):
    key = fake_sitoo.add(SERVICES, NEW_SERVICE)
    found = (await ask("GET", f"{SERVICES}?store=S1&state=new,done")).json
    assert [order["id"] for order in found] == [key]
    assert (await ask("GET", f"{SERVICES}?store=S1&state=done")).json == []


@pytest.fixture
def shipments(fake_sitoo):
    fake_sitoo.items(SHIPMENTS).clear()
    ends = [(1, 2), (2, 3), (3, 4)]
    return [
        fake_sitoo.add(SHIPMENTS, {"sender_warehouseid": sender, "receiver_warehouseid": receiver})
        for sender, receiver in ends
    ]


async def test_archived_shipments_are_hidden_unless_asked_for(ask, fake_sitoo, shipments):
    fake_sitoo.items(SHIPMENTS)[shipments[0]]["archived"] = True
    for query, expected in [("", 2), ("?archived=20", 2), ("?archived=30", 1), ("?archived=10", 3)]:
        assert (await ask("GET", SHIPMENTS + query)).json["totalcount"] == expected


async def test_a_filter_on_either_end_goes_before_those_on_one(ask, shipments):
    async def found(query):
        reply = await ask("GET", f"{SHIPMENTS}?{query}")
        return [shipments.index(item["shipmentid"]) for item in reply.json["items"]]

    assert await found("sender_warehouseid=2,3") == [1, 2]
    assert await found("receiver_warehouseid=2") == [0]
    assert await found("any_warehouseid=2&sender_warehouseid=3") == [0, 1]
    assert await found("any_warehouseid=2&receiver_warehouseid=4") == [0, 1]
    assert await found(f"shipmentid={shipments[2]}") == [2]


async def test_a_shipment_notes_when_it_left_and_came(ask, fake_sitoo, shipments):
    shipment = fake_sitoo.items(SHIPMENTS)[shipments[0]]
    path = f"/shipments/{shipments[0]}.json"
    assert shipment["dateintransit"] is None
    await ask("PUT", path, {"shipmentstate": 10})
    left = shipment["dateintransit"]
    assert left >= shipment["datenew"]
    await ask("PUT", path, {"comment": "x"})
    await ask("PUT", path, {"shipmentstate": 20})
    assert (shipment["dateintransit"], shipment["datereceived"] >= left) == (left, True)


async def test_users_have_guids_and_are_those_of_all_sites(ask, fake_sitoo):
    reply = await ask("POST", USERS, [{"email": "a@example.com"}, {"email": "A@example.com"}])
    first, second = reply.json
    assert re.fullmatch(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", first["return"])
    assert second["statuscode"] == 400
    path = f"/sites/2/users/%7B{first['return'].strip('{}')}%7D.json"
    assert (await ask("GET", path)).json["email"] == "a@example.com"
    listed = (await ask("GET", f"{USERS}?userid={first['return']}")).json["items"]
    assert not {"externalid", "role", "mobile"} & listed[0].keys()
    listed = await ask("GET", f"{USERS}?email=a@example.com&fields=userid,externalid")
    assert listed.json["items"] == [{"userid": first["return"], "externalid": None}]
    assert (await ask("DELETE", path)).text == "true"
    assert first["return"] not in fake_sitoo.items(USERS)


async def test_a_pin_of_a_user_is_never_shown(ask, fake_sitoo):
    key = fake_sitoo.add(USERS, {"email": "a@example.com", "pin": "1234"})
    fake_sitoo.add(USERS, {"email": "b@example.com"})
    assert "pin" not in fake_sitoo.items(USERS)[key]
    assert (await ask("GET", f"{USERS}?fields=pin")).status == 400


async def test_a_custom_metric_never_changes_and_takes_its_values_with_it(ask, fake_sitoo):
    metric = {"key": "cm_visits", "grouping": "store", "type": "scalar", "format": "integer"}
    reply = await ask("POST", METRICS, metric)
    assert (reply.status, reply.json) == (201, metric)
    assert (await ask("POST", METRICS, metric)).status == 400
    assert (await ask("PUT", "/custom_metrics/cm_visits.json", {})).status == 405
    assert (await ask("GET", f"{METRICS}?keys=cm_visits,nothing")).json == [metric]
    fake_sitoo.add(VALUES, {"key": "cm_visits", "store_id": "1", "value_scalar": 3})
    kept = {"key": "cm_budget", "date": "2020-12-11", "store_id": "1", "value_scalar": 3}
    fake_sitoo.add(VALUES, kept)
    assert (await ask("DELETE", "/custom_metrics/cm_visits.json")).text == "true"
    assert (await ask("GET", VALUES)).json == [kept]


def budget(day, store="1", value=100):
    return {"key": "cm_budget", "date": day, "store_id": store, "value_scalar": value}


async def test_values_of_metrics_are_set_by_metric_day_and_store(ask):
    sent = [budget("2020-12-11"), budget("2020-12-12"), budget("2020-12-11", "2")]
    assert (await ask("PUT", VALUES, sent)).json == sent
    changed = budget("2020-12-11", value=200)
    await ask("PUT", VALUES, [changed])
    everything = (await ask("GET", VALUES)).json
    assert len(everything) == 3
    assert changed in everything

    async def days(query):
        found = (await ask("GET", f"{VALUES}?{query}")).json
        return [(each["date"][-2:], each["store_id"]) for each in found]

    assert await days("keys=cm_budget&date=2020-12-11") == [("11", "1"), ("11", "2")]
    assert await days("date=2020-12-11&num_days=2&store_id=1") == [("11", "1"), ("12", "1")]
    path = "/custom_metric_values/cm_budget.json"
    assert (await ask("DELETE", f"{path}?store_id=1&date=2020-12-12")).text == "true"
    assert await days("") == [("11", "1"), ("11", "2")]
    assert (await ask("DELETE", path)).text == "true"
    assert await days("") == []


async def test_the_last_days_of_the_calendar_are_days_as_well(ask, fake_sitoo):
    fake_sitoo.add(VALUES, budget("9999-12-31"))
    for query, count in [("9999-12-31&num_days=100", 1), ("9999-12-30&num_days=1", 0)]:
        reply = await ask("GET", f"{VALUES}?date={query}")
        assert (reply.status, len(reply.json)) == (200, count)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ([{"key": "nothing"}], 404),
        ([{"key": "cm_budget", "date": "2020-12-11"}], 400),
        ([{"key": "cm_budget", "store_id": "1"}], 400),
        ([budget("11 December")], 400),
        (budget("2020-12-11"), 400),
    ],
)
async def test_a_value_that_can_not_be_is_refused(ask, sent, status):
    assert (await ask("PUT", VALUES, sent)).status == status
    assert (await ask("GET", VALUES)).json == []


async def test_values_without_a_day_come_with_every_day(ask, fake_sitoo):
    fake_sitoo.add(METRICS, {"key": "cm_all", "grouping": "none", "type": "scalar"})
    fake_sitoo.add(VALUES, {"key": "cm_all", "value_scalar": 1})
    assert len((await ask("GET", f"{VALUES}?date=2020-01-01&store_id=9")).json) == 1
    assert (await ask("GET", f"{VALUES}?date=2020-01-01&num_days=101")).status == 400
    assert (await ask("GET", f"{VALUES}?date=today")).status == 400
    assert (await ask("DELETE", "/custom_metric_values/nothing.json")).status == 404


async def test_a_custom_attribute_answers_with_itself(ask):
    path = "/sites/1/customattributes.json"
    new = {"id": "fit", "title": "Fit", "type": "string", "enums": ["Slim"]}
    assert (await ask("POST", path, new)).json == {**new, "searchable": False}
    one = path.replace(".json", "/fit.json")
    changed = (await ask("PUT", one, {"title": "F"})).json
    assert (changed["title"], changed["enums"]) == ("F", ["Slim"])
    assert (await ask("DELETE", one)).text == "true"
    assert (await ask("GET", one)).status == 404


@pytest.mark.parametrize("changes", [{"id": "material"}, {"type": "string"}, {"searchable": True}])
async def test_what_identifies_or_types_a_custom_attribute_never_changes(ask, changes):
    reply = await ask("PUT", "/sites/1/customattributes/material.json", {"title": "M", **changes})
    text = f'Invalid input, "{next(iter(changes))}" is a read-only field.'
    assert (reply.status, reply.errortext) == (400, text)
    assert (await ask("GET", "/sites/1/customattributes/material.json")).json["title"] == "Material"


@pytest.mark.parametrize("kind", ["images", "files"])
async def test_images_and_files_are_uploaded_and_named_by_their_index(ask, fake_sitoo, kind):
    path = f"/sites/1/products/1/{kind}.json"
    new = [
        {"resourceid": "message.txt", "filedata": "SGVsbG8gV29ybGQh"},
        {"resourceid": "logo.png"},
    ]
    for sent in new:
        assert (await ask("POST", path, sent)).text == "true"
    shown = (await ask("GET", path.replace(".json", "/0.json"))).json
    assert (shown["mimetype"], shown["filesize"]) == ("text/plain", 12)
    assert "filedata" not in shown
    assert (await ask("GET", path)).json["totalcount"] == 2
    assert (await ask("DELETE", path.replace(".json", "/0.json"))).text == "true"
    shown = (await ask("GET", path.replace(".json", "/0.json"))).json
    assert shown["resourceid"] == "logo.png"
    assert (await ask("GET", path.replace(".json", "/1.json"))).status == 404
    # The file itself stays, for all sites.
    other = (await ask("GET", RESOURCES.replace("/1/", "/2/"))).json["items"]
    assert [each["resourceid"] for each in other] == ["logo.png", "message.txt"]
    assert fake_sitoo.products(2) == {}


@pytest.mark.parametrize("kind", ["images", "files"])
async def test_the_deletion_of_one_in_the_middle_closes_the_gap(ask, kind):
    path = f"/sites/1/products/1/{kind}"
    for name in ("a", "b", "c"):
        await ask("POST", f"{path}.json", {"resourceid": f"{name}.txt", "filedata": ""})
    assert (await ask("DELETE", f"{path}/1.json")).text == "true"
    left = [(await ask("GET", f"{path}/{index}.json")).json for index in range(3)]
    assert [each.get("resourceid") for each in left] == ["a.txt", "c.txt", None]
    assert (await ask("GET", f"{path}.json")).json["totalcount"] == 2


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"resourceid": "nothing.png"}, 404),
        ({"resourceid": "a.png", "filedata": "not base64!"}, 400),
        ({"resourceid": "a.png", "filedata": "ø"}, 400),
        ({"resourceid": "a.png", "width": 5}, 400),
    ],
)
async def test_an_image_that_can_not_be_is_refused(ask, sent, status):
    assert (await ask("POST", IMAGES, sent)).status == status
    assert (await ask("POST", IMAGES.replace("products/1", "products/99"), sent)).status == 404


async def test_a_file_of_an_unknown_kind_has_a_general_type(ask, fake_sitoo):
    await ask("POST", IMAGES, {"resourceid": "data.qqq", "filedata": ""})
    assert fake_sitoo.items(RESOURCES)["data.qqq"]["mimetype"] == "application/octet-stream"


async def test_reason_codes_are_those_of_the_account(ask):
    key = (await ask("POST", "/reasoncodes.json", {"type": 20, "reasoncode": "9"})).json
    reply = await ask("GET", "/reasoncodes.json?type=20,30")
    assert [item["reasoncodeid"] for item in reply.json["items"]] == [key]


async def test_two_accounts_of_one_seed_are_the_same_and_of_two_are_not():
    def users(seed):
        return FakeSitoo(seed=seed).items(USERS)

    assert users(5) == users(5)
    assert users(5) != users(6)

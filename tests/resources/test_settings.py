"""The settings of a site against the fake server."""

from __future__ import annotations

import pytest

from sitoo_async import errors, set_fields
from sitoo_async.models import PosPermissionOptions, PosPermissions, Settings
from sitoo_async.testing import Fault

pytestmark = [
    pytest.mark.virtual_time,
    pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnverifiedEndpointWarning"),
    pytest.mark.account(sites=(1, 2)),
]


async def test_all_settings_come_or_those_asked_for(fake, client):
    found = await client.settings.get()
    assert isinstance(found.permissions.store_manager.manual_price, str)
    assert found.timezone == "Europe/Stockholm"
    assert fake.requests[-1].query == {}
    found = await client.site(2).settings.get(fields=["timezone", "eshopid"])
    assert set(set_fields(found)) == {"timezone", "eshopid"}
    assert fake.requests[-1].path == "/sites/2/settings.json"
    assert fake.requests[-1].query == {"fields": ["timezone,eshopid"]}


async def test_some_settings_are_set(fake, client):
    staff = PosPermissionOptions(manual_price="off")
    fake.script(Fault.answer(200, body=True, method="PUT", times=2))
    assert await client.settings.update(
        numdaysreserved=7, permissions={"store_staff": staff}, receipt_staff_display=None
    )
    assert (fake.requests[-1].method, fake.requests[-1].path) == ("PUT", "/sites/1/settings.json")
    assert fake.requests[-1].json == {
        "numdaysreserved": 7,
        "permissions": {"store_staff": {"manual_price": "off"}},
        "receipt_staff_display": None,
    }
    assert await client.settings.update(Settings(permissions=PosPermissions(store_staff=staff)))
    assert fake.requests[-1].json == {"permissions": {"store_staff": {"manual_price": "off"}}}


async def test_an_update_is_kept_by_the_server(client):
    assert await client.settings.update(numdaysreserved=7)
    assert (await client.settings.get()).numdaysreserved == 7


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda settings: settings.get(fields=["time_zone"]), "time_zone"),
        (lambda settings: settings.get(fields=[]), "fields"),
        (lambda settings: settings.update(), "item"),
        (lambda settings: settings.update(doroundoff=1), "doroundoff"),
        (lambda settings: settings.update(time_zone="UTC"), "time_zone"),
        (
            lambda settings: settings.update(permissions={"store_staff": {"manual_price": True}}),
            "permissions.store_staff.manual_price",
        ),
        (lambda settings: settings.update(Settings(timezone="UTC"), doroundoff=True), "doroundoff"),
    ],
)
async def test_bad_input_is_named_and_not_sent(fake, client, call, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await call(client.settings)
    assert caught.value.field == field
    assert fake.requests == []

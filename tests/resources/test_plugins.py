"""The settings of plugins against the fake server."""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest

from sitoo_async import changes, errors
from sitoo_async.models import PluginSettings
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def swish(fake):
    """A plugin with settings that the public reference does not show."""
    body = {"id": "swish", "active": True, "payee": "123", "limit": 12.5, "stores": ["A"]}
    fake.script(Fault.answer(200, body=body, method="GET", path="/plugins/swish/"))
    fake.script(Fault.answer(200, body=True, method="PUT", path="/plugins/swish/", times=9))


async def test_what_all_plugins_share_is_set_alone(fake, client):
    found = await client.plugins.settings.get("taxfree")
    assert found == PluginSettings(id="taxfree", active=False, further={})
    assert await client.plugins.settings.update("taxfree", active=True)
    assert fake.requests[-1].path == "/sites/1/plugins/taxfree/settings.json"
    assert fake.requests[-1].json == {"id": "taxfree", "active": True}
    assert (await client.plugins.settings.get("taxfree")).active is True
    with pytest.raises(errors.NotFoundError):
        await client.plugins.settings.get("no such plugin")
    assert "/plugins/no%20such%20plugin/settings.json" in fake.requests[-1].raw_path


async def test_what_one_plugin_has_of_its_own_is_plain_json(client, swish):
    found = await client.plugins.settings.get("swish")
    assert (found.id, found.active) == ("swish", True)
    assert found.further == {"payee": "123", "limit": Decimal("12.5"), "stores": ["A"]}
    assert copy.deepcopy(found) == found


async def test_own_settings_are_sent_beside_the_others(fake, client, swish):
    settings = client.plugins.settings
    assert await settings.update("swish", active=False, payee="456", limit=Decimal("7.5"))
    assert fake.requests[-1].json == {"id": "swish", "active": False, "payee": "456", "limit": 7.5}
    assert await settings.update("swish", stores=["A", "B"])
    assert fake.requests[-1].json == {"id": "swish", "stores": ["A", "B"]}
    assert await settings.update("swish", id="swish", active=True)
    assert fake.requests[-1].json == {"id": "swish", "active": True}


async def test_fetched_settings_are_changed_and_sent_back(fake, client, swish):
    before = await client.plugins.settings.get("swish")
    after = copy.deepcopy(before)
    after.active = False
    assert await client.plugins.settings.update("swish", changes(before, after))
    assert fake.requests[-1].json == {"id": "swish", "active": False}
    after.further["payee"] = "789"
    assert await client.plugins.settings.update("swish", changes(before, after))
    assert fake.requests[-1].json == {
        "id": "swish",
        "active": False,
        "payee": "789",
        "limit": 12.5,
        "stores": ["A"],
    }


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda settings: settings.get(""), "plugin_id"),
        (lambda settings: settings.get(".."), "plugin_id"),
        (lambda settings: settings.update("swish"), "item"),
        (lambda settings: settings.update("swish", PluginSettings(further={})), "item"),
        (lambda settings: settings.update("swish", PluginSettings(id="swish")), "item"),
        (lambda settings: settings.update("swish", PluginSettings(id="givex")), "id"),
        (lambda settings: settings.update("swish", id="givex", active=True), "id"),
        (lambda settings: settings.update("swish", PluginSettings(further={"id": "x"})), "id"),
        (
            lambda settings: settings.update("swish", PluginSettings(further={"id": "swish"})),
            "item",
        ),
        (lambda settings: settings.update("swish", active="yes"), "active"),
        (lambda settings: settings.update("swish", active=None), "active"),
        (lambda settings: settings.update("swish", payee=object()), "further.payee"),
        (lambda settings: settings.update("swish", PluginSettings(further=[1])), "further"),
        (lambda settings: settings.update("swish", PluginSettings(active=True), a=1), "further"),
    ],
)
async def test_bad_input_is_named_and_not_sent(fake, client, call, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await call(client.plugins.settings)
    assert caught.value.field == field
    assert fake.requests == []


async def test_an_answer_that_is_no_object_is_an_error_with_its_request(fake, client):
    fake.script(Fault.answer(200, body=[1]))
    with pytest.raises(errors.DecodeError) as caught:
        await client.plugins.settings.get("taxfree")
    assert (caught.value.method, caught.value.status) == ("GET", 200)


async def test_an_update_whose_answer_was_lost_is_sent_again(fake, client):
    fake.script(Fault.drop(method="PUT", when="after"))
    assert await client.plugins.settings.update("taxfree", active=True)
    assert [request.method for request in fake.requests] == ["PUT", "PUT"]

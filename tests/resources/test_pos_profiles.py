"""POS profiles against the fake server."""

from __future__ import annotations

import pytest

from sitoo_async import changes, errors
from sitoo_async.models import PosProfile
from sitoo_async.testing import Fault

pytestmark = [
    pytest.mark.virtual_time,
    pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnverifiedEndpointWarning"),
]


async def test_profiles_are_searched_and_sorted(fake, client):
    for name in ("Outlet North", "Outlet South", "Flagship"):
        await client.pos_profiles.add(name=name)
    walk = client.pos_profiles.list(
        searchtext="Outlet", sort="-name", fields=["id", "name"], page_size=1
    )
    assert [profile.name async for profile in walk] == ["Outlet South", "Outlet North"]
    assert fake.requests[-1].query == {
        "searchtext": ["Outlet"],
        "sort": ["-name"],
        "start": ["1"],
        "num": ["1"],
        "fields": ["id,name"],
    }
    assert await walk.count() == 2
    assert fake.requests[-1].query["fields"] == ["id"]


async def test_a_profile_lives_from_add_to_delete(fake, client):
    found = await client.pos_profiles.add(PosProfile(name="Concept Store Profile"))
    assert fake.requests[-1].json == {"name": "Concept Store Profile"}
    before = await client.pos_profiles.get(found)
    after = PosProfile(id=found, name="Concept", rebuy_reasoncode=None)
    before.rebuy_reasoncode = "R1"
    assert await client.pos_profiles.update(found, changes(before, after))
    assert fake.requests[-1].json == {"name": "Concept", "rebuy_reasoncode": None}
    assert (await client.pos_profiles.get(found)).name == "Concept"
    assert await client.pos_profiles.delete(found)
    assert fake.requests[-1].path == f"/sites/1/posprofiles/{found}.json"
    with pytest.raises(errors.NotFoundError):
        await client.pos_profiles.get(found)


async def test_what_the_reference_shows_as_null_alone_is_taken_as_any_json(fake, client):
    theme = {"colors": [{"name": "primary", "value": "#ffffff"}], "version": 2}
    fake.script(Fault.answer(200, body={"id": 3, "pos_theme_data": theme, "dashboardid": "d1"}))
    found = await client.with_options(strict=True).pos_profiles.get(3)
    assert (found.pos_theme_data, found.dashboardid) == (theme, "d1")
    fake.script(Fault.answer(200, body=True, method="PUT"))
    await client.pos_profiles.update(3, pos_theme_data=theme, custom_metrics=None)
    assert fake.requests[-1].json == {"pos_theme_data": theme, "custom_metrics": None}


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda profiles: profiles.add(id=3, name="A"), "id"),
        (lambda profiles: profiles.add(num_registers=3), "num_registers"),
        (lambda profiles: profiles.add(printreceipt="10"), "printreceipt"),
        (lambda profiles: profiles.add(pos_theme_data=object()), "pos_theme_data"),
        (lambda profiles: profiles.update(3, PosProfile(id=4, name="A")), "id"),
        (lambda profiles: profiles.update(3), "item"),
        (lambda profiles: profiles.get("3"), "id"),
        (lambda profiles: profiles.delete(3.0), "id"),
        (lambda profiles: profiles.list(sort=3).first(), "sort"),
        (lambda profiles: profiles.list(search="A").first(), "search"),
        (lambda profiles: profiles.list(fields=["ids"]).first(), "ids"),
    ],
)
async def test_bad_input_is_named_and_not_sent(fake, client, call, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await call(client.pos_profiles)
    assert caught.value.field == field
    assert fake.requests == []

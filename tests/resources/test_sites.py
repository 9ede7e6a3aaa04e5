"""The sites of an account against the fake server."""

from __future__ import annotations

import pytest

from sitoo_async import errors

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(sites=(1, 7))]


async def test_all_sites_come_in_one_answer(fake, client):
    sites = client.sites.list()
    assert [site.eshopid async for site in sites] == [1, 7]
    assert await sites.count() == 2
    assert (await sites.first()).eshopid == 1
    assert {record.raw_path.partition("/90316")[2] for record in fake.requests} == {"/sites.json"}


async def test_a_site_is_named_by_its_eshopid_or_is_the_clients_own(fake, client):
    assert (await client.sites.get(7)).eshopid == 7
    assert (await client.sites.get()).eshopid == 1
    site = await client.site(7).sites.get()
    assert (site.eshopid, site.siteurl) == (7, "https://shop7.example.com/")
    assert [record.path for record in fake.requests] == [
        "/sites/7.json",
        "/sites/1.json",
        "/sites/7.json",
    ]
    with pytest.raises(errors.NotFoundError):
        await client.sites.get(2)


async def test_quirk_5_3_6_a_guid_names_no_site(fake, client):
    # The API answers to one with nothing at all, not with an error.
    with pytest.raises(errors.InvalidInputError, match="siteid must be an int") as caught:
        await client.sites.get("{25D9C5B8-51FC-5751-7FBE-37368C7E4EF0}")
    assert caught.value.field == "siteid"
    assert fake.requests == []

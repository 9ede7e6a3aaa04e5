"""Users: named by GUIDs in braces."""

from __future__ import annotations

import pytest

from sitoo_async import errors, is_set
from sitoo_async.models import User

pytestmark = pytest.mark.virtual_time

NOBODY = "{102DC4AA-2C19-3177-6AB2-435CB3A46499}"


async def test_adding_a_user_gives_a_guid_in_braces(sitoo, fake_sitoo):
    userid = await sitoo.users.add(email="laura.smith@example.com", namefirst="Laura")
    assert (userid[0], userid[-1], len(userid)) == ("{", "}", 38)
    sent = {"email": "laura.smith@example.com", "namefirst": "Laura"}
    assert fake_sitoo.requests[-1].json == sent
    assert (await sitoo.users.get(userid)).namefirst == "Laura"


async def test_quirk_5_3_21_the_braces_of_a_userid_are_percent_encoded(sitoo, fake_sitoo):
    userid = await sitoo.users.add(User(email="laura.smith@example.com"))
    assert await sitoo.users.update(userid, externalid="1234") is True
    encoded = userid.replace("{", "%7B").replace("}", "%7D")
    assert fake_sitoo.requests[-1].raw_path.endswith(f"/sites/1/users/{encoded}.json")
    assert await sitoo.users.delete(userid) is True
    with pytest.raises(errors.NotFoundError):
        await sitoo.users.get(userid)


async def test_quirk_5_3_19_a_list_omits_the_externalid_unless_it_is_asked_for(sitoo):
    await sitoo.users.add(email="laura.smith@example.com", externalid="1234")
    mine = {"email": "laura.smith@example.com"}
    user = (await sitoo.users.list(**mine)).items[0]
    assert not is_set(user, "externalid")
    with pytest.raises(errors.FieldNotFetchedError, match="fields="):
        _ = user.externalid
    user = (await sitoo.users.list(fields=["userid", "externalid"], **mine)).items[0]
    assert user.externalid == "1234"


async def test_one_user_is_fetched_with_the_fields_that_are_asked_for(sitoo, fake_sitoo):
    userid = await sitoo.users.add(email="laura.smith@example.com", customernumber="77")
    user = await sitoo.users.get(userid, fields=["email", "customernumber"])
    assert user == User(email="laura.smith@example.com", customernumber="77")
    assert fake_sitoo.requests[-1].query["fields"] == ["email,customernumber"]


async def test_users_are_found_by_several_ids_in_one_parameter(sitoo, fake_sitoo):
    emails = ["a@example.com", "b@example.com", "c@example.com"]
    added = await sitoo.users.add_many([{"email": email} for email in emails])
    ids = [outcome.value for outcome in added]
    found = await sitoo.users.list(userid=ids[:2])
    assert {user.userid for user in found.items} == {*ids[:2]}
    assert fake_sitoo.requests[-1].query["userid"] == [",".join(ids[:2])]


async def test_a_batch_of_updates_names_each_user(sitoo, fake_sitoo):
    userid = await sitoo.users.add(email="laura.smith@example.com")
    items = [{"userid": userid, "externalid": "1234"}, User(userid=NOBODY, role=None)]
    result = await sitoo.users.update_many(items)
    assert fake_sitoo.requests[-1].json[0] == items[0]
    assert [outcome.ok for outcome in result] == [True, False]


async def test_a_pin_is_sent_and_never_asked_for(sitoo, fake_sitoo):
    await sitoo.users.add(email="laura.smith@example.com", pin="4711")
    assert fake_sitoo.requests[-1].json["pin"] == "4711"
    with pytest.raises(errors.InvalidInputError, match="never returned") as caught:
        await sitoo.users.list(fields=["pin"])
    assert caught.value.field == "pin"


async def test_quirk_5_3_4_a_filter_that_sitoo_would_ignore_is_refused(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError, match="did you mean 'email'") as caught:
        await sitoo.users.list(emial="laura.smith@example.com")
    assert caught.value.field == "emial"
    assert fake_sitoo.requests == []


@pytest.mark.parametrize("userid", ["", None, b"{1}", ".."])
async def test_what_is_no_userid_is_refused(sitoo, fake_sitoo, userid):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.users.get(userid)
    assert caught.value.field == "userid"
    assert fake_sitoo.requests == []

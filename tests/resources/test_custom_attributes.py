"""Custom attributes against the fake server."""

from __future__ import annotations

import pytest

from sitoo_async import changes, errors, replace
from sitoo_async.models import CustomAttribute
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time

FABRIC = {
    "id": "fabric",
    "title": "Fabric",
    "type": "string",
    "enums": ["Cotton", "Polyester"],
    "searchable": False,
}


async def test_an_attribute_lives_from_add_to_delete(fake, client):
    before = await client.custom_attributes.add(**FABRIC)
    assert fake.requests[-1].json == FABRIC
    assert before == CustomAttribute(**FABRIC) == await client.custom_attributes.get("fabric")
    after = replace(before, enums=["Cotton", "Polyester", "Velvet"])
    stored = await client.custom_attributes.update("fabric", changes(before, after))
    assert fake.requests[-1].path == "/sites/1/customattributes/fabric.json"
    assert fake.requests[-1].json == {"enums": ["Cotton", "Polyester", "Velvet"]}
    assert stored == after
    # Any text is allowed then.
    assert (await client.custom_attributes.update("fabric", enums=None)).enums is None
    assert await client.custom_attributes.delete("fabric") is True
    with pytest.raises(errors.NotFoundError):
        await client.custom_attributes.get("fabric")


@pytest.mark.account(products=3)
async def test_an_attribute_that_a_product_has_a_value_of_is_not_deleted(fake, client):
    with pytest.raises(errors.BadRequestError):
        await client.custom_attributes.delete("material")
    for product in fake.products().values():
        product["customattributes"] = {}
    assert await client.custom_attributes.delete("material") is True


async def test_an_id_is_text_and_stays_one_part_of_the_path(fake, client):
    fake.script(Fault.answer(200, body={"id": "a/b ö"}))
    assert (await client.custom_attributes.get("a/b ö")).id == "a/b ö"
    assert fake.requests[-1].raw_path.endswith("/customattributes/a%2Fb%20%C3%B6.json")


async def test_attributes_are_walked_page_by_page(fake, client):
    await client.custom_attributes.add(CustomAttribute(**FABRIC))
    await client.custom_attributes.add(id="season", title="Season", type="string")
    walk = client.custom_attributes.list(page_size=1)
    assert {"fabric", "season"} <= {attribute.id async for attribute in walk}
    assert fake.requests[-1].query["num"] == ["1"]
    assert await walk.count() == walk.totalcount >= 2
    assert fake.requests[-1].query == {"start": ["0"], "num": ["1"]}


async def test_an_addition_whose_answer_was_lost_is_not_sent_again(fake, client):
    fake.script(Fault.drop(method="POST", when="after"))
    with pytest.raises(errors.ReadError) as caught:
        await client.custom_attributes.add(**FABRIC)
    assert caught.value.sent == "unknown"
    assert [request.method for request in fake.requests] == ["POST"]


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda attributes: attributes.add(id="a", title="A"), "type"),
        (
            lambda attributes: attributes.add(id="a", title="A", type="string", enums=[3]),
            "enums[0]",
        ),
        (lambda attributes: attributes.add(CustomAttribute(**FABRIC), id="a"), "id"),
        (lambda attributes: attributes.update("fabric"), "item"),
        (lambda attributes: attributes.update("fabric", title=None), "title"),
        (lambda attributes: attributes.update("fabric", searchable=True), "searchable"),
        (lambda attributes: attributes.update("fabric", CustomAttribute(**FABRIC)), "type"),
        (lambda attributes: attributes.update("m", CustomAttribute(id="n", title="N")), "id"),
        (lambda attributes: attributes.get(".."), "attributeid"),
        (lambda attributes: attributes.delete(""), "attributeid"),
        (lambda attributes: attributes.list(start=-1).first(), "start"),
    ],
)
async def test_bad_input_is_named_and_not_sent(fake, client, call, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await call(client.custom_attributes)
    assert caught.value.field == field
    assert fake.requests == []

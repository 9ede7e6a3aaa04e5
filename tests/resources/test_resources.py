"""The images and other files of an account against the fake server."""

from __future__ import annotations

from datetime import UTC

import pytest

from sitoo_async import errors, is_set

pytestmark = pytest.mark.virtual_time


async def test_the_files_are_walked(fake, client):
    for number in range(3):
        fake.items("/sites/1/resources")[f"{number}.jpg"] = {"resourceid": f"{number}.jpg"}
    walk = client.resources.list(fields=["resourceid"], start=1, page_size=2)
    assert [file.resourceid async for file in walk] == ["1.jpg", "2.jpg", "logo.png"]
    assert await walk.count() == 4
    assert fake.requests[-1].query == {"start": ["0"], "num": ["1"], "fields": ["resourceid"]}


async def test_a_file_is_described_and_not_read(client):
    file = await client.resources.list().first()
    assert (file.resourceid, file.mimetype) == ("logo.png", "image/png")
    assert file.datecreated.tzinfo is UTC
    assert not is_set(file, "filedata")


async def test_the_content_can_not_be_asked_for(fake, client):
    with pytest.raises(errors.InvalidInputError) as caught:
        client.resources.list(fields=["filedata"])
    assert caught.value.field == "filedata"
    assert fake.requests == []

"""The images and other files of a product against the fake server."""

# In real time: files are read in a thread.

from __future__ import annotations

import base64
import threading
from pathlib import Path

import pytest

from sitoo_async import errors
from sitoo_async.resources.product_images_and_files import ProductFiles, ProductImages
from sitoo_async.testing import Fault

pytestmark = pytest.mark.account(products=3)

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAAAAAAALAAAAAABAAEAAAIBRAA7")


@pytest.fixture
async def productid(fake):
    return next(iter(fake.products()))


@pytest.fixture(params=["images", "files"])
async def name(request):
    return request.param


@pytest.fixture
async def attached(client, name):
    kind = {"images": ProductImages, "files": ProductFiles}[name]
    return kind(client.products._session, client.products.options, client.products.site)


async def test_a_file_is_uploaded_read_and_taken_from_the_product(
    fake, client, attached, name, productid
):
    assert await attached.add(productid, "message.gif", data=GIF)
    assert fake.requests[-1].path == f"/sites/1/products/{productid}/{name}.json"
    assert fake.requests[-1].json == {
        "resourceid": "message.gif",
        "filedata": base64.b64encode(GIF).decode(),
    }
    assert await attached.add(productid, "logo.png")
    assert fake.requests[-1].json == {"resourceid": "logo.png"}
    names = [file.resourceid async for file in attached.list(productid, page_size=1)]
    assert names == ["message.gif", "logo.png"]
    assert await attached.list(productid, fields=["mimetype"]).count() == 2
    file = await attached.get(productid, 0)
    assert (file.resourceid, file.mimetype, file.filesize) == ("message.gif", "image/gif", len(GIF))
    assert await attached.delete(productid, 0)
    assert fake.requests[-1].path == f"/sites/1/products/{productid}/{name}/0.json"
    assert [file.resourceid async for file in attached.list(productid)] == ["logo.png"]
    # Only the link is gone.
    assert "message.gif" in [file.resourceid async for file in client.resources.list()]


async def test_a_path_is_read_in_a_thread_and_gives_the_name(
    fake, attached, productid, tmp_path, monkeypatch
):
    path = tmp_path / "sofa.gif"
    path.write_bytes(GIF)
    readers = []
    read_bytes = Path.read_bytes

    def noting(self):
        readers.append(threading.current_thread())
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", noting)
    assert await attached.add(productid, data=path)
    assert await attached.add(productid, resourceid="couch.gif", data=path)
    assert threading.main_thread() not in readers
    encoded = base64.b64encode(GIF).decode()
    assert [record.json for record in fake.requests] == [
        {"resourceid": "sofa.gif", "filedata": encoded},
        {"resourceid": "couch.gif", "filedata": encoded},
    ]


async def test_a_file_that_is_not_there_is_told_and_nothing_is_sent(
    fake, attached, productid, tmp_path
):
    with pytest.raises(FileNotFoundError):
        await attached.add(productid, data=tmp_path / "none.gif")
    assert fake.requests == []


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({}, "resourceid"),
        ({"data": GIF}, "resourceid"),
        ({"resourceid": ""}, "resourceid"),
        ({"resourceid": 5}, "resourceid"),
        ({"resourceid": "a.gif", "data": "a.gif"}, "data"),
    ],
)
async def test_a_file_needs_a_name_and_bytes_or_a_path(fake, attached, productid, arguments, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await attached.add(productid, **arguments)
    assert caught.value.field == field
    assert fake.requests == []


async def test_what_lost_its_answer_is_not_sent_again(fake, attached, productid):
    # A second upload would stand there twice; a second delete would hit what has moved up.
    for resourceid in ("a.gif", "b.gif", "c.gif"):
        await attached.add(productid, resourceid, data=GIF)
    fake.reset()
    fake.script(Fault.drop(when="after"), Fault.drop(when="after"))
    with pytest.raises(errors.ReadError) as caught:
        await attached.delete(productid, 0)
    assert caught.value.sent == "unknown"
    with pytest.raises(errors.ReadError):
        await attached.add(productid, "d.gif", data=GIF)
    assert [record.method for record in fake.requests] == ["DELETE", "POST"]
    names = [file.resourceid async for file in attached.list(productid)]
    assert names == ["b.gif", "c.gif", "d.gif"]

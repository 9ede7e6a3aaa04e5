"""Vouchers, and the products that they are for."""

from __future__ import annotations

import pytest

from sitoo_async import errors
from sitoo_async.models import Voucher

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def some(fake_sitoo):
    """Productids and skus of three products."""
    return [(productid, item["sku"]) for productid, item in fake_sitoo.products().items()][:3]


async def test_a_voucher_is_added_read_and_changed(sitoo, fake_sitoo):
    voucherid = await sitoo.vouchers.add(vouchertype=200, vouchername="Resellers", value_x=30)
    assert fake_sitoo.requests[-1].json == {
        "vouchertype": 200,
        "vouchername": "Resellers",
        "value_x": 30,
    }
    assert await sitoo.vouchers.update(voucherid, Voucher(dateend=None, tags=["MEMBER"])) is True
    found = await sitoo.vouchers.get(voucherid)
    assert (found.value_x, found.dateend, found.tags) == (30, None, ["MEMBER"])
    assert await sitoo.vouchers.delete(voucherid) is True
    with pytest.raises(errors.NotFoundError):
        await sitoo.vouchers.get(voucherid)


async def test_products_are_named_by_sku_where_that_is_said(sitoo, fake_sitoo, some):
    skus = [sku for _, sku in some]
    item = Voucher(vouchertype=210, vouchername="10% off", products=skus)
    voucherid = await sitoo.vouchers.add(item, product_identifier="sku")
    assert fake_sitoo.requests[-1].raw_path.endswith("/vouchers.json?product_identifier=sku")
    found = await sitoo.vouchers.get(voucherid, product_identifier="sku")
    assert found.products == skus
    found = await sitoo.vouchers.get(voucherid)
    assert found.products == [productid for productid, _ in some]
    assert "product_identifier" not in fake_sitoo.requests[-1].raw_path


async def test_vouchers_are_listed_with_their_skus(sitoo, fake_sitoo, some):
    await sitoo.vouchers.add(vouchertype=210, vouchername="10% off", products=[some[0][0]])
    walk = sitoo.vouchers.list(fields=["products"], product_identifier="sku")
    assert [voucher.products async for voucher in walk][-1] == [some[0][1]]
    assert fake_sitoo.requests[-1].query["product_identifier"] == ["sku"]


async def test_products_are_put_in_and_taken_out_and_nobody_vouches_for_how(
    sitoo, fake_sitoo, some
):
    voucherid = await sitoo.vouchers.add(vouchertype=210, vouchername="10% off")
    with pytest.warns(errors.UnverifiedEndpointWarning, match=r"POST .*/products\.json"):
        await sitoo.vouchers.products.add(voucherid, [some[0][0], some[1][0]])
    assert fake_sitoo.requests[-1].path == f"/sites/1/vouchers/{voucherid}/products.json"
    assert fake_sitoo.requests[-1].json == [{"productid": some[0][0]}, {"productid": some[1][0]}]
    with pytest.warns(errors.UnverifiedEndpointWarning, match=r"DELETE .*/products\.json"):
        await sitoo.vouchers.products.delete(voucherid, [some[0][1]], product_identifier="sku")
    assert fake_sitoo.requests[-1].method == "DELETE"
    assert fake_sitoo.requests[-1].json == [{"sku": some[0][1]}]
    assert fake_sitoo.requests[-1].query["product_identifier"] == ["sku"]


@pytest.mark.parametrize("products", [[], "10001-1", None, ["10001-1"], [True]])
@pytest.mark.parametrize("verb", ["add", "delete"])
async def test_what_names_no_products_is_refused(sitoo, fake_sitoo, verb, products):
    with pytest.raises(errors.InvalidInputError) as caught:
        await getattr(sitoo.vouchers.products, verb)(1, products)
    assert caught.value.field.startswith("products")
    assert fake_sitoo.requests == []


async def test_an_identifier_that_sitoo_would_not_know_is_refused(sitoo, fake_sitoo):
    for call in (sitoo.vouchers.get, sitoo.vouchers.products.delete):
        arguments = (1,) if call == sitoo.vouchers.get else (1, [21])
        with pytest.raises(errors.InvalidInputError, match="'productid' or 'sku'") as caught:
            await call(*arguments, product_identifier="barcode")
        assert caught.value.field == "product_identifier"
    with pytest.raises(errors.InvalidInputError):
        sitoo.vouchers.list(product_identifier="SKU")
    assert fake_sitoo.requests == []


async def test_a_voucher_without_its_type_is_refused(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.vouchers.add(vouchername="Resellers", tags=["member"])
    assert caught.value.field == "tags[0]"
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.vouchers.add(vouchername="Resellers")
    assert caught.value.field == "vouchertype"
    assert fake_sitoo.requests == []

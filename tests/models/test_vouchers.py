"""Vouchers name their products by productid or by sku, as the operation was told."""

from __future__ import annotations

import pytest

from sitoo_async._codec.codec import decode_item, writable
from sitoo_async.errors import DecodeError, InvalidInputError
from sitoo_async.models import Voucher, VoucherDiscountOption


@pytest.mark.parametrize("products", [[21, 22], ["54051-1", "54051-2"]])
def test_products_are_productids_or_skus(products):
    option = VoucherDiscountOption(num=1, products=products)
    sent = writable(Voucher, {"products": products, "discountoptions": [option]})
    assert sent == {"products": products, "discountoptions": [{"num": 1, "products": products}]}
    body = b'{"products": [21, "54051-1"]}'
    assert decode_item(body, Voucher, strict=True).products == [21, "54051-1"]


@pytest.mark.parametrize("product", [None, True, 1.5, [21]])
def test_a_product_that_is_neither_is_refused(product):
    with pytest.raises(InvalidInputError) as caught:
        writable(Voucher, {"products": [21, product]})
    assert caught.value.field == "products[1]"


def test_a_strict_reading_refuses_a_product_that_is_neither():
    with pytest.raises(DecodeError, match=r"products\[0\] is documented as a productid or a sku"):
        decode_item(b'{"products": [1.5]}', Voucher, strict=True)

"""The keys that Sitoo writes into additional data have names, and are text wherever it will do."""

from __future__ import annotations

import ast
import inspect
import json
from importlib import resources
from itertools import pairwise

import pytest

from sitoo_async.models import Order, OrderDataKey, OrderItem, OrderItemDataKey, additional_data

pytestmark = pytest.mark.virtual_time

FACTS = json.loads(
    (resources.files("sitoo_async.testing._reference") / "data" / "orders.json").read_text("utf-8")
)["objects"]
KEYS = {
    OrderDataKey: FACTS["order-additionaldata"],
    OrderItemDataKey: FACTS["orderitem-additionaldata"],
}


def explained(keys):
    """What is written below each of them, by the key."""
    (declaration,) = ast.parse(inspect.getsource(keys)).body
    return {
        keys[name.targets[0].id].value: text.value.value
        for name, text in pairwise(declaration.body)
        if isinstance(name, ast.Assign)
    }


@pytest.mark.parametrize("keys", KEYS)
def test_every_key_is_there_and_says_what_it_is_and_how_that_is_known(keys):
    documented, inferred = KEYS[keys]["keys"], KEYS[keys]["inferred"]
    assert {*keys} == {*documented, *inferred}
    texts = explained(keys)
    assert texts.keys() == {*keys}
    assert {key for key, text in texts.items() if "inferred" in text} == {*inferred}
    for key in keys:
        assert key.name == key.value.replace("-", "_").upper()


async def test_a_key_is_read_and_written_as_the_text_that_it_is(fake_sitoo, sitoo):
    orderid = await sitoo.orders.add(
        ordertypeid=10,
        additionaldata={OrderDataKey.DELIVERY_IGNORE_STOCK: "true", "weborder": "W-1"},
        orderitems=[
            OrderItem(
                productname="Mug",
                quantity=1,
                moneyrowprice=10,
                additionaldata={OrderItemDataKey.SGTIN: "(01)1"},
            )
        ],
    )
    assert fake_sitoo.requests[-1].json["additionaldata"] == {
        "delivery-ignore-stock": "true",
        "weborder": "W-1",
    }
    order = await sitoo.orders.get(orderid)
    assert order.additionaldata[OrderDataKey.DELIVERY_IGNORE_STOCK] == "true"
    assert order.orderitems[0].additionaldata.get(OrderItemDataKey.SGTIN) == "(01)1"
    assert OrderDataKey.POS_RECEIPTID not in order.additionaldata


def test_a_key_of_ones_own_is_none_of_sitoos_and_no_error():
    order = Order(additionaldata={"weborder": "W-1", "pos-receiptid": "7"})
    found = [OrderDataKey(key) for key in order.additionaldata]
    assert found == ["weborder", OrderDataKey.POS_RECEIPTID]
    assert {*found} == {*order.additionaldata}


def test_the_keys_of_a_module_are_public():
    assert {*additional_data.__all__} == {kind.__name__ for kind in KEYS}

"""What a partner's page shows of the settings of a CRM, read from plain data and never shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import errors, unknown_fields
from sitoo_async._codec.evidence import facts
from sitoo_async._codec.fields import fields_of
from sitoo_async.models import (
    CrmChannel,
    CrmFieldSetting,
    CrmHandlerVoyado,
    CrmSearchKeyType,
    GiftCardResponse,
    Order,
    Product,
    User,
    as_model,
)
from sitoo_async.testing import Fault

KEY = "c0ffee-not-to-be-seen"

# As the partner's page has it, key and address apart.
CHANNEL = {
    "id": "voyado",
    "title": "Private",
    "client_settings": {
        "lookup_type": "personal_id",
        "search_types": ["mobile", "email", "personal_id", "member_number", "loyalty_card"],
        "fields_add": {"email": "editable", "consents": "hidden"},
        "fields_edit": {"email": "editable", "personal_id": "readonly"},
    },
    "handler": {
        "voyado": {
            "api_url": "https://voyado.example",
            "api_key": KEY,
            "locale": "en-GB",
            "currency_code": "EUR",
            "voucher_passwords_default": ["MEMBER"],
            "voucher_passwords_from_labels": [{"label_name": "Gold", "voucher_password": "GOLD"}],
        },
        "spi": {"url": "https://spi.example"},
    },
}


def test_a_channel_is_read_whole_and_its_key_is_not_shown():
    channel = as_model(CrmChannel, CHANNEL)
    settings, handler = channel.client_settings, channel.handler
    assert settings.lookup_type is CrmSearchKeyType.PERSONAL_ID
    assert settings.search_types == CHANNEL["client_settings"]["search_types"]
    assert settings.fields_edit["personal_id"] is CrmFieldSetting.READONLY
    assert settings.fields_add["consents"] == "hidden"
    assert unknown_fields(handler) == {"spi": {"url": "https://spi.example"}}
    assert handler.voyado.api_key == KEY
    for shown in (repr(channel), str(channel), *map(str, channel.__rich_repr__())):
        assert KEY not in shown
    assert "api_key='***'" in repr(handler.voyado)
    assert "locale='en-GB'" in repr(channel)


def test_what_is_known_of_each_is_noted():
    names = {"CrmChannel", "CrmClientSettings", "CrmHandler", "CrmHandlerVoyado"}
    names |= {"CrmFieldSetting", "CrmSearchKeyType"}
    noted = {name: fact for (service, name), fact in facts().items() if service == "v2"}
    assert {name for name, fact in noted.items() if fact.evidence == "inferred"} >= names
    assert noted["CrmHandlerSitoo"].evidence == "name-only"
    for name in names:
        assert "inferred" in noted[name].of.__doc__


@pytest.mark.virtual_time
async def test_settings_keep_what_nobody_tells_the_name_of(fake_sitoo, sitoo):
    body = json.dumps({"eshopid": 1, "channels": [CHANNEL]})
    fake_sitoo.script(Fault.answer(200, body=body))
    settings = await sitoo.settings.get()
    (channel,) = unknown_fields(settings)["channels"]
    assert as_model(CrmChannel, channel).title == "Private"


def test_a_secret_is_shown_as_there_or_not_there():
    assert repr(User(pin="4711", email="a@b.c")) == "User(email='a@b.c', pin='***')"
    assert repr(GiftCardResponse(print_pin=None)) == "GiftCardResponse(print_pin=None)"
    assert "4711" not in repr(GiftCardResponse(print_pin="4711"))
    assert fields_of(CrmHandlerVoyado)["api_key"].secret
    # It is hidden where it is shown, and nowhere else.
    assert User(pin="4711").pin == "4711"
    assert User(pin="4711") != User(pin="4712")


def test_plain_data_becomes_a_model_as_an_answer_does():
    product = as_model(Product, {"productid": 21, "moneyprice": "199.00", "shelf": 7})
    assert product == Product(productid=21, moneyprice=Decimal("199.00"))
    assert unknown_fields(product) == {"shelf": 7}


class Raises(dict):
    def items(self):
        raise OSError("gone")


ITSELF: dict = {}
ITSELF["customattributes"] = ITSELF


@pytest.mark.parametrize(
    ("cls", "data", "said"),
    [
        (Product, [1], "data must be a mapping"),
        (Product, Product(sku="A"), "data must be a mapping"),
        (Product, {1: "A"}, "keys"),
        (Product, {"datecreated": datetime.now(UTC)}, "a JSON value"),
        (Order, {"orderitems": [object()]}, r"data.orderitems\[0\]"),
        (Product, ITSELF, "holds itself"),
        (Product, Raises(sku="A"), "gone"),
        (dict, {}, "a model is expected"),
        ("Product", {}, "must be a model"),
    ],
    ids=["list", "model", "key", "moment", "object", "loop", "raises", "no model", "text"],
)
def test_what_is_no_plain_data_is_refused_by_name(cls, data, said):
    with pytest.raises(errors.InvalidInputError, match=said):
        as_model(cls, data)

"""Requests and answers without I/O: literal values in, literal bytes and errors out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from sitoo_async import errors
from sitoo_async._http.messages import Request, plain_json
from tests.http._answers import BROKEN, answer

# ------------------------------------------------------------------------------------- requests

ROOT = "https://api.mysitoo.com/v2/accounts/90316"


def test_a_url_of_eight_kilobytes_is_the_longest():
    path = "/sites/1/products.json"
    room = 8192 - len(ROOT) - len(path) - len("?sku=")
    Request("GET", path, query=f"sku={'a' * room}").check(ROOT)
    with pytest.raises(errors.InvalidInputError, match="8193 bytes") as caught:
        Request("GET", path, query=f"sku={'a' * (room + 1)}").check(ROOT)
    assert caught.value.field == "url"
    assert "fewer values" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"a": [1, 2.5, None, True, "å"]}, '{"a":[1,2.5,null,true,"å"]}'),
        ([], "[]"),
        ("text", '"text"'),
        (0, "0"),
    ],
)
def test_a_body_of_the_users_own_is_encoded_at_once(value, body):
    payload = plain_json(value)
    assert msgspec.json.decode(bytes(payload)) == msgspec.json.decode(body)


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [object(), {"a": object()}, {"a": 1j}, {("a", "b"): 1}, "\ud800", deep(100_000)],
    ids=["object", "nested", "complex", "key", "surrogate", "deep"],
)
def test_a_body_that_is_no_json_is_refused_before_it_waits(value):
    with pytest.raises(errors.InvalidInputError, match="json can't be encoded") as caught:
        plain_json(value)
    assert caught.value.field == "json"


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        datetime(2026, 11, 22, 12, tzinfo=UTC),
        date(2026, 1, 1),
        Decimal("1.5"),
        b"bytes",
        {"a", "b"},
    ],
    ids=["nan", "inf", "datetime", "date", "decimal", "bytes", "set"],
)
def test_a_body_with_what_json_has_no_word_for_is_refused_and_not_guessed(value):
    # NaN would go out as null, a datetime as text where Sitoo wants seconds, bytes as base64.
    with pytest.raises(errors.InvalidInputError) as caught:
        plain_json({"moneyprice": value})
    assert caught.value.field == "json"


# -------------------------------------------------------------------------------------- answers


def test_an_answer_shows_its_size_and_not_its_content():
    response = answer(200, b'{"email": "someone@example.com"}')
    assert "someone" not in repr(response)
    assert "<32 bytes>" in repr(response)


def test_the_request_id_is_found_in_any_case():
    assert answer(200, sitoo_request_id="86aa994c").request_id == "86aa994c"
    assert answer(200).request_id is None


def test_an_answer_is_read_as_json():
    assert answer(200, b'{"items": [1, 2.5, null]}').json() == {"items": [1, 2.5, None]}
    assert answer(200, b"true").json() is True


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_body_that_is_no_json_is_a_decode_error(body):
    response = answer(200, body, Sitoo_Request_ID="86aa994c")
    with pytest.raises(errors.DecodeError, match="not JSON") as caught:
        response.json()
    assert caught.value.sent == "yes"
    assert caught.value.status == 200
    assert caught.value.request_id == "86aa994c"

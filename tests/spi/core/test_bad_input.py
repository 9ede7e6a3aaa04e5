"""Requests that make no sense: the documented error names the field, and nobody is called."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async.errors import UnexpectedTypeWarning
from sitoo_async.spi import App
from tests.spi.core._payments import (
    CREDENTIALS,
    HEADERS,
    FieldRecorder,
    Payment,
    Recorder,
    serving,
)

PUT = ("PUT", "/payments/7")
GET = ("GET", "/payments/7")
FIND = "/payments?key=7"
DEEP = b"[" * 100_000


@pytest.mark.parametrize(
    ("request_", "headers", "body", "code", "field"),
    [
        # The body.
        (PUT, {}, b"", "field-missing", "body"),
        (PUT, {}, b" \r\n", "field-missing", "body"),
        (PUT, {}, None, "field-missing", "body"),
        (PUT, {}, b"[]", "field-validation", "body"),
        (PUT, {}, b"null", "field-validation", "body"),
        (PUT, {}, b'"{}"', "field-validation", "body"),
        (PUT, {}, b"{", "field-validation", "body"),
        (PUT, {}, b'{"amount":NaN}', "field-validation", "body"),
        (PUT, {}, b'{"new":%s}' % (b"9" * 5000), "field-validation", "body"),
        (PUT, {}, b'{"note":"\xff"}', "field-validation", "body"),
        (PUT, {}, '{"note":"\udc80"}', "field-validation", "body"),
        (PUT, {}, "{}".encode("utf-16"), "field-validation", "body"),
        (PUT, {}, DEEP, "field-validation", "body"),
        (PUT, {}, b'{"new":' * 100_000, "field-validation", "body"),
        (PUT, {}, b'{"items":' + DEEP, "field-validation", "body"),
        (PUT, {"Content-Type": "text/xml"}, b"<a/>", "field-validation", "Content-Type"),
        (PUT, {"Content-Type": "application/xml"}, b"{}", "field-validation", "Content-Type"),
        (PUT, {"content-type": "multipart/form-data"}, b"{}", "field-validation", "Content-Type"),
        (PUT, {"Content-Type": "text/plain"}, b"<a/>", "field-validation", "Content-Type"),
        (PUT, {"Content-Encoding": "gzip"}, b"\x1f\x8b", "field-validation", "Content-Encoding"),
        (PUT, {"Content-Type": "application/json"}, b"<a/>", "field-validation", "body"),
        (("POST", "/settlements.json"), {}, b"[]", "field-validation", "body"),
        (("DELETE", "/payments"), {}, b"{}", "field-validation", "body"),
        (("DELETE", "/payments"), {}, b'["a",7,true]', "field-type", "[2]"),
        (("DELETE", "/payments"), {}, b'["a",null]', "field-type", "[1]"),
        (("POST", "/batches"), {}, b'[{"note":"x"},null]', "field-type", "[1]"),
        (("POST", "/batches"), {}, b'[{"note":"x"},5]', "field-type", "[1]"),
        # Headers.
        (GET, {"Store-ID": "%FF"}, b"", "field-type", "Store-ID"),
        (GET, {"Staff-ID": "Göteborg"}, b"", "field-type", "Staff-ID"),
        (GET, {"Register-ID": b"\xc3"}, b"", "field-type", "Register-ID"),
        (GET, {"Request-ID": "%C3%28"}, b"", "field-type", "Request-ID"),
        # The path and the query.
        (("GET", "/payments/%FF"), {}, b"", "field-type", "paymentid"),
        (("GET", "/receipts/17a.json"), {}, b"", "field-type", "number"),
        (("GET", "/payments/7?extended=True"), {}, b"", "field-type", "extended"),
        (("GET", "/payments/7?extended="), {}, b"", "field-type", "extended"),
        (("GET", "/payments/7?extended=true&extended=false"), {}, b"", "field-type", "extended"),
        (("GET", "/payments"), {}, b"", "field-missing", "key"),
        (("GET", "/payments?Key=7"), {}, b"", "field-missing", "key"),
        (("GET", "/payments?key=%FF"), {}, b"", "field-type", "key"),
        (("GET", f"{FIND}&start=1.0"), {}, b"", "field-type", "start"),
        (("GET", f"{FIND}&start=9223372036854775808"), {}, b"", "field-type", "start"),
        (("GET", f"{FIND}&start=-9223372036854775809"), {}, b"", "field-type", "start"),
        (("GET", f"{FIND}&start={'9' * 5000}"), {}, b"", "field-type", "start"),
        (("GET", f"{FIND}&start=\u0661"), {}, b"", "field-type", "start"),
        (("GET", f"{FIND}&filter[a]=%FF"), {}, b"", "field-type", "filter[a]"),
    ],
    ids=lambda value: repr(value)[:40],
)
@pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning")
async def test_the_documented_error_names_the_field_and_nobody_is_called(
    request_, headers, body, code, field
):
    service = FieldRecorder()
    server = App(service, **CREDENTIALS)
    answer = await server.handle(*request_, HEADERS | headers, body)
    error = answer.json()
    assert (answer.status, error["error_code"], error["error_data"]["field"]) == (400, code, field)
    assert error["error_data"]["message"].startswith(field)
    assert service.asked == []


async def test_json_is_read_whatever_it_is_called():
    # Which type Sitoo names is not known, and a form is what many a program says of anything.
    service, server = serving(settle={})
    kinds = ["application/x-www-form-urlencoded", "Text/Plain; charset=utf-8", "", "x", "*/*"]
    kinds += ["application/json", "application/problem+json", "text/json;charset=x", "nonsense;/"]
    for kind in kinds:
        headers = HEADERS | {"Content-Type": kind}
        await server.handle("POST", "/settlements.json", headers, b'{"a":1}')
    assert [each[1] for each in service.asked] == [{"a": 1}] * len(kinds)


async def test_a_body_that_is_too_long_is_refused_unread():
    service, server = serving(settle={})
    for headers, body in [({}, b" " * 1_000_001), ({"Content-Length": "100000000"}, b"")]:
        answer = await server.handle("POST", "/settlements.json", HEADERS | headers, body)
        assert answer.status == 413
        assert answer.json()["error_data"]["field"] == "body"
    exact = await server.handle("POST", "/settlements.json", HEADERS, b"{}" + b" " * 999_998)
    lying = await server.handle(
        "POST", "/settlements.json", HEADERS | {"Content-Length": "-1"}, b"{}"
    )
    assert (exact.status, lying.status) == (200, 200)
    assert len(service.asked) == 2


@pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning")
async def test_a_field_of_another_type_stays_as_it_came_unless_told_to_be_strict():
    body = b'{"amount":5,"items":[{"sku":"A","total":{}}]}'
    service, tolerant = serving()
    assert (await tolerant.handle(*PUT, HEADERS, body)).status == 204
    assert service.asked[0][2].amount == 5
    assert service.asked[0][2].items[0].total == {}
    strict = App(FieldRecorder(), strict=True, **CREDENTIALS)
    answer = await strict.handle(*PUT, HEADERS, body)
    assert (answer.status, answer.json()["error_code"]) == (400, "field-type")
    assert answer.json()["error_data"]["field"] == "amount"
    where = await strict.handle(*PUT, HEADERS, body.replace(b"5", b'"5.00"'))
    assert where.json()["error_data"]["field"] == "items[0].total"


async def test_where_warnings_are_errors_it_is_refused_too():
    service, server = serving()
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnexpectedTypeWarning)
        answer = await server.handle(*PUT, HEADERS, b'{"amount":5}')
    assert answer.status == 400
    assert service.asked == []


STATUSES = {200, 201, 204, 400, 401, 404, 405, 413, 500}

header_text = st.text(st.characters(max_codepoint=0x17F), max_size=30) | st.binary(max_size=30)
names = st.sampled_from(
    ["Store-ID", "staff-id", "REGISTER-ID", "Request-ID", "Content-Type", "Content-Length", "x"]
)
paths = st.sampled_from(["/payments", "/payments/7", "/settlements.json", "/batches", ""])
queries = st.sampled_from(["?key=1", "?key=%zz&start=x", "?extended=true"])
json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["amount", "items", "note", "sku", "new"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "BREW", ""]),
    path=st.builds("{}{}".format, paths, queries | st.text(max_size=20)),
    headers=st.dictionaries(names, header_text, max_size=3),
    body=st.binary(max_size=40)
    | json_like.map(lambda value: repr(value).encode("utf-8", "replace")),
    known=st.booleans(),
)
@pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning")
async def test_nothing_that_comes_makes_it_raise(method, path, headers, body, known):
    server = App(Recorder(get_payment=Payment(), settle={}, add_payment=""), **CREDENTIALS)
    given = headers | (HEADERS if known else {})
    answer = await server.handle(method, path, given, body)
    assert answer.status in STATUSES
    if answer.status >= 400:
        assert set(answer.json()) == {"request_id", "error_code", "error_data"}

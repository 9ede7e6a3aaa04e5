"""What an interface class may declare, what an application may be made of, and what it refuses."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, get_args

import pytest

from sitoo_async import InvalidInputError, InvalidOptionError, UnverifiedEndpointWarning
from sitoo_async.spi import App, Call, Refusal, Service, operation
from sitoo_async.spi._core.refusal import BY_FIELD, Code, by_status
from sitoo_async.spi._core.routes import Template
from tests.spi.core._payments import (
    CREDENTIALS,
    HEADERS,
    FieldRecorder,
    Payment,
    PaymentService,
    Recorder,
)


class PointsService(Service, interface="spi-points", errors=by_status("not-found", "other")):
    @operation("Get Points", "GET", "/points/{id}", evidence="inferred", confidence="high")
    async def get_points(self, id: str, /, *, call: Call) -> int:  # noqa: A002  # as on the wire
        raise NotImplementedError

    @operation("Redeem Points", None, None, evidence="name-only")
    async def redeem_points(
        self, redemption: Mapping[str, Any], /, *, call: Call
    ) -> Mapping[str, Any]:
        raise NotImplementedError


class Points(PointsService):
    async def get_points(self, id, /, *, call):  # noqa: A002  # as on the wire
        return 17


class Redeemed(Points):
    async def redeem_points(self, redemption, /, *, call):
        return {"parameters": dict(call.path_parameters), **redemption}


# What is inferred, and what is known by name alone --------------------------------------------


async def test_an_inferred_path_is_served_and_warned_of_once():
    with pytest.warns(UnverifiedEndpointWarning) as warned:
        server, _ = [App(Points(), **CREDENTIALS) for _ in range(2)]
    (text,) = [str(each.message) for each in warned]
    assert text.startswith(
        "Points.get_points: the path of Get Points, GET /points/{id}, is not doc"
    )
    assert warned[0].filename == __file__
    assert (await server.handle("GET", "/points/5", HEADERS, b"")).json() == 17


def test_a_warning_that_is_an_error_comes_each_time():
    for _ in range(2):
        with pytest.raises(UnverifiedEndpointWarning):
            App(Points(), **CREDENTIALS)


@pytest.mark.filterwarnings("ignore::sitoo_async.UnverifiedEndpointWarning")
async def test_what_is_known_by_name_alone_refuses_by_name_until_its_path_is_told():
    with pytest.raises(InvalidOptionError, match="no path of Redeem Points is known") as caught:
        App(Redeemed(), **CREDENTIALS)
    assert caught.value.field == "routes"
    routes = {"redeem_points": "post /points/{id}/{by}/redeem.json"}
    server = App(Redeemed(), routes=routes, **CREDENTIALS)
    answer = await server.handle("POST", "/points/a%2Fb/c/redeem.json", HEADERS, b'{"n":1}')
    assert answer.json() == {"parameters": {"id": "a/b", "by": "c"}, "n": 1}


async def test_a_path_that_turns_out_to_be_another_one_is_told_without_a_warning():
    server = App(Points(), routes={"get_points": "GET /v2/points/{id}"}, **CREDENTIALS)
    assert (await server.handle("GET", "/v2/points/5", HEADERS, b"")).json() == 17
    assert (await server.handle("GET", "/points/5", HEADERS, b"")).status == 404


@pytest.mark.parametrize(
    ("routes", "why"),
    [
        ({"get_points": "GET /points"}, "such as GET /points/{id}"),
        ({"get_points": "/points/{id}"}, "needs a method and a path, such as GET /points/{id}"),
        ({"get_points": "/ /points/{id}"}, "needs a method and a path"),
        ({"get_points": "GET points/{id}"}, "must begin with a slash"),
        ({"get_points": "GET /points/x{id}"}, "begins its part of the path"),
        ({"get_points": 5}, "must begin with a slash"),
        ({"redeem_points": "POST /redeem"}, "is no operation that a service implements"),
        ({"nothing": "GET /x"}, "is no operation that a service implements"),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::sitoo_async.UnverifiedEndpointWarning")
def test_a_route_that_can_not_be_is_refused(routes, why):
    with pytest.raises(InvalidOptionError, match=why):
        App(Points(), routes=routes, **CREDENTIALS)


# Services -------------------------------------------------------------------------------------


def test_who_collects_errors_has_to_be_a_function():
    with pytest.raises(InvalidOptionError, match="on_error must be a function"):
        App(Recorder(), on_error="log", **CREDENTIALS)


async def test_several_services_have_one_address_and_their_own_errors():
    class Receipts(Service, interface="spi-receipts", errors=by_status("not-found", "other")):
        @operation("Get Copy", "GET", "/copies/latest", evidence="documented")
        async def get_latest(self, *, call: Call) -> str:
            raise NotImplementedError

        @operation("Get Copy", "GET", "/copies/{copyid}", evidence="documented")
        async def get_copy(self, copyid: str, /, *, call: Call) -> str:
            raise NotImplementedError

    class Copies(Receipts):
        async def get_latest(self, *, call):
            return "latest"

        async def get_copy(self, copyid, /, *, call):
            raise Refusal("not-found")

    server = App(FieldRecorder(), Copies(), **CREDENTIALS)
    asked = [
        ("/copies/latest", 200, None),
        ("/copies/1", 404, "not-found"),
        ("/payments/1", 404, "other"),
        ("/nowhere", 404, "other"),
    ]
    for path, status, code in asked:
        answer = await server.handle("GET", path, HEADERS, b"")
        assert answer.status == status
        assert code is None or answer.json()["error_code"] == code


async def test_an_operation_that_the_interface_lacks_is_marked_in_a_class_of_ones_own():
    class More(Recorder):
        @operation("Split Payment", "POST", "/payments/{paymentid}/splits", status=201)
        async def split(self, paymentid: str, parts: list[Payment], /, *, call: Call) -> int:
            return len(parts)

    server = App(More(), **CREDENTIALS)
    answer = await server.handle("POST", "/payments/7/splits", HEADERS, b"[{},{}]")
    assert (answer.status, answer.json()) == (201, 2)
    assert (await server.handle("GET", "/payments?key=7", HEADERS, b"")).status == 200


class Wrong(PaymentService):
    async def get_payment(self, paymentid):
        """Without the rest."""


class Misspelt(PaymentService):
    async def get_paymnt(self, paymentid, /, *, call):
        """What nothing would call."""


class WithMethodsOfItsOwn(Recorder):
    get_payments = "17"

    async def get_payment_of(self, orderid):
        """What is near, and takes no call."""

    async def get_payment_s(self, paymentids, *, call):
        """What is near to an operation that is there as well."""

    async def find(self, orderid, *, call):
        """What takes a call, and is not near."""

    async def _get_payment(self, paymentid, *, call):
        """What is private."""


class Both(Recorder, PointsService):
    pass


@pytest.mark.parametrize(
    ("services", "why"),
    [
        ((), "give the services"),
        ((Recorder,), "must be an instance of a class derived from an interface, not type"),
        ((Service(),), "derives from none"),
        ((Both(),), "derives from PaymentService and PointsService"),
        ((Recorder(), FieldRecorder()), "Recorder.add_payment and FieldRecorder.add_payment have"),
        ((Wrong(),), "Wrong.get_payment can't take what it is called with: "),
        ((Misspelt(),), "Misspelt.get_paymnt is no operation .* did you mean 'get_payment'?"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_not_be_served_is_refused(services, why):
    with pytest.raises(InvalidOptionError, match=why):
        App(*services, **CREDENTIALS)


def test_methods_of_ones_own_are_left_alone():
    assert repr(App(WithMethodsOfItsOwn(), **CREDENTIALS)) == "<App: WithMethodsOfItsOwn>"


async def test_what_a_class_leaves_out_is_404_with_the_documented_error():
    server = App(PaymentService(), **CREDENTIALS)
    answer = await server.handle("GET", "/payments/7", HEADERS, b"")
    assert (answer.status, answer.json()["error_code"]) == (404, "not-found")
    assert answer.json()["error_data"] == {"message": "Get Payment is not implemented"}


async def test_an_interface_without_bodies_tells_errors_by_their_status_alone():
    class Plain(Service, interface="spi-plain", errors=by_status("not-found", "other", body=False)):
        @operation("Get", "GET", "/get", evidence="documented")
        async def get(self, *, call: Call) -> str:
            raise NotImplementedError

    class Refusing(Plain):
        async def get(self, *, call):
            raise Refusal("not-found", "no such thing")

    server = App(Refusing(), **CREDENTIALS)
    for method, path, status in [("GET", "/get", 404), ("GET", "/", 404), ("PUT", "/get", 405)]:
        answer = await server.handle(method, path, HEADERS, b"")
        assert (answer.status, answer.body, answer.json()) == (status, b"", None)
        assert answer.headers["content-length"] == "0"


# Signatures -----------------------------------------------------------------------------------


class Signatures:
    async def no_call(self) -> str: ...
    async def plain(self, thing: str, *, call: Call) -> str: ...
    async def two_bodies(self, one: Payment, two: Payment, /, *, call: Call) -> str: ...
    async def not_named(self, *, call: Call) -> str: ...
    async def early_body(self, one: Payment, id: str, /, *, call: Call) -> str: ...  # noqa: A002  # as in a path
    async def odd_body(self, one: int, /, *, call: Call) -> str: ...
    async def odd_query(self, *, at: bytes, call: Call) -> str: ...
    async def odd_union(self, *, at: str | int, call: Call) -> str: ...
    async def odd_list(self, one: list[int], /, *, call: Call) -> str: ...
    async def odd_choice(self, *, call: Call) -> str | bool: ...
    async def odd_answer(self, *, call: Call) -> bytes: ...


@pytest.mark.parametrize(
    ("name", "path", "why"),
    [
        ("no_call", "/a", "call is missing"),
        ("plain", "/a", "thing must be positional-only or keyword-only"),
        ("two_bodies", "/a", "two is a second body"),
        ("not_named", "/a/{id}", "names other parameters"),
        ("early_body", "/a/{id}", "the body comes after what the path names"),
        ("odd_body", "/a", "no body is of type"),
        ("odd_query", "/a", "at: no parameter is of type"),
        ("odd_union", "/a", "at: no parameter is of type"),
        ("odd_list", "/a", "no body is of type"),
        ("odd_choice", "/a", "no answer is of type"),
        ("odd_answer", "/a", "no answer is of type"),
        ("plain", "a", "must begin with a slash"),
    ],
)
def test_a_signature_that_says_no_request_is_refused_by_its_name(name, path, why):
    marked = operation("Do", "GET", path, evidence="documented")(vars(Signatures)[name])
    made = type("Made", (Service,), {name: marked}, interface="spi-made", errors=BY_FIELD)
    with pytest.raises(InvalidOptionError, match=why):
        App(made(), **CREDENTIALS)


def test_paths_that_mean_the_same_have_one_shape():
    one, other, another = map(Template.of, ("/a/{x}", "/a/{y}", "/a/{x}.json"))
    assert one.shape == other.shape != another.shape


# Refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", get_args(Code))
def test_every_code_can_be_refused_with_and_pickles(code):
    refusal = Refusal(code, "text", field="a[0]", status=409)
    copied = pickle.loads(pickle.dumps(refusal))  # noqa: S301  # made right here
    assert vars(copied) == vars(refusal)
    assert str(copied) == f"{code}: text"
    assert str(Refusal(code)) == code


def test_each_code_goes_with_the_status_that_it_is_named_after():
    named = {each.name.lower().replace("_", "-"): int(each) for each in HTTPStatus}
    named["unprocessable-entity"] = 422  # which newer Pythons call a content
    codes = get_args(Code)
    assert by_status(*codes).statuses == {
        code: 500 if code == "other" else named.get(code, 400) for code in codes
    }


@pytest.mark.parametrize(
    ("arguments", "field", "why"),
    [
        ({"code": "not_found"}, "code", "did you mean 'not-found'"),
        ({"code": 404}, "code", "is none that an interface has"),
        ({"code": "other", "message": 5}, "message", "must be text, not int"),
        ({"code": "other", "field": b"a"}, "field", "must be text, not bytes"),
        ({"code": "other", "status": 200}, "status", "400 to 599"),
        ({"code": "other", "status": "404"}, "status", "400 to 599"),
    ],
    ids=str,
)
def test_a_refusal_that_nobody_could_answer_is_refused_where_it_is_made(arguments, field, why):
    with pytest.raises(InvalidInputError, match=why) as caught:
        Refusal(**arguments)
    assert caught.value.field == field

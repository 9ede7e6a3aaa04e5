"""What an answer has to be: its status, its shape, and the rules of single operations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._pos.findings import Finding
from sitoo_async.testing._pos.operations import named_in
from sitoo_async.testing._pos.shapes import inside, json_type, unlike

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sitoo_async.testing._pos.operations import PosOperation
    from sitoo_async.testing._server.partners import Reply

__all__ = ["findings_of", "read"]

_NO_CONTENT = 204
_UNAUTHORIZED = 401


def read(body: bytes) -> Any:
    """A body as plain JSON values.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return json.loads(body, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def findings_of(
    operation: PosOperation, parameters: Mapping[str, Any], reply: Reply
) -> Iterator[Finding]:
    """What is not as the reference has it.

    Args:
        operation: what was called.
        parameters: what it was called with, in the path and in the query.
        reply: the answer.
    """
    succeeded = 200 <= reply.status < 300
    yield from _of_status(operation, reply.status)
    if reply.status == _NO_CONTENT:
        if reply.body or reply.headers.get("Content-Length", "0") != "0":
            yield Finding("body", "is there with status 204, which has none")
        return
    if not succeeded:
        yield from _of_error(operation, reply)
        return
    if operation.returns is None or operation.returns == "200":
        return  # what is answered is known of neither
    if "no body" in operation.returns:
        if reply.body:
            yield Finding("body", "is there where none is answered")
        return
    try:
        value = read(reply.body)
    except ValueError:
        yield Finding("body", "is empty" if not reply.body else "is no JSON")
        return
    if "json" not in reply.headers.get("Content-Type", "").lower():
        yield Finding("header", "Content-Type does not say JSON", breaks=False)
    before = [*_of_value(operation, value)]
    yield from before
    rule = _RULES.get((operation.service, operation.name))
    if rule is not None and not any(each.breaks for each in before):
        yield from rule(parameters, value)


def _of_status(operation: PosOperation, status: int) -> Iterator[Finding]:
    known = operation.statuses
    if not known:
        if status < 200 or 300 <= status < 400:
            yield Finding("status", f"is {status}, which a POS makes nothing of")
    elif status not in known and status != _UNAUTHORIZED:
        # Lists that are cut lack 401, which goes with credentials everywhere.
        listed = ", ".join(map(str, known))
        yield Finding("status", f"is {status}, and documented are {listed}")


def _of_error(operation: PosOperation, reply: Reply) -> Iterator[Finding]:
    """Where the body of an error is not that of the interface, if it has one."""
    objects = operation.facts["objects"]
    about = objects.get("ErrorMessage") or objects.get("Error")
    if about is None or not about["fields"]:
        return
    sure = about["evidence"] == "documented"
    try:
        body = read(reply.body)
    except ValueError:
        yield Finding("body", "should be the documented error and is no JSON", sure)
        return
    if not isinstance(body, dict):
        yield Finding("body", f"should be an error object and is {json_type(body)}", sure)
        return
    given = cast("Mapping[str, Any]", body)
    for name, kind in (("request_id", str), ("error_code", str), ("error_data", dict)):
        if not isinstance(given.get(name), kind):
            yield Finding(name, "is missing or of another type", sure)
    codes = objects.get("ErrorCode", {}).get("values") or about["fields"]["error_code"].get("enum")
    code = given.get("error_code")
    if isinstance(code, str) and code not in codes:
        yield Finding("error_code", f"is none of {', '.join(codes)}", sure)
    data = given.get("error_data")
    if isinstance(data, dict) and not isinstance(
        cast("Mapping[str, Any]", data).get("message"), str
    ):
        yield Finding("error_data.message", "is missing or no text", sure)


def _of_value(operation: PosOperation, value: Any) -> Iterator[Finding]:
    """Where an answer is not what the operation returns, as its facts have it in words."""
    returns, facts = operation.returns or "", operation.facts
    sure = operation.documented and "inferred" not in returns
    name = named_in(returns, facts)
    if returns.startswith("string"):
        yield from unlike(facts, "string", value, "body", sure=sure)
    elif returns == "true":
        if value is not True:
            yield Finding("body", f"should be true and is {json_type(value)}", sure)
    elif returns.startswith("array"):
        yield from unlike(facts, f"array<{name}>", value, "body", sure=sure)
        one = "[]" in returns
        if one and isinstance(value, list) and len(cast("Sequence[Any]", value)) > 1:
            yield Finding("body", "holds several, where it is one or none", sure)
    elif name is not None:
        yield from unlike(facts, name, value, "body", sure=sure)


# The rules of single operations ---------------------------------------------------------------


def _rows(value: Any, name: str) -> Sequence[Mapping[str, Any]]:
    rows: Any = value.get(name)
    each_row = cast("Sequence[Any]", rows if isinstance(rows, list) else [])
    return [cast("Mapping[str, Any]", each) for each in each_row if isinstance(each, dict)]


def _one_way_out(_: object, value: Any) -> Iterator[Finding]:
    for number, item in enumerate(_rows(value, "items")):
        options = [each.get("type") for each in _rows(item, "insurance_options")]
        if options.count("none") > 1:
            place = inside(f"items[{number}]", "insurance_options")
            yield Finding(place, "has several options of type none, where one at most is allowed")


def _filters_alone(parameters: Mapping[str, Any], value: Any) -> Iterator[Finding]:
    products = value.get("products")
    if parameters.get("return_only_filters") is True and products and products.get("items"):
        yield Finding("products.items", "holds products, where only filters were asked for")


def _names_the_transaction(_: object, value: Any) -> Iterator[Finding]:
    if not value.get("transaction_id"):
        yield Finding("transaction_id", "is missing in the answer to a transaction")


def _says_where_it_stands(parameters: Mapping[str, Any], value: Any) -> Iterator[Finding]:
    if value.get("paymentstate") is None:
        yield Finding("paymentstate", "is missing, so that a POS would ask for ever")
    if value.get("paymentid", parameters["paymentid"]) != parameters["paymentid"]:
        yield Finding("paymentid", "is that of another payment")


def _can_be_asked_for(_: object, value: Any) -> Iterator[Finding]:
    if not value.get("id") and value.get("ui_type") != "web-page":
        text = "is missing, which only a web page may tell later; its name is inferred"
        yield Finding("id", text, breaks=False)


_RULES: Mapping[tuple[str, str], Callable[[Mapping[str, Any], Any], Iterator[Finding]]] = {
    ("spi-insurance", "Create Cart Insurance"): _one_way_out,
    ("spi-product-search", "Search Products"): _filters_alone,
    ("spi-payment", "Get Payment"): _says_where_it_stands,
    ("spi-tax-free", "Add Transaction"): _can_be_asked_for,
    ("spi-discount-cards", "Post a discount card transaction"): _names_the_transaction,
}

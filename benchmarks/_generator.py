"""A client of the kind that openapi-python-client makes, from a description that is written here.

The shape is that of its version 0.29: a class of attrs for each object, in which a field that was
not in the answer is ``UNSET``; ``from_dict``, which takes each field out of a dictionary and keeps
what nobody knows as ``additional_properties``; a function for each operation, over httpx, whose
``parsed`` is None where the status is not a documented one. Money is text and moments are numbers,
since the description says no more. Left out are the synchronous twins and a file for each class,
and with that the imports that the real one runs again for each row.
"""

from __future__ import annotations

import linecache
import re
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword
from types import ModuleType
from typing import Any, Final

Schema = Mapping[str, Any]

_JSON_TYPES: Final = {bool: "boolean", int: "integer", float: "number", str: "string"}
_PYTHON_TYPES: Final = {kind: one.__name__ for one, kind in _JSON_TYPES.items()}

_HEAD: Final = '''\
"""A client for what a description describes."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from http import HTTPStatus
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote

import httpx
from attrs import define as _attrs_define, field as _attrs_field

T = TypeVar("T")


class Unset:
    def __bool__(self) -> bool:
        return False


UNSET: Unset = Unset()


@_attrs_define
class Response(Generic[T]):
    status_code: HTTPStatus
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


@_attrs_define
class Client:
    _base_url: str = _attrs_field(alias="base_url")
    _headers: dict[str, str] = _attrs_field(factory=dict, kw_only=True, alias="headers")
    _verify_ssl: bool = _attrs_field(default=True, kw_only=True, alias="verify_ssl")
    _timeout: httpx.Timeout | None = _attrs_field(default=None, kw_only=True, alias="timeout")
    _async_client: httpx.AsyncClient | None = _attrs_field(default=None, init=False)

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        if self._async_client is None:
            self._async_client = httpx.AsyncClient(
                base_url=self._base_url,
                headers=self._headers,
                timeout=self._timeout,
                verify=self._verify_ssl,
            )
        return self._async_client

    async def __aenter__(self) -> Client:
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(self, *args: Any) -> None:
        await self.get_async_httpx_client().__aexit__(*args)
'''


# ------------------------------------------------------------------------------ the description


def describe(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The part of Sitoo that the benchmarks use, in OpenAPI's words; the products, as these are."""
    a_product, a_page, an_outcome = (
        {"$ref": f"#/components/schemas/{name}"} for name in ("Product", "ProductPage", "Outcome")
    )
    schemas = {
        "Product": schema_of(rows),
        "ProductPage": schema_of([{"totalcount": 1, "items": []}]),
        "Outcome": schema_of([{"statuscode": 200, "return": True}, {"errortext": "why not"}]),
    }
    schemas["ProductPage"]["properties"]["items"]["items"] = a_product
    number = [_parameter("productid", "path", "integer")]
    query = [
        _parameter("start", "query", "integer"),
        _parameter("num", "query", "integer"),
        _parameter("fields", "query", "string"),
    ]
    done = {"type": "boolean"}
    return {
        "components": {"schemas": schemas},
        "paths": {
            "/sites/1/products.json": {
                "get": _operation("list_products", query, a_page),
                "put": _operation("update_products", [], _array(an_outcome), _array(a_product)),
            },
            "/sites/1/products/{productid}.json": {
                "get": _operation("get_product", number, a_product),
                "put": _operation("update_product", number, done, a_product),
            },
        },
    }


def schema_of(values: Sequence[Any]) -> dict[str, Any]:
    """A schema that these values keep."""
    known = [value for value in values if value is not None]
    schema: dict[str, Any]
    match known[0] if known else "":
        case dict():
            names = dict.fromkeys(name for value in known for name in value)
            properties = {
                name: schema_of([value[name] for value in known if name in value]) for name in names
            }
            schema = {"type": "object", "properties": properties}
        case list():
            schema = _array(schema_of([item for value in known for item in value]))
        case one:
            schema = {"type": _JSON_TYPES[type(one)]}
    return schema if len(known) == len(values) else {**schema, "nullable": True}


def _array(items: Schema) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _parameter(name: str, place: str, kind: str) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {"type": kind}}


def _operation(
    name: str, parameters: list[dict[str, Any]], answer: Schema, body: Schema | None = None
) -> dict[str, Any]:
    operation = {
        "operationId": name,
        "parameters": parameters,
        "responses": {"200": _content(answer)},
    }
    return operation if body is None else {**operation, "requestBody": _content(body)}


def _content(schema: Schema) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


# --------------------------------------------------------------------------------- the generator


def generated(description: Mapping[str, Any]) -> Any:
    """The client that is made from a description, as a module."""
    text = source(description)
    module = ModuleType("generated_client")
    name = f"<{module.__name__}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), vars(module))  # noqa: S102  # written right here
    return module


def source(description: Mapping[str, Any]) -> str:
    """The text of the client that is made from a description."""
    parts = [_HEAD]
    for name, schema in description["components"]["schemas"].items():
        parts += _classes(name, schema)
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            parts.append("\n".join(_function(method, path, operation)))
    return "\n\n\n".join(parts) + "\n"


def _classes(name: str, schema: Schema) -> Iterator[str]:
    """The class of an object, after those of the objects within it."""
    properties: Mapping[str, Schema] = schema["properties"]
    for field, inner in properties.items():
        for one in (inner, inner.get("items", {})):
            if "properties" in one:
                yield from _classes(_class_of(name, field), one)
    yield "\n".join(_class(name, properties))


def _class_of(owner: str, field: str) -> str:
    return f"{owner}{field.title().replace('_', '')}"


def _class(name: str, properties: Mapping[str, Schema]) -> Iterator[str]:
    yield "@_attrs_define"
    yield f"class {name}:"
    for field, schema in properties.items():
        yield f"    {_attribute(field)}: {_type(name, field, schema)} | Unset = UNSET"
    yield "    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)"
    yield "\n    def to_dict(self) -> dict[str, Any]:"
    yield "        field_dict: dict[str, Any] = {}"
    yield "        field_dict.update(self.additional_properties)"
    for field, schema in properties.items():
        attribute = _attribute(field)
        yield f"        {attribute} = {_plain(f'self.{attribute}', schema)}"
        yield f"        if {attribute} is not UNSET:"
        yield f'            field_dict["{field}"] = {attribute}'
    yield "        return field_dict"
    yield "\n    @classmethod"
    yield f"    def from_dict(cls, src_dict: Mapping[str, Any]) -> {name}:"
    yield "        d = dict(src_dict)"
    for field, schema in properties.items():
        yield from _read(name, field, schema)
    given = ", ".join(f"{one}={one}" for one in map(_attribute, properties))
    yield f"        item = cls({given})"
    yield "        item.additional_properties = d"
    yield "        return item"


def _attribute(field: str) -> str:
    return f"{field}_" if iskeyword(field) else field


def _named(owner: str, field: str, schema: Schema) -> str | None:
    """The class of an object, if it is one."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    return _class_of(owner, field) if "properties" in schema else None


def _type(owner: str, field: str, schema: Schema) -> str:
    named = _named(owner, field, schema)
    if named is not None:
        return named
    if schema["type"] == "array":
        return f"list[{_type(owner, field, schema['items'])}]"
    scalar = _PYTHON_TYPES[schema["type"]]
    return f"None | {scalar}" if schema.get("nullable") else scalar


def _plain(value: str, schema: Schema) -> str:
    """What makes JSON of a value."""
    if "$ref" in schema or "properties" in schema:
        return f"UNSET if isinstance({value}, Unset) else {value}.to_dict()"
    if "items" in schema and ("$ref" in schema["items"] or "properties" in schema["items"]):
        return f"UNSET if isinstance({value}, Unset) else [item.to_dict() for item in {value}]"
    return value


def _read(owner: str, field: str, schema: Schema) -> Iterator[str]:
    """The lines that take a field out of a dictionary."""
    attribute, kind = _attribute(field), f"{_type(owner, field, schema)} | Unset"
    named = _named(owner, field, schema)
    item = _named(owner, field, schema.get("items", {}))
    if named is not None:
        yield f'        _{field} = d.pop("{field}", UNSET)'
        yield f"        {attribute}: {kind}"
        yield f"        if isinstance(_{field}, Unset):"
        yield f"            {attribute} = UNSET"
        yield "        else:"
        yield f"            {attribute} = {named}.from_dict(_{field})"
    elif item is not None:
        yield f'        _{field} = d.pop("{field}", UNSET)'
        yield f"        {attribute}: {kind} = UNSET"
        yield f"        if _{field} is not UNSET:"
        yield f"            {attribute} = []"
        yield f"            for {field}_item_data in _{field}:"
        yield f"                {attribute}.append({item}.from_dict({field}_item_data))"
    elif schema.get("nullable"):
        yield f"        def _parse_{field}(data: object) -> {kind}:"
        yield "            if data is None:"
        yield "                return data"
        yield "            if isinstance(data, Unset):"
        yield "                return data"
        yield f"            return cast({kind}, data)"
        yield f'        {attribute} = _parse_{field}(d.pop("{field}", UNSET))'
    elif schema["type"] == "array":
        yield f'        {attribute} = cast({_type(owner, field, schema)}, d.pop("{field}", UNSET))'
    else:
        yield f'        {attribute} = d.pop("{field}", UNSET)'


def _function(method: str, path: str, operation: Schema) -> Iterator[str]:
    """The function of an operation; None comes back where the status is not a documented one."""
    places = {one["name"]: one["in"] for one in operation["parameters"]}
    body = operation.get("requestBody")
    answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
    kind = _type("", "", answer)
    yield f"async def {operation['operationId']}("
    for name, place in places.items():
        if place == "path":
            yield f"    {name},"
    yield "    *, client: Client,"
    if body is not None:
        yield "    body,"
    for name, place in places.items():
        if place == "query":
            yield f"    {name} = UNSET,"
    yield f") -> Response[{kind}]:"
    yield "    headers: dict[str, Any] = {}"
    yield "    params: dict[str, Any] = {}"
    for name, place in places.items():
        if place == "query":
            yield f'    params["{name}"] = {name}'
    yield "    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}"
    yield f'    _kwargs: dict[str, Any] = {{"method": "{method}", "params": params}}'
    url = re.sub(r"{(\w+)}", r'{quote(str(\1), safe="")}', path)
    yield f"    _kwargs['url'] = f'{url}'"
    if body is not None:
        schema = body["content"]["application/json"]["schema"]
        yield f"    _kwargs['json'] = {_plain('body', schema)}"
        yield "    headers['Content-Type'] = 'application/json'"
    yield "    _kwargs['headers'] = headers"
    yield from _response(answer)


def _response(answer: Schema) -> Iterator[str]:
    """The lines that send a request, and read what comes."""
    kind = _type("", "", answer)
    yield "    response = await client.get_async_httpx_client().request(**_kwargs)"
    yield "    parsed = None"
    yield "    if response.status_code == 200:"
    if answer.get("type") == "array":
        item = _named("", "", answer["items"])
        yield f"        parsed = [{item}.from_dict(item) for item in response.json()]"
    elif "$ref" in answer:
        yield f"        parsed = {kind}.from_dict(response.json())"
    else:
        yield f"        parsed = cast({kind}, response.json())"
    yield "    return Response("
    yield "        status_code=HTTPStatus(response.status_code),"
    yield "        content=response.content,"
    yield "        headers=response.headers,"
    yield "        parsed=parsed,"
    yield "    )"

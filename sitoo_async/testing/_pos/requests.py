"""A call of a POS as the request that goes out: its path, its query, its headers and its body."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from sitoo_async.testing._server.partners import Outgoing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sitoo_async.testing._pos.operations import PosOperation

__all__ = ["outgoing", "place_of"]

_PARAMETER = re.compile(r"\{(\w+)\}")


def place_of(operation: PosOperation, at: str | None) -> tuple[str, str]:
    """The method and the path of a call.

    Args:
        operation: what is called.
        at: both, as a user has seen them; None: those of the reference.

    Raises:
        ValueError: none is known, or what a user gives is none.
    """
    if at is not None:
        method, _, path = at.partition(" ")
        if not method.isalpha() or not path.startswith("/"):
            raise ValueError(f"at: give a method and a path, such as 'POST /redeem', not {at!r}")
        return method.upper(), path
    if operation.method is None or operation.path is None:
        raise ValueError(
            f"operation: nobody knows the path of {operation.name}; give the one that you have"
            " seen, such as at='POST /redeem'"
        )
    return operation.method, operation.path


def outgoing(
    operation: PosOperation,
    place: tuple[str, str],
    parameters: Mapping[str, Any],
    headers: Mapping[str, str],
    body: Any,
) -> Outgoing:
    """Put a request together.

    Args:
        operation: what is called.
        place: its method and its path, with parameters in braces.
        parameters: values for those, and for the query.
        headers: what is known of them by now.
        body: JSON values; bytes go as they are; None: there is none.

    Raises:
        ValueError: a parameter in the path has no value, or one is none of the operation.
        TypeError: a value that has no place in a query, or no JSON form.
    """
    method, path = place
    named = _PARAMETER.findall(path)
    missing = [name for name in named if parameters.get(name) is None]
    if missing:
        raise ValueError(f"parameters: {missing[0]} has a place in {path}; give it a value")
    known = {*named, *operation.query}
    unknown = [name for name in parameters if name not in known]
    if unknown and path == operation.path:
        listed = ", ".join(sorted(known)) or "none"
        raise ValueError(f"parameters: {unknown[0]} is none of {operation}, which has {listed}")
    target = _PARAMETER.sub(lambda each: quote(_text(parameters, each[1]), safe=""), path)
    content = body if isinstance(body, bytes) or body is None else _encoded(body)
    return Outgoing(
        method=method,
        path=target,
        query=_query({name: parameters[name] for name in parameters if name not in named}),
        headers={**({} if content is None else {"Content-Type": "application/json"}), **headers},
        body=content,
    )


def _encoded(body: Any) -> bytes:
    return json.dumps(body, allow_nan=False, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _query(parameters: Mapping[str, Any]) -> str:
    pairs: list[tuple[str, str]] = []
    for name, value in parameters.items():
        if isinstance(value, dict):
            for key, chosen in cast("Mapping[str, Any]", value).items():
                each = f"{name}[{key}]"
                pairs.extend((each, _text({each: one}, each)) for one in _all(chosen))
        elif value is not None:
            pairs.append((name, _text(parameters, name)))
    return urlencode(pairs)


def _all(chosen: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", chosen) if isinstance(chosen, list) else (chosen,)


def _text(parameters: Mapping[str, Any], name: str) -> str:
    value = parameters[name]
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise TypeError(f"parameters: {name} must be text, an integer or a boolean")

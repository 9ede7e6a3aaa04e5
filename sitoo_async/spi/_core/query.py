"""Parameters in a query: by name, each by its type; what nobody knows is passed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, get_origin

import attrs

from sitoo_async._checks.show import shown
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.fields import without_none
from sitoo_async.errors import InvalidOptionError
from sitoo_async.spi._core.percent import bytes_of, text_of
from sitoo_async.spi._core.refusal import Unfit

__all__ = ["Parameter", "parameter", "read_query", "read_value"]

_INTEGER: Final = re.compile(r"-?[0-9]{1,19}", re.ASCII)


@attrs.frozen
class Parameter:
    """A parameter of a query, or of a path.

    Attributes:
        name: as it is spelt on the wire.
        argument: the argument of the handler.
        read: text to its value; raises ValueError.
        need: what it has to be, in words.
        required: whether a request without it is refused.
        by_key: whether it comes as ``name[key]=value``, any number of times.
    """

    name: str
    argument: str
    read: Callable[[str], Any]
    need: str
    required: bool
    by_key: bool = False


def parameter(argument: str, hint: Any, *, required: bool) -> Parameter:
    """The parameter that an argument of a handler stands for.

    Args:
        argument: its name; an underscore at its end is not on the wire.
        hint: its type: text, an integer, a boolean, an open enumeration of texts, one of them or
            None; or a mapping of texts to lists of texts.
        required: whether it has no default.

    Raises:
        InvalidOptionError: another type.
    """
    name = argument.removesuffix("_")
    kind, _ = without_none(hint)
    if get_origin(kind) in (Mapping, dict):
        return Parameter(name, argument, str, "text", required, by_key=True)
    if kind is str:
        return Parameter(name, argument, str, "text", required)
    if kind is bool:
        return Parameter(name, argument, _boolean, "true or false", required)
    if kind is int:
        return Parameter(name, argument, _integer, "an integer", required)
    if isinstance(kind, type) and issubclass(kind, OpenText):
        return Parameter(name, argument, kind, "text", required)
    raise InvalidOptionError(f"{argument}: no parameter is of type {shown(hint)}", field=argument)


def _boolean(text: str) -> bool:
    # Sitoo writes exactly these, as everywhere in a query.
    return {"true": True, "false": False}[text]


def _integer(text: str) -> int:
    if _INTEGER.fullmatch(text) is None or not -(2**63) <= int(text) < 2**63:
        raise ValueError
    return int(text)


def _split(query: str) -> dict[str, list[bytes]]:
    """The values of a query by name, each percent-decoded; plus signs are spaces, as in forms.

    But for one that a value begins with: no value begins with a space, while telephone numbers
    begin with a plus sign, which not every caller encodes.
    """
    found: dict[str, list[bytes]] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name:
            key = _bytes(name).decode("utf-8", "replace")
            sign = b"+" if value.startswith("+") else b""
            found.setdefault(key, []).append(sign + _bytes(value[len(sign) :]))
    return found


def _bytes(text: str) -> bytes:
    return bytes_of(text.replace("+", " "))


def read_query(query: str, parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """The arguments that a query gives; what it leaves out is left out.

    Raises:
        Unfit: a required one is missing, or one can't be read, or differs from itself.
    """
    given = _split(query) if query else {}
    arguments: dict[str, Any] = {}
    for each in parameters:
        if each.by_key:
            found = _by_key(each, given)
            if found or each.required:
                arguments[each.argument] = found
            continue
        values = given.get(each.name)
        if values is not None:
            if any(value != values[0] for value in values):
                raise Unfit("type", f"{each.name} is given more than once", each.name)
            arguments[each.argument] = read_value(each, text_of(values[0], each.name))
        elif each.required:
            raise Unfit("missing", f"{each.name} is required in the query", each.name)
    return arguments


def _by_key(each: Parameter, given: Mapping[str, list[bytes]]) -> dict[str, list[str]]:
    before, found = f"{each.name}[", dict[str, list[str]]()
    for name, values in given.items():
        if name.startswith(before) and name.endswith("]"):
            found[name[len(before) : -1]] = [text_of(value, name) for value in values]
    return found


def read_value(each: Parameter, text: str) -> Any:
    """The value of a parameter.

    Raises:
        Unfit: it can't be read.
    """
    try:
        return each.read(text)
    except (ValueError, KeyError):
        raise Unfit("type", f"{each.name} must be {each.need}", each.name) from None

"""Paths that never lead out of the account, and queries that Sitoo can't misread or ignore."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, cast
from urllib.parse import quote, unquote

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.nearest import Sort, did_you_mean
from sitoo_async._checks.show import shown
from sitoo_async._codec.json import is_array, is_mapping
from sitoo_async.errors import InvalidInputError

__all__ = ["PAGING", "Kind", "plain_path", "query_string", "segment"]

# ------------------------------------------------------------------------------------- paths

Below = Literal["the account", "the service"]
"""What a path begins at."""

_ROOTS: Final[Mapping[Below, str]] = {
    "the account": "v2(?:/+accounts(?:/+[0-9]+)?)?|accounts/+[0-9]+",
    "the service": "v3",
}
"""What stands before such a path wherever it is copied from whole."""

_EXAMPLES: Final[Mapping[Below, str]] = {"the account": "/sites.json", "the service": "/shipments"}


@cache
def _copied(below: Below) -> re.Pattern[str]:
    """What a path looks like that was copied from whole, compiled for the first of them."""
    return re.compile(
        rf"(?:[a-z]+:)?(?://[^/]*)?/*(?:{_ROOTS[below]})(?P<below>/[^?#]*)?(?:[?#].*)?",
        re.IGNORECASE | re.DOTALL,
    )


def plain_path(path: str, *, below: Below = "the account") -> str:
    """A path of the user's own, percent-encoded where it is not yet.

    Raises:
        InvalidInputError: it does not begin with a slash, names what it is below, climbs, or
            carries a query.
    """
    text = _text(path, "path")
    whole = _copied(below).fullmatch(text)
    if whole is not None:
        raise InvalidInputError(
            f"path must not name {below} again: give {shown(whole['below'] or _EXAMPLES[below])}",
            field="path",
        )
    if not text.startswith("/") or "?" in text or "#" in text:
        raise InvalidInputError(
            f"path must begin with a slash, below {below}, its query in params: {shown(path)}",
            field="path",
        )
    if _climbs(text):
        raise InvalidInputError(f"path must not climb: {shown(path)}", field="path")
    encoded = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
    return quoted("path", encoded, safe="/%")


def segment(name: str, value: object) -> str:
    """A path parameter that is text, percent-encoded so that it stays one segment.

    Raises:
        InvalidInputError: it is empty, climbs, or is no text. A card number that is an int has
            lost its leading zeros.
    """
    text = _text(value, name)
    if not text:
        raise InvalidInputError(f"{name} must not be {shown(value)}", field=name)
    # Encoding is no way out: "%2E%2E" is climbed just like "..", and so is what stands behind a
    # slash that a proxy decodes.
    if _climbs(text):
        raise InvalidInputError(f"{name} must not climb: {shown(value)}", field=name)
    return quoted(name, text)


def _text(value: object, name: str) -> str:
    """The text itself, whatever a subclass makes of it."""
    with Looking(name):
        if isinstance(value, str):
            return str.__str__(value)
        raise InvalidInputError(f"{name} must be text, not {shown(value)}", field=name)


def _climbs(text: str) -> bool:
    """Whether a server may take a part of a text for a dot segment, however often it decodes it.

    Parts end at a slash of either kind and at a semicolon, behind which some look for parameters.
    What can't be seen is taken out, and look-alikes of dots and slashes count, as some do so, too.
    """
    before = ""
    while text != before:
        before = text
        alike = unicodedata.normalize("NFKC", text)
        seen = "".join(char for char in alike if char.isprintable() and char != " ")
        # All layers of an encoded percent sign at once: there may be thousands.
        text = unquote(re.sub(r"%(?:25)+", "%", seen))
    # A dot segment that showed up on the way is still there.
    return not {".", ".."}.isdisjoint(re.split(r"[/\\;]", text))


def quoted(name: str, text: str, safe: str = "") -> str:
    """Text, percent-encoded but for the characters that are `safe`.

    Raises:
        InvalidInputError: it is not valid text; the error names the field `name`.
    """
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        # A lone surrogate, as broken exports and file names hold them.
        raise InvalidInputError(f"{name} is not valid text: {shown(text)}", field=name) from None


# ----------------------------------------------------------------------------------- queries

Plain = Literal["text", "integer", "boolean", "timestamp", "texts", "integers"]

Kind = Plain | tuple[str, ...]
"""What a query parameter holds; or the texts that it may be."""

_SCALARS: Final[Mapping[Plain, type]] = {
    "text": str,
    "integer": int,
    "boolean": bool,
    "timestamp": datetime,
}

_SORTS: Final[Mapping[Plain, frozenset[Sort]]] = {
    "text": frozenset({"text"}),
    "integer": frozenset({"number"}),
    "boolean": frozenset({"boolean"}),
    "timestamp": frozenset({"moment"}),
    "texts": frozenset({"text", "list"}),
    "integers": frozenset({"number", "list"}),
}

_SIZE: Final = (
    ".collect(limit=…) says how many rows come in all, and page_size=, where a list takes it, how"
    " many one request asks for"
)
_PLACE: Final = (
    "start=, where a list takes it, says how many rows are passed over, and after= which page comes"
    " first"
)
_FIELDS: Final = "fields=, where a list takes it, names the fields that come"

PAGING: Final[Mapping[str, str]] = {
    **dict.fromkeys(("limit", "num", "count", "per_page", "max_results"), _SIZE),
    **dict.fromkeys(("perPage", "pagesize", "pageSize", "size", "top", "take"), _SIZE),
    **dict.fromkeys(("offset", "skip", "page"), _PLACE),
    **dict.fromkeys(("field", "select"), _FIELDS),
}
"""What other clients call what every list takes, and what it is called here."""

_WANTED: Final[Mapping[Plain, str]] = {
    "text": "a string",
    "integer": "an int",
    "boolean": "True or False",
    "timestamp": "an aware datetime",
    "texts": "a list of strings, even for one",
    "integers": "a list of ints, even for one",
}


def query_string(values: Mapping[str, Any], kinds: Mapping[str, Kind] | None = None) -> str:
    """Join parameters as Sitoo reads them: arrays by commas in one parameter, words for booleans.

    The values are percent-encoded; the commas that separate array elements are not.

    Args:
        values: the parameters by their wire names.
        kinds: what the operation takes; None takes any name and goes by the value's own type.

    Raises:
        InvalidInputError: a name that the operation does not have (the server would ignore it
            and answer with everything), a value of another kind, an empty array (it would mean
            everything), an element that is empty or holds a comma, a naive datetime.
    """
    parameters = _by_name(values)
    if kinds is not None:
        for name in parameters:
            if name not in kinds:
                raise InvalidInputError(
                    f"{shown(name)} is not a filter here: {_meant(name, parameters[name], kinds)}",
                    field=name,
                )
    parts: list[str] = []
    for name, given in parameters.items():
        with Looking(name):
            value = _plain(given)
            if kinds is not None and value == "":
                raise InvalidInputError(
                    f"{name} is empty, which the server reads as no filter at all: leave it out to"
                    " ask for everything",
                    field=name,
                )
            parameter = _parameter(name, value, _kind(name, value, kinds))
        parts.append(f"{quoted(name, name)}={parameter}")
    return "&".join(parts)


def _by_name(values: object) -> dict[str, object]:
    """The parameters as a plain dict, looked at once and never again."""
    with Looking("params"):
        parameters: dict[str, object] = {}
        for name, value in values.items() if is_mapping(values) else [(None, values)]:
            if not isinstance(name, str):
                raise InvalidInputError(
                    "params must be a mapping of names to values", field="params"
                )
            parameters[str.__str__(name)] = value
        return parameters


def _plain(value: object) -> object:
    """A value as what it is, whatever a subclass makes of it, with its elements in a list."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__int__(value)
    if isinstance(value, bytes) or is_mapping(value) or not isinstance(value, Iterable):
        return value
    # Read once: whoever looks at an iterator's elements has used them up.
    return [_plain(element) for element in cast("Iterable[object]", value)]


def _meant(name: str, value: object, kinds: Mapping[str, Kind]) -> str:
    known = {
        other: _SORTS["text" if isinstance(kind, tuple) else kind] for other, kind in kinds.items()
    }
    return (
        PAGING.get(name)
        or did_you_mean(name, known, value)
        or (f"it takes {', '.join(sorted(kinds))}" if kinds else "it takes none")
    )


def _kind(name: str, value: object, kinds: Mapping[str, Kind] | None) -> Kind:
    if kinds is not None:
        return kinds[name]
    if isinstance(value, bool):
        return "boolean"
    for kind, python_type in _SCALARS.items():
        if isinstance(value, python_type):
            return kind
    return "integers" if _holds_ints(value) else "texts"


def _holds_ints(value: object) -> bool:
    return is_array(value) and all(isinstance(element, int) for element in value)


def _parameter(name: str, value: object, kind: Kind) -> str:
    if isinstance(kind, tuple):
        if value not in kind:
            choices = ", ".join(map(repr, kind))
            raise InvalidInputError(
                f"{name} must be one of {choices}, not {shown(value)}", field=name
            )
        return quoted(name, str(value))
    scalar = _SCALARS.get(kind)
    if scalar is None:
        return _array(name, value, kind)
    if not isinstance(value, scalar) or (isinstance(value, bool) and kind != "boolean"):
        raise InvalidInputError(f"{name} must be {_WANTED[kind]}, not {shown(value)}", field=name)
    if isinstance(value, bool):
        # PHP's 1 and 0 are not understood, only the words are (behaviour 5.3.22).
        return "true" if value else "false"
    if isinstance(value, datetime):
        # The kinds of fields load with the first group, or here where there is none.
        from sitoo_async._codec.kinds import write_timestamp  # noqa: PLC0415

        # Whole seconds, rounded down: a filter "modified after" then misses nothing.
        return str(write_timestamp(value, name))
    return quoted(name, str(value))


def _array(name: str, value: object, kind: Plain) -> str:
    element_type = str if kind == "texts" else int
    if not is_array(value):
        raise InvalidInputError(f"{name} must be {_WANTED[kind]}, not {shown(value)}", field=name)
    if not value:
        raise InvalidInputError(
            f"{name} is empty, which the server reads as no filter at all: leave it out to ask "
            "for everything",
            field=name,
        )
    for element in value:
        if not isinstance(element, element_type) or isinstance(element, bool):
            raise InvalidInputError(f"{name} must be {_WANTED[kind]}: {shown(element)}", field=name)
        if element == "" or "," in str(element):
            # Repeating the parameter is no way out: only the last one would count (5.3.5).
            raise InvalidInputError(
                f"{name} holds {shown(element)}: an element can't be empty or contain a comma,"
                " which separates the elements on the wire",
                field=name,
            )
    return ",".join(quoted(name, str(element)) for element in value)

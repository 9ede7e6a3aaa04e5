"""The wire without I/O: build a request, read an answer into a result, an error or a hold."""

from __future__ import annotations

import base64
import difflib
import ipaddress
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Literal, SupportsIndex, cast
from urllib.parse import quote, unquote, urlsplit

import attrs
import msgspec

from sitoo_async.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    ConnectError,
    DecodeError,
    InvalidInputError,
    InvalidOptionError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
    SitooError,
    TransportError,
)
from sitoo_async.models._json import encode, is_object
from sitoo_async.models._kinds import write_timestamp

__all__ = [
    "Address",
    "Kind",
    "Method",
    "Operation",
    "Request",
    "Response",
    "Secret",
    "Verdict",
    "authorization",
    "error_for_status",
    "judge",
    "judge_failure",
    "plain_json",
    "plain_path",
    "query_string",
]

Method = Literal["GET", "POST", "PUT", "DELETE"]

LONGEST_URL: Final = 8_192
"""Bytes; beyond it proxies and servers answer 414 or cut."""

LONGEST_RESET: Final = 600.0
"""Seconds; a slot lasts ten minutes, so no reset can be further away."""


class Secret(str):
    """Text that goes on the wire as it is but never shows in a repr or a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'[redacted]'"

    def __getitem__(self, key: SupportsIndex | slice) -> Secret:
        # Who shortens long values before showing them shows a piece of this one otherwise.
        return Secret(super().__getitem__(key))

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError("credentials are not pickled")


def authorization(api_id: str, password: str) -> Secret:
    """The value of the ``Authorization`` header: HTTP Basic, as UTF-8."""
    pair = base64.b64encode(f"{api_id}:{password}".encode())
    return Secret(f"Basic {pair.decode('ascii')}")


# --------------------------------------------------------------------------------- addresses


@attrs.frozen
class Address:
    """Where an account's API lives.

    Attributes:
        origin: scheme, host and port, such as ``https://api.mysitoo.com``.
        account_id: the account's number.
        root: the URL that every path of the reference is relative to.
    """

    origin: str
    account_id: int
    root: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "root", f"{self.origin}/v2/accounts/{self.account_id}")

    @classmethod
    def parse(cls, base_url: str, *, account_id: int | str | None, api_id: str) -> Address:
        """Read a base URL as the Backoffice prints it.

        A bare host, one with ``/v2``, or one with ``/v2/accounts/{id}`` all name the same
        place. Where no account is given, the API ID tells it: it begins with its number. The
        host is never derived from the account: the same number may live on any node.

        Raises:
            InvalidOptionError: not https (but for loopback), credentials or a query in the URL,
                another path, or account numbers that contradict each other.
        """
        if not isinstance(base_url, str) or not base_url.strip():
            raise InvalidOptionError(
                "base_url is missing: copy it from the Backoffice, Settings / Sitoo REST API",
                field="base_url",
            )
        text = base_url.strip()
        # Before anything is taken apart: a password with a slash in it looks like a path or a port,
        # and would be quoted as one.
        if "@" in text:
            raise InvalidOptionError(
                "base_url must not carry credentials: give api_id= and password=",
                field="base_url",
            )
        try:
            parts = urlsplit(text if "://" in text else f"https://{text}")
            port = parts.port
        except ValueError as error:
            raise InvalidOptionError(f"base_url is not a URL: {error}", field="base_url") from None
        host = parts.hostname
        if not host or parts.query or parts.fragment:
            raise InvalidOptionError(
                "base_url must be a host, alone or with /v2 or /v2/accounts/{id}",
                field="base_url",
            )
        # Basic authentication sends the password with each request: never in clear text.
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
            raise InvalidOptionError(
                f"base_url must be https, not {parts.scheme}: every request carries the password",
                field="base_url",
            )
        named = re.fullmatch(r"(?:/v2(?:/accounts/([0-9]+))?)?/?", parts.path)
        if named is None:
            raise InvalidOptionError(
                f"base_url has the path {parts.path!r}: leave it out, or give /v2/accounts/{{id}}",
                field="base_url",
            )
        account = cls._account(account_id, api_id, named.group(1))
        return cls(_origin(parts.scheme, host, port), account)

    @staticmethod
    def _account(account_id: int | str | None, api_id: str, in_url: str | None) -> int:
        if account_id is None:
            account_id = in_url or api_id.partition("-")[0]
        number = str(account_id)
        if not re.fullmatch(r"[0-9]{1,18}", number) or isinstance(account_id, bool):
            raise InvalidOptionError(
                "account_id must be the account's number, the first part of the API ID",
                field="account_id",
            )
        if in_url is not None and int(in_url) != int(number):
            raise InvalidOptionError(
                f"account_id is {number}, but base_url names account {in_url}",
                field="account_id",
            )
        return int(number)


def _origin(scheme: str, host: str, port: int | None) -> str:
    if ":" in host:
        host = f"[{host}]"
    else:
        try:
            # What no resolver takes would otherwise look like a network that is down.
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
        if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", host):
            raise InvalidOptionError("base_url names no valid host", field="base_url")
    # A default port that is written out would make a second lane for the same key.
    if port is None or port == {"https": 443, "http": 80}[scheme]:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# ---------------------------------------------------------------------------------- requests


@attrs.frozen
class Operation:
    """One operation of the reference.

    Attributes:
        method: the HTTP method.
        path: the reference's template below the account, such as ``/sites/{siteid}/orders.json``.
        repeatable: whether sending it twice leaves the same state as sending it once, so that it
            may be tried again when nobody knows what became of it.
    """

    method: Method
    path: str
    repeatable: bool

    def at(self, **values: int | str) -> str:
        """The path with its parameters filled in, percent-encoded.

        Raises:
            InvalidInputError: a parameter that is empty, a dot segment, or neither int nor text.
        """
        return self.path.format(**{name: _segment(name, value) for name, value in values.items()})


def _segment(name: str, value: int | str) -> str:
    if type(value) is int:
        return str(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise InvalidInputError(f"{name} must be an int or a string, not {value!r}", field=name)
    text = str(value)
    # Dots can't be encoded away: "%2E%2E" is climbed just like "..".
    if text in {"", ".", ".."}:
        raise InvalidInputError(f"{name} must not be {text!r}", field=name)
    return _quoted(name, text)


def _quoted(name: str, text: str, safe: str = "") -> str:
    try:
        return quote(text, safe=safe)
    except UnicodeEncodeError:
        # A lone surrogate, as broken exports and file names hold them.
        raise InvalidInputError(f"{name} is not valid text: {text!r}", field=name) from None


Kind = Literal["text", "integer", "boolean", "timestamp", "texts", "integers"]
"""What a query parameter holds."""

_SCALARS: Final[Mapping[Kind, type]] = {
    "text": str,
    "integer": int,
    "boolean": bool,
    "timestamp": datetime,
}

_WANTED: Final[Mapping[Kind, str]] = {
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
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise InvalidInputError("params must be a mapping of names to values", field="params")
    if kinds is not None:
        for name in values:
            if name not in kinds:
                raise InvalidInputError(
                    f"{name!r} is not a filter here{_nearest(name, kinds)}", field=name
                )
    parts: list[str] = []
    for name, given in values.items():
        # Read once: whoever looks at an iterator's elements has used them up.
        value: object = [*cast("Iterator[object]", given)] if isinstance(given, Iterator) else given
        parameter = _parameter(name, value, _kind(name, value, kinds))
        parts.append(f"{_quoted(name, name)}={parameter}")
    return "&".join(parts)


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f": did you mean {near[0]!r}?" if near else f": it takes {', '.join(sorted(known))}"


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
    if not isinstance(value, Collection):
        return False
    return all(isinstance(element, int) for element in cast("Collection[object]", value))


def _parameter(name: str, value: object, kind: Kind) -> str:
    scalar = _SCALARS.get(kind)
    if scalar is None:
        return _array(name, value, kind)
    if not isinstance(value, scalar) or (isinstance(value, bool) and kind != "boolean"):
        raise InvalidInputError(f"{name} must be {_WANTED[kind]}, not {value!r}", field=name)
    if isinstance(value, bool):
        # PHP's 1 and 0 are not understood, only the words are (behaviour 5.3.22).
        return "true" if value else "false"
    if isinstance(value, datetime):
        # Whole seconds, rounded down: a filter "modified after" then misses nothing.
        return str(write_timestamp(value, name))
    return _quoted(name, str(value))


def _array(name: str, value: object, kind: Kind) -> str:
    element_type = str if kind == "texts" else int
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise InvalidInputError(f"{name} must be {_WANTED[kind]}, not {value!r}", field=name)
    elements = [*cast("Iterable[object]", value)]
    if not elements:
        raise InvalidInputError(
            f"{name} is empty, which the server reads as no filter at all: leave it out to ask "
            "for everything",
            field=name,
        )
    for element in elements:
        if not isinstance(element, element_type) or isinstance(element, bool):
            raise InvalidInputError(f"{name} must be {_WANTED[kind]}: {element!r}", field=name)
        if element == "" or "," in str(element):
            # Repeating the parameter is no way out: only the last one would count (5.3.5).
            raise InvalidInputError(
                f"{name} holds {element!r}: an element can't be empty or contain a comma, which "
                "separates the elements on the wire",
                field=name,
            )
    return ",".join(_quoted(name, str(element)) for element in elements)


def plain_path(path: str) -> str:
    """A path of the user's own, percent-encoded where it is not yet.

    Raises:
        InvalidInputError: it does not begin with a slash, climbs, or carries a query.
    """
    if not isinstance(path, str) or not path.startswith("/") or "?" in path or "#" in path:
        raise InvalidInputError(
            f"path must begin with a slash, below the account, its query in params: {path!r}",
            field="path",
        )
    if {".", ".."} & {*unquote(path).split("/")}:
        raise InvalidInputError(f"path must not climb: {path!r}", field="path")
    encoded = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", path)
    return _quoted("path", encoded, safe="/%")


def plain_json(value: Any) -> msgspec.Raw:
    """A body of the user's own, encoded at once so that a fault shows before it waits.

    Only what JSON has a word for: NaN is not null, and how a datetime or a Decimal is written
    depends on the field, which nobody knows here.

    Raises:
        InvalidInputError: it holds something that is not a plain JSON type.
    """
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        return msgspec.Raw(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInputError(f"json can't be encoded: {error}", field="json") from None


@attrs.define(eq=False)
class Request:
    """What is to be sent, before it is turned into bytes.

    Attributes:
        method: the HTTP method.
        path: below the account, percent-encoded.
        query: the query, percent-encoded, without its question mark.
        payload: the JSON-able body; None sends none.
        repeatable: whether it may be sent again when its outcome is unknown.
    """

    method: Method
    path: str
    query: str = ""
    payload: Any = None
    repeatable: bool = False

    def url(self, root: str) -> str:
        """The whole URL."""
        return f"{root}{self.path}?{self.query}" if self.query else f"{root}{self.path}"

    def body(self) -> bytes | None:
        """The JSON body, encoded only when the turn is given."""
        return None if self.payload is None else encode(self.payload)

    def check(self, root: str) -> None:
        """Refuse what no server reads.

        Raises:
            InvalidInputError: the URL is longer than 8 kB.
        """
        length = len(root) + len(self.path) + len(self.query) + 1
        if length > LONGEST_URL:
            raise InvalidInputError(
                f"the URL would be {length} bytes long, more than {LONGEST_URL}: "
                "ask with fewer values in the array filter at a time",
                field="url",
            )


# ----------------------------------------------------------------------------------- answers

# Brackets nested thousands deep end in a RecursionError, not in a DecodeError.
_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


@attrs.frozen
class Response:
    """A raw answer.

    Attributes:
        status: the HTTP status.
        headers: the answer's headers; names in any case.
        body: the whole body, decompressed.
        oversized: whether the body was cut because it went beyond `max_response_bytes`.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = attrs.field(repr=lambda body: f"<{len(body)} bytes>")
    oversized: bool = False

    @property
    def request_id(self) -> str | None:
        """The ``Sitoo-Request-ID``, which most endpoints send."""
        return self.headers.get("Sitoo-Request-ID")

    def json(self) -> Any:
        """The body as plain Python objects.

        Raises:
            DecodeError: the body is not JSON.
        """
        try:
            return msgspec.json.decode(self.body)
        except _UNREADABLE as error:
            raise DecodeError(
                f"the answer is not JSON: {error}",
                sent="yes",
                status=self.status,
                request_id=self.request_id,
            ) from None


@attrs.define(eq=False)
class Verdict:
    """What one exchange means for its caller and for the lane.

    Attributes:
        outcome: the answer where it is a 2xx that can be used, else the error.
        answered: whether an answer came that is not a 429, which ends a series of brief holds.
        refused: whether it was a 429.
        hold: seconds to hold the lane: the server named the time when the slot ends.
        brief: whether to hold the lane briefly, since the key may be locked.
    """

    outcome: Response | SitooError
    answered: bool = True
    refused: bool = False
    hold: float | None = None
    brief: bool = False


_ERRORS: Final[Mapping[int, type[ApiError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitError,
}

_HINTS: Final[Mapping[int, str]] = {
    401: "check api_id and password, and that this address is on the key's allow-list",
    404: "check the identifier, the site and the account",
}


def error_for_status(status: int, *, errortext: str | None, **context: Any) -> ApiError:
    """The error that stands for a status outside the 200 range.

    It serves whole answers and single items of a batch alike; `sent` is what the status tells.
    """
    kind = ServerError if status >= 500 else _ERRORS.get(status, ApiError)
    said = errortext or _HINTS.get(status) or "no reason given"
    # "429: Too many connections" and its like repeat the status.
    message = said if said.startswith(f"{status}:") else f"{status}: {said}"
    context.setdefault("sent", _sent(status))
    return kind(message, status=status, errortext=errortext, **context)


def _sent(status: int) -> Literal["no", "yes", "unknown"]:
    if status == 429:
        return "no"
    return "unknown" if status >= 500 else "yes"


def judge(response: Response) -> Verdict:
    """Read an answer: the status decides, whatever the body looks like."""
    status = response.status
    if 200 <= status < 300:
        return Verdict(_too_large(response) if response.oversized else response)
    error = error_for_status(
        status, errortext=_error_text(response), request_id=response.request_id
    )
    if isinstance(error, RateLimitError):
        # Two meanings: another request is in flight (a moment), or the slot is used up (until
        # its end). The first is told by its text.
        overlap = "too many connections" in (error.errortext or "").lower()
        hold = None if overlap else _reset(response.headers)
        error.retry_after = hold
        return Verdict(error, answered=False, refused=True, hold=hold, brief=hold is None)
    return Verdict(error, brief=status >= 500)


def judge_failure(error: TransportError) -> Verdict:
    """Read an exchange without an answer: what was sent may still be at work and lock the key."""
    return Verdict(error, answered=False, brief=not isinstance(error, ConnectError))


def _too_large(response: Response) -> DecodeError:
    return DecodeError(
        "the answer is larger than max_response_bytes allows: ask for fewer fields or a smaller "
        "page_size, or raise the limit",
        sent="yes",
        status=response.status,
        request_id=response.request_id,
    )


def _error_text(response: Response) -> str | None:
    """What the body says: v2's ``errortext``, the v3 services' ``error_data``, or nothing."""
    if 300 <= response.status < 400:
        return (
            f"the server redirects to {response.headers.get('Location', 'nowhere')!r}, which is "
            "not followed with credentials: check base_url"
        )
    try:
        body = msgspec.json.decode(response.body)
    except _UNREADABLE:
        return None
    if not is_object(body):
        return None
    text = body.get("errortext")
    if text is None and "error_code" in body:
        data = body.get("error_data")
        details = data.values() if is_object(data) else ()
        text = ": ".join(str(part) for part in (body["error_code"], *details))
    return None if text is None else str(text)


def _reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the slot ends: a delta, never an epoch; None where missing or unreadable."""
    text = headers.get("X-Rate-Limit-Reset", "").strip()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII):
        return None
    # A reset of 0 would be retried without a pause; the brief hold grows instead.
    return min(float(text), LONGEST_RESET) or None

"""Which API keys may be given, the header they become, and that no password ever shows."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, SupportsIndex

import attrs

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a, trimmed
from sitoo_async._checks.warning import warn
from sitoo_async.errors import InvalidOptionError, SitooWarning

__all__ = [
    "Key",
    "KeyPair",
    "Secret",
    "authorization",
    "check_account",
    "checked_keys",
    "concealed",
    "hidden",
    "keys_from_text",
    "parts_of",
    "secret_of",
]

KeyPair = tuple[str, str]
"""An API ID and its password."""

_LINE_ENDS: Final = "\r\n\ufeff"  # and the mark that some editors begin a file with

_API_ID: Final = re.compile(r"(?P<account>[0-9]{1,18})-[0-9]+")

_PAIRS: Final = "keys must be pairs of an API ID and its password, or Key objects"


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


def secret_of(text: Any) -> Secret | None:
    """A text that shows nowhere, whatever a subclass makes of it; None where it is no text."""
    return Secret(str.__str__(text)) if issubclass(type(text), str) else None


def parts_of(pair: Any) -> list[Any]:
    """What a tuple or a list holds, whatever a subclass makes of it; nothing of all else.

    Nothing is raised: a frame of this would show a password.
    """
    kinds: tuple[Any, ...] = (tuple, list)
    kind = next((kind for kind in kinds if issubclass(type(pair), kind)), None)
    return [] if kind is None else [*kind.__iter__(pair)]


@attrs.frozen
class Key:
    """An API key; its repr does not show the password, and it is not pickled.

    What files and environments bring along, such as a line end or a byte order mark, is taken off
    both; spaces around the ID as well.

    Attributes:
        api_id: the API ID, such as ``10020-140``.
        password: the API password.

    Raises:
        InvalidOptionError: an API ID or a password that can't be one. Neither may hold what can't
            be seen, and no password begins or ends with a space.
    """

    api_id: str
    password: str = attrs.field(repr=False)

    def __init__(self, api_id: str, password: str) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        password = hidden(password)
        # Before the checks, so that such a traceback can show the key at all.
        object.__setattr__(self, "api_id", api_id)
        object.__setattr__(self, "password", password)
        api_id = trimmed(api_id) if is_a(api_id, str) else ""
        # Of ASCII: digits of another script look the same and are refused by the server.
        if not re.fullmatch(r"[!-9;-~]+", api_id):
            raise InvalidOptionError(
                "api_id must be the API ID of the key, such as '10020-140'", field="api_id"
            )
        object.__setattr__(self, "api_id", api_id)
        if not is_a(password, Secret) or not password:
            raise InvalidOptionError("password must be the API password", field="password")
        try:
            password.encode()
        except UnicodeEncodeError:
            # Not from that error: it carries the password.
            raise InvalidOptionError("password is not valid text", field="password") from None
        if not password.isprintable() or password[0] == " " or password[-1] == " ":
            raise InvalidOptionError(
                "password has a space around it, or holds what can't be seen, such as a tab or a "
                "line end: copy it anew",
                field="password",
            )


def hidden(password: Any) -> Any:
    """A password that shows nowhere, without a line end; None where it is none."""
    return Secret(str.strip(password, _LINE_ENDS)) if is_a(password, str) else None


def concealed(keys: Iterable[Any] | None) -> list[Any] | None:
    """Keys or pairs as they were given, with their passwords hidden before anything can go wrong.

    What is neither becomes None.
    """
    if keys is None:
        return None
    entries: list[Any] = []
    try:
        # By map: before 3.12 a comprehension has a frame of its own, which would show an entry.
        entries.extend(map(_concealed, keys))
    except Exception:  # noqa: BLE001 - refused by its place later on; here a frame shows the keys
        entries.append(None)
    return entries


def _concealed(entry: Any) -> Any:
    if is_a(entry, Key):
        return entry
    parts = parts_of(entry)
    return (parts[0], hidden(parts[1])) if len(parts) == 2 else None


def checked_keys(
    api_id: str | None, password: str | None, keys: list[Any] | None
) -> tuple[Key, ...]:
    """The keys that a client works with, from what it was given: one, or several.

    Args:
        api_id: of the one key.
        password: of the one key, hidden.
        keys: several, as `concealed` gives them.

    Raises:
        InvalidOptionError: both, neither, none, one twice, of two accounts, or no keys at all.
    """
    if keys is None:
        if api_id is None and password is None:
            raise InvalidOptionError("give api_id and password, or keys", field="api_id")
        return (Key(api_id, password),)  # type: ignore[arg-type]  # it refuses None
    for name, value in (("api_id", api_id), ("password", password)):
        if value is not None:
            raise InvalidOptionError(f"{name} and keys exclude each other", field=name)
    if not keys:
        raise InvalidOptionError("keys must name at least one key", field="keys")
    made = tuple(_made(number, entry) for number, entry in enumerate(keys))
    if len({key.api_id for key in made}) < len(made):
        raise InvalidOptionError("keys names one API ID twice", field="keys")
    # What stands before the dash is the account's number.
    if len({key.api_id.partition("-")[0] for key in made}) > 1:
        raise InvalidOptionError(
            "keys must all belong to one account: their API IDs begin with different numbers",
            field="keys",
        )
    return made


def check_account(keys: Sequence[Key], account: int, named_by: str) -> None:
    """Refuse keys of another account, and warn of what doesn't look like an API ID.

    An API ID is the account's number, a dash and the key's: Sitoo answers 403 to any other
    account.

    Args:
        keys: the keys, all of one account.
        account: the account that is to be called.
        named_by: the parameter that says so.

    Raises:
        InvalidOptionError: the account is not that of the keys.
    """
    for key in keys:
        form = _API_ID.fullmatch(key.api_id)
        if form is None:
            warn(
                f"api_id is {shown(key.api_id)}, and API IDs look like '10020-140': the number of"
                " the account, a dash, the number of the key. Copy it from the Backoffice",
                SitooWarning,
            )
        elif int(form["account"]) != account:
            raise InvalidOptionError(
                f"{named_by} names account {account}, and the API ID {key.api_id} belongs to"
                f" account {form['account']}: give the key of that account, or leave the account"
                " out",
                field=named_by,
            )


def _made(number: int, entry: Any) -> Key:
    if entry is None:
        raise InvalidOptionError(f"{_PAIRS}: see keys[{number}]", field="keys")
    try:
        return entry if is_a(entry, Key) else Key(*entry)
    except InvalidOptionError as error:
        raise InvalidOptionError(f"keys[{number}]: {error}", field="keys") from None


def keys_from_text(text: Secret) -> list[Key]:
    """Keys as the environment holds them: ``id:password,id:password``.

    Raises:
        InvalidOptionError: the text is not of that form.
    """
    keys: list[Key] = []
    for part in map(Secret, text.split(",")):
        colon = part.find(":")
        if colon < 1 or colon == len(part) - 1:
            raise InvalidOptionError(
                "SITOO_KEYS must be pairs of an API ID and its password, id:password,id:password; "
                "a password with a comma in it can only be given to the client itself",
                field="SITOO_KEYS",
            )
        try:
            keys.append(Key(str(part[:colon]), part[colon + 1 :]))
        except InvalidOptionError as error:
            raise InvalidOptionError(
                f"SITOO_KEYS, key {len(keys) + 1}: {error.message}", field="SITOO_KEYS"
            ) from None
    return keys


def authorization(api_id: str, password: str) -> Secret:
    """The value of the ``Authorization`` header: HTTP Basic, as UTF-8."""
    pair = base64.b64encode(f"{api_id}:{password}".encode())
    return Secret(f"Basic {pair.decode('ascii')}")

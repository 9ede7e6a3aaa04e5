"""The API keys of a client: what a user may give, checked, without ever showing a password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import attrs

from sitoo_async._credentials import Secret
from sitoo_async.errors import InvalidOptionError

__all__ = ["Key", "KeyPair", "checked_keys", "concealed", "hidden", "keys_from_text"]

KeyPair = tuple[str, str]
"""An API ID and its password."""

_PAIRS: Final = "keys must be pairs of an API ID and its password, or Key objects"


@attrs.frozen
class Key:
    """An API key; its repr does not show the password, and it is not pickled.

    Attributes:
        api_id: the API ID, such as ``10020-140``.
        password: the API password.

    Raises:
        InvalidOptionError: an API ID or a password that can't be one.
    """

    api_id: str
    password: str = attrs.field(repr=False)

    def __init__(self, api_id: str, password: str) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        password = hidden(password)
        # Before the checks, so that such a traceback can show the key at all.
        object.__setattr__(self, "api_id", api_id)
        object.__setattr__(self, "password", password)
        if not isinstance(api_id, str) or not api_id or ":" in api_id:
            raise InvalidOptionError(
                "api_id must be the API ID of the key, such as '10020-140'", field="api_id"
            )
        if not isinstance(password, Secret) or not password:
            raise InvalidOptionError("password must be the API password", field="password")
        try:
            password.encode()
        except UnicodeEncodeError:
            # Not from that error: it carries the password.
            raise InvalidOptionError("password is not valid text", field="password") from None


def hidden(password: Any) -> Any:
    """A password that shows nowhere; None where it is none."""
    return Secret(password) if isinstance(password, str) else None


def concealed(keys: Iterable[Any] | None) -> list[Any] | None:
    """Keys as they were given, with their passwords hidden before anything can go wrong."""
    if keys is None:
        return None
    # By map: before 3.12 a comprehension has a frame of its own, which would show an entry.
    return list(map(_concealed, keys)) if isinstance(keys, Iterable) else [None]


def _concealed(entry: Any) -> Any:
    if isinstance(entry, Key):
        return entry
    parts: list[Any] = [*entry] if isinstance(entry, (tuple, list)) else []
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


def _made(number: int, entry: Any) -> Key:
    if entry is None:
        raise InvalidOptionError(f"{_PAIRS}: see keys[{number}]", field="keys")
    try:
        return entry if isinstance(entry, Key) else Key(*entry)
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
        keys.append(Key(str(part[:colon].strip()), part[colon + 1 :]))
    return keys

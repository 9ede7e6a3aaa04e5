"""Who may call: several pairs of a user and a password, compared in constant time."""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
import re
import secrets
from contextlib import suppress
from typing import Any, Final

from sitoo_async._checks.values import is_a
from sitoo_async._checks.warning import warn
from sitoo_async._http.keys import Secret
from sitoo_async.errors import InvalidOptionError, SitooWarning, printable

__all__ = ["Credentials"]

logger = logging.getLogger("sitoo_async")

_API_ID: Final = re.compile(r"[0-9]+-[0-9]+", re.ASCII)

_QUIET: Final = 60.0
"""Seconds after a refusal was told in which the next ones are only counted."""


class Credentials:
    """The pairs that are let in; none of them shows anywhere.

    Args:
        user: of the one pair.
        password: of the one pair, hidden.
        pairs: several, as `concealed` gives them: during a rotation both are let in.
        unprotected: whether anybody is let in, where there are no pairs.

    Raises:
        InvalidOptionError: no pair and not `unprotected`, both ways of giving one, or a pair that
            can't travel in a header.
    """

    def __init__(
        self,
        user: str | None,
        password: Any,
        pairs: list[Any] | None,
        *,
        unprotected: bool,
    ) -> None:
        # A random key, so that what is compared tells nothing, not even a length.
        self._key = secrets.token_bytes(32)
        self._admitted: tuple[bytes, ...] = ()
        self._told_at: float | None = None
        self._untold = 0
        if pairs is not None:
            if user is not None or password is not None:
                raise InvalidOptionError(
                    "user and password exclude credentials; give one or the other",
                    field="credentials",
                )
        elif user is not None or password is not None:
            pairs = [(user, password)]
        if unprotected:
            if pairs:
                raise InvalidOptionError(
                    "unprotected lets everybody in; leave it out, or the credentials",
                    field="unprotected",
                )
            return
        if not pairs:
            raise InvalidOptionError(
                "give user and password, which you make up and tell Sitoo, or credentials, several"
                " such pairs; unprotected=True lets everybody in",
                field="user" if pairs is None else "credentials",
            )
        for number, entry in enumerate(pairs):
            place = "" if user is not None or password is not None else f"credentials[{number}]: "
            self._admitted += self._digests(entry, place)

    def _digests(self, entry: Any, place: str) -> tuple[bytes, ...]:
        if not is_a(entry, tuple):  # None is no pair, and a `Key` is for the API alone
            raise InvalidOptionError(
                f"{place}a pair of a user and a password is expected", field="credentials"
            )
        user, password = entry
        if not is_a(user, str) or not user or ":" in user or not user.isprintable():
            raise InvalidOptionError(
                f"{place}user must be text, not empty, and without a colon", field="user"
            )
        if not is_a(password, Secret) or not password or not password.isprintable():
            raise InvalidOptionError(
                f"{place}password must be text, not empty, of what can be seen", field="password"
            )
        if _API_ID.fullmatch(user) is not None:
            warn(
                f"{place}user looks like an API ID; make up credentials that are used for nothing"
                " else, never those of the Sitoo API",
                SitooWarning,
            )
        pair = Secret(f"{user}:{password}")
        # RFC 7617 leaves the encoding open: UTF-8 is usual, and Latin-1 was before it.
        digests = [self._digest(pair.encode())]
        if not pair.isascii():
            with suppress(UnicodeEncodeError):  # it can't have been meant, then
                digests.append(self._digest(pair.encode("latin-1")))
        return tuple(digests)

    def _digest(self, pair: bytes) -> bytes:
        return hmac.digest(self._key, pair, "sha256")

    def admit(self, header: str | None) -> bool:
        """Whether an ``Authorization`` header lets its sender in.

        All pairs are compared, whichever it is, so that the time tells nothing.
        """
        if not self._admitted:
            return True
        given = self._digest(_pair(header))
        return sum([hmac.compare_digest(given, each) for each in self._admitted]) > 0

    def tell_refused(self, peer: str | None, length: str | None, now: float) -> None:
        """Log that somebody was not let in: where from and how much, never what; once a minute."""
        if self._told_at is not None and 0 <= now - self._told_at < _QUIET:
            self._untold += 1
            return
        untold, self._untold, self._told_at = self._untold, 0, now
        logger.error(
            "Refused a request with 401: its user or password is none of those given here"
            " (from %s, %s bytes%s). If it is Sitoo's, what it sends is dropped or fails until the"
            " credentials agree",
            printable(peer or "an unknown address", 100),
            length
            if length is not None and re.fullmatch("[0-9]{1,19}", length)
            else "an unknown number of",
            f", and {untold} more since the last such message" if untold else "",
        )


def _pair(header: str | None) -> bytes:
    """The user and password of a header; empty where it is no such header, which none matches."""
    scheme, _, encoded = (header or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded.strip().encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return b""

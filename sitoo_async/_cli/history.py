"""The history of the prompt: a file for its owner alone, and no secret in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from sitoo_async._checks.show import told
from sitoo_async._checks.values import trimmed

__all__ = ["read_history", "save_history", "secrets_in"]

HISTORY_LINES: Final = 1000

_TELLING: Final = (
    *("PASSWORD", "PASSWD", "_PWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL"),
    *("API_KEY", "APIKEY", "ACCESS_KEY", "PRIVATE_KEY"),
)
"""What the name of a variable, or of a parameter in a URL, holds whose value is a secret."""

_SHORTEST: Final = 6
"""Characters of a secret of others at least: shorter ones would strike out lines at random."""


def read_history() -> list[str]:
    """The lines of earlier sessions; none where there is no home to keep them in."""
    path = _path()
    try:
        return [] if path is None else path.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        sys.stderr.write(f"the history was not read: {told(error)}\n")
        return []


def save_history(lines: Iterable[str | None]) -> None:
    """Keep the last lines, in a file that only its owner can read.

    A line that speaks of a password is not kept, and neither is one that holds a secret of the
    environment.
    """
    path, secrets = _path(), secrets_in(os.environ)
    if path is None:
        return
    kept = [
        line
        for line in lines
        if line and "password" not in line.lower() and not any(secret in line for secret in secrets)
    ]
    text = "".join(f"{line}\n" for line in kept[-HISTORY_LINES:])
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        # What a terminal sends that is no text stays readable.
        path.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        sys.stderr.write(f"the history was not saved: {told(error)}\n")


def _path() -> Path | None:
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    try:
        return Path(state, "sitoo_async", "history").expanduser()
    except RuntimeError:
        return None  # nobody's home, as in many a container


def secrets_in(environment: Mapping[str, str]) -> set[str]:
    """Every secret that an environment holds, as it stands there and as it may be typed.

    The API passwords (``SITOO_PASSWORD``, ``SITOO_KEYS``), the password of the gate and of every
    other URL, and what stands in a variable, or in a parameter of a URL, whose name says that it is
    one.
    """
    found = {secret for name, value in environment.items() for secret in _secrets(name, value)}
    # In a literal, a backslash is typed with another before it, and a quote with one.
    typed = {secret.replace("\\", "\\\\") for secret in found}
    return found.union(
        *({text, text.replace("'", "\\'"), text.replace('"', '\\"')} for text in typed)
    )


def _secrets(name: str, value: str) -> Iterator[str]:
    ours: list[str] = []
    if name == "SITOO_PASSWORD":
        ours = [value]
    elif name == "SITOO_KEYS":
        ours = [pair.partition(":")[2] for pair in value.split(",")]
    elif name == "SITOO_GATE":
        ours = _passwords(value)
    yield from (part for secret in ours for part in {secret, trimmed(secret)} if part)
    others = _passwords(value)
    if _tells(name):
        others.append(trimmed(value))
    yield from (secret for secret in others if len(secret) >= _SHORTEST)


def _tells(name: str) -> bool:
    return any(word in name.upper() for word in _TELLING)


def _passwords(text: str) -> list[str]:
    """The passwords of a URL, as they stand there and decoded; none where it is no URL."""
    try:
        parts = urlsplit(trimmed(text))
        password = parts.password
    except ValueError:
        return []
    pairs = (pair.partition("=") for pair in parts.query.split("&"))
    found = [password, *(value for name, _, value in pairs if _tells(name))]
    return [form for secret in found if secret for form in (secret, unquote(secret))]

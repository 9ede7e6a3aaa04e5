"""What TAB completes at the prompt: names, attributes, and the keywords of a call."""

from __future__ import annotations

import builtins
import inspect
import io
import re
import rlcompleter
import tokenize
from collections.abc import Mapping
from typing import Any, Final

import attrs

from sitoo_async.resources._single import Calls

__all__ = ["Completer"]

_UNPACKED: Final = re.compile(r"Unpack\[(\w+)\]")


class Completer:
    """Completes names of a namespace, and in a call the keywords that it takes.

    What belongs to the inside of a group of operations is hidden, and so is what begins with an
    underscore, until one is typed.

    Args:
        namespace: the names of the session.
    """

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._python = rlcompleter.Completer(namespace)
        self._names: Mapping[str, Any] = namespace
        self._found: list[str] = []

    def matches(self, text: str, before: str) -> list[str]:
        """What a word may become.

        Args:
            text: the word, as far as it is typed.
            before: the line before it.
        """
        found = [] if "." in text else _keywords(before, text, self._names)
        state = 0
        while (match := self._python.complete(text, state)) is not None:
            found.append(match)
            state += 1
        return [match for match in dict.fromkeys(found) if not self._is_internal(match)]

    def complete_in(self, text: str, state: int, before: str) -> str | None:
        """As readline asks: one match after the other, then None."""
        if state == 0:
            self._found = self.matches(text, before)
        return self._found[state] if state < len(self._found) else None

    def _is_internal(self, match: str) -> bool:
        owner, _, name = match.rpartition(".")
        value = _looked_up(owner, self._names)
        return isinstance(value, Calls) and name.rstrip("(") in attrs.fields_dict(Calls)


def _keywords(before: str, text: str, names: Mapping[str, Any]) -> list[str]:
    """The keywords of the call in whose brackets the line ends, as far as they fit."""
    called = _called(before)
    function = None if called is None else _looked_up(called, names)
    if not callable(function):
        return []
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []  # written in C, and silent about it
    known: list[str] = []
    for parameter in parameters:
        if parameter.kind in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD):
            known.append(parameter.name)
        elif parameter.kind is parameter.VAR_KEYWORD:
            known += _unpacked(function, parameter.annotation)
    return [f"{name}=" for name in known if name.startswith(text)]


def _unpacked(function: Any, annotation: object) -> list[str]:
    """The keys of the dictionary that an ``Unpack[...]`` names."""
    named = _UNPACKED.fullmatch(str(annotation))
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    keys = getattr(scope.get(named[1]) if named else None, "__annotations__", {})
    return [*keys]


def _called(before: str) -> str | None:
    """The dotted name that a line calls at its end: the one before the innermost open bracket."""
    tokens = _tokens(before)
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.string in {"(", "[", "{"}:
            opened.append(index)
        elif token.string in {")", "]", "}"} and opened:
            opened.pop()
    if not opened or tokens[opened[-1]].string != "(":
        return None
    parts: list[str] = []
    for token in reversed(tokens[: opened[-1]]):
        fits = token.type == tokenize.NAME if len(parts) % 2 == 0 else token.string == "."
        if not fits:
            break
        parts.append(token.string)
    return "".join(reversed(parts)) or None


def _tokens(before: str) -> list[tokenize.TokenInfo]:
    """The tokens of a line that is not complete; none where it ends inside a string."""
    tokens: list[tokenize.TokenInfo] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(before).readline):
            # Up to Python 3.11, the quote that opens it.
            if token.type == tokenize.ERRORTOKEN and token.string in {"'", '"'}:
                return []
            tokens.append(token)
    except tokenize.TokenError as error:
        if "string" in str(error):
            return []
    return tokens


def _looked_up(dotted: str, names: Mapping[str, Any]) -> Any:
    """What a dotted name stands for; None where it stands for nothing."""
    first, *rest = dotted.split(".")
    value = names.get(first, getattr(builtins, first, None))
    for name in rest:
        try:
            value = getattr(value, name, None)
        except Exception:  # noqa: BLE001  # a property of the user's; TAB is no place to tell
            return None
    return value

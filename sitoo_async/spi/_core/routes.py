"""Which operation a method and a path mean, and what stands in the path for its parameters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Generic, TypeVar

import attrs

from sitoo_async._checks.show import shown
from sitoo_async.errors import InvalidOptionError
from sitoo_async.spi._core.percent import bytes_of, text_of

__all__ = ["Found", "Routes", "Template"]

T = TypeVar("T")

_PARAMETER: Final = re.compile(r"\{(?P<name>[a-z_][a-z0-9_]*)\}(?P<suffix>[^{}]*)")


@attrs.frozen
class Template:
    """A path with parameters, such as ``/giftcards/{cardnumber}.json``.

    Attributes:
        segments: what stands between the slashes: a text, or a parameter and what follows it.
    """

    segments: tuple[str | tuple[str, str], ...]

    @classmethod
    def of(cls, path: str) -> Template:
        """Read a path.

        Raises:
            InvalidOptionError: it doesn't begin with a slash, or a brace is not closed.
        """
        if not path.startswith("/"):
            raise InvalidOptionError(f"{shown(path)} must begin with a slash", field="path")
        segments: list[str | tuple[str, str]] = []
        for text in path.strip("/").split("/"):
            parameter = _PARAMETER.fullmatch(text)
            if parameter is not None:
                segments.append((parameter["name"], parameter["suffix"]))
            elif "{" in text or "}" in text:
                raise InvalidOptionError(
                    f"{shown(path)}: a parameter begins its part of the path, as in {{id}}.json",
                    field="path",
                )
            else:
                segments.append(text)
        return cls(tuple(segments))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, in order."""
        return tuple(each[0] for each in self.segments if isinstance(each, tuple))

    @property
    def shape(self) -> tuple[str, ...]:
        """What two paths share that mean the same requests."""
        return tuple(
            f"{{}}{each[1]}" if isinstance(each, tuple) else each for each in self.segments
        )

    def match(self, segments: tuple[str, ...]) -> list[str] | None:
        """What stands for the parameters, still percent-encoded; None where it is another path."""
        if len(segments) != len(self.segments):
            return None
        found: list[str] = []
        for mine, given in zip(self.segments, segments, strict=True):
            if isinstance(mine, tuple):
                suffix = mine[1]
                if not given.endswith(suffix) or len(given) == len(suffix):
                    return None
                found.append(given[: len(given) - len(suffix)])
            elif mine != given and mine != _plain(given):
                return None
        return found


@attrs.frozen
class Found(Generic[T]):
    """An operation that a request means, and the parameters in its path, decoded."""

    target: T
    parameters: Mapping[str, str]


class Routes(Generic[T]):
    """The operations of an application by method and path."""

    def __init__(self) -> None:
        # By what they share; each method has its own names for the parameters.
        self._routes: dict[tuple[str, ...], dict[str, tuple[Template, T]]] = {}

    def add(self, method: str, template: Template, target: T) -> T | None:
        """Add one; what stands there already stays, and is given back."""
        methods = self._routes.setdefault(template.shape, {})
        if method in methods:
            return methods[method][1]
        methods[method] = template, target
        # Where a text and a parameter both fit, the text is meant.
        self._routes = dict(sorted(self._routes.items(), key=_parameters_last))
        return None

    def find(self, method: str, path: str) -> Found[T] | tuple[str, ...]:
        """What a request means, or which methods its path knows.

        Raises:
            Unfit: what stands in the path for a parameter is not percent-encoded UTF-8.
        """
        # Whoever registers https://host/sitoo/ rather than https://host/sitoo doubles a slash.
        segments = tuple(path.lstrip("/").removesuffix("/").split("/"))
        allowed = set[str]()
        # A path without parameters is what it is found by.
        direct = self._routes.get(segments, {})
        for methods in [direct] if method in direct else self._routes.values():
            # What they share says whether they match, so any of them will do.
            template, target = methods.get(method) or next(iter(methods.values()))
            given = template.match(segments)
            if given is None:
                continue
            if method in methods:
                names = template.parameters
                pairs = zip(names, given, strict=True)
                return Found(target, {name: text_of(bytes_of(text), name) for name, text in pairs})
            allowed.update(methods)
        return tuple(sorted(allowed))


def _parameters_last(route: tuple[tuple[str, ...], object]) -> list[bool]:
    return [part.startswith("{}") for part in route[0]]


def _plain(segment: str) -> str:
    """A part of a path for comparison; servers may encode what needs no encoding."""
    return bytes_of(segment).decode("latin-1")

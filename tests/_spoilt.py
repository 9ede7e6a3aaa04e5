"""JSON values that are nearly right: the same with one thing wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["spoilt"]


def spoilt(value: Any, odd_values: Sequence[Any]) -> Iterator[Any]:
    """The same with each odd value in each place of it, and without each of its fields.

    Of a list the first row alone is spoilt, since readers take all rows alike.
    """
    yield from odd_values
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from ({**value, name: odd} for odd in spoilt(inner, odd_values))
            yield {key: each for key, each in value.items() if key != name}
    elif isinstance(value, list) and value:
        yield from ([odd, *value[1:]] for odd in spoilt(value[0], odd_values))

"""Where the demo writes: with rich if it is installed, else in plain text."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager
from typing import Final, Literal, Protocol, TextIO

from sitoo_async.errors import escaped, printable

__all__ = ["PlainScreen", "RichScreen", "Screen", "Style", "log_on", "screen_for"]

Style = Literal["plain", "heading", "note", "good", "bad"]

Advance = Callable[[], None]
"""Moves a progress bar on by one."""


class Screen(Protocol):
    """Lines, progress bars and tables."""

    def line(self, text: str, style: Style = "plain") -> None:
        """Write one line."""
        ...

    def bar(self, label: str, total: int) -> AbstractContextManager[Advance]:
        """Show the progress of `total` things; call what it gives once for each."""
        ...

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table; the first column is text, the others are numbers."""
        ...


def screen_for(stream: TextIO) -> Screen:
    """The best screen that can be had on a stream."""
    try:
        return RichScreen(stream)
    except ModuleNotFoundError:
        return PlainScreen(stream)


class PlainScreen:
    """Text and nothing else.

    Args:
        stream: where it goes.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def line(self, text: str, style: Style = "plain") -> None:
        """Write one line; a heading has an empty line above."""
        text = escaped(text)
        self._stream.write(f"\n{text}\n" if style == "heading" else f"{text}\n")
        self._stream.flush()

    @contextlib.contextmanager
    def bar(self, label: str, total: int) -> Generator[Advance]:
        """Write a line for each quarter."""
        done = 0

        def advance() -> None:
            nonlocal done
            done += 1
            if done * 4 // total > (done - 1) * 4 // total:
                self.line(f"  {label}: {done:,} of {total:,}")

        yield advance

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write the columns as wide as their widest cell."""
        rows = [[*map(printable, row)] for row in rows]
        widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
        for row in (columns, ["-" * width for width in widths], *rows):
            first = row[0].ljust(widths[0])
            others = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
            self.line("  ".join(("", first, *others)).rstrip())


_RICH_STYLES: Final[dict[Style, str]] = {
    "plain": "",
    "heading": "bold",
    "note": "dim",
    "good": "green",
    "bad": "bold red",
}


# rich comes with the extra `cli`, so it is imported where it is used.
class RichScreen:
    """Colours, bars that move, tables with rules.

    Args:
        stream: where it goes; without a terminal, rich leaves colours and movement out.

    Raises:
        ModuleNotFoundError: rich is not installed.
    """

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console  # noqa: PLC0415

        self._console = Console(file=stream, highlight=False)

    def line(self, text: str, style: Style = "plain") -> None:
        """Write one line; a heading has an empty line above."""
        if style == "heading":
            self._console.print()
        # No markup: what Sitoo says may hold brackets.
        self._console.print(escaped(text), style=_RICH_STYLES[style], markup=False)

    @contextlib.contextmanager
    def bar(self, label: str, total: int) -> Generator[Advance]:
        """Show a bar that moves, below whatever lines are written meanwhile."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, console=self._console) as progress:
            task = progress.add_task(label, total=total)
            yield lambda: progress.advance(task)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Write a table as wide as it needs to be, or as the terminal is."""
        from rich.box import SIMPLE_HEAD  # noqa: PLC0415
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        table = Table(box=SIMPLE_HEAD)
        for index, column in enumerate(columns):
            table.add_column(column, justify="right" if index else "left")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self._console.print(table)


@contextlib.contextmanager
def log_on(screen: Screen) -> Generator[None]:
    """Show the library's warnings, such as a hold, among the lines of a screen."""
    handler = _ScreenHandler(screen)
    logger = logging.getLogger("sitoo_async")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _ScreenHandler(logging.Handler):
    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.WARNING)
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        self._screen.line(f"  log: {record.getMessage()}", "note")

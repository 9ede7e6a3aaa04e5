"""The prompt: Python with top-level await, and a client that is ready.

The main thread reads the lines and runs them, so that Ctrl-C works as at every prompt: it drops
a half-typed line, and it ends an expression that runs. While a line is being typed, the event
loop runs in a second thread, so that tasks, timers and the fake server go on meanwhile. The two
threads take turns; the loop never runs in both.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import code
import contextlib
import importlib
import inspect
import os
import platform
import sys
import threading
import types
from collections.abc import Generator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import sitoo_async
from sitoo_async import errors, models
from sitoo_async._cli.completion import Completer
from sitoo_async._cli.history import read_history, save_history
from sitoo_async._client import SitooClient
from sitoo_async._version import __version__
from sitoo_async.errors import ConfigurationError, escaped
from sitoo_async.testing import FakeSitoo

__all__ = ["repl"]

PRODUCTS: Final = 1000
"""The size of the embedded server's catalogue."""

LONGEST_SHOWN: Final = 20_000
"""Characters of a value that a terminal is shown."""

MOST_SHOWN: Final = 100
LONGEST_STRING: Final = 2_000
"""Elements of a list, and characters of a text in it, where rich shows them."""

_CREDENTIALS: Final = ("SITOO_API_ID", "SITOO_PASSWORD", "SITOO_BASE_URL")


def repl() -> int:
    """Read, await and print until Ctrl-D or ``exit()``.

    Returns:
        The exit status: 2 when the environment names an account only in part, 1 when an exception
        came out of lines that were piped.

    Raises:
        SystemExit: ``exit()`` was called; the client is closed by then.
    """
    with asyncio.Runner() as runner:
        resources = AsyncExitStack()
        try:
            namespace, about = runner.run(_open(resources))
        except ConfigurationError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        try:
            prompt = _Prompt(runner, namespace)
            prompt.interact(_banner(about), exitmsg="")
        finally:
            runner.run(resources.aclose())
    return 1 if prompt.failed else 0


async def _open(resources: AsyncExitStack) -> tuple[dict[str, Any], str]:
    """The names to start with, and a line about `sitoo`."""
    namespace: dict[str, Any] = {"__name__": "__console__", "__doc__": None}
    namespace |= {name: getattr(models, name) for name in models.__all__}
    namespace |= {name: getattr(sitoo_async, name) for name in sitoo_async.__all__}
    namespace |= {"asyncio": asyncio, "errors": errors, "models": models}
    # Python warns of a coroutine that nobody awaits, but not where a name for these is missing.
    namespace["__builtins__"] = builtins
    namespace |= {"Decimal": Decimal, "datetime": datetime, "UTC": UTC}
    if any(os.environ.get(name) for name in _CREDENTIALS):
        sitoo = SitooClient.from_env()
        about = f"`sitoo` is {sitoo!r}: a real account."
    else:
        fake = await resources.enter_async_context(FakeSitoo(products=PRODUCTS))
        sitoo = SitooClient(**fake.credentials)
        namespace["fake"] = fake
        about = (
            f"`sitoo` is a client on `fake`, a server in this process with {PRODUCTS:,} made-up "
            f"products, since {_CREDENTIALS[0]} is not set."
        )
    namespace["sitoo"] = sitoo
    resources.push_async_callback(sitoo.aclose, drain=False)
    return namespace, about


def _banner(about: str) -> str:
    return (
        f"sitoo_async {__version__} on Python {platform.python_version()}: write `await` at the "
        f"prompt; exit() leaves.\n{about}\nTry: await sitoo.products.list().first()"
    )


class _Prompt(code.InteractiveConsole):
    """The standard console, with top-level await, on the loop of a runner."""

    def __init__(self, runner: asyncio.Runner, namespace: dict[str, Any]) -> None:
        super().__init__(namespace)
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._runner = runner
        self._namespace = namespace
        self._terminal = sys.stdin.isatty()
        self.failed = False  # whether lines that nobody sees run raised something

    def interact(self, banner: str | None = None, exitmsg: str | None = None) -> None:
        """Read and run lines; where there is a terminal, with all its comforts."""
        with contextlib.ExitStack() as comforts:
            if self._terminal:
                comforts.enter_context(_brief())
                comforts.enter_context(_line_editing(self._namespace))
            super().interact(banner, exitmsg)
        if self.buffer and not self._terminal:
            try:
                compile("\n".join(self.buffer), self.filename, "single")
            except SyntaxError:  # a bracket that nobody closes
                self.showsyntaxerror(self.filename)

    def raw_input(self, prompt: str = "") -> str:
        """Read a line while the loop goes on in another thread."""
        with _running(self._runner.get_loop()):
            try:
                # Piped lines are no conversation.
                return input(prompt if self._terminal else "")
            except EOFError:
                if self._terminal or not self.buffer or not self.buffer[-1]:
                    raise
                return ""  # the empty line that ends a block

    def write(self, data: str) -> None:
        """Write a banner or a traceback, with escapes for what could move a cursor."""
        super().write("\n".join(map(escaped, data.split("\n"))))

    def showtraceback(self) -> None:
        """Show what was raised; whoever piped the lines learns by the exit status, too."""
        self.failed = not self._terminal
        super().showtraceback()

    def showsyntaxerror(self, *place: Any, **more: Any) -> None:
        """Show what could not be understood, likewise."""
        self.failed = not self._terminal
        super().showsyntaxerror(*place, **more)

    def runcode(self, code: types.CodeType) -> None:
        """Run what was typed to its end, in the loop, and show what it raises."""
        try:
            error = self._runner.run(self._evaluate(code))
        except asyncio.CancelledError as cancelled:
            error = cancelled
        if error is None:
            return
        if isinstance(error, SystemExit):
            raise error
        try:
            # The base class shows what is being handled.
            raise error.with_traceback(self._typed(error.__traceback__))  # noqa: TRY301
        except BaseException:  # noqa: BLE001  # whatever it is, it is shown
            self.showtraceback()

    async def _evaluate(self, code: types.CodeType) -> BaseException | None:
        try:
            result = types.FunctionType(code, self._namespace)()
            if inspect.iscoroutine(result):
                await result
        except asyncio.CancelledError:
            raise  # most likely Ctrl-C, of which the runner makes a KeyboardInterrupt
        except BaseException as error:  # noqa: BLE001  # a SystemExit would tear through the loop
            return error
        return None

    def _typed(self, traceback: types.TracebackType | None) -> types.TracebackType | None:
        """The part of a traceback that begins with what was typed."""
        while traceback is not None and traceback.tb_frame.f_code.co_filename != self.filename:
            traceback = traceback.tb_next
        return traceback


@contextlib.contextmanager
def _running(loop: asyncio.AbstractEventLoop) -> Generator[None]:
    """Lets the loop run in a thread of its own for a while."""
    enough = loop.create_future()
    thread = threading.Thread(target=loop.run_until_complete, args=(enough,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(enough.set_result, None)
        thread.join()


# ----------------------------------------------------------------------- where there is a terminal


@contextlib.contextmanager
def _brief() -> Generator[None]:
    """Show values as a terminal can take them; where rich is installed, one field a line."""
    before = sys.displayhook
    try:
        pretty = importlib.import_module("rich.pretty")
    except ImportError:
        sys.displayhook = _show
    else:
        pretty.install(max_length=MOST_SHOWN, max_string=LONGEST_STRING)
    try:
        yield
    finally:
        sys.displayhook = before


def _show(value: object) -> None:
    """As Python shows a value, but for the end of one that is too long."""
    if value is None:
        return
    builtins.__dict__["_"] = value
    text = repr(value)
    left = len(text) - LONGEST_SHOWN
    if left > 0:
        text = f"{text[:LONGEST_SHOWN]}... ({left:,} more characters; `_` is the whole of it)"
    sys.stdout.write("".join(f"{escaped(line)}\n" for line in text.splitlines()))


@contextlib.contextmanager
def _line_editing(namespace: dict[str, Any]) -> Generator[None]:
    """Completion of names, and a history that outlives the session; where there is readline."""
    try:
        readline = importlib.import_module("readline")
    except ImportError:
        yield
        return
    completer = Completer(namespace)

    def complete(text: str, state: int) -> str | None:
        before = readline.get_line_buffer()[: readline.get_begidx()]
        return completer.complete_in(text, state, before)

    readline.set_completer(complete)
    # The two libraries behind this module are configured in different languages.
    libedit = "libedit" in (readline.__doc__ or "")
    readline.parse_and_bind("bind ^I rl_complete" if libedit else "tab: complete")
    for line in read_history():
        readline.add_history(line)
    try:
        yield
    finally:
        count = readline.get_current_history_length()
        save_history(readline.get_history_item(index + 1) for index in range(count))

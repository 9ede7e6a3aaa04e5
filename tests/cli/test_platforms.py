"""The programs everywhere: without the calls of POSIX, such as on Windows, and their version."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sitoo_async import __version__
from sitoo_async.__main__ import main as prompt
from sitoo_async.testing.__main__ import main as server

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]

# What others import is there before POSIX is taken away: they have their own ways without it.
WITHOUT_POSIX = """
import asyncio, concurrent.futures.thread, os, signal, sys, time
import aiohttp, anyio, attrs, cattrs.gen, msgspec, rich.pretty
import anyio._backends._asyncio

for name in ("fcntl", "grp", "pty", "pwd", "readline", "resource", "termios", "tty"):
    sys.modules[name] = None  # importing it fails
for module, names in (
    (os, "O_CLOEXEC O_NOFOLLOW O_NONBLOCK fork geteuid getuid killpg pread pwrite"),
    (os, "register_at_fork setsid"),
    (signal, "SIGALRM SIGHUP SIGKILL SIGUSR1 SIGUSR2 pthread_sigmask"),
    (time, "CLOCK_BOOTTIME CLOCK_MONOTONIC clock_gettime"),
):
    for name in names.split():
        vars(module).pop(name, None)

def refuse(*_):
    raise NotImplementedError

for name in ("add_signal_handler", "add_reader", "add_writer"):
    setattr(asyncio.SelectorEventLoop, name, refuse)
"""


def without_posix(code: str, *, typed: str = "") -> str:
    """What a program prints; it may not fail."""
    done = subprocess.run(  # noqa: S603  # ours
        [sys.executable, "-c", WITHOUT_POSIX + code],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("SITOO_")},
        input=typed,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_the_demo_needs_no_posix_and_neither_does_any_import() -> None:
    printed = without_posix(
        "import importlib, pkgutil, sitoo_async\n"
        "for module in pkgutil.walk_packages(sitoo_async.__path__, 'sitoo_async.'):\n"
        "    if not module.name.endswith(('__main__', '.fixtures')):\n"
        "        importlib.import_module(module.name)\n"
        "from sitoo_async.__main__ import main\n"
        "sys.exit(main(['demo', '--products', '100', '--delay', '0', '--slot', '1']))\n"
    )
    assert "two requests never met" in printed


def test_the_prompt_needs_no_posix() -> None:
    printed = without_posix(
        "from sitoo_async.__main__ import main\nsys.exit(main([]))\n",
        typed="print((await sitoo.products.get(21)).productid)\n",
    )
    assert printed == "21\n"


@pytest.mark.parametrize("main", [prompt, server], ids=["sitoo_async", "sitoo_async.testing"])
def test_each_program_tells_its_version(
    main: Callable[[list[str]], int], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"sitoo_async {__version__}\n"

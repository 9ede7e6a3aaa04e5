"""The fake server on its own: ``python -m sitoo_async.testing --port 8080 --products 10000``."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import shlex
import signal
import sys
from typing import TYPE_CHECKING

from sitoo_async._version import __version__
from sitoo_async.testing._server.http import FakeSitoo

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

__all__ = ["main"]

_MOST = 1_000_000
_DAY = 86_400.0  # seconds


def _number(
    kind: type[int | float], least: float, most: float, *, exclusive: bool = False
) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = kind(text)
        if not least <= number <= most or (exclusive and number == least):
            above = "above" if exclusive else "from"
            raise argparse.ArgumentTypeError(f"{text} is not {above} {least:,} to {most:,}")
        return number

    read.__name__ = kind.__name__  # argparse names it where the text is no number at all
    return read


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sitoo_async.testing",
        description="Serve a fake Sitoo account on loopback until Ctrl-C.",
    )
    parser.add_argument("--version", action="version", version=f"sitoo_async {__version__}")
    parser.add_argument(
        "--port", type=_number(int, 0, 65_535), default=8080, help="0 takes a free one"
    )
    parser.add_argument(
        "--products", type=_number(int, 0, _MOST), default=1000, help="size of the catalogue"
    )
    parser.add_argument(
        "--orders", type=_number(int, 0, _MOST), default=12, help="orders of each site"
    )
    parser.add_argument(
        "--z-reports",
        type=_number(int, 0, _MOST),
        default=4,
        help="z-reports of each cash register",
    )
    parser.add_argument(
        "--users", type=_number(int, 0, _MOST), default=6, help="users of the account"
    )
    parser.add_argument(
        "--service-orders",
        type=_number(int, 0, _MOST),
        default=4,
        help="service orders of the account",
    )
    parser.add_argument("--seed", type=int, default=1, help="same seed, same account")
    parser.add_argument(
        "--delay", type=_number(float, 0, _DAY), default=0.0, help="seconds each request takes"
    )
    parser.add_argument(
        "--slot-seconds",
        type=_number(float, 0, _DAY, exclusive=True),
        default=600.0,
        help="length of a slot",
    )
    parser.add_argument(
        "--slot-requests",
        type=_number(int, 1, _MOST),
        default=None,
        help="requests per slot and key (default: any number)",
    )
    parser.add_argument(
        "--events-to",
        metavar="URL",
        help="tell of events at this loopback URL, to which /events is added",
    )
    parser.add_argument("--events-user", metavar="NAME", help="with these Basic credentials")
    parser.add_argument("--events-password", metavar="TEXT")
    parser.add_argument(
        "--events-pause",
        metavar="SECONDS",
        type=_number(float, 0, _DAY, exclusive=True),
        help="from one try to the next (default: as long as Sitoo waits)",
    )
    options = parser.parse_args(arguments)
    for name in ("user", "password", "pause"):
        if options.events_to is None and getattr(options, f"events_{name}") is not None:
            parser.error(f"argument --events-{name}: there is no --events-to beside it")
    return options


def _greeting(fake: FakeSitoo) -> str:
    exports = [f"export {name}={shlex.quote(value)}" for name, value in fake.environment.items()]
    keywords = [f"    {name}={value!r}," for name, value in fake.credentials.items()]
    return "\n".join(
        [
            f"FakeSitoo serves {len(fake.products())} products at {fake.base_url}; Ctrl-C ends it.",
            "",
            *exports,
            "",
            "SitooClient(",
            *keywords,
            ")",
        ],
    )


@contextlib.contextmanager
def _on_signals(call: Callable[[], object]) -> Generator[None]:
    def handle(_number: int, _frame: object) -> None:
        call()

    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handle) for number in signals]
    try:
        yield
    finally:
        for number, handler in zip(signals, before, strict=True):
            signal.signal(number, handler)


async def _serve(options: argparse.Namespace, ready: Callable[[FakeSitoo], object]) -> None:
    fake = FakeSitoo(
        products=options.products,
        orders=options.orders,
        z_reports=options.z_reports,
        users=options.users,
        service_orders=options.service_orders,
        seed=options.seed,
        port=options.port,
        delay=options.delay,
        slot_seconds=options.slot_seconds,
        slot_requests=options.slot_requests,
        record=False,
    )
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    with _on_signals(lambda: loop.call_soon_threadsafe(ended.set)):
        async with fake:
            if options.events_to is not None:
                fake.deliver_events(
                    to=options.events_to,
                    user=options.events_user,
                    password=options.events_password,
                    pause=options.events_pause,
                )
            sys.stdout.write(_greeting(fake) + "\n")
            sys.stdout.flush()
            ready(fake)
            await ended.wait()


def main(
    arguments: Sequence[str] | None = None,
    *,
    ready: Callable[[FakeSitoo], object] = lambda _fake: None,
) -> int:
    """Serve until SIGINT or SIGTERM.

    Args:
        arguments: the command line; None takes that of the process.
        ready: called with the server once it listens.

    Returns:
        The exit status: 1 when the port can't be had, or events can't be sent there.
    """
    options = _options(arguments)
    try:
        asyncio.run(_serve(options, ready))
    except ValueError as error:
        sys.stderr.write(f"can't tell of events: {error}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"can't listen on port {options.port}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What the command line takes, and which command it hands over to."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from sitoo_async._version import __version__

__all__ = ["main"]

_DESCRIPTION = """\
Without a command: a Python prompt with top-level await, where `sitoo` is a client that is
ready to use. It takes its credentials from the environment (SITOO_API_ID, SITOO_PASSWORD,
SITOO_BASE_URL, SITOO_ACCOUNT_ID, SITOO_SITE); where they are not set, it starts a fake server
of its own.
"""

_FEWEST_PRODUCTS = 100  # below that, the steps of the demo have too little to work with


def _number(least: float, kind: type[int | float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        number = kind(text)
        if not least <= number < 1_000_000:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to 1,000,000")
        return number

    read.__name__ = kind.__name__  # argparse names it where the text is no number at all
    return read


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sitoo_async",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sitoo_async {__version__}")
    commands = parser.add_subparsers(
        dest="command", title="commands", metavar="[demo | operations | objects]"
    )
    demo = commands.add_parser(
        "demo",
        help="show what the library does, against a fake server of its own",
        description=(
            "Walk a catalogue, change prices in batches, ask from a thousand tasks at once, "
            "survive a lost connection and a 502, walk orders and stock, take stock, sit out a "
            "rate limit; then count. Exit status 1 if the server ever saw two requests at once, "
            "or a count does not add up."
        ),
    )
    demo.add_argument(
        "--real",
        action="store_true",
        help="use the account that the environment names instead; it is only read, a little",
    )
    demo.add_argument(
        "--products",
        type=_number(_FEWEST_PRODUCTS, int),
        default=10_000,
        help=f"size of the catalogue, at least {_FEWEST_PRODUCTS} (default: %(default)s); "
        "with --real, the most products, orders and stock items to read",
    )
    demo.add_argument(
        "--seed", type=int, default=1, help="same seed, same catalogue (default: %(default)s)"
    )
    demo.add_argument(
        "--delay",
        type=_number(0, float),
        default=0.002,
        help="seconds of work the fake server puts into each request (default: %(default)s)",
    )
    demo.add_argument(
        "--slot",
        type=_number(1, float),
        default=2.0,
        help="seconds of the rate limit's slot, which is 600 at Sitoo (default: %(default)s)",
    )
    operations = commands.add_parser(
        "operations",
        help="list every operation of the API, and the method that performs it",
        description="Every operation of the REST API v2, of the services with hosts of their own "
        "and of the interfaces that Sitoo calls; how it is called here, and how it is known.",
    )
    objects = commands.add_parser(
        "objects",
        help="list the objects of the services beside v2, and how each field is known",
        description="Every object of the services with hosts of their own and of the interfaces "
        "that Sitoo calls: what it is here, and which of its fields are inferred.",
    )
    for index in (operations, objects):
        form = index.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="an array of objects, for programs")
        form.add_argument("--markdown", action="store_true", help="the page of the documentation")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for.

    Args:
        arguments: the command line; None takes that of the process.

    Returns:
        The exit status.
    """
    chosen = vars(_parser().parse_args(arguments))
    command = chosen.pop("command")
    # Each command is loaded only when it is asked for, and what it lacks is said in a sentence.
    try:
        if command == "demo":
            from sitoo_async._cli.demo import DemoOptions, demo  # noqa: PLC0415  # see above

            return demo(DemoOptions(**chosen))
        if command == "operations":
            from sitoo_async._cli import index  # noqa: PLC0415  # see above

            return _shown(index, **chosen)
        if command == "objects":
            from sitoo_async._cli import objects  # noqa: PLC0415  # see above

            return _shown(objects, **chosen)
        from sitoo_async._cli.repl import repl  # noqa: PLC0415  # see above

        return repl()
    except KeyboardInterrupt:
        return 130  # while it starts or ends; both commands see to their own work
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"{error.name} is missing in this environment: pip install 'sitoo_async[cli]'\n"
        )
        return 1


def _shown(index: ModuleType, *, json: bool, markdown: bool) -> int:
    form = "json" if json else "markdown" if markdown else "table"
    sys.stdout.write(getattr(index, f"as_{form}")())
    return 0

"""``python -m sitoo_async.testing``, the pytest fixtures, and what the package may import."""

from __future__ import annotations

import ast
import asyncio
import inspect
import os
import pathlib
import re
import runpy
import signal
import socket
import sys

import aiohttp
import pytest

import sitoo_async.testing
from sitoo_async.testing import FakeSitoo
from sitoo_async.testing.__main__ import main

USERS = "/sites/1/users"


def end(_fake):
    os.kill(os.getpid(), signal.SIGTERM)


def test_main_prints_what_a_user_pastes_and_ends_on_a_signal(capsys):
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    served = []

    def ready(fake):
        counts = [len(fake.items(path)) for path in ("/sites/1/products", USERS, "/serviceorders")]
        served.append((counts, fake.environment, fake.credentials))
        end(fake)

    arguments = ["--port", "0", "--products", "30", "--seed", "3", "--delay", "0.5"]
    arguments += ["--slot-seconds", "20", "--slot-requests", "7"]
    arguments += ["--users", "2", "--service-orders", "0"]
    assert main(arguments, ready=ready) == 0
    printed = capsys.readouterr().out
    [(counts, environment, credentials)] = served
    assert counts == [30, 2, 0]
    for name, value in environment.items():
        assert f"export {name}={value}\n" in printed
    call = printed[printed.index("SitooClient(") :]
    assert eval(call, {"SitooClient": dict}) == credentials  # noqa: S307  # our own text
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("--port", "99999", "99999 is not from 0 to 65,535"),
        ("--port", "-1", "-1 is not from 0 to 65,535"),
        ("--products", "-5", "-5 is not from 0 to 1,000,000"),
        ("--products", "many", "invalid int value: 'many'"),
        ("--orders", "-3", "-3 is not from 0 to 1,000,000"),
        ("--z-reports", "1000001", "1000001 is not from 0 to 1,000,000"),
        ("--users", "-1", "-1 is not from 0 to 1,000,000"),
        ("--service-orders", "1.5", "invalid int value: '1.5'"),
        ("--delay", "-1", "-1 is not from 0 to 86,400"),
        ("--delay", "nan", "nan is not from 0 to 86,400"),
        ("--delay", "inf", "inf is not from 0 to 86,400"),
        ("--slot-seconds", "0", "0 is not above 0 to 86,400"),
        ("--slot-seconds", "-2", "-2 is not above 0 to 86,400"),
        ("--events-pause", "0", "0 is not above 0 to 86,400"),
        ("--events-pause", "2", "there is no --events-to"),
        ("--events-user", "sitoo", "there is no --events-to"),
        ("--slot-requests", "0", "0 is not from 1 to 1,000,000"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_with_the_usage(capsys, option, value, problem):
    with pytest.raises(SystemExit) as ended:
        main([f"{option}={value}"], ready=lambda _fake: pytest.fail("it serves"))
    assert ended.value.code == 2
    printed = capsys.readouterr().err
    assert "usage: python -m sitoo_async.testing" in printed
    assert f"argument {option}: {problem}" in printed


def test_a_taken_port_is_one_clear_line_and_exit_status_1(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"can't listen on port {port}: ")
    assert printed.err.count("\n") == 1


def test_it_tells_a_receiver_of_events(capsys):
    def ready(fake):
        assert fake.emit("order", {})["event_type"] == "order"
        end(fake)

    arguments = ["--port", "0", "--products", "0", "--events-to", "http://127.0.0.1:9"]
    credentials = ["--events-user", "sitoo", "--events-password", "made up"]
    assert main(arguments + credentials, ready=ready) == 0
    arguments[-1] = "http://shop.example.com"
    assert main(arguments, ready=ready) == 1
    assert capsys.readouterr().err.startswith("can't tell of events: to: shop.example.com is")


def test_help_names_every_option(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["sitoo_async.testing", "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(inspect.getfile(main), run_name="__main__")
    assert ended.value.code == 0
    printed = capsys.readouterr().out
    for option in (
        "port",
        "products",
        "orders",
        "z-reports",
        "users",
        "service-orders",
        "seed",
        "delay",
        "slot-seconds",
        "slot-requests",
        "events-to",
        "events-user",
        "events-password",
        "events-pause",
    ):
        assert f"--{option} " in printed


async def read_until(stream, text):
    lines = ""
    while text not in lines:
        line = await stream.readline()
        assert line, lines
        lines += line.decode()
    return lines


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_runs_as_a_process_of_its_own_and_ends_quietly(number):
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sitoo_async.testing",
        "--port",
        "0",
        "--products",
        "12",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed = await read_until(process.stdout, "\n)\n")
    values = dict(re.findall(r"^export (\w+)=(.*)$", printed, re.MULTILINE))
    authorization = aiohttp.encode_basic_auth(values["SITOO_API_ID"], values["SITOO_PASSWORD"])
    address = f"{values['SITOO_BASE_URL']}/v2/accounts/{values['SITOO_ACCOUNT_ID']}"
    async with (
        aiohttp.ClientSession(headers={"Authorization": authorization}) as session,
        session.get(f"{address}/sites/{values['SITOO_SITE']}/products.json") as response,
    ):
        assert (await response.json())["totalcount"] == 12
    process.send_signal(number)
    out, err = await process.communicate()
    assert (process.returncode, out, err) == (0, b"", b"")


async def test_the_fixture_is_a_started_server_with_25_products(fake_sitoo):
    assert isinstance(fake_sitoo, FakeSitoo)
    assert len(fake_sitoo.products()) == 25
    assert fake_sitoo.base_url


async def test_the_client_fixture_talks_to_the_server_of_the_test(sitoo, fake_sitoo):
    assert (await sitoo.products.get(21)).productid == 21
    assert [record.method for record in fake_sitoo.requests] == ["GET"]


def test_it_is_written_without_the_client_so_that_it_can_disagree_with_it():
    root = pathlib.Path(sitoo_async.testing.__file__).parent
    imported = set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, path
                imported.add(node.module)
            elif isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
    ours = {name for name in imported if name.split(".")[0] == "sitoo_async"}
    # The exceptions: `FakeSitoo.client` takes the client, `--version` tells that of
    # both, and a server that closes tells the lanes, which would else hold back from the next one
    # at its port.
    others = {name for name in ours if not name.startswith("sitoo_async.testing")}
    assert others == {"sitoo_async._client", "sitoo_async._lane.registry", "sitoo_async._version"}
    others = {name.split(".")[0] for name in imported - ours} - sys.stdlib_module_names
    assert others == {"aiohttp", "anyio", "attrs", "multidict", "pytest", "pytest_asyncio", "yarl"}

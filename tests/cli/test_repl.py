"""The prompt: what a user types, and what comes back."""

from __future__ import annotations

import builtins
import io
import os
import re
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from sitoo_async import __main__ as command_line
from sitoo_async._cli.history import save_history

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]

Run = Any  # (text, terminal=False) -> (exit status, output, errors)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ACCOUNT_ID", "API_ID", "PASSWORD", "BASE_URL", "SITE", "KEYS", "GATE"):
        monkeypatch.delenv(f"SITOO_{name}", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture(autouse=True)
def no_traces() -> Iterator[None]:
    """Take away what an interactive session leaves behind."""
    yield
    for name in ("ps1", "ps2", "last_type", "last_value", "last_traceback", "last_exc"):
        vars(sys).pop(name, None)
    for name in ("_", "_left", "answered"):
        vars(builtins).pop(name, None)


class Typed(io.StringIO):
    """What somebody types, at a terminal or not."""

    def __init__(self, text: str, *, terminal: bool) -> None:
        super().__init__(text)
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def readline(self, size: int = -1, /) -> str:
        line = super().readline(size)
        if line == "<Ctrl-C>\n":
            raise KeyboardInterrupt
        return line


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(text: str, *, terminal: bool = False) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "stdin", Typed(text, terminal=terminal))
        try:
            status: Any = command_line.main([])
        except SystemExit as stop:
            status = stop.code
        shown = capsys.readouterr()
        return status, shown.out, shown.err

    return run


# ------------------------------------------------------------------------------- what is typed


def test_await_works_at_the_prompt_and_values_are_shown(run: Run) -> None:
    status, shown, errors = run("(await sitoo.products.get(21)).productid\n1 + 1\n_ * 21\n")
    assert (status, shown) == (0, "21\n2\n42\n")
    assert "Traceback" not in errors


def test_the_banner_says_that_sitoo_is_a_fake_and_what_to_try(run: Run) -> None:
    _, _, errors = run("")
    assert "1,000 made-up products, since SITOO_API_ID is not set" in errors
    assert "await sitoo.products.list().first()" in errors


def test_async_for_and_with_and_several_lines_work(run: Run) -> None:
    _, shown, errors = run(
        "count = 0\n"
        "async for product in sitoo.products.list(fields=['sku']):\n"
        "    count += 1\n"
        "\n"
        "count\n"
        "async with asyncio.timeout(5):\n"
        "    print(await sitoo.products.list(sku=['10001-1']).count())\n"
        "\n"
    )
    assert shown == "1000\n1\n"
    assert "Traceback" not in errors


def test_the_names_of_the_library_are_there(run: Run) -> None:
    _, shown, errors = run(
        "UNSET\n"
        "errors.NotFoundError is NotFoundError\n"
        "models.Product is Product\n"
        "Product(sku='a', moneyprice=Decimal(7))\n"
        "sitoo.products.list()\n"
        "sitoo\n"
        "fake.overlaps\n"
        "(datetime.now(UTC) - datetime.now(UTC)).days <= 0\n"
    )
    assert "Traceback" not in errors
    assert shown.splitlines()[:4] == [
        "UNSET",
        "True",
        "True",
        "Product(sku='a', moneyprice=Decimal('7'))",
    ]
    assert "<Paginator products: position 0, total unknown>" in shown
    assert "<SitooClient account 90316" in shown


def test_an_error_is_shown_from_what_was_typed_and_the_session_goes_on(run: Run) -> None:
    status, shown, errors = run("await sitoo.products.get(999999)\n1 / 0\n2 +\nprint('on')\n")
    assert status == 1  # for whoever piped the lines
    assert "sitoo_async.errors.NotFoundError: 404" in errors
    assert "ZeroDivisionError" in errors
    assert "SyntaxError" in errors
    assert re.search(r"most recent call last\):\n  File \"<console>\"", errors)
    assert "repl.py" not in errors
    assert shown == "on\n"


def test_an_await_that_is_forgotten_is_warned_of(run: Run) -> None:
    with pytest.warns(RuntimeWarning, match="'sleep' was never awaited"):
        status, shown, _ = run("asyncio.sleep(0)\n17\n")
    assert status == 0
    assert shown.splitlines()[-1] == "17"


def test_awaiting_a_cancelled_task_is_an_error_like_any_other(run: Run) -> None:
    _, shown, errors = run(
        "task = asyncio.create_task(asyncio.sleep(30))\ntask.cancel()\nawait task\nprint('on')\n"
    )
    assert "CancelledError" in errors
    assert "KeyboardInterrupt" not in errors
    assert shown == "True\non\n"


def test_context_variables_outlive_the_line_that_sets_them(run: Run) -> None:
    _, shown, _ = run(
        "from contextvars import ContextVar\n"
        "language = ContextVar('language')\n"
        "token = language.set('sv')\n"
        "language.get()\n"
    )
    assert shown == "'sv'\n"


def test_tasks_go_on_while_a_line_is_being_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answered = threading.Event()

    class Hesitant(Typed):
        def readline(self, size: int = -1, /) -> str:
            line = super().readline(size)
            if line.startswith("product"):
                assert answered.wait(10)  # this thread does nothing else meanwhile
            return line

    vars(builtins)["answered"] = answered
    typed = (
        "task = asyncio.create_task(sitoo.products.get(3))\n"
        "task.add_done_callback(lambda _: answered.set())\n"
        "product = task.result()\n"
        "product.productid\n"
    )
    monkeypatch.setattr(sys, "stdin", Hesitant(typed, terminal=False))
    assert command_line.main([]) == 0
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert shown.out == "3\n"


# ------------------------------------------------------------------------------ leaving, Ctrl-C


def test_exit_leaves_with_the_status_that_is_given(run: Run) -> None:
    status, shown, errors = run("print('here')\nexit(3)\nprint('not here')\n")
    assert (status, shown) == (3, "here\n")
    assert "never retrieved" not in errors


def test_leaving_closes_the_client_and_the_server(run: Run) -> None:
    _, shown, _ = run(
        "import builtins\nbuiltins._left = sitoo, fake\nawait sitoo.products.get(1) and None\n"
    )
    sitoo, fake = vars(builtins)["_left"]
    assert "closed" in repr(sitoo)
    with pytest.raises(RuntimeError, match="not started"):
        fake.base_url  # noqa: B018  # the question is the test
    assert shown == ""


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_what_runs_and_not_the_session(run: Run) -> None:
    status, shown, errors = run(
        "import signal\n"
        "signal.raise_signal(signal.SIGINT); await asyncio.sleep(30)\n"
        "print('on', (await sitoo.products.get(2)).productid)\n"
    )
    assert (status, shown) == (0, "on 2\n")
    assert "KeyboardInterrupt" in errors
    assert "Traceback" not in errors


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_twice_ends_what_never_awaits(run: Run) -> None:
    status, shown, errors = run(
        "import signal\n"
        "signal.raise_signal(signal.SIGINT); signal.raise_signal(signal.SIGINT)\n"
        "print('on')\n"
    )
    assert (status, shown) == (0, "on\n")
    assert "KeyboardInterrupt" in errors


def test_ctrl_c_drops_a_line_that_is_being_typed(run: Run) -> None:
    status, shown, errors = run("if True:\n<Ctrl-C>\nprint('on')\n")
    assert (status, shown) == (0, "on\n")
    assert "KeyboardInterrupt" in errors


# ------------------------------------------------------------------------------ a real account


def test_the_environment_names_the_account(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITOO_API_ID", "90316-125")
    monkeypatch.setenv("SITOO_PASSWORD", "topsecret")
    monkeypatch.setenv("SITOO_BASE_URL", "https://api-sandbox.mysitoo.com")
    status, shown, errors = run("sitoo\n'fake' in globals()\n")
    assert status == 0
    assert "a real account" in errors
    assert "api-sandbox.mysitoo.com" in shown
    assert "False" in shown
    assert "topsecret" not in shown + errors


def test_half_an_account_is_refused_by_the_name_of_what_is_missing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITOO_API_ID", "90316-125")
    status, _, errors = run("")
    assert status == 2
    assert errors == "set SITOO_PASSWORD, SITOO_BASE_URL in the environment\n"


# ---------------------------------------------------------------------------------- a terminal


class FakeReadline(ModuleType):
    """As much of the readline module as a session uses."""

    def __init__(self, doc: str | None) -> None:
        super().__init__("readline", doc)
        self.lines: list[str] = []
        self.bindings: list[str] = []
        self.line = self.word = ""
        self.completer: Callable[[str, int], str | None] = lambda _text, _state: None

    def set_completer(self, completer: Callable[[str, int], str | None]) -> None:
        self.completer = completer

    def parse_and_bind(self, binding: str) -> None:
        self.bindings.append(binding)

    def add_history(self, line: str) -> None:
        self.lines.append(line)

    def get_current_history_length(self) -> int:
        return len(self.lines)

    def get_history_item(self, index: int) -> str | None:
        return self.lines[index - 1]

    def get_line_buffer(self) -> str:
        return self.line

    def get_begidx(self) -> int:
        return len(self.line) - len(self.word)


@pytest.fixture
def readline(monkeypatch: pytest.MonkeyPatch) -> FakeReadline:
    fake = FakeReadline("GNU readline")
    monkeypatch.setitem(sys.modules, "readline", fake)
    return fake


@pytest.fixture
def history(tmp_path: Path) -> Path:
    return tmp_path / "sitoo_async" / "history"


def test_a_terminal_shows_the_prompt_and_piped_lines_do_not(
    run: Run, readline: FakeReadline
) -> None:
    assert readline.bindings == []
    assert run("1\n", terminal=True)[1] == ">>> 1\n>>> "
    assert run("1\n")[1] == "1\n"


@pytest.mark.parametrize(
    ("doc", "binding"),
    [
        ("GNU readline", "tab: complete"),
        ("uses libedit", "bind ^I rl_complete"),
        (None, "tab: complete"),
    ],
)
def test_tab_completes_the_names_of_the_session(
    run: Run, monkeypatch: pytest.MonkeyPatch, doc: str | None, binding: str
) -> None:
    readline = FakeReadline(doc)
    monkeypatch.setitem(sys.modules, "readline", readline)
    run("", terminal=True)
    assert readline.bindings == [binding]
    assert readline.completer("sitoo.manu", 0) == "sitoo.manufacturers"
    readline.line, readline.word = "sitoo.products.list(fie", "fie"
    assert readline.completer("fie", 0) == "fields="


def test_the_history_outlives_the_session(run: Run, readline: FakeReadline, history: Path) -> None:
    readline.lines = ["first"]
    run("", terminal=True)
    assert history.read_text() == "first\n"
    readline.lines = []
    run("", terminal=True)
    assert readline.lines == ["first"]


def test_the_history_is_for_its_owner_alone(
    run: Run, readline: FakeReadline, history: Path
) -> None:
    readline.lines = ["1"]
    run("", terminal=True)
    assert history.stat().st_mode & 0o777 == 0o600
    assert history.parent.stat().st_mode & 0o777 == 0o700


def test_lines_with_a_password_are_not_kept(
    run: Run, readline: FakeReadline, history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITOO_API_ID", "90316-125")
    monkeypatch.setenv("SITOO_PASSWORD", "topsecret")
    monkeypatch.setenv("SITOO_BASE_URL", "https://api-sandbox.mysitoo.com")
    readline.lines = ["a = 1", "x = 'topsecret'", "c = SitooClient(Password='y')", "b = 2"]
    run("", terminal=True)
    assert history.read_text() == "a = 1\nb = 2\n"


GATE = "postgresql://shop:gate%2Fsecret@db.example/x"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("SITOO_KEYS", "90316-125:first-one, 90316-126:hunter2\n", "Key('90316-126', 'hunter2')"),
        ("SITOO_KEYS", "90316-125:first-one,90316-126:hunter2", "a = 'first-one'"),
        ("SITOO_PASSWORD", "hunter2\r\n", "a = 'hunter2'"),
        ("SITOO_PASSWORD", "\ufeffhunter2", "a = 'hunter2'"),
        ("SITOO_PASSWORD", "it's", "a = 'it\\'s'"),
        ("SITOO_GATE", GATE, "PostgresGate('postgresql://a:gate%2Fsecret@b')"),
        ("SITOO_GATE", GATE, "secret = 'gate/secret'"),
        ("SITOO_GATE", "redis://h?username=a&password=hunter%212", "a = 'hunter!2'"),
        ("DATABASE_URL", "mysql://u:hunter22@h/d", "connect('hunter22')"),
        ("https_proxy", "http://u:hunter22@proxy:1", "connect('hunter22')"),
        ("STRIPE_TOKEN", "sk_live_1", "stripe = 'sk_live_1'"),
        ("SHOP_API_KEY", "hunter22", "key = 'hunter22'"),
        ("MYSQL_PWD", "hunter22", "key = 'hunter22'"),
    ],
    ids=[
        *("key", "other key", "line end", "mark", "quote", "gate", "decoded", "in a query", "url"),
        *("proxy", "token", "api key", "pwd"),
    ],
)
def test_no_secret_of_the_environment_is_kept(
    history: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    save_history(["a = 1", line, "b = 2"])
    assert history.read_text() == "a = 1\nb = 2\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITOO_KEYS", "no pairs"),
        ("SITOO_PASSWORD", "  "),
        ("TOKEN_KIND", "a"),
        ("SOME_URL", "http://[::1"),
        ("SOME_URL", "http://u:a@h"),
    ],
    ids=["no pairs", "blank", "short", "no url", "short in a url"],
)
def test_what_is_no_secret_strikes_out_nothing(
    history: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    save_history(["a = 1"])
    assert history.read_text() == "a = 1\n"


def test_without_a_home_there_is_no_history_and_no_trouble(
    run: Run, readline: FakeReadline, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME")

    def nobody(_: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", nobody)
    readline.lines = ["1"]
    status, _, errors = run("", terminal=True)
    assert (status, "history" in errors) == (0, False)


def test_what_a_terminal_sent_that_is_no_text_is_kept_readable(history: Path) -> None:
    save_history(["a = '\udce4'"])
    assert history.read_text() == "a = '\\udce4'\n"


def test_the_history_does_not_grow_for_ever(
    run: Run, readline: FakeReadline, history: Path
) -> None:
    readline.lines = [str(number) for number in range(1500)]
    run("", terminal=True)
    assert history.read_text().splitlines() == [str(number) for number in range(500, 1500)]


def test_a_history_that_can_be_neither_read_nor_saved_is_told(
    run: Run, readline: FakeReadline, history: Path
) -> None:
    history.mkdir(parents=True)
    readline.lines = ["1"]
    status, _, errors = run("", terminal=True)
    assert status == 0
    assert "the history was not read" in errors
    assert "the history was not saved" in errors


def test_a_session_works_without_readline_and_without_rich(
    run: Run, monkeypatch: pytest.MonkeyPatch, history: Path
) -> None:
    monkeypatch.setitem(sys.modules, "readline", None)
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)
    assert run("Product(productid=1)\n", terminal=True)[:2] == (
        0,
        ">>> Product(productid=1)\n>>> ",
    )
    assert not history.exists()


@pytest.mark.usefixtures("readline")
def test_rich_shows_values_at_a_terminal_and_is_gone_afterwards(run: Run) -> None:
    before = sys.displayhook
    _, shown, _ = run("await sitoo.products.get(1)\n", terminal=True)
    assert "\n    productid=1,\n" in shown
    assert sys.displayhook is before


@pytest.mark.usefixtures("readline")
@pytest.mark.parametrize("rich", [True, False], ids=["rich", "plain"])
def test_a_value_too_long_for_a_terminal_is_cut(
    run: Run, monkeypatch: pytest.MonkeyPatch, *, rich: bool
) -> None:
    if not rich:
        for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.setitem(sys.modules, "rich", None)
    _, shown, errors = run(
        "None\nlist(range(100_000))\nlen(_)\n'x' * 100_000\nlen(_)\n", terminal=True
    )
    assert "Traceback" not in errors
    assert shown.count("100000") == 2
    assert len(shown) < 50_000
    assert "None" not in shown


def test_piped_lines_show_the_whole_value(run: Run) -> None:
    assert len(run("list(range(100_000))\n")[1]) > 500_000


def test_the_last_block_of_piped_lines_needs_no_empty_line(run: Run) -> None:
    assert run("for number in range(2):\n    print(number)\n")[:2] == (0, "0\n1\n")
    status, _, errors = run("if True:\n    1 / 0\n")
    assert (status, "ZeroDivisionError" in errors) == (1, True)


def test_piped_lines_that_end_within_brackets_are_an_error(run: Run) -> None:
    status, shown, errors = run("print('on')\nsitoo.products.list(\n")
    assert (status, shown) == (1, "on\n")
    assert "was never closed" in errors


def test_a_terminal_that_ends_within_a_block_drops_it(run: Run) -> None:
    status, shown, errors = run("if True:\n    print('never')\n", terminal=True)
    assert status == 0
    assert "never" not in shown
    assert "Error" not in errors


def test_a_traceback_moves_no_cursor(run: Run) -> None:
    _, _, errors = run("raise ValueError('one\\x1b[31m\\ntwo\\u202e')\n")
    assert "ValueError: one\\x1b[31m\ntwo\\u202e" in errors


# ------------------------------------------------------------------------------- as a program


def test_piped_lines_run_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sitoo_async"],
        cwd=ROOT,
        input="(await sitoo.products.get(21)).productid\n",
        check=False,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert (done.returncode, done.stdout) == (0, "21\n")
    assert "Traceback" not in done.stderr


class Terminal:
    """A session in a terminal of its own."""

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid = pid
        self.descriptor = descriptor
        self.unread = ""

    def type(self, text: str) -> None:
        os.write(self.descriptor, text.encode())

    def wait_for(self, text: str) -> str:
        end = time.monotonic() + 30
        while text not in self.unread:
            ready, _, _ = select.select([self.descriptor], [], [], end - time.monotonic())
            assert ready, f"no {text!r} came, but {self.unread!r}"
            self.unread += os.read(self.descriptor, 65_536).decode(errors="replace")
        found, _, self.unread = self.unread.partition(text)
        return found


@pytest.fixture
def terminal(tmp_path: Path, ctrl_c: None) -> Iterator[Terminal]:
    pty = pytest.importorskip("pty")
    pytest.importorskip("readline")
    ours, theirs = pty.openpty()
    environment = os.environ | {
        "TERM": "dumb",
        "NO_COLOR": "1",
        "XDG_STATE_HOME": str(tmp_path),
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "sitoo_async"],
        cwd=ROOT,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process.pid, ours)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def test_a_session_in_a_terminal(terminal: Terminal, history: Path) -> None:
    terminal.wait_for(">>> ")
    terminal.type("sitoo.products.li\t)\n")
    terminal.wait_for("<Paginator products: position 0, total unknown>")
    terminal.wait_for(">>> ")
    terminal.type("print('begun'); await asyncio.sleep(60)\n")
    terminal.wait_for("\nbegun")
    os.kill(terminal.pid, signal.SIGINT)
    terminal.wait_for("KeyboardInterrupt")
    terminal.wait_for(">>> ")
    terminal.type("(await sitoo.products.get(21)).productid * 2\n")
    terminal.wait_for("\r\n42")
    terminal.wait_for(">>> ")
    terminal.type("\x04")
    terminal.wait_for("\n")
    for _ in range(100):
        if history.exists() and history.read_text().endswith("productid * 2\n"):
            break
        time.sleep(0.05)
    assert history.read_text().splitlines()[0] == "sitoo.products.list()"

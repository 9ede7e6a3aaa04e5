"""A real PostgreSQL on loopback, for tests and benchmarks: empty at first, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.gates._programs import postgres_programs, untested

if TYPE_CHECKING:
    import pwd

__all__ = ["PASSWORD", "PostgresServer", "missing"]

PASSWORD = "fish/and@chips"  # opens nothing, and needs quoting in a URL
QUOTED = "fish%2Fand%40chips"

STARTUP = 30.0
"""Seconds that a start may take on a busy machine."""


def missing() -> str | None:
    """Why no PostgreSQL can be started here, if so."""
    return untested().get("postgres")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _other_user() -> pwd.struct_passwd | None:
    """Who to run the server as instead of us: PostgreSQL refuses to run as root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd  # noqa: PLC0415  # not there on Windows

    return pwd.getpwnam("nobody")


class PostgresServer:
    """A server with one superuser, ``sitoo``, and one database, ``postgres``.

    Use it in a ``with``; it stops, and its files go, at the end.
    """

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="sitoo-gate-"))
        self._data = self._directory / "data"
        self._process: subprocess.Popen[bytes] | None = None
        self._user = _other_user()
        self._programs = postgres_programs()[0]
        self.port = _free_port()

    def url(self, user: str = "sitoo", password: str = QUOTED, database: str = "postgres") -> str:
        """The DSN of the server, by TCP."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    @property
    def local_url(self) -> str:
        """The DSN of the server, by its Unix socket."""
        place = str(self._directory).replace("/", "%2F")
        return f"postgresql://sitoo:{QUOTED}@{place}:{self.port}/postgres"

    def __enter__(self) -> Self:
        try:
            self._create()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._directory)

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        user = self._user
        with (self._directory / "log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603  # our own programs
                [self._programs / program, *arguments],
                cwd=self._directory,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
                stdout=log,
                stderr=log,
                user=user and user.pw_uid,
                group=user and user.pw_gid,
                extra_groups=user and [],
            )

    def _hand_over(self, *paths: Path) -> None:
        """Let the user that the server runs as own these."""
        if self._user is not None:
            for path in paths:
                os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _bring_near(self) -> None:
        """Copy the programs here if that user can't get at them, as below /root."""
        if self._user is None or all(
            place.stat().st_mode & stat.S_IXOTH
            for place in (self._programs, *self._programs.parents)
        ):
            return
        # What came as a package: bin, lib and share in it, and what they link to beside it.
        package = self._programs.parent.parent
        for place in (package, package.with_name(f"{package.name}.libs")):
            if place.is_dir():
                copy = self._directory / place.name
                shutil.copytree(place, copy, ignore=shutil.ignore_patterns("include"))
                self._hand_over(copy, *copy.rglob("*"))
        self._programs = self._directory / self._programs.relative_to(package.parent)

    def _create(self) -> None:
        password = self._directory / "password"
        password.write_text(PASSWORD)
        self._hand_over(self._directory, password)
        self._bring_near()
        creation = self._run(
            "initdb",
            *(f"--pgdata={self._data}", "--username=sitoo", f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"),
        )
        assert creation.wait() == 0, self.log()

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._directory,
            "fsync": "off",
            "shared_buffers": "16MB",
            "max_connections": 50,
        }
        self._process = self._run(
            "postgres",
            *("-D", str(self._data)),
            *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
        )
        deadline = time.monotonic() + STARTUP
        while not self._ready():
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < deadline, self.log()
            time.sleep(0.02)

    def _ready(self) -> bool:
        """Whether the server says so in the last line of its lock file."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def stop(self) -> None:
        """Stop it; its clients are cut off."""
        if self._process is not None:
            # What PostgreSQL calls a fast shutdown; its children go with it.
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def restore(self) -> None:
        """Let it be at work, whatever was done to it."""
        if self._process is None or self._process.poll() is not None:
            self.start()

    def log(self) -> str:
        """What it printed so far."""
        return (self._directory / "log").read_text()

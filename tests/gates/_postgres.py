"""A real PostgreSQL on loopback, for tests and benchmarks: empty at first, and gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

__all__ = ["PASSWORD", "PostgresServer", "missing"]

PASSWORD = "fish/and@chips"  # opens nothing, and needs quoting in a URL
QUOTED = "fish%2Fand%40chips"

STARTUP = 30.0
"""Seconds that a start may take on a busy machine."""


def _programs() -> Path | None:
    """The directory of initdb and postgres; the newest where there are several."""
    known = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: float(found.parent.name)
    )
    on_path = shutil.which("initdb")
    if on_path is not None:
        # initdb looks for postgres beside itself, so a link to it will not do.
        known.append(Path(on_path).resolve().parent)
    for directory in reversed(known):
        if (directory / "initdb").exists() and (directory / "postgres").exists():
            return directory
    return None


def missing() -> str | None:
    """Why no PostgreSQL can be started here, if so."""
    if _programs() is None:
        return "NO POSTGRESQL HERE (initdb and postgres, on PATH or in /usr/lib/postgresql/*/bin)"
    return None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PostgresServer:
    """A server with one superuser, ``sitoo``, and one database, ``postgres``.

    Use it in a ``with``; it stops, and its files go, at the end.
    """

    def __init__(self) -> None:
        programs = _programs()
        assert programs is not None
        self._programs = programs
        self._directory = Path(tempfile.mkdtemp(prefix="sitoo-gate-"))
        self._data = self._directory / "data"
        self._process: subprocess.Popen[bytes] | None = None
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
        # PostgreSQL refuses to run as root.
        user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
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

    def _create(self) -> None:
        password = self._directory / "password"
        password.write_text(PASSWORD)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (self._directory, password):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
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

    def log(self) -> str:
        """What it printed so far."""
        return (self._directory / "log").read_text()

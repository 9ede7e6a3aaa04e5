"""Lock files: opened so that nobody can play a trick on us, locked with flock, freed by death.

Everything here is synchronous. A lock belongs to the open file, not to the process, so that two
event loops of one process shut each other out as well, and the kernel frees it when the process
dies, however it dies.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from typing import Final

import msgspec

from sitoo_async.errors import ConfigurationError

__all__ = ["LockFile", "Record", "clock", "close_all"]

_RECORD_SIZE: Final = 128
"""Bytes of a record, so that one write replaces the former one whole."""

_open: set[LockFile] = set()


class Record(msgspec.Struct, frozen=True):
    """What a lock file says.

    Attributes:
        pid: the process that wrote it; for whoever looks into the file.
        in_flight: whether that process had a request under way.
        hold_until: the moment from which the key may be used again, on `clock`.
    """

    pid: int
    in_flight: bool
    hold_until: float


def clock() -> float:
    """Seconds on a clock that all processes of the host share and that never jumps."""
    # Where there is one that goes on while the machine sleeps: Sitoo's slots do not sleep.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class LockFile:
    """An open lock file, not locked yet.

    Args:
        path: where it is; it is made if it is not there.

    Attributes:
        path: the same.
        hold_until: what was written here last, by us; on `clock`.

    Raises:
        ConfigurationError: it can't be opened, or is not what we would have made.
    """

    def __init__(self, path: str) -> None:
        import fcntl  # noqa: PLC0415  # not everywhere, see FileGate

        self.path = path
        self.hold_until: float = 0.0
        self._fcntl = fcntl
        self._file = -1
        # O_NONBLOCK: a pipe that somebody put there must not keep us waiting.
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            self._file = os.open(path, flags, 0o600)
        except OSError as error:
            raise _refusal(path, _why_not_opened(error)) from error
        _open.add(self)
        self._found = found = os.fstat(self._file)
        if not stat.S_ISREG(found.st_mode):
            why = "it is not a regular file"
        elif found.st_uid != os.geteuid():
            why = f"it belongs to another user (uid {found.st_uid})"
        elif found.st_nlink > 1:
            why = "it has another name elsewhere (a hard link)"
        else:
            return
        self.close()
        raise _refusal(path, why)

    @property
    def is_open(self) -> bool:
        """Whether it was not closed yet."""
        return self._file >= 0

    def lock(self, *, wait: bool) -> bool:
        """Lock it; tell whether it is ours. Waiting blocks the thread."""
        fcntl = self._fcntl
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def unlock(self) -> None:
        """Free the lock, and keep the file open for the next time."""
        self._fcntl.flock(self._file, self._fcntl.LOCK_UN)

    def in_place(self) -> bool:
        """Whether it is still the file that others find under its path."""
        try:
            found = os.lstat(self.path)
        except FileNotFoundError:
            return False
        return os.path.samestat(found, self._found)

    def read(self) -> Record | None:
        """What was written last; None where nothing was.

        Raises:
            msgspec.DecodeError: it holds something else.
        """
        text = os.pread(self._file, _RECORD_SIZE, 0)
        return msgspec.json.decode(text, type=Record) if text else None

    def write(self, *, in_flight: bool, hold_until: float) -> None:
        """Say what the next holder has to know."""
        self.hold_until = hold_until
        record = Record(os.getpid(), in_flight, hold_until)
        os.pwrite(self._file, msgspec.json.encode(record).ljust(_RECORD_SIZE - 1) + b"\n", 0)

    def close(self) -> None:
        """Free the lock and close the file; a second time does nothing."""
        if self.is_open:
            # Closing alone would leave it locked for as long as a child that is just being
            # started has its copy of the open file.
            self.unlock()
            self.let_go()

    def let_go(self) -> None:
        """Close the file alone: whoever else has it open, by a fork, keeps the lock."""
        # First, so that a child that another thread forks meanwhile finds no closed file here.
        _open.discard(self)
        file, self._file = self._file, -1
        os.close(file)


def _why_not_opened(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a symbolic link"
    return os.strerror(error.errno or 0).lower()


def _refusal(path: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"the lock file {path} can't be used: {why}; name a path in a directory that only this "
        "user writes to, or remove the file"
    )


def close_all() -> None:
    """Close the files that a forked child inherits: it would hold on to its parent's locks."""
    for file in [*_open]:
        file.let_go()

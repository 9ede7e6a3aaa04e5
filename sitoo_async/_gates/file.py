"""The gate of one host: lock files that its processes share."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import hashlib
import os
from collections import deque
from importlib.util import find_spec
from typing import Final, Self

import attrs
import msgspec

from sitoo_async._checks.looking import Looking
from sitoo_async._forks import in_forked_child
from sitoo_async._gates._lock_file import LockFile, Record, clock, close_all
from sitoo_async._gates._lock_line import Place
from sitoo_async._gates.gate import Grant
from sitoo_async.errors import ConfigurationError, GateLostError

__all__ = ["FileGate"]

LONGEST_HOLD: Final = 660.0
"""Seconds beyond which a hold can't be one (they end by 601): the clock has begun anew."""

_Right = tuple[str, asyncio.AbstractEventLoop]
"""A lock file's path, and the loop that uses it. Equal gates stand for the same right."""

_held: dict[_Right, Place] = {}
"""The locks of this process."""

_idle: dict[_Right, Place] = {}
"""Those that were given back, for the next time: opening files takes longer than locking them."""

_given_up: dict[str, deque[Place]] = {}
"""By lock file: the places of waits that were cancelled, whose threads can't be called back. The
next wait takes one over, so that there are never more threads than there were waits at a time."""


def _absolute(path: str | os.PathLike[str]) -> str:
    """One spelling for one place, whatever the working directory is or becomes."""
    with Looking("path"):
        text = os.fsdecode(path)
    if "\0" in text or not os.path.basename(text):  # noqa: PTH119  # text, not a Path: that drops a last slash
        raise ConfigurationError("FileGate needs a path that ends in how its files are to be named")
    directory, name = os.path.split(os.path.abspath(text))  # noqa: PTH100  # as above
    return os.path.join(os.path.realpath(directory), name)  # noqa: PTH118  # as above


@attrs.frozen
class FileGate:
    """Workers on one host share a key, by lock files on a local disk.

    There are two small files for each key, ``{path}.{hash of the key}`` and one more that ends in
    ``.queue``. A process opens them once for each of its event loops, and again where somebody
    removed or replaced them; `aclose` closes them.

    When a process dies, the kernel frees its locks at once. A process that is merely stopped keeps
    its place, and the others wait until it goes on or dies, so that never two requests are under
    way. They get their turns in about the order in which they came.

    The workers run as one user. The directory may be shared, such as ``/tmp``: symbolic links,
    hard links and the files of other users are refused. Not for network file systems, and not for
    Windows.

    Args:
        path: where the files are, and how their names begin.

    Raises:
        ConfigurationError: the path names no file, or this system has no flock.
    """

    path: str = attrs.field(converter=_absolute)

    def __attrs_post_init__(self) -> None:
        if find_spec("fcntl") is None:
            raise ConfigurationError(
                "FileGate needs flock, which this system (such as Windows) does not have: use "
                "PostgresGate or RedisGate"
            )
        in_forked_child(close_all)
        in_forked_child(_idle.clear)
        in_forked_child(_given_up.clear)  # the threads are the parent's

    async def acquire(self, key: str) -> Grant:
        """Wait for the right to use a key; see `Gate.acquire`.

        Raises:
            ConfigurationError: a lock file can't be used; names it.
            OSError: the file system failed.
        """
        _close_what_closed_loops_left()
        path = self._file_for(key)
        right = path, asyncio.get_running_loop()
        while True:
            place = _adopted(path) or _idle.pop(right, None) or Place(path)
            try:
                await place.get()
                if place.in_place():
                    return _enter(right, place)
            except:
                if place.close():
                    _given_up.setdefault(path, deque()).append(place)
                raise
            # Somebody removed or replaced a file since it was opened.
            place.close()

    def acquire_now(self, key: str) -> Grant | None:
        """The right to use a key if it is free and nobody waits for it; see `PromptGate`.

        Raises:
            ConfigurationError: a lock file can't be used; names it.
            OSError: the file system failed.
        """
        path = self._file_for(key)
        right = path, asyncio.get_running_loop()
        if _given_up.get(path):
            return None  # its thread is ahead, and is to be adopted
        place = _idle.pop(right, None)
        if place is None:
            _close_what_closed_loops_left()
            place = Place(path)
        try:
            if not place.get_now():
                _rest(right, place)
                return None
            if place.in_place():
                return _enter(right, place)
        except:
            place.close()
            raise
        place.close()
        return None

    async def release(self, key: str, hold: float) -> None:
        """Give the right back; see `Gate.release`.

        Raises:
            GateLostError: it is not held, or the lock file was removed while it was.
            OSError: the file system failed; the lock is free.
        """
        self.release_now(key, hold)

    def release_now(self, key: str, hold: float) -> None:
        """Give the right back, which takes no waiting; see `release`."""
        right = self._file_for(key), asyncio.get_running_loop()
        place = _held.pop(right, None)
        if place is None or not place.lock.is_open:
            raise GateLostError(f"{self} does not hold the key {key}")
        lock = place.lock
        try:
            # What others told before goes on where it is longer.
            hold_until = max(lock.hold_until, clock() + hold if hold else 0.0)
            lock.write(in_flight=False, hold_until=hold_until)
            if not lock.in_place():
                raise GateLostError(
                    f"the lock file {lock.path} was removed or replaced while it was held"
                )
        except:
            place.close()
            raise
        _rest(right, place)

    async def aclose(self) -> None:
        """Close the files that are open and idle in the running loop."""
        loop = asyncio.get_running_loop()
        for right in [*_idle]:
            if right[0].rpartition(".")[0] == self.path and right[1] is loop:
                _idle.pop(right).close()

    def _file_for(self, key: str) -> str:
        return f"{self.path}.{_digest(key)}"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


@functools.lru_cache
def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def _enter(right: _Right, place: Place) -> Grant:
    """Read what the last holder left behind, and leave a mark of our own."""
    lock = place.lock
    record = _read(lock)
    hold = record.hold_until - clock()
    if not 0 < hold <= LONGEST_HOLD:
        hold = 0.0
    lock.write(in_flight=True, hold_until=record.hold_until if hold else 0.0)
    _held[right] = place
    return Grant(hold, record.in_flight)


def _rest(right: _Right, place: Place) -> None:
    """Free the locks, and keep the files for the next time."""
    place.leave()
    if _idle.setdefault(right, place) is not place:
        place.close()


def _close_what_closed_loops_left() -> None:
    for places in (_held, _idle):
        for right in [*places]:
            if right[1].is_closed():
                # The mark of what was held stays, so that whoever comes next is told. In another
                # thread another loop may be at the same.
                with contextlib.suppress(KeyError):
                    places.pop(right).close()


def _adopted(path: str) -> Place | None:
    """A place that somebody gave up and whose thread still waits, now ours; None without one."""
    places = _given_up.get(path, deque())
    # In another thread another loop may take the last one.
    with contextlib.suppress(IndexError):
        while True:
            # The oldest, which is the next to come up.
            place = places.popleft()
            if place.adopt():
                return place
    return None


def _read(lock: LockFile) -> Record:
    """What the last holder left behind; that of a dead one where it can't be read."""
    try:
        return lock.read() or Record(pid=0, in_flight=False, hold_until=0.0)
    except msgspec.DecodeError:
        return Record(pid=0, in_flight=True, hold_until=0.0)

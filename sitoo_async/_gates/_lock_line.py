"""A place among those who wait for a lock file, and the thread that does the waiting."""

from __future__ import annotations

import asyncio
import threading

from sitoo_async._gates._lock_file import LockFile

__all__ = ["Place"]


class Place:
    """A place among those who wait for a lock.

    There are two locks: only who has the one of the queue waits for the other, and whoever frees
    that and wants it again finds somebody in the queue. With one lock alone, the process that has
    just freed it would get it back before the kernel has woken the next.

    Once the lock is given back, the place can be used again: its files stay open until it is
    closed.

    Args:
        path: of the lock file.
    """

    def __init__(self, path: str) -> None:
        self._queue = LockFile(f"{path}.queue")
        try:
            self.lock = LockFile(path)
        except:
            self._queue.close()
            raise
        # Reentrant: a collection in the middle of `_wait` may end the coroutine that closes this.
        self._mutex = threading.RLock()
        self._in_thread = False
        self._unwanted = False
        self._answer: asyncio.Future[None] | None = None

    def get_now(self) -> bool:
        """Take the lock if it is free and nobody waits for it; tell whether it is ours."""
        if self._queue.lock(wait=False) and self.lock.lock(wait=False):
            self._queue.unlock()
            return True
        return False

    def in_place(self) -> bool:
        """Whether both files are still those that others find under their paths."""
        return self.lock.in_place() and self._queue.in_place()

    def leave(self) -> None:
        """Give back what there is of the two locks, and keep the files open."""
        self._queue.unlock()
        self.lock.unlock()
        self._answer = None

    async def get(self) -> None:
        """Return when the lock is ours; nothing here blocks the loop."""
        if self._answer is None:
            if self.get_now():
                return
            self._answer = asyncio.get_running_loop().create_future()
            # A daemon: flock waits for as long as it takes, and must not keep the process alive.
            thread = threading.Thread(
                target=self._wait, args=(self._answer,), name="sitoo_async gate", daemon=True
            )
            with self._mutex:
                thread.start()
                self._in_thread = True
        await self._answer
        # Only here and not in the thread: by now whoever has just freed the lock stands in the
        # queue, and can't take the place of those who stood there before.
        self._queue.unlock()

    def adopt(self) -> bool:
        """Take over a place that was given up; tell whether its thread still waits."""
        with self._mutex:
            if self._in_thread:
                self._unwanted = False
                self._answer = asyncio.get_running_loop().create_future()
            return self._in_thread

    def _wait(self, answer: asyncio.Future[None]) -> None:
        lock = self._queue
        failure: OSError | None = None
        while True:
            try:
                lock.lock(wait=True)
            except OSError as error:
                failure = error
            with self._mutex:
                goes_on = lock is self._queue and failure is None
                self._in_thread = goes_on and not self._unwanted
                if self._unwanted:
                    self.close()
                    return
                if not goes_on:
                    self._tell(self._answer or answer, failure)  # of whoever adopted it
                    return
            lock = self.lock

    def _tell(self, answer: asyncio.Future[None], failure: OSError | None) -> None:
        try:
            answer.get_loop().call_soon_threadsafe(_settle, answer, failure)
        except RuntimeError:
            # The loop was closed meanwhile: nobody is there to use the lock.
            self.close()

    def close(self) -> bool:
        """Give the place up, or the lock back, whichever it is by now.

        Returns:
            Whether a thread still waits here, so that the place may be adopted.
        """
        with self._mutex:
            if self._in_thread:
                # The thread can't be called back: it frees the lock when it gets it.
                self._unwanted = True
            else:
                self._queue.close()
                self.lock.close()
            return self._in_thread


def _settle(answer: asyncio.Future[None], failure: OSError | None) -> None:
    if answer.done():
        return
    if failure is None:
        answer.set_result(None)
    else:
        answer.set_exception(failure)

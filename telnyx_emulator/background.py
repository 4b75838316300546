"""An event loop in a thread of its own, for those who block: synchronous tests, and an emulator beside them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from concurrent.futures import CancelledError
from threading import Event, Thread
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

log = logging.getLogger("telnyx_emulator")

PATIENCE_SECS = 0.2
"""Real seconds that a task which was cancelled may still take."""


class LoopThread:
    """A running event loop, from the first `run` until `close`; also a `with` block.

    A task in it that raises SystemExit ends it, as it would end a process. The next `run` begins another one.
    """

    def __init__(self, name: str = "telnyx_emulator") -> None:
        self._name = name
        self._thread = Thread()
        """Not yet begun."""

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run it there, and wait for its result. Raises RuntimeError if the loop ends before."""
        if not self._runs():
            self._begin()
        try:
            return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()
        except CancelledError:
            self._thread.join(PATIENCE_SECS)
            if self._runs():
                raise
            raise RuntimeError(f"what ran in the thread {self._name!r} has ended it: see the log") from None

    def clear(self) -> None:
        """What was left running there is cancelled."""
        if self._runs():
            self.run(self._cancel_all())

    def close(self) -> None:
        """The end; what still runs is cancelled."""
        if self._runs():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def __enter__(self) -> LoopThread:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _runs(self) -> bool:
        return self._thread.is_alive() and not self._loop.is_closed()

    def _begin(self) -> None:
        self._started = Event()
        # A daemon: an application that hangs must not keep the process.
        self._thread = Thread(target=self._live, name=self._name, daemon=True)
        self._thread.start()
        self._started.wait()

    def _live(self) -> None:
        try:
            asyncio.run(self._until_stopped())
        except BaseException as error:
            log.error("a task has ended all that ran in the thread %r", self._name, exc_info=error)

    async def _until_stopped(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._main = asyncio.current_task()
        self._started.set()
        await self._stop.wait()

    async def _cancel_all(self) -> None:
        left = asyncio.all_tasks() - {self._main, asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left, timeout=PATIENCE_SECS)

"""An event loop in a thread of its own, for those who block: synchronous tests, and an emulator beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from threading import Event, Thread
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """A running event loop, from the first `run` until `close`; also a `with` block."""

    def __init__(self, name: str = "telnyx_emulator") -> None:
        # A daemon: an application that hangs must not keep the process.
        self._thread = Thread(target=lambda: asyncio.run(self._until_stopped()), name=name, daemon=True)
        self._started = Event()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run it there, and wait for its result."""
        if not self._thread.is_alive():
            self._thread.start()
            self._started.wait()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def close(self) -> None:
        """The end; what still runs is cancelled."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join()

    def __enter__(self) -> LoopThread:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _until_stopped(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._started.set()
        await self._stop.wait()

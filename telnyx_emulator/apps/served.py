"""What all kinds of served applications have in common: a port of their own, a beginning and an end."""

from __future__ import annotations

import asyncio
import logging
import socket
from abc import ABC, abstractmethod

from .traces import shortened, told

log = logging.getLogger("telnyx_emulator")

BACKLOG = 128
PATIENCE_SECS = 0.5
"""Real seconds that an answer under way may still take when the application is stopped."""


class Served(ABC):
    """An application on a free port of the loopback interface. Its socket is bound from the start: a
    connection that comes before the application serves simply waits."""

    settle: float | None = None
    """Real seconds of silence after which it does nothing more by itself; None: it is not known."""

    def __init__(self, path: str) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}{path}"
        self.faults: list[BaseException] = []
        """What the application raised while it had a webhook, as far as it can be seen from outside."""
        self._starting: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told: set[tuple[str, str]] = set()
        self._over = False

    async def start(self) -> None:
        """Serve in the running loop. Raises what the application's own start raises; then nothing is served."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._start()
        except BaseException as error:
            self.fault(error, "its start")
            self.close()
            raise

    def begin(self) -> None:
        """`start` without waiting for it, from synchronous code in a running loop; see `ready`."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self.close()
            raise RuntimeError("an application is served in the running event loop of asyncio (not trio)") from None
        self._starting = loop.create_task(self.start())

    async def ready(self) -> None:
        """Until it serves. Raises what the application's own start raised."""
        if self._starting is not None:
            await self._starting

    async def stop(self) -> None:
        """Serve no more, and let the application clean up. A start that failed has nothing to stop.

        Requests under way have `PATIENCE_SECS` to end; what is raised afterwards is no fault of the application.
        """
        if self._loop is not None and self._loop is not asyncio.get_running_loop():
            self.close()  # the loop that it lived in has ended
            return
        if self._starting is not None:
            await asyncio.wait([self._starting])
            if self._starting.cancelled() or self._starting.exception() is not None:
                self.close()  # a task that is cancelled before its first step does not do that itself
                return
        try:
            await self._stop()
        finally:
            self._over = True
            self.close()

    def close(self) -> None:
        """Give the port back without further ado."""
        self.socket.close()

    def fault(self, error: BaseException, doing: str) -> None:
        """Keep and log what the application raised; the same again, as when a webhook is retried, in a line."""
        if self._over:
            log.debug("the application failed on %s when it was over", doing, exc_info=error)
            return
        self.faults.append(error)
        trace = told(error)
        if (doing, trace) in self._told:
            log.info("the application failed on %s again: %r", doing, error)
            return
        self._told.add((doing, trace))
        log.error("the application failed on %s", doing, exc_info=shortened(error))

    @abstractmethod
    async def _start(self) -> None: ...

    @abstractmethod
    async def _stop(self) -> None: ...

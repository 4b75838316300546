"""The world of one test: its key, the clients for it, and the applications that are served while it lasts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from telnyx_emulator.apps import Served, prepared
from telnyx_emulator.apps.traces import told
from telnyx_emulator.background import LoopThread
from telnyx_emulator.client import EmulatorClient, EmulatorError
from telnyx_emulator.client.async_client import AsyncEmulatorClient
from telnyx_emulator.client.connections import Connections
from telnyx_emulator.client.transport import Ask, Transport
from telnyx_emulator.marks import rate

Section = tuple[str, str]

PATIENCE_SECS = 10.0
"""Real seconds that setting up and clearing away may take."""


class Bench:
    """What a test works on, from `open` to `close`. Nothing of it is shared with other tests but the server."""

    def __init__(self, url: str, key: str, apps: LoopThread, connections: Connections) -> None:
        """`apps`: where the applications of synchronous tests live. `connections`: those of all tests."""
        self.client = EmulatorClient(url, key, shared=connections)
        self.client.serve_with = self._serve_in_thread
        self._verifies: bool | str = True
        self._ignores: tuple[str, ...] = ()
        self.told = False
        """The test has failed with a report that says it all."""
        self._admin = Transport(url, key, PATIENCE_SECS, connections)
        self._apps = apps
        self._served: list[Served] = []
        self._in_thread: list[Served] = []
        self._in_loop: list[Served] = []
        self._usual_settle: float | None = None

    @cached_property
    def async_client(self) -> AsyncEmulatorClient:
        client = AsyncEmulatorClient(self.client.url, self.client.api_key)
        client.serve_with = self._serve_in_loop
        return client

    @property
    def in_loop(self) -> bool:
        """The test shares its event loop with the application."""
        return "async_client" in self.__dict__

    def open(self, settings: Mapping[str, Any]) -> None:
        """Begin with nothing, whatever was in the world of this key before. Raises EmulatorError.

        `settings`: those of `marks`, checked.
        """
        wanted = dict(settings)
        self._verifies, self._ignores = wanted.pop("verify", True), tuple(wanted.pop("ignore", ()))
        clock = _clock(wanted.pop("clock", "auto"), wanted.pop("jumps", "while_waited"))
        self._admin.send(Ask("DELETE", "world"))
        usual = self.client.settings()
        self._admin.send(Ask("PATCH", "clock", clock))
        if wanted:
            self.client.settings(**wanted)
        self._usual_settle = None if "settle" in wanted else usual["settle"]
        if wanted.get("seed") is not None:
            self.client.reset()

    def close(self) -> None:
        """The applications are gone, and so is the world: last, so that none of them misses it."""
        try:
            if self._in_thread:
                self._apps.run(_end(self._in_thread))
                self._apps.clear()
        finally:
            for served in self._in_loop:
                served.close()
            self._admin.send(Ask("DELETE", "world"))
            if self.in_loop:
                self.async_client.close()
            self.client.close()

    # -- the end of a test ------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Raises ExpectationError if something went wrong that the test did not notice."""
        if self._verifies:
            self.client.verify(strict=self._verifies == "strict", ignore=self._ignores)

    async def verify_in_loop(self) -> None:
        """The same while the application still runs in this loop."""
        for served in self._in_loop:
            await served.ready()
        if self._verifies:
            await self.async_client.verify(strict=self._verifies == "strict", ignore=self._ignores)

    async def stop_in_loop(self) -> None:
        """The applications of this loop end while it still runs."""
        while self._in_loop:
            await self._in_loop.pop().stop()

    def sections(self) -> list[Section]:
        """What the report of a failed test needs: the ladder, and what the application raised."""
        ladder = "" if self.told else self._ladder()
        found = [("telnyx_emulator", ladder)] if "\n" in ladder.strip() else []
        # What is tried again fails again: the same trace once, in the order of appearance.
        traces = dict.fromkeys(told(fault) for served in self._served for fault in served.faults)
        if traces:
            found.append(("errors of the application", "\n".join(traces)))
        return found

    def _ladder(self) -> str:
        try:
            return self.client.ladder()
        except EmulatorError as error:
            return f"There is no ladder:\n{error}"

    # -- applications -----------------------------------------------------------------------------------------

    def _prepared(self, app: Any) -> Served:
        served = prepared(app)
        self._served.append(served)
        if self._usual_settle is not None:
            # Time may go on at once if all that is served here is known to be done when it has answered.
            done = all(one.settle == 0 for one in self._served)
            self.client.settings(settle=0 if done else self._usual_settle)
        return served

    def _serve_in_thread(self, app: Any) -> str:
        served = self._prepared(app)
        self._apps.run(served.start())
        self._in_thread.append(served)
        return served.url

    def _serve_in_loop(self, app: Any) -> str:
        served = self._prepared(app)
        served.begin()
        self._in_loop.append(served)
        return served.url


async def _end(applications: list[Served]) -> None:
    await asyncio.gather(*(served.stop() for served in applications))


def _clock(mode: str, jumps: str) -> dict[str, Any]:
    """`auto`, `manual`, `real`, or a rate such as `x60`."""
    wanted: dict[str, Any] = {"mode": "scaled", "rate": rate(mode)} if rate(mode) else {"mode": mode}
    return wanted | {"jumps": jumps}

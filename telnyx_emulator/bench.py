"""The world of one test: its key, the clients for it, and the applications that are served while it lasts."""

from __future__ import annotations

import asyncio
import sysconfig
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from traceback import StackSummary, TracebackException
from typing import Any

from telnyx_emulator.apps import Served, prepared
from telnyx_emulator.background import LoopThread
from telnyx_emulator.client import EmulatorClient, EmulatorError
from telnyx_emulator.client.async_client import AsyncEmulatorClient
from telnyx_emulator.client.transport import Transport

Section = tuple[str, str]

FRAMEWORKS = (*{sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")}, str(Path(__file__).parent))
"""Where code is that a user did not write."""

SETTINGS = ("clock", "verify", "ignore")
"""Those of a test beside the settings of its world."""

PATIENCE_SECS = 10.0
"""Real seconds that setting up and clearing away may take."""


class Bench:
    """What a test works on, from `open` to `close`. Nothing of it is shared with other tests but the server."""

    def __init__(self, url: str, key: str, apps: LoopThread) -> None:
        """`apps`: where the applications of synchronous tests live."""
        self.client = EmulatorClient(url, key)
        self.client.serve_with = self._serve_in_thread
        self._verifies: bool | str = True
        self._ignores: tuple[str, ...] = ()
        self.told = False
        """The test has failed with a report that says it all."""
        self._admin = Transport(url, key, PATIENCE_SECS)
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
        """Begin with nothing, whatever was in the world of this key before. Raises EmulatorError."""
        wanted = dict(settings)
        self._verifies, self._ignores = wanted.pop("verify", True), tuple(wanted.pop("ignore", ()))
        clock = _clock(wanted.pop("clock", "auto"))
        self._admin.data("DELETE", "world")
        usual = self.client.settings()
        for name in wanted.keys() - usual.keys():
            raise EmulatorError(_unknown(name, [*usual, *SETTINGS]))
        self._admin.data("PATCH", "clock", clock)
        if wanted:
            self.client.settings(**wanted)
        self._usual_settle = None if "settle" in wanted else usual["settle"]
        if wanted.get("seed") is not None:
            self.client.reset()

    def close(self) -> None:
        """The world is gone, and so are the applications."""
        try:
            self._admin.data("DELETE", "world")
        finally:
            for served in self._in_thread:
                self._apps.run(served.stop())
            for served in self._in_loop:
                served.close()
            if self.in_loop:
                self.async_client.close()
            self.client.close()
            self._admin.close()

    # -- the end of a test ------------------------------------------------------------------------------------

    def verify(self) -> None:
        """Raises ExpectationError if something went wrong that the test did not notice."""
        if self._verifies:
            wanted = {"strict": self._verifies == "strict", "ignore": self._ignores}
            self._admin.data("POST", "verify", wanted)

    async def verify_in_loop(self) -> None:
        """The same while the application still runs in this loop."""
        for served in self._in_loop:
            await served.ready()
        await asyncio.to_thread(self.verify)

    async def stop_in_loop(self) -> None:
        """The applications of this loop end while it still runs."""
        while self._in_loop:
            await self._in_loop.pop().stop()

    def sections(self) -> list[Section]:
        """What the report of a failed test needs: the ladder, and what the application raised."""
        ladder = "" if self.told else self._ladder()
        found = [("telnyx_emulator", ladder)] if "\n" in ladder.strip() else []
        # What is tried again fails again: the same trace once, in the order of appearance.
        traces = dict.fromkeys(_trace(fault) for served in self._served for fault in served.faults)
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


def _clock(mode: str) -> dict[str, Any]:
    """`auto`, `manual`, `real`, or a rate such as `x60`."""
    if mode.startswith("x"):
        return {"mode": "scaled", "rate": float(mode[1:])}
    return {"mode": mode, "jumps": "while_waited"} if mode == "auto" else {"mode": mode}


def _unknown(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, 1)
    advice = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(sorted(known))}"
    return f'"{name}" is no setting of a test; {advice}'


def _trace(fault: BaseException) -> str:
    """Without the way through frameworks; all of it is in the log."""
    told = TracebackException.from_exception(fault)
    users = [frame for frame in told.stack if not any(part in frame.filename for part in FRAMEWORKS)]
    told.stack = StackSummary.from_list(users or list(told.stack))
    return "".join(told.format(chain=False))

"""What the emulator asks the application for by itself, when a scenario says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import aiohttp

from telnyx_emulator.core.time.clock import Clock, Hold
from telnyx_emulator.webhooks import Sender

if TYPE_CHECKING:
    from telnyx_emulator.scenarios.model import AppRequest

TIMEOUT_SECS = 10.0
"""Real seconds that an application may take to answer."""


class AppRequests:
    """The requests of one world to its application. Each holds the clock while it is under way."""

    def __init__(
        self, clock: Clock, sender: Sender, url: Callable[[], str | None], told: Callable[[dict[str, Any]], None]
    ) -> None:
        self._clock, self._sender, self._url, self._told = clock, sender, url, told
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, wanted: AppRequest) -> None:
        """Ask, and tell what came of it: `status`, or `error` when there was no answer."""
        line: dict[str, Any] = {"method": wanted.method, "path": wanted.path, "status": None, "error": None}
        base = self._url()
        if base is None:
            self._told(line | {"error": "nobody knows where the application is: give a webhook URL"})
            return
        hold = self._clock.hold(f"your application's answer to {wanted.method} {wanted.path}")
        task = asyncio.get_running_loop().create_task(self._ask(wanted, urljoin(base, wanted.path), line, hold))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Give up whatever is under way."""
        for task in self._tasks:
            task.cancel()

    async def _ask(self, wanted: AppRequest, url: str, line: dict[str, Any], hold: Hold) -> None:
        body = {"json": wanted.json_} if "json_" in wanted.model_fields_set else {}
        with hold:
            try:
                async with (
                    asyncio.timeout(TIMEOUT_SECS),
                    self._sender.session().request(wanted.method, url, headers=wanted.headers, **body) as response,
                ):
                    await response.read()
                    line["status"] = response.status
            except TimeoutError:
                line["error"] = f"no answer within {TIMEOUT_SECS:g} s"
            except (aiohttp.ClientError, OSError, ValueError) as error:
                line["error"] = f"{type(error).__name__}: {error}"
            self._told(line)

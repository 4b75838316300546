"""What the emulator asks the application for by itself, when a scenario says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final
from urllib.parse import urljoin

import aiohttp

from telnyx_emulator.core.ports import AppAnswer, AppRequestPort, RequestToApp
from telnyx_emulator.core.time.clock import Clock, Hold
from telnyx_emulator.webhooks import Sender

TIMEOUT_SECS: Final = 10.0
"""Real seconds that an application may take to answer."""


class AppRequests(AppRequestPort):
    """The requests of one world to its application: `send` calls back with the answer, `ask` is awaited for it."""

    def __init__(
        self, clock: Clock, sender: Sender, url: Callable[[], str | None], told: Callable[[dict[str, Any]], None]
    ) -> None:
        """`url`: where the application is. `told`: gets a line about each request that is over, for the journal."""
        self._clock, self._sender, self._url, self._told = clock, sender, url, told
        self._tasks: set[asyncio.Task[AppAnswer]] = set()

    def send(self, wanted: RequestToApp, answered: Callable[[AppAnswer], None] = lambda answer: None) -> None:
        hold = self._clock.hold(f"your application's answer to {wanted.method} {wanted.path}")
        task = asyncio.get_running_loop().create_task(self.ask(wanted))
        self._tasks.add(task)
        task.add_done_callback(partial(self._over, hold, answered))

    async def ask(self, wanted: RequestToApp) -> AppAnswer:
        base = self._url()
        if base is None:
            answer = AppAnswer(error="it is not known where the application is: give a webhook URL")
        else:
            answer = await self._exchange(wanted, urljoin(base, wanted.path))
        self._told({"method": wanted.method, "path": wanted.path, "status": answer.status, "error": answer.error})
        return answer

    def close(self) -> None:
        """Give up whatever is under way."""
        for task in self._tasks:
            task.cancel()

    async def _exchange(self, wanted: RequestToApp, url: str) -> AppAnswer:
        options = {"headers": wanted.headers, "json": wanted.json_, "auto_decompress": True}
        try:
            async with (
                asyncio.timeout(TIMEOUT_SECS),
                await self._sender.request(wanted.method, url, **options) as response,
            ):
                return AppAnswer(response.status, response.headers, await response.read())
        except TimeoutError:
            return AppAnswer(error=f"no answer within {TIMEOUT_SECS:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return AppAnswer(error=f"{type(error).__name__}: {error}")

    def _over(self, hold: Hold, answered: Callable[[AppAnswer], None], task: asyncio.Task[AppAnswer]) -> None:
        self._tasks.discard(task)
        with hold, self._clock.instant():
            if not task.cancelled():
                answered(task.result())

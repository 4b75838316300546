"""What the emulator asks the application for by itself, when a scenario says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin

import aiohttp

from telnyx_emulator.core.time.clock import Clock, Hold
from telnyx_emulator.webhooks import Sender

if TYPE_CHECKING:
    from telnyx_emulator.scenarios.model import AppRequest

TIMEOUT_SECS: Final = 10.0
"""Real seconds that an application may take to answer."""


@dataclass(frozen=True, slots=True)
class AppAnswer:
    """What the application answered. `status` is None, and `error` says why, when there was no whole answer."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name in any case."""
    body: bytes = b""
    """Decompressed."""
    error: str | None = None


class AppRequests:
    """The requests of one world to its application: `send` calls back with the answer, `ask` is awaited for it."""

    def __init__(
        self, clock: Clock, sender: Sender, url: Callable[[], str | None], told: Callable[[dict[str, Any]], None]
    ) -> None:
        """`url`: where the application is. `told`: gets a line about each request that is over, for the journal."""
        self._clock, self._sender, self._url, self._told = clock, sender, url, told
        self._tasks: set[asyncio.Task[AppAnswer]] = set()

    def send(self, wanted: AppRequest, answered: Callable[[AppAnswer], None] = lambda answer: None) -> None:
        """Ask, and call `answered` in the instant in which the answer is there, never before this returns.

        The clock is held until then. When the world is closed first, `answered` is not called.
        """
        hold = self._clock.hold(f"your application's answer to {wanted.method} {wanted.path}")
        task = asyncio.get_running_loop().create_task(self.ask(wanted))
        self._tasks.add(task)
        task.add_done_callback(partial(self._over, hold, answered))

    async def ask(self, wanted: AppRequest) -> AppAnswer:
        """Ask, and wait for the answer. The caller holds the clock."""
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

    async def _exchange(self, wanted: AppRequest, url: str) -> AppAnswer:
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

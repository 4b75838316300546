"""asyncio drives a clock: one timer handle for each clock, nothing polled."""

from __future__ import annotations

import asyncio

from telnyx_emulator.core.clock import Clock
from telnyx_emulator.core.errors import ClockHeld


class Pump:
    """Wakes a clock when something is due, released or changed, and lets others wait for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._soon: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None
        self._changed: list[asyncio.Future[None]] = []
        self._closed = False
        clock.on_change = self.wake
        self.wake()

    def wake(self) -> None:
        """Look at the clock as soon as the current step is over."""
        if self._soon is None:
            self._soon = self._loop.call_soon(self._run)

    def close(self) -> None:
        """Move nothing any more; whoever waits goes on at once."""
        self._closed = True
        self._clock.on_change = lambda: None
        for handle in (self._soon, self._later):
            if handle is not None:
                handle.cancel()
        self._tell()

    async def advance(self, seconds: float, guard: float) -> None:
        """Travel that far, giving everybody time to react on the way. `guard`: real seconds without progress."""
        target = self._clock.travel(seconds)
        seen, deadline = self._clock.elapsed(), self._loop.time() + guard
        while not self._closed and self._clock.target is not None and self._clock.elapsed() < target:
            await self._change(deadline - self._loop.time())
            if self._clock.elapsed() > seen:
                seen, deadline = self._clock.elapsed(), self._loop.time() + guard
            elif self._loop.time() >= deadline:
                self._clock.target = None
                raise ClockHeld(self._blame(f"The clock could not move on to {target:.3f} s"))
        self._clock.fire_due()

    async def rest(self, guard: float) -> None:
        """Wait until nobody has been busy for the settle time: no open request, no webhook under way."""
        deadline = self._loop.time() + guard
        self._clock.fire_due()
        while not self._closed and (pause := self._clock.quiet_in()) != 0.0:
            left = deadline - self._loop.time()
            if left <= 0:
                raise ClockHeld(self._blame("The world does not come to rest"))
            await self._change(left if pause is None else min(pause, left))

    def _blame(self, what: str) -> str:
        holders = "; ".join(self._clock.holders()) or "nobody any more"
        return f"{what}: waiting for {holders}. Answer what is pending, or wait for its time-out."

    async def _change(self, patience: float) -> None:
        """Until the clock was looked at again, at most `patience` real seconds."""
        changed: asyncio.Future[None] = self._loop.create_future()
        self._changed.append(changed)
        await asyncio.wait([changed], timeout=max(patience, 0.0))

    def _run(self) -> None:
        self._soon = None
        if self._later is not None:
            self._later.cancel()
            self._later = None
        pause = self._clock.poll()
        if pause is not None and self._soon is None:
            self._later = self._loop.call_later(pause, self._run)
        self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, []
        for future in changed:
            if not future.done():
                future.set_result(None)

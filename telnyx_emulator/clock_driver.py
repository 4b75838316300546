"""asyncio drives a clock: one timer handle for each clock, nothing polled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf

from telnyx_emulator.core.errors import ClockHeld
from telnyx_emulator.core.time.clock import Clock, Hold
from telnyx_emulator.core.time.waits import NAMED_AFTER_SECS, Outcome, Outlook, Pending, Wait


class ClockDriver:
    """Wakes a clock when something is due, released or changed, and lets others wait for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._soon: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None
        self._polling = False
        self._changed: list[asyncio.Future[None]] = []
        self._targets: dict[asyncio.Future[None], float] = {}
        """Of all advances under way, in virtual seconds."""
        self._closed = False
        self.on_stall: Callable[[list[str]], None] = lambda holders: None
        """Told what holds the clock when a wait has made no progress for almost a second of real time."""
        clock.on_change = self.wake
        self.wake()

    def wake(self) -> None:
        """Look at the clock as soon as the current step is over."""
        if self._soon is None and not self._polling and not self._closed:
            self._soon = self._loop.call_soon(self._run)

    def close(self) -> None:
        """Move nothing any more; all waits are over at once."""
        self._closed = True
        self._clock.on_change = lambda: None
        self._unplan()
        self._tell()

    async def wait(self, wait: Wait) -> Outcome:
        """Until a wait is over. What changes the things that its condition looks at, wakes the driver."""
        clock, named = self._clock, set[str]()
        with clock.waiting(wait):
            while not self._closed:
                clock.fire_due()
                outlook = clock.outlook()
                found = wait.look(outlook)
                if found == "held" or (isinstance(found, Pending) and found.stalled):
                    self._name_holders(wait, outlook, named)
                if not isinstance(found, Pending):
                    return found
                await self._change(found.after)
        return "gone"

    async def advance(self, seconds: float, guard: float) -> None:
        """Travel so many virtual seconds, giving the application time to react to all that happens on the way.

        `guard`: real seconds without progress after which it is given up. Raises ClockHeld then.
        """
        clock, journey, named = self._clock, Wait(guard=guard), set[str]()
        journey.begin(outlook := clock.outlook())
        target, arrived = outlook.now + seconds, self._loop.create_future()
        self._targets[arrived] = target
        clock.travel(seconds)
        try:
            while (patience := journey.patience(outlook)) is not None and not self._closed:
                await asyncio.wait([arrived], timeout=patience)
                if arrived.done():
                    break
                outlook = clock.outlook()
                self._name_holders(journey, outlook, named)
            if patience is None:
                clock.target = None
                raise ClockHeld(self._blame(f"The clock could not move on to {target:.3f} s"))
            clock.fire_due()
        finally:
            del self._targets[arrived]
            if clock.target is not None:
                # A journey that was broken off goes no further than the others.
                clock.target = max(self._targets.values(), default=None)

    async def rest(self, guard: float) -> None:
        """Wait until nothing has been busy for the settle time: no open request, no webhook under way.

        `guard`: real seconds after which it is given up. Raises ClockHeld then.
        """
        deadline = self._loop.time() + guard
        self._clock.fire_due()
        while not self._closed and (pause := self._clock.quiet_in()) != 0.0:
            left = deadline - self._loop.time()
            if left <= 0:
                raise ClockHeld(self._blame("The world does not come to rest"))
            await self._change(left if pause is None else min(pause, left))

    def _blame(self, what: str) -> str:
        holders = "; ".join(self._clock.busy_with()) or "nothing any more"
        return f"{what}: waiting for {holders}. Answer what is pending, or wait for its time-out."

    def _name_holders(self, wait: Wait, outlook: Outlook, named: set[str]) -> None:
        """Tell what holds the clock, if that lasts long; each holder once for each wait."""
        if wait.idle(outlook) >= NAMED_AFTER_SECS:
            holders = {one.rpartition(", ")[0] or one: one for one in self._clock.holders()}
            if not named.issuperset(names := set(holders) or {"nothing"}):
                named |= names
                self.on_stall(list(holders.values()))

    async def _change(self, patience: float) -> None:
        """Until the clock was looked at again, which it is after `patience` real seconds at the latest."""
        changed: asyncio.Future[None] = self._loop.create_future()
        self._changed.append(changed)
        await asyncio.wait([changed], timeout=max(patience, 0.0))
        if not changed.done():
            self.wake()

    def _unplan(self) -> None:
        for handle in (self._soon, self._later):
            if handle is not None:
                handle.cancel()
        self._soon = self._later = None

    def _run(self) -> None:
        self._unplan()
        self._polling = True
        try:
            pause = self._clock.poll()
        finally:
            self._polling = False
        if pause is not None:
            self._later = self._loop.call_later(pause, self._run)
        self._tell()

    def _tell(self) -> None:
        changed, self._changed = self._changed, []
        travels = self._clock.target is not None and not self._closed
        # The farthest of them is not there while the clock travels.
        if len(self._targets) > travels:
            there = self._clock.elapsed() if travels else inf
            changed += [arrived for arrived, target in self._targets.items() if target <= there]
        for future in changed:
            if not future.done():
                future.set_result(None)


class RetryHold:
    """Keeps a clock from jumping until a client that was refused on purpose has come back."""

    def __init__(self, clock: Clock, reason: str, patience: float) -> None:
        """`reason`: what the hold is called. `patience`: real seconds after which it is over anyway."""
        self._clock, self._reason, self._patience = clock, reason, patience
        self.hold: Hold | None = None
        self._later: asyncio.TimerHandle | None = None

    def expect(self) -> None:
        """Hold from now on; one that holds already has the whole time again."""
        hold = self._clock.hold(self._reason)
        self.over()
        self.hold = hold
        self._later = asyncio.get_running_loop().call_later(self._patience, self.over)

    def over(self) -> None:
        """The client came, or will not come."""
        if self.hold is not None and self._later is not None:
            self._later.cancel()
            self.hold.release()
            self.hold = None

"""asyncio drives a clock: one timer handle for each clock, nothing polled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from math import inf
from typing import Literal, NamedTuple

from telnyx_emulator.core.errors import ClockHeld
from telnyx_emulator.core.time.clock import HOUR, Clock, Hold
from telnyx_emulator.core.time.waits import TOLERANCE, Wait

Waited = Literal["met", "limit", "nothing", "held", "gone"]
"""How a wait ended: it was met; it came to its limit; nothing could happen any more; somebody held the clock, or did
not come to rest; its world is gone."""

TOLD_AFTER_SECS = 0.9
"""Real seconds without progress after which whoever holds the clock is named."""

IDLE_SECS = 60.0
"""Real seconds after which somebody who waits looks again, though nobody told him to."""


class Again(NamedTuple):
    """A wait goes on, and is looked at again at the latest after so many real seconds."""

    after: float


class Pump:
    """Wakes a clock when something is due, released or changed, and lets others wait for it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._soon: asyncio.Handle | None = None
        self._later: asyncio.TimerHandle | None = None
        self._changed: list[asyncio.Future[None]] = []
        self._targets: list[float] = []
        """Of all who travel, in virtual seconds."""
        self._closed = False
        self.on_stall: Callable[[list[str]], None] = lambda holders: None
        """Told who holds the clock when nothing has gone on for almost a second of real time."""
        clock.on_change = self.wake
        self.wake()

    def wake(self) -> None:
        """Look at the clock as soon as the current step is over."""
        if self._soon is None and not self._closed:
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
        target = self._clock.elapsed() + seconds
        self._targets.append(target)
        self._clock.travel(seconds)
        try:
            await self._arrive(target, Stall(self._clock, guard, self.on_stall))
        finally:
            self._targets.remove(target)
            if self._clock.target is not None:
                # Nobody travels any more for whoever went away on the way.
                self._clock.target = max(self._targets, default=None)

    async def _arrive(self, target: float, stall: Stall) -> None:
        while not self._closed and self._clock.target is not None and self._clock.elapsed() < target:
            await self._change(stall.pause())
            if stall.lasts():
                self._clock.target = None
                raise ClockHeld(self._blame(f"The clock could not move on to {target:.3f} s"))
        self._clock.fire_due()

    async def until(
        self,
        met: Callable[[], bool],
        bound: Callable[[], float | None],
        *,
        grace: float,
        guard: float,
        reach: float = HOUR,
        news: Callable[[], int] = lambda: 0,
        hopes: Callable[[], bool] = lambda: True,
    ) -> Waited:
        """Wait until `met`, and until the world is at rest then; no jump goes past that instant.

        `bound`: the virtual instant at which it is given up, asked again and again. An application that acts in a
        task of its own has `grace` real seconds of silence to do so, before limits and patience within `reach`
        virtual seconds are jumped to, or the bound itself, or nothing can happen any more; unless `hopes` says that
        nothing is hoped for. `guard`: real seconds without progress, of which `news` tells besides the clock.
        Whoever changes what `met` looks at, wakes the pump.
        """
        clock = self._clock
        stall = Stall(clock, guard, self.on_stall, news)
        wait = Wait(clock.elapsed() + reach, met, bound, lambda: not hopes() or stall.silence() >= grace)
        with clock.waiting(wait):
            while not self._closed:
                clock.fire_due()
                outcome = self._look(wait, stall, grace)
                if not isinstance(outcome, Again):
                    return outcome
                await self._change(outcome.after)
        return "gone"

    def _look(self, wait: Wait, stall: Stall, grace: float) -> Waited | Again:
        """How a wait ended, or when to look again."""
        clock, bound, pause = self._clock, wait.bound(), self._clock.quiet_in()
        over: Waited | None = None
        if wait.met():
            over = "met"
        elif bound is not None and clock.elapsed() >= bound:
            over = "limit"
        if pause == 0.0:
            if over is not None:
                return over
            if not self._is_coming(-inf, bound):
                return self._without_hope(wait, bound) if wait.resigned() else Again(grace - stall.silence())
            if clock.mode != "auto" or not clock.named_holds:
                return Again(self._until(bound))
        elif clock.rate and over is None:
            return Again(min(pause or IDLE_SECS, self._until(bound)))
        return "held" if stall.lasts() else Again(min(pause or IDLE_SECS, stall.pause()))

    def _is_coming(self, reach: float, bound: float | None) -> bool:
        """Whether anything is still to come by itself before it is given up; limits only within reach."""
        clock = self._clock
        if clock.target is not None or (clock.rate and bound is not None):
            return True
        upcoming = None if clock.mode == "manual" else clock.upcoming(reach)
        return upcoming is not None and (bound is None or upcoming <= bound + TOLERANCE)

    def _without_hope(self, wait: Wait, bound: float | None) -> Waited | Again:
        """The application will do nothing more: what is left are limits, and then the bound itself."""
        clock = self._clock
        stands = clock.mode == "manual" or (clock.mode == "auto" and clock.named_holds)
        if stands or not (bound is not None or self._is_coming(wait.reach, bound)):
            return "nothing"
        clock.on_change()
        return Again(self._until(bound))

    def _until(self, bound: float | None) -> float:
        """Real seconds until a running clock comes to an instant."""
        clock = self._clock
        return IDLE_SECS if bound is None or not clock.rate else max(0.0, bound - clock.elapsed()) / clock.rate

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
        holders = "; ".join(self._clock.busy_with()) or "nobody any more"
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


class Stall:
    """How long nothing has gone on while somebody waits, in real seconds."""

    def __init__(
        self,
        clock: Clock,
        guard: float,
        on_stall: Callable[[list[str]], None],
        news: Callable[[], int] = lambda: 0,
    ) -> None:
        self._clock, self._guard, self._on_stall, self._news = clock, guard, on_stall, news
        self._mark = self._progress()
        self._began = self._since = clock.monotonic()
        self._told: set[str] = set()

    def idle(self) -> float:
        """Since when nothing has gone on."""
        mark = self._progress()
        if mark != self._mark:
            self._mark, self._since = mark, self._clock.monotonic()
        return self._clock.monotonic() - self._since

    def silence(self) -> float:
        """Since when the application has asked for nothing and was told nothing, at most since the wait began."""
        return min(self._clock.monotonic() - self._began, self._clock.quiet_for())

    def pause(self) -> float:
        """Until somebody has to be named, or it has lasted too long."""
        idle = self.idle()
        told = TOLD_AFTER_SECS - idle
        return max(0.001, min(self._guard - idle, told) if told > 0 else self._guard - idle)

    def lasts(self) -> bool:
        """Whether it has lasted too long. Whoever is to blame is named before, and only once."""
        idle = self.idle()
        if idle >= TOLD_AFTER_SECS:
            holders = {one.rpartition(", ")[0] or one: one for one in self._clock.holders()}
            if not self._told.issuperset(names := set(holders) or {"nobody"}):
                self._told |= names
                self._on_stall(list(holders.values()))
        return idle >= self._guard

    def _progress(self) -> tuple[float, int]:
        """What a clock that runs by itself says of the time is no progress."""
        return 0.0 if self._clock.rate else self._clock.elapsed(), self._news()


class Latecomer:
    """Somebody who ought to be back soon, as a client that was refused: until then the clock does not jump."""

    def __init__(self, clock: Clock, who: str, patience: float) -> None:
        """`patience`: real seconds after which nobody is awaited any more."""
        self._clock, self._who, self._patience = clock, who, patience
        self._hold: Hold | None = None
        self._later: asyncio.TimerHandle | None = None

    def expect(self) -> None:
        """From now on; whoever is awaited already gets the whole time again."""
        held, self._hold = self._hold, self._clock.hold(self._who)
        self._let_go(held)
        self._later = asyncio.get_running_loop().call_later(self._patience, self.over)

    def over(self) -> None:
        """Somebody came, or nobody will."""
        held, self._hold = self._hold, None
        self._let_go(held)

    def _let_go(self, held: Hold | None) -> None:
        if held is not None and self._later is not None:
            self._later.cancel()
            held.release()

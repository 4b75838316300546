"""Time, as one world sees it. The only module of the core that reads the computer's own clocks."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Literal

from telnyx_emulator.core.time.waits import Outlook, Wait, destination

ClockMode = Literal["real", "scaled", "manual", "auto"]
Jumps = Literal["always", "while_waited"]

NO_WAIT = "no wait is pending: this clock moves on a wait or an advance only"
# After this many timers in one go the caller gets a chance to do something else.
BATCH = 200


class Timer:
    """A callback that is due at an instant (virtual seconds since the epoch of the clock)."""

    __slots__ = ("_clock", "background", "callback", "due")

    def __init__(self, clock: Clock, due: float, callback: Callable[[], None], background: bool) -> None:
        self.due = due
        self.callback: Callable[[], None] | None = callback
        self.background = background
        self._clock = clock

    def cancel(self) -> None:
        """Never fire. What the callback kept alive is let go at once, not when the timer would be due."""
        if self.callback is not None:
            self.callback = None
            self._clock._timers[self.background].forget_one()


class TimerQueue:
    """Timers by due instant; those due at the same instant keep the order in which they were set."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()
        self._dead = 0
        self.not_before = inf
        """No timer is due before this instant (but one need not be due then)."""

    def push(self, timer: Timer) -> None:
        self.not_before = min(self.not_before, timer.due)
        heapq.heappush(self._heap, (timer.due, next(self._order), timer))

    def first(self) -> tuple[float, int, Timer] | None:
        heap = self._heap
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)
            self._dead -= 1
        self.not_before = heap[0][0] if heap else inf
        return heap[0] if heap else None

    def pop(self) -> Timer:
        return heapq.heappop(self._heap)[2]

    def forget_one(self) -> None:
        self._dead += 1
        if self._dead > 64 and self._dead * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].callback is not None]
            heapq.heapify(self._heap)
            self._dead = 0

    def clear(self) -> None:
        for _, _, timer in self._heap:
            timer.callback = None
        self._heap.clear()
        self._dead = 0
        self.not_before = inf


class Hold:
    """Something the clock must not jump past, told by name, until `release()` or the end of its `with` block."""

    __slots__ = ("_clock", "reason", "since")

    def __init__(self, clock: Clock, reason: str) -> None:
        self._clock, self.reason, self.since = clock, reason, clock.monotonic()

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *exc: object) -> None:
        self.release()

    def release(self) -> None:
        """Let go; releasing twice is harmless."""
        self._clock._release(self)


class Instant:
    """A `with` block during which virtual time stands still; within another one it is the same instant."""

    __slots__ = ("_clock", "_outer")

    def __init__(self, clock: Clock) -> None:
        self._clock, self._outer = clock, clock._instant

    def __enter__(self) -> None:
        if self._outer is None:
            self._clock.fire_due()
            self._clock._instant = self._clock.elapsed()

    def __exit__(self, *exc: object) -> None:
        self._clock._instant = self._outer


class Clock:
    """Virtual time: it runs (`real`, `scaled`), stands (`manual`), or jumps when nothing is busy (`auto`).

    Due timers always fire. *Busy holds* (an open request, a webhook under way) stop jumps and `travel`;
    *named holds* stop jumps only. *Background* timers are limits and patience: they fire when their time
    comes, but are jumped to only while a wait is pending and nothing else is left to happen. With `jumps` set to
    `while_waited` an auto clock stands unless a wait is pending, or an advance under way.
    """

    def __init__(
        self,
        mode: ClockMode = "manual",
        rate: float = 1.0,
        epoch: datetime | None = None,
        settle: float = 0.025,
        monotonic: Callable[[], float] = time.monotonic,
        on_fault: Callable[[BaseException], None] | None = None,
        jumps: Jumps = "always",
    ) -> None:
        self.epoch = epoch or datetime.now(UTC)
        self.settle = settle
        self.monotonic = monotonic
        self.on_fault = on_fault
        self.on_change: Callable[[], None] = lambda: None
        self.named_holds: dict[str, None] = {}
        self.target: float | None = None
        self._busy: dict[Hold, None] = {}
        self._waits: dict[Wait, None] = {}
        self._timers = (TimerQueue(), TimerQueue())
        self._base_elapsed, self._base_real = 0.0, monotonic()
        self._instant: float | None = None
        self._last = 0.0
        self._quiet_since = self._base_real
        self.mode: ClockMode = "manual"
        self.jumps: Jumps = jumps
        self.rate = 0.0
        self.set_mode(mode, rate)

    # -- reading ---------------------------------------------------------------------------------------------

    def elapsed(self) -> float:
        """Virtual seconds since the epoch. It stands still inside an `instant`, and never goes back."""
        if self._instant is not None:
            return self._instant
        self._last = self._present()
        return self._last

    def now(self) -> datetime:
        return self.epoch + timedelta(seconds=self.elapsed())

    def real_now(self) -> datetime:
        """The computer's own time, for what other programs check against theirs (signatures)."""
        return datetime.now(UTC)

    def holders(self) -> list[str]:
        """What keeps the clock from jumping, the longest-lasting first, with real seconds."""
        held = self.busy_with() + [f"hold {name!r}" for name in self.named_holds]
        return [*held, NO_WAIT] if self._stands and self.target is None else held

    def busy_with(self) -> list[str]:
        """The busy ones among the holders."""
        now = self.monotonic()
        return [f"{hold.reason}, {now - hold.since:.1f} s" for hold in self._busy]

    @property
    def busy(self) -> bool:
        return bool(self._busy)

    def outlook(self) -> Outlook:
        """How things stand at this moment, as far as waits are concerned."""
        event, limit = (timers.first() for timers in self._timers)
        real = self.monotonic()
        return Outlook(
            now=self.elapsed(),
            rate=self.rate,
            jumps=self.mode == "auto",
            held=bool(self.named_holds),
            travels=self.target is not None,
            event=event[0] if event else inf,
            limit=limit[0] if limit else inf,
            real=real,
            silence=0.0 if self._busy else real - self._quiet_since,
            pause=self.quiet_in(),
        )

    def next_timer(self) -> float | None:
        """When the next timer of any kind is due, in virtual seconds since the epoch."""
        first = self._first()
        return first.due if first else None

    # -- setting ---------------------------------------------------------------------------------------------

    def set_mode(self, mode: ClockMode, rate: float = 1.0, jumps: Jumps | None = None) -> None:
        """Change how time goes on from this instant. `jumps` stays as it is unless given."""
        self._rebase(self.elapsed() if self._instant is None else self._instant)
        self.mode = mode
        self.jumps = jumps or self.jumps
        self.rate = {"real": 1.0, "scaled": rate}.get(mode, 0.0)
        self.on_change()

    def call_later(self, delay: float, callback: Callable[[], None], background: bool = False) -> Timer:
        """Call back after `delay` virtual seconds."""
        timer = Timer(self, self.elapsed() + max(delay, 0.0), callback, background)
        timers = self._timers[background]
        sooner = timer.due < timers.not_before
        timers.push(timer)
        if sooner:
            self.on_change()
        return timer

    def clear(self) -> None:
        """Forget every timer (the world they belong to is gone)."""
        for timers in self._timers:
            timers.clear()

    def instant(self) -> Instant:
        """What happens inside happens at one and the same instant, after all that was due before it."""
        return Instant(self)

    def hold(self, reason: str) -> Hold:
        """Take a busy hold."""
        hold = Hold(self, reason)
        self._busy[hold] = None
        return hold

    def set_named_hold(self, name: str, held: bool) -> None:
        if held:
            self.named_holds[name] = None
        else:
            self.named_holds.pop(name, None)
        self.on_change()

    @contextmanager
    def waiting(self, wait: Wait) -> Iterator[None]:
        """A `with` block during which this wait is pending."""
        wait.begin(self.outlook())
        self._waits[wait] = None
        self.on_change()
        try:
            yield
        finally:
            del self._waits[wait]
            self.on_change()

    # -- moving ----------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Move forward at once, every timer on the way firing at its own instant, whatever holds the clock."""
        target = self.elapsed() + seconds
        while self._step(target):
            pass
        self._move_to(target)

    def travel(self, seconds: float) -> float:
        """Set out for a later instant; `poll` gets there, waiting on the way while something is busy."""
        self.target = max(self.target or 0.0, self.elapsed() + seconds)
        self.on_change()
        return self.target

    def fire_due(self) -> None:
        """Fire what is due by now, each timer at its own instant."""
        foreground, background = self._timers
        while foreground.not_before <= (present := self._present()) or background.not_before <= present:
            self._step(present)  # looks at both queues, and so brings `not_before` up to date

    def poll(self) -> float | None:
        """Go as far as possible now. Returns the real seconds after which to poll again, or None: when told."""
        for _ in range(BATCH):
            if not self._step(self._present()):
                pause = self._try_move()
                if pause != 0.0:
                    return pause
        return 0.0

    def quiet_in(self) -> float | None:
        """Real seconds until nothing will have been busy for `settle`; None while something is."""
        if self._busy:
            return None
        return max(0.0, self._quiet_since + self.settle - self.monotonic())

    # -- inside ----------------------------------------------------------------------------------------------

    def _try_move(self) -> float | None:
        """Jump once if that is allowed (0.0), else say when to come back."""
        destination = None if self._busy else self._destination()
        if destination is None:
            return self._until_due()
        pause = self.quiet_in()
        if pause:
            return pause
        self._move_to(destination)
        if self.target is not None and destination >= self.target:
            self.target = None
        return 0.0

    def _destination(self) -> float | None:
        """Where a jump would go to, if the mode and the holds have one in view."""
        if self.target is not None:
            first = self._first()
            return min(first.due, self.target) if first else self.target
        if self.mode != "auto" or self.named_holds or self._stands:
            return None
        return destination(self._waits, self.outlook(), driven=self.jumps == "while_waited")

    @property
    def _stands(self) -> bool:
        return self.mode == "auto" and self.jumps == "while_waited" and not any(wait.drives for wait in self._waits)

    def _until_due(self) -> float | None:
        first = self._first()
        if first is None or not self.rate:
            return None
        return max(0.0, first.due - self.elapsed()) / self.rate or 0.0001

    def _first(self) -> Timer | None:
        foreground, background = self._timers[False].first(), self._timers[True].first()
        if foreground is None or (background is not None and background[0] < foreground[0]):
            return background[2] if background else None
        return foreground[2]

    def _step(self, until: float) -> bool:
        """Fire the next timer due by `until`, at its own instant."""
        timer = self._first()
        if timer is None or timer.due > until:
            return False
        self._timers[timer.background].pop()
        callback, timer.callback = timer.callback, None
        outer, self._instant = self._instant, max(timer.due, self._last)
        self._last = self._instant
        try:
            callback()  # type: ignore[misc]  # `first` leaves cancelled timers out
        except Exception as fault:
            # One broken callback must not stop the time.
            if self.on_fault is None:
                raise
            self.on_fault(fault)
        finally:
            self._instant = outer
            if not self.rate and outer is None:
                self._rebase(self._last)
        return True

    def _present(self) -> float:
        """What `elapsed` would say. As it is not told, a timer that is late can still fire at its own instant."""
        if self._instant is not None:
            return self._instant
        if not self.rate:
            return max(self._last, self._base_elapsed)
        return max(self._last, self._base_elapsed + (self.monotonic() - self._base_real) * self.rate)

    def _move_to(self, elapsed: float) -> None:
        self._rebase(max(elapsed, self._present()))

    def _rebase(self, elapsed: float) -> None:
        self._base_elapsed, self._base_real, self._last = elapsed, self.monotonic(), elapsed

    def _release(self, hold: Hold) -> None:
        if hold in self._busy:
            del self._busy[hold]
            self._quiet_since = self.monotonic()
            if not self._busy:
                self.on_change()

"""Pending waits: how each of them ends, and how far a clock may jump meanwhile. docs/time.md has the table."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import inf
from typing import Final, Literal, NamedTuple

HOUR: Final = 3600.0
TOLERANCE: Final = 1e-6
"""Virtual seconds: sums of durations that are the same on paper are the same instant."""

NAMED_AFTER_SECS: Final = 0.9
"""Real seconds without progress after which what holds the clock is named."""

IDLE_SECS: Final = 60.0
"""Real seconds after which a wait is looked at again, though nothing changed."""

Outcome = Literal["met", "limit", "nothing", "held", "gone"]
"""How a wait ended: it was met; its deadline came; nothing could happen any more; the clock was held, or the world did
not come to rest; the world is gone."""


class Pending(NamedTuple):
    """A wait goes on. `after`: real seconds until it is looked at again at the latest. `stalled`: something is busy."""

    after: float
    stalled: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """A clock at one moment, and what it has before it. Instants are virtual seconds since its epoch.

    `rate`: virtual seconds for each real one, 0 unless it runs. `jumps`: it is an auto clock; `held`: by name, so that
    it does not jump. `travels`: an advance is under way. `event`: when its first foreground timer is due, `limit`: its
    first background one; inf: there is none.

    In real seconds: `real`: the time itself. `silence`: how long nothing has been busy. `pause`: until that has lasted
    for the settle time; None while something is busy.
    """

    now: float
    rate: float
    jumps: bool
    held: bool
    travels: bool
    event: float
    limit: float
    real: float
    silence: float
    pause: float | None

    def upcoming(self, reach: float) -> float | None:
        """When the next thing happens by itself: a foreground timer, or a background one that is due by `reach`."""
        # A background timer that is due before a foreground one fires on the way.
        first = min(self.event, self.limit)
        return first if first < inf and (self.event < inf or first <= reach) else None


class Wait:
    """A pending wait. It is asked before every jump of the clock, and looked at whenever something has changed.

    It ends when `condition` is true and the world is at rest then, at its deadline, or when it can be met no more.
    What needs more than a condition and a fixed deadline overrides `is_met`, `deadline` and `awaits_application`.

    - `deadline`: the virtual instant at which it is given up; no jump goes past it. None: there is none.
    - `reach`: virtual seconds from its beginning. Limits that are due by then, or by the deadline, are jumped to as
      the last resort, when nothing else is left to happen.
    - `grace`: real seconds of silence that the application has before that last resort, and before the wait fails.
    - `guard`: real seconds without progress, while the clock is held or the world is busy, after which it has failed.
    - `drives`: a clock that jumps only while there is a wait jumps for this one. One that does not drive looks on.

        wait = Wait(lambda: call.state is State.ENDED, clock.elapsed() + 30, grace=1.0, guard=5.0)
        outcome = await driver.wait(wait)  # "met", "limit", …
    """

    def __init__(
        self,
        condition: Callable[[], bool] = lambda: False,
        deadline: float | None = None,
        *,
        reach: float = HOUR,
        grace: float = 0.0,
        guard: float = inf,
        drives: bool = True,
    ) -> None:
        self._condition, self._deadline = condition, deadline
        self._reach, self._grace, self._guard, self.drives = reach, grace, guard, drives
        self._lines, self._mark = 0, (0.0, 0)
        self._began = self._since = self._until = 0.0

    def begin(self, clock: Outlook) -> None:
        """From now on grace, guard and reach count."""
        self._until = clock.now + self._reach
        self._began = self._since = clock.real
        self._mark = self._progress(clock)

    # -- what is waited for ----------------------------------------------------------------------------------

    def is_met(self) -> bool:
        """Whether what is waited for has happened. Nothing is jumped to then, until the wait is over."""
        return self._condition()

    def deadline(self) -> float | None:
        """The virtual instant at which it is given up; it may be another one each time."""
        return self._deadline

    def awaits_application(self) -> bool:
        """Whether the application may still bring it about; otherwise its grace is spared."""
        return True

    # -- how it goes on --------------------------------------------------------------------------------------

    def look(self, clock: Outlook) -> Outcome | Pending:
        """How it ended, or when to look again."""
        deadline, over = self.deadline(), self._over(clock)
        until = IDLE_SECS if deadline is None or not clock.rate else max(0.0, deadline - clock.now) / clock.rate
        if clock.pause == 0.0:
            if over is not None:
                return over
            if not self.can_still_happen(clock):
                return "nothing"
            if not (clock.jumps and clock.held and self._comes_by_itself(clock)):
                return Pending(until if self._is_resigned(clock) else min(until, self._grace - self._silence(clock)))
        elif clock.rate and over is None:
            return Pending(min(clock.pause or IDLE_SECS, until))
        patience = self.patience(clock)
        return "held" if patience is None else Pending(min(clock.pause or IDLE_SECS, patience), stalled=True)

    def can_still_happen(self, clock: Outlook) -> bool:
        """Whether anything is left, in a world at rest: timers, the application's grace, limits or the deadline."""
        if self._comes_by_itself(clock) or not self._is_resigned(clock):
            return True
        moves = clock.rate or (clock.jumps and not clock.held)
        return bool(moves) and (self.deadline() is not None or self._comes_by_itself(clock, self._until))

    def progressed(self) -> None:
        """Something went on, such as a line of the journal: the guard counts anew."""
        self._lines += 1

    def idle(self, clock: Outlook) -> float:
        """Real seconds without progress. That a clock runs by itself is none."""
        mark = self._progress(clock)
        if mark != self._mark:
            self._mark, self._since = mark, clock.real
        return clock.real - self._since

    def patience(self, clock: Outlook) -> float | None:
        """Real seconds until holders have to be named, or it has taken too long. None: it has."""
        idle = self.idle(clock)
        left = [end - idle for end in (NAMED_AFTER_SECS, self._guard) if end > idle]
        return None if idle >= self._guard else max(0.001, min(left))

    def _over(self, clock: Outlook) -> Outcome | None:
        if self.is_met():
            return "met"
        deadline = self.deadline()
        return "limit" if deadline is not None and clock.now >= deadline else None

    def _comes_by_itself(self, clock: Outlook, reach: float = -inf) -> bool:
        """Whether time will bring something before the deadline, limits only within reach."""
        deadline = self.deadline()
        if clock.travels or (clock.rate and deadline is not None):
            return True
        upcoming = clock.upcoming(reach) if clock.rate or clock.jumps else None
        return upcoming is not None and (deadline is None or upcoming <= deadline + TOLERANCE)

    def _is_resigned(self, clock: Outlook) -> bool:
        """Nothing more is expected of the application: limits may come, or the deadline."""
        return self._silence(clock) >= self._grace or not self.awaits_application()

    def _silence(self, clock: Outlook) -> float:
        """Real seconds since the application asked for something or was told something, from the beginning on."""
        return min(clock.real - self._began, clock.silence)

    def _progress(self, clock: Outlook) -> tuple[float, int]:
        return 0.0 if clock.rate else clock.now, self._lines


def destination(waits: Collection[Wait], clock: Outlook, driven: bool) -> float | None:
    """The virtual instant to which an auto clock may jump; None: none, as one wait is met, or may still be.

    `driven`: only those waits that drive let limits come.
    """
    if any(wait.is_met() for wait in waits):
        return None
    deadlines = {wait: deadline for wait in waits if (deadline := wait.deadline()) is not None}
    resigned = {wait for wait in waits if wait._is_resigned(clock)}
    # What lies before a deadline comes before it, however far that is.
    reaches = (max(wait._until, deadlines.get(wait, -inf)) for wait in resigned if wait.drives or not driven)
    goal = clock.upcoming(max(reaches, default=-inf))
    nearest = min(deadlines.values(), default=inf)
    if nearest == inf or (goal is not None and goal <= nearest + TOLERANCE):
        return goal
    over = all(wait in resigned for wait, deadline in deadlines.items() if deadline == nearest)
    return nearest if over and nearest > clock.now else None

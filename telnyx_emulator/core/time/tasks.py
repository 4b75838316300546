"""What takes time in a call, written as generators, and the lanes that keep it in order."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal

from typing_extensions import TypeVar

from telnyx_emulator.core.errors import ApiError
from telnyx_emulator.core.time.clock import Clock, Timer

R = TypeVar("R", default=None)
Activity = Generator["float | Task | None", Any, R]
"""Yields how long to wait: virtual seconds, `None` (until told or stopped), or an activity (until it ends).

A `yield` returns None when the wait is over, or the value that `tell` passed on before that. What an activity comes
to is what it returns, as `Activity[int]`; one that is `Activity` returns nothing.
"""


class Cancelled(Exception):
    """Thrown into a process that is interrupted; `reason` ends up in the closing webhook.

    The process may still emit its closing events, but must not wait any more.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def status(self) -> Literal["call_hangup", "cancelled"]:
        """The reason as the status of a closing webhook: its enum knows no other words for a stop."""
        return "call_hangup" if self.reason == "call_hangup" else "cancelled"


@dataclass(frozen=True, slots=True, eq=False)
class Lane:
    """A place in a call for activities of one kind, and what happens to one that finds it taken.

    `queue`: it waits for its turn. `replace`: the one before is cancelled. `share`: both go on.
    An error class: the command that wanted it is refused. `outlasts_prompts`: what listens to the call ends
    after what is heard on it, when the call does.
    """

    name: str
    busy: Literal["queue", "replace", "share"] | type[ApiError] = "share"
    outlasts_prompts: bool = False


class LiveState:
    """Marks an activity that emits with whatever `client_state` its call has at that moment."""


LIVE = LiveState()


class Task:
    """A process that was started: under way, waiting for its turn, or ended."""

    __slots__ = (
        "_process",
        "_waiters",
        "_waits_for",
        "client_state",
        "ended",
        "lane",
        "name",
        "started",
        "stepping",
    )

    def __init__(self, process: Activity, lane: Lane | None, client_state: str | LiveState | None, name: str) -> None:
        self._process = process
        self._waits_for: Timer | Task | None = None
        self._waiters: list[tuple[Tasks, Task]] = []
        self.lane = lane
        self.name = name
        self.client_state = client_state
        self.started = False
        self.stepping = False
        self.ended = False


class Tasks:
    """What is going on in one call, in the order in which it began."""

    __slots__ = ("_activities", "_clock", "_lanes", "_on_fault", "current")

    def __init__(self, clock: Clock, on_fault: Callable[[BaseException], None]) -> None:
        self._clock = clock
        self._on_fault = on_fault
        self._activities: dict[Task, None] = {}
        self._lanes: dict[Lane, dict[Task, None]] = {}
        """The same by lane, for those lanes that are taken: a long line costs no more than a short one."""
        self.current: Task | None = None

    def start(
        self,
        process: Activity,
        lane: Lane | None = None,
        client_state: str | LiveState | None = LIVE,
        name: str = "",
    ) -> Task:
        """Begin `process` now, or put it in line. Raises the lane's error if the lane refuses a second one."""
        if lane is not None:
            self.check(lane)
            if lane.busy == "replace":
                self.stop(lane, "cancelled")
        activity = Task(process, lane, client_state, name or (lane.name if lane else ""))
        waits = lane is not None and lane.busy == "queue" and lane in self._lanes
        self._activities[activity] = None
        if lane is not None:
            self._lanes.setdefault(lane, {})[activity] = None
        if not waits:
            self._step(activity)
        return activity

    def check(self, lane: Lane) -> None:
        """Raise the lane's error if it would refuse another activity."""
        if isinstance(lane.busy, type) and lane in self._lanes:
            raise lane.busy

    def active(self, lane: Lane) -> list[Task]:
        """What is in `lane`: under way first, then waiting."""
        return list(self._lanes.get(lane, ()))

    def all(self) -> tuple[Task, ...]:
        return tuple(self._activities)

    def stop(self, lane: Lane, reason: str, only_current: bool = False) -> bool:
        """Interrupt what runs in `lane` (and forget what waits, unless `only_current`). Was there anything?"""
        found = self.active(lane)
        waiting = [] if only_current else [activity for activity in found if not activity.started]
        running = [activity for activity in found if activity.started]
        for activity in waiting + running:
            self.end(activity, reason)
        return bool(waiting or running)

    def stop_prompts(self, reason: str) -> None:
        """Interrupt all but what outlasts prompts; what waited for its turn vanishes without a word."""
        for activity in [one for one in self._activities if not one.started]:
            self.end(activity, reason)
        while early := [one for one in self._activities if not _ends_late(one)]:
            for activity in early:
                self.end(activity, reason)

    def stop_all(self, reason: str) -> None:
        """Interrupt everything, in the order in which a call does it."""
        self.stop_prompts(reason)
        while self._activities:
            self.end(next(iter(self._activities)), reason)

    def tell(self, lane: Lane, value: object) -> bool:
        """Wake what runs in `lane` before its wait is over: its `yield` returns `value`. Did anything hear it?"""
        heard = [activity for activity in self.active(lane) if activity.started]
        for activity in heard:
            self._resume(activity, value)
        return bool(heard)

    def end(self, activity: Task, reason: str) -> None:
        """Interrupt one activity; ending it twice is harmless. One that never began emits nothing."""
        if activity.ended:
            return
        self._stop_waiting(activity)
        activity.ended = True
        if activity.stepping:
            pass  # it ends its own call: it knows, and is closed as soon as it waits again
        elif activity.started:
            self._run(activity, lambda: self._throw(activity, reason))
        else:
            activity._process.close()
        self._finish(activity)

    # -- inside ----------------------------------------------------------------------------------------------

    def _resume(self, activity: Task, value: object) -> None:
        if not activity.ended:
            self._stop_waiting(activity)
            self._step(activity, value)

    def _step(self, activity: Task, value: object = None) -> None:
        activity.started = True
        activity._waits_for = None
        if self._run(activity, lambda: self._wait(activity, activity._process.send(value))):
            if activity.ended:
                activity._process.close()
        elif not activity.ended:
            activity.ended = True
            self._finish(activity)

    def _run(self, activity: Task, action: Callable[[], None]) -> bool:
        """Run a part of the process under its own name; False once it is over, be it by its own fault."""
        outer, self.current = self.current, activity
        activity.stepping = True
        try:
            action()
        except StopIteration:
            return False
        except Exception as fault:
            self._on_fault(fault)
            return False
        finally:
            activity.stepping = False
            self.current = outer
        return True

    def _wait(self, activity: Task, until: float | Task | None) -> None:
        if activity.ended or until is None:
            return
        if isinstance(until, Task) and not until.ended:
            until._waiters.append((self, activity))
            activity._waits_for = until
        else:
            self._wake_in(0.0 if isinstance(until, Task) else until, activity)

    def _throw(self, activity: Task, reason: str) -> None:
        try:
            activity._process.throw(Cancelled(reason))
        except Cancelled:
            return
        activity._process.close()
        raise RuntimeError(f"{activity.name or 'a process'} went on waiting after it was stopped")

    def _wake_in(self, seconds: float, activity: Task) -> None:
        activity._waits_for = self._clock.call_later(seconds, lambda: self._step(activity))

    def _stop_waiting(self, activity: Task) -> None:
        awaited, activity._waits_for = activity._waits_for, None
        if isinstance(awaited, Timer):
            awaited.cancel()
        elif awaited is not None:
            awaited._waiters.remove((self, activity))

    def _finish(self, activity: Task) -> None:
        del self._activities[activity]
        line = self._leave(activity)
        for processes, waiter in activity._waiters:
            # Not here and now: the tasks that wait go on after the step that ended this one.
            processes._wake_in(0.0, waiter)
        if line and activity.lane is not None and activity.lane.busy == "queue":
            first = next(iter(line))
            if not first.started:
                self._step(first)

    def _leave(self, activity: Task) -> dict[Task, None] | None:
        """Take it out of its lane; returns those who remain there."""
        lane = activity.lane
        if lane is None:
            return None
        line = self._lanes[lane]
        del line[activity]
        if not line:
            del self._lanes[lane]
        return line


def _ends_late(activity: Task) -> bool:
    return activity.lane is not None and activity.lane.outlasts_prompts

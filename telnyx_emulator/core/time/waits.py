"""Who waits for something to happen, and how far a clock may jump on their behalf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Final

TOLERANCE: Final = 1e-6
"""Virtual seconds: sums of durations that are the same on paper are the same instant."""


@dataclass(slots=True, eq=False)
class Wait:
    """Somebody waits. Instants are virtual seconds since the epoch of the clock; all questions are asked each time.

    `reach`: limits and patience that are due by then, or by the bound, are jumped to as well. `met`: what is waited
    for has happened, so nothing is jumped to until whoever waits has gone. `bound`: no jump goes past it. `resigned`:
    nothing more is hoped for from the application, so limits may come, or the bound. `drives`: a clock that jumps
    only while somebody waits jumps for this one; others look on.
    """

    reach: float
    met: Callable[[], bool] = lambda: False
    bound: Callable[[], float | None] = lambda: None
    resigned: Callable[[], bool] = lambda: True
    drives: bool = True


class Waits:
    """All who wait for one clock. They are asked before each jump."""

    def __init__(self) -> None:
        self._all: dict[Wait, None] = {}

    def add(self, wait: Wait) -> None:
        self._all[wait] = None

    def remove(self, wait: Wait) -> None:
        del self._all[wait]

    @property
    def drive(self) -> bool:
        """Whether anybody waits for time to go on, and does not only look on."""
        return any(wait.drives for wait in self._all)

    def reach(self, driving: bool) -> float:
        """Until when limits are jumped to, for the sake of all, or of those who drive."""
        hopeless = [wait for wait in self._all if (wait.drives or not driving) and wait.resigned()]
        # What lies before the bound comes before it, however far that is.
        bounds = (bound for wait in hopeless if (bound := wait.bound()) is not None)
        return max((*(wait.reach for wait in hopeless), *bounds), default=-inf)

    def allowed(self, goal: float | None, now: float) -> float | None:
        """How far a jump to `goal` may go. None: nowhere, because somebody has what he waited for, or is not done."""
        if any(wait.met() for wait in self._all):
            return None
        bounds = [(bound, wait) for wait in self._all if (bound := wait.bound()) is not None]
        if not bounds:
            return goal
        nearest = min(bound for bound, _ in bounds)
        if goal is not None and goal <= nearest + TOLERANCE:
            return goal
        resigned = all(wait.resigned() for bound, wait in bounds if bound == nearest)
        return nearest if resigned and nearest > now else None

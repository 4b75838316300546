"""The clock while somebody waits: whether it jumps at all, how far, and when it stops."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from simulation import recorder

from telnyx_emulator.core.time.clock import NO_WAIT, Clock
from telnyx_emulator.core.time.waits import Wait


@pytest.fixture
def clock() -> Clock:
    return Clock("auto", settle=0, jumps="while_waited")


class Asked(Wait):
    """A wait whose deadline is asked for each time."""

    def __init__(
        self,
        met: Callable[[], bool] = lambda: False,
        bound: Callable[[], float | None] = lambda: None,
        grace: float = 0.0,
    ) -> None:
        super().__init__(met, grace=grace)
        self._bound = bound

    def deadline(self) -> float | None:
        return self._bound()


def waiting(clock: Clock, **asked: Any) -> AbstractContextManager[None]:
    return clock.waiting(Asked(**asked))


# -- jumps only while somebody waits ---------------------------------------------------------------------------


def test_without_a_wait_it_stands_and_says_why(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(60)
    assert clock.poll() is None
    assert fired == []
    assert clock.holders() == [NO_WAIT]


def test_it_jumps_while_somebody_waits_and_stands_again_afterwards(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(60)
    with clock.waiting(Wait()):
        clock.poll()
        assert clock.holders() == []
    at(60)
    clock.poll()
    assert fired == [60]
    assert clock.holders() == [NO_WAIT]


def test_it_travels_though_nobody_waits(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(60)
    clock.travel(100)
    assert clock.holders() == []
    clock.poll()
    assert (fired, clock.elapsed()) == ([60], 100)


def test_whoever_only_looks_on_moves_nothing(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(10)
    at(60, background=True)
    with clock.waiting(Wait(drives=False)):
        clock.poll()
        assert fired == []
        with clock.waiting(Wait(reach=20)):
            clock.poll()
    assert fired == [10]


def test_on_a_clock_that_always_jumps_it_lets_limits_come() -> None:
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    at(60, background=True)
    with clock.waiting(Wait(drives=False)):
        clock.poll()
    assert fired == [60]


def test_a_change_of_the_mode_keeps_when_it_jumps_unless_told() -> None:
    clock = Clock("manual")
    clock.set_mode("auto", jumps="while_waited")
    clock.set_mode("manual")
    assert clock.holders() == []
    clock.set_mode("auto")
    assert clock.holders() == [NO_WAIT]
    clock.set_mode("auto", jumps="always")
    assert clock.holders() == []


@pytest.mark.parametrize("moment", ["begins", "ends"])
def test_whoever_drives_the_clock_is_told_of_a_wait(clock: Clock, moment: str) -> None:
    told: list[str] = []
    clock.on_change = lambda: told.append("changed")
    with clock.waiting(Wait()):
        assert len(told) == 1
    assert len(told) == 2


# -- no jump past what is waited for -----------------------------------------------------------------------------


def test_no_jump_goes_past_what_was_waited_for(clock: Clock) -> None:
    at, fired = recorder(clock)
    for due in (1, 2, 3):
        at(due)
    with waiting(clock, met=lambda: 2 in fired):
        clock.poll()
        assert (fired, clock.elapsed()) == ([1, 2], 2)
    clock.poll()
    assert fired == [1, 2]


def test_what_is_due_at_the_same_instant_still_happens(clock: Clock) -> None:
    at, fired = recorder(clock)
    clock.call_later(1, lambda: at(0))
    at(1)
    with waiting(clock, met=lambda: bool(fired)):
        clock.poll()
    assert fired == [1, 1]


def test_one_who_has_what_he_waited_for_keeps_the_others_waiting_until_he_goes(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(1)
    with clock.waiting(Wait()):
        with waiting(clock, met=lambda: True):
            clock.poll()
            assert fired == []
        clock.poll()
        assert fired == [1]


# -- no jump past the bound ----------------------------------------------------------------------------------------


def test_no_jump_goes_past_the_nearest_bound(clock: Clock) -> None:
    at, fired = recorder(clock)
    for due in (1, 4, 9):
        at(due)
    with waiting(clock, bound=lambda: 8.0), waiting(clock, bound=lambda: 3.0), clock.waiting(Wait()):
        clock.poll()
        assert (fired, clock.elapsed()) == ([1], 3)


def test_a_bound_may_come_later(clock: Clock) -> None:
    at, fired = recorder(clock)
    for due in (1, 4, 9):
        at(due)
    with waiting(clock, bound=lambda: fired[0] + 3.5 if fired else None):
        clock.poll()
    assert fired == [1, 4]


def test_what_is_due_at_the_bound_itself_still_happens(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(0.1 + 0.2)
    with waiting(clock, bound=lambda: 0.3):
        clock.poll()
    assert len(fired) == 1


def test_it_goes_to_the_bound_itself_when_nothing_more_is_hoped_for(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(9)
    with waiting(clock, bound=lambda: 5.0, grace=9.0):
        clock.poll()
        assert clock.elapsed() == 0
    with waiting(clock, bound=lambda: 5.0):
        clock.poll()
        assert (fired, clock.elapsed()) == ([], 5)
        assert clock.poll() is None


def test_limits_are_jumped_to_when_nothing_more_is_hoped_for(clock: Clock) -> None:
    at, fired = recorder(clock)
    at(9, background=True)
    with waiting(clock, grace=9.0):
        clock.poll()
        assert fired == []
        with waiting(clock):
            clock.poll()
    assert fired == [9]


def test_one_who_resigns_does_not_go_past_the_bound_of_another(clock: Clock) -> None:
    with waiting(clock, bound=lambda: 5.0):
        with waiting(clock, bound=lambda: 3.0, grace=9.0):
            clock.poll()
            assert clock.elapsed() == 0
            with waiting(clock, bound=lambda: 2.0):
                clock.poll()
        assert clock.elapsed() == 2


# -- what is still to come -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("foreground", "background", "reach", "upcoming"),
    [
        (None, None, 100, None),
        (10, None, 0, 10),
        (10, 5, 0, 5),
        (None, 5, 5, 5),
        (None, 6, 5, None),
    ],
)
def test_limits_are_to_come_within_reach_or_on_the_way(
    clock: Clock, foreground: float | None, background: float | None, reach: float, upcoming: float | None
) -> None:
    at, _ = recorder(clock)
    if foreground is not None:
        at(foreground)
    if background is not None:
        at(background, background=True)
    assert clock.outlook().upcoming(reach) == upcoming


def test_how_long_nobody_has_been_busy(real) -> None:
    clock = Clock(monotonic=real)
    real.now += 2
    assert clock.outlook().silence == 2
    hold = clock.hold("a request")
    real.now += 3
    assert clock.outlook().silence == 0
    hold.release()
    real.now += 4
    assert clock.outlook().silence == 4

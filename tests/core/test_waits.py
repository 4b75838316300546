"""How a wait goes on in every state of a clock: the table in docs/time.md, cell by cell."""

from __future__ import annotations

from collections.abc import Callable
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

import pytest

from telnyx_emulator.core.time.clock import Clock
from telnyx_emulator.core.time.waits import Pending, Wait

HEAD = "| the clock |"


def table() -> list[list[str]]:
    """Its cells, row by row, with the head."""
    lines = (Path(__file__).parents[2] / "docs" / "time.md").read_text().splitlines()
    rows = takewhile(lambda line: line.startswith("|"), dropwhile(lambda line: not line.startswith(HEAD), lines))
    return [[cell.replace("`", "").strip() for cell in row.strip("|").split("|")] for row in rows]


def clock(mode: Any, **more: Any) -> Clock:
    return Clock(mode, settle=0, monotonic=lambda: 100.0, **more)


def held() -> Clock:
    auto = clock("auto")
    auto.set_named_hold("mine", True)
    return auto


def travelling() -> Clock:
    manual = clock("manual")
    manual.travel(1000)
    return manual


def busy(idle: Clock) -> Clock:
    idle.hold("your answer to call.answered")
    return idle


CLOCKS: dict[str, Callable[[], list[Clock]]] = {
    "manual": lambda: [clock("manual")],
    "real or x60": lambda: [clock("real"), clock("scaled", rate=60)],
    "auto": lambda: [clock("auto"), clock("auto", jumps="while_waited")],
    "auto, held by name": lambda: [held()],
    "advanced meanwhile": lambda: [travelling()],
    "real or x60, something is busy": lambda: [busy(clock("real")), busy(clock("scaled", rate=60))],
    "any other, something is busy": lambda: [
        busy(one) for one in (clock("manual"), clock("auto"), held(), travelling())
    ],
}


def far(clock: Clock, *, limit: float | None = None, event: float | None = None) -> None:
    for delay, background in ((limit, True), (event, False)):
        if delay is not None:
            clock.call_later(delay, lambda: None, background)


WAITS: dict[str, list[tuple[dict[str, Any], dict[str, float]]]] = {
    "it is met": [({"condition": lambda: True, "deadline": 60}, {"event": 1})],
    "its deadline is there": [({"deadline": 0}, {"event": 1})],
    "something comes by itself": [({}, {"event": 1}), ({"deadline": 60}, {"event": 1, "limit": 2})],
    "limits or the deadline are left": [({}, {"limit": 10}), ({"deadline": 60}, {}), ({"deadline": 60}, {"event": 90})],
    "nothing is left": [({}, {}), ({"reach": 5}, {"limit": 10})],
}

HEADS, _, *ROWS = table()


def test_the_table_is_whole() -> None:
    assert ["the clock", *WAITS] == HEADS
    assert [row[0] for row in ROWS] == [*CLOCKS]


@pytest.mark.parametrize(
    ("state", "left", "told"),
    [(state, left, told) for state, *cells in ROWS for left, told in zip(WAITS, cells, strict=True)],
)
def test_a_wait_ends_as_the_table_says(state: str, left: str, told: str) -> None:
    """Grace and guard are over at once, so that only the state decides."""
    for how, timers in WAITS[left]:
        for each in CLOCKS[state]():
            far(each, **timers)
            wait = Wait(**how, guard=0.0)
            with each.waiting(wait):
                found = wait.look(each.outlook())
            assert ("goes on" if isinstance(found, Pending) else found) == told


@pytest.mark.parametrize("left", ["limits or the deadline are left", "nothing is left"])
@pytest.mark.parametrize("state", ["manual", "auto", "auto, held by name", "real or x60"])
def test_before_the_last_resort_the_application_has_its_grace(state: str, left: str) -> None:
    for how, timers in WAITS[left]:
        for each in CLOCKS[state]():
            far(each, **timers)
            wait = Wait(**how, grace=2.0)
            with each.waiting(wait):
                found = wait.look(each.outlook())
                assert isinstance(found, Pending)
                assert (0.0 < found.after <= 2.0, found.stalled) == (True, False)
                each.poll()
            assert each.elapsed() == 0


def test_the_guard_counts_real_time_without_progress() -> None:
    real = [100.0]
    held = busy(Clock("manual", settle=0, monotonic=lambda: real[0]))
    wait = Wait(guard=5.0)
    with held.waiting(wait):
        for now, found in ((104.0, Pending), (108.0, Pending), (112.9, Pending), (113.0, str)):
            real[0] = now
            if now < 110:
                wait.progressed()
            assert isinstance(wait.look(held.outlook()), found)

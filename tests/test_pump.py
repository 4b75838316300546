"""What drives a clock inside asyncio."""

from __future__ import annotations

import asyncio

import pytest

from telnyx_emulator.core.clock import Clock
from telnyx_emulator.core.errors import ClockHeld
from telnyx_emulator.pump import Pump


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_timer_of_a_running_clock_fires_by_itself() -> None:
    clock, fired = Clock("real"), asyncio.Event()
    Pump(clock)
    clock.call_later(0.01, fired.set)
    await asyncio.wait_for(fired.wait(), 1)
    assert clock.elapsed() >= 0.01


async def test_an_earlier_timer_is_not_missed_behind_a_later_one() -> None:
    clock, fired = Clock("scaled", 100), asyncio.Event()
    Pump(clock)
    clock.call_later(3600, lambda: None)
    await settle()
    clock.call_later(1, fired.set)
    await asyncio.wait_for(fired.wait(), 1)


async def test_a_manual_clock_stands_and_leaves_the_loop_alone() -> None:
    clock, fired = Clock("manual"), []
    pump = Pump(clock)
    clock.call_later(0.001, lambda: fired.append("moved"))
    await asyncio.sleep(0.01)
    assert (clock.elapsed(), fired) == (0, [])
    assert pump._soon is None
    assert pump._later is None


async def test_what_is_due_at_once_fires_also_on_a_manual_clock() -> None:
    clock, fired = Clock("manual"), []
    Pump(clock)
    clock.call_later(0, lambda: fired.append(clock.elapsed()))
    await settle()
    assert fired == [0]


async def test_advancing_stops_at_each_timer_and_ends_at_the_target() -> None:
    clock, at = Clock("manual", settle=0), []
    pump = Pump(clock)
    for delay in (3, 1, 2, 9):
        clock.call_later(delay, lambda: at.append(clock.elapsed()))
    await pump.advance(5, guard=1)
    assert at == [1, 2, 3]
    assert clock.elapsed() == 5


async def test_all_that_is_due_at_the_target_has_happened_on_arrival() -> None:
    clock, fired = Clock("manual", settle=0), []
    pump = Pump(clock)
    for number in range(1000):
        clock.call_later(1, lambda number=number: fired.append(number))
    await pump.advance(1, guard=1)
    assert fired == list(range(1000))


async def test_advancing_waits_for_whoever_got_busy_on_the_way() -> None:
    clock, at = Clock("manual", settle=0), []
    pump = Pump(clock)
    loop = asyncio.get_running_loop()

    def busy() -> None:
        hold = clock.hold("the application")
        loop.call_later(0.02, hold.release)

    clock.call_later(1, busy)
    clock.call_later(2, lambda: at.append(clock.busy))
    began = loop.time()
    await pump.advance(2, guard=1)
    await settle()
    assert at == [False]
    assert loop.time() - began >= 0.02


async def test_each_step_forward_renews_the_patience() -> None:
    clock = Clock("manual", settle=0)
    pump, loop = Pump(clock), asyncio.get_running_loop()

    def busy() -> None:
        loop.call_later(0.04, clock.hold("a step").release)

    for step in range(4):
        clock.call_later(step + 1, busy)
    await pump.advance(10, guard=0.1)
    assert clock.elapsed() == 10


async def test_no_progress_is_an_error_that_names_the_holder_and_gives_up_the_journey() -> None:
    clock = Clock("manual", settle=0)
    pump = Pump(clock)
    clock.call_later(1, lambda: None)
    hold = clock.hold("your answer to call.answered")
    with pytest.raises(ClockHeld, match=r"your answer to call\.answered, 0\.\d s"):
        await pump.advance(5, guard=0.02)
    hold.release()
    await settle()
    assert clock.elapsed() == 0


async def test_two_who_advance_at_once_travel_together() -> None:
    clock = Clock("manual", settle=0)
    pump = Pump(clock)
    await asyncio.gather(pump.advance(5, guard=1), pump.advance(3, guard=1))
    assert clock.elapsed() == 5


async def test_rest_is_when_nobody_has_been_busy_for_the_settle_time() -> None:
    clock = Clock("manual", settle=0.02)
    pump, loop = Pump(clock), asyncio.get_running_loop()
    hold = clock.hold("a webhook")
    loop.call_later(0.02, hold.release)
    began = loop.time()
    await pump.rest(guard=1)
    assert loop.time() - began > 0.035


async def test_a_world_that_does_not_come_to_rest_says_who_is_busy() -> None:
    clock = Clock("manual", settle=0)
    pump = Pump(clock)
    with clock.hold("POST /v2/calls"), pytest.raises(ClockHeld, match="POST /v2/calls"):
        await pump.rest(guard=0.02)


async def test_a_closed_pump_moves_nothing_and_wakes_whoever_waits() -> None:
    clock, fired = Clock("real"), []
    pump = Pump(clock)
    clock.call_later(0.01, lambda: fired.append("moved"))
    await settle()
    clock.hold("somebody")
    waiting = asyncio.gather(pump.advance(5, guard=5), pump.rest(guard=5))
    await settle()
    pump.close()
    await asyncio.wait_for(waiting, 1)
    await asyncio.sleep(0.02)
    assert fired == []


async def test_a_broken_timer_does_not_stop_the_others() -> None:
    faults: list[BaseException] = []
    clock, fired = Clock("manual", settle=0, on_fault=faults.append), []
    pump = Pump(clock)
    clock.call_later(1, lambda: 1 // 0)
    clock.call_later(2, lambda: fired.append("second"))
    await pump.advance(2, guard=1)
    await settle()
    assert fired == ["second"]
    assert [type(fault) for fault in faults] == [ZeroDivisionError]


async def test_a_great_many_timers_let_others_have_a_turn() -> None:
    clock, turns = Clock("manual", settle=0), 0
    pump = Pump(clock)
    for _ in range(2000):
        clock.call_later(1, lambda: None)
    moving = asyncio.create_task(pump.advance(2, guard=1))
    while not moving.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 5

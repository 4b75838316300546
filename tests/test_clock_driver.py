"""What drives a clock inside asyncio. Real time is simulated here: it passes when nothing else is left to do."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from telnyx_emulator.clock_driver import ClockDriver
from telnyx_emulator.core.errors import ClockHeld
from telnyx_emulator.core.time.clock import Clock, ClockMode
from telnyx_emulator.core.time.waits import Outcome, Wait


@pytest.fixture(autouse=True)
async def simulated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of sleeping the event loop takes the time as gone by, so that a busy machine changes nothing."""
    loop: Any = asyncio.get_running_loop()
    now, select = loop.time(), loop._selector.select

    def pass_by(timeout: float | None) -> Any:
        nonlocal now
        now += max(timeout or 0.0, 1e-6)  # each turn takes a little
        return select(timeout and 0.0)

    monkeypatch.setattr(loop._selector, "select", pass_by)
    monkeypatch.setattr(loop, "time", lambda: now)


def ticking(mode: ClockMode = "manual", rate: float = 1.0, **more: Any) -> Clock:
    """A clock in that time."""
    return Clock(mode, rate, monotonic=lambda: asyncio.get_running_loop().time(), **more)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_timer_of_a_running_clock_fires_by_itself() -> None:
    clock, fired = ticking("real"), asyncio.Event()
    ClockDriver(clock)
    clock.call_later(0.01, fired.set)
    await asyncio.wait_for(fired.wait(), 1)
    assert clock.elapsed() >= 0.01


async def test_an_earlier_timer_is_not_missed_behind_a_later_one() -> None:
    clock, fired = ticking("scaled", 100), asyncio.Event()
    ClockDriver(clock)
    clock.call_later(3600, lambda: None)
    await settle()
    clock.call_later(1, fired.set)
    await asyncio.wait_for(fired.wait(), 1)


async def test_a_manual_clock_stands_and_leaves_the_loop_alone() -> None:
    clock, fired = ticking("manual"), []
    driver = ClockDriver(clock)
    clock.call_later(0.001, lambda: fired.append("moved"))
    await asyncio.sleep(0.01)
    assert (clock.elapsed(), fired) == (0, [])
    assert driver._soon is None
    assert driver._later is None


async def test_what_is_due_at_once_fires_also_on_a_manual_clock() -> None:
    clock, fired = ticking("manual"), []
    ClockDriver(clock)
    clock.call_later(0, lambda: fired.append(clock.elapsed()))
    await settle()
    assert fired == [0]


async def test_advancing_stops_at_each_timer_and_ends_at_the_target() -> None:
    clock, at = ticking("manual", settle=0), []
    driver = ClockDriver(clock)
    for delay in (3, 1, 2, 9):
        clock.call_later(delay, lambda: at.append(clock.elapsed()))
    await driver.advance(5, guard=1)
    assert at == [1, 2, 3]
    assert clock.elapsed() == 5


async def test_all_that_is_due_at_the_target_has_happened_on_arrival() -> None:
    clock, fired = ticking("manual", settle=0), []
    driver = ClockDriver(clock)
    for number in range(1000):
        clock.call_later(1, lambda number=number: fired.append(number))
    await driver.advance(1, guard=1)
    assert fired == list(range(1000))


async def test_advancing_waits_for_whoever_got_busy_on_the_way() -> None:
    clock, at = ticking("manual", settle=0), []
    driver = ClockDriver(clock)
    loop = asyncio.get_running_loop()

    def busy() -> None:
        hold = clock.hold("the application")
        loop.call_later(0.02, hold.release)

    clock.call_later(1, busy)
    clock.call_later(2, lambda: at.append(clock.busy))
    began = loop.time()
    await driver.advance(2, guard=1)
    await settle()
    assert at == [False]
    assert loop.time() - began >= 0.02


async def test_each_step_forward_renews_the_patience() -> None:
    clock = ticking("manual", settle=0)
    driver, loop = ClockDriver(clock), asyncio.get_running_loop()

    def busy() -> None:
        loop.call_later(0.04, clock.hold("a step").release)

    for step in range(4):
        clock.call_later(step + 1, busy)
    await driver.advance(10, guard=0.1)
    assert clock.elapsed() == 10


async def test_no_progress_is_an_error_that_names_the_holder_and_gives_up_the_journey() -> None:
    clock = ticking("manual", settle=0)
    driver = ClockDriver(clock)
    clock.call_later(1, lambda: None)
    hold = clock.hold("your answer to call.answered")
    with pytest.raises(ClockHeld, match=r"your answer to call\.answered, 0\.\d s"):
        await driver.advance(5, guard=0.02)
    hold.release()
    await settle()
    assert clock.elapsed() == 0


async def test_two_who_advance_at_once_travel_together() -> None:
    clock = ticking("manual", settle=0)
    driver = ClockDriver(clock)
    await asyncio.gather(driver.advance(5, guard=1), driver.advance(3, guard=1))
    assert clock.elapsed() == 5


async def test_who_goes_away_on_the_way_travels_no_further_and_others_do() -> None:
    clock, fired = ticking("manual", settle=0), []
    driver = ClockDriver(clock)
    clock.call_later(2, lambda: fired.append("near"))
    clock.call_later(20, lambda: fired.append("far"))
    hold = clock.hold("a webhook")
    near, far = (asyncio.create_task(driver.advance(length, guard=1)) for length in (5, 50))
    await settle()
    far.cancel()
    await settle()
    hold.release()
    await near
    await settle()
    assert (fired, clock.elapsed()) == (["near"], 5)


async def test_rest_is_when_nobody_has_been_busy_for_the_settle_time() -> None:
    clock = ticking("manual", settle=0.02)
    driver, loop = ClockDriver(clock), asyncio.get_running_loop()
    hold = clock.hold("a webhook")
    loop.call_later(0.02, hold.release)
    began = loop.time()
    await driver.rest(guard=1)
    assert loop.time() - began > 0.035


async def test_a_world_that_does_not_come_to_rest_says_who_is_busy() -> None:
    clock = ticking("manual", settle=0)
    driver = ClockDriver(clock)
    with clock.hold("POST /v2/calls"), pytest.raises(ClockHeld, match="POST /v2/calls"):
        await driver.rest(guard=0.02)


async def test_a_closed_pump_moves_nothing_and_wakes_whoever_waits() -> None:
    clock, fired = ticking("real"), []
    driver = ClockDriver(clock)
    clock.call_later(0.01, lambda: fired.append("moved"))
    await settle()
    clock.hold("somebody")
    waiting = asyncio.gather(driver.advance(5, guard=5), driver.rest(guard=5))
    await settle()
    driver.close()
    await asyncio.wait_for(waiting, 1)
    await asyncio.sleep(0.02)
    assert fired == []


async def test_a_broken_timer_does_not_stop_the_others() -> None:
    faults: list[BaseException] = []
    clock, fired = ticking("manual", settle=0, on_fault=faults.append), []
    driver = ClockDriver(clock)
    clock.call_later(1, lambda: 1 // 0)
    clock.call_later(2, lambda: fired.append("second"))
    await driver.advance(2, guard=1)
    await settle()
    assert fired == ["second"]
    assert [type(fault) for fault in faults] == [ZeroDivisionError]


async def test_a_great_many_timers_let_others_have_a_turn() -> None:
    clock, turns = ticking("manual", settle=0), 0
    driver = ClockDriver(clock)
    for _ in range(2000):
        clock.call_later(1, lambda: None)
    moving = asyncio.create_task(driver.advance(2, guard=1))
    while not moving.done():
        turns += 1
        await asyncio.sleep(0)
    assert turns > 5


# -- waiting until something has happened ------------------------------------------------------------------------


class Waiting:
    """An auto clock that jumps while somebody waits, and a list of what has happened on it."""

    def __init__(self, mode: ClockMode = "auto", settle: float = 0.0) -> None:
        self.clock = ticking(mode, rate=100, settle=settle, jumps="while_waited")
        self.driver = ClockDriver(self.clock)
        self.happened: list[str] = []
        self.lines: list[str] = []
        self.loop = asyncio.get_running_loop()

    def at(self, delay: float, what: str = "it", background: bool = False) -> None:
        self.clock.call_later(delay, lambda: self.happened.append(what), background)

    def news(self, wait: Wait) -> None:
        self.lines.append("a line of the journal")
        wait.progressed()
        self.driver.wake()

    async def until(
        self, what: str = "it", within: float | None = None, grace: float = 0.0, guard: float = 1.0
    ) -> Outcome:
        bound = None if within is None else self.clock.elapsed() + within
        return await self.driver.wait(Wait(lambda: what in self.happened, bound, grace=grace, guard=guard))


async def test_a_wait_ends_at_the_instant_at_which_it_is_met() -> None:
    world = Waiting()
    for delay, what in ((1, "one"), (2, "it"), (3, "three")):
        world.at(delay, what)
    assert await world.until() == "met"
    await settle()
    assert (world.happened, world.clock.elapsed()) == (["one", "it"], 2)


async def test_what_has_happened_already_is_not_waited_for() -> None:
    world = Waiting()
    world.at(0)
    world.at(5, "later")
    assert await world.until() == "met"
    assert world.clock.elapsed() == 0


async def test_a_wait_ends_only_when_the_world_is_at_rest() -> None:
    world = Waiting(settle=0.01)

    def happen() -> None:
        world.happened.append("it")
        world.loop.call_later(0.03, world.clock.hold("your answer").release)

    world.clock.call_later(1, happen)
    world.at(2, "too far")
    assert await world.until() == "met"
    assert not world.clock.busy
    assert world.clock.outlook().silence >= 0.01
    assert (world.happened, world.clock.elapsed()) == (["it"], 1)


async def test_a_wait_that_is_not_met_ends_exactly_at_its_limit() -> None:
    world = Waiting()
    for delay, what in ((1, "one"), (5, "five")):
        world.at(delay, what)
    assert await world.until("it", within=3) == "limit"
    await settle()
    assert (world.happened, world.clock.elapsed()) == (["one"], 3)


async def test_what_is_due_at_the_limit_itself_and_the_reaction_to_it_still_count() -> None:
    world = Waiting()

    def tell() -> None:
        hold = world.clock.hold("your answer")
        world.loop.call_later(0.02, lambda: (world.at(0), hold.release()))

    world.clock.call_later(3, tell)
    assert await world.until(within=3) == "met"
    assert world.clock.elapsed() == 3


async def test_when_nothing_can_happen_any_more_it_is_said_soon() -> None:
    world = Waiting()
    world.at(5, "something else")
    world.at(7200, "a limit", background=True)
    assert await world.until() == "nothing"
    assert (world.happened, world.clock.elapsed()) == (["something else"], 5)


async def test_limits_within_the_hour_are_waited_for() -> None:
    world = Waiting()
    world.at(3600, background=True)
    assert await world.until() == "met"
    assert world.clock.elapsed() == 3600


@pytest.mark.parametrize("within", [None, 60])
async def test_an_application_that_acts_late_has_its_grace_and_time_stands_meanwhile(within: float | None) -> None:
    world = Waiting()
    world.loop.call_later(0.05, world.at, 0.0)
    assert await world.until(within=within, grace=1.0) == "met"
    assert world.clock.elapsed() == 0


async def test_limits_wait_for_an_application_that_acts_late() -> None:
    world = Waiting()
    world.at(120, "the caller gives up", background=True)
    world.loop.call_later(0.05, world.at, 0.0)
    assert await world.until(grace=1.0) == "met"
    assert world.happened == ["it"]


async def test_one_silence_is_enough_for_all_limits_that_follow() -> None:
    world = Waiting()
    for delay in (100, 200, 300):
        world.at(delay, "a limit", background=True)
    world.at(400, background=True)
    began = world.loop.time()
    assert await world.until(grace=0.1) == "met"
    assert 0.1 <= world.loop.time() - began < 0.25
    assert world.clock.elapsed() == 400


async def test_the_grace_counts_from_the_last_that_went_on() -> None:
    world = Waiting()
    hold = world.clock.hold("a late request")
    world.loop.call_later(0.04, hold.release)
    world.loop.call_later(0.08, world.at, 0.0)
    assert await world.until(grace=0.06) == "met"


async def test_no_progress_for_the_guard_is_said_too() -> None:
    world = Waiting()
    world.at(1)
    with world.clock.hold("your answer to call.answered"):
        assert await world.until(guard=0.05) == "held"
    assert world.clock.elapsed() == 0


async def test_whoever_does_not_come_to_rest_after_it_was_met_holds_too() -> None:
    world = Waiting()
    world.at(0)
    with world.clock.hold("a request"):
        assert await world.until(guard=0.05) == "held"


async def test_a_named_hold_keeps_what_is_due_from_happening() -> None:
    world = Waiting()
    world.at(1)
    world.clock.set_named_hold("mine", True)
    assert await world.until(guard=0.05) == "held"
    assert await world.until("nothing due", within=0.5, guard=0.05) == "nothing"


async def test_each_progress_renews_the_patience_of_a_wait() -> None:
    world = Waiting()
    for step in range(1, 5):
        world.clock.call_later(step, lambda: world.loop.call_later(0.04, world.clock.hold("a step").release))
    world.at(5)
    assert await world.until(guard=0.08) == "met"


async def test_news_are_progress() -> None:
    world = Waiting()
    wait = Wait(lambda: bool(world.happened), guard=0.08)
    hold = world.clock.hold("a busy application")
    for step in range(1, 5):
        world.loop.call_later(0.04 * step, world.news, wait)
    world.loop.call_later(0.2, hold.release)
    world.at(1)
    assert await world.driver.wait(wait) == "met"


async def test_who_holds_the_clock_is_named_within_a_second_and_once() -> None:
    world, told = Waiting(), []
    world.driver.on_stall = told.append
    world.at(1)
    hold = world.clock.hold("your answer to call.answered")
    world.loop.call_later(1.2, hold.release)
    assert await world.until(guard=5) == "met"
    ((holder,),) = told
    assert re.fullmatch(r"your answer to call\.answered, (0\.9|1\.\d) s", holder)


async def test_who_holds_again_after_some_news_is_not_named_again() -> None:
    world, told = Waiting(), []
    wait = Wait(lambda: bool(world.happened), guard=5)
    world.driver.on_stall = told.append
    hold = world.clock.hold("your answer to call.answered")
    world.loop.call_later(1.0, world.news, wait)
    world.loop.call_later(2.1, hold.release)
    world.at(1)
    await world.driver.wait(wait)
    assert len(told) == 1


async def test_a_limit_that_the_application_is_not_told_of_costs_no_second_grace() -> None:
    world = Waiting()
    wait = Wait(lambda: bool(world.happened), grace=0.2, guard=5)
    world.clock.call_later(60, lambda: world.news(wait), background=True)
    began = world.loop.time()
    assert await world.driver.wait(wait) == "nothing"
    assert world.lines == ["a line of the journal"]
    assert 0.2 <= world.loop.time() - began < 0.35


async def test_without_hope_in_the_application_limits_come_at_once() -> None:
    class Hopeless(Wait):
        def awaits_application(self) -> bool:
            return False

    world = Waiting()
    world.at(60, background=True)
    assert await world.driver.wait(Hopeless(lambda: bool(world.happened), grace=60, guard=60)) == "met"
    assert world.clock.outlook().silence < 60


async def test_a_limit_beyond_the_hour_comes_at_its_own_instant_if_the_bound_is_further() -> None:
    world, at = Waiting(), []
    world.clock.call_later(7200, lambda: at.append(world.clock.elapsed()), background=True)
    assert await world.until(within=9000) == "limit"
    assert (at, world.clock.elapsed()) == ([7200], 9000)


async def test_who_holds_an_advance_is_named_as_well() -> None:
    world, told = Waiting("manual"), []
    world.driver.on_stall = told.append
    hold = world.clock.hold("your answer to call.answered")
    world.loop.call_later(1.0, hold.release)
    await world.driver.advance(5, guard=5)
    assert len(told) == 1


async def test_on_a_frozen_clock_only_what_happens_now_is_waited_for() -> None:
    world = Waiting("manual")
    world.at(1)
    assert await world.until() == "nothing"
    assert await world.until(within=5) == "nothing"
    assert world.clock.elapsed() == 0
    world.loop.call_later(0.02, world.at, 0.0)
    assert await world.until(grace=1.0) == "met"


async def test_a_frozen_clock_that_is_advanced_meanwhile_serves_a_wait() -> None:
    world = Waiting("manual")
    world.at(1)
    waiting = asyncio.create_task(world.until(grace=1.0))
    await settle()
    await world.driver.advance(2, guard=1)
    assert await waiting == "met"
    assert await world.until("never", within=0.0) == "limit"


async def test_on_a_running_clock_a_wait_takes_its_time() -> None:
    world = Waiting("scaled")
    world.at(2)
    with world.clock.hold("a request"):
        waiting = asyncio.create_task(world.until("something else", within=5, guard=0.01))
        await asyncio.sleep(0.03)
        assert world.happened == ["it"]
    assert await waiting == "limit"
    assert 5 <= world.clock.elapsed() < 15


async def test_on_a_running_clock_nothing_to_come_is_said_after_the_grace() -> None:
    world = Waiting("scaled")
    world.at(1)
    assert await world.until("something else", grace=0.02) == "nothing"
    assert world.happened == ["it"]


async def test_two_waits_each_end_at_their_own_instant() -> None:
    world = Waiting()
    for delay, what in ((1, "first"), (2, "second")):
        world.at(delay, what)
    instants: dict[str, float] = {}

    async def wait(what: str) -> None:
        assert await world.until(what) == "met"
        instants[what] = world.clock.elapsed()

    await asyncio.gather(wait("second"), wait("first"))
    assert instants == {"first": 1, "second": 2}


async def test_the_nearer_limit_of_two_waits_comes_first() -> None:
    world, ended = Waiting(), []

    async def wait(within: float, grace: float) -> None:
        assert await world.until(within=within, grace=grace) == "limit"
        ended.append(world.clock.elapsed())

    await asyncio.gather(wait(9, grace=0.0), wait(4, grace=0.05))
    assert ended == [4, 9]


async def test_a_wait_in_a_world_that_goes_down_ends() -> None:
    world = Waiting()
    with world.clock.hold("a request"):
        waiting = asyncio.create_task(world.until())
        await settle()
        world.driver.close()
        assert await asyncio.wait_for(waiting, 1) == "gone"


async def test_a_wait_that_is_cancelled_leaves_nothing_behind() -> None:
    world = Waiting()
    with world.clock.hold("a request"):
        waiting = asyncio.create_task(world.until())
        await settle()
        waiting.cancel()
        await asyncio.wait([waiting])
    world.at(1)
    await settle()
    assert world.happened == []

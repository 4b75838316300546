"""The clock: how it moves by itself, when somebody travels, and when it jumps."""

import pytest
from simulation import recorder

from telnyx_emulator.core.time.clock import BATCH, Clock
from telnyx_emulator.core.time.waits import Wait

# -- polling a running clock ---------------------------------------------------------------------------------


def test_a_running_clock_is_polled_when_its_next_timer_is_due(real):
    clock = Clock("scaled", 10, monotonic=real)
    at, fired = recorder(clock)
    assert clock.poll() is None
    at(50)
    assert clock.poll() == 5
    real.now += 5
    assert clock.poll() is None
    assert fired == [50]


def test_due_timers_fire_whoever_holds_the_clock(real):
    clock = Clock("real", monotonic=real)
    at, fired = recorder(clock)
    at(1)
    clock.set_named_hold("mine", True)
    real.now += 1
    with clock.hold("a request"):
        clock.poll()
    assert fired == [1]


def test_after_a_batch_of_timers_others_get_a_chance():
    clock = Clock()
    at, fired = recorder(clock)
    for _ in range(BATCH + 1):
        at(0)
    assert clock.poll() == 0.0
    assert len(fired) == BATCH
    assert clock.poll() is None


# -- travelling ----------------------------------------------------------------------------------------------


def test_a_manual_clock_stands_until_somebody_travels(real):
    clock = Clock(settle=0, monotonic=real)
    at, fired = recorder(clock)
    at(1)
    at(9)
    assert clock.poll() is None
    assert clock.travel(2) == 2
    assert clock.poll() is None
    assert fired == [1]
    assert (clock.elapsed(), clock.target) == (2, None)


def test_a_busy_hold_stops_travel_and_the_way_goes_on_when_it_is_released(real):
    clock = Clock(settle=0, monotonic=real)
    at, fired = recorder(clock)
    at(1)
    clock.travel(2)
    hold = clock.hold("a request")
    assert clock.busy
    assert clock.poll() is None
    assert fired == []
    hold.release()
    hold.release()
    assert not clock.busy
    clock.poll()
    assert fired == [1]


def test_a_named_hold_does_not_stop_travel():
    clock = Clock(settle=0)
    clock.set_named_hold("mine", True)
    clock.travel(2)
    clock.poll()
    assert clock.elapsed() == 2


def test_travel_waits_on_its_way_for_who_becomes_busy():
    clock = Clock(settle=0)
    holds = []
    clock.call_later(1, lambda: holds.append(clock.hold("a webhook")))
    clock.travel(2)
    assert clock.poll() is None
    assert clock.elapsed() == 1
    holds[0].release()
    clock.poll()
    assert clock.elapsed() == 2


def test_a_second_shorter_travel_does_not_shorten_the_first():
    clock = Clock(settle=0)
    clock.travel(5)
    assert clock.travel(1) == 5


def test_a_running_clock_that_overtook_its_destination_does_not_go_back(real):
    clock = Clock("real", settle=0, monotonic=real)
    clock.travel(1)
    real.now += 5
    clock.poll()
    assert clock.elapsed() == 5
    assert clock.target is None


def test_advance_asks_nobody():
    clock = Clock()
    at, fired = recorder(clock)
    at(1)
    with clock.hold("a request"):
        clock.advance(1)
    assert fired == [1]


# -- auto ----------------------------------------------------------------------------------------------------


def test_an_auto_clock_jumps_from_timer_to_timer_when_nobody_was_busy_for_settle(real):
    clock = Clock("auto", settle=0.025, monotonic=real)
    at, fired = recorder(clock)
    at(60)
    at(3600)
    assert clock.poll() == pytest.approx(0.025)
    real.now += 0.03
    assert clock.poll() is None
    assert fired == [60, 3600]


def test_settle_counts_from_the_last_release(real):
    clock = Clock("auto", settle=1, monotonic=real)
    at, fired = recorder(clock)
    at(60)
    hold = clock.hold("a request")
    real.now += 10
    assert clock.quiet_in() is None
    assert clock.poll() is None
    hold.release()
    assert clock.quiet_in() == 1
    assert clock.poll() == 1
    real.now += 1
    clock.poll()
    assert fired == [60]


def test_named_holds_stop_jumps_until_the_last_one_is_lifted():
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    at(60)
    clock.set_named_hold("one", True)
    clock.set_named_hold("two", True)
    clock.set_named_hold("one", False)
    clock.set_named_hold("never set", False)
    assert clock.poll() is None
    assert fired == []
    clock.set_named_hold("two", False)
    clock.poll()
    assert fired == [60]


def test_background_timers_are_not_jumped_to_by_themselves():
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    at(60, background=True)
    assert clock.poll() is None
    assert fired == []


def test_a_background_timer_fires_on_the_way_to_a_later_foreground_one():
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    at(60, background=True)
    at(100)
    clock.poll()
    assert fired == [60, 100]


def test_background_timers_are_jumped_to_while_somebody_waits():
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    at(60, background=True)
    with clock.waiting(Wait()):
        assert clock.poll() is None
    assert fired == [60]


@pytest.mark.parametrize(("limit", "fires"), [(59, []), (60, [60])])
def test_a_wait_reaches_background_timers_within_its_limit_only(limit, fires):
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    at(60, background=True)
    with clock.waiting(Wait(reach=limit)):
        clock.poll()
    assert fired == fires


def test_the_limit_of_a_wait_counts_from_its_beginning():
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    clock.advance(100)
    at(60, background=True)
    with clock.waiting(Wait(reach=59)), clock.waiting(Wait(reach=10)):
        clock.poll()
        assert fired == []
    with clock.waiting(Wait(reach=60)):
        clock.poll()
    assert fired == [160]


def test_foreground_timers_come_before_the_patience_of_those_who_wait():
    clock = Clock("auto", settle=0)
    at, fired = recorder(clock)
    at(10)
    at(60, background=True)
    with clock.waiting(Wait()), clock.hold("a request"):
        assert clock.poll() is None
    clock.poll()
    assert fired == [10]


def test_holders_are_told_by_name_with_the_real_time_they_held(real):
    clock = Clock(monotonic=real)
    assert clock.holders() == []
    clock.hold("your 200 to call.answered")
    real.now += 1.25
    clock.set_named_hold("pytest", True)
    assert clock.holders() == ["your 200 to call.answered, 1.2 s", "hold 'pytest'"]


def test_only_the_last_of_several_holds_wakes_whoever_drives_the_clock():
    clock, woken = Clock(), []
    clock.on_change = lambda: woken.append(clock.busy)
    first, second = clock.hold("one"), clock.hold("two")
    first.release()
    assert woken == []
    second.release()
    assert woken == [False]

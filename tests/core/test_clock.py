"""The clock: its timers, and what it says."""

import gc
import weakref
from datetime import UTC, datetime, timedelta

import pytest
from simulation import recorder

from telnyx_emulator.core.time.clock import Clock
from telnyx_emulator.core.time.waits import HOUR

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


# -- timers --------------------------------------------------------------------------------------------------


def test_timers_fire_in_order_each_at_its_own_instant():
    clock = Clock()
    at, fired = recorder(clock)
    for delay in (3, 1, 2):
        at(delay)
    clock.advance(2.5)
    assert fired == [1, 2]
    assert clock.elapsed() == 2.5


def test_timers_due_at_the_same_instant_fire_in_the_order_in_which_they_were_set():
    clock, fired = Clock(), []
    for name in "abc":
        clock.call_later(1, lambda name=name: fired.append(name))
    clock.advance(1)
    assert fired == ["a", "b", "c"]


def test_a_timer_set_by_a_timer_counts_from_its_instant_and_fires_on_the_same_way():
    clock, fired = Clock(), []
    clock.call_later(1, lambda: clock.call_later(1, lambda: fired.append(clock.elapsed())))
    clock.advance(10)
    assert fired == [2]


def test_a_negative_delay_means_now():
    clock = Clock()
    at, fired = recorder(clock)
    at(-5)
    clock.fire_due()
    assert fired == [0]


def test_a_cancelled_timer_never_fires_and_lets_its_callback_go_at_once():
    clock, fired = Clock(), []

    class Callback:
        def __call__(self) -> None:
            fired.append(1)

    callback = Callback()
    gone = weakref.ref(callback)
    timer = clock.call_later(1, callback)
    timer.cancel()
    del callback
    gc.collect()
    assert gone() is None
    timer.cancel()
    clock.advance(2)
    assert fired == []


def test_cancelling_a_timer_that_has_fired_is_harmless():
    clock = Clock()
    at, fired = recorder(clock)
    timer = at(1)
    clock.advance(1)
    timer.cancel()
    assert fired == [1]


def test_the_heap_is_rebuilt_when_most_of_it_is_dead():
    clock = Clock()
    at, fired = recorder(clock)
    at(5)
    timers = [at(HOUR + n) for n in range(200)]
    for timer in timers:
        timer.cancel()
    assert len(clock._timers[False]._heap) < 80
    clock.advance(2 * HOUR)
    assert fired == [5]


def test_clear_forgets_every_timer():
    clock = Clock()
    at, fired = recorder(clock)
    timer = at(1)
    at(2, background=True)
    clock.clear()
    timer.cancel()
    clock.advance(3)
    assert fired == []
    assert clock.next_timer() is None


def test_next_timer_is_the_earliest_of_any_kind():
    clock = Clock()
    at, _ = recorder(clock)
    assert clock.next_timer() is None
    at(5)
    assert clock.next_timer() == 5
    at(3, background=True)
    assert clock.next_timer() == 3


def test_a_raising_callback_is_reported_and_does_not_stop_the_others():
    faults: list[BaseException] = []
    clock = Clock(on_fault=faults.append)
    at, fired = recorder(clock)
    clock.call_later(1, lambda: 1 / 0)
    at(2)
    clock.advance(3)
    assert [type(fault) for fault in faults] == [ZeroDivisionError]
    assert fired == [2]


def test_without_anybody_to_report_to_a_raising_callback_raises_and_the_clock_still_works():
    clock = Clock()
    at, fired = recorder(clock)
    clock.call_later(1, lambda: 1 / 0)
    at(2)
    with pytest.raises(ZeroDivisionError):
        clock.advance(3)
    assert clock.elapsed() == 1
    clock.advance(1)
    assert fired == [2]


# -- reading -------------------------------------------------------------------------------------------------


def test_now_is_the_epoch_and_what_has_elapsed():
    clock = Clock(epoch=EPOCH)
    clock.advance(90.5)
    assert clock.now() == EPOCH + timedelta(seconds=90.5)


def test_real_now_is_the_time_of_the_computer_whatever_the_virtual_one_is():
    clock = Clock(epoch=EPOCH)
    clock.advance(HOUR)
    assert abs((clock.real_now() - datetime.now(UTC)).total_seconds()) < 60


@pytest.mark.parametrize(
    ("mode", "rate", "elapsed"), [("real", 1, 2.0), ("scaled", 60, 120.0), ("manual", 1, 0.0), ("auto", 1, 0.0)]
)
def test_how_fast_time_goes_by_itself_depends_on_the_mode(real, mode, rate, elapsed):
    clock = Clock(mode, rate, monotonic=real)
    real.now += 2
    assert clock.elapsed() == elapsed


def test_an_instant_freezes_time(real):
    clock = Clock("real", monotonic=real)
    with clock.instant():
        before = clock.elapsed()
        real.now += 5
        with clock.instant():
            assert clock.elapsed() == before
    assert clock.elapsed() == before + 5


def test_what_was_due_before_an_instant_happens_before_it(real):
    clock = Clock("real", monotonic=real)
    at, fired = recorder(clock)
    at(1)
    real.now += 2
    with clock.instant():
        assert fired == [1]


def test_what_is_not_due_at_an_instant_does_not_happen_within_it(real):
    clock = Clock("real", monotonic=real)
    at, fired = recorder(clock)
    at(1)
    with clock.instant():
        real.now += 5
        clock.fire_due()
        assert fired == []
    clock.fire_due()
    assert fired == [1]


def test_time_moves_on_after_an_instant_that_failed(real):
    clock = Clock("real", monotonic=real)
    with pytest.raises(ZeroDivisionError), clock.instant():
        raise ZeroDivisionError
    real.now += 1
    assert clock.elapsed() == 1


def test_elapsed_never_goes_back(real):
    clock = Clock("real", monotonic=real)
    real.now += 5
    assert clock.elapsed() == 5
    real.now -= 3
    assert clock.elapsed() == 5


@pytest.mark.parametrize("rate", [1, 60])
def test_late_timers_of_a_running_clock_still_fire_at_their_own_instants(real, rate):
    clock = Clock("scaled", rate, monotonic=real)
    at, fired = recorder(clock)
    at(1)
    at(2)
    real.now += 10
    clock.fire_due()
    assert fired == [1, 2]
    assert clock.elapsed() == 10 * rate


def test_a_late_timer_does_not_fire_before_what_somebody_was_told_already(real):
    clock = Clock("real", monotonic=real)
    at, fired = recorder(clock)
    at(1)
    real.now += 3
    assert clock.elapsed() == 3
    clock.fire_due()
    assert fired == [3]


def test_changing_the_mode_goes_on_from_the_same_instant(real):
    clock = Clock("real", monotonic=real)
    changes: list[str] = []
    clock.on_change = lambda: changes.append(clock.mode)
    real.now += 5
    clock.set_mode("manual")
    real.now += 100
    assert clock.elapsed() == 5
    clock.set_mode("scaled", 10)
    real.now += 1
    assert clock.elapsed() == 15
    with clock.instant():
        clock.set_mode("manual")
    assert clock.elapsed() == 15
    assert changes == ["manual", "scaled", "manual"]

"""The clock: timers, modes, holds."""

from telnyx_emulator.core.clock import Clock


def test_timers_fire_in_order_each_at_its_own_instant():
    clock, fired = Clock(), []
    for delay in (3, 1, 2):
        clock.call_later(delay, lambda: fired.append(clock.elapsed()))
    clock.advance(2.5)
    assert fired == [1, 2]
    assert clock.elapsed() == 2.5

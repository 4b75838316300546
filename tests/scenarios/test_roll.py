"""What legs are called when nothing else names them."""

from __future__ import annotations

from simulation import Simulation

from telnyx_emulator.scenarios.roll import Roll


def test_legs_are_numbered_on_each_side_in_order_of_appearance() -> None:
    world, roll = Simulation(), Roll(10)
    calls = [world.incoming(), world.dial(), world.incoming(), world.dial()]
    for call in [*calls, calls[0], None]:
        roll.see(call)
    assert list(roll.names().values()) == ["caller", "callee", "caller-2", "callee-2"]
    assert list(roll.names()) == [call.id for call in calls]


def test_a_leg_is_found_by_each_of_its_names() -> None:
    world, roll = Simulation(), Roll(10)
    first, last = world.incoming(), world.incoming()
    for call in (first, last):
        roll.see(call)
    assert {roll.legs(name) for name in ("caller", first.id, first.leg_id)} == {(first.id,)}
    assert roll.legs("latest") == (last.id,)
    assert roll.legs("callee") == ()
    assert Roll(10).legs("latest") == ()


def test_of_too_many_legs_the_oldest_are_forgotten_and_no_name_comes_twice() -> None:
    world, roll = Simulation(), Roll(2)
    for _ in range(3):
        roll.see(world.incoming())
    assert list(roll.names().values()) == ["caller-2", "caller-3"]

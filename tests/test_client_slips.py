"""Slips in what a test asks for: each is refused at once, for what nothing has is never seen, and never missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wire import do, new_world, send

from telnyx_emulator import (
    Emulator,
    EmulatorClient,
    EmulatorError,
    Leg,
    Settings,
    contains,
    delivered,
    exists,
    not_,
    webhook,
)


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator(Settings(port=0, settle=0, grace=0)) as server:
        yield server


@pytest.fixture
def world(server: Emulator) -> Iterator[EmulatorClient]:
    with new_world(server) as client:
        yield client


@pytest.fixture
def caller(world: EmulatorClient) -> Leg:
    """An answered call."""
    caller = world.incoming_call(from_="+15550001111")
    do(world, caller, "answer")
    return caller


Slip = Callable[[EmulatorClient, Leg], Any]


@pytest.mark.parametrize(
    ("slip", "advice"),
    [
        (lambda world, leg: leg.expect_command("speak", paylod="x", times=0), 'no "paylod", did you mean "payload"'),
        (lambda world, leg: leg.never("speak", text="x"), 'speak has no "text"'),
        (lambda world, leg: leg.never("speak", text=exists()), 'speak has no "text"'),
        (lambda world, leg: leg.never("call.speak.ended", staus="x"), 'did you mean "status"'),
        (lambda world, leg: leg.never(delivered("call.answered", form="x")), 'did you mean "from"'),
        (lambda world, leg: world.in_order("call.answered", webhook("call.hangup", cause="x")), 'no "cause"'),
        (lambda world, leg: world.expect_command("update_queue", queue_name="q", times=0), 'no "queue_name"'),
        (lambda world, leg: world.never("conference.speak.ended", call_control_id="x"), 'no "call_control_id"'),
        (lambda world, leg: world.when(command="refer", sip_adress="x").api(status=500), '"sip_address"'),
        (lambda world, leg: world.commands("speek"), 'There is no command "speek", did you mean "speak"'),
        (lambda world, leg: leg.events("call.speek.ended"), 'did you mean "call.speak.ended"'),
        (lambda world, leg: world.never("speak", leg="callr"), 'No leg is called "callr", did you mean "caller"'),
        (lambda world, leg: world.expect_command("speak", at_least=3, at_most=1), "at_least 3 and at_most 1 can never"),
        (lambda world, leg: world.expect_command("speak", at_least=0), "at_least 0 expects nothing"),
        (lambda world, leg: world.expect_command("speak", times="1"), "^count: "),
        (lambda world, leg: world.expect_command("speak", at_most=True), "^at_most: "),
        (lambda world, leg: world.settings(strickt=True), "^strickt: "),
    ],
)
def test_a_slip_that_the_emulator_sees_is_refused(world: EmulatorClient, caller: Leg, slip: Slip, advice: str) -> None:
    with pytest.raises(EmulatorError, match=advice):
        slip(world, caller)


@pytest.mark.parametrize(
    ("slip", "advice"),
    [
        (lambda world, leg: leg.wait_for("call.hangup", within="5 minutes"), "'5 minutes' is no length of time"),
        (lambda world, leg: world.clock.advance("abc"), "'abc' is no length of time"),
        (lambda world, leg: world.clock.advance(True), "True is no length of time"),
        (lambda world, leg: world.clock.hold("").__enter__(), "a hold needs a name"),
        (lambda world, leg: leg.wait_for("call.hangup", leg="foo"), "leave out leg"),
        (lambda world, leg: leg.never("speak", leg=world.incoming_call()), "leave out leg"),
    ],
)
def test_a_slip_that_is_seen_here_is_refused(world: EmulatorClient, caller: Leg, slip: Slip, advice: str) -> None:
    with pytest.raises((TypeError, ValueError), match=advice):
        slip(world, caller)


def test_what_there_can_be_may_be_looked_for(world: EmulatorClient, caller: Leg) -> None:
    caller.never("speak", leg=caller, payload=contains("x"), client_state="x", command_id="y")
    world.never("call.hangup", leg="callee-2", where={"from": "+1", "hangup_cause": "x"})
    world.never("dial", from_="+1", to=not_("+2"))
    assert world.expect_command("speak", at_least=0, at_most=1) == []
    assert caller.commands("speak") == []
    assert caller.events("call.answered")


def test_bare_names_have_an_order_too(caller: Leg) -> None:
    caller.in_order("call.initiated", "answer", webhook("call.answered", from_="+15550001111"))


def test_a_leg_is_the_same_one_each_time(world: EmulatorClient, caller: Leg) -> None:
    caller.press("12")
    assert world.calls[0] is world.call(caller.id) is caller
    assert [world.calls[0].next("call.dtmf.received")["digit"] for _ in range(2)] == ["1", "2"]
    world.reset()
    assert world.calls == []


def test_the_client_does_not_print_its_key(server: Emulator) -> None:
    with EmulatorClient(server.url, "KEY_secret_and_long") as client:
        assert repr(client) == f"<EmulatorClient {server.url}, KEY_secr…>"


# -- whose command it is -----------------------------------------------------------------------------------------------


def test_commands_about_a_conference_belong_to_the_legs_that_they_name(world: EmulatorClient, caller: Leg) -> None:
    other = world.incoming_call()
    do(world, other, "answer")
    status, made = send(world, "/conferences", name="room", call_control_id=caller.id)
    room = f"/conferences/{made['data']['id']}/actions"
    assert status == 200
    assert send(world, f"{room}/join", call_control_id=other.id)[0] == 200
    assert send(world, f"{room}/mute", call_control_ids=[other.id])[0] == 200
    assert send(world, f"{room}/speak", payload="Hello", voice="female")[0] == 200
    caller.expect_command("create_conference", name="room", times=1)
    other.expect_command("conference_join", times=1)
    other.expect_command("conference_mute", times=1)
    caller.expect_command("conference_speak", times=1)
    assert [one["name"] for one in other.commands()] == ["answer", "conference_join", "conference_mute"]


def test_a_fault_for_one_leg_sees_it_join_a_conference(world: EmulatorClient, caller: Leg) -> None:
    other = world.incoming_call()
    do(world, other, "answer")
    _, made = send(world, "/conferences", name="room", call_control_id=caller.id)
    full = world.when(command="conference_join", leg=other).api(status=503)
    assert send(world, f"/conferences/{made['data']['id']}/actions/join", call_control_id=other.id)[0] == 503
    assert full.fired == 1
